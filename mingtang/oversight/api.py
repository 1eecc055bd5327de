"""The door of oversight.

Verbs: ``compile_report`` ``declare`` ``file_report`` ``recount`` ``uncounted`` ``rows`` ``enter`` ``audit`` ``render`` ``find``
``catch_up`` ``write_section``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django_tasks.exceptions import TaskResultDoesNotExist

from mingtang.law.api import Refused
from mingtang.ledger.api import (
    SHANGHAI,
    TAKE_OVER,
    Deed,
    Found,
    Person,
    civil,
    enqueue,
    find_on,
    may,
    now,
    record,
)
from mingtang.oversight.models import Delivery, PressConference, Report, Training
from mingtang.oversight.reports import tallies
from mingtang.oversight.reports.compiling import NOT_COUNTED, NOT_STATED, Compiled, compile_report
from mingtang.oversight.reports.counters import COUNTERS
from mingtang.oversight.reports.declaring import declare, write_section
from mingtang.oversight.reports.figures import Figure
from mingtang.oversight.reports.filing import file_report
from mingtang.oversight.reports.rendering import (
    FORMATS,
    MEDIA,
    as_json,
    page_data,
    render,
    shown,
    tables,
    trace,
)
from mingtang.oversight.reports.tallies import recount, rows, uncounted
from mingtang.oversight.rows import SHELVES
from mingtang.oversight.tasks import render_report

# Each register with the day that says when its row happened.
_REGISTERS: dict[str, tuple[type[models.Model], str]] = {
    "press_conference": (PressConference, "held_on"),
    "training": (Training, "held_on"),
    "delivery": (Delivery, "delivered_on"),
}


def find(what: str, **filters: Any) -> Found[Any]:
    """Reports, tallies, declared figures or registers by declared names (LookupError otherwise)."""
    return find_on(SHELVES, what, filters)


def enter(
    what: str, entries: Iterable[Mapping[str, Any]], *, by: Person, at: datetime, source: str = ""
) -> int | Refused:
    """Write rows into a register (press_conference, training, delivery); with ``source`` as taken over from it."""
    if what not in _REGISTERS:
        return Refused(f"没有“{what}”这本登记簿", "登记簿清单", "可用：" + "、".join(_REGISTERS))
    model, dated = _REGISTERS[what]
    done, agencies, years = 0, set(), set()
    with transaction.atomic():
        for entry in entries:
            if not (verdict := may(by, "register.take_over" if source else "register.add", entry["agency"])):
                transaction.set_rollback(True)
                return Refused(verdict.why, verdict.basis, "请有权限的人登记")
            day = entry[dated]
            if day > at.astimezone(SHANGHAI).date():
                transaction.set_rollback(True)
                return Refused(f"日期{day}还没有到", "登记簿记已经发生的事", "请核对日期")
            row = model.objects.create(stated_by=source, **entry)
            moment = civil(day) if source else at
            record(
                Deed(
                    TAKE_OVER if source else "register.add",
                    what,
                    str(row.pk),
                    moment,
                    by,
                    row.agency_id,
                    "登记簿",
                )
            )
            done += 1
            agencies.add(row.agency_id)
            years.add(day.year)
        if done:
            enqueue("register.changed", {"agencies": sorted(agencies), "years": sorted(years)}, at)
    return done


def catch_up(topic: str, payloads: list[Mapping[str, Any]]) -> None:
    """Outbox consumer: recount the organs whose rows changed, for every year that the rows may stand in."""
    at = now()
    found = {"case.changed": _of_cases, "published": _of_publications, "register.changed": _of_registers}.get(
        topic
    )
    if found is not None:
        agencies, years = found(payloads, at.astimezone(SHANGHAI).year)
        tallies.changed(at, agencies, years)


def _of_cases(payloads: list[Mapping[str, Any]], this: int) -> tuple[set[int], set[int]]:
    """Organs that hold or held the cases; a case is carried over from its receipt to this year."""
    from mingtang.casework import api as casework

    agencies = {a for p in payloads for a in p.get("agencies", ())}
    first = this
    for agency, received in casework.find("case", pk__in={p["case"] for p in payloads}).values(
        "agency_id", "received_on"
    ):
        agencies.add(agency)
        first = min(first, received.year)
    return agencies, set(range(first, this + 1))


def _of_publications(payloads: list[Mapping[str, Any]], this: int) -> tuple[set[int], set[int]]:
    """Organs of the documents, from the year each was first published; a filed report that went out is published."""
    from mingtang.disclosure import api as disclosure

    log = disclosure.find("publication", pk__in={i for p in payloads for i in p["publications"]})
    agencies, first = set(), this
    for agency, at, since in log.values("agency_id", "at", "first_published_at"):
        agencies.add(agency)
        first = min([first, *(d.astimezone(SHANGHAI).year for d in (at, since) if d)])
    out = log.where(kind="publish", origin_type="report").values("origin_id")
    Report.objects.filter(pk__in=[i for (i,) in out], state="filed").update(state="published")
    return agencies, set(range(first, this + 1))


def _of_registers(payloads: list[Mapping[str, Any]], this: int) -> tuple[set[int], set[int]]:
    return {a for p in payloads for a in p["agencies"]}, {y for p in payloads for y in p["years"]}


def render_later(agency_id: int, year: int, how: str) -> str:
    """Order a report in one of FORMATS from the background; returns the order's id (ask ``rendered``)."""
    return str(render_report.enqueue(agency_id, year, how).id)


def rendered(order: str) -> tuple[str, str]:
    """(state, digest of the file) of an order: state is ready, running, done, failed or unknown."""
    try:
        found = render_report.get_result(order)
    except (TaskResultDoesNotExist, ValueError, ValidationError):
        return "unknown", ""
    words = {"READY": "ready", "RUNNING": "running", "SUCCESSFUL": "done", "FAILED": "failed"}
    state = words[found.status.name]
    return state, str(found.return_value) if state == "done" else ""


def audit(reading: Any, previous: Any = None) -> Any:
    """Findings on a published report read by ``disclosure.read`` (see ``reports.audit``)."""
    from mingtang.oversight.reports.audit import audit as run

    return run(reading, previous)


__all__ = [
    "COUNTERS", "FORMATS", "MEDIA", "NOT_COUNTED", "NOT_STATED", "Compiled", "Figure", "as_json", "audit", "catch_up", "compile_report",
    "declare", "enter", "file_report", "find", "page_data", "recount", "render", "render_later", "rendered", "rows", "shown", "tables", "trace", "uncounted", "write_section",
]  # fmt: skip
