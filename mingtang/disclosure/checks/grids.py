"""Tables of any kind: rows and columns called 合计 or 总计 against what they add up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from mingtang.disclosure.checks.figures import plain
from mingtang.disclosure.checks.marking import ACCURATE as BASIS
from mingtang.disclosure.checks.marking import finding
from mingtang.disclosure.checks.types import Check, Finding, Line, Place, Reading, Table

TOTAL = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十\d]*[)）、.．]?)?(?:合计|总计|共计|总数|合计数|总计数|全市合计)(?:[（(][^）)]*[)）])?$"
)
PARTIAL = re.compile(r"小计|其中|^[一二三四五六七八九十]+、|^[（(][一二三四五六七八九十]+[)）]|本年|累计")
UNSUMMED = re.compile(
    r"率|%|％|占比|比重|平均|人均|均价|单价|序号|编号|排名|名次|年份|年度|日期|增长|增幅|电话|面积比|得分"
)
NUMBER = re.compile(r"^-?\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?$|^-?\d+(?:\.\d+)?$")
NOUGHT = frozenset({"-", "—", "——", "–", "/", "\\", "0"})


def table_totals(reading: Reading) -> Iterator[Finding]:
    """Total rows by column and total columns by row; silent where the table's build is not plain."""
    for table in reading.tables:
        if len(table.rows) < 3 or len(table.rows) > 5000:
            continue
        grid = [[_number(cell) for cell in row] for row in table.rows]
        yield from _total_rows(table, grid)
        yield from _total_columns(table, grid)


def _number(cell: str) -> Decimal | None:
    text = re.sub(r"\s+", "", cell)
    if text in NOUGHT:
        return Decimal(0)
    return Decimal(text.replace(",", "").replace("，", "")) if NUMBER.match(text) and len(text) < 20 else None


def _bare(cell: str) -> str:
    return re.sub(r"\s+", "", cell)


def _total_rows(table: Table, grid: list[list[Decimal | None]]) -> Iterator[Finding]:
    """One total row, all other rows of figures of one rank."""
    marked = [i for i, row in enumerate(table.rows) if any(TOTAL.match(_bare(c)) for c in row[:3]) and any(n is not None for n in grid[i])]  # fmt: skip
    if len(marked) != 1:
        return
    at = marked[0]
    first = next((i for i, row in enumerate(grid) if sum(n is not None for n in row[1:]) >= 1), at)
    data = [i for i in range(first, len(grid)) if i != at and any(n is not None for n in grid[i][1:])]
    if at not in (first, len(grid) - 1) and at != max([*data, at]):
        return
    if len(data) < 2 or any(
        PARTIAL.search(_bare(c)) for i in data for c in table.rows[i][:3] if _number(c) is None
    ):
        return
    good, bad = 0, []
    for column in range(1, len(table.rows[0])):
        cells = [grid[i][column] for i in data]
        total = grid[at][column]
        head = "".join(_bare(table.rows[i][column]) for i in range(first))
        if total is None or UNSUMMED.search(head) or any(c is None and _bare(table.rows[i][column]) for c, i in zip(cells, data, strict=True)):  # fmt: skip
            continue
        known = [c for c in cells if c is not None]
        if len(known) < 2 or (
            column > 1 and all(table.rows[i][column] == table.rows[i][column - 1] for i in [*data, at])
        ):
            continue
        if _agrees(known, total):
            good += total != 0
        else:
            bad.append((column, known, total, head))
    if bad and (
        good >= len(bad) or (len(bad) == 1 and abs(sum(bad[0][1]) - bad[0][2]) * 5 <= abs(bad[0][2]))
    ):
        for column, known, total, head in bad:
            yield _off(table, at, known, total, f"“{head[-20:] or f'第 {column + 1} 列'}”一列")


def _total_columns(table: Table, grid: list[list[Decimal | None]]) -> Iterator[Finding]:
    """A column headed 合计 or 总计 that stands at the end, or before all, of the columns it sums."""
    width = len(table.rows[0])
    first = next((i for i, row in enumerate(grid) if sum(n is not None for n in row) >= 2), None)
    if first is None or first == 0:
        return
    heads = [_bare(table.rows[first - 1][c]) for c in range(width)]
    marked = [c for c in range(width) if TOTAL.match(heads[c])]
    if len(marked) != 1 or len(grid) - first < 2:
        return
    at = marked[0]
    data = [i for i in range(first, len(grid)) if grid[i][at] is not None]
    parts = [c for c in range(width) if c != at and all(grid[i][c] is not None for i in data) and not UNSUMMED.search("".join(_bare(table.rows[r][c]) for r in range(first)))]  # fmt: skip
    if (
        len(parts) < 2
        or any(PARTIAL.search(heads[c]) for c in parts)
        or (at not in (min([*parts, at]), max([*parts, at])))
    ):
        return
    rows = [(i, [n for c in parts if (n := grid[i][c]) is not None], grid[i][at]) for i in data]
    bad = [(i, known, total) for i, known, total in rows if total is not None and not _agrees(known, total)]
    good = sum(1 for i, known, total in rows if total and (i, known, total) not in bad)
    if bad and good >= 2 * len(bad):
        for i, known, total in bad:
            yield _off(table, i, known, total, f"“{_bare(table.rows[i][0])[:24]}”一行")


def _agrees(parts: list[Decimal], total: Decimal) -> bool:
    """Whole figures exactly; decimals within half the last place of each."""
    places = [max(0, -int(n.as_tuple().exponent)) for n in [*parts, total]]
    slack = Decimal(0) if not any(places) else Decimal(5).scaleb(-max(places) - 1) * len(places)
    return abs(sum(parts) - total) <= slack


def _off(table: Table, row: int, parts: list[Decimal], total: Decimal, what: str) -> Finding:
    told = sum(parts, Decimal(0))
    shown = [plain(n) for n in parts]
    sums = " + ".join(shown) if len(shown) <= 12 else f"{' + '.join(shown[:6])} + … + {shown[-1]}"
    return finding(
        "table.total", "error", Place(table.page, table.line + row, None, "\t".join(table.rows[row])[:160]),
        f"表中{what}的合计写作 {plain(total)}，各项相加为 {plain(told)}",
        figures=(plain(total), *shown), relation=f"{sums} = {plain(told)}，应为 {plain(total)}",
        suggestion="请核对合计与各项",
    )  # fmt: skip


def tables_in_text(text: str) -> Reading:
    """A reading of tab-parted lines as one table: how the samples of this module are written."""
    rows = tuple(tuple(line.split("\t")) for line in text.split("\n"))
    return Reading(
        "样例", "text/plain", tuple(Line(i, "\t".join(r)) for i, r in enumerate(rows, 1)), (Table(rows, 1),)
    )


CHECKS = (
    Check("table.total", "表中的合计等于各项之和", BASIS, "error", table_totals,
          bad="类别\t甲\t乙\n当面\t133\t5\n信函\t53\t4\n合计\t187\t9", good="类别\t甲\t乙\n当面\t133\t5\n信函\t53\t4\n合计\t186\t9"),
)  # fmt: skip
