"""The one table of jobs, and of who drains the outbox. Each job is a door's verb; ``tick`` runs what is due.

A job runs once a period (its key names the period); running it again does nothing, so two workers may tick.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mingtang.casework import api as casework
from mingtang.disclosure import api as disclosure
from mingtang.ledger.api import drain, now, seal_acts
from mingtang.oversight import api as oversight
from mingtang.portal import api as portal


@dataclass(frozen=True)
class Job:
    """A job: its name, how often (daily), what it does."""

    name: str
    period: Callable[[date], str]
    run: Callable[[datetime], Any]


JOBS = (Job("duties.open", lambda day: day.isoformat(), lambda at: disclosure.keep_duties(at)),)


def _to_portal(topic: str, payloads: list[Mapping[str, Any]]) -> None:
    if topic == "published":
        portal.deliver([i for p in payloads for i in p["publications"]])
    elif topic in ("agency.changed", "agency.succeeded"):
        portal.rebuild(only={"fixed", "lists"})


def _to_duties(topic: str, payloads: list[Mapping[str, Any]]) -> None:
    if topic == "published":
        disclosure.settle([i for p in payloads for i in p["publications"]])


def _to_cases(topic: str, payloads: list[Mapping[str, Any]]) -> None:
    """A loaded notice moves open cases; a succession moves cases and duties to the organ that carries on."""
    for p in payloads:
        if topic == "law.changed":
            casework.recount_open(now(), f"载入《{p['title']}》后重新计算（摘要 {p['digest'][:12]}）")
        elif topic == "agency.succeeded":
            pairs = {int(old): new[0] for old, new in p["pairs"].items()}
            basis = f"机构调整：{p['kind']}（痕迹 {p['act'][:8]}）"
            casework.follow_succession(pairs, now(), basis)
            disclosure.follow_succession(pairs, date.fromisoformat(p["on"]), now(), basis)


CONSUMERS: dict[str, Callable[[str, list[Mapping[str, Any]]], None]] = {
    "portal": _to_portal,
    "duties": _to_duties,
    "cases": _to_cases,
    "tallies": oversight.catch_up,
}


def drain_all() -> int:
    """Hand every waiting outbox row to every consumer once; returns how many were taken."""
    return sum(drain(name, take) for name, take in CONSUMERS.items())


def tick(at: datetime) -> list[str]:
    """Run every job (each safe to repeat) and seal the Acts; returns the names of what ran."""
    for job in JOBS:
        job.run(at)
    seal_acts()
    return [job.name for job in JOBS]
