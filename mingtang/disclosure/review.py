"""Review as tables: one flow for each chain, obeyed by the desk, drawn by the docs, walked by a test.

The full chain is three reviews by three different people, none of them the drafter (contract: reviews).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction

from mingtang.disclosure import publishing
from mingtang.disclosure.catalogue import FIELDS, attach, fault_of, fingerprint, write
from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.run import check as run_checks
from mingtang.disclosure.checks.types import Finding, Line, Reading
from mingtang.disclosure.kinds import kinds
from mingtang.disclosure.models import Document, Edition, Review
from mingtang.law.api import Refused
from mingtang.ledger.api import Deed, FlowRow, FlowTable, Person, may, path_of, record

STATES = {
    "draft": "起草",
    "submitted": "待科室审核",
    "head_done": "待下一步审查",
    "secrecy_done": "待签发",
    "approved": "待发布",
    "published": "已公开",
    "replaced": "已被新版替换",
}
_THREE = "三审三校；先审查、后公开（条例第十七条）"


def _row(source: str, verb: str, target: str | None, power: str, label: str, basis: str = _THREE) -> FlowRow:
    return FlowRow(source, verb, target, f"document.{power}", label, basis)


_START = (
    _row("draft", "edit", None, "edit", "修改"),
    _row("draft", "submit", "submitted", "submit", "送审"),
    _row(
        "draft",
        "emergency",
        "published",
        "emergency",
        "应急发布",
        "突发事件应对法：第一时间发布；事后补审，全程留痕",
    ),
)
_END = (
    _row(
        "approved",
        "publish",
        "published",
        "publish",
        "公开发布",
        "条例第二十六条：自形成或者变更之日起20个工作日内",
    ),
    _row("approved", "return", "draft", "return", "退回修改"),
    _row("published", "correct", None, "draft", "更正（出新版）", "条例第六条：信息应当准确"),
    _row("published", "withdraw", None, "withdraw", "撤下", "条例第六条、第十八条"),
    _row("published", "repeal", None, "repeal", "标注废止", "国办发〔2017〕47号：失效文件应当标注"),
)
CHAINS = {
    "full": FlowTable(
        (
            *_START,
            _row("submitted", "head_review", "head_done", "head_review", "科室审核通过"),
            _row("submitted", "return", "draft", "return", "退回修改"),
            _row("head_done", "secrecy_review", "secrecy_done", "secrecy_review", "保密审查通过", "条例第十七条；保密法第三十五条"),
            _row("head_done", "return", "draft", "return", "退回修改"),
            _row("secrecy_done", "sign", "approved", "sign", "签发"),
            _row("secrecy_done", "return", "draft", "return", "退回修改"),
            *_END,
        ),
        STATES,
    ),
    "light": FlowTable(
        (
            *_START,
            _row("submitted", "head_review", "head_done", "head_review", "科室审核通过"),
            _row("submitted", "return", "draft", "return", "退回修改"),
            _row("head_done", "sign", "approved", "sign", "签发"),
            _row("head_done", "return", "draft", "return", "退回修改"),
            *_END,
        ),
        STATES,
    ),
    "standing": FlowTable(
        (
            *_START,
            _row("submitted", "sign", "approved", "sign", "签发"),
            _row("submitted", "return", "draft", "return", "退回修改"),
            *_END,
        ),
        STATES,
    ),
}  # fmt: skip
_REVIEW_STEPS = {"head_review": "head", "secrecy_review": "secrecy", "sign": "sign"}


def working(document: Document) -> Edition:
    """The edition that is being worked on: the newest."""
    return document.editions.order_by("-number").select_related("drafter").first()


def findings(edition: Edition) -> tuple[Finding, ...]:
    """What the checks say of an edition's title, its text and what lies inside its attachments."""
    import lxml.html

    text = lxml.html.fromstring(f"<div>{edition.body or ''}</div>")
    blocks = [edition.title]
    for block in text.iter("p", "h2", "h3", "h4", "li", "td", "th"):
        blocks.append("".join(block.itertext()).strip())
    if len(blocks) == 1:
        blocks.append(text.text_content())
    lines = tuple(Line(i, b) for i, b in enumerate(blocks, 1))
    found = list(run_checks(Reading(edition.title, "text/html", lines)))
    for name, digest in edition.attachments.values_list("name", "file_id"):
        found += [replace(f, message=f"附件“{name}”：{f.message}") for f in _inside(name, digest)]
    return tuple(found)


