"""Filing: a report without gaps and without failing relations is frozen, with the ids behind it, and drafted."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import Agency, Deed, Person, StoredFile, may, now, record, store
from mingtang.oversight.models import Report
from mingtang.oversight.reports import rendering, tallies
from mingtang.oversight.reports.compiling import Compiled, compile_report
from mingtang.oversight.reports.rendering import MEDIA


def file_report(agency: Agency, year: int, *, by: Person, at: datetime) -> Report | Refused:
    """Freeze a year's report and draft it as a document, to go through the same review as any other.

    Refused while a cell is not stated, a hard relation fails, the year runs, or it was filed before.
    """
    if not (verdict := may(by, "report.file", agency)):
        return Refused(verdict.why, verdict.basis, "请由公开工作机构负责人定稿")
    with transaction.atomic():
        report = Report.objects.select_for_update().filter(agency=agency, year=year).first()
        if report is not None and report.state != "draft":
            return Refused(f"{year}年年报已经定稿", "条例第四十九条", "需要更正时，对已公布的年报出新版")
        tallies.recount(year, at)
        made = compile_report(agency, year, at)
        if isinstance(made, Refused):
            return made
        if made.blocks:
            return Refused(
                "；".join(made.blocks), "条例第五十条；年报格式的勾稽关系", "请按提示补齐或核对后再定稿"
            )
        report = report or Report(agency=agency, year=year)
        report.form, report.state, report.filed_at = made.form.edition, "filed", at
        report.figures = {
            c: {"value": None if f.value is None else str(f.value), "how": f.how}
            for c, f in made.figures.items()
        }
        report.frozen = store(_ids(made), "application/json").digest
        report.save()
        drafted = disclosure.draft(
            by, at, agency=agency, kind="annual_report", origin=("report", str(report.pk)),
            title=f"{agency.name}{year}年政府信息公开工作年度报告", body=rendering.body(made),
            data={"year": str(year), **rendering.page_data(made)}, files=_files(made), written_on=at.date(), genre="08", theme="0201",
        )  # fmt: skip
        if isinstance(drafted, Refused):
            transaction.set_rollback(True)
            return drafted
        report.document_id = drafted.id
        report.save(update_fields=["document_id"])
        record(
            Deed(
                "report.file", "report", str(report.pk), at, by, agency, verdict.basis,
                {"year": year, "frozen": report.frozen, "document": drafted.id},
            )
        )  # fmt: skip
    return report


def _files(made: Compiled) -> list[tuple[str, StoredFile]]:
    """The report to take away, in the formats that offices read."""
    name = f"{made.year}年政府信息公开工作年度报告"
    return [(f"{name}.{how}", store(rendering.render(made, how), MEDIA[how])) for how in ("docx", "xlsx")]


def _ids(made: Compiled) -> bytes:
    """The ids behind every counted figure, as they were when the report was filed."""
    found = {}
    for code, f in made.figures.items():
        if f.counter:
            found[code] = list(tallies.rows(f.counter, f.where, made.year, made.agency.path).ids())
    return json.dumps(
        {"year": made.year, "agency": made.agency.code, "frozen_at": str(now()), "ids": found}
    ).encode()
