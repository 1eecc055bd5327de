"""Kinds as data, and the duties that say what must be published by when."""

from datetime import UTC, date

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", sorted(disclosure.KINDS))
def test_the_example_of_every_kind_can_be_drafted(kind):
    city = given.demo_city()
    example = dict(disclosure.KINDS[kind].example)
    origin = (disclosure.KINDS[kind].origin, "1") if disclosure.KINDS[kind].origin else ("", "")
    made = disclosure.draft(
        given.person(city, "clerk"), given.at(2026, 3, 2), agency=city, kind=kind, origin=origin, **example
    )
    assert not isinstance(made, Refused), made
    assert made.title == example["title"]


def test_the_key_areas_of_2017_are_five_themes_with_every_sub_area_of_the_report():
    areas = disclosure.KEY_AREAS
    assert {a.theme_title for a in areas.values()} == {"稳增长", "促改革", "调结构", "惠民生", "防风险"}
    assert len(areas) == 28
    assert ("市场价格监测分析", "weekly") in areas["reform.market"].duties
    assert ("饮用水水源水质", "monthly") in areas["welfare.environment"].duties


@pytest.mark.parametrize(
    ("cadence", "day", "period", "due"),
    [
        ("monthly", date(2026, 11, 23), (date(2026, 11, 1), date(2026, 11, 30)), date(2026, 11, 30)),
        # 31 January 2026 is a Saturday: the office's last day is Friday the 30th.
        ("monthly", date(2026, 1, 8), (date(2026, 1, 1), date(2026, 1, 31)), date(2026, 1, 30)),
        ("weekly", date(2026, 11, 25), (date(2026, 11, 23), date(2026, 11, 29)), date(2026, 11, 27)),
        # Saturday 14 February 2026 is worked to make up for the Spring Festival.
        ("weekly", date(2026, 2, 10), (date(2026, 2, 9), date(2026, 2, 15)), date(2026, 2, 14)),
        ("quarterly", date(2026, 2, 1), (date(2026, 1, 1), date(2026, 3, 31)), date(2026, 3, 31)),
        ("yearly", date(2026, 2, 1), (date(2026, 1, 1), date(2026, 12, 31)), date(2026, 12, 31)),
        ("five_days", date(2026, 10, 28), (date(2026, 10, 26), date(2026, 10, 31)), date(2026, 10, 30)),
    ],
)  # fmt: skip
def test_a_duty_is_due_on_the_last_working_day_of_its_period(cadence, day, period, due):
    city = given.demo_city()
    office = given.person(city, "office")
    assigned = disclosure.assign(
        office,
        given.at(2026, 1, 5),
        agency=city,
        since=date(2026, 1, 1),
        title="x",
        basis="y",
        cadence=cadence,
    )
    assert not isinstance(assigned, Refused)
    at = given.at(day.year, day.month, day.day)
    assert disclosure.advance(at)["opened"] == 1
    assert disclosure.advance(at)["opened"] == 0, "a period opens once"
    (instance,) = disclosure.find("duty_instance")
    assert (instance.period_from, instance.period_to) == period
    assert instance.due_on == due


def test_a_publication_of_the_area_in_the_period_fulfils_the_duty():
    city = given.demo_city()
    people = given.team(city)
    at = given.at(2026, 11, 5)
    disclosure.assign(
        given.person(city, "office"),
        at,
        agency=city,
        since=date(2026, 1, 1),
        title="水质",
        basis="要点",
        cadence="monthly",
        key_area="welfare.environment",
    )
    disclosure.advance(at)
    given.published(people, city, at, kind="key_area", key_area="welfare.food")
    done = given.published(people, city, at, kind="key_area", key_area="welfare.environment")
    disclosure.follow("published", [{"publications": [p.id for p in disclosure.find("publication")]}])
    assert ledger.find("act", verb="duty.fulfil").count() == 1
    (instance,) = disclosure.find("duty_instance")
    log = disclosure.find("publication", pk=instance.publication_id).one()
    assert log.document_id == done.id
    assert owed().count() == 0


def owed():
    return disclosure.find("duty_instance", publication_id__isnull=True, evidence__isnull=True)


def _water_duty(city: ledger.Agency, at, **fields) -> None:
    duty = {"since": date(2026, 1, 1), "cadence": "monthly", "key_area": "welfare.environment"} | fields
    made = disclosure.assign(
        given.person(city, "office"), at, agency=city, title="水质", basis="要点", **duty
    )
    assert not isinstance(made, Refused)


