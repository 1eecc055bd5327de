"""Who gets in: every desk view names the power it asks for; what a person reaches; refusals as pages.

Deny by default: a view without ``@power`` (or ``@public``) fails the test that walks the desk's addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.fields import clean
from mingtang.law.api import Refused
from mingtang.ledger.api import ROLES, Found, Reach

PUBLIC = ""
# Of a form whose session had ended, what is never shown again, and from how many characters on typing is worth keeping.
_UNSHOWN, _WORTH = ("csrfmiddlewaretoken", "secret", "old", "new", "again", "key", "id_number", "contact"), 8
_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
MOST_NUMBER = 2**62  # beyond it a database refuses the number itself
Row = TypeVar("Row")
Response = TypeVar("Response", bound=HttpResponseBase)


class Barred(Exception):
    """The person may not; carries the reason, its basis and what to do instead."""

    def __init__(self, refused: Refused):
        super().__init__(refused.why)
        self.refused = refused


def titles(reach: Reach) -> list[str]:
    """The person's roles as words, the organ's short name first."""
    return [
        f"{a.agency.short_name} · {_(ROLES[a.role].title)}"
        + (_("（代%s）") % a.person.name if a.person_id != reach.person_id else "")
        for a in reach.held
    ]


def reach_of(request: HttpRequest) -> Reach:
    """The reach of the person at this desk, worked out once a request."""
    if not hasattr(request, "_reach"):
        request._reach = Reach(request.user)  # type: ignore[attr-defined, arg-type]
    return request._reach  # type: ignore[attr-defined]


def allow(request: HttpRequest, power: str, thing: Any) -> None:
    """Let the request go on only if the person may do this to this thing. Raises Barred."""
    verdict = reach_of(request).may(power, thing)
    if not verdict:
        raise Barred(
            Refused(verdict.why, verdict.basis, _("请由该单位的同事打开，或从“今天要办”进入自己的件"))
        )


def seen(request: HttpRequest, found: Found[Row], power: str, absent: str) -> Row:
    """The thing asked for, if it is there and the person may see it. Raises Http404 saying ``absent``, or Barred."""
    thing = found.first()
    if thing is None:
        raise Http404(absent)
    allow(request, power, thing)
    return thing


def page(
    request: HttpRequest, name: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A desk page by template name, without folder and suffix."""
    return render(request, f"desk/{name}.html", context or {}, status=status, using="desk")


def public(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page for everybody: the way in, and the look."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return sealed(view(request, *args, **kwargs))

    opened.power = PUBLIC  # type: ignore[attr-defined]
    return opened


def power(
    name: str, room: str = "", methods: tuple[str, ...] = ("GET",), first: bool = False
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Open a view to those who hold this power somewhere; the view itself asks about the thing.

    ``room`` is the seal under which the page stands in the rail. ``first``: open even to somebody whose password holds
    only once; every other page leads them to their own password.
    """
    taken = (*methods, "HEAD") if "GET" in methods else methods

    def wrap(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_login(request)
            if request.method not in taken:
                return _otherwise(request, taken)
            if request.user.password_once and not first:  # type: ignore[union-attr]
                return sealed(HttpResponseRedirect(reverse("desk:password")))
            try:
                verdict = reach_of(request).may(name)
                if not verdict:
                    raise Barred(
                        Refused(
                            verdict.why, verdict.basis, _("请由有这个角色的同事办理；角色由系统管理员登记")
                        )
                    )
                return sealed(view(request, *args, **kwargs))
            except Barred as barred:
                return sealed(page(request, "barred", {"refused": barred.refused}, 403))
            except Http404 as absent:
                return sealed(page(request, "missing", {"what": str(absent)}, 404))

        guarded.power, guarded.room = name, room  # type: ignore[attr-defined]
        return guarded

    return wrap


def _to_login(request: HttpRequest) -> HttpResponse:
    """The way in, and back to this page; what was typed into a form whose session had ended is shown, to be copied."""
    asked = request.method in ("GET", "HEAD")
    came = urlsplit(request.META.get("HTTP_REFERER", "")).path
    back = request.get_full_path() if asked else came if came.startswith("/desk/") else "/desk/"
    address = f"{settings.LOGIN_URL}?{urlencode({'next': back})}"
    by_htmx = bool(getattr(request, "htmx", False))
    if typed := [] if asked else _typed(request):
        text = render_to_string("desk/expired.html", {"address": address, "typed": typed}, using="desk")
        # A part of a page is exchanged for an answer of 422, not of 401.
        return sealed(HttpResponse(text, status=422 if by_htmx else 401))
    if by_htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _typed(request: HttpRequest) -> list[str]:
    """The sentences of a form, without passwords, choices and keys."""
    return [
        v
        for k, v in request.POST.items()
        if k not in _UNSHOWN and isinstance(v, str) and len(v.strip()) > _WORTH
    ]


def _otherwise(request: HttpRequest, taken: tuple[str, ...]) -> HttpResponse:
    """A page for a method that an address does not take: mostly a verb's address opened by hand."""
    answer = page(request, "missing", {"what": _("这个地址不能这样打开")}, 405)
    answer["Allow"] = ", ".join(taken)
    return sealed(answer)


def sealed(response: Response) -> Response:
    """Nothing foreign runs on a staff page, and nothing of it stays in a cache."""
    response.setdefault("Content-Security-Policy", _POLICY)
    response.setdefault("Cache-Control", "private, no-store")
    response.setdefault("X-Robots-Tag", "noindex")
    return response


def query(request: HttpRequest, key: str, most: int = 120) -> str:
    """Words of an address's query: no control characters (a database may refuse them), cut to a length."""
    return clean(request.GET.get(key, ""))[:most]


def organ_asked(value: Any, among: Collection[int] | None = None) -> int:
    """The organ that an address names, 0 when it names none; ``among``: those that this list can show.

    Raises Http404 for any other: shown as all organs, a slip of the pen would pass for an answer.
    """
    text = str(value or "").strip()
    number = whole(text, default=0) if text else 0
    if text and (not number or (among is not None and number not in among)):
        raise Http404(_("没有编号是“%s”的单位，或者它不在你的范围内：请从列表里选") % text[:20])
    return number


def year_asked(value: Any, least: int, most: int) -> int:
    """The year that an address names, 0 when it names none. Raises Http404 for what is none from ``least`` to ``most``."""
    text = str(value or "").strip()
    year = whole(text, least, most, 0) if text else 0
    if text and not year:
        raise Http404(_("“%(year)s”不是%(least)d年到%(most)d年中的一年：请从列表里选") % {"year": text[:20], "least": least, "most": most})  # fmt: skip
    return year


def whole(value: Any, least: int = 1, most: int = 10**9, default: int = 1) -> int:
    """A whole number of an address's query; anything else is the default."""
    try:
        number = int(str(value))
    except (TypeError, ValueError):
        return default
    return number if least <= number <= most else default