@lru_cache(maxsize=256)
def _inside(name: str, digest: str) -> tuple[Finding, ...]:
    """What the checks say of one kept file; the same bytes are judged once. A picture has no text to judge."""
    reading = read(path_of(digest), name)
    return run_checks(reading) if isinstance(reading, Reading) else ()


def open_verbs(document: Document, person: Person) -> Iterator[tuple[FlowRow, Refused | None]]:
    """Every verb of the document's chain in its present state, with the reason when it is not open to this person."""
    edition = working(document)
    for row in CHAINS[kinds()[document.kind].chain].open_from(edition.state):
        if row.verb == "emergency" and document.live_id:
            continue
        yield row, _closed(document, edition, row, person)


def _closed(document: Document, edition: Edition, row: FlowRow, person: Person) -> Refused | None:
    verdict = may(person, row.power, document)
    if not verdict:
        return Refused(verdict.why, verdict.basis, "请有权限的同事办理")
    if row.verb in _REVIEW_STEPS or row.verb == "emergency":
        if edition.drafter_id == person.pk:
            return Refused("你是起草人，不能审自己起草的件", _THREE, "请另一位同事审核")
        done = edition.reviews.filter(passed=True, person=person, round=edition.round).first()
        if done and row.verb != "emergency":
            return Refused(
                f"你已经做过{done.get_step_display()}，每一审须由不同的人办理", _THREE, "请另一位同事审核"
            )
    if row.verb in ("withdraw", "repeal", "correct") and document.state != Document.LIVE:
        return Refused("这份文件现在不在网上", "本平台流程表", "如需重新公开，请起草新版送审")
    return None


def take(document_id: int, verb: str, *, by: Person, at: datetime, **facts: Any) -> Document | Refused:
    """One verb of the review flow on one document, in one transaction with one Act. Returns it, or why not."""
    with transaction.atomic():
        document = (
            Document.objects.select_for_update(of=("self",))
            .select_related("agency")
            .filter(pk=document_id)
            .first()
        )
        if document is None:
            return Refused("没有这份文件", "目录", "请从目录中重新打开")
        edition = working(document)
        chain = CHAINS[kinds()[document.kind].chain]
        row = chain.row(edition.state, verb)
        if row is None:
            state = STATES[edition.state]
            now_open = "、".join(r.label for r in chain.open_from(edition.state)) or "无"
            return Refused(f"“{state}”状态下没有这一步", "本平台流程表", f"现在可以：{now_open}")
        if closed := _closed(document, edition, row, by):
            return closed
        done = _DO[verb](document, edition, by, at, row, **facts)
        if isinstance(done, Refused):
            transaction.set_rollback(True)
        return done


def _record(document: Document, verb: str, by: Person, at: datetime, row: FlowRow, **facts: Any) -> Document:
    record(
        Deed(f"document.{verb}", "document", str(document.pk), at, by, document.agency_id, row.basis, facts)
    )
    return document


def _edit(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, **facts: Any):
    files = facts.pop("files", None)
    values = {f: getattr(edition, f) for f in FIELDS} | facts
    if unknown := set(facts) - set(FIELDS):
        return Refused(f"没有这些项目：{'、'.join(sorted(unknown))}", "目录元数据", "请只改表单上的项目")
    if fault := fault_of(document.kind, values, at.date()):
        return fault
    before = {f: getattr(edition, f) for f in facts}
    write(edition, values)
    edition.save()
    if files is not None:
        attach(edition, files)
    if not document.live_id:
        document.title = edition.title
        document.save(update_fields=["title"])
    changed = sorted(f for f in before if before[f] != getattr(edition, f))
    return _record(document, "edit", by, at, row, edition=edition.number, changed=changed)


def _fingerprint(edition: Edition) -> str:
    return fingerprint(edition, list(edition.attachments.values_list("name", "file_id")))