def test_a_publication_late_in_the_evening_of_utc_fulfils_the_duty_of_the_shanghai_month():
    city = given.demo_city()
    _water_duty(city, given.at(2026, 1, 5))
    # One in the morning of 1 April in Shanghai is still 31 March in UTC.
    early = given.at(2026, 4, 1, 1).astimezone(UTC)
    assert disclosure.advance(early)["opened"] == 1
    (instance,) = disclosure.find("duty_instance")
    assert instance.period_from == date(2026, 4, 1)
    given.published(given.team(city), city, early, kind="key_area", key_area="welfare.environment")
    disclosure.follow("published", [{"publications": [p.id for p in disclosure.find("publication")]}])
    assert ledger.find("act", verb="duty.fulfil").count() == 1


def test_a_duty_that_ended_on_a_day_opens_no_period_on_that_day():
    city = given.demo_city()
    _water_duty(city, given.at(2026, 1, 5), until=date(2026, 11, 1))
    assert disclosure.advance(given.at(2026, 11, 1))["opened"] == 0
    assert disclosure.advance(given.at(2026, 10, 31))["opened"] == 1


def test_only_the_organ_or_its_office_says_that_a_duty_was_met_and_only_with_evidence():
    city = given.demo_city()
    at, other = given.at(2026, 11, 5), given.organ("无关局", city)
    _water_duty(city, at)
    disclosure.advance(at)
    (instance,) = disclosure.find("duty_instance")
    link = {"address": "https://example.test/water"}
    with ledger.clock_at(at):
        for person, evidence, word in (
            (given.person(other, "clerk"), link, "不在你的单位范围"),
            (given.person(city, "signer"), link, "没有这个角色"),
            (given.person(city, "clerk"), {}, "凭据"),
        ):
            refused = disclosure.fulfil(instance.id, evidence, by=person, at=at)
            assert isinstance(refused, Refused)
            assert word in refused.why
        done = disclosure.fulfil(instance.id, link, by=given.person(city, "clerk"), at=at)
    assert not isinstance(done, Refused)
    assert ledger.find("act", verb="duty.fulfil", subject_id=str(instance.id)).one().facts == link


def test_a_duty_settled_by_a_publication_leaves_an_act_that_names_it():
    city = given.demo_city()
    at = given.at(2026, 11, 5)
    _water_duty(city, at)
    disclosure.advance(at)
    given.published(given.team(city), city, at, kind="key_area", key_area="welfare.environment")
    ids = list(disclosure.find("publication").ids())
    for _again in range(2):
        disclosure.follow("published", [{"publications": ids}])
    (publication,) = ids
    assert ledger.find("act", verb="duty.fulfil").one().facts == {"publication": publication}


def test_a_duty_follows_the_organ_that_carries_on():
    city = given.demo_city()
    old, new = given.organ("食药监局", city), given.organ("市场监管局", city)
    at = given.at(2026, 11, 5)
    disclosure.assign(
        given.person(city, "office"),
        at,
        agency=old,
        since=date(2026, 1, 1),
        title="抽检",
        basis="要点",
        cadence="monthly",
        key_area="welfare.food",
    )
    disclosure.advance(at)
    given.passed(old, new, given.at(2026, 11, 10))
    assert [i.duty.agency_name for i in owed()] == ["市场监管局"]


def test_a_choice_takes_only_the_words_of_its_kind_and_names_them():
    city = given.demo_city()
    clerk = given.person(city, "clerk")
    paper = {"title": "一图读懂", "body": "<p>谁来装。</p>", "agency": city, "kind": "interpretation"}
    refused = disclosure.draft(clerk, given.at(2026, 3, 2), data={"form": "文字"}, **paper)
    assert isinstance(refused, Refused)
    assert "图解（chart）" in refused.instead
    assert not isinstance(
        disclosure.draft(clerk, given.at(2026, 3, 2), data={"form": "chart"}, **paper), Refused
    )


def test_what_is_withdrawn_meets_no_duty_unless_another_publication_of_the_period_does():
    city = given.demo_city()
    people, at = given.team(city), given.at(2026, 11, 5)
    _water_duty(city, at)
    disclosure.advance(at)
    water = {"kind": "key_area", "key_area": "welfare.environment"}

    def told() -> tuple[int | None, int]:
        rows = list(disclosure.find("publication").ids())
        for _again in range(2):
            disclosure.follow("published", [{"publications": [i]} for i in rows])
        (instance,) = disclosure.find("duty_instance")
        met = instance.publication_id and disclosure.find("publication", pk=instance.publication_id).one()
        return met and met.document_id, ledger.find("act", verb="duty.reopen").count()

    first = given.published(people, city, at, title="水质一", **water)
    second = given.published(people, city, given.at(2026, 11, 9), title="水质二", **water)
    assert told() == (first.id, 0)
    given.move(first.id, "withdraw", people["signer"], given.at(2026, 12, 1), reason="数字有误")
    assert told() == (second.id, 1)
    given.move(second.id, "withdraw", people["signer"], given.at(2026, 12, 1), reason="数字有误")
    assert told() == (None, 2)
    assert ledger.find("act", verb="duty.reopen").order("-pk").first().facts["withdrawal"]
