"""Working days: the package's own calendar against two independent libraries, and years not yet announced."""

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingtang.law.api import Calendar, Notice, Refused, calendar, on, parse_notice

NEW_YEAR_2027 = "2027年1月1日至3日放假，共3天。2026年12月27日（星期日）上班。"


def every_day(first, last):
    return (first + timedelta(n) for n in range((last - first).days + 1))


def test_no_day_of_2008_to_2026_differs_from_chinesecalendar():
    days = every_day(date(2008, 1, 1), date(2026, 12, 31))
    ours = calendar()
    assert [d for d in days if ours.is_working(d) != chinese_calendar.is_workday(d)] == []


def test_no_day_of_2008_to_2026_differs_from_holidays():
    theirs = holidays.country_holidays("CN", years=range(2008, 2027))
    ours = calendar()
    days = every_day(date(2008, 1, 1), date(2026, 12, 31))
    assert [d for d in days if ours.is_working(d) != theirs.is_working_day(d)] == []


@pytest.mark.parametrize(
    ("year", "count"),
    [
        (2014, 250), (2015, 249), (2016, 250), (2017, 249), (2018, 250), (2019, 250), (2020, 249),
        (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248),
    ],
)  # fmt: skip
def test_a_year_has_its_known_number_of_working_days(year, count):
    days = every_day(date(year, 1, 1), date(year, 12, 31))
    assert sum(calendar().is_working(d) for d in days) == count


@pytest.mark.parametrize(
    "day", [date(2026, 2, 14), date(2017, 1, 22), date(2011, 12, 31), date(2018, 12, 29), date(2007, 12, 29)]
)
def test_a_makeup_weekend_day_counts_as_a_working_day(day):
    assert day.weekday() >= 5
    assert calendar().is_working(day) is True


@pytest.mark.parametrize("day", [date(2018, 12, 31), date(2007, 12, 31), date(2015, 9, 3), date(2020, 1, 31)])
def test_a_weekday_given_off_by_notice_is_not_worked(day):
    assert day.weekday() < 5
    assert calendar().is_working(day) is False


def test_the_saturday_that_the_lengthened_festival_of_2020_swallowed_is_off():
    assert calendar().is_working(date(2020, 2, 1)) is False
    assert calendar(as_of=date(2020, 1, 25)).is_working(date(2020, 2, 1)) is True


def test_the_years_2007_to_2026_are_known_and_2027_is_not():
    assert [y for y in range(2007, 2031) if calendar().known(y)] == list(range(2007, 2027))


def test_a_day_is_provisional_from_25_december_while_the_next_notice_is_missing():
    ours = calendar()
    assert not ours.provisional(date(2026, 12, 24))
    assert ours.provisional(date(2026, 12, 25))
    assert ours.provisional(date(2027, 6, 1))
    assert not ours.provisional(date(2025, 12, 31))


def test_an_unannounced_year_has_statutory_days_made_up_and_no_makeup_working_days():
    ours = calendar()
    off = [d for d in every_day(date(2027, 1, 1), date(2027, 12, 31)) if not ours.is_working(d)]
    assert [d for d in off if d.weekday() < 5] == [
        date(2027, 1, 1),
        # 除夕 falls on Friday 5 February, 初一 and 初二 on the weekend: made up on Tuesday and Wednesday.
        date(2027, 2, 5), date(2027, 2, 8), date(2027, 2, 9), date(2027, 2, 10),
        date(2027, 4, 5),
        # 2 May is a Sunday; 1 May a Saturday.
        date(2027, 5, 3), date(2027, 5, 4),
        date(2027, 6, 9), date(2027, 9, 15),
        # 2 and 3 October are the weekend.
        date(2027, 10, 1), date(2027, 10, 4), date(2027, 10, 5),
    ]  # fmt: skip
    assert all(
        ours.is_working(d) is False
        for d in every_day(date(2027, 1, 1), date(2027, 12, 31))
        if d.weekday() >= 5
    )


def test_a_loaded_notice_moves_the_december_before_it_and_makes_it_firm():
    notice = parse_notice(f"国务院办公厅关于2027年部分节假日安排的通知\n一、元旦：{NEW_YEAR_2027}")
    assert isinstance(notice, Notice)
    received = date(2026, 12, 1)
    before = on(received).deadline(received, "in_person")
    after = on(received, notices=(notice,)).deadline(received, "in_person")
    assert (before.due_on, before.firm) == (date(2026, 12, 29), False)
    # Sunday 27 December is worked now: one day earlier.
    assert (after.due_on, after.firm) == (date(2026, 12, 28), True)


def test_a_notice_cut_off_in_the_paste_leaves_the_rest_of_its_year_provisional():
    notice = parse_notice(NEW_YEAR_2027, 2027)
    assert "国庆节" in notice.missing
    ours = calendar((notice,))
    assert not ours.known(2027)
    assert not ours.provisional(date(2027, 1, 4))
    assert ours.provisional(date(2027, 3, 1))
    assert ours.is_working(date(2027, 10, 1)) is False


def test_the_digest_changes_with_the_notices_and_not_with_their_wording():
    one = parse_notice(NEW_YEAR_2027, 2027)
    other = parse_notice("元旦: 2027年1月1日—3日放假。2026年12月27日（周日）上班。", 2027)
    assert calendar((one,)).digest == calendar((other,)).digest
    assert calendar((one,)).digest != calendar().digest


@pytest.mark.parametrize("day", [date(2006, 12, 31), date(9999, 12, 31), "2026-03-02", None])
def test_a_day_outside_the_calendar_is_refused_not_guessed(day):
    ours = calendar()
    assert isinstance(ours.is_working(day), Refused)
    assert isinstance(ours.add(day, 5), Refused)
    assert isinstance(ours.why(day), Refused)


def test_counting_past_the_end_of_the_calendar_is_refused():
    assert isinstance(calendar().add(date(2060, 12, 20), 40), Refused)
    assert isinstance(calendar().add(date(2007, 1, 4), -40), Refused)


def test_why_names_the_notice():
    reason = calendar().why(date(2026, 2, 14))
    assert "调休上班" in reason.text
    assert "国办发明电〔2025〕7号" in reason.basis


@given(st.dates(date(2008, 1, 1), date(2030, 12, 31)), st.integers(1, 60))
def test_adding_and_counting_agree(day, n):
    ours: Calendar = calendar()
    later = ours.add(day, n)
    assert ours.is_working(later) is True
    assert ours.count(day, later) == n
    assert sum(ours.is_working(d) for d in every_day(day + timedelta(1), later)) == n
    earlier = ours.add(day, -n)
    assert ours.is_working(earlier) is True
    assert sum(ours.is_working(d) for d in every_day(earlier, day - timedelta(1))) == n
