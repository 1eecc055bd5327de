"""The door of disclosure.

Verbs: ``draft`` ``take`` ``take_over`` ``current`` ``editions`` ``since`` ``check`` ``read`` ``due`` ``fulfil``
``find`` ``open_verbs``. The flow's verbs (submit, head_review, secrecy_review, sign, publish, withdraw, repeal …)
go through ``take``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from mingtang.disclosure import duties, review
from mingtang.disclosure.catalogue import VALIDITIES
from mingtang.disclosure.catalogue import draft as _draft
from mingtang.disclosure.chains import CHAINS, STATES
from mingtang.disclosure.checks.personal import identity_sum
from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.run import check
from mingtang.disclosure.checks.types import Finding, Line, Place, Reading, Table, Unreadable
from mingtang.disclosure.duties import due, follow_succession, fulfil
from mingtang.disclosure.kinds import Column, KeyArea, Kind, columns, key_areas, kinds, themes
from mingtang.disclosure.models import Document, Publication
from mingtang.disclosure.publishing import take_over
from mingtang.disclosure.rows import SHELVES, current, editions
from mingtang.disclosure.types import (
    AttachmentRow,
    DocumentRow,
    DutyInstanceRow,
    DutyRow,
    EditionRow,
    PublicationRow,
    ReviewRow,
)
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, FlowRow, Found, Person, find_on, now

KINDS: dict[str, Kind] = kinds()
COLUMNS: dict[str, Column] = columns()
KEY_AREAS: dict[str, KeyArea] = key_areas()
THEMES: dict[str, str] = themes()


def draft(by: Person, at: datetime, **fields: Any) -> DocumentRow | Refused:
    """Enter a new document with its first draft (fields: see ``catalogue.draft``)."""
    made = _draft(by, at, **fields)
    return made if isinstance(made, Refused) else find("document", pk=made).one()


def take(document_id: int, verb: str, *, by: Person, at: datetime, **facts: Any) -> DocumentRow | Refused:
    """One verb of the review flow (``CHAINS``) on one document; the row after it, or why not."""
    done = review.take(document_id, verb, by=by, at=at, **facts)
    return done if isinstance(done, Refused) else find("document", pk=document_id).one()


def open_verbs(document_id: int, person: Person) -> list[tuple[FlowRow, Refused | None]]:
    """The verbs of a document's present state, each with the reason when it is not open to this person."""
    return list(review.open_verbs(Document.objects.select_related("agency").get(pk=document_id), person))


def since(publication_id: int, limit: int = 1000) -> list[PublicationRow]:
    """The publication log after a row, in order."""
    return list(find("publication", pk__gt=publication_id).page(1, limit).rows)


def find(what: str, **filters: Any) -> Found[Any]:
    """Documents, editions, publications, reviews, duties or their instances by declared names (LookupError otherwise)."""
    return find_on(SHELVES, what, filters)


def findings(document_id: int) -> tuple[Finding, ...]:
    """What the checks say of the edition that is being worked on."""
    return review.findings(review.working(Document.objects.get(pk=document_id)))


def keep_duties(at: datetime, by: Person | None = None, **duty: Any) -> Any:
    """The daily job of duties: open the periods that hold ``at`` (nobody acts), or let ``by`` assign one."""
    return (
        duties.assign(by, at, **duty)
        if by is not None
        else duties.open_periods(at.astimezone(SHANGHAI).date())
    )


def settle(publication_ids: Iterable[int]) -> int:
    """Outbox consumer: let publications fulfil the duties they fit. Safe to repeat."""
    rows = Publication.objects.filter(pk__in=list(publication_ids), first=True).select_related("document")
    return sum(duties.settle(p, now()) for p in rows)


__all__ = [
    "CHAINS", "COLUMNS", "KEY_AREAS", "KINDS", "STATES", "THEMES", "VALIDITIES", "AttachmentRow", "DocumentRow", "DutyInstanceRow", "DutyRow",
    "EditionRow", "Finding", "Line", "Place", "PublicationRow", "Reading", "ReviewRow", "Table", "Unreadable", "check", "current",
    "draft", "due", "editions", "find", "findings", "follow_succession", "fulfil", "identity_sum", "keep_duties", "open_verbs", "read", "settle", "since",
    "take", "take_over",
]  # fmt: skip
