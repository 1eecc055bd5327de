"""Outcomes of reviews and suits: the law knows no others, so what is not named is unexplained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from mingtang.disclosure.checks.figures import Quantity, figured, plain
from mingtang.disclosure.checks.marking import ACCURATE as BASIS
from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.parts import added_up, fits, label_before
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading

DISPUTE = re.compile(r"(行政复议|行政诉讼|复议|诉讼|应诉)")
OUTCOME = re.compile(
    r"维持|驳回|纠错|纠正|撤销|确认违法|责令|撤回|撤诉|终止|调解|和解|未审结|尚未|审理中|正在审理|在审|未结|待审|胜诉|败诉|其他|其余|不予受理"
)


def dispute_outcomes(reading: Reading) -> Iterator[Finding]:
    """行政诉讼25件，维持……21件: outcomes of disputes are exhaustive; what is not named is unexplained."""
    for row in (r for r in figured(reading) if len(r.quantities) >= 2):
        line, found = row.line, row.quantities
        if not DISPUTE.search(line.text):
            continue
        for start, end in row.sentences:
            inside = [q for q in found if start <= q.start < end]
            yield from _disputes(line, start, inside)


def _behind(text: str, quantity: Quantity) -> str:
    """1件被确认违法: the outcome of a figure that has no words before it stands behind it."""
    return re.split(r"[，,、。；;\d]", text[quantity.end : quantity.end + 16])[0]


def _disputes(line: Line, start: int, inside: list[Quantity]) -> Iterator[Finding]:
    """Heads are figures whose label names a dispute and no outcome; the outcomes behind them are its parts."""
    labels = [label_before(line.text, start, q) or _behind(line.text, q) for q in inside]
    at = 0
    while at < len(inside):
        head = inside[at]
        if not DISPUTE.search(labels[at]) or OUTCOME.search(labels[at]) or head.about:
            at += 1
            continue
        # “复议、诉讼共10件”, then outcomes of one of them: whose the rest is cannot be said.
        clause = re.split(r"[，,。；;]", line.text[start : head.start])[-1]
        both = "复议" in clause and "诉讼" in clause
        other = "诉讼" if "复议" in clause else "复议"
        parts = []
        for q, label in zip(inside[at + 1 :], labels[at + 1 :], strict=True):
            if both or other in label or not OUTCOME.search(label) or q.unit != head.unit or q.about:
                break
            parts.append(q)
        at += 1 + len(parts)
        tail = line.text[(parts[-1].end if parts else head.end) :][:12]
        if not parts or re.match(r"[，,；;]?(?:其余|其他|均|另|全部)", tail) or fits(head, parts):
            continue
        told = sum((q.value for q in parts), Decimal(0))
        gap = head.value - told
        among = "其中" in line.text[head.end : parts[0].start]
        message = (
            f"{labels[inside.index(head)].strip()[-12:]}{head.printed}，已列明结果的只有 {plain(told)} 件，还有 {plain(gap)} 件没有说明"
            if gap > 0
            else f"{head.printed} 的各种结果相加为 {plain(told)} 件，超出 {plain(-gap)} 件"
        )
        yield finding(
            "sum.unexplained", "warning" if among and gap > 0 and len(parts) < 2 else "error", place(line, head.start, parts[-1].end), message,
            figures=(head.printed, *(q.printed for q in parts)), relation=added_up(head, parts),
            suggestion="请补写其余案件的结果（纠正、其他、尚未审结），或核对总数",
        )  # fmt: skip


CHECKS = (
    Check("sum.unexplained", "复议、诉讼的结果说全", BASIS, "error", dispute_outcomes,
          bad="行政诉讼25件，维持具体行政行为或者驳回诉讼请求21件。", good="行政诉讼25件，维持21件，纠正1件，尚未审结3件。"),
)  # fmt: skip
