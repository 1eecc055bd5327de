"""The register of issued papers: list and CSV, one paper with its history, entry by form, change of attribute."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import (
    MOST_NUMBER,
    organ_asked,
    page,
    power,
    query,
    reach_of,
    seen,
    whole,
    year_asked,
)
from mingtang.desk.cases.views import stream_csv
from mingtang.desk.entry import Form, entry
from mingtang.desk.fields import Field, Mistyped, read, refill
from mingtang.desk.records.naming import act_word
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import find, now

# The register is the organ's own: who may see its drafts may see it, nobody from outside.
SEE = "document.see_draft"
BASIS = "国办发〔2016〕80号：公开属性源头认定"
ATTRIBUTES = tuple(disclosure.PaperRegister.ATTRIBUTES.items())
_LENGTH = 20
_HEAD = [
    "文号",
    "标题",
    "单位",
    "成文日期",
    "公开属性",
    "不公开的依据和理由",
    "从哪里来",
    "据",
    "登记时间",
    "索引号",
]


def wanted(request: HttpRequest) -> tuple[Any, dict[str, Any]]:
    """The lines as asked for: organs in reach, a year, an attribute, words; and the filters as they were understood."""
    ids = reach_of(request).ids(SEE)
    asked: dict[str, Any] = {
        "q": query(request, "q", 120), "year": year_asked(request.GET.get("year"), 1949, 2100),
        "organ": organ_asked(request.GET.get("organ"), ids), "attribute": request.GET.get("attribute", ""),
    }  # fmt: skip
    if asked["organ"]:
        ids = frozenset({asked["organ"]})
    found = disclosure.find("paper", agency_id__in=sorted(ids))
    if asked["q"]:
        found = found.where_q(Q(title__icontains=asked["q"]) | Q(doc_no__icontains=asked["q"]))
    if asked["year"]:
        found = found.where(written_on__year=asked["year"])
    if asked["attribute"] in disclosure.PaperRegister.ATTRIBUTES:
        found = found.where(attribute=asked["attribute"])
    elif asked["attribute"] == "missing":  # to be public, and nowhere in the catalogue
        found = found.where(attribute="open", document_id__isnull=True)
    return found, asked


@power(SEE, room="文")
def listing(request: HttpRequest) -> HttpResponse:
    """The register, the newest paper first."""
    found, asked = wanted(request)
    reach, today = reach_of(request), now().date()
    organs = reach.agencies(SEE)
    return page(request, "papers", {
        "page": found.page(whole(request.GET.get("page"), most=10**6), _LENGTH), "asked": asked, "query": request.GET.urlencode(),
        "organs": organs if len(organs) > 1 else [], "years": range(today.year, today.year - 20, -1),
        "attributes": {**disclosure.PaperRegister.ATTRIBUTES, "missing": _("主动公开，还不在目录")}, "may_enter": bool(reach.ids("paper.enter")),
    })  # fmt: skip


@power(SEE, room="文")
def export(request: HttpRequest) -> HttpResponseBase:
    """The lines as asked for, as CSV."""
    found, _asked = wanted(request)
    numbers = dict(found.where(document_id__isnull=False).values("document_id", "index_no"))
    rows = (
        [p.doc_no, p.title, p.agency_name, p.written_on, p.attribute_name, p.attribute_ground, p.source_name, p.stated_by,
         f"{p.entered_at:%Y-%m-%d}", numbers.get(p.document_id)]
        for p in found
    )  # fmt: skip
    return stream_csv("papers.csv", _HEAD, rows)


def paper_of(request: HttpRequest, number: int) -> disclosure.IssuedPaperRow:
    """The line, if there is one and the person may see it. Raises Http404 or Barred."""
    return seen(
        request, disclosure.find("paper", pk=min(number, MOST_NUMBER)), SEE, _("登记簿里没有这份文件")
    )


@power(SEE, room="文")
def paper(request: HttpRequest, number: int) -> HttpResponse:
    """One paper with what became of its attribute."""
    return _show(request, paper_of(request, number))


def _change_fields(row: disclosure.IssuedPaperRow) -> list[Field]:
    others = tuple((k, v) for k, v in ATTRIBUTES if k != row.attribute)
    return [
        Field("attribute", "改为", "choice", True, choices=others, value=others[0][0]),
        Field("ground", "不公开的依据", hint="改为不予公开的，写明条款", most=200),
        Field("reason", "变更的理由", "area", True, "情况发生了什么变化；会留痕", most=500),
    ]


def _show(
    request: HttpRequest, row: disclosure.IssuedPaperRow, fields: list[Field] | None = None,
    refused: Refused | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    acts = list(find("act", subject_type="paper", subject_id=str(row.id)))
    names = {p.pk: p.name for p in find("person", pk__in={a.person_id for a in acts if a.person_id})}
    words = disclosure.PaperRegister.ATTRIBUTES
    return page(request, "paper", {
        "paper": row, "fields": fields or _change_fields(row), "refused": refused,
        "document": disclosure.find("document", pk=row.document_id).first() if row.document_id else None,
        "may_change": bool(reach_of(request).may("paper.decide", row)) and row.document_state != "live",
        "history": [
            {"at": a.at, "by": names.get(a.person_id, "平台"), "word": act_word(a.verb), "said": a.payload or {},
             "from": words.get(a.facts.get("from", ""), ""), "to": words.get(a.facts.get("to") or a.facts.get("attribute", ""), ""),
             "numbers": [a.facts.get("from") or "—", a.facts.get("to") or "—"]
             if a.verb == "paper.follow" and a.facts.get("from") != a.facts.get("to") else []}
            for a in acts
        ],
    }, status)  # fmt: skip


@power("paper.decide", room="文", methods=("GET", "POST"))
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Change a paper's attribute, with its reason."""
    row = paper_of(request, number)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:paper", args=[row.id]))
    fields = _change_fields(row)
    try:
        told = read(fields, request.POST)
        done = disclosure.PaperRegister.change(row.id, **told, by=request.user, at=now())
    except Mistyped as mistyped:
        done = mistyped.refused
    if isinstance(done, Refused):
        return _show(request, row, refill(fields, request.POST), done, 409)
    messages.success(request, _("公开属性已改为%s，理由已留痕。") % _(done.attribute_name))
    return HttpResponseRedirect(reverse("desk:paper", args=[row.id]))


