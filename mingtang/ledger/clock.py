"""The one clock. Everything else takes ``at=`` or asks ``now()``; nothing else reads the system's time.

Two times exist (contract: time): ``at``, which may be set in a demo installation or a scenario, and
``recorded_at``, the system clock, which no caller can set.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_set_to: ContextVar[datetime | None] = ContextVar("mingtang_clock", default=None)
# How far a demo's clock runs ahead of (or behind) the system's; nought outside a demo.
_demo_shift: timedelta | None = None


def system_now() -> datetime:
    """The system clock, aware, in civil time of Asia/Shanghai. For ``recorded_at`` only."""
    return datetime.now(UTC).astimezone(SHANGHAI)


def now() -> datetime:
    """The moment at which the caller acts: a moment set by ``clock_at``, a demo's clock, or the system's."""
    fixed = _set_to.get()
    if fixed is not None:
        return fixed
    return system_now() + _shift()


def _shift() -> timedelta:
    global _demo_shift
    if _demo_shift is None:
        from mingtang.ledger.models import Installation

        here = Installation.objects.first()
        if here is None:  # not set up yet: do not remember an answer that will change
            return timedelta(0)
        _demo_shift = (
            here.demo_epoch - here.created_at
            if here.kind == Installation.DEMO and here.demo_epoch
            else timedelta(0)
        )
    return _demo_shift


def forget() -> None:
    """Drop the remembered demo shift (after an installation is created, and between tests)."""
    global _demo_shift
    _demo_shift = None


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at ``moment``. Open only in an installation created as a demo.

    Raises PermissionError elsewhere (in service nothing is back-dated) and ValueError for a moment without its time zone.
    """
    from mingtang.ledger.models import Installation

    if not Installation.objects.filter(kind=Installation.DEMO).exists():
        raise PermissionError("the clock can be set only in an installation created as a demo")
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    token = _set_to.set(moment.astimezone(SHANGHAI))
    try:
        yield
    finally:
        _set_to.reset(token)
