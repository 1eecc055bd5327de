"""The audit of one published annual report: recognise it, read its tables, hold them and its prose to the form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from mingtang.oversight.reports.audit.chain import drops, series, succession
from mingtang.oversight.reports.audit.claims import hints
from mingtang.oversight.reports.audit.figures import Figure, Sheet, sheet_of
from mingtang.oversight.reports.audit.grids import from_grids
from mingtang.oversight.reports.audit.identity import Identity, edition, identify
from mingtang.oversight.reports.audit.observations import observations
from mingtang.oversight.reports.audit.period import period_findings
from mingtang.oversight.reports.audit.prose import against_table
from mingtang.oversight.reports.audit.reading import Finding, Form, Line, Place, Reading, check
from mingtang.oversight.reports.audit.relations import relation_findings
from mingtang.oversight.reports.audit.rows import PrintedRow
from mingtang.oversight.reports.audit.runs import from_text
from mingtang.oversight.reports.audit.stream import Stream
from mingtang.oversight.reports.audit.titles import title_findings

ORDER = {"error": 0, "warning": 1, "note": 2}
# Characters. The longest reports of provinces run to some forty thousand.
LONGEST = 500_000
NONE = Figure(None, "", Place(None, None, None, ""))


@dataclass(frozen=True)
class Report:
    """One report, taken apart: who and when, the form, the tables' figures, the prose without the tables."""

    reading: Reading
    identity: Identity
    form: Form | None
    sheet: Sheet | None
    prose: Stream
    stream: Stream
    remarks: tuple[Finding, ...]


def audit(reading: Reading, previous: Reading | None = None) -> tuple[Finding, ...]:
    """Every fault of one report, by place; ``previous`` is the same organ's report of the year before.

    Of an archive each file is audited, and its findings name it.
    """
    if not reading.lines and reading.parts:
        return tuple(
            replace(f, place=replace(f.place, part=f.place.part or part.name))
            for part in reading.parts
            for f in audit(part, previous)
        )
    if (size := sum(len(line.text) for line in reading.lines)) > LONGEST:
        return (_too_long(size),)
    report = take_apart(reading)
    if not report.identity.is_report:
        return (_no_report(report), *check(reading))
    if any(f.code == "meta.year" and f.severity == "error" for f in report.remarks):
        return report.remarks
    findings = list(report.remarks)
    usable = previous is not None and sum(len(line.text) for line in previous.lines) <= LONGEST
    before = take_apart(previous) if previous is not None and usable else None
    broken = succession(report.identity, before.identity) if before else None
    if broken:
        findings.append(broken)
        before = None
    findings += _statutory(report, before)
    if before is not None:
        findings += drops(series(report.prose), series(before.prose), report.prose.text)
    findings += period_findings(report.identity, report.stream, report.prose)
    findings += observations(report.prose, report.identity.year)
    findings += check(_prose_only(report))
    return tuple(sorted(findings, key=lambda f: (f.place.line or 0, ORDER[f.severity], f.code)))


def take_apart(reading: Reading) -> Report:
    """Recognise the report and read its tables, the better of two ways: as a grid, or as text."""
    stream = Stream.of(reading.lines)
    identity = identify(reading, stream)
    form, remarks = edition(identity, stream) if identity.is_report else (None, [])
    if form is None:
        return Report(reading, identity, None, None, Stream.of(reading.prose), stream, tuple(remarks))
    as_text = from_text(stream, form)
    draft = Stream.of(_cut(reading.prose, as_text.spans, "。"))
    said = hints(draft)
    sheet = _better(form, [sheet_of(form, found, said) for found in (from_grids(reading, form), as_text)])
    sheet.spans = as_text.spans
    return Report(reading, identity, form, sheet, draft, stream, tuple(remarks))


def _better(form: Form, sheets: list[Sheet]) -> Sheet:
    """For each table the reading with the fewest faults, its gaps filled from the other; the grid when equal."""
    best = Sheet(form)
    for family in dict.fromkeys(table.code.split(".")[0] for table in form.tables):
        parts = [part for sheet in sheets if (part := _part(sheet, family)).rows]
        if not parts:
            continue
        whole = [_filled(part, parts[1 - i]) if len(parts) == 2 else part for i, part in enumerate(parts)]
        chosen = min(whole, key=lambda part: (_failures(part), -_known(part)))
        best.figures |= chosen.figures
        best.rows += chosen.rows
        best.faults += chosen.faults
        best.unread += chosen.unread
    return best


def _filled(base: Sheet, other: Sheet) -> Sheet:
    """``base`` with the rows it lacks, or could not read, taken from ``other``."""

    def name(row: PrintedRow) -> tuple[str, str]:
        return row.table.code, row.row.code if row.row else ""

    unread = {name(row) for row in base.unread}
    have = {name(row) for row in base.rows} - unread
    more = [row for row in other.rows if name(row) not in have]
    places = {row.place for row in more}
    return Sheet(
        base.form,
        base.figures
        | {
            c: f
            for c, f in other.figures.items()
            if f.place in places and base.figures.get(c, NONE).value is None
        },
        [row for row in base.rows if name(row) not in {name(m) for m in more}] + more,
        base.faults or [fault for fault in other.faults if fault.place in places],
        [row for row in other.unread if name(row) not in have],
    )


