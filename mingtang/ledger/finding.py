"""What every door's ``find`` gives back: pages of frozen rows, countable and groupable in SQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.expressions import OrderBy

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
        """Number of the last page, 1 when there is nothing."""
        return max(1, -(-self.total // self.size))

    @property
    def has_next(self) -> bool:
        """Is there a page after this one?"""
        return self.number < self.last


# How a name may be asked: kind__in, at__gte … Nothing else follows two underscores: no path into another table.
LOOKUPS = frozenset(
    [
        "exact",
        "in",
        "gt",
        "gte",
        "lt",
        "lte",
        "range",
        "isnull",
        "contains",
        "icontains",
        "startswith",
        "istartswith",
        "date",
        "year",
    ]
)


class Shelf(Generic[Row]):
    """One word of a door's ``find``: which rows it gives, and by which names they may be asked for.

    ``row``: a frozen dataclass. Each of its fields is a name; ``paths`` says where a field is kept when that is not a
    column of the same name (``agency_name="agency__name"``). ``also``: further names that may be asked for but are not
    shown. ``make`` builds the row where attributes do not suffice.
    """

    def __init__(
        self,
        query: Callable[[], QuerySet],
        row: type[Row],
        *,
        make: Callable[[Any], Row] | None = None,
        paths: Mapping[str, str] | None = None,
        also: Mapping[str, str] | None = None,
        hidden: Collection[str] = (),
    ):
        shown = [f.name for f in fields(row) if f.name not in hidden] if is_dataclass(row) else []
        self.query, self.row = query, row
        self.names = {n: n for n in shown} | {"pk": "pk", "id": "pk"} | dict(paths or {}) | dict(also or {})
        self.make = make or self._maker(shown)

    def _maker(self, shown: list[str]) -> Callable[[Any], Row]:
        if not shown:
            return lambda row: row
        read = attrgetter(*(self.names[n].replace("__", ".") for n in shown))
        row: Callable[..., Row] = self.row
        return lambda kept: row(*read(kept))

    def find(self, **filters: Any) -> Found[Row]:
        """The rows narrowed by declared names. Raises LookupError for another name."""
        return Found(self, self.query()).where(**filters)


class Shelves(dict[str, Shelf[Any]]):
    """The words of one door's ``find``."""

    def find(self, what: str, **filters: Any) -> Found[Any]:
        """Rows by declared names. Raises LookupError for a word or a name the door does not know."""
        if what not in self:
            raise LookupError(f"没有“{what}”；有：{'、'.join(self)}")
        return self[what].find(**filters)


class Found(Generic[Row]):
    """A question to one table, not yet asked. Refining it makes a new one; asking it costs one query.

    Every name in a filter, an order, a group or a list of values is one that the door declared (``Shelf``); any other
    raises LookupError, so that no caller rests on the columns of another room.
    """

    def __init__(self, shelf: Shelf[Row], query: QuerySet):
        self.shelf, self._query = shelf, query
        self._as_row, self._names = shelf.make, shelf.names

    def afresh(self, **filters: Any) -> Found[Row]:
        """A new question to the same table: whatever narrowed this one is forgotten."""
        return self.shelf.find(**filters)

    def _path(self, name: str) -> str:
        """The column path behind a declared name. Raises LookupError for another name."""
        if name in self._names:
            return self._names[name]
        raise LookupError(f"没有“{name}”这一项；可用：{'、'.join(sorted(self._names))}")

    def _asked(self, key: str) -> str:
        name, _, lookup = key.rpartition("__")
        if key not in self._names and lookup in LOOKUPS:
            return f"{self._path(name)}__{lookup}"
        return self._path(key)

    def _translated(self, condition: Q) -> Q:
        made = Q(_connector=condition.connector, _negated=condition.negated)
        for child in condition.children:
            if isinstance(child, Q):
                made.children.append(self._translated(child))
            else:
                key, value = child
                made.children.append((self._asked(key), self._value(value)))
        return made

    def _value(self, value: Any) -> Any:
        """F("due_on") compares with another declared name of the same row."""
        return F(self._path(value.name)) if isinstance(value, F) else value

    def where(self, **filters: Any) -> Found[Row]:
        """Narrow by declared names, each with one of ``LOOKUPS`` after it or none. Raises LookupError for another name."""
        return self.where_q(Q(**filters)) if filters else self

    def where_q(self, condition: Q) -> Found[Row]:
        """Narrow by a condition with *or* and *not* in it. Raises LookupError for a name that is not declared."""
        return Found(self.shelf, self._query.filter(self._translated(condition)))

    def order(self, *names: str | OrderBy) -> Found[Row]:
        """In the order of these names, "-name" backwards; ``F(name).asc(nulls_last=True)`` says where unknowns stand."""
        return Found(self.shelf, self._query.order_by(*map(self._ordered, names)))

    def _ordered(self, name: str | OrderBy) -> str | OrderBy:
        if isinstance(name, OrderBy):
            return OrderBy(self._value(name.expression), name.descending, name.nulls_first, name.nulls_last)
        return ("-" if name.startswith("-") else "") + self._path(name.lstrip("-"))

    def count(self) -> int:
        """How many rows, counted in SQL."""
        return self._query.count()

    def exists(self) -> bool:
        """Is there any row?"""
        return self._query.exists()

    def first(self) -> Row | None:
        """The first row in the present order, None when there is none."""
        row = self._query.first()
        return None if row is None else self._as_row(row)

    def one(self) -> Row:
        """The only row. Raises LookupError when there is none or more than one."""
        rows = list(self._query[:2])
        if len(rows) != 1:
            raise LookupError("没有这一条" if not rows else "不止一条")
        return self._as_row(rows[0])

    def group(self, *names: str) -> dict[Any, int]:
        """Counts by the values of one name (plain keys) or several (tuples). Raises LookupError for another name."""
        paths = [self._path(n) for n in names]
        rows = self._query.order_by().values_list(*paths).annotate(_n=Count("pk"))
        return {(row[0] if len(names) == 1 else tuple(row[:-1])): row[-1] for row in rows}

    def add_up(self, by: str, column: str = "") -> dict[Any, Any]:
        """How many rows, or the sum of a column, for each value of ``by``. Raises LookupError for another name."""
        measure = Sum(self._path(column)) if column else Count("pk")
        return dict(self._query.order_by().values_list(self._path(by)).annotate(_n=measure))

    def ids(self) -> Iterator[int]:
        """Primary keys in ascending order, streamed."""
        return self._query.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=10_000)

    def values(self, *names: str) -> Iterator[tuple]:
        """Tuples of these names, streamed. Raises LookupError for another name."""
        return self._query.values_list(*(self._path(n) for n in names)).iterator(chunk_size=5_000)

    def page(self, number: int = 1, size: int = 20) -> Page[Row]:
        """One page of rows; a number beyond either end gives the nearest page. Two queries."""
        total = self._query.count()
        number = min(max(1, number), max(1, -(-total // size)))
        rows = self._query[(number - 1) * size : number * size]
        return Page(tuple(self._as_row(r) for r in rows), number, size, total)

    def slots(self, start: int, end: int) -> tuple[Row, ...]:
        """The rows in [start, end) of the present order, as many as there are. One query, and none for an empty stretch."""
        return tuple(map(self._as_row, self._query[start:end])) if end > start else ()

    def __iter__(self) -> Iterator[Row]:
        return (self._as_row(r) for r in self._query.iterator(chunk_size=1_000))
