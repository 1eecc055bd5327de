"""The law as it stands on a day: its norms, and the rules bound to them.

A Law is built once for each stretch of days between two changes of any norm, for each set of notices and city norms,
and handed out again. It decides by the day of receipt which Regulation governs a deadline (norm ``governing_date``),
so that a Law of today never judges an application of the old Regulation by the new one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from mingtang.law import reading
from mingtang.law.reading import Value
from mingtang.law.rules import deadlines, fees, proactive, remedies
from mingtang.law.rules.clock import CHANNELS, Terms
from mingtang.law.rules.workdays import Calendar, calendar
from mingtang.law.types import Deadline, Fee, Norm, NormFile, Notice, Outcome, Reason, Refused, Remedies, Step

START = date(2008, 5, 1)
REGULATION = "《政府信息公开条例》（2007年）第三十八条"


class _Book:
    """Every dated value of every norm, the package's with a city's laid over it."""

    def __init__(self, given: tuple[NormFile, ...]) -> None:
        self.values: dict[str, list[Value]] = {}
        for name, sheet in reading.norm_sheets().items():
            by_day = {v.since: v for v in sheet.values}
            for file in given:
                for key, since, value, article, source, tag, note in file.values:
                    if key == name:
                        by_day[since] = Value(since, value, article, source, tag, note)
            self.values[name] = [by_day[since] for since in sorted(by_day)]
        self.changes = sorted({v.since for values in self.values.values() for v in values} | {START})

    def pick(self, name: str, day: date) -> Norm | Refused:
        """The value in force on the day."""
        sheet = reading.norm_sheets().get(name) if isinstance(name, str) else None
        if sheet is None:
            return Refused(
                f"没有名为“{str(name)[:40]}”的规范。",
                "规范目录",
                f"可用的名称：{'、'.join(reading.norm_sheets())}。",
            )
        values = self.values[name]
        i = bisect_right([v.since for v in values], day) - 1
        if i < 0:
            return Refused(
                f"{day} 还没有关于“{sheet.title}”的规定，最早的规定自 {values[0].since} 起。",
                values[0].article,
                "请核对日期。",
            )
        v = values[i]
        return Norm(
            name,
            sheet.title,
            v.value,
            sheet.unit,
            v.article,
            v.source,
            v.tag,
            v.since,
            sheet.configurable,
            v.note,
        )


class Law:
    """The norms of one day and what follows from them. Every method answers a value or a Refused."""

    def __init__(
        self,
        book: _Book,
        since: date,
        until: date | None,
        notices: tuple[Notice, ...],
        given: tuple[NormFile, ...],
    ) -> None:
        self._book, self.since, self.until = book, since, until
        self._given = (notices, given)
        self.calendar: Calendar = calendar(notices)
        self.regime = str(self._value("regime"))
        self.regulation_name = str(self._value("regulation_name"))
        self._governed_by = str(self._value("governing_date"))
        self._outcomes = reading.outcomes(self.regime)
        self._by_code = {o.code: o for o in self._outcomes}
        known = self._known
        self._terms = Terms(
            regime=self.regime,
            reply=known("reply_days"),
            extension=known("extension_days"),
            extension_times=known("extension_times"),
            clarify_notice=known("clarify_notice_days"),
            clarify_times=known("clarify_times"),
            clarify_applicant=known("clarify_applicant_days"),
            clarify_restart=known("clarify_restart"),
            clarify_lapse=known("clarify_lapse"),
            third=known("third_party_days"),
            pause_third=known("pause_third_party"),
            third_silence=known("third_party_silence"),
            coorgan=known("coorgan_days"),
            pause_coorgan=known("pause_coorgan"),
            coorgan_silence=known("coorgan_silence"),
            bulk=known("bulk_reasons"),
            fee_pay=known("fee_pay_days"),
            fee_restart=known("fee_restart"),
            receipt={channel: known(f"receipt_{channel}") for channel in CHANNELS},
        )

    def __repr__(self) -> str:
        return f"Law({self.regime}, {self.since}…{self.until or ''})"

    def _known(self, name: str) -> Norm:
        norm = self._book.pick(name, self.since)
        assert isinstance(norm, Norm), name
        return norm

    def _value(self, name: str) -> object:
        return self._known(name).value

    def norm(self, name: str) -> Norm | Refused:
        """One parameter as it stands on this law's day."""
        return self._book.pick(name, self.since)

    def norms(self) -> tuple[Norm, ...]:
        """Every parameter in force, by name."""
        found = (self._book.pick(name, self.since) for name in self._book.values)
        return tuple(n for n in found if isinstance(n, Norm))

    def _governing(self, received: date, channel: str, steps: Sequence[Step]) -> Law | Refused:
        """The law that governs an application: by default that of the legal day of receipt."""
        day = received
        if self._governed_by == "asked":
            return self
        if self._governed_by == "receipt" and steps and self.must_confirm(channel):
            day = next((s.on for s in steps if s.step == "confirm" and s.on > received), received)
        if self.since <= day and (self.until is None or day < self.until):
            return self
        return on(day, *self._given)

    def deadline(
        self, received: date, channel: str, steps: Sequence[Step] = (), today: date | None = None
    ) -> Deadline | Refused:
        """The last day to answer, from the day the application reached the organ and what happened since.

        ``today`` tells whether a wait has run out; without it nothing lapses.
        """
        refused = deadlines.checked(received, channel, steps, self.calendar)
        if refused:
            return refused
        if today is not None and not deadlines.plain(today):
            return Refused("今天的日期无法识别。", "日期格式", "请写成年-月-日，例如 2026-03-02。")
        law = self._governing(received, channel, steps)
        if not isinstance(law, Law):
            return law
        return deadlines.deadline(law._terms, law.calendar, received, channel, steps, today)

    def may(
        self, step: str, received: date, channel: str, steps: Sequence[Step], day: date
    ) -> Reason | Refused:
        """Whether a step is open on a day after the steps recorded so far, and on which article."""
        refused = deadlines.checked(
            received,
            channel,
            [*steps, Step(step, day)] if isinstance(steps, list | tuple) else steps,
            self.calendar,
        )
        if refused:
            return refused
        law = self._governing(received, channel, steps)
        if not isinstance(law, Law):
            return law
        return deadlines.may(law._terms, law.calendar, step, received, channel, steps, day)

    def must_confirm(self, channel: str) -> bool:
        """Whether the day of receipt by this channel is the day both sides confirmed (article 31, or the city's norm)."""
        return channel in self._terms.receipt and self._terms.receipt[channel].value == "confirm"

    def outcomes(self) -> tuple[Outcome, ...]:
        """The closed list of ways an application ends, in the order of the annual form."""
        return self._outcomes

    def outcome(self, code: str) -> Outcome | Refused:
        """One outcome by its code."""
        found = self._by_code.get(code) if isinstance(code, str) else None
        return found or Refused(
            f"{self.regulation_name}没有处理结果“{str(code)[:40]}”。",
            self.regulation_name,
            f"可用的结果：{'、'.join(self._by_code)}。",
        )

    def fee(self, method: str, quantity: int) -> Fee | Refused:
        """信息处理费 in yuan. ``method``: per_item (applications in one month) or per_page (pages handed over)."""
        if method not in fees.METHODS:
            return Refused(
                f"没有名为“{str(method)[:40]}”的计收方式。",
                "国办函〔2020〕109号",
                "可用的方式：per_item（按件）、per_page（按量）。",
            )
        return fees.fee(self._known(f"fee_{method}"), method, quantity)

    def remedies(self, decided_on: date, outcome: str | Outcome, organ_type: str) -> Remedies | Refused:
        """What may be done against a decision of that day. ``outcome`` "SILENCE": no answer in time."""
        if not deadlines.plain(decided_on) or decided_on < START:
            return before_start(decided_on)
        if organ_type not in remedies.ORGANS:
            return Refused(
                f"没有名为“{str(organ_type)[:40]}”的机关类型。",
                "机关类型表",
                f"可用的类型：{'、'.join(remedies.ORGANS)}。",
            )
        found: Outcome | Refused | None
        if outcome == remedies.SILENCE:
            found = None
        else:
            # Codes of both Regulations: an old application may be decided again today.
            both = {o.code: o for regime in reading.REGIMES for o in reading.outcomes(regime)}
            found = (
                outcome if isinstance(outcome, Outcome) else both.get(str(outcome)) or self.outcome(outcome)
            )
        if isinstance(found, Refused):
            return found
        return remedies.remedies(
            lambda name: self._book.pick(name, decided_on), decided_on, found, organ_type
        )

    def publish_by(self, made_on: date, kind: str = "general") -> Deadline | Refused:
        """The last day to publish something made or changed on a day. ``kind``: general licence enforcement; from the event: overturned media."""
        return proactive.publish_by(self._book.pick, self.calendar, made_on, kind)


