"""评估审查 at the desk: the yearly rounds, how far each is, and one decision for each paper (条例第十八条)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import MOST_NUMBER, allow, page, power, reach_of, whole
from mingtang.desk.chips import days_of
from mingtang.desk.documents.views import drafted_kinds
from mingtang.desk.fields import Field, Mistyped, read, refill
from mingtang.desk.papers.views import ATTRIBUTES, SEE
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import now

_LENGTH = 20


def progress(instances: list[int]) -> dict[int, tuple[int, int]]:
    """Round → how many papers are decided, how many there are."""
    found = disclosure.find("appraisal", instance_id__in=instances)
    waiting = found.where(after="").group("instance_id")
    return {i: (n - waiting.get(i, 0), n) for i, n in found.group("instance_id").items()}


@power(SEE, room="文")
def rounds(request: HttpRequest) -> HttpResponse:
    """The rounds of the organs in reach, the newest first."""
    found = disclosure.find(
        "duty_instance", task="appraisal", agency_id__in=sorted(reach_of(request).ids(SEE))
    )
    shown = found.order("-due_on", "pk").page(whole(request.GET.get("page"), most=10**6), _LENGTH)
    days, done = days_of(request), progress([r.id for r in shown.rows])
    rows = [(r, done.get(r.id, (0, 0)), None if r.evidence else days.until(r.due_on)) for r in shown.rows]
    return page(request, "rounds", {"page": shown, "rows": rows})


def _round(request: HttpRequest, number: int) -> disclosure.DutyInstanceRow:
    """The round, if there is one and the person may see it. Raises Http404 or Barred."""
    row = disclosure.find("duty_instance", pk=min(number, MOST_NUMBER), task="appraisal").first()
    if row is None:
        raise Http404(_("没有这一轮评估审查"))
    allow(request, SEE, row.duty)
    return row


def _fields(row: disclosure.AppraisalRow) -> list[Field]:
    kinds = tuple((k, v.title) for k, v in drafted_kinds())
    own = [
        Field("attribute", "结论", "choice", True, choices=ATTRIBUTES, value=row.paper.attribute),
        Field("reason", "理由", "area", True, "仍不公开的为什么，可以公开的情势发生了什么变化", most=500),
        Field("ground", "不公开的依据", hint="不填就照登记的", most=200),
    ]
    if row.paper.document_id is None:
        own.append(
            Field(
                "kind",
                "公开时的文种",
                "choice",
                hint="改为主动公开的，按这个文种生成送审稿",
                choices=kinds,
                value="policy",
            )
        )
    return own


@power(SEE, room="文")
def round_of(request: HttpRequest, number: int) -> HttpResponse:
    """One round: its papers, those that wait first."""
    return _show(request, _round(request, number))


def _show(
    request: HttpRequest, row: disclosure.DutyInstanceRow, refused: Refused | None = None, typed: tuple[int, list[Field]] = (0, []),
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    found = disclosure.find("appraisal", instance_id=row.id).order("after", "id")
    shown = found.page(whole(request.GET.get("page"), most=10**6), _LENGTH)
    today, deciding = now().date(), reach_of(request).ids("paper.decide")
    done, total = progress([row.id]).get(row.id, (0, 0))
    chosen, fields = typed
    lines = [
        {"row": a, "age": today.year - a.paper.written_on.year if a.paper.written_on else 0, "open": a.id == chosen,
         "fields": (fields if a.id == chosen else _fields(a)) if not a.after and a.paper.agency_id in deciding else []}
        for a in shown.rows
    ]  # fmt: skip
    return page(request, "round", {
        "round": row, "lines": lines, "page": shown, "done": done, "total": total, "left": total - done, "refused": refused,
        "chip": None if row.evidence else days_of(request).until(row.due_on), "outcome": row.evidence if row.evidence and "total" in row.evidence else None,
    }, status)  # fmt: skip


@power("paper.decide", room="文", methods=("GET", "POST"))
def decide(request: HttpRequest, number: int, paper: int) -> HttpResponse:
    """One decision: stays, on request, or public."""
    row = _round(request, number)
    here = reverse("desk:round", args=[row.id])
    appraisal = disclosure.find("appraisal", pk=min(paper, MOST_NUMBER), instance_id=row.id).first()
    if request.method != "POST" or appraisal is None:
        return HttpResponseRedirect(here)
    fields = _fields(appraisal)
    done: Any
    try:
        done = disclosure.PaperRegister.appraise(
            appraisal.id, **read(fields, request.POST), by=request.user, at=now()
        )
    except Mistyped as mistyped:
        done = mistyped.refused
    if isinstance(done, Refused):
        return _show(request, row, done, (appraisal.id, refill(fields, request.POST)), 409)
    drafted = done.paper.document_id and done.after == "open" and not appraisal.paper.document_id
    messages.success(
        request, _("已定；送审稿已生成，请起草人补齐正文后送审。") if drafted else _("已定，理由已留痕。")
    )
    return HttpResponseRedirect(here)
