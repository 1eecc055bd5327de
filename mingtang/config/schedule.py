"""The one table of jobs, and of who drains the outbox. Each job is a door's verb; ``tick`` runs what is due.

A job runs to its end once a period (its key names the period); running it again does nothing, so two workers may tick.
One that fails is logged, tried again at the next tick, and stops neither the others nor the sealing of Acts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mingtang.casework import api as casework
from mingtang.disclosure import api as disclosure
from mingtang.ledger.api import drain, find, once, take
from mingtang.oversight import api as oversight
from mingtang.portal import api as portal

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """A job: its name, the period that holds a day (it runs once in each; None: at every tick), and the door's verb it calls."""

    name: str
    period: Callable[[date], str] | None
    run: Callable[[datetime], Any]

    def __call__(self, at: datetime) -> bool:
        """Run it unless its period has had its run; returns whether it ran."""
        period = self.period(at.date()) if self.period else ""
        if period and find("job", job=self.name, period=period).exists():
            return False
        self.run(at)
        if period:
            once(self.name, period, at)
        return True


JOBS = (
    Job("disclosure.advance", None, lambda at: disclosure.advance(at)),
    Job("portal.data", date.isoformat, lambda at: portal.rebuild(only={"data"})),
    Job("cases.recount", date.isoformat, lambda at: casework.recount_open(at, "每日重算：等待可能已经届满")),
    Job("cases.expire", date.isoformat, lambda at: casework.take(None, "expire", by=None, at=at)),
)


# What other machines are asked for: it may take its time, so ``work`` does it beside the outbox, and no transaction waits for it.
OUTWARD = (
    Job("portal.push", None, lambda at: portal.push(at)),
    Job("portal.recheck", None, lambda at: portal.recheck(at)),
)


def _to_portal(topic: str, payloads: list[Mapping[str, Any]]) -> None:
    if topic == "published":
        portal.deliver([i for p in payloads for i in p["publications"]])
    elif topic == "gazette.closed":
        portal.rebuild(only={"gazette"})
    elif topic == "agency.changed":
        portal.rebuild(only={"fixed", "data"}, organs={p["agency"] for p in payloads})
    elif topic == "agency.succeeded":
        touched = {int(a) for p in payloads for old, new in p["pairs"].items() for a in (old, *new)}
        portal.rebuild(only={"fixed", "data"}, organs=touched)


CONSUMERS: dict[str, Callable[[str, list[Mapping[str, Any]]], None]] = {
    "portal": _to_portal,
    "channels": portal.follow,
    "search": portal.Finder.follow,
    "duties": disclosure.follow,
    "cases": casework.follow,
    "tallies": oversight.follow,
}


# Counting again takes a second where a page takes a tenth of one: ``work`` does it beside the rest.
COUNTING = ("tallies",)


def drain_all(names: Iterable[str] | None = None) -> int:
    """Hand every waiting outbox row to every consumer (or those named) once; returns how many were taken."""
    return sum(drain(name, CONSUMERS[name]) for name in (CONSUMERS if names is None else names))


def outward(at: datetime) -> list[str]:
    """Send what waits and look at links again; returns the names of what ran."""
    for job in OUTWARD:
        job.run(at)
    return [job.name for job in OUTWARD]


def seal(at: datetime) -> int:
    """Seal every unsealed Act; returns how many."""
    return take(None, "seal", by=None, at=at)


def tick(at: datetime) -> tuple[list[str], list[str]]:
    """Seal the Acts, then run the jobs whose period has not had its run; returns the names of what ran and what failed.

    No transaction spans a job: its verb opens its own, and a writer waits for none of them long. A job counts as run
    once it came to its end, so one that was killed runs again.
    """
    ran: list[str] = []
    failed: list[str] = []
    steps: list[tuple[str, Callable[[datetime], Any]]] = [("seal", seal), *((job.name, job) for job in JOBS)]
    for name, run in steps:
        try:
            done = run(at)
        except Exception:  # whatever one job throws must not stop the others
            log.exception("tick: %s failed", name)
            failed.append(name)
        else:
            if name != "seal" and done:
                ran.append(name)
    return ran, failed
