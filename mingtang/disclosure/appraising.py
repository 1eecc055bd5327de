"""定期评估审查: once a year every paper that is not public is looked at again, by a named person, one by one.

Source: 条例第十八条（对不予公开的政府信息进行定期评估审查，因情势变化可以公开的应当公开）. A round is the period of a yearly
duty of the organ: its last working day is the day due, its evidence the outcome.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Q

from mingtang.disclosure import papers
from mingtang.disclosure.catalogue import enter as enter_draft
from mingtang.disclosure.duties import fulfilled, lay
from mingtang.disclosure.kinds import kinds
from mingtang.disclosure.models import Appraisal, Duty, DutyInstance, Edition, IssuedPaper
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, Deed, Person, find, may, record

TASK = "appraisal"
BASIS = "条例第十八条：对不予公开的政府信息进行定期评估审查"
TITLE = "不予公开信息的定期评估审查"


def lay_duties(at: datetime) -> int:
    """Lay the yearly duty on every organ that has papers of earlier years that are not public. Safe to run again."""
    day = at.astimezone(SHANGHAI).date()
    wanted = set(_due(day).values_list("agency_id", flat=True).distinct())
    if not wanted:
        return 0
    heirs = _heirs()
    organs = {heirs.get(a, a) for a in wanted}
    held = Duty.objects.filter(task=TASK, until__isnull=True, agency_id__in=organs)
    fresh = sorted(organs - set(held.values_list("agency_id", flat=True)))
    with transaction.atomic():
        for agency in fresh:
            lay(agency, at, title=TITLE, basis=BASIS, cadence="yearly", since=day, task=TASK)
    return len(fresh)


def _due(day: date) -> Any:
    """The papers that a round of this day's year looks at: not public, and written before the year began."""
    new_year = date(day.year, 1, 1)
    undated = Q(written_on__isnull=True, entered_at__lt=datetime.combine(new_year, time(), SHANGHAI))
    return IssuedPaper.objects.exclude(attribute=Edition.OPEN).filter(Q(written_on__lt=new_year) | undated)


def _heirs() -> dict[int, int]:
    """Every organ that ended → the organ that carries the rest of its work today."""
    after = dict(find("succession", rest=True).values("predecessor_id", "successor_id"))
    found = {}
    for old in after:
        heir = old
        while heir in after:
            heir = after[heir]
        found[old] = heir
    return found


def propose(at: datetime) -> int:
    """Put every paper that is due into its organ's open round; returns how many. Safe to run again."""
    day = at.astimezone(SHANGHAI).date()
    running = DutyInstance.objects.filter(
        duty__task=TASK, period_from__lte=day, period_to__gte=day, evidence__isnull=True
    )
    rounds = dict(running.values_list("duty__agency_id", "pk"))
    if not rounds:
        return 0
    heirs = _heirs()
    fresh = [
        Appraisal(instance_id=rounds[heirs.get(agency, agency)], paper_id=pk)
        for pk, agency in _due(day)
        .exclude(appraisals__instance__in=rounds.values())
        .values_list("pk", "agency_id")
        if heirs.get(agency, agency) in rounds
    ]
    Appraisal.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def decide(
    appraisal_id: int, attribute: str, *, reason: str = "", ground: str = "", kind: str = "", by: Person, at: datetime
) -> Appraisal | Refused:  # fmt: skip
    """Decide one paper of a round: stays as it is, or changes; what becomes public becomes a draft of ``kind``.

    The last decision of a round meets the duty, with how many of each.
    """
    found = Appraisal.objects.filter(pk=appraisal_id).values_list("paper_id", "instance_id").first()
    if found and (stopped := papers.stopped_words(found[0], (ground, reason), by, at)):
        return stopped
    with transaction.atomic():
        if found:  # the last two decisions of a round one after the other: the second closes it
            DutyInstance.objects.select_for_update(of=("self",)).get(pk=found[1])
            IssuedPaper.objects.select_for_update(of=("self",)).get(pk=found[0])
        held = Appraisal.objects.select_for_update(of=("self",)).select_related("paper", "instance__duty")
        row = held.filter(pk=appraisal_id).first()
        if row is None:
            return Refused("评估审查里没有这份文件", BASIS, "请从评估审查页面重新打开")
        if not (verdict := may(by, "paper.decide", row.paper)):
            return Refused(verdict.why, verdict.basis, "请由本单位负责人决定")
        if fault := _fault(row, attribute, reason, ground, kind) or papers.unkept(ground, reason):
            return fault
        with verdict.standing():
            _decided(row, attribute, reason, ground, kind, by, at)
    return row


