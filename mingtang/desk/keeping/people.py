"""Staff at the desk: who there is, hire, appoint, relieve, a password that holds once, a stopped account; one's own password."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from mingtang.desk.access import MOST_NUMBER, page, power, query, reach_of, whole
from mingtang.desk.chips import days_of
from mingtang.desk.entry import Form, entry
from mingtang.desk.fields import Field, Mistyped, read, refill
from mingtang.desk.records.naming import act_word
from mingtang.law.api import Refused
from mingtang.ledger.api import ROLES, AppointmentRow, Person, find, now, take

_LENGTH = 20
# Letters and figures that nobody mistakes for one another when a password is read aloud or copied by hand.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


def _once() -> str:
    """A password for one log-in: 16 signs, about 79 bits."""
    signs = [secrets.choice(_SIGNS) for _n in range(16)]
    return "-".join("".join(signs[i : i + 4]) for i in range(0, 16, 4))


def _by_person(ids: list[int], day: date) -> dict[int, list[AppointmentRow]]:
    """Today's appointments of these people, in one query."""
    out: dict[int, list[AppointmentRow]] = {}
    for a in find("appointment", person_id__in=ids):
        if a.role in ROLES and a.serves(day):
            out.setdefault(a.person_id, []).append(a)
    return out


@power("person.keep", room="册")
def listing(request: HttpRequest) -> HttpResponse:
    """All accounts, by name, account or organ; stopped ones last."""
    words = query(request, "q", 60)
    found = find("person")
    if words:
        there = {p for (p,) in find("appointment").where_q(Q(agency_name__icontains=words) | Q(agency_short_name__icontains=words)).values("person_id")}  # fmt: skip
        found = found.where_q(
            Q(name__icontains=words) | Q(username__icontains=words) | Q(pk__in=sorted(there))
        )
    shown = found.order("-is_active", "username").page(whole(request.GET.get("page"), most=10**7), _LENGTH)
    held = _by_person([p.pk for p in shown.rows], days_of(request).today)
    rows = [(p, [(a, ROLES[a.role].title) for a in held.get(p.pk, [])]) for p in shown.rows]
    return page(request, "people", {"page": shown, "rows": rows, "words": words})


def _appointing(request: HttpRequest) -> list[Field]:
    organs = tuple(
        (str(a.pk), a.name) for a in reach_of(request).agencies("person.keep") if a.valid_to is None
    )
    return [
        Field("agency", "单位", "choice", True, choices=organs),
        Field("role", "角色", "choice", True, choices=tuple((r.name, r.title) for r in ROLES.values())),
        Field("since", "从哪天起", "day", True, value=str(now().date())), Field("section", "科室", most=60),
    ]  # fmt: skip


