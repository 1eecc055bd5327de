"""A report's lines as one stream without blanks, bars and quotation marks, each character knowing its place.

Labels of the forms are looked for here: a label broken over lines or spaced out is then one plain string. A blank
between two digits stays (it parts two figures).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mingtang.oversight.reports.audit.reading import Line, Place

DROPPED = frozenset("“”\"'‘’「」『』《》〈〉\u3000\xa0\u200b\ufeff\t |｜")
PAGE_NUMBER = re.compile(r"^\s*(?:[-—–－―]{1,2}\s*\d{1,3}\s*[-—–－―]{1,2}|第\s*\d{1,3}\s*页.{0,12})\s*$")
ORDINAL = re.compile(r"^(?:其中[:：]?)?(?:\(?[一二三四五六七八九十]{1,3}[)、.]|\(?(\d{1,2})[)、.])?")
BRACKETED = re.compile(r"\([^()]*\)")
OPEN_BRACKET = re.compile(r"\([^()]*$")


def narrow(text: str) -> str:
    """Full-width ASCII made narrow, one character for one, so that offsets stay."""
    return "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in text)


def bare(text: str) -> str:
    """Text as the stream has it: narrow, without blanks and quotation marks."""
    return "".join(c for c in narrow(text) if c not in DROPPED and c != "\n")


def core(label: str) -> str:
    """A row's label without its ordinal, its bracketed remark, its 其中 and punctuation at the ends."""
    text = bare(label)
    text = ORDINAL.sub("", text, count=1)
    text = BRACKETED.sub("", text)
    text = OPEN_BRACKET.sub("", text)
    text = ORDINAL.sub("", text, count=1)
    return text.strip(":、,.;。")


def ordinal(label: str) -> str:
    """The Arabic number a label begins with, or an empty string."""
    match = ORDINAL.match(bare(label))
    return (match[1] or "") if match else ""


@dataclass(frozen=True)
class Stream:
    """``text`` and, for each of its characters, the index of its line and the column there."""

    text: str
    at: tuple[tuple[int, int], ...]
    lines: tuple[Line, ...]

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Stream:
        """Page numbers standing alone are left out: they would fall between the figures of a torn table."""
        kept = tuple(lines)
        out: list[str] = []
        at: list[tuple[int, int]] = []
        gap = False
        for i, line in enumerate(kept):
            gap = True
            if PAGE_NUMBER.match(line.text):
                continue
            for j, char in enumerate(narrow(line.text)):
                if char in DROPPED:
                    gap = True
                    continue
                if gap and out and out[-1].isdigit() and char.isdigit():
                    out.append(" ")
                    at.append((i, j))
                out.append(char)
                at.append((i, j))
                gap = False
        return cls("".join(out), tuple(at), kept)

    def place(self, start: int, end: int) -> Place:
        """Where the characters [start, end) were printed; the span ends with the line where they run over it."""
        if not self.at or start >= len(self.at):
            return Place(None, None, None, "")
        end = max(start + 1, min(end, len(self.at)))
        first, column = self.at[start]
        line = self.lines[first]
        inside = [j for i, j in self.at[start:end] if i == first]
        stop = max(inside) + 1
        return Place(line.page, line.no, (column, stop), line.text[column:stop])

    def span(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """(line number, from column, to column) of every line the characters [start, end) touch."""
        touched: dict[int, tuple[int, int]] = {}
        for i, j in self.at[start:end]:
            low, high = touched.get(i, (j, j + 1))
            touched[i] = (min(low, j), max(high, j + 1))
        if not touched:
            return []
        first, last = min(touched), max(touched)
        # Lines in between go whole: what the stream dropped there (quotation marks, page numbers) is table too.
        for i in range(first, last + 1):
            low, high = touched.get(i, (0, 0))
            whole = len(self.lines[i].text)
            touched[i] = (low if i == first else 0, high if i == last else whole)
        return [(self.lines[i].no, low, high) for i, (low, high) in sorted(touched.items())]
