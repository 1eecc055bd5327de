"""The outbox: after commit, in order, at least once, and one consumer's fault never holds back another."""

from datetime import timedelta

import pytest
from django.db import transaction

from mingtang.ledger import api as ledger
from mingtang.ledger.models import OutboxCursor
from tests import given

pytestmark = pytest.mark.django_db

AT = given.at(2026, 3, 2)


def test_rows_reach_each_consumer_once_and_in_order():
    for n in range(5):
        ledger.enqueue("thing", {"n": n}, AT)
    first, second = [], []
    assert ledger.drain("a", lambda topic, rows: first.extend(r["n"] for r in rows)) == 5
    assert ledger.drain("b", lambda topic, rows: second.extend(r["n"] for r in rows)) == 5
    assert first == second == [0, 1, 2, 3, 4]
    assert ledger.drain("a", lambda topic, rows: first.append("again")) == 0


def test_a_rolled_back_verb_leaves_no_word():
    with transaction.atomic():
        ledger.enqueue("thing", {}, AT)
        transaction.set_rollback(True)
    assert ledger.drain("a", lambda topic, rows: None) == 0


def test_a_failing_consumer_keeps_its_place_tries_again_later_and_stops_nobody_else(caplog):
    ledger.enqueue("thing", {"n": 1}, AT)

    def broken(topic, rows):
        raise OSError("no network")

    assert ledger.drain("a", broken) == 0
    cursor = OutboxCursor.objects.get(consumer="a")
    assert (cursor.tries, cursor.error, cursor.position) == (1, "OSError: no network", 0)
    seen = []
    assert ledger.drain("a", lambda topic, rows: seen.append(rows)) == 0, "waits for its next try"
    assert ledger.drain("b", lambda topic, rows: seen.append(rows)) == 1
    OutboxCursor.objects.filter(consumer="a").update(next_try=None)
    assert ledger.drain("a", lambda topic, rows: seen.append(rows)) == 1
    assert OutboxCursor.objects.get(consumer="a").tries == 0


def test_runs_of_one_topic_arrive_together():
    for topic in ("x", "x", "y", "x"):
        ledger.enqueue(topic, {}, AT)
    runs = []
    ledger.drain("a", lambda topic, rows: runs.append((topic, len(rows))))
    assert runs == [("x", 2), ("y", 1), ("x", 1)]


def test_a_consumer_that_does_not_go_on_is_seen_with_its_place_its_rows_and_its_error(caplog):
    for minute in range(3):
        ledger.enqueue("thing", {"n": minute}, AT + timedelta(minutes=minute))

    def broken(topic, rows):
        raise OSError("no network")

    ledger.drain("a", broken)
    ledger.drain("b", lambda topic, rows: None)
    held, free = ledger.find("outbox_cursor")
    assert (held.consumer, held.position, held.waiting, held.oldest) == ("a", 0, 3, AT)
    assert (held.tries, held.error) == (1, "OSError: no network")
    assert (free.consumer, free.waiting, free.oldest, free.tries) == ("b", 0, None, 0)
    assert free.position == ledger.find("outbox").order("-pk").first().id
    assert not held.late(AT + timedelta(minutes=10))
    assert held.late(AT + timedelta(minutes=10, seconds=1))
    assert not free.late(AT + timedelta(days=1))
