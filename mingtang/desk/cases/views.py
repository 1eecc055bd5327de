"""Applications: list and export, intake at the counter, one case, its applicant, its verbs."""

from __future__ import annotations

import csv
import secrets
from typing import Any

from django.contrib import messages
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.casework import api as casework
from mingtang.desk import speech
from mingtang.desk.access import MOST_NUMBER, organ_asked, page, power, query, reach_of, seen, whole
from mingtang.desk.cases.facts import fields_of, note_of
from mingtang.desk.cases.showing import calendar_weeks, history, letter, looks_at, searches
from mingtang.desk.chips import days_of
from mingtang.desk.fields import Field, Mistyped, clean, read, refill
from mingtang.desk.offers import Offer, closed, leading
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import find, now

_LENGTH = 20
# Which open verb is the page's one filled button.
_FIRST = (
    "confirm", "clarified", "consulted", "coconsulted", "reasons", "paid", "submit", "head_review", "secrecy_review", "sign",
    "reply", "close", "decide",
)  # fmt: skip
_PERIODS = {"open": "在办", "done": "已答复"}


def _wanted(request: HttpRequest) -> tuple[Any, dict[str, Any]]:
    """The list as asked for: organs in reach, words, state, organ; and the filters as they were understood."""
    reach = reach_of(request)
    ids = reach.ids("case.see")
    asked = {
        "q": query(request, "q", 120),
        "state": request.GET.get("state", ""),
        "organ": organ_asked(request.GET.get("organ"), ids),
    }
    if asked["organ"]:
        ids = frozenset({asked["organ"]})
    found = casework.find("case", agency_id__in=sorted(ids))
    if asked["q"]:
        found = found.where_q(Q(number__icontains=asked["q"]) | Q(subject__icontains=asked["q"]))
    if asked["state"] == "open":
        found = found.where(state__in=casework.OPEN_STATES)
    elif asked["state"] == "done":
        found = found.where(replied_on__isnull=False)
    elif asked["state"] in casework.STATES:
        found = found.where(state=asked["state"])
    return found, asked


@power("case.see", room="案")
def listing(request: HttpRequest) -> HttpResponse:
    """All applications in reach, those with the nearest dates first."""
    found, asked = _wanted(request)
    order = (
        F("closed_on").desc(nulls_first=True),
        F("replied_on").desc(nulls_first=True),
        F("due_on").asc(nulls_last=True),
        "pk",
    )
    shown = found.order(*order).page(whole(request.GET.get("page"), most=100_000), _LENGTH)
    days, organs = days_of(request), reach_of(request).agencies("case.see")
    return page(request, "cases", {
        "page": shown, "rows": [(c, days.of_case(c)) for c in shown.rows], "asked": asked,
        "states": {**_PERIODS, **casework.STATES}, "organs": organs if len(organs) > 1 else [],
        "may_receive": bool(reach_of(request).ids("case.receive")), "query": request.GET.urlencode(),
    })  # fmt: skip


class _Echo:
    """A file that gives back what is written, so that rows stream out one by one."""

    def write(self, value: str) -> str:
        return value


def stream_csv(name: str, head: list[str], rows: Any) -> StreamingHttpResponse:
    """Rows as CSV with a mark for Excel, streamed."""
    writer = csv.writer(_Echo())

    def lines() -> Any:
        yield "\ufeff" + writer.writerow(map(disclosure.Cells.harmless, head))
        for row in rows:
            yield writer.writerow(map(disclosure.Cells.harmless, row))

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@power("case.see", room="案")
def export(request: HttpRequest) -> HttpResponse:
    """The list as CSV: no applicant, no contact, no free text of the request."""
    found, _asked = _wanted(request)
    head = [
        "登记号",
        "承办单位",
        "收到日期",
        "渠道",
        "申请内容（标题）",
        "状态",
        "答复期限",
        "处理决定",
        "答复日期",
        "办结日期",
    ]
    rows = (
        [c.number, c.agency_name, c.received_on, c.channel_label, c.subject, c.state_label, c.due_on, c.outcome_name,
         c.replied_on, c.closed_on]
        for c in found.order("received_on", "pk")
    )  # fmt: skip
    return stream_csv("cases.csv", head, rows)


def _intake(request: HttpRequest) -> list[Field]:
    """The fields of an application at the counter: how it came, who asks, what for."""
    organs = reach_of(request).agencies("case.receive")
    return [*_came([(str(a.pk), a.name) for a in organs if a.valid_to is None]), *_who(), *_what()]


def _came(organs: list[tuple[str, str]]) -> list[Field]:
    channels = tuple((k, v) for k, v in casework.CHANNELS.items() if k != "online")
    first = organs[0][0] if organs else ""
    today = str(now().date())
    return [
        Field("channel", "怎样递交的", "choice", True, choices=channels, value="in_person", group="receipt"),
        Field("received_on", "收到日期", "day", True, "以实际收到之日为准，不能晚于今天", value=today, group="receipt"),
        Field("agency_id", "受理机关", "choice", True, choices=tuple(organs), value=first, group="receipt"),
    ]  # fmt: skip


def _who() -> list[Field]:
    kinds, proofs = tuple(casework.APPLICANTS.items()), tuple((i, i) for i in casework.ID_TYPES)
    return [
        Field("applicant_type", "申请人类别", "choice", True, choices=kinds, value="natural", group="who"),
        Field("name", "姓名或者名称", required=True, most=100, group="who"),
        Field("id_type", "身份证明", "choice", choices=proofs, value=casework.ID_TYPES[0], group="who"),
        Field("id_number", "身份证明号码", most=40, group="who"),
        Field("contact", "联系方式", required=True, most=200, hint="电话、邮箱或地址，一种就够", group="who"),
    ]


