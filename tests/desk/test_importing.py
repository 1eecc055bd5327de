"""The keeper takes over a catalogue at the desk: a look first, then an order, then what came of it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingtang.config.commands.work import _run_tasks
from mingtang.disclosure import api as disclosure
from tests import given
from tests.desk.conftest import Bureau, at_desk, words

pytestmark = pytest.mark.django_db
HEAD = "标题,发布机构,文种,发布日期\n"


@pytest.fixture
def keeper(bureau: Bureau):
    return at_desk(given.person(bureau.city, "keeper"))


def table(bureau: Bureau, *titles: str, more: str = "") -> SimpleUploadedFile:
    rows = "".join(f"{t},{bureau.organ.code},通知公告,2019-03-04\n" for t in titles)
    return SimpleUploadedFile("目录.csv", (HEAD + rows + more).encode())


def looked(keeper, bureau, *titles, **more):
    return keeper.post(
        "/desk/documents/import",
        {"step": "look", "source": "旧门户", "table": table(bureau, *titles, **more)},
    )


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def ordered(keeper, page: str):
    return keeper.post(
        "/desk/documents/import",
        {
            "step": "take",
            "source": "旧门户",
            "brought": hidden(page, "brought"),
            "name": hidden(page, "name"),
        },
    )


def test_a_look_says_what_would_happen_and_writes_nothing(keeper, bureau):
    page = words(looked(keeper, bureau, "停水", "停电", more="没有机构的,无此局,通知公告,2019-03-04\n"))
    assert "导入 2 条" in page
    assert "机构名录里没有“无此局”" in page
    assert not disclosure.find("document").exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_looked_at_is_ordered_done_in_the_background_and_told(keeper, bureau):
    page = words(looked(keeper, bureau, "停水", "停电", more="没有机构的,无此局,通知公告,2019-03-04\n"))
    where = ordered(keeper, page)["Location"]
    assert "正在导入" in words(keeper.get(where))
    _run_tasks()
    page = words(keeper.get(where))
    assert "导入 2 条，已经有的 0 条，不合的 1 行" in page
    assert {d.title for d in disclosure.find("document")} == {"停水", "停电"}
    sheet = words(keeper.get(f"{where}&errors=1"))
    assert "没有机构的,无此局" in sheet
    assert "请写机构的全称" in sheet


@pytest.mark.django_db(transaction=True)
def test_the_same_table_again_doubles_nothing(keeper, bureau):
    for _time in range(2):
        ordered(keeper, words(looked(keeper, bureau, "停水")))
        _run_tasks()
        assert disclosure.find("document").count() == 1
    assert "已经有的" in words(looked(keeper, bureau, "停水"))


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"", "是空的"), (b"PK\x03\x04 broken", "损坏"), ("列一,列二\n1,2\n".encode(), "没有“标题”这一列")],
)
def test_what_is_no_catalogue_is_refused_on_the_page(keeper, bureau, data, why):
    response = keeper.post(
        "/desk/documents/import",
        {"step": "look", "source": "旧", "table": SimpleUploadedFile("表.csv", data)},
    )
    assert response.status_code == 409
    assert why in words(response)


@pytest.mark.parametrize(
    "typed",
    [
        {"step": "look", "source": "旧"},
        {"step": "take", "source": "旧", "brought": "0" * 64},
        {"step": "take", "source": "", "brought": "x"},
    ],
)
def test_an_order_names_a_table_and_a_source(keeper, typed):
    assert keeper.post("/desk/documents/import", typed).status_code == 409


def test_nobody_but_the_keeper_takes_over_and_nobody_sees_another_ones_order(keeper, bureau):
    assert bureau.desk("clerk").get("/desk/documents/import").status_code == 403
    where = ordered(keeper, words(looked(keeper, bureau, "停水")))["Location"]
    other = at_desk(given.person(bureau.city, "keeper"))
    assert other.get(where).status_code == 404
