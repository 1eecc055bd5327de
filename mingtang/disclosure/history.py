"""What a verb leaves behind, and who wrote an edition as its Acts tell it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mingtang.disclosure.models import Document, Edition
from mingtang.ledger.api import Deed, FlowRow, Person, find, record


def authors(document: Document, edition: Edition) -> set[int]:
    """Who wrote this edition: its drafter and everybody who edited it; nobody where the platform or another system did."""
    edits = find(
        "act", subject_type="document", subject_id=str(document.pk), verb="document.edit", edition=edition.number
    )  # fmt: skip
    return {p for p in (edition.drafter_id, *(a.person_id for a in edits)) if p is not None}


def note(
    document: Document,
    verb: str,
    by: Person,
    at: datetime,
    row: FlowRow,
    erasable: dict[str, Any] | None = None,
    **facts: Any,
) -> Document:
    """The Act of one verb on a document, with its facts and what of them can be erased; the document again."""
    deed = Deed(
        f"document.{verb}",
        "document",
        str(document.pk),
        at,
        by,
        document.agency_id,
        row.basis,
        facts,
        erasable,
    )
    record(deed)
    return document
