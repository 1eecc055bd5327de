"""The way in and out. Failed log-ins are counted by account name; the answer never tells which half was wrong."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from mingtang.desk.access import page, public
from mingtang.desk.fields import clean
from mingtang.ledger.api import ROLES, find, now

TRIES = 5
WAIT = 15 * 60  # seconds


def _key(account: str) -> str:
    return "desk-login-" + hashlib.sha256(account.strip().lower().encode()).hexdigest()[:32]


def _inside(request: HttpRequest) -> str:
    """Where to go after the door: only to a page of this desk."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    local = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) and target.startswith(
        "/desk/"
    )
    return target if local and not target.startswith("/desk/log") else settings.LOGIN_REDIRECT_URL


@public
@sensitive_post_parameters("secret")
def enter(request: HttpRequest) -> HttpResponse:
    """Log in with account and password; five wrong tries close the account's door for a quarter of an hour."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    if request.user.is_authenticated and request.method != "POST":
        return HttpResponseRedirect(_inside(request))
    context = {
        "next": _inside(request),
        "accounts": _accounts(),
        "secret_hint": getattr(settings, "DEMO_PASSWORD", ""),
    }
    if request.method != "POST":
        return page(request, "login", context)
    account = clean(request.POST.get("account"))[:60]
    secret = request.POST.get("secret", "")[:200]
    key = _key(account)
    context["account"] = account
    failed = cache.get(key, 0)
    if failed >= TRIES:
        context["fault"] = _("连续输错，这个账号要等15分钟再试。")
        return page(request, "login", context, 429)
    person = authenticate(request, username=account, password=secret) if account and secret else None
    if person is None:
        # add() and incr() keep two tries at one moment from counting as one.
        cache.add(key, 0, WAIT)
        left = TRIES - cache.incr(key)
        context["fault"] = (
            _("账号或口令不对，还可以试%(left)d次，之后要等15分钟。") % {"left": left}
            if left > 0
            else _("连续输错，这个账号要等15分钟再试。")
        )
        return page(request, "login", context, 401)
    cache.delete(key)
    login(request, person)
    return HttpResponseRedirect(_inside(request))


def _accounts() -> list[tuple[str, str, str]]:
    """The demo's accounts (login, name, roles); none outside a demo."""
    here = find("installation").first()
    if here is None or here.kind != "demo":
        return []
    roles: dict[int, list[str]] = {}
    today = now().date()
    for a in find("appointment"):
        if a.role in ROLES and a.serves(today):
            roles.setdefault(a.person_id, []).append(
                _("%(organ)s%(role)s") % {"organ": a.agency_short_name, "role": _(ROLES[a.role].title)}
            )
    people = find("person", is_active=True, pk__in=list(roles))
    return [(p.username, p.name, roles[p.pk][0]) for p in people]


@public
def language(request: HttpRequest) -> HttpResponse:
    """Read the desk in another language from now on, on this machine; what is not offered becomes Chinese."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    asked = request.POST.get("language", "")
    chosen = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    answer = HttpResponseRedirect(_inside(request))
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 24 * 3600, path=settings.LANGUAGE_COOKIE_PATH,
        httponly=True, samesite="Lax", secure=request.is_secure(),
    )  # fmt: skip
    return answer


@public
def leave(request: HttpRequest) -> HttpResponse:
    """Log out; anybody may leave."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    logout(request)
    return HttpResponseRedirect(settings.LOGIN_URL)
