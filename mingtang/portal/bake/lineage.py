"""Who carries on whose columns: from the rows of succession to the organs on whose pages a document stands. Pure.

A document keeps its publisher for ever. It stands on its publisher's page and on the page of whoever carries that
publisher's column today, and of everybody in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from mingtang.ledger.api import SuccessionRow


class Lineage:
    """The successions of the city. ``columns``: every column there is."""

    def __init__(self, rows: Sequence[SuccessionRow], columns: Iterable[str]):
        self.columns = tuple(columns)
        self._after: dict[int, list[SuccessionRow]] = {}
        self._before: dict[int, list[SuccessionRow]] = {}
        for row in rows:
            self._after.setdefault(row.predecessor_id, []).append(row)
            self._before.setdefault(row.successor_id, []).append(row)
        self.heirs = cache(self._heirs)

    def after(self, organ: int) -> list[SuccessionRow]:
        """To whom an organ's work passed; who carries the rest comes first."""
        return sorted(self._after.get(organ, ()), key=lambda row: not row.rest)

    def before(self, organ: int) -> list[SuccessionRow]:
        """From whom work came to an organ."""
        return self._before.get(organ, [])

    def _heirs(self, organ: int, column: str) -> tuple[int, ...]:
        """The organs that carry on this column of an organ, one after the other, until today's."""
        found: list[int] = []
        while (heir := self._next(organ, column)) is not None and heir not in found:
            found.append(heir)
            organ = heir
        return tuple(found)

    def _next(self, organ: int, column: str) -> int | None:
        rows = self._after.get(organ, ())
        named = [row.successor_id for row in rows if column in row.columns]
        return next(iter([*named, *(row.successor_id for row in rows if row.rest)]), None)

    def today(self, organ: int) -> int:
        """The organ that carries the rest today."""
        return (self.heirs(organ, "") or (organ,))[-1]

    def inherited(self, organ: int) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """Whose documents stand on this organ's page beside its own: earlier organs, each with its columns (none: all)."""
        found = []
        for earlier in sorted(self.earlier(organ)):
            columns = tuple(c for c in self.columns if organ in self.heirs(earlier, c))
            if columns:
                found.append((earlier, () if len(columns) == len(self.columns) else columns))
        return tuple(found)

    def earlier(self, organ: int) -> set[int]:
        """Every organ from which work came here, however long ago."""
        return self._walk(organ, lambda one: [row.predecessor_id for row in self._before.get(one, ())])

    def line(self, organ: int) -> set[int]:
        """An organ, those before it and those after it: whose pages may change with it."""
        later = self._walk(organ, lambda one: [row.successor_id for row in self._after.get(one, ())])
        return {organ} | self.earlier(organ) | later | {e for heir in later for e in self.earlier(heir)}

    @staticmethod
    def _walk(start: int, step) -> set[int]:  # type: ignore[no-untyped-def]
        seen: set[int] = set()
        waiting = list(step(start))
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting += step(one)
        return seen - {start}
