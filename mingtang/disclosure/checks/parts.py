"""A total and its parts: what each figure is labelled, whether they fit one another, how a misfit is told."""

from __future__ import annotations

import re
from bisect import bisect_left
from decimal import Decimal
from operator import attrgetter

from mingtang.disclosure.checks.figures import Quantity, plain
from mingtang.disclosure.checks.listing import nearly
from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.types import Finding, Line, Severity

NESTED = re.compile(r"[（(][^（()）]*[)）]")
# Up to the last mark that ends a clause.
CLAUSE = re.compile(r".*[，,、；;：:。！？]", re.DOTALL)
BEHIND = re.compile(r"[^\d，,、；;：:。！？（(]{0,24}")
NEAR_BY = 300
SHORT = 24


start_of = attrgetter("start")


def inside_of(found: list[Quantity], start: int, end: int) -> list[Quantity]:
    """The figures that begin in [start, end)."""
    return found[bisect_left(found, start, key=start_of) : bisect_left(found, end, key=start_of)]


def near(total: Quantity, parts: list[Quantity], share: str) -> bool:
    return abs(sum(q.value for q in parts) - total.value) <= total.value * Decimal(share)


def verdict(total: Quantity, parts: list[Quantity], closed: bool, whole: bool = True) -> Severity | None:
    """How sure it is that total and parts contradict one another; None: they fit, or it cannot be said.

    ``closed``: the parts are meant to make up the total; ``whole``: none of their kind may have been left out.
    """
    difference = sum((q.value for q in parts), Decimal(0)) - total.value
    figures = [total, *parts]
    slack = Decimal(0) if all(q.whole for q in figures) else sum((q.half for q in figures), Decimal(0))
    if abs(difference) <= slack or total.value == 0:
        return None
    apart = abs(difference) / total.value
    if closed and (whole or difference > 0):
        return "error" if apart <= Decimal("0.5") else None
    if difference > 0:
        return "error" if apart <= Decimal("0.1") else None
    # A list after 其中 need not be complete; one that all but reaches the total was meant to, unless it is of a kind
    # of which often only some are told.
    return None if closed else nearly(total, parts)


def in_bracket(text: str, start: int, at: int) -> bool:
    inside = text[max(start, at - NEAR_BY) : at]
    return inside.count("（") + inside.count("(") > inside.count("）") + inside.count(")")


def label_before(text: str, start: int, quantity: Quantity) -> str:
    """The words between the mark before a figure and the figure."""
    low = max(start, quantity.start - NEAR_BY)
    # Most labels are short and hold no bracket.
    if (mark := CLAUSE.match(text, max(low, quantity.start - SHORT), quantity.start)) is not None:
        label = text[mark.end() : quantity.start]
        if "）" not in label and ")" not in label:
            return label
    before = text[low : quantity.start]
    if "（" in before or "(" in before:
        before = NESTED.sub("", before)
    mark = CLAUSE.match(before)
    return before[mark.end() :] if mark is not None else before


def label_after(text: str, quantity: Quantity) -> str:
    """The words between a figure and the next mark or figure."""
    return BEHIND.match(text, quantity.end)[0]  # type: ignore[index]


def one_each(text: str, start: int, parts: list[Quantity]) -> bool:
    """Every part has a label of its own."""
    return all(label_before(text, start, q).strip() for q in parts)


def fits(total: Quantity, run: list[Quantity]) -> bool:
    figures = [total, *run]
    slack = Decimal(0) if all(q.whole for q in figures) else sum((q.half for q in figures), Decimal(0))
    return abs(sum(q.value for q in run) - total.value) <= slack


def added_up(total: Quantity, parts: list[Quantity]) -> str:
    told = plain(sum((q.value for q in parts), Decimal(0)))
    if len(parts) == 1:
        return f"已列 {told}，应为 {plain(total.value)}"
    return f"{' + '.join(plain(q.value) for q in parts)} = {told}，应为 {plain(total.value)}"


SUGGESTIONS = {
    "error": "请核对总数与各分项，改正写错的一处",
    "warning": "请补列其余分项，或说明没有列全",
    "note": "请补列其余分项，或说明没有列全",
    "over": "请核对总数与各分项；同一条信息经几个渠道公开的，写明各渠道数有重复",
}


def unbalanced(
    code: str, severity: Severity, line: Line, total: Quantity, parts: list[Quantity], division: str = ""
) -> Finding:
    figures = sorted([total, *parts], key=lambda q: q.start)
    told = sum((q.value for q in parts), Decimal(0))
    difference = told - total.value
    by = f"按{division}划分的" if division else ""
    return finding(
        code, severity, place(line, figures[0].start, figures[-1].end),
        f"{by}分项相加为 {plain(told)}，总数写的是 {total.printed}，{'多' if difference > 0 else '少'} {plain(abs(difference))}",
        figures=(total.printed, *(q.printed for q in parts)), relation=added_up(total, parts),
        suggestion=SUGGESTIONS["over" if severity == "note" and difference > 0 else severity],
    )  # fmt: skip
