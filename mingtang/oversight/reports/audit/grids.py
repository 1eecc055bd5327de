"""Statutory rows out of the tables a reader recognised (HTML, DOCX, PDF)."""

from __future__ import annotations

from dataclasses import dataclass

from mingtang.oversight.reports.audit.reading import Form, FormTable, Line, Place, Reading, Row, Table
from mingtang.oversight.reports.audit.rows import (
    NEAR,
    UNITS,
    Print,
    PrintedRow,
    align,
    blank,
    figure,
    form_rows,
    likeness,
    names,
    odd,
    unstated,
)
from mingtang.oversight.reports.audit.stream import bare, core

# A report has some hundred rows in all; more is no report.
MOST_ROWS = 400
MARKS = ("第二十条第", "本年新收政府信息", "统计指标", "本年制发件数", "本年新制作数量")


@dataclass(frozen=True)
class _Labelled:
    label: str
    after: tuple[str, ...]
    first: int
    table: Table
    index: int


def from_grids(reading: Reading, form: Form) -> Print:
    """Every row of the form found in the reading's tables."""
    found = Print("grid")
    lines = {line.no: line for line in reading.lines}
    rows = form_rows(form)
    labelled: list[_Labelled] = []
    for table in reading.tables:
        candidates = [
            c for i, cells in enumerate(table.rows) if (c := _labelled(cells, table, i)) is not None
        ]
        if _statutory(table, candidates, rows):
            labelled += candidates
        for one_row in (t for t in form.tables if t.layout == "one_row"):
            if not any(each.table is one_row for each in found.rows) and (
                row := _one_row(table, one_row, lines)
            ):
                found.rows.append(row)
    del labelled[MOST_ROWS:]
    for at, to in align([c.label for c in labelled], rows).items():
        form_table, form_row = rows[to]
        if not form_row.heading:
            found.rows.append(_printed(labelled[at], form_table, form_row, lines))
    return found


def _labelled(cells: tuple[str, ...], table: Table, index: int) -> _Labelled | None:
    """A row's label (its last text before the figures) and the cells after it; None for a row of headings."""
    label, at = "", -1
    for i, text in enumerate(cells):
        plain = bare(text)
        if at >= 0 and (figure(text) is not None or odd(text) or unstated(text)):
            break
        if plain and figure(text) is None and not blank(text) and plain not in UNITS:
            label, at = plain, i
    after = cells[at + 1 :]
    if at < 0 or not after or any(_words(text) for text in after):
        return None
    return _Labelled(label, after, at + 1, table, index)


def _words(text: str) -> bool:
    plain = bare(text) in UNITS or blank(text) or odd(text) or unstated(text)
    return figure(text) is None and not plain


def _statutory(table: Table, candidates: list[_Labelled], rows: list[tuple[FormTable, Row]]) -> bool:
    """A city's own table may also have a row 行政许可; the form's tables carry its captions or many of its rows."""
    if any(mark in bare(text) for row in table.rows for text in row for mark in MARKS):
        return True
    known = sum(
        any(likeness(core(c.label), n) >= NEAR for _, row in rows for n in names(row)) for c in candidates
    )
    return known >= 4


def _printed(found: _Labelled, form_table: FormTable, row: Row, lines: dict[int, Line]) -> PrintedRow:
    count = len(form_table.columns)
    after = list(found.after)
    if count == 1:
        after = _single(after)
    elif len(after) != count:
        after = _by_headings(found, form_table) or _without_gaps(after, count)
    tokens = tuple(figure(text) for text in after)
    return PrintedRow(
        form_table, row, tokens, _shown(found.label, after), _place(found.table, found.index, lines)
    )


def _single(after: list[str]) -> list[str]:
    """The one figure of a row whose cells may be copies of one merged cell, or a unit and the figure."""
    for text in after:
        if figure(text) is not None or unstated(text):
            return [text]
    return [""]


def _by_headings(found: _Labelled, form_table: FormTable) -> list[str]:
    """One cell for each column of the form, found under its heading; empty when a heading is not there."""
    cells = found.table.rows[found.index]
    for above in reversed(found.table.rows[: found.index]):
        heads = [core(text) for text in above]
        places = [
            next(
                (i for i, h in enumerate(heads) if i >= found.first and likeness(h, core(c.title)) >= NEAR),
                -1,
            )
            for c in form_table.columns
        ]
        if all(i >= 0 for i in places) and len(set(places)) == len(places):
            return [cells[i] for i in places]
    return []


def _without_gaps(after: list[str], count: int) -> list[str]:
    """Empty grid columns left out, when that leaves what the form asks for (or at least nothing empty)."""
    kept = [text for text in after if bare(text)]
    return kept if kept else [""] * count


def _one_row(table: Table, form_table: FormTable, lines: dict[int, Line]) -> PrintedRow | None:
    """Table 4: the first row of figures below the headings 维持 … 总计, or a row for each kind of dispute."""
    titles = tuple(core(column.title) for column in form_table.columns)
    wanted = len(form_table.columns) * len(form_table.rows)
    below = False
    empty: int | None = None
    for index, cells in enumerate(table.rows):
        if len({title for title in titles for text in cells if core(text).endswith(title)}) >= 3:
            # Readers leave out rows without any text, so the last heading may stand for the empty row.
            below, empty = True, index if index == len(table.rows) - 1 else None
            continue
        if not below:
            continue
        if (stacked := _stacked(table, index, form_table)) is not None:
            return PrintedRow(form_table, None, stacked, _shown("", list(cells)), _place(table, index, lines))
        figures = [text for text in cells if figure(text) is not None]
        if empty is None and all(blank(text) for text in cells):
            empty = index
        if len("".join(figures)) < wanted:
            continue
        # Empty cells count only where the grid has exactly the form's places; else they are gaps of the layout.
        kept = (
            list(cells)
            if len(cells) == wanted
            else [text for text in cells if bare(text) and not _words(text)]
        )
        tokens = tuple(figure(text) for text in kept)
        return PrintedRow(form_table, None, tokens, _shown("", kept), _place(table, index, lines))
    if empty is not None:
        return PrintedRow(form_table, None, (None,) * wanted, "空", _place(table, empty, lines))
    return None


def _stacked(table: Table, index: int, form_table: FormTable) -> tuple[str | None, ...] | None:
    """Three rows of five: each begins with its kind of dispute and ends with five cells. None: not laid out so."""
    size = len(form_table.columns)
    found: list[str | None] = []
    for row, cells in zip(form_table.rows, table.rows[index:], strict=False):
        labels = [core(text) for text in cells[:-size]]
        if len(cells) <= size or not any(core(row.title) in label for label in labels):
            return None
        if any(_words(text) for text in cells[-size:]):
            return None
        found += [figure(text) for text in cells[-size:]]
    return tuple(found) if len(found) == size * len(form_table.rows) else None


def _shown(label: str, cells: list[str]) -> str:
    return " ".join([*([label] if label else []), *(bare(text) or "空" for text in cells)])


def _place(table: Table, index: int, lines: dict[int, Line]) -> Place:
    line = lines.get(table.line + index)
    if line is None:
        return Place(table.page, table.line + index, None, "")
    return Place(line.page, line.no, (0, len(line.text)), line.text)