def _part(sheet: Sheet, family: str) -> Sheet:
    """The tables of one family (t2, t3 …) of a sheet."""
    tables = {t.code for t in sheet.form.tables if t.code.split(".")[0] == family}
    return Sheet(
        sheet.form,
        {code: f for code, f in sheet.figures.items() if sheet.form.cells[code].table in tables},
        [row for row in sheet.rows if row.table.code in tables],
        [f for f in sheet.faults if f.code.startswith(_fault_prefix(sheet.form, family))],
        [row for row in sheet.unread if row.table.code in tables],
    )


def _fault_prefix(form: Form, family: str) -> str:
    return f"table.{form.family}.{ {'t3': 'A3', 't4': 'A5'}.get(family, 'value') }"


def _known(sheet: Sheet) -> int:
    return sum(figure.value is not None or bool(figure.options) for figure in sheet.figures.values())


def _failures(sheet: Sheet) -> int:
    failed = [r for r in sheet.form.check(sheet.values) if r.state == "failed" and r.severity == "hard"]
    return len(failed) + len(sheet.faults)


def _statutory(report: Report, before: Report | None) -> list[Finding]:
    """What needs the form: titles, relations, prose against table."""
    if report.form is None or report.sheet is None:
        return []
    findings = title_findings(report.form, report.stream)
    earlier = _comparable(report.form, before)
    findings += relation_findings(report.sheet, earlier, report.identity.agency, report.prose.text)
    findings += against_table(report.sheet, report.prose, report.identity.year, report.identity.organ)
    if report.form.edition != "2014":
        findings += _absent(report, report.form, report.sheet)
    return findings


def _absent(report: Report, form: Form, sheet: Sheet) -> list[Finding]:
    """Tables the format asks for that were not found: all of them (warning), or one (note). 2014 reports may have none."""
    hint = "请确认表格不是图片；提供 DOCX、HTML 或可复制文字的 PDF 后再核对。"
    if not sheet.rows:
        message = "没有读到格式规定的三张表，勾稽关系未能核对。"
        return [Finding("meta.table", "warning", report.identity.place(), message, (), form.basis, hint)]
    there = {row.table.section for row in sheet.rows}
    gone = dict.fromkeys(table.section for table in form.tables if table.section not in there)
    titles = {section.number: section.title for section in form.sections}
    return [
        Finding(
            "meta.table",
            "note",
            report.identity.place(),
            f"没有读到第{number}部分“{titles[number]}”的表，勾稽关系未能核对。",
            (),
            form.basis,
            hint,
        )
        for number in gone
    ]


def _comparable(form: Form, before: Report | None) -> dict[str, Decimal | None] | None:
    """Last year's figures; A6 of the two forms differ in cells, so only codes this form has are kept."""
    if before is None or before.sheet is None:
        return None
    return {code: value for code, value in before.sheet.values.items() if code in form.cells}


def _cut(lines: Iterable[Line], spans: list[tuple[int, int, int]], first: str = "\u3000") -> tuple[Line, ...]:
    """The lines with the tables' stretches blanked out, columns kept; ``first`` stands where a stretch began."""
    by_line: dict[int, list[tuple[int, int]]] = {}
    for no, start, end in spans:
        by_line.setdefault(no, []).append((start, end))
    kept = []
    for line in lines:
        text = line.text
        for start, end in by_line.get(line.no, ()):
            text = text[:start] + first + "\u3000" * (end - start - 1) + text[end:] if end > start else text
        kept.append(replace(line, text=text) if text != line.text else line)
    return tuple(kept)


def _prose_only(report: Report) -> Reading:
    """The reading without the statutory tables: the form has judged them, and digit runs are nobody's sums."""
    reading, sheet = report.reading, report.sheet
    if sheet is None or not sheet.rows:
        return reading
    rows = {row.place.line for row in sheet.rows}
    gone = [t for t in reading.tables if rows & set(range(t.line, t.line + len(t.rows)))]
    dropped = {table.line + i for table in gone for i in range(len(table.rows))}
    lines = _cut((line for line in reading.lines if line.no not in dropped), sheet.spans)
    return replace(reading, lines=lines, tables=tuple(t for t in reading.tables if t not in gone))


def _no_report(report: Report) -> Finding:
    return Finding(
        "meta.report",
        "error",
        report.identity.place(),
        "看不出这是政府信息公开工作年度报告：标题里没有年度和“信息公开”“报告”字样，也没有法定的表和部分。",
        (),
        "《条例》（2019）第四十九条、第五十条",
        "请确认选对了文件；审核其他材料请用 mingtang check。",
    )


def _too_long(size: int) -> Finding:
    return Finding(
        "meta.report",
        "error",
        Place(None, None, None, ""),
        f"全文 {size} 字，远长于一份年度报告，没有审核。",
        (str(size),),
        f"每份报告不超过 {LONGEST} 字",
        "请确认选对了文件；几份报告合在一起的，拆开后再审核。",
    )
