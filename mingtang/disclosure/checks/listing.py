"""Lists that follow their total without a gap: 38件，其中甲17件、乙4件……其他5件; 5期：市级1期、县级2期.

Because nothing stands between the parts, the whole list can be judged, and not only the run of it that fits best.
"""

from __future__ import annotations

import re
from decimal import Decimal

from mingtang.disclosure.checks.figures import MEASURED, Quantity
from mingtang.disclosure.checks.types import Severity

# 规划计划类305条 and 目标考核类12条 are classes; 计划12条 and 目标任务12条 are what was meant to be.
COMPARED = re.compile(
    r"同比|比上年|较上年|比去年|较去年|上年(?!度?结转)|去年(?!结转)|增加|减少|增长|下降|超|人均|平均|每"
    r"|(?:计划|目标)(?:任务|完成|数|值)?(?:为|是|数)?\s?$|(?:计划|目标)(?:任务|完成)"
)
OVERLAPPING = re.compile(r"网站|公报|微博|微信|新媒体|平台|报纸|报刊|广播|电视|公示栏|公告栏|查阅")
DISCLOSED = re.compile(r"公开[^，。；]{0,6}信息")
REST = re.compile(r"其他|其它|其余")
# Properties that one and the same thing can have together: such parts are no division.
SHARED = re.compile(
    r"[男女]|党员|团员|少数民族|职称|学历|研究生|本科|大专|以上|以下|岁|重点|新增|新建|省级|国家级"
)
# A label may hold a remark without figures: 县（市、区）, 村（社区）干部.
LABEL = r"(?P<label>(?:[^\d，,。；;：:、%％（）()]|[（(][^\d（()）]{1,8}[)）])"
HEAD = re.compile(rf"\s?[，,]?\s?(?:其中|(?:其中)?(?:分别(?:为|是)|包括))\s?[：:，,]?{LABEL}{{0,16}})$")
COLON = re.compile(rf"\s?[：:]{LABEL}{{1,16}})$")
STEP = re.compile(rf"\s?(?P<mark>[、，,；;+＋])(?:和|以及|及)?{LABEL}{{0,16}})$")
# 其中市本级收到60件，办结58件: what was done is no part beside what came in.
CAME = re.compile(r"收到|新收|受理|接收|接到")
DONE = re.compile(r"办结|办复|答复|回复|审结|结转|剩余")
OPEN_END = re.compile(r"\s?(?:等|左右|以上|[（(])")
MOST = 40
OUTCOMES = re.compile(
    r"予以公开|同意公开|主动公开|部分公开|区分处理|不予公开|不同意公开|无法提供|不予处理|其他处理|非本(?:部门|机关|单位)|不属于本|信息不存在"
    r"|更改补充|更改、补充|补充更正|已公开|公开范围|不是《?条例|其他途径|重复申请|不再处理|告知(?![^，]{0,4}更改)"
)
FAMILIES = (
    (
        "申请人",
        re.compile(
            r"自然人|公民|法人(?:和|或者?|、)?(?:其他组织)?|商业企业|科研机构|社会公益组织|法律服务机构"
        ),
    ),
    (
        "层级",
        re.compile(
            r"[省市县区州]本级|本级|[省市县区州]直|[省市县区州]级(?:部门|单位|机关)|县[（(]?市?[)）]?、?区|县[（(]市[、，]区[)）]|^各?县市?(?=收到|新收|受理|办[理结]|答复|公开|新增|$)|区县|县区|各县|各区|乡镇|镇街|街道"
        ),
    ),
    ("建议提案", re.compile(r"代表建议|人大[^，。；]{0,4}建议|政协[^，。；]{0,4}提案|委员提案")),
    ("申请渠道", re.compile(r"当面|现场|信函|邮寄|信件|网络|网上|在线|传真|电子邮件|电邮|口头|窗口")),
    ("办理结果", OUTCOMES),
    ("人员", re.compile(r"专职|兼职")),
    (
        "时段",
        re.compile(r"[上下]半年|第?[一二三四1-4]季度|(?<!\d)1{0,1}\d?(?:月份?)?(?:至|到|[-—～~])1?\d月"),
    ),
)
YEAR_WHOLE = (
    re.compile(r"上半年|(?<!\d)1(?:月份?)?(?:至|到|[-—～~])6月"),
    re.compile(r"下半年|(?<!\d)7(?:月份?)?(?:至|到|[-—～~])12月"),
)
# Divisions whose members may hold one another: a year its quarters, a county its townships.
NESTED = {"时段", "层级"}
# Divisions that must name so many parts before a rest is missed: of applicants or outcomes often only some are told.
LEAST = {"办理结果": 4}
WHOLE_APPLICANTS = re.compile(r"法人|其他|其它|其余|组织")


def members(text: str, total: Quantity, after: list[Quantity]) -> tuple[list[Quantity], list[str], bool]:
    """Parts and labels of the list right behind a total; True when a colon opens it. ([], [], False): no list."""
    parts: list[Quantity] = []
    labels: list[str] = []
    colon, mark, at = False, "", total.end
    for q in after[:MOST]:
        gap = text[at : q.start]
        step = (HEAD.fullmatch(gap) or COLON.fullmatch(gap)) if not parts else STEP.fullmatch(gap)
        if step is None or q.unit != total.unit or q.about or COMPARED.search(step["label"]):
            break
        if labels and CAME.search(labels[0]) and DONE.search(step["label"]):
            break
        if not parts:
            colon = "其中" not in gap and gap.lstrip()[:1] in ("：", ":")
        elif mark and step["mark"] != mark:
            break
        else:
            mark = step["mark"]
        parts.append(q)
        labels.append(step["label"])
        at = q.end
    if len(parts) < 2 or OPEN_END.match(text, at) or text.startswith(("%", "％"), at):
        return [], [], False
    if total.about or len(set(labels)) < len(labels) > labels.count("") > 0:
        return [], [], False
    return parts, labels, colon


