"""Duties: who must publish what, how often; one instance a period, fulfilled by a publication or by evidence.

What is withdrawn meets no duty: its instances are open again.
What falls due by being made, paper by paper, stands in ``events``.
"""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from mingtang.disclosure.from_record import guide_differs
from mingtang.disclosure.limits import AFTER_LIMITS
from mingtang.disclosure.models import Document, Duty, DutyInstance, Publication
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, Agency, Deed, Passing, Person, law, may, record

_PERIODIC = {"weekly", "five_days", "monthly", "quarterly", "yearly"}


def assign(by: Person, at: datetime, *, agency: Agency, since: date, **fields: Any) -> Duty | Refused:
    """Lay a duty on an organ from a day on."""
    if not (verdict := may(by, "duty.assign", agency)):
        return Refused(verdict.why, verdict.basis, "请由市政务公开办交办")
    with transaction.atomic(), verdict.standing():
        return lay(agency, at, by, since=since, **fields)


def lay(
    agency: Agency | int,
    at: datetime,
    person: Person | None = None,
    /,
    *,
    replaces: Duty | None = None,
    **fields: Any,
) -> Duty:
    """Enter a duty with its Act, inside the caller's transaction. ``person`` None: the law lays it. ``replaces``: told in the Act."""
    organ = agency if isinstance(agency, int) else agency.pk
    duty = Duty.objects.create(agency_id=organ, **fields)
    facts = {"title": duty.title} | ({"replaces": str(replaces.pk)} if replaces else {})
    record(Deed("duty.assign", "duty", str(duty.pk), at, person, organ, duty.basis, facts))
    return duty


