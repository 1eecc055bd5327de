"""Requests that no view answered: the page says what happened, that nothing was done, and what to do."""

import pytest
from django.test import Client

from mingtang.casework import api as casework
from tests.desk.conftest import words

pytestmark = pytest.mark.django_db


def test_what_was_typed_comes_back_when_the_session_had_ended(client):
    response = client.post(
        "/desk/cases/1/note", {"text": "电话里说：申请人要三年的数据", "secret": "long-secret-word"},
        headers={"referer": "http://testserver/desk/cases/1/"},
    )  # fmt: skip
    assert response.status_code == 401
    shown = response.content.decode()
    assert "电话里说：申请人要三年的数据" in shown
    assert "long-secret-word" not in shown
    assert 'href="/desk/login?next=%2Fdesk%2Fcases%2F1%2F"' in shown


def test_what_was_typed_comes_back_in_place_of_a_part_of_the_page_too(client):
    response = client.post(
        "/desk/cases/1/note", {"text": "电话里说：申请人要三年的数据"},
        headers={"HX-Request": "true", "referer": "http://testserver/desk/cases/1/"},
    )  # fmt: skip
    assert response.status_code == 422, "the answer that the page puts in place"
    assert 'id="main"' in response.content.decode()
    assert "电话里说：申请人要三年的数据" in response.content.decode()


@pytest.mark.parametrize("referer", ["http://elsewhere.example/", "/desk", "//elsewhere.example/desk/", ""])
def test_after_the_log_in_nobody_is_led_off_the_desk(client, referer):
    where = client.post("/desk/cases/1/close", headers={"referer": referer})["Location"]
    assert where.startswith("/desk/login?next=%2Fdesk%2F")
    assert "elsewhere" not in where


@pytest.mark.parametrize("address", ["/desk/cases/new", "/apply"])
def test_too_much_at_once_is_told_on_a_page(bureau, address):
    browser = Client()
    browser.force_login(bureau.people["clerk"])
    response = browser.post(address, {"content": "长" * 2_000_000})
    assert response.status_code == 400
    shown = words(response)
    assert "没有提交成功" in shown
    assert "返回上一页" in shown
    assert not casework.find("case").exists()


@pytest.mark.parametrize("address", ["/desk/", "/apply"])
def test_an_error_of_ours_is_told_on_a_page_that_asks_the_database_nothing(
    bureau, address, monkeypatch, django_assert_num_queries
):
    from django.test import RequestFactory

    from mingtang.config.refusals import failed

    with django_assert_num_queries(0):
        response = failed(RequestFactory().get(address))
    assert response.status_code == 500
    assert "过几分钟" in response.content.decode()


def test_the_address_of_a_verb_opened_by_hand_is_a_page(bureau):
    browser = Client()
    browser.force_login(bureau.people["clerk"])
    response = browser.get("/desk/cases/1/applicant")
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "这个地址不能这样打开" in words(response)


def test_a_text_beyond_the_limit_comes_back_whole(bureau):
    browser = Client()
    browser.force_login(bureau.people["clerk"])
    typed = "请公开" * 2_000
    response = browser.post(
        "/desk/cases/new",
        {"content": typed, "name": "甲", "contact": "一", "key": "k" * 32, "agency_id": bureau.organ.pk},
    )
    assert response.status_code == 422
    assert typed in response.content.decode()
    assert "写了6000字" in words(response)
