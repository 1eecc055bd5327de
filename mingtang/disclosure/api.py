"""The door of disclosure.

Verbs: ``draft`` ``take`` ``take_over`` ``open_verbs`` ``current`` ``editions`` ``check`` ``read`` ``assign``
``advance`` ``fulfil`` ``follow``, and ``find``: documents, editions, publications, reviews, duties and their instances by declared
names. The flow's verbs (submit, head_review, secrecy_review, sign, publish, withdraw, repeal …) go through ``take``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from os import PathLike
from typing import Any

from django.db import transaction
from django.db.models import Q

from mingtang.disclosure import (
    appraising,
    batches,
    duties,
    events,
    fitness,
    guides,
    publishing,
    review,
    superseding,
)
from mingtang.disclosure.batch_table import BatchTable, Brought
from mingtang.disclosure.catalogue import VALIDITIES, working
from mingtang.disclosure.catalogue import draft as _draft
from mingtang.disclosure.cells import Cells
from mingtang.disclosure.chains import CHAINS, STATES
from mingtang.disclosure.checks.attaching import misfit
from mingtang.disclosure.checks.readers import read as _read
from mingtang.disclosure.checks.run import check as check_reading
from mingtang.disclosure.checks.types import Finding, Line, Place, Reading, Table, Unreadable
from mingtang.disclosure.duties import fulfil
from mingtang.disclosure.from_record import told as told_of_record
from mingtang.disclosure.importing import CatalogueTable, Imported, Misfit
from mingtang.disclosure.kinds import Column, Field, KeyArea, Kind, columns, key_areas, kinds, themes
from mingtang.disclosure.models import Document, Publication
from mingtang.disclosure.oldsite import SavedSite
from mingtang.disclosure.paper_table import PaperRegister, PaperTable
from mingtang.disclosure.publishing import take_over
from mingtang.disclosure.rows import SHELVES, current, editions
from mingtang.disclosure.secrecy import Declassified, Secrecy, Stopped
from mingtang.disclosure.small_units import ReviewRules
from mingtang.disclosure.standard import SECTORS, DutyTable
from mingtang.disclosure.succession import follow_succession
from mingtang.disclosure.taking_down import OVERTURNED, WAYS
from mingtang.disclosure.tasks import ImportOrder, Ordered, sweep_live
from mingtang.disclosure.types import (
    AppraisalRow,
    AttachmentRow,
    BatchLineRow,
    BatchRow,
    DocumentRow,
    DutyInstanceRow,
    DutyRow,
    EditionRow,
    IssuedPaperRow,
    PublicationRow,
    ReviewRow,
    ReviewRuleRow,
    SecrecyAlarmRow,
)
from mingtang.disclosure.word import Paper
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, FlowRow, Passing, Person, now, once

KINDS: dict[str, Kind] = kinds()
COLUMNS: dict[str, Column] = columns()
KEY_AREAS: dict[str, KeyArea] = key_areas()
THEMES: dict[str, str] = themes()
# The sweep reads everything that is public: before six in the morning, or from Friday on when no night was ours.
_NIGHT_ENDS, _WORKWEEK = 6, 4


def draft(by: Person, at: datetime, **fields: Any) -> DocumentRow | Refused:
    """Enter a new document with its first draft (fields: see ``catalogue.draft``)."""
    if fault := superseding.fault(fields["agency"], fields.get("data") or {}):
        return fault
    if fields.get("kind") in KINDS and KINDS[fields["kind"]].from_record:
        fields["data"] = told_of_record(fields["agency"], fields["kind"], fields.get("data"))
    made = _draft(by, at, **fields)
    return made if isinstance(made, Refused) else find("document", pk=made).one()


def take(document_id: int, verb: str, *, by: Person, at: datetime, **facts: Any) -> DocumentRow | Refused:
    """One verb of the review flow (``CHAINS``) on one document; the row after it, or why not."""
    done = review.take(document_id, verb, by=by, at=at, **facts)
    return done if isinstance(done, Refused) else find("document", pk=document_id).one()


def open_verbs(document_id: int, person: Person) -> list[tuple[FlowRow, Refused | None]]:
    """The verbs of a document's present state, each with the reason when it is not open to this person."""
    return list(review.open_verbs(Document.objects.select_related("agency").get(pk=document_id), person))


