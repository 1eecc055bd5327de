"""Gapless numbers, drawn last in the transaction that uses them; and which job ran for which period."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from mingtang.ledger.models import JobRun, Series


def number(series: str, count: int = 1) -> int:
    """The next number of a series (the first of ``count`` in a row), starting at 1.

    Must run inside a transaction, and raises RuntimeError outside one: a rolled-back verb gives its number back, so no
    number is ever missing. Source: contract "Work in the background".
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a number is drawn inside the transaction that uses it")
    Series.objects.get_or_create(name=series)
    Series.objects.filter(name=series).update(last=F("last") + count)
    return Series.objects.values_list("last", flat=True).get(name=series) - count + 1


def once(job: str, period: str, at: datetime) -> bool:
    """Note that a job came to its end for a period; True for the first who says so."""
    _, first = JobRun.objects.get_or_create(job=job, period=period, defaults={"at": at})
    return first
