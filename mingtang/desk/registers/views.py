"""Registers at the desk: what was held or handed over, entered once, counted in the annual report; list, entry, CSV."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import organ_asked, page, power, query, reach_of, whole, year_asked
from mingtang.desk.cases.views import stream_csv
from mingtang.desk.fields import Field, Mistyped, clean, read, refill
from mingtang.law.api import Refused
from mingtang.ledger.api import find, now
from mingtang.oversight import api as oversight

_LENGTH = 20
_MOST_PEOPLE = 1_000_000
MEETINGS = (("conference", "新闻发布会"), ("interview", "在线访谈"))
COURSES = (("course", "培训"), ("meeting", "会议"))
PLACES = (("archive", "国家档案馆"), ("library", "公共图书馆"), ("service", "政务服务场所"))
CHIEF = (("yes", "参加了"), ("no", "没有参加"))


@dataclass(frozen=True)
class Book:
    """One register: its words, its fields beside the organ, the name of its day, what is searched, the figure it feeds."""

    key: str
    title: str
    about: str
    day: str
    words: str
    fields: tuple[Field, ...]
    columns: tuple[tuple[str, str], ...]


_HELD = Field("held_on", "日期", "day", True, "不能晚于今天")
BOOKS: dict[str, Book] = {
    b.key: b
    for b in (
        Book(
            "press_conference", "新闻发布会和访谈", "一场一条；年报“举办新闻发布会”“在线访谈”的次数从这里数", "held_on", "subject",
            (Field("kind", "形式", "choice", True, choices=MEETINGS, value="conference"), Field("subject", "主题", required=True, most=160), _HELD,
             Field("chief", "主要负责同志", "choice", hint="没有记载就不填", choices=CHIEF)),
            (("held_on", "日期"), ("subject", "主题"), ("kind", "形式"), ("chief", "主要负责同志")),
        ),
        Book(
            "training", "培训和会议", "一次一条；年报“举办培训班”的次数和人数从这里数", "held_on", "subject",
            (Field("kind", "形式", "choice", True, choices=COURSES, value="course"), Field("subject", "内容", required=True, most=160), _HELD,
             Field("people", "参加人数", "number", True, most=7)),
            (("held_on", "日期"), ("subject", "内容"), ("kind", "形式"), ("people", "参加人数")),
        ),
        Book(
            "delivery", "送交公开文件", "向档案馆、图书馆送交一次一条（条例第二十五条）", "delivered_on", "place",
            (Field("place", "送到哪里", required=True, hint="例如 市档案馆", most=80), Field("delivered_on", "日期", "day", True, "不能晚于今天"),
             Field("copies", "份数", "number", True, most=7), Field("receipt", "回执编号", most=80)),
            (("delivered_on", "日期"), ("place", "送到哪里"), ("copies", "份数"), ("receipt", "回执编号")),
        ),
        Book(
            "place", "查阅点", "向哪里送交、公众到哪里查阅（条例第二十五条）；打开一处，列出上次送交以后新公开的文件", "opened_on", "name",
            (Field("kind", "种类", "choice", True, choices=PLACES, value="archive"), Field("name", "名称", required=True, most=80),
             Field("address", "地址", most=160), Field("hours", "开放时间", most=80), Field("contact", "联系人和电话", most=80),
             Field("opened_on", "从哪天起送交", "day", True, "这一天起公开的都要送；不能晚于今天")),
            (("opened_on", "从哪天起送交"), ("name", "名称"), ("kind", "种类"), ("address", "地址"), ("hours", "开放时间"), ("contact", "联系人和电话")),
        ),
    )
}  # fmt: skip
_NUMBERS = ("people", "copies")
_SHOWN: dict[str, dict[Any, str]] = {
    "kind": dict(MEETINGS + COURSES + PLACES),
    "chief": {True: "参加了", False: "没有参加", None: "没有记载"},
}


def _book(what: str) -> Book:
    if what not in BOOKS:
        raise Http404(_("没有这本登记簿"))
    return BOOKS[what]


def _wanted(request: HttpRequest, book: Book) -> tuple[Any, dict[str, Any]]:
    """The rows as asked for: organs in reach, a year, words."""
    ids = reach_of(request).ids("register.add")
    asked: dict[str, Any] = {
        "q": query(request, "q", 60),
        "year": year_asked(request.GET.get("year"), 1990, 2100),
        "organ": organ_asked(request.GET.get("organ"), ids),
    }
    if asked["organ"]:
        ids = frozenset({asked["organ"]})
    found = oversight.find(book.key, agency_id__in=sorted(ids))
    if asked["year"]:
        found = found.where(**{f"{book.day}__year": asked["year"]})
    if asked["q"]:
        found = found.where_q(
            Q(**{f"{book.words}__icontains": asked["q"]}) | Q(agency_name__icontains=asked["q"])
        )
    return found.order(f"-{book.day}", "-pk"), asked


def _form(request: HttpRequest, book: Book) -> list[Field]:
    organs = tuple(
        (str(a.pk), a.name) for a in reach_of(request).agencies("register.add") if a.valid_to is None
    )
    first = Field("agency", "单位", "choice", True, choices=organs, value=organs[0][0] if organs else "")
    return [first, *(replace(f, value=str(now().date())) if f.kind == "day" else f for f in book.fields)]


@power("register.add", room="簿")
def registers(request: HttpRequest) -> HttpResponse:
    """The first book."""
    return HttpResponseRedirect(reverse("desk:register", args=["press_conference"]))


@power("register.add", room="簿", methods=("GET", "POST"))
def register(request: HttpRequest, what: str) -> HttpResponse:
    """One book: its rows, newest first, and a form for the next one."""
    book = _book(what)
    fields = _form(request, book)
    if request.method != "POST":
        return _show(request, book, fields)
    try:
        row = _typed(read(fields, request.POST))
    except Mistyped as mistyped:
        return _show(request, book, refill(fields, request.POST), mistyped.refused, 409)
    done = oversight.enter(book.key, [row], by=request.user, at=now())  # type: ignore[arg-type]
    if isinstance(done, Refused):
        return _show(request, book, refill(fields, request.POST), done, 409)
    messages.success(request, _("已登记一条；年报的数随后更新"))
    return HttpResponseRedirect(reverse("desk:register", args=[book.key]))


@power("register.strike", room="簿", methods=("POST",))
def strike(request: HttpRequest, what: str, number: int) -> HttpResponse:
    """Strike out a row entered by mistake; it stays in the list with its reason."""
    book = _book(what)
    reason = clean(request.POST.get("reason"))
    done = oversight.strike(book.key, number, reason=reason, by=request.user, at=now())  # type: ignore[arg-type]
    if isinstance(done, Refused):
        return _show(request, book, _form(request, book), done, 409)
    messages.success(request, _("已划去一条，理由留在登记簿上；年报的数随后更新"))
    return HttpResponseRedirect(reverse("desk:register", args=[book.key]))


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    """Typed values as the register keeps them. Raises Mistyped."""
    for key in _NUMBERS:
        if key in row:
            text = str(row[key])
            if not (text.isascii() and text.isdigit() and int(text) <= _MOST_PEOPLE):
                raise Mistyped(
                    Refused(f"“{text[:12]}”不是可以登记的数", "登记簿记实有的人数、份数", "请填 0 或正整数")
                )
            row[key] = int(text)
    row["agency"] = find("agency", pk=int(row["agency"])).one()
    if "chief" in row:
        row["chief"] = row["chief"] == "yes"
    return row


def _show(request: HttpRequest, book: Book, fields: list[Field], refused: Refused | None = None, status: int = 200) -> HttpResponse:  # fmt: skip
    found, asked = _wanted(request, book)
    shown = found.page(whole(request.GET.get("page"), most=10**6), _LENGTH)
    organs = reach_of(request).agencies("register.add")
    years = range(now().date().year, now().date().year - 10, -1)
    return page(request, "register", {
        "book": book, "books": BOOKS.values(), "fields": fields, "refused": refused, "page": shown, "asked": asked, "years": years,
        "rows": [(r, _cells(book, r)) for r in shown.rows], "organs": organs if len(organs) > 1 else [], "query": request.GET.urlencode(),
        "strikable": reach_of(request).ids("register.strike"),
    }, status)  # fmt: skip


def _cells(book: Book, row: Any) -> list[tuple[str, str, Any]]:
    """(column, word, value as shown) of one row."""
    return [(key, word, _shown(key, getattr(row, key))) for key, word in book.columns]


def _shown(key: str, value: Any) -> Any:
    words = _SHOWN.get(key)
    return words.get(value, value) if words else value


@power("register.add", room="簿")
def export(request: HttpRequest, what: str) -> HttpResponseBase:
    """The rows as asked for, as CSV."""
    book = _book(what)
    found, _asked = _wanted(request, book)
    head = ["单位", *(word for _key, word in book.columns), "来源", "划去的理由"]
    rows = (
        [r.agency_name, *(_shown(k, getattr(r, k)) for k, _w in book.columns), r.stated_by, r.struck]
        for r in found
    )
    return stream_csv(f"{book.key}.csv", head, rows)
