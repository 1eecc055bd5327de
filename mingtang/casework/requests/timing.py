"""The clock of a case: asks ``law`` with the case's Steps and keeps the answer as a cache for sorting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from mingtang.casework.models import Case, CitizenLetter, Proposal, Remedy, Step
from mingtang.law.api import Deadline, Refused
from mingtang.law.api import Step as LawStep
from mingtang.ledger.api import Deed, enqueue, law, record

# Steps that the law's clock knows; the others are only history.
CLOCK_STEPS = frozenset(
    [
        "confirm",
        "clarify_out",
        "clarify_in",
        "consult_out",
        "consult_delivered",
        "consult_in",
        "coorgan_out",
        "coorgan_in",
        "extend",
        "fee_notice",
        "fee_paid",
        "reasons_out",
        "reasons_in",
    ]
)
OPEN_STATES = (
    "submitted", "received", "clarifying", "consulting", "awaiting_fee", "asking", "drafted", "in_review", "head_done",
    "secrecy_done", "approved",
)  # fmt: skip


def law_steps(steps: Iterable[Step]) -> list[LawStep]:
    return [LawStep(s.step, s.on, s.facts) for s in steps if s.step in CLOCK_STEPS]


def deadline(case: Case, steps: Sequence[LawStep], today: date | None = None) -> Deadline | Refused:
    """Law's answer for a case with these steps, by the norms of its receipt day."""
    norms = law(case.received_on)
    if isinstance(norms, Refused):
        return norms
    return norms.deadline(case.received_on, case.channel, steps, today=today)


def must_confirm(channel: str, received: date) -> bool:
    """Does the channel's receipt wait for both sides to confirm (article 31, by the norms of the day)?"""
    norms = law(received)
    norm = norms.norm(f"receipt_{channel}") if not isinstance(norms, Refused) else norms
    return not isinstance(norm, Refused) and norm.value == "confirm"


def recount(case: Case, steps: Sequence[LawStep], today: date | None = None) -> None:
    """Write law's answer into the case's caches (not saved here). ``today`` tells whether a wait has run out."""
    if must_confirm(case.channel, case.received_on):
        case.counted_on = next((s.on for s in steps if s.step == "confirm"), None)
    else:
        case.counted_on = case.received_on
    answer = deadline(case, steps, today)
    if isinstance(answer, Refused):
        case.due_on, case.firm, case.provisional = None, False, False
        return
    case.due_on, case.firm, case.provisional, case.clock = (
        answer.due_on,
        answer.firm,
        answer.provisional,
        answer.state,
    )


def follow_succession(pairs: dict[int, int], at: datetime, basis: str) -> int:
    """Move open cases, remedies, letters and proposals to the organs that carry on; numbers and dates stay.

    One Act for each thing moved; returns how many.
    """
    moved = 0
    for old, new in pairs.items():
        with transaction.atomic():
            held = Case.objects.filter(agency_id=old, state__in=OPEN_STATES).select_for_update(of=("self",))
            cases = list(held)
            Case.objects.filter(pk__in=[c.pk for c in cases]).update(agency_id=new, handler=None)
            record(
                *(
                    Deed("case.move", "case", str(c.pk), at, None, new, basis, {"from": old, "to": new})
                    for c in cases
                )
            )
            moved += len(cases) + _move_registers(old, new, at, basis)
            years = sorted({c.received_on.year for c in cases} | {at.year})
            enqueue(
                "register.changed", {"agencies": [old, new], "years": list(range(years[0], at.year + 1))}, at
            )
    return moved


# Smaller matters that are still open, by table: they follow the organ as cases do.
_OPEN: dict[str, tuple[Any, str]] = {
    "remedy": (Remedy, "concluded_on"),
    "letter": (CitizenLetter, "answered_on"),
    "proposal": (Proposal, "answered_on"),
}


def _move_registers(old: int, new: int, at: datetime, basis: str) -> int:
    moved = 0
    for what, (model, done) in _OPEN.items():
        rows = model.objects.filter(agency_id=old, **{f"{done}__isnull": True})
        ids = list(rows.values_list("pk", flat=True))
        model.objects.filter(pk__in=ids).update(agency_id=new)
        record(
            *(
                Deed("register.move", what, str(i), at, None, new, basis, {"from": old, "to": new})
                for i in ids
            )
        )
        moved += len(ids)
    return moved


def recount_open(at: datetime, reason: str, chunk: int = 2000) -> int:
    """Recompute every open case: after the law or a calendar changed, and each day (a wait may have run out).

    One Act for each case whose date or clock moved; returns how many.
    """
    moved = 0
    ids = list(Case.objects.filter(state__in=OPEN_STATES).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), chunk):
        with transaction.atomic():
            cases = list(
                Case.objects.filter(pk__in=ids[start : start + chunk])
                .select_for_update(of=("self",))
                .prefetch_related("steps")
            )
            changed, deeds = [], []
            for case in cases:
                before = (case.due_on, case.provisional, case.firm, case.clock)
                recount(case, law_steps(sorted(case.steps.all(), key=lambda s: s.pk)), at.date())
                if (case.due_on, case.provisional, case.firm, case.clock) != before:
                    changed.append(case)
                    deeds.append(
                        Deed(
                            "case.recount", "case", str(case.pk), at, None, case.agency_id, reason,
                            {"from": before[0], "to": case.due_on, "provisional": case.provisional, "clock": case.clock},
                        )
                    )  # fmt: skip
            Case.objects.bulk_update(changed, ["due_on", "firm", "provisional", "clock"], batch_size=500)
            record(*deeds)
            moved += len(changed)
    return moved
