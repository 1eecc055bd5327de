"""Changes that a sentence states in full: now, before and the difference; rates from and to, and their points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from mingtang.disclosure.checks import bases, growth
from mingtang.disclosure.checks.figures import Figured, Quantity, Share, figured, percent, plain, rounded
from mingtang.disclosure.checks.marking import ACCURATE as BASIS
from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading

# Behind the words of growth the bare ones: 增8件, 降8件.
UP, DOWN = f"{growth.UP}|增", f"{growth.DOWN}|降"
LAST = r"(?:上一?年度?|去年|20\d\d年度?)(?:同期|全年)?"
# 47件，比上年的39件增加8件
NOW_BEFORE = re.compile(
    rf"[，,、（(；]?\s?[^，。；;,\d]{{0,6}}?(?:[比较]|相比|同比){LAST}[^，。；;,、\d]{{0,8}}?[（(]?\s?"
)
DIFFERENCE = re.compile(rf"[）)]?[，,]?[^，。；;,\d]{{0,5}}?(?P<way>{UP}|{DOWN})了?\s?")
# 由39件增加到47件，增加8件
FROM = re.compile(r"(?:由|从)(?:[^，。；;,]|(?<=\d),(?=\d)){0,18}$")
UP_TO = re.compile(rf"[^，。；;,\d]{{0,6}}?(?P<way>{UP}|{DOWN})[^，。；;,\d]{{0,2}}?[到至为]\s?")
RATE = re.compile(
    rf"[，,、（(；]?[^，。；;,\d]{{0,8}}?(?P<way>{UP}|{DOWN}|{growth.NAMED}|{growth.FALL})(?:[了约为是]|达到?)?\s?"
)
# Without one of these nothing is compared.
COMPARES = re.compile(r"[比较由从]")
# 42场，同比增长16.7%（上年36场）
BRACKETED = re.compile(rf"\s?[（(]{LAST}[^，。；;,、\d]{{0,8}}$")
COMPARED_RATE = re.compile(
    rf"[，,、（(；]?[^，。；;,\d]{{0,4}}?(?:同比|[比较]{LAST}[^，。；;,\d]{{0,4}}?)(?P<way>{UP}|{DOWN})[了约]?\s?"
)
CLOSED = re.compile(r"\s?[）)]")
POINTS = re.compile(
    rf"(?:(?:由|从)[^，。；;,\d]{{0,10}}(?P<old>\d+(?:\.\d+)?)[%％][^，。；;,\d]{{0,8}}[到至为]\s?(?P<new>\d+(?:\.\d+)?)[%％]"
    rf"|(?P<now>\d+(?:\.\d+)?)[%％][，,]?[^，。；;,\d]{{0,4}}[比较]{LAST}(?:的|为)?[（(]?(?P<before>\d+(?:\.\d+)?)[%％][）)]?)"
    rf"[，,]?[^，。；;,\d]{{0,8}}?(?P<way>{UP}|{DOWN})了?\s?(?P<points>\d+(?:\.\d+)?)\s?个百分点"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A change told in full: 47件，比上年的39件增加8件."""

    row: Figured
    now: Quantity
    before: Quantity
    difference: Quantity
    up: bool


def differences(reading: Reading) -> Iterator[Finding]:
    """47件，比上年的39件增加8件: the difference is now less before; it may stand before the total it leads to."""
    for told in _told(reading):
        yield from _difference(told)
    for row in figured(reading):
        for before, difference, now, up in bases.reached(row):
            if before is not None and all(q.whole for q in (before, difference, now)):
                yield from _difference(Told(row, now, before, difference, up))


def growth_rates(reading: Reading) -> Iterator[Finding]:
    """Rates that stand with both their figures; behind a difference told in full, with the figures themselves."""
    yield from growth.growth_rates(reading)
    for told in _told(reading):
        yield from _rate_behind(told)
    for grown in bases.grown(figured(reading)):
        if grown.before is not None:
            yield from _rate(grown.row.line, grown.now, grown.before, grown.rate, grown.up)
        elif grown.difference is not None:
            line, now, difference = grown.row.line, grown.now, grown.difference
            yield from growth.by_difference(line, now, difference, grown.rate, grown.up)


def _told(reading: Reading) -> Iterator[Told]:
    for row in figured(reading):
        if len(row.quantities) < 3 or COMPARES.search(row.line.text, row.start, row.end) is None:
            continue
        found = row.quantities
        for first, second, third in zip(found, found[1:], found[2:], strict=False):
            pair = _now_and_before(row, first, second)
            if pair is None or not _alike(first, second, third) or not _one_sentence(row, first, third):
                continue
            step = DIFFERENCE.fullmatch(row.line.text, second.end, third.start)
            if step is None or not all(q.whole for q in (first, second, third)):
                continue
            yield Told(row, *pair, third, step["way"] in UP.split("|"))


def _alike(*figures: Quantity) -> bool:
    return len({q.unit for q in figures}) == 1 and not any(q.about for q in figures)


def _one_sentence(row: Figured, first: Quantity, last: Quantity) -> bool:
    return any(start <= first.start and last.end <= end for start, end in row.sentences)


def _now_and_before(row: Figured, first: Quantity, second: Quantity) -> tuple[Quantity, Quantity] | None:
    text = row.line.text
    if NOW_BEFORE.fullmatch(text, first.end, second.start):
        return first, second
    if UP_TO.fullmatch(text, first.end, second.start) and FROM.search(text, max(0, first.start - 20), first.start):  # fmt: skip
        return second, first
    return None


