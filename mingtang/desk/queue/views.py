"""The first page of the day."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from mingtang.desk.access import organ_asked, page, power, reach_of, whole
from mingtang.desk.keeping.covering import covers_of
from mingtang.desk.queue.lanes import KINDS, LANES, desk_of, fill
from mingtang.desk.releases.fields import TASKS
from mingtang.portal import api as portal


@power("desk.open", room="办")
def queue(request: HttpRequest) -> HttpResponse:
    """今天要办: what is due, for me."""
    reach = reach_of(request)
    organs = reach.agencies("desk.open")
    organ = organ_asked(request.GET.get("organ"), reach.all)
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    only = request.GET.get("lane", "")
    only = only if only in LANES else ""
    number = whole(request.GET.get("page"), most=10_000)
    desk = desk_of(request, organ or None, kind)
    lanes = fill(desk, only, number)
    alarms = 0 if only else desk.count_alarms()
    total = sum(lane.count for lane in lanes) + alarms
    if not (organ or kind or only):
        request._waiting = total  # type: ignore[attr-defined]
    first = next((t for lane in lanes for t in lane.tasks), None)
    mine = desk.cases("all").page(1, 10) if not only and kind in ("", "case") else None
    soon = desk.duties(desk.days.ahead(20)).page(1, 8) if not only and kind in ("", "duty") else None
    context = {
        "lanes": lanes, "total": total, "first": first, "only": only, "number": number, "kind": kind, "organ": organ,
        "organs": organs if 1 < len(organs) <= 400 else [], "kinds": KINDS,
        "mine": mine and [(c, desk.days.of_case(c)) for c in mine.rows], "mine_total": mine and mine.total,
        "soon": soon and [(d, desk.days.until(d.due_on)) for d in soon.rows],
        "at_channels": portal.find("release", agency_id__in=sorted(reach.ids("release.enter"))).where_q(TASKS).count(),
        "alarms": alarms,
        "covers": [] if only else covers_of(request), "me": request.user.pk,
        "next_year": None if desk.days.table.known(desk.days.today.year + 1) else desk.days.today.year + 1,
    }  # fmt: skip
    return page(request, "queue", context)
