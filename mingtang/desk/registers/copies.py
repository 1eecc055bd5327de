"""One place at the desk: what it has not been handed yet, the list to print, the delivery entered, the receipt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import MOST_NUMBER, page, power, seen, whole
from mingtang.desk.fields import Field, Mistyped, read, refill
from mingtang.desk.registers.views import PLACES
from mingtang.desk.releases.fields import photo_of
from mingtang.desk.releases.views import picture
from mingtang.law.api import Refused
from mingtang.ledger.api import now
from mingtang.oversight import api as oversight

_SHOWN = 100
TASKS = {"add": "新送", "renew": "换新版", "pull": "抽出"}
_HANDED = (
    Field("on", "送交日期", "day", True, "不能晚于今天"),
    Field("handed_by", "送交人", required=True, most=60),
)
_SIGNED = (Field("signed_by", "签收人", required=True, most=60), Field("receipt", "回执编号", most=80))


def _place(request: HttpRequest, number: int) -> Any:
    found = oversight.find("place", pk=min(number, MOST_NUMBER), struck="")
    return seen(request, found, "register.add", _("没有这个查阅点"))


@power("register.add", room="簿", methods=("GET", "POST"))
def place(request: HttpRequest, number: int) -> HttpResponse:
    """The place, its list and its deliveries; POST enters that it was handed everything on the list."""
    row = _place(request, number)
    fields = [replace(f, value=str(now().date())) if f.kind == "day" else f for f in _HANDED]
    if request.method != "POST":
        return _show(request, row, fields)
    done: Any
    try:
        done = oversight.Copies.hand_over(row.id, by=request.user, at=now(), **read(fields, request.POST))  # type: ignore[arg-type]
    except Mistyped as mistyped:
        done = mistyped.refused
    if isinstance(done, Refused):
        return _show(request, row, refill(fields, request.POST), done, 409)
    messages.success(request, _("已登记送交。打印清单，请对方签收后登记回执。"))
    return HttpResponseRedirect(reverse("desk:place", args=[row.id]))


def _show(
    request: HttpRequest, row: Any, fields: list[Field], refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    waiting = oversight.Copies.waiting(row.id, now())
    handed = oversight.find("delivery", at_place_id=row.id).order("-delivered_on", "-pk").page(1, 20).rows
    return page(request, "place", {
        "place": row, "kind": dict(PLACES)[row.kind], "fields": fields, "signed": _SIGNED, "refused": refused, "count": len(waiting),
        "copies": [(c, TASKS[c.task]) for c in waiting[:_SHOWN]], "more": max(0, len(waiting) - _SHOWN), "handed": handed,
    }, status)  # fmt: skip


@power("register.add", room="簿")
def listed(request: HttpRequest, number: int) -> HttpResponse:
    """The list to print: of one delivery (``?delivery=``), or of what waits."""
    row = _place(request, number)
    asked = whole(request.GET.get("delivery"), default=0)
    delivery = oversight.find("delivery", pk=asked, at_place_id=row.id).first() if asked else None
    if asked and delivery is None:
        raise Http404(_("没有这一次送交"))
    copies = oversight.Copies.of(delivery.id) if delivery else oversight.Copies.waiting(row.id, now())
    return page(request, "place_list", {
        "place": row, "kind": dict(PLACES)[row.kind], "delivery": delivery, "copies": [(c, TASKS[c.task]) for c in copies], "day": now().date(),
    })  # fmt: skip


@power("register.add", room="簿", methods=("POST",))
def receipt(request: HttpRequest, number: int) -> HttpResponse:
    """Enter the receipt of a delivery."""
    found = oversight.find("delivery", pk=min(number, MOST_NUMBER), at_place_id__isnull=False)
    row = seen(request, found, "register.add", _("没有这一次送交"))
    done: Any
    try:
        told = read(_SIGNED, request.POST)
        done = kept = photo_of(request.FILES.get("scan"))
        if not isinstance(kept, Refused):
            done = oversight.Copies.sign_for(row.id, by=request.user, at=now(), scan=kept, **told)  # type: ignore[arg-type]
    except Mistyped as mistyped:
        done = mistyped.refused
    if isinstance(done, Refused):
        fields = [replace(f, value=str(now().date())) if f.kind == "day" else f for f in _HANDED]
        return _show(request, _place(request, row.at_place_id), fields, done, 409)
    messages.success(request, _("已登记回执"))
    return HttpResponseRedirect(reverse("desk:place", args=[row.at_place_id]))


@power("register.add", room="簿")
def scan(request: HttpRequest, number: int) -> HttpResponseBase:
    """The scanned receipt of a delivery, as a download."""
    found = oversight.find("delivery", pk=min(number, MOST_NUMBER))
    row = seen(request, found, "register.add", _("没有这一次送交"))
    return picture(row.scan, f"receipt-{row.id}")
