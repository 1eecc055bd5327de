"""The embedded server: baked pages from the tree with their ready-made gzip, everything else to Django.

For demos and small offices; a city puts nginx in front and serves the same tree. Nothing here touches the database:
with the database stopped every baked page still opens.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import stat
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from django.conf import settings

from mingtang.portal.links import MEDIA

_PAGES = {
    "html": "text/html; charset=utf-8", "json": "application/json; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
}  # fmt: skip
_FEED = "application/feed+json; charset=utf-8"
_STATIC = {
    "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
    "png": "image/png", "woff2": "font/woff2", "ico": "image/x-icon", "txt": "text/plain; charset=utf-8",
}  # fmt: skip
HEADERS = [
    ("Content-Security-Policy",
     "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
]  # fmt: skip
# A file opened by itself may run nothing and read nothing, whatever it holds.
ATTACHED = [
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox")
]
# What goes with every page in gzip, and the pages that are only sent with their own status.
_PAGE_HEADERS = [
    ("Content-Type", _PAGES["html"]), ("Cache-Control", "no-cache"), *HEADERS, ("Vary", "Accept-Encoding"), ("Content-Encoding", "gzip"),
]  # fmt: skip
_ERRORS = frozenset({"/404.html", "/410.html", "/503.html"})
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})$")
# The site's own addresses: nothing in them can be a trick.
_PLAIN = re.compile(r"/(?:[a-zA-Z0-9_-][a-zA-Z0-9_.-]{0,80}/){0,6}(?:[a-zA-Z0-9_-][a-zA-Z0-9_.-]{0,80})?\Z")
_KEEP = 64 * 1024 * 1024
_LARGE = 1024 * 1024
_CHUNK = 256 * 1024

Start = Callable[..., Any]


@dataclass(frozen=True)
class _Held:
    """A file in memory: what it was when it was read, and its bytes."""

    stamp: tuple[int, int, int]
    content: bytes


class Site:
    """A WSGI application in front of another: ``Site(get_wsgi_application())``."""

    def __init__(self, application: Callable[[dict, Start], Iterable[bytes]], root: Path | None = None):
        self.application = application
        self.root = Path(root or settings.HOME / "site")
        self._base = f"{self.root}/"  # strings below: building a Path costs as much as sending a page
        self._rooms = str(Path(__file__).resolve().parents[1])
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()
        self._map = str(self.root.parent / "redirects.json")  # portal.redirects writes it
        self._map_stamp, self._map_held = 0, dict[str, str]()

    def __call__(self, environ: dict, start: Start) -> Iterable[bytes]:
        method = environ.get("REQUEST_METHOD", "GET")
        if method == "GET" and (page := self._at_once(environ)) is not None:
            start("200 OK", page[0])
            return [page[1]]
        path = _path(environ)
        if path is None:
            return self._error(environ, start, 404)
        if method in ("GET", "HEAD"):
            if (address := self._moved(path)) is not None:
                start("301 Moved Permanently", [("Location", address), ("Content-Length", "0"), *HEADERS])
                return [b""]
            if (answer := self._baked(environ, start, path)) is not None:
                return answer
        return self.application(environ, start)

    def _at_once(self, environ: dict) -> tuple[list[tuple[str, str]], bytes] | None:
        """A baked page for who takes gzip and has none yet: nine requests of ten, answered as the long way would, and sooner.

        Anything out of the ordinary goes the long way. Read anew each time: the kernel keeps what is asked often.
        """
        raw = environ.get("PATH_INFO", "")
        if raw[-5:] != ".html" or raw[-10:] == ".gone.html" or raw in _ERRORS or not _PLAIN.match(raw):
            return None
        if "HTTP_IF_NONE_MATCH" in environ or "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", ""):
            return None
        try:
            file = os.open(f"{self._base}{raw[1:]}.gz", os.O_RDONLY)
        except OSError:
            return None
        try:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGE:
                return None
            content = os.read(file, found.st_size)
        finally:
            os.close(file)
        if len(content) != found.st_size:
            return None
        return [*_PAGE_HEADERS, ("ETag", _tag(found)), ("Content-Length", str(len(content)))], content

    def _moved(self, path: str) -> str | None:
        """Where the page of a former site stands now; read again when the map changed. Every address in it is one of ours."""
        try:
            stamp = os.stat(self._map).st_mtime_ns
        except OSError:
            return None
        if stamp != self._map_stamp:
            self._map_held = json.loads(Path(self._map).read_text(encoding="utf-8"))
            self._map_stamp = stamp
        address = self._map_held.get(path)
        return None if address is None or os.path.exists(f"{self._base}{path}.gz") else address

    def _baked(self, environ: dict, start: Start, path: str) -> Iterable[bytes] | None:
        if path.startswith("static/"):
            return self._static(environ, start, path.removeprefix("static/"))
        if not path or path.endswith("/"):
            path += "index.html"
        end = path.rpartition(".")[2].lower()
        if path.startswith("manifest/") and end == "sha256":
            return self._send(environ, start, self._base + path, "text/plain; charset=utf-8") or self._error(
                environ, start, 404
            )
        if end in _PAGES:
            return self._page(environ, start, path, end)
        if path.startswith("doc/"):
            return self._attachment(environ, start, path, end)
        if path.startswith("data/") and end == "gz" and not path.endswith(".json.gz"):
            return self._send(
                environ, start, self._base + path, "application/gzip", ranges=True
            ) or self._error(environ, start, 404)
        if "." not in path and os.path.exists(f"{self._base}{path}/index.html.gz"):
            # A folder asked for without its slash; never a host of its own, so the answer cannot lead elsewhere.
            location = "/" + quote(path.lstrip("/")) + "/"
            start("301 Moved Permanently", [("Location", location), ("Content-Length", "0"), *HEADERS])
            return [b""]
        return None

    def _page(self, environ: dict, start: Start, path: str, end: str) -> Iterable[bytes] | None:
        stem = path[: -len(end) - 1]
        if stem.endswith(".gone") or f"/{path}" in _ERRORS:
            return self._error(environ, start, 404)
        packed = f"{stem}.{end}.gz"
        media = _FEED if packed.endswith("feed.json.gz") else _PAGES[end]
        found = self._send(environ, start, self._base + packed, media, packed=True)
        if found is None:
            gone = f"{stem}.gone.{end}.gz"
            found = self._send(environ, start, self._base + gone, _PAGES[end], packed=True, status="410 Gone")
        asked = end == "json" and "/" not in path  # search.json is one of Django's
        if found is None and not asked and not stem.endswith("index"):
            return self._error(environ, start, 404)
        return found  # a folder that is not baked may be one of Django's, too

    def _attachment(self, environ: dict, start: Start, path: str, end: str) -> Iterable[bytes]:
        file = self._base + path
        media = MEDIA.get(end, "application/octet-stream")
        extra = [] if end in MEDIA else [("Content-Disposition", "attachment")]
        extra += ATTACHED
        found = None if end == "gz" else self._send(environ, start, file, media, extra=extra, ranges=True)
        return found or self._error(environ, start, 404)

    def _static(self, environ: dict, start: Start, name: str) -> Iterable[bytes]:
        """Styles and scripts straight from the rooms' ``static`` folders."""
        media = _STATIC.get(name.rpartition(".")[2].lower())
        if media:
            for room in ("portal", "desk"):
                found = self._send(
                    environ, start, f"{self._rooms}/{room}/static/{name}", media, packable=True
                )
                if found is not None:
                    return found
        return self._error(environ, start, 404)

    # --- sending ---------------------------------------------------------------------------------------------

    def _send(
        self, environ: dict, start: Start, file: str, media: str, *, status: str = "200 OK", packed: bool = False,
        packable: bool = False, ranges: bool = False, extra: Iterable[tuple[str, str]] = (),
    ) -> Iterable[bytes] | None:  # fmt: skip
        """Answer with a file, or None when there is none. ``packed``: it is gzip and is unpacked for who cannot."""
        try:
            found = os.stat(file)
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        headers = [
            ("Content-Type", media),
            ("Cache-Control", "no-cache"),
            *(_merged(extra) if extra else HEADERS),
        ]
        accepts = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        if found.st_size > _LARGE:
            return self._stream(environ, start, file, found, headers)
        held = self._hold(file, stamp)
        content, tag = held.content, _tag(found)
        if packed or packable:
            headers.append(("Vary", "Accept-Encoding"))
        if packed and accepts:
            headers.append(("Content-Encoding", "gzip"))
        elif packed:
            content, tag = gzip.decompress(content), f'{tag[:-1]}-plain"'
        elif packable and accepts and len(content) > 500:
            content, tag = self._packed(file, held, gzip.compress), f'{tag[:-1]}-gzip"'
            headers.append(("Content-Encoding", "gzip"))
        headers.append(("ETag", tag))
        if status.startswith("200") and _matches(environ.get("HTTP_IF_NONE_MATCH", ""), tag):
            start("304 Not Modified", [h for h in headers if h[0] != "Content-Type"])
            return [b""]
        if ranges:
            return _ranged(environ, start, headers, content, tag)
        headers.append(("Content-Length", str(len(content))))
        start(status, headers)
        return [b""] if environ.get("REQUEST_METHOD") == "HEAD" else [content]

    def _hold(self, file: str, stamp: tuple[int, int, int]) -> _Held:
        held = self._held.get(file)
        if held and held.stamp == stamp:
            return held
        held = _Held(stamp, Path(file).read_bytes())
        self._keep(file, held)
        return held

    def _packed(self, file: str, held: _Held, pack: Callable[..., bytes]) -> bytes:
        key = file + "#gz"
        ready = self._held.get(key)
        if not ready or ready.stamp != held.stamp:
            ready = _Held(held.stamp, pack(held.content, 6, mtime=0))
            self._keep(key, ready)
        return ready.content

    def _keep(self, key: str, held: _Held) -> None:
        with self._lock:
            before = self._held.pop(key, None)
            self._weight += len(held.content) - (len(before.content) if before else 0)
            self._held[key] = held
            while self._weight > _KEEP:
                _key, out = self._held.popitem(last=False)
                self._weight -= len(out.content)

    def _stream(
        self,
        environ: dict,
        start: Start,
        file: str,
        found: os.stat_result,
        headers: list[tuple[str, str]],
    ) -> Iterable[bytes]:
        """A large attachment in pieces."""
        tag, size = _tag(found), found.st_size
        headers.append(("ETag", tag))
        if _matches(environ.get("HTTP_IF_NONE_MATCH", ""), tag):
            start("304 Not Modified", headers)
            return [b""]
        span = _span(environ, size, tag)
        if span == ():
            start(
                "416 Range Not Satisfiable",
                [*headers, ("Content-Range", f"bytes */{size}"), ("Content-Length", "0")],
            )
            return [b""]
        low, high = span or (0, size - 1)
        headers += [("Accept-Ranges", "bytes"), ("Content-Length", str(high - low + 1))]
        if span:
            headers.append(("Content-Range", f"bytes {low}-{high}/{size}"))
        start("206 Partial Content" if span else "200 OK", headers)
        return [b""] if environ.get("REQUEST_METHOD") == "HEAD" else _pieces(file, low, high)

    def _error(self, environ: dict, start: Start, code: int) -> Iterable[bytes]:
        status = {404: "404 Not Found", 410: "410 Gone"}[code]
        found = self._send(
            environ, start, f"{self._base}{code}.html.gz", _PAGES["html"], packed=True, status=status
        )
        if found is not None:
            return found
        text = "没有这个页面。".encode()
        start(
            status,
            [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(text))), *HEADERS],
        )
        return [text]


