"""全文检索: the index of what is live on the site, a cache of the catalogue that can be made again at any time.

Written by whoever drains the outbox, read by every counter process. A withdrawn document is gone with the commit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any

from django.conf import settings

from mingtang.disclosure import api as disclosure
from mingtang.disclosure.api import DocumentRow, Reading
from mingtang.ledger import api as ledger
from mingtang.portal import links
from mingtang.portal.channels.types import Sending, Sent
from mingtang.search.api import Entry, Index, Stats

KEY = "search"
# Files whose text is read, and how large they may be: an index must not wait for a scan of a thousand pages.
_READABLE, _LARGEST = ("docx", "xlsx", "pdf", "txt", "csv"), 8_000_000
_BATCH = 500
_TAGS = re.compile(r"<[^>]{0,2000}>")
# In force or not, as a place in the order of answers.
_STANDING = {"valid": 1.0, "amended": 0.8, "partly": 0.8, "expired": 0.0, "repealed": 0.0}


@lru_cache(maxsize=4)
def _opened(folder: Path) -> Index:
    return Index(folder)


def index() -> Index:
    """The index of this installation; made empty when there is none. Raises OSError when it cannot be."""
    return _opened(settings.HOME / "search")


def publish(sending: Sending) -> Sent:
    """The document as it stands, found from the next question on."""
    _bring([sending.document.id])
    return Sent("done", place="/search")


def withdraw(sending: Sending) -> Sent:
    """No answer names it any more."""
    _bring([sending.document.id])
    return Sent("withdrawn", place="/search")


def rebuild(progress: Callable[[int], object] = lambda n: None) -> int:
    """A new index of everything live, put in the place of the old one; what was published meanwhile is in it, too."""
    newest = disclosure.find("publication").order("-pk").first()
    done = index().rebuild(_all(progress))
    since = disclosure.find("publication", pk__gt=newest.id if newest else 0)
    _bring(sorted({p for (p,) in since.values("document_id")}))
    return done


def follow(topic: str, payloads: list[Mapping[str, Any]]) -> None:
    """Outbox consumer: what was published, corrected, repealed or withdrawn is found as it is now. Safe to repeat."""
    if topic != "published":
        return
    ids = sorted({i for p in payloads for i in p["publications"]})
    for start in range(0, len(ids), _BATCH):
        found = disclosure.find("publication", pk__in=ids[start : start + _BATCH]).values("document_id")
        _bring(sorted({d for (d,) in found}))


def _bring(ids: Collection[int]) -> None:
    """Put what is live of these and take out the rest, as one commit."""
    if not ids:
        return
    held = index()
    for row in disclosure.current(list(ids)):
        if entry := _entry(row):
            held.put([entry])
        else:
            held.remove(str(row.id))
    held.commit()


def _all(progress: Callable[[int], object]) -> Iterator[Entry]:
    ids = list(disclosure.find("document", state="live", on_site=True).order("pk").ids())
    for start in range(0, len(ids), _BATCH):
        for row in disclosure.current(ids[start : start + _BATCH]):
            if entry := _entry(row):
                yield entry
        progress(min(_BATCH, len(ids) - start))


def _entry(row: DocumentRow) -> Entry | None:
    """What is found of a document; None of one that is not on the site."""
    said = row.edition
    if row.state != "live" or not row.on_site or said is None or row.first_published_at is None:
        return None
    day = row.first_published_at.astimezone(ledger.SHANGHAI).date()
    parts = [
        plain(said.body),
        said.summary,
        " ".join(said.keywords),
        *disclosure.KINDS[row.kind].lines(said.data),
    ]
    parts += [f"{a.name}\n{_inside(a.digest, a.name, a.size)}" for a in said.attachments]
    return Entry(
        key=str(row.id),
        title=row.title,
        text="\n".join((*parts, row.agency_name)),
        number=said.doc_no,
        names=tuple(n for n in (said.short_title,) if n),
        facets={
            "organ": str(row.agency_id), "kind": row.kind, "theme": said.theme, "year": str(day.year),
            "validity": said.validity or "valid",
        },
        day=day,
        standing=_STANDING.get(said.validity or "valid", 1.0),
    )  # fmt: skip


def plain(html: str) -> str:
    """The words of clean HTML, a gap between the blocks."""
    return unescape(_TAGS.sub(" ", html))


@lru_cache(maxsize=64)
def _inside(digest: str, name: str, size: int) -> str:
    """The text of an attachment; nothing of one that has none or is too large to be read at once."""
    if links.ending(name) not in _READABLE or size > _LARGEST:
        return ""
    reading = disclosure.read(ledger.FileRow.path_of(digest), name)
    return "\n".join(line.text for line in reading.lines) if isinstance(reading, Reading) else ""


class Finder:
    """The index as config sees it: the outbox's consumer, and the making of it anew."""

    follow = staticmethod(follow)
    rebuild = staticmethod(rebuild)

    @staticmethod
    def stats() -> Stats:
        """How large it is."""
        return index().stats()
