"""The standard catalogue of grassroots disclosure, in and out again."""

import io
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from mingtang.disclosure import api as disclosure
from mingtang.disclosure.standard import cadence_of
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given

TODAY = given.at(2026, 11, 23)
UPPER = [
    "序号", "公开事项", "", "公开内容（要素）", "公开依据", "公开时限", "公开主体", "公开渠道和载体", "公开对象", "", "公开方式", "", "公开层级", "",
]  # fmt: skip
LOWER = [
    "",
    "一级事项",
    "二级事项",
    "",
    "",
    "",
    "",
    "",
    "全社会",
    "特定群众",
    "主动",
    "依申请",
    "县级",
    "乡级",
]
LINES = [
    ["1", "政策文件", "法规文件", "法律法规和规范性文件", "《条例》", "信息形成或变更之日起20个工作日内公开", "测试市教育局", "政府网站", "√", "", "√", "", "√", ""],
    ["2", "政策文件", "年度计划", "=招生计划", "《义务教育法》", "每年3月底前", "测试市教育局", "政府网站", "√", "", "√", "", "√", "√"],
    ["3", "资助", "资助名单", "受助学生名单", "《条例》", "每季度", "测试市教育局", "便民服务站", "", "√学生家长", "√", "", "√", ""],
    ["4", "学籍", "学籍材料", "个人学籍", "《条例》", "收到申请后", "测试市教育局", "窗口", "", "√", "", "√", "√", ""],
]  # fmt: skip


def sheet(lines, area="义务教育") -> bytes:
    """The official form: a title, headings in two rows with merged cells."""
    book = Workbook()
    page = book.active
    page.append([f"（三）{area}领域基层政务公开标准目录"])
    page.merge_cells("A1:N1")
    for row in (UPPER, LOWER, *lines):
        page.append(row)
    for merged in ("B2:C2", "I2:J2", "K2:L2", "M2:N2", "A2:A3", "D2:D3", "E2:E3", "F2:F3", "G2:G3", "H2:H3"):
        page.merge_cells(merged)
    for row in page.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                cell.data_type = "s"  # words that begin like a formula are words
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table(lines=LINES) -> disclosure.DutyTable:
    made = disclosure.DutyTable.of_file(sheet(lines), "目录.xlsx")
    assert not isinstance(made, disclosure.Unreadable), made
    return made


@pytest.fixture
def city(db) -> ledger.Agency:
    found = given.demo_city()
    given.organ("测试市教育局", found)
    return found


@pytest.mark.parametrize(
    ("limit", "meant"),
    [
        ("信息形成或变更之日起20个工作日内公开", ("days20", "")),
        ("自作出行政决定之日起 7 个工作日内", ("days7", "")),
        ("执法检查结果形成之日起20个工作日内", ("result20", "")),
        ("每年3月底前", ("yearly", "03-31")),
        ("每年2月底前", ("yearly", "02-28")),
        ("每年10月15日前", ("yearly", "10-15")),
        ("每年", ("yearly", "")),
        ("每季度", ("quarterly", "")),
        ("按月公开", ("monthly", "")),
        ("及时", ("timely", "")),
        ("及时公开，最迟不超过20个工作日", ("days20", "")),
        ("每月或每季度", None),
        ("15个工作日内", None),
        ("长期", None),
        ("每年13月底前", None),
        ("", None),
    ],
)
def test_a_limit_in_words_is_a_rhythm_or_is_not_guessed(limit, meant):
    assert cadence_of(limit) == meant


def test_the_catalogue_becomes_duties_once_and_comes_back_equal(city):
    office = given.person(city, "office")
    looked = given.done(table().take(office, TODAY, dry=True))
    assert (looked.taken, looked.misfits, disclosure.find("duty").count()) == (4, [], 0)
    assert given.done(table().take(office, TODAY)).taken == 4
    again = given.done(table().take(office, TODAY))
    assert (again.taken, again.known, disclosure.find("duty").count()) == (0, 4, 4)
    cadences = [(d.cadence, d.by, d.to_group) for d in disclosure.find("duty").order("pk")]
    assert cadences == [
        ("days20", "", False), ("yearly", "03-31", False), ("quarterly", "", True), ("on_request", "", True),
    ]  # fmt: skip
    back = disclosure.DutyTable.of_duties(d.listed for d in disclosure.find("duty").order("pk"))
    page = load_workbook(io.BytesIO(back)).active
    assert page["D5"].value == "'=招生计划", "no cell is a formula"
    read = disclosure.DutyTable.of_file(back, "导出.xlsx")
    assert [line for _n, line in read.rows] == [line for _n, line in table().rows]


