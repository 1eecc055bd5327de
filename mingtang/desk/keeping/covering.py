"""Absence cover at the desk: who stands in for me, for whom I stand in; name a substitute, end it early."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import MOST_NUMBER, page, power, reach_of, whole
from mingtang.desk.chips import days_of
from mingtang.desk.fields import Field, Mistyped, read, refill
from mingtang.law.api import Refused
from mingtang.ledger.api import CoverRow, find, now, take

_KEEP = "agency.keep"


def covers_of(request: HttpRequest) -> list[CoverRow]:
    """The covers in which this person is absent or stands in, those to come too."""
    me, today = request.user.pk, days_of(request).today
    found = find("cover").where_q(Q(absent_id=me) | Q(substitute_id=me))
    return [c for c in found if not c.over(today)]


def _people(request: HttpRequest, organs: set[int]) -> dict[int, str]:
    """Who serves today in these organs: id → name and organ, each once."""
    today, found = days_of(request).today, dict[int, str]()
    for a in find("appointment", agency_id__in=sorted(organs)).order("agency_order", "pk"):
        if a.serves(today):
            found.setdefault(a.person_id, f"{a.person_name}（{a.agency_short_name}）")
    return found


def _fields(request: HttpRequest) -> list[Field]:
    """Who is away (the person, or somebody of an organ they keep), who stands in, from when until when."""
    reach, me = reach_of(request), str(request.user.pk)
    own = {a.agency_id for a in reach.held if a.person_id == request.user.pk}
    kept = set(reach.ids(_KEEP))
    absent = {request.user.pk: _("我自己")} | {
        k: v for k, v in _people(request, kept).items() if str(k) != me
    }
    others = _people(request, own | kept)
    today = str(days_of(request).today)
    return [
        Field("absent", "谁不在", "choice", True, choices=tuple((str(k), v) for k, v in absent.items()), value=me),
        Field("substitute", "谁代理", "choice", True, choices=tuple((str(k), v) for k, v in others.items() if kept or str(k) != me)),
        Field("since", "从哪天起", "day", True, value=today),
        Field("until", "到哪天（含当天）", "day", True),
    ]  # fmt: skip


@power("desk.open", room="办", methods=("GET", "POST"))
def cover(request: HttpRequest) -> HttpResponse:
    """GET the covers and the form; POST names a substitute, or ends a cover (``end``: its number)."""
    fields = _fields(request)
    refused = None
    if request.method == "POST":
        done = _done(request, fields)
        if not isinstance(done, Refused):
            messages.success(request, _("已办。"))
            return HttpResponseRedirect(reverse("desk:cover"))
        refused, fields = done, fields if "end" in request.POST else refill(fields, request.POST)
    kept, today = _people(request, set(reach_of(request).ids(_KEEP))), days_of(request).today
    others = [c for c in find("cover", absent_id__in=sorted(kept)) if not c.over(today)] if kept else []
    shown = {c.id: c for c in (*covers_of(request), *others)}
    return page(
        request,
        "cover",
        {"covers": list(shown.values()), "fields": fields, "refused": refused},
        409 if refused else 200,
    )


def _done(request: HttpRequest, fields: list[Field]) -> Any:
    by: Any = request.user
    if "end" in request.POST:
        return take(
            None, "uncover", by=by, at=now(), cover=whole(request.POST["end"], most=MOST_NUMBER, default=0)
        )
    try:
        typed = read(fields, request.POST)
    except Mistyped as mistyped:
        return mistyped.refused
    people = {n: find("person", pk=int(typed[n])).one() for n in ("absent", "substitute")}
    return take(None, "cover", by=by, at=now(), since=typed["since"], until=typed["until"], **people)
