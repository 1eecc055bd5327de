"""Catalogues of other systems: a table is read, every row is looked over, what fits is taken over, the rest comes back.

Nothing is doubled: a row keeps the number it had there (or the digest of what it says), and is known by it for ever.
"""

from __future__ import annotations

import csv
import hashlib
import html
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import chain, islice
from typing import Any, Self

from django.db import IntegrityError

from mingtang.disclosure import publishing, secrecy
from mingtang.disclosure.catalogue import VALIDITIES, fault_of
from mingtang.disclosure.cells import Cells
from mingtang.disclosure.checks.types import Unreadable
from mingtang.disclosure.judging import judge_values
from mingtang.disclosure.kinds import key_areas, kinds, themes
from mingtang.disclosure.models import Document
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, Agency, Person, find, may, store

# Our field ← what catalogues call it. A column called like a field of the row's kind goes there.
HEADERS = {
    "key": "原编号 编号 索引号 原索引号 信息索引号 id", "title": "标题 名称 信息名称 文件名称 事项名称", "doc_no": "文号 发文字号 文件编号",
    "agency": "发布机构 公开机关 发布单位 机构 部门 单位 实施主体", "kind": "文种 信息类型 类别", "written_on": "成文日期 生成日期",
    "published_on": "发布日期 公开日期 发布时间 公开时间", "body": "正文 内容 信息内容", "summary": "内容概述 摘要 概述",
    "keywords": "主题词 关键词", "theme": "主题分类", "validity": "有效性 效力", "source": "来源 信息来源", "key_area": "重点领域",
    "effective_on": "生效日期 施行日期", "attribute": "公开属性", "attribute_ground": "不公开的依据和理由 不予公开理由 不公开依据",
}  # fmt: skip
OURS = {name: ours for ours, names in HEADERS.items() for name in names.split()}
LABELS = {ours: names.split()[0] for ours, names in HEADERS.items()} | {"key": "原编号"}
_DAY = re.compile(
    r"^((?:19|20)\d\d)(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?(?:[ T]+(\d{1,2}):(\d{1,2})(?::\d{1,2})?)?$"
)
_TIGHT = re.compile(r"^((?:19|20)\d\d)(\d\d)(\d\d)$")
_LONG_NUMBER = re.compile(r"[0-9０-９](?:[ \u3000-]?[0-9０-９]){13}")
_BASIS = "移交清单：每一行都要认得出标题、机构、文种和公开日期"
_MOST_ROWS = 200_000
_BATCH = 2_000


@dataclass(frozen=True)
class Misfit:
    """One cell that will not do: the row (as the table program counts), the column, why, and what to do."""

    row: int
    column: str
    why: str
    instead: str


@dataclass
class Imported:
    """What came of an import: rows taken over, rows that were there before, cells that will not do."""

    taken: int = 0
    known: int = 0
    misfits: list[Misfit] = field(default_factory=list)


def faulty_as_csv(head: Sequence[str], rows: Mapping[int, Sequence[str]], misfits: Iterable[Misfit]) -> str:
    """The rows (by number) that did not fit, as CSV with a mark for Excel; the last column says why."""
    told: dict[int, list[str]] = {}
    for m in misfits:
        told.setdefault(m.row, []).append(f"{m.column}：{m.why}；{m.instead}")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(map(Cells.harmless, [*head, "错在哪里"]))
    for row, why in sorted(told.items()):
        padded = [*rows[row], *[""] * (len(head) - len(rows[row])), "　".join(why)]
        writer.writerow(map(Cells.harmless, padded))
    return "\ufeff" + out.getvalue()


def organs_by_word() -> dict[str, Agency]:
    """Every organ by whatever a table may call it: code, name, short name, alias."""
    found: dict[str, Agency] = {}
    for organ in find("agency"):
        for word in (organ.code, organ.name, organ.short_name, *organ.aliases):
            found.setdefault(word, organ)
    return found


