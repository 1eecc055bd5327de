"""The cells of a table that a spreadsheet made or will open: read as text, and written so that none is a formula."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.types import Unreadable

# What begins a formula (or lets the next character begin one), narrow and as full-width programs read it.
_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_WANTED = "请交 XLSX 或 CSV"


class Cells:
    """Cells in, cells out."""

    @staticmethod
    def read(data: bytes, name: str, basis: str) -> list[list[str]] | Unreadable:
        """All rows of the first table (see ``sheets``)."""
        found = Cells.sheets(data, name, basis)
        return found if isinstance(found, Unreadable) else found[0] if found else []

    @staticmethod
    def sheets(data: bytes, name: str, basis: str) -> list[list[list[str]]] | Unreadable:
        """All tables of an XLSX, or the one of a CSV in UTF-8 or GB 18030, as text; ``basis`` goes with a refusal.

        An apostrophe that ``harmless`` put before a formula is taken off again.
        """
        found = read(data, name)
        if isinstance(found, Unreadable):
            # A PDF without its password, or with its text read from the scan, would still be no table.
            return Unreadable(found.why, basis, _WANTED) if b"%PDF-" in data[:1024] else found
        if found.media.endswith("spreadsheetml.sheet"):
            return [[[_typed(c) for c in row] for row in table.rows] for table in found.tables]
        # A catalogue whose texts are in tags looks like a page to the reader; a page begins with a tag, a table with names.
        if found.media != "text/plain" and (
            found.media != "text/html" or data.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<")
        ):
            return Unreadable("这不是表格文件", basis, _WANTED)
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                text = io.StringIO(data.decode(encoding), newline="")
            except UnicodeDecodeError:
                continue
            try:
                return [[[_typed(c) for c in row] for row in csv.reader(text, strict=True) if row]]
            except csv.Error:
                return Unreadable(
                    "CSV 的引号不成对，分不出列", basis, "请用 Excel 或 WPS 另存为 CSV，或改交 XLSX"
                )
        return Unreadable("认不出文字编码", basis, "请另存为 UTF-8 的 CSV，或改交 XLSX")

    @staticmethod
    def harmless(value: Any) -> Any:
        """A value for a cell: numbers as they are, text that would begin a formula behind an apostrophe, nothing as empty."""
        if isinstance(value, int | float | Decimal):
            return value
        text = "" if value is None else str(value)
        return f"'{text}" if text.startswith(_BEGINS) else text


def _typed(cell: str) -> str:
    """A cell as somebody typed it."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_BEGINS) else cell
