"""Pages that belong to no room: a form that came too late, an address that does not exist."""

from __future__ import annotations

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from mingtang.desk.access import power, sealed


def turned_away(request: HttpRequest, status: int) -> HttpResponse:
    """A request that no view answered; nothing was done. 400: unreadable; 403: a form without its token; 500: our error.

    Asks the database nothing: it may be what failed.
    """
    text = render_to_string("desk/turned_away.html", {"back": request.path, "code": status}, using="desk")
    return sealed(HttpResponse(text, status=status))


@power("desk.open", methods=("GET", "POST"))
def missing(request: HttpRequest, rest: str) -> HttpResponse:
    """Any other address below /desk/; a page asked for without its slash, or with one too many, is found for good."""
    if request.method in ("GET", "HEAD"):
        other = request.path[:-1] if request.path.endswith("/") else f"{request.path}/"
        if _known(other):
            asked = request.META.get("QUERY_STRING", "")[:2000]
            return HttpResponsePermanentRedirect(f"{quote(other)}?{asked}" if asked else quote(other))
    raise Http404(_("没有这个页面"))


def _known(address: str) -> bool:
    """Whether a page of the desk answers here (all their addresses are plain)."""
    try:
        found = resolve(address)
    except Resolver404:
        return False
    return found.namespace == "desk" and found.url_name != "missing"
