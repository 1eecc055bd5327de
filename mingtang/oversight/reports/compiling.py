"""Compile: fill a year's form from tallies and declarations, check every relation, say what blocks filing.

A counted figure cannot be typed; a declared one names its unit, paper, signer and date; a carried one names last
year's filed report. Nothing is counted here; a filed report is read as it was filed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from mingtang.law.api import Form, Refused, RelationResult, form, form_in
from mingtang.ledger.api import SHANGHAI, Agency, FileRow, store
from mingtang.oversight.models import Report
from mingtang.oversight.reports import opening, prose, tallies, words
from mingtang.oversight.reports.counters import organs
from mingtang.oversight.reports.figures import (
    NOT_COUNTED,
    NOT_STATED,
    Carried,
    Declarations,
    Figure,
    Tallied,
    frozen,
    of_cell,
    of_sentence,
    thawed,
)


@dataclass(frozen=True)
class Compiled:
    """A report as it stands: figures by cell, relations, prose, what blocks filing, and its scope.

    ``figure_of``: the figures of the sentences, by counter and filter. ``frozen``: the file with the ids counted when
    it was filed; empty while it is being written. ``version`` and ``reason``: which correction this is, and why.
    """

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
    version: int = 1
    reason: str = ""
    frozen: str = ""

    def trace(self, figure: Figure) -> str:
        """Rule, period and scope of a figure in one sentence, fit for the public."""
        return words.trace(self.form, self.year, self.scope, figure)

    def rows(self, figure: Figure) -> opening.CountedRows | None:
        """The rows a figure counted (of a filed report: when it was filed); None where nothing was counted."""
        return opening.opened(figure, self.year, self.agency.path, self.frozen)


@dataclass(frozen=True)
class _Stand:
    """Where the figures come from: tallies and declarations of today, or what was filed."""

    figures: Mapping[str, Figure]
    sentences: Mapping[tuple[str, str], Figure]
    sections: tuple[prose.Written, ...]
    scope: str
    cutoff: datetime | None


def compile_report(agency: Agency, year: int, at: datetime, version: int | None = None) -> Compiled | Refused:
    """The report of an organ (own figures and those of all organs below it) for a year: as filed, or from tallies.

    ``version`` asks for an earlier version of a corrected one; without it, the newest.
    """
    chosen = form("annual_report", year)
    if isinstance(chosen, Refused):
        return chosen
    if year > at.year:
        return Refused(f"{year}年还没有到", "条例第四十九条：年度报告报告上一年度", "请选择今年或以前的年度")
    versions = Report.objects.filter(agency=agency, year=year)
    report = (versions.filter(version=version) if version else versions.order_by("-version")).first()
    if report is None and version:
        return Refused(f"{year}年年报没有第{version}版", "条例第四十九条", "请从年报页选择")
    last = _filed_before(agency, year)
    if report and report.as_filed:
        chosen = _form_filed(report, chosen)
        stand = _filed(report, chosen)
    else:
        stand = _live(agency, chosen, year, report, last)
    values = {code: f.value for code, f in stand.figures.items()}
    relations = chosen.check(
        values, _values(last), agency="government" if agency.type in ("government", "county") else agency.type
    )  # fmt: skip
    blocks = _blocks(chosen, values, relations, stand.sections, year, at)
    if not stand.cutoff:
        blocks = (f"{year}年的台账还没有计数，请先计数（mingtang report compile --recount）", *blocks)
    return Compiled(
        agency, year, chosen, stand.figures, relations, stand.sections, blocks, stand.cutoff, stand.scope,
        report.state if report else "draft", stand.sentences, report.version if report else 1,
        report.reason if report else "", report.frozen if report else "",
    )  # fmt: skip


def _side(value: Decimal | None) -> str:
    return NOT_STATED if value is None else prose.plain(value)


def _key(asked: prose.Asked) -> tuple[str, str]:
    return asked.counter, tallies.canonical(asked.as_where())


def _live(agency: Agency, chosen: Form, year: int, report: Report | None, last: Report | None) -> _Stand:
    found, declared = Tallied(year, agency.path), Declarations(agency, year)
    sentences = {_key(a): of_sentence(a, found) for a in prose.asked(year)}
    names = {"organ": agency.name, "year": str(year), "next": str(year + 1)}
    sections = prose.write(
        year, names, lambda a: sentences[_key(a)].value, report.prose if report else None,
        unknown=NOT_STATED if found.cutoff else NOT_COUNTED,
    )  # fmt: skip
    carried = _carried(chosen, last)
    figures = {code: of_cell(cell, found, declared, carried.get(code)) for code, cell in chosen.cells.items()}
    return _Stand(figures, sentences, sections, _scope(agency), found.cutoff)


def _form_filed(report: Report, today: Form) -> Form:
    """The form as it stood when the report was filed: a later correction of the form does not move a filed sheet."""
    kept = report.as_filed.get("form")
    return form_in(FileRow.path_of(kept), report.year) if kept else today


def _filed(report: Report, chosen: Form) -> _Stand:
    """The report as filed; rows, declarations and wordings that came later change nothing."""
    kept = report.as_filed
    figures = {}
    for code, cell in chosen.cells.items():
        count = cell.count if cell.source == "counted" else None
        figures[code] = thawed(
            report.figures[code], code, cell.title, cell.unit, count.counter if count else "", count.filter if count else {}
        )  # fmt: skip
    sentences = {}
    for counter, where, title, unit, figure in kept["sentences"]:
        key = (counter, tallies.canonical(where))
        sentences[key] = thawed(figure, "", title, unit, counter, where)
    sections = tuple(prose.thawed(s) for s in kept["sections"])
    cutoff = datetime.fromisoformat(kept["cutoff"]) if kept["cutoff"] else None
    return _Stand(figures, sentences, sections, kept["scope"], cutoff)


def as_filed(made: Compiled) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a Report keeps of a compiled one: ``figures`` by cell, and ``as_filed`` for all beside the cells.

    Writes the form to a file: call it outside the transaction.
    """
    return {code: frozen(f) for code, f in made.figures.items()}, {
        "form": store(made.form.source.read_bytes(), "application/yaml").digest,
        "scope": made.scope,
        "cutoff": made.cutoff.isoformat() if made.cutoff else None,
        "sections": [prose.frozen(s) for s in made.sections],
        "sentences": [
            (f.counter, dict(f.where), f.title, f.unit, frozen(f)) for f in made.figure_of.values()
        ],
    }


