"""Attachments: read before they are kept, so that nobody publishes a file that cannot be opened or checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.http import HttpRequest

from mingtang.desk.fields import clean
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import FileRow, find, store

MOST_FILES = 20
MOST_BYTES = 30 * 1024 * 1024
_RULE = "本平台的附件规则"


@dataclass(frozen=True)
class Taken:
    """Attachments to keep, in order, and what the checks say of the new ones."""

    files: list[tuple[str, FileRow]]
    warnings: list[str]


def name_of(raw: str) -> str:
    """A file's name as readers will see it: no folders, no control characters, not too long."""
    name = PurePosixPath(clean(raw).replace("\\", "/")).name.replace("\n", " ").strip(" .")
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[:180]}{dot}{suffix[:12]}" if stem else name[:190]


def take(request: HttpRequest, already: Iterable[disclosure.AttachmentRow] = ()) -> Taken | Refused:
    """The attachments of a form: those ticked to stay, then the new ones. Nothing is kept when one is refused."""
    stay = set(request.POST.getlist("keep"))
    kept = [a for a in already if a.digest in stay]
    uploads = request.FILES.getlist("files")
    if len(kept) + len(uploads) > MOST_FILES:
        return Refused(f"附件超过{MOST_FILES}个", _RULE, "请合并成一个压缩包，或分几份文件公开")
    new: list[tuple[str, bytes, str]] = []
    warnings: list[str] = []
    for upload in uploads:
        name = name_of(upload.name or "")
        if not name:
            return Refused("附件没有文件名", _RULE, "请改好文件名再上传")
        if (upload.size or 0) > MOST_BYTES:
            return Refused(
                f"附件“{name}”超过{MOST_BYTES // 1024 // 1024} MB", _RULE, "请压缩图片，或拆成几个文件"
            )
        content = upload.read()
        reading = disclosure.read(content, name, attached=True)
        if isinstance(reading, disclosure.Unreadable):
            return Refused(f"附件“{name}”：{reading.why}", reading.basis, reading.instead)
        found = [f for f in disclosure.check(reading) if f.severity == "error"]
        warnings += [f"附件“{name}”：{f.message}" for f in found[:5]]
        new.append((name, content, reading.media))
    rows = {f.digest: f for f in find("file", digest__in=[a.digest for a in kept])}
    stored = [(name, store(content, media)) for name, content, media in new]
    return Taken([*((a.name, rows[a.digest]) for a in kept), *stored], warnings)
