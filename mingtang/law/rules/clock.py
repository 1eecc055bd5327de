"""The clock of one application: what started, stopped, restarted or extended it, and how far it has to run.

《政府信息公开条例》（2007年）第二十四条；（2019年修订）第三十至三十四条；国办函〔2020〕109号. What each step does to the
clock stands in ``steps``. Days are ordinals here; working days come from the
calendar. Restarts and pauses only ever move the last day later: an extension once granted is kept by a restart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mingtang.law.rules.workdays import Calendar
from mingtang.law.types import Norm

CHANNELS = {
    "in_person": "当面提交",
    "oral": "口头提出、由工作机构代为填写",
    "post_signed": "以需签收的邮寄方式提交",
    "post_plain": "以平信等无需签收的邮寄方式提交",
    "online": "通过互联网渠道提交",
    "fax": "通过传真提交",
}
# The order of steps that bear the same date: confirmation first, a letter out before its answer.
STEPS = {
    "confirm": "与申请人确认",
    "clarify_out": "告知补正",
    "clarify_in": "收到补正",
    "consult_out": "发出征求第三方意见书",
    "consult_delivered": "第三方收到征求意见书",
    "consult_in": "收到第三方意见",
    "coorgan_out": "发出征求其他机关意见书",
    "coorgan_in": "收到其他机关意见",
    "reasons_out": "要求说明理由",
    "reasons_in": "收到理由说明",
    "extend": "延长答复期限",
    "fee_notice": "送达收费通知",
    "fee_paid": "缴费",
}
RANK = {name: i for i, name in enumerate(STEPS)}


@dataclass(frozen=True)
class Terms:
    """The norms that drive the clock, as they stand for one application."""

    regime: str
    reply: Norm
    extension: Norm
    extension_times: Norm
    clarify_notice: Norm
    clarify_times: Norm
    clarify_applicant: Norm
    clarify_restart: Norm
    clarify_lapse: Norm
    third: Norm
    pause_third: Norm
    third_silence: Norm
    coorgan: Norm
    pause_coorgan: Norm
    coorgan_silence: Norm
    bulk: Norm
    fee_pay: Norm
    fee_restart: Norm
    receipt: Mapping[str, Norm]


class Pause:
    """One consultation: the days after ``out`` up to ``until`` (or the last day of the other side's time)."""

    __slots__ = ("cap", "delivered", "kind", "out", "party", "until")

    def __init__(self, kind: str, party: object, out: int) -> None:
        self.kind, self.party, self.out = kind, party, out
        self.delivered: int | None = None
        self.until: int | None = None
        self.cap: int | None = None

    @property
    def end(self) -> int | None:
        """The last day not counted; None when it is open and nothing limits it."""
        if self.until is None or self.cap is None:
            return self.until if self.cap is None else self.cap
        return min(self.until, self.cap)


class Clock:
    """The state after the steps handled so far. ``start``: the day whose next working day is day 1."""

    __slots__ = (
        "cal", "channel", "clarified", "clarify_limit", "clarify_out", "confirmed", "extended", "fee_limit", "fee_notice",
        "fee_paid", "handled", "idle_confirm", "lapsed", "origin", "pauses", "reasons_in", "reasons_out", "received",
        "start", "terms", "waits",
    )  # fmt: skip

    def __init__(self, terms: Terms, cal: Calendar, received: int, channel: str) -> None:
        self.terms, self.cal, self.received, self.channel = terms, cal, received, channel
        self.origin = self.start = received
        self.confirmed: int | None = None
        self.idle_confirm = False
        self.handled = 0
        self.clarify_out: int | None = None
        self.clarify_limit: int | None = None
        # Clarifications answered: (told, answered, last day of the applicant's time or None).
        self.clarified: list[tuple[int, int, int | None]] = []
        self.waits: list[tuple[int, int]] = []
        self.pauses: list[Pause] = []
        self.reasons_out: int | None = None
        self.reasons_in: int | None = None
        # (day, working days added, the due date before it)
        self.extended: tuple[int, int, int] | None = None
        self.fee_notice: int | None = None
        self.fee_limit: int | None = None
        self.fee_paid: int | None = None
        self.lapsed = ""

    @property
    def needs_confirm(self) -> bool:
        """Whether the channel's day of receipt is the day both sides confirmed."""
        return bool(self.terms.receipt[self.channel].value == "confirm")

    def after(self, day: int, n: int) -> int:
        """The n-th working day after the day. IndexError beyond the calendar."""
        cal = self.cal
        return cal.nth[cal.rank[day - cal.base] + n - 1]

    def excluded(self) -> list[tuple[int, int]]:
        """The spans (after a, up to and including b) that are not counted, merged; raises OpenEnded if one has no end."""
        spans = list(self.waits)
        for pause in self.pauses:
            if self.counts(pause):
                end = pause.end
                if end is None:
                    raise OpenEnded
                spans.append((pause.out, end))
        if len(spans) < 2:
            return spans
        spans.sort()
        merged = [spans[0]]
        for a, b in spans[1:]:
            if a <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
            else:
                merged.append((a, b))
        return merged

    def counts(self, pause: Pause) -> bool:
        """Whether the Regulation in force leaves the time of this consultation out."""
        norm = self.terms.pause_third if pause.kind == "consult" else self.terms.pause_coorgan
        return bool(norm.value == "excluded")

    def due(self, n: int) -> int:
        """The n-th working day after ``start`` that is not excluded."""
        cal = self.cal
        rank, base = cal.rank, cal.base
        target = rank[self.start - base] + n
        for a, b in self.excluded():
            a = max(a, self.start)
            if b <= a:
                continue
            if cal.nth[target - 1] <= a:
                break
            target += rank[b - base] - rank[a - base]
        return cal.nth[target - 1]

    @property
    def total(self) -> int:
        """Working days the organ has in all."""
        added = self.extended[1] if self.extended else 0
        return int(self.terms.reply.value) + added


class OpenEnded(Exception):
    """A consultation is open and no norm limits it: no last day can be given yet."""
