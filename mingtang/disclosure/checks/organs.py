"""Organ identity: a name that stands where an organ belongs must be an organ, and the one its paper number says.

Hijacked copies of disclosure pages keep the text and swap the organ's name; the paper number and the footer
betray them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.places import a_city, owner
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading
from mingtang.law.api import read_yaml

LIST = Path(__file__).parent / "lists" / "prefixes.yaml"
BASIS = "《党政机关公文处理工作条例》第九条：发文字号由发文机关代字、年份、发文顺序号组成"
SITE = "《政府网站发展指引》（国办发〔2017〕47号）：页面底部列明主办单位、网站标识码、备案编号"
NUMBER = r"(?P<prefix>[\u4e00-\u9fff]{2,12})\s?[〔\[（(【﹝]\s?(?:19|20)\d\d\s?[〕\]）)】﹞]\s?第?\d{1,5}号"
TITLED = re.compile(
    rf"《(?P<organ>[^《》]{{2,40}}?)(?:印发|转发)?关于(?P<rest>[^》]{{2,160}}(?:》[^《》]{{0,4}})*?)》?\s?[（(]\s?{NUMBER}"
)
FOOTER = re.compile(
    r"(?P<role>版权所有|主办单位|主办|承办单位|承办|发布机构|发文机关|信息来源)\s?[：:]\s?(?P<name>[^\s：:|，,。；;（）()©]{2,30})"
)
SITE_CODE = re.compile(r"(?:网站)?标识码\s?[：:]?\s?(?P<code>\d{10})(?!\d)")
ICP = re.compile(r"(?P<char>[\u4e00-\u9fff])\s?ICP备\s?\d{5,10}号", re.IGNORECASE)
POLICE = re.compile(r"(?P<char>[\u4e00-\u9fff])公网安备\s?(?P<code>\d{2})\d{10,12}号?")
MAIL = re.compile(
    r"(?:邮箱|信箱|E-?mail|邮件)[^\w]{0,4}[\w.+-]+[@＠](?P<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)",
    re.IGNORECASE,
)
# Words an organ's name ends in or holds. Generous: what passes here is merely possible.
ORGAN = re.compile(
    r"中国|政府|委员会|管委会|[省市县区州旗盟乡镇]委|党委|党组|党工委|局|厅|[^分]部|部门|院|署|司|处|科|股|室|中心|人大|政协|法院|检察|公安|海关|税务|银行|支行|分行"
    r"|大队|支队|总队|所|站|馆|台|社|校|大学|学院|幼儿园|医院|公司|集团|企业|协会|学会|商会|工会|联合会|妇联|团委|残联|文联|科协|红十字|基金会|小组|指挥部|办公|领导|机关|单位"
    r"|会议|大会|全国|中央|中共|国务院|国家|总局|街道|社区|居委|村|景区|园区|开发区|新区|实验区|示范区|高新区|[省市县区州旗盟]$|政务|网$|网站|门户|窗口|大厅|论坛|日报|晚报|电视|报社|机构|联盟|事务|服务|管理|组$|办$|信息"
)
OFFICE_TAIL = re.compile(r"(?P<body>[^《》]{2,20}?)(?P<tail>办公厅|办公室|人民政府|政府)$")
STEM_TAIL = re.compile(r"(?:(?:人民)?政府|办公厅|办公室)+$")
# Names of gambling and sports pages that hijackers put before 办公厅.
ADVERTISED = re.compile(
    r"比分|直播|博彩|彩票|赌场|赌城|赌博|赌球|开奖|娱乐城|娱乐场|棋牌|投注|百家乐|时时彩|六合彩|好彩|赛车|真人|赔率|电子游戏|老虎机|体彩|彩金"
    r"|(?:体育|娱乐|游戏|国际|视频|影院|官网|平台|下载|网址|入口)$|[A-Za-z]{2,}\d*$|\d{2,}(?:bet|BET|Bet)?$"
)
# A name of an office in running text, behind a word that introduces the organ that asked for something.
CITED = re.compile(
    r"(?:根据|按照|依照|依据|遵照|落实|贯彻|转发|[和及]|《|^|(?<=[，。；：\s]))(?P<organ>[\u4e00-\u9fffA-Za-z0-9]{2,16}?(?:人民政府办公[厅室]|办公厅|办公室|人民政府))(?=(?:印发的?|转发的?)?(?:《[^》]{0,60})?关于|的?(?:部署|要求|通知)|《)"
)
BODY = re.compile(
    r"政府|委员会|管委会|委|党组|局|厅|部|院|署|[省市县区州旗盟乡镇村]|人大|政协|小组|指挥部|中心|会议|联席|中央|中共|国务院|国家|总局|街道|机构|工程|项目|领导|普查|公开|信息化|建设|集团|公司|大学|学院|学校|协会|联合会|工会|公安|税务|海关|银行|机关|工作|管理|本|各|我|该|原|总|省|市"
)
COMMON_MAIL = frozenset(
    re.findall(
        r"\S+",
        "163.com 126.com yeah.net qq.com foxmail.com sina.com sina.cn vip.sina.com sohu.com 139.com 189.cn wo.cn 21cn.com aliyun.com outlook.com hotmail.com gmail.com tom.com "
        "vip.163.com vip.126.com 188.com 263.net chinatax.gov.cn",
    )
)
MOST_IMPOSTORS = 20
ADDRESS = re.compile(
    r"地址\s?[：:]\s?(?:[\u4e00-\u9fff]{2,8}?省)?(?P<city>[\u4e00-\u9fff]{2,6}?市)[^，。；;\s]{0,30}"
)
NOT_A_NAME = re.compile(
    r"^(?:不得|未经|违者|侵权|翻印|必究|保留|转载|所有|本网|本站|copyright|©|无$|略$)", re.IGNORECASE
)
LATIN_NAME = re.compile(r"^[A-Za-z0-9\u4e00-\u9fff·]{2,20}$")
CHINESE_NAME = re.compile(r"^[\u4e00-\u9fff·]{2,20}$")


@cache
def table() -> dict[str, Any]:
    """The table of paper-number prefixes and province codes."""
    return dict(read_yaml(LIST))


def expected(prefix: str) -> tuple[str, ...]:
    """Organs a paper number's first words stand for: full names, or () when the table does not know them."""
    known = table()
    if prefix in known["central"]:
        return tuple(known["central"][prefix])
    form = known["forms"].get(prefix[1:])
    places = known["provinces"].get(prefix[:1])
    return tuple(f"{p}{form}" for p in places) if form and places else ()


