"""Dates as a clerk says them, in the language of the page."""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language

WEEK = "一二三四五六日"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def english() -> bool:
    """Whether the page at hand is English."""
    return get_language() == "en"


def day(on: date) -> str:
    """2026年11月24日; 24 November 2026"""
    return (
        f"{on.day} {_MONTHS[on.month - 1]} {on.year}" if english() else f"{on.year}年{on.month}月{on.day}日"
    )


def long_day(on: date) -> str:
    """2026年11月24日 星期二; Tuesday 24 November 2026"""
    return f"{_DAYS[on.weekday()]} {day(on)}" if english() else f"{day(on)} 星期{WEEK[on.weekday()]}"


def short_day(on: date) -> str:
    """11月24日; 24 Nov"""
    return f"{on.day} {_MONTHS[on.month - 1][:3]}" if english() else f"{on.month}月{on.day}日"


def month(on: date) -> str:
    """11月; Nov"""
    return _MONTHS[on.month - 1][:3] if english() else f"{on.month}月"


def weekday(on: date) -> str:
    """周二; Tue"""
    return _DAYS[on.weekday()][:3] if english() else f"周{WEEK[on.weekday()]}"


def week_heads() -> list[str]:
    """Heads of a calendar from Monday on: one sign each."""
    return [name[:2] for name in _DAYS] if english() else list(WEEK)
