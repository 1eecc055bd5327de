"""Growth in prose: now, before, difference and rate, as far as the sentence gives them, must agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from mingtang.disclosure.checks.figures import Quantity, Share, plain, quantities, rounded, shares
from mingtang.disclosure.checks.marking import finding, place, sentences
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading

BASIS = "《政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息"
UP = "增长|增加|上升|提高|提升|多|上涨"
DOWN = "下降|减少|降低|减|少|下跌"
# 由A增加到B，增长p%
FROM_TO = re.compile(rf"[由从](?P<a>[^，。；;,]{{0,16}}?)(?P<mid>(?:{UP}|{DOWN})[^，。；;,\d]{{0,3}}[到至])$")
RATE = re.compile(rf"[，,（(]?[^，。；;,\d]{{0,8}}?(?P<way>{UP}|{DOWN})[了约]?\s?$")
# A，比上年的B增长p%
AGAINST = re.compile(r"[，,、（(]?[^，。；;,\d]{0,6}[比较][^，。；;,]{0,12}$")
# A，比上年增加D，增长p%
CHANGED = re.compile(
    rf"[，,（(][^，。；;,\d]{{0,6}}[比较](?:上年|去年|上一年|\d{{4}}年)(?:同期|度)?[^，。；;,\d]{{0,6}}?(?P<way>{UP}|{DOWN})了?\s?$"
)
DECIMAL_100 = Decimal(100)


def growth_rates(reading: Reading) -> Iterator[Finding]:
    """Every rate whose two figures, or figure and difference, stand before it in the sentence."""
    for line in reading.prose:
        text = line.text
        if ("%" not in text and "％" not in text) or not re.search(f"{UP}|{DOWN}", text):
            continue
        found, rates = quantities(text), shares(text)
        for start, end in sentences(text):
            inside = [q for q in found if start <= q.start < end and not q.about]
            for rate in rates:
                if start <= rate.start < end:
                    yield from _rate(line, inside, rate)


def _rate(line: Line, inside: list[Quantity], rate: Share) -> Iterator[Finding]:
    before = [q for q in inside if q.end <= rate.start][-2:]
    if len(before) < 2 or before[0].unit != before[1].unit:
        return
    first, second = before
    text = line.text
    tail, gap = text[second.end : rate.start], text[first.end : second.start]
    way = RATE.fullmatch(tail)
    if way is None:
        return
    up = way["way"] in UP.split("|")
    if FROM_TO.search(text[max(0, first.start - 2) : second.start]):
        old, new = first, second
    elif (changed := CHANGED.fullmatch(gap)) is not None and changed["way"] in (UP if up else DOWN).split(
        "|"
    ):
        yield from _by_difference(line, first, second, rate, up)
        return
    elif AGAINST.fullmatch(gap) and re.search(r"上年|去年|20\d\d年|同期", gap):
        old, new = second, first
    else:
        return
    low = (
        (new.value - new.half) / (old.value + old.half)
        if not new.whole
        else new.value / old.value
        if old.value
        else None
    )
    if low is None or old.value <= 0:
        return
    high = (new.value + new.half) / max(old.value - old.half, Decimal("0.0001")) if not new.whole else low
    yield from _compared(line, old, new, rate, up, (low - 1) * DECIMAL_100, (high - 1) * DECIMAL_100)


def _by_difference(
    line: Line, new: Quantity, difference: Quantity, rate: Share, up: bool
) -> Iterator[Finding]:
    old = new.value - difference.value if up else new.value + difference.value
    if old <= 0:
        return
    loose = Decimal(0) if new.whole else new.half + difference.half
    low = (difference.value - loose) / (old + loose) * DECIMAL_100
    high = (difference.value + loose) / max(old - loose, Decimal("0.0001")) * DECIMAL_100
    if not up:
        low, high = -high, -low
    yield from _compared(line, new, difference, rate, up, low, high)


def _compared(
    line: Line, a: Quantity, b: Quantity, rate: Share, up: bool, low: Decimal, high: Decimal
) -> Iterator[Finding]:
    """Is the printed rate within what the figures allow, their own rounding counted in?"""
    shown = rate.value if up else -rate.value
    if low - rate.half <= shown <= high + rate.half:
        return
    right = rounded((low + high) / 2, rate.places)
    word = "增长" if right >= 0 else "下降"
    yield finding(
        "share.growth", "error", place(line, min(a.start, b.start), rate.end),
        f"按 {a.printed} 和 {b.printed} 计算应{word} {plain(abs(right))}%，写的是{'增长' if up else '下降'} {rate.printed}",
        figures=(a.printed, b.printed, rate.printed), relation=f"变化率 = {right}%",
        suggestion="请核对两个数和百分比",
    )  # fmt: skip


CHECKS = (
    Check("share.growth", "增长率与前后两个数相符", BASIS, "error", growth_rates,
          bad="主动公开信息由200条增加到250条，增长30%。", good="主动公开信息由200条增加到250条，增长25%。"),
)  # fmt: skip
