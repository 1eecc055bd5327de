"""Shares and growth rates against the figures they come from. Half-up rounding; truncation is told apart."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from operator import attrgetter

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
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading

TIE = re.compile(r"[^。；;，,、\d]{0,6}[，,（(]?\s?占(?P<base>[^，。；,;\d]{0,14})$")
FOREIGN = re.compile(r"全国|全省|全市|全县|全区|同期|预算|生产总值|GDP|人口|面积|投资|收入|支出|上年|去年")
LIST_STEP = re.compile(r"[，,；;、和][^，。；;,、\d%]{0,24}$")
NO_SHARE = re.compile(
    r"率|增长|下降|提高|上升|同比|降低|增加|减少|完成|达到|超过|涨|跌|以上|以下|不低于|不超过|至少|利息|贴息|补助|补贴|奖励|税"
)
MONEY = re.compile(r"经费|资金|支出|收入|投资|增加值|生产总值|面积|人口|金额|亿元|万元")
PLACES_ALIKE = 3
START = attrgetter("start")
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


def shares_with_counts(reading: Reading) -> Iterator[Finding]:
    """133件，占69.2%: shares fit their counts and the total, are printed alike, and make up 100 when complete."""
    for row, groups, over in _groups(reading):
        for pairs in groups:
            base = _base(row, pairs) or _base_above(pairs, over, row.line.text)
            if base is not None:
                yield from _misfits(row.line, pairs, base)
                yield from _unlike(row.line, pairs, base)
                yield from _incomplete(row.line, pairs, base)


def _unlike(line: Line, pairs: list[tuple[Quantity, Share]], base: Quantity) -> Iterator[Finding]:
    """In one list of shares every share has the same number of decimals."""
    places = [s.places for _, s in pairs]
    usual = max(set(places), key=lambda p: (places.count(p), p))
    if len(pairs) < PLACES_ALIKE or places.count(usual) * 2 <= len(places):
        return
    for q, s in pairs:
        better = rounded(percent(q.value, base.value), usual)
        if s.places < usual and better != s.value:
            yield finding(
                "share.precision", "warning", place(line, q.start, s.end),
                f"同一组占比多保留 {usual} 位小数，这里写作 {s.printed}，精度不一致",
                figures=(q.printed, s.printed, base.printed), relation=f"{plain(q.value)} ÷ {plain(base.value)} = {better}%",
                suggestion=f"建议写作 {better}%",
            )  # fmt: skip


def _incomplete(line: Line, pairs: list[tuple[Quantity, Share]], base: Quantity) -> Iterator[Finding]:
    """Counts that make up the whole have shares that make up 100 (± half the last place for each)."""
    if len(pairs) < PLACES_ALIKE:
        return
    whole = sum((s.value for _, s in pairs), Decimal(0))
    counted = sum((q.value for q, _ in pairs), Decimal(0))
    slack = min(s.half for _, s in pairs) * len(pairs)
    span = place(line, pairs[0][0].start, pairs[-1][1].end)
    told = any(not _fits(q, s, base) for q, s in pairs)  # a wrong share has its own finding
    if counted == base.value and abs(whole - 100) > slack and not told:
        yield finding(
            "share.total", "warning", span, f"各项加起来是全部 {base.printed}，占比之和却是 {plain(whole)}%，不是 100%",
            figures=tuple(s.printed for _, s in pairs),
            relation=f"{' + '.join(plain(s.value) for _, s in pairs)} = {plain(whole)}",
            suggestion="请逐项重算占比（四舍五入），并统一小数位数",
        )  # fmt: skip
    elif (
        counted != base.value
        and abs(whole - 100) <= slack + 1
        and abs(counted - base.value) <= base.value / 5
    ):
        yield finding(
            "sum.shared", "error", span,
            f"占比之和为 {plain(whole)}%，说明已列全，但件数相加为 {plain(counted)}，总数是 {base.printed}",
            figures=(base.printed, *(q.printed for q, _ in pairs)),
            relation=f"{' + '.join(plain(q.value) for q, _ in pairs)} = {plain(counted)}，应为 {plain(base.value)}",
            suggestion="请核对总数与各分项",
        )  # fmt: skip


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


def _groups(reading: Reading) -> Iterator[tuple[Figured, list[list[tuple[Quantity, Share]]], list[Quantity]]]:
    """Lines with runs of (count, share), each run within one sentence and of one unit; the figures of the line above."""
    rows = figured(reading)
    for index, row in enumerate(rows):
        text, found, rates = row.line.text, row.quantities, row.shares
        if not rates or not found or "占" not in text:
            continue
        groups: list[list[tuple[Quantity, Share]]] = []
        for start, end in row.sentences:
            run: list[tuple[Quantity, Share]] = []
            for share in rates[bisect_left(rates, start, key=START) : bisect_left(rates, end, key=START)]:
                at = bisect_right(found, share.start, key=START) - 1
                before = found[at] if at >= 0 and found[at].start >= start else None
                tie = TIE.fullmatch(text, before.end, share.start) if before is not None else None
                if before is None or tie is None or before.about or FOREIGN.search(tie["base"]):
                    continue
                if run and run[-1][0].unit != before.unit:
                    groups.append(run)
                    run = []
                run.append((before, share))
            if run:
                groups.append(run)
        if groups:
            yield row, groups, above(rows, index)


def _base(row: Figured, pairs: list[tuple[Quantity, Share]]) -> Quantity | None:
    """The total the shares refer to: the figure of the passage that explains most of them."""
    first = pairs[0][0]
    own = {q.start for q, _ in pairs}
    before = [
        q
        for q in row.quantities
        if q.start < first.start and q.unit == first.unit and q.start not in own and q.value > 0
    ]
    before = [q for q in before[-8:] if q.value >= max(p.value for p, _ in pairs)]
    if len(pairs) == 1:
        return _single_base(row, before, pairs[0])
    scored = [(sum(_fits(p, s, q) for p, s in pairs), q) for q in before]
    best = max(scored, key=lambda item: item[0], default=None)
    if best is None or best[0] * 2 < len(pairs):
        return None
    return best[1]


def _base_above(pairs: list[tuple[Quantity, Share]], over: list[Quantity], text: str) -> Quantity | None:
    """The total in the line above: one that explains half of the shares, or that the counts make up."""
    parts = [q for q, _ in pairs]
    known = [
        q for q in over if q.unit == parts[0].unit and not q.about and q.value >= max(p.value for p in parts)
    ]
    if len(pairs) == 1:
        # One share by itself: the only figure above, and 其中 opens its line.
        alone = len(known) == 1 and text.strip()[:2] == "其中" and known[0].value > 0
        near = alone and abs(percent(parts[0].value, known[0].value) - pairs[0][1].value) <= 15
        return known[0] if near else None
    told = sum((p.value for p in parts), Decimal(0))
    scored = [
        (len(pairs) if q.value == told else sum(_fits(p, s, q) for p, s in pairs), q)
        for q in known
        if q.value
    ]
    best = max(scored, key=lambda item: item[0], default=None)
    return best[1] if best is not None and best[0] * 2 >= len(pairs) else None


def _fits(part: Quantity, share: Share, base: Quantity) -> bool:
    exact = percent(part.value, base.value)
    if part.whole and base.whole:
        return rounded(exact, share.places) == share.value or cut(exact, share.places) == share.value
    low = percent(part.value - part.half, base.value + base.half)
    high = percent(part.value + part.half, max(base.value - base.half, Decimal(1)))
    return low - share.half <= share.value <= high + share.half


def _single_base(row: Figured, before: list[Quantity], pair: tuple[Quantity, Share]) -> Quantity | None:
    """For a share by itself the total must be beyond doubt: one that fits, or the only one in its sentence."""
    part, share = pair
    if fitting := [q for q in before if _fits(part, share, q)]:
        return fitting[-1]
    line = row.line
    start = max((a for a, b in row.sentences if a <= part.start), default=0)
    here = [q for q in before if q.start >= start]
    if not here and "其中" in line.text[start : part.start]:
        here = before
    if len(here) != 1 or "其中" not in line.text[here[0].end : part.start]:
        return None
    return here[0] if abs(percent(part.value, here[0].value) - share.value) <= 15 else None


def _misfits(line: Line, pairs: list[tuple[Quantity, Share]], base: Quantity) -> Iterator[Finding]:
    for part, share in pairs:
        exact = percent(part.value, base.value)
        if not (part.whole and base.whole):
            if _fits(part, share, base):
                continue
        elif rounded(exact, share.places) == share.value:
            continue
        right = rounded(exact, share.places)
        truncated = cut(exact, share.places) == share.value
        places = share.places + 2
        yield finding(
            "share.truncated" if truncated else "share.mismatch", "warning" if truncated else "error",
            place(line, part.start, share.end),
            f"{part.printed} 占 {base.printed} 的 {rounded(exact, places)}%，"
            + (f"应四舍五入为 {right}%，这里截尾写成 {share.printed}" if truncated else f"不是 {share.printed}"),
            figures=(part.printed, share.printed, base.printed),
            relation=f"{plain(part.value)} ÷ {plain(base.value)} = {rounded(exact, places)}%",
            suggestion=f"改为 {right}%" if truncated else f"核对件数和总数；若都无误，占比应为 {right}%",
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
    Check("share.mismatch", "占比与件数、总数相符", BASIS, "error", shares_with_counts,
          bad="共受理申请192件。其中，当面申请133件，占79.3%；信函申请53件，占27.6%；网络申请6件，占3.1%。",
          good="共受理申请192件。其中，当面申请133件，占69.3%；信函申请53件，占27.6%；网络申请6件，占3.1%。"),
    Check("share.truncated", "占比四舍五入，不截尾", BASIS, "warning", shares_with_counts,
          bad="共受理申请192件。其中，当面申请133件，占69.2%；信函申请53件，占27.6%；网络申请6件，占3.1%。",
          good="共受理申请192件。其中，当面申请133件，占69.3%；信函申请53件，占27.6%；网络申请6件，占3.1%。"),
    Check("sum.shared", "占比列全时件数之和等于总数", BASIS, "error", shares_with_counts,
          bad="答复申请192件。公开140件，占72.9%；部分公开20件，占10.4%；不予公开30件，占16.7%。",
          good="答复申请192件。公开140件，占72.9%；部分公开20件，占10.4%；不予公开32件，占16.7%。"),
    Check("share.precision", "同一组占比的小数位数一致", BASIS, "warning", shares_with_counts,
          bad="共受理申请192件。其中，当面申请133件，占69.3%；信函申请53件，占27.6%；网络申请6件，占3%。",
          good="共受理申请192件。其中，当面申请133件，占69.3%；信函申请53件，占27.6%；网络申请6件，占3.1%。"),
    Check("share.total", "列全了的占比之和为 100%", BASIS, "warning", shares_with_counts,
          bad="共受理申请192件。其中，当面申请133件，占69.2%；信函申请53件，占27.6%；网络申请6件，占3%。",
          good="共受理申请192件。其中，当面申请133件，占69.3%；信函申请53件，占27.6%；网络申请6件，占3.1%。"),
    Check("share.sum", "一组占比之和为 100%", BASIS, "error", shares_alone,
          bad="从类别看，拆迁类占25.7%，征地类占31.9%，规划类占19.6%，审批类占7.4%，其他类占14.6%。",
          good="从类别看，拆迁类占25.7%，征地类占31.9%，规划类占20.4%，审批类占7.4%，其他类占14.6%。"),
    Check("share.possible", "紧接件数的占比能由件数得出", BASIS, "error", shares_of_requests,
          bad="新收申请38件，其中自然人占77.5%，法人或其他组织占22.5%。", good="新收申请38件，其中自然人占78.9%，法人或其他组织占21.1%。"),
    Check("share.infeasible", "占比能由写明的总数得出", BASIS, "error", shares_possible,
          bad="全市受理政府信息公开申请192件。从政府信息公开申请的类别看，拆迁类占25.7%，征地类占31.9%，规划类占20.4%，其他类占22.0%。",
          good="全市受理政府信息公开申请192件。从政府信息公开申请的类别看，拆迁类占26.0%，征地类占32.3%，规划类占19.8%，其他类占21.9%。"),
)  # fmt: skip
