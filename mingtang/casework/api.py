"""The door of casework.

Verbs: ``receive`` ``take`` ``take_over`` ``open_verbs`` ``due`` ``timeline`` ``track`` ``identity`` ``recount_open``
``letters`` ``reseal_identities`` ``follow``, and ``find``: cases, remedies, letters, proposals, opinions, reviews by
declared names. The flow's verbs (confirm, clarify, consult, extend, decide, reply …) go through ``take``.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, overload

from mingtang.casework import retention
from mingtang.casework.identities import reseal_identities
from mingtang.casework.models import Case, CaseLetter
from mingtang.casework.requests import acting, answering, intake, timing
from mingtang.casework.requests.flow import REQUESTS, STATES, STEP_TEXTS
from mingtang.casework.requests.timing import OPEN_STATES, recount_open
from mingtang.casework.rows import SHELVES, case_row, timeline, tracked
from mingtang.casework.succession import OPEN_WHILE_EMPTY, follow_succession
from mingtang.casework.takeover import take_over
from mingtang.casework.types import CaseRow, Event, LetterRow, OpinionRow, ProposalRow, RemedyRow, Tracked
from mingtang.law.api import Deadline, Refused
from mingtang.ledger.api import Deed, FlowRow, Identity, Passing, Person, may, now, record


def _case(case_id: int) -> Case:
    return Case.objects.select_related("agency", "handler").get(pk=case_id)


def receive(
    application: Mapping[str, Any], *, at: datetime, idempotency_key: str, by: Person | None = None
) -> CaseRow | Refused | dict[str, Refused]:
    """Register an application; the same key gives the same case. Faults come back one a field."""
    made = intake.receive(application, at=at, idempotency_key=idempotency_key, by=by)
    return case_row(_case(made.pk)) if isinstance(made, Case) else made


@overload
def take(case_id: int, verb: str, *, by: Person, at: datetime, **facts: Any) -> CaseRow | Refused: ...
@overload
def take(case_id: None, verb: Literal["expire"], *, by: None, at: datetime) -> int: ...
def take(
    case_id: int | None, verb: str, *, by: Person | None, at: datetime, **facts: Any
) -> CaseRow | Refused | int:
    """One verb of the flow table on one case; the row after it, or why not.

    Of no case and by nobody's hand, ``expire``: what people wrote is removed where retention has ended; how many things.
    """
    if case_id is None or by is None:
        if (case_id, verb, by) != (None, "expire", None):
            return Refused("这一步须由人办理，并写明是哪件申请", "本平台流程表", "请打开这件申请再办")
        return retention.expire(at)
    done = acting.take(case_id, verb, by=by, at=at, **facts)
    return case_row(_case(case_id)) if isinstance(done, Case) else done


def open_verbs(case_id: int, person: Person, day: date) -> list[tuple[FlowRow, Refused | None]]:
    """The verbs of the case's state and the steps it bars, each with the reason when it is not open to this person now."""
    return list(acting.open_verbs(_case(case_id), person, day))


def due(case_id: int, today: date | None = None) -> Deadline | Refused:
    """When the answer is due, and why: law's answer for the case's Steps, recomputed."""
    case = _case(case_id)
    return timing.deadline(case, timing.law_steps(case.steps.order_by("pk")), today)


def track(number: str, code: str) -> Tracked | None:
    """A case by registration number and query code; None alike for a wrong number and a wrong code."""
    case = (
        Case.objects.select_related("agency", "handler").filter(number=answering.plain_number(number)).first()
    )
    known = hmac.compare_digest((case.code if case else "-" * 8).encode(), code.strip().upper()[:12].encode())
    return tracked(case) if case is not None and known else None


def identity(case_id: int, *, by: Person, at: datetime) -> dict[str, Any] | Refused:
    """Who the applicant is. Only the handling organ may look, and each look is recorded."""
    case = _case(case_id)
    if not (verdict := may(by, "case.see_identity", case)):
        return Refused(verdict.why, verdict.basis, "申请人信息只供承办单位办件使用")
    with verdict.standing():
        record(
            Deed(
                "case.see_identity", "case", str(case_id), at, by, case.agency_id, "个人信息保护法第三十四条"
            )
        )
    applicant = case.applicant
    return Identity.opened(applicant.sealed) if applicant.sealed else {"name": retention.GONE}


def letters(case_id: int, draft_on: date | None = None) -> list[Mapping[str, Any]]:
    """Outgoing letters of a case; with ``draft_on``, the answer as it would read if signed that day."""
    if draft_on is not None:
        case = _case(case_id)
        return [{"number": "", "parts": answering.letter_parts(case, draft_on)}] if case.outcome else []
    rows = CaseLetter.objects.filter(case_id=case_id).order_by("pk")
    return [{"kind": r.kind, "number": r.number, "written_on": r.written_on, "parts": r.parts} for r in rows]


def follow(topic: str, payloads: list[Mapping[str, Any]]) -> None:
    """Outbox consumer: a loaded notice moves open cases; a succession moves what is open to the organs that carry on."""
    for p in payloads:
        if topic == "law.changed":
            recount_open(now(), f"载入《{p['title']}》后重新计算（摘要 {p['digest'][:12]}）")
        elif topic == "agency.succeeded":
            follow_succession(Passing.told(p), now())


find = SHELVES.find
CHANNELS, APPLICANTS, CLASSES = dict(Case.CHANNELS), dict(Case.APPLICANTS), dict(Case.CLASSES)
DELIVERIES = dict(Case.DELIVERIES)
EVIDENCE = answering.EVIDENCE
ID_TYPES = intake.ID_TYPES

__all__ = [
    "APPLICANTS", "CHANNELS", "CLASSES", "DELIVERIES", "EVIDENCE", "ID_TYPES", "OPEN_STATES", "OPEN_WHILE_EMPTY", "REQUESTS", "STATES", "STEP_TEXTS", "CaseRow", "Event",
    "LetterRow", "OpinionRow", "ProposalRow", "RemedyRow", "Tracked", "due", "find", "follow", "identity", "letters", "open_verbs", "receive", "recount_open", "reseal_identities", "take", "take_over",
    "timeline", "track",
]  # fmt: skip
