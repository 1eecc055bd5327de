"""The verbs of review: each obeys its row of the chain (``chains``), in one transaction with one Act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction

from mingtang.disclosure import publishing
from mingtang.disclosure.catalogue import (
    FIELDS,
    as_filed,
    attach,
    fault_of,
    files_as_filed,
    fingerprint,
    next_edition,
    write,
)
from mingtang.disclosure.chains import CHAINS, STATES, THREE
from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.run import check as run_checks
from mingtang.disclosure.checks.types import Finding, Line, Reading
from mingtang.disclosure.kinds import kinds
from mingtang.disclosure.models import Document, Edition, Review
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, Deed, FileRow, FlowRow, Person, Reach, find, record

_REVIEW_STEPS = {"head_review": "head", "secrecy_review": "secrecy", "sign": "sign"}


def working(document: Document) -> Edition:
    """The edition that is being worked on: the newest that was not discarded."""
    kept = document.editions.exclude(state=Edition.DISCARDED)
    return kept.order_by("-number").select_related("drafter").first()


def _authors(document: Document, edition: Edition) -> set[int | None]:
    """Who wrote this edition: its drafter and everybody who edited it."""
    edits = find(
        "act", subject_type="document", subject_id=str(document.pk), verb="document.edit", edition=edition.number
    )  # fmt: skip
    return {edition.drafter_id, *(a.person_id for a in edits)}


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
    reading = read(FileRow.path_of(digest), name)
    return run_checks(reading) if isinstance(reading, Reading) else ()


def open_verbs(document: Document, person: Person) -> Iterator[tuple[FlowRow, Refused | None]]:
    """Every verb of the document's chain in its present state, with the reason when it is not open to this person."""
    edition, reach = working(document), Reach(person)
    for row in CHAINS[kinds()[document.kind].chain].open_from(edition.state):
        if _misplaced(document, row) is None:
            yield row, _closed(document, edition, row, person, reach)


def _misplaced(document: Document, row: FlowRow) -> Refused | None:
    """Why a verb makes no sense for the document itself, whatever its working edition and whoever asks."""
    if row.verb == "emergency" and document.live_id:
        return Refused("应急发布只用于第一次公开；这份文件公开过", row.basis, "请办更正，走完每一审")
    if row.verb == "discard" and not document.live_id:
        return Refused("这份文件没有公开过，没有可以作废的更正稿", row.basis, "草稿可以继续修改")
    if row.verb in ("withdraw", "repeal") and document.state != Document.LIVE:
        return Refused("这份文件现在不在网上", "本平台流程表", "如需重新公开，请办更正，走完每一审")
    if row.verb == "repeal" and document.live and document.live.validity == "repealed":
        return Refused("这份文件已经标注废止", row.basis, "不需要再办")
    return None


def _closed(
    document: Document, edition: Edition, row: FlowRow, person: Person, reach: Reach
) -> Refused | None:
    verdict = reach.may(row.power, document)
    if not verdict:
        return Refused(verdict.why, verdict.basis, "请有权限的同事办理")
    if misplaced := _misplaced(document, row):
        return misplaced
    if row.verb in _REVIEW_STEPS or row.verb in ("emergency", "repeal"):
        judged = document.live if row.verb == "repeal" else edition
        if person.pk in _authors(document, judged):
            return Refused("你是起草人或修改人，不能审自己写的件", THREE, "请另一位同事审核")
        done = edition.reviews.filter(passed=True, person=person, round=edition.round).first()
        if done and row.verb in _REVIEW_STEPS:
            return Refused(
                f"你已经做过{done.get_step_display()}，每一审须由不同的人办理", THREE, "请另一位同事审核"
            )
    return None