@dataclass(frozen=True)
class CatalogueTable:
    """A catalogue as a table: ``head`` the column names, ``rows`` the cells as text, in order; ``digest`` of its file."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    digest: str = ""

    @classmethod
    def of_file(cls, data: bytes, name: str) -> Self | Unreadable:
        """Read an XLSX (its first sheet) or a CSV (UTF-8 or GB18030). Unreadable, with the way out, for anything else."""
        rows = Cells.read(data, name, _BASIS)
        if isinstance(rows, Unreadable):
            return rows
        if len(rows) < 2:
            return Unreadable("表里没有数据行", _BASIS, "第一行写列名，从第二行起一行一条")
        if len(rows) > _MOST_ROWS + 1:
            return Unreadable(
                f"表有 {len(rows) - 1} 行，超过 {_MOST_ROWS} 行的上限", _BASIS, "请分成几个文件"
            )
        head = tuple(h.strip().rstrip("*＊") for h in rows[0])
        if "title" not in {OURS.get(h) for h in head}:
            return Unreadable(
                "第一行里没有“标题”这一列", _BASIS, "第一行写列名：" + "、".join(LABELS.values())
            )
        return cls(name, head, tuple(tuple(r) for r in rows[1:]), hashlib.sha256(data).hexdigest())

    @property
    def unknown(self) -> tuple[str, ...]:
        """Columns that no kind knows: they are left out."""
        labels = {f.label for k in kinds().values() for f in k.fields}
        return tuple(h for h in self.head if h and h not in OURS and h not in labels)

    def misfits_as_csv(self, misfits: Iterable[Misfit]) -> str:
        """The rows that did not fit, with a column that says why: to be mended and brought again."""
        return faulty_as_csv(self.head, dict(enumerate(self.rows, 2)), misfits)

    def as_csv(self) -> str:
        """All of it as a table to be looked at."""
        out = io.StringIO()
        csv.writer(out).writerows([map(Cells.harmless, row) for row in (self.head, *self.rows)])
        return "\ufeff" + out.getvalue()

    def look_over(
        self, at: datetime, *, source: str, kind: str = "", agency: Agency | None = None
    ) -> Iterator[Mapping[str, Any] | list[Misfit]]:
        """Every row as ``take_over`` wants it, or what is wrong with it. ``kind`` and ``agency`` stand in for missing columns."""
        looker = Looker(self, at, source, kind, agency)
        for number, cells in enumerate(self.rows, 2):
            if any(c.strip() for c in cells):
                yield looker.row(number, cells)

    def take(
        self, source: str, by: Person, at: datetime, *, kind: str = "", agency: Agency | None = None, dry: bool = False,
        progress: Callable[[int], object] = lambda n: None,
    ) -> Imported | Refused:  # fmt: skip
        """Take over every row that fits, batch by batch, each whole or not at all; ``dry``: only say what would happen.

        Run again after an interruption, or with the mended rows: what is there is known and left alone. Refused when the
        person may not, or when another import of the same rows is running.
        """
        if not source.strip():
            return Refused("没有写明来源系统", _BASIS, "请写明这些数据从哪个系统移交来，例如：旧门户网站")
        if not (verdict := may(by, "document.take_over")):
            return Refused(verdict.why, verdict.basis, "移交由系统管理员执行，并附移交清单")
        if secrecy.names_mark(chain((self.name,), *self.rows)):
            # Of such a table no row comes in: what else is in it nobody here may judge.
            return secrecy.stop(by, at, agency, "import", self.digest, [self.digest])
        done, seen = Imported(), set[str]()
        rows = self.look_over(at, source=source, kind=kind, agency=agency)
        while batch := list(islice(rows, _BATCH)):
            fit: list[Mapping[str, Any]] = []
            for found in batch:
                if isinstance(found, list):
                    done.misfits += found
                else:
                    fit.append(found)
            fresh = _fresh(fit, seen)
            done.known += len(fit) - len(fresh)
            if fresh and not dry:
                refused = _take(fresh, source, by, at)
                if refused is not None:
                    return refused
            done.taken += len(fresh)
            progress(len(batch))
        return done


def known_as(source: str, key: str) -> str:
    """What a row is known by for ever: the system it came from, and its number there."""
    return hashlib.sha256(f"{source}\x1f{key}".encode()).hexdigest()


def _fresh(rows: Sequence[Mapping[str, Any]], seen: set[str]) -> list[Mapping[str, Any]]:
    """The rows that neither the catalogue nor an earlier line of this table holds."""
    keys = [r["origin"][1] for r in rows]
    held = set(
        Document.objects.filter(origin_type="import", origin_id__in=keys).values_list("origin_id", flat=True)
    )
    fresh = []
    for row, key in zip(rows, keys, strict=True):
        if key not in held and key not in seen:
            seen.add(key)
            fresh.append(row)
    return fresh


def _take(rows: Sequence[Mapping[str, Any]], source: str, by: Person, at: datetime) -> Refused | None:
    # Files come as (name, media type, how to read it): kept only of what is taken over.
    filed = [
        {**r, "files": [(n, store(load(), media)) for n, media, load in r.get("files", ())]} for r in rows
    ]
    taken = publishing.take_over(filed, source=source, by=by, at=at)
    if isinstance(taken, Refused):
        return taken
    try:
        return next((batch for batch in taken if isinstance(batch, Refused)), None)
    except IntegrityError:
        return Refused("同样的行正在另一处移交", _BASIS, "请等那一次结束，再运行一遍；已有的不会重复")


class Looker:
    """Looks rows over one by one; what does not change from row to row is asked once.

    ``public``: the rows were public before, and say since when; otherwise all are of that kind and that organ.
    """

    def __init__(
        self,
        table: CatalogueTable,
        at: datetime,
        source: str,
        kind: str,
        agency: Agency | None,
        public: bool = True,
    ) -> None:
        self.at, self.source, self.kind, self.agency, self.public = at, source, kind, agency, public
        self.columns = [(place, h, OURS.get(h, "")) for place, h in enumerate(table.head)]
        self.organs = organs_by_word()
        self.kinds = {k.title: key for key, k in kinds().items()} | {key: key for key in kinds()}
        self.areas = {a.title: key for key, a in key_areas().items()} | {key: key for key in key_areas()}
        self.themes = {v: k for k, v in themes().items()} | {k: k for k in themes()}
        self.validities = (
            {v: k for k, v in VALIDITIES.items()} | {"有效": "valid"} | {k: k for k in VALIDITIES}
        )
        self.labels = {key: {f.label: f for f in k.fields} for key, k in kinds().items()}

    def row(self, number: int, cells: Sequence[str]) -> Mapping[str, Any] | list[Misfit]:
        said = {ours: cells[place].strip() for place, _h, ours in self.columns if ours and place < len(cells)}
        wrong: list[Misfit] = []

        def misfit(column: str, why: str, instead: str) -> None:
            wrong.append(Misfit(number, LABELS.get(column, column), why, instead))

        kind = self.kinds.get(said.get("kind", "")) or (self.kind if not said.get("kind") else "")
        organ = self.organs.get(said.get("agency", "")) or (self.agency if not said.get("agency") else None)
        if not kind:
            misfit(
                "kind",
                f"没有“{said.get('kind', '')[:20]}”这个文种" if said.get("kind") else "没有写文种",
                "请写文种清单里的名称",
            )
        if organ is None:
            misfit(
                "agency",
                f"机构名录里没有“{said.get('agency', '')[:30]}”" if said.get("agency") else "没有写发布机构",
                "请写机构的全称、简称或代码",
            )
        when = self._since(said, misfit) if self.public else None
        if not self.public:
            self._apart(kind, organ, misfit)
        if said.get("attribute", "主动公开") not in ("主动公开", ""):
            misfit("attribute", f"是“{said['attribute'][:20]}”，不能进目录", "请登记到文件登记簿")
        values = self._values(said, kind, cells, misfit)
        if not wrong and (fault := fault_of(kind, values, self.at.date())):
            misfit("title" if "标题" in fault.why else "其他", fault.why, fault.instead)
        if not wrong and self.public and (leak := _personal(values)):
            misfit("正文或其他栏", leak, "请遮盖后再移交")
        if wrong:
            return wrong
        key = said.get("key") or hashlib.sha256("\x1f".join(cells).encode()).hexdigest()
        origin = ("import", known_as(self.source, key))
        return {
            **values, "agency": organ, "kind": kind, "published_at": when, "origin": origin, "number": number,
        }  # fmt: skip

    def _since(self, said: Mapping[str, str], misfit: Callable[[str, str, str], None]) -> datetime | None:
        """Since when it was public, as the table says."""
        when = moment(said.get("published_on", ""))
        if when is None:
            misfit(
                "published_on",
                f"“{said.get('published_on', '')[:20]}”不是日期"
                if said.get("published_on")
                else "没有写公开日期",
                "请写成 2017-12-31 这样",
            )
        elif when > self.at:
            misfit("published_on", f"{when.date()}还没有到", "没有公开的，请另行起草送审")
        return when

    def _apart(self, kind: str, organ: Agency | None, misfit: Callable[[str, str, str], None]) -> None:
        """A row of another kind or organ than its table's."""
        if kind and kind != self.kind:
            misfit("kind", f"不是{kinds()[self.kind].title}", "一批只有一个文种，请另送一批")
        if organ and organ != self.agency:
            misfit("agency", f"是{organ.short_name}的", "一批只有一个单位，请由那个单位送审")

    def _values(
        self,
        said: Mapping[str, str],
        kind: str,
        cells: Sequence[str],
        misfit: Callable[[str, str, str], None],
    ) -> dict[str, Any]:
        """The edition's fields; words of closed lists by their titles."""
        values: dict[str, Any] = {k: said[k] for k in ("title", "doc_no", "summary", "source") if said.get(k)}
        for key in ("written_on", "effective_on"):
            if said.get(key):
                day = moment(said[key])
                if day is None:
                    misfit(key, f"“{said[key][:20]}”不是日期", "请写成 2017-12-31 这样")
                values[key] = day.date() if day else None
        for key, words in (("theme", self.themes), ("validity", self.validities), ("key_area", self.areas)):
            if said.get(key):
                if said[key] not in words:
                    misfit(key, f"没有“{said[key][:20]}”这一项", "请写清单里的名称，或留空")
                values[key] = words.get(said[key], "")
        values["keywords"] = re.split(r"[\s,，;；、]+", said["keywords"])[:20] if said.get("keywords") else []
        values["body"] = _paragraphs(said.get("body", ""))
        labels = self.labels.get(kind, {})
        data: dict[str, Any] = {}
        for place, name, ours in self.columns:
            spec = labels.get(name)
            if spec is not None and not ours and place < len(cells) and (text := cells[place].strip()):
                kept = spec.typed(text)
                if isinstance(kept, Refused):
                    misfit(name, kept.why, kept.instead)
                else:
                    data[spec.key] = kept
        values["data"] = data
        return values


