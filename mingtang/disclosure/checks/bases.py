"""Growth told the other way round: the difference before its total, or last year's figure in an earlier sentence."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from mingtang.disclosure.checks.figures import Figured, Quantity, Share
from mingtang.disclosure.checks.growth import COMPARES, DOWN, FALL, NAMED, UP

LAST = r"(?:上一?年度?|去年|20\d\d年度?)(?:同期|全年)?"
# 比上年增加32件, 同比减少8件: what stands before the difference.
MORE = re.compile(rf"(?:同比|[比较]{LAST}[^，。；;,\d]{{0,4}}?)(?P<way>{UP}|{DOWN})了?\s?$")
# 比上年的150件增加32件: last year's figure before the difference.
AGAINST = re.compile(rf"[比较]{LAST}[^，。；;,、\d]{{0,8}}?[（(]?\s?$")
STEP = re.compile(rf"[）)]?[，,]?[^，。；;,\d]{{0,5}}?(?P<way>{UP}|{DOWN})了?\s?")
# ，达到192件
REACHED = re.compile(
    rf"[，,、]\s?[^，。；;,\d]{{0,8}}?(?:达到?了?|[升增降减]至|(?:{UP}|{DOWN})[到至]|总[数量]为|合计为|共计|累计达?到?)\s?"
)
RATE = re.compile(
    rf"[，,、（(]?(?:[比较与]20\d\d年度?)?[^，。；;,\d]{{0,8}}?(?P<way>{UP}|{DOWN}|{NAMED}|{FALL})(?:[了约为是]|达到?)?\s?"
)
YEAR = re.compile(r"(20\d\d)年")
BEFORE = re.compile(r"上一?年度?|去年")
# What a label says of time and sum, and not of its subject.
TIMES = re.compile(
    r"20\d\d年度?|上一?年度?|去年|今年|本年度?|当年|全年|同期|年度|年内|共计|总计|累计|合计|[共为达]到?|数量|总数"
)
CLAUSE = re.compile(r"[，,、；;：:。！？（(]")
MOST_SENTENCES = 2
MOST_FIGURES = 20
NEAR = 24


@dataclass(frozen=True, slots=True)
class Grown:
    """A rate with the two figures it speaks of; ``before`` None: it is ``now`` less (or more) the ``difference``."""

    row: Figured
    now: Quantity
    rate: Share
    up: bool
    before: Quantity | None = None
    difference: Quantity | None = None


START = attrgetter("start")


def _rate_from(row: Figured, start: int, end: int) -> Share | None:
    """The first rate in [start, end)."""
    at = bisect_left(row.shares, start, key=START)
    return row.shares[at] if at < len(row.shares) and row.shares[at].start < end else None


def _counted(row: Figured, start: int, end: int) -> list[Quantity]:
    """The figures that begin in [start, end)."""
    found = row.quantities
    return found[bisect_left(found, start, key=START) : bisect_left(found, end, key=START)]


def reached(row: Figured) -> Iterator[tuple[Quantity | None, Quantity, Quantity, bool]]:
    """(last year's figure if told, difference, total, up): 比上年的150件增加32件，达到192件."""
    text, found = row.line.text, row.quantities
    if COMPARES.search(text, row.start, row.end) is None:
        return
    for at, (difference, now) in enumerate(pairwise(found)):
        if difference.unit != now.unit or difference.about or now.about:
            continue
        rate = _rate_from(row, difference.end, now.start)
        if REACHED.fullmatch(text, rate.end if rate else difference.end, now.start) is None:
            continue
        if rate is not None and RATE.fullmatch(text, difference.end, rate.start) is None:
            continue
        last = found[at - 1] if at else None
        step = STEP.fullmatch(text, last.end, difference.start) if last is not None else None
        if last is not None and step and AGAINST.search(text, max(row.start, last.start - NEAR), last.start):
            if last.unit == now.unit and not last.about:
                yield last, difference, now, step["way"] in UP.split("|")
        elif more := MORE.search(text, max(row.start, difference.start - NEAR), difference.start):
            yield None, difference, now, more["way"] in UP.split("|")


def reached_rates(row: Figured) -> Iterator[Grown]:
    """The rate beside a difference that stands before its total: 比上年增加32件，达到192件，增长20%."""
    text = row.line.text
    for before, difference, now, up in reached(row) if row.shares else ():
        rate = _rate_from(row, difference.end, row.end)
        after = max(difference.end, now.end) if rate is not None and rate.start > now.end else difference.end
        step = RATE.fullmatch(text, after, rate.start) if rate is not None else None
        if rate is not None and step and (step["way"] in f"{UP}|{NAMED}".split("|")) == up:
            yield Grown(row, now, rate, up, before, difference)


def earlier_bases(row: Figured) -> Iterator[Grown]:
    """The rate whose base an earlier sentence gives: 2016年收到申请160件。2017年收到申请192件，增长20%."""
    if len(row.quantities) < 2 or len(row.sentences) < 2:
        return
    text, at = row.line.text, 0
    for rate in row.shares:
        while row.sentences[at][1] <= rate.start:
            at += 1
        start = row.sentences[at][0]
        here = _counted(row, start, rate.start)
        if at == 0 or len(here) != 1 or here[0].about:
            continue
        now, step = here[0], RATE.fullmatch(text, here[0].end, rate.start)
        if step is None:
            continue
        base = _base(row, at, now, text[now.end : rate.start])
        if base is not None:
            yield Grown(row, now, rate, step["way"] in f"{UP}|{NAMED}".split("|"), base)


def _base(row: Figured, at: int, now: Quantity, gap: str) -> Quantity | None:
    """The one figure of the sentences before that is the same subject's, of the year before."""
    text = row.line.text
    subject, start = _subject(text, row.sentences[at][0], now), row.sentences[at][0]
    years = YEAR.findall(text[start : now.start])
    against = YEAR.findall(gap)
    found = []
    for first, last in row.sentences[max(0, at - MOST_SENTENCES) : at]:
        for q in _counted(row, first, last)[:MOST_FIGURES]:
            if q.unit != now.unit or q.about or q.value <= 0:
                continue
            if _subject(text, first, q) == subject and _year_before(text[first : q.start], years, against):
                found.append(q)
    return found[0] if len(found) == 1 and len(subject) > 1 else None


def _subject(text: str, start: int, quantity: Quantity) -> str:
    """What a figure counts: the words right before it without its year and its 共."""
    label = CLAUSE.split(text[max(start, quantity.start - 40) : quantity.start])[-1]
    return TIMES.sub("", label).strip()


def _year_before(said: str, years: list[str], against: list[str]) -> bool:
    """Is what the earlier sentence says of time the year before the later one's?"""
    told = YEAR.findall(said)
    if not told:
        return bool(BEFORE.search(said)) and not against
    wanted = against or [str(int(year) - 1) for year in years]
    return len(set(told)) == 1 and len(set(wanted)) == 1 and told[0] == wanted[0]


def grown(rows: list[Figured]) -> Iterator[Grown]:
    """Both ways, over all rows."""
    for row in rows:
        if row.shares and row.quantities:
            yield from reached_rates(row)
            yield from earlier_bases(row)
