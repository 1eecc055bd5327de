"""Printed rows become figures of the form: directly where each figure stands apart, by the sums where they run together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from mingtang.oversight.reports.audit.reading import Finding, Form, FormTable, Place, Row
from mingtang.oversight.reports.audit.rows import Print, PrintedRow
from mingtang.oversight.reports.audit.splitting import (
    Vector,
    consistent,
    free_splits,
    grouped_splits,
    odd_group,
    summed_splits,
)

MATRIX = "t3"
RUN_TOGETHER = 2


@dataclass(frozen=True)
class Figure:
    """One figure as read. ``value`` None: empty or not to be told apart; then ``options`` holds what it may be."""

    value: Decimal | None
    printed: str
    place: Place
    options: frozenset[Decimal] = frozenset()


@dataclass
class Sheet:
    """What one reading says in the form's tables. ``unread``: rows whose figures could not be told apart."""

    form: Form
    figures: dict[str, Figure] = field(default_factory=dict)
    rows: list[PrintedRow] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)
    unread: list[PrintedRow] = field(default_factory=list)
    spans: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def values(self) -> dict[str, Decimal | None]:
        """Cell code to figure, for ``Form.check``."""
        return {code: figure.value for code, figure in self.figures.items()}

    def put(self, codes: Iterable[str], vector: Iterable[int | str | None], row: PrintedRow) -> None:
        """Enter one row's figures."""
        for code, figure in zip(codes, vector, strict=True):
            value = None if figure is None else Decimal(figure)
            self.figures[code] = Figure(value, "" if figure is None else str(figure), row.place)

    def put_options(self, codes: list[str], options: list[Vector], row: PrintedRow) -> None:
        """Enter a row that can be read in several ways: what all ways share is known, the rest has options."""
        for i, code in enumerate(codes):
            values = frozenset(Decimal(option[i]) for option in options)
            value = next(iter(values)) if len(values) == 1 else None
            self.figures[code] = Figure(value, "" if value is None else str(value), row.place, values)


def codes(table: FormTable, row: Row) -> list[str]:
    """Cells of one row, in the order of the columns."""
    return [table.cells[row.code, column.code] for column in table.columns]


def sheet_of(form: Form, found: Print, hints: dict[str, frozenset[Decimal]]) -> Sheet:
    """Figures of every row found. ``hints``: what the prose says of a cell, where nothing else parts a run."""
    sheet = Sheet(form, rows=list(found.rows), spans=list(found.spans))
    matrix = [row for row in found.rows if row.table.code == MATRIX]
    if matrix:
        _matrix(sheet, matrix)
    for row in found.rows:
        if row.row is None:
            _one_row(sheet, row)
        elif row.table.code != MATRIX:
            _plain(sheet, row, hints)
    return sheet


def _plain(sheet: Sheet, row: PrintedRow, hints: dict[str, frozenset[Decimal]]) -> None:
    """A row of table 2 or of the 2014 sheet."""
    assert row.row is not None
    cells = codes(row.table, row.row)
    if len(row.tokens) == len(cells):
        sheet.put(cells, row.tokens, row)
        return
    known = [token for token in row.tokens if token is not None]
    options = free_splits(known, len(cells)) if known and all(t.isdigit() for t in known) else []
    if not options:
        _give_up(sheet, cells, row)
        return
    agreed = [sum(Decimal(o[i]) in hints.get(c, frozenset()) for i, c in enumerate(cells)) for o in options]
    if max(agreed):
        options = [option for option, score in zip(options, agreed, strict=True) if score == max(agreed)]
    sheet.put_options(cells, options, row)


def _give_up(sheet: Sheet, cells: list[str], row: PrintedRow) -> None:
    sheet.put(cells, [None] * len(cells), row)
    if not row.tokens or any(row.tokens):
        sheet.unread.append(row)


def _matrix(sheet: Sheet, rows: list[PrintedRow]) -> None:
    """Table 3: seven figures a row; runs are split by the row's sum, then by the columns' sums."""
    splits: dict[str, list[Vector]] = {}
    by_code: dict[str, PrintedRow] = {}
    for row in rows:
        assert row.row is not None
        cells = codes(row.table, row.row)
        by_code[row.row.code] = row
        if len(row.tokens) == len(cells):
            sheet.put(cells, row.tokens, row)
            if all(token is not None and token.isdigit() for token in row.tokens):
                splits[row.row.code] = [tuple(int(token) for token in row.tokens if token)]
            continue
        known = [token for token in row.tokens if token is not None]
        found = summed_splits(known, len(cells)) if all(t.isdigit() for t in known) else []
        if found:
            splits[row.row.code] = found
            sheet.put_options(cells, found, row)
        else:
            _unsplit(sheet, cells, row)
    if any(len(found) > 1 for found in splits.values()):
        _narrow_by_columns(sheet, rows[0].table, splits, by_code)


