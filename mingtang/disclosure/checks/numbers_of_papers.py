"""Paper numbers: a government's own (政发) and its office's (政办发) are not one series."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.organs import BASIS, TITLED
from mingtang.disclosure.checks.types import Check, Finding, Reading

SERIES = re.compile(r"^(?:国|[\u4e00-\u9fff]{1,3}?[政府])(?P<office>办)?(?:发|函|字|规)$")
OFFICE = re.compile(r"(?:政府|国务院)办公[厅室]$")
GOVERNMENT = re.compile(r"(?:人民政府|国务院|[省市县区州]政府)$")


def series(reading: Reading) -> Iterator[Finding]:
    """《国务院办公厅关于……》（国发〔2022〕5号): the title's organ is the office, the number the State Council's."""
    for line in reading.lines:
        if "号" not in line.text:
            continue
        for match in TITLED.finditer(line.text):
            organ, known = match["organ"].strip(), SERIES.match(match["prefix"])
            if known is None or "、" in organ or match["rest"].startswith("转发"):
                continue
            by_office = bool(known["office"])
            if not (OFFICE.search(organ) and not by_office) and not (GOVERNMENT.search(organ) and by_office):
                continue
            number = line.text[match.start("prefix") : match.end()].rstrip("）)")
            whose = "办公厅（室）" if by_office else "政府（国务院）"
            yield finding(
                "organ.series", "warning", place(line, match.start("organ"), match.end()),
                f"文号 {number} 是{whose}发文用的代字，标题写的发文机关是“{organ}”", figures=(organ, number),
                relation="政府发文用“政发”一类代字，办公厅（室）发文用“政办发”一类代字", suggestion="请核对发文机关和文号，改正写错的一处",
            )  # fmt: skip


CHECKS = (
    Check("organ.series", "政府与其办公厅（室）的文号不相混", BASIS, "warning", series,
          bad="根据《国务院办公厅关于印发工作要点的通知》（国发〔2022〕8号）要求。",
          good="根据《国务院办公厅关于印发工作要点的通知》（国办发〔2022〕8号）要求。"),
)  # fmt: skip
