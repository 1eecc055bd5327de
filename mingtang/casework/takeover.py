"""What another system registered, taken over with its dates as stated: cases, remedies, letters, proposals, opinions.

Each of the four smaller kinds has one thin, final-shaped table; their flows come with their own issues.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from itertools import islice
from typing import Any

from django.core.exceptions import FieldError
from django.db import transaction

from mingtang.casework.judging import BASIS, TABLES, Judge, drawn
from mingtang.casework.models import Applicant, Case, Step
from mingtang.casework.requests import timing
from mingtang.law.api import Refused
from mingtang.law.api import Step as LawStep
from mingtang.ledger.api import SHANGHAI, TAKE_OVER, Deed, Identity, Person, enqueue, may, number, record

_DAYS = {"remedy": "filed_on", "letter": "received_on", "proposal": "assigned_on", "opinion": "occurred_at"}


def take_over(
    what: str, rows: Iterable[Mapping[str, Any]], *, source: str, by: Person, at: datetime
) -> int | Refused:
    """Enter what another system registered; returns how many. ``what``: case, remedy, letter, proposal or opinion.

    A case row has the columns of Case (states, channels, outcomes and the rest by their words), ``identity`` (name, id_type, id_number, contact) and ``steps`` as pairs
    of (step, day).
    """
    if not (verdict := may(by, "case.take_over" if what == "case" else "register.take_over")):
        return Refused(verdict.why, verdict.basis, "移交由系统管理员执行，并附移交清单")
    if what not in TABLES:
        return Refused(f"没有“{what}”这种登记", "登记簿清单", "可用：" + "、".join(TABLES))
    done, judge = 0, Judge(what, at)
    with (
        transaction.atomic(),
        verdict.standing(),
    ):  # all of it or nothing: half a handover cannot be mended by sending it again
        for batch in _batches(rows):
            if fault := judge.fault(batch):
                transaction.set_rollback(True)
                return fault
            done += _enter(what, batch, source, by, at)
    return done


def _batches(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    stream = iter(rows)
    while batch := list(islice(stream, 2000)):
        yield batch


def _enter(what: str, batch: list[Mapping[str, Any]], source: str, by: Person, at: datetime) -> int:
    with transaction.atomic():
        if what == "case":
            return _cases(batch, source, by, at)
        model: Any = TABLES[what]
        try:
            made = [model(stated_by=source, **row) for row in batch]
        except TypeError as error:
            raise FieldError(str(error)) from error
        model.objects.insert(made)
        record(*(_deed(what, m, getattr(m, _DAYS[what]), by, source) for m in made))
        _tell(made, {getattr(m, _DAYS[what]).year for m in made}, at)
    return len(made)


def _tell(made: list[Any], years: set[int], at: datetime) -> None:
    """Let the tallies of these organs be counted again, from the first year touched to this one."""
    agencies = sorted({m.agency_id for m in made})
    enqueue("register.changed", {"agencies": agencies, "years": list(range(min(years), at.year + 1))}, at)


def _deed(what: str, row: Any, day: Any, by: Person, source: str) -> Deed:
    return Deed(TAKE_OVER, what, str(row.pk), day, by, row.agency_id, BASIS, {"source": source})


def _cases(batch: list[Mapping[str, Any]], source: str, by: Person, at: datetime) -> int:
    cases, identities, histories = [], [], []
    for row in batch:
        fields = dict(row)
        identities.append(fields.pop("identity"))
        histories.append(fields.pop("steps"))
        over = fields["state"] in ("closed", "withdrawn")
        fields["concluded_on"] = fields.get("replied_on") or (fields.get("closed_on") if over else None)
        case = Case(
            stated_by=source, code=secrets.token_hex(4).upper(), submitted_at=datetime.combine(fields["received_on"], time(9), SHANGHAI),
            idempotency_key=hashlib.sha256(f"{source}/{fields['number']}".encode()).hexdigest(), **fields,
        )  # fmt: skip
        timing.recount(case, [LawStep(s, d) for s, d in histories[-1] if s in timing.CLOCK_STEPS])
        cases.append(case)
    Case.objects.insert(cases)
    Applicant.objects.insert(
        [
            Applicant(
                case=c,
                sealed=Identity.closed(i),
                blind=Identity.blind(i["name"], i.get("id_number", "")),
                proof=i.get("id_type", ""),
            )
            for c, i in zip(cases, identities, strict=True)
        ]
    )
    acts = record(*(_deed("case", c, c.received_on, by, source) for c in cases))
    Step.objects.insert(
        [
            Step(case=c, step=s, on=d, at=at, act_key=key)
            for c, history, key in zip(cases, histories, acts, strict=True)
            for s, d in [("received", c.received_on), *history]
        ]
    )
    _tell(cases, {c.received_on.year for c in cases}, at)
    for series, last in drawn(c.number for c in cases).items():
        number(series, 0, after=last)
    return len(cases)
