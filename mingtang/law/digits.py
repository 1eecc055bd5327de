"""Figures as bare JSON numbers, written from a Decimal's own digits: money never passes through a float."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

# A Decimal is written as a text with this mark before it; then mark and quotes are taken off. Nobody can type it.
_MARK = secrets.token_hex(16)
_MARKED = re.compile(rf'"{_MARK}(-?\d+(?:\.\d+)?)"')


class BareNumbers(json.JSONEncoder):
    """JSON in which a Decimal is a number with all its digits, without noughts at its end."""

    def default(self, o: Any) -> Any:
        if not isinstance(o, Decimal):
            return super().default(o)
        text = f"{o:f}"
        return _MARK + (text.rstrip("0").rstrip(".") if "." in text else text)

    def iterencode(self, o: Any, _one_shot: bool = False) -> Iterator[str]:
        for part in super().iterencode(o, _one_shot):
            yield _MARKED.sub(r"\1", part) if _MARK in part else part
