"""Many papers at once: a table is looked at first, then entered; what does not fit comes back as a sheet to mend."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import page, power, reach_of
from mingtang.desk.documents.files import Brought, brought_table, error_sheet
from mingtang.desk.fields import Field, Mistyped, read, refill
from mingtang.desk.papers.views import BASIS
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import Agency, now

_SHOWN = 50
_FROM = (("table", "表格"), ("office", "办公系统导出"))


def _fields(organs: list[Agency]) -> list[Field]:
    return [
        Field("stated_by", "这张表从哪里来", required=True, hint="例如 办公系统2025年发文；会标在每一条上", most=60),
        Field("source", "来源", "choice", True, choices=_FROM, value="table"),
        Field("agency", "没写机构的行算作", "choice", choices=tuple((str(a.pk), a.name) for a in organs), value=str(organs[0].pk) if len(organs) == 1 else ""),
    ]  # fmt: skip


@power("paper.enter", room="文", methods=("GET", "POST"))
def table(request: HttpRequest) -> HttpResponse:
    """GET the form; POST step=look says row by row what would happen, step=take enters, step=errors gives the sheet."""
    organs = [a for a in reach_of(request).agencies("paper.enter") if a.valid_to is None]
    fields = _fields(organs)
    if request.method != "POST":
        return page(request, "papers_import", {"fields": fields})
    again = refill(fields, request.POST)
    try:
        told = read(fields, request.POST)
        kept = brought_table(request, BASIS)
        name = kept.name
        found = disclosure.PaperTable.of_file(kept.content, name)
        if isinstance(found, disclosure.Unreadable):
            raise Mistyped(Refused(f"“{name}”：{found.why}", found.basis, found.instead))
        agency = next((a for a in organs if str(a.pk) == told.get("agency")), None)
        taking = request.POST.get("step") == "take"
        done = found.enter(
            request.user,
            now(),
            stated_by=told["stated_by"],
            source=told["source"],
            agency=agency,
            dry=not taking,
        )  # type: ignore[arg-type]
        if isinstance(done, Refused):
            raise Mistyped(done)
    except Mistyped as mistyped:
        return page(request, "papers_import", {"fields": again, "refused": mistyped.refused}, 409)
    if request.POST.get("step") == "errors":
        return error_sheet(found.misfits_as_csv(done.misfits))
    if taking and not done.misfits:
        messages.success(
            request, _("已登记 %(n)d 条，簿上已有的 %(k)d 条没有动。") % {"n": done.taken, "k": done.known}
        )
        return HttpResponseRedirect(reverse("desk:papers"))
    return page(request, "papers_import", _told(again, found, done, kept, name, taking))


def _told(
    fields: list[Field], found: Any, done: Any, kept: Brought, name: str, taken: bool
) -> dict[str, Any]:
    return {
        "fields": fields, "looked": done, "table": found, "brought": kept.word, "name": name, "misfits": done.misfits[:_SHOWN],
        "rows_wrong": len({m.row for m in done.misfits}), "more": max(0, len(done.misfits) - _SHOWN), "taken": taken,
    }  # fmt: skip
