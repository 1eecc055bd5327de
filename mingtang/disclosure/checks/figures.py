"""Figures in Chinese prose: a number with its unit, the label before it, how exactly it is printed."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cache
from typing import NamedTuple

from mingtang.disclosure.checks import numerals
from mingtang.disclosure.checks.marking import sentences
from mingtang.disclosure.checks.types import Line, Reading

UNITS = (
    "人次|件次|件|条|项|个|次|人|名|篇|期|份|起|宗|家|户|套|册|场|批|部|类|处|例|卷|页|辆|台|所|座|只|头|公顷|亩"
    "|平方公里|平方米|公里|千米|米|吨|千瓦时|元"
)
# 万 and 亿 before a unit, or alone before 元; digits grouped by commas; no date, article, rank or paper number.
QUANTITY = re.compile(
    r"(?<![\d.．第〔\[\-/～~至—A-Za-z])(?<!\d[:：])(?P<number>\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d++(?:\.\d++)?+)\s?(?P<approx>余|多|几)?"
    rf"(?P<scale>万|亿|千万|百万)?\s?(?P<after>余|多)?(?P<unit>{UNITS})(?!百分点|工作日|月|小时|年|[/／]|部分[：:]|方面|季度|部门|单位)"
)
PERCENT = re.compile(r"(?<![\d.．\-])(?P<number>\d+(?:\.\d+)?)\s?[%％](?!\s?[-—~～至])")
# Where a figure may begin: found fast, so that the long pattern is tried there only.
DIGITS = re.compile(r"\d+")
SIGN = re.compile(r"[%％]")
ABOUT = re.compile(
    r"(?:约|近|超过|超|逾|达到近|不少于|不低于|不超过|至少|最多|每|各|人均|户均|平均|均为|均|第|同|共计约|大约|左右各)\s?(?:为|达|约)?\s?$"
)
# What a match of ABOUT can end in.
ABOUT_ENDS = frozenset("约近过超逾于少多每各均为第同达")
HALF = Decimal("0.5")
SCALES = {None: 1, "": 1, "万": 10_000, "亿": 100_000_000, "千万": 10_000_000, "百万": 1_000_000}
MEASURED = frozenset({"元", "吨", "亩", "公顷", "米", "千米", "公里", "平方米", "平方公里", "千瓦时"})
SAME = {"名": "人", "宗": "件", "起": "件", "元": "元"}


class Quantity(NamedTuple):
    """A counted or measured figure. ``value`` in plain units; ``half`` is half of the last printed place."""

    value: Decimal
    half: Decimal
    unit: str
    start: int
    end: int
    printed: str
    about: bool

    @property
    def whole(self) -> bool:
        """Is the figure a count, so that sums must fit exactly?"""
        return self.half <= HALF and self.unit not in MEASURED


class Share(NamedTuple):
    """A percentage as printed; ``places`` after the decimal point."""

    value: Decimal
    places: int
    start: int
    end: int
    printed: str

    @property
    def half(self) -> Decimal:
        """Half of the last printed place, in percentage points."""
        return _half(self.places, 1)


@cache
def _half(places: int, scale: int) -> Decimal:
    """Half of the last printed place."""
    return Decimal(5).scaleb(-places - 1) * scale


def _about(text: str, at: int) -> bool:
    """Does 约, 超过, 每 … stand right before?"""
    last = text[at - 1 : at]
    if last.isspace():
        last = text[at - 2 : at - 1]
    return last in ABOUT_ENDS and ABOUT.search(text, max(0, at - 8), at) is not None


def _matches(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """What QUANTITY finds, one after another."""
    for run in DIGITS.finditer(text, start, end):
        if run.start() >= start and (match := QUANTITY.match(text, run.start(), end)) is not None:
            yield match
            start = match.end()


def quantities(text: str, start: int = 0, end: int | None = None) -> list[Quantity]:
    """Every figure with a unit in a stretch of text, in order."""
    found = []
    stop = len(text) if end is None else end
    for match in _matches(text, start, stop):
        number, approx, scaled, after, unit = match.group("number", "approx", "scale", "after", "unit")
        if not number.isdigit():
            number = number.replace(",", "").replace("，", "")
        scale, places = SCALES[scaled], len(number.partition(".")[2])
        at, behind = match.span()
        about = bool(approx or after) or _about(text, at)
        found.append(
            Quantity(
                Decimal(number) if scale == 1 else Decimal(number) * scale,
                _half(places, scale),
                SAME.get(unit, unit),
                at,
                behind,
                match[0],
                about or text.startswith(("以上", "以下", "左右", "之多"), behind),
            )
        )
    spelt = [
        Quantity(Decimal(value), HALF, SAME.get(m["unit"], m["unit"]), m.start(), m.end(), m[0],
                 _about(text, m.start()) or text.startswith(("以上", "左右"), m.end()))
        for value, m in numerals.counts(text, start, stop)
    ]  # fmt: skip
    return sorted([*found, *spelt], key=lambda q: q.start) if spelt else found


def shares(text: str, start: int = 0, end: int | None = None) -> list[Share]:
    """Every percentage in a stretch of text, in order."""
    stop = len(text) if end is None else end
    return [
        Share(Decimal(m["number"]), len(m["number"].partition(".")[2]), m.start(), m.end(), m[0])
        for sign in SIGN.finditer(text, start, stop)
        if (m := PERCENT.match(text, _number_before(text, start, sign.start()), stop)) is not None
    ]


def _number_before(text: str, start: int, at: int) -> int:
    """Where the number before a sign begins."""
    if at > start and text[at - 1].isspace():
        at -= 1
    while at > start and (text[at - 1] == "." or text[at - 1].isdecimal()):
        at -= 1
    return at


@dataclass(frozen=True, slots=True)
class Figured:
    """A line of prose with its figures, shares and sentences, taken apart once for all checks.

    A line of more than WINDOW characters (whole reports come in one line) is several of these, each with the
    sentences from ``start`` to ``end``; places always count from the line's beginning.
    """

    line: Line
    quantities: list[Quantity]
    shares: list[Share]
    sentences: list[tuple[int, int]]
    start: int
    end: int


class _Last(threading.local):
    """The reading taken apart last: the checks of numbers ask for the same one in turn."""

    reading: Reading | None = None
    rows: list[Figured] = []


_last = _Last()
WINDOW = 20_000
# A blank line and a heading may stand between two paragraphs.
NEXT_LINE = 4
DIGIT = re.compile(r"\d|[二三四五六七八九十百千][件条份篇期场宗起]")


def figured(reading: Reading) -> list[Figured]:
    """The prose lines of a reading that hold a figure with a unit or a percentage."""
    if _last.reading is not reading:
        rows = []
        for line in reading.prose:
            if DIGIT.search(line.text) is None:
                continue
            for bounds in _windows(line.text):
                start, end = bounds[0][0], bounds[-1][1]
                found, rates = quantities(line.text, start, end), shares(line.text, start, end)
                if found or rates:
                    rows.append(Figured(line, found, rates, bounds, start, end))
        _last.reading, _last.rows = reading, rows
    return _last.rows


def above(rows: list[Figured], at: int) -> list[Quantity]:
    """The figures of the last two sentences with figures in the line that stands right over row ``at``.

    A total may close the paragraph above the one that lists its parts. Their places are those of their own line.
    """
    if at == 0 or rows[at].start or not 0 < rows[at].line.no - rows[at - 1].line.no <= NEXT_LINE:
        return []
    over = rows[at - 1]
    told = [(a, b) for a, b in over.sentences if any(a <= q.start < b for q in over.quantities)]
    return [q for q in over.quantities if q.start >= told[-2:][0][0]] if told else []


def _windows(text: str) -> Iterator[list[tuple[int, int]]]:
    """Sentences in groups of about WINDOW characters; a sentence longer than that is cut."""
    group: list[tuple[int, int]] = []
    for a, b in sentences(text):
        for start in range(a, b, WINDOW):
            end = min(b, start + WINDOW)
            if group and end - group[0][0] > WINDOW:
                yield group
                group = []
            group.append((start, end))
    if group:
        yield group


def forget() -> None:
    """Let go of the reading taken apart last."""
    _last.reading, _last.rows = None, []


def rounded(value: Decimal, places: int) -> Decimal:
    """Rounded half up, as offices do (GB/T 8170 would round half to even; published shares do not)."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def cut(value: Decimal, places: int) -> Decimal:
    """Truncated."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_DOWN)


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """part / whole in per cent."""
    return part * 100 / whole


def feasible(share: Share, base: int) -> bool:
    """Is there a whole number k with k / base printed as this share?"""
    guess = int((share.value * base / 100).to_integral_value())
    return any(rounded(percent(Decimal(k), Decimal(base)), share.places) == share.value for k in range(max(0, guess - 1), min(base, guess + 1) + 1))  # fmt: skip


def neighbours(share: Share, base: int) -> tuple[Decimal, Decimal]:
    """The printable shares just below and above."""
    low = int(share.value * base / 100)
    return tuple(rounded(percent(Decimal(k), Decimal(base)), share.places) for k in (low, min(base, low + 1)))  # type: ignore[return-value]


def plain(value: Decimal) -> str:
    """A Decimal without exponent and trailing noughts."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
