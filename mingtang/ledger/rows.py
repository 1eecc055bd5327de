"""Frozen rows that leave the ledger, and the names by which they may be asked for.

Organs and people leave as they are kept, because every verb takes them as its subject; outside the ledger they
cannot be saved (``models.Held``, docs/decisions/0003).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.db.models import Func, IntegerField, OuterRef, QuerySet, Subquery

from mingtang.law.api import Refused
from mingtang.ledger.files import FileRow
from mingtang.ledger.finding import Shelf, Shelves
from mingtang.ledger.laws import read_again
from mingtang.ledger.models import (
    Act,
    Agency,
    Appointment,
    Cover,
    Installation,
    JobRun,
    LawFile,
    Outbox,
    OutboxCursor,
    Person,
    StoredFile,
    Succession,
    held,
)
from mingtang.ledger.terms import Term


@dataclass(frozen=True)
class AppointmentRow(Term):
    """One person holds one role in one organ from a day (until a day)."""

    id: int
    person_id: int
    person_name: str
    username: str
    agency_id: int
    agency_name: str
    agency_short_name: str
    agency_path: str
    role: str
    section: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class CoverRow(Term):
    """While one person is away another may do what they could; ``valid_to`` is the first day it no longer holds."""

    id: int
    absent_id: int
    absent_name: str
    substitute_id: int
    substitute_name: str
    valid_from: date
    valid_to: date

    @property
    def until(self) -> date:
        """The last day of it."""
        return self.valid_to - timedelta(1)


@dataclass(frozen=True)
class ActRow:
    """Who did what to which thing, when and on which ground. ``payload`` None: nothing personal, or erased."""

    id: int
    key: str
    verb: str
    subject_type: str
    subject_id: str
    agency_id: int | None
    person_id: int | None
    person_name: str | None
    at: datetime
    recorded_at: datetime
    basis: str
    facts: Mapping[str, Any]
    payload: Mapping[str, Any] | None
    mac: str
    seal_id: int | None


@dataclass(frozen=True)
class SuccessionRow:
    """On one day, by one Act, an organ's work passed to another: the columns named, or (``rest``) whatever is not."""

    id: int
    predecessor_id: int
    predecessor_name: str
    successor_id: int
    successor_name: str
    kind: str
    on: date
    act_key: str
    rest: bool
    columns: tuple[str, ...]

    @property
    def kind_name(self) -> str:
        """The kind in words: 合并, 分立 or 更名."""
        return dict(Succession.KINDS)[self.kind]


@dataclass(frozen=True)
class OutboxRow:
    """One thing that happened and is told to upper rooms."""

    id: int
    topic: str
    payload: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True)
class OutboxCursorRow:
    """How far one consumer has drained the outbox, how many rows wait for it since when, and what its failure was."""

    LATE: ClassVar = timedelta(minutes=10)
    consumer: str
    position: int
    waiting: int
    oldest: datetime | None
    failed_at: int | None
    tries: int
    next_try: datetime | None
    error: str

    def late(self, now: datetime) -> bool:
        """Whether a row waits longer than a working background ever lets it."""
        return self.oldest is not None and now - self.oldest > self.LATE


@dataclass(frozen=True)
class JobRow:
    """One job of the schedule came to its end for one period."""

    job: str
    period: str
    at: datetime


@dataclass(frozen=True)
class InstallationRow:
    """This installation: ``kind`` demo or service, its city, and where a demo's clock started."""

    kind: str
    city_name: str
    created_at: datetime
    demo_epoch: datetime | None
    kept_from: date


@dataclass(frozen=True)
class LawFileRow:
    """A holiday notice or a city's own norms that arrived after the package was made."""

    id: int
    kind: str
    title: str
    year: int | None
    digest: str
    loaded_at: datetime

    def unread(self) -> Refused | None:
        """Why this text no longer counts: lost, changed, or not understood any more; None while it does."""
        read = read_again(self.kind, self.title, self.year, self.digest)
        return read if isinstance(read, Refused) else None


def _columns(model: Any) -> dict[str, str]:
    return {name: name for f in model._meta.concrete_fields for name in (f.name, f.attname)}


def _cursors() -> QuerySet[OutboxCursor]:
    """Each cursor with the rows behind it: how many, and the moment of the oldest."""
    behind = Outbox.objects.filter(pk__gt=OuterRef("position")).order_by()
    count = behind.values(n=Func("pk", function="COUNT", output_field=IntegerField()))
    return OutboxCursor.objects.order_by("consumer").annotate(
        waiting=Subquery(count), oldest=Subquery(behind.order_by("pk").values("at")[:1])
    )


SHELVES = Shelves({
    "agency": Shelf(lambda: Agency.objects.order_by("pk"), Agency, make=held, also=_columns(Agency)),
    "person": Shelf(lambda: Person.objects.order_by("pk"), Person, make=held, also=_columns(Person)),
    "appointment": Shelf(
        lambda: Appointment.objects.select_related("person", "agency").order_by("pk"), AppointmentRow,
        paths={
            "person_name": "person__name", "username": "person__username", "agency_name": "agency__name",
            "agency_short_name": "agency__short_name", "agency_path": "agency__path",
        },
        also={"agency_order": "agency__order"},
    ),
    "cover": Shelf(
        lambda: Cover.objects.select_related("absent", "substitute").order_by("valid_from", "pk"), CoverRow,
        paths={"absent_name": "absent__name", "substitute_name": "substitute__name"},
    ),
    "act": Shelf(
        lambda: Act.objects.select_related("person").order_by("pk"), ActRow, paths={"person_name": "person__name"},
        also={"edition": "facts__edition"},
        make=lambda a: ActRow(
            a.pk, a.key, a.verb, a.subject_type, a.subject_id, a.agency_id, a.person_id, a.person.name if a.person else None,
            a.at, a.recorded_at, a.basis, a.facts, a.payload, a.mac, a.seal_id,
        ),
    ),
    "file": Shelf(lambda: StoredFile.objects.order_by("pk"), FileRow),
    "succession": Shelf(
        lambda: Succession.objects.select_related("predecessor", "successor").order_by("pk"), SuccessionRow,
        paths={"predecessor_name": "predecessor__name", "successor_name": "successor__name"},
        make=lambda s: SuccessionRow(
            s.pk, s.predecessor_id, s.predecessor.name, s.successor_id, s.successor.name, s.kind, s.on, s.act_key, s.rest,
            tuple(s.columns),
        ),
    ),
    "outbox": Shelf(lambda: Outbox.objects.order_by("pk"), OutboxRow),
    "outbox_cursor": Shelf(_cursors, OutboxCursorRow),
    "job": Shelf(lambda: JobRun.objects.order_by("pk"), JobRow),
    "installation": Shelf(lambda: Installation.objects.order_by("pk"), InstallationRow),
    "law": Shelf(lambda: LawFile.objects.order_by("pk"), LawFileRow, paths={"digest": "file_id"}),
})  # fmt: skip
