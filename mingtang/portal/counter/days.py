"""A count of days made ready to be looked at: the calendar by weeks, the strip of days, and other people's counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from mingtang.law.api import Day, Deadline

_CLASSES = {
    "received": "start",
    "restart": "start",
    "counted": "work",
    "paused": "hold",
    "extended": "work",
    "due": "end",
}
_LONGEST = 400


@dataclass(frozen=True)
class Cell:
    """One day of the calendar grid."""

    on: date
    css: str
    ordinal: int | None
    makeup: bool
    note: str
    month: str  # "" | "first" (a new month begins) | "again" (a week begins, same month)


def cell(day: Day) -> tuple[str, str]:
    """The look of a day and its word."""
    if day.kind == "off":
        return (
            ("fest", _("、").join(map(_, day.note.split("、"))))
            if day.note and day.note != "周末"
            else ("rest", _("周末"))
        )
    words = {"received": _("收到，不计"), "restart": _("重新起算"), "paused": _("暂停")}
    css = _CLASSES.get(day.kind, "work") + (" make" if day.makeup else "")
    return css, words.get(day.kind, "") if day.kind != "due" else _("到期")


def weeks(days: Sequence[Day]) -> list[list[Cell]]:
    """The count as weeks from Monday to Sunday; days before and after it are hatched."""
    if not days:
        return []
    known = {d.on: d for d in days}
    first, last = days[0].on, days[-1].on
    start, end = first - timedelta(first.weekday()), last + timedelta(6 - last.weekday())
    cells: list[Cell] = []
    for n in range(min((end - start).days + 1, _LONGEST)):
        on = start + timedelta(n)
        day = known.get(on)
        css, note = cell(day) if day else ("out", "")
        if on == first and day and day.kind == "restart":  # confirmed on the day it came: that is the receipt
            note = _("收到，不计")
        month = "first" if n == 0 or on.day == 1 else "again" if on.weekday() == 0 else ""
        cells.append(Cell(on, css, day.ordinal if day else None, bool(day and day.makeup), note, month))
    return [cells[i : i + 7] for i in range(0, len(cells), 7)]


def strip(days: Sequence[Day], today: date) -> dict[str, int]:
    """How much of a count is used, paused and left on a day: working days counted up to and after it."""
    counted = [d for d in days if d.ordinal is not None]
    return {
        "used": sum(d.on <= today for d in counted),
        "paused": sum(d.kind == "paused" for d in days),
        "left": sum(d.on > today for d in counted),
    }


def skipped(days: Sequence[Day]) -> tuple[int, int]:
    """Calendar days after the receipt, and how many of them do not count."""
    return max(0, len(days) - 1), sum(d.ordinal is None for d in days[1:])


@dataclass(frozen=True)
class Other:
    """Another way of counting, the day it gives, and why it differs."""

    name: str
    due: date
    why: str


def others(deadline: Deadline, is_working: Callable[[date], object]) -> list[Other]:
    """What two common shortcuts give for a plain count; nothing where it was paused, restarted or extended.

    ``is_working``: law's calendar, so that the second shortcut knows the holidays beyond the due day.
    """
    days = deadline.days
    if (
        not days
        or deadline.due_on is None
        or any(d.kind in ("paused", "restart", "extended") for d in days[1:])
    ):
        return []
    ordinals = [d.ordinal for d in days if d.ordinal]
    if not ordinals or ordinals[-1] != len(ordinals):
        return []
    start, wanted = days[0].on, len(ordinals)
    plain = _walk(start, wanted, lambda on: on.weekday() < 5)
    no_makeup = _walk(start, wanted, lambda on: on.weekday() < 5 and bool(is_working(on)))
    holidays = sum(d.kind == "off" and d.on.weekday() < 5 for d in days)
    makeups = sum(d.makeup for d in days)
    found = [
        Other(
            _("只去周末，不看假期"),
            plain,
            _difference(plain, deadline.due_on, _("没有扣除放假的工作日，也没有算上补班")),
        ),
        Other(
            _("去周末和假期，不看补班"),
            no_makeup,
            _difference(no_makeup, deadline.due_on, _("没有算上 %d 个补班日") % makeups),
        ),
    ]
    return found if holidays or makeups else []


def _walk(start: date, wanted: int, counts: Callable[[date], bool]) -> date:
    on, left = start, wanted
    for _n in range(_LONGEST):
        if not left:
            break
        on += timedelta(1)
        left -= counts(on)
    return on


def _difference(found: date, due: date, why: str) -> str:
    gap = (found - due).days
    if not gap:
        return _("这一次结果碰巧相同")
    return (_("早 %d 天：") if gap < 0 else _("晚 %d 天：")) % abs(gap) + why
