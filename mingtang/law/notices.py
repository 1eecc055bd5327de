"""Reads a holiday notice of the State Council as pasted: one line of it or the whole text, of any year since 2007.

Only sentences that give days off (放假、补休、调休) or days worked (上班) count; 公休日调至… and 照常公休 explain and
are covered by them. A text that contradicts itself (a wrong weekday, 共7天 over eight days) is refused: a misread
notice would move every deadline of the year.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

from mingtang.law import reading
from mingtang.law.rules.workdays import FIXED, WEEKDAYS, festival_day, statutory
from mingtang.law.types import Notice, Refused

MAX_TEXT = 200_000
LONGEST = 15  # days; the longest holiday so far had 9
BASIS = "国务院办公厅节假日安排通知的通行写法"
INSTEAD = "请粘贴通知原文（含标题或年份），例如“五、端午节：6月19日至21日放假，共3天。”"
FESTIVALS = {
    "元旦": "元旦", "春节": "春节", "清明": "清明节", "劳动": "劳动节", "五一": "劳动节",
    "端午": "端午节", "中秋": "中秋节", "国庆": "国庆节", "十一": "国庆节",
}  # fmt: skip
PAREN = re.compile(r"\(([^()]{0,40})\)")
DAY = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:<([一二三四五六日])?>)?")
RANGE = re.compile(r"^\s*(?:至|到|[-—–~～―]+)\s*$")
VERB = re.compile(r"上班|放假|补休|(?<!不)调休|调至|公休")
WHOLE_YEAR = re.compile(r"关于\d{4}年(?:部分)?节假日安排")
TITLE = re.compile(r"(?:国务院办公厅|国务院)关于[^。\n]{0,60}?的通知")
NUMBER = re.compile(r"国(?:办)?发明电\s*[〔\[(]\s*(\d{4})\s*[〕\])]\s*(\d{1,3})\s*号")
HEADING = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}\s*[、.]|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[、.])?\s*([^:，。;\n]{1,40}?)\s*:"
)
EXTENDED = re.compile(r"延长(?:(\d{4})年)?([^，。;\n]{1,10}?)假期?至")


class _Unreadable(Exception):
    """Why a text is no notice."""


@dataclass
class _Reader:
    """Where the reading stands: the year of the notice, the paragraph's first day, the last month named."""

    year: int
    off: dict[date, str]
    work: dict[date, str]
    festival: str = ""
    anchor: date | None = None
    month: int | None = None
    moved: list[date] = field(default_factory=list)

    def paragraph(self, text: str) -> None:
        heading = HEADING.match(text)
        named = [name for key, name in FESTIVALS.items() if heading and key in heading.group(1)]
        self.festival = "、".join(dict.fromkeys(named))
        self.anchor, self.month, self.moved = None, None, []
        for sentence in re.split(r"[。;]", text):
            self._sentence(sentence)
        # A weekend day whose rest was moved is worked, unless it is itself inside the holiday.
        for day in self.moved:
            if day not in self.off:
                self.work[day] = self._name(day)

    def _sentence(self, sentence: str) -> None:
        pending: list[list[date]] = []
        last_off: list[date] = []
        for clause in re.split(r"[，,]", sentence):
            extended = EXTENDED.search(clause)
            verb = VERB.search(clause)
            head = clause[: verb.start()] if verb else clause
            spans = self._spans(head)
            if extended and spans:
                last_off = self._extend(extended, spans[-1][-1])
                continue
            days = [d for span in [*pending, *spans] for d in span]
            if verb is None:
                # "9月28日，10月11日上班": dates alone wait for their verb in the next clause.
                bare = spans and not re.sub(r"[、和及与\s]", "", DAY.sub("", head))
                pending = [*pending, *spans] if bare else []
                self._total(clause, last_off)
                continue
            pending = []
            if "公休" in clause or "调至" in clause:
                self.moved += days if "调至" in clause else []
                continue
            if verb.group() == "上班":
                self.work.update((d, self._name(d)) for d in days)
            elif days:
                self.off.update((d, self._name(d)) for d in days)
                last_off = days
            self._total(clause, last_off)

    def _total(self, clause: str, days: list[date]) -> None:
        """共7天 or 放假3天 must agree with the days named before it."""
        said = re.search(r"(?:共|放假|休)\s*(\d{1,2})\s*天", clause)
        if said and days and int(said.group(1)) != len(days):
            raise _Unreadable(f"写明 {said.group(1)} 天，但 {days[0]} 至 {days[-1]} 是 {len(days)} 天")

    def _name(self, day: date) -> str:
        if self.festival:
            return self.festival
        near = {
            name: abs((day - at).days)
            for name in {*FIXED, *reading.lunar()[2026]}
            if (at := festival_day(name, self.year))
        }
        best = min(near, key=lambda name: near[name]) if near else ""
        return best if best and near[best] <= 12 else "放假安排"

    def _extend(self, found: re.Match[str], until: date) -> list[date]:
        name = next((v for k, v in FESTIVALS.items() if k in found.group(2)), "")
        start = festival_day(name, until.year) if name else None
        if start is None or not 0 <= (until - start).days <= LONGEST:
            raise _Unreadable(f"“{found.group()}”没有写明从哪一天起放假")
        days = [start + timedelta(n) for n in range((until - start).days + 1)]
        self.off.update((d, name) for d in days)
        return days

    def _spans(self, text: str) -> list[list[date]]:
        """The dates of a clause, ranges unfolded."""
        spans: list[list[date]] = []
        end = -1
        marks = list(DAY.finditer(text))
        for i, mark in enumerate(marks):
            follows = i > 0 and RANGE.match(text[end : mark.start()]) is not None
            opens = i + 1 < len(marks) and RANGE.match(text[mark.end() : marks[i + 1].start()]) is not None
            day = self._day(mark, marks[i + 1] if opens else None, spans[-1][-1] if follows else None)
            if follows:
                start = spans.pop()[0]
                length = (day - start).days + 1
                if not 1 <= length <= LONGEST:
                    raise _Unreadable(f"{start} 至 {day} 共 {length} 天，不像一次放假")
                spans.append([start + timedelta(n) for n in range(length)])
            else:
                spans.append([day])
            end = mark.end()
        return spans

    def _day(self, mark: re.Match[str], closing: re.Match[str] | None, start: date | None) -> date:
        year, month, day, weekday = mark.groups()
        if month is None and self.month is None:
            raise _Unreadable(f"“{mark.group()}”没有写明月份")
        number = int(month) if month else self.month
        assert number is not None
        self.month = number
        for candidate in self._years(year, number, closing, start):
            try:
                found = date(candidate, number, int(day))
            except ValueError as wrong:
                raise _Unreadable(f"没有 {candidate} 年 {number} 月 {day} 日这一天") from wrong
            if self.anchor is None or year or abs((found - self.anchor).days) <= 60:
                break
        if weekday and WEEKDAYS[found.weekday()] != weekday:
            raise _Unreadable(f"{found} 写作星期{weekday}，实为星期{WEEKDAYS[found.weekday()]}")
        if abs(found.year - self.year) > 1:
            raise _Unreadable(f"{found} 不在 {self.year} 年度的安排之内")
        self.anchor = self.anchor or found
        return found

    def _years(
        self, year: str | None, month: int, closing: re.Match[str] | None, start: date | None
    ) -> list[int]:
        """The year a date without one means: the paragraph's first date decides, then the range it stands in."""
        if year:
            return [int(year)]
        if start is not None:
            return [start.year + (month < start.month)]
        if self.anchor is None and closing is not None and month == 12 and closing.group(2) == "1":
            return [int(closing.group(1)) - 1 if closing.group(1) else self.year - 1]
        return [self.year, self.year - 1, self.year + 1] if self.anchor else [self.year]


