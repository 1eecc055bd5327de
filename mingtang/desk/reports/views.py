"""Annual reports: which there are, one with every cell to be opened, its figures' rows, its files, its filing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import Barred, allow, organ_asked, page, power, query, reach_of, whole, year_asked
from mingtang.desk.cases.views import stream_csv
from mingtang.desk.chips import days_of
from mingtang.desk.fields import Field, Mistyped, clean, read, refill
from mingtang.desk.reports.figures import (
    batches,
    head_of,
    in_reach,
    keys_of_prose,
    lines,
    opened,
    where_text,
)
from mingtang.desk.reports.tables import drawn
from mingtang.law.api import Refused
from mingtang.ledger.api import Agency, FileRow, find, law, now
from mingtang.oversight import api as oversight

_FIRST_YEAR = 2008
_ROWS = 20
_ASK_AGAIN = 2  # seconds between two looks at a file that is being made
_ORDERS, _KEPT = "report_orders", 20  # the session remembers who ordered which file, the newest twenty
_DECLARE = (
    Field("value", "数值", "number", True, "件数填整数；金额以万元计", most=24),
    Field("unit_name", "填报单位", required=True, hint="说这个数的单位", most=120),
    Field("source", "依据材料", required=True, hint="哪份统计表、哪个文件", most=200),
    Field("signer", "签字人", required=True, most=60),
    Field("signed_on", "签字日期", "day", True),
)


@power("report.see", room="报")
def listing(request: HttpRequest) -> HttpResponse:
    """Which years and organs there are, and what was filed."""
    organs = list(reach_of(request).agencies("report.see"))
    ids = [a.pk for a in organs]
    filed = list(oversight.find("report", agency_id__in=ids).order("-year", "agency_order").page(1, 100).rows)
    counted = sorted(oversight.find("tally").group("year"), reverse=True)
    this = now().date().year
    years = sorted({this, this - 1, *counted, *(r.year for r in filed)}, reverse=True)
    asked = year_asked(request.GET.get("year"), _FIRST_YEAR, this)
    if asked:
        agency = organ_asked(request.GET.get("agency"), ids) or ids[0]
        return HttpResponseRedirect(_address("report", asked, agency))
    return page(
        request,
        "reports",
        {
            "organs": organs,
            "years": years,
            "filed": filed,
            "this": this,
            "home": organs[0] if organs else None,
        },
    )


def _address(name: str, year: int, agency: int, **more: str) -> str:
    return f"{reverse(f'desk:{name}', args=[year])}?{urlencode({'agency': agency, **more})}"


def _beside(made: oversight.Compiled, name: str, **more: str) -> str:
    """The address of something of this report; a filed one names its version, for a later one may be under way."""
    version = {"version": str(made.version)} if made.frozen else {}
    return _address(name, made.year, made.agency.pk, **version, **more)


def _asked(request: HttpRequest, year: int) -> tuple[Agency, oversight.Compiled]:
    """The organ asked for and its compiled report. Raises Http404 or Barred."""
    source = request.POST if request.method == "POST" else request.GET
    reach = reach_of(request)
    number = organ_asked(source.get("agency"))
    if not number:
        first = reach.agencies("report.see")
        number = first[0].pk if first else 0
    agency = find("agency", pk=number).first()
    if agency is None:
        raise Http404(_("没有这个单位"))
    allow(request, "report.see", agency)
    if not _FIRST_YEAR <= year <= now().date().year:
        raise Http404(_("没有这一年的年报：条例自2008年5月1日施行，未来的年份还没有记录"))
    made = oversight.compile_report(
        agency, year, now(), whole(source.get("version"), most=999, default=0) or None
    )
    if isinstance(made, Refused):
        raise Barred(made)
    return agency, made


@power("report.see", room="报")
def report(request: HttpRequest, year: int) -> HttpResponse:
    """The report as it stands: sections, tables, relations, what blocks filing."""
    agency, made = _asked(request, year)
    return _show(request, agency, made)


def _show(
    request: HttpRequest,
    agency: Agency,
    made: oversight.Compiled,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    failed = {code for r in made.relations if r.state == "failed" for code, _v in r.figures}
    states: dict[str, list[Any]] = {"held": [], "failed": [], "not_testable": []}
    for r in made.relations:
        states[r.state].append(r)
    sections = _sections(made)
    known = {s["number"] for s in sections}
    printed = [(t.section, drawn(made, t, failed)) for t in made.form.tables if t.printed]
    versions = list(oversight.find("report", agency_id=agency.pk, year=made.year).order("-version"))
    filing = next((v for v in versions if v.version == made.version), None)
    days = days_of(request)
    limit = _limit(agency, made.year)
    return page(request, "report", {
        "agency": agency, "made": made,
        "sections": [(s, [t for number, t in printed if number == s["number"]]) for s in sections],
        "rest": [t for number, t in printed if number not in known],
        "relations": states, "tested": len(states["held"]) + len(states["failed"]),
        "base": _beside(made, "report-figure"), "export": _beside(made, "report-export"),
        "missing": [(c, f.title.strip()) for c, f in made.figures.items() if f.value is None],
        "filing": filing, "versions": versions, "state": filing.state_name if filing else "编制中",
        # A correction is of a report that was filed: the limit of article 49 was for that one.
        "limit": days.until(limit) if limit and made.state == "draft" and made.version == 1 and made.year >= now().date().year - 1 else None,
        "typed": filing.prose if filing else {},
        "may_write": made.state == "draft" and agency.pk in reach_of(request).ids("report.compile"),
        "years": range(now().date().year, _FIRST_YEAR - 1, -1), "organs": reach_of(request).agencies("report.see"),
        "may_file": agency.pk in reach_of(request).ids("report.file"),
        "may_correct": bool(versions) and made.version == versions[0].version and made.state != "draft"
        and agency.pk in reach_of(request).ids("report.file"), "refused": refused,
    }, status)  # fmt: skip


def _limit(agency: Agency, year: int) -> date | None:
    """The last day for a year's report, by the law of that spring (article 49); None when the law names none."""
    named = "annual_report_government_by" if agency.type == "government" else "annual_report_department_by"
    of_spring = law(date(year + 1, 1, 1))
    norm = of_spring if isinstance(of_spring, Refused) else of_spring.norm(named)
    return None if isinstance(norm, Refused) else date.fromisoformat(f"{year + 1}-{norm.value}")