def stem(name: str) -> str:
    """What stands before 办公厅, 人民政府办公室 and the like."""
    return STEM_TAIL.sub("", name)


def plausible_stem(name: str) -> bool:
    """Could it be a place or a body that has an office or a government? Short stems are places in short."""
    if ADVERTISED.search(name):
        return False
    provinces = (place for places in table()["provinces"].values() for place in places)
    return not name or bool(BODY.search(name)) or name.startswith(tuple(provinces))


def possible_organ(name: str) -> bool:
    """Could this be an organ's name? 即时比分办公厅 could not: nothing before 办公厅 has an office."""
    bare = re.sub(r"\s", "", name)
    if OFFICE_TAIL.search(bare) is not None:
        return plausible_stem(stem(bare))
    return bool(ORGAN.search(bare))


def impostors(reading: Reading) -> Iterator[Finding]:
    """A title's organ that is none, against its paper number; every place where the name stands is named."""
    found: dict[str, tuple[Line, re.Match[str], str]] = {}
    for line in reading.lines:
        if "号" not in line.text and "关于" not in line.text:
            continue
        for match in TITLED.finditer(line.text):
            organ = match["organ"].strip()
            named = CHINESE_NAME.match(organ) or (LATIN_NAME.match(organ) and OFFICE_TAIL.search(organ))
            if match["prefix"][0] not in organ and named and not possible_organ(organ):
                found.setdefault(organ, (line, match, match["prefix"]))
    yield from _advertised(reading, set(found))
    for organ, (line, match, prefix) in list(found.items())[:MOST_IMPOSTORS]:
        right = expected(prefix)
        number = line.text[match.start("prefix") : match.end()].rstrip("）)")
        yield _impostor(reading, organ, line, match.start("organ"), number, right)


