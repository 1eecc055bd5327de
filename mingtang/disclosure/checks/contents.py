"""The list of parts that a preface promises (全文包括……) against the headings that follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.outline import BASIS, Heading, headings
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading

LISTING = re.compile(
    r"(?:全文|本报告|报告|本年度报告|报告内容|全文内容|内容)(?:主要)?(?:共分|共|内容)?(?:包括|由以下|分为|由|包含|含)[^：:，,。、]{0,12}?[：:]?(?P<list>[\u4e00-\u9fff“][^。]{20,600}?)(?P<tail>等?(?:共?[一二三四五六七八九十\d]+个?(?:大)?部分|内容|方面)?(?:组成|构成)?)(?=[。\n]|$)"
)
BETWEEN = re.compile(r"(?<![0-9])[、,，;；]|和|以及|及|与")
# Atoms of one title at the most: 收费及减免情况, 复议、诉讼和举报情况 …
WIDEST = 6
MOST_ATOMS = 60
MOST_LISTS = 12


@dataclass(frozen=True, slots=True)
class _Pair:
    """A heading and the stretch of the list that stands for it ("" : none does)."""

    heading: Heading | None
    name: str


def contents(reading: Reading) -> Iterator[Finding]:
    """The parts named in the preface are the headings of the first level, in order."""
    tops = _tops(reading)
    if len(tops) < 3:
        return
    for line in reading.lines[:40]:
        if line.no > tops[0].line.no:
            return
        told = [(_bad(match, tops), match) for match in islice(_listings(line.text), MOST_LISTS)]
        told = [(bad, match) for bad, match in told if len(bad) * 2 <= len(tops)]
        if told:
            bad, match = min(told, key=lambda item: len(item[0]))
            if bad:
                yield _differing(line, match, bad)
            return


def _bad(match: re.Match[str], tops: list[Heading]) -> list[_Pair]:
    """Pairs that differ, when one list is held to the headings."""
    pairs = _aligned(match["list"], tops)
    # 包括……等内容: what comes last need not be named.
    while pairs and "等" in match["tail"] and "部分" not in match["tail"] and not pairs[-1].name:
        pairs.pop()
    return [p for p in pairs if p.heading is None or not _alike(p.name, p.heading.title)]


def _tops(reading: Reading) -> list[Heading]:
    """Headings of the first level, up to where the numbers begin anew (a table, an appendix)."""
    tops: list[Heading] = []
    for heading in (h for h in headings(reading) if h.level == 0):
        if tops and heading.number < tops[-1].number:
            break
        tops.append(heading)
    return tops


def _listings(text: str) -> Iterator[re.Match[str]]:
    """Every place a list may begin at, overlapping ones too: 本年度报告由……编制，全文包括……."""
    at = 0
    while (match := LISTING.search(text, at)) is not None:
        yield match
        at = match.start() + 1


def _aligned(text: str, tops: list[Heading]) -> list[_Pair]:
    """The list parted so that as many stretches as can be are the headings, in order: the cheapest pairing."""
    cuts = [(0, 0), *((m.start(), m.end()) for m in BETWEEN.finditer(text)), (len(text), len(text))][: MOST_ATOMS + 1]  # fmt: skip
    atoms = len(cuts) - 1
    best: dict[tuple[int, int], tuple[float, list[_Pair]]] = {(0, 0): (0.0, [])}
    for i in range(len(tops) + 1):
        for j in range(atoms + 1):
            if (i, j) not in best:
                continue
            cost, pairs = best[i, j]
            steps: list[tuple[int, int, float, _Pair]] = []
            if i < len(tops):
                steps.append((i + 1, j, 1.0, _Pair(tops[i], "")))
                for wide in range(1, min(WIDEST, atoms - j) + 1):
                    name = text[cuts[j][1] : cuts[j + wide][0]].strip('“”" 　')
                    price = 0.0 if _alike(name, tops[i].title) else 0.9 + 0.04 * wide
                    steps.append((i + 1, j + wide, price, _Pair(tops[i], name)))
            if j < atoms:
                steps.append((i, j + 1, 1.0, _Pair(None, text[cuts[j][1] : cuts[j + 1][0]])))
            for to_i, to_j, price, pair in steps:
                if (to_i, to_j) not in best or cost + price < best[to_i, to_j][0]:
                    best[to_i, to_j] = (cost + price, [*pairs, pair])
    return best[len(tops), atoms][1] if (len(tops), atoms) in best else []


def _alike(name: str, title: str) -> bool:
    bare = [re.sub(r"[\s“”\"、，,和与及的《》]|以及", "", t) for t in (name, title)]
    return bare[0] == bare[1] or (len(bare[0]) >= 4 and (bare[0] in bare[1] or bare[1] in bare[0]) and abs(len(bare[0]) - len(bare[1])) <= 2)  # fmt: skip


def _differing(line: Line, match: re.Match[str], bad: list[_Pair]) -> Finding:
    told = []
    for pair in bad:
        if pair.heading is None:
            told.append(f"前言写“{pair.name}”，没有这个标题")
        elif not pair.name:
            told.append(f"第 {pair.heading.line.no} 行标题“{pair.heading.title}”，前言没有列")
        else:
            told.append(f"前言写“{pair.name}”，第 {pair.heading.line.no} 行标题是“{pair.heading.title}”")
    figures = (text for p in bad for text in (p.name, p.heading.title if p.heading else "") if text)
    return finding(
        "text.contents", "warning", place(line, match.start("list"), match.end("list")), "前言所列的各部分与标题不一致：" + "；".join(told),
        figures=tuple(figures), relation="前言所列 = 各部分标题", suggestion="请统一前言和标题的写法",
    )  # fmt: skip


CHECKS = (
    Check("text.contents", "前言所列与标题一致", BASIS, "warning", contents,
          bad="全文包括总体情况，主动公开政府信息情况，依申请公开情况，下一年主要工作打算。\n一、总体情况\n甲。\n二、主动公开政府信息情况\n乙。\n三、依申请公开情况\n丙。\n四、下一年工作安排\n丁。",
          good="全文包括总体情况，主动公开政府信息情况，依申请公开情况，下一年工作安排。\n一、总体情况\n甲。\n二、主动公开政府信息情况\n乙。\n三、依申请公开情况\n丙。\n四、下一年工作安排\n丁。"),
)  # fmt: skip
