"""The titles of the six statutory parts (from reporting year 2019): there, in order, and spelt as the format has them."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import islice

from mingtang.oversight.reports.audit.reading import Finding, Form, Place, Section
from mingtang.oversight.reports.audit.stream import Stream, bare

MISSPELT = 0.82
LONGER = 8
MOST_HEADINGS = 200
MARKS = ("、", ".", ",", "")
LOOSE = str.maketrans("", "", "及和与、,的主要")


def title_findings(form: Form, stream: Stream) -> list[Finding]:
    """Titles misspelt (warning) and parts that are missing (warning). Nothing before 2019: there was no outline."""
    if form.edition == "2014":
        return []
    found = []
    for section in form.sections:
        wanted = [bare(title) for title in (section.title, *section.aliases)]
        if any(f"{section.number}{mark}{title}" in stream.text for title in wanted for mark in MARKS):
            continue
        near = _nearest(stream, section.number, wanted)
        if near is not None and near[2] < 1:
            found.append(_misspelt(form, section, stream, near))
        elif near is None and not any(title in stream.text for title in wanted):
            found.append(_missing(form, section))
    return found


def _misspelt(form: Form, section: Section, stream: Stream, near: tuple[int, int, float]) -> Finding:
    start, end, _ = near
    written = stream.text[start:end]
    return Finding(
        "text.heading",
        "warning",
        stream.place(start, end),
        f"第{section.number}部分的标题写成“{written}”，格式规定是“{section.title}”。",
        (),
        form.basis,
        f"请改为“{section.title}”。",
    )


def _nearest(stream: Stream, number: str, wanted: list[str]) -> tuple[int, int, float] | None:
    """The heading of that number most like a wanted title; likeness 1.0 when only joining words differ."""
    best: tuple[int, int, float] | None = None
    for match in islice(
        re.finditer(rf"(?<![一二三四五六七八九十]){number}[、.,]", stream.text), MOST_HEADINGS
    ):
        for title in wanted:
            following = stream.text[match.end() : match.end() + len(title) + LONGER]
            if title in following:
                return match.end(), match.end() + len(title), 1.0
            if sum(char in title for char in following) < len(title) // 2:
                continue
            for length in range(len(title) - 2, len(title) + 7):
                piece = following[:length]
                if piece.translate(LOOSE) == title.translate(LOOSE):
                    return match.end(), match.end() + length, 1.0
                score = SequenceMatcher(None, piece, title, autojunk=False).ratio()
                if score >= MISSPELT and (best is None or score > best[2]):
                    best = (match.end(), match.end() + length, min(score, 0.99))
    return best


def _missing(form: Form, section: Section) -> Finding:
    return Finding(
        "meta.section",
        "warning",
        Place(None, None, None, ""),
        f"没有找到第{section.number}部分“{section.title}”。",
        (),
        form.basis,
        "请补上这一部分；没有内容的，写明没有。",
    )
