"""Shares without counts of their own: a complete list makes up 100, and each is a whole number's of the total stated."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from mingtang.disclosure.checks.figures import (
    Figured,
    Quantity,
    Share,
    above,
    cut,
    feasible,
    figured,
    neighbours,
    percent,
    plain,
    rounded,
)
from mingtang.disclosure.checks.listing import FAMILIES, REST
from mingtang.disclosure.checks.marking import ACCURATE as BASIS
from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.percentages import FOREIGN
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading

LIST_STEP = re.compile(r"[，,；;、和][^，。；;,、\d%]{0,24}$")
NO_SHARE = re.compile(
    r"率|增长|下降|提高|上升|同比|降低|增加|减少|完成|达到|超过|涨|跌|以上|以下|不低于|不超过|至少|利息|贴息|补助|补贴|奖励|税"
)
MONEY = re.compile(r"经费|资金|支出|收入|投资|增加值|生产总值|面积|人口|金额|亿元|万元")
# Above this every share of two decimals is some whole number's.
MOST_BASE = 1000
OF_BASE = re.compile(
    r"\s?[，,。；;]\s?(?:其中|从[^，。；,;\d]{2,16}看)?[：:，,]?(?P<label>[^，。；,;：:\d%（）()]{2,24})占(?:比)?(?:为)?"
)
# Longer than anything these two match.
FAR = 64
NEXT_SHARE = re.compile(r"[，,；;、](?P<label>[^，。；,;：:、\d%（）()]{0,24})(?:占(?:比)?(?:为)?)?")
# What the base and the list after it are counts of.
NOUNS = re.compile(r"申请|建议|提案|工单|来信|来电|投诉")


def shares_alone(reading: Reading) -> Iterator[Finding]:
    """拆迁类占25.7%，征地类占31.9%……其他类占14.6%: a complete list of shares sums to 100."""
    for row, listed in _lists(reading):
        line = row.line
        total = sum((s.value for s in listed), Decimal(0))
        slack = max(s.half for s in listed) * len(listed)
        off = abs(total - 100)
        rest = bool(REST.search(line.text, listed[0].start, listed[-1].end)) or divided(row, listed)
        if slack < off <= (10 if rest else 3) + slack:
            yield finding(
                "share.sum", "error", place(line, listed[0].start, listed[-1].end),
                f"这一组占比相加为 {plain(total)}%，应为 100%（允许四舍五入误差 {plain(slack)} 个百分点）",
                figures=tuple(s.printed for s in listed),
                relation=f"{' + '.join(plain(s.value) for s in listed)} = {plain(total)}",
                suggestion="请按各类件数重算占比，并核对有没有漏列的类别",
            )  # fmt: skip


def divided(row: Figured, listed: list[Share]) -> bool:
    """Are the classes of a list all of one division (applicants, channels), named before each share or all at once?"""
    text = row.line.text
    start = max((a for a, _ in row.sentences if a <= listed[0].start), default=0)
    labels = [re.split(r"[，,、；;]", text[start if i == 0 else listed[i - 1].end : s.start])[-1] for i, s in enumerate(listed)]  # fmt: skip
    head = re.split(r"[，,；;。：:]", text[start : listed[0].start])[-1]
    return any(
        all(kind.search(label) for label in labels)
        or ("分别" in head and len({m[0] for m in kind.finditer(head)}) == len(listed))
        for _, kind in FAMILIES
    )


def shares_of_requests(reading: Reading) -> Iterator[Finding]:
    """新收申请38件，其中自然人占77.5%: shares right behind a count that no whole number of it gives."""
    for row in figured(reading):
        text = row.line.text
        if not row.shares or not row.quantities or "占" not in text:
            continue
        for base in row.quantities:
            if base.unit != "件" or base.about or not 2 <= base.value < MOST_BASE:
                continue
            run = _behind(row, base)
            wrong = [s for s in run if s.places and not _reachable(s, int(base.value))]
            if wrong and (len(run) == 1 or len(wrong) * 2 >= len(run)):
                yield _infeasible(row.line, run, base, wrong, "share.possible")


def _behind(row: Figured, base: Quantity) -> list[Share]:
    """Shares that follow a count at once, each of applicants or channels, none with a count of its own."""
    run: list[Share] = []
    at = base.end
    kinds: set[str] = set()
    for share in row.shares[bisect_right(row.shares, base.end, key=lambda s: s.start) :]:
        if share.start - at > FAR:
            break
        match = (OF_BASE if not run else NEXT_SHARE).fullmatch(row.line.text, at, share.start)
        if match is None or NO_SHARE.search(match["label"]) or FOREIGN.search(match["label"]):
            break
        kinds |= {name for name, kind in FAMILIES if kind.search(match["label"])}
        run.append(share)
        at = share.end
    return run if kinds & {"申请人", "申请渠道"} else []


def _reachable(share: Share, base: int) -> bool:
    """Rounded or cut off, is the share that of some whole number?"""
    guess = int(share.value * base / 100)
    return any(
        share.value in (rounded(percent(Decimal(k), Decimal(base)), share.places), cut(percent(Decimal(k), Decimal(base)), share.places))
        for k in range(max(0, guess - 1), min(base, guess + 2) + 1)
    )  # fmt: skip


def shares_possible(reading: Reading) -> Iterator[Finding]:
    """A share of n cases is k/n for a whole k: shares that no k gives were not computed from the n stated."""
    rows = figured(reading)
    index = {id(row): at for at, row in enumerate(rows)}
    for row, listed in _lists(reading):
        line, base = row.line, _stated_base(row, listed, rows, index[id(row)])
        if base is None or any(s.places == 0 for s in listed):
            continue
        size = int(base.value)
        wrong = [s for s in listed if not feasible(s, size)]
        if len(wrong) < 2:
            continue
        yield _infeasible(line, listed, base, wrong)


def _infeasible(
    line: Line, listed: list[Share], base: Quantity, wrong: list[Share], code: str = "share.infeasible"
) -> Finding:
    size = int(base.value)
    near = "；".join(
        f"{s.printed} 的相邻值是 {low}% 和 {high}%" for s in wrong for low, high in [neighbours(s, size)]
    )
    return finding(
        code, "error", place(line, listed[0].start, listed[-1].end),
        f"以 {base.printed} 为基数，没有整数件数能得出 {'、'.join(s.printed for s in wrong)}（{near}）",
        figures=(base.printed, *(s.printed for s in wrong)), relation=f"k ÷ {size} = 占比，k 为整数",
        suggestion="请写出各类件数并据此重算占比，或写明占比所依据的总数",
    )  # fmt: skip


def _lists(reading: Reading) -> Iterator[tuple[Figured, list[Share]]]:
    """Runs of three or more bare shares of one whole in a sentence: each step a label and 占."""
    for row in figured(reading):
        text, rates = row.line.text, row.shares
        if len(rates) < 3:
            continue
        for start, end in row.sentences:
            run: list[Share] = []
            inside = [s for s in rates if start <= s.start < end]
            for share in inside:
                if run and not _step(text, run[-1].end, share.start):
                    if _complete(text, start, run):
                        yield row, run
                    run = []
                run.append(share)
            if _complete(text, start, run):
                yield row, run


def _step(text: str, start: int, end: int) -> bool:
    between = text[start:end]
    return bool(LIST_STEP.fullmatch(between)) and not NO_SHARE.search(between)


def _complete(text: str, start: int, run: list[Share]) -> bool:
    """Three shares or more, the first introduced by 占 too, none of them over a foreign whole."""
    if len(run) < 3:
        return False
    head = re.split(r"[，,。；;]", text[start : run[0].start])[-1]
    whole = text[run[0].start : run[-1].end]
    if NO_SHARE.search(head) or FOREIGN.search(whole) or FOREIGN.search(head):
        return False
    # 占 before every share, or 分别占 before them all, or a class 其他 that closes the list.
    steps = [text[a.end : b.start] for a, b in pairwise(run)]
    if "占" in head and (all("占" in step for step in steps) or "分别" in head):
        return True
    return bool(REST.search(steps[-1])) and abs(sum((s.value for s in run), Decimal(0)) - 100) <= 3


def _stated_base(row: Figured, listed: list[Share], rows: list[Figured], at: int) -> Quantity | None:
    """The total of cases before a list of shares, in its line or the one above: the largest whose noun the list repeats."""
    line, found = row.line, row.quantities
    start = max((a for a, _ in row.sentences if a <= listed[0].start), default=0)
    text = line.text[start : listed[0].start]
    if MONEY.search(text):
        return None
    near = [q for q in found if q.end <= start and q.whole and not q.about and 20 <= q.value < 1000]
    near = [q for q in near if _shared_noun(line.text[max(0, q.start - 16) : q.start], text)]
    over: list[Quantity] = []
    if not near:
        over = above(rows, at)
        higher = rows[at - 1].line.text if over else ""
        near = [q for q in over if q.whole and not q.about and 20 <= q.value < 1000]
        near = [q for q in near if _shared_noun(higher[max(0, q.start - 16) : q.start], text)]
    top = max(near, key=lambda q: q.value, default=None)
    # Every figure of the passage must fail, or the shares may belong to another.
    others = [q for q in (*(q for q in found if q.end <= start), *over) if q.value >= 2]
    if top is None or any(
        all(feasible(s, int(q.value)) for s in listed) for q in others if q.value < 100_000
    ):
        return None
    return top


def _shared_noun(label: str, text: str) -> bool:
    """Do the words before the total and the list's sentence share three characters in a row, or the thing counted?"""
    alike = any(label[i : i + 3] in text for i in range(len(label) - 2) if not label[i : i + 3].isdigit())
    return alike or bool(set(NOUNS.findall(label)) & set(NOUNS.findall(text)))


CHECKS = (
    Check("share.sum", "一组占比之和为 100%", BASIS, "error", shares_alone,
          bad="从类别看，拆迁类占25.7%，征地类占31.9%，规划类占19.6%，审批类占7.4%，其他类占14.6%。",
          good="从类别看，拆迁类占25.7%，征地类占31.9%，规划类占20.4%，审批类占7.4%，其他类占14.6%。"),
    Check("share.possible", "紧接件数的占比能由件数得出", BASIS, "error", shares_of_requests,
          bad="新收申请38件，其中自然人占77.5%，法人或其他组织占22.5%。", good="新收申请38件，其中自然人占78.9%，法人或其他组织占21.1%。"),
    Check("share.infeasible", "占比能由写明的总数得出", BASIS, "error", shares_possible,
          bad="全市受理政府信息公开申请192件。从政府信息公开申请的类别看，拆迁类占25.7%，征地类占31.9%，规划类占20.4%，其他类占22.0%。",
          good="全市受理政府信息公开申请192件。从政府信息公开申请的类别看，拆迁类占26.0%，征地类占32.3%，规划类占19.8%，其他类占21.9%。"),
)  # fmt: skip
