"""The titles of the six statutory parts (from reporting year 2019): there, in order, and spelt as the format has them."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from mingtang.oversight.reports.audit.reading import Finding, Form, Place
from mingtang.oversight.reports.audit.stream import Stream, bare

MISSPELT = 0.82
LOOSE = str.maketrans("", "", "及和与、,的主要")


def title_findings(form: Form, stream: Stream) -> list[Finding]:
    """Titles misspelt (warning) and parts that are missing (warning). Nothing before 2019: there was no outline."""
    if form.edition == "2014":
        return []
    found = []
    for section in form.sections:
        wanted = [bare(title) for title in (section.title, *section.aliases)]
        if any(title in stream.text for title in wanted):
            continue
        near = _nearest(stream, section.number, wanted)
        if near is None:
            found.append(_missing(form, section.number, section.title))
        elif near[2] < 1:
            start, end, _ = near
            place = stream.place(start, end)
            found.append(
                Finding(
                    "text.heading",
                    "warning",
                    place,
                    f"第{section.number}部分的标题写成“{stream.text[start:end]}”，格式规定是“{section.title}”。",
                    (),
                    form.basis,
                    f"请改为“{section.title}”。",
                )
            )
    return found


def _nearest(stream: Stream, number: str, wanted: list[str]) -> tuple[int, int, float] | None:
    """The heading of that number most like a wanted title; likeness 1.0 when only joining words differ."""
    best: tuple[int, int, float] | None = None
    for match in re.finditer(rf"{number}[、.,]", stream.text):
        for title in wanted:
            for length in range(len(title) - 2, len(title) + 7):
                piece = stream.text[match.end() : match.end() + length]
                if piece.translate(LOOSE) == title.translate(LOOSE):
                    return match.end(), match.end() + length, 1.0
                score = SequenceMatcher(None, piece, title, autojunk=False).ratio()
                if score >= MISSPELT and (best is None or score > best[2]):
                    best = (match.end(), match.end() + length, min(score, 0.99))
                if piece.endswith(title[-4:]) and title[:4] in piece and score < 1:
                    continue
    return best


def _missing(form: Form, number: str, title: str) -> Finding:
    return Finding(
        "meta.section",
        "warning",
        Place(None, None, None, ""),
        f"没有找到第{number}部分“{title}”。",
        (),
        form.basis,
        "请补上这一部分；没有内容的，写明没有。",
    )