def parse_notice(text: str, year: int | None = None) -> Notice | Refused:
    """The facts of a pasted notice. ``year``: what it arranges, needed where the text does not say.

    Refused for a text without days, one that contradicts itself, or one whose year cannot be told.
    """
    if not isinstance(text, str) or len(text) > MAX_TEXT:
        return Refused(f"通知应为不超过 {MAX_TEXT} 字的文本。", BASIS, INSTEAD)
    plain = _plain(text)
    try:
        which = _year(plain, year)
        reader = _Reader(which, {}, {})
        for paragraph in _paragraphs(plain):
            reader.paragraph(paragraph)
        return _notice(plain, reader)
    except _Unreadable as wrong:
        return Refused(f"无法据此更新工作日历：{wrong}。", BASIS, INSTEAD)


def _plain(text: str) -> str:
    """Half-width digits and brackets, no tags, weekdays in parentheses kept as <六>, other remarks dropped."""
    text = re.sub(r"<[^<>\n]{0,200}>", "", text)
    text = unicodedata.normalize("NFKC", text).replace(",", "，").replace("；", ";")
    text = re.sub(r"(?<=[\d年月日至到])[ \t\u3000]+(?=[\d年月日至到(])", "", text)

    def remark(found: re.Match[str]) -> str:
        weekday = re.search(r"(?:星期|周)([一二三四五六日天])", found.group(1))
        if re.fullmatch(r"[一二三四五六七八九十]{1,3}", found.group(1)):
            return found.group()
        return f"<{weekday.group(1).replace('天', '日')}>" if weekday else "<>"

    # Brackets are not blanks: only those right after a date say something about that date.
    return re.sub(r"(?<!日)<[一二三四五六日]?>", "", PAREN.sub(remark, text))


