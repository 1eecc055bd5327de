"""The look of the desk, served by the desk itself: its own files, the shared tokens, htmx from its package."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse

from mingtang.desk.access import public

_OWN = Path(__file__).parent / "static" / "desk"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@cache
def _shelf() -> dict[str, Path]:
    """Every file that may be asked for; nothing else is looked up on disk."""
    found = {p.name: p for p in sorted(_OWN.iterdir()) if p.suffix in _TYPES}
    for name in ("tokens.css", "favicon.svg"):  # shared with the public pages
        found[name] = settings.ROOMS / "portal" / "static" / name
    found["htmx.js"] = Path(str(files("django_htmx"))) / "static" / "django_htmx" / "htmx-2.min.js"
    return found


@cache
def _read(name: str) -> tuple[bytes, str]:
    content = _shelf()[name].read_bytes()
    return content, hashlib.sha256(content).hexdigest()[:16]


def address(name: str) -> str:
    """The address of a file with its content's hash, so that it may be kept for a year."""
    return f"{reverse('desk:static', args=[name])}?v={_read(name)[1]}"


@public
def static(request: HttpRequest, name: str) -> HttpResponse:
    """One file of the shelf; kept for ever when asked for by its hash."""
    if name not in _shelf():
        raise Http404(name)
    content, digest = _read(name)
    tag = f'"{digest}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(content, content_type=_TYPES[Path(name).suffix])
    response["ETag"] = tag
    kept = request.GET.get("v") == digest
    response["Cache-Control"] = (
        "public, max-age=31536000, immutable" if kept else "public, max-age=0, must-revalidate"
    )
    return response
