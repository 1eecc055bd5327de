"""Striking out a row entered by mistake: it stays to be seen, with the reason, and counts nowhere any more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from mingtang.law.api import Refused
from mingtang.ledger.api import Deed, Person, enqueue, may, record
from mingtang.oversight.models import Delivery
from mingtang.oversight.registers.entering import REGISTERS, no_register

_BASIS = "条例第六条：信息应当准确"


def _followed(delivery: Delivery) -> bool:
    """Does a later span of the same place stand on this one?"""
    later = Delivery.objects.filter(at_place=delivery.at_place_id, struck="", upto__isnull=False)
    return later.filter(after__gte=delivery.upto).exclude(pk=delivery.pk).exists()


def strike(what: str, number: int, *, reason: str, by: Person, at: datetime) -> int | Refused:
    """Strike out one row of a register (press_conference, training, delivery) by its number; returns the number.

    Refused without a reason, twice, or to whoever may not keep that organ's register.
    """
    if what not in REGISTERS:
        return no_register(what)
    model, dated = REGISTERS[what]
    with transaction.atomic():
        row: Any = (
            model.objects.select_for_update(of=("self",)).select_related("agency").filter(pk=number).first()
        )
        if row is None:
            return Refused("登记簿里没有这一条", "登记簿清单", "请从登记簿重新打开")
        if not (verdict := may(by, "register.strike", row.agency)):
            return Refused(verdict.why, verdict.basis, "请由登记单位的公开专员或市政务公开办划去")
        if row.struck:
            return Refused("这一条已经划去", _BASIS, "划错了的，请重新登记一条")
        if what == "delivery" and row.upto is not None and _followed(row):
            return Refused("这一次之后还送过，划去会漏掉中间的文件", _BASIS, "请先划去后面的各次")
        if not reason.strip():
            return Refused("划去没有写理由", _BASIS, "请写明哪里登记错了；划去的留着，看得见理由")
        row.struck = reason.strip()[:200]
        row.save(update_fields=["struck"])
        with verdict.standing():
            record(
                Deed(
                    "register.strike", what, str(row.pk), at, by, row.agency, _BASIS, {"day": getattr(row, dated)},
                    {"reason": row.struck},
                )
            )  # fmt: skip
        enqueue("register.changed", {"agencies": [row.agency_id], "years": [getattr(row, dated).year]}, at)
    return number
