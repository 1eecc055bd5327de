"""A bureau at its desks on Monday, 23 November 2026, nine o'clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.test import Client

from mingtang.ledger import api as ledger
from tests import given

TODAY = given.at(2026, 11, 23)


@dataclass
class Bureau:
    """One organ with a person for each role, and somebody's browser for each."""

    city: ledger.Agency
    organ: ledger.Agency
    people: dict[str, ledger.Person]

    def desk(self, role: str) -> Client:
        return at_desk(self.people[role])


def at_desk(person: ledger.Person) -> Client:
    """A browser in which this person is logged in."""
    browser = Client()
    browser.force_login(person)
    return browser


def words(response) -> str:
    """The page as text."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


@pytest.fixture
def bureau(db) -> Iterator[Bureau]:
    cache.clear()
    city = given.demo_city()
    organ = given.organ("测试市住房局", city)
    with ledger.clock_at(TODAY):
        yield Bureau(city, organ, given.team(organ))
    cache.clear()


@pytest.fixture
def office(bureau: Bureau) -> ledger.Person:
    """The city's disclosure office, which reaches every organ below the city."""
    return given.person(bureau.city, "office", name="叶明")


@pytest.fixture
def other(bureau: Bureau) -> ledger.Person:
    """A clerk of another organ."""
    return given.person(given.organ("测试市财政局", bureau.city), "clerk")


@pytest.fixture
def case(bureau: Bureau) -> Callable[..., object]:
    """Enter a case received on a day of 2026."""

    def entered(month: int, day: int, **fields):
        return given.received(bureau.people["clerk"], bureau.organ, given.at(2026, month, day), **fields)

    return entered
