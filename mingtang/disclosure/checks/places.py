"""Whose report it is, and another place's organ in it: as its editor, its host, its signatory or in its own acts.

A page copied or hijacked names organs of a place that is not the publisher's. Cities of the second level are known by
name (``lists/cities.yaml``); counties only by the form of their names, so less is said of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mingtang.disclosure.checks.marking import finding, place, sentences
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading, Severity
from mingtang.law.api import read_yaml

LIST = Path(__file__).parent / "lists" / "cities.yaml"
BASIS = "《政府信息公开条例》第四十九条：各机关发布本机关的政府信息公开工作年度报告"
YEAR = r"(?:19|20)\d\d年度?|二[〇零○ＯO一][〇零○ＯO一二三四五六七八九]{2}年度?"
# 锦州市2017年度政府信息公开工作报告; 2022年上海市政府信息公开工作年度报告. The organ stands before or behind the year.
TITLE = re.compile(
    rf"^(?:标题[:：]\s?)?(?:关于)?(?P<before>[\u4e00-\u9fff]{{2,30}}?)?\s?(?:{YEAR})(?P<behind>[\u4e00-\u9fff]{{2,24}}?)??(?:政府|政务)?信息公开(?:工作)?(?:情况)?(?:的|年度)*(?:工作)?(?:报告|年报)"
)
# What a page without a title says of itself: 现公布泰州市人民政府2017年政府信息公开工作年度报告; 由杭州市人民政府办公厅综合…….
STATED = re.compile(
    rf"(?:公布(?P<one>[\u4e00-\u9fff]{{2,24}}?)(?:{YEAR})|由(?P<two>[\u4e00-\u9fff]{{2,24}}?(?:政府|办公[室厅]|[局委厅办]|中心|领导小组))(?:综合|汇总|编制|负责编制|根据|依据|按照))"
)
TITLE_LINES, STATED_LINES = 40, 12
AREA = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,8}(?:省|自治区))?(?P<place>[\u4e00-\u9fff]{1,12}?[市县区州旗盟镇乡])(?![市县区镇乡])"
)
PLACE = r"(?P<place>[\u4e00-\u9fff]{1,5}?[市县区州旗盟镇乡])"
HOST = re.compile(
    rf"(?:版权所有|主办单位|主办|发布机构|发布单位|发文机关|信息来源|来源)\s?[：:]\s?(?:[\u4e00-\u9fff]{{2,8}}?(?:省|自治区))?(?P<organ>{PLACE}(?:(?:人民)?政府(?:办公[室厅])?|[\u4e00-\u9fff]{{1,12}}?(?:局|委员会|办公室|中心)))"
)
EDITOR = re.compile(
    rf"(?:^|(?<=[，。；：\s由]))(?!由)(?P<organ>{PLACE}(?:(?:人民)?政府|[\u4e00-\u9fff]{{1,14}}?(?:局|委员会|委|中心|医院|学校|学院))(?:办公[室厅])?)(?:负责)?(?:汇总)?(?:编制|编写|撰写)(?:了|并发布)?(?=(?:本|这份|此)(?:年度)?报告|[。，]|完成)"
)
# One report within another's text: 海河市2024年政府信息公开工作年度报告 in 云山市's.
OTHER_TITLE = re.compile(
    rf"(?:^|(?<=[。；：\s]))(?P<organ>{PLACE})(?:19|20)\d\d年度?政府信息公开工作(?:年度)?报告(?=[。\s]|$)"
)
# 示例县各部门, 示例县各乡镇: how a place speaks of all its own offices. The first characters rule out 全县各部门 and the like.
OF_ALL = re.compile(
    r"(?:^|(?<=[，。；：、\s（(“])|(?<=组织|督促|要求|指导|综合|汇总|协调|推动|按照|根据|依照|落实))(?P<organ>(?P<place>(?![全我本各该及和与对由从]|组织|督促|要求|指导|综合|汇总|协调|推动|按照|根据|依照|落实)[\u4e00-\u9fff]{2,4}[市县区旗])(?:人民政府|政府)?各(?:级各)?(?:有关|相关)?(?:部门|单位|乡镇|街道|委办局))"
)
# What only looks like a place's name: 城区, 开发区, 组织全县, 协调市.
NO_PLACE = re.compile(
    r"(?:城|辖|社|园|景|地|小|山|牧|林|矿|校|灾|库|片|街|特|开发|示范|实验|试验|保税|高新|工业|管理|度假|合作|自治|[省州市县区各全两])[市县区旗]$|^[省市县区]|[、及和与对由向将使在为我其等]"
    r"|组织|协调|督促|指导|要求|推动|推进|强化|加强|带领|动员|部署|汇总|综合|监督|检查|通报|面向|覆盖|涉及|包括|统筹|印发|下发|召集|提升|规范|明确|引导|帮助|压实|联合|有关|相关|所有|辖区|按照|根据|依照|落实"
)
# What an organ's name goes on with behind its city.
TAIL = (
    r"(?:[\u4e00-\u9fff]{1,4}?[区县])?(?:(?:人民)?政府(?:办公[室厅]|办)?(?!公报|采购)|委(?![托派员任外])(?:办公[室厅])?|人大(?:常委会)?|政协|(?:各级|各)(?:部门|单位|县|区|委办局|有关部门)|[市州]?直各?(?:部门|单位|机关)"
    r"|[^\W\da-zA-Z的到在与及了把将对向由从等为是]{1,12}?(?:局|委员会|管委会|卫健委|发改委|[^局级里区]办(?!公|[理法结复事件])|办公[室厅]|服务中心|信息中心|融媒体中心|中心|总队|支队|领导小组|办事处))"
)
# A place that tells what it did itself.
OWN_ACT = r"(?=(?:全市)?(?:坚持|认真|积极|高度重视|严格|深入|全面|切实|持续|不断|大力|进一步|紧紧围绕|扎实|着力|圆满|主动公开|各级|共(?:收到|受理|主动|公开)|收到|受理|印发|下发|出台|制定|成立|召开|举办|组织|开展|建立|完善|强化|加强|推进))"
# Other places are named with right where one learns from them, works with them or meets them.
TOGETHER = re.compile(
    r"学习|考察|借鉴|交流|取经|对标|看齐|合作|协作|跨省|跨市|跨区域|跨域|结对|帮扶|支援|援助|对口|参观|赴|前往|来访|邀请|友城|友好|签订|签署|协议|一体化|都市圈|城市群|案例|判例|法院|互认|通办|做法|先进地区|外地|兄弟|差距|相比|观摩|移送|协查|人士|籍"
)
WITH = re.compile(r"(?:与|同|会同|和|向|赴|到|至|对|被)$")
CONTACT = re.compile(r"\s?(?:[\u4e00-\u9fff]{0,14})?联系")
ABOVE = re.compile(
    r"根据|按照|落实|贯彻|要求|部署|通知|考核|评为|授予|检查|督查|抽查|指导|通报|领导|表彰|上级"
)
SIGNATURE = re.compile(
    rf"(?:^|(?<=[。\s]))(?P<organ>[\u4e00-\u9fff（）()]{{4,30}}?(?:政府|办公[室厅]|局|委员会|管委会|委|厅|中心|领导小组|办事处|大队|支队|院|处|站|馆|镇|乡|街道))\s*(?P<date>(?:20\d\d\s?年\s?\d{{1,2}}\s?月\s?\d{{1,2}}\s?日|{YEAR}[一二三四五六七八九十]{{1,2}}月[一二三四五六七八九十]{{1,3}}日))?\s*$"
)
DATED = re.compile(
    rf"^\s*(?:20\d\d\s?年\s?\d{{1,2}}\s?月\s?\d{{1,2}}\s?日|20\d\d[-.]\d{{1,2}}[-.]\d{{1,2}}|(?:{YEAR})[一二三四五六七八九十]{{1,2}}月[一二三四五六七八九十]{{1,3}}日)\s*$"
)
DEPARTMENT = re.compile(r"(?:局|厅|委员会|委)$")
ENDING = 25
AROUND = 40
MOST = 20


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose report a text is: the words that say so, the place (锦州市), the organ in full, its city and province."""

    said: str
    place: str
    organ: str
    city: str
    province: str

    @property
    def local(self) -> bool:
        """Is it an organ below the province, whose page does not stand on the province's site?"""
        return self.province == "" or bool(self.city)


