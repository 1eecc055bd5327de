"""The reporting year: the period the report states, its title and the years its sentences begin with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from mingtang.oversight.reports.audit.identity import Identity
from mingtang.oversight.reports.audit.reading import Finding
from mingtang.oversight.reports.audit.stream import Stream

BASIS = "《条例》（2019）第四十九条：每年1月31日前公布上一年度政府信息公开工作年度报告"
RANGE = re.compile(
    r"(?P<y1>20\d\d)年(?P<m1>\d{1,2})月(?P<d1>\d{1,2})日起?(?:至|到|[-—–~]{1,2})(?P<y2>20\d\d)年(?P<m2>\d{1,2})月(?P<d2>\d{1,2})日"
)
STATED = re.compile(r"(?:统计|数据|报告|时限|期限|时间)[^。]{0,30}$")
# From the first of January to the last of December: the year of one report.
ONE_YEAR = re.compile(
    r"(?P<year>20\d\d)年1月1日起?(?:至|到|[-—–~]{1,2})(?:(?:20\d\d)年|当年|本年|同年)?12月31日"
)
# A sentence, or the first words below a heading (the stream has no line ends).
OPENING = re.compile(
    r"(?:^|(?<=[。；;:])|(?<=情况)|(?<=事项))(?P<year>20\d\d)年度?(?:[,，]?(?:以来|全年))?[,，]?(?:全[市县区省州镇乡]|我[市县区省州局委厅办镇乡院校]|我街道|本[市县区省州机局镇乡]关?|共|累计|未|没有|(?=主动公开|收到|新收|受理)|[市县区]政府)[^。；;]{0,40}?(?:主动公开|收到|新收|受理|办结|答复|未?收取|发生)[^。；;]*"
)
COMPARED = re.compile(r"相比|较|比|同比|上年|去年|以来|截至|至今|结转|累计|历年")
PLAN = re.compile(
    r"(?P<year>20\d\d)年[,，]?(?:我[市县区州省局镇乡委办厅院校处所]|我街道|全[市县区州省镇乡]|本[市县区局镇乡])?将(?:进一步|继续|持续|重点|着重|着力|不断|加强|围绕|从以下|认真|切实|深入|大力|努力|采取)[^。]{0,200}"
)


def period_findings(identity: Identity, stream: Stream, prose: Stream) -> list[Finding]:
    """Impossible periods, periods of another year than the title's, sentences that report another year."""
    findings = list(_ranges(stream))
    if identity.year is not None:
        findings += _other_year(identity.year, stream)
        # A school year lies in two years; its sentences may begin with either.
        findings += _said(identity.year, prose) if not identity.school_year else []
    return findings


def _ranges(stream: Stream) -> Iterator[Finding]:
    """A period that ends before it begins; a statistical period longer than a year."""
    for match in RANGE.finditer(stream.text):
        try:
            first, last = (
                date(int(match[f"y{i}"]), int(match[f"m{i}"]), int(match[f"d{i}"])) for i in (1, 2)
            )
        except ValueError:
            continue  # a day the calendar does not have has its own finding
        stated = STATED.search(stream.text[max(0, match.start() - 40) : match.start()])
        whole_years = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
        if last < first:
            yield _finding(stream, match, f"“{match[0]}”的终点早于起点。", "起点 ≤ 终点", "请改正起止日期。")
        elif stated and whole_years and last.year > first.year:
            message = f"统计期限“{match[0]}”超过一年，年度报告只统计一个年度。"
            yield _finding(stream, match, message, "统计期限为一个公历年", "请改正起止日期。")


def _other_year(year: int, stream: Stream) -> Iterator[Finding]:
    """The stated period is the title's year."""
    for match in ONE_YEAR.finditer(stream.text):
        stated = STATED.search(stream.text[max(0, match.start() - 40) : match.start()])
        if stated and "上年" not in stated[0] and int(match["year"]) != year:
            message = f"标题是 {year} 年度的报告，统计期限写的是“{match[0]}”。"
            yield _finding(
                stream, match, message, "统计期限的年度 = 标题的年度", "请核对标题和统计期限，改正写错的一处。", (str(year), match["year"])
            )  # fmt: skip
            return


def _said(year: int, prose: Stream) -> Iterator[Finding]:
    """Sentences that report another year's figures as this report's, or plan for the year reported on."""
    for match in OPENING.finditer(prose.text):
        said = int(match["year"])
        with_itself = re.search(rf"[比较]{said}年", match[0])
        compared = COMPARED.search(match[0]) and not with_itself
        if said not in (year - 1, year + 1) or compared or f"{year}年" in match[0]:
            continue
        yield _warning(
            prose,
            match,
            f"这是 {year} 年度的报告，这一句说的是 {said} 年的数，可能是沿用旧稿没有改年份。",
            year,
        )
    for match in PLAN.finditer(prose.text):
        if year - 2 <= int(match["year"]) <= year and not re.search(r"作为|纳入|列为|列入", match[0]):
            yield _warning(
                prose,
                match,
                f"报告的是 {year} 年度，{match['year']} 年已经过去，却写“{match[0][:12]}……”。",
                year,
            )


def _warning(prose: Stream, match: re.Match[str], message: str, year: int) -> Finding:
    return Finding(
        "meta.year_said", "warning", prose.place(match.start("year"), match.end("year") + 1), message,
        (match["year"], str(year)), BASIS, "请核对年份；确是另一年度的数，在句中写明比较关系。",
    )  # fmt: skip


def _finding(
    stream: Stream,
    match: re.Match[str],
    message: str,
    relation: str,
    suggestion: str,
    figures: tuple[str, ...] = (),
) -> Finding:
    return Finding(
        "meta.period", "error", stream.place(match.start(), match.end()), message, figures or (match[0],), relation, suggestion
    )  # fmt: skip