def _advertised(reading: Reading, known: set[str]) -> Iterator[Finding]:
    """An office of a gambling page, with or without a paper number: 《足球直播办公室关于……的通知》."""
    told = {stem(name) for name in known}
    for line in reading.lines:
        if "办公" not in line.text and "政府" not in line.text:
            continue
        for match in CITED.finditer(line.text):
            core = stem(match["organ"])
            # Only provinces and ministries have a 办公厅; the seats of provinces are cities.
            strange = match["organ"].endswith("办公厅") and len(core) > 2 and not plausible_stem(core) and not a_city(core)  # fmt: skip
            if (
                not (ADVERTISED.search(core) or strange)
                or BODY.search(core)
                or core in told
                or len(told) >= MOST_IMPOSTORS
            ):
                continue
            told.add(core)
            spots = [f"第 {other.no} 行" for other in reading.lines for _ in range(other.text.count(core))]
            yield finding(
                "organ.impostor", "error", place(line, match.start("organ"), match.end("organ")),
                f"“{match['organ']}”不是机关名称，却写在机关的位置。“{core}”全文共出现 {len(spots)} 处（{'、'.join(dict.fromkeys(spots))}），文本可能被篡改",
                figures=tuple([core] * len(spots)), relation="发文机关应为机关", suggestion="改为真实的机关名称，并核查文本来源、全文逐处更正",
            )  # fmt: skip


def _impostor(
    reading: Reading, organ: str, line: Line, start: int, number: str, right: tuple[str, ...]
) -> Finding:
    core = re.sub(r"(?:办公厅|办公室|人民政府|政府)$", "", organ)
    spots = [f"第 {other.no} 行" for other in reading.lines for _ in range(other.text.count(core))]
    named = f"“{_full(right[0])}”" if right else "真实的发文机关"
    return finding(
        "organ.impostor", "error", place(line, start, start + len(organ)),
        f"“{organ}”不是机关名称，却写在发文机关的位置；文号 {number} 的机关代字"
        + (f"对应{named}" if right else "也对不上")
        + f"。“{core}”全文共出现 {len(spots)} 处（{'、'.join(dict.fromkeys(spots))}），文本可能被篡改",
        figures=(*[core] * len(spots), number), relation="发文机关名称与发文字号的机关代字一致",
        suggestion=f"改为{named}，并核查文本来源、全文逐处更正",
    )  # fmt: skip


def _full(short: str) -> str:
    """辽宁人民政府办公厅 → 辽宁省人民政府办公厅 (autonomous regions and municipalities by their own names)."""
    special = {
        "内蒙古": "内蒙古自治区",
        "广西": "广西壮族自治区",
        "西藏": "西藏自治区",
        "宁夏": "宁夏回族自治区",
        "新疆": "新疆维吾尔自治区",
    }
    special |= dict.fromkeys(("北京", "上海", "天津", "重庆"), "")
    for name in special:
        if short.startswith(name):
            return (special[name] or f"{name}市") + short[len(name) :]
    cut = short.find("人民政府")
    return f"{short[:cut]}省{short[cut:]}" if cut > 0 else short


