"""What every door's ``find`` gives back: pages of frozen rows, countable and groupable in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldError
from django.db.models import Count, Q, QuerySet, Sum

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page: its rows, its 1-based number, the size of a page and how many rows there are in all."""

    rows: tuple[Row, ...]
    number: int
    size: int
    total: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def has_next(self) -> bool:
        return self.number < self.last


class Found(Generic[Row]):
    """A question to one table, not yet asked. Refining it makes a new one; asking it costs one query."""

    def __init__(self, query: QuerySet, as_row: Callable[[Any], Row]):
        self._query, self._as_row = query, as_row

    def where(self, **filters: Any) -> Found[Row]:
        """Narrow by field look-ups. Raises LookupError for a field that does not exist."""
        try:
            return Found(self._query.filter(**filters), self._as_row)
        except FieldError as error:
            raise LookupError(str(error)) from error

    def where_q(self, condition: Q) -> Found[Row]:
        """Narrow by a condition with *or* and *not* in it."""
        return Found(self._query.filter(condition), self._as_row)

    def order(self, *fields: str) -> Found[Row]:
        return Found(self._query.order_by(*fields), self._as_row)

    def count(self) -> int:
        return self._query.count()

    def exists(self) -> bool:
        return self._query.exists()

    def first(self) -> Row | None:
        row = self._query.first()
        return None if row is None else self._as_row(row)

    def one(self) -> Row:
        """The only row. Raises LookupError when there is none or more than one."""
        rows = list(self._query[:2])
        if len(rows) != 1:
            raise LookupError("没有这一条" if not rows else "不止一条")
        return self._as_row(rows[0])

    def group(self, *fields: str) -> dict[Any, int]:
        """Counts by the values of one field (plain keys) or several (tuples)."""
        rows = self._query.order_by().values_list(*fields).annotate(_n=Count("pk"))
        return {(row[0] if len(fields) == 1 else tuple(row[:-1])): row[-1] for row in rows}

    def add_up(self, by: str, column: str = "") -> dict[Any, Any]:
        """How many rows, or the sum of a column, for each value of ``by``."""
        measure = Sum(column) if column else Count("pk")
        return dict(self._query.order_by().values_list(by).annotate(_n=measure))

    def ids(self) -> Iterator[int]:
        """Primary keys in ascending order, streamed."""
        return self._query.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=10_000)

    def values(self, *fields: str) -> Iterator[tuple]:
        return self._query.values_list(*fields).iterator(chunk_size=5_000)

    def page(self, number: int = 1, size: int = 20) -> Page[Row]:
        total = self._query.count()
        number = min(max(1, number), max(1, -(-total // size)))
        rows = self._query[(number - 1) * size : number * size]
        return Page(tuple(self._as_row(r) for r in rows), number, size, total)

    def __iter__(self) -> Iterator[Row]:
        return (self._as_row(r) for r in self._query.iterator(chunk_size=1_000))
