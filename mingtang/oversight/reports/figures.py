"""Figures: one number each, and where it comes from. NULL is never nought, and a sum over unknowns is unknown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from mingtang.law.api import Cell
from mingtang.ledger.api import Agency, find
from mingtang.oversight.models import Declared, Tally
from mingtang.oversight.reports import prose, tallies
from mingtang.oversight.reports.counters import COUNTERS

NOT_STATED = "未列明"
NOT_COUNTED = "未计数"
# Organs that make a report of their own: what a government declares is the sum of these when it says nothing itself.
_REPORTING = ("government", "department", "county")


@dataclass(frozen=True)
class Figure:
    """One figure of a report and where it comes from.

    ``value`` None means not stated; ``known`` is then the part that is. ``how``: counted | declared | mixed |
    carried | missing. A carried one is last year's closing figure, from the report that ``carried`` names; what the
    rows say beside it stands in ``counted``. ``tally`` identifies what was counted: counter, filter, digest of the organs' digests, cut-off; a counter
    without a cut-off was never counted. ``missing`` names the organs that did not say.
    """

    cell: str
    title: str
    unit: str
    value: Decimal | None
    known: Decimal
    how: str
    counted: Decimal
    declared: tuple[Mapping[str, str], ...]
    counter: str
    where: Mapping[str, str | tuple[str, ...]]
    digest: str
    cutoff: datetime | None
    missing: tuple[str, ...] = ()
    carried: str = ""
    kept: bool = True

    @property
    def shown(self) -> str:
        """As printed: 0 as 0, an unknown as 未列明 with the known part, one nobody counted yet as 未计数."""
        if self.value is not None:
            return prose.plain(self.value)
        if self.counter and self.cutoff is None:
            return NOT_COUNTED
        return NOT_STATED if not self.known else f"{NOT_STATED}（已知{prose.plain(self.known)}）"


@dataclass(frozen=True)
class Answer:
    """What the tallies say to one question: the known part, who did not state the fact, and since when.

    ``kept``: whether the platform kept this register in that year at all.
    """

    known: Decimal
    unknown: tuple[str, ...]
    digest: str
    cutoff: datetime | None
    kept: bool

    @property
    def whole(self) -> bool:
        return self.cutoff is not None and not self.unknown and self.kept


class Tallied:
    """All tallies of a year for an organ and those below it, read with two queries."""

    def __init__(self, year: int, path: str):
        self.values: dict[tuple[str, str], Decimal] = {}
        self.unknown: dict[tuple[str, str], list[str]] = {}
        self.digests: dict[tuple[str, str], list[str]] = {}
        self.marks = tallies.marks(year)
        # The report stands as of its oldest count.
        self.cutoff = min((m.cutoff for m in self.marks.values() if m.cutoff), default=None)
        rows = Tally.objects.filter(year=year, agency__path__startswith=path).order_by("agency_id")
        for counter, where, value, unknown, digest, organ in rows.values_list(
            "counter", "where", "value", "unknown", "ids_digest", "agency__short_name"
        ):
            key = (counter, where)
            self.values[key] = self.values.get(key, Decimal(0)) + value
            self.digests.setdefault(key, []).append(digest)
            if unknown:
                self.unknown.setdefault(key, []).append(organ)

    def answer(self, counter: str, where: Mapping) -> Answer:
        key = (counter, tallies.canonical(where))
        joined = hashlib.sha256("".join(self.digests.get(key, [])).encode()).hexdigest()
        mark = self.marks.get(key, tallies.NO_MARK)
        return Answer(
            self.values.get(key, Decimal(0)), tuple(self.unknown.get(key, ())), joined, mark.cutoff, mark.kept
        )


@dataclass(frozen=True)
class Said:
    """What was declared for one cell: its rows, their sum, whether they cover the organ's whole scope, who is missing."""

    rows: tuple[Declared, ...]
    value: Decimal
    whole: bool
    missing: tuple[str, ...]


