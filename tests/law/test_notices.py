"""Reading a pasted holiday notice. The texts here are ours; the real lines are read from beside the checkout."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingtang.law.api import Notice, Refused, calendar, parse_notice

LINES = Path(__file__).parents[3] / "shared" / "data" / "holiday-cn" / "description_parsing_cases.json"
WHOLE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号

各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2027年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月4日（周四，农历腊月二十八）至11日（周四）放假调休，共8天。1月30日（周六）、2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天，不调休。鼓励各单位安排职工在9月16日（周四）休息。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
国务院办公厅
2026年11月20日
"""


def days(pairs):
    return [d for d, _ in pairs]


@pytest.mark.shared
def test_every_line_of_real_notices_is_read_right():
    if not LINES.exists():
        pytest.skip("the real notice lines lie beside the checkout only")
    cases = json.loads(LINES.read_text(encoding="utf-8"))
    assert len(cases) == 49
    for case in cases:
        notice = parse_notice(case["description"], case["year"])
        assert isinstance(notice, Notice), (case, notice)
        read = {(str(d), True) for d in days(notice.off)} | {(str(d), False) for d in days(notice.work)}
        assert read == {(x["date"], x["isOffDay"]) for x in case["expected"]}, case["description"]


def test_a_whole_notice_is_read_with_its_number_and_date():
    notice = parse_notice(WHOLE)
    assert isinstance(notice, Notice)
    assert (notice.year, notice.number, notice.issued) == (2027, "国办发明电〔2026〕9号", date(2026, 11, 20))
    assert notice.title == "国务院办公厅关于2027年部分节假日安排的通知"
    assert len(notice.off) == 3 + 8 + 3 + 5 + 1 + 1 + 7
    assert days(notice.work) == [
        date(2027, 1, 30), date(2027, 2, 14), date(2027, 4, 25), date(2027, 5, 8), date(2027, 9, 26), date(2027, 10, 9)
    ]  # fmt: skip
    assert not notice.missing
    assert not notice.amends
    assert dict(notice.off)[date(2027, 2, 6)] == "春节"
    assert date(2027, 9, 16) not in days(notice.off)
    assert calendar((notice,)).known(2027)


def test_the_same_notice_in_one_line_and_half_width_reads_the_same():
    flat = WHOLE.replace("\n", "").replace("（", "(").replace("）", ")").replace("：", ":").replace("，", ",")
    assert parse_notice(flat).off == parse_notice(WHOLE).off
    assert parse_notice(flat).work == parse_notice(WHOLE).work


def test_the_same_notice_as_pasted_from_a_page_reads_the_same():
    page = "".join(f"<p>&nbsp;{line}</p>\n" for line in WHOLE.splitlines()).replace("&nbsp;", "\u3000\u3000")
    assert parse_notice(page) == parse_notice(WHOLE)


def test_new_year_that_begins_in_december_belongs_to_the_year_before():
    notice = parse_notice("一、元旦：12月30日至1月1日放假，共3天。12月29日（星期六）上班。", 2019)
    assert days(notice.off) == [date(2018, 12, 30), date(2018, 12, 31), date(2019, 1, 1)]
    assert days(notice.work) == [date(2018, 12, 29)]


def test_a_rest_day_that_is_moved_is_worked():
    notice = parse_notice(
        "10月1日—3日放假，共3天。其中，9月27日（星期日）公休日调至10月2日（星期五）。", 2026
    )
    assert days(notice.work) == [date(2026, 9, 27)]
    assert days(notice.off) == [date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 3)]


def test_a_lengthened_festival_runs_from_its_own_day_and_only_amends():
    text = "国务院办公厅关于延长2020年春节假期的通知\n延长2020年春节假期至2月2日（农历正月初九，星期日），2月3日（星期一）起正常上班。"
    notice = parse_notice(text)
    assert notice.amends
    assert days(notice.off) == [date(2020, 1, 25) + timedelta(n) for n in range(9)]


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("", 2027),
        ("今天天气很好。", 2027),
        ("1月1日放假。", None),
        ("2月30日放假。", 2027),
        ("5月1日（星期三）放假。", 2027),
        ("10月1日至7日放假调休，共8天。", 2027),
        ("1月1日至12月31日放假。", 2027),
        ("5月3日至1日放假。", 2027),
        ("5月1日放假。5月1日上班。", 2027),
        ("5日放假。", 2027),
        ("5月1日放假。", 1999),
        ("5月1日放假。", 99999),
        ("5月1日放假。", "2027"),
        ("国务院办公厅关于2026年部分节假日安排的通知。5月1日放假。", 2027),
        ("延长2027年某某假期至2月2日。", None),
        (None, 2027),
        (b"\xff\xfe", 2027),
        ("放假" * 200_000, 2027),
    ],
)
def test_a_text_that_is_no_notice_or_contradicts_itself_is_refused(text, year):
    answer = parse_notice(text, year)
    assert isinstance(answer, Refused)
    assert answer.why
    assert answer.instead


@given(
    st.text(alphabet="0123456789年月日至—、，。（）星期六日放假调休上班共天元旦春节一二：\n", max_size=120)
)
def test_no_text_breaks_the_reader(text):
    answer = parse_notice(text, 2027)
    assert isinstance(answer, Notice | Refused)
