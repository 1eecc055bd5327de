"""A compiled report as data: what a page draws, and the JSON of the contract. No case rows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from mingtang.law.api import RelationResult, Row, Table
from mingtang.ledger.api import SHANGHAI
from mingtang.oversight.reports.compiling import Compiled
from mingtang.oversight.reports.figures import Figure
from mingtang.oversight.reports.prose import Written, plain
from mingtang.oversight.reports.tallies import canonical


def number(value: Decimal | None) -> int | Decimal | None:
    """A bare number with all its digits: whole ones as int. JSON of it is written by ``law.BareNumbers``."""
    return int(value) if value is not None and value == value.to_integral_value() else value


def _kept(value: int | Decimal | None) -> int | float | str | None:
    """A number of a document's data, which is stored as JSON: as its digits where a float would lose one."""
    if not isinstance(value, Decimal):
        return value
    return float(value) if Decimal(str(float(value))) == value else str(value)


def as_json(made: Compiled) -> dict[str, Any]:
    """The contract's JSON: bare numbers, each with cell, value, scope and tally."""

    def tally(f: Figure) -> dict[str, Any] | None:
        if not f.counter:
            return None
        return {
            "counter": f.counter, "where": {k: list(v) if isinstance(v, tuple) else v for k, v in f.where.items()},
            "count": number(f.counted), "ids_digest": f.digest, "cutoff": f.cutoff.isoformat() if f.cutoff else None,
        }  # fmt: skip

    return {
        "agency": made.agency.code,
        "agency_name": made.agency.name,
        "year": made.year,
        "form": made.form.edition,
        "state": made.state,
        "scope": made.scope,
        "figures": [
            {
                "cell": c, "title": f.title, "unit": f.unit, "value": number(f.value), "known": number(f.known), "how": f.how,
                "scope": made.scope, "tally": tally(f), "declared": list(f.declared), "carried": f.carried or None,
            }
            for c, f in made.figures.items()
        ],
        "prose_figures": [
            {"cell": None, "title": f.title, "unit": f.unit, "value": number(f.value), "known": number(f.known),
             "scope": made.scope, "tally": tally(f)}
            for f in made.figure_of.values()
        ],
        "relations": [
            {"code": r.code, "text": r.text, "severity": r.severity, "state": r.state, "left": number(r.left), "right": number(r.right)}
            for r in made.relations
        ],
        "sections": [
            {"number": s.number, "title": s.title, "paragraphs": ["".join(r.text for r in p) for p in s.paragraphs]}
            for s in made.sections
        ],
        "blocks": list(made.blocks),
    }  # fmt: skip


_HOW = {"counted": "counted", "declared": "declared", "mixed": "counted", "carried": "carried", "missing": ""}
_RESULT = {"held": "held", "failed": "failed", "not_testable": "untestable"}


def sections(made: Compiled, *, in_one_row: bool = True) -> list[dict[str, Any]]:
    """The sections with their paragraphs, the sources of their numerals and their printed tables, each cell with its trace.

    ``in_one_row``: table 4 as on the official form. On a page it stands as three short rows: fifteen columns fit no screen.
    Tables of no section stand behind all.
    """
    drawn = [_table(made, t, in_one_row=in_one_row) for t in made.form.tables if t.printed]
    placed: list[dict[str, Any]] = [
        {
            "number": s.number,
            "title": s.title,
            "paragraphs": ["".join(r.text for r in p) for p in s.paragraphs],
            "sources": _sources(made, s),
            "tables": [t for t in drawn if t["section"] == s.number],
        }
        for s in made.sections
    ]
    known = {s["number"] for s in placed}
    if rest := [t for t in drawn if t["section"] not in known]:
        placed.append({"number": "附", "title": "统计表", "paragraphs": [], "sources": [], "tables": rest})
    return placed


def page_data(made: Compiled) -> dict[str, Any]:
    """What a baked page needs to draw the report: sections with their tables, traces, relations, notes. No case rows."""
    untestable = [r for r in made.relations if r.state == "not_testable"]
    return {
        "report": {
            "year": made.year,
            "form": made.form.edition,
            "period": [f"{made.year}-01-01", f"{made.year}-12-31"],
            "compiled_at": made.cutoff.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if made.cutoff else "",
            "regime": made.form.basis,
            "version": made.version,
            "reason": made.reason,
        },
        "totals": _totals(made),
        "sections": [
            s | {"tables": [flat(t) for t in s["tables"]]} for s in sections(made, in_one_row=False)
        ],
        "relations": [
            {"code": r.code, "text": _relation(made, r), "figures": _sides(r), "state": _RESULT[r.state]}
            for r in made.relations
            if r.state != "not_testable"
        ],
        "notes": [f"{_relation(made, r)}：缺数，不能检验" for r in untestable[:20]],
    }


