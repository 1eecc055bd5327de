"""What each step does to the clock, and when the law does not open it: one handler a step.

《政府信息公开条例》（2007年）第二十一至二十四条；（2019年修订）第三十至三十五条；国办函〔2020〕109号. A handler refuses with
the article and with what to do instead, and changes nothing then that anyone would still read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mingtang.law.rules.clock import RANK, STEPS, Clock, OpenEnded, Pause
from mingtang.law.rules.workdays import said
from mingtang.law.types import Norm, Refused, Step


def take(clock: Clock, step: Step, day: int) -> Refused | None:
    """Handle one step, in the order of dates. Refused when it is not open on that day."""
    if day < clock.origin:
        return _before_receipt(clock, step, day)
    if (
        clock.fee_limit is not None
        and clock.fee_paid is None
        and day > clock.fee_limit
        and step.step != "fee_paid"
    ):
        return Refused(
            f"申请人在{said(clock.fee_limit)}前未缴费，视为放弃申请，{said(day)}不能再“{STEPS[step.step]}”。",
            clock.terms.fee_pay.article,
            "请办理不再处理告知。",
        )
    refused = HANDLERS[step.step](clock, step, day)
    clock.handled += 1
    return refused


def _before_receipt(clock: Clock, step: Step, day: int) -> Refused:
    confirmed = clock.confirmed is not None
    which = "双方确认之日" if confirmed else "收到申请之日"
    return Refused(
        f"“{STEPS[step.step]}”写在{said(day)}，早于{which}{said(clock.origin)}。",
        clock.terms.receipt[clock.channel].article,
        "请核对这一步骤的日期和收到申请的日期。",
    )


def _confirm(clock: Clock, step: Step, day: int) -> Refused | None:
    norm = clock.terms.receipt[clock.channel]
    if clock.confirmed is not None or clock.idle_confirm:
        return Refused("已经记录过一次确认。", norm.article, "如确认日期有误，请更正原记录。")
    if not clock.needs_confirm:
        clock.idle_confirm = True
        return None
    if clock.handled:
        return Refused(
            f"双方确认之日（{said(day)}）才是收到之日，此前已记有其他步骤。",
            norm.article,
            "请核对确认日期或其他步骤的日期。",
        )
    clock.confirmed = clock.origin = clock.start = day
    return None


def _clarify_out(clock: Clock, step: Step, day: int) -> Refused | None:
    terms = clock.terms
    if clock.clarify_out is not None:
        return Refused(
            "正在等待申请人补正，不能再次告知补正。", terms.clarify_times.article, "请等待补正或其期限届满。"
        )
    times = terms.clarify_times.value
    if times is not None and len(clock.clarified) >= times:
        return Refused(
            "这件申请已经告知过一次补正，补正只能一次性告知。",
            terms.clarify_times.article,
            "补正后内容仍不明确的，请作出“补正后仍不明确”的答复。",
        )
    if clock.fee_notice is not None and clock.fee_paid is None:
        return Refused("已送达收费通知，正在等待缴费。", terms.fee_pay.article, "请等待缴费或其期限届满。")
    notice = terms.clarify_notice.value
    limit = clock.after(clock.origin, notice) if notice is not None else clock.due(clock.total)
    if day > limit:
        within = (
            f"收到申请之日起{notice}个工作日内（至{said(limit)}）"
            if notice is not None
            else f"答复期限内（至{said(limit)}）"
        )
        return Refused(
            f"补正应当在{within}一次性告知，{said(day)}已经超过。",
            terms.clarify_notice.article,
            "请按现有申请内容在答复期限内答复；可以与申请人沟通，但不重新计算期限。",
        )
    given = step.facts.get("days", terms.clarify_applicant.value)
    clock.clarify_out = day
    clock.clarify_limit = None if given is None else clock.after(day, given)
    return None


def _clarify_in(clock: Clock, step: Step, day: int) -> Refused | None:
    if clock.clarify_out is None:
        return _no_letter(step, "告知补正", clock.terms.clarify_notice)
    clock.clarified.append((clock.clarify_out, day, clock.clarify_limit))
    if clock.terms.clarify_restart.value == "restart":
        clock.start = day
    else:
        clock.waits.append((clock.clarify_out, day))
    clock.clarify_out = clock.clarify_limit = None
    return None


def _no_letter(step: Step, first: str, norm: Norm) -> Refused:
    return Refused(
        f"没有未了结的“{first}”，不能记“{STEPS[step.step]}”。", norm.article, f"请先记录“{first}”及其日期。"
    )


def _ask(kind: str) -> Callable[[Clock, Step, int], Refused | None]:
    def ask(clock: Clock, step: Step, day: int) -> Refused | None:
        party = step.facts.get("party", "")
        norm = clock.terms.third if kind == "consult" else clock.terms.coorgan
        for pause in clock.pauses:
            if (
                pause.kind == kind
                and pause.party == party
                and (pause.out == day or (party and pause.until is None))
            ):
                return Refused(
                    f"同一天“{STEPS[step.step]}”重复记录，或者该对象的意见尚未收到。",
                    norm.article,
                    "删去重复的步骤；征求几个对象的意见时，用 party 写明各是谁。",
                )
        pause = Pause(kind, party, day)
        pause.cap = None if norm.value is None else clock.after(day, norm.value)
        clock.pauses.append(pause)
        return None

    return ask


def _open_pause(clock: Clock, kind: str, step: Step, undelivered: bool) -> Pause | None:
    """The earliest consultation still open, of the party named if one is."""
    party = step.facts.get("party")
    for pause in clock.pauses:
        fits = pause.kind == kind and pause.until is None and (party is None or pause.party == party)
        if fits and not (undelivered and pause.delivered is not None):
            return pause
    return None


def _consult_delivered(clock: Clock, step: Step, day: int) -> Refused | None:
    pause = _open_pause(clock, "consult", step, undelivered=True)
    if pause is None:
        return _no_letter(step, "发出征求第三方意见书", clock.terms.third)
    pause.delivered = day
    # Article 32: the third party's time runs from its receipt of the letter.
    limit = clock.terms.third.value
    pause.cap = None if limit is None else clock.after(day, limit)
    return None


def _answered(kind: str, first: str) -> Callable[[Clock, Step, int], Refused | None]:
    def answered(clock: Clock, step: Step, day: int) -> Refused | None:
        pause = _open_pause(clock, kind, step, undelivered=False)
        if pause is None:
            return _no_letter(step, first, clock.terms.third if kind == "consult" else clock.terms.coorgan)
        pause.until = day
        return None

    return answered


def _waiting(clock: Clock, what: str) -> Refused | None:
    """A refusal while the clock stands still and waits for the applicant."""
    if clock.clarify_out is not None:
        return Refused(
            f"正在等待申请人补正，期限从收到补正之日重新计算，现在不能{what}。",
            clock.terms.clarify_restart.article,
            "请等待补正或其期限届满。",
        )
    if clock.fee_notice is not None and clock.fee_paid is None:
        return Refused(
            f"正在等待申请人缴费，现在不能{what}。",
            clock.terms.fee_restart.article,
            "请等待缴费或其期限届满。",
        )
    return None


def _overdue(clock: Clock, step: Step, day: int) -> Refused | None:
    """A refusal when the day lies after the due date as it stands."""
    try:
        due = clock.due(clock.total)
    except OpenEnded:
        return None
    if day <= due:
        return None
    return Refused(
        f"答复期限已于{said(due)}届满，{said(day)}不能再“{STEPS[step.step]}”。",
        clock.terms.reply.article,
        "请立即答复申请人；逾期的事实不因补办手续而改变。",
    )


def _reasons_out(clock: Clock, step: Step, day: int) -> Refused | None:
    norm = clock.terms.bulk
    if norm.value != "may_ask":
        return Refused("施行中的条例没有要求申请人说明理由的规定。", norm.article, "请按一般申请办理。")
    if clock.reasons_out is not None:
        return Refused("已经要求申请人说明理由。", norm.article, "请等待说明；期限照常计算。")
    refused = _waiting(clock, "要求说明理由") or _overdue(clock, step, day)
    clock.reasons_out = day
    return refused


def _reasons_in(clock: Clock, step: Step, day: int) -> Refused | None:
    if clock.reasons_out is None or clock.reasons_in is not None:
        return _no_letter(step, "要求说明理由", clock.terms.bulk)
    clock.reasons_in = day
    return None


def _extend(clock: Clock, step: Step, day: int) -> Refused | None:
    terms = clock.terms
    if (1 if clock.extended else 0) >= terms.extension_times.value:
        return Refused(
            "答复期限只能延长一次，这件申请已经延长过。",
            terms.extension_times.article,
            "请在延长后的期限内答复。",
        )
    refused = _waiting(clock, "延长") or _overdue(clock, step, day)
    if refused:
        return refused
    most = int(terms.extension.value)
    added = step.facts.get("days", most)
    if added > most:
        return Refused(
            f"延长最多{most}个工作日，不能延长{added}个工作日。",
            terms.extension.article,
            f"请改为不超过{most}个工作日。",
        )
    clock.extended = (day, added, 0)
    return None


def _fee_notice(clock: Clock, step: Step, day: int) -> Refused | None:
    terms = clock.terms
    if terms.fee_pay.value is None:
        return Refused(
            "收到申请时还没有信息处理费制度，不能送达收费通知。", terms.fee_pay.article, "请按一般申请办理。"
        )
    if clock.fee_notice is not None:
        return Refused("已经送达过收费通知。", terms.fee_pay.article, "如金额有误，请更正原通知。")
    refused = _waiting(clock, "收费") or _overdue(clock, step, day)
    if refused:
        return refused
    clock.fee_notice = day
    clock.fee_limit = clock.after(day, terms.fee_pay.value)
    return None


def _fee_paid(clock: Clock, step: Step, day: int) -> Refused | None:
    if clock.fee_notice is None or clock.fee_paid is not None:
        return _no_letter(step, "送达收费通知", clock.terms.fee_pay)
    clock.fee_paid = day
    assert clock.fee_limit is not None
    if day > clock.fee_limit:
        clock.lapsed = "fee"
    elif clock.terms.fee_restart.value == "restart":
        clock.start = day
    return None


HANDLERS: Mapping[str, Callable[[Clock, Step, int], Refused | None]] = {
    "confirm": _confirm,
    "clarify_out": _clarify_out,
    "clarify_in": _clarify_in,
    "consult_out": _ask("consult"),
    "consult_delivered": _consult_delivered,
    "consult_in": _answered("consult", "发出征求第三方意见书"),
    "coorgan_out": _ask("coorgan"),
    "coorgan_in": _answered("coorgan", "发出征求其他机关意见书"),
    "reasons_out": _reasons_out,
    "reasons_in": _reasons_in,
    "extend": _extend,
    "fee_notice": _fee_notice,
    "fee_paid": _fee_paid,
}


def malformed(step: Any) -> Refused | None:
    """A refusal for a step that is no step: an unknown word, a wrong type, facts that make no sense."""
    if not isinstance(step, Step) or not isinstance(step.step, str) or step.step not in RANK:
        named = getattr(step, "step", step)
        return Refused(f"没有名为“{str(named)[:40]}”的步骤。", "步骤词表", f"可用的步骤：{'、'.join(RANK)}。")
    if not isinstance(step.facts, Mapping):
        return Refused(f"步骤“{step.step}”的附加事实应为键和值的表。", "步骤词表", '例如 {"days": 10}。')
    days = step.facts.get("days")
    if days is not None and (isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= 120):
        return Refused(
            f"步骤“{step.step}”的 days 应为 1 至 120 的整数。", "步骤词表", "请写明天数，例如 15。"
        )
    if not isinstance(step.facts.get("party", ""), str):
        return Refused(f"步骤“{step.step}”的 party 应为文字。", "步骤词表", "请写明征求意见的对象。")
    return None


def in_order(steps: Iterable[Step]) -> list[Step]:
    """By date; on one day, in the order in which such steps can follow each other."""
    ordered = sorted(steps, key=lambda s: (s.on, RANK[s.step]))
    if len(ordered) > 2 and sum(s.step == "clarify_out" for s in ordered) > 1:
        _answers_first(ordered)
    return ordered


def _answers_first(ordered: list[Step]) -> None:
    """A correction that came before the day's second letter stands before it: the case no longer waits then."""
    waiting = False
    for i, step in enumerate(ordered):
        if step.step == "clarify_in":
            waiting = False
        elif step.step == "clarify_out":
            later = range(i + 1, len(ordered)) if waiting else ()
            came = next(
                (j for j in later if ordered[j].step == "clarify_in" and ordered[j].on == step.on), None
            )
            waiting = came is None
            if came is not None:
                ordered.insert(i, ordered.pop(came))