def _decided(
    row: Appraisal, attribute: str, reason: str, ground: str, kind: str, by: Person, at: datetime
) -> None:
    """Write the decision down, and what follows from it."""
    row.before, row.after, row.reason = row.paper.attribute, attribute, reason.strip()[:500]
    row.person, row.at = by, at
    row.save()
    if row.after != row.before or attribute == Edition.CLOSED:
        papers.settle(row.paper, attribute, ground or row.paper.attribute_ground)
    if attribute == Edition.OPEN and row.paper.document_id is None:
        _draft(row.paper, kind, by, at)
    _recorded(row, by, at)
    _close(row.instance, by, at)


def _fault(row: Appraisal, attribute: str, reason: str, ground: str, kind: str) -> Refused | None:
    """Why this decision cannot be taken."""
    if row.after:
        return Refused("这份文件这一轮已经定过", BASIS, "需要再变的，请在登记簿变更公开属性")
    if attribute not in papers.ATTRIBUTES:
        return Refused("没有选择结论", BASIS, "请从三项中选择")
    if not reason.strip():
        return Refused("没有写明理由", BASIS, "请写明为什么仍不公开，或者情势发生了什么变化")
    if attribute == Edition.CLOSED and not (ground.strip() or row.paper.attribute_ground):
        return Refused("定为不予公开，没有写明依据", BASIS, "请写明依据的条款")
    opens = attribute == Edition.OPEN and row.paper.document_id is None
    if opens and (kind not in kinds() or kinds()[kind].origin):
        return Refused("没有选择公开时用哪个文种", BASIS, "请选择文种，平台据此生成送审稿")
    return papers.bound(row.paper) if attribute != row.paper.attribute else None


def _draft(line: IssuedPaper, kind: str, by: Person, at: datetime) -> None:
    """A draft of what becomes public, on the desk of whoever entered the paper; who decided is not its author."""
    values = {
        "title": line.title, "doc_no": line.doc_no, "written_on": line.written_on, "attribute": Edition.OPEN,
    }  # fmt: skip
    drafter = line.entered_by if line.entered_by_id != by.pk else None
    document = enter_draft(line.agency, kind, values, drafter=drafter, by=by, at=at, basis=BASIS)
    line.document = document
    line.refresh_from_db()


def _recorded(row: Appraisal, by: Person, at: datetime) -> None:
    facts = {
        "round": row.instance_id, "from": row.before, "to": row.after, "document": row.paper.document_id,
    }  # fmt: skip
    said = {"reason": row.reason, "ground": row.paper.attribute_ground}
    record(
        Deed("paper.appraise", "paper", str(row.paper_id), at, by, row.paper.agency_id, BASIS, facts, said)
    )


def _close(instance: DutyInstance, by: Person, at: datetime) -> None:
    """Meet the duty with what came of the round, once every paper is decided."""
    told = Counter(
        "kept" if before == after else after
        for before, after in instance.appraisals.values_list("before", "after")
    )
    if "" in instance.appraisals.values_list("after", flat=True):
        return
    instance.evidence = {
        "total": sum(told.values()), "kept": told["kept"], "open": told["open"],
        "on_request": told["on_request"], "closed": told["closed"],
    }  # fmt: skip
    instance.save(update_fields=["evidence"])
    record(fulfilled(instance, by, at, instance.evidence))
