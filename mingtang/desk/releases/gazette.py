"""Issues of the gazette: those closed, and the closing of the next one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import page, power, reach_of, whole
from mingtang.desk.fields import clean
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import Agency, now
from mingtang.portal import api as portal


@power("release.issue", room="簿", methods=("GET", "POST"))
def issues(request: HttpRequest) -> HttpResponse:
    """The closed issues, newest first, and a form that closes one: organ, year, number, index numbers in their order."""
    organs = [a for a in reach_of(request).agencies("release.issue") if a.valid_to is None]
    typed = {k: clean(request.POST.get(k)) for k in ("agency", "year", "number", "documents")}
    done = _close(request, organs, typed) if request.method == "POST" else None
    if isinstance(done, int):
        messages.success(request, _("已结期；公报页随后生成"))
        return HttpResponseRedirect(reverse("desk:gazette"))
    ids = reach_of(request).ids("release.issue")
    shown = portal.find("issue", agency_id__in=sorted(ids)).page(
        whole(request.GET.get("page"), most=10**6), 20
    )
    context = {
        "page": shown,
        "organs": organs,
        "typed": typed if done else {"year": str(now().year)},
        "refused": done,
    }
    return page(request, "gazette", context, 409 if done else 200)


def _close(request: HttpRequest, organs: list[Agency], typed: dict[str, str]) -> int | Refused:
    basis = "条例第二十三条：政府公报"
    organ = next((a for a in organs if str(a.pk) == typed["agency"]), None)
    if organ is None:
        return Refused("没有选择编辑单位", basis, "请从列表中选择")
    names = list(dict.fromkeys(n.strip() for n in typed["documents"].splitlines() if n.strip()))
    found = dict(disclosure.find("document", index_no__in=names).values("index_no", "pk"))
    if missing := [n for n in names if n not in found]:
        return Refused(f"没有索引号是“{missing[0][:40]}”的文件", basis, "请一行写一个索引号")
    done: int | Refused = portal.take(
        None, "issue", by=request.user, at=now(), agency=organ, year=whole(typed["year"], default=0),  # type: ignore[arg-type]
        number=whole(typed["number"], default=0), documents=[found[n] for n in names],
    )  # fmt: skip
    return done
