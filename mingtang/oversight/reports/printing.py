"""A compiled report on paper: HTML, DOCX, PDF and XLSX, in the geometry of GB/T 9704-2012 where there are pages."""

from __future__ import annotations

import html
import io
import json
from typing import Any

from mingtang.disclosure.api import Cells
from mingtang.law.api import BareNumbers
from mingtang.oversight.reports.compiling import Compiled
from mingtang.oversight.reports.drawing import (
    as_json,
    body_rows,
    depth_of,
    head_rows,
    number,
    placed,
    sections,
)
from mingtang.oversight.reports.figures import NOT_STATED

MEDIA = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMATS = tuple(MEDIA)


def body(made: Compiled) -> str:
    """The report as clean HTML: sections, paragraphs, statutory tables in their sections, merged as on the official form."""
    parts = []
    for s in sections(made):
        parts.append(f"<h2>{html.escape(s['number'])}、{html.escape(s['title'])}</h2>")
        parts += [f"<p>{html.escape(p)}</p>" for p in s["paragraphs"]]
        parts += [_html_table(t) for t in s["tables"]]
    return "".join(parts)


def _html_table(table: dict[str, Any]) -> str:
    head = "".join(map(_html_row, head_rows(table, units=table["units"])))
    rows = "".join(map(_html_row, body_rows(table)))
    caption = html.escape(table["caption"])
    return f"<table><caption>{caption}</caption><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _html_row(cells: list[dict[str, Any]]) -> str:
    return f"<tr>{''.join(map(_html_cell, cells))}</tr>"


def _html_cell(cell: dict[str, Any]) -> str:
    spans = "".join(f' {n}span="{cell[n + "s"]}"' for n in ("row", "col") if cell[n + "s"] > 1)
    text = html.escape(cell["title"])
    return f'<th scope="{cell["scope"]}"{spans}>{text}</th>' if cell["scope"] else f"<td{spans}>{text}</td>"


_PRINT = """
@page { size: A4; margin: 37mm 26mm 35mm 28mm; @bottom-center { content: "— " counter(page) " —"; font-size: 14pt } }
body { font: 16pt/28.95pt "FangSong", "仿宋_GB2312", "Noto Serif CJK SC", serif; }
h1 { font: bold 22pt/34pt "方正小标宋简体", "Noto Serif CJK SC", serif; text-align: center; margin: 0 0 28pt }
h2 { font: 16pt/28.95pt "SimHei", "黑体", "Noto Sans CJK SC", sans-serif; margin: 0; text-indent: 2em }
p { margin: 0; text-indent: 2em; text-align: justify }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; line-height: 14pt; margin: 8pt 0 }
caption { font-size: 12pt; margin: 4pt } th, td { border: .5pt solid #000; padding: 1.5pt 3pt } td { text-align: right }
caption { break-after: avoid } table { break-before: auto }
th { text-align: left; font-weight: normal } thead th { text-align: center } thead { display: table-header-group } tr { break-inside: avoid }
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
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    head = head_rows(table, units=table["units"])
    rows = [*head, *body_rows(table)]
    out.add_paragraph(table["caption"])
    grid = out.add_table(rows=len(rows), cols=_width(head))
    grid.style = "Table Grid"
    for row in grid.rows[: len(head)]:
        # The header stands again on every page.
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    grid.autofit = False
    widths = _widths(depth_of(table), _width(head))
    # Asked once: every question for the cells of a table walks the whole of it.
    cells = [row.cells for row in grid.rows]
    for line in [grid.columns, *cells]:
        for one, width in zip(line, widths, strict=True):
            one.width = Mm(width)
    for y, x, cell in placed(rows):
        at = cells[y][x]
        if cell["rows"] > 1 or cell["cols"] > 1:
            at = at.merge(cells[y + cell["rows"] - 1][x + cell["cols"] - 1])
        words = at.paragraphs[0]
        words.add_run(cell["title"]).font.size = Pt(9)
        if y < len(head):
            words.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif not cell["scope"]:
            words.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _width(head: list[list[dict[str, Any]]]) -> int:
    """How many columns a table has: what its first row spans."""
    return sum(cell["cols"] for cell in head[0])


def _widths(depth: int, columns: int) -> list[float]:
    """Of the 156 mm between the margins, in mm: merged heads narrow, figures alike, the rest for the rows' own heads."""
    figures = columns - depth
    each = min(22.0, 84 / figures)
    return [*[14.0] * (depth - 1), 156 - 14 * (depth - 1) - each * figures, *[each] * figures]


def xlsx(made: Compiled) -> bytes:
    """One sheet a table, heads merged, figures as numbers; a last sheet with where every figure comes from."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for t in (t for s in sections(made) for t in s["tables"]):
        _sheet(book.create_sheet(t["code"].replace("/", "_")[:31]), t)
    sheet = book.create_sheet("来源")
    sheet.append(["格", "指标", "数值", "来源"])
    for code, f in made.figures.items():
        shown = number(f.value) if f.value is not None else f.shown
        sheet.append([Cells.harmless(v) for v in (code, f.title, shown, made.trace(f))])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheet(sheet: Any, table: dict[str, Any]) -> None:
    """A table as a sheet: its caption in the first row, what stands merged on the form merged."""
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter

    sheet.append([Cells.harmless(table["caption"])])
    head = head_rows(table, units=table["units"])
    for y, x, cell in placed([*head, *body_rows(table)]):
        value = (cell.get("cell") or {}).get("value")
        at = sheet.cell(y + 2, x + 1, Cells.harmless(cell["title"] if value is None else value))
        if cell["scope"]:
            at.alignment = Alignment(
                horizontal="center" if y < len(head) else "left", vertical="center", wrap_text=True
            )
        if cell["rows"] > 1 or cell["cols"] > 1:
            sheet.merge_cells(
                start_row=y + 2, start_column=x + 1, end_row=y + 1 + cell["rows"], end_column=x + cell["cols"]
            )
    depth = depth_of(table)
    for n in range(1, depth + 1):
        sheet.column_dimensions[get_column_letter(n)].width = 52 if n == depth else 16
    sheet.freeze_panes = f"{get_column_letter(depth + 1)}{len(head) + 2}"


def render(made: Compiled, how: str) -> bytes:
    """The report in one of FORMATS, as bytes."""
    if how == "json":
        return json.dumps(as_json(made), ensure_ascii=False, indent=1, cls=BareNumbers).encode()
    if how == "html":
        return page(made).encode()
    return {"pdf": pdf, "docx": docx, "xlsx": xlsx}[how](made)
