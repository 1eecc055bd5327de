"""The flow of an annual report: written, filed, published; a filed one is corrected by a later version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Form, Refused, form
from mingtang.ledger.api import Agency, Deed, Person, may, record
from mingtang.oversight.models import Report
from mingtang.oversight.reports import declaring, filing
from mingtang.oversight.reports.states import CORRECT, REPORTS, closed, newest
from mingtang.oversight.rows import SHELVES, ReportRow

_ELSE = {
    "report.declare": "请由本单位公开专员填报",
    "report.compile": "请由年报编制人填写",
    "report.file": "请由公开工作机构负责人定稿",
}


def take(
    agency: Agency, verb: str, *, year: int, by: Person, at: datetime, **facts: Any
) -> ReportRow | Refused:
    """One verb of ``REPORTS`` on the newest version of an organ's report for a year; the row after it, or why not.

    Facts: ``declare`` cell, value, unit_name, source, signer, signed_on; ``write`` section, text; ``correct`` reason.
    """
    if verb not in REPORTS.verbs():
        return Refused(f"没有“{verb}”这一步", "本平台流程表", "可用：" + "、".join(REPORTS.verbs()))
    power = REPORTS.named(verb).power
    if not (verdict := may(by, power, agency)):
        return Refused(verdict.why, verdict.basis, _ELSE[power])
    chosen = form("annual_report", year)
    if isinstance(chosen, Refused):
        return chosen
    with verdict.standing():
        if verb == "file":
            # Drawing and writing files take seconds: no lock is held meanwhile.
            done = closed(newest(agency, year), verb) or filing.file(agency, chosen, by, at, verdict)
        else:
            done = _locked(agency, chosen, verb, by, at, facts)
    return done if isinstance(done, Refused) else SHELVES["report"].find(pk=done).one()


def _locked(
    agency: Agency, chosen: Form, verb: str, by: Person, at: datetime, facts: dict[str, Any]
) -> int | Refused:
    with transaction.atomic():
        Report.objects.get_or_create(
            agency=agency, year=chosen.year, version=1, defaults={"form": chosen.edition}
        )
        held = Report.objects.select_for_update(of=("self",)).filter(agency=agency, year=chosen.year)
        report = held.select_related("agency").order_by("-version")[0]
        done = closed(report, verb) or _DO[verb](report, chosen, by, at, **facts)
        if isinstance(done, Refused):
            transaction.set_rollback(True)
            return done
        return done.pk if isinstance(done, Report) else report.pk


def _correct(report: Report, chosen: Form, by: Person, at: datetime, *, reason: str) -> Report | Refused:
    """Open the next version, with what people wrote; the filed one stays as it is until this one is filed."""
    if not reason.strip():
        return Refused("更正没有写理由", CORRECT, "请写明哪里不对、凭什么改，它会写在新的一版上")
    if len(reason.strip()) > 500:
        return Refused("更正的理由超过500字", CORRECT, "请写得简短些，只写哪里不对、凭什么改")
    paper = disclosure.editions(report.document_id or 0)[-1:]
    if paper and paper[0].state not in ("published", "draft"):
        return Refused(
            "公开稿正在审核", "审的和改的必须是同一份", "请先把公开稿退回起草人，或等它公布，再更正"
        )
    made = Report.objects.create(
        agency=report.agency, year=report.year, version=report.version + 1, reason=reason.strip(),
        form=chosen.edition, prose=report.prose, document_id=report.document_id,
    )  # fmt: skip
    record(
        Deed(
            "report.correct", "report", str(made.pk), at, by, report.agency, CORRECT,
            {"year": report.year, "version": made.version, "corrects": report.pk, "reason": made.reason},
        )
    )  # fmt: skip
    return made


_DO: dict[str, Callable[..., Report | Refused | None]] = {
    "declare": declaring.declare,
    "write": declaring.write,
    "correct": _correct,
}