def _sections(made: oversight.Compiled) -> list[dict[str, Any]]:
    """The prose with an address key on each figure."""
    keys = {(c, where_text(made.figure_of[c, w].where)): k for (c, w), k in keys_of_prose(made).items()}
    return [
        {
            "number": s.number,
            "title": s.title,
            "paragraphs": [
                [
                    (
                        run.text,
                        keys.get((run.asked.counter, where_text(run.asked.as_where())), "")
                        if run.asked
                        else "",
                    )
                    for run in p
                ]
                for p in s.paragraphs
            ],
        }
        for s in made.sections
    ]


@power("report.see", room="报")
def figure(request: HttpRequest, year: int) -> HttpResponse:
    """One figure: value, source, rule, rows; a drawer beside the report or a page of its own."""
    agency, made = _asked(request, year)
    return _figure(request, agency, made, request.GET.get("cell", ""))


def _figure(
    request: HttpRequest, agency: Agency, made: oversight.Compiled, key: str, refused: Refused | None = None,
    fields: list[Field] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    found = opened(made, key[:80])
    if found is None:
        raise Http404(_("年报里没有这个数"))
    counted = made.rows(found.figure)
    shown, beyond = in_reach(counted, reach_of(request)) if counted else (None, 0)
    rows = shown.page(whole(request.GET.get("page"), most=10**7), _ROWS) if shown else None
    total = rows.total + beyond if rows else 0
    moved = bool(
        rows and not made.frozen and not found.measured and found.figure.how == "counted" and total != found.figure.known
    )  # fmt: skip
    relations = [r for r in made.relations if any(code == key for code, _v in r.figures)]
    context = {
        "agency": agency, "made": made, "opened": found, "rows": rows, "head": head_of(rows.rows[0]) if rows and rows.rows else (),
        "lines": lines(rows.rows, reach_of(request)) if rows else [], "relations": relations, "moved": moved,
        "since": counted.since() if counted else (0, 0), "total": total, "beyond": beyond,
        "back": _beside(made, "report"), "csv": _beside(made, "report-figure-csv", cell=key),
        "self": _beside(made, "report-figure", cell=key), "refused": refused,
        "fields": fields or _DECLARE, "may_declare": _declarable(request, agency, made, key), "unfolded": bool(refused),
    }  # fmt: skip
    drawer = context["drawer"] = getattr(request, "htmx", False) and request.method == "GET"
    return page(request, "part_figure" if drawer else "figure", context, status)


def _declarable(request: HttpRequest, agency: Agency, made: oversight.Compiled, key: str) -> bool:
    return (
        key in made.figures and made.state == "draft" and agency.pk in reach_of(request).ids("report.declare")
    )


@power("report.see", room="报")
def figure_csv(request: HttpRequest, year: int) -> HttpResponse:
    """Every row behind a figure."""
    _agency, made = _asked(request, year)
    key = request.GET.get("cell", "")
    found = opened(made, key[:80])
    if found is None or (counted := made.rows(found.figure)) is None:
        raise Http404(_("这个数没有可以展开的记录"))
    rows, beyond = in_reach(counted, reach_of(request))
    sample = rows.first()
    head = list(head_of(sample)) if sample is not None else ["没有记录"]
    name = f"{made.agency.code}-{made.year}-{found.key}.csv".replace("/", "_").replace('"', "")
    told = [(_("另有%d条属于你看不到的单位，只计数") % beyond,)] if beyond else []
    cells = (line.cells for line in batches(rows, reach_of(request)))
    return stream_csv(name, head, chain(cells, told))


@power("report.see", room="报")
def export(request: HttpRequest, year: int) -> HttpResponse:
    """The report as a file. A PDF takes seconds that this process must not spend: it is ordered and fetched when made."""
    agency, made = _asked(request, year)
    how = request.GET.get("format", "")
    if how not in oversight.FORMATS:
        raise Http404(_("没有这种格式；有：JSON、HTML、Word、Excel、PDF"))
    if how == "pdf":
        order = oversight.render_later(agency.pk, year, how, made.version if made.frozen else None)
        request.session[_ORDERS] = [*request.session.get(_ORDERS, []), [order, agency.pk, year]][-_KEPT:]
        return HttpResponseRedirect(_address("report-made", year, agency.pk, order=order))
    response = HttpResponse(oversight.render(made, how), content_type=oversight.MEDIA[how])
    response["Content-Disposition"] = f'attachment; filename="{agency.code}-{made.year}.{how}"'
    return response


@power("report.see", room="报")
def fetch(request: HttpRequest, year: int) -> HttpResponseBase:
    """The PDF that this person ordered: still being made (the page asks again by itself), made, or failed."""
    order, number = query(request, "order", 64), organ_asked(request.GET.get("agency"))
    agency = find("agency", pk=number).first()
    if agency is None or [order, number, year] not in request.session.get(_ORDERS, []):
        raise Http404(_("没有这份要下载的文件：请从年报页面重新点“PDF”"))
    allow(request, "report.see", agency)
    state, digest = oversight.rendered(order)
    if state == "done" and FileRow.path_of(digest).is_file():
        return FileResponse(
            FileRow.path_of(digest).open("rb"), as_attachment=True, filename=f"{agency.code}-{year}.pdf",
            content_type=oversight.MEDIA["pdf"],
        )  # fmt: skip
    pending = state in ("ready", "running")
    refused = None if pending else Refused(
        "PDF没有做成",
        "PDF需要Pango的库和中文字体",
        "请先下载Word；管理员可运行 mingtang doctor 看缺什么",
    )  # fmt: skip
    context = {
        "agency": agency, "year": year, "pending": pending, "refused": refused, "again": _ASK_AGAIN,
        "back": _address("report", year, agency.pk), "self": request.get_full_path(),
        "word": _address("report-export", year, agency.pk, format="docx"),
    }  # fmt: skip
    return page(request, "report_made", context, 200 if pending else 503)


@power("report.declare", room="报", methods=("POST",))
def declare(request: HttpRequest, year: int) -> HttpResponse:
    """State a figure that no record gives."""
    agency, made = _asked(request, year)
    key = request.POST.get("cell", "")[:80]
    try:
        values = read(_DECLARE, request.POST)
        done = oversight.take(
            agency, "declare", year=year, by=request.user, at=now(), cell=key, value=_decimal(values.pop("value")), **values
        )  # fmt: skip
    except Mistyped as mistyped:
        done = mistyped.refused
    if isinstance(done, Refused):
        return _figure(request, agency, made, key, done, refill(_DECLARE, request.POST), 409)
    messages.success(request, _("已记下申报数，署单位、材料和签字人。"))
    return HttpResponseRedirect(_address("report-figure", year, agency.pk, cell=key))


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise Mistyped(
            Refused(f"“{text[:20]}”不是数字", "申报数是一个数", "请只填数字，例如 312.5")
        ) from None


@power("report.compile", room="报", methods=("POST",))
def write(request: HttpRequest, year: int) -> HttpResponse:
    """What people write in one section, beside the counted sentences."""
    agency, made = _asked(request, year)
    section, text = clean(request.POST.get("section"))[:10], clean(request.POST.get("text"))
    done = oversight.take(agency, "write", year=year, by=request.user, at=now(), section=section, text=text)
    if isinstance(done, Refused):
        return _show(request, agency, made, done, 409)
    messages.success(request, _("第%(s)s部分已保存。") % {"s": section})
    return HttpResponseRedirect(_address("report", year, agency.pk))


@power("report.file", room="报", methods=("POST",))
def file(request: HttpRequest, year: int) -> HttpResponse:
    """Freeze the report and draft it as a document."""
    agency, made = _asked(request, year)
    done = oversight.take(agency, "file", year=year, by=request.user, at=now())
    if isinstance(done, Refused):
        return _show(request, agency, made, done, 409)
    messages.success(request, _("已定稿。下面是它的公开稿，和别的文件一样送审。"))
    return HttpResponseRedirect(reverse("desk:document", args=[done.document_id]))


@power("report.file", room="报", methods=("POST",))
def correct(request: HttpRequest, year: int) -> HttpResponse:
    """Open the next version of a filed report."""
    agency, made = _asked(request, year)
    reason = clean(request.POST.get("reason"))
    done = oversight.take(agency, "correct", year=year, by=request.user, at=now(), reason=reason)
    if isinstance(done, Refused):
        return _show(request, agency, made, done, 409)
    messages.success(request, _("已开新的一版。定稿以前，公开的仍是原来那一版。"))
    return HttpResponseRedirect(_address("report", year, agency.pk))
