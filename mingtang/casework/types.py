"""Frozen rows that leave this room. None carries who the applicant is: that is asked for apart, and recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class CaseRow:
    """One application. ``state_label`` and ``clock`` (law's word for the count) are for people and for sorting."""

    id: int
    agency_id: int
    agency_name: str
    number: str
    code: str
    submitted_at: datetime
    received_on: date
    channel: str
    channel_label: str
    applicant_type: str
    request_class: str
    subject: str
    content: str
    delivery: str
    state: str
    state_label: str
    handler: str
    due_on: date | None
    firm: bool
    provisional: bool
    clock: str
    extended: bool
    outcome: str
    outcome_name: str
    grounds: str
    evidence: Mapping[str, Any]
    replied_on: date | None
    closed_on: date | None
    stated_by: str


@dataclass(frozen=True)
class Event:
    """One line of a case's timeline: the day, what happened in law, its article, and the Act that recorded it."""

    on: date
    step: str
    text: str
    basis: str
    at: datetime
    by: str
    act_key: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Tracked:
    """What an applicant sees of a case with number and code: no personal data."""

    case: CaseRow
    events: tuple[Event, ...]
    letters: tuple[tuple[str, str, date], ...]