def _submit(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow):
    if edition.attribute != Edition.OPEN:
        return Refused(
            "公开属性不是主动公开，不能送审发布",
            "国办发〔2016〕80号",
            "留在文件登记簿即可；需要公开时先变更公开属性并写明理由",
        )
    if not edition.body.strip() and not edition.attachments.exists() and not edition.data:
        return Refused("正文和附件都是空的", "条例第六条：信息应当完整准确", "请写正文或上传附件")
    if blocked := next(
        (f for f in findings(edition) if f.severity == "error" and f.code.startswith("pii.")), None
    ):
        return Refused(
            f"正文或附件含个人信息：{blocked.message}",
            "条例第十五条；个人信息保护法第二十八条",
            blocked.suggestion or "请遮盖后再送审",
        )
    edition.state, edition.digest, edition.round = Edition.SUBMITTED, _fingerprint(edition), edition.round + 1
    edition.save(update_fields=["state", "digest", "round"])
    return _record(document, "submit", by, at, row, edition=edition.number, digest=edition.digest)


def _review(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, comment: str = ""):
    if _fingerprint(edition) != edition.digest:
        return Refused("送审之后内容变了", "审的和发的必须是同一份", "请退回，由起草人重新送审")
    step = _REVIEW_STEPS[row.verb]
    Review.objects.create(
        edition=edition,
        round=edition.round,
        step=step,
        person=by,
        passed=True,
        comment=comment[:2000],
        at=at,
        digest=edition.digest,
    )
    edition.state = row.target
    edition.save(update_fields=["state"])
    return _record(document, row.verb, by, at, row, edition=edition.number, digest=edition.digest)


def _return(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, comment: str = ""):
    if not comment.strip():
        return Refused("退回没有写意见", "退回须说明改什么", "请写明要改的地方")
    edition.state = Edition.DRAFT
    edition.save(update_fields=["state"])
    return _record(document, "return", by, at, row, edition=edition.number, comment=comment[:2000])


def _publish(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow):
    chain = {"full": {"head", "secrecy", "sign"}, "light": {"head", "sign"}, "standing": {"sign"}}
    passed = {
        r.step: r.person_id
        for r in edition.reviews.filter(passed=True, round=edition.round, digest=edition.digest)
    }
    needed = chain[kinds()[document.kind].chain]
    if not needed <= set(passed) or len({passed[s] for s in needed} - {edition.drafter_id}) < len(needed):
        return Refused("审签不齐", _THREE, "请补齐每一审，由不同的人办理")
    if _fingerprint(edition) != edition.digest:
        return Refused("签发之后内容变了", "签的和发的必须是同一份", "请退回，由起草人重新送审")
    publishing.publish(document, edition, by, at, row.basis)
    return document


def _emergency(
    document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, reason: str = ""
):
    if not reason.strip():
        return Refused("应急发布没有写理由", row.basis, "请写明是什么突发事件")
    edition.digest = _fingerprint(edition)
    edition.save(update_fields=["digest"])
    Review.objects.create(
        edition=edition,
        round=edition.round,
        step="emergency",
        person=by,
        passed=True,
        comment=reason[:2000],
        at=at,
        digest=edition.digest,
    )
    publishing.publish(document, edition, by, at, row.basis, reason=reason)
    return document


def _correct(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, **values: Any):
    merged = {f: getattr(edition, f) for f in FIELDS} | values
    if fault := fault_of(document.kind, merged, at.date()):
        return fault
    new = Edition(document=document, number=edition.number + 1, drafter=by, drafted_at=at)
    write(new, merged)
    new.save()
    attach(new, [(a.name, a.file) for a in edition.attachments.select_related("file")])
    return _record(document, "correct", by, at, row, edition=new.number)


def _withdraw(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, reason: str = ""):
    if not reason.strip():
        return Refused("撤下没有写理由", row.basis, "请写明撤下的理由，它会显示在原网址上")
    publishing.withdraw(document, by, at, row.basis, reason)
    return document


def _repeal(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, reason: str = ""):
    if not reason.strip():
        return Refused("标注废止没有写依据", row.basis, "请写明废止它的文件和日期")
    publishing.repeal(document, edition, by, at, row.basis, reason)
    return document


_DO = {
    "edit": _edit,
    "submit": _submit,
    "head_review": _review,
    "secrecy_review": _review,
    "sign": _review,
    "return": _return,
    "publish": _publish,
    "emergency": _emergency,
    "correct": _correct,
    "withdraw": _withdraw,
    "repeal": _repeal,
}
