"""Loading a holiday notice or the city's norms by their text: first what it says and which dates move, then the loading itself."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.casework import api as casework
from mingtang.desk.access import page, power, reach_of
from mingtang.desk.chips import days_of
from mingtang.desk.fields import Field, Mistyped, read, refill
from mingtang.law.api import NormFile, Notice, Refused
from mingtang.ledger.api import find, now, take

# Rows of cases shown in a look; the count says how many there are.
_MOST = 200
KINDS = {"notice": "放假通知", "norms": "本市规定"}


def _fields(kind: str) -> list[Field]:
    if kind == "norms":
        return [
            Field("title", "名称", required=True, hint="例如 示例市政府信息公开办法配套参数", most=200),
            Field("text", "全文（YAML）", "area", True, "写法和 mingtang/law/norms 里的一样：规范名、日期、值、条款", most=200_000),
        ]  # fmt: skip
    return [
        Field("text", "通知全文", "area", True, "从国务院办公厅的通知原样粘贴，连标题和文号", most=200_000),
        Field("year", "安排哪一年", "number", hint="通知里没有写年份时才填", most=4),
    ]


@power("law.load", room="册", methods=("GET", "POST"))
def laws(request: HttpRequest) -> HttpResponse:
    """What is loaded (GET); POST step=look tries a text, step=load loads it."""
    kind = request.POST.get("kind", request.GET.get("kind", "notice"))
    kind = kind if kind in KINDS else "notice"
    fields = _fields(kind)
    if request.method != "POST":
        return _show(request, kind, fields)
    fields = refill(fields, request.POST)
    load = request.POST.get("step") == "load"
    try:
        told = read(_fields(kind), request.POST)
        if "year" in told and not (told["year"].isascii() and told["year"].isdigit()):
            raise Mistyped(
                Refused("年份应当是四位数字", "一份通知安排一年", "例如 2027；通知里写了年份就不用填")
            )
    except Mistyped as mistyped:
        return _show(request, kind, fields, refused=mistyped.refused, status=409)
    told["year"] = int(told["year"]) if "year" in told else None
    done = take(None, "load_law", by=request.user, at=now(), kind=kind, trial=not load, **told)
    if isinstance(done, Refused):
        return _show(request, kind, fields, refused=done, status=409)
    if load:
        messages.success(
            request, _("已载入《%s》。在办申请的期限由后台重算，每动一件留一条痕迹。") % done.title
        )
        return HttpResponseRedirect(reverse("desk:laws"))
    return _show(request, kind, fields, looked=done)


def _show(
    request: HttpRequest, kind: str, fields: list[Field], looked: Notice | NormFile | None = None, refused: Refused | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "kind": kind, "kinds": KINDS, "fields": fields, "refused": refused, "looked": looked,
        "loaded": [(row, row.unread()) for row in find("law").order("-pk")], "known": _known_years(request),
    }  # fmt: skip
    if looked is not None:
        moved = casework.recount_open(now(), "", suppose=[looked])
        reach, days = reach_of(request), days_of(request)
        context |= {
            "moved": [(m, reach.all.get(m.agency_id), m.agency_id in reach.ids("case.see"), days.said(m.before), days.said(m.after)) for m in moved[:_MOST]],
            "moved_total": len(moved), "open_total": casework.find("case", state__in=casework.OPEN_STATES).count(),
        }  # fmt: skip
    if isinstance(looked, Notice):
        context["festivals"] = _festivals(looked)
        context["again"] = days_of(request).table.known(looked.year)
    return page(request, "laws", context, status)


def _known_years(request: HttpRequest) -> list[tuple[int, bool]]:
    """This year and the two after it: is the year's arrangement known?"""
    days = days_of(request)
    return [(y, days.table.known(y)) for y in range(days.today.year, days.today.year + 3)]


def _festivals(notice: Notice) -> list[tuple[str, list[str], list[str]]]:
    """Each festival with its days off and its days worked, in the order of the year."""
    days = sorted([(d, name, True) for d, name in notice.off] + [(d, name, False) for d, name in notice.work])
    first: dict[str, int] = {}
    for place, (_d, name, _off) in enumerate(d for d in days if d[2]):
        first.setdefault(name, place)
    ordered = sorted(days, key=lambda d: (first.get(d[1], 999), d[1], d[0]))
    return [
        (
            name,
            [f"{d:%Y-%m-%d}" for d, _n, off in held if off],
            [f"{d:%Y-%m-%d}" for d, _n, off in held if not off],
        )
        for name, rows in groupby(ordered, key=lambda d: d[1])
        for held in [list(rows)]
    ]
