"""Growth in prose: now, before, difference and rate, as far as the sentence gives them, must agree.

``growth_rates`` is declared in ``changes``, which adds the rates behind a difference told in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from mingtang.disclosure.checks.figures import Quantity, Share, figured, plain, rounded
from mingtang.disclosure.checks.marking import ACCURATE as BASIS
from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading

UP = "增长|增加|上升|提高|提升|多|上涨"
DOWN = "下降|减少|降低|减|少|下跌|精简|压减|缩减|回落"
# 增加516条，增幅27.2%
NAMED = "增幅|涨幅|增速|增长率"
FALL = "降幅|减幅"
# 由A增加到B，增长p%
FROM_TO = re.compile(
    rf"[由从](?P<a>(?:[^，。；;,]|(?<=\d),(?=\d)){{0,16}}?)(?P<mid>(?:{UP}|{DOWN})[^，。；;,\d]{{0,3}}[到至为])$"
)
RATE = re.compile(
    rf"[，,（(]?[^，。；;,\d]{{0,8}}?(?P<way>{UP}|{DOWN}|{NAMED}|{FALL})(?:[了约为是]|达到?)?\s?$"
)
# A，比上年的B增长p%
AGAINST = re.compile(r"[，,、（(]?[^，。；;,\d]{0,6}[比较][^，。；;,]{0,12}$")
# A，比上年增加D，增长p%
CHANGED = re.compile(
    rf"[，,（(][^，。；;,\d]{{0,6}}(?:[比较](?:上年|去年|上一年|\d{{4}}年)(?:同期|度)?|同比)[^，。；;,\d]{{0,6}}?(?P<way>{UP}|{DOWN})了?\s?$"
)
YEAR = re.compile(r"(20\d\d)年[^，。；;,\d]{0,16}$")
RATE_NAME = re.compile(
    r"[，,、（(](?:按时|按期|及时|问题|任务|有效|总体|整体)?(?P<verb>[\u4e00-\u9fff]{2})率(?:为|达到?了?|均为)?\s?$"
)
# Of a case these say the same: 办结412件，办复率98%.
SETTLED = re.compile("办结|办复|答复|回复")
RECEIVED = re.compile(r"受理|收到|接收|接到|收件|新收|承办|转办|交办")
CHANGE = re.compile(f"{UP}|{DOWN}")
# 同比, 环比, 比上年, 较上年: one of these characters.
COMPARES = re.compile(r"[比较]")
AGAINST_LAST = r"(?:同比|环比|[比较](?:上年|去年|上一年)(?:同期|度)?)"
AMOUNT = r"\d[\d,]*(?:\.\d+)?\s?(?:%|％|[万亿]?[条件次个项篇份期人])"
# Two changes of one figure in neighbouring clauses; at most last year's figure stands between.
OPPOSITE = re.compile(
    rf"{AGAINST_LAST}[^，。；;,\d]{{0,4}}?(?P<one>{UP}|{DOWN})了?\s?(?P<a>{AMOUNT})[，,、；;（(](?:上年|去年)?{AGAINST_LAST}?[^，。；;,\d]{{0,2}}?(?P<two>{UP}|{DOWN})了?\s?(?P<b>{AMOUNT})"
)
FULL_RATE = re.compile(r"(?:按[时期]|及时)?(?:办结|办复|答复|回复|处理)率(?:为|达到?|均为|均达)?\s?$")
LATE = re.compile(
    r"[^。；\d]{0,12}(?<![\d.])[1-9]\d*\s?[件宗份](?:申请)?(?:逾期|超期|超过(?:法定)?期限|未(?:能)?(?:按[时期])?(?:办结|答复|回复))"
    r"|[^。；\d]{0,8}(?:逾期|超期)(?:未)?(?:办结|答复|回复|办理)?(?:的)?(?:有)?[1-9]\d*\s?[件宗份]"
)
PART_RATE = re.compile(
    r"(?P<name>(?:办结|办复|答复|回复|满意|好评|公开|整改|覆盖|合格|及时|按时|办理|参与|见面|解读|知晓|采纳)率)(?:为|达到?|均为|均达)?了?\s?$"
)
# 占全市总数的120%; of a plan or of another year's figure more than all may well be done.
PART_OF = re.compile(r"占(?:比)?(?P<of>[^，。；;,\d]{0,14}?)(?:的|为|达到?)?\s?$")
NO_WHOLE = re.compile(r"任务|计划|预算|目标|指标|上年|去年|同期|20\d\d")
IN_TIME = re.compile(r"结转|期限内|未到期|正在办理|上年|去年|无逾期|没有逾期|往年")
DECIMAL_100 = Decimal(100)


def growth_rates(reading: Reading) -> Iterator[Finding]:
    """Every rate whose two figures, or figure and difference, stand before it in the sentence."""
    for row in figured(reading):
        line, found, rates = row.line, row.quantities, row.shares
        if not rates or len(found) < 2 or CHANGE.search(line.text) is None:
            continue
        for start, end in row.sentences:
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
    up = way["way"] in f"{UP}|{NAMED}".split("|")
    if FROM_TO.search(text[max(0, first.start - 2) : second.start]):
        old, new = first, second
    elif (changed := CHANGED.fullmatch(gap)) is not None and changed["way"] in (UP if up else DOWN).split(
        "|"
    ):
        yield from by_difference(line, first, second, rate, up)
        return
    elif AGAINST.fullmatch(gap) and re.search(r"上年|去年|20\d\d年|同期", gap):
        old, new = second, first
    elif (years := _years(text, first, second)) is not None:
        old, new = (first, second) if years[0] < years[1] else (second, first)
    else:
        return
    if old.value <= 0:
        return
    low = high = new.value / old.value
    if not new.whole:
        low = (new.value - new.half) / (old.value + old.half)
        high = (new.value + new.half) / max(old.value - old.half, Decimal("0.0001"))
    yield from _compared(line, old, new, rate, up, (low - 1) * DECIMAL_100, (high - 1) * DECIMAL_100)


def _years(text: str, first: Quantity, second: Quantity) -> tuple[str, str] | None:
    """The years two figures are given for, when each has its own in its clause and nothing stands between."""
    before = YEAR.search(text[max(0, first.start - 24) : first.start])
    between = YEAR.search(text[first.end : second.start])
    if before is None or between is None or before[1] == between[1] or second.start - first.end > 24:
        return None
    return before[1], between[1]


def by_difference(
    line: Line, new: Quantity, difference: Quantity, rate: Share, up: bool
) -> Iterator[Finding]:
    """A rate against a figure and what it grew by."""
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
        "share.growth", "error", place(line, min(a.start, b.start), max(a.end, b.end, rate.end)),
        f"按 {a.printed} 和 {b.printed} 计算应{word} {plain(abs(right))}%，写的是{'增长' if up else '下降'} {rate.printed}",
        figures=(a.printed, b.printed, rate.printed), relation=f"变化率 = {right}%",
        suggestion="请核对两个数和百分比",
    )  # fmt: skip


def completion_rates(reading: Reading) -> Iterator[Finding]:
    """受理100件，办结98件，办结率98%: a rate whose two counts stand before it, the part named by the same verb."""
    for row in figured(reading):
        line, found, rates = row.line, row.quantities, row.shares
        if not rates or "率" not in line.text:
            continue
        for start, end in row.sentences:
            for rate in (s for s in rates if start <= s.start < end):
                yield from _completion(
                    line, start, [q for q in found if start <= q.start and q.end <= rate.start], rate
                )


def _completion(line: Line, start: int, before: list[Quantity], rate: Share) -> Iterator[Finding]:
    name = RATE_NAME.search(line.text[: rate.start], start)
    if name is None or len(before) < 2 or name.start() - before[-1].end > 4:
        return
    labels = [re.split(r"[，,。；;、（(]", line.text[start : q.start])[-1] for q in before]
    # The part is the figure named by the rate's word, or the one before a figure named by its contrary (不合格46批).
    at = len(before) - 1
    if at > 1 and re.search(rf"[不未]{name['verb']}", labels[at]):
        at -= 1
    if at < 1:
        return
    whole, part, head, label = before[at - 1], before[at], labels[at - 1], labels[at]
    exact = whole.unit == part.unit and whole.whole and not whole.about and not part.about
    verb = SETTLED.pattern if SETTLED.fullmatch(name["verb"]) else name["verb"]
    named = re.search(verb, label) and not re.search(rf"[不未](?:{verb})", label)
    if not exact or not named or part.value > whole.value or whole.value == 0:
        return
    if part.start - whole.end > 16 or re.search(verb, head) or not (RECEIVED.search(head) or _named(head)):
        return
    right = rounded(part.value * 100 / whole.value, rate.places)
    wholes = [q.value for q in before[:-1] if q.unit == part.unit and q.value >= part.value]
    wholes += [a + b for a, b in pairwise(wholes)]
    if not any(rounded(part.value * 100 / w, rate.places) == rate.value for w in wholes):
        yield finding(
            "share.rate", "error", place(line, whole.start, rate.end),
            f"{whole.printed} 中{name['verb']} {part.printed}，{name['verb']}率应为 {right}%，写的是 {rate.printed}",
            figures=(whole.printed, part.printed, rate.printed),
            relation=f"{plain(part.value)} ÷ {plain(whole.value)} = {right}%", suggestion="请核对件数和比率",
        )  # fmt: skip


def _named(head: str) -> bool:
    """Does the label of the whole say what it counts, and neither a change nor another year?"""
    return (
        len(head.strip()) >= 2
        and CHANGE.search(head) is None
        and re.search(r"上年|去年|其中|累计", head) is None
    )


def opposite_changes(reading: Reading) -> Iterator[Finding]:
    """同比减少10%，比上年增加1230条: one figure cannot have gone up and down against the same year."""
    for row in figured(reading):
        if not row.shares or COMPARES.search(row.line.text, row.start, row.end) is None:
            continue
        for match in OPPOSITE.finditer(row.line.text, row.start, row.end):
            ways = [match[name] in UP.split("|") for name in ("one", "two")]
            if (ways[0] != ways[1] and match["a"][-1] in "%％" and match["b"][-1] not in "%％") or (
                ways[0] != ways[1] and match["b"][-1] in "%％" and match["a"][-1] not in "%％"
            ):
                yield _opposite(row.line, match)


def _opposite(line: Line, match: re.Match[str]) -> Finding:
    return finding(
        "share.direction", "error", place(line, match.start(), match.end()),
        f"同一个数既写“{match['one']}{match['a']}”又写“{match['two']}{match['b']}”，方向相反",
        figures=(match["a"], match["b"]), relation="增加的数和增长率方向一致", suggestion="请核对上年数，改正写错的一处",
    )  # fmt: skip


def full_rates(reading: Reading) -> Iterator[Finding]:
    """办结率100%，但有2件逾期未办结: a full rate beside cases that were not done in time."""
    for row in figured(reading):
        text = row.line.text
        if not row.shares or not row.quantities or "率" not in text:
            continue
        for rate in (s for s in row.shares if s.value == DECIMAL_100):
            name = FULL_RATE.search(text, max(row.start, rate.start - 16), rate.start)
            late = LATE.search(text, rate.end, min(row.end, rate.end + 40)) if name else None
            if name is None or late is None or IN_TIME.search(text, rate.end, late.end() + 8):
                continue
            yield finding(
                "share.contradiction", "warning", place(line := row.line, name.start(), late.end()),
                f"写了“{line.text[name.start():rate.end]}”，又写“{late[0].strip('，,但')}”，前后矛盾",
                figures=(rate.printed, late[0].strip("，,但")), relation="比率 = 100% 时没有逾期件", suggestion="请核对件数和比率",
            )  # fmt: skip


def over_full(reading: Reading) -> Iterator[Finding]:
    """满意率102.3%: a rate of a part cannot pass the whole."""
    for row in figured(reading):
        for rate in (s for s in row.shares if s.value > DECIMAL_100):
            text, low = row.line.text, max(row.start, rate.start - 20)
            name, part = PART_RATE.search(text, low, rate.start), PART_OF.search(text, low, rate.start)
            if name is None and (part is None or NO_WHOLE.search(part["of"])):
                continue
            start, what = (
                (name.start(), name["name"]) if name else (part.start() if part else rate.start, "占比")
            )
            yield finding(
                "share.over", "error", place(row.line, start, rate.end), f"{what}不会超过 100%，写的是 {rate.printed}",
                figures=(rate.printed,), relation=f"{what} ≤ 100%", suggestion="请核对件数和比率",
            )  # fmt: skip


CHECKS = (
    Check("share.over", "部分占总数的比率不超过 100%", BASIS, "error", over_full,
          bad="群众满意率达到102.3%。", good="全年任务完成率达到102.3%。"),
    Check("share.direction", "增减数与增减率方向一致", BASIS, "error", opposite_changes,
          bad="公开信息5230条，同比减少10%，比上年增加1230条。", good="公开信息5230条，同比增加30.8%，比上年增加1230条。"),
    Check("share.contradiction", "比率与逾期件数不矛盾", BASIS, "warning", full_rates,
          bad="全年办结率100%，但有2件逾期未办结。", good="全年办结率100%，有2件结转下年度办理。"),
    Check("share.rate", "办结率、答复率与件数相符", BASIS, "error", completion_rates,
          bad="全年受理申请100件，办结98件，办结率100%。", good="全年受理申请100件，办结98件，办结率98%。"),
)  # fmt: skip
