"""``mingtang work`` and ``mingtang tick``: the background, by hand or as a service."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial

import click
from django.db import close_old_connections, connections
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from mingtang.config import schedule
from mingtang.ledger import api as ledger
from mingtang.portal import api as portal

_POLL = 0.1
_TICK_EVERY = 30.0
_SEAL_EVERY = 20.0
_AFTER_A_FAULT = 5.0
_OUTWARD_EVERY = 20.0
log = logging.getLogger(__name__)
_NAME = f"mingtang-{os.getpid()}"


def run(stop: threading.Event) -> None:
    """Drain the outbox every 100 ms and tick twice a minute until told to stop; Acts are sealed within 60 s.

    Tasks and tallies run in threads of their own: a report, a whole catalogue or a recount must not hold back a
    withdrawal.
    """
    portal.recover()
    tasks = threading.Thread(target=_repeat, args=(stop, _run_tasks), name="tasks", daemon=True)
    tasks.start()
    # Beside the rest, because one delivery or one job may take longer than an Act may stay unsealed.
    threading.Thread(target=seal_on, args=(stop,), name="seal", daemon=True).start()
    threading.Thread(target=_outward, args=(stop,), name="outward", daemon=True).start()
    counting = partial(schedule.drain_all, schedule.COUNTING)
    tallies = threading.Thread(target=_repeat, args=(stop, counting), name="tallies", daemon=True)
    tallies.start()
    at_once = [name for name in schedule.CONSUMERS if name not in schedule.COUNTING]
    ticked = 0.0

    def turn() -> int:
        nonlocal ticked
        done = schedule.drain_all(at_once)
        if time.monotonic() - ticked >= _TICK_EVERY:
            schedule.tick(ledger.now())
            ticked = time.monotonic()
        return done

    _repeat(stop, turn)
    tasks.join(timeout=5)
    tallies.join(timeout=5)


def _repeat(
    stop: threading.Event, turn: Callable[[], object], every: float = 0.0, *, words: bool = True
) -> None:
    """Take turns until told to stop; a fault (a lost database) must not end the background for good.

    ``every``: seconds before each turn; without it the next turn comes at once, after one that did nothing a moment
    later, after a fault more than a moment. ``words``: a fault is logged with its words and not by its kind alone.
    """
    rest = every
    while not stop.wait(rest):
        try:
            close_old_connections()
            done = turn()
            rest = every or (0.0 if done else _POLL)
        except Exception as error:
            rest = every or _AFTER_A_FAULT
            if words:
                log.exception("work: going on in %s seconds", rest)
            else:
                log.error("work: %s, going on in %s seconds", type(error).__name__, rest)
            connections.close_all()
    connections.close_all()


def seal_on(stop: threading.Event) -> None:
    """Seal the Acts every 20 s until told to stop."""
    _repeat(stop, lambda: schedule.seal(ledger.now()), _SEAL_EVERY)


def _outward(stop: threading.Event) -> None:
    """Send to the channels and look at links twice a minute, apart from the outbox: another's slow machine holds up nothing here."""
    # The words of a channel's fault may quote an address with a token.
    _repeat(stop, lambda: schedule.outward(ledger.now()), _OUTWARD_EVERY, words=False)


def _run_tasks() -> None:
    """Run what lies in the task queue, then come back; several workers may share one queue."""
    if not DBTaskResult.objects.ready().exists():  # a worker is dear, and this is asked ten times a second
        return
    Worker(
        queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=None,
        worker_id=_NAME, excluded_queue_names=[],
    ).run()  # fmt: skip


@click.command()
def work() -> None:
    """Drain the outbox and run the jobs until stopped."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    click.echo("后台已开始；按 Ctrl+C 停止", err=True)
    run(stop)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def tick(as_json: bool) -> None:
    """Run the jobs that are due, once; safe to repeat."""
    (ran, failed), drained = schedule.tick(ledger.now()), schedule.drain_all()
    ran += schedule.outward(ledger.now())
    if as_json:
        click.echo(json.dumps({"jobs": ran, "failed": failed, "drained": drained}))
    else:
        click.echo(f"任务 {'、'.join(ran)}；发件箱 {drained} 条")
        if failed:
            click.echo(f"没有办成：{'、'.join(failed)}，原因见日志，下一次再试", err=True)
    sys.exit(1 if failed else 0)
