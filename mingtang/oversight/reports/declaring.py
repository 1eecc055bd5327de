"""What people state in a report: figures that no row of the platform can give, and sections that no row can write."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

from mingtang.law.api import Cell, Form, Refused
from mingtang.ledger.api import SHANGHAI, Deed, Person, find, record
from mingtang.oversight.models import Declared, Report
from mingtang.oversight.reports import tallies
from mingtang.oversight.reports.counters import COUNTERS, first_day, last_day


def declare(
    report: Report, chosen: Form, by: Person, at: datetime, *, cell: str, value: Decimal, unit_name: str, source: str,
    signer: str, signed_on: date,
) -> Refused | None:  # fmt: skip
    """State a figure that no row of this platform can give. A counted cell takes it only from a unit not on the platform.

    An organ's own word for a declared cell covers its whole scope. A unit states a cell once a year along a line of organs.
    """
    agency, year = report.agency, report.year
    if cell not in chosen.cells:
        return Refused(f"{year}年的表里没有“{cell[:60]}”这一格", chosen.title, "请在年报页上点开那一格再填")
    unit_name, source, signer = unit_name.strip(), source.strip(), signer.strip()
    if wrong := _unfit(
        chosen, chosen.cells[cell], value, unit_name, source, signer, signed_on, at, _kept(chosen, cell)
    ):
        return wrong
    said = {"value": value, "source": source, "signer": signer, "signed_on": signed_on}
    key = {"year": year, "form": chosen.edition, "cell": cell, "unit_name": unit_name}
    # County and city hold different reports: until one has written, the other may not look.
    tallies.hold(year, "declared")
    for other in Declared.objects.filter(**key).exclude(agency=agency).select_related("agency"):
        # Two townships of one name in two counties are two; the same one entered by county and city is one.
        if other.agency.path.startswith(agency.path) or agency.path.startswith(other.agency.path):
            return Refused(
                f"“{unit_name}”的这一格已经由{other.agency.name}填报", "一个单位的一格只报一次，避免重复相加",
                "不是同一个单位的，请写全称；要改数的，请原填报单位修改",
            )  # fmt: skip
    row, _fresh = Declared.objects.select_for_update().get_or_create(
        agency=agency, **key, defaults={**said, "act_key": ""}
    )
    (row.act_key,) = record(
        Deed(
            "report.declare", "report_cell", f"{agency.pk}/{year}/{cell}", at, by, agency, "条例第五十条",
            {"value": str(value), "unit": unit_name, "source": source, "signer": signer, "signed_on": signed_on},
        )
    )  # fmt: skip
    for field, given in said.items():
        setattr(row, field, given)
    row.save()
    return None


def _kept(chosen: Form, cell: str) -> bool:
    """Did the platform keep the register of a counted cell in the form's year?"""
    count = chosen.cells[cell].count
    mark = count and tallies.marks(chosen.year).get((count.counter, tallies.canonical(count.filter)))
    return mark.kept if mark else True


def _lacks_a_fact(spec: Cell) -> bool:
    """Does the cell ask for a fact that rows may not state (did the head take part)? Then it may be declared."""
    counter = COUNTERS[spec.count.counter] if spec.count else None
    return bool(
        counter and counter.unknown and set(counter.unknown) & set(spec.count.filter if spec.count else ())
    )


# A bracketed remark after a name, blanks and punctuation: the same organ all the same.
_LOOSE = re.compile(r"[（(][^）)]*[）)]|[\W_]")


def _on_the_platform(unit: str, year: int) -> bool:
    """Is this, by code, name, short name or alias, written tightly or loosely, an organ whose rows of the year are counted?

    Any that existed on a day of the year: its rows are counted, whatever became of it since.
    """
    said = _LOOSE.sub("", unit).casefold()
    lived = find("agency", valid_from__lte=last_day(year)).where_q(
        Q(valid_to__isnull=True) | Q(valid_to__gt=first_day(year))
    )
    known = {
        _LOOSE.sub("", word).casefold() for a in lived for word in (a.code, a.name, a.short_name, *a.aliases)
    }
    # 民政局 for 市民政局: the name without the word of its level.
    return said in known or any(said and said == word[1:] for word in known if word[:1] in "省市县区")


def _unfit(
    chosen: Form, spec: Cell, value: Decimal, unit_name: str, source: str, signer: str, signed_on: date, at: datetime,
    kept: bool,
) -> Refused | None:  # fmt: skip
    """Why this figure cannot stand in this cell, whoever enters it."""
    if (
        spec.source == "counted"
        and kept
        and not _lacks_a_fact(spec)
        and _on_the_platform(unit_name, chosen.year)
    ):
        return Refused(
            f"“{spec.title.strip()}”由记录数出来，{unit_name}的数不能填",
            "数字从台账来，不能手填",
            "有漏记的请补登记，数字会自己变",
        )
    if not unit_name or not source or not signer:
        return Refused(
            "没有写明填报单位、依据材料或签字人", "申报数须有单位、材料、签字人和日期", "请补齐这三项"
        )
    if len(unit_name) > 120 or len(source) > 200 or len(signer) > 60:
        return Refused(
            "填报单位、依据材料或签字人太长", "依次不超过120字、200字、60字", "请写单位全称和材料名称"
        )
    if signed_on > at.astimezone(SHANGHAI).date():
        return Refused(f"签字日期{signed_on}在今天之后", "申报数须已经签字", "请核对签字日期")
    if not value.is_finite() or value < 0 or (not spec.money and value != value.to_integral_value()):
        return Refused("数字不对：件数须为不小于0的整数", chosen.title, "金额以万元为单位，最多六位小数")
    if abs(value) >= 10**13 or value != round(value, 6):
        return Refused("数字太大或小数超过六位", chosen.title, "金额以万元为单位，最多六位小数")
    return None


def write(
    report: Report, chosen: Form, by: Person, at: datetime, *, section: str, text: str
) -> Refused | None:
    """Set what people write in one section of a report (plain paragraphs, one a line)."""
    if section not in {s.number for s in chosen.sections}:
        return Refused(f"{report.year}年的年报没有第{section[:5]}部分", chosen.basis, "请从目录中选择")
    if len(text) > 20_000:
        return Refused("文字超过两万字", "年报应当简明", "请压缩，或作为附件")
    report.prose = {**report.prose, section: text.strip()}
    report.save(update_fields=["prose"])
    record(
        Deed(
            "report.write", "report", str(report.pk), at, by, report.agency, "条例第五十条",
            {"section": section, "length": len(text)},
        )
    )  # fmt: skip
    return None
