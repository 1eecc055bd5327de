"""Taking over another system's catalogue at the desk: look at it first, then order it, then see what came of it."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import page, power, query
from mingtang.desk.documents.files import Brought, brought_table, stopped
from mingtang.desk.fields import Field, Mistyped, read, refill
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import Agency, FileRow, find, now

_SHOWN = 50
_ORDERS = "import_orders"
_BASIS = "移交清单：来源系统所称日期"


def _fields() -> list[Field]:
    return [
        Field("source", "从哪个系统导入", required=True, hint="例如 旧门户网站；会标在每一条的发布日期旁", most=60),
        Field("kind", "没写文种的行算作", "choice", choices=tuple((k.key, k.title) for k in disclosure.KINDS.values() if not k.origin)),
        Field("agency", "没写发布机构的行算作", hint="机构代码；每行都写了就不填", most=40),
    ]  # fmt: skip


@power("document.take_over", room="册", methods=("GET", "POST"))
def table(request: HttpRequest) -> HttpResponse:
    """GET the form; POST step=look reads the table and says row by row what would happen, step=take orders it."""
    fields = _fields()
    if request.method != "POST":
        return page(request, "import", {"fields": fields})
    again = refill(fields, request.POST)
    try:
        told = read(fields, request.POST)
        kept = brought_table(request, _BASIS)
    except Mistyped as mistyped:
        return page(request, "import", {"fields": again, "refused": mistyped.refused}, 409)
    organ = find("agency", code=told["agency"]).first() if told.get("agency") else None
    if told.get("agency") and organ is None:
        refused = Refused(_("没有代码是“%s”的机构") % told["agency"], _BASIS, _("请从机构页查代码"))
        return page(request, "import", {"fields": again, "refused": refused}, 409)
    if request.POST.get("step") == "take":
        return _ordered(request, kept, told, organ)
    return _looked(request, again, kept, told, organ)


def _looked(
    request: HttpRequest, fields: list[Field], kept: Brought, told: dict[str, Any], organ: Agency | None
) -> HttpResponse:
    name = kept.name
    found = disclosure.CatalogueTable.of_file(kept.content, name)
    if isinstance(found, disclosure.Unreadable):
        refused = Refused(f"“{name}”：{found.why}", found.basis, found.instead)
        return page(request, "import", {"fields": fields, "refused": refused}, 409)
    done = found.take(told["source"], request.user, now(), kind=told.get("kind", ""), agency=organ, dry=True)  # type: ignore[arg-type]
    if isinstance(done, disclosure.Stopped):
        return stopped(request, done)
    if isinstance(done, Refused):
        return page(request, "import", {"fields": fields, "refused": done}, 409)
    return page(request, "import", {
        "fields": fields, "looked": done, "table": found, "brought": kept.word, "name": name, "misfits": done.misfits[:_SHOWN],
        "rows_wrong": len({m.row for m in done.misfits}), "more": max(0, len(done.misfits) - _SHOWN),
    })  # fmt: skip


def _ordered(request: HttpRequest, kept: Brought, told: dict[str, Any], organ: Agency | None) -> HttpResponse:
    order = disclosure.ImportOrder.place(
        kept.digest, request.POST.get("name", "")[:200], told["source"], request.user.pk, told.get("kind", ""), organ.pk if organ else None
    )  # fmt: skip
    before = disclosure.find("publication", stated_by=told["source"]).count()
    request.session[_ORDERS] = {**request.session.get(_ORDERS, {}), order: [told["source"], before]}
    return HttpResponseRedirect(f"{reverse('desk:import-order')}?order={order}")


@power("document.take_over", room="册")
def order(request: HttpRequest) -> HttpResponseBase:
    """What came of an order: how far it is, the figures, the error sheet to mend and bring again."""
    number = query(request, "order", 64)
    if number not in request.session.get(_ORDERS, {}):
        raise Http404(_("没有这次导入：请从导入页面重新上传"))
    source, before = request.session[_ORDERS][number]
    state, figures = disclosure.ImportOrder.outcome(number)
    if query(request, "errors") and figures.get("errors"):
        sheet = FileRow.path_of(figures["errors"]).open("rb")
        return FileResponse(
            sheet, as_attachment=True, filename="rows-to-mend.csv", content_type="text/csv; charset=utf-8"
        )
    refused = Refused(*figures["refused"]) if "refused" in figures else None
    if state in ("failed", "unknown"):
        refused = Refused(_("导入中断了"), _BASIS, _("请用同一个表再导入一遍：已经进来的不会重复"))
    return page(request, "import_order", {
        "state": state, "figures": figures, "refused": refused, "source": source, "order": number,
        "so_far": disclosure.find("publication", stated_by=source).count() - before,
    })  # fmt: skip
