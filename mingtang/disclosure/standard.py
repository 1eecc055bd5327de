"""The standard catalogue of grassroots disclosure (基层政务公开标准目录) as duties, and the duties as that table again.

One sheet a field (领域); each line says what, on which basis, by when, by whom, to whom. 时限 gives the duty its rhythm;
the line itself is kept as written, so that the table comes back equal. Source: 国办发〔2019〕54号.
"""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from mingtang.disclosure.cells import Cells
from mingtang.disclosure.checks.types import Unreadable
from mingtang.disclosure.duties import lay
from mingtang.disclosure.importing import Imported, Misfit, faulty_as_csv, organs_by_word
from mingtang.disclosure.kinds import kinds
from mingtang.disclosure.models import Duty
from mingtang.law.api import Refused, read_yaml
from mingtang.ledger.api import SHANGHAI, Agency, Person, may

# Our name ← what the table calls it, without brackets; the first is what we print.
_HEADERS = {
    "number": "序号", "area": "领域", "item1": "一级事项", "item2": "二级事项", "content": "公开内容", "basis": "公开依据", "limit": "公开时限",
    "organ": "公开主体", "carrier": "公开渠道和载体 公开渠道", "everyone": "全社会 全社会公开", "group": "特定群众 特定群体",
    "active": "主动 主动公开", "on_request": "依申请 依申请公开", "county": "县级 县", "township": "乡级 乡 乡村级 乡镇级 乡、村级 乡镇街道级", "kinds": "文种",
    "to": "公开对象", "way": "公开方式", "level": "公开层级",
}  # fmt: skip
_OURS = {name: ours for ours, names in _HEADERS.items() for name in names.split()}
_LABELS = {ours: names.split()[0] for ours, names in _HEADERS.items()}
# One column that says in words what two columns mark.
_WORDS = {
    "to": {"everyone": "全社会", "group": "特定"},
    "way": {"active": "主动", "on_request": "依申请"},
    "level": {"county": "县", "township": "乡"},
}
_KEPT = tuple(k for k in _HEADERS if k not in _WORDS)
_SAME = ("area", "item1", "item2", "content", "organ")
_ABOVE = {
    "item1": "公开事项",
    "item2": "公开事项",
    "everyone": "公开对象",
    "group": "公开对象",
    "active": "公开方式",
    "on_request": "公开方式",
    "county": "公开层级",
    "township": "公开层级",
}
_MARK = "√"
_MOST_ROWS = 5_000
_BASIS = "国办发〔2019〕54号：基层政务公开标准目录"
_TITLE = re.compile(r"^(?:[（(]?[一二三四五六七八九十\d]+[）)、.．])?\s*(.{2,30}?)领域")
LIMITS = "信息形成或变更之日起20个工作日内、作出决定之日起7个工作日内、及时、每周、每月、每季度、每年、每年3月底前、每年3月31日前、公布后3日内选送媒体"
_RHYTHMS = (
    ("weekly", r"每周|按周"),
    ("monthly", r"每个?月(?!\d)|按月|月度"),
    ("quarterly", r"每个?季度|按季"),
    ("yearly", r"每年|按年|年度|次年"),
)


def cadence_of(limit: str) -> tuple[str, str] | None:
    """The rhythm that a 公开时限 asks for, and of a yearly one its last day ("03-31" or ""); None: it cannot be told.

    Two rhythms in one cell are none. 及时 beside a number of working days is that number.
    """
    text = re.sub(r"\s", "", limit)
    if re.search(r"3日内.*媒体", text):
        return "media3", ""
    if days := set(re.findall(r"(\d+)个?工作日", text)):
        if days == {"7"}:
            return "days7", ""
        result = re.search(r"执法|检查|处罚|强制|抽查", text)
        return ("result20" if result else "days20", "") if days == {"20"} else None
    found = [key for key, words in _RHYTHMS if re.search(words, text)]
    if found == ["yearly"]:
        return _yearly(text)
    if found:
        return (found[0], "") if len(found) == 1 else None
    return ("timely", "") if re.search(r"及时|实时|即时", text) else None


def _yearly(text: str) -> tuple[str, str] | None:
    if not (said := re.search(r"(\d{1,2})月(?:(\d{1,2})日|底|末)?(之?前|内)?", text)):
        return "yearly", ""
    month, day = int(said[1]), int(said[2] or 0)
    if not 1 <= month <= 12:
        return None
    # A year that is no leap year: the 29th of February would be no day in three of four.
    last = calendar.monthrange(2023, month)[1]
    return ("yearly", f"{month:02}-{day or last:02}") if day <= last else None


@cache
def _sectors() -> Mapping[str, Any]:
    return read_yaml(Path(__file__).parent / "sectors.yaml")


# Sectors of bodies of public service: key and Chinese name.
SECTORS: dict[str, str] = {key: held["title"] for key, held in _sectors().items()}