def _paragraphs(text: str) -> list[str]:
    """One per festival: lines, and a running text cut before 一、 二、 …"""
    cut = re.sub(
        r"(?<=[。;])\s*(?=(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)))", "\n", text
    )
    return [line for line in cut.splitlines() if line.strip()]


def _year(text: str, given: int | None) -> int:
    if given is not None and (isinstance(given, bool) or not isinstance(given, int)):
        raise _Unreadable("年份应为整数，例如 2027")
    title = re.search(r"关于(?:调整|延长)?\s*(\d{4})\s*年[^。\n]{0,40}的通知", text) or re.search(
        r"(?:现将|延长)\s*(\d{4})\s*年", text
    )
    said = int(title.group(1)) if title else None
    if given is not None and said is not None and given != said:
        raise _Unreadable(f"指明的是 {given} 年，通知写的是 {said} 年")
    dated = [int(m.group(1)) for m in DAY.finditer(text) if m.group(1)]
    year = given or said or (max(dated) if dated else None)
    if year is None:
        raise _Unreadable("没有写明是哪一年的安排")
    if year not in reading.lunar():
        raise _Unreadable(f"{year} 年不在可载入的年份之内（{min(reading.lunar())}—{max(reading.lunar())}）")
    return year


def _notice(text: str, reader: _Reader) -> Notice:
    off, work, year = reader.off, reader.work, reader.year
    both = sorted(set(off) & set(work))
    if both:
        raise _Unreadable(f"{both[0]} 既写放假又写上班")
    if not off:
        raise _Unreadable("没有读到放假日期")
    # A year's own notice says so in its title; only then is a New Year that is not there a paste cut off.
    amends = date(year, 1, 1) not in off and not WHOLE_YEAR.search(text)
    title, number = TITLE.search(text.replace("\n", "")), NUMBER.search(text)
    stated = "".join(reader.off.values())
    missing = () if amends else tuple(n for n in dict.fromkeys(statutory(year).values()) if n not in stated)
    off_days, work_days = sorted(off.items()), sorted(work.items())
    return Notice(
        year,
        title.group() if title else f"{year}年节假日安排（粘贴文本）",
        f"{'国办' if number.group().startswith('国办') else '国'}发明电〔{number.group(1)}〕{number.group(2)}号"
        if number
        else None,
        _issued(text),
        tuple(off_days),
        tuple(work_days),
        amends,
        reading.digest_of(year, amends, off_days, work_days),
        missing,
    )


def _issued(text: str) -> date | None:
    """The date the notice is signed with: a line that holds a date and nothing else."""
    for line in reversed(text.splitlines()):
        found = re.fullmatch(r"\s*(?:国务院办公厅)?\s*(\d{4})年(\d{1,2})月(\d{1,2})日\s*", line)
        if found:
            try:
                return date(*map(int, found.groups()))
            except ValueError:
                return None
    return None
