"""Organs, succession, and who may."""

from datetime import date

import pytest

from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db


def test_a_merged_organ_ends_on_the_day_and_its_work_is_found_at_the_successor():
    city = given.demo_city()
    food, trade = given.organ("食药监局", city), given.organ("工商局", city)
    market = given.organ("市场监管局", city, valid_from=date(2019, 1, 10))
    keeper = given.person(city, "keeper")
    key = ledger.take(
        None,
        "succeed",
        by=keeper,
        at=given.at(2019, 1, 10),
        old=[food, trade],
        new=[market],
        kind="merged",
        on=date(2019, 1, 10),
    )
    assert ledger.find("agency", pk=food.pk).one().valid_to == date(2019, 1, 10)
    assert ledger.successor(food.pk) == ledger.successor(trade.pk) == market.pk
    act = ledger.find("act", key=key).one()
    assert act.facts["from"] == ["食药监局", "工商局"]
    again = ledger.take(
        None,
        "succeed",
        by=keeper,
        at=given.at(2019, 2, 1),
        old=[food],
        new=[city],
        kind="merged",
        on=date(2019, 2, 1),
    )
    assert isinstance(again, Refused)


def test_an_organ_never_succeeds_itself():
    city = given.demo_city()
    assert isinstance(
        ledger.take(
            None,
            "succeed",
            by=given.person(city, "keeper"),
            at=given.at(2019, 1, 10),
            old=[city],
            new=[city],
            kind="renamed",
            on=date(2019, 1, 10),
        ),
        Refused,
    )


def test_a_clerk_may_draft_in_her_own_organ_and_not_next_door():
    city = given.demo_city()
    own, other = given.organ("财政局", city), given.organ("教育局", city)
    clerk = given.person(own, "clerk")
    assert ledger.may(clerk, "document.draft", own)
    refused = ledger.may(clerk, "document.draft", other)
    assert not refused
    assert "教育局" in refused.why


def test_the_office_reaches_every_organ_below_it():
    city = given.demo_city()
    town = given.organ(
        "示例镇", given.organ("示例县", city, type="county", level="county"), type="township", level="county"
    )
    office = given.person(city, "office")
    assert ledger.may(office, "report.compile", town)
    assert not ledger.may(office, "case.decide", town)


def test_a_role_ends_with_its_appointment():
    city = given.demo_city()
    clerk = given.person(city, "clerk")
    appointment = ledger.find("appointment", person_id=clerk.pk).one()
    ledger.take(
        appointment,
        "relieve",
        by=given.person(city, "keeper"),
        at=given.at(2026, 3, 2),
        until=date(2026, 3, 2),
    )
    assert ledger.may(clerk, "document.draft", city, date(2026, 3, 1))
    assert not ledger.may(clerk, "document.draft", city, date(2026, 3, 2))


def test_nobody_may_do_anything_without_a_role():
    city = given.demo_city()
    nobody = given.person(city)
    powers = {v for r in ledger.ROLES.values() for v in r.verbs}
    assert not any(ledger.may(nobody, v, city) for v in powers)
    assert not any(ledger.may(None, v, city) for v in powers)


def test_a_keeper_is_needed_to_found_an_organ_once_people_exist():
    city = given.demo_city()
    refused = ledger.take(
        city,
        "found",
        by=given.person(city, "clerk"),
        at=given.at(2026, 3, 2),
        code="X",
        name="新局",
        short_name="新局",
        type="department",
        level="city",
        valid_from=date(2026, 3, 2),
    )
    assert isinstance(refused, Refused)
