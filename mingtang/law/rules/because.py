"""The sentences that explain a deadline, for the clerk and the citizen, each with what it rests on."""

from __future__ import annotations

from mingtang.law.rules.clock import CHANNELS, Clock, Pause
from mingtang.law.rules.workdays import MEASURES, Calendar, said
from mingtang.law.types import Reason

SILENCE = {
    "organ_decides": "第三方逾期不提出意见的，由行政机关依照条例决定是否公开，既不视为同意，也不视为拒绝。",
    "consent": "其他机关逾期不提出意见的，视为同意公开。",
}
HOW_TO_COUNT = "收到之日不计，从下一个工作日起算；调休上班的周末是工作日"


def receipt(clock: Clock) -> list[Reason]:
    """When the application counts as received, and how long the organ has."""
    terms, start = clock.terms, clock.origin
    norm = terms.receipt[clock.channel]
    how = CHANNELS[clock.channel]
    if not clock.needs_confirm:
        text = f"申请于{said(start)}{how}，当日为收到申请之日。"
        if clock.idle_confirm:
            text += "这一渠道不以确认为准，确认不影响起算。"
    elif clock.confirmed is None:
        text = f"申请于{said(start)}{how}，收到之日以双方确认之日为准；尚未确认，暂按到达之日推算。"
    else:
        text = f"申请于{said(clock.received)}{how}，{said(start)}双方确认，确认之日为收到申请之日。"
    reply = terms.reply
    return [
        Reason(text, norm.article),
        Reason(f"应当自收到申请之日起{reply.value}个工作日内答复；{HOW_TO_COUNT}。", reply.article),
    ]


def events(clock: Clock, due: int | None = None) -> list[Reason]:
    """Clarification, consultation, reasons, fee, extension: what each did to the clock that runs to ``due``."""
    found: list[Reason] = []
    if clock.clarified or clock.clarify_out is not None:
        _clarify(clock, found)
    for pause in clock.pauses:
        found.append(_pause(clock, pause, due))
        silence = clock.terms.third_silence if pause.kind == "consult" else clock.terms.coorgan_silence
        if pause.until is None and silence.value in SILENCE:
            found.append(Reason(SILENCE[silence.value], silence.article))
    if clock.reasons_out is not None:
        text = f"{said(clock.reasons_out)}要求申请人说明理由，等待说明的时间照常计入期限。"
        found.append(Reason(text, clock.terms.bulk.article))
    if clock.fee_notice is not None:
        found.append(_fee(clock))
    if clock.extended is not None:
        day, added, before = clock.extended
        terms = clock.terms
        base = (
            f"原期限{said(before)}届满，从次日起再加{added}个工作日"
            if before
            else f"在原期限之后再加{added}个工作日"
        )
        found.append(
            Reason(f"{said(day)}经负责人同意延长答复期限并告知申请人，{base}。", terms.extension.article)
        )
    return found


def _clarify(clock: Clock, found: list[Reason]) -> None:
    terms = clock.terms
    for told, back, limit in clock.clarified:
        late = (
            f"（晚于补正期限{said(limit)}，行政机关仍予接收）" if limit is not None and back > limit else ""
        )
        if terms.clarify_restart.value == "restart":
            text = f"{said(told)}告知补正，{said(back)}收到补正{late}，期限从收到补正之日起重新计算。"
        else:
            text = f"{said(told)}告知补正，{said(back)}收到补正{late}，等待补正的时间不计入期限。"
        found.append(Reason(text, terms.clarify_restart.article))
    if clock.clarify_out is None:
        return
    told, limit = clock.clarify_out, clock.clarify_limit
    text = f"{said(told)}告知补正，正在等待申请人补正，收到补正后重新计算期限"
    text += f"；补正期限至{said(limit)}。" if limit is not None else "。"
    found.append(Reason(text, terms.clarify_restart.article))


