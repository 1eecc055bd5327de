"""Tallies: every counter of a year's form and prose, counted by organ, kept with the digest of the ids counted.

A report reads tallies only, so it is made in an instant from any number of rows; a recount rebuilds them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from mingtang.law.api import Refused, form
from mingtang.ledger.api import SHANGHAI, Found, Shelf, find
from mingtang.oversight.models import Counted, Tally
from mingtang.oversight.reports import prose
from mingtang.oversight.reports.counters import COUNTERS, Counter, Where, first_day

# More organs than this at once are recounted together: one grouped query instead of one each.
_FEW = 20
# Tallies written or cleared by one statement.
_AT_ONCE = 500


def canonical(where: Where) -> str:
    """A filter as one string: equal filters are equal strings."""
    plain = {k: list(v) if isinstance(v, tuple | list) else v for k, v in where.items()}
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def questions(year: int) -> list[tuple[str, Where]]:
    """Every (counter, filter) that the year's form and prose ask for, each once."""
    chosen = form("annual_report", year)
    asked: dict[tuple[str, str], tuple[str, Where]] = {}
    if not isinstance(chosen, Refused):
        for cell in chosen.cells.values():
            if cell.source == "counted" and cell.count:
                asked[cell.count.counter, canonical(cell.count.filter)] = (
                    cell.count.counter,
                    cell.count.filter,
                )
    for counter, where in prose.questions(year):
        asked[counter, canonical(where)] = (counter, where)
    return list(asked.values())


def digest(ids: Iterable[int]) -> str:
    """SHA-256 of ids in ascending order, separated by commas."""
    h, first = hashlib.sha256(), True
    for i in ids:
        h.update((b"" if first else b",") + str(i).encode())
        first = False
    return h.hexdigest()


@dataclass(frozen=True)
class Mark:
    """That a question was counted: until when, and whether the platform kept the register in that year at all."""

    cutoff: datetime | None
    kept: bool


NO_MARK = Mark(None, True)


def marks(year: int) -> dict[tuple[str, str], Mark]:
    """When each question of a year was last counted; a question that is not here never was."""
    found = Counted.objects.filter(year=year, cutoff__isnull=False)
    rows = found.values_list("counter", "where", "cutoff", "kept")
    return {(counter, where): Mark(cutoff, kept) for counter, where, cutoff, kept in rows}


def counted_years() -> set[int]:
    """Years of which anything was counted."""
    return set(Counted.objects.filter(cutoff__isnull=False).values_list("year", flat=True).distinct())


def recount(
    year: int,
    at: datetime,
    agencies: set[int] | None = None,
    progress: Callable[[int, int], Any] | None = None,
    *,
    missing_only: bool = False,
    shelves: Collection[Shelf[Any]] = (),
) -> int:
    """Count a year again (all organs, or some) and replace its tallies. Returns how many tallies stand.

    A question never counted before is counted for all organs, whichever were asked for; ``missing_only`` counts
    these alone; ``shelves``: only what counts rows of one of these.
    """
    which = _Which(year, at, agencies, missing_only, shelves)
    # Counted first and then written as one set: who reads meanwhile sees the year before or after, never between, and
    # whoever writes waits for the writing only. Who was overtaken counts again; the third time nobody can overtake.
    for _try in range(2):
        with _one_moment():
            before = marks(year)
            counted = _count_all(which, before, progress)
        with transaction.atomic():
            hold(year)
            if marks(year) == before:
                return _write(which, counted)
    with transaction.atomic():
        hold(year)
        return _write(which, _count_all(which, marks(year), progress))


