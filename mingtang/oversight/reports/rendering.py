"""A compiled report as data for the portal, and as JSON, HTML, DOCX, PDF and XLSX.

In public a figure opens its rule, period, scope and count; rows open at the desk only (contract: figures).
"""

from __future__ import annotations

import html
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from mingtang.casework import api as casework
from mingtang.disclosure import api as disclosure
from mingtang.law.api import RelationResult, Row, Table
from mingtang.ledger.api import SHANGHAI
from mingtang.oversight.reports.compiling import NOT_COUNTED, NOT_STATED, Compiled
from mingtang.oversight.reports.counters import COUNTERS
from mingtang.oversight.reports.figures import Figure
from mingtang.oversight.reports.prose import plain
from mingtang.portal import api as portal

MEDIA = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMATS = tuple(MEDIA)


def number(value: Decimal | None) -> int | float | None:
    """A bare JSON number: whole ones as int."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def shown(figure: Figure) -> str:
    """A figure as printed: 0 as 0, an unknown as 未列明 with the known part, one nobody counted yet as 未计数."""
    if figure.value is not None:
        return plain(figure.value)
    if figure.counter and figure.cutoff is None:
        return NOT_COUNTED
    return NOT_STATED if not figure.known else f"{NOT_STATED}（已知{plain(figure.known)}）"


def trace(made: Compiled, figure: Figure) -> str:
    """Rule, period and scope of a figure in one sentence, fit for the public."""
    if figure.counter:
        rule = COUNTERS[figure.counter].title
        by = f"按“{rule}”计数" + (f"，其中{_in_words(made, figure)}" if figure.where else "")
        extra = f"；另有申报{plain(figure.known - figure.counted)}" if figure.declared else ""
        return f"{by}；统计期限{made.year}年1月1日至12月31日；范围：{made.scope}{extra}"
    if figure.declared:
        stated = "；".join(
            f"{d['unit']}申报，依据《{d['source']}》，{d['signer']}{d['on']}签字" for d in figure.declared
        )
        return stated + (f"；还没有申报：{_named(figure.missing)}" if figure.missing else "")
    return "没有记录可数，也没有单位申报"


def _named(organs: tuple[str, ...]) -> str:
    return "、".join(organs[:5]) + (f"等{len(organs)}个单位" if len(organs) > 5 else "")


# Words of the filters; a form's rows are named as the form prints them.
_WORDS: dict[str, dict[str, str]] = {
    "channel": casework.CHANNELS | portal.CHANNELS,
    "applicant": casework.APPLICANTS,
    "request_class": casework.CLASSES,
    "kind": {k: v.title for k, v in disclosure.KINDS.items()},
    "kind_group": {k: v.title for k, v in disclosure.KINDS.items()},
    "key_area": {k: v.title for k, v in disclosure.KEY_AREAS.items()},
    "theme": {v.theme: v.theme_title for v in disclosure.KEY_AREAS.values()},
    "level": {"city": "市本级", "county": "县（市）区", "province": "省级"},
    "extended": {"yes": "延期办结", "no": "按时办结"},
    "chief": {"yes": "主要负责同志参加", "no": "主要负责同志未参加"},
    "result": {"upheld": "维持或驳回", "corrected": "依法纠错", "other": "其他情形", "pending": "尚未审结"},
    "path": {"direct": "未经复议直接起诉", "after": "复议后起诉"},
    "rating": {"good": "满意", "fair": "基本满意", "poor": "不满意"},
    "item_type": {k: w for f in disclosure.KINDS["service_item"].fields for k, w in f.options.items()},
}


def _in_words(made: Compiled, figure: Figure) -> str:
    """A filter in the field's own words."""
    rows = {r.code: r.title.strip() for t in made.form.tables for r in t.rows}

    def word(key: str, value: str) -> str:
        return rows.get(value, value) if key.startswith("row") else _WORDS.get(key, {}).get(value, value)

    return "、".join(
        "或".join(word(k, v) for v in ([vs] if isinstance(vs, str) else vs))
        for k, vs in sorted(figure.where.items())
    )


def _where(figure: Figure) -> str:
    return "、".join(
        f"{k}={'/'.join(v) if isinstance(v, tuple | list) else v}" for k, v in figure.where.items()
    )


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
                "scope": made.scope, "tally": tally(f), "declared": list(f.declared),
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


