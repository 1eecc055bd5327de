"""Attachments: read before they are kept, so that nobody publishes a file that cannot be opened or checked."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from mingtang.desk.access import page
from mingtang.desk.fields import Field, Mistyped, read
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, FileRow, find, now, store

MOST_FILES = 20
MOST_BYTES = 30 * 1024 * 1024
_RULE = "本平台的附件规则"
name_of = disclosure.AttachmentRow.readable


# What a paper that bore a secrecy mark must bring along.
DECISION = (
    Field("decision_number", "解密决定的文号", most=80),
    Field("decision_on", "解密日期", "day"),
    Field("decision_organ", "作出决定的机关", most=120),
)


@dataclass(frozen=True)
class Taken:
    """Attachments to keep, in order, and what the checks say of the new ones."""

    files: list[tuple[str, FileRow]]
    warnings: list[str]


@dataclass(frozen=True)
class Brought:
    """A table that was kept, the word by which whoever brought it may name it at the next step, and its name."""

    digest: str
    word: str
    name: str

    @property
    def content(self) -> bytes:
        """The bytes of the table."""
        return FileRow.path_of(self.digest).read_bytes()


def brought_table(request: HttpRequest, basis: str, most: int | None = None) -> Brought:
    """The table a form brings, or the one that this person brought at the look before.

    The word is signed for the person: a digest alone, however it became known, opens nobody else's file. Raises Mistyped.
    ``most``: bytes.
    """
    upload, signer = request.FILES.get("table"), Signer(salt=f"desk.brought.{request.user.pk}")
    if upload is not None and most is not None and (upload.size or 0) > most:
        raise Mistyped(Refused(_("表太大"), basis, _("请按领域分成几个文件")))
    if upload is not None:
        kept = store(upload.chunks(), "application/octet-stream")
        return Brought(kept.digest, signer.sign(kept.digest), name_of(upload.name or ""))
    with suppress(BadSignature):
        word = request.POST.get("brought", "")
        digest = signer.unsign(word)
        if find("file", digest=digest).exists():  # it may have been stopped for a secrecy mark since
            return Brought(digest, word, name_of(request.POST.get("name", "")))
    raise Mistyped(Refused(_("没有选择表格"), basis, _("请选择一个 XLSX 或 CSV 文件")))


def stopped(request: HttpRequest, refused: disclosure.Stopped) -> HttpResponse:
    """Something with a secrecy mark did not come in: a page that shows nothing of what was sent."""
    return page(request, "stopped", {"refused": refused}, 409)


def error_sheet(misfits: str) -> HttpResponse:
    """What did not fit of a table, as a file to mend and bring again."""
    sheet = HttpResponse(misfits, content_type="text/csv; charset=utf-8")
    sheet["Content-Disposition"] = 'attachment; filename="rows-to-mend.csv"'
    return sheet


def decision_of(request: HttpRequest) -> disclosure.Declassified | None:
    """The decision that lifted the paper's secrecy, when the form brings one. Raises Mistyped when a part is missing."""
    typed, upload = read(DECISION, request.POST), request.FILES.get("decision")
    if not typed and upload is None:
        return None
    name = name_of(upload.name or "") if upload else ""
    if upload is not None and (upload.size or 0) > MOST_BYTES:
        raise Mistyped(Refused(f"“{name}”超过{MOST_BYTES // 1024 // 1024} MB", _RULE, "请压缩后再上传"))
    kept = store(upload.read(), "application/octet-stream") if upload else None
    made = disclosure.Declassified(
        typed.get("decision_number", ""),
        typed.get("decision_on"),
        typed.get("decision_organ", ""),
        kept,
        name,
    )
    if fault := made.fault(now().astimezone(SHANGHAI).date()):
        raise Mistyped(fault)
    return made


def take(
    request: HttpRequest,
    agency: int,
    already: Iterable[disclosure.AttachmentRow] = (),
    *,
    lifted: bool = False,
) -> Taken | Refused:
    """The attachments of a form: those ticked to stay, then the new ones. Nothing is kept when one is refused.

    One with a secrecy mark is stopped before it is stored, unless its secrecy was ``lifted``.
    """
    stay = set(request.POST.getlist("keep"))
    kept = [a for a in already if a.digest in stay]
    uploads = request.FILES.getlist("files")
    if len(kept) + len(uploads) > MOST_FILES:
        return Refused(f"附件超过{MOST_FILES}个", _RULE, "请合并成一个压缩包，或分几份文件公开")
    new: list[tuple[str, bytes, str]] = []
    warnings: list[str] = []
    for upload in uploads:
        found = _looked_at(request, agency, upload, warnings, lifted)
        if isinstance(found, Refused):
            for each in uploads:  # their temporary copies go now, not with the answer
                each.close()
            return found
        new.append(found)
    rows = {f.digest: f for f in find("file", digest__in=[a.digest for a in kept])}
    stored = [(name, store(content, media)) for name, content, media in new]
    return Taken([*((a.name, rows[a.digest]) for a in kept), *stored], warnings)


def _looked_at(
    request: HttpRequest, agency: int, upload: UploadedFile, warnings: list[str], lifted: bool
) -> tuple[str, bytes, str] | Refused:
    """Name, bytes and media type of one upload that may be kept, or why not; what the checks say goes to ``warnings``."""
    name = name_of(upload.name or "")
    if not name:
        return Refused("附件没有文件名", _RULE, "请改好文件名再上传")
    if (upload.size or 0) > MOST_BYTES:
        return Refused(
            f"附件“{name}”超过{MOST_BYTES // 1024 // 1024} MB", _RULE, "请压缩图片，或拆成几个文件"
        )
    content = upload.read()
    reading = disclosure.read(content, name, attached=True)
    text = reading if isinstance(reading, disclosure.Reading) else None
    if not lifted and disclosure.Secrecy.marks(name, text):
        return disclosure.Secrecy.stop(request.user, now(), agency, "upload", content)  # type: ignore[arg-type]
    if isinstance(reading, disclosure.Unreadable):
        return Refused(f"附件“{name}”：{reading.why}", reading.basis, reading.instead)
    found = [f for f in disclosure.check(reading) if f.severity == "error"]
    warnings += [f"附件“{name}”：{f.message}" for f in found[:5]]
    return name, content, reading.media
