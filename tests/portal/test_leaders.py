"""领导信息: on the organ's page in the order of posts, whatever day each was published."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.portal import api as portal
from tests import given
from tests.portal.conftest import City, log_ids

pytestmark = pytest.mark.django_db


def leader(city: City, name: str, post: str, order: str) -> disclosure.DocumentRow:
    city.when += timedelta(days=1)
    data = {"name": name, "post": post, "order": order, "division": "分管工作。"}
    return city.publish(kind="leader", title=f"{post}{name}", body="", data=data)


def listed(site_home, organ) -> list[str]:
    page = (site_home / f"org/{organ.code}/index.html").read_text()
    found = re.search(r'aria-labelledby="leaders">(.*?)</section>', page, re.DOTALL)
    return re.findall(r'<a href="[^"]*">(.*?)</a><span class="note">(.*?)</span>', found[1]) if found else []


def test_leaders_stand_in_the_order_of_their_posts_and_not_by_date(city, site_home):
    leader(city, "甲某", "副市长", "10")
    leader(city, "乙某", "市长", "1")
    third = leader(city, "丙某", "副市长", "2")
    portal.rebuild()
    assert listed(site_home, city.government) == [("乙某", "市长"), ("丙某", "副市长"), ("甲某", "副市长")]

    # A new order of posts is an edition; the organ's page follows it.
    before = log_ids()
    city.when += timedelta(days=1)
    data = {"name": "丙某", "post": "秘书长", "order": "11", "division": "分管工作。"}
    given.move(third.id, "correct", city.people["clerk"], city.when, data=data)
    for verb, role in (("submit", "clerk"), ("head_review", "section_head"), ("secrecy_review", "secrecy"),
                       ("sign", "signer"), ("publish", "signer")):  # fmt: skip
        given.move(third.id, verb, city.people[role], city.when)
    portal.deliver([p for p in log_ids() if p not in before])
    assert listed(site_home, city.government) == [("乙某", "市长"), ("甲某", "副市长"), ("丙某", "秘书长")]


def test_an_organ_lists_its_own_leaders_only_and_none_who_left(city, site_home):
    gone = leader(city, "甲某", "市长", "1")
    bureau = given.organ("档案局", city.government)
    portal.rebuild()
    assert listed(site_home, bureau) == []
    before = log_ids()
    city.withdraw(gone.id)
    portal.deliver([p for p in log_ids() if p not in before])
    assert listed(site_home, city.government) == []
