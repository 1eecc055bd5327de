"""Accounts: passwords that hold once, one's own password, stopped accounts; each leaves an Act without the secret."""

import pytest
from django.contrib.auth import authenticate

from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db
AT = given.at(2026, 11, 23)
SECRET, OWN = "once-upon-a-time", "一个自己想的很长的口令"


def _do(who, verb, by, **facts):
    return ledger.take(who, verb, by=by, at=AT, **facts)


def _fresh(person):
    return ledger.find("person", pk=person.pk).one()


@pytest.fixture
def staff():
    city = given.demo_city()
    return given.person(city, "keeper"), given.person(city, "clerk")


def test_a_reset_password_opens_the_account_and_asks_for_an_own_one(staff):
    keeper, clerk = staff
    given.done(_do(clerk, "reset_password", keeper, password=SECRET))
    assert authenticate(username=clerk.username, password=SECRET)
    assert _fresh(clerk).password_once
    given.done(_do(clerk, "change_password", clerk, old=SECRET, new=OWN))
    assert not _fresh(clerk).password_once
    assert authenticate(username=clerk.username, password=SECRET) is None
    assert authenticate(username=clerk.username, password=OWN)


def test_no_password_stands_in_an_act(staff):
    keeper, clerk = staff
    given.done(_do(clerk, "reset_password", keeper, password=SECRET))
    given.done(_do(clerk, "change_password", clerk, old=SECRET, new=OWN))
    acts = list(ledger.find("act", verb__in=["person.reset_password", "person.change_password"]))
    assert [a.facts for a in acts] == [{"username": clerk.username}] * 2
    assert [a.person_id for a in acts] == [keeper.pk, clerk.pk]
    assert all(SECRET not in repr(a) and OWN not in repr(a) for a in acts)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("wrong", OWN),
        (SECRET, SECRET),
        (SECRET, "short"),
        (SECRET, "password123"),
        (SECRET, "{account}-2026-xyz"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(staff, old, new):
    keeper, clerk = staff
    given.done(_do(clerk, "reset_password", keeper, password=SECRET))
    refused = _do(clerk, "change_password", clerk, old=old, new=new.format(account=clerk.username))
    assert isinstance(refused, Refused)
    assert refused.why
    assert refused.instead
    assert authenticate(username=clerk.username, password=SECRET)


def test_nobody_changes_the_password_of_somebody_else_and_no_clerk_resets_one(staff):
    keeper, clerk = staff
    assert isinstance(_do(keeper, "change_password", clerk, old="x", new=OWN), Refused)
    assert isinstance(_do(keeper, "reset_password", clerk, password=SECRET), Refused)
    assert isinstance(_do(keeper, "reset_password", keeper, password=SECRET), Refused)
    assert authenticate(username=keeper.username, password=SECRET) is None


def test_a_stopped_account_can_do_nothing_until_it_is_opened_again(staff):
    keeper, clerk = staff
    city = ledger.find("agency").first()
    given.done(_do(clerk, "reset_password", keeper, password=SECRET))
    given.done(_do(clerk, "deactivate", keeper))
    assert authenticate(username=clerk.username, password=SECRET) is None
    assert not ledger.may(_fresh(clerk), "document.draft", city)
    assert isinstance(_do(_fresh(clerk), "deactivate", keeper), Refused)
    assert isinstance(_do(_fresh(clerk), "reset_password", keeper, password=SECRET), Refused)
    given.done(_do(_fresh(clerk), "activate", keeper))
    assert ledger.may(_fresh(clerk), "document.draft", city)
    assert isinstance(_do(_fresh(clerk), "activate", keeper), Refused)


def test_neither_oneself_nor_the_last_keeper_is_stopped(staff):
    keeper, _clerk = staff
    city = ledger.find("agency").first()
    office = given.person(city, "office")
    assert isinstance(_do(keeper, "deactivate", keeper), Refused)
    assert isinstance(_do(keeper, "deactivate", office), Refused)  # it is no keeper
    last = _do(keeper, "deactivate", None)  # a demo's own hand may, but not this
    assert "最后一位系统管理员" in last.why
    second = given.person(city, "keeper")
    given.done(_do(keeper, "deactivate", second))
    assert isinstance(_do(_fresh(second), "deactivate", None), Refused)
