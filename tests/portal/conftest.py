"""A city with one department and its people, a site folder of its own, and the embedded server in front of the counter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache

from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from tests import given


@dataclass
class City:
    """What the tests of this room act on."""

    government: ledger.Agency
    people: dict[str, ledger.Person]
    keeper: ledger.Person
    when: datetime = field(default_factory=lambda: given.at(2026, 11, 23))

    def publish(self, **fields: Any) -> disclosure.DocumentRow:
        return given.published(self.people, self.government, self.when, **fields)

    def withdraw(self, document: int) -> None:
        given.move(document, "withdraw", self.people["signer"], self.when, reason="含有个人信息")

    def took_over(self, count: int, **fields: Any) -> list[int]:
        """Many documents at once, as another system's; ids in the order of publication."""
        rows = [
            {"agency": self.government, "kind": "notice", "title": f"通知{n:04d}", "body": f"<p>第{n}号通知正文。</p>",
             "published_at": given.at(2026, 1, 1 + n % 28, 8, n % 60), "written_on": "2026-01-01", **fields}
            for n in range(count)
        ]  # fmt: skip
        batches = given.done(disclosure.take_over(rows, source="旧网站", by=self.keeper, at=self.when))
        ids = [publication for batch in batches for publication, _row in batch]
        return [p.document_id for p in disclosure.find("publication", pk__in=ids)]


@pytest.fixture
def site_home(settings, tmp_path):
    """A home of its own for the files and the baked site."""
    settings.HOME = tmp_path
    cache.clear()
    return tmp_path / "site"


@pytest.fixture
def city(db, site_home) -> City:
    government = given.demo_city()
    return City(government, given.team(government), given.person(government, "keeper"))


def log_ids() -> list[int]:
    """Every publication there is, oldest first."""
    return [p.id for p in disclosure.find("publication").order("pk")]


@pytest.fixture
def counter_alone(settings):
    """The counter answers without the desk beside it."""
    settings.ROOT_URLCONF = "mingtang.portal.counter.urls"
    settings.CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
