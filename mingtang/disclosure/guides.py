"""公开指南: what it says of the organ is the organ's record; a changed record drafts a new edition, and once a year somebody looks.

Source: 条例第十二条（公开指南列明机构名称、办公地址、办公时间、联系电话、传真、互联网联系方式，并及时更新）.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from mingtang.disclosure.catalogue import FIELDS, attach, next_edition, working, write
from mingtang.disclosure.duties import lay
from mingtang.disclosure.from_record import KIND, told
from mingtang.disclosure.models import Document, Duty, Edition
from mingtang.ledger.api import SHANGHAI, Deed, find, record

TASK = "guide"
BASIS = "条例第十二条：公开指南应当及时更新"
TITLE = "核对公开指南"


def renew(agency_id: int, at: datetime) -> int:
    """Draft a new edition of an organ's guide where its record changed; a draft under way takes the new values.

    Nobody is its author until somebody edits it: it waits in the queue of whoever may. One in review stays as it was signed.
    Returns how many were drafted or changed.
    """
    agency, done = find("agency", pk=agency_id).one(), 0
    with transaction.atomic():
        guides = Document.objects.select_for_update(of=("self",)).filter(agency_id=agency_id, kind=KIND)
        for guide in guides.order_by("pk"):
            now_on = working(guide)
            data = told(agency, KIND, now_on.data)
            if data == now_on.data or now_on.state not in (Edition.DRAFT, Edition.PUBLISHED):
                continue
            changed = sorted(k for k in {*data, *now_on.data} if data.get(k) != now_on.data.get(k))
            if now_on.state == Edition.DRAFT:
                now_on.data = data
                now_on.save(update_fields=["data"])
                facts = {"edition": now_on.number, "changed": changed}
                record(Deed("document.renew", "document", str(guide.pk), at, None, agency, BASIS, facts))
            elif guide.state == Document.LIVE:
                _next(guide, now_on, data, at)
            done += 1
    return done


def _next(guide: Document, old: Edition, data: dict[str, Any], at: datetime) -> None:
    new = Edition(document=guide, number=next_edition(guide), drafted_at=at)
    write(new, {f: getattr(old, f) for f in FIELDS} | {"data": data})
    new.save()
    attach(new, [(a.name, a.file) for a in old.attachments.select_related("file")])
    facts = {"edition": new.number}
    record(
        Deed("document.draft_correction", "document", str(guide.pk), at, None, guide.agency_id, BASIS, facts)
    )


def lay_duties(at: datetime) -> int:
    """Lay the yearly look on every organ that has a public guide. Safe to run again; returns how many.

    An organ whose guide went out this year begins with the next one.
    """
    day = at.astimezone(SHANGHAI).date()
    guides = Document.objects.filter(kind=KIND, state=Document.LIVE, first_published_at__isnull=False)
    standing = {pk for (pk,) in find("agency", valid_to__isnull=True).values("pk")}
    newest: dict[int, datetime] = {}
    for agency, published in guides.values_list("agency_id", "published_at"):
        if agency in standing:
            newest[agency] = max(newest.get(agency, published), published)
    held = Duty.objects.filter(task=TASK, until__isnull=True).values_list("agency_id", flat=True)
    fresh = sorted(set(newest) - set(held)) if newest else []
    with transaction.atomic():
        for agency in fresh:
            this_year = newest[agency].astimezone(SHANGHAI).year == day.year
            since = date(day.year + 1, 1, 1) if this_year else day
            lay(agency, at, title=TITLE, basis=BASIS, cadence="yearly", kinds=[KIND], since=since, task=TASK)
    return len(fresh)