def take(document_id: int, verb: str, *, by: Person, at: datetime, **facts: Any) -> Document | Refused:
    """One verb of the review flow on one document, in one transaction with one Act. Returns it, or why not."""
    at = at.astimezone(SHANGHAI)
    with transaction.atomic():
        document = (
            Document.objects.select_for_update(of=("self",))
            .select_related("agency", "live")
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
        if closed := _closed(document, edition, row, by, Reach(by)):
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


def _revised(
    document: Document, edition: Edition, facts: dict[str, Any], at: datetime
) -> dict[str, Any] | Refused:
    """The fields an edition will have with these facts, or why it cannot have them."""
    if unknown := set(facts) - {*FIELDS, "origin"}:
        return Refused(f"没有这些项目：{'、'.join(sorted(unknown))}", "目录元数据", "请只改表单上的项目")
    given = as_filed(document, edition, facts)
    if isinstance(given, Refused):
        return given
    values = {f: getattr(edition, f) for f in FIELDS} | given
    return fault_of(document.kind, values, at.date()) or values


def _edit(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, **facts: Any):
    files = facts.pop("files", None)
    values = _revised(document, edition, facts, at)
    if isinstance(values, Refused):
        return values
    if files is not None and (fault := files_as_filed(document, edition, files, facts)):
        return fault
    before = {f: getattr(edition, f) for f in facts if f in FIELDS}
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


def _unfit(edition: Edition) -> Refused | None:
    """Why an edition cannot be shown to everybody: its attribute, nothing in it, personal data in it."""
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
    return None


def _submit(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow):
    if unfit := _unfit(edition):
        return unfit
    edition.state, edition.digest, edition.round = Edition.SUBMITTED, _fingerprint(edition), edition.round + 1
    edition.save(update_fields=["state", "digest", "round"])
    return _record(document, "submit", by, at, row, edition=edition.number, digest=edition.digest)


def _discard(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow):
    edition.state = Edition.DISCARDED
    edition.save(update_fields=["state"])
    return _record(document, "discard", by, at, row, edition=edition.number)


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
    if not needed <= set(passed) or len({passed[s] for s in needed} - _authors(document, edition)) < len(
        needed
    ):
        return Refused("审签不齐", THREE, "请补齐每一审，由不同的人办理")
    if _fingerprint(edition) != edition.digest:
        return Refused("签发之后内容变了", "签的和发的必须是同一份", "请退回，由起草人重新送审")
    publishing.publish(document, edition, by, at, row.basis)
    return document


def _emergency(
    document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, reason: str = ""
):
    if not reason.strip():
        return Refused("应急发布没有写理由", row.basis, "请写明是什么突发事件")
    if unfit := _unfit(edition):
        return unfit
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
    publishing.publish(document, edition, by, at, row.basis, emergency=reason[:2000])
    return document


def _correct(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, **facts: Any):
    files = facts.pop("files", None)
    values = _revised(document, edition, facts, at)
    if isinstance(values, Refused):
        return values
    new = Edition(document=document, number=next_edition(document), drafter=by, drafted_at=at)
    write(new, values)
    new.save()
    if files is None:
        files = [(a.name, a.file) for a in edition.attachments.select_related("file")]
    elif fault := files_as_filed(document, edition, files, facts):
        return fault
    attach(new, files)
    # Drafting a correction and publishing it are two deeds: the second is recorded as document.correct.
    record(
        Deed(
            "document.draft_correction", "document", str(document.pk), at, by, document.agency_id, row.basis,
            {"edition": new.number},
        )
    )  # fmt: skip
    return document


def _withdraw(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, reason: str = ""):
    if not reason.strip():
        return Refused("撤下没有写理由", row.basis, "请写明撤下的理由，它会显示在原网址上")
    publishing.withdraw(document, by, at, row.basis, reason)
    return document


def _repeal(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, reason: str = ""):
    if not reason.strip():
        return Refused("标注废止没有写依据", row.basis, "请写明废止它的文件和日期")
    publishing.repeal(document, by, at, row.basis, reason)
    return document


_DO = {
    "edit": _edit,
    "submit": _submit,
    "discard": _discard,
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
