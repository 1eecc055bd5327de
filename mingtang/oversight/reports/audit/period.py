"""The reporting year: the period the report states, its title and the years its sentences begin with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from mingtang.oversight.reports.audit.identity import Identity
from mingtang.oversight.reports.audit.reading import Finding, Place
from mingtang.oversight.reports.audit.stream import Stream

BASIS = "《条例》（2019）第四十九条：每年1月31日前公布上一年度政府信息公开工作年度报告"
RANGE = re.compile(
    r"(?P<y1>20\d\d)年(?P<m1>\d{1,2})月(?P<d1>\d{1,2})日起?(?:至|到|[-—–~]{1,2})(?P<y2>20\d\d)年(?P<m2>\d{1,2})月(?P<d2>\d{1,2})日"
)
# In 2008 reports began with the Regulation, on 1 May.
FIRST_YEAR = 2008
PERIOD = re.compile(r"(?:统计|数据|报告)的?(?:统计)?(?:期限|时限|时间|区间|周期|期间|期)")
STATED = re.compile(r"(?:统计|数据|报告|时限|期限|时间)[^。]{0,30}$")
# From the first of January to the last of December: the year of one report. 2016年01月01日, 2016.1.1 too.
ONE_YEAR = re.compile(
    r"(?P<year>(?:19|20|21)\d\d)[年.\-/]0?1[月.\-/]0?1日?起?(?:至|到|[-—–~]{1,2})(?:(?P<last>(?:19|20|21)\d\d)[年.\-/]|当年|本年|同年)?12[月.\-/]31日?"
)
# Spans of whole years that are no report's: plans, terms of office, what a policy is in force for.
OTHER_SPAN = re.compile(
    r"上年|去年|同期|相比|规划|任期|有效期|实施期|执行期|试点|政策|免征|减征|享受|延长|聘期|合同|协议|项目|建设期|考核期|评估期|服务期|保险|公示"
)
# The report's own first words tell its period, whatever they call it.
PREAMBLE = 1500
YEAR = re.compile(r"(?<!\d)(?P<year>[12]\d{3})年")
# A year that is too long or too short to be one.
NO_YEAR = re.compile(
    r"(?<![\d.,近约共逾前城达])(?P<year>20\d{3}|2\d\d)年(?=[,，]|度|(?:以来|我|全[市县区省州]|本[市县区机]|\d{1,2}月\d{1,2}日))"
)
# What looks ahead, so that a later year may stand there.
AHEAD = re.compile(
    r"规划|目标|远景|愿景|展望|前瞻|战略|纲要|行动|达峰|中和|有效期|截止|届满|到期|期限|至$|到$|前$|底前|末前|[-—–~至到]$|现代化|全面建成|五年|三年|力争|计划|预计|期满|合同|协议|将|下一步|工作安排|打算"
)
NUMBERED = re.compile(r"[〔\[【﹝](?P<year>\d{4})[〕\]】﹞](?:第)?\d{1,5}号")
DAY = r"(?P<y>(?:19|20|21)\d\d)\s?[年.\-/]\s?(?P<m>\d{1,2})\s?[月.\-/]\s?(?P<d>\d{1,2})日?"
# The day below the signature, or the one a page names as its own.
SIGNED = re.compile(rf"(?:^|(?<=[\u4e00-\u9fff。\s])){DAY}\s*$")
ISSUED = re.compile(rf"(?:发布|公开|成文|发文|印发|编制|生成)(?:时间|日期)\s?[:：]\s?{DAY}")
ENDING, BEGINNING = 12, 12
# The furthest year plans speak of is some forty years off (2060, 碳中和); before 1949 no report speaks of.
FURTHEST, FIRST = 45, 1949
# A contract or a plan may end so soon without being called one.
SOON = 5
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
        findings += _impossible_years(identity.year, prose)
        findings += _signed_early(identity.year, stream) if not identity.school_year else []
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
        elif stated and PERIOD.search(stated[0]) and first.year == last.year > FIRST_YEAR and not whole_years:
            message = f"统计期限“{match[0]}”不足一年，年度报告统计1月1日至12月31日。"
            short = _finding(stream, match, message, "统计期限为一个公历年", "请改正起止日期。")
            yield replace(short, severity="warning")


def _other_year(year: int, stream: Stream) -> Iterator[Finding]:
    """The stated period is the title's year; in the report's first words no other year's stands at all."""
    for match in ONE_YEAR.finditer(stream.text):
        low = max(0, match.start() - 40)
        before = re.split(r"[。；;]", stream.text[low : match.start()])[-1]
        stated = STATED.search(before) or match.start() < PREAMBLE
        around = before + re.split(r"[。；;]", stream.text[match.end() : match.end() + 30])[0]
        ends = int(match["last"] or match["year"])
        if stated and not OTHER_SPAN.search(around) and int(match["year"]) != year and ends - int(match["year"]) in (0, 1):  # fmt: skip
            message = f"标题是 {year} 年度的报告，统计期限写的是“{match[0]}”。"
            yield _finding(
                stream, match, message, "统计期限的年度 = 标题的年度", "请核对标题和统计期限，改正写错的一处。", (str(year), match["year"])
            )  # fmt: skip


