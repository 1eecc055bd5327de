"""Rows of a statutory table as printed, before they are read as figures; and what counts as a figure in print."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache

from mingtang.oversight.reports.audit.reading import Form, FormTable, Place, Row
from mingtang.oversight.reports.audit.stream import bare, core

UNITS = frozenset({"条", "件", "次", "篇", "人", "人次", "个", "项", "万元", "元", "份", "场", "起", "宗"})
FIGURE = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?")
CHANGE = re.compile(r"^(增加?|减少?|下降|上升|[↑↓])(\d[\d,]*)$")
ODD = re.compile(r"(?:[增减加少]{0,2}[+-]?\d+(?:\.\d+)?[/／、,;]?)+")
UNIT_TAIL = re.compile(r"(?:条|件|次|篇|人次|人|个|项|万元|元|份|场|起|宗)$")
BLANKS = frozenset({"", "-", "--", "—", "——", "―", "–", "/", "\\", "无", "*", "…", "······"})
# What offices, and this platform itself, print where nobody stated a figure.
UNSTATED = re.compile(r"未列明(?:\(已知[^()]*\))?|未统计|未计数|不详|未知|暂无(?:数据|统计)|无法统计")
NEAR = 0.72


@dataclass(frozen=True)
class PrintedRow:
    """One row found: its table and row in the form, its figures' texts (None: an empty cell), as printed, where.

    A one-row table (table 4) has ``row`` None and the figures of all its rows.
    """

    table: FormTable
    row: Row | None
    tokens: tuple[str | None, ...]
    printed: str
    place: Place


@dataclass
class Print:
    """All rows found one way (``grid`` or ``text``) and the stretches of text they take up."""

    way: str
    rows: list[PrintedRow] = field(default_factory=list)
    spans: list[tuple[int, int, int]] = field(default_factory=list)


def figure(text: str) -> str | None:
    """The figure in one cell, without separators and unit; None when the cell holds no figure."""
    plain = CHANGE.sub(_signed, UNIT_TAIL.sub("", bare(text)))
    return plain.replace(",", "").lstrip("+") if FIGURE.fullmatch(plain) else None


def _signed(match: re.Match[str]) -> str:
    return f"-{match[2]}" if match[1][0] in "减降↓" else match[2]


def odd(text: str) -> bool:
    """A cell that holds something with digits that is not one figure ("增3减1"): it stands where a figure should."""
    plain = bare(text)
    return figure(text) is None and len(plain) <= 12 and bool(ODD.fullmatch(plain))


def unstated(text: str) -> bool:
    """Does the cell say in words that its figure is not stated?"""
    return bool(UNSTATED.fullmatch(bare(text)))


def blank(text: str) -> bool:
    """Is the cell empty, or struck through instead of holding a nought?"""
    return bare(text) in BLANKS


@lru_cache(maxsize=4096)
def likeness(one: str, other: str) -> float:
    """How alike two cores are, 0 to 1; a core that contains the other counts as nearly the same."""
    if one == other:
        return 1.0
    if min(len(one), len(other)) >= 4 and (one in other or other in one):
        return 0.9
    if len(one) < 3 or len(other) < 3:
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= NEAR and matcher.quick_ratio() >= NEAR else 0.0


def names(row: Row) -> tuple[str, ...]:
    """Cores a row goes by."""
    return tuple(core(title) for title in (row.title, *row.aliases))


def form_rows(form: Form) -> list[tuple[FormTable, Row]]:
    """Printed rows of the tables that are laid out in rows, in the form's order, headings too."""
    return [(t, row) for t in form.tables if t.printed and t.layout == "rows" for row in t.rows]


def align(labels: list[str], rows: list[tuple[FormTable, Row]]) -> dict[int, int]:
    """Which label stands for which form row: the order-keeping pairing with the greatest likeness in all."""
    if not labels or not rows:
        return {}
    cores = [core(label) for label in labels]
    named = [names(row) for _, row in rows]
    best = [[0.0] * (len(rows) + 1) for _ in range(len(cores) + 1)]
    like = [[max(likeness(c, n) for n in many) for many in named] for c in cores]
    for i in range(1, len(cores) + 1):
        for j in range(1, len(rows) + 1):
            score = like[i - 1][j - 1]
            paired = best[i - 1][j - 1] + score if score >= NEAR else 0.0
            best[i][j] = max(best[i - 1][j], best[i][j - 1], paired)
    pairs: dict[int, int] = {}
    i, j = len(cores), len(rows)
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs[i] = j
    return dict(sorted(pairs.items()))