def _difference(told: Told) -> Iterator[Finding]:
    line, now, before, third, up = told.row.line, told.now, told.before, told.difference, told.up
    right = now.value - before.value
    if right == (third.value if up else -third.value):
        return
    span = place(line, min(now.start, before.start), max(now.end, third.end))
    word, said = ("增加" if right >= 0 else "减少"), ("增加" if up else "减少")
    yield finding(
        "sum.change", "error", span, f"{now.printed}比 {before.printed} {word} {plain(abs(right))}，写的是{said} {third.printed}",
        figures=(now.printed, before.printed, third.printed),
        relation=f"{plain(now.value)} - {plain(before.value)} = {plain(right)}", suggestion="请核对本年数、上年数和增减数",
    )  # fmt: skip


def _rate_behind(told: Told) -> Iterator[Finding]:
    """The rate right behind a difference, against the two figures themselves."""
    row, now, before, at = told.row, told.now, told.before, told.difference.end
    rate = next((s for s in row.shares if s.start >= at), None)
    step = RATE.fullmatch(row.line.text, at, rate.start) if rate is not None else None
    if rate is not None and step is not None:
        yield from _rate(row.line, now, before, rate, step["way"] in f"{UP}|{growth.NAMED}".split("|"))


def _rate(
    line: Line, now: Quantity, before: Quantity, rate: Share, up: bool, code: str = "share.growth"
) -> Iterator[Finding]:
    if before.value <= 0:
        return
    right = rounded(percent(now.value - before.value, before.value), rate.places)
    shown = rate.value if up else -rate.value
    loose = [Decimal(0) if q.whole else q.half for q in (now, before)]
    low = percent(now.value - loose[0], before.value + loose[1]) - 100 - rate.half
    high = percent(now.value + loose[0], max(before.value - loose[1], Decimal("0.0001"))) - 100 + rate.half
    if right == shown or (any(loose) and low <= shown <= high):
        return
    span = place(line, min(now.start, before.start), max(rate.end, before.end))
    word, said = ("增长" if right >= 0 else "下降"), ("增长" if up else "下降")
    yield finding(
        code, "error", span, f"按 {now.printed} 和 {before.printed} 计算应{word} {plain(abs(right))}%，写的是{said} {rate.printed}",
        figures=(now.printed, before.printed, rate.printed), relation=f"变化率 = {right}%", suggestion="请核对两个数和百分比",
    )  # fmt: skip


def bracketed_years(reading: Reading) -> Iterator[Finding]:
    """42场，同比增长16.7%（2016年为36场）: the year before stands in brackets behind the rate."""
    for row in figured(reading):
        text = row.line.text
        if not row.shares or growth.COMPARES.search(text, row.start, row.end) is None:
            continue
        for rate in row.shares:
            before = next((q for q in row.quantities if q.start >= rate.end), None)
            now = next((q for q in reversed(row.quantities) if q.end <= rate.start), None)
            if now is None or before is None or not _alike(now, before):
                continue
            way = COMPARED_RATE.fullmatch(text, now.end, rate.start)
            if way and BRACKETED.fullmatch(text, rate.end, before.start) and CLOSED.match(text, before.end):
                yield from _rate(row.line, now, before, rate, way["way"] in UP.split("|"), "share.bracketed")


def points(reading: Reading) -> Iterator[Finding]:
    """由98.5%提高到99.8%，提高1.3个百分点: the points are the difference of the two rates."""
    for row in figured(reading):
        if len(row.shares) < 2 or "百分点" not in row.line.text:
            continue
        for match in POINTS.finditer(row.line.text, row.start, row.end):
            new, old = (Decimal(match[a] or match[b]) for a, b in (("new", "now"), ("old", "before")))
            told = Decimal(match["points"])
            if new - old != (told if match["way"] in UP.split("|") else -told):
                yield _points(row.line, match, new, old)


def _points(line: Line, match: re.Match[str], new: Decimal, old: Decimal) -> Finding:
    right = new - old
    word = "提高" if right >= 0 else "降低"
    return finding(
        "share.points", "error", place(line, match.start(), match.end()),
        f"从 {plain(old)}% 到 {plain(new)}% 是{word} {plain(abs(right))} 个百分点，写的是{match['way']} {match['points']} 个百分点",
        figures=(f"{old}%", f"{new}%", f"{match['points']}个百分点"), relation=f"{plain(new)} - {plain(old)} = {plain(right)}",
        suggestion="请核对两个比率和百分点数",
    )  # fmt: skip


CHECKS = (
    Check("sum.change", "增减数等于本年数减上年数", BASIS, "error", differences,
          bad="全年收到申请47件，比上年的39件增加7件。", good="全年收到申请47件，比上年的39件增加8件，增长20.5%。"),
    Check("share.growth", "增长率与前后两个数相符", BASIS, "error", growth_rates,
          bad="主动公开信息由200条增加到250条，增长30%。", good="主动公开信息由200条增加到250条，增长25%。"),
    Check("share.bracketed", "增长率与括号里的上年数相符", BASIS, "error", bracketed_years,
          bad="召开新闻发布会42场，同比增长16.7%（2016年为38场）。", good="召开新闻发布会42场，同比增长16.7%（2016年为36场）。"),
    Check("share.points", "百分点数等于两个比率之差", BASIS, "error", points,
          bad="按时办结率由98.5%提高到99.8%，提高1.2个百分点。", good="按时办结率由98.5%提高到99.8%，提高1.3个百分点。"),
)  # fmt: skip
