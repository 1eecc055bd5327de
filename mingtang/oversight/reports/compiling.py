"""Compile: fill a year's form from tallies and declarations, check every relation, say what blocks filing.

A counted figure cannot be typed; a declared one names its unit, paper, signer and date; a carried one names last
year's filed report. NULL is never nought.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from mingtang.law.api import Cell, Form, Refused, RelationResult, form
from mingtang.ledger.api import Agency, Deed, Person, find, may, record
from mingtang.oversight.models import Declared, Report, Tally
from mingtang.oversight.reports import prose, tallies
from mingtang.oversight.reports.counters import COUNTERS, organs

NOT_STATED = "未列明"


@dataclass(frozen=True)
class Figure:
    """One figure of a report and where it comes from.

    ``value`` None means not stated; ``known`` is then the part that is. ``how``: counted | declared | mixed |
    missing. ``tally`` identifies what was counted: counter, filter, digest of the organs' digests, cut-off.
    """

    cell: str
    title: str
    unit: str
    value: Decimal | None
    known: Decimal
    how: str
    counted: Decimal
    declared: tuple[Mapping[str, str], ...]
    counter: str
    where: Mapping[str, str | tuple[str, ...]]
    digest: str
    cutoff: datetime | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Compiled:
    """A report as it stands: figures by cell, relations, prose, what blocks filing, and its scope."""

    agency: Agency
    year: int
    form: Form
    figures: Mapping[str, Figure]
    relations: tuple[RelationResult, ...]
    sections: tuple[prose.Written, ...]
    blocks: tuple[str, ...]
    cutoff: datetime | None
    scope: str
    state: str
    figure_of: Mapping[tuple[str, str], Figure]


class _Tallied:
    """All tallies of a year for an organ and those below it, read with one query."""

    def __init__(self, year: int, path: str):
        self.values: dict[tuple[str, str], Decimal] = {}
        self.unknown: dict[tuple[str, str], list[str]] = {}
        self.digests: dict[tuple[str, str], list[str]] = {}
        self.cutoff: datetime | None = None
        rows = Tally.objects.filter(year=year, agency__path__startswith=path).order_by("agency_id")
        for t in rows.values_list(
            "counter", "where", "value", "unknown", "ids_digest", "cutoff", "agency__short_name"
        ):
            key = (t[0], t[1])
            self.values[key] = self.values.get(key, Decimal(0)) + t[2]
            self.digests.setdefault(key, []).append(t[4])
            if t[3]:
                self.unknown.setdefault(key, []).append(t[6])
            self.cutoff = max(self.cutoff, t[5]) if self.cutoff else t[5]

    def figure(self, counter: str, where: Mapping) -> tuple[Decimal, tuple[str, ...], str]:
        key = (counter, tallies.canonical(where))
        joined = hashlib.sha256("".join(self.digests.get(key, [])).encode()).hexdigest()
        return self.values.get(key, Decimal(0)), tuple(self.unknown.get(key, ())), joined


def compile_report(agency: Agency, year: int, at: datetime) -> Compiled | Refused:
    """The report of an organ (own figures and those of all organs below it) for a year, from tallies."""
    chosen = form("annual_report", year)
    if isinstance(chosen, Refused):
        return chosen
    tallies.ensure(year, at)
    found = _Tallied(year, agency.path)
    declared = _declared(agency, year)
    figures = {code: _figure(cell, found, declared.get(code, [])) for code, cell in chosen.cells.items()}
    previous = _previous(agency, year)
    values = {code: f.value for code, f in figures.items()}
    relations = chosen.check(
        values, previous, agency="government" if agency.type in ("government", "county") else agency.type
    )
    asked: dict[tuple[str, str], Figure] = {}

    def value(a: prose.Asked) -> Decimal | None:
        figure = _prose_figure(a, found)
        asked[a.counter, tallies.canonical(a.as_where())] = figure
        return figure.value

    report = Report.objects.filter(agency=agency, year=year).first()
    words = {"organ": agency.name, "year": str(year), "next": str(year + 1)}
    sections = prose.write(year, words, value, report.prose if report else None)
    return Compiled(
        agency, year, chosen, figures, relations, sections, _blocks(chosen, values, relations, sections, year, at), found.cutoff,
        _scope(agency), report.state if report else "draft", asked,
    )  # fmt: skip


def _scope(agency: Agency) -> str:
    below = len(organs(agency.path)) - 1
    return f"{agency.name}本级" + (f"和所辖{below}个单位之和" if below else "")


def _prose_figure(a: prose.Asked, found: _Tallied) -> Figure:
    counter, where = COUNTERS[a.counter], a.as_where()
    known, unknown, joined = found.figure(a.counter, where)
    return Figure(
        "", counter.title, counter.unit, None if unknown else known, known, "counted", known, (), a.counter, where, joined,
        found.cutoff, unknown,
    )  # fmt: skip


def _declared(agency: Agency, year: int) -> dict[str, list[Declared]]:
    rows: dict[str, list[Declared]] = {}
    for d in Declared.objects.filter(agency__path__startswith=agency.path, year=year).order_by("pk"):
        rows.setdefault(d.cell, []).append(d)
    return rows


def _figure(cell: Cell, found: _Tallied, declared: list[Declared]) -> Figure:
    stated = tuple(
        {
            "unit": d.unit_name,
            "value": str(d.value.normalize()),
            "source": d.source,
            "signer": d.signer,
            "on": str(d.signed_on),
        }
        for d in declared
    )
    said = sum((d.value for d in declared), Decimal(0))
    if cell.source == "counted" and cell.count is not None:
        known, unknown, joined = found.figure(cell.count.counter, cell.count.filter)
        how = "mixed" if declared else "counted"
        total = known + said
        return Figure(
            cell.code, cell.title, cell.unit, None if unknown else total, total, how, known, stated, cell.count.counter,
            cell.count.filter, joined, found.cutoff, unknown,
        )  # fmt: skip
    return Figure(
        cell.code, cell.title, cell.unit, said if declared else None, said, "declared" if declared else "missing", Decimal(0),
        stated, "", {}, "", None,
    )  # fmt: skip


def _previous(agency: Agency, year: int) -> dict[str, Decimal | None] | None:
    """Last year's figures as filed, for the relations that carry over; None when none was filed."""
    last = Report.objects.filter(agency=agency, year=year - 1).exclude(state="draft").first()
    if last is None:
        return None
    return {code: None if f["value"] is None else Decimal(f["value"]) for code, f in last.figures.items()}


