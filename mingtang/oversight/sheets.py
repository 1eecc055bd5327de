"""What goes into a cell of a file that a spreadsheet opens, CSV or XLSX: nothing typed is taken for a formula."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

# What begins a formula (or lets the next character begin one), narrow and as full-width programs read it.
_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(value: Any) -> Any:
    """A value for a cell: numbers as they are, text that would begin a formula behind an apostrophe, nothing as empty."""
    if isinstance(value, int | float | Decimal):
        return value
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_BEGINS) else text
