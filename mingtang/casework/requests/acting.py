"""One verb on one case: the table, the power, the history, the law; then the Step, the clock and the Act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from mingtang.casework.models import Case, CaseReview, Step
from mingtang.casework.requests import answering, searching, timing
from mingtang.casework.requests.flow import REQUESTS, STATES, barred, barred_here
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, Deed, FlowRow, Person, Reach, enqueue, law, record

_REVIEWS = {"head_review": "head", "secrecy_review": "secrecy", "sign": "sign"}
_STAYS = ("party", "days", "amount", "quantity", "count", "papers", "documents")
_FEES = "国办函〔2020〕109号"
_CHAIN = "内部审批：承办、审核、保密审查、签发由不同的人办理"


def take(
    case_id: int, verb: str, *, by: Person, at: datetime, on: date | None = None, **facts: Any
) -> Case | Refused:
    """Do one verb of ``REQUESTS`` to a case; ``on`` is the civil day it happened (today by default, never later)."""
    with transaction.atomic():
        case = (
            Case.objects.select_for_update(of=("self",)).select_related("agency").filter(pk=case_id).first()
        )
        if case is None:
            return Refused("没有这件申请", "登记簿", "请从今天要办或申请列表重新打开")
        row = REQUESTS.row(case.state, verb)
        if row is None:
            labels = "、".join(dict.fromkeys(r.label for r in REQUESTS.open_from(case.state))) or "无"
            return barred(case.state, verb) or Refused(
                f"“{STATES[case.state]}”状态下没有这一步", "本平台流程表", f"现在可以：{labels}"
            )
        day = on or at.date()
        if day > at.date():
            return Refused(f"{day}还没有到", "步骤按实际发生的日期登记", "请等事情发生后再登记")
        steps = list(case.steps.order_by("pk"))
        reach = Reach(by)
        closed = _closed(case, row, by, day, steps, reach, _passed(case))
        if closed := closed or _too_early(case, row, day, steps):
            return closed
        verdict = reach.may(row.power, case)
        with verdict.standing():
            done = _do(case, row, by, at, day, steps, facts, verdict.stands_for)
        if isinstance(done, Refused):
            transaction.set_rollback(True)
        return done


def _too_early(case: Case, row: FlowRow, day: date, steps: list[Step]) -> Refused | None:
    """Law judges its own steps; the others cannot be dated before what they rest on."""
    if row.law_step or row.verb == "note":
        return None
    floor = max((s.on for s in steps), default=case.received_on)
    if row.verb == "reply":
        signed = (
            case.reviews.filter(step="sign", passed=True).order_by("-pk").values_list("at", flat=True).first()
        )
        floor = max(floor, signed.astimezone(SHANGHAI).date()) if signed else floor
    if day >= floor:
        return None
    return Refused(
        f"{day}早于上一步的{floor}",
        "步骤按实际发生的日期登记，答复不早于签发",
        "请核对日期；不填则按今天登记",
    )


def open_verbs(case: Case, person: Person, day: date) -> Iterator[tuple[FlowRow, Refused | None]]:
    """The verbs of the case's state, each with the reason when it is not open to this person on this day.

    After them the steps in law that the state bars, each with the state's reason.
    """
    steps, reach, passed = list(case.steps.order_by("pk")), Reach(person), _passed(case)
    for row in REQUESTS.open_from(case.state):
        yield row, _closed(case, row, person, day, steps, reach, passed)
    yield from barred_here(case.state)


def _closed(
    case: Case, row: FlowRow, person: Person, day: date, steps: list[Step], reach: Reach, passed: list[CaseReview]
) -> Refused | None:  # fmt: skip
    verdict = reach.may(row.power, case)
    if not verdict:
        return Refused(verdict.why, verdict.basis, "请有权限的同事办理")
    if row.verb in _REVIEWS:
        both = {person.pk, verdict.stands_for} - {None}
        if case.drafter_id in both:
            return Refused("你或你代理的人是拟稿人，不能审自己拟的稿", _CHAIN, "请另一位同事审核")
        if any(both & {r.person_id, r.stands_for_id} for r in passed):
            return Refused("你或你代理的人已经审过这一稿，每一审须由不同的人办理", _CHAIN, "请另一位同事办理")
    if row.law_step:
        norms = law(case.received_on)
        if isinstance(norms, Refused):
            return norms
        answer = norms.may(row.law_step, case.received_on, case.channel, timing.law_steps(steps), day)
        if isinstance(answer, Refused):
            return answer
    return None


def _round(case: Case) -> int:
    return case.steps.filter(step="decide").count()


def _passed(case: Case) -> list[CaseReview]:
    """The reviews passed on the present draft: a return or a new draft starts afresh."""
    rows = list(case.reviews.filter(round=_round(case)).order_by("pk"))
    last_return = max((i for i, r in enumerate(rows) if not r.passed), default=-1)
    return rows[last_return + 1 :]


def _do(
    case: Case, row: FlowRow, by: Person, at: datetime, day: date, steps: list[Step], facts: dict[str, Any],
    stands_for: int | None,
):  # fmt: skip
    payload: dict[str, Any] | None = None
    kept: dict[str, Any] = {"on": day}
    if row.verb == "decide":
        if fault := answering.decide(case, by, day, **facts):
            return fault
        kept |= {"outcome": case.outcome}
    elif row.verb in _REVIEWS or row.verb == "return":
        said = _reviewed(case, row.verb, by, stands_for, at, str(facts.get("comment") or "").strip()[:2000])
        if isinstance(said, Refused):
            return said
        payload = said
    elif row.verb == "reply":
        if fault := answering.reply(case, day, **facts):
            return fault
        kept |= {"letter": case.letters.order_by("-pk").values_list("number", flat=True).first()}
    elif row.verb in ("close", "withdraw"):
        case.closed_on = day
        if row.verb == "withdraw":
            case.outcome, case.concluded_on = answering.withdrawn_outcome(case), day
            payload = {"text": str(facts.get("text") or "")[:2000]}
    elif row.verb in ("fee", "search"):
        asked = _fee(case, facts) if row.verb == "fee" else searching.search(case, by, day, **facts)
        if isinstance(asked, Refused):
            return asked
        kept, payload = kept | asked.kept, dict(asked.told)
    elif row.verb == "paid":
        amount = _paid(facts.get("amount"), steps)
        if isinstance(amount, Refused):
            return amount
        case.fee += amount
        kept |= {"amount": str(amount)}
    elif facts:
        # Figures stay figures (law reads ``days``); everything else is kept as text.
        payload = {k: v if isinstance(v, int) else str(v)[:2000] for k, v in facts.items()}
    return _write(case, row, by, at, day, steps, kept, payload)


def _reviewed(
    case: Case, verb: str, by: Person, stands_for: int | None, at: datetime, comment: str
) -> dict[str, Any] | Refused | None:
    """One person's yes or no to the draft; what a return's Act may forget later."""
    passed = verb in _REVIEWS
    if not passed and not comment:
        return Refused("退回没有写意见", "退回须说明改什么", "请写明要改的地方")
    CaseReview.objects.create(
        case=case, round=_round(case), step=_REVIEWS.get(verb, "head"), person=by, stands_for_id=stands_for, passed=passed,
        at=at, comment=comment,
    )  # fmt: skip
    return None if passed else {"comment": comment}


@dataclass(frozen=True)
class _Asked:
    """What a fee notice asks for, and the sentence that says how it was counted."""

    kept: dict[str, Any]
    told: dict[str, str]


def _fee(case: Case, facts: dict[str, Any]) -> _Asked | Refused:
    """What the notice asks for: the law's amount for so many applications or pages, never a typed one."""
    norms = law(case.received_on)
    if isinstance(norms, Refused):
        return norms
    try:
        quantity = int(str(facts.get("quantity")))
    except ValueError:
        quantity = -1
    found = norms.fee(str(facts.get("method")), quantity)
    if isinstance(found, Refused):
        return found
    if not found.amount:
        return Refused(
            f"{quantity}{'件' if found.method == 'per_item' else '页'}在免费的数量以内，不得收费",
            found.because[0].basis, "请按一般申请办理，不发收费通知",
        )  # fmt: skip
    kept = {"method": found.method, "quantity": quantity, "amount": str(found.amount)}
    return _Asked(kept, {"text": found.because[0].text + str(facts.get("text") or "")[:2000]})