@cache
def _cities() -> dict[str, str]:
    """City, prefecture or league → province."""
    lists = read_yaml(LIST)
    return {city: province for kind in lists.values() for province, cities in kind.items() for city in cities}


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """A city's name; a city's organ; a city that tells its own acts."""
    lists = read_yaml(LIST)
    plain, whole = (
        "|".join(sorted((c for cities in lists[kind].values() for c in cities), key=len, reverse=True))
        for kind in ("cities", "others")
    )
    city = rf"(?:(?P<city>{plain})市|(?P<other>{whole}))"
    # Without 市 only before the plain name of an office: 三亚文旅局.
    brief = rf"(?P<brief>{plain})(?![市县区省州路街镇乡村])(?=[一-鿿]{{2,6}}局)"
    return (
        re.compile(city),
        re.compile(rf"(?P<organ>(?:{city}|{brief}){TAIL})"),
        re.compile(rf"(?:^|(?<=[，。；：、\s]))(?P<organ>{city}){OWN_ACT}"),
    )


def owner(reading: Reading) -> Owner | None:
    """Whose report it is, by its title, else by what its first lines say; None: it names no place."""
    for line in reading.lines[:TITLE_LINES]:
        text = line.text.strip()
        if "信息公开" in text[:80] and (match := TITLE.match(text)) is not None:
            for organ in (match["before"], match["behind"]):
                if organ and (found := _owner(text[:60], organ)) is not None:
                    return found
    for line in reading.lines[:STATED_LINES]:
        for match in STATED.finditer(line.text[:1000]):
            if (found := _owner(match[0], match["one"] or match["two"])) is not None:
                return found
    return None