def _blocks(
    chosen: Form,
    values: Mapping[str, Decimal | None],
    relations: tuple[RelationResult, ...],
    sections: tuple[prose.Written, ...],
    year: int,
    at: datetime,
) -> tuple[str, ...]:
    """What stands between this report and filing, in plain words."""
    blocks = []
    if at.date() <= date(year, 12, 31):
        blocks.append(f"{year}年还没有结束，统计期限到12月31日")
    missing = chosen.unfilled(values)
    if missing:
        names = "、".join(chosen.cells[c].title.strip() for c in missing[:5])
        blocks.append(f"还有{len(missing)}格{NOT_STATED}：{names}{'等' if len(missing) > 5 else ''}")
    tabled = {t.section for t in chosen.tables if t.printed}
    empty = [s.number for s in sections if not s.paragraphs and s.number not in tabled]
    if empty:
        blocks.append(f"第{'、'.join(empty)}部分还没有写")
    for r in relations:
        if r.severity == "hard" and r.state == "failed":
            blocks.append(f"勾稽关系不成立：{r.text}（左边{r.left}，右边{r.right}）")
    return tuple(blocks)


def declare(
    agency: Agency, year: int, cell: str, value: Decimal, *, unit_name: str, source: str, signer: str, signed_on: date,
    by: Person, at: datetime,
) -> Declared | Refused:  # fmt: skip
    """State a figure that no row of this platform can give. A counted cell takes it only from a unit not on the platform."""
    if not (verdict := may(by, "report.declare", agency)):
        return Refused(verdict.why, verdict.basis, "请由本单位公开专员填报")
    chosen = form("annual_report", year)
    if isinstance(chosen, Refused):
        return chosen
    if cell not in chosen.cells:
        return Refused(f"{year}年的表里没有“{cell}”这一格", chosen.title, "请在年报页上点开那一格再填")
    spec = chosen.cells[cell]
    if spec.source == "counted" and find("agency", name=unit_name.strip(), valid_to__isnull=True).exists():
        return Refused(
            f"“{spec.title.strip()}”由记录数出来，{unit_name}的数不能填",
            "数字从台账来，不能手填",
            "有漏记的请补登记，数字会自己变",
        )
    if not unit_name.strip() or not source.strip() or not signer.strip():
        return Refused(
            "没有写明填报单位、依据材料或签字人", "申报数须有单位、材料、签字人和日期", "请补齐这三项"
        )
    if signed_on > at.date():
        return Refused(f"签字日期{signed_on}在今天之后", "申报数须已经签字", "请核对签字日期")
    if not value.is_finite() or value < 0 or (not spec.money and value != value.to_integral_value()):
        return Refused("数字不对：件数须为不小于0的整数", chosen.title, "金额以万元为单位，最多六位小数")
    if abs(value) >= 10**13 or value != round(value, 6):
        return Refused("数字太大或小数超过六位", chosen.title, "金额以万元为单位，最多六位小数")
    (key,) = record(
        Deed(
            "report.declare", "report_cell", f"{agency.pk}/{year}/{cell}", at, by, agency, "条例第五十条",
            {"value": str(value), "unit": unit_name, "source": source, "signer": signer, "signed_on": signed_on},
        )
    )  # fmt: skip
    row, _ = Declared.objects.update_or_create(
        agency=agency, year=year, form=chosen.edition, cell=cell, unit_name=unit_name.strip(),
        defaults={
            "value": value, "source": source.strip(), "signer": signer.strip(), "signed_on": signed_on, "act_key": key,
        },
    )  # fmt: skip
    return row


def write_section(
    agency: Agency, year: int, section: str, text: str, *, by: Person, at: datetime
) -> Report | Refused:  # fmt: skip
    """Set what people write in one section of a report that is not filed yet (plain paragraphs, one a line)."""
    if not (verdict := may(by, "report.compile", agency)):
        return Refused(verdict.why, verdict.basis, "请由年报编制人填写")
    chosen = form("annual_report", year)
    if isinstance(chosen, Refused):
        return chosen
    if section not in {s.number for s in chosen.sections}:
        return Refused(f"{year}年的年报没有第{section[:5]}部分", chosen.basis, "请从目录中选择")
    if len(text) > 20_000:
        return Refused("文字超过两万字", "年报应当简明", "请压缩，或作为附件")
    report, _ = Report.objects.get_or_create(agency=agency, year=year, defaults={"form": chosen.edition})
    if report.state != "draft":
        return Refused("年报已经定稿", "条例第四十九条", "需要更正时，对已公布的年报出新版")
    report.prose = {**report.prose, section: text.strip()}
    report.save(update_fields=["prose"])
    record(
        Deed(
            "report.write",
            "report",
            str(report.pk),
            at,
            by,
            agency,
            "条例第五十条",
            {"section": section, "length": len(text)},
        )
    )
    return report
