"""The count of a deadline day by day, for the page that draws it as a calendar. Worked out only when asked for."""

from __future__ import annotations

from datetime import date

from mingtang.law.rules.clock import Clock, OpenEnded
from mingtang.law.types import Day


def day_by_day(clock: Clock, due: int | None, until: int | None = None) -> tuple[Day, ...]:
    """Every day from the day it reached the organ to the due date (or ``until`` where there is none)."""
    last = due if due is not None else until
    if last is None or last < clock.received:
        last = clock.received
    notes = _notes(clock)
    stops = _stops(clock, last)
    restarts = {clock.confirmed: "双方确认之日"} if clock.confirmed is not None else {}
    if clock.terms.clarify_restart.value == "restart":
        restarts |= {back: "收到补正，重新计算" for _, back, _ in clock.clarified}
    if clock.fee_paid is not None and not clock.lapsed:
        restarts[clock.fee_paid] = "缴费，从次日起重新计算"
    own = int(clock.terms.reply.value)
    days, number = [], 0
    for o in range(clock.received, last + 1):
        kind, note = "counted", notes.get(o, "")
        works = bool(clock.cal.flags[o - clock.cal.base])
        makeup = works and (o - 1) % 7 >= 5
        ordinal = None
        if o in restarts:
            kind, note, number = "restart", restarts[o], 0
        elif o == clock.received:
            kind = "received"
        elif not works:
            kind, note = "off", clock.cal.note(o)
        elif stop := next((why for a, b, why in stops if a < o <= b), ""):
            kind, note = "paused", f"{stop}；{note}" if note else stop
        else:
            number += 1
            ordinal = number
            kind = "due" if o == due else "extended" if number > own else "counted"
            note = note or (clock.cal.note(o) if makeup else "")
        days.append(Day(date.fromordinal(o), kind, ordinal, makeup, note))
    return tuple(days)


def _stops(clock: Clock, last: int) -> list[tuple[int, int, str]]:
    """Spans in which the clock stands still, and why: (after a, up to b)."""
    stops = [(told, back, "等待补正") for told, back, _ in clock.clarified]
    if clock.clarify_out is not None:
        stops.append((clock.clarify_out, last, "等待补正"))
    if clock.fee_notice is not None:
        stops.append(
            (clock.fee_notice, last if clock.fee_paid is None or clock.lapsed else clock.fee_paid, "等待缴费")
        )
    if clock.confirmed is not None:
        stops.append((clock.received, clock.confirmed, "等待与申请人确认"))
    try:
        stops += [(a, b, "征求意见，不计入期限") for a, b in clock.excluded()]
    except OpenEnded:
        stops += [(p.out, last, "征求意见，不计入期限") for p in clock.pauses if clock.counts(p)]
    return stops


def _notes(clock: Clock) -> dict[int, str]:
    """What happened on a day that the count itself does not show."""
    notes: dict[int, str] = {}
    for pause in clock.pauses:
        notes[pause.out] = "发出征求意见书"
        if pause.until is not None:
            notes[pause.until] = "收到意见"
    for told, _, _ in clock.clarified:
        notes[told] = "告知补正"
    if clock.clarify_out is not None:
        notes[clock.clarify_out] = "告知补正"
    if clock.fee_notice is not None:
        notes[clock.fee_notice] = "送达收费通知"
    if clock.extended is not None:
        day, _, before = clock.extended
        notes[day] = "决定延长"
        if before:
            notes[before] = "原期限届满"
    return notes
