"""Frozen rows that leave this room. None carries who the applicant is: that is asked for apart, and recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
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
    concluded_on: date | None
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
class SentLetter:
    """One outgoing letter as it was sent: its number, its day, and its text part by part."""

    kind: str
    number: str
    written_on: date
    parts: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Tracked:
    """What an applicant sees of a case with number and code: no personal data.

    ``told``: what was written to the applicant at a step that has no numbered letter, by the step's ``act_key``.
    """

    case: CaseRow
    events: tuple[Event, ...]
    letters: tuple[SentLetter, ...]
    told: Mapping[str, str]


@dataclass(frozen=True)
class CaseReviewRow:
    """One person's yes or no to a drafted answer, in one capacity."""

    id: int
    case_id: int
    round: int
    step: str
    step_name: str
    person_id: int
    person_name: str
    passed: bool
    comment: str
    at: datetime
    stands_for_name: str = ""


@dataclass(frozen=True)
class RemedyRow:
    """One reconsideration, lawsuit or complaint about disclosure work."""

    id: int
    agency_id: int
    agency_name: str
    case_id: int | None
    kind: str
    path: str
    filed_on: date
    concluded_on: date | None
    result: str
    summary: str
    stated_by: str


@dataclass(frozen=True)
class LetterRow:
    """One letter from the public with its answer and what came of it (yuan)."""

    id: int
    agency_id: int
    agency_name: str
    number: str
    received_on: date
    category: str
    subject: str
    content: str
    answered_on: date | None
    answer: str
    rating: str
    refunded: Decimal
    invested: Decimal
    stated_by: str


@dataclass(frozen=True)
class ProposalRow:
    """One deputies' suggestion or CPPCC proposal."""

    id: int
    agency_id: int
    agency_name: str
    number: str
    kind: str
    level: str
    subject: str
    assigned_on: date
    due_on: date
    answered_on: date | None
    met: bool
    satisfied: bool | None
    result_class: str
    stated_by: str


@dataclass(frozen=True)
class OpinionRow:
    """One matter of public opinion and when and how it was answered."""

    id: int
    agency_id: int
    agency_name: str
    subject: str
    occurred_at: datetime
    major: bool
    responded_at: datetime | None
    channel: str
    stated_by: str
