"""Values that the law hands out. Frozen; every date and every refusal carries its reason and its article."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Reason:
    """One sentence of an explanation (Chinese, for the clerk and the citizen) and what it rests on."""

    text: str
    basis: str


@dataclass(frozen=True)
class Refused:
    """A step or an input that is not open: why, on what basis, and what to do instead (all Chinese).

    It has no truth value of its own: ask ``isinstance(x, Refused)`` (decision 0001).
    """

    why: str
    basis: str
    instead: str


@dataclass(frozen=True)
class Step:
    """What happened in law, on which civil day (Asia/Shanghai). ``step`` is a word of the contract's list."""

    step: str
    on: date
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Day:
    """One calendar day of a count.

    ``kind``: received | counted | off | paused | extended | due | restart. ``ordinal`` is the running number of
    a counted day (1-based), else None. ``makeup`` marks a weekend that is a working day; ``note`` names the
    holiday or the pause.
    """

    on: date
    kind: str
    ordinal: int | None
    makeup: bool
    note: str


def _no_days() -> tuple[Day, ...]:
    return ()


@dataclass(frozen=True)
class Deadline:
    """The last day to answer, with reasons.

    ``due_on`` is None when no date can be given (the application lapsed, or the clock waits for the applicant).
    ``firm`` is False when the receipt is still to be confirmed, a consultation is still open or ``provisional`` is
    True. ``provisional``: the count touches 25 December or later of a year whose following year's notice is not
    loaded. ``state``: running | waiting_confirm | waiting_applicant | paused | waiting_fee | lapsed.
    ``lapses_on``: the applicant's last day to correct or to pay, while the clock waits for that (or after it).
    ``days``: the count day by day, worked out when asked for.
    """

    due_on: date | None
    firm: bool
    because: tuple[Reason, ...]
    provisional: bool = False
    state: str = "running"
    regime: str = ""
    lapses_on: date | None = None
    count: Callable[[], tuple[Day, ...]] = field(default=_no_days, repr=False, compare=False)

    @property
    def days(self) -> tuple[Day, ...]:
        """Every calendar day from receipt to the last day, for drawing a calendar."""
        return self.count()


@dataclass(frozen=True)
class Notice:
    """A holiday notice as facts. ``off`` and ``work`` are (day, festival); ``amends`` is False for a year's own notice.

    Two notices are equal when their facts are: ``digest`` (sha256) covers year, kind and days, not the wording.
    ``missing`` names festivals of the year that a year's own notice says nothing about (a cut-off paste).
    """

    year: int
    title: str
    number: str | None
    issued: date | None
    off: tuple[tuple[date, str], ...] = field(compare=False)
    work: tuple[tuple[date, str], ...] = field(compare=False)
    amends: bool
    digest: str
    missing: tuple[str, ...] = field(default=(), compare=False)

    @property
    def cite(self) -> str:
        """Title with its number, as a reason cites it."""
        return f"《{self.title}》（{self.number}）" if self.number else f"《{self.title}》"


@dataclass(frozen=True)
class Norm:
    """One parameter as it stands on a day: the value, its unit, and the article it comes from.

    ``tag``: V verified, M from memory, ? unsure, D our choice. ``value`` is None where the law is silent.
    ``unit``: working_days | calendar_days | months | yuan | times | month_day | word | text | days_of_year.
    """

    name: str
    title: str
    value: Any
    unit: str
    article: str
    source: str
    tag: str
    since: date
    configurable: bool = False
    note: str = ""


@dataclass(frozen=True)
class NormFile:
    """A city's own dated norms, read and checked. ``values`` is (name, since, value, article, source, tag, note)."""

    name: str
    digest: str
    values: tuple[tuple[str, date, Any, str, str, str, str], ...] = field(compare=False)


@dataclass(frozen=True)
class Outcome:
    """One way an application ends under one Regulation.

    ``prereview``: True when reconsideration must come first (decisions from 2024-01-01), "configurable" where the
    law is not settled. ``evidence``: keys that must be on file. ``letter``: D20 … D26. ``row2014`` and ``row2021``
    name the cell of the two report forms; ``row2021`` is empty where the old outcome has no single row.
    """

    code: str
    name: str
    clause: str
    row2014: str
    row2021: str
    prereview: bool | str
    evidence: tuple[str, ...]
    letter: str
    regime: str
    tag: str


@dataclass(frozen=True)
class FeeLine:
    """One band of a fee: so many pieces or pages at so much each, in yuan."""

    text: str
    quantity: int
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Fee:
    """信息处理费 for one application (yuan), line by line. ``method``: per_item | per_page."""

    method: str
    quantity: int
    amount: Decimal
    lines: tuple[FeeLine, ...]
    because: tuple[Reason, ...]


@dataclass(frozen=True)
class Remedies:
    """What the applicant may do against a decision. ``text`` is the paragraph of the letter.

    Periods run from the day the applicant receives or learns of the decision. ``suit_after_review_days`` counts
    from receipt of the reconsideration decision. A public-service body has neither: ``review_days`` and
    ``suit_months`` are None and ``where`` names the organ that hears the appeal (申诉).
    """

    review_first: bool
    where: tuple[str, ...]
    review_days: int | None
    suit_months: int | None
    suit_after_review_days: int | None
    text: str
    reasons: tuple[Reason, ...]
