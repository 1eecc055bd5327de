"""The clock of a case: asks ``law`` with the case's Steps and keeps the answer as a cache for sorting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, overload

from django.db import transaction

from mingtang.casework.models import Case, Step
from mingtang.law.api import Deadline, NormFile, Notice, Refused
from mingtang.law.api import Step as LawStep
from mingtang.ledger.api import Deed, law, record

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
# Notices and city norms that are not loaded, as if they were.
Supposed = Sequence[Notice | NormFile]
# What ``recount`` writes.
_CACHES = ("due_on", "firm", "provisional", "clock", "counted_on", "state")
OPEN_STATES = (
    "submitted", "received", "clarifying", "consulting", "awaiting_fee", "asking", "drafted", "in_review", "head_done",
    "secrecy_done", "approved",
)  # fmt: skip


def law_steps(steps: Iterable[Step]) -> list[LawStep]:
    return [LawStep(s.step, s.on, s.facts) for s in steps if s.step in CLOCK_STEPS]


def deadline(
    case: Case, steps: Sequence[LawStep], today: date | None = None, more: Supposed = ()
) -> Deadline | Refused:
    """Law's answer for a case with these steps, by the norms of its receipt day (``more``: as if these were loaded)."""
    norms = law(case.received_on, more)
    if isinstance(norms, Refused):
        return norms
    return norms.deadline(case.received_on, case.channel, steps, today=today)


def must_confirm(channel: str, received: date, more: Supposed = ()) -> bool:
    """Does the channel's receipt wait for both sides to confirm (article 31, by the norms of the day)?"""
    norms = law(received, more)
    return not isinstance(norms, Refused) and norms.must_confirm(channel)


def recount(case: Case, steps: Sequence[LawStep], today: date | None = None, more: Supposed = ()) -> None:
    """Write law's answer into the case's caches (not saved here). ``today`` tells whether a wait has run out."""
    if must_confirm(case.channel, case.received_on, more):
        case.counted_on = next((s.on for s in steps if s.step == "confirm"), None)
    else:
        case.counted_on = case.received_on
    if not steps and case.state in ("submitted", "received"):
        # Whether it waits for the two sides to confirm is the law's answer, also where a norm was loaded later.
        case.state = "received" if case.counted_on else "submitted"
    answer = deadline(case, steps, today, more)
    if isinstance(answer, Refused):
        case.due_on, case.firm, case.provisional = None, False, False
        return
    case.due_on, case.firm, case.provisional, case.clock = (
        answer.due_on,
        answer.firm,
        answer.provisional,
        answer.state,
    )


@dataclass(frozen=True)
class Moved:
    """One open case whose date another calendar or norm would move."""

    case_id: int
    agency_id: int
    number: str
    before: date | None
    after: date | None
    provisional: bool


def _suppose(more: Supposed, at: datetime) -> list[Moved]:
    """Which open cases would get another date if these notices or norms were loaded; nothing is written."""
    moved = []
    found = Case.objects.filter(state__in=OPEN_STATES).order_by("due_on", "pk").prefetch_related("steps")
    for case in found.iterator(chunk_size=2000):
        before = case.due_on
        recount(case, _steps_of(case), at.date(), more)
        if case.due_on != before:
            moved.append(Moved(case.pk, case.agency_id, case.number, before, case.due_on, case.provisional))
    return moved


def _answered(case: Case) -> tuple[Any, ...]:
    """What the law last said of a case; the due date stands first."""
    return tuple(getattr(case, name) for name in _CACHES)


def _steps_of(case: Case) -> list[LawStep]:
    return law_steps(sorted(case.steps.all(), key=lambda s: s.pk))


@overload
def recount_open(at: datetime, reason: str, *, chunk: int = 2000) -> int: ...
@overload
def recount_open(at: datetime, reason: str, *, suppose: Supposed) -> list[Moved]: ...
def recount_open(
    at: datetime, reason: str, *, chunk: int = 2000, suppose: Supposed | None = None
) -> int | list[Moved]:
    """Recompute every open case: after the law or a calendar changed, and each day (a wait may have run out).

    One Act for each case whose date or clock moved; returns how many. With ``suppose`` nothing is written: returns
    which dates would move if those notices or norms were loaded.
    """
    if suppose is not None:
        return _suppose(suppose, at)
    moved = 0
    ids = list(Case.objects.filter(state__in=OPEN_STATES).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), chunk):
        with transaction.atomic():
            cases = list(
                # Asked again under the lock: one that was answered meanwhile keeps the date it was answered by.
                Case.objects.filter(pk__in=ids[start : start + chunk], state__in=OPEN_STATES)
                .select_for_update(of=("self",))
                .order_by("pk")
                .prefetch_related("steps")
            )
            changed, deeds = [], []
            for case in cases:
                before = _answered(case)
                recount(case, _steps_of(case), at.date())
                if _answered(case) != before:
                    changed.append(case)
                    deeds.append(
                        Deed(
                            "case.recount", "case", str(case.pk), at, None, case.agency_id, reason,
                            {"from": before[0], "to": case.due_on, "provisional": case.provisional, "clock": case.clock},
                        )
                    )  # fmt: skip
            Case.objects.bulk_update(changed, _CACHES, batch_size=500)
            record(*deeds)
            moved += len(changed)
    return moved
