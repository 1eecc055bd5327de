"""How many documents each list holds, kept by month, so that one publication costs the same in a catalogue of a million.

A cell is an organ, a kind, a column and the month of first publication. Cells are counted again, never added to: those
of every publication since the last count, before anybody reads them. So they cannot drift, and may be counted twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from mingtang.disclosure import api as disclosure
from mingtang.ledger.api import SHANGHAI
from mingtang.portal.models import CountedTo, MonthCount

EVER_PUBLIC: dict[str, Any] = {"on_site": True, "first_published_at__isnull": False}
LIVE = EVER_PUBLIC | {"state": "live"}
_BATCH = 500
# To count one cell again costs as much as walking by so many documents; so few cells are always counted singly.
_WALKED, _FEW = 100, 50

Cell = tuple[int, str, str, int]


def month_of(at: datetime) -> int:
    """The civil month of a moment, as 201711."""
    on = at.astimezone(SHANGHAI)
    return on.year * 100 + on.month


def bounds(month: int) -> tuple[datetime, datetime]:
    """The first moment of a month, and of the next one."""
    year, number = divmod(month, 100)
    after = (year + 1, 1) if number == 12 else (year, number + 1)
    return datetime(year, number, 1, tzinfo=SHANGHAI), datetime(*after, 1, tzinfo=SHANGHAI)


def bring_up(publications: Collection[int] = ()) -> None:
    """Count again what was published since the last time, and these: a number may be given before it can be seen."""
    if not publications and CountedTo.objects.filter(publication__gte=_newest()).exists():
        return  # nothing to count, and so no lock to take
    with transaction.atomic():
        # Whoever counts holds the mark: an older count must not be written over a newer one.
        mark, new = CountedTo.objects.select_for_update().get_or_create(pk=1)
        last = _newest()
        cells = None if new else _cells(mark.publication, publications)
        if cells is None:
            _count_all()
        else:
            for cell in cells:
                _count(cell)
        if new or last > mark.publication:
            mark.publication = last
            mark.save()


def _newest() -> int:
    newest = disclosure.find("publication").order("-pk").first()
    return newest.id if newest else 0


def recount() -> None:
    """Count everything again, whatever was counted before."""
    with transaction.atomic():
        CountedTo.objects.select_for_update().filter(pk=1).delete()
        bring_up()


def _cells(since: int, publications: Collection[int]) -> set[Cell] | None:
    """The cells that publications after a number, and these, may have changed; None: counting all is cheaper."""
    held = sorted(publications)
    asked = [{"pk__in": held[n : n + _BATCH]} for n in range(0, len(held), _BATCH)]
    questions: list[dict[str, Any]] = [{"pk__gt": since}, *asked]
    documents = {d for q in questions for (d,) in disclosure.find("publication", **q).values("document_id")}
    ids, found = sorted(documents), set[Cell]()
    for start in range(0, len(ids), _BATCH):
        rows = disclosure.find("document", pk__in=ids[start : start + _BATCH], **EVER_PUBLIC)
        for agency, kind, column, first in rows.values("agency_id", "kind", "column", "first_published_at"):
            found.add((agency, kind, column, month_of(first)))
    counted = MonthCount.objects.aggregate(n=Sum("ever"))["n"] or 0
    return found if len(found) <= max(_FEW, counted // _WALKED) else None


def _count(cell: Cell) -> None:
    agency, kind, column, month = cell
    first, after = bounds(month)
    states = disclosure.find(
        "document", agency_id=agency, kind=kind, column=column, first_published_at__gte=first, first_published_at__lt=after, **EVER_PUBLIC
    ).group("state")  # fmt: skip
    MonthCount.objects.update_or_create(
        agency_id=agency, kind=kind, column=column, month=month,
        defaults={"ever": sum(states.values()), "live": states.get("live", 0)},
    )  # fmt: skip


def _count_all() -> None:
    ever: Counter[Cell] = Counter()
    live: Counter[Cell] = Counter()
    rows = disclosure.find("document", **EVER_PUBLIC)
    for agency, kind, column, first, state in rows.values(
        "agency_id", "kind", "column", "first_published_at", "state"
    ):
        cell = (agency, kind, column, month_of(first))
        ever[cell] += 1
        live[cell] += state == "live"
    MonthCount.objects.all().delete()
    made = (MonthCount(agency_id=a, kind=k, column=c, month=m, ever=n, live=live[a, k, c, m]) for (a, k, c, m), n in ever.items())  # fmt: skip
    MonthCount.objects.bulk_create(made, batch_size=2_000)


def by_month(condition: Q) -> dict[int, int]:
    """Documents ever public of a list by month, oldest first."""
    return _summed(MonthCount.objects.filter(condition), "month", "ever")


def live(by: str, condition: Q | None = None) -> dict[str, int]:
    """Live documents by ``column`` or ``month``; without those there are none of."""
    found = MonthCount.objects.filter(condition or Q())
    return {key: n for key, n in _summed(found, by, "live").items() if n}


def live_of_organs(organs: Iterable[int]) -> dict[tuple[int, str], int]:
    """Live documents of these organs by organ and column."""
    rows = MonthCount.objects.filter(agency_id__in=sorted(organs)).values_list("agency_id", "column")
    return {(a, c): n for a, c, n in rows.annotate(n=Sum("live")) if n}


def _summed(rows: QuerySet[MonthCount], by: str, what: str) -> dict:
    return dict(rows.order_by(by).values_list(by).annotate(n=Sum(what)))


def before(months: Mapping[int, int], month: int) -> int:
    """How many came in the months before one."""
    return sum(n for m, n in months.items() if m < month)


def month_at(months: Mapping[int, int], slot: int) -> tuple[int, int]:
    """The month in which a slot (0-based) stands, and how many came before that month. Raises LookupError beyond the end."""
    earlier = 0
    for month, n in months.items():
        if earlier + n > slot:
            return month, earlier
        earlier += n
    raise LookupError(f"no slot {slot} among {earlier}")