def _impossible_years(year: int, prose: Stream) -> Iterator[Finding]:
    """Years that had not come when the report was written, where nothing looks ahead; numbers that are no year."""
    for match in YEAR.finditer(prose.text):
        said = int(match["year"])
        clause = re.split(r"[。；;]", prose.text[max(0, match.start() - 40) : match.start()])[-1]
        behind = re.split(r"[。；;]", prose.text[match.end() : match.end() + 24])[0]
        ahead = AHEAD.search(clause) or AHEAD.search(behind) or re.match(r"[前底末]", behind)
        if said > year + 1 and (not ahead or said > year + FURTHEST):
            yield _no_year(
                prose, match, year, f"这是 {year} 年度的报告，写报告时还没有到 {said} 年", said > year + SOON
            )
        elif said < FIRST:
            yield _no_year(prose, match, year, f"“{said}年”早于新中国成立，很可能是写错的年份", False)
    for match in NUMBERED.finditer(prose.text):
        if int(match["year"]) > year + 1:
            yield _no_year(prose, match, year, f"这是 {year} 年度的报告，引用的文号却是 {match['year']} 年的")
    for match in NO_YEAR.finditer(prose.text):
        yield _no_year(prose, match, year, f"“{match['year']}年”不是年份，多写或漏写了数字")


def _no_year(prose: Stream, match: re.Match[str], year: int, message: str, sure: bool = True) -> Finding:
    return Finding(
        "text.year", "error" if sure else "warning", prose.place(match.start("year"), match.end()), f"{message}。", (match["year"], str(year)), BASIS, "请核对年份。"
    )  # fmt: skip


def _signed_early(year: int, stream: Stream) -> Iterator[Finding]:
    """The report is signed and issued after the period it counts has ended."""
    last = len(stream.lines) - ENDING
    for at, line in enumerate(stream.lines):
        found = [*ISSUED.finditer(line.text)] if at < BEGINNING or at >= last else []
        found += [m for m in SIGNED.finditer(line.text) if at >= last and (len(line.text) < 60 or at + 1 == len(stream.lines))]  # fmt: skip
        for match in found:
            try:
                day = date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                continue  # a day the calendar does not have has its own finding
            if day <= date(year, 12, 31):
                # Some offices close their books in December: asked about, not wrong beyond doubt.
                yield Finding(
                    "meta.signed", "warning" if (day.year, day.month) == (year, 12) else "error",
                    Place(line.page, line.no, (match.start("y"), match.end()), match[0].strip()),
                    f"报告统计到 {year} 年 12 月 31 日，落款（发布）日期却是 {day.year} 年 {day.month} 月 {day.day} 日。",
                    (match[0].strip(), str(year)), "落款日期晚于统计期限的终点", "请核对落款日期和统计期限。",
                )  # fmt: skip


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
