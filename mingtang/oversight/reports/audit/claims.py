"""How a report's prose states figures that the forms also hold: the wordings, and what makes a sentence another matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from mingtang.oversight.reports.audit.stream import Stream

SENTENCE = re.compile(r"[^。；;！？!?]+[。；;！？!?]?")
# 海河市收到申请500件: another place than the report's, or one part of it. The first characters rule out 全市, 各县区 …
PLACE = re.compile(
    r"(?P<name>(?![全我本各该个年月和与在对由从比较及等两]|[\u4e00-\u9fff][全我本各该城县市区州省辖发社园景地郊])[\u4e00-\u9fff]{2}[市县区])(?![级直场域分别间块]|(?:人民)?政府)"
)
PART = re.compile(
    r"其中|本级|网站|微博|微信|公报|专栏|栏目|办公[室厅]|[网线]上|网络|在线|信函|邮[寄件]|当面|现场|传真|窗口|平台|同比|较上|比上|相比|去年|上年同期|上一?年度?[收受接]"
)
NARROW = re.compile(r"本级|办公[室厅]|(?:市|县|区)政府办")
GOVERNMENT = re.compile(r"(?:省|市|州|县|区|旗)(?:人民)?政府(?!信息)")
NOT_REQUESTS = re.compile(r"建议|提案|信访|留言|诉求|工单|热线|办件|来信|信件|咨询|提问|网民|网友|意见")
# 收到行政复议申请、受理登记申请 … are not requests for information.
OTHER_REQUESTS = re.compile(
    r"复议|许可|登记|援助|补贴|救助|认定|备案|听证|诉讼|执行|仲裁|贷款|求职|专利|商标|审批"
)
ABOUT_DISCLOSURE = re.compile(r"信息公开|依申请|公开申请|申请公开")
NEAR = 60
OFFICE = re.compile(r"(?:市|县|区|省|州)(?:委|人民)?政府|政府办|我[局委办厅]|网站|专栏|栏目|平台")
N = r"(\d[\d,]*)(?:余|多)?(?:件|份|条|宗|例|起|个)(?!次)"
FILL = r"[^，,。；;\d%（(]{0,16}?"
RECEIVED = re.compile(
    rf"(?:收到|新收|受理|接收|接到|收悉){FILL}申请(?:书)?(?:数量|总数|总量|数)?(?:共计|合计|总计|共|为|是|[:：])?{N}"
    rf"|(?:收到|新收|受理|接收|接到)[^，。；\d]{{0,8}}?{N}(?:的)?(?:政府)?(?:信息)?(?:公开)?申请"
    rf"|(?:收到|新收|受理|接收|接到)依申请公开(?:事项|件)?(?:共计|共)?{N}"
)


def counted(words: str, n: str = N) -> re.Pattern[str]:
    """``words`` and right behind them the count of what they name: 予以公开的申请共20件."""
    return re.compile(rf"(?:{words})(?:答复)?(?:的)?(?:申请)?(?:数量|数)?(?:共计|共|计|为|有|是|[:：])?{n}")


APPLICANTS = (
    ("natural", counted("自然人")),
    ("business", counted("商业企业")),
    ("research", counted("科研机构")),
    ("nonprofit", counted("社会公益组织")),
    ("legal", counted("法律服务机构")),
)
CARRIED_IN = re.compile(
    rf"(?:上一?年度?|去年|20\d\d年度?)结转(?:过来)?(?:的)?(?:政府信息公开)?(?:办理)?(?:的)?(?:申请)?(?:共|共计)?{N}"
)
CARRIED_OUT = re.compile(
    rf"(?:结转|顺延)(?:至|到)?(?:下一?年度?|次年|明年|20\d\d年度?)(?:继续)?(?:办理|答复)?(?:的)?(?:申请)?(?:共|共计)?{N}"
    rf"|{N}(?:申请)?(?:顺延|结转)(?:至|到)?(?:下一?年|次年|明年)"
)
CONCLUDED = re.compile(rf"(?:办结|办理完成|办理|答复){FILL}{N}")
OUTCOMES = (
    ("予以公开", "t3.granted", counted("(?<!不)予以公开")),
    ("部分公开", "t3.partial", counted("部分公开")),
    ("不予公开", "t3.deny.", counted("不予公开")),
    ("无法提供", "t3.na.", counted("无法提供")),
    ("不予处理", "t3.np.", counted("不予处理")),
    ("其他处理", "t3.other", counted("其他处理")),
)
OUTCOME_WORDS = re.compile(r"(?<!不)予以公开|部分公开|不予公开|无法提供|不予处理|其他处理")
DISPUTE = {
    "行政复议": re.compile(rf"行政复议(?:申请|案件|案|事项)?(?:共计|共有|共|合计|数量|为|有|[:：])?{N}"),
    "行政诉讼": re.compile(rf"行政诉讼(?:案件|案|事项)?(?:共计|共有|共|合计|数量|为|有|[:：])?{N}"),
}
RESULTS = (
    ("upheld", counted("(?:结果)?维持(?:原行政行为|具体行政行为|原决定)?")),
    ("corrected", counted("结果纠正|被?依法纠[正错]|纠[正错]")),
    ("other", counted("其他(?:结果|情形)")),
    ("pending", counted("(?:尚未|未)审结")),
)
# The same results in the sheet of 2014, by kind of dispute.
RESULTS_2014 = {
    "行政复议": {"total": "4", "upheld": "4.1", "corrected": "4.2", "other": "4.3"},
    "行政诉讼": {"total": "5", "upheld": "5.1", "corrected": "5.2", "other": "5.3"},
}
ACTIVE = (
    ("t2.normative.made", re.compile(rf"(?:制发|制定|印发|出台|新制定)(?:并发布|并公开)?(?:的)?(?:行政)?规范性文件(?:共|共计|为)?{N}")),
    ("t2.normative.valid", re.compile(rf"(?:现行)?有效(?:的)?(?:行政)?规范性文件(?:共|共计|为)?{N}")),
    ("t2.normative.repealed", re.compile(rf"(?:废止|宣布失效|清理废止)(?:的)?(?:行政)?规范性文件(?:共|共计|为)?{N}")),
    ("t2.licence.decided", re.compile(rf"(?:作出|办理|处理|办结|实施)(?:的)?行政许可(?:(?:处理)?决定|案件|事项)?(?:共|共计|为)?{N}")),
    ("t2.penalty.decided", re.compile(rf"(?:作出|办理|处理|办结|实施)(?:的)?行政处罚(?:(?:处理)?决定|案件|事项)?(?:共|共计|为)?{N}")),
    ("t2.enforcement.decided", re.compile(rf"(?:作出|办理|处理|办结|实施)(?:的)?行政强制(?:(?:处理)?决定|案件|事项)?(?:共|共计|为)?{N}")),
)  # fmt: skip
CHARGE = re.compile(
    r"行政事业性收费(?:金额|收入|总额|项目)?(?:共计|总计|合计|共|为|达|[:：])?(\d[\d,]*(?:\.\d+)?)(亿元|万元|元)"
)
# How sure a difference is a fault: "error"; "warning"; "of_requests": an error where the sentence's total is the sheet's;
# "channel": a warning, and words that name a channel do not make it a part.
SHEET_2014 = (
    ("1.1", "error", re.compile(rf"主动公开(?:了)?(?:各类)?(?:政府)?信息(?:共计|共|总数|数|为)?{N}")),
    ("1.2.1", "channel", counted("(?:政府)?公报(?:共)?公开(?:政府)?(?:信息)?")),
    ("1.2.2", "channel", counted("政府网站(?:共)?公开(?:政府)?(?:信息)?")),
    ("1.2.3", "channel", counted("微博(?:共)?公开(?:政府)?(?:信息)?")),
    ("1.2.4", "channel", counted("微信(?:共)?公开(?:政府)?(?:信息)?")),
    ("3.2", "error", re.compile(rf"(?:办结)(?:政府信息公开|依申请公开)?(?:申请)?(?:共|共计|数|为)?{N}")),
    ("3.2.1", "of_requests", counted("按[时期]办结")),
    ("3.2.2", "of_requests", counted("延期办结")),
    ("3.1.1", "of_requests", counted("当面(?:提交|提出)?")),
    ("3.1.2", "of_requests", counted("传真(?:提交|提出)?")),
    ("3.1.3", "of_requests", counted("网[络上](?:提交|提出)?")),
    ("3.1.4", "of_requests", counted("信函(?:提交|提出)?")),
    ("3.3.1", "of_requests", counted("属于已?主动公开(?:范围)?")),
    ("3.3.3", "of_requests", counted("同意部分公开")),
    ("3.3.2", "of_requests", counted("(?<!不)同意公开")),
    ("3.3.4", "of_requests", counted("不同意公开|不予公开")),
    ("3.3.5", "of_requests", counted("不属于本(?:行政)?机关公开")),
    ("3.3.6", "of_requests", counted("信息不存在")),
    ("3.3.7", "of_requests", counted("作出更改补充|更改、?补充")),
    ("6", "warning", counted("举报(?:投诉)?(?:案件)?")),
    ("8.3.1", "warning", counted("专职人员", r"(\d[\d,]*)[人名]")),
    ("8.3.2", "warning", counted("兼职人员", r"(\d[\d,]*)[人名]")),
    ("9.3", "warning", re.compile(r"培训(?:工作)?人员(?:共|共计|达)?(\d[\d,]*)人次")),
)  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """One figure of the prose, where it stands in the stream."""

    value: Decimal
    printed: str
    start: int
    end: int


def hints(prose: Stream) -> dict[str, frozenset[Decimal]]:
    """What the prose says of table 2's cells: it may part a run that no sum can."""
    return {
        code: frozenset(claim.value for claim in claims(pattern, prose.text, 0, len(prose.text)))
        for code, pattern in ACTIVE
    }


def claims(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[Claim]:
    """Every statement of that wording in [start, end); round figures (余, 多) are none."""
    for match in pattern.finditer(text, start, end):
        group = next(i for i, value in enumerate(match.groups(), 1) if value)
        if text[match.end(group)] in "余多":
            continue
        digits = match[group]
        yield Claim(Decimal(digits.replace(",", "")), digits, match.start(group), match.end(group))