def _paid(value: Any, steps: list[Step]) -> Decimal | Refused:
    """The amount paid: that of the notice, to the fen."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount <= 0 or amount >= 10**7 or amount != amount.quantize(Decimal("0.01")):
        return Refused("缴费金额不对", _FEES, "请按收费通知填写金额，单位元，最多两位小数")
    asked = next((s.facts.get("amount") for s in reversed(steps) if s.step == "fee_notice"), None)
    if asked is not None and amount != Decimal(asked):
        return Refused(
            f"收费通知要收{asked}元，登记的是{amount}元", _FEES, "请核对金额；没有缴足的，等缴足后再登记"
        )
    return amount


def _write(
    case: Case, row: FlowRow, by: Person, at: datetime, day: date, steps: list[Step], kept: dict, payload: Any
):
    before = case.due_on
    if row.target is not None:
        case.state = row.target
    if row.verb == "extend":
        case.extended = True
    if case.handler_id is None and row.verb in ("clarify", "consult", "decide"):
        case.handler = by
    name = row.law_step or row.verb
    # Only what the law's clock and a later step read stays with the Step; the rest can be erased with the Act's payload.
    kept_facts = {k: v for k, v in ((payload or {}) | kept).items() if k in _STAYS}
    step = Step(case=case, step=name, on=day, facts=kept_facts, at=at)
    if row.law_step:
        timing.recount(case, [*timing.law_steps(steps), *timing.law_steps([step])])
        kept |= {"due_from": before, "due_to": case.due_on}
    case.save()
    (step.act_key,) = record(
        Deed(f"case.{row.verb}", "case", str(case.pk), at, by, case.agency_id, row.basis, kept, payload)
    )
    if row.verb not in _REVIEWS and row.verb not in ("return", "submit"):
        step.save()
    enqueue("case.changed", {"case": case.pk, "verb": row.verb, "agencies": [case.agency_id]}, at)
    return case
