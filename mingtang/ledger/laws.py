"""The law that arrived after the package was made: holiday notices and city norms, kept as files by hash."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mingtang.law import api as law
from mingtang.ledger.acts import Deed, record
from mingtang.ledger.files import FileRow, store
from mingtang.ledger.models import LawFile, Person
from mingtang.ledger.outbox import enqueue

log = logging.getLogger(__name__)
# Another process may load a notice: this one looks again after so many seconds.
_LOOK_AGAIN = 2.0


@dataclass(frozen=True)
class _Loaded:
    """What was read from the table, and when it was last looked at."""

    looked: float
    newest: int
    notices: tuple[law.Notice, ...]
    norms: tuple[law.NormFile, ...]


_loaded: _Loaded | None = None


def forget() -> None:
    """Look at the table again at the next question."""
    global _loaded
    _loaded = None


def _current() -> _Loaded:
    global _loaded
    if _loaded is not None and time.monotonic() - _loaded.looked < _LOOK_AGAIN:
        return _loaded
    newest = LawFile.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if _loaded is not None and _loaded.newest == newest:
        _loaded = _Loaded(time.monotonic(), newest, _loaded.notices, _loaded.norms)
        return _loaded
    found: list[law.Notice] = []
    norms: list[law.NormFile] = []
    for row in LawFile.objects.order_by("pk"):
        read = read_again(row.kind, row.title, row.year, row.file_id)
        if isinstance(read, law.Refused):
            # Deadlines that rest on it are counted without it, and wrong: say so where somebody looks.
            log.error(
                "law: 已载入的《%s》（%s）读不出来：%s。%s", row.title, row.file_id, read.why, read.instead
            )
        elif isinstance(read, law.Notice):
            found.append(read)
        else:
            norms.append(read)
    _loaded = _Loaded(time.monotonic(), newest, tuple(found), tuple(norms))
    return _loaded


def read_again(
    kind: str, title: str, year: int | None, digest: str
) -> law.Notice | law.NormFile | law.Refused:
    """A loaded text read once more from its file; Refused when it is lost, was changed, or is no longer understood."""
    try:
        kept = FileRow.path_of(digest).read_bytes()
    except OSError as error:
        return law.Refused(
            f"文件不在：{error.strerror}", "载入的规定按摘要保存", "请从备份恢复数据目录的 files"
        )
    if hashlib.sha256(kept).hexdigest() != digest:
        return law.Refused(
            "内容与摘要不符，载入后被改过", "载入的规定按摘要保存", "请从备份恢复数据目录的 files"
        )
    text = kept.decode()
    return law.parse_notice(text, year) if kind == "notice" else law.parse_norms(text, title)


def law_on(day: date, more: Sequence[law.Notice | law.NormFile] = ()) -> law.Law | law.Refused:
    """The norms in force on a day, with every notice and city norm loaded; ``more``: as if these were loaded too.

    Refused before 2008-05-01, when there was no Regulation. Source: contract "Time, law and data that arrive later".
    """
    known = _current()
    return law.on(
        day,
        notices=(*known.notices, *(m for m in more if isinstance(m, law.Notice))),
        norms=(*known.norms, *(m for m in more if isinstance(m, law.NormFile))),
    )


def load(
    by: Person | None,
    at: datetime,
    *,
    kind: str,
    text: str,
    title: str = "",
    year: int | None = None,
    trial: bool = False,
) -> LawFile | law.Notice | law.NormFile | law.Refused:
    """Load a pasted holiday notice (``kind`` notice) or a city's norms (YAML, ``kind`` norms).

    Refused when it cannot be read, leaves out a festival, or was loaded before. Open cases are recomputed when the outbox
    row is drained, one Act for each date that moves. ``trial``: nothing is kept; what was read comes back. Returns the kept
    row. Source: 国务院办公厅放假通知；本市规定.
    """
    read = _read(kind, text, title, year)
    if isinstance(read, law.Refused) or trial:
        return read
    kept = store(text.encode(), "text/plain; charset=utf-8")
    row = LawFile.objects.create(
        kind=kind, title=title or getattr(read, "title", ""), year=year, file_id=kept.digest, loaded_at=at
    )
    record(
        Deed(
            "law.load", "law_file", str(row.pk), at, by, None, "国务院办公厅放假通知；本市规定",
            {"kind": kind, "title": row.title, "digest": read.digest, "file": kept.digest},
        )
    )  # fmt: skip
    enqueue("law.changed", {"kind": kind, "title": row.title, "digest": read.digest}, at)
    forget()
    return row


def _read(kind: str, text: str, title: str, year: int | None) -> Any:
    """The text as a notice or as norms, or why it cannot be loaded."""
    if kind not in ("notice", "norms"):
        return law.Refused("只能载入放假通知或本市规定", "本平台", "请选择种类")
    read: Any = (
        law.parse_notice(text, year) if kind == "notice" else law.parse_norms(text, title or "本市规定")
    )
    if isinstance(read, law.Refused):
        return read
    if getattr(read, "missing", ()):
        return law.Refused(
            f"通知里没有提到：{'、'.join(read.missing)}",
            "一年的放假通知包括全部节日",
            "可能没有粘贴完整，请粘贴通知全文",
        )
    digest = hashlib.sha256(text.encode()).hexdigest()
    if LawFile.objects.filter(kind=kind, file_id=digest).exists():
        return law.Refused("这份文件已经载入过", "同一份文件只载入一次", "不需要再办")
    return read