@dataclass(frozen=True)
class DutyTable:
    """The catalogue as a table: its lines by their place in the file, each by our names of the columns."""

    name: str
    rows: tuple[tuple[int, Mapping[str, str]], ...]

    @classmethod
    def of_file(cls, data: bytes, name: str) -> DutyTable | Unreadable:
        """Read an XLSX (every sheet) or a CSV. Unreadable, with the way out, where no line of headings is found."""
        sheets = Cells.sheets(data, name, _BASIS)
        if isinstance(sheets, Unreadable):
            return sheets
        rows = tuple(_lines([row for sheet in sheets for row in sheet]))
        if not rows:
            return Unreadable(
                "没有找到标准目录的表头和数据行",
                _BASIS,
                "表头依次是：" + "、".join(_LABELS[k] for k in _KEPT),
            )
        if len(rows) > _MOST_ROWS:
            return Unreadable(f"表有{len(rows)}行，超过{_MOST_ROWS}行", _BASIS, "请按领域分成几个文件")
        return cls(name, rows)

    @classmethod
    def of_sector(cls, sector: str, agency: Agency) -> DutyTable:
        """What a body of public service of a sector (``SECTORS``) makes public, as a table. Source: 条例第五十五条."""
        held = _sectors()[sector]
        lines = [
            {"area": held["title"], "item1": matter, "content": content, "basis": held["basis"], "limit": limit, "organ": agency.name, "everyone": _MARK, "active": _MARK}
            for matter, content, limit in held["lines"]
        ]  # fmt: skip
        return cls(held["title"], tuple(enumerate(lines, 1)))

    def take(self, by: Person, at: datetime, *, dry: bool = False) -> Imported | Refused:
        """Lay on its organ every line that fits; all of them or, refused, none. ``dry``: only say what would happen.

        A line that is there is left alone; one whose words changed takes the place of the old one, open periods and all.
        """
        done, organs = Imported(), organs_by_word()
        held = {
            _known(d.agency_id, d.listed): d
            for d in Duty.objects.filter(listed__isnull=False, until__isnull=True)
        }
        with transaction.atomic():
            for place, line in self.rows:
                found = _duties(place, line, organs)
                if isinstance(found, list):
                    done.misfits += found
                    continue
                for agency in found[0]:
                    key = _known(agency.pk, line)
                    old = held.get(key)
                    if old is not None and _unnumbered(old.listed) == _unnumbered(line):
                        done.known += 1
                        continue
                    if not (verdict := may(by, "duty.assign", agency)):
                        transaction.set_rollback(True)
                        return Refused(verdict.why, verdict.basis, "请由市政务公开办导入")
                    done.taken += 1
                    with verdict.standing():
                        held[key] = Duty(agency=agency, listed=dict(line)) if dry else _lay(agency, found[1], line, old, by, at)  # fmt: skip
        return done

    def misfits_as_csv(self, misfits: Iterable[Misfit]) -> str:
        """The lines that did not fit, with a column that says why: to be mended and brought again."""
        cells = {place: [line.get(k, "") for k in _KEPT] for place, line in self.rows}
        return faulty_as_csv([_LABELS[k] for k in _KEPT], cells, misfits)

    @staticmethod
    def of_duties(listed: Iterable[Mapping[str, Any] | None]) -> bytes:
        """The lines of these duties as the table they came from (XLSX), a sheet a field; a line of several organs once."""
        return _written({tuple(str(line.get(k, "")) for k in _KEPT): None for line in listed if line})


def _known(agency_id: int, line: Mapping[str, Any] | None) -> tuple[Any, ...]:
    return (agency_id, *((line or {}).get(k, "") for k in _SAME))


