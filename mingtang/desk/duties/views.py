"""Duties: what my organs must publish, how many days are left, what fulfilled them; the office sees them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import allow, organ_asked, page, power, reach_of, whole
from mingtang.desk.chips import NEAR, Days, days_of
from mingtang.desk.fields import Field, Mistyped, read, refill
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, Page, now

_MOST = 3000
_LENGTH = 20


@dataclass(frozen=True)
class Square:
    """One cell of the matrix: ``tone`` late | soon | fine | na; a glyph, a word, and the duties in it."""

    tone: str
    glyph: str
    word: str
    url: str
    rank: int


def _square(rows: list[Any], days: Days) -> Square:
    """The worst of the duties in one cell."""
    if not rows:
        return Square("na", "—", _("没有这项职责"), "", 0)
    worst = min(rows, key=lambda r: (_met(r), r.due_on))
    left = days.left(worst.due_on)
    if _met(worst):
        return Square("fine", "✓", _("已发"), f"{worst.id}/", 0)
    if worst.due_on < days.today:
        return Square("late", "▲", _("晚%d日") % -left, f"{worst.id}/", 100_000 - left)
    if left <= NEAR:
        return Square("soon", "△", _("剩%d日") % left, f"{worst.id}/", 1000 - left)
    return Square("fine", "", _("剩%d日") % left, f"{worst.id}/", 0)


def _met(row: Any) -> bool:
    return bool(row.publication_id or row.evidence)


@power("document.see", room="责")
def listing(request: HttpRequest) -> HttpResponse:
    """Instances that run or are late, by organ; as a matrix for those who watch over many."""
    reach, days = reach_of(request), days_of(request)
    organs = reach.agencies("document.see")
    ids = reach.ids("document.see")
    rows = _current(ids, days)
    matrix = len({r.duty.agency_id for r in rows}) > 1
    chosen = organ_asked(request.GET.get("organ"), ids)
    listed = [r for r in rows if not chosen or r.duty.agency_id == chosen]
    late = [r for r in rows if not _met(r) and r.due_on < days.today]
    near = [r for r in rows if not _met(r) and days.today <= r.due_on and days.left(r.due_on) <= NEAR]
    themes = _themes(rows)
    listed.sort(key=lambda r: (_met(r), r.due_on))
    number = min(whole(request.GET.get("page"), most=1000), max(1, -(-len(listed) // _LENGTH)))
    shown = Page(tuple(listed[(number - 1) * _LENGTH : number * _LENGTH]), number, _LENGTH, len(listed))
    return page(request, "duties", {
        "matrix": _matrix(rows, organs, themes, days) if matrix else [], "themes": [t for _k, t in themes], "late": len(late), "near": len(near),
        "total": len(rows), "met": sum(_met(r) for r in rows), "units": len({r.duty.agency_id for r in rows}),
        "late_units": len({r.duty.agency_id for r in late}), "chosen": chosen, "organs": organs, "went": _went(reach.ids("document.see"), days),
        "page": shown, "rows": [(r, None if _met(r) else days.until(r.due_on)) for r in shown.rows],
    })  # fmt: skip


def _current(ids: Iterable[int], days: Days) -> list[Any]:
    """The periods that hold today, and older ones still open."""
    here = sorted(ids)
    running = disclosure.find("duty_instance", agency_id__in=here, period_to__gte=days.today)
    late = disclosure.find(
        "duty_instance",
        agency_id__in=here,
        period_to__lt=days.today,
        publication_id__isnull=True,
        evidence__isnull=True,
    )
    return [*late.page(1, _MOST).rows, *running.page(1, _MOST).rows]


def _went(ids: Iterable[int], days: Days) -> tuple[int, int]:
    """Papers that owed a day and went out this year: how many, and how many of them after it."""
    papers = Q(document_id__isnull=False, published_at__year=days.today.year, agency_id__in=sorted(ids))
    out = disclosure.find("duty_instance").where_q(papers)
    return out.count(), out.where_q(Q(published_on__gt=F("due_on"))).count()


def _themes(rows: list[Any]) -> list[tuple[str, str]]:
    """Columns of the matrix: the themes of the key areas that occur, other duties last."""
    found = {_theme(r)[0]: _theme(r)[1] for r in rows}
    return sorted(found.items(), key=lambda t: (t[0] == "", t[0]))


def _theme(row: Any) -> tuple[str, str]:
    if row.document_id:
        return "~made", "形成后限期公开"
    area = disclosure.KEY_AREAS.get(row.duty.key_area)
    return (area.theme, area.theme_title) if area else ("", "其他职责")


def _matrix(
    rows: list[Any], organs: list[Any], themes: list[tuple[str, str]], days: Days
) -> list[dict[str, Any]]:
    """One line for each organ with duties, those most behind first."""
    cells: dict[tuple[int, str], list[Any]] = {}
    for r in rows:
        cells.setdefault((r.duty.agency_id, _theme(r)[0]), []).append(r)
    made = []
    for organ in organs:
        squares = [_square(cells.get((organ.pk, key), []), days) for key, _t in themes]
        own = [r for (a, _k), rs in cells.items() if a == organ.pk for r in rs if not _met(r)]
        if any(s.tone != "na" for s in squares):
            late = sum(r.due_on < days.today for r in own)
            near = sum(days.today <= r.due_on and days.left(r.due_on) <= NEAR for r in own)
            made.append(
                {
                    "organ": organ,
                    "squares": squares,
                    "late": late,
                    "near": near,
                    "rank": sum(s.rank for s in squares),
                }
            )
    return sorted(made, key=lambda m: -m["rank"])


_ELSEWHERE = (
    Field("on", "公开的日期", "day", True, "不能晚于今天"),
    Field("place", "在哪里公开的", required=True, hint="例如 信用平台、公告栏、报纸第几版", most=120),
    Field("link", "网址", hint="有网址的填上，方便核对", most=300),
)


@power("document.see", room="责")
def duty(request: HttpRequest, number: int) -> HttpResponse:
    """One duty in one period: what, on which basis, how often, what fulfilled it, and the periods before."""
    row = _asked(request, number)
    if row.duty.task == "appraisal" and reach_of(request).may("document.see_draft", row.duty):
        return HttpResponseRedirect(reverse("desk:round", args=[row.id]))
    return _show(request, row)


@power("duty.fulfil", room="责", methods=("GET", "POST"))
def fulfil(request: HttpRequest, number: int) -> HttpResponse:
    """Say where else it was made public: another platform, a board, a newspaper; the period is met by that."""
    row = _asked(request, number)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:duty", args=[row.id]))
    try:
        if row.duty.task == "guide":
            told = {"on": now().date(), "place": _("核对过，指南和机构信息一致")}
        else:
            told = read(_ELSEWHERE, request.POST)
        done = _fulfilled(row, told, request)
    except Mistyped as mistyped:
        done = mistyped.refused
    if isinstance(done, Refused):
        return _show(request, row, done, refill(_ELSEWHERE, request.POST), 409)
    done_here = row.duty.task == "guide"
    messages.success(
        request, _("已登记：核对过，没有变化。") if done_here else _("已登记：这一期在别处公开了。")
    )
    return HttpResponseRedirect(reverse("desk:duty", args=[row.id]))


def _fulfilled(row: disclosure.DutyInstanceRow, told: dict[str, Any], request: HttpRequest) -> Any:
    if told["on"] > now().date():
        return Refused(_("公开的日期在今天之后"), row.duty.basis, _("请等公开以后再登记"))
    if told.get("link") and not told["link"].startswith(("https://", "http://")):
        return Refused(_("网址应当以 http:// 或 https:// 开头"), row.duty.basis, _("请从浏览器的地址栏复制"))
    evidence = {**told, "on": str(told["on"])}
    return disclosure.fulfil(row.id, evidence, by=request.user, at=now())  # type: ignore[arg-type]


def _asked(request: HttpRequest, number: int) -> disclosure.DutyInstanceRow:
    """The duty's period, if there is one and the person may see it. Raises Http404 or Barred."""
    row = disclosure.find("duty_instance", pk=number).first() if number < 2**62 else None
    if row is None:
        raise Http404(_("没有这项职责"))
    allow(request, "document.see", row.duty)
    return row


