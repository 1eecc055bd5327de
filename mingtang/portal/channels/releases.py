"""What went out through which channel: one row for each publication and channel, written once, safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from mingtang.disclosure import api as disclosure
from mingtang.disclosure.api import PublicationRow
from mingtang.ledger import api as ledger
from mingtang.portal import links
from mingtang.portal.models import Release

_BATCH = 2_000
# Where a publication can go, as the report's lines on channels name it.
CHANNELS = {
    "site": "政府网站",
    "gazette": "政府公报",
    "weibo": "政务微博",
    "wechat": "政务微信",
    "other": "其他方式",
}


@dataclass(frozen=True)
class ReleaseRow:
    """One publication through one channel: ``state`` is waiting, done, failed or withdrawn."""

    id: int
    publication_id: int
    channel: str
    state: str
    at: datetime
    place: str
    digest: str

    @property
    def channel_name(self) -> str:
        return CHANNELS.get(self.channel, self.channel)

    @property
    def state_name(self) -> str:
        return dict(Release.STATES)[self.state]


def note_releases(rows: Iterable[tuple[int, str, datetime, str]]) -> int:
    """Note that publications went out: (publication, channel, moment, place) each; known pairs stay as they are."""
    made = [
        Release(publication_id=p, channel=c, state="done", at=at, place=place) for p, c, at, place in rows
    ]
    _write(made)
    return len(made)


def note_site(publications: Iterable[PublicationRow]) -> None:
    """Note that the site shows these publications; one that withdrew shows its notice."""
    now = ledger.now()
    _write([
        Release(
            publication_id=p.id, channel="site", state="withdrawn" if p.kind == "withdraw" else "done", at=now,
            place=links.doc_url(p.document_id),
        )
        for p in publications
    ])  # fmt: skip


def _write(made: list[Release]) -> None:
    """Keep what is new, and let the figures by channel of those organs and years be counted again."""
    for start in range(0, len(made), _BATCH):
        batch = made[start : start + _BATCH]
        ids = {r.publication_id for r in batch}
        with transaction.atomic():
            known = set(Release.objects.filter(publication__in=ids).values_list("publication_id", "channel"))
            fresh = [r for r in batch if (r.publication_id, r.channel) not in known]
            Release.objects.bulk_create(fresh, ignore_conflicts=True)
            _tell({r.publication_id for r in fresh})


def _tell(publications: set[int]) -> None:
    agencies, years = set(), set()
    for agency, at in disclosure.find("publication", pk__in=publications).values("agency_id", "at"):
        agencies.add(agency)
        years.add(at.astimezone(ledger.SHANGHAI).year)
    if agencies:
        ledger.enqueue(
            "register.changed", {"agencies": sorted(agencies), "years": sorted(years)}, ledger.now()
        )


SHELVES = ledger.Shelves({
    "release": ledger.Shelf(
        lambda: Release.objects.order_by("pk"), ReleaseRow,
        also={
            "agency": "publication__document__agency", "agency_id": "publication__document__agency_id",
            "agency_path": "publication__document__agency__path", "document_id": "publication__document_id",
            "document_kind": "publication__document__kind", "first": "publication__first", "published_at": "publication__at",
        },
    )
})  # fmt: skip
find = SHELVES.find
