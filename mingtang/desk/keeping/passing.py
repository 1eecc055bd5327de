"""Merging and splitting organs at the desk: who, when, what moves; then, of a split, who gets what. No step is kept between pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import page, power, reach_of
from mingtang.desk.chips import days_of
from mingtang.desk.fields import clean
from mingtang.desk.keeping import matters
from mingtang.desk.keeping.organs import crumbs, organ_of
from mingtang.law.api import Refused
from mingtang.ledger.api import Agency, find, now, take

_BASIS = "机构编制管理规定；条例第十条"
_KINDS = {"merged": "合并", "split": "分立"}
_PARTS = ("cases", "duties", "columns")


@dataclass(frozen=True)
class Plan:
    """A succession as chosen so far."""

    kind: str
    on: date
    old: tuple[Agency, ...]
    new: tuple[Agency, ...]
    rest: Agency | None = None

    def facts(self) -> dict[str, Any]:
        return {"kind": self.kind, "on": self.on, "old": list(self.old), "new": list(self.new)}


def _ids(data: Any, key: str) -> list[int]:
    return [int(v) for v in data.getlist(key) if v.isascii() and v.isdigit() and len(v) < 19]


def _known(request: HttpRequest) -> dict[int, Agency]:
    """The organs that this person may move."""
    return {a.pk: a for a in reach_of(request).agencies("agency.keep")}


def _named(words: str, known: Mapping[int, Agency]) -> list[Agency] | Refused:
    """Organs typed by code, short name or name."""
    found = []
    for word in clean(words).replace("、", " ").replace("，", " ").split()[:50]:
        hit = [a for a in known.values() if a.valid_to is None and word in (a.code, a.short_name, a.name)]
        if len(hit) != 1:
            why = f"没有找到“{word[:20]}”" if not hit else f"“{word[:20]}”不止一个机构"
            return Refused(why, _BASIS, "请写机构代码；新机构请先登记")
        found += hit
    return found


def _plan(request: HttpRequest, organ: Agency) -> Plan | Refused:
    """The choice as posted. What the ledger refuses is refused here in its words."""
    data, known = request.POST, _known(request)
    more = {side: _named(data.get(f"{side}_more", ""), known) for side in ("old", "new")}
    sides: dict[str, tuple[Agency, ...]] = {}
    for side, typed in more.items():
        if isinstance(typed, Refused):
            return typed
        chosen = [known[i] for i in _ids(data, side) if i in known] + typed
        own = [organ] if side == "old" else []
        sides[side] = tuple({a.pk: a for a in own + chosen}.values())
    kind = data.get("kind", "")
    if kind == "split":  # one organ is split; whoever else was ticked does not count
        sides["old"] = (organ,)
    try:
        on = date.fromisoformat(clean(data.get("on")))
    except ValueError:
        return Refused("没有写明划转日期", _BASIS, "请写成 2026-11-23 这样")
    rest = next((a for a in sides["new"] if [a.pk] == _ids(data, "rest")[:1]), None)
    return Plan(kind if kind in _KINDS else "", on, sides["old"], sides["new"], rest)


def _tried(request: HttpRequest, plan: Plan) -> Refused | None:
    """Would the ledger refuse these organs on this day (the statement of a split left aside)?"""
    facts = plan.facts()
    if plan.kind == "split" and plan.new:
        whole: dict[str, list[Any]] = {part: [] for part in _PARTS}
        facts |= {"rest": plan.new[0], "shares": {a.pk: whole for a in plan.new[1:]}}
    tried = take(None, "succeed", by=request.user, at=now(), trial=True, **facts)
    return tried if isinstance(tried, Refused) else None


def _shares(request: HttpRequest, plan: Plan) -> dict[int, dict[str, list[Any]]]:
    """Who gets what, as chosen line by line; what was left open goes with the rest and is not named."""
    heirs = {a.pk for a in plan.new}
    made: dict[int, dict[str, list[Any]]] = {pk: {part: [] for part in _PARTS} for pk in sorted(heirs)}
    for name, value in request.POST.items():
        part, _sep, key = name.partition("-")
        if part in _PARTS and key and value.isascii() and value.isdigit() and int(value) in heirs:
            if part != "columns" and not (key.isascii() and key.isdigit()):
                continue
            made[int(value)][part].append(key if part == "columns" else int(key))
    return made


@power("agency.keep", room="册", methods=("GET", "POST"))
def succession(request: HttpRequest, number: int) -> HttpResponse:
    """Choose (GET), look at what moves (POST step=look), do it (POST step=do)."""
    organ = organ_of(request, number, "agency.keep")
    step = request.POST.get("step", "")
    if step not in ("look", "do"):
        return _choosing(request, organ)
    plan = _plan(request, organ)
    refused = plan if isinstance(plan, Refused) else _tried(request, plan)
    if refused is not None or isinstance(plan, Refused):
        return _choosing(request, organ, refused, 409)
    if step == "look":
        return _looking(request, organ, plan)
    facts = plan.facts()
    if plan.kind == "split":
        facts |= {"rest": plan.rest, "shares": _shares(request, plan)}
    done = take(None, "succeed", by=request.user, at=now(), **facts)
    if isinstance(done, Refused):
        return _looking(request, organ, plan, done, 409)
    main = plan.rest or plan.new[0]
    messages.success(request, _("已办：%(kind)s。在办事项、职责和栏目随后转过去，每件留一条痕迹。") % {"kind": _(_KINDS[plan.kind])})  # fmt: skip
    return HttpResponseRedirect(reverse("desk:agency", args=[main.pk]))


def _choosing(request: HttpRequest, organ: Agency, refused: Refused | None = None, status: int = 200) -> HttpResponse:  # fmt: skip
    near = find("agency", parent_id=organ.parent_id, valid_to__isnull=True) if organ.parent_id else find("agency", parent_id=organ.pk, valid_to__isnull=True)  # fmt: skip
    known = _known(request)
    brothers = [
        a for a in near.order("order", "pk").page(1, matters.MOST).rows if a.pk != organ.pk and a.pk in known
    ]
    data = request.POST
    return page(request, "succession", {
        "organ": organ, "crumbs": crumbs(organ), "brothers": brothers, "kinds": _KINDS, "refused": refused,
        "kind": data.get("kind", "merged"), "on": clean(data.get("on")) or str(now().date()),
        "old": _ids(data, "old"), "new": _ids(data, "new"), "old_more": clean(data.get("old_more")), "new_more": clean(data.get("new_more")),
    }, status)  # fmt: skip


def _looking(request: HttpRequest, organ: Agency, plan: Plan, refused: Refused | None = None, status: int = 200) -> HttpResponse:  # fmt: skip
    old = [a.pk for a in plan.old]
    parts = []
    if plan.kind == "split":
        seen = organ.pk in reach_of(request).ids("case.see")
        parts = matters.shared_out(organ.pk, days_of(request), seen)
        for part, _word, rows, _more in parts:
            for row in rows:
                row["chosen"] = request.POST.get(f"{part}-{row['id']}", "")
    return page(request, "succession_look", {
        "organ": organ, "crumbs": crumbs(organ), "plan": plan, "kind": _KINDS[plan.kind], "parts": parts, "refused": refused,
        "matters": matters.counted(old), "staff": matters.staff_of(old),
        "rest": plan.rest.pk if plan.rest else 0,
    }, status)  # fmt: skip