def judged(
    text: str, total: Quantity, parts: list[Quantity], labels: list[str], colon: bool
) -> Severity | None:
    """How sure it is that a list contradicts its total; None: it fits, or the list need not make up the whole."""
    told = sum((q.value for q in parts), Decimal(0))
    difference = told - total.value
    # 其他 closes a list, so that it is whole; else what follows the parts may be another matter.
    first = len(parts) if REST.fullmatch(labels[-1].strip()) else 2
    runs = (sum((q.value for q in parts[:n]), Decimal(0)) for n in range(first, len(parts) + 1))
    if total.value == 0 or any(run == total.value for run in runs):
        return None
    if any(SHARED.search(label) for label in labels) or any(q.value > total.value for q in parts):
        return None
    if total.unit in MEASURED or not all(q.whole for q in (total, *parts)):
        return _measured(total, parts, difference)
    rest = bool(REST.search(labels[-1]))
    apart = abs(difference) / total.value
    channels = any(OVERLAPPING.search(label) for label in labels) and not rest
    if apart > Decimal("0.5"):
        return "note" if channels and over_by_channel(text, total, parts) else None
    if difference > 0:
        if channels:
            # One item goes out by several channels; but a sum so near the total was meant to be it.
            near = len(parts) >= 3 and apart <= Decimal("0.01")
            if near:
                return "error" if colon else "warning"
            return "note" if over_by_channel(text, total, parts) else None
        return "error"
    if rest or colon or closed_family(labels):
        return "error"
    # Of applicants or outcomes often only some are told.
    return None if of_one_kind(labels) else nearly(total, parts)


def over_by_channel(text: str, total: Quantity, parts: list[Quantity]) -> bool:
    """Do three or more channels of what was published pass the whole? Two may well carry the same items."""
    published = DISCLOSED.search(text, max(0, total.start - 24), total.start)
    return bool(published) and len(parts) > 2 and sum(q.value for q in parts) > total.value


def of_one_kind(labels: list[str]) -> bool:
    """Are all labels of one division?"""
    return any(all(kind.search(label) for label in labels) for _, kind in FAMILIES)


def disjoint(labels: list[str]) -> bool:
    """Does each label name one member of a division, no two the same, so that nothing can be counted in two of them?"""
    for name, kind in FAMILIES:
        named = [{m[0] for m in kind.finditer(label)} for label in labels]
        if name not in NESTED and all(len(n) == 1 for n in named) and len(set().union(*named)) == len(labels):
            return True
    return False


def closed_family(labels: list[str]) -> bool:
    """Are all labels of one division that, told so far, is told in full?"""
    for name, kind in FAMILIES:
        if all(kind.search(label) for label in labels):
            whole = name != "申请人" or any(WHOLE_APPLICANTS.search(label) for label in labels)
            if name == "时段":
                return len(labels) == 4 or all(
                    any(half.search(label) for label in labels) for half in YEAR_WHOLE
                )
            return whole and len(labels) >= LEAST.get(name, 2)
    return False


def nearly(total: Quantity, parts: list[Quantity]) -> Severity | None:
    """A list that all but reaches the total was meant to make it up; the more so when one slip of the pen explains it."""
    told = sum((q.value for q in parts), Decimal(0))
    apart = abs(told - total.value) / total.value
    if len(parts) < 3:
        if apart <= Decimal("0.03") and _one_slip(total, parts, told):
            return "error" if _one_slip(total, parts, told, swapped=True) else "warning"
        return None
    if apart <= Decimal("0.02") or (apart <= Decimal("0.1") and _one_slip(total, parts, told)):
        return "error"
    return "warning" if apart <= Decimal("0.05") else None


def _one_slip(total: Quantity, parts: list[Quantity], told: Decimal, swapped: bool = False) -> bool:
    """Would one changed digit, or two neighbours swapped (only these), in one of the figures make the sum right?"""
    if not all(q.whole for q in (total, *parts)):
        return False
    wanted = [(total.value, told), *((q.value, q.value - told + total.value) for q in parts)]
    pairs = [(str(int(written)), str(int(right))) for written, right in wanted if right > 0]
    return any(slip(a, b) and (not swapped or sorted(a) == sorted(b)) for a, b in pairs)


def slip(written: str, right: str) -> bool:
    """Is one figure the other with one digit changed, or with two neighbours swapped?"""
    if len(written) != len(right):
        return False
    odd = [i for i, (a, b) in enumerate(zip(written, right, strict=True)) if a != b]
    if len(odd) == 2:
        i, j = odd
        return j == i + 1 and written[i] == right[j] and written[j] == right[i]
    return len(odd) == 1


def _measured(total: Quantity, parts: list[Quantity], difference: Decimal) -> Severity | None:
    """Money and measures: beyond the rounding of the parts an error; within it, but printed more coarsely, a warning."""
    slack = total.half + sum((q.half for q in parts), Decimal(0))
    if difference > slack:
        return "error" if difference <= total.value / 2 else None
    coarse = all(q.half > total.half for q in parts)
    return "warning" if coarse and total.half < abs(difference) <= slack and len(parts) >= 3 else None
