"""Values that the law hands out. Frozen; every date and every refusal carries its reason and its article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Reason:
    """One sentence of an explanation (Chinese, for the clerk and the citizen) and what it rests on."""

    text: str
    basis: str


@dataclass(frozen=True)
class Refused:
    """A step or an input that is not open: why, on what basis, and what to do instead (all Chinese)."""

    why: str
    basis: str
    instead: str

    def __bool__(self) -> bool:
        return False


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


@dataclass(frozen=True)
class Deadline:
    """The last day to answer, with reasons.

    ``due_on`` is None when no date can be given (the application lapsed, or the clock waits for the applicant).
    ``firm`` is False when the receipt is still to be confirmed or ``provisional`` is True. ``provisional``: the
    count touches 25 December or later of a year whose following year's notice is not loaded.
    ``state``: running | waiting_confirm | waiting_applicant | paused | waiting_fee | lapsed.
    """

    due_on: date | None
    firm: bool
    because: tuple[Reason, ...]
    days: tuple[Day, ...] = ()
    provisional: bool = False
    state: str = "running"
    regime: str = ""
