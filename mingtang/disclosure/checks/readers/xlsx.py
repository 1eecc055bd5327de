"""XLSX: each visible sheet a table; hidden sheets, rows, columns and comments as parts, for they leak."""

from __future__ import annotations

import io
import re
import warnings
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zipfile import ZipFile

import openpyxl
from lxml import etree
from openpyxl.utils import column_index_from_string, range_boundaries

from mingtang.disclosure.checks.readers.grid import WIDEST, flat
from mingtang.disclosure.checks.readers.limits import CELLS, DRAWN, OWN, PLACES, SAFE, SHEET_XML
from mingtang.disclosure.checks.readers.ooxml import Unfit, attribute, local, pieces, related, tree
from mingtang.disclosure.checks.types import Line, Reading, Table, Unreadable

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
# How a cell with something in it ends, and how any cell begins, with and without a prefix of the namespace.
_FILLED = (b"</v>", b":v></", b"</is>", b":is></")
_DRAWN = (b"<c ", b":c ")
_SHAPES = ("{*}mergeCell", "{*}row", "{*}col")
DECIMALS = re.compile(r"0\.(0+)")


@dataclass
class _Sheet:
    """What openpyxl's streaming reader leaves out, taken from the sheet's XML."""

    title: str
    path: str
    state: str
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


@dataclass
class _Gathered:
    lines: list[Line] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    parts: list[Reading] = field(default_factory=list)
    cells: int = 0
    places: int = 0


def read_xlsx(archive: ZipFile, name: str) -> Reading | Unreadable:
    """Visible sheets as lines and tables; the rest as parts."""
    try:
        return _read(archive, name)
    except Unfit as unfit:
        return unfit.refusal


def _read(archive: ZipFile, name: str) -> Reading | Unreadable:
    _weigh(archive)
    sheets = _sheets(archive)
    out = _Gathered()
    with warnings.catch_warnings():
        # openpyxl warns about styles and validations it does not know; none of them is text.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(archive.fp or io.BytesIO(), read_only=True, data_only=True)
        for worksheet in book.worksheets:
            worksheet.reset_dimensions()
            sheet = sheets.get(worksheet.title) or _Sheet(worksheet.title, "", "visible")
            rows = _rows(worksheet, out)
            _place(sheet, rows, name, out)
    for sheet in sheets.values():
        _comments(archive, sheet, name, out)
    if not out.lines and not out.parts:
        return Unreadable("表格里没有内容", OWN, "请确认已保存；公式要先在 Excel 或 WPS 里算出结果再保存")
    return Reading(name, MEDIA, tuple(out.lines), tuple(out.tables), tuple(out.parts), "utf-8")


def _weigh(archive: ZipFile) -> None:
    """Run once through every XML part, in pieces, parsing nothing: what is too large is refused in a second or two.

    Cells are counted by their closing tags; one cut by the end of a piece is missed, so reading counts again.
    """
    filled = drawn = 0
    # The smallest first: strings that are too many are seen before a sheet is run through.
    for info in sorted(archive.infolist(), key=lambda i: i.file_size):
        if not info.filename.endswith((".xml", ".rels")):
            continue
        if "/worksheets/" not in info.filename:
            for _ in pieces(archive, info.filename):
                pass
            continue
        for piece in pieces(archive, info.filename, SHEET_XML):
            filled += sum(piece.count(end) for end in _FILLED) - piece.count(b"<v></v>")
            drawn += sum(piece.count(start) for start in _DRAWN)
            _bear(filled, drawn)


def _bear(filled: int, drawn: int = 0, places: int = 0) -> None:
    """Raise Unfit when there is more than is read: cells with something in them, drawn ones, places in rows."""
    if filled > CELLS:
        raise Unfit(
            Unreadable(f"表格超过 {CELLS} 个单元格，没有读完", SAFE, "请按工作表或年份拆成几份后再交")
        )
    if drawn > DRAWN or places > PLACES:
        raise Unfit(
            Unreadable("表格里空白单元格过多，没有读完", SAFE, "请删去没有内容的行、列和格式，另存后再交")
        )


def _sheets(archive: ZipFile) -> dict[str, _Sheet]:
    book = next((t for k, t in related(archive, "").values() if k == "officeDocument"), "xl/workbook.xml")
    root, targets = tree(archive, book), related(archive, book)
    found: dict[str, _Sheet] = {}
    for node in root.iter() if root is not None else ():
        if local(node) == "sheet" and isinstance(node.tag, str):
            path = targets.get(attribute(node, "id") or "", ("", ""))[1]
            sheet = _Sheet(attribute(node, "name") or "", path, attribute(node, "state") or "visible")
            _shape(archive, sheet)
            found[sheet.title] = sheet
    return found


def _shape(archive: ZipFile, sheet: _Sheet) -> None:
    """Merged ranges, hidden rows and columns, streamed."""
    if sheet.path not in archive.NameToInfo:
        return
    with archive.open(sheet.path) as stream:
        try:
            told = etree.iterparse(stream, ("end",), tag=_SHAPES, resolve_entities=False, no_network=True)
            for _, node in told:
                kind = local(node)
                if kind == "mergeCell" and (ref := node.get("ref")) and len(sheet.merges) < 20_000:
                    left, top, right, bottom = range_boundaries(ref)
                    sheet.merges.append((int(left or 1), int(top or 1), int(right or 1), int(bottom or 1)))
                elif kind == "row":
                    if node.get("hidden") in {"1", "true"} and (node.get("r") or "").isdigit():
                        sheet.hidden_rows.add(int(node.get("r") or 0))
                    node.clear()
                    while node.getprevious() is not None:
                        del node.getparent()[0]
                elif kind == "col" and node.get("hidden") in {"1", "true"}:
                    low, high = int(node.get("min") or 1), int(node.get("max") or 1)
                    sheet.hidden_columns.update(range(low, min(high, WIDEST) + 1))
        except (etree.XMLSyntaxError, ValueError) as error:
            raise Unfit(
                Unreadable("表格内部已损坏，读不出内容", OWN, "请用 Excel 或 WPS 打开修复后另存一份再交")
            ) from error


