"""A catalogue of another system comes in whole, once, or says row by row why not."""

import io

import openpyxl
import pytest

from mingtang.disclosure import api as disclosure
from mingtang.disclosure import importing, publishing
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db
AT = given.at(2026, 11, 23)
HEAD = ["标题", "文号", "发布机构", "文种", "成文日期", "公开日期", "正文", "主题词", "有效性"]
ROWS = [
    ["关于供热的通知", "测房发〔2017〕3号", "测试市住房局", "通知公告", "2017-3-1", "2017年3月2日", "第一段\n第二段", "供热，价格", "现行有效"],
    ["停水公告", "", "测房", "notice", "", "2018/05/06 17:30", "", "", ""],
    ["处罚决定", "", "测试市住房局", "行政处罚决定", "", "20190102", "摘要", "", ""],
]  # fmt: skip


@pytest.fixture
def keeper():
    city = given.demo_city()
    given.organ("测试市住房局", city, short_name="测房", code="FGJ")
    return given.person(city, "keeper")


def xlsx(*rows, head=HEAD) -> bytes:
    book = openpyxl.Workbook()
    for row in (head, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_of(*rows, head=HEAD, encoding="utf-8") -> bytes:
    import csv

    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode(encoding)


def table(data: bytes, name: str = "目录.xlsx") -> disclosure.CatalogueTable:
    found = disclosure.CatalogueTable.of_file(data, name)
    assert isinstance(found, disclosure.CatalogueTable), found
    return found


def taken(keeper, data: bytes, **more) -> disclosure.Imported:
    with ledger.clock_at(AT):
        done = table(data).take("旧网站", keeper, AT, **more)
    assert isinstance(done, disclosure.Imported), done
    return done


@pytest.mark.parametrize(
    "data",
    [
        xlsx(*ROWS[:2]),
        csv_of(*ROWS[:2]),
        csv_of(*ROWS[:2], encoding="gb18030"),
        csv_of(*ROWS[:2], encoding="utf-8-sig"),
    ],
)
def test_rows_become_published_documents_with_the_dates_they_state(keeper, data):
    done = taken(keeper, data)
    assert (done.taken, done.known, done.misfits) == (2, 0, [])
    first, second = disclosure.find("document").order("pk")
    assert (first.title, first.kind, first.agency_name) == ("关于供热的通知", "notice", "测试市住房局")
    assert first.published_at == given.at(2017, 3, 2)
    assert second.published_at == given.at(2018, 5, 6, 17, 30)
    (edition,) = disclosure.editions(first.id)
    assert edition.doc_no == "测房发〔2017〕3号"
    assert edition.written_on == given.at(2017, 3, 1).date()
    assert edition.keywords == ("供热", "价格")
    assert edition.body == "<p>第一段</p><p>第二段</p>"
    assert disclosure.find("publication", document_id=first.id).one().stated_by == "旧网站"


def test_what_does_not_fit_is_told_by_row_and_column_and_the_rest_comes_in(keeper):
    bad = [
        ["", "", "测房", "通知公告", "", "2017-01-01", "", "", ""],
        ["甲", "", "没有的局", "通知公告", "", "2017-01-01", "", "", ""],
        ["乙", "", "测房", "没有的文种", "", "2017-13-01", "", "", ""],
        ["丙", "", "测房", "通知公告", "昨天", "2030-01-01", "", "", "很有效"],
    ]
    done = taken(keeper, xlsx(*ROWS[:2], *bad, ROWS[2]))
    assert done.taken == 2
    assert {(m.row, m.column) for m in done.misfits} == {
        (4, "标题"), (5, "发布机构"), (6, "文种"), (6, "发布日期"), (7, "成文日期"), (7, "发布日期"), (7, "有效性"),
        (8, "其他"),
    }  # fmt: skip
    assert "决定书文号" in next(m.why for m in done.misfits if m.row == 8)
    assert all(m.instead for m in done.misfits)


def test_the_error_sheet_is_mended_and_brought_again_and_nothing_is_doubled(keeper):
    wrong = ["甲", "", "没有的局", "通知公告", "", "2017-01-01", "", "", ""]
    sheet = table(xlsx(*ROWS[:2], wrong))
    with ledger.clock_at(AT):
        done = sheet.take("旧网站", keeper, AT)
    back = sheet.misfits_as_csv(done.misfits)
    assert back.startswith("\ufeff标题,")
    assert "机构名录里没有“没有的局”" in back
    again = taken(keeper, back.replace("没有的局,", "测房,", 1).encode())
    assert (again.taken, again.known, again.misfits) == (1, 0, [])
    once_more = taken(keeper, xlsx(*ROWS[:2], [*wrong[:2], "测房", *wrong[3:]]))
    assert (once_more.taken, once_more.known) == (1, 2), "a row without a number is known by what it says"
    assert disclosure.find("document").count() == 4


def test_a_row_is_known_by_the_number_it_had_there(keeper):
    head = ["编号", *HEAD]
    taken(keeper, xlsx(["A-1", *ROWS[0]], head=head))
    changed = ["A-1", "关于供热的通知（修订）", *ROWS[0][1:]]
    done = taken(keeper, xlsx(changed, ["A-2", *ROWS[1]], ["A-2", *ROWS[1]], head=head))
    assert (done.taken, done.known) == (1, 2)


def test_a_dry_run_says_what_would_happen_and_writes_nothing(keeper):
    done = taken(keeper, xlsx(*ROWS), dry=True)
    assert (done.taken, len(done.misfits)) == (2, 1)
    assert not disclosure.find("document").exists()
    assert not disclosure.find("publication").exists()


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_import_goes_on_where_it_stopped(keeper, monkeypatch):
    monkeypatch.setattr(importing, "_BATCH", 2)
    rows = [[f"通知{n}", "", "测房", "通知公告", "", "2017-01-01", "", "", ""] for n in range(5)]
    real, calls = publishing._take_over_batch, []

    def breaks(*a):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("power cut")
        return real(*a)

    monkeypatch.setattr(publishing, "_take_over_batch", breaks)
    with pytest.raises(RuntimeError):
        taken(keeper, xlsx(*rows))
    assert disclosure.find("document").count() == 2
    monkeypatch.setattr(publishing, "_take_over_batch", real)
    done = taken(keeper, xlsx(*rows))
    assert (done.taken, done.known) == (3, 2)
    assert sorted(d.title for d in disclosure.find("document")) == [f"通知{n}" for n in range(5)]


def test_kind_and_organ_can_be_said_once_for_all_rows(keeper):
    organ = ledger.find("agency", code="FGJ").one()
    done = taken(keeper, xlsx(["停水", "2017-01-01"], head=["名称", "公开日期"]), kind="notice", agency=organ)
    assert done.taken == 1
    assert done.misfits == []


def test_columns_of_the_kind_fill_its_fields_and_unknown_ones_are_named(keeper):
    head = ["标题", "机构", "类别", "公开日期", "决定书文号", "备注二"]
    sheet = table(xlsx(["处罚", "测房", "行政处罚决定", "2019-01-02", "测罚〔2019〕1号", "x"], head=head))
    assert sheet.unknown == ("备注二",)
    with ledger.clock_at(AT):
        assert sheet.take("旧网站", keeper, AT).taken == 1
    (paper,) = disclosure.find("document")
    assert disclosure.editions(paper.id)[0].data == {"decision_no": "测罚〔2019〕1号"}


def test_a_row_with_somebody_s_number_is_told_and_stays_out(keeper):
    leaky = ["救助公示", "", "测房", "通知公告", "", "2017-01-01", "张某，身份证11010519491231002X", "", ""]
    in_title = [
        "张某（１１０１０５１９４９１２３１００２Ｘ）公示",
        "",
        "测房",
        "通知公告",
        "",
        "2017-01-01",
        "",
        "",
        "",
    ]
    done = taken(keeper, xlsx(ROWS[0], leaky, in_title))
    assert done.taken == 1
    assert [(m.row, "个人信息" in m.why, "11010519491231002X" in m.why) for m in done.misfits] == [
        (3, True, False),
        (4, True, False),
    ]


def test_texts_in_tags_do_not_make_a_catalogue_a_page(keeper):
    row = [
        "停水",
        "",
        "测房",
        "通知公告",
        "",
        "2017-01-01",
        "<p>正文一段</p><table><tr><td>1</td></tr></table>",
        "",
        "",
    ]
    assert taken(keeper, csv_of(row)).taken == 1
    (paper,) = disclosure.find("document")
    assert disclosure.editions(paper.id)[0].body.startswith("<p>正文一段</p><table>")


def test_only_the_keeper_takes_over_and_the_source_must_be_named(keeper):
    clerk = given.person(ledger.find("agency", code="FGJ").one(), "clerk")
    with ledger.clock_at(AT):
        assert isinstance(table(xlsx(*ROWS)).take("旧网站", clerk, AT), Refused)
        assert isinstance(table(xlsx(*ROWS)).take(" ", keeper, AT), Refused)
    assert not disclosure.find("document").exists()


def test_script_in_every_field_stays_text(keeper):
    evil = "<script>alert(1)</script>"
    taken(keeper, xlsx([evil, evil, "测房", "通知公告", "", "2017-01-01", f"<p>好</p>{evil}", evil, ""]))
    (paper,) = disclosure.find("document")
    assert disclosure.editions(paper.id)[0].body == "<p>好</p>"


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (b"", "空.csv", ""),
        (xlsx(), "空.xlsx", "没有数据行"),
        (xlsx(["a"], head=["没有"]), "表.xlsx", "没有“标题”这一列"),
        (b"PK\x03\x04 broken", "坏.xlsx", "损坏"),
        ('标题,公开日期\n"没有结尾,2017\n'.encode(), "坏.csv", "引号不成对"),
        (b"<html><body><table><tr><td>x</td></tr></table></body></html>", "网页.html", "不是表格"),
    ],
)
def test_what_is_no_table_is_refused_with_the_way_out(data, name, why):
    found = disclosure.CatalogueTable.of_file(data, name)
    assert isinstance(found, disclosure.Unreadable)
    assert why in found.why
    assert found.instead


def test_the_error_sheet_holds_no_formula_and_comes_back_as_it_was_typed(keeper):
    sheet = table(csv_of(["=HYPERLINK(1)", "", "没有的局", "通知公告", "", "2017-01-01", "", "", ""]))
    with ledger.clock_at(AT):
        done = sheet.take("旧网站", keeper, AT)
    back = sheet.misfits_as_csv(done.misfits)
    assert "'=HYPERLINK(1)" in back
    assert table(back.encode()).rows[0][0] == "=HYPERLINK(1)"
