"""Which report this is: its year, its organ, and whether it is an annual report at all."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from mingtang.oversight.reports.audit.reading import Finding, Form, Line, Place, Reading, Refused, form
from mingtang.oversight.reports.audit.stream import Stream, bare

FIRST_DAY = "《政府信息公开条例》自2008年5月1日起施行"
FIRST_YEAR = 2008
CN_DIGITS = str.maketrans("〇零○Ｏ一二三四五六七八九", "0000123456789")
YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})年?度?")
CN_YEAR = re.compile(r"二[〇零○Ｏ一][〇零○Ｏ一二三四五六七八九]{2}")
TITLE = re.compile(
    r"(?:政府)?信息公开(?:工作)?(?:情况)?的?(?:年度)?(?:工作)?(?:年度)?(?:报告|年报)|政务公开(?:工作)?年度报告"
)
PERIOD = re.compile(r"(?:统计期限|统计时限|时限|期限|时间)[^。]{0,12}?(20\d{2}|19\d{2})年1月1日")
SELF = re.compile(r"(?:本|本年度|本次|年度|工作)报告[^。]{0,80}信息公开|信息公开[^。]{0,120}(?:本|年度)报告")
OPENING = 1500
# Papers about annual reports, not reports.
ABOUT = re.compile(r"报告(?:格式|模板|编制|的?通知|的?函|填报|编写|编发|发布)|年报(?:编制|的?通知)")
ORGAN = re.compile(r"[\u4e00-\u9fff()]{2,30}")
SIX = (
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
    "依申请公开",
)
# Bodies that the Regulation's article 55 leaves to the rules of their own trade.
BODIES = re.compile(r"(?:大学|学院|学校|中学|小学|幼儿园|医院|卫生院|公司|集团)$")
SCHOOL_YEAR = re.compile(r"学年")
GOVERNMENTS = re.compile(r"(?:人民政府|管委会|管理委员会|[省市县区州盟旗])$")


@dataclass(frozen=True)
class Identity:
    """``year`` and ``organ`` as far as the text tells; ``is_report``; ``title`` is the line they came from."""

    year: int | None
    organ: str
    is_report: bool
    title: Line | None
    school_year: bool = False

    @property
    def public_body(self) -> bool:
        """A school, hospital or company: it may report, but the form of the organs of state is not laid down for it."""
        return self.school_year or bool(BODIES.search(self.organ))

    @property
    def agency(self) -> str:
        """The kind of organ, for relations asked of governments only."""
        return "government" if GOVERNMENTS.search(self.organ) else "department"

    def place(self) -> Place:
        """The title, or nowhere."""
        if self.title is None:
            return Place(None, None, None, "")
        return Place(self.title.page, self.title.no, (0, len(self.title.text)), self.title.text)


def identify(reading: Reading, stream: Stream) -> Identity:
    """Year and organ from the title, else from the statement of the period."""
    head = [line for line in reading.lines[:40] if line.text.strip()]
    title, joined = _title(head)
    page = next((bare(text) for name, text in reading.meta if name.lower() in {"title", "articletitle"}), "")
    named = TITLE.search(page)
    if named and not ABOUT.search(page):
        joined = joined if _year(joined) else page[: named.end()]
    year = _year(joined)
    if year is None:
        year = _spoken(stream.text)
    sections = sum(mark in stream.text for mark in SIX)
    # A page may have left its title behind: then its first words say what it is, and for which year.
    opening = stream.text[:OPENING]
    described = bool(SELF.search(opening)) and bool(PERIOD.search(opening))
    titled = title is not None or bool(named) or described
    is_report = (titled and (year is not None or sections >= 2)) or sections >= 4
    school_year = bool(SCHOOL_YEAR.search(title.text if title else joined))
    return Identity(year, _organ(joined), is_report, title or (head[0] if head else None), school_year)


def _spoken(text: str) -> int | None:
    """The year of the period the report states, else the year it speaks of most, when that is plain."""
    if match := PERIOD.search(text[:6000]):
        return int(match[1])
    years = Counter(re.findall(r"(20\d{2})年", text)).most_common(2)
    if not years or years[0][1] < 3 or (len(years) > 1 and years[1][1] * 2 > years[0][1]):
        return None
    return int(years[0][0])


def _title(head: list[Line]) -> tuple[Line | None, str]:
    """The line that names the report, with the line above it when the title is broken in two."""
    for i, line in enumerate(head):
        plain = re.sub(r"^(?:标题|题目|名称)[:：]", "", bare(line.text)[:200])
        match = TITLE.search(plain)
        if match is None or match.start() > 60 or ABOUT.search(plain[: match.end() + 12]):
            continue
        if re.search(r"[。，,;；]", plain[: match.start()]):
            continue
        plain = plain[: match.end()]
        above = bare(head[i - 1].text) if i else ""
        broken = len(above) <= 30 and not re.search(r"[:：。]", above)
        return line, above + plain if broken and (_year(plain) is None or not _organ(plain)) else plain
    for i in range(len(head) - 2):
        joined = "".join(bare(line.text) for line in head[i : i + 3])
        if len(joined) <= 70 and TITLE.search(joined) and not ABOUT.search(joined):
            return head[i], joined
    return None, ""


def _year(title: str) -> int | None:
    if match := YEAR.search(title):
        return int(match[1])
    if match := CN_YEAR.search(title):
        return int(match[0].translate(CN_DIGITS))
    return None


def _organ(title: str) -> str:
    before = re.split(r"(?:19|20)\d{2}年|二[〇零○Ｏ一]|(?:政府)?信息公开|政务公开", title, maxsplit=1)[0]
    match = ORGAN.search(before)
    return match[0].removesuffix("关于") if match else ""


def edition(identity: Identity, stream: Stream) -> tuple[Form | None, list[Finding]]:
    """The form to hold the report against, and what the year itself already says."""
    shape = _shape(stream.text)
    if identity.public_body and shape is None:
        return None, [_no_form(identity)]
    if identity.year is None:
        guessed = form("annual_report", shape) if shape else None
        finding = Finding(
            "meta.year",
            "warning",
            identity.place(),
            "标题和统计期限里都看不出是哪一年度的报告。",
            suggestion="请在标题写明年度；本次按表格的样式核对。",
        )
        return (guessed if isinstance(guessed, Form) else None), [finding]
    if identity.year < FIRST_YEAR:
        return None, [
            Finding(
                "meta.year",
                "error",
                identity.place(),
                f"这是 {identity.year} 年度的报告，当时还没有政府信息公开年度报告制度。",
                (str(identity.year),),
                FIRST_DAY,
                "请核对年度；2008 年度及以后的报告才能核对。",
            )
        ]
    due = form("annual_report", identity.year)
    if isinstance(due, Refused):
        return None, [
            Finding(
                "meta.form", "note", identity.place(), due.why, (str(identity.year),), due.basis, due.instead
            )
        ]
    if shape is None or due.edition == str(shape):
        return due, []
    used = form("annual_report", shape)
    assert isinstance(used, Form)
    return used, [_other_edition(identity, due, used)]


def _other_edition(identity: Identity, due: Form, used: Form) -> Finding:
    return Finding(
        "meta.form",
        "warning",
        identity.place(),
        f"{identity.year} 年度的报告应当用 {due.edition} 年起的表式，文中的表是 {used.edition} 年的样式。",
        (str(identity.year),),
        due.basis,
        f"请换用现行表式；本次按 {used.edition} 年的样式核对。",
    )


def _no_form(identity: Identity) -> Finding:
    return Finding(
        "meta.form",
        "note",
        identity.place(),
        "这是学校、医院等公共企事业单位的报告，没有用行政机关的年度报告表式，只核对了正文里的数。",
        (),
        "《条例》（2019）第五十五条：公共企事业单位的信息公开依照有关法律、法规和国务院有关主管部门的规定执行",
        "行业主管部门另有格式的，请对照其格式核对。",
    )


def _shape(text: str) -> int | None:
    """First year of the edition whose table stands in the text."""
    if "本年新收政府信息公开申请" in text:
        new = (
            ("本年制发件数" in text)
            + ("申请人无正当理由逾期不补正" in text)
            + ("申请人逾期未按收费通知" in text)
        )
        old = ("本年新制作数量" in text) + ("政府集中采购" in text) + ("其他对外管理服务事项" in text)
        return 2021 if new > old else 2019 if old > new else None
    return 2014 if "政府信息公开情况统计表" in text or ("统计指标" in text and "统计数" in text) else None