def _show(
    request: HttpRequest, row: disclosure.DutyInstanceRow, refused: Refused | None = None, fields: Sequence[Field] = _ELSEWHERE,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    days = days_of(request)
    same = {"document_id": row.document_id} if row.document_id else {"document_id__isnull": True}
    periods = (
        disclosure.find("duty_instance", duty_id=row.duty.id, **same).order("-period_from").page(1, 12).rows
    )
    published = {
        p.id: p
        for p in disclosure.find(
            "publication", pk__in=[r.publication_id for r in periods if r.publication_id]
        )
    }
    papers = {
        d.id: d for d in disclosure.find("document", pk__in=[p.document_id for p in published.values()])
    }
    history = []
    for r in periods:
        publication = published.get(r.publication_id)
        paper = papers.get(publication.document_id) if publication else None
        day = publication.at.astimezone(SHANGHAI).date() if publication else None
        history.append(
            {"row": r, "paper": paper, "day": day, "late": bool(day and day > r.due_on), "met": _met(r)}
        )
    area = disclosure.KEY_AREAS.get(row.duty.key_area)
    return page(request, "duty", {
        "row": row, "duty": row.duty, "chip": None if _met(row) else days.until(row.due_on), "history": history, "area": area,
        "kinds": [disclosure.KINDS[k].title for k in row.duty.kinds if k in disclosure.KINDS],
        "draft_kind": (row.duty.kinds or ["key_area" if row.duty.key_area else "notice"])[0],
        "may_draft": row.duty.agency_id in reach_of(request).ids("document.draft"),
        "may_fulfil": not _met(row) and row.duty.agency_id in reach_of(request).ids("duty.fulfil"), "fields": fields, "refused": refused,
    }, status)  # fmt: skip