class Declarations:
    """Declared figures of a year for an organ and those below it, read with two queries."""

    def __init__(self, agency: Agency, year: int):
        self.agency = agency
        self.rows: dict[str, dict[int, list[Declared]]] = {}
        for d in Declared.objects.filter(agency__path__startswith=agency.path, year=year).order_by("pk"):
            self.rows.setdefault(d.cell, {}).setdefault(d.agency_id, []).append(d)
        self.below: dict[int, list[tuple[int, str, bool]]] = {}
        last = date(year, 12, 31)
        organs = find("agency", path__startswith=agency.path, valid_from__lte=last)
        valid = organs.where_q(Q(valid_to__isnull=True) | Q(valid_to__gt=last))
        for pk, parent, name, kind in valid.order("order", "pk").values(
            "pk", "parent_id", "short_name", "type"
        ):
            if pk != agency.pk:
                self.below.setdefault(parent, []).append((pk, name, kind in _REPORTING))

    def units(self, cell: str) -> Said:
        """Every unit that declared this cell anywhere in the scope: units outside the platform, each named once."""
        rows = [d for found in self.rows.get(cell, {}).values() for d in found]
        return Said(tuple(rows), _sum(rows), True, ())

    def said(self, cell: str) -> Said:
        """The organ's own word for its whole scope, or that of all organs directly below it, each for its own."""
        by_organ = self.rows.get(cell, {})
        if not by_organ:
            return Said((), Decimal(0), False, ())
        return self._said(self.agency.pk, self.agency.short_name, by_organ)

    def _said(self, organ: int, name: str, by_organ: Mapping[int, list[Declared]]) -> Said:
        if own := by_organ.get(organ):
            return Said(tuple(own), _sum(own), True, ())
        rows: list[Declared] = []
        missing: list[str] = []
        asked = False
        for pk, short, reports in self.below.get(organ, ()):
            part = self._said(pk, short, by_organ)
            rows += part.rows
            asked = asked or reports
            if reports:
                missing += part.missing
        whole = asked and not missing
        return Said(tuple(rows), _sum(rows), whole, () if whole else tuple(missing) or (name,))


def _sum(rows: Iterable[Declared]) -> Decimal:
    return sum((d.value for d in rows), Decimal(0))


def _stated(rows: Iterable[Declared]) -> tuple[dict[str, str], ...]:
    return tuple(
        {
            "unit": d.unit_name,
            "value": prose.plain(d.value),
            "source": d.source,
            "signer": d.signer,
            "on": str(d.signed_on),
        }
        for d in rows
    )


@dataclass(frozen=True)
class Carried:
    """Last year's closing figure for an opening one, and the filed report it stands in (in words)."""

    value: Decimal
    report: str


def of_cell(cell: Cell, found: Tallied, declared: Declarations, carried: Carried | None = None) -> Figure:
    """The figure of one cell as tallies and declarations stand; an opening one as last year's report closed it."""
    if cell.source == "counted" and cell.count is not None:
        answer, said = found.answer(cell.count.counter, cell.count.filter), declared.units(cell.code)
        total = answer.known + said.value
        # Rows that lack the asked fact, or a year without a ledger, leave the cell unknown until somebody says.
        whole = answer.whole or (answer.cutoff is not None and bool(said.rows))
        value, how = total if whole else None, "mixed" if said.rows else "counted"
        if carried is not None:
            value, total, how = carried.value, carried.value, "carried"
        elif not answer.kept and not answer.known:
            how = "declared" if said.rows else "missing"
        return Figure(
            cell.code, cell.title, cell.unit, value, total, how, answer.known, _stated(said.rows), cell.count.counter,
            cell.count.filter, answer.digest, answer.cutoff, answer.unknown, carried.report if carried else "", answer.kept,
        )  # fmt: skip
    said = declared.said(cell.code)
    return Figure(
        cell.code, cell.title, cell.unit, said.value if said.whole else None, said.value, "declared" if said.whole else "missing",
        Decimal(0), _stated(said.rows), "", {}, "", None, said.missing,
    )  # fmt: skip


def of_sentence(asked: prose.Asked, found: Tallied) -> Figure:
    """The figure that a sentence asks for."""
    counter, where = COUNTERS[asked.counter], asked.as_where()
    a = found.answer(asked.counter, where)
    return Figure(
        "", counter.title, counter.unit, a.known if a.whole else None, a.known, "counted", a.known, (), asked.counter, where,
        a.digest, a.cutoff, a.unknown, "", a.kept,
    )  # fmt: skip


def frozen(figure: Figure) -> dict[str, Any]:
    """A figure as kept with a filed report; the question it answers stays with the form."""
    return {
        "value": None if figure.value is None else str(figure.value),
        "how": figure.how,
        "known": str(figure.known),
        "counted": str(figure.counted),
        "declared": [dict(d) for d in figure.declared],
        "digest": figure.digest,
        "cutoff": figure.cutoff.isoformat() if figure.cutoff else None,
        "missing": list(figure.missing),
        "carried": figure.carried,
        "kept": figure.kept,
    }


def thawed(
    kept: Mapping[str, Any], cell: str, title: str, unit: str, counter: str = "", where: Mapping[str, Any] | None = None
) -> Figure:  # fmt: skip
    """A figure as it was when its report was filed."""
    return Figure(
        cell, title, unit, None if kept["value"] is None else Decimal(kept["value"]), Decimal(kept["known"]), kept["how"],
        Decimal(kept["counted"]), tuple(kept["declared"]), counter, where or {}, kept["digest"],
        datetime.fromisoformat(kept["cutoff"]) if kept["cutoff"] else None, tuple(kept["missing"]),
        kept["carried"], kept["kept"],
    )  # fmt: skip
