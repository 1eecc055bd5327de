"""How a report's prose states figures that the forms also hold: the wordings, and what makes a sentence another matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from mingtang.oversight.reports.audit.stream import Stream

SENTENCE = re.compile(r"[^。；;！？!?]+[。；;！？!?]?")
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
APPLICANTS = (
    ("natural", re.compile(rf"自然人(?:申请)?(?:的)?(?:为|有|共)?{N}")),
    ("business", re.compile(rf"商业企业(?:申请)?(?:为|有|共)?{N}")),
    ("research", re.compile(rf"科研机构(?:申请)?(?:为|有|共)?{N}")),
    ("nonprofit", re.compile(rf"社会公益组织(?:申请)?(?:为|有|共)?{N}")),
    ("legal", re.compile(rf"法律服务机构(?:申请)?(?:为|有|共)?{N}")),
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
    ("予以公开", "t3.granted", re.compile(rf"(?<!不)予以公开(?:的)?(?:申请)?(?:共|共计|为|有)?{N}")),
    ("部分公开", "t3.partial", re.compile(rf"部分公开(?:的)?(?:申请)?(?:共|共计|为|有)?{N}")),
    ("不予公开", "t3.deny.", re.compile(rf"不予公开(?:的)?(?:申请)?(?:共|共计|为|有)?{N}")),
    ("无法提供", "t3.na.", re.compile(rf"无法提供(?:的)?(?:申请)?(?:共|共计|为|有)?{N}")),
    ("不予处理", "t3.np.", re.compile(rf"不予处理(?:的)?(?:申请)?(?:共|共计|为|有)?{N}")),
    ("其他处理", "t3.other", re.compile(rf"其他处理(?:的)?(?:申请)?(?:共|共计|为|有)?{N}")),
)
DISPUTE = {
    "行政复议": re.compile(rf"行政复议(?:申请|案件|案|事项)?(?:共计|共有|共|合计|数量|为|有|[:：])?{N}"),
    "行政诉讼": re.compile(rf"行政诉讼(?:案件|案|事项)?(?:共计|共有|共|合计|数量|为|有|[:：])?{N}"),
}
RESULTS = (
    ("upheld", re.compile(rf"(?:结果)?维持(?:原行政行为|具体行政行为|原决定)?(?:的)?(?:为|有)?{N}")),
    ("corrected", re.compile(rf"(?:结果纠正|被?依法纠[正错]|纠[正错])(?:的)?(?:为|有)?{N}")),
    ("other", re.compile(rf"其他(?:结果|情形)(?:的)?(?:为|有)?{N}")),
    ("pending", re.compile(rf"(?:尚未|未)审结(?:的)?(?:为|有)?{N}")),
)
ACTIVE = (
    ("t2.normative.made", re.compile(rf"(?:制发|制定|印发|出台|新制定)(?:并发布|并公开)?(?:的)?(?:行政)?规范性文件(?:共|共计|为)?{N}")),
    ("t2.normative.valid", re.compile(rf"(?:现行)?有效(?:的)?(?:行政)?规范性文件(?:共|共计|为)?{N}")),
    ("t2.normative.repealed", re.compile(rf"(?:废止|宣布失效|清理废止)(?:的)?(?:行政)?规范性文件(?:共|共计|为)?{N}")),
    ("t2.licence.decided", re.compile(rf"(?:作出|办理|处理)(?:的)?行政许可(?:处理)?决定(?:共|共计|为)?{N}")),
    ("t2.penalty.decided", re.compile(rf"(?:作出|办理|处理)(?:的)?行政处罚(?:处理)?决定(?:共|共计|为)?{N}")),
    ("t2.enforcement.decided", re.compile(rf"(?:作出|办理|处理)(?:的)?行政强制(?:处理)?决定(?:共|共计|为)?{N}")),
)  # fmt: skip
SHEET_2014 = (
    ("1.1", "error", re.compile(rf"主动公开(?:了)?(?:各类)?(?:政府)?信息(?:共计|共|总数|数|为)?{N}")),
    ("3.2", "error", re.compile(rf"(?:办结)(?:政府信息公开|依申请公开)?(?:申请)?(?:共|共计|数|为)?{N}")),
    ("3.1.1", "warning", re.compile(rf"当面(?:提交|提出)?(?:的)?申请(?:数)?(?:为|有)?{N}")),
    ("3.1.2", "warning", re.compile(rf"传真(?:提交|提出)?(?:的)?申请(?:数)?(?:为|有)?{N}")),
    ("3.1.3", "warning", re.compile(rf"网[络上](?:提交|提出)?(?:的)?申请(?:数)?(?:为|有)?{N}")),
    ("3.1.4", "warning", re.compile(rf"信函(?:提交|提出)?(?:的)?申请(?:数)?(?:为|有)?{N}")),
    ("3.3.3", "warning", re.compile(rf"同意部分公开(?:答复)?(?:的)?(?:为|有)?{N}")),
    ("3.3.2", "warning", re.compile(rf"(?<!不)同意公开(?:答复)?(?:的)?(?:为|有)?{N}")),
    ("3.3.4", "warning", re.compile(rf"(?:不同意公开|不予公开)(?:答复)?(?:的)?(?:为|有)?{N}")),
    ("3.3.6", "warning", re.compile(rf"信息不存在(?:答复)?(?:的)?(?:为|有)?{N}")),
    ("6", "warning", re.compile(rf"举报(?:投诉)?(?:案件)?(?:共|共计|为)?{N}")),
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
