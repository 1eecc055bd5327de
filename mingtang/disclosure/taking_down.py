"""The verbs on what is public: take it back, mark it repealed, note that a decision was changed or quashed."""

from __future__ import annotations

from datetime import date, datetime

from mingtang.disclosure import events, fitness, history, publishing, superseding
from mingtang.disclosure.chains import THREE
from mingtang.disclosure.models import Document, Edition
from mingtang.law.api import Refused
from mingtang.ledger.api import FlowRow, Person, Verdict

# The ways to take back what is public.
WAYS = {
    "error": "撤错（原网址留说明）",
    "merged": "并入另一份（原网址转过去）",
    "archived": "归档（仍可查阅，标注失效）",
}
# What may happen to a decision that is public.
OVERTURNED = {"quashed": "被撤销", "changed": "被变更"}


def withdraw(
    document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, reason: str = "", way: str = "error", into: str = "",
):  # fmt: skip
    """Take it back in one of three ways: ``error`` (a notice stands there), ``merged`` (its address leads to the document with
    the index number ``into``), ``archived`` (it stays to be read, marked as no longer in force)."""
    if not reason.strip():
        return Refused("撤下没有写理由", row.basis, "请写明撤下的理由，它会显示在原网址上")
    if way not in WAYS:
        return Refused("没有这种撤下的办法", row.basis, "可以：" + "、".join(WAYS.values()))
    if fault := fitness.unsayable(reason):
        return fault
    if way == "archived":
        assert document.live is not None  # the flow offers this verb for live documents only
        if document.live.validity in ("expired", "repealed"):
            return Refused("这份文件已经标注失效或废止", row.basis, "不需要再办")
        if {by.pk, Verdict.absent()} & history.authors(document, document.live):
            return Refused("你或你代理的人是起草人或修改人，不能签自己写的件", THREE, "请另一位同事办理")
        publishing.mark(document, "expired", by, at, row.basis, reason)
        return document
    successor = _successor(document, into.strip(), row.basis) if way == "merged" else None
    if isinstance(successor, Refused):
        return successor
    publishing.withdraw(document, by, at, row.basis, reason, successor)
    if successor is None:  # what was merged goes on in the other; what was a mistake repealed nothing
        superseding.unmark(document, by, at, f"《{document.title}》已撤下，它的{{}}标注随之取消")
    return document


def _successor(document: Document, into: str, basis: str) -> Document | Refused:
    """The live document of that index number, locked; refused when a chain of mergers would come back to this one."""
    if not into:
        return Refused("没有写明并入哪一份文件", basis, "请写并入的那一份的索引号")
    found = Document.objects.select_for_update(of=("self",)).filter(index_no=into).first()
    if found is None:
        return Refused(f"没有索引号是“{into[:40]}”的文件", basis, "请核对索引号")
    after: Document | None = found
    while after is not None:
        if after.pk == document.pk:
            return Refused("并来并去回到了自己", basis, "请选择另一份现行公开的文件")
        after = after.merged_into
    if found.state != Document.LIVE or not found.on_site:
        return Refused("并入的那一份现在不在网上", basis, "请选择一份现行公开的文件")
    return found


def repeal(
    document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, reason: str = "", successor: str = ""
):  # fmt: skip
    """Mark it repealed, with the ground and perhaps the index number of the paper that takes its place; its page stays."""
    if not reason.strip():
        return Refused("标注废止没有写依据", row.basis, "请写明废止它的文件和日期")
    if fault := fitness.unsayable(reason):
        return fault
    if successor.strip():
        found = superseding.successor(document, successor.strip())
        if isinstance(found, Refused):
            return found
        publishing.follow(document, found)
    publishing.repeal(document, by, at, row.basis, reason)
    return document


def overturn(
    document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, how: str = "", on: date | None = None, paper: str = ""
):  # fmt: skip
    """Note that a public decision was changed or quashed, on which day and by which paper; from that day it is due to go."""
    if how not in OVERTURNED:
        return Refused("没有写明是变更还是撤销", row.basis, "请从列表中选择")
    if not paper.strip():
        return Refused("没有写明变更、撤销它的文书", row.basis, "请写文书的名称和文号")
    if on is None or on > at.date():
        return Refused("变更、撤销的日期没有写，或者还没有到", row.basis, "请按文书上的日期填")
    if fault := fitness.unsayable(paper):
        return fault
    owed = events.overturn(document, how, on, at)
    if isinstance(owed, Refused):
        return owed
    said = {"paper": paper.strip()[:200]}
    return history.note(document, "overturn", by, at, row, said, how=how, on=on, due=owed.due_on)
