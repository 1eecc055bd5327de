"""Taking over a saved site at the desk: its pages are looked at in the background, then ordered, then old addresses lead on.

A site is too large for one page's time, so the look is an order as well; what was looked at is named by its order, which
only the session that placed it knows. Large sites need no browser: whoever runs the machine lays them into its folder.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django_tasks import task

from mingtang.desk.access import page, power, query
from mingtang.desk.documents.files import Brought, brought_table, name_of
from mingtang.desk.fields import Field, Mistyped, read, refill
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import FileRow, find, now, store
from mingtang.portal import api as portal

_SHOWN = 50
_ORDERS = "site_orders"
_BASIS = "移交：旧网站保存下来的网页"


def _held() -> dict[str, Path]:
    """Folders and ZIPs that lie in the installation's own ``saved-sites``, by name; links lead out and are left out."""
    root = Path(settings.HOME) / "saved-sites"
    if not root.is_dir():
        return {}
    return {
        p.name: p
        for p in sorted(root.iterdir())
        if not p.is_symlink() and (p.is_dir() or p.suffix.lower() == ".zip")
    }


def _fields() -> list[Field]:
    kinds = tuple((k.key, k.title) for k in disclosure.KINDS.values() if not k.origin)
    return [
        Field("held", "或者选服务器上已经放好的", "choice", choices=tuple((n, n) for n in _held()), hint="几百兆以上的，请运维放进安装目录的 saved-sites 文件夹"),
        Field("source", "从哪个网站导入", required=True, hint="例如 旧门户网站；会标在每一条的发布日期旁", most=60),
        Field("columns", "旧栏目对应的文种", "area", hint="一行一个，例如 通知公告=通知公告；没写的栏目用下一项"),
        Field("kind", "其余网页算作", "choice", choices=kinds),
        Field("agency", "认不出来源的网页算作", hint="机构代码", most=40),
    ]  # fmt: skip


def _mapped(text: str) -> dict[str, str]:
    """Column of the old site → kind, as typed, a line each. Raises Mistyped."""
    known = {k.title: key for key, k in disclosure.KINDS.items()} | {k: k for k in disclosure.KINDS}
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        column, _sign, kind = (part.strip() for part in line.replace("＝", "=").partition("="))
        if not column or kind not in known:
            raise Mistyped(
                Refused(
                    _("旧栏目“%s”没有对应到文种") % line[:40],
                    _BASIS,
                    _("请一行写一个，等号右边写文种清单里的名称"),
                )
            )
        found[column] = known[kind]
    return found


@task()
def take_site(
    digest: str, name: str, source: str, person_id: int, kind: str, agency_id: int | None, kinds: dict[str, str], dry: bool
) -> dict[str, Any]:  # fmt: skip
    """Look a saved site over (``dry``) or take it over; ``digest`` of its ZIP, or empty for one that lies here by ``name``.

    Returns plain figures: ``errors`` and ``seen`` are digests of sheets, ``moved`` how many old addresses lead on.
    """
    path = FileRow.path_of(digest) if digest else _held().get(name)
    if path is None or not path.exists():
        return {"refused": [f"“{name}”不在了", _BASIS, "请重新上传，或请运维重新放好"]}
    site = disclosure.SavedSite.of_path(path, kinds)
    if isinstance(site, disclosure.Unreadable):
        return {"refused": [f"“{name}”：{site.why}", site.basis, site.instead]}
    site = replace(site, name=name, digest=digest)
    organ = find("agency", pk=agency_id).first() if agency_id else None
    done = site.take(source, find("person", pk=person_id).one(), now(), kind=kind, agency=organ, dry=dry)
    if isinstance(done, Refused):
        return {"refused": [done.why, done.basis, done.instead]}
    left = [] if dry else portal.Redirects.moved(site.moved(source))
    sheet = site.misfits_as_csv(done.misfits) if done.misfits else ""
    return {
        "taken": done.taken, "known": done.known, "rows_wrong": len({m.row for m in done.misfits}), "pages": len(site.rows),
        "moved": 0 if dry else done.taken + done.known - len(left), "left": left[:_SHOWN],
        "errors": store(sheet.encode(), "text/csv").digest if sheet else "",
        "seen": store(site.as_csv().encode(), "text/csv").digest if dry else "",
        "misfits": [[site.rows[m.row - 2][0], m.column, m.why, m.instead] for m in done.misfits[:_SHOWN]],
    }  # fmt: skip