_HOW = {"counted": "counted", "declared": "declared", "mixed": "counted", "missing": ""}
_RESULT = {"held": "held", "failed": "failed", "not_testable": "untestable"}


def page_data(made: Compiled) -> dict[str, Any]:
    """What a baked page needs to draw the report: sections with their tables, traces, relations, notes. No case rows."""
    drawn = tables(made)["tables"]
    sections = [
        {
            "number": s.number,
            "title": s.title,
            "paragraphs": ["".join(r.text for r in p) for p in s.paragraphs],
            "tables": [_page_table(t) for t in drawn if t["section"] == s.number],
        }
        for s in made.sections
    ]
    known = {s["number"] for s in sections}
    rest = [_page_table(t) for t in drawn if t["section"] not in known]
    if rest:
        sections.append({"number": "附", "title": "统计表", "paragraphs": [], "tables": rest})
    untestable = [r for r in made.relations if r.state == "not_testable"]
    return {
        "report": {
            "year": made.year,
            "form": made.form.edition,
            "period": [f"{made.year}-01-01", f"{made.year}-12-31"],
            "compiled_at": made.cutoff.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if made.cutoff else "",
            "regime": made.form.basis,
        },
        "totals": _totals(made),
        "sections": sections,
        "relations": [
            {"code": r.code, "text": _relation(made, r), "figures": _sides(r), "state": _RESULT[r.state]}
            for r in made.relations
            if r.state != "not_testable"
        ],
        "notes": [f"{_relation(made, r)}：缺数，不能检验" for r in untestable[:20]],
    }


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
    found = {
        (f.counter, _where(f)): f for f in (*made.figure_of.values(), *made.figures.values()) if f.counter
    }
    rows = [(found.get((counter, "")), unit, label) for counter, unit, label in wanted]
    return [
        {"value": number(f.value), "unit": unit, "label": label} for f, unit, label in rows if f is not None
    ]


def tables(made: Compiled) -> dict[str, Any]:
    """The printed tables with every cell's code, figure and trace: what a page draws, at the desk and in public."""
    return {"tables": [_table(made, t) for t in made.form.tables if t.printed]}


def _table(made: Compiled, table: Table) -> dict[str, Any]:
    def cell(row: Row, column: str) -> dict[str, Any] | None:
        code = table.cells.get((row.code, column))
        if code is None:
            return None
        f = made.figures[code]
        return {
            "code": code, "value": number(f.value), "unit": f.unit, "shown": shown(f), "how": f.how, "trace": trace(made, f),
        }  # fmt: skip

    drawn = {"code": table.code, "caption": table.caption, "corner": table.corner, "section": table.section}
    if table.layout == "one_row":
        # The official table 4: one row of figures under headers in two levels.
        pairs = [(r, c) for r in table.rows for c in table.columns]
        heads = [{"title": c.title, "group": "—".join([*r.group, r.title])} for r, c in pairs]
        one = {
            "title": "数量",
            "group": [],
            "heading": False,
            "note": "",
            "cells": [cell(r, c.code) for r, c in pairs],
        }
        return drawn | {"columns": heads, "rows": [one]}
    return drawn | {
        "columns": [{"title": c.title, "group": c.group} for c in table.columns],
        "rows": [
            {
                "title": r.title, "group": list(r.group), "heading": r.heading, "note": r.note,
                "cells": [] if r.heading else [cell(r, c.code) for c in table.columns],
            }
            for r in table.rows
        ],
    }  # fmt: skip


def _page_table(table: dict[str, Any]) -> dict[str, Any]:
    """A table in the words of the baked page."""

    def cell(c: dict[str, Any] | None) -> dict[str, Any] | None:
        return c and {
            "code": c["code"], "value": c["value"], "unit": c["unit"] if c["unit"] == "万元" else "", "source": _HOW[c["how"]],
            "rule": c["trace"], "shown": c["shown"],
        }  # fmt: skip

    return {
        "code": table["code"],
        "caption": table["caption"],
        "columns": [table["corner"] or "指标", *((f"{c['group']} " if c["group"] else "") + c["title"] for c in table["columns"])],
        "rows": [
            {
                "code": "", "head": "　".join([*r["group"], r["title"]]), "heading": r["heading"], "note": r["note"],
                "cells": [cell(c) for c in r["cells"]],
            }
            for r in table["rows"]
        ],
    }  # fmt: skip


