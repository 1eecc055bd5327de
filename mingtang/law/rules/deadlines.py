"""From receipt and steps to the last day to answer, with reasons and the count day by day.

《政府信息公开条例》（2007年）第二十四条；（2019年修订）第三十至三十四条. Nothing is nudged: the same steps give the same day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from mingtang.law.rules import because
from mingtang.law.rules.clock import CHANNELS, RANK, STEPS, Clock, OpenEnded, Terms
from mingtang.law.rules.count import day_by_day
from mingtang.law.rules.steps import in_order, malformed, take
from mingtang.law.rules.workdays import MEASURES, Calendar, said
from mingtang.law.types import Deadline, Reason, Refused, Step

MOST_STEPS = 500


def checked(received: object, channel: object, steps: object, cal: Calendar) -> Refused | None:
    """A refusal for input that is no date, no channel or no steps, or that lies outside the calendar."""
    if type(received) is not date:
        return Refused("收到日期无法识别。", "日期格式", "请写成年-月-日，例如 2026-03-02。")
    if not isinstance(channel, str) or channel not in CHANNELS:
        return Refused(
            f"没有名为“{str(channel)[:40]}”的渠道。", "渠道词表", f"可用的渠道：{'、'.join(CHANNELS)}。"
        )
    if not isinstance(steps, list | tuple):
        return Refused("步骤应为列表。", "步骤词表", f"可用的步骤：{'、'.join(RANK)}。")
    if len(steps) > MOST_STEPS:
        return Refused(
            f"一件申请的步骤不能超过 {MOST_STEPS} 个。", "步骤词表", "请核对是否把几件申请写在了一起。"
        )
    if not cal.first <= received <= cal.last:
        return outside(cal)
    for step in steps:
        if type(step) is not Step or type(step.step) is not str or step.step not in RANK or step.facts:
            refused = malformed(step)
            if refused:
                return refused
        if type(step.on) is not date:
            return Refused(
                f"步骤“{step.step}”的日期无法识别。", "日期格式", "请写成年-月-日，例如 2026-03-02。"
            )
        if not cal.first <= step.on <= cal.last:
            return outside(cal)
    return None


def outside(cal: Calendar) -> Refused:
    """The refusal for a day that no calendar of ours reaches."""
    return Refused(
        f"日期不在工作日历的范围内（{cal.first} 至 {cal.last}）。", MEASURES, "请核对日期是否写错。"
    )


def run(terms: Terms, cal: Calendar, received: date, channel: str, steps: Sequence[Step]) -> Clock | Refused:
    """The clock after all steps, or the refusal of the first that was not open on its day."""
    clock = Clock(terms, cal, received.toordinal(), channel)
    try:
        for step in in_order(steps) if len(steps) > 1 else steps:
            refused = take(clock, step, step.on.toordinal())
            if refused is not None:
                return refused
    except IndexError:
        return outside(cal)
    return clock


def deadline(
    terms: Terms, cal: Calendar, received: date, channel: str, steps: Sequence[Step], today: date | None
) -> Deadline | Refused:
    """The last day to answer. Input must have passed ``checked``."""
    clock = run(terms, cal, received, channel, steps)
    if isinstance(clock, Refused):
        return clock
    now = None if today is None else today.toordinal()
    limit = clock.clarify_limit if clock.clarify_out is not None else clock.fee_limit
    if (
        clock.lapsed
        or clock.clarify_out is not None
        or (clock.fee_notice is not None and clock.fee_paid is None)
    ):
        return _stopped(clock, limit, now)
    try:
        due = clock.due(clock.total)
        if clock.extended is not None:
            day, added, _ = clock.extended
            clock.extended = (day, added, clock.due(clock.total - added))
    except OpenEnded:
        return _open_ended(clock)
    except IndexError:
        return outside(cal)
    return _running(clock, due, now)


def _running(clock: Clock, due: int, now: int | None) -> Deadline:
    cal = clock.cal
    start = clock.start
    waiting = clock.needs_confirm and clock.confirmed is None
    paused = any(
        p.until is None and p.out < due and clock.counts(p) and (now is None or p.cap is None or now <= p.cap)
        for p in clock.pauses
    )
    unsure = cal.unsure_rank[due - cal.base] > cal.unsure_rank[start - cal.base]
    reasons = because.receipt(clock)
    if clock.handled:
        reasons += because.events(clock, due)
    reasons += because.days_off(cal, start, due)
    if unsure:
        reasons.append(because.provisional(cal, due))
    reasons.append(Reason(f"因此，答复期限到{said(due)}届满。", clock.terms.reply.article))
    return Deadline(
        date.fromordinal(due),
        not (waiting or unsure or paused),
        tuple(reasons),
        unsure,
        "paused" if paused else "waiting_confirm" if waiting else "running",
        clock.terms.regime,
        None,
        lambda: day_by_day(clock, due),
    )


def _stopped(clock: Clock, limit: int | None, now: int | None) -> Deadline:
    """The clock waits for a correction or a payment, or the application has lapsed for want of it."""
    cal, terms = clock.cal, clock.terms
    correcting = clock.clarify_out is not None
    may_lapse = not correcting or terms.clarify_lapse.value == "lapse"
    over = bool(clock.lapsed) or (may_lapse and limit is not None and now is not None and now > limit)
    unsure = limit is not None and bool(
        cal.unsure_rank[limit - cal.base] > cal.unsure_rank[clock.origin - cal.base]
    )
    norm = terms.clarify_lapse if correcting else terms.fee_pay
    what = "补正" if correcting else "缴费"
    reasons = because.receipt(clock) + because.events(clock)
    if over:
        text = f"申请人逾期未{what}，视为放弃申请，行政机关不再处理，没有答复期限。"
    else:
        text = f"期限停在等待申请人{what}，{what}之后才有新的答复期限。"
        if may_lapse and limit is not None:
            text += f"到{said(limit)}仍未{what}的，视为放弃申请。"
    reasons.append(Reason(text, norm.article))
    if unsure and limit is not None:
        reasons.append(because.provisional(cal, limit))
    until = limit if limit is not None else max(clock.clarify_out or 0, clock.fee_notice or 0)
    return Deadline(
        None,
        over and not unsure,
        tuple(reasons),
        unsure,
        "lapsed" if over else "waiting_applicant" if correcting else "waiting_fee",
        terms.regime,
        None if limit is None else date.fromordinal(limit),
        lambda: day_by_day(clock, None, until),
    )


def _open_ended(clock: Clock) -> Deadline:
    reasons = because.receipt(clock) + because.events(clock)
    text = "征求意见没有期限上限，收到意见之前不能确定届满日。"
    reasons.append(Reason(text, clock.terms.third.article))
    last = max(p.out for p in clock.pauses)
    return Deadline(
        None,
        False,
        tuple(reasons),
        False,
        "paused",
        clock.terms.regime,
        None,
        lambda: day_by_day(clock, None, last),
    )


def may(
    terms: Terms, cal: Calendar, step: str, received: date, channel: str, steps: Sequence[Step], day: date
) -> Reason | Refused:
    """Whether a step is open on a day, after the steps recorded so far. Input must have passed ``checked``."""
    later = [s for s in steps if s.on > day]
    if later:
        return Refused(
            f"{said(later[0].on.toordinal())}已记有“{STEPS[later[0].step]}”，不能在它之前补记“{STEPS[step]}”。",
            terms.reply.article,
            "请按实际发生的先后记录；日期写错的，先更正原记录。",
        )
    if step == "confirm" and terms.receipt[channel].value != "confirm":
        norm = terms.receipt[channel]
        return Refused("这一渠道以到达之日为收到之日，不需要确认。", norm.article, "直接办理即可。")
    clock = run(terms, cal, received, channel, [*steps, Step(step, day)])
    if isinstance(clock, Refused):
        return clock
    if clock.lapsed:
        return Refused("缴费期限已过，申请已视为放弃。", terms.fee_pay.article, "请办理不再处理告知。")
    norm = {
        "confirm": terms.receipt[channel],
        "clarify_out": terms.clarify_notice,
        "clarify_in": terms.clarify_restart,
        "consult_out": terms.third,
        "consult_delivered": terms.third,
        "consult_in": terms.third,
        "coorgan_out": terms.coorgan,
        "coorgan_in": terms.coorgan,
        "reasons_out": terms.bulk,
        "reasons_in": terms.bulk,
        "extend": terms.extension,
        "fee_notice": terms.fee_pay,
        "fee_paid": terms.fee_restart,
    }[step]
    return Reason(f"{said(day.toordinal())}可以“{STEPS[step]}”。", norm.article)


def plain(day: object) -> bool:
    """Whether it is a civil date and not a moment."""
    return isinstance(day, date) and not isinstance(day, datetime)
