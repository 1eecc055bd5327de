"""The catalogue at the desk: list, one document with its findings and its review, drafting and editing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import Reach, organ_asked, page, power, query, reach_of, whole
from mingtang.desk.chips import days_of
from mingtang.desk.documents import batching
from mingtang.desk.documents.fields import FACTS, catalogue, facts_of, filled, shown_again, written
from mingtang.desk.documents.files import DECISION, decision_of, stopped, take
from mingtang.desk.documents.reach import SEE, SEE_DRAFT, document_of, editions_of, seeable, sees_drafts
from mingtang.desk.documents.showing import chain_of, marked, said_acts, state_of
from mingtang.desk.fields import Field, Mistyped, clean, read, refill
from mingtang.desk.offers import Offer, closed, leading
from mingtang.desk.releases.fields import channel_fields, photo_of
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import FileRow, Found, now
from mingtang.portal import api as portal

_LENGTH = 20
_STATES = {"draft": "未公开", "live": "已公开", "withdrawn": "已撤下"}
_FIRST = ("submit", "head_review", "secrecy_review", "sign", "publish")


@power(SEE, room="文")
def listing(request: HttpRequest) -> HttpResponse:
    """Documents in reach, the newest first; what is being worked on on top."""
    reach = reach_of(request)
    ids = reach.ids(SEE)
    asked = {
        "q": query(request, "q", 120), "kind": request.GET.get("kind", ""),
        "state": request.GET.get("state", ""), "organ": organ_asked(request.GET.get("organ"), ids),
    }  # fmt: skip
    if asked["organ"]:
        ids = frozenset({asked["organ"]})
    found = _wanted(reach, ids, asked)
    shown = found.order("-pk" if asked["state"] == "draft" else "-first_published_at", "-pk").page(
        whole(request.GET.get("page"), most=1_000_000), _LENGTH
    )
    states = dict(
        disclosure.find("edition", document_id__in=[d.id for d in shown.rows])
        .where_q(~Q(state="discarded"))
        .order("number")
        .values("document_id", "state")
    )
    organs = reach.agencies(SEE)
    words = {d.id: states.get(d.id, "") if sees_drafts(reach, d) else "published" for d in shown.rows}
    return page(request, "documents", {
        "page": shown, "asked": asked, "organs": organs if len(organs) > 1 else [], "kinds": disclosure.KINDS,
        "states": {**_STATES, **{k: v for k, v in disclosure.STATES.items() if k in ("submitted", "head_done", "secrecy_done", "approved")}},
        "rows": [(d, disclosure.KINDS[d.kind].title, state_of(disclosure.KINDS[d.kind].chain, words[d.id])) for d in shown.rows],
        "may_draft": bool(reach.ids("document.draft")),
    })  # fmt: skip


def _wanted(reach: Reach, ids: frozenset[int], asked: Mapping[str, Any]) -> Found[disclosure.DocumentRow]:
    """What was asked for, within reach. A row that waits with its batch is found on the batch's page."""
    waiting = Q(origin_type="batch", state="draft")
    found = disclosure.find("document", agency_id__in=sorted(ids)).where_q(seeable(reach) & ~waiting)
    if asked["state"] == "draft":  # the paper of a batch that has gone out is no draft any more
        found = found.where_q(~Q(origin_type="table", edition_state="released"))
    if asked["q"]:
        words = Q(title__icontains=asked["q"]) | Q(index_no__icontains=asked["q"])
        found = found.where_q(words | Q(doc_no__icontains=asked["q"]))
    if asked["kind"] in disclosure.KINDS:
        found = found.where(kind=asked["kind"])
    if asked["state"] in _STATES:
        return found.where(state=asked["state"])
    if asked["state"] in disclosure.STATES:
        return found.where(edition_state=asked["state"], agency_id__in=sorted(reach.ids(SEE_DRAFT)))
    return found


@power(SEE, room="文")
def document(request: HttpRequest, number: int) -> HttpResponse:
    """One document."""
    return _show(request, document_of(request, number))


