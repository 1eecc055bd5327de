"""What went out through which channel: one row for each publication, channel and target, written once, safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, QuerySet, Value, When

from mingtang.disclosure import api as disclosure
from mingtang.disclosure.api import PublicationRow
from mingtang.ledger import api as ledger
from mingtang.ledger.api import enqueue
from mingtang.portal import links
from mingtang.portal.models import TAKES_DOWN, GazetteIssue, Release
from mingtang.portal.names import BY_HAND, CHANNELS, LINES, NO_MEDIUM

_BATCH = 2_000


@dataclass(frozen=True)
class ReleaseRow:
    """One publication through one channel to one target.

    ``state``: waiting, by_hand (``error`` says what a person has to do), done, failed, withdrawn, struck. ``publishing``
    False: the row takes something down. ``by_name``: who entered it, when a person did; ``photo``: digest of a picture.
    """

    id: int
    publication_id: int
    channel: str
    state: str
    at: datetime
    place: str
    digest: str
    target: str
    tries: int
    error: str
    by_name: str
    photo: str
    link_state: str
    link_code: int | None
    link_at: datetime | None
    document_id: int
    agency_id: int
    publishing: bool

    @property
    def channel_name(self) -> str:
        return CHANNELS.get(self.channel, self.channel)

    @property
    def state_name(self) -> str:
        return dict(Release.STATES)[self.state]

    @property
    def link_name(self) -> str:
        return dict(Release.LINKS)[self.link_state]

    @property
    def href(self) -> str:
        """The place when it is an address one can open."""
        return self.place if self.place.startswith(("https://", "http://", "/")) else ""


@dataclass(frozen=True)
class IssueRow:
    """One closed issue of the gazette; ``held``: publication, document, edition, digest and title of each entry, in order."""

    id: int
    agency_id: int
    agency_name: str
    year: int
    number: int
    closed_at: datetime
    by_name: str
    held: list
    digest: str

    @property
    def title(self) -> str:
        return f"{self.year}年第{self.number}期"


def row_of(r: Release) -> ReleaseRow:
    document = r.publication.document
    return ReleaseRow(
        r.pk, r.publication_id, r.channel, r.state, r.at, r.place, r.digest, r.target, r.tries, r.error, r.by.name if r.by else "",
        r.photo, r.link_state, r.link_code, r.link_at, document.pk, document.agency_id, r.publication.kind not in TAKES_DOWN,
    )  # fmt: skip


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
            held = Release.objects.filter(publication__in=ids).exclude(state="struck")
            known = set(held.values_list("publication_id", "channel", "target"))
            fresh = [r for r in batch if (r.publication_id, r.channel, r.target) not in known]
            Release.objects.bulk_create(fresh, ignore_conflicts=True)
            tell({r.publication_id for r in fresh})


def tell(publications: set[int]) -> None:
    """Let the figures by channel of these publications' organs and years be counted again."""
    agencies, years = set(), set()
    for agency, at in disclosure.find("publication", pk__in=publications).values("agency_id", "at"):
        agencies.add(agency)
        years.add(at.astimezone(ledger.SHANGHAI).year)
    _tell_duties(publications)
    if agencies:
        enqueue("released", {"agencies": sorted(agencies), "years": sorted(years)}, ledger.now())


def _tell_duties(publications: set[int]) -> None:
    """What reached the media, by the platform or by hand, meets the duty to bring it there."""
    documents = {d for (d,) in disclosure.find("publication", pk__in=publications).values("document_id")}
    owed = list(disclosure.find(
        "duty_instance", document_id__in=documents, cadence="media3", publication_id__isnull=True, evidence__isnull=True,
    ))  # fmt: skip
    if not owed:
        return
    carried = Release.objects.filter(publication__in=publications, state="done").exclude(
        channel__in=NO_MEDIUM
    )
    newest = {r.publication.document_id: r for r in carried.select_related("publication").order_by("pk")}
    for row in owed:
        if release := newest.get(row.document_id):
            evidence = {
                "release": release.pk, "place": CHANNELS[release.channel], "link": release.place,
                "on": str(release.at.astimezone(ledger.SHANGHAI).date()),
            }  # fmt: skip
            disclosure.fulfil(row.id, evidence, by=None, at=ledger.now())


_LINE = Case(When(channel__in=LINES, then=F("channel")), default=Value("other"))


def _counted() -> QuerySet[Release]:
    """Rows that count: in the figure of a line a publication stands once, however many accounts and papers carried it."""
    done = Release.objects.filter(state="done")
    same = done.annotate(line=_LINE).filter(
        publication=OuterRef("publication"), line=OuterRef("line"), pk__lt=OuterRef("pk")
    )
    return _rows().filter(state="done").annotate(line=_LINE).filter(~Exists(same))


def _rows() -> QuerySet[Release]:
    return Release.objects.select_related("publication__document", "by").order_by("pk")


_PATHS = {
    "by_name": "by__name", "document_id": "publication__document_id", "agency_id": "publication__document__agency_id",
}  # fmt: skip
_ALSO = {
    "agency": "publication__document__agency", "agency_path": "publication__document__agency__path",
    "document_kind": "publication__document__kind", "first": "publication__first", "published_at": "publication__at",
    "kind": "publication__kind", "next_try": "next_try",
}  # fmt: skip
SHELVES = ledger.Shelves({
    "release": ledger.Shelf(_rows, ReleaseRow, make=row_of, hidden=("publishing",), paths=_PATHS, also=_ALSO),
    "counted_release": ledger.Shelf(_counted, ReleaseRow, make=row_of, hidden=("publishing",), paths=_PATHS, also=_ALSO),
    "issue": ledger.Shelf(
        lambda: GazetteIssue.objects.select_related("agency", "by").order_by("-year", "-number", "-pk"), IssueRow,
        paths={"agency_name": "agency__name", "by_name": "by__name"},
    ),
})  # fmt: skip
find = SHELVES.find
__all__ = [
    "BY_HAND",
    "CHANNELS",
    "IssueRow",
    "ReleaseRow",
    "find",
    "note_releases",
    "note_site",
    "row_of",
    "tell",
]
