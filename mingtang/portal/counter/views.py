"""The counter's pages. They parse, ask a door and show the answer; they decide nothing and read no system clock."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any

import segno
from django.conf import settings
from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    JsonResponse,
)
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from mingtang.casework import api as casework
from mingtang.casework.api import CaseRow
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Deadline, Refused, Step
from mingtang.ledger import api as ledger
from mingtang.portal import links, look
from mingtang.portal.counter import days, forms, searching

_TRIES, _WINDOW = 10, 600  # wrong codes from one address, in seconds
_QR_PAGE = re.compile(r"doc/\d{1,12}/\d{1,15}$")
_REQUEST = ("ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType")
View = Callable[..., HttpResponseBase]


def kindly(view: View) -> View:
    """With the database stopped the counter says so and what still works, instead of failing."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except DatabaseError:
            answer = _page(
                request, "error.html", _("办事窗口暂时不能受理"), 503, code="503", site=look.Site(),
                why=_("登记系统正在恢复，请几分钟后再试。您刚才填写的内容没有登记；重新提交不会重复登记。"),
                instead=_("站上已公开的文件照常可以查阅。急件可以当面或者邮寄申请，收到之日照样起算（条例第三十一条）。"),
            )  # fmt: skip
            answer["Retry-After"] = "120"
            return answer

    return guarded


