"""What was stopped because of a secrecy mark: the alarms of the officer's organs, and her acknowledgement."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import page, power, reach_of, whole
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import now

POWER = "secrecy.acknowledge"
_LENGTH = 20


@power(POWER, room="办", methods=("GET", "POST"))
def alarms(request: HttpRequest) -> HttpResponse:
    """GET the alarms, those not seen yet on top; POST acknowledges one."""
    refused = None
    if request.method == "POST":
        number = whole(request.POST.get("alarm"), default=0)
        refused = disclosure.Secrecy.acknowledge(
            number, by=request.user, at=now(), measure=request.POST.get("measure", "")  # type: ignore[arg-type]
        )  # fmt: skip
        if not isinstance(refused, Refused):
            messages.success(request, _("已登记处置。"))
            return HttpResponseRedirect(reverse("desk:secrecy"))
    found = disclosure.find("secrecy_alarm", agency_id__in=sorted(reach_of(request).ids(POWER)))
    shown = found.order(F("seen_at").desc(nulls_first=True), "-pk").page(
        whole(request.GET.get("page"), most=10**6), _LENGTH
    )
    context = {
        "page": shown, "refused": refused, "places": disclosure.Secrecy.PLACES, "measures": disclosure.Secrecy.MEASURES,
        "rows": [(a, disclosure.Secrecy.PLACES[a.place], disclosure.Secrecy.MEASURES.get(a.measure, "")) for a in shown.rows],
    }  # fmt: skip
    return page(request, "secrecy", context, 409 if refused else 200)