def _sources(made: Compiled, section: Written) -> list[dict[str, str]]:
    """Every numeral of a section's sentences, in order, with the rule, period and scope it was counted by."""
    asked = [(run.text, run.asked) for p in section.paragraphs for run in p if run.asked]
    keys = [(text, made.figure_of.get((q.counter, canonical(q.as_where())))) for text, q in asked]
    return [{"value": text, "rule": made.trace(f)} for text, f in keys if f is not None]


def _relation(made: Compiled, r: RelationResult) -> str:
    """A relation in words; one of many columns names its column."""
    titles = {made.form.cells[c].title for c, _ in r.figures if c in made.form.cells}
    columns = {t.rpartition("·")[2] for t in titles if "·" in t}
    return f"{r.text}（{columns.pop()}）" if len(columns) == 1 else r.text


def _sides(r: RelationResult) -> str:
    if r.left is None or r.right is None:
        return ""
    return f"{plain(r.left)} {'≤' if r.op == '<=' else '=' if r.op == '=' else '，'} {plain(r.right)}"


def _totals(made: Compiled) -> list[dict[str, Any]]:
    """The figures that head the page: what was published, asked, answered and reviewed."""
    wanted = (
        ("documents.published", "条", "主动公开政府信息"),
        ("requests.received", "件", "收到申请"),
        ("requests.processed", "件", "办结申请"),
        ("requests.answered", "件", "答复申请"),
    )
    whole = {
        f.counter: f for f in (*made.figure_of.values(), *made.figures.values()) if f.counter and not f.where
    }
    rows = [(whole.get(counter), unit, label) for counter, unit, label in wanted]
    return [
        {"value": _kept(number(f.value)), "unit": unit, "label": label, "rule": made.trace(f)}
        for f, unit, label in rows
        if f is not None
    ]


def _table(made: Compiled, table: Table, *, in_one_row: bool) -> dict[str, Any]:
    def cell(row: Row, column: str) -> dict[str, Any] | None:
        code = table.cells.get((row.code, column))
        if code is None:
            return None
        f = made.figures[code]
        return {
            "code": code, "value": number(f.value), "unit": f.unit, "shown": f.shown, "how": f.how, "trace": made.trace(f),
        }  # fmt: skip

    units = {made.form.cells[code].unit for code in table.cells.values()}
    drawn = {
        "code": table.code, "caption": table.caption, "corner": table.corner, "over": table.over, "section": table.section,
        # The sheet of 2014 counts in many units and names each in a column of its own.
        "units": table.layout != "one_row" and len(units) > 1,
    }  # fmt: skip
    if table.layout == "one_row" and in_one_row:
        # The official table 4: one row of figures under headers in three levels.
        pairs = [(r, c) for r in table.rows for c in table.columns]
        heads = [{"title": c.title, "groups": [*r.group, r.title]} for r, c in pairs]
        one = {
            "title": "数量",
            "group": [],
            "heading": False,
            "note": "",
            "cells": [cell(r, c.code) for r, c in pairs],
        }
        return drawn | {"columns": heads, "rows": [one]}
    return drawn | {
        "columns": [{"title": c.title, "groups": [c.group] if c.group else []} for c in table.columns],
        "rows": [
            {
                "title": r.title, "group": list(r.group), "heading": r.heading, "note": r.note, "unit": _unit(made, table, r),
                "cells": [] if r.heading else [cell(r, c.code) for c in table.columns],
            }
            for r in table.rows
        ],
    }  # fmt: skip


def _unit(made: Compiled, table: Table, row: Row) -> str:
    """The unit of a row's figures."""
    codes = [table.cells.get((row.code, c.code)) for c in table.columns]
    return next((made.form.cells[code].unit for code in codes if code), "")


def depth_of(table: dict[str, Any]) -> int:
    """How many columns the heads of the rows take: the merged ones and their own."""
    return max((len(r["group"]) for r in table["rows"]), default=0) + 1


