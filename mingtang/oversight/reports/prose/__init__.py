"""The report's sentences: templates written for this project, every numeral linked to a Tally.

``[[counter key=value | form]]`` prints a figure (``key=a,b``: either). Forms: none (the number), ``% counter key=value`` (its share of
another figure). A sentence whose figure is unknown says so. ``{organ}``, ``{year}`` and
``{next}`` are plain words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from mingtang.law.api import read_yaml

_HERE = Path(__file__).parent
_MARK = re.compile(r"\[\[([^\]|]+)(?:\|([^\]]+))?\]\]")


@dataclass(frozen=True)
class Asked:
    """A counter and its filter, as a sentence asks for them."""

    counter: str
    where: tuple[tuple[str, str], ...]

    def as_where(self) -> dict[str, str | tuple[str, ...]]:
        """The filter; ``key=a,b`` asks for either."""
        return {k: tuple(v.split(",")) if "," in v else v for k, v in self.where}


@dataclass(frozen=True)
class Run:
    """A piece of a sentence: plain words, or a figure with what it was asked by (for the drill-down)."""

    text: str
    asked: Asked | None = None


@dataclass(frozen=True)
class Written:
    """One section: number, title, paragraphs as runs."""

    number: str
    title: str
    paragraphs: tuple[tuple[Run, ...], ...]


def _asked(text: str) -> Asked:
    counter, *pairs = text.split()
    return Asked(counter, tuple(sorted((k, v) for k, _, v in (p.partition("=") for p in pairs))))


@cache
def _templates(edition: str) -> list[dict[str, Any]]:
    path = _HERE / f"{edition}.yaml"
    return read_yaml(path)["sections"]


def edition_of(year: int) -> str:
    """The prose goes by the format of the year: twelve parts before 2019, six since."""
    return "2014" if year < 2019 else "2019"


@cache
def asked(year: int) -> tuple[Asked, ...]:
    """Every figure that the sentences of a year ask for, each once."""
    found: dict[Asked, None] = {}
    for section in _templates(edition_of(year)):
        for paragraph in section["paragraphs"]:
            for figure, shape in _MARK.findall(paragraph):
                found[_asked(figure)] = None
                if shape.strip().startswith("%"):
                    found[_asked(shape.strip()[1:])] = None
    return tuple(found)


def questions(year: int) -> list[tuple[str, dict[str, str | tuple[str, ...]]]]:
    """Every counter and filter that the sentences of a year ask for."""
    return [(a.counter, a.as_where()) for a in asked(year)]


def plain(value: Decimal) -> str:
    """A figure as printed: whole numbers bare, money without trailing noughts."""
    return f"{value.quantize(Decimal(1))}" if value == value.to_integral_value() else f"{value.normalize():f}"


def share(part: Decimal, whole: Decimal) -> str:
    """A share in per cent to one decimal, half up; a whole of nought has no shares."""
    if whole == 0:
        return "——"
    return f"{(part * 100 / whole).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def write(
    year: int,
    words: dict[str, str],
    value: Callable[[Asked], Decimal | None],
    typed: dict[str, str] | None = None,
    unknown: str = "未列明",
) -> tuple[Written, ...]:
    """The sections of a year's report with figures filled in; ``typed`` adds what people wrote, by section number.

    ``unknown`` stands where a figure is None.
    """
    made = []
    for section in _templates(edition_of(year)):
        paragraphs = [_runs(p.format(**words), value, unknown) for p in section["paragraphs"]]
        paragraphs += [(Run(p),) for p in (typed or {}).get(section["number"], "").splitlines() if p.strip()]
        made.append(Written(section["number"], section["title"].format(**words), tuple(paragraphs)))
    return tuple(made)


def _runs(text: str, value: Callable[[Asked], Decimal | None], unknown: str) -> tuple[Run, ...]:
    runs, last = [], 0
    for m in _MARK.finditer(text):
        if m.start() > last:
            runs.append(Run(text[last : m.start()]))
        question, shape = _asked(m[1]), (m[2] or "").strip()
        figure = value(question)
        if shape.startswith("%"):
            whole = value(_asked(shape[1:]))
            shown = unknown if figure is None or whole is None else share(figure, whole)
        else:
            shown = unknown if figure is None else plain(figure)
        runs.append(Run(shown, question))
        last = m.end()
    if last < len(text):
        runs.append(Run(text[last:]))
    return tuple(runs)


def frozen(section: Written) -> dict[str, Any]:
    """A section as kept with a filed report, each figure beside the question it answers."""
    runs = [[[r.text, r.asked and [r.asked.counter, r.asked.where]] for r in p] for p in section.paragraphs]
    return {"number": section.number, "title": section.title, "paragraphs": runs}


def thawed(kept: dict[str, Any]) -> Written:
    """A section as it was when its report was filed."""

    def run(text: str, asked: list[Any] | None) -> Run:
        return Run(text, Asked(asked[0], tuple((k, v) for k, v in asked[1])) if asked else None)

    return Written(
        kept["number"], kept["title"], tuple(tuple(run(*r) for r in p) for p in kept["paragraphs"])
    )
