"""A compiled report on paper: HTML, DOCX, PDF and XLSX, in the geometry of GB/T 9704-2012 where there are pages."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Iterator
from typing import Any

from mingtang.disclosure.api import Cells
from mingtang.law.api import BareNumbers
from mingtang.oversight.reports.compiling import Compiled
from mingtang.oversight.reports.drawing import as_json, depth_of, flat, head_rows, leads, number, sections
from mingtang.oversight.reports.figures import NOT_STATED

MEDIA = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMATS = tuple(MEDIA)


def _grid(table: dict[str, Any], *, bare: bool = False) -> Iterator[list[Any]]:
    """A table as rows of cells, header first; a heading row has one. ``bare``: figures as numbers where they are known."""
    flattened = flat(table)
    corner, *titles = flattened["columns"]
    yield [corner, *(["单位"] if flattened["units"] else []), *titles]

    def cell(c: dict[str, Any] | None) -> Any:
        if c is None:
            return ""
        return c["value"] if bare and c["value"] is not None else c["shown"]

    for r in flattened["rows"]:
        unit = [r["unit"]] if flattened["units"] and not r["heading"] else []
        yield [r["head"], *unit, *map(cell, r["cells"])]


def body(made: Compiled) -> str:
    """The report as clean HTML: sections, paragraphs, statutory tables in their sections, merged as on the official form."""
    parts = []
    for s in sections(made):
        parts.append(f"<h2>{html.escape(s['number'])}、{html.escape(s['title'])}</h2>")
        parts += [f"<p>{html.escape(p)}</p>" for p in s["paragraphs"]]
        parts += [_html_table(t) for t in s["tables"]]
    return "".join(parts)


def _html_table(table: dict[str, Any]) -> str:
    depth = depth_of(table)
    caption, width = html.escape(table["caption"]), depth + len(table["columns"]) + table["units"]
    lines: list[str] = []
    for r, begun in zip(table["rows"], leads(table), strict=True):
        if r["heading"]:
            lines.append(f'<tr><th scope="rowgroup" colspan="{width}">{html.escape(r["title"])}</th></tr>')
            continue
        heads = "".join(
            f'<th scope="rowgroup"{_span("rowspan", b["rows"])}>{html.escape(b["title"])}</th>' for b in begun
        )
        span = _span("colspan", depth - len(r["group"]))
        cells = "".join(
            "<td></td>" if c is None else f"<td>{html.escape(c['shown'])}</td>" for c in r["cells"]
        )
        unit = f"<td>{html.escape(r['unit'])}</td>" if table["units"] else ""
        lines.append(f'<tr>{heads}<th scope="row"{span}>{html.escape(r["title"])}</th>{unit}{cells}</tr>')
    head = "".join(f"<tr>{''.join(map(_head, row))}</tr>" for row in head_rows(table, units=table["units"]))
    return f"<table><caption>{caption}</caption><thead>{head}</thead><tbody>{''.join(lines)}</tbody></table>"


def _head(cell: dict[str, Any]) -> str:
    spans = _span("rowspan", cell["rows"]) + _span("colspan", cell["cols"])
    scope = "colgroup" if cell["cols"] > 1 and cell["rows"] == 1 else "col"
    return f'<th scope="{scope}"{spans}>{html.escape(cell["title"])}</th>'


def _span(name: str, n: int) -> str:
    return f' {name}="{n}"' if n > 1 else ""


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
.note { font-size: 10.5pt; line-height: 16pt; text-indent: 0 } .standing { text-align: center; margin: -20pt 0 12pt }
"""


def title(made: Compiled) -> str:
    """The report's title."""
    return f"{made.agency.name}{made.year}年政府信息公开工作年度报告"


def _standing(made: Compiled) -> str:
    """A draft says that it is one; a correction says why."""
    if made.state == "draft":
        return '<p class="note standing">编制中，尚未定稿</p>'
    return (
        f'<p class="note standing">第{made.version}版。更正理由：{html.escape(made.reason)}</p>'
        if made.reason
        else ""
    )


def page(made: Compiled) -> str:
    """A self-contained HTML page, made for print as well."""
    name = html.escape(made.agency.name)
    rest = html.escape(title(made).removeprefix(made.agency.name))
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{name}{rest}</title>'
        f"<style>{_PRINT}</style></head><body><h1>{name}<br>{rest}</h1>{_standing(made)}{body(made)}"
        f'<p class="note">统计范围：{html.escape(made.scope)}。{NOT_STATED}的格子没有记录可数，也没有单位申报，不等于0。</p></body></html>'
    )


def pdf(made: Compiled) -> bytes:
    """The page as PDF. WeasyPrint is imported here: it costs seconds that the web process must not pay."""
    from weasyprint import HTML

    return HTML(string=page(made)).write_pdf()


def docx(made: Compiled) -> bytes:
    """The report as DOCX in the geometry of GB/T 9704-2012, naming the official fonts."""
    out = _docx_page()
    _docx_line(out, title(made), "方正小标宋简体", 22, heading=True)
    for s in sections(made):
        _docx_line(out, f"{s['number']}、{s['title']}", "黑体", 16)
        for p in s["paragraphs"]:
            _docx_line(out, p, "仿宋_GB2312", 16)
        for t in s["tables"]:
            _docx_table(out, t)
    buffer = io.BytesIO()
    out.save(buffer)
    return buffer.getvalue()


def _docx_page() -> Any:
    """An empty document on A4 with the standard's margins."""
    from docx import Document as Docx
    from docx.shared import Mm

    out = Docx()
    section = out.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    return out


def _docx_line(out: Any, text: str, font: str, size: float, heading: bool = False) -> None:
    """One paragraph, two characters indented, or centred as the heading of the whole."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt

    p = out.add_paragraph()
    p.paragraph_format.line_spacing, p.paragraph_format.space_after = Pt(28.95), Pt(0)
    if heading:
        p.alignment = WD_ALIGN_PARAGRAPH.CENTER
    else:
        p.paragraph_format.first_line_indent = Pt(size * 2)
    run = p.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


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
    for t in (t for s in sections(made) for t in s["tables"]):
        sheet = book.create_sheet(t["code"].replace("/", "_")[:31])
        sheet.append([Cells.harmless(t["caption"])])
        for line in _grid(t, bare=True):
            sheet.append([Cells.harmless(v) for v in line])
        sheet.column_dimensions["A"].width = 52
    sheet = book.create_sheet("来源")
    sheet.append(["格", "指标", "数值", "来源"])
    for code, f in made.figures.items():
        shown = number(f.value) if f.value is not None else f.shown
        sheet.append([Cells.harmless(v) for v in (code, f.title, shown, made.trace(f))])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def render(made: Compiled, how: str) -> bytes:
    """The report in one of FORMATS, as bytes."""
    if how == "json":
        return json.dumps(as_json(made), ensure_ascii=False, indent=1, cls=BareNumbers).encode()
    if how == "html":
        return page(made).encode()
    return {"pdf": pdf, "docx": docx, "xlsx": xlsx}[how](made)
