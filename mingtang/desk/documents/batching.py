"""A table reviewed as one paper: brought here, seen as rows and as a sample, a row pulled out with its reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import Reach, page, power, reach_of, whole
from mingtang.desk.cases.views import stream_csv
from mingtang.desk.documents.files import brought_table, error_sheet, stopped
from mingtang.desk.documents.reach import SEE, SEE_DRAFT, document_of
from mingtang.desk.fields import Field, Mistyped, read, refill
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import Agency, now

_SHOWN, _LENGTH = 50, 50
_HEAD = ["行", "标题", "索引号", "首次公开", "为什么挑出"]
WHY = Field("reason", "为什么挑出", "area", True, "写明疑点；会留痕，办理的人看得到", most=500)


def _fields(organs: list[Agency]) -> list[Field]:
    return [
        Field("agency", "发布机构", "choice", True, choices=tuple((str(a.pk), a.name) for a in organs), value=str(organs[0].pk) if len(organs) == 1 else ""),
        Field("kind", "文种", "choice", True, choices=tuple(disclosure.BatchTable.kinds().items()), hint="一批只有一个文种；能成批的是一行一条的文种"),
    ]  # fmt: skip


@power("document.draft", room="文", methods=("GET", "POST"))
def bring(request: HttpRequest) -> HttpResponse:
    """GET the form; POST step=look says row by row what would happen, step=take enters, step=errors gives the sheet."""
    organs = [a for a in reach_of(request).agencies("document.draft") if a.valid_to is None]
    fields = _fields(organs)
    if request.method != "POST":
        return page(request, "batch_new", {"fields": fields})
    again, taking = refill(fields, request.POST), request.POST.get("step") == "take"
    try:
        told = read(fields, request.POST)
        kept = brought_table(request, disclosure.BatchTable.BASIS)
        name = kept.name
        found = disclosure.BatchTable.of_file(kept.content, name)
        if isinstance(found, disclosure.Unreadable):
            raise Mistyped(Refused(f"“{name}”：{found.why}", found.basis, found.instead))
        agency = next(a for a in organs if str(a.pk) == told["agency"])
        done = found.bring(request.user, now(), agency=agency, kind=told["kind"], dry=not taking)  # type: ignore[arg-type]
        if isinstance(done, Refused) and not isinstance(done, disclosure.Stopped):
            raise Mistyped(done)
    except Mistyped as mistyped:
        return page(request, "batch_new", {"fields": again, "refused": mistyped.refused}, 409)
    if isinstance(done, disclosure.Stopped):
        return stopped(request, done)
    if request.POST.get("step") == "errors":
        return error_sheet(found.misfits_as_csv(done.misfits))
    if taking and done.document_id:
        told_of = {"n": done.taken, "k": done.known, "w": len({m.row for m in done.misfits})}
        messages.success(
            request, _("已收进 %(n)d 行，有过的 %(k)d 行没有动，不合的 %(w)d 行没有收。") % told_of
        )
        return HttpResponseRedirect(reverse("desk:document", args=[done.document_id]))
    return page(request, "batch_new", {
        "fields": again, "looked": done, "table": found, "brought": kept.word, "name": name, "misfits": done.misfits[:_SHOWN],
        "rows_wrong": len({m.row for m in done.misfits}), "more": max(0, len(done.misfits) - _SHOWN),
        "risky": done.risky[:_SHOWN], "more_risky": max(0, len(done.risky) - _SHOWN), "goes": done.taken - len(done.risky),
    })  # fmt: skip


def shown(
    request: HttpRequest, row: disclosure.DocumentRow, working: disclosure.EditionRow
) -> dict[str, Any]:
    """What the page of a batch's paper draws beside the review, and that of a row which came in a batch; {} for others."""
    line = disclosure.find("batch_line", document_id=row.id).first()
    if line is not None:
        paper = disclosure.find("document", pk=line.batch_document_id).one()
        beside = line.pulled_in is None and row.first_published_at is None
        may_pull = beside and _may_pull(reach_of(request), paper)
        reason = disclosure.BatchTable.reasons([row.id]).get(row.id, "")
        return {"line": line, "batch_paper": paper, "may_pull": may_pull, "why": WHY, "said": reason}
    batch = disclosure.find("batch", document_id=row.id).first()
    if batch is None:
        return {}
    lines = disclosure.find("batch_line", batch_document_id=row.id)
    going = lines.where(pulled_in__isnull=True)
    out = lines.where(pulled_in__isnull=False).page(whole(request.GET.get("out"), most=10**6), _LENGTH)
    drafted = working.state == "draft"
    said = disclosure.BatchTable.reasons([r.document_id for r in out.rows])
    return {
        "batch": batch, "sample": [] if drafted else _sampled(row, working.data.get("sample", ())), "sample_size": len(working.data.get("sample", ())),
        "pulled": out, "pulled_why": [(r, said.get(r.document_id, "")) for r in out.rows], "going": going.page(whole(request.GET.get("rows"), most=10**6), _LENGTH), "lines_all": lines.count(),
        "gone": going.where(published_at__isnull=False).count(), "may_pull": _may_pull(reach_of(request), row), "why": WHY,
    }  # fmt: skip