def _show(
    request: HttpRequest, row: disclosure.DocumentRow, verb: str = "", refused: Refused | None = None,
    fields: list[Field] | None = None, status: int = 200, release_fields: list[Field] | None = None,
) -> HttpResponse:  # fmt: skip
    reach = reach_of(request)
    inside, editions = sees_drafts(reach, row), editions_of(request, row)
    working = editions[-1]
    verbs = disclosure.open_verbs(row.id, request.user) if inside else []  # type: ignore[arg-type]
    findings = disclosure.check(row.id) if inside else ()
    able = [
        Offer(r, fields if r.verb == verb and fields else facts_of(r.verb, findings), r.verb == verb)
        for r, no in verbs if no is None and _sensible(r.verb, row, findings)
    ]  # fmt: skip
    order = {"error": 0, "warning": 1, "note": 2}
    ranked = sorted(findings, key=lambda f: order[f.severity])
    numbered = list(enumerate(ranked, 1))
    counts = {s: sum(f.severity == s for f in findings) for s in order}
    kind = disclosure.KINDS[row.kind]
    waiting = disclosure.find(
        "duty_instance", document_id=row.id, publication_id__isnull=True, evidence__isnull=True
    )
    owed = waiting.first() if inside else None
    return page(request, "document", {
        "doc": row, "kind": kind, "column": disclosure.COLUMNS[row.column], "edition": working, "editions": list(reversed(editions)),
        "own": [(f.label, f.told(v)) for f in kind.fields if (v := working.data.get(f.key)) and not isinstance(v, (list, dict))],
        "area": disclosure.KEY_AREAS.get(row.key_area), "theme": disclosure.THEMES.get(working.theme, ""),
        "validity": disclosure.VALIDITIES.get(working.validity, ""), "state": state_of(kind.chain, working.state),
        "document_state": _STATES[row.state], "states": disclosure.STATES, "chain": chain_of(kind.chain, row, working),
        "findings": numbered, "counts": counts, "paragraphs": marked(working.lines, numbered), "able": able, "closed": closed(verbs), "shut": sum(no is not None for _row, no in verbs),
        "main": leading(able, _FIRST), "owed": owed, "owed_chip": days_of(request).until(owed.due_on) if owed else None,
        "log": list(disclosure.find("publication", document_id=row.id)), "acts": said_acts(row.id) if inside else [], "refused": refused, "verb": verb,
        "interprets": disclosure.find("document", pk=row.interprets_id).where_q(seeable(reach)).first() if row.interprets_id else None,
        "interpretations": list(disclosure.find("document", interprets_id=row.id).where_q(seeable(reach)).page(1, 10).rows),
        "successor": disclosure.find("document", pk=row.successor_id).first() if row.successor_id else None,
        "predecessors": list(disclosure.find("document", successor_id=row.id).page(1, 20).rows),
        "attributes": {"open": "主动公开", "on_request": "依申请公开", "closed": "不予公开"},
        "releases": list(portal.find("release", document_id=row.id)), "release_fields": release_fields or channel_fields(),
        "may_release": row.first_published_at is not None and bool(reach_of(request).may("release.enter", row)), "days": days_of(request),
        **(batching.shown(request, row, working) if inside else {}),
    }, status)  # fmt: skip


@power("release.enter", room="文", methods=("GET", "POST"))
def release(request: HttpRequest, number: int) -> HttpResponse:
    """Enter that somebody brought the document to another channel: where, when, with a photograph if there is one."""
    row = document_of(request, number)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:document", args=[row.id]))
    fields = channel_fields()
    try:
        typed = read(fields, request.POST)
        photo = photo_of(request.FILES.get("photo"))
        found = photo if isinstance(photo, Refused) else None
        done = (
            found
            or portal.enter([{"document": row.id, "photo": photo, **typed}], by=request.user, at=now())[0]
        )  # type: ignore[arg-type]
    except Mistyped as mistyped:
        done = mistyped.refused
    if isinstance(done, Refused):
        return _show(request, row, refused=done, status=409, release_fields=refill(fields, request.POST))
    messages.success(request, _("已登记；年报按渠道的数随后更新"))
    return HttpResponseRedirect(reverse("desk:document", args=[row.id]) + "#channels")


