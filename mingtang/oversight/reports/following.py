"""What the tallies do when something changed: count again the organs and years that it touches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mingtang.casework import api as casework
from mingtang.disclosure import api as disclosure
from mingtang.ledger.api import SHANGHAI, Shelf, now
from mingtang.oversight.models import Report
from mingtang.oversight.reports import tallies
from mingtang.portal import api as portal


def follow(topic: str, payloads: list[Mapping[str, Any]]) -> None:
    """Outbox consumer: recount the organs whose rows changed, for every year that the rows may stand in."""
    at = now()
    found = _TOPICS.get(topic)
    if found is not None:
        agencies, years = found(payloads, at.astimezone(SHANGHAI).year)
        tallies.changed(at, agencies, years, _shelves(topic))


def _shelves(topic: str) -> list[Shelf[Any]]:
    """Where the rows of that topic stand; empty: anywhere. Most figures count cases, which no publication changes, and
    no case changes the others: both come often, and must not keep a core busy."""
    if topic == "case.changed":
        return [casework.find("case").shelf]
    if topic in ("published", "released"):
        return [
            f.shelf
            for f in (
                disclosure.find("publication"), disclosure.find("document"), portal.find("counted_release")
            )
        ]  # fmt: skip
    return []


def _of_cases(payloads: list[Mapping[str, Any]], this: int) -> tuple[set[int], set[int]]:
    """Organs that hold or held the cases; a case is carried over from its receipt to this year."""
    agencies = {a for p in payloads for a in p.get("agencies", ())}
    first = this
    for agency, received in casework.find("case", pk__in={p["case"] for p in payloads}).values(
        "agency_id", "received_on"
    ):
        agencies.add(agency)
        first = min(first, received.year)
    return agencies, set(range(first, this + 1))


def _of_publications(payloads: list[Mapping[str, Any]], this: int) -> tuple[set[int], set[int]]:
    """Organs of the documents, from the year each was first published; a filed report that went out is published."""
    log = disclosure.find("publication", pk__in={i for p in payloads for i in p["publications"]})
    agencies, first = set(), this
    for agency, at, since in log.values("agency_id", "at", "first_published_at"):
        agencies.add(agency)
        first = min([first, *(d.astimezone(SHANGHAI).year for d in (at, since) if d)])
    out = log.where(kind__in=("publish", "correct"), origin_type="report").values("document_id")
    Report.objects.filter(document_id__in=[i for (i,) in out], state="filed").update(state="published")
    return agencies, set(range(first, this + 1))


def _of_registers(payloads: list[Mapping[str, Any]], this: int) -> tuple[set[int], set[int]]:
    return {a for p in payloads for a in p["agencies"]}, {y for p in payloads for y in p["years"]}


_TOPICS = {
    "case.changed": _of_cases, "published": _of_publications, "register.changed": _of_registers, "released": _of_registers,
}  # fmt: skip