def _page(request: HttpRequest, template: str, title: str, status: int = 200, **context: Any) -> HttpResponse:
    """One counter page in the portal's frame, never kept by a cache on the way."""
    if "site" not in context:  # the kind word when the database is stopped brings its own
        context["site"] = look.site()
    context = {
        "title": title, "nav": "open", "other": _other(request), "crumbs": [(_("依申请公开"), "/col/request/"), (title, None)],
        "meta": list(zip(_REQUEST, (_("依申请公开"), title, _("依申请公开，政府信息公开"), _("依申请公开")), strict=True)), **context,
    }  # fmt: skip
    answer = HttpResponse(get_template(template, using="portal").render(context, request), status=status)
    answer["Cache-Control"] = "no-store"
    answer["Content-Security-Policy"] = (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return answer


def _other(request: HttpRequest) -> str:
    """This page in the other language; what a question's address says is kept."""
    turned = links.in_chinese(request.path) if look.english() else links.in_english(request.path)
    kept = request.META.get("QUERY_STRING", "")[:500] if turned.endswith(("/due", "/search")) else ""
    return f"{turned}?{kept}" if kept else turned


# --- apply ---------------------------------------------------------------------------------------------------


@kindly
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """An application for information (article 29): the form, and its receipt when it is taken."""
    organs = ledger.Agency.as_in_tree(ledger.find("agency", valid_to__isnull=True))
    by_code = {o.code: o for o in organs}
    if request.method != "POST":
        wanted = forms.text(request.GET, "agency", 40)
        values = dict.fromkeys(forms.APPLY, "") | {
            "agency": wanted if wanted in by_code else "", "content": forms.text(request.GET, "content", 500),
            "id_type": casework.ID_TYPES[0], "delivery": "electronic", "applicant_type": "natural", "request_class": "other",
        }  # fmt: skip
        return _form(request, organs, values, forms.Faults())
    values, faults = forms.read_application(request.POST, {o.code: o.pk for o in organs})
    key = forms.known_key(values["key"])
    if key is None:
        values["key"] = ""
        faults.add("key", _("这张表放得太久，请再按一次“提交申请”，填写的内容都还在"))
    if faults or key is None:
        return _form(request, organs, values, faults)
    now = ledger.now()
    made = casework.receive(
        forms.application(values, by_code[values["agency"]].pk), at=now, idempotency_key=key
    )
    if isinstance(made, CaseRow):
        return _receipt(request, made)
    named = made if isinstance(made, dict) else {"key": made}
    for name, refused in named.items():
        faults.add({"agency_id": "agency"}.get(name, name), refused)
    return _form(request, organs, values, faults)


def _form(
    request: HttpRequest, organs: list[Any], values: dict[str, str], faults: forms.Faults
) -> HttpResponse:
    values["key"] = values.get("key") or forms.new_key()
    chosen = next((o for o in organs if o.code == values["agency"]), None)
    today = ledger.now().date()
    return _page(
        request, "apply.html", _("申请公开政府信息"), 400 if faults else 200, organs=organs, values=values,
        faults=faults.by_field, chosen=chosen, today=today, would=_would_be(today), id_types=casework.ID_TYPES,
        deliveries=casework.DELIVERIES, applicants=casework.APPLICANTS, classes=casework.CLASSES, limits=forms.LIMITS,
        types=dict(ledger.Agency.TYPES),
    )  # fmt: skip


def _would_be(today: date) -> Deadline | None:
    """The last day to answer what is sent in online today and confirmed today."""
    norms = ledger.law(today)
    if isinstance(norms, Refused):
        return None
    found = norms.deadline(today, "online", [Step("confirm", today)])
    return None if isinstance(found, Refused) else found


def _receipt(request: HttpRequest, case: CaseRow) -> HttpResponse:
    answer = casework.due(case.id, today=ledger.now().date())
    because = () if isinstance(answer, Refused) else answer.because
    return _page(
        request, "receipt.html", _("申请已收到"), 201, case=case, because=because, would=_would_be(case.received_on),
    )  # fmt: skip


# --- track ---------------------------------------------------------------------------------------------------


@kindly
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """How far an application has come, for who holds its number and its code; one answer for every wrong pair."""
    number = forms.text(request.POST if request.method == "POST" else request.GET, "number", 60)
    if request.method != "POST":
        return _page(request, "track.html", _("查办理进度"), number=number, found=None, fault="")
    place = f"track:{_asker(request)}"
    if cache.get(place, 0) >= _TRIES:
        return _page(
            request, "track.html", _("查办理进度"), 429, number=number, found=None,
            fault=_("试的次数太多了，请十分钟后再查，或者打电话报编号查询。"),
        )  # fmt: skip
    found = casework.track(number, forms.text(request.POST, "code", 12))
    if found is None:
        with suppress(ValueError):  # it ran out between the two lines
            if not cache.add(place, 1, _WINDOW):
                cache.incr(place)
        fault = _("没有查到。请核对登记编号和查询码：两样都在收件回执上。")
        return _page(request, "track.html", _("查办理进度"), 404, number=number, found=None, fault=fault)
    today = ledger.now().date()
    answer = casework.due(found.case.id, today=today)
    deadline = None if isinstance(answer, Refused) else answer
    return _page(
        request, "track.html", _("办理进度"), number=number, found=found, fault="", today=today, deadline=deadline,
        strip=days.strip(deadline.days, today) if deadline else None, weeks=days.weeks(deadline.days) if deadline else [],
        open=found.case.state in casework.OPEN_STATES,
    )  # fmt: skip


def _asker(request: HttpRequest) -> str:
    """The address that asks: as our outermost own proxy saw it; without a proxy, the other end of the line."""
    told = [a.strip() for a in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if a.strip()]
    proxies = settings.PROXIES
    return told[-proxies] if 0 < proxies <= len(told) else request.META.get("REMOTE_ADDR", "")


# --- due -----------------------------------------------------------------------------------------------------


@kindly
@require_http_methods(["GET", "HEAD"])
def due(request: HttpRequest) -> HttpResponse:
    """When is my answer due, and why. Everything is in the address, so that an answer can be passed on."""
    today = ledger.now().date()
    values, question, faults = forms.read_question(request.GET, casework.CHANNELS, today)
    found = _counted(question) if question else None
    refused = found if isinstance(found, Refused) else None
    counted = found if isinstance(found, _Counted) else None
    if not values["received"] and not faults:
        values["received"] = today.isoformat()
    return _page(
        request, "due.html", _("我的答复哪天到期，为什么是那一天"), 400 if faults or refused else 200, values=values,
        faults=faults.by_field, refused=refused, question=question, channels=casework.CHANNELS, steps=forms.STEPS,
        deadline=counted and counted.deadline, later=counted and counted.later, others=counted.others if counted else [],
        weeks=days.weeks(counted.deadline.days) if counted else [],
        skipped=days.skipped(counted.deadline.days) if counted else (0, 0), more=[s for s in forms.STEPS if values[s] or s in faults.by_field],
        crumbs=[(_("依申请公开"), "/col/request/"), (_("答复期限试算"), None)],
    )  # fmt: skip


@dataclass(frozen=True)
class _Counted:
    """An answered question: the deadline, the one after an extension (None: none possible), other people's counts."""

    deadline: Deadline
    later: Deadline | None
    others: list[days.Other]


def _counted(question: forms.Question) -> _Counted | Refused:
    norms = ledger.law(question.received)
    if isinstance(norms, Refused):
        return norms
    deadline = norms.deadline(question.received, question.channel, question.steps)
    if isinstance(deadline, Refused):
        return deadline
    later = None
    if deadline.due_on is not None and not any(s.step == "extend" for s in question.steps):
        # Extended once, on the due day itself: the latest that the law allows.
        steps = [*question.steps, Step("extend", deadline.due_on)]
        found = norms.deadline(question.received, question.channel, steps)
        later = None if isinstance(found, Refused) or found.due_on == deadline.due_on else found
    return _Counted(deadline, later, days.others(deadline, norms.calendar.is_working))


# --- search --------------------------------------------------------------------------------------------------


@kindly
@require_http_methods(["GET", "HEAD"])
def search(request: HttpRequest) -> HttpResponse:
    """Find what is public: words, facets, days, in any order; everything is in the address."""
    return _page(request, "search.html", _("检索"), noindex=True, nav="search", **searching.context(request))


@kindly
@require_GET
def search_json(request: HttpRequest) -> JsonResponse:
    """The same for machines."""
    return JsonResponse(searching.as_json(request), json_dumps_params={"ensure_ascii": False})


@require_GET
def suggest_json(request: HttpRequest) -> JsonResponse:
    """Titles in which what is typed so far stands."""
    return JsonResponse(
        {"titles": searching.suggestions(forms.text(request.GET, "q", 40))},
        json_dumps_params={"ensure_ascii": False},
    )


# --- small ones ----------------------------------------------------------------------------------------------


@kindly
def not_found(request: HttpRequest) -> HttpResponse:
    """The portal's page for an address that nobody answers to."""
    return _page(
        request, "error.html", _("没有这个页面"), 404, code="404", crumbs=[(_("没有这个页面"), None)]
    )


def without_slash(request: HttpRequest, page: str) -> HttpResponse:
    """The address of a counter page with a slash at its end: for good to the one without, the question kept."""
    if request.method not in ("GET", "HEAD"):
        return not_found(request)
    asked = request.META.get("QUERY_STRING", "")[:2000]
    return HttpResponsePermanentRedirect(f"/{page}?{asked}" if asked else f"/{page}")


def turned_away(request: HttpRequest, status: int) -> HttpResponse:
    """A request that no view answered; nothing was registered. 400: unreadable; 403: a form without its token; 500: our error."""
    why, instead = {
        400: (
            _("提交的内容太大，或者在传送中损坏，本站没有读出来。"),
            _("请返回上一页，把文字写短些再提交；较长的材料可以当面或者邮寄递交。重新提交不会重复登记。"),
        ),
        403: (
            _("页面停留太久，或者浏览器没有允许本站的 Cookie，无法确认表单是您本人在本站填的。"),
            _("请返回上一页，先复制已填的文字，刷新后再提交；重新提交不会重复登记。"),
        ),
        500: (
            _("本站出了错，已经记入日志，由管理员查看。"),
            _("请过几分钟再试；急件可以当面或者邮寄申请，收到之日照样起算（条例第三十一条）。"),
        ),
    }[status]  # fmt: skip
    return _page(
        request, "error.html", _("没有提交成功，什么也没有登记"), status, code=str(status), crumbs=[(_("没有提交成功"), None)],
        site=look.Site(), why=why, instead=instead,
    )  # fmt: skip


@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether the counter can work and the background keeps up: 503 without the database, or with a consumer late.

    A late one holds back what was published and what was withdrawn. Why it failed is told at the desk, not here.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        newest = disclosure.find("publication").order("-pk").first()
        late = _late()
    except DatabaseError:
        return JsonResponse({"ok": False, "database": "unreachable"}, status=503)
    said = {"ok": not late, "database": "reached", "publication": newest.id if newest else 0, "late": late}
    return JsonResponse(said, status=503 if late else 200)


def _late() -> list[dict[str, Any]]:
    """Consumers of the outbox that are late; a background that never ran has none, and is late itself."""
    now, cursors = ledger.now(), list(ledger.find("outbox_cursor"))
    if not cursors:
        first = ledger.find("outbox").first()
        never = ledger.OutboxCursorRow("work", 0, ledger.find("outbox").count(), first.at if first else None, None, 0, None, "")  # fmt: skip
        cursors = [never]
    return [
        {"consumer": c.consumer, "waiting": c.waiting, "since": c.oldest, "tries": c.tries}
        for c in cursors
        if c.late(now)
    ]


@require_GET
def qr(request: HttpRequest, page: str) -> HttpResponse:
    """The address of a document page as a QR code, with the host the reader came by."""
    if not _QR_PAGE.match(page):
        return HttpResponse(status=404)
    out = io.BytesIO()
    segno.make(request.build_absolute_uri(f"/{page}.html"), error="m").save(
        out, kind="svg", border=0, scale=4, xmldecl=False, svgns=True
    )
    answer = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    answer["Cache-Control"] = "public, max-age=86400"
    return answer