def check(
    what: Reading | int, only: Collection[str] | None = None, *, by_line: bool = False
) -> tuple[Finding, ...]:
    """What the checks say of a reading, or of a document (by its number: the edition being worked on).

    ``only``: codes or topics (``pii``). ``by_line`` judges each line of a reading as if it stood alone.
    """
    if isinstance(what, int):
        return fitness.findings(working(Document.objects.get(pk=what)))
    return check_reading(what, only, by_line=by_line)


def read(
    source: bytes | str | PathLike[str], name: str = "", *, attached: bool = False
) -> Reading | Unreadable:
    """What a file says, or why nobody can tell. ``attached``: also why it may not be attached (bytes only)."""
    found = _read(source, name)
    if attached and isinstance(source, bytes) and isinstance(found, Reading):
        return misfit(found, source) or found
    return found


def assign(by: Person, at: datetime, **duty: Any) -> DutyRow | Refused:
    """Lay a duty on an organ from a day on (fields: see ``duties.assign``)."""
    made = duties.assign(by, at, **duty)
    return made if isinstance(made, Refused) else find("duty", pk=made.pk).one()


def advance(at: datetime) -> dict[str, int]:
    """What time alone brings, safe to run again: duties' periods open, approved editions go out at their hour, terms end.

    Once a week, by night or else by its end, the sweep over everything public is ordered. Returns how many of each: ``opened``, ``sent``, ``ended``,
    ``sweeps``.
    """
    here = at.astimezone(SHANGHAI)
    day = here.date()
    quiet = here.hour < _NIGHT_ENDS or day.isoweekday() > _WORKWEEK
    with transaction.atomic():
        due = quiet and once("disclosure.sweep", f"{day.isocalendar().year}-{day.isocalendar().week}", at)
    if due:
        sweep_live.enqueue()
    appraising.lay_duties(at)
    guides.lay_duties(at)
    opened = duties.open_periods(day)
    appraising.propose(at)
    return {
        "opened": opened, "sent": review.send_out(at), "ended": publishing.end_terms(at), "sweeps": int(due),
    }  # fmt: skip


def follow(topic: str, payloads: list[Mapping[str, Any]]) -> None:
    """Outbox consumer: publications fulfil the duties they fit; duties and drafts go with the work of an organ; what is not
    public yet is due as a calendar loaded since says. Safe to repeat."""
    for p in payloads:
        if topic == "published":
            told = Publication.objects.select_related("document").order_by("pk")
            for row in told.filter(pk__in=p["publications"], kind="withdraw"):
                duties.reopen(row, now())
            # What comes back after a withdrawal meets again what its first publication met.
            back = told.filter(pk__in=p["publications"], kind="correct").order_by().values("document_id")
            for row in told.filter(Q(pk__in=p["publications"]) | Q(document_id__in=back), first=True):
                duties.settle(row, now())
        elif topic == "release.struck":
            duties.take_back(int(p["release"]), now())
        elif topic == "batch.released":
            batches.send(int(p["document"]))
        elif topic == "law.changed":
            events.recount()
        elif topic == "agency.changed":
            guides.renew(int(p["agency"]), now())
        elif topic == "agency.succeeded":
            duties.follow_succession(Passing.told(p), now())
            follow_succession(Passing.told(p), now())


find = SHELVES.find


__all__ = [
    "CHAINS", "COLUMNS", "KEY_AREAS", "KINDS", "OVERTURNED", "SECTORS", "STATES", "THEMES", "VALIDITIES", "WAYS", "AppraisalRow", "AttachmentRow", "BatchLineRow", "BatchRow", "BatchTable", "Brought", "CatalogueTable", "Cells", "Declassified", "DocumentRow", "DutyInstanceRow", "DutyRow", "DutyTable", "EditionRow", "Field", "Finding", "ImportOrder", "Imported", "IssuedPaperRow", "Kind", "Line", "Misfit", "Ordered", "Paper", "PaperRegister", "PaperTable", "Place", "PublicationRow", "Reading", "ReviewRow", "ReviewRuleRow", "ReviewRules", "SavedSite", "Secrecy", "SecrecyAlarmRow", "Stopped", "Table", "Unreadable", "advance", "assign", "check", "current",
    "draft", "editions", "find", "follow", "fulfil", "open_verbs", "read", "take", "take_over",
]  # fmt: skip
