"""What the pages are made of, fetched in batches through the doors: never a query per page.

Five hundred documents cost five queries: two for texts and attachments, one for the log, two for the papers that
interpret each other. Those that belong to threads cost one more, and so do those whose
adjustments are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Q

from mingtang.disclosure import api as disclosure
from mingtang.disclosure.api import DocumentRow, PublicationRow
from mingtang.ledger import api as ledger
from mingtang.ledger.api import Found
from mingtang.portal import links
from mingtang.portal.bake import counts
from mingtang.portal.bake.adjustments import Adjustment, adjustments, compared
from mingtang.portal.bake.counts import EVER_PUBLIC, LIVE
from mingtang.portal.bake.lineage import Lineage
from mingtang.portal.bake.listing import Listing, numbered, page_of, window

# Columns whose papers are in force or not; elsewhere a validity mark would say nothing.
_IN_FORCE = ("policy", "rules")
_OVER = ("expired", "repealed")
_FIELDS = (
    "pk", "title", "first_published_at", "state", "kind", "column", "agency_id", "doc_no", "validity", "written_on",
    "index_no",
)  # fmt: skip
BATCH = 500


@dataclass(frozen=True)
class Entry:
    """One line of a list. ``published`` is the first publication; ``live`` False keeps its slot and is not shown."""

    id: int
    url: str
    title: str
    published: datetime
    live: bool
    kind: str
    column: str
    agency: str
    doc_no: str
    validity: str
    written_on: date | None
    summary: str = ""
    # The publisher's short name when it no longer exists.
    former: str = ""
    # 目录 (article 12) names each by its index number.
    index_no: str = ""
    # Within a thread: the word of its stage (招标公告、中标结果).
    stage: str = ""

    @property
    def mark(self) -> str:
        """What stands before the title of a paper no longer in force: "【失效】"; empty while it is."""
        return f"【{disclosure.VALIDITIES[self.validity]}】" if self.validity in _OVER else ""

    @property
    def shown(self) -> str:
        """The title in a list: lists of papers in force or not say so in a place of their own, others in the title."""
        return self.title if self.shows_validity else self.mark + self.title

    @property
    def shows_validity(self) -> bool:
        return self.column in _IN_FORCE

    @property
    def kind_title(self) -> str:
        """The kind as readers say it."""
        return disclosure.KINDS[self.kind].title

    def twin(self) -> dict[str, Any]:
        """The entry in a JSON twin."""
        return {
            "id": self.id, "url": self.url, "title": self.title, "published": self.published, "kind": self.kind,
            "column": self.column, "agency": self.agency, "doc_no": self.doc_no, "validity": self.validity,
            "written_on": self.written_on, "index_no": self.index_no,
        }  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """Everything one document page shows."""

    row: DocumentRow
    log: tuple[PublicationRow, ...] = ()
    interprets: Entry | None = None
    interpretations: tuple[Entry, ...] = ()
    # The paper that repealed or amended this one, and those that this one repealed or amended.
    successor: Entry | None = None
    predecessors: tuple[Entry, ...] = ()
    # Every live paper of the same matter, itself too, by stage and date.
    thread: tuple[Entry, ...] = ()
    # What each newer edition changed, newest first, for kinds that show it.
    adjustments: tuple[Adjustment, ...] = ()
    # Where its address leads, once it was merged into another that is on the site.
    merged_into: Entry | None = None


@dataclass(frozen=True)
class Leaf:
    """One page of a list: its number (None: the newest), its entries newest first, and the list's slots in all."""

    listing: Listing
    number: int | None
    entries: tuple[Entry, ...]
    total: int
    # Withdrawn ones that keep their slot; not shown, but feeds tell their readers.
    gone: tuple[Entry, ...] = ()

    @property
    def url(self) -> str:
        return self.listing.url(self.number)


def _leaf(listing: Listing, number: int | None, entries: Sequence[Entry], total: int) -> Leaf:
    return Leaf(
        listing, number, tuple(e for e in entries if e.live), total, tuple(e for e in entries if not e.live)
    )


