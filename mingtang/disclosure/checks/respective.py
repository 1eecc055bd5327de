"""Shares told all at once: 当面12件、网络29件、信函6件，分别占25.5%、61.7%和12.8%."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

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

LEAD = re.compile(
    r"[，,、；（(]?\s?(?:各|所)?(?:分别占|占比分别(?:为|是)?|分别占比(?:为)?|占(?P<base>[^，。；,;\d%]{0,14})(?:比例|比重|的比例|的比重|比)?分别(?:为|是))(?P<of>[^，。；,;\d%]{0,14}?)(?:的)?\s?$"
)
STEP = re.compile(r"\s?[、，,和及](?:和|及)?\s?")
# Shares of something else than the list's own total.
FOREIGN = re.compile(r"全国|全省|全市|全县|全区|同期|上年|去年|预算|人口|面积|收入|支出")
LEAST, NEAR_BY = 2, 30


def respective_shares(reading: Reading) -> Iterator[Finding]:
    """Each share against the count in its place in the list before."""
    rows = figured(reading)
    for at, row in enumerate(rows):
        if len(row.shares) < LEAST or "分别" not in row.line.text:
            continue
        for start, end in row.sentences:
            yield from _sentence(row, start, end, above(rows, at))


def _sentence(row: Figured, start: int, end: int, over: list[Quantity]) -> Iterator[Finding]:
    text = row.line.text
    rates = [s for s in row.shares if start <= s.start < end]
    counts = [q for q in row.quantities if start <= q.start < end]
    for i, rate in enumerate(rates):
        before = [q for q in counts if q.end <= rate.start]
        if not before or (lead := LEAD.fullmatch(text, before[-1].end, rate.start)) is None:
            continue
        run = _run(text, rates[i:])
        parts = before[-len(run) :]
        bases = [*over, *(q for q in row.quantities if q.end <= parts[0].start)]
        bases = [q for q in bases if q.unit == parts[0].unit][-4:]
        if len(run) < LEAST or len(parts) < len(run) or FOREIGN.search((lead["base"] or "") + lead["of"]):
            continue
        if any(q.about or not q.whole or q.unit != parts[0].unit for q in parts):
            continue
        yield from _judged(row.line, parts, run, [q.value for q in bases if not q.about])


def _run(text: str, rates: list[Share]) -> list[Share]:
    run = rates[:1]
    for rate in rates[1:]:
        if STEP.fullmatch(text, run[-1].end, rate.start) is None:
            break
        run.append(rate)
    return run


def _judged(line: Line, parts: list[Quantity], run: list[Share], bases: list[Decimal]) -> Iterator[Finding]:
    """Against the total that explains most of the shares: one stated before, else the sum of the counts."""
    told = sum((q.value for q in parts), Decimal(0))
    largest = max(q.value for q in parts)
    known = [b for b in [*bases, told] if b >= largest and b > 0]
    scored = [(sum(rounded(percent(q.value, b), s.places) == s.value for q, s in zip(parts, run, strict=True)), b) for b in known]  # fmt: skip
    fitting, base = max(scored, key=lambda item: item[0], default=(0, Decimal(0)))
    # Parts that make up a total stated before are that total's, whatever their shares say.
    if told in bases:
        base = told
    elif fitting * 2 < len(run):
        return
    for part, share in zip(parts, run, strict=True):
        exact = percent(part.value, base)
        right = rounded(exact, share.places)
        if right == share.value:
            continue
        truncated = cut(exact, share.places) == share.value
        yield finding(
            "share.respective", "warning" if truncated else "error", place(line, part.start, share.end),
            f"{part.printed} 占 {plain(base)} 的 {rounded(exact, share.places + 2)}%，"
            + (f"应四舍五入为 {right}%，这里截尾写成 {share.printed}" if truncated else f"不是 {share.printed}"),
            figures=(part.printed, share.printed, plain(base)), relation=f"{plain(part.value)} ÷ {plain(base)} = {right}%",
            suggestion=f"核对件数和总数；若都无误，占比应为 {right}%",
        )  # fmt: skip


CHECKS = (
    Check("share.respective", "“分别占”的各个占比与件数相符", BASIS, "error", respective_shares,
          bad="收到申请47件，当面申请12件，网络申请29件，信函申请6件，分别占25.5%、67.1%和12.8%。",
          good="收到申请47件，当面申请12件，网络申请29件，信函申请6件，分别占25.5%、61.7%和12.8%。"),
)  # fmt: skip
