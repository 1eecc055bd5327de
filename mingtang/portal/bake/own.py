"""What only this kind of document says: its filled fields as lines, its lists as tables. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from mingtang.disclosure.api import Field, Kind


@dataclass(frozen=True)
class Grid:
    """A list of a document as a table; columns in which nothing stands are left out."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str | Markup, ...], ...]


def fields(kind: Kind, data: Mapping[str, Any]) -> list[tuple[str, str | Markup]]:
    """The filled fields as label and text. A list that an older system kept as text is shown as text."""
    return [
        (f.label, _cell(f, value))
        for f in kind.fields
        if (value := data.get(f.key)) not in (None, "") and not isinstance(value, (list, dict))
    ]


def grids(kind: Kind, data: Mapping[str, Any]) -> list[Grid]:
    """The filled lists as tables."""
    made = []
    for f in kind.fields:
        rows = data.get(f.key) if f.type == "list" else None
        rows = [r for r in rows if isinstance(r, Mapping)] if isinstance(rows, list) else []
        used = [c for c in f.columns if any(r.get(c.key) not in (None, "") for r in rows)]
        if used:
            cells = (tuple(_cell(c, r.get(c.key)) for c in used) for r in rows)
            made.append(Grid(f.label, tuple(c.label for c in used), tuple(cells)))
    return made


def _cell(field: Field, value: Any) -> str | Markup:
    text = "" if value is None else field.told(value)
    if field.type == "url" and text.startswith(("/", "http://", "https://")):
        return Markup('<a href="{0}">{0}</a>').format(text)
    return Markup("<br>").join(escape(line) for line in text.splitlines()) if "\n" in text else text
