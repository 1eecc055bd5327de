"""Counts written in Chinese numerals: 三百二十六条 is 326, 二十件 is 20."""

from __future__ import annotations

import re
from collections.abc import Iterator

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
TENS = {"十": 10, "百": 100, "千": 1000}
# Only counts of papers and people; 一件事, 十条措施 and the like have no place in a sum.
COUNT = re.compile(
    r"(?<![第〇零一二两三四五六七八九十百千万亿几数每各])(?P<number>[一二两三四五六七八九十百千万零〇]{1,10})(?P<unit>人次|件次|[件条份篇期场宗起])(?![事龙线心带措建禁例款])"
)


# Some count written with two characters or more: looked for first, for it is rare.
LONG = re.compile(r"[一二两三四五六七八九十百千万零〇]{2}[件条份篇期场宗起人]")


def numeral(text: str) -> int:
    """The number below a hundred million that a Chinese numeral writes; 0 when it is none."""
    head, sign, tail = text.rpartition("万")
    if sign:
        high, low = numeral(head), numeral(tail.lstrip("零〇")) if tail.strip("零〇") else 0
        return high * 10_000 + low if high and (low or not tail.strip("零〇")) else 0
    total, digit = 0, -1
    for char in text:
        if char in TENS:
            total += (digit if digit > 0 else 1 if char == "十" and not total else 0) * TENS[char]
            if digit <= 0 and not (char == "十" and total == TENS[char]):
                return 0
            digit = -1
        elif char in DIGITS:
            if digit > 0:
                return 0
            digit = DIGITS[char]
        else:
            return 0
    return total + max(digit, 0)


def counts(text: str, start: int, end: int) -> Iterator[tuple[int, re.Match[str]]]:
    """Counts of a stretch that writes at least one of them with two characters or more (十六件); else none."""
    if LONG.search(text, start, end) is None:
        return
    found = [(numeral(m["number"]), m) for m in COUNT.finditer(text, start, end)]
    if any(value and len(m["number"]) > 1 for value, m in found):
        yield from ((value, m) for value, m in found if value)
