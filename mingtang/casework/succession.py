"""Open matters follow the organ that carries on: cases, remedies, letters, proposals. Numbers and dates stay.

A split names which matter goes to whom; what it does not name goes with the rest, and a remedy goes with its case.
One Act for each thing moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from mingtang.casework.models import Case, CitizenLetter, Proposal, Remedy
from mingtang.casework.requests.timing import OPEN_STATES
from mingtang.ledger.api import Deed, Passing, enqueue, record

Shares = Mapping[int, Mapping[str, Sequence[Any]]]
# Smaller matters that are still open: what an Act calls them, the word of a statement, the column that closes them.
_REGISTERS: tuple[tuple[str, str, Any, str], ...] = (
    ("remedy", "remedies", Remedy, "concluded_on"),
    ("letter", "letters", CitizenLetter, "answered_on"),
    ("proposal", "proposals", Proposal, "answered_on"),
)
# For whoever counts what would move: each register with the column that is empty while a matter is open.
OPEN_WHILE_EMPTY: Mapping[str, str] = {what: done for what, _part, _model, done in _REGISTERS}


def follow_succession(passing: Passing, at: datetime) -> int:
    """Move what is open at each old organ to the one that carries on, or to the one its share names; returns how many."""
    basis, shares = passing.basis, passing.shares
    moved = 0
    for old, main in passing.heirs.items():
        with transaction.atomic():
            held = Case.objects.filter(agency_id=old, state__in=OPEN_STATES).select_for_update(of=("self",))
            cases = list(held.order_by("pk"))
            heirs = _heirs(shares, "cases")
            places = {c.pk: heirs.get(c.pk, main) for c in cases}
            deeds = (
                Deed("case.move", "case", str(pk), at, None, heir, basis, {"from": old, "to": heir})
                for pk, heir in places.items()
            )
            moved += _move(Case, places, deeds, handler=None)
            for what, part, model, done in _REGISTERS:
                moved += _move_register(
                    what, model, _places(model, part, done, old, main, shares), old, at, basis
                )
            first = min([c.received_on.year for c in cases] + [at.year])
            told = sorted({old, main, *(shares or {})})
            enqueue("register.changed", {"agencies": told, "years": list(range(first, at.year + 1))}, at)
    return moved


def _heirs(shares: Shares | None, part: str) -> dict[int, int]:
    """Thing → successor, as the statement names it."""
    return {int(item): heir for heir, share in (shares or {}).items() for item in share.get(part, ())}


def _places(model: Any, part: str, done: str, old: int, main: int, shares: Shares | None) -> dict[int, int]:
    """Where each open row of a register goes."""
    named, with_case = _heirs(shares, part), _heirs(shares, "cases")
    rows = model.objects.filter(agency_id=old, **{f"{done}__isnull": True}).order_by("pk")
    if model is Remedy:
        return {
            pk: named.get(pk, with_case.get(case, main)) for pk, case in rows.values_list("pk", "case_id")
        }
    return {pk: named.get(pk, main) for pk in rows.values_list("pk", flat=True)}


def _move_register(
    what: str, model: Any, places: Mapping[int, int], old: int, at: datetime, basis: str
) -> int:
    deeds = (
        Deed("register.move", what, str(pk), at, None, heir, basis, {"from": old, "to": heir})
        for pk, heir in places.items()
    )
    return _move(model, places, deeds)


def _move(model: Any, places: Mapping[int, int], deeds: Iterable[Deed], **fields: Any) -> int:
    """Give each row to its organ and record its deed; returns how many."""
    for heir in set(places.values()):
        model.objects.filter(pk__in=[pk for pk, place in places.items() if place == heir]).update(
            agency_id=heir, **fields
        )
    record(*deeds)
    return len(places)
