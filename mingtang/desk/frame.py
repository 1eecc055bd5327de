"""What stands on every desk page: who sits there, for which organs, what day it is, how much waits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from mingtang.desk import speech
from mingtang.desk.access import reach_of, titles
from mingtang.desk.chips import days_of
from mingtang.desk.queue import lanes
from mingtang.ledger.api import find

# Seal, address name, word, title, cell of the floor plan (0–8; 4 is the desk itself), power.
ROOMS = (
    ("办", "desk:queue", "今天", "今天要办", 4, "desk.open"),
    ("案", "desk:cases", "申请", "依申请公开", 5, "case.see"),
    ("文", "desk:documents", "文件", "文件与栏目", 3, "document.see"),
    ("责", "desk:duties", "职责", "公开职责", 3, "document.see"),
    ("报", "desk:reports", "年报", "年度报告", 7, "report.see"),
    ("簿", "desk:registers", "台账", "登记台账", 8, "register.add"),
    ("册", "desk:agencies", "机构", "机构和痕迹", 2, "desk.open"),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every desk template."""
    here = find("installation").first()
    base = {"city": here.city_name if here else "", "demo": bool(here and here.kind == "demo")}
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return base
    reach, days = reach_of(request), days_of(request)
    match = request.resolver_match
    room = getattr(match.func, "room", "") if match else ""
    return base | {
        "person": person,
        "reach": reach,
        "titles": titles(reach),
        "powers": reach.powers(),
        "rooms": [r for r in ROOMS if reach.ids(r[5])],
        "room": next((r for r in ROOMS if r[0] == room), None),
        "cells": range(9),
        "today_said": speech.long_day(days.today),
        "working": days.working,
        "waiting": SimpleLazyObject(lambda: lanes.waiting(request)),
    }
