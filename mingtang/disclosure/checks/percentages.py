"""Shares beside the counts they come from. Half-up rounding; truncation is told apart."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from decimal import Decimal
from operator import attrgetter

from mingtang.disclosure.checks.figures import (
    Figured,
    Quantity,
    Share,
    above,
    cut,
    figured,
    percent,
    plain,
    rounded,
)
from mingtang.disclosure.checks.marking import ACCURATE as BASIS
from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading

TIE = re.compile(r"[^。；;，,、\d]{0,6}[，,（(]?\s?占(?P<base>[^，。；,;\d]{0,14})$")
FOREIGN = re.compile(r"全国|全省|全市|全县|全区|同期|预算|生产总值|GDP|人口|面积|投资|收入|支出|上年|去年")
PLACES_ALIKE = 3
START = attrgetter("start")


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
)  # fmt: skip