def _personal(values: Mapping[str, Any]) -> str:
    """What is certainly personal in a row, said without the number; empty: nothing."""
    if not _LONG_NUMBER.search(
        "\n".join(map(str, values.values()))
    ):  # most rows: no number as long as an identity's
        return ""
    return next(
        (f"有个人信息：{f.message}" for f in judge_values(values, ("pii",)) if f.severity == "error"), ""
    )


def moment(text: str) -> datetime | None:
    """A day, or a day and an hour, in the ways catalogues write them; a day alone stands at nine in the morning."""
    match = _DAY.match(text) or _TIGHT.match(text)
    if match is None:
        return None
    parts = match.groups()
    try:
        day = date(int(parts[0]), int(parts[1]), int(parts[2]))
        hour = time(int(parts[3]), int(parts[4])) if len(parts) > 3 and parts[3] else time(9)
    except ValueError:
        return None
    return datetime.combine(day, hour, SHANGHAI)


def _paragraphs(text: str) -> str:
    """Plain text as paragraphs; text in tags is left to the catalogue's cleaning."""
    if re.search(r"</(?:p|div|table|ul|ol|h[1-6])>", text, re.IGNORECASE):
        return text
    return "".join(
        f"<p>{html.escape(line.strip(), quote=False)}</p>" for line in text.splitlines() if line.strip()
    )