def _unsplit(sheet: Sheet, cells: list[str], row: PrintedRow) -> None:
    """A run that no split makes add up is a fault; figures that stood apart but were not seven are just unread."""
    assert row.row is not None
    known = [token for token in row.tokens if token is not None]
    _give_up(sheet, cells, row)
    if 0 < len(known) <= RUN_TOGETHER and len("".join(known)) >= len(cells):
        sheet.unread.remove(row)
        run = " ".join(known)
        sheet.faults.append(
            Finding(
                code=f"table.{sheet.form.family}.A3.{row.row.code}",
                severity="error",
                place=row.place,
                message=f"“{row.row.title}”一行的数字连排为 {run}，怎样拆成 {len(cells)} 个数，都得不出“总计等于前六列之和”。",
                figures=(run,),
                relation="总计 = 自然人 + 商业企业 + 科研机构 + 社会公益组织 + 法律服务机构 + 其他",
                suggestion="请对照原表核对这一行，把各列数字分开填写。",
            )
        )


def _narrow_by_columns(
    sheet: Sheet, table: FormTable, splits: dict[str, list[Vector]], by_code: dict[str, PrintedRow]
) -> None:
    """Keep of each row only the splits that stand in a choice in which the column sums hold."""
    ends = ("new_received", "carried_in", "processed_total", "carried_out")
    leaves = [row.code for row in table.rows if row.code not in ends]
    new, carried_in, total, out = (splits.get(code, []) for code in ends)
    tails = [splits.get(code, []) for code in leaves]
    choices = consistent(new, carried_in, tails, total, out)
    testable = bool(tails) and all(tails) and bool(total)
    order = ["new_received", "carried_in", *(leaves if testable else []), "processed_total", "carried_out"]
    if not choices:
        # Nothing adds up: what the rows alone leave open stays open, except that one reading is tried in full.
        choices = [[splits[code][0] if splits.get(code) else () for code in order]]
    for i, code in enumerate(order):
        kept = list(dict.fromkeys(choice[i] for choice in choices if len(choice) > i and choice[i]))
        row = by_code.get(code)
        if kept and row is not None and row.row is not None:
            sheet.put_options(codes(table, row.row), kept, row)


def _one_row(sheet: Sheet, row: PrintedRow) -> None:
    """Table 4: three groups of five, each ending in its sum."""
    table = row.table
    size, groups = len(table.columns), len(table.rows)
    cells = [code for each in table.rows for code in codes(table, each)]
    if len(row.tokens) == len(cells):
        sheet.put(cells, row.tokens, row)
        return
    known = [token for token in row.tokens if token is not None]
    run = "".join(known)
    ways = grouped_splits(run, groups, size) if run.isdigit() else []
    if ways:
        sheet.put_options(cells, [tuple(n for group in way for n in group) for way in ways], row)
        return
    _give_up(sheet, cells, row)
    if len(known) <= RUN_TOGETHER and len(run) >= len(cells):
        sheet.unread.remove(row)
        _odd_group(sheet, row, run)


def _odd_group(sheet: Sheet, row: PrintedRow, run: str) -> None:
    """Name the group of table 4 that cannot add up, when the two others can be read and leave only one answer."""
    table = row.table
    odd = odd_group(run, len(table.rows), len(table.columns)) if len(run) <= 30 else []
    which = {index for index, _ in odd}
    where = table.rows[which.pop()] if len(which) == 1 else None
    shown = odd[0][1] if where and len({part for _, part in odd}) == 1 else run
    title = f"“{where.title}”一组" if where else "三组"
    sheet.faults.append(
        Finding(
            code=f"table.{sheet.form.family}.A5" + (f".{where.code}" if where else ""),
            severity="error",
            place=row.place,
            message=f"复议、诉讼表的数字连排为 {run}，{title}怎样拆分都得不出“总计等于四种结果之和”。",
            figures=(shown,),
            relation="总计 = 结果维持 + 结果纠正 + 其他结果 + 尚未审结",
            suggestion="请对照原表核对这几格，把各格数字分开填写。",
        )
    )
