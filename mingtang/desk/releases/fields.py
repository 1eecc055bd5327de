"""The fields of a delivery made by hand, as a form and as the columns of a table; and the photograph that may go with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Q

from mingtang.desk.documents.files import MOST_BYTES, name_of
from mingtang.desk.fields import Field
from mingtang.law.api import Refused
from mingtang.ledger.api import now, store
from mingtang.portal import api as portal

# What a person is waited for at a channel: a draft to publish, something to delete, a sending that failed, a dead link.
TASKS = Q(state__in=("by_hand", "failed")) | Q(state="done", link_state="gone")
# Of the columns of a table; the first names the document by its index number or its 文号.
LABELS = ("索引号或文号", "渠道", "位置", "日期")
FIELDS = (
    Field("channel", "渠道", "choice", True, choices=tuple(portal.BY_HAND.items())),
    Field("place", "位置", required=True, hint="网址，或者报纸版面、播出节目、公告栏的地点", most=300),
    Field("on", "日期", "day", True, "不能早于首次公开，不能晚于今天"),
)


def channel_fields() -> list[Field]:
    """The form, with today in it."""
    return [replace(f, value=str(now().date())) if f.key == "on" else f for f in FIELDS]


def photo_of(upload: Any) -> str | Refused:
    """The digest of an uploaded photograph or scan once it is kept; empty without one."""
    if upload is None:
        return ""
    name, basis = name_of(upload.name or ""), "本平台的附件规则"
    if (upload.size or 0) > MOST_BYTES:
        return Refused(f"照片“{name}”太大", basis, f"请压到{MOST_BYTES // 1024 // 1024} MB 以内")
    content = upload.read()
    media = (
        "image/png"
        if content.startswith(b"\x89PNG\r\n\x1a\n")
        else "image/jpeg"
        if content.startswith(b"\xff\xd8\xff")
        else ""
    )
    if not media:
        return Refused(f"“{name}”不是 PNG 或 JPEG 照片", basis, "请换成 PNG 或 JPEG")
    return store(content, media).digest