@power("document.take_over", room="册", methods=("GET", "POST"))
def site(request: HttpRequest) -> HttpResponse:
    """GET the form; POST brings a ZIP or names a folder that lies here, and orders the look."""
    fields = _fields()
    if request.method != "POST":
        return page(request, "site", {"fields": fields})
    try:
        told = read(fields, request.POST)
        kinds = _mapped(told.get("columns", ""))
        organ = find("agency", code=told["agency"]).first() if told.get("agency") else None
        if told.get("agency") and organ is None:
            raise Mistyped(Refused(_("没有代码是“%s”的机构") % told["agency"], _BASIS, _("请从机构页查代码")))
        kept = _kept(request, told)
    except Mistyped as mistyped:
        return page(
            request, "site", {"fields": refill(fields, request.POST), "refused": mistyped.refused}, 409
        )
    upload = request.FILES.get("table")
    name = name_of(upload.name or "") if upload and kept else told.get("held", "")
    facts = [kept.digest if kept else "", name, told["source"], told.get("kind", ""), organ.pk if organ else None, kinds]  # fmt: skip
    return _order(request, facts, dry=True)


def _kept(request: HttpRequest, told: dict[str, Any]) -> Brought | None:
    """The ZIP that the form brings; None for a folder that lies here. Raises Mistyped for neither and for both."""
    if ("table" in request.FILES) == bool(told.get("held")):
        why = _("选了两个网站") if told.get("held") else _("没有选择旧网站的 ZIP，也没有选服务器上已经放好的")
        raise Mistyped(Refused(why, _BASIS, _("请选一个")))
    return None if told.get("held") else brought_table(request, _BASIS)


def _order(request: HttpRequest, facts: list[Any], *, dry: bool) -> HttpResponse:
    digest, name, source, kind, agency, kinds = facts
    made = take_site.enqueue(digest, name, source, request.user.pk, kind, agency, kinds, dry)
    request.session[_ORDERS] = {**request.session.get(_ORDERS, {}), str(made.id): [dry, facts]}
    return HttpResponseRedirect(f"{reverse('desk:import-site-order')}?order={made.id}")


@power("document.take_over", room="册", methods=("GET", "POST"))
def order(request: HttpRequest) -> HttpResponseBase:
    """What came of a look or of an order, its sheets; POST takes over what was looked at."""
    number = query(request, "order", 64)
    if number not in request.session.get(_ORDERS, {}):
        raise Http404(_("没有这次导入：请从导入页面重新上传"))
    dry, facts = request.session[_ORDERS][number]
    state, figures = disclosure.Ordered.outcome(take_site, number)
    figures = figures or {}
    if request.method == "POST":
        if not (dry and figures.get("taken", 0) + figures.get("known", 0)):
            raise Http404(_("没有可以导入的网页：请从导入页面重新上传"))
        return _order(request, facts, dry=False)
    if (sheet := query(request, "sheet", 10)) in ("errors", "seen") and figures.get(sheet):
        name = {"errors": "pages-to-mend.csv", "seen": "pages-recognised.csv"}[sheet]
        return FileResponse(
            FileRow.path_of(figures[sheet]).open("rb"),
            as_attachment=True,
            filename=name,
            content_type="text/csv; charset=utf-8",
        )
    refused = Refused(*figures["refused"]) if "refused" in figures else None
    if state in ("failed", "unknown"):
        refused = Refused(_("导入中断了"), _BASIS, _("请把同一个网站再导入一遍：已经进来的不会重复"))
    return page(request, "site_order", {
        "state": state, "figures": figures, "refused": refused, "source": facts[2], "name": facts[1], "order": number, "dry": dry,
        "waiting": state in ("ready", "running"), "more": max(0, figures.get("rows_wrong", 0) - _SHOWN),
    })  # fmt: skip
