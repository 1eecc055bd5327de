"""Working days: 《全国年节及纪念日放假办法》, the yearly notices of the State Council, and what to do before one is out.

A year whose notice is not loaded counts weekends and the statutory days (a festival on a weekend is made up on the
next working day, article 6) as days off, has no make-up working days, and is provisional. So is 25 December and
later of a year whose following year's notice is not loaded: those notices have moved 2007-12-29, 2011-12-31,
2018-12-29 and 2018-12-31.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate

from mingtang.law import reading
from mingtang.law.types import Notice, Reason, Refused

FIXED = {"元旦": (1, 1), "劳动节": (5, 1), "国庆节": (10, 1)}
WEEKDAYS = "一二三四五六日"
MEASURES = "《全国年节及纪念日放假办法》"


def cn(day: date) -> str:
    """A date as a sentence writes it, with its weekday."""
    return f"{day.year}年{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"


@lru_cache(maxsize=32768)
def said(ordinal: int) -> str:
    """``cn`` of a proleptic ordinal, remembered: a run of deadlines names the same days again and again."""
    return cn(date.fromordinal(ordinal))


def festival_day(name: str, year: int) -> date | None:
    """The day a festival falls on, None outside the table or for a name the law does not know."""
    if name in FIXED:
        return date(year, *FIXED[name])
    return reading.lunar().get(year, {}).get(name)


def statutory(year: int) -> Mapping[date, str]:
    """The statutory days off of a year, with 补假 for those that fall on a weekend (article 6)."""
    sheet = reading.norm_sheets()["statutory_holidays"]
    plan = [v.value for v in sheet.values if v.since <= date(year, 1, 1)][-1]
    days = {
        start + timedelta(offset + n): name
        for name, (offset, length) in plan.items()
        if (start := festival_day(name, year))
        for n in range(length)
    }
    owed = sorted((d, name) for d, name in days.items() if d.weekday() >= 5)
    for lost, name in owed:
        day = lost
        while day.weekday() >= 5 or day in days:
            day += timedelta(1)
        days[day] = name
    return days


class Calendar:
    """Which days are worked, from 2007-01-01 to the end of the festival table (``last``).

    ``digest`` fingerprints every notice relied on. Beyond the range the methods answer Refused, never a guess.
    """

    def __init__(self, notices: tuple[Notice, ...]) -> None:
        self.notices = notices
        self.first, self.last = date(2007, 1, 1), date(max(reading.lunar()), 12, 31)
        self.base, self.size = self.first.toordinal(), (self.last - self.first).days + 1
        self._own = {n.year: n for n in notices if not n.amends}
        self._marks: dict[int, tuple[bool, str, Notice | None]] = {}
        for year in range(self.first.year, self.last.year + 1):
            notice = self._own.get(year)
            for day, name in statutory(year).items() if notice is None else _left_out(notice):
                self._marks[day.toordinal()] = (False, name, None)
        for notice in sorted(self._own.values(), key=lambda n: n.year):
            self._lay(notice)
        for notice in notices:
            if notice.amends:
                self._lay(notice)
        self._build()

    def _lay(self, notice: Notice) -> None:
        for days, works in ((notice.off, False), (notice.work, True)):
            for day, name in days:
                self._marks[day.toordinal()] = (works, name, notice)

    def _build(self) -> None:
        base = self.base
        flags = bytearray((base + i - 1) % 7 < 5 for i in range(self.size))
        for o, (works, _, _) in self._marks.items():
            if base <= o < base + self.size:
                flags[o - base] = works
        self.flags = flags
        # rank[i]: working days from the first day up to and including base + i; nth[k]: the k-th of them.
        self.rank = list(accumulate(flags))
        self.nth = [base + i for i, f in enumerate(flags) if f]
        unsure = bytearray(self.size)
        for year in range(self.first.year, self.last.year + 1):
            for a, b in self._unsure_spans(year):
                unsure[a - base : b - base + 1] = b"\1" * (b - a + 1)
        self.unsure = unsure
        self.unsure_rank = list(accumulate(unsure))
        # Days a clerk would not expect: weekdays off and weekend days worked.
        self.special = [base + i for i, f in enumerate(flags) if bool(f) != ((base + i - 1) % 7 < 5)]
        marks = f"{self.last}" + "".join(n.digest for n in self.notices)
        self.digest = hashlib.sha256(marks.encode()).hexdigest()
        self._starts = [date(y, 1, 1).toordinal() for y in range(self.first.year, self.last.year + 1)]
        # Sentences already made about a stretch of days, by (slice of special, first year, last year).
        self.told: dict[tuple[int, int, int, int], tuple[Reason, ...]] = {}

    def _unsure_spans(self, year: int) -> Iterator[tuple[int, int]]:
        end = date(year, 12, 31).toordinal()
        notice = self._own.get(year)
        if notice is None:
            yield date(year, 1, 1).toordinal(), end
            return
        if year + 1 not in self._own:
            month_day = reading.norm_sheets()["provisional_from"].values[-1].value
            yield date.fromisoformat(f"{year}-{month_day}").toordinal(), end
        # A notice cut off in the paste: nothing after its gap can be relied on.
        gaps = [d for name in notice.missing if (d := festival_day(name, year))]
        if gaps:
            yield max(min(gaps).toordinal() - 20, date(year, 1, 1).toordinal()), end

    def _at(self, day: date) -> int | Refused:
        if type(day) is not date:
            return Refused("日期无法识别。", "日期格式", "请写成年-月-日，例如 2026-03-02。")
        i = day.toordinal() - self.base
        if 0 <= i < self.size:
            return i
        return Refused(
            f"{day} 不在工作日历的范围内（{self.first} 至 {self.last}）。", MEASURES, "请核对日期是否写错。"
        )

    def is_working(self, day: date) -> bool | Refused:
        """Whether the day is worked."""
        i = self._at(day)
        return i if isinstance(i, Refused) else bool(self.flags[i])

    def add(self, day: date, n: int) -> date | Refused:
        """The n-th working day after the day (n > 0), before it (n < 0), or the day itself (0)."""
        i = self._at(day)
        if isinstance(i, Refused):
            return i
        if n == 0:
            return day
        k = self.rank[i] + n - 1 if n > 0 else self.rank[i] - self.flags[i] + n
        if 0 <= k < len(self.nth):
            return date.fromordinal(self.nth[k])
        return Refused(
            f"从 {day} 起数 {n} 个工作日超出了工作日历的范围（{self.first} 至 {self.last}）。",
            MEASURES,
            "请核对日期和天数。",
        )

    def count(self, a: date, b: date) -> int | Refused:
        """Working days after ``a`` up to and including ``b``; negative when ``b`` is before ``a``."""
        i, j = self._at(a), self._at(b)
        if isinstance(i, Refused):
            return i
        return j if isinstance(j, Refused) else self.rank[j] - self.rank[i]

    def known(self, year: int) -> bool:
        """Whether the year's own notice is loaded, whole."""
        return year in self._own and not self._own[year].missing

    def provisional(self, day: date) -> bool:
        """Whether a later notice may still change this day. Days outside the range always are."""
        i = self._at(day)
        return True if isinstance(i, Refused) else bool(self.unsure[i])

    def why(self, day: date) -> Reason | Refused:
        """One sentence on whether the day is worked, and the notice or article it rests on."""
        i = self._at(day)
        if isinstance(i, Refused):
            return i
        mark = self._marks.get(i + self.base)
        later = "；下一年度放假通知尚未载入，可能调整" if self.unsure[i] else ""
        if mark is None:
            kind = "是工作日" if day.weekday() < 5 else "是休息日"
            return Reason(f"{cn(day)}不在放假调休安排之内，{kind}{later}。", self._basis(day.year))
        works, name, notice = mark
        text = f"因{name}调休上班，是工作日" if works else f"{name}放假，不是工作日"
        if works and day.weekday() < 5:
            text = "照常上班，是工作日"
        return Reason(f"{cn(day)}{text}{later}。", notice.cite if notice else self._basis(day.year))

    def note(self, ordinal: int) -> str:
        """A word for one day of a count: the festival, 调休上班, or nothing."""
        mark = self._marks.get(ordinal)
        if mark is None:
            return "周末" if (ordinal - 1) % 7 >= 5 else ""
        works, name, _ = mark
        if works:
            return f"{name}调休上班" if (ordinal - 1) % 7 >= 5 else ""
        return name

    def _basis(self, year: int) -> str:
        notice = self._own.get(year)
        return notice.cite if notice else f"{MEASURES}（{year}年放假通知尚未载入）"

    def rests_on(self, ordinal: int) -> Notice | None:
        """The notice that fixes a day off or worked; None: the day is reckoned by the Measures alone."""
        mark = self._marks.get(ordinal)
        return mark[2] if mark else None

    def year_of(self, ordinal: int) -> int:
        """The calendar year of an ordinal inside the range."""
        return self.first.year + bisect_right(self._starts, ordinal) - 1

    def specials(self, a: int, b: int) -> tuple[int, int]:
        """The slice of ``special`` that lies after ordinal ``a`` up to and including ``b``."""
        return bisect_right(self.special, a), bisect_right(self.special, b)

    def relied_on(self, a: int, b: int) -> tuple[Notice, ...]:
        """The notices that speak about the days after ``a`` up to and including ``b``."""
        years = range(date.fromordinal(a).year, date.fromordinal(b).year + 1)
        found = [self._own[y] for y in years if y in self._own]
        lo, hi = bisect_left(self.special, a + 1), bisect_right(self.special, b)
        for o in self.special[lo:hi]:
            notice = self._marks[o][2]
            if notice is not None and notice not in found:
                found.append(notice)
        return tuple(found)


def _left_out(notice: Notice) -> Iterable[tuple[date, str]]:
    """The statutory days of festivals that a cut-off notice says nothing about."""
    if not notice.missing:
        return ()
    return [(d, name) for d, name in statutory(notice.year).items() if name in notice.missing]


@lru_cache(maxsize=32)
def _calendar(given: tuple[Notice, ...], as_of: date | None) -> Calendar:
    merged = [n for n in reading.notices() if as_of is None or (n.issued is not None and n.issued <= as_of)]
    for notice in given:
        # The same year pasted again replaces the year's own notice; a change stands beside it.
        merged = [n for n in merged if n != notice and (notice.amends or n.amends or n.year != notice.year)]
        merged.append(notice)
    return Calendar(tuple(sorted(merged, key=lambda n: n.amends)))


def calendar(notices: Iterable[Notice] = (), as_of: date | None = None) -> Calendar:
    """The working calendar of the package with later notices laid over it.

    ``as_of``: only notices of the package issued by that day, so that a past date can be worked out as it was then.
    """
    return _calendar(tuple(notices), as_of.date() if isinstance(as_of, datetime) else as_of)
