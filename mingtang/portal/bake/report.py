"""An annual report's data made ready for its page: clean prose, figures with their trace, bars beside their table.

What the page reads of ``edition.data`` (everything may be missing; what is not named here is passed over):
``report`` {year, form, period, compiled_at, regime, version, reason}, ``totals`` [{value, unit, label, rule}], ``sections``
[{number, title, html | paragraphs, sources [{value, rule}], tables [{caption, finding, note, chart, columns, rows [{code, head, heading, sum, cells}]}]}],
``relations`` [{code, text, figures, state}], ``notes`` [text]. A cell is {value, unit, source, rule, period, scope,
note} or a bare value; None prints 未列明. Rows of cases never come this far (contracts, Figures).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import nh3
from markupsafe import Markup

from mingtang.disclosure.api import DocumentRow

SOURCES = {
    "counted": "由台账计数",
    "declared": "由单位申报",
    "carried": "上年已公布",
    "derived": "由本表各项相加",
}
_TAGS = {"p", "strong", "em", "b", "br", "ul", "ol", "li", "a", "span", "sub", "sup"}


def is_report(row: DocumentRow) -> bool:
    """Whether a document is an annual report with figures of its own."""
    return (
        row.kind == "annual_report"
        and row.edition is not None
        and isinstance(row.edition.data.get("sections"), list)
    )


def view(data: Mapping[str, Any]) -> dict[str, Any]:
    """The report as its template reads it."""
    relations = _rows(data.get("relations"))
    found = data.get("report")
    head: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    return {
        "head": {k: head.get(k, "") for k in ("year", "form", "compiled_at", "regime", "version", "reason")}
        | {"period": list(head.get("period") or [])},
        "totals": [_total(t) for t in _rows(data.get("totals"))],
        "sections": [_section(n, s) for n, s in enumerate(_rows(data.get("sections")), 1)],
        "relations": [
            {k: str(r.get(k, "")) for k in ("code", "text", "figures", "state")} for r in relations
        ],
        "held": sum(r.get("state") == "held" for r in relations),
        "tested": sum(r.get("state") in ("held", "failed") for r in relations),
        "notes": [
            str(n.get("text", "")) if isinstance(n, Mapping) else str(n) for n in data.get("notes") or []
        ],
    }


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [v for v in value if isinstance(v, Mapping)] if isinstance(value, list) else []


def _total(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "value": raw.get("value"),
        "unit": str(raw.get("unit", "")),
        "label": str(raw.get("label", "")),
        "of": raw.get("of"),
        "rule": str(raw.get("rule") or ""),
    }


def _section(place: int, raw: Mapping[str, Any]) -> dict[str, Any]:
    prose = raw.get("html") or "".join(f"<p>{Markup.escape(p)}</p>" for p in raw.get("paragraphs") or [])
    clean = nh3.clean(str(prose), tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https"})
    return {
        "anchor": f"p{place}", "number": str(raw.get("number", "")), "title": str(raw.get("title", "")),
        "html": clean,
        "sources": [(str(s.get("value", "")), str(s.get("rule", ""))) for s in _rows(raw.get("sources"))], "tables": [_table(t) for t in _rows(raw.get("tables"))],
    }  # fmt: skip


def _table(raw: Mapping[str, Any]) -> dict[str, Any]:
    rows = [_row(r) for r in _rows(raw.get("rows"))]
    columns = [
        str(c.get("title", "")) if isinstance(c, Mapping) else str(c) for c in raw.get("columns") or []
    ]
    return {
        "caption": str(raw.get("caption", "")), "finding": str(raw.get("finding") or ""), "note": str(raw.get("note") or ""),
        "columns": columns, "rows": rows, "head_rows": [[_head(h) for h in _rows(row)] for row in raw.get("head_rows") or []],
        "coded": any(r["code"] for r in rows),
        "bars": _bars(rows) if raw.get("chart") == "bars" else [],
    }  # fmt: skip


def _row(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": str(raw.get("code") or ""), "head": str(raw.get("head") or raw.get("title") or ""),
        # Heads merged as on the official form; a report drafted without them stands flat.
        "title": str(raw.get("title") or ""), "leads": [_head(h) for h in _rows(raw.get("leads"))], "cols": _span(raw.get("cols")),
        "heading": bool(raw.get("heading")), "sum": bool(raw.get("sum")), "cells": [_cell(c) for c in raw.get("cells") or []],
    }  # fmt: skip


def _head(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": str(raw.get("title", "")),
        "rows": _span(raw.get("rows")),
        "cols": _span(raw.get("cols")),
    }


def _span(value: Any) -> int:
    return value if isinstance(value, int) and 1 <= value <= 100 else 1


def _cell(raw: Any) -> dict[str, Any]:
    cell = raw if isinstance(raw, Mapping) else {"value": raw}
    trace = [
        ("来源", SOURCES.get(str(cell.get("source") or ""), str(cell.get("source") or ""))), ("规则", cell.get("rule")),
        ("统计期", cell.get("period")), ("范围", cell.get("scope")), ("说明", cell.get("note")),
    ]  # fmt: skip
    return {
        "value": cell.get("value"), "unit": str(cell.get("unit") or ""),
        "trace": [(label, str(text)) for label, text in trace if text],
    }  # fmt: skip


def _bars(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One bar a row that is neither heading nor sum, as a share of the longest; rows without a number have none."""
    numbers = [
        (r["head"], _number(r["cells"][0]["value"]))
        for r in rows
        if r["cells"] and not r["heading"] and not r["sum"]
    ]
    longest = max((n for _h, n in numbers if n is not None), default=Decimal(0))
    if not longest:
        return []
    return [
        {"head": h, "value": n, "share": f"{n / longest * 100:.1f}" if n is not None else None}
        for h, n in numbers
    ]


def _number(value: Any) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        return Decimal(str(value).replace(",", ""))
    except ArithmeticError:
        return None
