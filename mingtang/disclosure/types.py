"""Frozen rows that leave this room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from mingtang.disclosure.catalogue import fingerprint
from mingtang.disclosure.catalogue import readable as _readable
from mingtang.disclosure.judging import reading_of
from mingtang.disclosure.limits import AFTER_LIMITS, publish_by
from mingtang.law.api import Reason


@dataclass(frozen=True)
class AttachmentRow:
    """One file of an edition: the name readers see, its digest, size in bytes and media type."""

    name: str
    digest: str
    size: int
    media: str
    readable = staticmethod(_readable)


@dataclass(frozen=True)
class EditionRow:
    """One version of a document: number, state, title, text (clean HTML), the fields of its kind, its digest."""

    id: int
    number: int
    state: str
    title: str
    short_title: str
    doc_no: str
    written_on: date | None
    effective_on: date | None
    repeal_on: date | None
    validity: str
    theme: str
    genre: str
    keywords: tuple[str, ...]
    summary: str
    source: str
    attribute: str
    attribute_ground: str
    body: str
    data: Mapping[str, Any]
    digest: str
    attachments: tuple[AttachmentRow, ...] = ()
    # Of the work on it, never shown in public: findings kept on purpose, and when it goes out by itself.
    overridden: Mapping[str, Any] = field(default_factory=dict, repr=False)
    goes_out_at: datetime | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """Title and text as the checks number them, line 1 first."""
        return tuple(line.text for line in reading_of(self).lines)

    @property
    def mark(self) -> str:
        """The mark of its present state: who edits says with it what he saw (fact ``seen`` of the verb ``edit``)."""
        return fingerprint(self, [(a.name, a.digest) for a in self.attachments])


@dataclass(frozen=True)
class DocumentRow:
    """A document with its live edition (``edition`` None: never published, or fetched without texts).

    ``state``: draft | live | withdrawn. ``withdrawal``: kind and reason once it is no longer live.
    """

    id: int
    agency_id: int
    agency_name: str
    kind: str
    index_no: str | None
    article20: int | None
    column: str
    key_area: str
    state: str
    on_site: bool
    title: str
    published_at: datetime | None
    first_published_at: datetime | None
    interprets_id: int | None
    origin_type: str
    origin_id: str
    edition: EditionRow | None = field(default=None, repr=False)
    # Why it goes without the interpretation its kind asks for.
    uninterpreted: str = ""
    # Personal data that the last sweep found in what is live.
    suspect: str = field(default="", repr=False)
    # The decision that lifted its secrecy: number, on, organ, digest, name; None: it never bore a mark.
    declassified: Mapping[str, str] | None = field(default=None, repr=False)
    # The matter it belongs to, by field and value ("project_code:2602-…"); empty: none.
    thread: str = ""
    # The paper that repealed or amended it.
    successor_id: int | None = None
    # The document its address leads to, once it was merged into another.
    merged_into_id: int | None = None


@dataclass(frozen=True)
class PublicationRow:
    """One line of the publication log: all that a channel ever receives."""

    id: int
    document_id: int
    old_edition_id: int | None
    new_edition_id: int | None
    kind: str
    first: bool
    at: datetime
    by: str
    reason: str
    stated_by: str


@dataclass(frozen=True)
class ReviewRow:
    """One pair of eyes on one edition: who, in which capacity, with which result."""

    id: int
    edition_id: int
    round: int
    step: str
    step_name: str
    person_id: int
    person_name: str
    passed: bool
    comment: str
    at: datetime
    digest: str
    # The absent person whose power was used, when somebody stood in.
    stands_for_name: str = ""
    # The ground of the office's rule by which one person did two reviews; empty: no rule was needed.
    under: str = ""


@dataclass(frozen=True)
class ReviewRuleRow:
    """The office's ruling that in a small unit one person may do the first two reviews; ``ended_at`` once it was taken back."""

    id: int
    agency_id: int
    ground: str
    made_by_name: str
    made_at: datetime
    ended_by_name: str | None
    ended_at: datetime | None


@dataclass(frozen=True)
class BatchRow:
    """A table reviewed as one paper (``document_id``); ``seed`` once its sample is drawn (its paper's data say which rows), ``ordered_by`` once it is ordered out."""

    id: int
    document_id: int
    table: str
    name: str
    size: int
    seed: str
    ordered_by: str


@dataclass(frozen=True)
class BatchLineRow:
    """One row of a batch and its document; ``pulled_in``: the round in which it was pulled out, None while it goes along."""

    id: int
    batch_document_id: int
    document_id: int
    number: int
    title: str
    pulled_in: int | None
    published_at: datetime | None
    index_no: str | None


@dataclass(frozen=True)
class SecrecyAlarmRow:
    """Something with a secrecy mark was stopped: who, when, where and which digest; ``measure`` once it was acknowledged."""

    id: int
    agency_id: int
    organ_id: int
    organ_name: str
    person_name: str
    at: datetime
    place: str
    digest: str
    seen_by_name: str | None
    seen_at: datetime | None
    measure: str


@dataclass(frozen=True)
class IssuedPaperRow:
    """One line of the register of issued papers; ``document_id`` where it stands in the catalogue."""

    id: int
    agency_id: int
    agency_name: str
    doc_no: str
    title: str
    written_on: date | None
    attribute: str
    attribute_name: str
    attribute_ground: str
    source: str
    source_name: str
    stated_by: str
    document_id: int | None
    document_state: str
    entered_at: datetime
    entered_by: str


@dataclass(frozen=True)
class DutyRow:
    """Who must publish what, on which basis, how often."""

    id: int
    agency_id: int
    agency_name: str
    agency_short_name: str
    agency_phone: str
    title: str
    basis: str
    cadence: str
    cadence_name: str
    key_area: str
    kinds: tuple[str, ...]
    since: date
    until: date | None
    task: str = ""
    norm: str = ""
    by: str = ""
    listed: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def to_group(self) -> bool:
        """Is it for some people only (特定群众)? Then it is handed to them, and never stands on the site."""
        line = self.listed or {}
        return bool(line.get("group")) and not line.get("everyone")


@dataclass(frozen=True)
class AppraisalRow:
    """One paper in one yearly round; ``after`` empty: not decided yet."""

    id: int
    instance_id: int
    paper: IssuedPaperRow
    before: str
    after: str
    after_name: str
    reason: str
    person_name: str
    at: datetime | None


@dataclass(frozen=True)
class DutyInstanceRow:
    """One duty in one period, or for one paper (``document_id``); ``publication_id`` or ``evidence`` once it is fulfilled."""

    id: int
    duty: DutyRow
    period_from: date
    period_to: date
    due_on: date
    publication_id: int | None
    evidence: Mapping[str, Any] | None
    document_id: int | None = None
    document_title: str = ""
    document_kind: str = ""

    @property
    def title(self) -> str:
        """What is due: the paper, or what the duty says."""
        after = self.duty.cadence in AFTER_LIMITS
        return (
            f"{self.duty.title}：{self.document_title}" if after else self.document_title or self.duty.title
        )

    @property
    def because(self) -> tuple[Reason, ...]:
        """Why a paper is due on that day, with articles and notices; empty for a period."""
        if self.document_id is None:
            return ()
        found = publish_by(self.document_kind, self.duty.cadence, self.period_from)
        return found.because if found else ()