def _scope(agency: Agency) -> str:
    below = len(organs(agency.path)) - 1
    return f"{agency.name}本级" + (f"和所辖{below}个单位之和" if below else "")


def _filed_before(agency: Agency, year: int) -> Report | None:
    """Last year's report as last filed; None when none was."""
    filed = Report.objects.filter(agency=agency, year=year - 1).exclude(state="draft")
    return filed.order_by("-version").first()


def _values(report: Report | None) -> dict[str, Decimal | None]:
    """A filed report's figures, for the relations that carry over."""
    figures = report.figures if report else {}
    return {code: None if f["value"] is None else Decimal(f["value"]) for code, f in figures.items()}


def _carried(chosen: Form, last: Report | None) -> dict[str, Carried]:
    """Opening figures that a relation of the form equates with a closing one of last year's report."""
    if last is None:
        return {}
    closed, found = _values(last), {}
    word = f"{last.year}年年度报告" + (f"（第{last.version}版）" if last.version > 1 else "")
    for r in chosen.relations:
        if r.op == "=" and r.severity == "hard" and len(r.left) == len(r.right) == 1 and r.right[0].previous:
            value = closed.get(r.right[0].cell)
            if value is not None:
                found[r.left[0].cell] = Carried(value, f"{word}定稿的结转数")
    return found


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
    if at.astimezone(SHANGHAI).date() <= date(year, 12, 31):
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
            blocks.append(f"勾稽关系不成立：{r.text}（左边{_side(r.left)}，右边{_side(r.right)}）")
    return tuple(blocks)
