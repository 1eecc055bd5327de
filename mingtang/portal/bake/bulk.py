"""The catalogue in bulk: one line for every document on the site, as JSON Lines and as CSV, in gzip.

A folder of a thousand documents is one *part*, kept outside the site; gzip members may be joined, so a publication makes
its own part anew and joins the parts of its *volume* of fifty thousand: what it costs does not grow with the catalogue.
What is withdrawn is in neither file from the moment its page is gone.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
from collections.abc import Collection
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings

from mingtang.disclosure import api as disclosure
from mingtang.ledger.api import SHANGHAI
from mingtang.portal import links
from mingtang.portal.bake.source import LIVE, Source
from mingtang.portal.bake.writer import Change

FOLDER = "data"
# Column: (name in the catalogue, heading of the CSV). Names that begin with a point are made here.
FIELDS: dict[str, tuple[str, str]] = {
    "id": ("pk", "编号"), "url": (".url", "网址"), "index_no": ("index_no", "索引号"), "title": ("title", "标题"),
    "agency_code": (".agency_code", "机构代码"), "agency": (".agency", "发布机构"), "kind": ("kind", "文种代码"),
    "kind_name": (".kind_name", "文种"), "column": ("column", "栏目"), "key_area": ("key_area", "重点领域"),
    "doc_no": ("doc_no", "文号"), "written_on": ("written_on", "成文日期"), "effective_on": ("effective_on", "施行日期"),
    "first_published": ("first_published_at", "首次公开"), "updated": ("published_at", "最近更新"),
    "validity": ("validity", "有效性"), "theme": ("theme", "主题分类"), "genre": ("genre", "体裁"),
    "keywords": ("keywords", "主题词"), "summary": ("summary", "摘要"), "article20": ("article20", "条例第二十条第几项"),
    "interprets": ("interprets_id", "解读的文件"), "digest": ("digest", "版本摘要（SHA-256）"),
}  # fmt: skip
_KEPT = tuple(name for name, _head in FIELDS.values() if not name.startswith("."))
_ENDS = ("jsonl", "csv")
# Folders of a volume.
_VOLUME = 50


def place_of(document: int, end: str = "jsonl") -> str:
    """The address of the volume that has a document's line."""
    return f"/{FOLDER}/{_name(document // links.PER_FOLDER // _VOLUME, end)}"


def _name(volume: int, end: str) -> str:
    """The first volume has no number: most cities never fill it."""
    return f"documents{f'-{volume + 1}' if volume else ''}.{end}.gz"


def add(made: Change, source: Source, documents: Collection[int] | None = None) -> None:
    """Bring the data files into a set: the parts of these documents anew (None: every part), the others as they lie.

    Call while no other delivery runs: a part is kept aside from one to the next.
    """
    here = settings.HOME / "bulk"
    here.mkdir(parents=True, exist_ok=True)
    if documents is None:
        for file in here.iterdir():
            file.unlink()
    touched = {d // links.PER_FOLDER for d in documents or ()}
    volumes: dict[int, list[int]] = {0: []}  # the first is there before any document is
    for number in sorted(source.folders()):
        volumes.setdefault(number // _VOLUME, []).append(number)
    about: dict[str, Any] = {
        "documents": sum(source.counts().values()),
        "fields": {key: head for key, (_name, head) in FIELDS.items()}, "files": [],
    }  # fmt: skip
    for volume, numbers in volumes.items():
        for number in numbers:
            if number in touched or not all(_part(here, number, end).exists() for end in _ENDS):
                _make(here, source, number)
                touched.add(number)
        for end in _ENDS:
            name, file = _name(volume, end), here / f"volume-{volume}.{end}"
            if touched.intersection(numbers) or not _sum_of(file).exists():
                _join(file, [_part(here, n, end) for n in numbers], end)
            known, size = _sum_of(file).read_text().split()
            # Every volume: a delivery before this one may have joined it and never come to the tree.
            made.copies[f"{FOLDER}/{name}"] = (known, file)
            about["files"].append({"url": f"/{FOLDER}/{name}", "sha256": known, "size": int(size)})
    text = json.dumps(about, ensure_ascii=False, sort_keys=True, indent=1)
    made.writes[f"{FOLDER}/index.json.gz"] = _packed(text.encode())


def _packed(content: bytes) -> bytes:
    return gzip.compress(content, 6, mtime=0)


def _part(here: Path, number: int, end: str) -> Path:
    return here / f"{number}.{end}.gz"


def _make(here: Path, source: Source, number: int) -> None:
    """Both files of one part, from one question."""
    low = number * links.PER_FOLDER
    found = disclosure.find("document", **LIVE, pk__gte=low, pk__lt=low + links.PER_FOLDER)
    names = (*_KEPT, "agency_id")
    rows = [_row(source, dict(zip(names, v, strict=True))) for v in found.order("pk").values(*names)]
    lines = "".join(json.dumps(r, ensure_ascii=False, separators=(",", ":")) + "\n" for r in rows)
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerows([_cell(v) for v in r.values()] for r in rows)
    for end, text in zip(_ENDS, (lines, sheet.getvalue()), strict=True):
        place = _part(here, number, end)
        aside = place.with_suffix(f".{os.getpid()}")
        aside.write_bytes(_packed(text.encode()) if text else b"")
        os.replace(aside, place)


def _row(source: Source, kept: dict[str, Any]) -> dict[str, Any]:
    """One line of the catalogue."""
    organ = source.organs[kept["agency_id"]]
    made = {
        ".url": links.doc_url(kept["pk"]), ".agency_code": organ.code, ".agency": organ.name,
        ".kind_name": disclosure.KINDS[kept["kind"]].title,
    }  # fmt: skip
    return {key: _plain(made[name] if name in made else kept[name]) for key, (name, _head) in FIELDS.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _cell(value: Any) -> Any:
    """A cell of the CSV: lists as one, nothing typed taken for a formula."""
    return disclosure.Cells.harmless("，".join(map(str, value)) if isinstance(value, list) else value)


def _sum_of(file: Path) -> Path:
    """Where a volume's digest and size are kept."""
    return file.with_suffix(file.suffix + ".sum")


def _join(file: Path, parts: list[Path], end: str) -> None:
    """The parts as one volume, its digest and size beside it; a CSV begins with its headings."""
    known, size = hashlib.sha256(), 0
    head = "\ufeff" + ",".join(head for _name, head in FIELDS.values()) + "\r\n" if end == "csv" else ""
    aside = file.with_suffix(f".{end}.{os.getpid()}")
    with open(aside, "wb") as out:
        for piece in chain([_packed(head.encode())], (part.read_bytes() for part in parts)):
            known.update(piece)
            size += out.write(piece)
    # Without its sum a volume is joined again: it goes first and comes last.
    _sum_of(file).unlink(missing_ok=True)
    os.replace(aside, file)
    _sum_of(file).write_text(f"{known.hexdigest()} {size}")
