"""Outline: numbering that skips or repeats, a list of contents that differs from the headings, empty sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading

BASIS = "《党政机关公文格式》（GB/T 9704-2012）7.3.3：结构层次序数依次用“一、”“（一）”“1.”“（1）”标注"
NUMERALS = {c: i for i, c in enumerate("一二三四五六七八九", 1)}
LEVELS = (
    re.compile(r"^[\s\u3000]*(?P<n>[一二三四五六七八九十]{1,3})、(?P<title>.*)$"),
    re.compile(r"^[\s\u3000]*[（(](?P<n>[一二三四五六七八九十]{1,3})[）)](?P<title>.*)$"),
    re.compile(r"^[\s\u3000]*(?P<n>\d{1,2})(?:、|[.．](?!\d))(?P<title>.*)$"),
)
SHOWN = ("{}、", "（{}）", "{}.")
POINT = re.compile(r"(?<![\u4e00-\u9fff])([一二三四五六七八九十])是(?!否|不是)")
# A number in brackets that opens a heading inside a paragraph; 第（一）项 and 见（二） are references.
INLINE = re.compile(
    r"(?:^|(?<=[。；;！：:\s]))[（(](?P<n>[一二三四五六七八九十]{1,3})[）)](?=[\u4e00-\u9fff“])"
)
# Rows of the statutory form that carry numbers of their own (一、本年新收 … 四、结转下年度).
FORM_ROW = re.compile(r"本年新收|上年结转|本年度办理结果|结转下年度")


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered line: level 0 一、, 1 （一）, 2 1."""

    line: Line
    level: int
    number: int
    title: str


def headings(reading: Reading) -> Iterator[Heading]:
    """Numbered lines of prose in order."""
    rows = reading.row_lines
    for line in reading.lines:
        if line.no in rows:
            continue
        for level, pattern in enumerate(LEVELS):
            if (match := pattern.match(line.text)) is not None:
                number = int(match["n"]) if level == 2 else numeral(match["n"])
                if number and not FORM_ROW.match(match["title"].strip()):
                    yield Heading(line, level, number, match["title"].strip())
                break


def numeral(text: str) -> int:
    """Chinese numeral up to 99; 0 if it is none."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return NUMERALS.get(text, 0)
    if (tens and tens not in NUMERALS) or (ones and ones not in NUMERALS):
        return 0
    return (NUMERALS[tens] if tens else 1) * 10 + (NUMERALS[ones] if ones else 0)


def written(number: int) -> str:
    """Chinese numeral of 1 to 99."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return (("" if tens == 1 else digits[tens]) + "十" if tens else "") + (digits[ones] if ones else "")


def numbering(reading: Reading) -> Iterator[Finding]:
    """Within a level each number follows the one before; 1 begins anew; a higher level begins anew."""
    last: dict[int, Heading] = {}
    for heading in headings(reading):
        before = last.get(heading.level)
        for lower in range(heading.level + 1, len(LEVELS)):
            last.pop(lower, None)
        last[heading.level] = heading
        if before is None or heading.number in (1, before.number + 1):
            continue
        if (
            heading.number < before.number
            or heading.number > before.number + 2
            or heading.line.no - before.line.no > 400
        ):
            continue  # another list began, or a quotation: no slip of one
        repeated = heading.number == before.number
        if repeated and heading.title[:12] == before.title[:12]:
            continue  # the same heading again: a table of contents or a running head
        yield _slip(before, heading, repeated)


def _slip(before: Heading, heading: Heading, repeated: bool) -> Finding:
    def shown(number: int) -> str:
        return SHOWN[heading.level].format(number if heading.level == 2 else written(number))

    now, wanted = shown(heading.number), shown(before.number + 1)
    return finding(
        "text.numbering", "warning", place(heading.line), f"序号{'重复' if repeated else '跳号'}：第 {before.line.no} 行是“{shown(before.number)}”，这里是“{now}”",
        figures=(shown(before.number), now), relation="同一层次的序号依次递增", suggestion=f"改为“{wanted}”，或补上缺的一项",
    )  # fmt: skip


