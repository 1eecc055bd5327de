"""Rows of a handover list, judged before they are entered: words, numbers, days. One wrong row stops the whole handover."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.db import models

from mingtang.casework.models import Case, CitizenLetter, OpinionEvent, Proposal, Remedy
from mingtang.casework.requests.answering import plain_number
from mingtang.casework.requests.flow import STATES, STEP_TEXTS
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, law

BASIS = "移交清单：来源系统所称日期"
_AGAIN = "请核对移交清单里这一件，改好后整批重新移交；这一批没有登记"
TABLES: Mapping[str, type[models.Model]] = {
    "case": Case,
    "remedy": Remedy,
    "letter": CitizenLetter,
    "proposal": Proposal,
    "opinion": OpinionEvent,
}
# Without these a row of a case says too little to be counted.
_NEEDED = (
    "agency", "number", "received_on", "channel", "applicant_type", "subject", "content", "state", "identity", "steps",
)  # fmt: skip
# What may still happen to a case that was answered.
_AFTER_REPLY = ("close", "fee_paid", "note")
_DRAWN = re.compile(r"(.+)公开受理〔(\d{4})〕(\d{1,9})号")


class Judge:
    """Looks at one handover, batch by batch; remembers the numbers it has seen."""

    def __init__(self, what: str, at: datetime):
        self.what, self.table, self.today = what, TABLES[what], at.astimezone(SHANGHAI).date()
        self.numbered = what in ("case", "letter", "proposal")
        self.seen: set[str] = set()
        self.before = 0

    def fault(self, batch: list[Mapping[str, Any]]) -> Refused | None:
        """Why the first wrong row of a batch cannot be taken over; None when all can."""
        numbers = [str(row.get("number", "")) for row in batch] if self.numbered else []
        there = (
            set(self.table._default_manager.filter(number__in=numbers).values_list("number", flat=True))
            if numbers
            else set()
        )
        for place, row in enumerate(batch, self.before + 1):
            why = self._why(row, there)
            if why is not None:
                name = row.get("number") or row.get("subject") or row.get("summary") or "没有名称"
                return Refused(f"第{place}件（{name}）：{why}", BASIS, _AGAIN)
        self.before += len(batch)
        return None

    def _why(self, row: Mapping[str, Any], there: set[str]) -> str | None:
        found = self._words(row) or (
            self._number(str(row.get("number", "")), there) if self.numbered else None
        )
        if found or self.what != "case":
            return found
        return _outcome(row) or self._days(row)

    def _words(self, row: Mapping[str, Any]) -> str | None:
        """A column that is missing, or holds a word that is not on its list or is longer than the register can keep."""
        if self.what == "case":
            if missing := [name for name in _NEEDED if name not in row]:
                return "缺少" + "、".join(missing)
            if row["state"] not in STATES:
                return _not_listed("state", row["state"], STATES)
            for step, _day in row["steps"]:
                if step not in STEP_TEXTS:
                    return _not_listed("steps", step, STEP_TEXTS)
        for name, allowed, most in _columns(self.what):
            value = row.get(name)
            if allowed and name in row and value not in allowed:
                return _not_listed(name, value, allowed)
            if most and isinstance(value, str) and len(value) > most:
                return f"{name}超过{most}字"
        return None

    def _number(self, number: str, there: set[str]) -> str | None:
        if not number:
            return "没有编号"
        if number in there:
            return "这个编号已经登记过"
        if number in self.seen:
            return "这个编号在移交清单里出现了两次"
        self.seen.add(number)
        return None

    def _days(self, row: Mapping[str, Any]) -> str | None:
        """Days that contradict each other would be counted wrongly."""
        replied = row.get("replied_on")
        start, end = row["received_on"], replied or self.today
        for step, day in [("reply", end), *row["steps"]]:
            if start <= day <= min(end, self.today) or (day <= self.today and step in _AFTER_REPLY):
                continue
            return f"{step} {day}不在收到之日{start}和{'答复' if replied else '今天'}{end}之间"
        return None


@cache
def _columns(what: str) -> tuple[tuple[str, frozenset[str], int | None], ...]:
    """Every column of words of a register's table: its name, the words it may hold (none: any), how long it may be."""
    found = []
    for field in TABLES[what]._meta.concrete_fields:
        if isinstance(field, models.CharField):
            words = frozenset(str(key) for key, _label in field.choices or ())
            found.append(
                (field.name, words | ({""} if words and field.blank else frozenset()), field.max_length)
            )
    return tuple(found)


def _not_listed(name: str, value: Any, allowed: Iterable[str]) -> str:
    return f"{name}“{str(value)[:40]}”不在列表里，可用：{'、'.join(sorted(a for a in allowed if a))}"


def _outcome(row: Mapping[str, Any]) -> str | None:
    """An outcome is one of the Regulation that governed the case: that of its receipt, or of the day it was confirmed."""
    code = row.get("outcome", "")
    if not code:
        return None
    why = ""
    for day in (row["received_on"], row.get("replied_on") or row["received_on"]):
        norms = law(day)
        found = norms if isinstance(norms, Refused) else norms.outcome(code)
        if not isinstance(found, Refused):
            return None
        why = f"{found.why}{found.instead}"
    return why


def drawn(numbers: Iterable[str]) -> dict[str, int]:
    """Series of registration numbers that these belong to → the highest of each: the platform goes on after it."""
    highest: dict[str, int] = {}
    for match in filter(None, (_DRAWN.fullmatch(plain_number(n)) for n in numbers)):
        series = f"case/{match[1]}/{match[2]}"
        highest[series] = max(highest.get(series, 0), int(match[3]))
    return highest
