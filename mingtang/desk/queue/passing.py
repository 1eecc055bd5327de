"""Several waiting documents passed at once by one reviewer: each by its own rules, the outcome told one by one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import MOST_NUMBER, page, power, reach_of, whole
from mingtang.desk.documents.reach import SEE, seeable
from mingtang.desk.queue.lanes import REVIEWS
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import now

# At most so many at once: what is ticked is what was looked at.
MOST = 20
_BASIS = "三审三校；审的和发的必须是同一份"


@power(SEE, room="办", methods=("GET", "POST"))
def pass_several(request: HttpRequest) -> HttpResponse:
    """POST the ticked documents: each takes its next review by this person, or says why not. Nothing is all or none."""
    tickets = list(dict.fromkeys(request.POST.getlist("pass")))
    if request.method != "POST" or not tickets:
        return HttpResponseRedirect(f"{reverse('desk:queue')}?lane=review")
    told = [_passed(request, ticket) for ticket in tickets[:MOST]]
    context = {
        "told": [t for t in told if t],
        "left": len(tickets[MOST:]),
        "done": sum(t is not None and t[2] is None for t in told),
    }
    return page(request, "passed", context)


def _passed(request: HttpRequest, ticket: str) -> tuple[disclosure.DocumentRow, str, Refused | None] | None:
    """One document: its row, the review that was passed, or why none was. None when there is none to be seen."""
    number, _sign, digest = ticket.partition(":")
    found = disclosure.find("document", pk=whole(number, most=MOST_NUMBER, default=0))
    row = found.where_q(seeable(reach_of(request))).first()
    if row is None:
        return None
    verbs = [(r, no) for r, no in disclosure.open_verbs(row.id, request.user) if r.verb in REVIEWS]  # type: ignore[arg-type]
    if not verbs:
        return row, "", Refused(_("这份文件现在不等审"), _BASIS, _("请打开看它现在的状态"))
    step, no = verbs[0]
    if row.origin_type == "table":
        no = Refused(
            _("这是一批文件的送审件，要看过抽看的行再审"), _BASIS, _("请打开这一批，看抽样，再办这一审")
        )
    if no is None and disclosure.editions(row.id)[-1].digest != digest:
        no = Refused(_("页面打开之后内容变了"), _BASIS, _("请打开重新看一遍"))
    done = no or disclosure.take(row.id, step.verb, by=request.user, at=now())  # type: ignore[arg-type]
    return row, step.label, done if isinstance(done, Refused) else None
