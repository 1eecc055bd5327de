"""One deadline chip everywhere: icon, words, date. 日 is a working day, 天 a calendar day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from mingtang.desk import speech
from mingtang.law.api import Refused
from mingtang.ledger.api import law, now

NEAR = 3  # working days; the desk's own early warning, not a limit of the law
_WAITS = {
    "paused": ("停计", "pause"),
    "waiting_applicant": ("等申请人", "pause"),
    "waiting_fee": ("等缴费", "pause"),
    "waiting_confirm": ("待确认", "guess"),
    "lapsed": ("逾期未补正", "back"),
}


@dataclass(frozen=True)
class Chip:
    """``tone``: over | near | none | open | ok. ``guess``: a later notice may still move the date."""

    tone: str
    icon: str
    word: str
    when: str
    guess: bool = False


class Days:
    """The working calendar of this installation, and today: one look for a whole page."""

    def __init__(self) -> None:
        self.today = now().date()
        norms = law(self.today)
        assert not isinstance(norms, Refused)  # there is a Regulation today
        self.table = norms.calendar

    def left(self, day: date) -> int:
        """Working days from today to a day; negative when it has passed. Beyond the calendar: calendar days."""
        found = self.table.count(self.today, day)
        return found if isinstance(found, int) else (day - self.today).days

    def ahead(self, days: int) -> date:
        """The day so many working days from today."""
        found = self.table.add(self.today, days)
        return found if isinstance(found, date) else self.today

    @property
    def working(self) -> bool:
        return bool(self.table.is_working(self.today))

    def said(self, day: date | None) -> str:
        """11-24 周二; the year too when it is another one."""
        if day is None:
            return ""
        shown = f"{day:%m-%d}" if day.year == self.today.year else f"{day:%Y-%m-%d}"
        return f"{shown} {speech.weekday(day)}"

    def of_case(self, case: Any) -> Chip:
        """The chip of a case row."""
        if case.closed_on or case.replied_on:
            word = _("已答复") if case.replied_on else _(case.state_label)
            return Chip("ok", "ok", word, self.said(case.replied_on or case.closed_on))
        if case.clock in _WAITS:
            word, icon = _WAITS[case.clock]
            when = _("约 %s") % self.said(case.due_on).rpartition(" ")[0] if case.due_on else _("之后再算")
            return Chip("open", icon, _(word), when, case.provisional or case.clock == "waiting_confirm")
        return self.until(case.due_on, case.provisional)

    def until(self, day: date | None, guess: bool = False) -> Chip:
        """The chip of a plain date."""
        if day is None:
            return Chip("none", "clock", _("没有期限"), "—")
        left, when = self.left(day), self.said(day)
        if day < self.today:
            return Chip("over", "over", _("晚 %d 日") % -left if left else _("已过期"), when, guess)
        word = _("今天到期") if day == self.today else _("剩 %d 日") % left
        if guess:
            word = _("预计%s") % word
        if left <= NEAR:
            return Chip("near", "guess" if guess else "clock", word, when, guess)
        return Chip("none", "guess" if guess else "clock", word, when, guess)


def days_of(request: HttpRequest) -> Days:
    """The calendar and today, looked up once a request."""
    if not hasattr(request, "_days"):
        request._days = Days()  # type: ignore[attr-defined]
    return request._days  # type: ignore[attr-defined]