def _what() -> list[Field]:
    ways, classes = tuple(casework.DELIVERIES.items()), tuple(casework.CLASSES.items())
    return [
        Field("subject", "标题", most=120, hint="不填就取描述的第一句", group="what"),
        Field("content", "所需信息的描述", "area", True, "名称、文号或者便于查询的其他特征，照申请人的原话", most=5000, group="what"),
        Field("delivery", "获取方式", "choice", choices=ways, value="electronic", group="what"),
        Field("request_class", "统计类别", "choice", choices=classes, value="other", group="what"),
    ]  # fmt: skip


@power("case.receive", room="案", methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Counter mode: an application that came in person, by mouth, by post or by fax."""
    fields = _intake(request)
    context = {"key": secrets.token_hex(16)}
    if request.method != "POST":
        return page(request, "case_new", context | {"fields": fields})
    typed = {f.key: clean(request.POST.get(f.key)) for f in fields}
    context["key"] = clean(request.POST.get("key"))[:64]
    if (
        request.POST.get("received_on") == ""
    ):  # the room would take today; a clerk whose day got lost is asked
        return page(request, "case_new", context | {"fields": refill(fields, typed)}, 422)
    made = casework.receive(typed, at=now(), idempotency_key=context["key"], by=request.user)
    if isinstance(made, casework.CaseRow):
        messages.success(
            request,
            _("已登记：%(n)s，查询码 %(c)s。请把回执交给申请人。") % {"n": made.number, "c": made.code},
        )
        return HttpResponseRedirect(reverse("desk:case", args=[made.id]))
    faults = {k: f"{r.why}。{r.instead}" for k, r in made.items()} if isinstance(made, dict) else {}
    refused = made if isinstance(made, Refused) else None
    again = refill(fields, typed, faults)
    return page(
        request,
        "case_new",
        context | {"fields": again, "refused": refused, "faults": faults},
        409 if refused else 422,
    )


@power("case.see", room="案")
def receipt(request: HttpRequest, number: int) -> HttpResponse:
    """The printed receipt for the applicant: number, code, day, last day and why; nobody's name."""
    row = _case(request, number)
    agency = find("agency", pk=row.agency_id).one()
    return page(request, "receipt", {"case": row, "due": casework.due(row.id), "agency": agency})


def _case(request: HttpRequest, number: int) -> casework.CaseRow:
    """The case, if there is one and the person may see it. Raises Http404 or Barred."""
    return seen(request, casework.find("case", pk=min(number, MOST_NUMBER)), "case.see", _("没有这件申请"))


@power("case.see", room="案")
def case(request: HttpRequest, number: int) -> HttpResponse:
    """One case."""
    return _show(request, _case(request, number))


def _show(
    request: HttpRequest, row: casework.CaseRow, verb: str = "", refused: Refused | None = None,
    fields: list[Field] | None = None, applicant: Any = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    days, person = days_of(request), request.user
    due = casework.due(row.id, days.today)
    verbs = casework.open_verbs(row.id, person, days.today)  # type: ignore[arg-type]
    able = [
        Offer(r, fields if r.verb == verb and fields else fields_of(row, r.verb) or (), r.verb == verb, note_of(r.verb, r.basis))
        for r, no in verbs if no is None
    ]  # fmt: skip
    letters = [{**x, "parts": letter(x["parts"])} for x in casework.letters(row.id)]
    draft = (
        letter(casework.letters(row.id, days.today)[0]["parts"])
        if row.outcome and not row.concluded_on
        else None
    )
    events = history(row.id)
    return page(request, "case", {
        "case": row, "chip": days.of_case(row), "due": due, "weeks": calendar_weeks(due, days.today), "week_heads": speech.week_heads(),
        "able": able, "closed": closed(verbs), "shut": sum(no is not None for _row, no in verbs), "main": leading(able, _FIRST),
        "events": events, "searches": searches(x.event for x in events), "looks": looks_at(row.id), "reviews": list(casework.find("review", case_id=row.id)),
        "letters": letters, "draft": draft, "refused": refused, "verb": verb, "applicant": applicant,
        "applicant_type": casework.APPLICANTS.get(row.applicant_type, row.applicant_type),
        "request_class": casework.CLASSES.get(row.request_class, row.request_class),
        "delivery": casework.DELIVERIES.get(row.delivery, row.delivery), "evidence": casework.EVIDENCE,
    }, status)  # fmt: skip


@power("case.see_identity", room="案", methods=("POST",))
def applicant(request: HttpRequest, number: int) -> HttpResponse:
    """Show who asked; the look is recorded."""
    row = _case(request, number)
    found = casework.identity(row.id, by=request.user, at=now())
    if isinstance(found, Refused):
        return _show(request, row, refused=found, status=409)
    return _show(request, row, applicant=found)


@power("case.see", room="案", methods=("GET", "POST"))
def act(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    """One verb on one case: done and back to the page, or refused on the page with nothing changed."""
    row = _case(request, number)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:case", args=[row.id]))
    fields = fields_of(row, verb)
    if fields is None:
        raise Http404(_("没有这一步"))
    try:
        done = casework.take(row.id, verb, by=request.user, at=now(), **read(fields, request.POST))
    except Mistyped as mistyped:
        done = mistyped.refused
    if isinstance(done, Refused):
        return _show(request, row, verb, done, refill(fields, request.POST), status=409)
    label = casework.REQUESTS.named(verb).label
    messages.success(
        request, _("已办：%(label)s。现在是“%(state)s”。") % {"label": label, "state": done.state_label}
    )
    return HttpResponseRedirect(reverse("desk:case", args=[row.id]))
