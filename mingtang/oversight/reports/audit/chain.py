"""This year's report against last year's: is it last year's, and did the main series fall without a word?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from mingtang.oversight.reports.audit.identity import Identity
from mingtang.oversight.reports.audit.reading import Finding, Place
from mingtang.oversight.reports.audit.stream import Stream

DROP = Decimal("0.20")
NUMBER = r"(\d[\d,]*)(余|多|来)?(?=[条件篇份])"
SERIES = (
    ("主动公开政府信息", re.compile(rf"主动公开(?:了)?(?:各类)?(?:的)?(?:政府)?信息(?:共|共计|总数|数|为|约)*{NUMBER}")),
    ("通过政府网站公开", re.compile(rf"(?:门户网站|政府网站|网站)[^。；\d]{{0,12}}?公开(?:了)?(?:各类)?(?:政府)?信息(?:共|共计|数|为|约)*{NUMBER}")),
    ("收到公开申请", re.compile(rf"(?:收到|受理|接收)[^。；\d]{{0,14}}?申请(?:共|共计|数|为)*{NUMBER}")),
)  # fmt: skip
REASON = re.compile(
    r"(?:下降|减少|降低|回落)[^。]{0,30}(?:主要|原因|由于|因为|因)|(?:主要|原因|由于|因为)[^。]{0,30}(?:下降|减少|降低)"
)


@dataclass(frozen=True)
class Stated:
    """A main series as the prose states it."""

    value: Decimal
    printed: str
    place: Place


def series(prose: Stream) -> dict[str, Stated]:
    """The first statement of each main series, in round numbers or not."""
    found: dict[str, Stated] = {}
    for name, pattern in SERIES:
        if match := pattern.search(prose.text):
            place = prose.place(match.start(1), match.end(1))
            found[name] = Stated(Decimal(match[1].replace(",", "")), match[1], place)
    return found


def succession(now: Identity, before: Identity) -> Finding | None:
    """Why the file given as last year's report cannot serve as such; None when it can."""
    if now.year is None or before.year is None or before.year == now.year - 1:
        if now.organ and before.organ and not _same_organ(now.organ, before.organ):
            return Finding(
                "chain.organ",
                "warning",
                now.place(),
                f"上年报告是“{before.organ}”的，本报告是“{now.organ}”的，没有核对两年的衔接。",
                (),
                "两年衔接：同一机关",
                "请用 --previous 给出同一机关上一年度的报告。",
            )
        return None
    return Finding(
        "chain.year",
        "warning",
        now.place(),
        f"本报告是 {now.year} 年度，给出的上年报告是 {before.year} 年度，没有核对两年的衔接。",
        (str(now.year), str(before.year)),
        "两年衔接：相邻年度",
        f"请用 --previous 给出 {now.year - 1} 年度的报告。",
    )


def _same_organ(one: str, other: str) -> bool:
    short, long = sorted((one.removesuffix("人民政府"), other.removesuffix("人民政府")), key=len)
    return short in long


def drops(now: dict[str, Stated], before: dict[str, Stated], prose: str) -> list[Finding]:
    """Series that fell by a fifth or more, unless the report says why."""
    found = []
    for name, stated in now.items():
        earlier = before.get(name)
        if earlier is None or not earlier.value or REASON.search(prose):
            continue
        change = (stated.value - earlier.value) / earlier.value
        if change <= -DROP:
            shown = f"{abs(change) * 100:.1f}%"
            found.append(
                Finding(
                    "chain.drop",
                    "warning",
                    stated.place,
                    f"{name} {stated.printed}，上年 {earlier.printed}，下降 {shown}，文中没有说明原因。",
                    (stated.printed, earlier.printed),
                    "与上一年度比较",
                    "请核对统计口径；口径没有变化的，在正文说明下降原因。",
                )
            )
    return found