def test_what_cannot_be_read_stands_in_the_error_sheet_which_can_be_mended_and_brought_again(city):
    wrong = [
        [*LINES[0][:5], "长期", "无此局", *LINES[0][7:]],
        LINES[1],
        [*LINES[2][:8], "", "", *LINES[2][10:]],
    ]
    office, brought = given.person(city, "office"), table(wrong)
    done = given.done(brought.take(office, TODAY))
    assert done.taken == 1
    assert [(m.row, m.column) for m in done.misfits] == [(4, "公开主体"), (4, "公开时限"), (6, "公开对象")]
    assert "每季度" in done.misfits[1].instead
    mended = brought.misfits_as_csv(done.misfits)
    assert "错在哪里" in mended.splitlines()[0]
    mended = mended.replace("无此局", "测试市教育局").replace(",长期,", ",每季度,")
    second = disclosure.DutyTable.of_file(mended.encode(), "rows-to-mend.csv")
    assert given.done(second.take(office, TODAY)).taken == 1


def test_a_line_whose_words_changed_takes_the_place_of_the_old_one(city):
    office = given.person(city, "office")
    given.done(table([LINES[2]]).take(office, TODAY))
    disclosure.advance(TODAY)
    given.done(table([[*LINES[2][:5], "每年", *LINES[2][6:]]]).take(office, TODAY))
    old, new = disclosure.find("duty").order("pk")
    assert (old.until, new.until, new.cadence) == (TODAY.date(), None, "yearly")
    assert {i.duty.id for i in disclosure.find("duty_instance")} == {new.id}
    assert ledger.find("act", verb="duty.assign").count() == 2


def test_only_the_office_lays_the_catalogue_on_organs(city):
    refused = table().take(given.person(city, "clerk"), TODAY)
    assert isinstance(refused, Refused)
    assert not disclosure.find("duty").exists()


def test_a_yearly_duty_with_a_day_is_due_on_the_last_working_day_before_it_and_not_in_the_year_it_came_too_late(
    city,
):
    given.done(table([LINES[1]]).take(given.person(city, "office"), TODAY))
    assert disclosure.advance(TODAY)["opened"] == 0, "31 March 2026 was before it was laid"
    assert disclosure.advance(given.at(2027, 1, 4))["opened"] == 1
    (row,) = disclosure.find("duty_instance")
    assert row.due_on == date(2027, 3, 31)


def test_what_is_for_some_people_only_is_met_by_handing_it_over_and_by_no_publication(city):
    organ = ledger.find("agency", name="测试市教育局").one()
    given.done(table([LINES[2]]).take(given.person(city, "office"), TODAY))
    disclosure.advance(TODAY)
    given.published(given.team(organ), organ, TODAY, kind="notice")
    disclosure.follow("published", [{"publications": list(disclosure.find("publication").ids())}])
    (row,) = disclosure.find("duty_instance", document_id__isnull=True)
    assert row.publication_id is None
    told = {"on": "2026-11-20", "place": "送学生家长"}
    with ledger.clock_at(TODAY):
        given.done(disclosure.fulfil(row.id, told, by=given.person(organ, "clerk"), at=TODAY))


@pytest.mark.django_db
@pytest.mark.parametrize("sector", disclosure.SECTORS)
def test_every_sector_s_list_is_laid_on_a_body_of_public_service_whole_and_once(sector):
    city = given.demo_city()
    works = given.organ("测试公司", city, type="public_service")
    office = given.person(city, "office")
    table = disclosure.DutyTable.of_sector(sector, works)
    done = given.done(table.take(office, TODAY))
    assert (done.taken, done.misfits) == (len(table.rows), [])
    assert given.done(table.take(office, TODAY)).known == len(table.rows)
    laid = list(disclosure.find("duty", agency_id=works.pk))
    assert all("第五十五条" in d.basis for d in laid)
    assert {d.cadence for d in laid} >= {"yearly"}