def points(reading: Reading) -> Iterator[Finding]:
    """一是……二是……: within a paragraph each point follows the one before."""
    for line in reading.prose:
        if line.text.count("是") < 2:
            continue
        before: tuple[int, int] | None = None
        for match in POINT.finditer(line.text):
            number = NUMERALS.get(match[1], 10)
            if (
                before is not None
                and number != 1
                and number != before[0] + 1
                and number in (before[0], before[0] + 2)
            ):
                yield finding(
                    "text.points", "warning", place(line, match.start(), match.end()),
                    f"“{written(before[0])}是”之后接着“{match[1]}是”，{'重复' if number == before[0] else '缺“' + written(before[0] + 1) + '是”'}",
                    figures=(f"{written(before[0])}是", f"{match[1]}是"), relation="各点依次递增", suggestion=f"改为“{written(before[0] + 1)}是”，或补上缺的一点",
                )  # fmt: skip
            before = (number, match.end())


def inline_numbers(reading: Reading) -> Iterator[Finding]:
    """（一）……（二）……（二）……: headings run on in one paragraph; only a repetition is judged."""
    for line in reading.prose:
        before: re.Match[str] | None = None
        number = 0
        for match in INLINE.finditer(line.text):
            now = numeral(match["n"])
            title = line.text[match.end() : match.end() + 4]
            if (
                before is not None
                and now == number > 1
                and title != line.text[before.end() : before.end() + 4]
            ):
                yield finding(
                    "text.inline_numbers", "warning", place(line, match.start("n") - 1, match.end()),
                    f"段内序号重复：前面已有“（{before['n']}）”，这里又是“（{match['n']}）”",
                    figures=(f"（{before['n']}）", f"（{match['n']}）"), relation="同一层次的序号依次递增", suggestion=f"改为“（{written(number + 1)}）”，或核对前后序号",
                )  # fmt: skip
            before, number = match, now


def empty_sections(reading: Reading) -> Iterator[Finding]:
    """A heading followed at once by another of the same level: nothing was written under it."""
    numbers = {line.no: i for i, line in enumerate(reading.lines)}
    found = list(headings(reading))
    empty: list[Heading] = []
    for heading, following in pairwise(found):
        titled = 2 <= len(heading.title) <= 30 and not re.search(r"[。；;，,：:？！]", heading.title)
        following_titled = 2 <= len(following.title) <= 30
        alike = following.level == heading.level < 2 and following.number == heading.number + 1
        if (
            titled
            and following_titled
            and alike
            and numbers[following.line.no] == numbers[heading.line.no] + 1
        ):
            empty.append(heading)
    # Many in a row are a table of contents or a list, not sections somebody forgot to write.
    if 1 <= len(empty) <= 2 and len([h for h in found if h.level == empty[0].level]) >= 4 * len(empty):
        for heading in empty:
            yield finding(
                "text.empty_section", "note", place(heading.line), f"“{heading.title}”下面没有内容", figures=(heading.line.text.strip(),),
                suggestion="请补写内容；确实没有的，写明“无”",
            )  # fmt: skip


CHECKS = (
    Check("text.numbering", "序号不跳不重", BASIS, "warning", numbering, bad="一、总体情况\n正文。\n三、存在问题\n正文。", good="一、总体情况\n正文。\n二、存在问题\n正文。"),
    Check("text.points", "“一是、二是”不跳不重", BASIS, "warning", points, bad="一是健全机制；二是加强培训；二是强化监督。", good="一是健全机制；二是加强培训；三是强化监督。"),
    Check("text.inline_numbers", "段内序号不重复", BASIS, "warning", inline_numbers, bad="（一）主动公开。做好发布。（二）依申请公开。及时答复。（二）信息管理。健全制度。", good="（一）主动公开。做好发布。（二）依申请公开。及时答复。（三）信息管理。健全制度。"),
    Check("text.empty_section", "标题下有内容", BASIS, "note", empty_sections,
          bad="一、总体情况\n甲。\n二、主动公开情况\n三、依申请公开情况\n丙。\n四、存在问题\n丁。", good="一、总体情况\n甲。\n二、主动公开情况\n乙。\n三、依申请公开情况\n丙。\n四、存在问题\n丁。"),
)  # fmt: skip
