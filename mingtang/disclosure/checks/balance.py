"""What came in is what was done and what is left: 收到71件，已办结66件，剩余5件结转."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from mingtang.disclosure.checks.figures import Figured, Quantity, figured, plain
from mingtang.disclosure.checks.marking import ACCURATE as BASIS
from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.parts import label_before
from mingtang.disclosure.checks.types import Check, Finding, Reading

CAME = re.compile(r"收到|新收|受理|接收|接到|承办|承接|登记")
BROUGHT = re.compile(r"(?:上一?年度?|去年|20\d\d年度?)(?:度)?(?:结转|未办结|转入)")
DONE = re.compile(r"办结|答复|办理完毕|办复")
PARTLY = re.compile(r"其中|按[时期]|延期|当[场面]|未|率")
# The rest by its name, or a carry-over where the carry-in is told too.
# A figure of what was done and nothing else; what may have been left from before.
ANSWERED = re.compile(
    r"(?:已|均|共|全部|按[时期]|依法|及时)*(?:办结|答复|办理完毕|办复|回复)(?:率)?(?:了|共|共计|数)?"
)
OLD = re.compile(r"上年|去年|上一年|结转|往年|历年|累计|历史|其中|同比|比")
REST = re.compile(r"剩余|其余|余下|尚余|还剩|剩下")
LEFT = re.compile(r"结转|转(?:至|入|到)?(?:下|次|明)|未办结|(?:正在|尚在|继续)办理|在办")


def balances(reading: Reading) -> Iterator[Finding]:
    """Came in (with what last year left) = done + left, where one sentence tells all of them."""
    for row in figured(reading):
        if len(row.quantities) < 2:
            continue
        for start, end in row.sentences:
            text = row.line.text
            if DONE.search(text, start, end) and CAME.search(text, start, end):
                yield from _sentence(row, start, end)
                yield from _more(row, start, end)


def _sentence(row: Figured, start: int, end: int) -> Iterator[Finding]:
    text = row.line.text
    inside = [q for q in row.quantities if start <= q.start < end]
    for at, came in enumerate(inside):
        label = label_before(text, start, came)
        if CAME.search(label) is None or BROUGHT.search(label) or came.about or not came.whole:
            continue
        told = _told(text, start, [came, *inside[at + 1 : at + 13]])
        if told is None:
            continue
        brought, done, left = told
        right = came.value + (brought.value if brought else 0) - done.value
        if right != left.value and done.value <= came.value + (brought.value if brought else 0):
            figures = [q for q in (came, brought, done, left) if q is not None]
            before = f" + {plain(brought.value)}" if brought else ""
            yield finding(
                "sum.balance", "error", place(row.line, came.start, left.end),
                f"收到{'加上年结转' if brought else ''}减去办结应余 {plain(right)}，写的是 {left.printed}", figures=tuple(q.printed for q in figures),
                relation=f"{plain(came.value)}{before} - {plain(done.value)} = {plain(right)}", suggestion="请核对收到、办结和结转的件数",
            )  # fmt: skip
            return


def _more(row: Figured, start: int, end: int) -> Iterator[Finding]:
    """收到1200件，答复1300件: more was done than came in, and nothing is said of what last year left."""
    text = row.line.text
    inside = [q for q in row.quantities if start <= q.start < end]
    if OLD.search(text, start, end):
        return
    for came, done in pairwise(inside):
        said, did = label_before(text, start, came), label_before(text, start, done)
        plainly = CAME.search(said) and not DONE.search(said) and ANSWERED.fullmatch(did.strip())
        exact = came.unit == done.unit and came.whole and not (came.about or done.about)
        if plainly and exact and done.value > came.value:
            yield finding(
                "sum.more", "error", place(row.line, came.start, done.end),
                f"收到 {came.printed}，办结（答复）却有 {done.printed}", figures=(came.printed, done.printed),
                relation="办结数 ≤ 收到数 + 上年结转", suggestion="请核对两个数；含上年结转的，写明结转的件数",
            )  # fmt: skip


def _told(
    text: str, start: int, figures: list[Quantity]
) -> tuple[Quantity | None, Quantity, Quantity] | None:
    """(carried in, done, left) in that order behind what came in; None when one is missing or stands apart."""
    brought = done = None
    for q in figures[1:]:
        label = label_before(text, start, q)
        behind = re.split(r"[，,。；;]", text[q.end : q.end + 16])[0]
        if BROUGHT.search(label):
            brought = q if done is None and brought is None else None
        elif CAME.search(label):
            return None  # another whole: it is looked at by itself
        elif done is not None and (REST.search(label) or (brought and LEFT.search(label + behind))):
            plain_rest = (
                q.unit == done.unit and not q.about and not PARTLY.search(label.replace("未办结", ""))
            )
            return (brought, done, q) if plain_rest else None
        elif done is None and DONE.search(label) and not PARTLY.search(label):
            if q.unit != figures[0].unit or q.about:
                return None
            done = q
    return None


CHECKS = (
    Check("sum.more", "办结的不多于收到的", BASIS, "error", balances,
          bad="收到群众来信1200件，答复1300件。", good="收到群众来信1200件，答复1200件。"),
    Check("sum.balance", "收到的等于办结的加剩余的", BASIS, "error", balances,
          bad="全年收到申请71件，已办结66件，剩余6件结转下年。", good="全年收到申请70件，上年结转2件，办结67件，结转下年5件。"),
)  # fmt: skip
