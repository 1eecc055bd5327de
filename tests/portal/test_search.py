"""The search page: what is published is found at once, what is withdrawn is gone at once, and nothing typed breaks it."""

from __future__ import annotations

import pytest
from django.test import Client

from mingtang.ledger import api as ledger
from mingtang.portal import api as portal
from tests import given
from tests.portal.conftest import City, log_ids

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counter_alone")]


def settle() -> None:
    portal.Finder.follow("published", [{"publications": log_ids()}])


def page(**asked: str) -> str:
    answer = Client().get("/search", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def found(**asked: str) -> list[str]:
    return [h["title"] for h in Client().get("/search.json", asked).json()["hits"]]


def test_what_is_published_is_found_by_title_text_and_number_and_withdrawn_it_is_gone(city: City):
    row = city.publish(
        kind="notice", title="关于供热补贴的通知", body="<p>低收入家庭每户补贴三百元。</p>", doc_no="示政发〔2026〕7号",
        written_on="2026-11-20",
    )  # fmt: skip
    settle()
    for words in ("供热补贴", "低收入家庭", "示政发[2026]7号", "“每户补贴三百元”"):
        assert found(q=words) == ["关于供热补贴的通知"], words
    assert "<mark>供热</mark>" in page(q="供热")
    city.withdraw(row.id)
    # The page does not wait for the index: what is not live is not shown.
    assert found(q="供热补贴") == []
    settle()
    assert Client().get("/search.json", {"q": "供热补贴"}).json()["total"] == 0
    assert "没有找到" in page(q="供热补贴")


def test_while_the_index_is_made_nobody_is_told_that_there_is_nothing(city: City):
    city.publish(kind="notice", title="关于供热补贴的通知")
    text = page(q="供热补贴")
    assert "检索正在准备" in text
    assert "没有找到。" not in text
    settle()
    assert "检索正在准备" not in page(q="毫不相干的词")


def test_a_repealed_paper_stays_and_says_so(city: City):
    row = city.publish(kind="notice", title="旧的停车办法")
    given.move(row.id, "repeal", city.people["signer"], city.when, reason="由新办法代替")
    settle()
    assert "废止" in page(q="停车办法")


def test_an_attachments_text_is_found(city: City):
    city.publish(
        kind="notice",
        title="附件里有表",
        files=[("补贴名录.txt", ledger.store("杏花岭社区三号楼加装电梯".encode(), "text/plain"))],
    )
    settle()
    assert found(q="加装电梯") == ["附件里有表"]


def test_facets_narrow_and_are_in_the_address(city: City):
    city.publish(kind="notice", title="教育通知")
    city.publish(kind="news", title="教育要闻", source="本站")
    settle()
    assert sorted(found(q="教育")) == ["教育要闻", "教育通知"]
    assert found(q="教育", kind="news") == ["教育要闻"]
    shown = page(q="教育", kind="news")
    assert "清除全部筛选" in shown
    assert found(q="教育", since="2027-01-01") == []


def test_a_rebuilt_index_is_the_same_as_the_one_that_grew(city: City):
    rows = [city.publish(kind="notice", title=f"第{n}号通知") for n in range(3)]
    city.withdraw(rows[1].id)
    settle()
    grown = sorted(found(q="通知"))
    assert portal.Finder.rebuild() == 2
    assert sorted(found(q="通知")) == grown == ["第0号通知", "第2号通知"]


def test_nothing_found_offers_to_ask_for_it_with_the_words_carried_over(city: City):
    settle()
    assert "/apply?content=%E4%BE%9B%E7%83%AD" in page(q="供热")


@pytest.mark.parametrize(
    "asked",
    [{"q": "x" * 10_000}, {"q": "\x00\x1b“(-"}, {"q": "税", "page": "-1"}, {"q": "税", "page": "9" * 30}, {"q": "税", "since": "昨天", "by": "../..", "in": "<script>"}, {"organ": "<script>alert(1)</script>"}, {"q": "<script>alert(1)</script>"}],
)  # fmt: skip
def test_bad_input_is_a_page_and_is_escaped(city: City, asked):
    settle()
    shown = page(**asked)
    assert "<script>alert" not in shown
    assert Client().get("/search.json", asked).status_code == 200
    assert Client().get("/suggest.json", asked).status_code == 200


def test_a_search_page_asks_the_database_as_often_for_one_answer_as_for_ten(
    city: City, django_assert_max_num_queries
):
    for n in range(10):
        city.publish(kind="notice", title=f"第{n}号通知")
    settle()
    with django_assert_max_num_queries(5):
        page(q="通知")


def test_every_validity_has_its_place_in_the_order_and_every_tab_holds_columns_that_are_there():
    from mingtang.disclosure.api import COLUMNS, VALIDITIES
    from mingtang.portal.channels.search import _STANDING
    from mingtang.portal.counter.searching import TABS

    assert set(_STANDING) == set(VALIDITIES)
    assert {c for _title, columns in TABS.values() for c in columns} <= set(COLUMNS)


def test_a_day_that_is_on_no_calendar_is_named_and_the_answer_is_given_without_it(city: City):
    city.publish(kind="notice", title="关于供热补贴的通知")
    settle()
    shown = page(q="供热补贴", since="2026-02-30")
    assert "“2026-02-30”不是日历上的日期" in shown
    assert "/doc/" in shown
    assert "不是日历上的日期" not in page(q="供热补贴", since="2026-02-01")