def _rows(worksheet: object, out: _Gathered) -> dict[int, dict[int, str]]:
    """Row number → column number → text as shown."""
    rows: dict[int, dict[int, str]] = {}
    for cells in worksheet.iter_rows():  # type: ignore[attr-defined]
        # One cell far to the right makes a row of sixteen thousand.
        out.places += len(cells)
        _bear(out.cells, places=out.places)
        for cell in cells:
            value = cell.value
            if value is None or value == "":
                continue
            out.cells += 1
            if cell.column <= WIDEST:
                rows.setdefault(cell.row, {})[cell.column] = _shown(value, cell.number_format)
    return rows


def _shown(value: object, pattern: str) -> str:
    """A value as the sheet shows it, as far as figures go: percentages, decimals, dates."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float)):
        number = Decimal(repr(value))
        pattern = (pattern or "General").split(";")[0]
        if not number.is_finite():
            return str(value)
        places = len(m.group(1)) if (m := DECIMALS.search(pattern)) else 0
        if "%" in pattern:
            return f"{(number * 100).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)}%"
        if m and abs(number) < Decimal(10) ** 15:
            return f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
        if number == number.to_integral_value():
            return f"{number.to_integral_value():f}"
        return f"{round(float(value), 10):.10f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d") if value.time() == time(0) else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, (date, time, timedelta)):
        return str(value)
    return str(value)


def _place(sheet: _Sheet, rows: dict[int, dict[int, str]], name: str, out: _Gathered) -> None:
    """Put a sheet's cells among the lines, or among the parts when nobody sees them."""
    if sheet.state != "visible":
        label = "深度隐藏表" if sheet.state == "veryHidden" else "隐藏表"
        _part(f"{name}#{label}“{sheet.title}”", rows, sheet, out)
        return
    if not sheet.hidden_rows and not sheet.hidden_columns:
        _table(rows, sheet, out.lines, out.tables)
        return
    seen = {
        r: {c: t for c, t in cells.items() if c not in sheet.hidden_columns}
        for r, cells in rows.items()
        if r not in sheet.hidden_rows
    }
    unseen = {
        r: {c: t for c, t in cells.items() if r in sheet.hidden_rows or c in sheet.hidden_columns}
        for r, cells in rows.items()
    }
    _table(seen, sheet, out.lines, out.tables)
    if any(unseen.values()):
        _part(f"{name}#隐藏行列“{sheet.title}”", {r: c for r, c in unseen.items() if c}, sheet, out)


def _part(label: str, rows: dict[int, dict[int, str]], sheet: _Sheet, out: _Gathered) -> None:
    lines: list[Line] = []
    tables: list[Table] = []
    _table(rows, sheet, lines, tables)
    if lines:
        out.parts.append(Reading(label, MEDIA, tuple(lines), tuple(tables), encoding="utf-8"))


def _table(rows: dict[int, dict[int, str]], sheet: _Sheet, lines: list[Line], tables: list[Table]) -> None:
    kept = sorted(r for r, cells in rows.items() if cells)
    if not kept:
        return
    first = [[rows[r][c] for c in sorted(rows[r])] for r in kept]
    for left, top, right, bottom in sheet.merges:
        text = rows.get(top, {}).get(left)
        if text is not None:
            for r in kept[bisect_left(kept, top) : bisect_right(kept, bottom)]:
                rows[r].update((c, text) for c in range(left, min(right, WIDEST) + 1))
    columns = sorted({c for r in kept for c in rows[r]})
    start = len(lines) + 1
    lines.extend(Line(start + i, flat(cells)) for i, cells in enumerate(first))
    tables.append(Table(tuple(tuple(rows[r].get(c, "") for c in columns) for r in kept), start))


def _comments(archive: ZipFile, sheet: _Sheet, name: str, out: _Gathered) -> None:
    """Notes and threaded comments of one sheet; each line begins with its cell."""
    found: dict[tuple[str, str], None] = {}
    for kind, target in related(archive, sheet.path).values() if sheet.path else ():
        if kind not in {"comments", "threadedComment"}:
            continue
        root = tree(archive, target)
        for node in root.iter() if root is not None else ():
            if local(node) in {"comment", "threadedComment"}:
                text = "".join(t.text or "" for t in node.iter() if local(t) in {"t", "text"}).strip()
                if text and not text.startswith("[Threaded comment]"):
                    found[(attribute(node, "ref") or "", text)] = None
    if found:
        ordered = sorted(found, key=lambda item: _order(item[0]))
        lines = tuple(Line(i, f"{ref} {text}".replace("\n", " ")) for i, (ref, text) in enumerate(ordered, 1))
        out.parts.append(Reading(f"{name}#批注“{sheet.title}”", MEDIA, lines, encoding="utf-8"))


def _order(ref: str) -> tuple[int, int]:
    match = CELL.fullmatch(ref)
    return (int(match.group(2)), column_index_from_string(match.group(1))) if match else (0, 0)
