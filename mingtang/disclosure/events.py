"""What was made falls due: each paper that is for everybody and not public yet, by a day the law gives (条例第二十六条).

The day follows from the paper's date alone; nobody types it. It is kept on an instance of a duty as a cache for sorting,
counted anew when the date or the calendar changes, and met by the publication of that very paper.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet

from mingtang.disclosure.duties import asks_for, fulfilled, lay
from mingtang.disclosure.kinds import kinds
from mingtang.disclosure.limits import AFTER_LIMITS, EVENT_LIMITS, made_on, publish_by
from mingtang.disclosure.models import Document, Duty, DutyInstance, Edition
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, now, record

# What every organ owes without being told: the limit of the law, as a duty.
_STANDING = {
    "general": ("新形成或变更的政府信息", "条例第二十六条", "days20"),
    "licence": ("行政许可、行政处罚决定", "国办发〔2018〕118号", "days7"),
    "enforcement": ("其他行政执法结果", "国办发〔2018〕118号", "result20"),
}
_OVERTURNED = {
    "quashed": ("撤下已被撤销的决定", "行政处罚法第四十八条；国办发〔2018〕118号"),
    "changed": ("撤下或更正已被变更的决定", "行政处罚法第四十八条；国办发〔2018〕118号"),
}
_OVER = (Edition.PUBLISHED, Edition.REPLACED, Edition.DISCARDED)


def _owed(document: Document) -> QuerySet[DutyInstance]:
    """What this paper owes and nothing has met yet."""
    return DutyInstance.objects.select_related("duty").filter(
        document=document, publication__isnull=True, evidence__isnull=True
    )


def await_publication(document: Document, edition: Edition) -> None:
    """Keep the day by which this edition must be public; none while its date is unknown, or if it is not for everybody.

    A correction counts from its own date; one that bears the date of what is public owes nothing new.
    """
    waiting = _owed(document).exclude(duty__cadence__in=AFTER_LIMITS).first()
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
    papers = DutyInstance.objects.filter(document=document, period_from=made)
    met = papers.exclude(publication__isnull=True, evidence__isnull=True).exclude(
        duty__cadence__in=AFTER_LIMITS
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
    owed = _owed(document).filter(period_from=made).exclude(duty__cadence__in=AFTER_LIMITS)
    if made is not None and (row := owed.first()) is not None:
        _meet(row, publication_id, at)
    # A decision that was changed may be put right; one that was quashed has to go.
    for row in _owed(document).filter(duty__norm="changed"):
        _meet(row, publication_id, at)


def _meet(row: DutyInstance, publication_id: int, at: datetime) -> None:
    row.publication_id = publication_id
    row.save(update_fields=["publication"])
    record(fulfilled(row, None, at, {"publication": publication_id}))


def overturn(document: Document, how: str, on: date, at: datetime) -> DutyInstance | Refused:
    """Let a public decision be due to go (``quashed``), or to go or be put right (``changed``), from the day that happened.

    Refused for a day before the law knew a limit, one the calendar does not hold, and a second time.
    """
    title, basis = _OVERTURNED[how]
    due = publish_by(document.kind, "takeoff3", on)
    live = document.live
    made = made_on(document.kind, live.written_on, live.data) if live else None
    if made is not None and on < made:
        return Refused(f"变更、撤销的日期早于决定的日期（{made}）", basis, "请按文书上的日期填")
    if due is None or due.due_on is None:
        return Refused(f"{on}那时没有撤下的期限，或者放假通知还没有载入", basis, "请直接办撤下或者更正")
    known = DutyInstance.objects.filter(document=document, duty__norm=how, period_from=on).exists()
    if known or _owed(document).filter(duty__norm__in=_OVERTURNED).exists():
        return Refused("已经登记过被变更、撤销", basis, "请办撤下；只是变更的，也可以更正")
    held = Duty.objects.filter(agency_id=document.agency_id, norm=how, until__isnull=True).first()
    standing = held or lay(
        document.agency_id, at, title=title, basis=basis, cadence="takeoff3", norm=how, since=on
    )
    return DutyInstance.objects.create(
        duty=standing, document=document, period_from=on, period_to=due.due_on, due_on=due.due_on
    )


def to_media(document: Document, at: datetime) -> None:
    """Let a first publication be due at the media, where the office laid that duty on its organ for papers of its kind."""
    on = at.astimezone(SHANGHAI).date()
    laid = Duty.objects.filter(
        agency_id=document.agency_id, cadence="media3", since__lte=on, until__isnull=True
    )
    duty = next((d for d in laid.order_by("pk") if asks_for(d, document)), None)
    due = publish_by(document.kind, "media3", on) if duty else None
    if duty and due and due.due_on:
        DutyInstance.objects.get_or_create(
            duty=duty,
            document=document,
            period_from=on,
            defaults={"period_to": due.due_on, "due_on": due.due_on},
        )


def taken_off(document: Document, publication_id: int, at: datetime) -> None:
    """A withdrawal meets what an overturned decision owed; what is gone need not reach the media any more."""
    for row in _owed(document).filter(duty__cadence="takeoff3"):
        _meet(row, publication_id, at)
    _owed(document).filter(duty__cadence="media3").delete()


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
