"""The verbs of review: each obeys its row of the chain (``chains``), in one transaction with one Act."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from mingtang.disclosure import (
    batches,
    drafting,
    fitness,
    history,
    publishing,
    secrecy,
    small_units,
    superseding,
    taking_down,
)
from mingtang.disclosure.catalogue import FIELDS, clean, working
from mingtang.disclosure.chains import CHAINS, STATES, THREE
from mingtang.disclosure.kinds import kinds
from mingtang.disclosure.models import Document, Edition
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, Deed, FlowRow, Person, Reach, Verdict, record

# How far ahead an approved paper may wait, in days.
_AHEAD = 366
_REVIEW_STEPS = {"head_review": "head", "secrecy_review": "secrecy", "sign": "sign"}


def open_verbs(document: Document, person: Person) -> Iterator[tuple[FlowRow, Refused | None]]:
    """Every verb of the document's chain in its present state, with the reason when it is not open to this person."""
    edition, reach = working(document), Reach(person)
    for row in CHAINS[kinds()[document.kind].chain].open_from(edition.state):
        if _misplaced(document, row) is None:
            yield row, _closed(document, edition, row, person, reach)


def _misplaced(document: Document, row: FlowRow) -> Refused | None:
    """Why a verb makes no sense for the document itself, whatever its working edition and whoever asks."""
    if of_batch := batches.misplaced(document, row.verb):
        return of_batch
    if row.verb == "emergency" and document.live_id:
        return Refused("应急发布只用于第一次公开；这份文件公开过", row.basis, "请办更正，走完每一审")
    if row.verb == "discard" and not document.live_id:
        return Refused("这份文件没有公开过，没有可以作废的更正稿", row.basis, "草稿可以继续修改")
    if row.verb == "overturn" and kinds()[document.kind].within == "general":
        return Refused("这类文件不是处罚、许可决定", row.basis, "失效的文件请办标注废止")
    if row.verb in ("withdraw", "repeal", "overturn") and document.state != Document.LIVE:
        return Refused("这份文件现在不在网上", "本平台流程表", "如需重新公开，请办更正，走完每一审")
    if row.verb == "repeal" and document.live and document.live.validity == "repealed":
        return Refused("这份文件已经标注废止", row.basis, "不需要再办")
    return None


def _closed(
    document: Document, edition: Edition, row: FlowRow, person: Person, reach: Reach, allowed: Verdict | None = None
) -> Refused | None:  # fmt: skip
    made_elsewhere = kinds()[document.kind].origin and row.verb in ("edit", "correct")
    verdict = (allowed if made_elsewhere else None) or reach.may(row.power, document)
    if not verdict:
        return Refused(verdict.why, verdict.basis, "请有权限的同事办理")
    if misplaced := _misplaced(document, row):
        return misplaced
    if row.verb in _REVIEW_STEPS or row.verb in ("emergency", "repeal"):
        judged = document.live if row.verb == "repeal" else edition
        if person.pk in history.authors(document, judged):
            return Refused("你是起草人或修改人，不能审自己写的件", THREE, "请另一位同事审核")
        if verdict.stands_for in history.authors(document, judged):
            return Refused("你代理的人是起草人或修改人，不能代他审他写的件", THREE, "请另一位同事审核")
        # Whoever stands in and whoever is stood in for: neither counts twice in one round.
        both = {person.pk, verdict.stands_for} - {None}
        step = _REVIEW_STEPS.get(row.verb)
        done = small_units.earlier(edition, step, both)[0] if step else None
        if done:
            who = "你" if done.person_id == person.pk else "你代理的人或代理他的人"
            return Refused(
                f"{who}已经做过{done.get_step_display()}，每一审须由不同的人办理", THREE, "请另一位同事审核"
            )
    return None


def take(
    document_id: int, verb: str, *, by: Person, at: datetime, allowed: Verdict | None = None, **facts: Any
) -> Document | Refused:
    """One verb of the review flow on one document, in one transaction with one Act. Returns it, or why not.

    ``allowed``: the verdict of the room that makes documents of this kind, for writing its next edition.
    """
    at = at.astimezone(SHANGHAI)
    if stopped := _stopped(document_id, by, at, facts):
        return stopped
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
        reach = Reach(by)
        if closed := _closed(document, edition, row, by, reach, allowed):
            return closed
        with reach.may(row.power, document).standing():
            done = _DO[verb](document, edition, by, at, row, **facts)
        if isinstance(done, Refused):
            transaction.set_rollback(True)
        return done