def prefixes(reading: Reading) -> Iterator[Finding]:
    """A possible organ whose paper number belongs to another organ."""
    for line in reading.lines:
        if "号" not in line.text:
            continue
        for match in TITLED.finditer(line.text):
            organ, right = match["organ"].strip(), expected(match["prefix"])
            if (
                not right
                or not possible_organ(organ)
                or "等" in organ
                or "、" in organ
                or re.search(r"\s", organ)
            ):
                continue
            if match["prefix"] in table()["central"]:
                fits = any(name in organ or organ in name for name in (*right, "国务院", "中央", "中共"))
            else:
                fits = (
                    any(organ.startswith(name[:2]) for name in right)
                    or organ[:1] == match["prefix"][0]  # 云山市 too writes 云政发
                    or organ[:1] in "省市区本我自厅局"
                    or "人民政府" not in organ
                )
            if not fits and not match["rest"].startswith("转发"):
                number = line.text[match.start("prefix") : match.end()].rstrip("）)")
                yield finding(
                    "organ.prefix", "warning", place(line, match.start("organ"), match.end()),
                    f"文号 {number} 的机关代字对应“{_full(right[0])}”，标题写的发文机关是“{organ}”",
                    figures=(organ, number), relation="发文机关名称与发文字号的机关代字一致",
                    suggestion="请核对发文机关和文号，改正写错的一处",
                )  # fmt: skip


def hosts(reading: Reading) -> Iterator[Finding]:
    """版权所有, 主办单位 and the like name an organ."""
    reported: dict[str, tuple[Line, re.Match[str], list[str]]] = {}
    for line in reading.lines:
        if "：" not in line.text and ":" not in line.text:
            continue
        for match in FOOTER.finditer(line.text):
            name = match["name"]
            if CHINESE_NAME.match(name) and not NOT_A_NAME.match(name) and not possible_organ(name):
                if match["role"] in ("发布机构", "信息来源", "主办", "承办") and not OFFICE_TAIL.search(name):
                    continue
                core = re.sub(r"(?:办公厅|办公室|人民政府|政府)$", "", name)
                reported.setdefault(core, (line, match, []))[2].append(f"{match['role']}：{name}")
    for core, (line, match, printed) in reported.items():
        yield finding(
            "organ.host", "error", place(line, match.start("name"), match.end("name")),
            f"{'、'.join(printed)}——“{core}”不是机关名称，页面可能是被仿冒或篡改的副本", figures=tuple(printed),
            relation="主办单位应为机关", suggestion="请核查文本来源，以机关正式网站上的文本为准",
        )  # fmt: skip


def footers(reading: Reading) -> Iterator[Finding]:
    """Site code, ICP number and police number of one footer belong to one province; mail to an official host."""
    codes = table()["codes"]
    seen: list[tuple[str, str, Line, re.Match[str]]] = []
    for line in reading.lines:
        if "标识码" in line.text or "备" in line.text:
            seen += [(codes.get(m["code"][:2], ""), m[0], line, m) for m in SITE_CODE.finditer(line.text)]
            seen += [
                (m["char"], m[0], line, m) for m in ICP.finditer(line.text) if m["char"] in codes.values()
            ]
            seen += [(codes.get(m["code"], ""), m[0], line, m) for m in POLICE.finditer(line.text)]
    known = [item for item in seen if item[0]]
    if len({item[0] for item in known}) > 1:
        line, match = known[0][2], known[0][3]
        yield finding(
            "organ.footer", "warning", place(line, match.start(), match.end()),
            f"页脚的标识码、备案号分属不同省份：{'，'.join(f'{printed}（{char}）' for char, printed, _, _ in known)}",
            figures=tuple(item[1] for item in known), relation="同一网站的标识码和备案号属同一省份",
            suggestion="请核对页脚各项编号",
        )  # fmt: skip
    yield from _foreign_site(reading, seen)
    yield from _foreign_mail(reading)


def _foreign_site(reading: Reading, seen: list[tuple[str, str, Line, re.Match[str]]]) -> Iterator[Finding]:
    """A province's site code (…00 00 …) under a city's report: the page was not taken from the publisher's site."""
    mine = owner(reading)
    for _, printed, line, match in seen:
        code = match.groupdict().get("code", "")
        if mine and len(code) == 10 and code[2:6] == "0000" and code[:2] not in {"11", "12", "31", "50"} and mine.local:  # fmt: skip
            yield finding(
                "organ.site", "note", place(line, match.start(), match.end()),
                f"标题的机关是“{mine.place}”，页脚标识码 {code} 属于省级门户，不是发布机关的网站", figures=(mine.said[:40], printed),
                relation="发布机关与网站主办单位一致", suggestion="请确认文本取自发布机关自己的网站",
            )  # fmt: skip


