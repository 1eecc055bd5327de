"""Entering rows into a register: what has happened, by whom it is entered, or which system stated it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction

from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, TAKE_OVER, Deed, Person, enqueue, may, record
from mingtang.oversight.models import Delivery, Place, PressConference, Training

# Each register with the day that says when its row happened.
REGISTERS: dict[str, tuple[type[models.Model], str]] = {
    "press_conference": (PressConference, "held_on"),
    "training": (Training, "held_on"),
    "delivery": (Delivery, "delivered_on"),
    "place": (Place, "opened_on"),
}


def no_register(what: str) -> Refused:
    return Refused(f"没有“{what}”这本登记簿", "登记簿清单", "可用：" + "、".join(REGISTERS))


def enter(
    what: str, entries: Iterable[Mapping[str, Any]], *, by: Person, at: datetime, source: str = ""
) -> int | Refused:
    """Write rows into a register (press_conference, training, delivery, place); with ``source`` as taken over from it."""
    if what not in REGISTERS:
        return no_register(what)
    model, dated = REGISTERS[what]
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
            with verdict.standing():
                record(
                    Deed(
                        TAKE_OVER if source else "register.add",
                        what,
                        str(row.pk),
                        day if source else at,
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
