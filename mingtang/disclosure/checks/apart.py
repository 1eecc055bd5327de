"""A total in one sentence or paragraph, its parts in the next: 全年收到申请192件。当面133件、信函53件、网络6件。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from mingtang.disclosure.checks.figures import Figured, Quantity, above, figured, plain
from mingtang.disclosure.checks.listing import (
    COMPARED,
    FAMILIES,
    OVERLAPPING,
    REST,
    SHARED,
    closed_family,
    of_one_kind,
)
from mingtang.disclosure.checks.marking import ACCURATE as BASIS
from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.parts import added_up, fits, in_bracket, inside_of, label_before, verdict
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading

OPENED = re.compile(r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,2}[)）、.．])?\s*其中[：:，,]?")
# What the total counts, by the division of its parts; another matter's total has nothing to do with them.
COUNTED = {
    "申请人": re.compile("申请"),
    "申请渠道": re.compile("申请"),
    "办理结果": re.compile("申请|办结|答复|办理"),
    "建议提案": re.compile("建议|提案"),
}
# Parts of what came in and of what was done are not parts of one another.
DONE = re.compile("办结|答复|回复|办复")
MOST_PARTS = 40


def totals_apart(reading: Reading) -> Iterator[Finding]:
    """The parts that open a sentence against the one total of the sentence, or the line, before it."""
    rows = figured(reading)
    for at, row in enumerate(rows):
        over = above(rows, at)
        for index, (start, end) in enumerate(row.sentences):
            first = index == 0 and row.start == 0
            opened = OPENED.match(row.line.text, start) if first else None
            begin = opened.end() if opened else start
            parts = _parts(row, begin, end)
            if len(parts) < 2:
                continue
            if first:
                before, text = over, rows[at - 1].line.text if over else ""
            else:
                before, text = inside_of(row.quantities, *row.sentences[index - 1]), row.line.text
            total = _only(before, text, parts)
            labels = _labels(row.line.text, begin, parts) if total is not None else []
            if total is None or not labels or not _tells(text, total, labels, bool(opened)):
                continue
            if (told := _judged(row.line, total, parts, labels)) is not None:
                yield told


def _parts(row: Figured, start: int, end: int) -> list[Quantity]:
    """All figures of a sentence, when they are exact counts of one unit."""
    inside = inside_of(row.quantities, start, end)[:MOST_PARTS]
    if len(inside) < 2:
        return []
    parts = [q for q in inside if not in_bracket(row.line.text, start, q.start)]
    exact = all(q.whole and not q.about for q in parts)
    return parts if exact and len({q.unit for q in parts}) == 1 else []


def _only(before: list[Quantity], text: str, parts: list[Quantity]) -> Quantity | None:
    """The only figure before of the parts' unit, when it can hold each of them."""
    known = [q for q in before if q.unit == parts[0].unit and not in_bracket(text, 0, q.start)]
    if len(known) != 1 or known[0].about or any(q.value > known[0].value for q in parts):
        return None
    return known[0]


def _labels(text: str, start: int, parts: list[Quantity]) -> list[str]:
    """What each part is called, when they are a list: each by another name, none a comparison or of things that overlap."""
    labels = [label_before(text, start, q).strip() for q in parts]
    strange = any(not label or COMPARED.search(label) or SHARED.search(label) for label in labels)
    return [] if strange or len(set(labels)) < len(labels) else labels


def _tells(text: str, total: Quantity, labels: list[str], opened: bool) -> bool:
    """Is it the whole of these parts? Without 其中 they must be of a division that tells its whole."""
    label = label_before(text, 0, total)
    if COMPARED.search(label) or any(OVERLAPPING.search(part) for part in labels):
        return False
    if not DONE.search(label) and DONE.search(labels[0]):
        return False
    kind = next(
        (
            name
            for name, family in FAMILIES
            if name in COUNTED and all(family.search(part) for part in labels)
        ),
        "",
    )
    fitting = bool(kind) and COUNTED[kind].search(label) is not None
    return opened or (fitting and closed_family(labels))


def _judged(line: Line, total: Quantity, parts: list[Quantity], labels: list[str]) -> Finding | None:
    runs = (parts[:n] for n in range(2, len(parts) + 1))
    if any(fits(total, run) for run in runs):
        return None
    whole = bool(REST.search(labels[-1])) or closed_family(labels)
    severity = verdict(total, parts, whole or of_one_kind(labels), whole)
    if severity is None:
        return None
    told = sum((q.value for q in parts), Decimal(0))
    return finding(
        "sum.apart", severity, place(line, parts[0].start, parts[-1].end),
        f"前文写的总数是 {total.printed}，这里分列的各项相加为 {plain(told)}", figures=(total.printed, *(q.printed for q in parts)),
        relation=added_up(total, parts), suggestion="请核对前后两处，改正写错的一处",
    )  # fmt: skip


CHECKS = (
    Check("sum.apart", "前句的总数与后句的分项相符", BASIS, "error", totals_apart,
          bad="全年收到政府信息公开申请192件。\n其中，当面申请133件，信函申请53件，网络申请9件。", good="全年收到政府信息公开申请192件。\n其中，当面申请133件，信函申请53件，网络申请6件。"),
)  # fmt: skip
