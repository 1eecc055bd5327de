"""Gambling and indecent advertising that hijackers plant in official pages, in plain sight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.organs import hosts, impostors
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading

LIST = Path(__file__).parent / "lists" / "spam.yaml"
BASIS = "《政府网站与政务新媒体检查指标》（国办秘函〔2019〕19号）：出现反动、暴力、色情等内容的单项否决"
# Characters around a word in which a clause that fights the thing is looked for, and in which a second word counts.
AROUND = 60
MOST_SHOWN = 12


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Strong words, weak words, words of a text that fights them, addresses."""
    lists = yaml.safe_load(LIST.read_text("utf-8"))
    always, weak = ("|".join(map(re.escape, lists[kind])) for kind in ("always", "weak"))
    address = re.compile(lists["address"], re.IGNORECASE)
    return re.compile(always), re.compile(weak), re.compile(lists["fought"]), address


def planted(reading: Reading) -> Iterator[Finding]:
    """One finding for the whole text: where it begins, and every planted word and address."""
    always, weak, fought, address = _patterns()
    spots: list[tuple[Line, re.Match[str]]] = []
    for line in reading.lines:
        strong = list(always.finditer(line.text))
        links = list(address.finditer(line.text)) if "." in line.text else []
        loose = list(weak.finditer(line.text))
        if not (strong or links or len(loose) > 1):
            continue
        near = [m.start() for m in (*strong, *links, *loose)]
        for match in (*strong, *links):
            if not _excused(line.text, match, fought):
                spots.append((line, match))
        for match in loose:
            alone = all(at == match.start() or abs(at - match.start()) > AROUND for at in near)
            if not alone and not _excused(line.text, match, fought):
                spots.append((line, match))
    # A weak word beside weak words only is talk about lotteries unless two different ones stand there.
    sure = [s for s in spots if always.search(s[1][0]) or address.fullmatch(s[1][0])]
    words = {match[0] for _, match in spots}
    if not spots or not (sure or len(words) > 2):
        return
    told = "".join(figure for f in (*impostors(reading), *hosts(reading)) for figure in f.figures)
    if words <= {word for word in words if word in told}:
        return  # the organ's name was swapped: that finding names every place
    line, match = spots[0]
    yield finding(
        "organ.spam", "error", place(line, match.start(), match.end()),
        f"文中出现赌博、色情类广告词句（{'、'.join(sorted(words)[:MOST_SHOWN])}），共 {len(spots)} 处，文本可能被篡改",
        figures=tuple(sorted(words)[:MOST_SHOWN]), relation="政府文本不含赌博、色情广告",
        suggestion="删去这些词句，核查文本来源和网站是否被入侵，以机关原稿为准",
    )  # fmt: skip


def _excused(text: str, match: re.Match[str], fought: re.Pattern[str]) -> bool:
    """Does the passage speak of fighting it?"""
    return bool(fought.search(text, max(0, match.start() - AROUND), match.end() + AROUND))


CHECKS = (
    Check("organ.spam", "没有赌博、色情广告", BASIS, "error", planted,
          bad="政府信息公开年度报告。彩票开奖结果，足球比分，请访问 www.bet365.com。", good="会同公安部门查处网络博彩案件3起，关闭足球比分类网站2个；发布彩票开奖结果。"),
)  # fmt: skip