def _tag(found: os.stat_result) -> str:
    """A file's tag: what the file system knows of it. A page that turned out the same was never written again."""
    return f'"{found.st_mtime_ns:x}-{found.st_size:x}-{found.st_ino:x}"'


def _path(environ: dict) -> str | None:
    """The asked path below the site, or None for one that tries to leave it or is not text."""
    raw = environ.get("PATH_INFO", "/")
    if _PLAIN.match(raw):
        return raw[1:]
    try:
        path = raw.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None
    if len(path) > 2000 or "\\" in path or any(ord(c) < 32 or ord(c) == 127 for c in path):
        return None
    parts = path.lstrip("/").split("/")
    # A dot at the head hides a work folder; two decodings hide a way up.
    if any(part.startswith(".") or unquote(part).startswith("..") for part in parts):
        return None
    return "/".join(parts)


def _merged(extra: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The security headers, a stricter one in place of the usual one."""
    named = dict(HEADERS) | dict(extra)
    return list(named.items())


def _matches(header: str, tag: str) -> bool:
    tags = [t.strip().removeprefix("W/") for t in header.split(",")]
    return tag in tags or "*" in tags


def _span(environ: dict, size: int, tag: str) -> tuple[int, int] | tuple[()] | None:
    """The one range asked for: (first, last), () when it cannot be met, None to send everything."""
    asked = environ.get("HTTP_RANGE", "")
    if not asked or environ.get("HTTP_IF_RANGE", tag) != tag:
        return None
    match = _RANGE.match(asked.strip())
    if not match or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if first == "":
        low, high = max(0, size - int(last)), size - 1
    else:
        low, high = int(first), min(int(last), size - 1) if last else size - 1
    return (low, high) if low <= high and low < size else ()


def _ranged(
    environ: dict, start: Start, headers: list[tuple[str, str]], content: bytes, tag: str
) -> Iterable[bytes]:
    span = _span(environ, len(content), tag)
    headers.append(("Accept-Ranges", "bytes"))
    status = "200 OK"
    if span == ():
        headers.append(("Content-Range", f"bytes */{len(content)}"))
        content, status = b"", "416 Range Not Satisfiable"
    elif span:
        headers.append(("Content-Range", f"bytes {span[0]}-{span[1]}/{len(content)}"))
        content, status = content[span[0] : span[1] + 1], "206 Partial Content"
    headers.append(("Content-Length", str(len(content))))
    start(status, headers)
    return [b""] if environ.get("REQUEST_METHOD") == "HEAD" else [content]


def _pieces(file: str, low: int, high: int) -> Iterable[bytes]:
    with open(file, "rb") as source:
        source.seek(low)
        left = high - low + 1
        while left > 0 and (piece := source.read(min(_CHUNK, left))):
            left -= len(piece)
            yield piece