def _stopped(document_id: int, by: Person, at: datetime, facts: Mapping[str, Any]) -> Refused | None:
    """Whatever is said to a document passes here first: text and files with a secrecy mark stay out (``secrecy``)."""
    values = {k: v for k, v in facts.items() if isinstance(v, (str, list, dict)) and k != "files" and v}
    files, decision = facts.get("files") or [], facts.get("declassified")
    if decision and (fault := decision.fault(at.date())):
        return fault
    said = values | {"body": clean(str(facts.get("body") or ""))}
    if not (values or files) or not secrecy.marked(_as_shown(said), files):
        return None
    held = Document.objects.filter(pk=document_id).values_list("agency_id", "declassified").first()
    if held is None or decision or held[1]:
        return None
    return secrecy.stop(
        by, at, held[0], "draft", secrecy.digest_of(values, files), [f.digest for _name, f in files]
    )


def _as_shown(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of the edition as they are, and whatever else a verb is told (a reason, a comment) among them."""
    given = {k: v for k, v in facts.items() if k in FIELDS}
    return given | {
        "data": {**(given.get("data") or {}), **{k: v for k, v in facts.items() if k not in FIELDS}}
    }


def _submit(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow):
    batch, told = batches.of(document), {}
    if batch is not None:
        looked = batches.ready(batch, edition, by, at)
        if isinstance(looked, Refused):
            return looked
        told = looked
        if not told["rows"]:
            batches.close(batch, edition, by, at)
            return document
    elif fault := fitness.unfit(edition) or fitness.unexplained(document):
        return fault
    edition.state, edition.digest, edition.round = (
        Edition.SUBMITTED,
        fitness.digest_of(edition),
        edition.round + 1,
    )
    edition.save(update_fields=["state", "digest", "round"])
    return history.note(
        document, "submit", by, at, row, edition=edition.number, digest=edition.digest, **told
    )


def _review(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, comment: str = ""):
    if fitness.digest_of(edition) != edition.digest:
        return Refused("送审之后内容变了", "审的和发的必须是同一份", "请退回，由起草人重新送审")
    step = _REVIEW_STEPS[row.verb]
    rule = small_units.earlier(edition, step, {by.pk, Verdict.absent()} - {None})[1]
    publishing.reviewed(edition, step, by, at, comment, under=rule)
    edition.state = row.target
    edition.save(update_fields=["state"])
    ruled = {"rule": rule.pk} if rule else {}
    return history.note(
        document, row.verb, by, at, row, edition=edition.number, digest=edition.digest, **ruled
    )


def _return(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, comment: str = ""):
    if not comment.strip():
        return Refused("退回没有写意见", "退回须说明改什么", "请写明要改的地方")
    edition.state, edition.goes_out_at, edition.goes_out_by = Edition.DRAFT, None, None
    edition.save(update_fields=["state", "goes_out_at", "goes_out_by"])
    # A comment may point at somebody's data: it can be erased, unlike the facts.
    said = {"comment": comment.strip()[:2000]}
    return history.note(document, "return", by, at, row, said, edition=edition.number)


def _publish(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow):
    rows = list(edition.reviews.filter(passed=True, round=edition.round, digest=edition.digest))
    passed = {r.step: r.person_id for r in rows}
    verbs = CHAINS[kinds()[document.kind].chain].verbs()
    needed = {step for verb, step in _REVIEW_STEPS.items() if verb in verbs}
    # Where the office ruled so, one person counts for the first two reviews.
    enough = len(needed) - any(r.under_id for r in rows)
    if (
        not needed <= set(passed)
        or len({passed[s] for s in needed} - history.authors(document, edition)) < enough
    ):
        return Refused("审签不齐", THREE, "请补齐每一审，由不同的人办理")
    if fitness.digest_of(edition) != edition.digest:
        return Refused("签发之后内容变了", "签的和发的必须是同一份", "请退回，由起草人重新送审")
    if (batch := batches.of(document)) is not None:
        if broken := batches.changed(batch, edition):
            return broken
        batches.order(batch, edition, by, at, row.basis)
        return document
    late = superseding.fault(document.agency, edition.data, document)
    if early := fitness.ahead_of_interpretation(document) or late:
        return early
    edition.goes_out_at = edition.goes_out_by = None
    edition.save(update_fields=["goes_out_at", "goes_out_by"])
    publishing.publish(document, edition, by, at, row.basis)
    superseding.mark(document, edition, by, at)
    return document


def _schedule(
    document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, when: datetime | None = None
):
    """Let an approved edition go out by itself at ``when``; ``None`` takes the order back."""
    if when is None and edition.goes_out_at is None:
        return Refused("没有写明什么时候发布", row.basis, "请选择日期和钟点；现在就发的，请办公开发布")
    if when is not None and (when.utcoffset() is None or not at < when <= at + timedelta(days=_AHEAD)):
        return Refused("发布时间应当在现在之后、一年之内", row.basis, "请核对日期和钟点")
    edition.goes_out_at, edition.goes_out_by = when, by if when else None
    edition.save(update_fields=["goes_out_at", "goes_out_by"])
    return history.note(document, "schedule", by, at, row, edition=edition.number, when=when)


def send_out(at: datetime) -> int:
    """Publish what was ordered to go out by now, in the name of who ordered it; returns how many. Safe to run again.

    What cannot go out any more (its orderer left, its text no longer fits) loses its order and stands approved again.
    """
    due = (
        Edition.objects.filter(goes_out_at__lte=at, state=Edition.APPROVED)
        .order_by("goes_out_at", "pk")
        .values_list("pk", "document_id")
    )
    done = 0
    for edition_id, document_id in list(due):
        with transaction.atomic():
            # Whoever takes the order back holds the document, too: asked again once it is ours.
            document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
            edition = (
                Edition.objects.filter(pk=edition_id, goes_out_at__lte=at, state=Edition.APPROVED)
                .select_related("goes_out_by")
                .first()
            )
            if edition is None or edition.goes_out_by is None or working(document).pk != edition_id:
                continue
            made = take(document_id, "publish", by=edition.goes_out_by, at=at)
            if isinstance(made, Refused):
                _held_back(document_id, edition, at, made)
            else:
                done += 1
    return done


def _held_back(document_id: int, edition: Edition, at: datetime, why: Refused) -> None:
    """Take the order off what could not go out, and record that; it stands where it stood, for somebody to look at."""
    edition.goes_out_at = edition.goes_out_by = None
    edition.save(update_fields=["goes_out_at", "goes_out_by"])
    facts = {"edition": edition.number, "why": why.why}
    agency = Document.objects.values_list("agency_id", flat=True).get(pk=document_id)
    record(Deed("document.hold_back", "document", str(document_id), at, None, agency, why.basis, facts))


def _emergency(
    document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, reason: str = ""
):
    if not reason.strip():
        return Refused("应急发布没有写理由", row.basis, "请写明是什么突发事件")
    if fault := fitness.unsayable(reason):
        return fault
    if fault := fitness.unfit(edition) or superseding.fault(document.agency, edition.data, document):
        return fault
    edition.digest = fitness.digest_of(edition)
    edition.save(update_fields=["digest"])
    publishing.reviewed(edition, "emergency", by, at, reason)
    publishing.publish(document, edition, by, at, row.basis, emergency=reason)
    superseding.mark(document, edition, by, at)
    return document


_DO: dict[str, Callable[..., Document | Refused]] = {
    "overturn": taking_down.overturn,
    "edit": drafting.edit,
    "submit": _submit,
    "exempt": drafting.exempt,
    "override": drafting.override,
    "schedule": _schedule,
    "discard": drafting.discard,
    "head_review": _review,
    "secrecy_review": _review,
    "sign": _review,
    "return": _return,
    "publish": _publish,
    "emergency": _emergency,
    "correct": drafting.correct,
    "withdraw": taking_down.withdraw,
    "repeal": taking_down.repeal,
}