def _owner(said: str, organ: str) -> Owner | None:
    match, city = AREA.match(organ), _patterns()[0].search(organ)
    if match is None or match["place"][:1] in "全我本各该":
        return None
    name = next(c for c in (city["city"], city["other"]) if c) if city else ""
    provinces = {p for p in _cities().values() if organ.startswith(p)}
    return Owner(said, match["place"], organ, name, _cities().get(name) or next(iter(provinces), ""))


def foreign_organs(reading: Reading) -> Iterator[Finding]:
    """A report of one place that says another place's government wrote it (error) or hosts the page (warning)."""
    mine = owner(reading)
    if mine is None:
        return
    told: set[str] = set()
    for line in reading.lines:
        for pattern, role in (
            (EDITOR, "编制"),
            (OTHER_TITLE, "报告"),
            (HOST, "主办"),
            (OF_ALL, "所说的下属单位"),
        ):
            for match in pattern.finditer(line.text):
                other = match["place"]
                # A county's page may stand on its city's site, so a host is only asked about.
                if (
                    _same(mine, other)
                    or match["organ"] in told
                    or (pattern is OF_ALL and (NO_PLACE.search(other) or _inside(reading, mine, other)))
                ):
                    continue
                told.add(match["organ"])
                yield _foreign(mine, line, match, role)


def _inside(reading: Reading, mine: Owner, other: str) -> bool:
    """Does the text itself say that a place lies in the owner's: 泰州市海陵区凤凰东路58号?"""
    return any(mine.place + other in line.text for line in reading.lines)