def _grid(table: dict[str, Any]) -> Iterator[list[str]]:
    """A table as rows of strings, header first; a heading row has one string."""
    yield table["columns"]
    for r in table["rows"]:
        yield [r["head"], *("" if c is None else c["shown"] for c in r["cells"])]


def body(made: Compiled) -> str:
    """The report as clean HTML: sections, paragraphs, statutory tables in their sections, merged as on the official form."""
    parts, drawn, sections = [], tables(made)["tables"], page_data(made)["sections"]
    known = {s["number"] for s in sections}
    for s in sections:
        parts.append(f"<h2>{html.escape(s['number'])}、{html.escape(s['title'])}</h2>")
        parts += [f"<p>{html.escape(p)}</p>" for p in s["paragraphs"]]
        here = [
            t
            for t in drawn
            if t["section"] == s["number"] or (s["number"] == "附" and t["section"] not in known)
        ]
        parts += [_html_table(t) for t in here]
    return "".join(parts)


def _html_table(table: dict[str, Any]) -> str:
    depth = max(len(r["group"]) for r in table["rows"]) + 1
    caption, width = html.escape(table["caption"]), depth + len(table["columns"])
    lines: list[str] = []
    above: list[str] = []
    for n, r in enumerate(table["rows"]):
        if r["heading"]:
            lines.append(f'<tr><th scope="rowgroup" colspan="{width}">{html.escape(r["title"])}</th></tr>')
            continue
        heads = "".join(_group_cells(table["rows"], n, above))
        above = r["group"]
        span = _span("colspan", depth - len(r["group"]))
        cells = "".join(
            "<td></td>" if c is None else f"<td>{html.escape(c['shown'])}</td>" for c in r["cells"]
        )
        lines.append(f'<tr>{heads}<th scope="row"{span}>{html.escape(r["title"])}</th>{cells}</tr>')
    head = _head_rows(table, depth)
    return f"<table><caption>{caption}</caption><thead>{head}</thead><tbody>{''.join(lines)}</tbody></table>"


def _span(name: str, n: int) -> str:
    return f' {name}="{n}"' if n > 1 else ""


def _group_cells(rows: list[dict[str, Any]], n: int, above: list[str]) -> Iterator[str]:
    """The merged headings that begin at row ``n``: each spans the rows that share it."""
    group = rows[n]["group"]
    for level, title in enumerate(group):
        if above[: level + 1] == group[: level + 1]:
            continue
        same = 0
        while n + same < len(rows) and rows[n + same]["group"][: level + 1] == group[: level + 1]:
            same += 1
        yield f'<th scope="rowgroup"{_span("rowspan", same)}>{html.escape(title)}</th>'


def _head_rows(table: dict[str, Any], depth: int) -> str:
    """One header row, or two where columns stand in groups."""
    corner, columns = html.escape(table["corner"] or "指标"), table["columns"]
    if not any(c["group"] for c in columns):
        titles = "".join(f'<th scope="col">{html.escape(c["title"])}</th>' for c in columns)
        return f'<tr><th scope="col"{_span("colspan", depth)}>{corner}</th>{titles}</tr>'
    top, below, last = [], [], ""
    for c in columns:
        if not c["group"]:
            top.append(f'<th scope="col" rowspan="2">{html.escape(c["title"])}</th>')
        else:
            if c["group"] != last:
                same = sum(d["group"] == c["group"] for d in columns)
                top.append(f'<th scope="colgroup"{_span("colspan", same)}>{html.escape(c["group"])}</th>')
            below.append(f'<th scope="col">{html.escape(c["title"])}</th>')
        last = c["group"]
    first = f'<th scope="col" rowspan="2"{_span("colspan", depth)}>{corner}</th>'
    return f"<tr>{first}{''.join(top)}</tr><tr>{''.join(below)}</tr>"


