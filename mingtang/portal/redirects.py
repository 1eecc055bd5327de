"""Old addresses of a site that was taken over, and where each leads now: kept, served, and told to nginx.

The embedded server reads them from a file, so that they answer with the database stopped like every baked page.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from html import unescape
from pathlib import Path
from urllib.parse import quote

from django.conf import settings

from mingtang.disclosure import api as disclosure
from mingtang.portal import links
from mingtang.portal.models import OldAddress

# What our own pages stand under: an old address never takes one of them.
_OURS = ("doc/", "col/", "org/", "en/", "data/", "manifest/", "static/", "desk/", "index.html")
_LONGEST = 500
_LINK = re.compile(r'\bhref="/([^"/][^"]*)"')


class Redirects:
    """The map from old paths to new addresses."""

    @staticmethod
    def file() -> Path:
        """Where the embedded server reads it."""
        return Path(settings.HOME) / "redirects.json"

    @classmethod
    def note(cls, pairs: Iterable[tuple[str, int]]) -> list[str]:
        """Keep old path → document; returns the paths that cannot be kept: our own, too long, or another's already."""
        made, left = {}, []
        for path, document in pairs:
            bare = path.lstrip("/")
            if bare.startswith(_OURS) or len(bare) > _LONGEST or any(ord(c) < 32 for c in bare):
                left.append(path)
            else:
                made[bare] = document
        OldAddress.objects.bulk_create(
            (OldAddress(path=p, document_id=d) for p, d in made.items()),
            ignore_conflicts=True,
            batch_size=500,
        )
        held = cls.told()
        cls._write(held)
        return left + [p for p, d in made.items() if held.get(p) != links.doc_url(d)]

    @classmethod
    def moved(cls, paths: Mapping[str, str]) -> list[str]:
        """Lead the old addresses (origin → path) on to what was taken over, now or before; returns what ``note`` does."""
        origins = list(paths)
        return cls.note(
            (paths[origin], pk)
            for start in range(0, len(origins), 500)
            for origin, pk in disclosure.find(
                "document", origin_type="import", origin_id__in=origins[start : start + 500]
            ).values("origin_id", "pk")
        )

    @staticmethod
    def told() -> dict[str, str]:
        """Every old path with the address it leads to."""
        rows = OldAddress.objects.order_by("path").values_list("path", "document_id")
        return {path: links.doc_url(document) for path, document in rows.iterator()}

    @staticmethod
    def lead_on(body: str) -> str:
        """A text whose links to pages of its former site lead straight to where they stand now."""
        paths = {unescape(m) for m in _LINK.findall(body)}
        if not paths:
            return body
        rows = OldAddress.objects.filter(path__in=paths).values_list("path", "document_id")
        urls = {path: links.doc_url(document) for path, document in rows}
        return _LINK.sub(lambda m: f'href="{urls[unescape(m[1])]}"' if unescape(m[1]) in urls else m[0], body)

    @classmethod
    def as_nginx(cls) -> str:
        """Lines for an nginx ``map $uri $moved {}`` block: the decoded old path, and the new address."""
        lines = (f'"/{_escaped(path)}" {quote(url)};' for path, url in cls.told().items())
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def _write(cls, held: dict[str, str]) -> None:
        """In one step: a reader sees the old file or the new one."""
        target = cls.file()
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(held, out, ensure_ascii=False)
        os.chmod(aside, 0o644)
        os.replace(aside, target)


def _escaped(path: str) -> str:
    """A path within nginx's double quotes; a dollar would name a variable there and cannot be escaped, nor need it be."""
    return path.replace("\\", "\\\\").replace('"', '\\"')
