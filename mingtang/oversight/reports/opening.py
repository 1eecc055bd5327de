"""A figure opened: the rows it counted. A filed one opens what was counted then, by the ids that were frozen."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mingtang.ledger.api import FileRow, Found, Page
from mingtang.oversight.reports.counters import COUNTERS, Where
from mingtang.oversight.reports.figures import Figure

_CHUNK = 500


@dataclass(frozen=True)
class CountedRows:
    """The rows behind a figure. ``ids`` None: asked now; else those counted when the report was filed, in that order.

    ``here``: the question as it stands today.
    """

    here: Found[Any]
    ids: tuple[int, ...] | None = None

    def count(self) -> int:
        return self.here.count() if self.ids is None else len(self.ids)

    def first(self) -> Any:
        return self.here.first() if self.ids is None else next(iter(self), None)

    def of(self, agencies: Collection[int]) -> CountedRows:
        """Those of these organs only."""
        here = self.here.where(agency_id__in=sorted(agencies))
        if self.ids is None:
            return CountedRows(here)
        kept: set[int] = set()
        for start in range(0, len(self.ids), _CHUNK):
            asked = self.here.afresh(pk__in=self.ids[start : start + _CHUNK], agency_id__in=sorted(agencies))
            kept.update(asked.ids())
        return CountedRows(here, tuple(i for i in self.ids if i in kept))

    def page(self, number: int = 1, size: int = 20) -> Page[Any]:
        """One page of rows; of a filed figure, those that still exist."""
        if self.ids is None:
            return self.here.page(number, size)
        total = len(self.ids)
        number = min(max(1, number), max(1, -(-total // size)))
        return Page(tuple(self._fetch(self.ids[(number - 1) * size : number * size])), number, size, total)

    def __iter__(self) -> Iterator[Any]:
        if self.ids is None:
            yield from self.here
            return
        for start in range(0, len(self.ids), _CHUNK):
            yield from self._fetch(self.ids[start : start + _CHUNK])

    def _fetch(self, ids: tuple[int, ...]) -> list[Any]:
        found = {row.id: row for row in self.here.afresh(pk__in=ids)}
        return [found[i] for i in ids if i in found]

    def since(self) -> tuple[int, int]:
        """What moved since the report was filed: rows that would not be counted now, rows that came later."""
        if self.ids is None:
            return 0, 0
        then, now = set(self.ids), set(self.here.ids())
        return len(then - now), len(now - then)


def question(figure: Figure) -> str:
    """The name under which a figure's ids are frozen: its cell, or the question of a sentence."""
    return figure.cell or json.dumps([figure.counter, figure.where], ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=4)
def frozen_ids(digest: str) -> dict[str, list[int]]:
    """Ids by ``question`` as a filed report keeps them (a file never changes)."""
    return json.loads(FileRow.path_of(digest).read_bytes())["ids"]


def asked(counter: str, where: Where, year: int, path: str) -> Found[Any]:
    """The rows behind a question about a year, for an organ and all below it, as they stand."""
    return COUNTERS[counter].ask(year, where).where(agency_path__startswith=path)


def opened(figure: Figure, year: int, path: str, frozen: str) -> CountedRows | None:
    """The rows behind a figure; None where nothing was counted."""
    if not figure.counter or not figure.kept:
        return None
    here = asked(figure.counter, figure.where, year, path)
    if not frozen:
        return CountedRows(here)
    return CountedRows(here, tuple(frozen_ids(frozen).get(question(figure), ())))