def _period(cadence: str, day: date) -> tuple[date, date]:
    if cadence == "weekly":
        start = day - timedelta(days=day.weekday())
        return start, start + timedelta(days=6)
    if cadence == "five_days":
        start = day.replace(day=min(26, (day.day - 1) // 5 * 5 + 1))
        return start, _month_end(day) if start.day == 26 else start + timedelta(days=4)
    if cadence == "monthly":
        return day.replace(day=1), _month_end(day)
    if cadence == "quarterly":
        first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        return first, _month_end(date(day.year, first.month + 2, 1))
    return date(day.year, 1, 1), date(day.year, 12, 31)


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def follow_succession(passing: Passing, at: datetime) -> int:
    """End the duties of organs that are gone and lay them on the organs that carry on; one Act each.

    Open periods go along, and so does the period that holds the day when it is already met: nobody owes it twice.
    """
    heirs = {int(duty): heir for heir, share in passing.shares.items() for duty in share.get("duties", ())}
    on, basis = passing.on, passing.basis
    moved = 0
    with transaction.atomic():
        running = Q(until__isnull=True) | Q(until__gt=on)
        for old in Duty.objects.filter(running, agency_id__in=passing.heirs).order_by("pk"):
            new = Duty.objects.get(pk=old.pk)
            new.pk, new.agency_id, new.since = (
                None,
                heirs.get(old.pk, passing.heirs[old.agency_id]),
                max(on, old.since),
            )
            new.save()
            old.until = on
            old.save(update_fields=["until"])
            unmet = Q(publication__isnull=True, evidence__isnull=True)
            old.instances.filter(unmet | Q(period_to__gte=on)).update(duty=new)
            facts = {"from": old.pk, "to": new.pk, "organ": old.agency_id}
            record(Deed("duty.move", "duty", str(new.pk), at, None, new.agency_id, basis, facts))
            moved += 1
    return moved


def open_periods(on: date) -> int:
    """Insert the instance of every periodic duty for the period that holds ``on``; safe to run again. Returns how many."""
    made = []
    norms = law(on)
    if isinstance(norms, Refused):  # before the Regulation nobody had duties
        return 0
    table = norms.calendar
    for duty in Duty.objects.filter(since__lte=on, cadence__in=_PERIODIC):
        if duty.until and duty.until <= on:
            continue
        start, end = _period(duty.cadence, on)
        # Due on the last working day of the period, or before the day it names: a Sunday is nobody's office day.
        due = date.fromisoformat(f"{start.year}-{duty.by}") if duty.by else end
        while not table.is_working(due):
            due -= timedelta(days=1)
        if due < duty.since:  # laid on after this period's day had passed
            continue
        made.append(DutyInstance(duty=duty, period_from=start, period_to=end, due_on=due))
    there = set(
        DutyInstance.objects.filter(period_from__lte=on, period_to__gte=on).values_list(
            "duty_id", "period_from"
        )
    )
    fresh = [i for i in made if (i.duty_id, i.period_from) not in there]
    DutyInstance.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def settle(publication: Publication, at: datetime) -> int:
    """Let a publication fulfil the open instances it fits (organ, key area, kind, period). Returns how many."""
    document, day = publication.document, publication.at.astimezone(SHANGHAI).date()
    done: list[DutyInstance] = []
    if document.state == Document.WITHDRAWN:
        return 0
    with transaction.atomic():
        fits = DutyInstance.objects.select_for_update(of=("self",)).filter(
            publication__isnull=True, evidence__isnull=True, duty__agency_id=document.agency_id, document__isnull=True,
            period_from__lte=day, period_to__gte=day,
        ).select_related("duty").order_by("pk")  # fmt: skip
        for instance in fits:
            if not asks_for(instance.duty, document):
                continue
            instance.publication = publication
            instance.save(update_fields=["publication"])
            done.append(instance)
        record(*(fulfilled(i, None, at, {"publication": publication.pk}) for i in done))
    return len(done)


def take_back(release: int, at: datetime) -> int:
    """Open the instances again that a release met which was entered by mistake. Safe to repeat. Returns how many."""
    with transaction.atomic():
        met = DutyInstance.objects.select_for_update(of=("self",)).filter(evidence__release=release)
        rows = list(met.select_related("duty").order_by("pk"))
        for row in rows:
            row.evidence = None
            row.save(update_fields=["evidence"])
            facts = {"release": release}
            record(
                Deed("duty.reopen", "duty_instance", str(row.pk), at, None, row.duty.agency_id, row.duty.basis, facts)
            )  # fmt: skip
    return len(rows)


def reopen(withdrawal: Publication, at: datetime) -> int:
    """Open the instances again that the withdrawn document met, unless another publication of their period meets them.

    A document whose term ended (nobody's name stands at its withdrawal) stood as long as it had to. Safe to repeat. Returns how many.
    """
    document, opened = withdrawal.document, []
    if withdrawal.by_id is None or document.state == Document.LIVE:
        return 0
    with transaction.atomic():
        met = DutyInstance.objects.select_for_update(of=("self",)).filter(
            publication__document=document, publication__lt=withdrawal.pk
        ).exclude(duty__cadence__in=AFTER_LIMITS).select_related("duty").order_by("pk")  # fmt: skip
        for instance in met:
            duty, facts = instance.duty, {"publication": instance.publication_id, "withdrawal": withdrawal.pk}
            instance.publication = None
            instance.save(update_fields=["publication"])
            record(
                Deed("duty.reopen", "duty_instance", str(instance.pk), at, None, duty.agency_id, duty.basis, facts)
            )  # fmt: skip
            opened.append(instance)
        for instance in opened:
            for other in _published_within(instance):
                settle(other, at)
    return len(opened)


def _published_within(instance: DutyInstance) -> QuerySet[Publication]:
    """What the organ published first in the instance's period and still stands, oldest first."""
    return Publication.objects.filter(
        first=True, document__agency_id=instance.duty.agency_id, document__state=Document.LIVE,
        at__gte=datetime.combine(instance.period_from, time(), SHANGHAI),
        at__lt=datetime.combine(instance.period_to + timedelta(days=1), time(), SHANGHAI),
    ).select_related("document").order_by("pk")  # fmt: skip


def asks_for(duty: Duty, document: Document) -> bool:
    """Is this a document the duty asks for? A duty that names neither area nor kind waits for evidence.

    So does one for some people only: what is handed to them is never published.
    """
    line = duty.listed or {}
    if (not duty.key_area and not duty.kinds) or (line.get("group") and not line.get("everyone")):
        return False
    return duty.key_area in ("", document.key_area) and (not duty.kinds or document.kind in duty.kinds)


def fulfilled(row: DutyInstance, by: Person | None, at: datetime, evidence: dict[str, Any]) -> Deed:
    duty = row.duty
    return Deed("duty.fulfil", "duty_instance", str(row.pk), at, by, duty.agency_id, duty.basis, evidence)


def fulfil(
    instance_id: int, evidence: dict[str, Any], *, by: Person | None, at: datetime
) -> DutyInstance | Refused:
    """Settle an instance by what another room did (a table filed, a link on another platform). ``by`` None: that room itself saw it.

    What only its own publication or withdrawal meets is refused.
    """
    with transaction.atomic():
        row = (
            DutyInstance.objects.select_for_update(of=("self",))
            .select_related("duty__agency")
            .filter(pk=instance_id)
            .first()
        )
        if row is None:
            return Refused("没有这项职责", "职责清单", "请从职责页重新打开")
        if row.duty.cadence == "takeoff3":
            return Refused(
                "这一项只有撤下或者更正才算完成", row.duty.basis, "请从文件页办撤下；只是变更的，也可以更正"
            )
        verdict = may(by, "duty.fulfil", row.duty) if by is not None else None
        if verdict is not None and not verdict:
            return Refused(verdict.why, verdict.basis, "请由承担这项职责的单位或市政务公开办登记")
        if not evidence:
            return Refused("没有写明凭据", row.duty.basis, "请写明在哪里公开的，例如网址或报送的表")
        if row.publication_id or row.evidence:
            return Refused("这一期已经完成", "职责清单", "不需要再办")
        if row.appraisals.filter(after="").exists():
            return Refused("这一轮还有文件没有定", row.duty.basis, "请先在评估审查页面逐份决定")
        if row.duty.task == "guide" and guide_differs(row.duty.agency):
            return Refused(
                "公开的指南和机构信息不一致",
                row.duty.basis,
                "请把平台起草的新版指南送审公开，公开后这一期自动完成",
            )
        row.evidence = evidence
        row.save(update_fields=["evidence"])
        with verdict.standing() if verdict is not None else nullcontext():
            record(fulfilled(row, by, at, evidence))
    return row
