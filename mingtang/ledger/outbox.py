"""The outbox: verbs write rows, ``mingtang work`` drains them, each consumer with a cursor of its own.

A row is handed to a consumer in order, at least once; a consumer must be able to take it twice. A failing row
is tried again with a growing pause and holds back that consumer only.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet, Subquery

from mingtang.ledger.clock import system_now
from mingtang.ledger.models import Outbox, OutboxCursor

log = logging.getLogger(__name__)
Consumer = Callable[[str, list[Mapping[str, Any]]], None]
_LOCK = 7_102_017
_PAUSES = (1, 5, 30, 120, 600)  # seconds
_LEASE = timedelta(minutes=10)


def enqueue(topic: str, payload: Mapping[str, Any], at: datetime) -> None:
    """Leave word of something that happened, inside the verb's transaction.

    ``payload`` is JSON and names things by id. Source: contract "Work in the background".
    """
    if connection.vendor == "postgresql":
        # Ids are handed out before commit: a reader must not step over a row that commits late. Writers share
        # this lock; the reader takes it alone for a moment to learn up to where all ids are settled.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])
    Outbox.objects.create(topic=topic, payload=dict(payload), at=at)


def _settled() -> int:
    """The newest row up to which no other can still appear. SQLite has one writer: what is read is settled."""
    newest = Outbox.objects.order_by("-id").values_list("id", flat=True)
    if connection.vendor != "postgresql":
        return newest.first() or 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        return newest.first() or 0


def drain(consumer: str, take: Consumer, limit: int = 500) -> int:
    """Hand the next rows to ``take(topic, payloads)`` in order, runs of one topic together; returns how many.

    The cursor moves only after ``take`` returned. A failure is kept on the cursor with its error and the moment
    of the next try, and is logged; it does not raise.
    """
    mine, moment = OutboxCursor.objects.filter(consumer=consumer), system_now()
    newest = Subquery(Outbox.objects.order_by("-id").values("id")[:1])
    stand = mine.annotate(newest=newest).values_list("position", "newest").first()
    if stand is None:
        OutboxCursor.objects.get_or_create(consumer=consumer)
    elif stand[0] >= (stand[1] or 0):  # asked ten times a second: no lock is taken where nothing waits
        return 0
    upto = _settled()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=moment)
    due = Q(next_try__isnull=True) | Q(next_try__lte=moment)
    # One drainer a consumer: a second one finds the lease taken and leaves.
    if not mine.filter(free, due, position__lt=upto).update(leased_until=moment + _LEASE):
        return 0
    try:
        return _hand_over(mine, upto, take, limit)
    finally:
        mine.update(leased_until=None)


def _hand_over(mine: QuerySet[OutboxCursor], upto: int, take: Consumer, limit: int) -> int:
    held, done = mine.get(), 0
    rows = list(Outbox.objects.filter(id__gt=held.position, id__lte=upto).order_by("id")[:limit])
    if not rows:  # numbers that were rolled back
        mine.update(position=upto)
    for run in _runs(rows):
        try:
            take(run[0].topic, [r.payload for r in run])
        except Exception as error:  # whatever a channel throws must not stop the others
            log.exception("outbox: %s failed at row %s", held.consumer, run[0].pk)
            pause = _PAUSES[min(held.tries, len(_PAUSES) - 1)]
            mine.update(
                failed_at=run[0].pk,
                tries=held.tries + 1,
                error=f"{type(error).__name__}: {error}"[:2000],
                next_try=system_now() + timedelta(seconds=pause),
            )
            return done
        mine.update(
            position=run[-1].pk,
            failed_at=None,
            tries=0,
            error="",
            next_try=None,
            leased_until=system_now() + _LEASE,
        )
        done += len(run)
    return done


def skip(by: None, at: datetime, *, consumers: Iterable[str]) -> int:
    """Start consumers after the newest row, because what lies before it was done in bulk (a full bake, a recount).

    The platform's own upkeep: ``by`` is None. Returns the row's number, 0 when there is none.
    """
    newest = _settled()
    for consumer in consumers:
        OutboxCursor.objects.update_or_create(consumer=consumer, defaults={"position": newest})
    return newest


def _runs(rows: list[Outbox]) -> list[list[Outbox]]:
    runs: list[list[Outbox]] = []
    for row in rows:
        if runs and runs[-1][0].topic == row.topic:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs
