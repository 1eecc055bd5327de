"""Filing: a report without gaps and without failing relations is frozen, with the ids behind it, and drafted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Form, Refused
from mingtang.ledger.api import SHANGHAI, Agency, Deed, FileRow, Person, Verdict, enqueue, record, store
from mingtang.oversight.models import Report
from mingtang.oversight.reports import opening, printing, tallies
from mingtang.oversight.reports.audit import audit
from mingtang.oversight.reports.compiling import Compiled, as_filed, compile_report
from mingtang.oversight.reports.counters import organs
from mingtang.oversight.reports.drawing import page_data
from mingtang.oversight.reports.figures import Figure
from mingtang.oversight.reports.states import closed

_ONE_MOMENT = "定稿的数字、正文和记录须是同一时刻的"
_MOVED = Refused("定稿时填报或正文又变了", _ONE_MOMENT, "请再定稿一次")
_BEHIND = Refused("台账刚有变动，年报的数还没有跟上", _ONE_MOMENT, "后台正在重新计数，请过一会儿再定稿")


def file(agency: Agency, chosen: Form, by: Person, at: datetime, verdict: Verdict) -> int | Refused:
    """Freeze a year's report and draft it as a document, to go through the same review as any other; returns its id.

    Refused while a cell is not stated, a hard relation fails, the year runs, it was filed before, the tallies lag
    behind the rows (they are then counted in the background), or something moves meanwhile.
    """
    made = compile_report(agency, chosen.year, at)
    if isinstance(made, Refused):
        return made
    if made.blocks:
        return Refused(
            "；".join(made.blocks), "条例第五十条；年报格式的勾稽关系", "请按提示补齐或核对后再定稿"
        )
    ids = _ids(made)
    if ids is None:
        # Nothing of the report is written: only word that its rows are to be counted again.
        with transaction.atomic():
            enqueue("register.changed", {"agencies": organs(agency.path), "years": [chosen.year]}, at)
        return _BEHIND
    made = _as_of(made, at)
    own = disclosure.read(printing.page(made).encode(), "年报.html")
    assert isinstance(own, disclosure.Reading)  # drawn here a moment ago
    if wrong := [f.message for f in audit(own) if f.severity == "error"]:
        return Refused(
            "按审核规则查出：" + "；".join(wrong[:5]), "年报发布前的审核", "请改正文字，使它与表格和台账一致"
        )
    # Drawing and writing files take seconds: nobody waits for them behind a lock.
    kept = {"year": made.year, "agency": agency.code, "frozen_at": at.isoformat(), "ids": ids}
    frozen = store(json.dumps(kept, ensure_ascii=False).encode(), "application/json").digest
    files, written = _files(made), as_filed(made)
    with transaction.atomic():
        return _freeze(made, written, frozen, files, by, at, verdict)


def _as_of(made: Compiled, at: datetime) -> Compiled:
    """The report as of now: its tallies, whenever they were counted, have just been found to agree with the rows."""

    def now(f: Figure) -> Figure:
        return replace(f, cutoff=at) if f.cutoff else f

    return replace(
        made, cutoff=at, figures={c: now(f) for c, f in made.figures.items()},
        figure_of={q: now(f) for q, f in made.figure_of.items()},
    )  # fmt: skip


def _freeze(
    made: Compiled, written: tuple[dict[str, Any], dict[str, Any]], frozen: str, files: list[tuple[str, FileRow]],
    by: Person, at: datetime, verdict: Verdict,
) -> int | Refused:  # fmt: skip
    """Write the report down as filed and draft its document, unless it was filed or changed meanwhile."""
    agency, year = made.agency, made.year
    report, _ = Report.objects.select_for_update().get_or_create(
        agency=agency, year=year, version=made.version, defaults={"form": made.form.edition}
    )
    if filed_meanwhile := closed(report, "file"):
        return filed_meanwhile
    if not _same(made, compile_report(agency, year, at)):
        return _MOVED
    report.form, report.state, report.filed_at, report.frozen = made.form.edition, "filed", at, frozen
    report.figures, report.as_filed = written
    report.save()
    drafted = _draft(report, made, files, by, at, verdict)
    if isinstance(drafted, Refused):
        transaction.set_rollback(True)
        return drafted
    report.document_id = drafted.id
    report.save(update_fields=["document_id"])
    record(
        Deed(
            "report.file", "report", str(report.pk), at, by, agency, verdict.basis,
            {"year": year, "version": report.version, "frozen": frozen, "document": drafted.id},
        )
    )  # fmt: skip
    return report.pk


def _draft(
    report: Report,
    made: Compiled,
    files: list[tuple[str, FileRow]],
    by: Person,
    at: datetime,
    verdict: Verdict,
) -> disclosure.DocumentRow | Refused:
    """The document of a report; of a corrected one, its next edition. The live page stays until that is published.

    Whoever may file may have it drafted: the document is the report, nobody writes it.
    """
    year, origin = made.year, ("report", str(report.pk))
    facts: dict[str, Any] = {
        "title": printing.title(made), "body": printing.body(made), "data": {"year": str(year), **page_data(made)},
        "files": files, "written_on": at.astimezone(SHANGHAI).date(), "genre": "08", "theme": "0201",
        "allowed": verdict,
    }  # fmt: skip
    if report.document_id is None:
        return disclosure.draft(by, at, agency=made.agency, kind="annual_report", origin=origin, **facts)
    working = disclosure.editions(report.document_id)[-1]
    verb = "correct" if working.state == "published" else "edit"
    return disclosure.take(report.document_id, verb, by=by, at=at, origin=origin, **facts)


def _same(made: Compiled, again: Any) -> bool:
    """Whether nothing that was drawn has changed since: figures, the rows they counted, sentences."""

    def drawn(c: Compiled) -> Any:
        figures = [*c.figures.values(), *c.figure_of.values()]
        return c.sections, [(f.value, f.digest, f.declared) for f in figures]

    return isinstance(again, Compiled) and drawn(again) == drawn(made)


def _files(made: Compiled) -> list[tuple[str, FileRow]]:
    """The report to take away, in the formats that offices read."""
    name = f"{made.year}年政府信息公开工作年度报告"
    return [
        (f"{name}.{how}", store(printing.render(made, how), printing.MEDIA[how])) for how in ("docx", "xlsx")
    ]


def _ids(made: Compiled) -> dict[str, tuple[int, ...]] | None:
    """The ids behind every counted figure, of cells and of sentences; None when the tallies were counted over others."""
    found = {}
    for f in (*made.figures.values(), *made.figure_of.values()):
        if not f.counter or not f.kept:
            continue
        rows = tallies.behind(f.counter, f.where, made.year, made.agency.path)
        if f.cutoff is None or not rows.as_tallied:
            return None
        found[opening.question(f)] = rows.ids
    return found
