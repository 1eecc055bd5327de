"""Organs and Acts, to read; and the search box of every page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.casework import api as casework
from mingtang.desk.access import page, power, query, reach_of, whole
from mingtang.desk.chips import days_of
from mingtang.desk.documents.reach import SEE_DRAFT, seeable
from mingtang.desk.records.naming import SUBJECTS, act_word
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import ROLES, Page, Verified, find, now, take, verify

_MOST = 12
_LENGTH = 40


@power("desk.open", room="办")
def look_up(request: HttpRequest) -> HttpResponse:
    """A number, a title or an organ's name: straight to the only hit, or a short list of each sort."""
    words, reach = query(request, "q", 120), reach_of(request)
    if not words:
        return HttpResponseRedirect(reverse("desk:queue"))
    cases = (
        casework.find("case", agency_id__in=sorted(reach.ids("case.see")))
        .where_q(Q(number__icontains=words) | Q(subject__icontains=words))
        .order("-received_on")
        .page(1, _MOST)
    )
    papers = (
        disclosure.find("document")
        .where_q(seeable(reach))
        .where_q(Q(title__icontains=words) | Q(index_no__icontains=words) | Q(doc_no__icontains=words))
        .page(1, _MOST)
    )
    # The register of issued papers: those that stand in the catalogue are found there.
    issued = (
        disclosure.find("paper", agency_id__in=sorted(reach.ids(SEE_DRAFT)), document_id__isnull=True)
        .where_q(Q(title__icontains=words) | Q(doc_no__icontains=words))
        .page(1, _MOST)
    )
    organs = (
        find("agency")
        .where_q(Q(name__icontains=words) | Q(short_name__icontains=words))
        .order("order")
        .page(1, _MOST)
    )
    hits = [("desk:case", cases), ("desk:document", papers), ("desk:paper", issued)]
    total = sum(found.total for _name, found in hits)
    if total == 1 and not organs.total:
        name, found = next((name, found) for name, found in hits if found.total)
        return HttpResponseRedirect(reverse(name, args=[found.rows[0].id]))
    days = days_of(request)
    return page(request, "found", {
        "words": words, "cases": [(c, days.of_case(c)) for c in cases.rows], "cases_total": cases.total,
        "papers": [(d, disclosure.KINDS[d.kind].title) for d in papers.rows], "papers_total": papers.total, "organs": organs.rows,
        "issued": issued, "total": total + organs.total,
    })  # fmt: skip


@power("desk.open", room="册")
def agencies(request: HttpRequest) -> HttpResponse:
    """The tree of organs with their codes, staff and successions; read only."""
    day, words = days_of(request).today, query(request, "q", 60)
    skeleton = list(find("agency").values("pk", "parent_id", "order"))
    places = {pk: place for place, pk in enumerate(_in_order(skeleton))}
    named = Q(name__icontains=words) | Q(short_name__icontains=words) | Q(code=words) if words else Q()
    hits = sorted((pk for (pk,) in find("agency").where_q(named).values("pk")), key=places.__getitem__)
    last = max(1, -(-len(hits) // _LENGTH))
    number = min(whole(request.GET.get("page"), most=10**7), last)
    shown: Page[Any] = Page((), number, _LENGTH, len(hits))
    there = hits[(number - 1) * _LENGTH : number * _LENGTH]
    organs = {a.pk: a for a in find("agency", pk__in=there)}
    staff, after = _staff(there, day), _after(there)
    tree = [
        {"organ": organs[pk], "depth": min(organs[pk].path.count("/") - 2, 3), "staff": staff.get(pk, []), "after": after.get(pk, [])}
        for pk in there
    ]  # fmt: skip
    gone = find("agency", valid_to__isnull=False).count()
    return page(
        request,
        "agencies",
        {"tree": tree, "words": words, "total": len(skeleton), "gone": gone, "page": shown},
    )


def _staff(organs: list[int], day: date) -> dict[int, list[str]]:
    """Who holds which role in these organs on a day."""
    held = [a for a in find("appointment", agency_id__in=organs) if a.role in ROLES and a.serves(day)]
    names = {p.pk: p.name for p in find("person", pk__in={a.person_id for a in held})}
    out: dict[int, list[str]] = {}
    for a in held:
        out.setdefault(a.agency_id, []).append(f"{names[a.person_id]} {_(ROLES[a.role].title)}")
    return out


def _after(organs: list[int]) -> dict[int, list[Any]]:
    """The organs that took over from these, each with its succession."""
    rows = list(find("succession", predecessor_id__in=organs))
    heirs = {a.pk: a for a in find("agency", pk__in={s.successor_id for s in rows})}
    out: dict[int, list[Any]] = {}
    for s in rows:
        out.setdefault(s.predecessor_id, []).append((heirs[s.successor_id], s))
    return out


def _in_order(organs: list[Any]) -> list[int]:
    """Ids of (id, parent, order): parents before children, children in their official order."""
    below: dict[int | None, list[tuple[int, int]]] = {}
    for pk, parent, order in organs:
        below.setdefault(parent, []).append((order, pk))
    out: list[int] = []
    waiting = sorted(below.get(None, []), reverse=True)
    while waiting:
        _order, pk = waiting.pop()
        out.append(pk)
        waiting += sorted(below.get(pk, []), reverse=True)
    return out


@power("desk.open", room="册", methods=("GET", "POST"))
def acts(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first; ``subject`` is case/12 or document/34. Only organs in reach; POST checks every row.

    What touched no single organ (erasures, keys, loaded law, people) is for those who verify the whole ledger.
    """
    reach = reach_of(request)
    subject = query(request, "subject", 80)
    sort, _sep, number = subject.partition("/")
    here = Q(agency_id__in=sorted(reach.ids("desk.open")))
    found = find("act").where_q(here | Q(agency_id__isnull=True) if reach.ids("ledger.verify") else here)
    if sort in SUBJECTS and number:
        found = found.where(subject_type=sort, subject_id=number)
    verdict: Verified | Refused | None = None
    if request.method == "POST" and reach.ids("ledger.verify"):
        verdict = Verified.barred()
        if verdict is None:
            take(None, "seal", by=None, at=now())
            verdict = verify()
    shown = found.order("-pk").page(whole(request.GET.get("page"), most=10**7), _LENGTH)
    names = {p.pk: p.name for p in find("person", pk__in={a.person_id for a in shown.rows if a.person_id})}
    rows = [
        {"act": a, "by": names.get(a.person_id, "平台"), "word": act_word(a.verb), "on": SUBJECTS.get(a.subject_type, a.subject_type),
         "url": _url(a), "organ": reach.all.get(a.agency_id)}
        for a in shown.rows
    ]  # fmt: skip
    return page(
        request,
        "acts",
        {
            "page": shown,
            "rows": rows,
            "subject": subject,
            "verdict": verdict if isinstance(verdict, Verified) else None,
            "refused": verdict if isinstance(verdict, Refused) else None,
            "may_verify": bool(reach.ids("ledger.verify")),
        },
    )


def _url(act: Any) -> str:
    rooms = {"case": "desk:case", "document": "desk:document", "paper": "desk:paper"}
    if act.subject_type in rooms and act.subject_id.isdigit():
        return reverse(rooms[act.subject_type], args=[int(act.subject_id)])
    return ""
