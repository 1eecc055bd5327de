"""What was made falls due: each paper that is for everybody and not public yet, by a day the law gives (条例第二十六条).

The day follows from the paper's date alone; nobody types it. It is kept on an instance of a duty as a cache for sorting,
counted anew when the date or the calendar changes, and met by the publication of that very paper.
"""

from __future__ import annotations

from datetime import date, datetime

from mingtang.disclosure.duties import asks_for, fulfilled, lay
from mingtang.disclosure.kinds import kinds
from mingtang.disclosure.limits import EVENT_LIMITS, made_on, publish_by
from mingtang.disclosure.models import Document, Duty, DutyInstance, Edition
from mingtang.ledger.api import now, record

# What every organ owes without being told: the limit of the law, as a duty.
_STANDING = {
    "general": ("新形成或变更的政府信息", "条例第二十六条", "days20"),
    "licence": ("行政许可、行政处罚决定", "国办发〔2018〕118号", "days7"),
    "enforcement": ("其他行政执法结果", "国办发〔2018〕118号", "result20"),
}
_OVER = (Edition.PUBLISHED, Edition.REPLACED, Edition.DISCARDED)


def await_publication(document: Document, edition: Edition) -> None:
    """Keep the day by which this edition must be public; none while its date is unknown, or if it is not for everybody.

    A correction counts from its own date; one that bears the date of what is public owes nothing new.
    """
    waiting = DutyInstance.objects.filter(
        document=document, publication__isnull=True, evidence__isnull=True
    ).first()
    made = _awaited(document, edition)
    if made is None:
        if waiting is not None:
            waiting.delete()
        return
    duty = _duty_of(document, made)
    deadline = publish_by(document.kind, duty.cadence, made)
    if deadline is None or deadline.due_on is None:
        return
    row = waiting or DutyInstance(document=document)
    row.duty, row.period_from, row.period_to, row.due_on = duty, made, deadline.due_on, deadline.due_on
    row.save()


def _awaited(document: Document, edition: Edition) -> date | None:
    """The date this edition counts from, if it is still to be published under it."""
    if edition.state in _OVER or edition.attribute != Edition.OPEN:
        return None
    made = made_on(document.kind, edition.written_on, edition.data)
    live = document.live
    if made is None or (live and made_on(document.kind, live.written_on, live.data) == made):
        return None
    met = DutyInstance.objects.filter(document=document, period_from=made).exclude(
        publication__isnull=True, evidence__isnull=True
    )
    return None if met.exists() else made


def _duty_of(document: Document, made: date) -> Duty:
    """The duty this paper answers: one laid on its organ for such papers, else what the law lays on every organ."""
    running = Duty.objects.filter(
        agency_id=document.agency_id, cadence__in=EVENT_LIMITS, until__isnull=True
    ).order_by("pk")
    found = list(running)
    laid = next((d for d in found if not d.norm and d.since <= made and asks_for(d, document)), None)
    norm = kinds()[document.kind].within
    standing = laid or next((d for d in found if d.norm == norm), None)
    if standing is not None:
        return standing
    title, basis, cadence = _STANDING[norm]
    return lay(document.agency_id, now(), title=title, basis=basis, cadence=cadence, since=made, norm=norm)


def settle(document: Document, edition: Edition, publication_id: int, at: datetime) -> None:
    """Let a publication, in its own transaction, meet what its paper owed."""
    made = made_on(document.kind, edition.written_on, edition.data)
    owed = DutyInstance.objects.select_related("duty").filter(
        document=document, period_from=made, publication__isnull=True, evidence__isnull=True
    )
    if made is not None and (row := owed.first()) is not None:
        row.publication_id = publication_id
        row.save(update_fields=["publication"])
        record(fulfilled(row, None, at, {"publication": publication_id}))


def recount() -> int:
    """Count anew what is not public yet: a notice loaded since may have moved the day. Returns how many moved."""
    moved = []
    waiting = DutyInstance.objects.filter(
        document__isnull=False, publication__isnull=True, evidence__isnull=True
    ).select_related("duty", "document")
    for row in waiting:
        found = publish_by(row.document.kind, row.duty.cadence, row.period_from) if row.document else None
        if found and found.due_on and found.due_on != row.due_on:
            row.due_on = row.period_to = found.due_on
            moved.append(row)
    DutyInstance.objects.bulk_update(moved, ["due_on", "period_to"])
    return len(moved)