@power("paper.enter", room="文", methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Enter one paper that does not come from a draft here."""
    organs = [a for a in reach_of(request).agencies("paper.enter") if a.valid_to is None]
    fields = [
        Field("agency", "单位", "choice", True, choices=tuple((str(a.pk), a.name) for a in organs), value=str(organs[0].pk) if organs else ""),
        Field("doc_no", "文号", required=True, hint="照文件上的写全", most=80),
        Field("title", "标题", required=True, hint="文件的正式全称", most=300),
        Field("written_on", "成文日期", "day", True, "签发日，不晚于今天"),
        Field("attribute", "公开属性", "choice", True, choices=ATTRIBUTES, value="on_request"),
        Field("attribute_ground", "不公开的依据和理由", hint="不予公开的必填，写明条款", most=200),
    ]  # fmt: skip

    def do(told: dict[str, Any]) -> tuple[str, str] | Refused:
        agency = next((a for a in organs if str(a.pk) == told.pop("agency")), None)
        made = disclosure.PaperRegister.enter(request.user, now(), agency=agency, **told)  # type: ignore[arg-type]
        if isinstance(made, Refused):
            return made
        return _("已登记%s。") % made.doc_no, reverse("desk:paper", args=[made.id])

    form = Form(
        _("登记文件"), _("不公开的文件、没有在这里起草的文件，登记一份一条；在这里起草的有文号就自动在簿。涉密文件不登记。"),
        _("登记"), BASIS, ((_("文件登记簿"), reverse("desk:papers")),),
    )  # fmt: skip
    return entry(request, form, fields, do)
