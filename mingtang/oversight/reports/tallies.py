"""Tallies: every counter of a year's form and prose, counted by organ, kept with the digest of the ids counted.

A report reads tallies only, so it is made in an instant from any number of rows; a recount rebuilds them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from mingtang.law.api import Refused, form
from mingtang.ledger.api import Found, find
from mingtang.oversight.models import Tally
from mingtang.oversight.reports import prose
from mingtang.oversight.reports.counters import COUNTERS, Where

# More organs than this at once are recounted together: one grouped query instead of one each.
_FEW = 20


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


def recount(
    year: int,
    at: datetime,
    agencies: set[int] | None = None,
    progress: Callable[[int, int], Any] | None = None,
) -> int:
    """Count a year again (all organs, or some) and replace its tallies. Returns how many tallies stand."""
    made = 0
    asked = questions(year)
    for n, (name, where) in enumerate(asked, 1):
        rows = _count(name, where, year, at, agencies)
        with transaction.atomic():
            old = Tally.objects.filter(counter=name, where=canonical(where), year=year)
            (old if agencies is None else old.filter(agency_id__in=agencies)).delete()
            Tally.objects.bulk_create(rows, batch_size=500)
        made += len(rows)
        if progress:
            progress(n, len(asked))
    return made


def _count(name: str, where: Where, year: int, at: datetime, agencies: set[int] | None) -> list[Tally]:
    counter = COUNTERS[name]
    found, unsure = counter.ask(year, where), counter.unsure(year, where)
    if agencies is not None:
        found = found.where(**{f"{counter.agency}__in": agencies})
        unsure = unsure and unsure.where(**{f"{counter.agency}__in": agencies})
    values = found.add_up(counter.agency, counter.measure)
    unknown = unsure.add_up(counter.agency) if unsure else {}
    ids = _ids_by_organ(found, counter.agency)
    text = canonical(where)
    return [
        Tally(
            counter=name, where=text, agency_id=organ, year=year, cutoff=at, value=Decimal(values.get(organ) or 0) / (10_000 if counter.in_wan else 1),
            unknown=unknown.get(organ, 0), ids_digest=ids.get(organ) or digest(()),
        )
        for organ in sorted(set(values) | set(unknown))
    ]  # fmt: skip


def _ids_by_organ(found: Found, agency: str) -> dict[int, str]:
    """The digest of ids of each organ, in one pass over the rows in the order of ids."""
    hashes: dict[int, Any] = {}
    for organ, pk in found.order("pk").values(agency, "pk"):
        if organ in hashes:
            hashes[organ].update(b"," + str(pk).encode())
        else:
            hashes[organ] = hashlib.sha256(str(pk).encode())
    return {organ: h.hexdigest() for organ, h in hashes.items()}


def rows(name: str, where: Where, year: int, path: str) -> Found:
    """The rows behind a figure of an organ and all below it, asked again."""
    counter = COUNTERS[name]
    return counter.ask(year, where).where(**{f"{counter.agency}__path__startswith": path})


def changed(at: datetime, agencies: set[int], years: set[int]) -> None:
    """Recount the organs whose rows changed, for the years that hold a tally or just ended."""
    for year in sorted(years):
        recount(year, at, agencies if len(agencies) <= _FEW else None)


def current_years(at: datetime) -> set[int]:
    """The years a change of today can touch: this one and the last."""
    return {at.year, at.year - 1}


def ensure(year: int, at: datetime) -> None:
    """Count a year that was never counted."""
    if not Tally.objects.filter(year=year).exists() and find("agency").exists():
        recount(year, at)
