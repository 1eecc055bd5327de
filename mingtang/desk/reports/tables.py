"""A statutory table as the desk draws it: heads with their groups, rows by depth, every cell with its address."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from mingtang.law.api import Table
from mingtang.oversight import api as oversight


@dataclass(frozen=True)
class Cell:
    """One figure in its place."""

    code: str
    shown: str
    trace: str
    style: str
    broken: bool


@dataclass(frozen=True)
class Head:
    """One head of a column or of a group of columns."""

    title: str
    span: int
    grouped: bool


@dataclass(frozen=True)
class Line:
    """One row: ``depth`` l1 … l3 from its numbering; a heading has no cells."""

    title: str
    note: str
    heading: bool
    depth: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Drawn:
    """One table ready to be drawn."""

    caption: str
    corner: str
    heads: tuple[Head, ...]
    under: tuple[str, ...]
    lines: tuple[Line, ...]
    span: int
    wide: bool


def drawn(made: oversight.Compiled, table: Table, failed: Set[str]) -> Drawn:
    """A table of the form with the figures of a compiled report."""
    heads: list[Head] = []
    for column in table.columns:
        if column.group and heads and heads[-1].grouped and heads[-1].title == column.group:
            heads[-1] = Head(column.group, heads[-1].span + 1, True)
        else:
            heads.append(Head(column.group or column.title or "数量", 1, bool(column.group)))
    lines: list[Line] = []
    above: tuple[str, ...] = ()
    for r in table.rows:
        # A merged heading is drawn once, above its first row.
        same = next(
            (i for i, (a, b) in enumerate(zip(above, r.group, strict=False)) if a != b),
            min(len(above), len(r.group)),
        )
        lines += [Line(g.strip(), "", True, _depth(g, n), ()) for n, g in enumerate(r.group[same:], same)]
        above = r.group
        cells = (
            ()
            if r.heading
            else tuple(_cell(made, table.cells.get((r.code, c.code)), failed) for c in table.columns)
        )
        lines.append(Line(r.title.strip(), r.note, r.heading, _depth(r.title, len(r.group)), cells))
    under = tuple(c.title for c in table.columns if c.group)
    return Drawn(
        table.caption, table.corner or "指标", tuple(heads), under, tuple(lines), len(table.columns) + 1, len(table.columns) > 2
    )  # fmt: skip


def _cell(made: oversight.Compiled, code: str | None, failed: Set[str]) -> Cell | None:
    if code is None:
        return None
    figure = made.figures[code]
    shown = figure.shown
    styles = (
        "zero" if shown == "0" else "", "unknown" if figure.value is None else "", "unequal" if code in failed else "",
        "said" if figure.how in ("declared", "mixed") else "",
    )  # fmt: skip
    return Cell(code, shown, made.trace(figure), " ".join(s for s in styles if s), code in failed)


def _depth(title: str, above: int) -> str:
    """How deep a row stands: by its numbering where it has one, else by the headings above it."""
    text = title.strip()
    if text[:1] in "一二三四五六七八九十" and "、" in text[:3]:
        return "l1"
    if text.startswith("（"):
        return "l2"
    return "l3" if text[:1].isdigit() or above > 1 else "l2"
