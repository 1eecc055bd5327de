"""Filing: a report without gaps and without failing relations is frozen, with the ids behind it, and drafted."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import transaction

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, Agency, Deed, FileRow, Person, may, now, record, store
from mingtang.oversight.models import Report
from mingtang.oversight.reports import rendering, tallies
from mingtang.oversight.reports.audit import audit
from mingtang.oversight.reports.compiling import Compiled, as_filed, compile_report
from mingtang.oversight.reports.counters import COUNTERS
from mingtang.oversight.reports.rendering import MEDIA

_MOVED = Refused("定稿时台账或填报又变了", "定稿的数字、正文和记录须是同一时刻的", "请再定稿一次")


def file_report(agency: Agency, year: int, *, by: Person, at: datetime) -> Report | Refused:
    """Freeze a year's report and draft it as a document, to go through the same review as any other.

    Refused while a cell is not stated, a hard relation fails, the year runs, it was filed before, or the figures
    move meanwhile.
    """
    if not (verdict := may(by, "report.file", agency)):
        return Refused(verdict.why, verdict.basis, "请由公开工作机构负责人定稿")
    if Report.objects.filter(agency=agency, year=year).exclude(state="draft").exists():
        return _again(year)
    tallies.recount(year, at)
    made = compile_report(agency, year, at)
    if isinstance(made, Refused):
        return made
    if made.blocks:
        return Refused(
            "；".join(made.blocks), "条例第五十条；年报格式的勾稽关系", "请按提示补齐或核对后再定稿"
        )
    own = disclosure.read(rendering.page(made).encode(), "年报.html")
    assert isinstance(own, disclosure.Reading)  # drawn here a moment ago
    if wrong := [f.message for f in audit(own) if f.severity == "error"]:
        return Refused(
            "按审核规则查出：" + "；".join(wrong[:5]), "年报发布前的审核", "请改正文字，使它与表格和台账一致"
        )
    # Counting, drawing and writing files take seconds: nobody waits for them behind a lock.
    ids = _ids(made)
    if isinstance(ids, Refused):
        return ids
    frozen, files = store(ids, "application/json").digest, _files(made)
    with transaction.atomic():
        return _freeze(made, frozen, files, by, at, verdict.basis)


def _again(year: int) -> Refused:
    return Refused(f"{year}年年报已经定稿", "条例第四十九条", "需要更正时，对已公布的年报出新版")


def _freeze(
    made: Compiled, frozen: str, files: list[tuple[str, FileRow]], by: Person, at: datetime, basis: str
) -> Report | Refused:
    """Write the report down as filed and draft its document, unless it was filed or changed meanwhile."""
    agency, year = made.agency, made.year
    report, _ = Report.objects.select_for_update().get_or_create(
        agency=agency, year=year, defaults={"form": made.form.edition}
    )
    if report.state != "draft":
        return _again(year)
    if not _same(made, compile_report(agency, year, at)):
        return _MOVED
    report.form, report.state, report.filed_at, report.frozen = made.form.edition, "filed", at, frozen
    report.figures, report.as_filed = as_filed(made)
    report.save()
    drafted = disclosure.draft(
        by, at, agency=agency, kind="annual_report", origin=("report", str(report.pk)),
        title=f"{agency.name}{year}年政府信息公开工作年度报告", body=rendering.body(made),
        data={"year": str(year), **rendering.page_data(made)}, files=files, written_on=at.astimezone(SHANGHAI).date(),
        genre="08", theme="0201",
    )  # fmt: skip
    if isinstance(drafted, Refused):
        transaction.set_rollback(True)
        return drafted
    report.document_id = drafted.id
    report.save(update_fields=["document_id"])
    record(
        Deed(
            "report.file", "report", str(report.pk), at, by, agency, basis,
            {"year": year, "frozen": frozen, "document": drafted.id},
        )
    )  # fmt: skip
    return report


def _same(made: Compiled, again: Any) -> bool:
    """Whether nothing that was drawn has changed since: figures, the rows they counted, sentences."""

    def drawn(c: Compiled) -> Any:
        figures = [*c.figures.values(), *c.figure_of.values()]
        return c.sections, [(f.value, f.digest, f.declared) for f in figures]

    return isinstance(again, Compiled) and drawn(again) == drawn(made)


def _files(made: Compiled) -> list[tuple[str, FileRow]]:
    """The report to take away, in the formats that offices read."""
    name = f"{made.year}年政府信息公开工作年度报告"
    return [(f"{name}.{how}", store(rendering.render(made, how), MEDIA[how])) for how in ("docx", "xlsx")]


def _ids(made: Compiled) -> bytes | Refused:
    """The ids behind every counted figure, as they were when the report was filed."""
    found = {}
    for code, f in made.figures.items():
        if f.counter:
            found[code] = list(tallies.rows(f.counter, f.where, made.year, made.agency.path).ids())
            if not COUNTERS[f.counter].measure and len(found[code]) != f.counted:
                return _MOVED
    return json.dumps(
        {"year": made.year, "agency": made.agency.code, "frozen_at": str(now()), "ids": found}
    ).encode()