def _pause(clock: Clock, pause: Pause, due: int | None) -> Reason:
    terms = clock.terms
    third = pause.kind == "consult"
    norm = terms.pause_third if third else terms.pause_coorgan
    whom = "第三方" if third else "其他机关"
    if pause.party:
        whom += f"（{str(pause.party)[:40]}）"
    sent = f"{said(pause.out)}发出征求{whom}意见书"
    if pause.delivered is not None:
        sent += f"，{said(pause.delivered)}送达"
    if not clock.counts(pause):
        return Reason(f"{sent}；条例没有规定这段时间可以扣除，期限照常计算。", norm.article)
    if due is not None and pause.out >= due:
        return Reason(f"{sent}时，答复期限已到最后一日或者已经届满，不再影响届满日。", norm.article)
    limit = (terms.third if third else terms.coorgan).value
    end = pause.end
    if end is None:
        return Reason(f"{sent}，尚未收到意见，等待的时间不计入期限。", norm.article)
    rank, base = clock.cal.rank, clock.cal.base
    days = rank[end - base] - rank[pause.out - base]
    if pause.until is None:
        text = f"{sent}，尚未收到意见，最多扣除到{said(end)}（意见期限{limit}个工作日届满），其间工作日{days}天不计入期限。"
    elif end < pause.until:
        text = f"{sent}，{said(pause.until)}才收到意见；意见期限{limit}个工作日到{said(end)}届满，其间工作日{days}天不计入期限。"
    else:
        text = f"{sent}，{said(end)}收到意见，次日起至收到之日的工作日{days}天不计入期限。"
    return Reason(text, norm.article)


def _fee(clock: Clock) -> Reason:
    terms = clock.terms
    assert clock.fee_notice is not None
    assert clock.fee_limit is not None
    sent = f"{said(clock.fee_notice)}送达收费通知，应在次日起{terms.fee_pay.value}个工作日内（至{said(clock.fee_limit)}）缴费"
    if clock.fee_paid is None:
        return Reason(f"{sent}；缴费后从次日起重新计算期限。", terms.fee_pay.article)
    if clock.lapsed:
        return Reason(f"{sent}；{said(clock.fee_paid)}才缴费，已经逾期。", terms.fee_pay.article)
    return Reason(f"{sent}；{said(clock.fee_paid)}已缴费，从次日起重新计算期限。", terms.fee_restart.article)


def days_off(cal: Calendar, a: int, b: int) -> tuple[Reason, ...]:
    """The festivals and make-up days met after ``a`` up to ``b``, and the notices that fix them; remembered."""
    lo, hi = cal.specials(a, b)
    from_year, to_year = cal.year_of(a + 1), cal.year_of(b)
    key = (lo, hi, from_year, to_year)
    found = cal.told.get(key)
    if found is None:
        found = _days_off(cal, lo, hi, from_year, to_year, a, b)
        cal.told[key] = found
    return found


def _days_off(
    cal: Calendar, lo: int, hi: int, from_year: int, to_year: int, a: int, b: int
) -> tuple[Reason, ...]:
    """Days that a notice fixes, with that notice; days only reckoned until their year's notice comes, saying so."""
    unknown = [y for y in range(from_year, to_year + 1) if not cal.known(y)]
    fixed: list[int] = []
    reckoned: list[int] = []
    for o in cal.special[lo:hi]:
        (fixed if cal.rests_on(o) is not None else reckoned).append(o)
    found = []
    notices = cal.relied_on(a, b)
    known = [y for y in range(from_year, to_year + 1) if y not in unknown]
    if known or fixed:
        where = "、".join(f"{y}年" for y in known) + "的日子里" if unknown and known else ""
        text = _met(cal, fixed) or "除周末外没有放假，也没有调休上班"
        found.append(
            Reason(
                f"期间{where}{'，' if where else ''}{text}。", "、".join(n.cite for n in notices) or MEASURES
            )
        )
    if unknown:
        years = "、".join(f"{y}年" for y in unknown)
        text = f"{years}的放假通知尚未载入，先按周末和法定节假日放假推算，不计调休上班日"
        if reckoned:
            text += f"；这样推算，{_met(cal, reckoned)}"
        found.append(Reason(f"{text}。", f"{MEASURES}（{years}放假通知尚未载入，暂按法定节假日推算）"))
    return tuple(found)


def _met(cal: Calendar, days: list[int]) -> str:
    """The weekdays off and the weekend days worked among these days, in words; nothing when there are none."""
    off = [o for o in days if not cal.flags[o - cal.base]]
    worked = [o for o in days if cal.flags[o - cal.base]]
    parts = []
    for what, found in (("放假而不计的有", off), ("周末上班而计入的有", worked)):
        if found:
            parts.append(what + "、".join(f"{said(o)}（{cal.note(o)}）" for o in found))
    return "；".join(parts)


def provisional(cal: Calendar, due: int) -> Reason:
    """Why the date may still move."""
    year = cal.year_of(due)
    which = next((y for y in (year, year + 1) if not cal.known(y)), year + 1)
    return Reason(
        f"此日期为预计：国务院办公厅{which}年节假日安排尚未载入，届时可能调整（包括上一年12月下旬），载入后重新计算。",
        MEASURES,
    )