def _sensible(verb: str, row: disclosure.DocumentRow, findings: Sequence[disclosure.Finding]) -> bool:
    """Whether a verb that is open has anything to act on: a finding to keep, an interpretation to go without."""
    if verb == "override":
        return any(f.severity == "error" for f in findings)
    return verb != "exempt" or (disclosure.KINDS[row.kind].interpretation_required and not row.uninterpreted)


@power(SEE, room="文", methods=("GET", "POST"))
def act(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    """One verb on one document: done and back to the page, or refused on the page with nothing changed."""
    row = document_of(request, number)
    if verb not in FACTS:
        raise Http404(_("没有这一步"))
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:document", args=[row.id]))
    fields = list(facts_of(verb, disclosure.check(row.id) if verb == "override" else ()))
    try:
        done = disclosure.take(row.id, verb, by=request.user, at=now(), **read(fields, request.POST))
    except Mistyped as mistyped:
        done = mistyped.refused
    if isinstance(done, disclosure.Stopped):
        return stopped(request, done)
    if isinstance(done, Refused):
        return _show(request, row, verb, done, refill(fields, request.POST), 409)
    label = next(r.label for t in disclosure.CHAINS.values() for r in t.rows if r.verb == verb)
    messages.success(request, _("已办：%(label)s。") % {"label": label})
    where = "desk:document-edit" if verb == "correct" else "desk:document"
    return HttpResponseRedirect(reverse(where, args=[row.id]))


def drafted_kinds() -> list[tuple[str, disclosure.Kind]]:
    """The kinds that people draft here, in order; those that another room files are left out."""
    return [(k.key, k) for k in disclosure.KINDS.values() if not k.origin]


@power("document.draft", room="文", methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """A new document: first its kind, then the fields of that kind."""
    organs = [a for a in reach_of(request).agencies("document.draft") if a.valid_to is None]
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    if kind not in disclosure.KINDS:
        return page(request, "document_new", {"kinds": drafted_kinds(), "organs": organs})
    paper = _interpreted(request)
    fields = [
        Field("agency", "发布机构", "choice", True, choices=tuple((str(a.pk), a.name) for a in organs),
              value=str(organs[0].pk) if organs else "", group="main"),
        *catalogue(kind),
    ]  # fmt: skip
    context: dict[str, Any] = {"kind": disclosure.KINDS[kind], "paper": paper, "decision": DECISION}
    if request.method != "POST":
        title = f"《{paper.title}》解读" if paper else ""
        return page(
            request,
            "document_form",
            context | {"fields": [replace(f, value=title) if f.key == "title" else f for f in fields]},
        )
    made = _entered(request, kind, organs, fields, paper)
    if isinstance(made, disclosure.Stopped):
        return stopped(request, made)
    if isinstance(made, Refused):
        return page(request, "document_form", context | _typed_again(request, fields, made), 409)
    messages.success(request, _("已存为草稿。看一眼检查结果，再送审。"))
    return HttpResponseRedirect(reverse("desk:document", args=[made.id]))


def _entered(
    request: HttpRequest, kind: str, organs: list[Any], fields: list[Field], paper: Any
) -> disclosure.DocumentRow | Refused:
    """The draft of what was typed, with its attachments; or why it is none."""
    try:
        values = read(fields, request.POST)
        chosen = next(a for a in organs if str(a.pk) == values.pop("agency"))
        facts = written(fields[1:], values)
        decision = decision_of(request)
        attached = take(request, chosen.pk, lifted=decision is not None)
        if isinstance(attached, Refused):
            return attached
        made = disclosure.draft(
            request.user, now(), agency=chosen, kind=kind, interprets=paper.id if paper else None, files=attached.files,
            declassified=decision, **facts,
        )  # fmt: skip
    except Mistyped as mistyped:
        return mistyped.refused
    if not isinstance(made, Refused):
        _warn(request, attached)
    return made


def _interpreted(request: HttpRequest) -> Any:
    """The paper that a new interpretation explains, when one is named and in reach."""
    number = whole(request.POST.get("interprets") or request.GET.get("interprets"), default=0)
    found = disclosure.find("document", pk=number).first() if number else None
    return found if found and found.agency_id in reach_of(request).ids("document.draft") else None


@power("document.edit", room="文", methods=("GET", "POST"))
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change a draft: the same fields, filled in."""
    row = document_of(request, number)
    working = disclosure.editions(row.id)[-1]
    fields = filled(row.kind, working)
    context: dict[str, Any] = {
        "kind": disclosure.KINDS[row.kind],
        "doc": row,
        "attached": working.attachments,
        "decision": DECISION,
        "fields": fields,
        "seen": working.mark,
    }
    shut = {r.verb: no for r, no in disclosure.open_verbs(row.id, request.user)}  # type: ignore[arg-type]
    if "edit" not in shut or shut["edit"] is not None:
        no = shut.get("edit") or Refused(
            f"“{disclosure.STATES[working.state]}”的件不能改",
            "审的和发的必须是同一份",
            "请先退回，或对已公开的文件办更正",
        )
        if request.method != "POST":
            return _show(request, row, refused=no, status=409)
        return page(request, "document_form", context | _typed_again(request, fields, no), 409)
    if request.method != "POST":
        return page(request, "document_form", context)
    if (fault := _saved(request, row, working, fields, context)) is not None:
        if isinstance(fault, disclosure.Stopped):
            return stopped(request, fault)
        return page(request, "document_form", context | _typed_again(request, fields, fault), 409)
    messages.success(request, _("已保存。"))
    return HttpResponseRedirect(reverse("desk:document", args=[row.id]))


def _typed_again(request: HttpRequest, fields: list[Field], refused: Refused) -> dict[str, Any]:
    again = refill(fields, request.POST, refused=refused)
    return {
        "fields": [replace(f, value=shown_again(f.value)) if f.key == "body" else f for f in again], "decision": refill(DECISION, request.POST), "refused": refused,
    }  # fmt: skip


def _saved(
    request: HttpRequest, row: disclosure.DocumentRow, working: disclosure.EditionRow, fields: list[Field], context: dict[str, Any]
) -> Refused | None:  # fmt: skip
    """Save what was typed; or why not. A form that was refused because of a newer draft carries that draft's mark."""
    seen, context["seen"] = working.mark, clean(request.POST.get("seen"))
    try:
        decision = decision_of(request)
        attached = take(
            request, row.agency_id, working.attachments, lifted=bool(decision or row.declassified)
        )
        if isinstance(attached, Refused):
            return attached
        facts = written(fields, read(fields, request.POST)) | ({"declassified": decision} if decision else {})
    except Mistyped as mistyped:
        return mistyped.refused
    done = disclosure.take(
        row.id, "edit", by=request.user, at=now(), seen=context["seen"], files=attached.files, **facts  # type: ignore[arg-type]
    )  # fmt: skip
    if isinstance(done, Refused):
        context |= {"seen": seen, "newer": context["seen"] not in ("", seen)}
        return done
    _warn(request, attached)
    return None


def _warn(request: HttpRequest, attached: Any) -> None:
    for warning in attached.warnings:
        messages.warning(request, warning)


@power(SEE, room="文")
def attachment(request: HttpRequest, number: int, digest: str) -> HttpResponseBase:
    """One attached file, to be looked at before it is signed; always as a download."""
    row = document_of(request, number)
    names = {a.digest: (a.name, a.media) for e in editions_of(request, row) for a in e.attachments}
    if row.declassified and sees_drafts(reach_of(request), row):
        names.setdefault(row.declassified["digest"], (row.declassified["name"], "application/octet-stream"))
    if digest not in names or not FileRow.path_of(digest).is_file():
        raise Http404(_("这份文件没有这个附件"))
    name, media = names[digest]
    return FileResponse(
        FileRow.path_of(digest).open("rb"), as_attachment=True, filename=name, content_type=media
    )


@power(SEE, room="文")
def preview(request: HttpRequest, number: int) -> HttpResponse:
    """The page as the public would see it, drawn by the portal from the edition that is being worked on."""
    row = document_of(request, number)
    working = editions_of(request, row)[-1]
    files = {a.digest: reverse("desk:document-file", args=[row.id, a.digest]) for a in working.attachments}
    return HttpResponse(portal.preview(replace(row, edition=working), files))
