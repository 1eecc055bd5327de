"""Units of fewer than four: one person for the first two reviews by the office's rule, never drafter or signer."""

from itertools import product

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db
AT = given.at(2026, 11, 23)
ALL = ("clerk", "section_head", "secrecy", "signer")


@pytest.fixture
def unit():
    """A station of three, each of whom holds every role, and the city's office."""
    city = given.demo_city()
    station = given.organ("测试站", city)
    return station, [given.person(station, *ALL) for _ in range(3)], given.person(city, "office")


def rule(unit, by=None, ground="全站编制三人"):
    station, _people, office = unit
    with ledger.clock_at(AT):
        return disclosure.ReviewRules.combine(station, by=by or office, at=AT, ground=ground)


def take(paper, verb, by):
    with ledger.clock_at(AT):
        return disclosure.take(paper.id, verb, by=by, at=AT)


def submitted(unit):
    station, (drafter, *_), _office = unit
    paper = given.draft(drafter, station, AT)
    given.move(paper.id, "submit", drafter, AT)
    return paper


def went_through(unit, head, secrecy, signer):
    paper = submitted(unit)
    for verb, by in (("head_review", head), ("secrecy_review", secrecy), ("sign", signer)):
        if isinstance(take(paper, verb, by), Refused):
            return False
    return not isinstance(take(paper, "publish", signer), Refused)


def test_under_the_rule_two_reviews_may_be_one_person_s_but_drafter_and_signer_stay_others(unit):
    given.done(rule(unit))
    drafter, second, third = unit[1]
    passed = {chosen for chosen in product(unit[1], repeat=3) if went_through(unit, *chosen)}
    assert passed == {(second, second, third), (third, third, second)}
    assert not any(drafter in chosen for chosen in passed)


def test_without_a_rule_and_after_it_is_taken_back_two_people_review(unit):
    _station, (_drafter, second, _third), office = unit
    paper = submitted(unit)
    given.done(take(paper, "head_review", second))
    assert "每一审须由不同的人办理" in take(paper, "secrecy_review", second).why
    made = given.done(rule(unit))
    given.done(disclosure.ReviewRules.separate(made.id, by=office, at=AT))
    assert "每一审须由不同的人办理" in take(paper, "secrecy_review", second).why
    verbs = [a.verb for a in ledger.find("act", subject_type="agency", subject_id=str(unit[0].pk))]
    assert verbs[-2:] == ["review.combine", "review.separate"]


def test_what_was_reviewed_under_the_rule_says_so_and_is_published_after_its_end(unit):
    _station, (_drafter, second, third), office = unit
    made = given.done(rule(unit))
    paper = submitted(unit)
    for verb, by in (("head_review", second), ("secrecy_review", second), ("sign", third)):
        given.done(take(paper, verb, by))
    given.done(disclosure.ReviewRules.separate(made.id, by=office, at=AT))
    assert given.done(take(paper, "publish", third)).state == "live"
    assert {r.step: r.under for r in disclosure.find("review", document_id=paper.id)} == {
        "head": "", "secrecy": "全站编制三人", "sign": "",
    }  # fmt: skip


def test_a_unit_of_four_gets_no_rule_and_one_that_grew_to_four_loses_it(unit):
    station, (_drafter, second, _third), office = unit
    given.done(rule(unit))
    paper = submitted(unit)
    given.done(take(paper, "head_review", second))
    given.person(station, "clerk")
    assert isinstance(take(paper, "secrecy_review", second), Refused)
    with ledger.clock_at(AT):
        assert not disclosure.ReviewRules.holds(station.pk, AT.date())
        held = disclosure.find("review_rule", agency_id=station.pk).one()
        given.done(disclosure.ReviewRules.separate(held.id, by=office, at=AT))
    assert "不少于四人" in rule(unit).why


def test_only_the_office_rules_with_a_ground_and_once(unit):
    assert isinstance(rule(unit, by=unit[1][1]), Refused)
    assert "没有写明" in rule(unit, ground=" ").why
    given.done(rule(unit))
    assert "已经有一条" in rule(unit).why