def _foreign(mine: Owner, line: Line, match: re.Match[str], role: str) -> Finding:
    """A city's counties are its own, so of them it is only asked."""
    asked = role == "主办" or (role == "所说的下属单位" and bool(mine.city))
    return finding(
        "organ.host_place" if role == "主办" else "organ.place", "warning" if asked else "error",
        place(line, match.start("organ"), match.end("organ")),
        f"标题是“{mine.place}”的报告，{role}的却是“{match['organ']}”", figures=(mine.place, match["organ"]),
        relation="报告由本机关编制、在本机关网站发布", suggestion="请核对机关名称；文本从别处复制的，逐处改正",
    )  # fmt: skip


def _same(mine: Owner, other: str) -> bool:
    """青山市龙泉县 is 龙泉县, told in full."""
    full = other.endswith(mine.place) or mine.place.endswith(other)
    said = mine.said + mine.organ
    return full or other in said or other[:-1] in said or other[:1] in "本我全该各市县区镇乡"


def other_cities(reading: Reading) -> Iterator[Finding]:
    """Organs of another city in the report's own acts: neither its own, nor above it, nor worked with or learnt from."""
    mine = owner(reading)
    if mine is None:
        return
    above = "" if mine.city or mine.province else _superior(reading)
    told: set[str] = set()
    _, organs, acts = _patterns()
    for line in reading.lines:
        for match in (*organs.finditer(line.text), *acts.finditer(line.text)):
            name = match["city"] or match["other"] or match.groupdict().get("brief") or ""
            if _ours(mine, name) or name == above or match["organ"] in told or _together(line.text, match):
                continue
            told.add(match["organ"])
            if len(told) > MOST:
                return
            yield _contaminated(mine, reading, line, match, _doubt(line.text, match))


def a_city(name: str) -> bool:
    """Does a name begin with a city's, with or without 市?"""
    return name.startswith(tuple(_cities()))


def _ours(mine: Owner, city: str) -> bool:
    """Is a city the owner's own, or one of the owner's province?"""
    if mine.city:
        return city == mine.city or city.startswith(mine.city.removesuffix("州")) or city in mine.said
    return city in mine.said or (bool(mine.province) and _cities()[city] == mine.province)


def _superior(reading: Reading) -> str:
    """The city above a county whose title does not name it: the one named most, twice or as one that directs it."""
    named: Counter[str] = Counter()
    for line in reading.lines:
        for match in _patterns()[0].finditer(line.text):
            named[match["city"] or match["other"]] += 1 + (_directs(line.text, match) is not None)
    text = "".join(line.text for line in reading.lines)
    provinces = {province for province in _cities().values() if province in text}
    top = named.most_common(1)
    likely = top and top[0][1] > 1 and (not provinces or _cities()[top[0][0]] in provinces)
    return top[0][0] if likely else ""


def _directs(text: str, match: re.Match[str]) -> re.Match[str] | None:
    """A word, near a city's name, that is said of those above."""
    return ABOVE.search(text, max(0, match.start() - AROUND), match.end() + AROUND)


def _together(text: str, match: re.Match[str]) -> bool:
    """Does the sentence tell of learning from others or working with them, or name several cities?"""
    start, end = next((a, b) for a, b in sentences(text) if a <= match.start() < b)
    start, end = max(start, match.start() - AROUND), min(end, match.end() + AROUND)
    others = {m[0] for m in _patterns()[0].finditer(text, start, end)}
    return TOGETHER.search(text, start, end) is not None or len(others) > 2


def _doubt(text: str, match: re.Match[str]) -> Severity:
    """An error unless the organ stands beside the owner in one act: 会同三亚市公安局."""
    beside = WITH.search(text, max(0, match.start() - 2), match.start())
    return "warning" if beside and CONTACT.match(text, match.end()) is None else "error"


