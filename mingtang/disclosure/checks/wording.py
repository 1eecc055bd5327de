"""Wrong and forbidden words from curated lists with exceptions, and words printed twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ahocorasick

from mingtang.disclosure.checks.marking import finding, place, sentences
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading, Severity
from mingtang.law.api import read_yaml

LIST = Path(__file__).parent / "lists" / "words.yaml"
WRONG = "《政府网站发展指引》（国办发〔2017〕47号）：发布前须审校，不得有错别字"
FORBIDDEN = "《政府网站与政务新媒体检查指标》（国办秘函〔2019〕19号）：严重表述错误单项否决"
DOUBLED = re.compile(r"(的|了|是|和|与|为|在|对|将|被|从|由|及|或|并|我|于|向|以)\1")
# 的的 etc. are right in: 的的确确 目的的 打的的; 不了了之; 是是非非; 和和美美; 人为为 …
DOUBLED_FINE = re.compile(
    r"的的(?:确|士)|[目标靶]的的|不了了|了了[解结断却]|未了了|为了了|是是非|于是是|[还就总但凡若可只真正老]是是(?=否|不|非)|和和(?:美|气|睦|平|谐|田|顺|硕|布|政|龙)|[共总饱温缓调柔平祥谦随附中]和和"
    r"|[参给赠授赋]与与|[作行因认成视称变列定人]为为|[存现所内实自]在在|在在(?:校|建|职|岗|册|编|线|场|押|研|售|位|用|途|审)|[应面相反针]对对|对对(?:账|帐|联|方|口|子|照|象|外|比|接|策|手)|[即必]将将|将将(?:军|来|要)|[棉]被被|火把把|把把(?:关|手|握)"
    r"|[服听]从从|从从(?:业|事|犯|严|轻|属|来|前|重|优|江|化)|[自理缘事]由由|由由(?:来|于|此)|[以普涉推波危惠顾遍]及及|及及(?:时|格|第|至)|[或]或(?:许|者|多|有|缺|然)|[合兼吞归]并并|并并(?:处|非|入|购|联|网|排|列|且)"
    r"|[自忘小]我我|[对关由至属基位等大高低小优多少于处终便利勇善敢严限过甚急用鉴归]于于|于于(?:是|洪|都|田|谦)|[方走流志风动]向向|向向(?:往|来|阳|上|下|前|导)|[一二三四五甲乙丙初高中上下平同优劣]等等|等等"
    r"|[所可足得难予给加]以以|以以(?:上|下|内|外|及|前|后|来|往|色|便|至|免|期|东|西|南|北)|[土基各当本内外场产园农林耕宅用营驻腹陆湿草飞目实心因]地地|地地(?:方|质|区|震|图|下|面|理|点|址|铁|道|块|价|籍|产|段|形|上|势|表|级)|[取获懂值记觉显应所博心]得得|得得(?:到|了|分|奖|失|当|以)"
    r"|我我行我素|了了分明"
)
PHRASES = re.compile(
    r"(进行|我们|他们|以及|通过|由于|并且|但是|为了|关于|对于|根据|按照|已经|应当|必须|因此|因为|所以|或者|同时|其中|如果|即将|正在|及其|为此|加强|开展|推进|落实|贯彻|积极|切实|认真|不断|进一步|有关|全面|努力|大力)\1"
)
# 推进推进机制 and the like: a noun that begins with the verb before it.
PHRASES_FINE = re.compile(r"(?:落实落实|推进推进)(?=情况|措施|机制|责任|会)")

# Two-character words of official prose that nobody says twice; behind some a compound begins (工作 工作人员).
NOUNS = frozenset(
    re.findall(
        "..",
        "培训工作公开宣传管理服务落实实施检查监督审核审查指导督促督查考核建设完善规范提升提高发布更新办理答复受理处理"
        "机制制度平台情况部门单位内容措施渠道政策网站重点申请制定修订印发编制汇总报送部署安排协调配合保障深化优化强化健全解读回应征求听取召开举办参加围绕坚持结合要求"
        "达到实现取得形成确保保证超过增加减少提供推动促进加快建立成立设立明确严格及时主动依法有序有效深入共同收到新增调整整合组织统筹需求群众",
    )
)
TWICE = re.compile(r"([\u4e00-\u9fff]{2})\1")
# Four characters and more that stand twice in a row are no word.
PHRASE_TWICE = re.compile(r"([\u4e00-\u9fff]{4,8})\1")
TWIN = re.compile(r"([\u4e00-\u9fff])\1")
# The one listed word of three characters; all others are of two.
THRICE = "进一步进一步"
NOUNS_FINE = re.compile(
    r"人|者|于|班|组|站|室|室主任|日|量|证|费|表|书|方案|制度|机制|办法|条例|规定|机关|部门|机构|单位|体系|平台|系统|中心|指南|目录|年报|资料|材料|对象|事项|标准|程序|规程|流程|措施|计划|要点|情况|条件|义务|职责|责任|权|局|处|科|所|会|委|大厅|窗口|项目|活动|周|月|栏|业|型|化|性|力|率|法|券|员|队|令|单|稿|本|案|记录|报告|意见|通知|经费|专业|课程|基地|教育|大会|领导小组"
)
# 12件件, 3万元元: the unit of a figure printed twice.
UNIT_TWICE = re.compile(
    r"\d\s?(?:[万亿]元(?P<money>元)|[万亿]?(?P<unit>人次|件|条|项|次|份|篇|期|起|宗|元|％|%)(?P=unit))(?!有|均|次)"
)
LONG = 16
# 做做好 for 做好; 做做样子 is right.
STUTTER = re.compile(r"(做)\1(?=好|实|细|强|到)|进一(步)步")


@dataclass(frozen=True, slots=True)
class Entry:
    """One listed word. ``unless``: words around it in which it is right."""

    word: str
    right: str
    severity: Severity
    code: str
    unless: tuple[str, ...]


@cache
def automaton() -> ahocorasick.Automaton:
    """All listed words in one pass."""
    lists = read_yaml(LIST)
    machine = ahocorasick.Automaton()
    for kind, code, usual in (("wrong", "word.wrong", "warning"), ("forbidden", "word.forbidden", "error")):
        for word, facts in lists[kind].items():
            entry = Entry(
                word, facts["right"], facts.get("severity", usual), code, tuple(facts.get("unless", ()))
            )
            machine.add_word(word, entry)
    machine.make_automaton()
    return machine


def listed(reading: Reading) -> Iterator[Finding]:
    """Words of the curated lists, exceptions heeded; the longest of overlapping entries."""
    machine = automaton()
    for line in reading.lines:
        taken = -1
        for end, entry in machine.iter_long(line.text):
            start = end - len(entry.word) + 1
            if start > taken and not _excepted(line.text, start, entry):
                taken = end
                yield _listed(line, start, end + 1, entry)


def _excepted(text: str, start: int, entry: Entry) -> bool:
    for word in entry.unless:
        offset = word.find(entry.word)
        if offset >= 0 and text.startswith(word, start - offset) and start >= offset:
            return True
    return False


def _listed(line: Line, start: int, end: int, entry: Entry) -> Finding:
    forbidden = entry.code == "word.forbidden"
    return finding(
        entry.code, entry.severity, place(line, start, end),
        f"“{entry.word}”是{'不规范的表述' if forbidden else '常见的错写'}", figures=(entry.word,), suggestion=f"改为“{entry.right}”",
    )  # fmt: skip


def repeated(reading: Reading) -> Iterator[Finding]:
    """的的, 进行进行, 公开信息公开信息: a word or a phrase printed twice."""
    rows = reading.row_lines
    for line in reading.lines:
        text = line.text
        twins, twice = TWIN.search(text) is not None, list(TWICE.finditer(text))
        for match in DOUBLED.finditer(text) if twins else ():
            around = text[max(0, match.start() - 1) : match.end() + 2]
            if DOUBLED_FINE.search(around):
                continue
            yield _twice(line, match)
        for match in PHRASES.finditer(text) if twice or THRICE in text else ():
            if not PHRASES_FINE.match(text, match.start()):
                yield _twice(line, match)
        for match in twice:
            if match[1] in NOUNS and not NOUNS_FINE.match(text, match.end()):
                yield _twice(line, match)
        for match in STUTTER.finditer(text) if twins else ():
            yield _twice(line, match)
        for match in PHRASE_TWICE.finditer(text) if line.no not in rows else ():
            if len(set(match[1])) > 1 and not PHRASES.match(match[0]):
                yield _twice(line, match)
        for match in UNIT_TWICE.finditer(text) if twins or twice else ():
            yield _twice(line, match)


def said_twice(reading: Reading) -> Iterator[Finding]:
    """A sentence that stands twice in a row, within a paragraph or as two paragraphs: pasted once too often."""
    last = ""
    for line in reading.prose:
        text = line.text
        for start, end in sentences(text):
            said = text[start:end].strip()
            if said == last and len(said) >= LONG:
                yield finding(
                    "word.sentence", "warning", place(line, start, end), f"这一句连写了两遍：“{said[:24]}……”",
                    figures=(said[:40],), suggestion="删去重复的一句",
                )  # fmt: skip
            last = said or last


def _twice(line: Line, match: re.Match[str]) -> Finding:
    around = line.text[max(0, match.start() - 4) : match.end() + 4]
    word = next(group for group in match.groups() if group)
    return finding(
        "word.repeated", "warning", place(line, match.start(), match.end()), f"“{word}”重复：“{around}”",
        figures=(match[0],), suggestion=f"删去一个“{word}”",
    )  # fmt: skip


CHECKS = (
    Check("word.sentence", "没有连写两遍的句子", WRONG, "warning", said_twice,
          bad="持续推进政务公开，公开内容不断深化。持续推进政务公开，公开内容不断深化。", good="持续推进政务公开，公开内容不断深化。推进政务公开，扩大公众参与。"),
    Check("word.wrong", "常见错别字", WRONG, "warning", listed, bad="圆满完成全年工作布署。", good="圆满完成全年工作部署，并公布署名文章。"),
    Check("word.forbidden", "不规范表述", FORBIDDEN, "error", listed, bad="来自港澳台等国家的客商。", good="来自港澳台等地区的客商。"),
    Check("word.repeated", "重复的字词", WRONG, "warning", repeated, bad="打造统一的的网站界面。", good="达到了预期目的的，予以表扬。"),
)  # fmt: skip
