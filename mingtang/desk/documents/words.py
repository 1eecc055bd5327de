"""Drafting from a Word file: what was recognised is filled in, the author looks at it and saves."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import page, power, reach_of
from mingtang.desk.documents.files import name_of, stopped
from mingtang.desk.documents.reach import seeable
from mingtang.desk.documents.views import drafted_kinds
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import Agency, now, store

_BASIS = "起草：从 Word 文件取正文"


@power("document.draft", room="文", methods=("GET", "POST"))
def from_word(request: HttpRequest) -> HttpResponse:
    """One Word file becomes a draft of the chosen kind; the next page shows what was recognised, to be confirmed."""
    organs = [a for a in reach_of(request).agencies("document.draft") if a.valid_to is None]
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:document-new"))
    made = _made(request, organs)
    if isinstance(made, disclosure.Stopped):
        return stopped(request, made)
    if isinstance(made, Refused):
        return page(
            request, "document_new", {"kinds": drafted_kinds(), "organs": organs, "refused": made}, 409
        )
    return HttpResponseRedirect(reverse("desk:document-edit", args=[made.id]))


def _made(request: HttpRequest, organs: list[Agency]) -> disclosure.DocumentRow | Refused:
    upload, kind = request.FILES.get("word"), request.POST.get("kind", "")
    agency = next((a for a in organs if str(a.pk) == request.POST.get("agency", "")), None)
    if upload is None:
        return Refused(_("没有选择文件"), _BASIS, _("请选择一个 DOCX 文件"))
    if kind not in dict(drafted_kinds()) or agency is None:
        return Refused(_("没有选择文种或发布机构"), _BASIS, _("请从列表中选择"))
    name = name_of(upload.name or "")
    content = upload.read()
    reading = disclosure.read(content, name)
    if disclosure.Secrecy.marks(name, reading if isinstance(reading, disclosure.Reading) else None):
        upload.close()
        return disclosure.Secrecy.stop(request.user, now(), agency, "word", content)  # type: ignore[arg-type]
    paper = disclosure.Paper.of_word(content, name)
    if isinstance(paper, disclosure.Unreadable):
        return Refused(
            _("“%(name)s”：%(why)s") % {"name": name, "why": paper.why}, paper.basis, paper.instead
        )
    made = disclosure.draft(
        request.user, now(), agency=agency, kind=kind, title=paper.title or PurePosixPath(name).stem[:300], doc_no=paper.doc_no,
        written_on=paper.written_on, body=paper.body, attribute=paper.attribute or "open",
        attribute_ground=_("原件附注") if paper.attribute == "closed" else "",
        files=[(p.name, store(p.content, p.media)) for p in paper.pictures],
    )  # fmt: skip
    if isinstance(made, Refused):
        return made
    _tell(request, paper, made)
    return made


def _tell(request: HttpRequest, paper: disclosure.Paper, made: disclosure.DocumentRow) -> None:
    """What was recognised, what to look at, and whether the number stands in the catalogue already."""
    found = [label for label, value in (
        (_("标题"), paper.title), (_("文号"), paper.doc_no), (_("成文日期"), paper.written_on), (_("公开属性"), paper.attribute),
    ) if value]  # fmt: skip
    messages.success(
        request,
        _("已从 Word 文件存为草稿。认出：%s。请看一遍，保存后送审。")
        % (_("、").join(found) or _("只有正文")),
    )
    if paper.organ and paper.organ not in (made.agency_name, made.agency_name.removesuffix(_("人民政府"))):
        messages.warning(
            request,
            _("红头写的是“%(organ)s”，发布机构选的是“%(agency)s”，请核对。")
            % {"organ": paper.organ, "agency": made.agency_name},
        )
    for said in paper.said:
        messages.warning(request, said)
    if paper.doc_no:
        others = (
            disclosure.find("edition", doc_no=paper.doc_no)
            .where_q(~Q(document_id=made.id))
            .values("document_id")
        )
        known = disclosure.find("document", pk__in=[i for (i,) in others]).where_q(seeable(reach_of(request)))
        if (same := known.order("pk").first()) is not None:
            told = {"no": paper.doc_no, "title": same.title}
            messages.warning(request, _("目录里已有%(no)s《%(title)s》，请核对是不是同一份。") % told)