_PRINT = """
@page { size: A4; margin: 37mm 26mm 35mm 28mm; @bottom-center { content: "— " counter(page) " —"; font-size: 14pt } }
body { font: 16pt/28.95pt "FangSong", "仿宋_GB2312", "Noto Serif CJK SC", serif; }
h1 { font: bold 22pt/34pt "方正小标宋简体", "Noto Serif CJK SC", serif; text-align: center; margin: 0 0 28pt }
h2 { font: 16pt/28.95pt "SimHei", "黑体", "Noto Sans CJK SC", sans-serif; margin: 0; text-indent: 2em }
p { margin: 0; text-indent: 2em; text-align: justify }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; line-height: 14pt; margin: 8pt 0 }
caption { font-size: 12pt; margin: 4pt } th, td { border: .5pt solid #000; padding: 1.5pt 3pt } td { text-align: right }
caption { break-after: avoid } table { break-before: auto }
th { text-align: left; font-weight: normal } thead { display: table-header-group } tr { break-inside: avoid }
.note { font-size: 10.5pt; line-height: 16pt; text-indent: 0 }
"""


def page(made: Compiled) -> str:
    """A self-contained HTML page, made for print as well."""
    title = f"{made.agency.name}{made.year}年政府信息公开工作年度报告"
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{_PRINT}</style></head><body><h1>{html.escape(made.agency.name)}<br>{html.escape(title.removeprefix(made.agency.name))}</h1>{body(made)}"
        f'<p class="note">统计范围：{html.escape(made.scope)}。{NOT_STATED}的格子没有记录可数，也没有单位申报，不等于0。</p></body></html>'
    )


def pdf(made: Compiled) -> bytes:
    """The page as PDF. WeasyPrint is imported here: it costs seconds that the web process must not pay."""
    from weasyprint import HTML

    return HTML(string=page(made)).write_pdf()


def docx(made: Compiled) -> bytes:
    """The report as DOCX in the geometry of GB/T 9704-2012, naming the official fonts."""
    from docx import Document as Docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    out = Docx()
    section = out.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.left_margin, section.right_margin, section.bottom_margin = (
        Mm(37),
        Mm(28),
        Mm(26),
        Mm(35),
    )

    def write(text: str, font: str, size: float, indent: bool = True, centre: bool = False) -> None:
        p = out.add_paragraph()
        p.paragraph_format.line_spacing = Pt(28.95)
        p.paragraph_format.space_after = Pt(0)
        if indent:
            p.paragraph_format.first_line_indent = Pt(size * 2)
        if centre:
            p.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = p.add_run(text)
        run.font.size, run.font.name = Pt(size), font
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)

    write(
        f"{made.agency.name}{made.year}年政府信息公开工作年度报告",
        "方正小标宋简体",
        22,
        indent=False,
        centre=True,
    )
    for s in page_data(made)["sections"]:
        write(f"{s['number']}、{s['title']}", "黑体", 16)
        for p in s["paragraphs"]:
            write(p, "仿宋_GB2312", 16)
        for t in s["tables"]:
            _docx_table(out, t)
    buffer = io.BytesIO()
    out.save(buffer)
    return buffer.getvalue()


def _docx_table(out: Any, table: dict[str, Any]) -> None:
    from docx.shared import Pt

    rows = list(_grid(table))
    out.add_paragraph(table["caption"])
    grid = out.add_table(rows=len(rows), cols=len(rows[0]))
    grid.style = "Table Grid"
    for line, cells in zip(rows, grid.rows, strict=True):
        for text, cell in zip(line, cells.cells, strict=False):
            cell.text = text
            for p in cell.paragraphs:
                for run in p.runs:
                    run.font.size = Pt(9)


def xlsx(made: Compiled) -> bytes:
    """One sheet a table, figures as numbers; a last sheet with where every figure comes from."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for t in (t for s in page_data(made)["sections"] for t in s["tables"]):
        sheet = book.create_sheet(t["code"].replace("/", "_")[:31])
        sheet.append([t["caption"]])
        sheet.append(t["columns"])
        for r in t["rows"]:
            values = [
                "" if c is None else NOT_STATED if c["value"] is None else c["value"] for c in r["cells"]
            ]
            sheet.append([r["head"], *values])
        sheet.column_dimensions["A"].width = 52
    sheet = book.create_sheet("来源")
    sheet.append(["格", "指标", "数值", "来源"])
    for code, f in made.figures.items():
        sheet.append([code, f.title, number(f.value) if f.value is not None else NOT_STATED, trace(made, f)])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def render(made: Compiled, how: str) -> bytes:
    """The report in one of FORMATS, as bytes."""
    if how == "json":
        return json.dumps(as_json(made), ensure_ascii=False, indent=1).encode()
    if how == "html":
        return page(made).encode()
    return {"pdf": pdf, "docx": docx, "xlsx": xlsx}[how](made)
