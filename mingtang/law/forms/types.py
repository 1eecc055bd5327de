"""A statutory form as a value: its sections, tables, cells, and the relations that must hold between the cells.

A figure is a Decimal or None; None means "not stated" and is never nought. Money is in 万元 with at most six decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

Figures = Mapping[str, Decimal | None]
Source = Literal["counted", "declared"]
Strength = Literal["hard", "soft"]
State = Literal["held", "failed", "not_testable"]
Op = Literal["=", "<=", "needs"]

MONEY_DECIMALS = 6
MONEY_UNIT = "万元"


@dataclass(frozen=True)
class Count:
    """The counter that yields a cell, and its filter: a word, or several words any of which counts."""

    counter: str
    filter: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """One part of the report's text. ``asks``: what belongs there. ``aliases``: titles also in lawful use."""

    number: str
    title: str
    asks: str
    tag: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column. ``code`` is empty in a table of a single unnamed column; ``group`` is the heading above it."""

    code: str
    title: str
    tag: str
    group: str = ""


@dataclass(frozen=True)
class Row:
    """One row as printed. A ``heading`` row has no cells. ``group`` lists the merged headings left of it."""

    code: str
    title: str
    tag: str
    group: tuple[str, ...] = ()
    note: str = ""
    heading: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """One figure of the form. ``unit``: 条 件 次 篇 人 人次 个 项, or 万元. ``signed``: may be below nought."""

    code: str
    table: str
    row: str
    column: str
    title: str
    unit: str
    source: Source
    tag: str
    count: Count | None = None
    signed: bool = False

    @property
    def money(self) -> bool:
        """Is the figure money (万元)? Any other figure is a whole number."""
        return self.unit == MONEY_UNIT


@dataclass(frozen=True)
class Table:
    """One grid. ``cells`` maps (row code, column code) to the cell's code; ``layout`` is rows | one_row.

    ``printed`` is False for figures kept beside the sheet. ``section`` is the section it stands in; ``over`` the head
    above all its columns, where the sheet has one.
    """

    code: str
    caption: str
    section: str
    corner: str
    layout: str
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    cells: Mapping[tuple[str, str], str]
    tag: str
    printed: bool = True
    over: str = ""


@dataclass(frozen=True)
class Term:
    """One summand: a cell, the same cell of last year's report, or a constant."""

    cell: str = ""
    previous: bool = False
    constant: int | None = None


@dataclass(frozen=True)
class Relation:
    """An arithmetic duty: left ``op`` right, each side a sum. Hard ones block filing, soft ones want a reason.

    ``needs``: a left side above nought needs a right side above nought. ``only_for``: a kind of agency or "".
    """

    code: str
    text: str
    severity: Strength
    op: Op
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    tag: str
    only_for: str = ""

    @property
    def chained(self) -> bool:
        """Does it need last year's report?"""
        return any(term.previous for term in (*self.left, *self.right))

    @property
    def cells(self) -> tuple[str, ...]:
        """Codes of this year's cells it reads."""
        return tuple(t.cell for t in (*self.left, *self.right) if t.cell and not t.previous)


@dataclass(frozen=True)
class RelationResult:
    """How one relation came out. ``difference`` is left minus right; ``unknown`` names the figures not stated."""

    code: str
    text: str
    severity: Strength
    state: State
    op: Op
    left: Decimal | None
    right: Decimal | None
    difference: Decimal | None
    figures: tuple[tuple[str, Decimal | None], ...]
    unknown: tuple[str, ...] = ()
    chained: bool = False


@dataclass(frozen=True)
class Form:
    """One edition of a form for one reporting year, as it stands in the rules; ``source`` is the file it was read from."""

    name: str
    edition: str
    family: str
    year: int
    title: str
    basis: str
    tag: str
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    cells: Mapping[str, Cell]
    relations: tuple[Relation, ...]
    source: Path

    def cell(self, code: str) -> Cell:
        """The cell of that code; KeyError names the form where there is none."""
        if code not in self.cells:
            raise KeyError(f"{self.name}/{self.edition}: no cell {code!r}")
        return self.cells[code]

    def unfilled(self, values: Figures) -> tuple[str, ...]:
        """Cells of the printed tables that are not stated. None is never nought: these block filing."""
        printed = {t.code for t in self.tables if t.printed}
        return tuple(c for c, cell in self.cells.items() if cell.table in printed and values.get(c) is None)

    def check(
        self, values: Figures, previous: Figures | None = None, *, agency: str | None = None
    ) -> tuple[RelationResult, ...]:
        """Every relation, in order; then one failed result for each figure that its cell cannot hold.

        A relation with a figure not stated is "not_testable". ``agency`` is the kind of agency ("government" …);
        relations for another kind are left out. KeyError for a code that the form does not have.
        """
        for code in values:
            self.cell(code)
        results = [
            _tested(relation, values, previous or {})
            for relation in self.relations
            if not relation.only_for or relation.only_for == agency
        ]
        results += [
            bad
            for code, value in values.items()
            if value is not None and (bad := _misfit(self.family, self.cells[code], value)) is not None
        ]
        return tuple(results)


def _tested(relation: Relation, values: Figures, previous: Figures) -> RelationResult:
    figures: list[tuple[str, Decimal | None]] = []

    def total(terms: tuple[Term, ...]) -> Decimal | None:
        sums = Decimal(0)
        known = True
        for term in terms:
            if term.constant is not None:
                sums += term.constant
                continue
            value = (previous if term.previous else values).get(term.cell)
            figures.append((f"previous:{term.cell}" if term.previous else term.cell, value))
            if value is None:
                known = False
            else:
                sums += value
        return sums if known else None

    left, right = total(relation.left), total(relation.right)
    state: State = "not_testable"
    if left is not None and right is not None:
        state = "held" if _holds(relation.op, left, right) else "failed"
    return RelationResult(
        code=relation.code,
        text=relation.text,
        severity=relation.severity,
        state=state,
        op=relation.op,
        left=left,
        right=right,
        difference=left - right if left is not None and right is not None else None,
        figures=tuple(figures),
        unknown=tuple(code for code, value in figures if value is None),
        chained=relation.chained,
    )


def _holds(op: Op, left: Decimal, right: Decimal) -> bool:
    if op == "=":
        return left == right
    if op == "<=":
        return left <= right
    return left <= 0 or right > 0


def _misfit(family: str, cell: Cell, value: Decimal) -> RelationResult | None:
    """A figure below nought, a count that is not whole, money finer than six decimals."""
    exponent = value.normalize().as_tuple().exponent if value.is_finite() else None
    if not isinstance(exponent, int):
        text = "应当是一个数"
    elif value < 0 and not cell.signed:
        text = "不能小于 0"
    elif cell.money and -exponent > MONEY_DECIMALS:
        text = f"以万元计，小数不超过 {MONEY_DECIMALS} 位"
    elif not cell.money and exponent < 0:
        text = f"以{cell.unit}计，应当是整数"
    else:
        return None
    return RelationResult(
        code=f"{family}.value.{cell.code}",
        text=f"{cell.title}：{text}",
        severity="hard",
        state="failed",
        op="=",
        left=value,
        right=None,
        difference=None,
        figures=((cell.code, value),),
    )
