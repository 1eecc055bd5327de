"""From tables to the frozen rows that leave this room."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import OuterRef, Subquery

from mingtang.casework.models import Case, CaseReview, CitizenLetter, OpinionEvent, Proposal, Remedy, Step
from mingtang.casework.requests.flow import REQUESTS, STATES, STEP_TEXTS
from mingtang.casework.types import (
    CaseReviewRow,
    CaseRow,
    Event,
    LetterRow,
    OpinionRow,
    ProposalRow,
    RemedyRow,
    SentLetter,
    Tracked,
)
from mingtang.law.api import Refused
from mingtang.ledger.api import Shelf, Shelves, find, law


def outcome_name(case: Case) -> str:
    """The decision in words, by the Regulation that governs the case."""
    if not case.outcome:
        return ""
    norms = law(case.received_on)
    found = norms.outcome(case.outcome) if not isinstance(norms, Refused) else norms
    return case.outcome if isinstance(found, Refused) else found.name


def case_row(c: Case) -> CaseRow:
    """A case without its applicant (needs ``select_related("agency", "handler")``)."""
    return CaseRow(
        c.pk, c.agency_id, c.agency.name, c.number, c.code, c.submitted_at, c.received_on, c.channel,
        c.get_channel_display(), c.applicant_type, c.request_class, c.subject, c.content, c.delivery, c.state,
        STATES[c.state], c.handler.name if c.handler else "", c.due_on, c.firm, c.provisional, c.clock, c.extended,
        c.outcome, outcome_name(c), c.grounds, c.evidence, c.replied_on, c.concluded_on, c.closed_on, c.stated_by,
    )  # fmt: skip


def timeline(case_id: int) -> list[Event]:
    """A case's Steps in order, each with its article and the Act behind it."""
    steps = list(Case.objects.get(pk=case_id).steps.order_by("pk"))
    acts = {a.key: a for a in find("act", key__in=[s.act_key for s in steps])}
    names = {p.pk: p.name for p in find("person", pk__in=[a.person_id for a in acts.values() if a.person_id])}
    basis = {r.law_step or r.verb: r.basis for r in REQUESTS.rows}
    events = []
    for s in steps:
        act = acts.get(s.act_key)
        by = names.get(act.person_id, "") if act else ""
        facts = {**((act.payload or {}) if act else {}), **s.facts}
        events.append(
            Event(
                s.on,
                s.step,
                STEP_TEXTS.get(s.step, s.step),
                basis.get(s.step, "条例第三十一条"),
                s.at,
                by,
                s.act_key,
                facts,
            )
        )
    return events


# Which fact of a step was written to the applicant; what third parties, other organs and notes say stays inside.
_TOLD = {"clarify_out": "what", "reasons_out": "what", "extend": "reason", "fee_notice": "text"}


def tracked(case: Case) -> Tracked:
    """What the applicant sees: the case, its timeline without notes, and every paper that went out, in full."""
    said = [e for e in timeline(case.pk) if e.step not in ("note", "decide", "search")]
    told = {e.act_key: str(e.facts[_TOLD[e.step]]) for e in said if e.facts.get(_TOLD.get(e.step, ""))}
    letters = tuple(
        SentLetter(x.kind, x.number, x.written_on, tuple(x.parts)) for x in case.letters.order_by("pk")
    )
    return Tracked(case_row(case), tuple(replace(e, facts={}) for e in said), letters, told)


def review_row(r: CaseReview) -> CaseReviewRow:
    return CaseReviewRow(
        r.pk, r.case_id, r.round, r.step, r.get_step_display(), r.person_id, r.person.name, r.passed, r.comment, r.at,
        r.stands_for.name if r.stands_for else "",
    )  # fmt: skip


# The day a case was first paid for; a sub-query, so that no case is met twice for two payments.
_FIRST_PAID = Subquery(
    Step.objects.filter(case=OuterRef("pk"), step="fee_paid").order_by("on").values("on")[:1]
)
_NAMED = {"agency_name": "agency__name"}
_OF_ORGAN = {"agency": "agency", "agency_level": "agency__level", "agency_path": "agency__path"}
SHELVES = Shelves({
    "case": Shelf(
        lambda: Case.objects.select_related("agency", "handler").annotate(fee_paid_on=_FIRST_PAID).order_by("due_on", "pk"), CaseRow, make=case_row,
        hidden=("channel_label", "state_label", "outcome_name"),
        paths={"agency_name": "agency__name", "handler": "handler__name"},
        also=_OF_ORGAN
        | {
            "handler_id": "handler_id", "drafter_id": "drafter_id", "counted_on": "counted_on", "fee": "fee",
            "fee_paid_on": "fee_paid_on",
        },
    ),
    "review": Shelf(
        lambda: CaseReview.objects.select_related("person", "stands_for").order_by("pk"), CaseReviewRow, make=review_row,
        hidden=("step_name",), paths={"person_name": "person__name", "stands_for_name": "stands_for__name"},
        also={"case_state": "case__state", "case_drafter_id": "case__drafter_id", "case_agency_id": "case__agency_id"},
    ),
    "remedy": Shelf(lambda: Remedy.objects.select_related("agency").order_by("filed_on", "pk"), RemedyRow, paths=_NAMED, also=_OF_ORGAN),
    "letter": Shelf(lambda: CitizenLetter.objects.select_related("agency").order_by("received_on", "pk"), LetterRow, paths=_NAMED, also=_OF_ORGAN),
    "proposal": Shelf(lambda: Proposal.objects.select_related("agency").order_by("assigned_on", "pk"), ProposalRow, paths=_NAMED, also=_OF_ORGAN),
    "opinion": Shelf(lambda: OpinionEvent.objects.select_related("agency").order_by("occurred_at", "pk"), OpinionRow, paths=_NAMED, also=_OF_ORGAN),
})  # fmt: skip
