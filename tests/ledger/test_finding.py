"""What leaves the ledger is asked for by declared names and cannot be written."""

import dataclasses
from datetime import date

import pytest
from django.db.models import F, Q

from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from mingtang.ledger.rows import SHELVES
from tests import given

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    made = given.demo_city()
    given.person(made, "keeper")
    ledger.store(b"x", "text/plain")
    ledger.drain("a", lambda topic, rows: None)
    ledger.once("a", "2026-03-02", given.at(2026, 3, 2))
    old, new = given.organ("旧局", made), given.organ("新局", made)
    ledger.take(
        None,
        "succeed",
        by=None,
        at=given.at(2026, 3, 2),
        old=[old],
        new=[new],
        kind="merged",
        on=date(2026, 3, 1),
    )
    return made


def test_every_row_that_leaves_is_frozen_or_refuses_to_be_saved(city):
    for what in SHELVES:
        row = ledger.find(what).first()
        if row is None:
            assert what in ("law", "cover"), f"no row of {what} was tried"
        elif dataclasses.is_dataclass(row):
            with pytest.raises(dataclasses.FrozenInstanceError):
                row.kind = "x"
        else:
            assert what in ("agency", "person"), (
                "docs/decisions/0003 names the two that leave as they are kept"
            )
            for write in (row.save, row.delete):
                with pytest.raises(TypeError, match="only a verb of the ledger"):
                    write()


@pytest.mark.parametrize(
    "asked",
    [
        lambda f: f.where(agency__level="city"),
        lambda f: f.where(person__username="x"),
        lambda f: f.where_q(Q(role="clerk") | ~Q(person__name="x")),
        lambda f: f.where_q(Q(valid_to=F("agency__valid_to"))),
        lambda f: f.order("-agency__order"),
        lambda f: f.order(F("agency__order").asc()),
        lambda f: f.group("agency__level"),
        lambda f: f.add_up("role", "agency__order"),
        lambda f: list(f.values("person__password")),
        lambda f: f.where(role__regex="."),
    ],
)
def test_nobody_asks_by_a_column_of_another_table(city, asked):
    with pytest.raises(LookupError, match="可用"):
        asked(ledger.find("appointment"))


def test_declared_names_narrow_order_group_and_compare(city):
    found = ledger.find("appointment")
    assert found.where(role="keeper", agency_name="测试市人民政府").count() == 1
    assert found.group("agency_name") == {"测试市人民政府": 1}
    assert [a.role for a in found.order("-agency_order")] == ["keeper"]
    assert not found.where_q(Q(valid_to=F("valid_from"))).exists()


def test_an_unknown_word_is_refused_with_the_known_ones(city):
    with pytest.raises(LookupError, match="appointment"):
        ledger.find("agencies")


def test_the_last_keeper_cannot_be_relieved_and_one_of_two_can(city):
    keeper = ledger.find("appointment", role="keeper").one()
    by = ledger.find("person", pk=keeper.person_id).one()
    at, until = given.at(2026, 3, 2), date(2026, 3, 2)
    refused = ledger.take(keeper, "relieve", by=by, at=at, until=until)
    assert isinstance(refused, Refused)
    assert "最后一位" in refused.why
    given.person(city, "keeper")
    assert not isinstance(ledger.take(keeper, "relieve", by=by, at=at, until=until), Refused)
    assert not ledger.may(by, "person.keep", city, until)