def _sampled(paper: disclosure.DocumentRow, numbers: Any) -> list[dict[str, Any]]:
    """The rows drawn for the reviewers, each with the fields of its kind and its text."""
    lines = list(disclosure.find("batch_line", batch_document_id=paper.id, number__in=list(numbers)))
    found = disclosure.find("edition", document_id__in=[line.document_id for line in lines], number=1)
    editions = dict(zip((d for (d,) in found.values("document_id")), found, strict=True))
    told, said = [], disclosure.BatchTable.reasons([line.document_id for line in lines])
    for line in lines:
        edition = editions[line.document_id]
        own = disclosure.KINDS[paper.kind].lines(edition.data)
        told.append(
            {
                "line": line,
                "why": said.get(line.document_id, ""),
                "number": edition.doc_no,
                "own": own,
                "text": [t for t in edition.lines[1:] if t not in own],
            }
        )
    return told


def _may_pull(reach: Reach, paper: disclosure.DocumentRow) -> bool:
    state = disclosure.editions(paper.id)[-1].state
    return state in disclosure.BatchTable.OPEN and bool(
        reach.may("document.edit" if state == "draft" else "document.return", paper)
    )


@power(SEE_DRAFT, room="文", methods=("GET", "POST"))
def pull_out(request: HttpRequest, number: int) -> HttpResponse:
    """Take one row out of its batch, with the reason; back to the batch's paper."""
    row = document_of(request, number)
    line = disclosure.find("batch_line", document_id=row.id).first()
    if line is None:
        raise Http404(_("这份文件不在任何一批里"))
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:document", args=[row.id]))
    try:
        told = read([WHY], request.POST)
        done = disclosure.BatchTable.pull_out(row.id, told["reason"], by=request.user, at=now())  # type: ignore[arg-type]
    except Mistyped as mistyped:
        done = mistyped.refused
    if isinstance(done, disclosure.Stopped):
        return stopped(request, done)
    if isinstance(done, Refused):
        messages.error(request, f"{done.why}（{done.basis}）。{done.instead}")
        return HttpResponseRedirect(reverse("desk:document", args=[row.id]))
    messages.success(request, _("第 %d 行已挑出，成了单独的草稿。") % done)
    return HttpResponseRedirect(reverse("desk:document", args=[line.batch_document_id]))


@power(SEE, room="文")
def export(request: HttpRequest, number: int) -> HttpResponseBase:
    """The rows of a batch, as CSV: number, title, index number, when it became public, why it was pulled out."""
    row = document_of(request, number)
    if not disclosure.find("batch", document_id=row.id).exists():
        raise Http404(_("这不是一批文件"))
    rows = list(disclosure.find("batch_line", batch_document_id=row.id))
    said = disclosure.BatchTable.reasons([r.document_id for r in rows if r.pulled_in is not None])
    lines = (
        [r.number, r.title, r.index_no, f"{r.published_at:%Y-%m-%d %H:%M}" if r.published_at else "", said.get(r.document_id, "")]
        for r in rows
    )  # fmt: skip
    return stream_csv(f"batch-{row.id}.csv", _HEAD, lines)