def _unnumbered(line: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a line says, wherever it stands."""
    return {k: v for k, v in (line or {}).items() if k != "number" and v}


def _lines(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Every line under a heading, with the field that the last title named; headings may come again on each sheet."""
    columns: dict[int, str] = {}
    area, under = "", -1
    for n, row in enumerate(rows):
        said = [c.strip() for c in row]
        words = {c for c in said if c}
        if any(_ours(c) == "content" for c in said):
            below = [c.strip() for c in rows[n + 1]] if n + 1 < len(rows) else []
            double = all(_ours(c) != "item1" for c in said) and any(_ours(c) == "item1" for c in below)
            columns, under = _columns(said, below if double else []), n + double
        elif n <= under or not words:
            continue
        elif len(words) == 1 and (title := _TITLE.match(min(words))):
            area = title[1]
        elif columns:
            line = {ours: said[c] for c, ours in columns.items() if c < len(said)}
            yield n + 1, _line(line, area)


def _ours(heading: str) -> str:
    return _OURS.get(re.sub(r"[\s*＊]|[（(].*?[）)]", "", heading), "")


def _columns(upper: Sequence[str], lower: Sequence[str]) -> dict[int, str]:
    found = {}
    for c in range(max(len(upper), len(lower))):
        pair = [row[c] for row in (lower, upper) if c < len(row)]
        if ours := next(filter(None, map(_ours, pair)), ""):
            found[c] = ours
    return found


def _line(said: dict[str, str], area: str) -> dict[str, str]:
    """A line by the names that are kept: columns that say in words what two columns mark are marked."""
    for column, words in _WORDS.items():
        text = said.pop(column, "")
        said |= {k: _MARK for k, word in words.items() if word in text and not said.get(k)}
    return {k: v for k in _KEPT if (v := said.get(k) or (area if k == "area" else ""))}


def _duties(
    place: int, line: Mapping[str, str], organs: Mapping[str, Agency]
) -> tuple[list[Agency], dict[str, Any]] | list[Misfit]:
    """The organs a line binds and the duty's fields, or what is wrong with it."""
    wrong = [
        Misfit(place, _LABELS[k], "没有填写", "请照标准目录填写")
        for k in ("item1", "content", "basis", "organ")
        if not line.get(k)
    ]
    names = [n.strip() for n in re.split(r"[、，,;；\n]", line.get("organ", "")) if n.strip()]
    wrong += [
        Misfit(place, _LABELS["organ"], f"机构名录里没有“{n[:30]}”", "请写机构的全称、简称或代码")
        for n in names
        if n not in organs
    ]
    for pair, label in ((("everyone", "group"), "公开对象"), (("active", "on_request"), "公开方式")):
        if not any(line.get(k) for k in pair):
            either = "或".join(f"“{_LABELS[k]}”" for k in pair)
            wrong.append(Misfit(place, label, "两栏都没有标", f"请在{either}一栏打{_MARK}"))
    titles = {k.title: k.key for k in kinds().values()}
    asked = [n.strip() for n in re.split(r"[、，,;；]", line.get("kinds", "")) if n.strip()]
    wrong += [Misfit(place, "文种", f"没有“{n[:20]}”这个文种", "请写文种清单里的名称，或留空") for n in asked if n not in titles]  # fmt: skip
    rhythm = cadence_of(line.get("limit", "")) if line.get("active") else ("on_request", "")
    if rhythm is None:
        wrong.append(
            Misfit(
                place,
                _LABELS["limit"],
                f"看不出“{line.get('limit', '')[:30]}”是多久一次",
                f"可以写：{LIMITS}",
            )
        )
        rhythm = ("", "")
    if wrong:
        return wrong
    title = "：".join(dict.fromkeys(filter(None, (line["item1"], line.get("item2")))))
    fields = {"title": title[:200], "basis": line["basis"][:200], "cadence": rhythm[0], "by": rhythm[1], "kinds": [titles[n] for n in asked]}  # fmt: skip
    return list({organs[n].pk: organs[n] for n in names}.values()), fields


def _lay(
    agency: Agency, fields: Mapping[str, Any], line: Mapping[str, str], old: Duty | None, by: Person, at: datetime
) -> Duty:  # fmt: skip
    """Lay one line on one organ; the one it replaces ends, and what it still owed is owed under the new words."""
    today = at.astimezone(SHANGHAI).date()
    new = lay(agency, at, by, replaces=old, since=today, listed=dict(line), **fields)
    if old is not None:
        old.until = today
        old.save(update_fields=["until"])
        old.instances.filter(publication__isnull=True, evidence__isnull=True).update(duty=new)
    return new


def _written(lines: Iterable[tuple[str, ...]]) -> bytes:
    """Lines (cells in the order of ``_KEPT``) as a workbook: title, two rows of headings, then the lines."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    sheets: dict[str, list[dict[str, str]]] = {}
    for cells in lines:
        line = dict(zip(_KEPT, cells, strict=True))
        sheets.setdefault(line["area"], []).append(line)
    for area, held in (sheets or {"": []}).items():
        sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", "_", area or "标准目录")[:31])
        shown = [k for k in _KEPT if k != "area" and (k != "kinds" or any(line["kinds"] for line in held))]
        if area:
            sheet.append([Cells.harmless(f"{area}领域基层政务公开标准目录")])
            sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(shown))
        sheet.append([_ABOVE.get(k, "公开内容（要素）" if k == "content" else _LABELS[k]) for k in shown])
        sheet.append([_LABELS[k] if k in _ABOVE else "" for k in shown])
        for line in held:
            sheet.append([Cells.harmless(line[k]) for k in shown])
        for column, k in zip(sheet.columns, shown, strict=True):
            wide = (
                40
                if k in ("content", "basis")
                else 18
                if k in ("item1", "item2", "limit", "organ", "carrier")
                else 8
            )
            sheet.column_dimensions[column[-1].column_letter].width = wide
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