def addresses(reading: Reading) -> Iterator[Finding]:
    """A footer's address in another city than the title's: the page belongs to another organ's site."""
    mine = owner(reading)
    if mine is None or not mine.place.endswith("市"):
        return
    for line in reading.lines:
        for match in ADDRESS.finditer(line.text) if "地址" in line.text else ():
            if match["city"] != mine.place and mine.place not in match[0]:
                yield finding(
                    "organ.address", "note", place(line, match.start(), match.end()),
                    f"标题的机关在“{mine.place}”，地址写的是“{match['city']}”", figures=(mine.said[:40], match[0]),
                    relation="机关地址在其所在地", suggestion="请核对地址，或确认文本取自发布机关自己的网站",
                )  # fmt: skip


def _foreign_mail(reading: Reading) -> Iterator[Finding]:
    """A contact address on a host that is neither an organ's nor a common mail provider's."""
    spoofed = any(True for _ in hosts(reading)) or any(True for _ in impostors(reading))
    for line in reading.lines:
        if "@" not in line.text and "＠" not in line.text:
            continue
        for match in MAIL.finditer(line.text):
            host = match["host"].lower()
            if (
                host in COMMON_MAIL
                or re.search(r"(?:^|\.)(?:gov|edu|org|mil|ac)\.cn$|\.政务$|(?:^|\.)gov\.", host)
                or host.endswith(".cn")
            ):
                continue
            yield finding(
                "organ.mail", "error" if spoofed else "note", place(line, match.start("host"), match.end("host")),
                f"联系邮箱的域名 {host} 不是政府域名" + ("，且页面的机关名称已被替换，不要使用" if spoofed else ""),
                figures=(match[0],), relation="机关联系邮箱使用政务域名", suggestion="请核实后改用政务邮箱",
            )  # fmt: skip


CHECKS = (
    Check("organ.impostor", "发文机关位置上的名称是机关", BASIS, "error", impostors,
          bad="按照《天天好彩办公厅关于做好信息公开工作的通知》（辽政办明电〔2018〕3号）要求。",
          good="按照《辽宁省人民政府办公厅关于做好信息公开工作的通知》（辽政办明电〔2018〕3号）要求。"),
    Check("organ.prefix", "发文机关与文号代字一致", BASIS, "warning", prefixes,
          bad="根据《浙江省人民政府办公厅关于公开工作的通知》（辽政办发〔2018〕3号）要求。",
          good="根据《辽宁省人民政府办公厅关于公开工作的通知》（辽政办发〔2018〕3号）要求。"),
    Check("organ.host", "主办单位、版权所有是机关", SITE, "error", hosts,
          bad="版权所有：天天好彩 主办单位：天天好彩办公厅", good="版权所有：示例市人民政府 主办单位：示例市人民政府办公室"),
    Check("organ.footer", "页脚编号属同一省份", SITE, "warning", footers,
          bad="粤ICP备05023109号 网站标识码：2100000037", good="辽ICP备05023109号 网站标识码：2100000037"),
    Check("organ.site", "页脚属于发布机关的网站", SITE, "note", footers,
          bad="示例市2017年度政府信息公开工作报告\n网站标识码：2100000037", good="示例市2017年度政府信息公开工作报告\n网站标识码：2107000037"),
    Check("organ.address", "地址在发布机关所在地", SITE, "note", addresses,
          bad="示例市2017年度政府信息公开工作报告\n地址：他乡市中央大街1号", good="示例市2017年度政府信息公开工作报告\n地址：示例市中央大街1号"),
    Check("organ.mail", "联系邮箱在政务域名下", SITE, "note", footers,
          bad="联系邮箱：office@lucky-example.com", good="联系邮箱：office@example.gov.cn"),
)  # fmt: skip