def before_start(day: object) -> Refused:
    """The refusal for a day before the Regulation, or for what is no day."""
    if not deadlines.plain(day):
        return Refused("日期无法识别。", "日期格式", "请写成年-月-日，例如 2026-03-02。")
    return Refused(
        f"{day} 在《政府信息公开条例》施行（{START}）之前，没有可以适用的条例。",
        REGULATION,
        "请核对日期；更早的事项不在本系统的范围内。",
    )


@lru_cache(maxsize=16)
def _book(given: tuple[NormFile, ...]) -> _Book:
    return _Book(given)


@lru_cache(maxsize=256)
def _law(index: int, notices: tuple[Notice, ...], given: tuple[NormFile, ...]) -> Law:
    book = _book(given)
    until = book.changes[index + 1] if index + 1 < len(book.changes) else None
    return Law(book, book.changes[index], until, notices, given)


def on(day: date, notices: Iterable[Notice] = (), norms: Iterable[NormFile] = ()) -> Law | Refused:
    """The law of a day, with holiday notices and city norms that arrived after the package was made.

    Refused before 2008-05-01: there was no Regulation.
    """
    if not deadlines.plain(day) or day < START:
        return before_start(day)
    given = tuple(norms)
    return _law(bisect_right(_book(given).changes, day) - 1, tuple(notices), given)