def _contaminated(
    mine: Owner, reading: Reading, line: Line, match: re.Match[str], severity: Severity
) -> Finding:
    name = match["organ"]
    spots = [f"第 {other.no} 行" for other in reading.lines if name in other.text]
    return finding(
        "organ.foreign", severity, place(line, match.start("organ"), match.end("organ")),
        f"这是“{mine.place}”的报告，文中却写着另一个地方的“{name}”（{'、'.join(spots[:MOST])}），文本可能被篡改或从别处复制",
        figures=(mine.place, name), relation="报告只写本地机关和上级机关的工作", suggestion="请核对机关名称；确与外地合作、学习的，在句中写明",
    )  # fmt: skip


def signatures(reading: Reading) -> Iterator[Finding]:
    """落款: the organ that signs is the title's: of its place, and where the title names a department, that one."""
    mine = owner(reading)
    if mine is None:
        return
    ending = reading.lines[-ENDING:]
    for at, line in enumerate(ending):
        match = SIGNATURE.search(line.text) if len(line.text) < 60 or line is ending[-1] else None
        following = ending[at + 1].text if at + 1 < len(ending) else ""
        if match is None or not (match["date"] or DATED.match(following) or at + 1 == len(ending)):
            continue
        if (wrong := _signed_by_other(mine, match["organ"])) is not None:
            yield finding(
                "organ.signature", "error", place(line, match.start("organ"), match.end("organ")),
                f"标题是“{mine.organ}”的报告，落款却是“{match['organ']}”（{wrong}）", figures=(mine.organ, match["organ"]),
                relation="落款机关与标题的机关一致", suggestion="请核对落款；文本从别处复制的，逐处改正",
            )  # fmt: skip


def _signed_by_other(mine: Owner, organ: str) -> str | None:
    """Why a signature is not the owner's; None: it is, or that cannot be said."""
    area, city = AREA.match(organ), _patterns()[0].match(organ)
    if city is not None and not _ours(mine, city["city"] or city["other"]) and mine.place not in organ:
        return "不在同一个地方"
    if (
        area is not None
        and city is None
        and not NO_PLACE.search(area["place"])
        and not _same(mine, area["place"])
    ):
        return "不在同一个地方"
    ours, theirs = (re.sub(r"^.*?[市县区州旗盟]", "", name, count=1) for name in (mine.organ, organ))
    departments = DEPARTMENT.search(ours) and DEPARTMENT.search(theirs)
    return "不是同一个部门" if departments and not (_short(ours, theirs) or _short(theirs, ours)) else None


def _short(brief: str, full: str) -> bool:
    """文旅局 is 文化和旅游局: its characters stand there in order."""
    rest = iter(full)
    return all(char in rest for char in brief.replace("委员会", "委"))


CHECKS = (
    Check("organ.place", "报告由标题所写的机关编制", BASIS, "error", foreign_organs,
          bad="示例市2024年政府信息公开工作年度报告\n他乡市人民政府办公室编制本报告。", good="示例市2024年政府信息公开工作年度报告\n示例市人民政府办公室编制本报告。"),
    Check("organ.host_place", "主办单位在标题所写的地方", BASIS, "warning", foreign_organs,
          bad="示例市2024年政府信息公开工作年度报告\n主办单位：他乡市人民政府办公室", good="示例市2024年政府信息公开工作年度报告\n主办单位：示例市人民政府办公室"),
    Check("organ.foreign", "报告里没有外地机关的工作", BASIS, "error", other_cities,
          bad="示例市2024年政府信息公开工作年度报告\n三亚市文旅局全年主动公开信息90条。", good="示例市2024年政府信息公开工作年度报告\n组织人员赴三亚市文旅局学习考察。"),
    Check("organ.signature", "落款机关与标题一致", BASIS, "error", signatures,
          bad="示例市2024年政府信息公开工作年度报告\n没有其他事项。\n他乡市人民政府办公室\n2025年1月20日", good="示例市2024年政府信息公开工作年度报告\n没有其他事项。\n示例市人民政府办公室\n2025年1月20日"),
)  # fmt: skip