@contextmanager
def _one_moment() -> Iterator[None]:
    """Many questions answered as of one moment, while others may write."""
    begun = connection.in_atomic_block
    with _deferred() if connection.vendor == "sqlite" and not begun else transaction.atomic():
        if connection.vendor == "postgresql" and not begun:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _deferred() -> Iterator[None]:
    """A transaction of SQLite that only reads: it takes no lock a writer would wait for."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def hold(year: int, what: str = "") -> None:
    """Let nobody else do the same to a year until this transaction ends: count (``""``) or declare (``declared``)."""
    key = {"year": year, "counter": "", "where": what}
    Counted.objects.get_or_create(**key)
    Counted.objects.select_for_update().get(**key)


class _Kept:
    """Which registers the platform kept in a year: all from the day the installation names, others where rows say so."""

    def __init__(self, year: int):
        self.year = year
        here = find("installation").first()
        self.whole = here is not None and here.kept_from <= first_day(year)
        self.told: dict[Any, bool] = {}

    def __call__(self, name: str) -> bool:
        if self.whole:
            return True
        if not self.told:
            for c in COUNTERS.values():
                found = c.rows(self.year)
                self.told[found.shelf] = self.told.get(found.shelf, False) or found.exists()
        return self.told[COUNTERS[name].rows(self.year).shelf]


@dataclass(frozen=True)
class _Which:
    """What is asked to be counted again."""

    year: int
    at: datetime
    agencies: set[int] | None
    missing_only: bool
    shelves: Collection[Shelf[Any]]

    def asked(self, known: Collection[tuple[str, str]]) -> list[tuple[str, Where]]:
        found = questions(self.year)
        if self.shelves:
            names = {n for n, _where in found}
            there = {n for n in names if COUNTERS[n].rows(self.year).shelf in self.shelves}
            found = [(n, w) for n, w in found if n in there]
        if self.missing_only:
            found = [(n, w) for n, w in found if (n, canonical(w)) not in known]
        return found


@dataclass(frozen=True)
class _Answered:
    """One question counted: for which organs (None: all), its tallies, and whether its register was kept."""

    counter: str
    where: str
    agencies: set[int] | None
    rows: list[Tally]
    kept: bool


def _count_all(
    which: _Which, known: Collection[tuple[str, str]], progress: Callable[[int, int], Any] | None
) -> list[_Answered]:
    asked, held, counted = which.asked(known), _Kept(which.year), []
    for n, (name, where) in enumerate(asked, 1):
        text = canonical(where)
        some = which.agencies if (name, text) in known else None
        rows = _count(name, where, which.year, which.at, some)
        counted.append(_Answered(name, text, some, rows, held(name)))
        if progress:
            progress(n, len(asked))
    return counted


def _write(which: _Which, counted: list[_Answered]) -> int:
    """Put the counted tallies in the place of the old ones; the year is held."""
    for some in (None,) if which.agencies is None else (None, which.agencies):
        answered = {(c.counter, c.where) for c in counted if c.agencies == some}
        old = Tally.objects.filter(year=which.year, **({} if some is None else {"agency_id__in": some}))
        gone = [
            pk for pk, *question in old.values_list("pk", "counter", "where") if tuple(question) in answered
        ]
        for n in range(0, len(gone), _AT_ONCE):
            Tally.objects.filter(pk__in=gone[n : n + _AT_ONCE]).delete()
    Counted.objects.bulk_create(
        [Counted(year=which.year, counter=c.counter, where=c.where, cutoff=which.at, kept=c.kept) for c in counted],
        update_conflicts=True, unique_fields=["year", "counter", "where"], update_fields=["cutoff", "kept"],
    )  # fmt: skip
    rows = [row for c in counted for row in c.rows]
    Tally.objects.bulk_create(rows, batch_size=_AT_ONCE)
    return len(rows)


def _count(name: str, where: Where, year: int, at: datetime, agencies: set[int] | None) -> list[Tally]:
    counter = COUNTERS[name]
    found, unsure = counter.ask(year, where), counter.unsure(year, where)
    if agencies is not None:
        found = found.where(agency__in=agencies)
        unsure = unsure and unsure.where(agency__in=agencies)
    unknown = unsure.add_up("agency") if unsure else {}
    rows = _by_organ(found)
    sums = found.add_up("agency", counter.measure) if counter.measure and rows else {}
    text = canonical(where)
    return [
        Tally(
            counter=name, where=text, agency_id=organ, year=year, cutoff=at, unknown=unknown.get(organ, 0),
            value=_value(counter, sums.get(organ) if counter.measure else rows.get(organ, _NONE).count),
            ids_digest=rows.get(organ, _NONE).digest,
        )
        for organ in sorted(set(rows) | set(unknown))
    ]  # fmt: skip


@dataclass(frozen=True)
class Behind:
    """The rows behind a question as they stand: their ids, and whether the tallies were counted over just these."""

    ids: tuple[int, ...]
    as_tallied: bool


def behind(name: str, where: Where, year: int, path: str) -> Behind:
    """The rows behind a question, for an organ and all below it, held against the tallies."""
    counter, text = COUNTERS[name], canonical(where)
    found = counter.ask(year, where).where(agency_path__startswith=path)
    ids: list[int] = []
    organs = {organ: rows.digest for organ, rows in _by_organ(found, ids.append).items()}
    tallied = Tally.objects.filter(counter=name, where=text, year=year, agency__path__startswith=path)
    kept = dict(tallied.values_list("agency_id", "ids_digest"))
    same = organs == {organ: d for organ, d in kept.items() if d != digest(())}
    if same and (unsure := counter.unsure(year, where)) is not None:
        unknown = unsure.where(agency_path__startswith=path).add_up("agency")
        same = all(unknown.pop(t.agency_id, 0) == t.unknown for t in tallied) and not unknown
    if same and counter.measure:
        # Nothing came and nothing left, but what is added up may have been put right.
        sums = found.add_up("agency", counter.measure)
        same = all(_value(counter, sums.get(t.agency_id)) == t.value for t in tallied)
    return Behind(tuple(ids), same)


def _value(counter: Counter, counted: Any) -> Decimal:
    return Decimal(counted or 0) / (10_000 if counter.in_wan else 1)


@dataclass(frozen=True)
class _Rows:
    """Rows of one organ: how many, and the digest of their ids."""

    count: int
    digest: str


_NONE = _Rows(0, digest(()))


def _by_organ(found: Found, each: Callable[[int], Any] = int) -> dict[int, _Rows]:
    """The rows of each organ, in one pass over them in the order of ids; ``each`` is told every id."""
    hashes: dict[int, Any] = {}
    counts: dict[int, int] = {}
    for organ, pk in found.order("pk").values("agency", "pk"):
        each(pk)
        if organ in hashes:
            hashes[organ].update(b"," + str(pk).encode())
            counts[organ] += 1
        else:
            hashes[organ], counts[organ] = hashlib.sha256(str(pk).encode()), 1
    return {organ: _Rows(counts[organ], h.hexdigest()) for organ, h in hashes.items()}


def changed(
    at: datetime, agencies: set[int], years: Iterable[int], shelves: Collection[Shelf[Any]] = ()
) -> None:
    """Recount the organs whose rows changed: years counted before, and this one and the last in any case.

    ``shelves``: where those rows lie, when they can only be there; a year never counted is counted whole.
    """
    this, before = at.astimezone(SHANGHAI).year, counted_years()
    some = agencies if len(agencies) <= _FEW else None
    for year in sorted(set(years) & (before | {this, this - 1})):
        recount(year, at, some, shelves=shelves if year in before else ())
