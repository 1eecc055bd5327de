"""Pages that belong to no room: a form that came too late, an address that does not exist."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from mingtang.desk.access import power


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: the page stood open too long, or it came from elsewhere. Nothing was done."""
    return render(request, "desk/stale.html", {"back": request.path}, status=403, using="desk")


@power("desk.open", methods=("GET", "POST"))
def missing(request: HttpRequest, rest: str) -> HttpResponse:
    """Any other address below /desk/."""
    raise Http404(_("没有这个页面"))
