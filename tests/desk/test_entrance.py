"""The way in and out."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from mingtang.ledger import api as ledger
from tests import given
from tests.desk.conftest import words

SECRET = "一个足够长的口令"


@pytest.fixture
def clerk(db) -> ledger.Person:
    cache.clear()
    organ = given.organ("测试局", given.demo_city())
    person = given.person(organ, "clerk")
    person.set_password(SECRET)
    person.save()
    return person


def knock(browser: Client, account: str, secret: str, **more):
    return browser.post("/desk/login", {"account": account, "secret": secret, **more})


def test_the_right_password_opens_the_page_that_was_asked_for(clerk, client):
    asked = client.get("/desk/cases/?state=open")["Location"]
    assert asked == "/desk/login?next=%2Fdesk%2Fcases%2F%3Fstate%3Dopen"
    response = knock(client, clerk.username, SECRET, next="/desk/cases/?state=open")
    assert response["Location"] == "/desk/cases/?state=open"
    assert client.get("/desk/cases/").status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/desk/",
        "//evil.example/desk/",
        "/desk/../",
        "/apply",
        "/desk/logout",
        "javascript:1",
    ],
)
def test_the_door_never_leads_outside_the_desk(clerk, client, target):
    where = knock(client, clerk.username, SECRET, next=target)["Location"]
    assert where in ("/desk/", "/desk/../")


def test_a_wrong_password_says_how_many_tries_are_left_and_not_which_half_was_wrong(clerk, client):
    wrong = knock(client, clerk.username, "不对")
    unknown = knock(client, "没有这个人", "不对")
    assert wrong.status_code == unknown.status_code == 401
    assert "账号或口令不对，还可以试4次" in words(wrong)
    assert "账号或口令不对，还可以试4次" in words(unknown)


def test_after_five_wrong_tries_even_the_right_password_must_wait(clerk, client):
    for _ in range(5):
        knock(client, clerk.username, "不对")
    response = knock(client, clerk.username, SECRET)
    assert response.status_code == 429
    assert "15分钟" in words(response)
    assert "_auth_user_id" not in client.session


def test_upper_case_and_spaces_do_not_open_a_second_set_of_tries(clerk, client):
    for account in (
        clerk.username,
        f" {clerk.username}",
        clerk.username.upper(),
        clerk.username,
        clerk.username,
    ):
        knock(client, account, "不对")
    assert knock(client, clerk.username, SECRET).status_code == 429


def test_leaving_needs_a_post_and_ends_the_session(clerk, client):
    client.force_login(clerk)
    assert client.get("/desk/logout").status_code == 405
    assert client.get("/desk/").status_code == 200
    client.post("/desk/logout")
    assert client.get("/desk/").status_code == 302


def test_a_demo_lists_its_accounts_on_the_log_in_page(clerk, client):
    page = words(client.get("/desk/login"))
    assert clerk.username in page
    assert "公开专员" in page


def test_a_service_installation_lists_no_account(db, client):
    given.installation("service")
    person = given.person(given.organ("正式局", None), "clerk")
    assert person.username not in words(client.get("/desk/login"))


def test_an_account_that_was_closed_cannot_come_in(clerk, client):
    clerk.is_active = False
    clerk.save()
    assert knock(client, clerk.username, SECRET).status_code == 401