def leads(table: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """For each row the merged heads that begin at it, each with the rows that share it."""
    found: list[list[dict[str, Any]]] = []
    above: list[str] = []
    rows = [[] if r["heading"] else r["group"] for r in table["rows"]]
    for n, group in enumerate(rows):
        begun = []
        for level in range(1, len(group) + 1):
            if above[:level] != group[:level]:
                shares = [g[:level] == group[:level] for g in rows[n:]]
                same = shares.index(False) if False in shares else len(shares)
                begun.append({"title": group[level - 1], "rows": same})
        found.append(begun)
        above = group
    return found


def head_rows(table: dict[str, Any], *, units: bool = False) -> list[list[dict[str, Any]]]:
    """The header as on the official form, a row for each level of its columns' heads; ``units``: with their column."""
    over = [table["over"]] if table["over"] else []
    paths = [[*over, *c["groups"], c["title"]] for c in table["columns"]]
    deep = max(map(len, paths))
    rows: list[list[dict[str, Any]]] = [[] for _ in range(deep)]
    rows[0].append(_head(table["corner"] or "指标", "col", rows=deep, cols=depth_of(table)))
    if units:
        rows[0].append(_head("单位", "col", rows=deep))
    _lay_heads(rows, paths, 0)
    return rows


def _lay_heads(rows: list[list[dict[str, Any]]], paths: list[list[str]], level: int) -> None:
    """Columns that share a head at this level stand under it; a column's own head reaches down to the figures."""
    for (title, last), some in groupby(paths, key=lambda p: (p[level], len(p) == level + 1)):
        below = list(some)
        if last:
            rows[level] += [_head(title, "col", rows=len(rows) - level) for _ in below]
        else:
            rows[level].append(_head(title, "colgroup" if len(below) > 1 else "col", cols=len(below)))
            _lay_heads(rows, below, level + 1)


def body_rows(table: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The rows under the header, heads merged as on the official form; a figure's cell has no scope, and ``cell`` (or None)."""
    depth, found = depth_of(table), []
    width = depth + len(table["columns"]) + table["units"]
    for r, begun in zip(table["rows"], leads(table), strict=True):
        if r["heading"]:
            found.append([_head(r["title"], "rowgroup", cols=width)])
            continue
        line = [_head(b["title"], "rowgroup", rows=b["rows"]) for b in begun]
        line.append(_head(r["title"], "row", cols=depth - len(r["group"])))
        if table["units"]:
            line.append(_head(r["unit"], ""))
        line += [_head(c["shown"] if c else "", "") | {"cell": c} for c in r["cells"]]
        found.append(line)
    return found


def _head(title: str, scope: str, *, rows: int = 1, cols: int = 1) -> dict[str, Any]:
    return {"title": title, "scope": scope, "rows": rows, "cols": cols}


def placed(rows: list[list[dict[str, Any]]]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Every cell with the row and column, from 0, at which it begins: cells that reach down from above are stepped over."""
    taken: set[tuple[int, int]] = set()
    for y, line in enumerate(rows):
        x = 0
        for cell in line:
            while (y, x) in taken:
                x += 1
            taken |= {(y + v, x + h) for v in range(cell["rows"]) for h in range(cell["cols"])}
            yield y, x, cell


def flat(table: dict[str, Any]) -> dict[str, Any]:
    """A table in the words of the baked page."""

    def cell(c: dict[str, Any] | None) -> dict[str, Any] | None:
        return c and {
            "code": c["code"], "value": _kept(c["value"]), "unit": c["unit"] if c["unit"] == "万元" or table["units"] else "", "source": _HOW[c["how"]],
            "rule": c["trace"], "shown": c["shown"],
        }  # fmt: skip

    return {
        "code": table["code"],
        "caption": table["caption"],
        "units": table["units"],
        "columns": [table["corner"] or "指标", *(" ".join(filter(None, ["—".join(c["groups"]), c["title"]])) for c in table["columns"])],
        # The same heads, merged as on the official form.
        "head_rows": head_rows(table),
        "rows": [
            {
                "title": r["title"], "leads": begun, "cols": depth_of(table) - len(r["group"]),
                "code": "", "head": "　".join([*r["group"], r["title"]]), "heading": r["heading"], "note": r["note"],
                "unit": r.get("unit", ""),
                "cells": [cell(c) for c in r["cells"]],
            }
            for r, begun in zip(table["rows"], leads(table), strict=True)
        ],
    }  # fmt: skip
