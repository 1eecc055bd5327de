"""The standard catalogue at the desk: look at a table, lay its lines on organs as duties, take all of them out again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import page, power, reach_of
from mingtang.desk.documents.files import MOST_BYTES, brought_table, error_sheet
from mingtang.desk.entry import Form, entry
from mingtang.desk.fields import Field, Mistyped
from mingtang.desk.keeping.organs import crumbs, organ_of
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import Agency, Found, now

_SHOWN = 50
_BASIS = "国办发〔2019〕54号：基层政务公开标准目录"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@power("duty.assign", room="责", methods=("GET", "POST"))
def table(request: HttpRequest) -> HttpResponse:
    """GET the form; POST step=look says line by line what would happen, step=take does it, step=errors gives what to mend."""
    if request.method != "POST":
        return page(request, "duty_table", {"listed": _listed(request).count()})
    try:
        kept = brought_table(request, _BASIS, MOST_BYTES)
    except Mistyped as mistyped:
        return _refused(request, mistyped.refused)
    found = disclosure.DutyTable.of_file(kept.content, kept.name or "table.xlsx")
    if isinstance(found, disclosure.Unreadable):
        return _refused(request, Refused(found.why, found.basis, found.instead))
    step = request.POST.get("step", "look")
    done = found.take(request.user, now(), dry=step != "take")  # type: ignore[arg-type]
    if isinstance(done, Refused):
        return _refused(request, done)
    if step == "errors":
        return error_sheet(found.misfits_as_csv(done.misfits))
    if step == "take":
        messages.success(request, _("交办了 %(n)s 项职责，原来就有的 %(known)s 项没有动。") % {"n": done.taken, "known": done.known})  # fmt: skip
        if not done.misfits:
            return HttpResponseRedirect(reverse("desk:duties"))
    return page(request, "duty_table", {
        "looked": done, "taken": step == "take", "brought": kept.word, "rows": len(found.rows), "misfits": done.misfits[:_SHOWN],
        "rows_wrong": len({m.row for m in done.misfits}), "listed": _listed(request).count(),
    })  # fmt: skip


def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    return page(request, "duty_table", {"refused": refused, "listed": _listed(request).count()}, 409)


def _listed(request: HttpRequest) -> Found[disclosure.DutyRow]:
    """The duties in reach that came from the catalogue and run."""
    ids = sorted(reach_of(request).ids("duty.assign"))
    return disclosure.find("duty", agency_id__in=ids, listed__isnull=False, until__isnull=True).order("pk")


@power("duty.assign", room="责")
def export(request: HttpRequest) -> HttpResponse:
    """The duties of the catalogue as the table they came from."""
    made = disclosure.DutyTable.of_duties(line for (line,) in _listed(request).values("listed"))
    response = HttpResponse(made, content_type=_XLSX)
    response["Content-Disposition"] = 'attachment; filename="standard-catalogue.xlsx"'
    return response


@power("duty.assign", room="责", methods=("GET", "POST"))
def sector(request: HttpRequest, number: int) -> HttpResponse:
    """Lay on a body of public service what its sector makes public; what is there is left alone."""
    organ = organ_of(request, number, "duty.assign")
    if organ.type != Agency.PUBLIC_SERVICE:
        raise Http404(_("不是公共企事业单位"))
    choices = tuple(disclosure.SECTORS.items())
    back = reverse("desk:agency", args=[organ.pk])

    def do(typed: dict[str, Any]) -> Any:
        lines = disclosure.DutyTable.of_sector(typed["sector"], organ)
        done = lines.take(request.user, now())  # type: ignore[arg-type]
        if isinstance(done, Refused):
            return done
        return _("交办了 %(n)s 项职责，原来就有的 %(known)s 项没有动。") % {
            "n": done.taken,
            "known": done.known,
        }, back

    form = Form(
        _("按行业交办公开职责"), _("每个行业的公开清单是数据，交办以后和其他职责一样到期提醒。"), _("交办"),
        "条例第五十五条；国办发〔2020〕50号：公共企事业单位信息公开", crumbs(organ),
    )  # fmt: skip
    return entry(request, form, [Field("sector", "行业", "choice", True, choices=choices)], do)
