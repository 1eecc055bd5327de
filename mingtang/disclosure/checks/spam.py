"""Gambling and indecent advertising that hijackers plant in official pages, in plain sight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ahocorasick

from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.organs import hosts, impostors
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading
from mingtang.law.api import read_yaml

LIST = Path(__file__).parent / "lists" / "spam.yaml"
BASIS = "《政府网站与政务新媒体检查指标》（国办秘函〔2019〕19号）：出现反动、暴力、色情等内容的单项否决"
# Where a page says who published, sent or wrote it; what follows is a name.
PUBLISHER = re.compile(
    r"(?:来源|发布机构|发布单位|发布者|发布人|作者|编辑|编审|供稿|供稿单位|撰稿|稿件提供|主办单位|主办|承办单位|承办|技术支持|版权所有|文章出处|出处|转自|转载自)"
    r"\s?[：:]\s?(?P<name>[^\s：:|，,。；;（）()©]{2,30})"
)
# Characters around a word in which a clause that fights the thing is looked for, and in which a second word counts.
AROUND = 60
MOST_SHOWN = 12
CLAUSE_END = re.compile(r"[，。；;！？!?、：]")
FAR = 40
# The end of an address: looked for first, for the pattern of addresses is long.
DOTTED = re.compile(r"\.[A-Za-z]{2}")


@dataclass(frozen=True, slots=True)
class Spot:
    """A planted word or address; ``strong``: it needs no other beside it."""

    line: Line
    start: int
    word: str
    strong: bool


@cache
def _brands() -> tuple[ahocorasick.Automaton, re.Pattern[str]]:
    """Brands and words that no publisher is named by, in one pass; names of organs that hold one all the same."""
    lists = read_yaml(LIST)
    machine = ahocorasick.Automaton()
    for word in (*lists["brands"], *lists["always"]):
        machine.add_word(word, word)
    machine.make_automaton()
    return machine, re.compile(lists["publishers_fine"])


def _publishers(line: Line) -> Iterator[Spot]:
    """Brands of gambling and pornographic sites where an organ should be named: 来源：一本道视频."""
    if "：" not in line.text and ":" not in line.text:
        return
    machine, fine = _brands()
    for match in PUBLISHER.finditer(line.text):
        name = match["name"]
        if fine.search(name):
            continue
        for end, word in machine.iter_long(name):
            yield Spot(line, match.start("name") + end - len(word) + 1, word, True)


@cache
def _lists() -> tuple[ahocorasick.Automaton, re.Pattern[str], re.Pattern[str]]:
    """All words in one pass (each with: is it a strong one?), words of a text that fights them, addresses."""
    lists = read_yaml(LIST)
    machine = ahocorasick.Automaton()
    for kind in ("weak", "always"):
        for word in lists[kind]:
            machine.add_word(word, (word, kind == "always"))
    machine.make_automaton()
    return machine, re.compile(lists["fought"]), re.compile(lists["address"], re.IGNORECASE)


@cache
def _offered() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A thing beside the word that offers it; words of a clause that fights the thing."""
    lists = read_yaml(LIST)
    thing, offer = lists["things"], lists["offers"]
    return re.compile(rf"(?:{thing})[\u4e00-\u9fff\s·\-_|]{{0,4}}?(?:{offer})"), re.compile(lists["fights"])


def _offers(line: Line) -> Iterator[Spot]:
    """Advertisements in the midst of prose; only the clause they stand in can excuse them."""
    pattern, fights = _offered()
    for match in pattern.finditer(line.text):
        start = max((m.end() for m in CLAUSE_END.finditer(line.text, max(0, match.start() - FAR), match.start())), default=max(0, match.start() - FAR))  # fmt: skip
        end = CLAUSE_END.search(line.text, match.end(), match.end() + FAR)
        stop = end.start() if end else match.end() + FAR
        if not fights.search(line.text[start : match.start()] + line.text[match.end() : stop]):
            yield Spot(line, match.start(), match[0], True)


def _spots(line: Line) -> Iterator[Spot]:
    """Words and addresses of a line; a weak word only beside another one, none in a passage that fights them."""
    machine, fought, address = _lists()
    found = [
        Spot(line, end - len(word) + 1, word, strong) for end, (word, strong) in machine.iter_long(line.text)
    ]
    if DOTTED.search(line.text) is not None:
        found += [Spot(line, m.start(), m[0], True) for m in address.finditer(line.text)]
    found.sort(key=lambda spot: spot.start)
    for before, spot, after in zip([None, *found], found, [*found[1:], None], strict=False):
        near = any(n is not None and abs(n.start - spot.start) <= AROUND for n in (before, after))
        low, high = max(0, spot.start - AROUND), spot.start + len(spot.word) + AROUND
        if (spot.strong or near) and not fought.search(line.text, low, high):
            yield spot
    said = {(spot.start, spot.word) for spot in found if spot.strong}
    yield from (spot for spot in _publishers(line) if (spot.start, spot.word) not in said)
    yield from (spot for spot in _offers(line) if (spot.start, spot.word) not in said)


def planted(reading: Reading) -> Iterator[Finding]:
    """One finding for the whole text: where it begins, and every planted word and address."""
    spots = [spot for line in reading.lines for spot in _spots(line)]
    # A weak word beside weak words only is talk about lotteries unless three different ones stand there.
    words = {spot.word for spot in spots}
    if not spots or not (any(spot.strong for spot in spots) or len(words) > 2):
        return
    told = "".join(figure for f in (*impostors(reading), *hosts(reading)) for figure in f.figures)
    if all(word in told for word in words):
        return  # the organ's name was swapped: that finding names every place
    first = spots[0]
    yield finding(
        "organ.spam", "error", place(first.line, first.start, first.start + len(first.word)),
        f"文中出现赌博、色情类广告词句（{'、'.join(sorted(words)[:MOST_SHOWN])}），共 {len(spots)} 处，文本可能被篡改",
        figures=tuple(sorted(words)[:MOST_SHOWN]), relation="政府文本不含赌博、色情广告",
        suggestion="删去这些词句，核查文本来源和网站是否被入侵，以机关原稿为准",
    )  # fmt: skip


CHECKS = (
    Check("organ.spam", "没有赌博、色情广告", BASIS, "error", planted,
          bad="政府信息公开年度报告。彩票开奖结果，足球比分，请访问 www.bet365.com。", good="会同公安部门查处网络博彩案件3起，关闭足球比分类网站2个；发布彩票开奖结果。"),
)  # fmt: skip
