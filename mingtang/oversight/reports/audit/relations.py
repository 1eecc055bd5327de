"""Results of a form's relations as findings a clerk can act on."""

from __future__ import annotations

import re
from decimal import Decimal

from mingtang.oversight.reports.audit.figures import Sheet
from mingtang.oversight.reports.audit.reading import Finding, Form, Place, RelationResult, Severity
from mingtang.oversight.reports.audit.rows import UNSTATED, PrintedRow
from mingtang.oversight.reports.audit.stream import core

NOWHERE = Place(None, None, None, "")
EXPLAINED = re.compile(
    r"结转[^。]{0,60}(?:调整|口径|更正|修正|核减|核增|划转|移交|机构改革|误)|(?:口径|更正|误)[^。]{0,40}结转"
)
OPS = {"=": "=", "<=": "≤", "needs": "须有"}


def relation_findings(
    sheet: Sheet, previous: dict[str, Decimal | None] | None, agency: str, prose: str
) -> list[Finding]:
    """Every relation that fails, then what could not be tested and why."""
    results = sheet.form.check(sheet.values, previous, agency=agency)
    failed = [r for r in results if r.state == "failed"]
    found = [_finding(sheet, r, failed, prose) for r in failed]
    return [*sheet.faults, *found, *_holes(sheet)]


def _finding(sheet: Sheet, result: RelationResult, failed: list[RelationResult], prose: str) -> Finding:
    severity: Severity = "error" if result.severity == "hard" else "warning"
    suggestion = _suspect(sheet.form, result, failed) or "请对照台账核对各数，改正后两边应当相等。"
    if result.op != "=":
        suggestion = "请核对这几个数；确有特殊情形的，在正文说明。"
    if result.chained:
        suggestion = "请与上一年度已发布的报告核对；确需调整的，在第一或第六部分说明原因。"
        if severity == "error" and EXPLAINED.search(prose):
            severity = "warning"
    misfit = result.right is None
    return Finding(
        code=("chain." if result.chained else "table.") + result.code,
        severity=severity,
        place=_place(sheet, result),
        message=result.text + "。" if misfit else f"{_where(sheet.form, result)}{_told(result)}",
        figures=tuple(_printed(sheet, code, value) for code, value in result.figures),
        relation=result.text,
        suggestion="请改为表式要求的数。" if misfit else suggestion,
    )


def _where(form: Form, result: RelationResult) -> str:
    cell = form.cells[result.figures[0][0].removeprefix("previous:")] if result.figures else None
    if cell is None:
        return ""
    last = result.code.rsplit(".", 1)[-1]
    if ".A1." in result.code or ".A2." in result.code or ".A4." in result.code:
        column = next(
            c.title for t in form.tables if t.code == cell.table for c in t.columns if c.code == last
        )
        return f"“{column}”列："
    row = next(r.title for t in form.tables if t.code == cell.table for r in t.rows if r.code == cell.row)
    return f"“{core(row)}”："


def _told(result: RelationResult) -> str:
    left, right = _plain(result.left), _plain(result.right)
    if result.op == "needs":
        return f"有 {left}，另一项却是 {right}；{result.text}。"
    if result.op == "<=":
        return f"{left} 大于 {right}；{result.text}。"
    gap = _plain(abs(result.difference)) if result.difference is not None else ""
    return f"左边 {left}，右边 {right}，相差 {gap}；应当是：{result.text}。"


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}" if value else "0"


def _printed(sheet: Sheet, code: str, value: Decimal | None) -> str:
    figure = sheet.figures.get(code)
    return figure.printed if figure is not None and figure.printed else _plain(value)


def _place(sheet: Sheet, result: RelationResult) -> Place:
    for code, _ in result.figures:
        figure = sheet.figures.get(code)
        if figure is not None and figure.place.line is not None:
            return figure.place
    return NOWHERE


def _suspect(form: Form, result: RelationResult, failed: list[RelationResult]) -> str:
    """A row and a column out by the same amount meet in one cell: most likely that cell is the wrong one."""
    mine = {code for code, _ in result.figures}
    for other in failed:
        if other is result or other.difference is None or result.difference is None or other.op != "=":
            continue
        shared = mine & {code for code, _ in other.figures}
        if len(shared) == 1 and abs(other.difference) == abs(result.difference) and result.op == "=":
            code = shared.pop()
            if code in form.cells:
                return f"这一处与“{other.text}”差数相同，交点是“{form.cells[code].title}”，请先核对这一格。"
    return ""


def _holes(sheet: Sheet) -> list[Finding]:
    """Cells left empty, rows left out, rows that could not be read: said once for each table."""
    found: list[Finding] = []
    for family in dict.fromkeys(row.table.code.split(".")[0] for row in sheet.rows):
        mine = [row for row in sheet.rows if row.table.code.split(".")[0] == family]
        gaps = [row for row in mine if any(token is None for token in row.tokens)]
        unstated = [row for row in gaps if UNSTATED.search(row.printed)]
        empty = [row for row in gaps if row not in unstated]
        if unstated:
            hint = "请补上这几格的数，没有发生的写“0”；确实说不清的，在正文写明原因。"
            word = next(match[0] for row in unstated if (match := UNSTATED.search(row.printed)))
            what = f"写着“{word}”，没有数，相关勾稽关系未能核对"
            found.append(_hole("table.unread", "note", what, unstated, hint))
        if empty and not any(token is not None for row in mine for token in row.tokens):
            found.append(
                _hole(
                    "table.blank", "warning", "是空表，整张表没有填数", empty, "没有发生的写“0”，不留空格。"
                )
            )
        elif empty:
            found.append(
                _hole("table.blank", "warning", "有空格没有填数", empty, "没有发生的写“0”，不留空格。")
            )
        found += _missing_rows(sheet, mine)
    if sheet.unread:
        hint = "请人工核对这几行；能提供可编辑的原表更好。"
        found.append(_hole("table.unread", "note", "数字分不开，相关勾稽关系未能核对", sheet.unread, hint))
    return found


def _missing_rows(sheet: Sheet, mine: list[PrintedRow]) -> list[Finding]:
    """Rows of the form that the table does not show, where most of its rows are there."""
    there = {(row.table.code, row.row.code) for row in mine if row.row}
    tables = [
        t for t in sheet.form.tables if t.layout == "rows" and any(row.table.code == t.code for row in mine)
    ]
    wanted = [(t.code, row) for t in tables for row in t.rows if not row.heading]
    gone = [row for code, row in wanted if (code, row.code) not in there]
    if not gone or len(gone) * 2 > len(wanted):
        return []
    titles = "、".join(f"“{core(row.title)}”" for row in gone[:6]) + (
        f"等 {len(gone)} 行" if len(gone) > 6 else ""
    )
    message = f"{mine[0].table.caption}：没有读到{titles}，用到这些数的勾稽关系未能核对。"
    return [
        Finding(
            "table.row_missing",
            "note",
            mine[0].place,
            message,
            (),
            sheet.form.basis,
            "表式规定的行都要保留；请核对是否漏行。",
        )
    ]


def _hole(code: str, severity: Severity, what: str, rows: list[PrintedRow], suggestion: str) -> Finding:
    titles = "、".join(f"“{core(row.row.title) if row.row else row.table.caption}”" for row in rows[:6])
    more = f"等 {len(rows)} 行" if len(rows) > 6 else ""
    return Finding(
        code,
        severity,
        rows[0].place,
        f"{rows[0].table.caption}：{titles}{more}{what}。",
        tuple(row.printed for row in rows[:6]),
        "表内各格都应当有数",
        suggestion,
    )
