"""The states of an annual report and the verbs that are open in each; which version is the one that a verb means."""

from __future__ import annotations

from mingtang.law.api import Refused
from mingtang.ledger.api import Agency, FlowRow, FlowTable
from mingtang.oversight.models import Report

CONTENT = "条例第五十条"
CORRECT = "条例第六条：信息应当准确；定稿的数字只由新的一版更正"
STATES = dict(Report.STATES)
REPORTS = FlowTable(
    [
        FlowRow("draft", "declare", None, "report.declare", "填报", CONTENT),
        FlowRow("draft", "write", None, "report.compile", "写", CONTENT),
        FlowRow("draft", "file", "filed", "report.file", "定稿", "条例第四十九条"),
        FlowRow("filed", "correct", "draft", "report.file", "更正（出新版）", CORRECT),
        FlowRow("published", "correct", "draft", "report.file", "更正（出新版）", CORRECT),
    ],
    STATES,
)


def newest(agency: Agency, year: int) -> Report | None:
    """The version that is being written, or was filed last."""
    return Report.objects.filter(agency=agency, year=year).order_by("-version").first()


def closed(report: Report | None, verb: str) -> Refused | None:
    """Why a verb is not open in the report's state."""
    state = report.state if report else "draft"
    if REPORTS.row(state, verb):
        return None
    if state == "draft":
        return Refused("年报还没有定稿，没有可更正的", "本平台流程表", "直接改，再定稿")
    return Refused("年报已经定稿", "条例第四十九条", "需要更正时，先点“更正”，写明理由，出新的一版")