@dataclass(frozen=True)
class Organ:
    """An organ as the public sees it (article 12: what the guide must say)."""

    id: int
    code: str
    name: str
    short_name: str
    type: str
    level: str
    parent_id: int | None
    address: str
    phone: str
    fax: str
    email: str
    hours: str
    head: str
    postal: str
    office: str
    valid_to: date | None
    url: str = field(default="")


class Source:
    """Reads of one bake. Organs are read once, and the lists counted; make a new Source when they change."""

    def __init__(self, published: Collection[int] = ()):
        """``published``: publications that are being delivered."""
        self._published = published

    @cached_property
    def organs(self) -> dict[int, Organ]:
        """Every organ by id, in the order of the register."""
        names = [f for f in Organ.__dataclass_fields__ if f != "url"]
        rows = ledger.find("agency").order("order", "pk").values(*names)
        made = (Organ(*row) for row in rows)
        return {o.id: Organ(**{**vars(o), "url": links.org_url(o.code)}) for o in made}

    @cached_property
    def listings(self) -> dict[str, Listing]:
        """Every list of the site by folder: columns, the kinds within a column, organs, policy years."""
        found = [Listing(f"col/{c.key}", (("column", c.key),), c.title) for c in disclosure.COLUMNS.values()]
        found += [
            Listing(f"kind/{k.key}", (("kind", k.key),), k.title)
            for k in disclosure.KINDS.values()
            if _divides(k)
        ]
        found += [self._of_organ(o) for o in self.organs.values()]
        found += [self.policy_year(year) for year in self.policy_years()]
        return {listing.folder: listing for listing in found}

    @cached_property
    def lineage(self) -> Lineage:
        """Who carries on whose columns."""
        return Lineage(list(ledger.find("succession")), disclosure.COLUMNS)

    def _of_organ(self, organ: Organ) -> Listing:
        own = (("agency_id", organ.id),)
        return Listing(organ.url.strip("/"), own, organ.name, self.lineage.inherited(organ.id))

    def stands_at(self, agency: int, column: str) -> tuple[int, ...]:
        """The organs on whose pages a document of this publisher and column stands, the publisher first."""
        return (agency, *self.lineage.heirs(agency, column))

    @staticmethod
    def _condition(listing: Listing) -> Q:
        """Whose documents a list holds: in the catalogue and in the counts the names are the same."""
        condition = Q(**dict(listing.filters))
        if whole := [earlier for earlier, columns in listing.inherited if not columns]:
            condition |= Q(agency_id__in=whole)
        for earlier, columns in listing.inherited:
            if columns:
                condition |= Q(agency_id=earlier, column__in=columns)
        return condition

    def _held(self, listing: Listing) -> Found[DocumentRow]:
        """The entries of a list, withdrawn ones too."""
        found = disclosure.find("document", **EVER_PUBLIC).where_q(self._condition(listing))
        if listing.year:
            first, after = counts.bounds(listing.year * 100 + 1)[0], counts.bounds(listing.year * 100 + 12)[1]
            found = found.where(first_published_at__gte=first, first_published_at__lt=after)
        return found

    def _months(self, listing: Listing) -> dict[int, int]:
        """How many entries a list has of each month, oldest first."""
        if listing.folder not in self._counted:
            condition = self._condition(listing)
            if listing.year:
                condition &= Q(month__gte=listing.year * 100, month__lt=(listing.year + 1) * 100)
            self._counted[listing.folder] = counts.by_month(condition)
        return self._counted[listing.folder]

    @cached_property
    def _counted(self) -> dict[str, dict[int, int]]:
        counts.bring_up(self._published)
        return {}

    @staticmethod
    def policy_year(year: int) -> Listing:
        return Listing(f"policy/{year}", (("column", "policy"),), f"{year}年政策文件", year=year)

    def policy_years(self) -> dict[int, int]:
        """Years in which policy papers were published, newest first, with how many are on the site."""
        found: dict[int, int] = {}
        for month, n in self._live("month", Q(column="policy")).items():
            found[int(month) // 100] = found.get(int(month) // 100, 0) + n
        return dict(sorted(found.items(), reverse=True))

    def _live(self, by: str, condition: Q | None = None) -> dict[Any, int]:
        """Live documents by column or month, as counted now."""
        self._counted  # noqa: B018 (brings the counts up)
        return counts.live(by, condition)

    def live_of_organs(self, organs: Collection[int]) -> dict[tuple[int, str], int]:
        """Live documents of these organs by organ and column."""
        self._counted  # noqa: B018
        return counts.live_of_organs(organs)

    def listings_of(self, row: DocumentRow) -> list[Listing]:
        """The lists a document stands in."""
        organs = [self.organs[a].url.strip("/") for a in self.stands_at(row.agency_id, row.column)]
        folders = [f"col/{row.column}", f"kind/{row.kind}", *organs]
        found = [self.listings[f] for f in folders if f in self.listings]
        if row.column == "policy" and row.first_published_at:
            found.append(self.policy_year(row.first_published_at.astimezone(ledger.SHANGHAI).year))
        return found

    def total(self, listing: Listing) -> int:
        return sum(self._months(listing).values())

    def position(self, listing: Listing, row: DocumentRow) -> int:
        """How many entries of the list came before this one."""
        day = row.first_published_at
        assert day is not None
        month = counts.month_of(day)
        there = self._held(listing).where(first_published_at__gte=counts.bounds(month)[0])
        earlier = there.where(first_published_at__lt=day).count()
        alike = there.where(first_published_at=day, pk__lt=row.id).count()
        return counts.before(self._months(listing), month) + earlier + alike

    def leaf(self, listing: Listing, number: int | None) -> Leaf:
        """One page of a list.

        Its slots are walked from the first day of their month, never from the newest entry: what was published after
        the lists were counted would move them, and its own delivery does not come by every page.
        """
        total = self.total(listing)
        low, high = window(total, number)
        if low >= total:
            return _leaf(listing, number, (), total)
        month, before = counts.month_at(self._months(listing), low)
        held = self._held(listing).where(first_published_at__gte=counts.bounds(month)[0])
        rows = held.order("first_published_at", "pk").slots(low - before, high - before)
        return _leaf(listing, number, self.entries([r.id for r in reversed(rows)]), total)

    def leaves(self, listing: Listing, first: int = 1, last: int | None = None) -> Iterator[Leaf]:
        """The pages of a list from one number to another, ``None``: to the front page; streamed, so that memory does not grow."""
        total, start = self._held(listing).count(), (first - 1) * links.PAGE_SIZE
        month, before = counts.month_at(self._months(listing), start) if start else (0, 0)
        found = self._held(listing).order("first_published_at", "pk")
        if month:
            found = found.where(first_published_at__gte=counts.bounds(month)[0])
        end = total if last is None else min(last * links.PAGE_SIZE, total)
        held: list[Entry] = []
        for place, values in enumerate(found.values(*_FIELDS), before):
            if place < start:
                continue
            if place >= end:
                break
            held.append(self._entry(values))
            number = page_of(place, total)
            if number and place + 1 == number * links.PAGE_SIZE:
                yield _leaf(listing, number, held[::-1], total)
                held = []
        if last is None:
            yield _leaf(listing, None, held[::-1], total)

    def newest(self, count: int, **filters: Any) -> tuple[tuple[Entry, ...], int]:
        """The newest live entries of a column or kind, and how many there are in all."""
        found = disclosure.find("document", **LIVE, **filters).order("-first_published_at", "-pk")
        entries = self.entries([r.id for r in found.slots(0, count)])
        return tuple(entries), sum(self._live("column", Q(**filters)).values())

    def newest_of_all(self, count: int) -> Leaf:
        """The newest documents of the whole site, withdrawn ones apart."""
        rows = disclosure.find("document", **EVER_PUBLIC).order("-first_published_at", "-pk").slots(0, count)
        return _leaf(Listing("", (), ""), None, self.entries([r.id for r in rows]), 0)

    def told(self, leaf: Leaf) -> dict[int, tuple[datetime, str]]:
        """For a feed: when each entry changed last, and its summary; of withdrawn ones the moment and the reason."""
        live, gone = [e.id for e in leaf.entries], [e.id for e in leaf.gone]
        rows = (
            disclosure.find("document", pk__in=live).values("pk", "published_at", "summary") if live else ()
        )
        found = {pk: (at, summary or "") for pk, at, summary in rows}
        if gone:
            log = disclosure.find("publication", document_id__in=gone, kind="withdraw").order("pk")
            found |= {
                document: (at, reason) for document, at, reason in log.values("document_id", "at", "reason")
            }
        return found

    def entries(self, ids: Sequence[int]) -> list[Entry]:
        """List lines of documents, in the order asked, with one query."""
        rows = disclosure.find("document", pk__in=list(ids)).values(*_FIELDS)
        found = {values[0]: self._entry(values) for values in rows}
        return [found[i] for i in ids if i in found]

    def _entry(self, values: tuple) -> Entry:
        pk, title, first, state, kind, column, agency_id, doc_no, validity, written, index_no = values
        organ = self.organs[agency_id]
        return Entry(
            pk, links.doc_url(pk), title, first, state == "live", kind, column, organ.name, doc_no or "",
            validity or "valid", written, former=organ.short_name if organ.valid_to else "", index_no=index_no or "",
        )  # fmt: skip

    def _successors(self, rows: Sequence[DocumentRow]) -> dict[int, Entry]:
        """For merged documents: the live one at the end of the chain of mergers."""
        ends = {r.id: r.merged_into_id for r in rows if r.merged_into_id}
        if not ends:
            return {}
        further: dict[int, int | None] = {}
        while ask := {e for e in ends.values() if e is not None} - further.keys():
            further |= dict(disclosure.find("document", pk__in=sorted(ask)).values("pk", "merged_into_id"))
            ends = {d: further.get(e) or e for d, e in ends.items() if e is not None}
        found = {e.id: e for e in self.entries(sorted({e for e in ends.values() if e is not None}))}
        return {d: found[e] for d, e in ends.items() if e is not None and found[e].live}

    def merged_into(self, ids: Collection[int]) -> set[int]:
        """The documents whose addresses lead to one of these, through however many mergers."""
        found: set[int] = set()
        while more := set(disclosure.find("document", merged_into_id__in=sorted(ids)).ids()) - found:
            found |= more
            ids = more
        return found

    def sheets(self, ids: Iterable[int]) -> Iterator[Sheet]:
        """Document pages' contents, 500 at a time."""
        wanted = list(ids)
        for start in range(0, len(wanted), BATCH):
            yield from self._sheets(wanted[start : start + BATCH])

    def _sheets(self, ids: list[int]) -> Iterator[Sheet]:
        rows = disclosure.current(ids)
        log: dict[int, list[PublicationRow]] = {}
        for p in disclosure.find("publication", document_id__in=ids):
            log.setdefault(p.document_id, []).append(p)
        readers: dict[int, list[Entry]] = {}
        pairs = disclosure.find("document", **LIVE, interprets_id__in=ids).order("first_published_at", "pk")
        for values in pairs.values("interprets_id", "summary", *_FIELDS):
            readers.setdefault(values[0], []).append(
                replace(self._entry(values[2:]), summary=values[1] or "")
            )
        changed = self._adjusted(rows, log)
        threads = self.threads({r.thread for r in rows if r.thread})
        before: dict[int, list[Entry]] = {}
        for values in (
            disclosure.find("document", **LIVE, successor_id__in=ids)
            .order("pk")
            .values("successor_id", *_FIELDS)
        ):
            before.setdefault(values[0], []).append(self._entry(values[1:]))
        heirs = self._successors(rows)
        named = [i for r in rows for i in (r.interprets_id, r.successor_id) if i]
        read = {e.id: e for e in self.entries(named)}
        for row in rows:
            other = read.get(row.interprets_id) if row.interprets_id else None
            after = read.get(row.successor_id) if row.successor_id else None
            yield Sheet(
                row,
                tuple(log.get(row.id, ())),
                other if other and other.live else None,
                tuple(readers.get(row.id, ())),
                after if after and after.live else None,
                tuple(before.get(row.id, ())),
                threads.get(row.thread, ()),
                changed.get(row.id, ()),
                heirs.get(row.id),
            )

    @staticmethod
    def _adjusted(
        rows: Sequence[DocumentRow], log: Mapping[int, Sequence[PublicationRow]]
    ) -> dict[int, tuple[Adjustment, ...]]:
        """What was adjusted, for live documents of kinds that show it: one query, and none without a replacement."""
        shown = [r for r in rows if disclosure.KINDS[r.kind].compares and r.state == "live"]
        replaced = {r.id: compared(log.get(r.id, ())) for r in shown}
        wanted = {
            e for of in replaced.values() for p in of for e in (p.old_edition_id, p.new_edition_id) if e
        }
        if not wanted:
            return {}
        editions = {e.id: e for e in disclosure.find("edition", pk__in=sorted(wanted))}
        return {
            r.id: adjustments(disclosure.KINDS[r.kind], log[r.id], editions) for r in shown if replaced[r.id]
        }

    def threads(self, names: Collection[str]) -> dict[str, tuple[Entry, ...]]:
        """The live papers of each of these threads by stage and date: one query, and none when there are no threads."""
        if not names:
            return {}
        held: dict[str, list[tuple[int, Entry]]] = {}
        found = disclosure.find("document", **LIVE, thread__in=sorted(names))
        for thread, stage, *values in found.order("first_published_at", "pk").values(
            "thread", "stage", *_FIELDS
        ):
            entry = self._entry(tuple(values))
            place, word = disclosure.KINDS[entry.kind].stage_of(stage)
            held.setdefault(thread, []).append((place, replace(entry, stage=word)))
        return {name: tuple(e for _place, e in sorted(of, key=_stage)) for name, of in held.items()}

    def pairs(self, entries: Sequence[Entry]) -> dict[int, Entry]:
        """For policy papers, the first interpretation of each that is on the site."""
        found: dict[int, Entry] = {}
        rows = disclosure.find("document", **LIVE, interprets_id__in=[e.id for e in entries])
        for values in rows.order("first_published_at", "pk").values("interprets_id", *_FIELDS):
            found.setdefault(values[0], self._entry(values[1:]))
        return found

    def folders(self) -> range:
        """Numbers of the document folders there may be, newest first."""
        # Read backwards until one is public: drafts are few, and a planner would sort a million for the first of them.
        rows = disclosure.find("document").order("-pk").values("pk", "on_site", "first_published_at")
        newest = next((pk for pk, on_site, first in rows if on_site and first), None)
        return range(newest // links.PER_FOLDER if newest else -1, -1, -1)

    def in_folder(self, number: int) -> list[int]:
        low = number * links.PER_FOLDER
        return list(
            disclosure.find("document", **EVER_PUBLIC, pk__gte=low, pk__lt=low + links.PER_FOLDER).ids()
        )

    def counts(self) -> dict[str, int]:
        """Live documents by column, for the front page and the column fronts."""
        return self._live("column")


def _stage(placed: tuple[int, Entry]) -> tuple[int, datetime, int]:
    place, entry = placed
    return place, entry.published, entry.id


def _divides(kind: disclosure.Kind) -> bool:
    """Whether a kind is one of several in its column, and so has a list of its own."""
    return sum(k.column == kind.column for k in disclosure.KINDS.values()) > 1


__all__ = ["BATCH", "Entry", "Leaf", "Organ", "Sheet", "Source", "numbered"]