@power("person.keep", room="册", methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Enter a member of staff; the password for the first log-in is shown on the answer and nowhere again."""
    fields = [
        Field("name", "姓名", required=True, most=60, group=""),
        Field("username", "账号", required=True, hint="登录用，一人一个，例如姓名的拼音", most=60, group=""),
    ]

    @sensitive_variables("once")
    def do(typed: dict[str, Any]) -> Any:
        once = _once()
        made = take(None, "hire", by=request.user, at=now(), password=once, once=True, **typed)
        return made if isinstance(made, Refused) else _show(request, made, once=once)

    form = Form(
        _("登记人员"), _("登记后给出一个只用一次的口令，再给他任职。"), _("登记，取得口令"), "等级保护：一人一个账号；账号由系统管理员登记",
        [(_("人员"), reverse("desk:people"))],
    )  # fmt: skip
    return entry(request, form, fields, do)


def _person(number: int) -> Person:
    person = find("person", pk=min(number, MOST_NUMBER)).first()
    if person is None:
        raise Http404(_("没有这个人"))
    return person


@power("person.keep", room="册")
def person(request: HttpRequest, number: int) -> HttpResponse:
    """One member of staff."""
    return _show(request, _person(number))


@sensitive_variables("once")
def _show(
    request: HttpRequest, who: Person, refused: Refused | None = None, once: str = "", fields: list[Field] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    day = days_of(request).today
    held = list(find("appointment", person_id=who.pk).order("-valid_from", "-pk"))
    serving = [(a, ROLES[a.role].title) for a in held if a.role in ROLES and not a.over(day)]
    past = [(a, ROLES[a.role].title) for a in held if a.role in ROLES and a.over(day)]
    acts = find("act", subject_type="person", subject_id=str(who.pk)).order("-pk").page(1, 10).rows
    return page(request, "person", {
        "who": who, "serving": serving, "past": past, "refused": refused, "once": once, "today": day,
        "fields": fields or _appointing(request), "appointing": bool(fields), "acts": [(a, act_word(a.verb)) for a in acts],
    }, status)  # fmt: skip


@power("person.keep", room="册", methods=("GET", "POST"))
def act(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    """One verb on one member of staff."""
    who = _person(number)
    if verb not in ("appoint", "relieve", "reset_password", "deactivate", "activate"):
        raise Http404(_("没有这一步"))
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:person", args=[who.pk]))
    if verb == "reset_password":
        return _reset(request, who)
    fields = _appointing(request) if verb == "appoint" else None
    try:
        done = _done(request, who, verb)
    except Mistyped as mistyped:
        done = mistyped.refused
    if isinstance(done, Refused):
        return _show(request, who, done, fields=fields and refill(fields, request.POST), status=409)
    messages.success(request, _("已办：%s") % _(act_word(f"person.{verb}")))
    return HttpResponseRedirect(reverse("desk:person", args=[who.pk]))


def _done(request: HttpRequest, who: Person, verb: str) -> Any:
    by: Any = request.user
    if verb == "appoint":
        typed = read(_appointing(request), request.POST)
        agency = find("agency", pk=int(typed.pop("agency"))).one()
        return take(who, "appoint", by=by, at=now(), agency=agency, **typed)
    if verb == "relieve":
        number = whole(request.POST.get("appointment"), most=MOST_NUMBER, default=0)
        held = find("appointment", pk=number, person_id=who.pk).first()
        if held is None or held.valid_to is not None:
            return Refused("没有这项任职，或者已经免去", "本单位人事安排", "请从人员页重新打开")
        until = Field("until", "免去日期", "day", True).read(request.POST.get("until"))
        return take(held, "relieve", by=by, at=now(), until=until)
    return take(who, verb, by=by, at=now())


@sensitive_variables("once")
def _reset(request: HttpRequest, who: Person) -> HttpResponse:
    once = _once()
    done = take(who, "reset_password", by=request.user, at=now(), password=once)
    if isinstance(done, Refused):
        return _show(request, who, done, status=409)
    return _show(request, done, once=once)


@power("desk.open", room="办", methods=("GET", "POST"), first=True)
@sensitive_post_parameters("old", "new", "again")
def password(request: HttpRequest) -> HttpResponse:
    """One's own password; the only page open to somebody whose password holds once."""
    fields = [
        Field("old", "现在的口令", "secret", True, most=200),
        Field("new", "新口令", "secret", True, "至少10个字符，不要用常见的口令，不要含账号", most=200),
        Field("again", "再输一遍新口令", "secret", True, most=200),
    ]

    @sensitive_variables("typed")
    def do(typed: dict[str, Any]) -> Any:
        if typed["new"] != typed["again"]:
            return Refused("两遍新口令不一样", "账号安全", "请重新输入")
        done = take(
            request.user, "change_password", by=request.user, at=now(), old=typed["old"], new=typed["new"]
        )
        if isinstance(done, Refused):
            return done
        update_session_auth_hash(request, done)
        return _("口令已修改，其他地方的登录已经退出"), reverse("desk:queue")

    first = request.user.password_once  # type: ignore[union-attr]
    lede = (
        _("别人给的口令只用一次。请先设自己的口令，再开始办事。")
        if first
        else _("改好以后，其他地方的登录会退出。")
    )
    return entry(
        request, Form(_("我的口令"), lede, _("修改口令"), "等级保护：口令本人保管，不告诉别人"), fields, do
    )
