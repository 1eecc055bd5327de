"""Which documents a person may look into: what was ever public, and beyond that only with the power to see drafts."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from mingtang.desk.access import MOST_NUMBER, Reach, allow, reach_of, seen
from mingtang.disclosure import api as disclosure

SEE, SEE_DRAFT = "document.see", "document.see_draft"
_PUBLIC = ("published", "replaced")


def seeable(reach: Reach) -> Q:
    """The documents whose title this person may read."""
    ever_public = Q(agency_id__in=sorted(reach.ids(SEE)), first_published_at__isnull=False)
    return ever_public | Q(agency_id__in=sorted(reach.ids(SEE_DRAFT)))


def sees_drafts(reach: Reach, row: disclosure.DocumentRow) -> bool:
    """May this person see what is being worked on, beside what was public?"""
    return row.agency_id in reach.ids(SEE_DRAFT)


def document_of(request: HttpRequest, number: int) -> disclosure.DocumentRow:
    """The document, if there is one and the person may see it. Raises Http404 or Barred."""
    found = disclosure.find("document", pk=min(number, MOST_NUMBER))
    row = seen(request, found, SEE, _("目录里没有这份文件"))
    if row.first_published_at is None:
        allow(request, SEE_DRAFT, row)
    return row


def editions_of(request: HttpRequest, row: disclosure.DocumentRow) -> list[disclosure.EditionRow]:
    """The editions this person may read, oldest first: at least the one that was public."""
    editions = disclosure.editions(row.id)
    if sees_drafts(reach_of(request), row):
        return editions
    return [e for e in editions if e.state in _PUBLIC]
