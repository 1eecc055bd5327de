"""动态调整: what each newer edition of a document changed, from → to, by field and by paragraph. No tables.

What a withdrawal took off is not compared: it was to be seen no more. Old words in which personal data is found are
left out (条例第十五条); whoever must take something back withdraws it, and does not only correct it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import lxml.etree
import lxml.html

from mingtang.disclosure import api as disclosure
from mingtang.disclosure.api import EditionRow, Kind, Line, PublicationRow, Reading

WITHHELD = "（原文含个人信息，不再显示）"
_BLOCKS = {
    "p", "h1", "h2", "h3", "h4", "h5", "li", "tr", "dt", "dd", "pre", "blockquote", "div", "section", "caption", "figcaption", "br",
}  # fmt: skip
_CATALOGUE = (
    ("title", "标题"), ("doc_no", "文号"), ("written_on", "成文日期"), ("effective_on", "生效日期"), ("summary", "摘要"),
)  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """One paragraph of a changed text: ``gone`` or ``new``; ``same``: so many that did not change."""

    op: str
    text: str = ""
    count: int = 0


@dataclass(frozen=True)
class Row:
    """One thing that changed: its name, from, to; a longer text in ``pieces`` instead."""

    label: str
    before: str = ""
    after: str = ""
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Adjustment:
    """One edition that took the place of another: when, and everything in which they differ."""

    at: datetime
    rows: tuple[Row, ...]

    def twin(self) -> dict[str, Any]:
        """The adjustment in a JSON twin."""
        rows = [
            {"label": r.label, "from": r.before, "to": r.after, "text": [[p.op, p.text or p.count] for p in r.pieces]}
            for r in self.rows
        ]  # fmt: skip
        return {"at": self.at, "rows": rows}


def compared(log: Iterable[PublicationRow]) -> list[PublicationRow]:
    """The replacements that may be shown, oldest first: those since the last withdrawal."""
    found: list[PublicationRow] = []
    taken_off = False
    for p in log:
        if p.kind == "withdraw":
            found, taken_off = [], True
        elif p.kind == "correct" and not taken_off:
            found.append(p)
        else:
            taken_off = False
    return found


def adjustments(
    kind: Kind, log: Iterable[PublicationRow], editions: Mapping[int, EditionRow]
) -> tuple[Adjustment, ...]:
    """What every replacement changed, newest first."""
    made = []
    for p in reversed(compared(log)):
        old, new = editions.get(p.old_edition_id or 0), editions.get(p.new_edition_id or 0)
        if old and new:
            made.append(Adjustment(p.at, tuple(_discreet(list(_rows(kind, old, new))))))
    return tuple(made)


def _rows(kind: Kind, old: EditionRow, new: EditionRow) -> Iterator[Row]:
    for name, label in _CATALOGUE:
        before, after = (str(getattr(e, name) or "") for e in (old, new))
        if before != after:
            yield Row(label, before, after)
    for f in kind.fields:
        before, after = (
            "" if e.data.get(f.key) in (None, "", []) else f.told(e.data[f.key]) for e in (old, new)
        )
        if before == after:
            continue
        if f.type in ("long", "list"):
            yield Row(f.label, pieces=_pieces(before.splitlines(), after.splitlines()))
        else:
            yield Row(f.label, before, after)
    if old.body != new.body and (pieces := _pieces(paragraphs(old.body), paragraphs(new.body))):
        yield Row("正文", pieces=pieces)


def _pieces(before: Sequence[str], after: Sequence[str]) -> tuple[Piece, ...]:
    made: list[Piece] = []
    for op, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            made.append(Piece("same", count=b - a))
        else:
            made += [Piece("gone", text) for text in before[a:b]]
            made += [Piece("new", text) for text in after[c:d]]
    return tuple(made) if any(p.op != "same" for p in made) else ()


def paragraphs(html: str) -> list[str]:
    """A text as its paragraphs; a row of a table is one, its cells parted by ``|``."""
    if not html.strip():
        return []
    made: list[str] = []
    held: list[str] = []
    rows = 0

    def flush() -> None:
        if text := " ".join("".join(held).split()).strip(" |"):
            made.append(text)
        held.clear()

    for event, node in lxml.etree.iterwalk(
        lxml.html.fromstring(f"<div>{html}</div>"), events=("start", "end")
    ):
        starts = event == "start"
        if node.tag == "tr" or (node.tag in _BLOCKS and not rows):
            flush()
        elif node.tag in ("td", "th") and starts and held:
            held.append(" | ")
        rows += (1 if starts else -1) if node.tag == "tr" else 0
        held.append((node.text if starts else node.tail) or "")
    flush()
    return made


def _discreet(rows: list[Row]) -> Iterator[Row]:
    """The rows without old words in which personal data is found."""
    old = list(
        dict.fromkeys(
            text for r in rows for text in (r.before, *(p.text for p in r.pieces if p.op == "gone"))
        )
    )
    reading = Reading("", "text/plain", tuple(Line(n, text) for n, text in enumerate(old)))
    found = disclosure.check(reading, ("pii",), by_line=True)
    hidden = {old[f.place.line] for f in found if f.severity != "note" and f.place.line is not None}
    for r in rows:
        pieces = (Piece(p.op, WITHHELD) if p.op == "gone" and p.text in hidden else p for p in r.pieces)
        yield Row(r.label, WITHHELD if r.before in hidden else r.before, r.after, tuple(pieces))


__all__ = ["Adjustment", "adjustments", "compared", "paragraphs"]
