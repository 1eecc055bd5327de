"""Organs, succession, and who may."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from mingtang.ledger.models import Appointment
from mingtang.ledger.terms import not_over, serving
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
    assert {s.successor_id for s in ledger.find("succession", predecessor_id__in=[food.pk, trade.pk])} == {
        market.pk
    }
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


def _first_keeper():
    """A service installation as ``mingtang install`` makes it: a government and one keeper, by nobody's hand."""
    given.installation("service")
    city = given.organ("测试市人民政府", None, type="government")
    return city, given.person(city, "keeper", name="第一位管理员")


def _keeps(person):
    return ledger.find("appointment", person_id=person.pk, role="keeper").one()


def test_before_any_keeper_exists_an_installation_is_set_up_by_nobodys_hand():
    city, keeper = _first_keeper()
    assert ledger.may(keeper, "person.keep", city)


@pytest.mark.parametrize(
    ("verb", "facts"),
    [
        ("found", {"code": "X1", "name": "某局", "short_name": "某局", "type": "department", "level": "city", "valid_from": date(2026, 1, 1)}),
        ("hire", {"username": "ghost", "name": "无名"}),
        ("load_law", {"kind": "notice", "text": "元旦：1月1日放假"}),
    ],
)  # fmt: skip
def test_once_a_service_installation_has_a_keeper_nothing_is_done_by_nobodys_hand(verb, facts):
    _first_keeper()
    before = ledger.find("act").count()
    refused = ledger.take(None, verb, by=None, at=given.at(2026, 3, 2), **facts)
    assert isinstance(refused, Refused)
    assert "平台自己不能办理" in refused.why
    assert ledger.find("act").count() == before


def test_nobodys_hand_can_neither_make_another_keeper_nor_relieve_the_one_there_is():
    city, keeper = _first_keeper()
    at, day = given.at(2026, 3, 2), date(2026, 3, 2)
    more = ledger.take(keeper, "appoint", by=None, at=at, agency=city, role="signer", since=day)
    less = ledger.take(_keeps(keeper), "relieve", by=None, at=at, until=day)
    assert isinstance(more, Refused)
    assert isinstance(less, Refused)
    assert _keeps(keeper).valid_to is None


def test_a_demo_is_arranged_by_nobodys_hand_even_when_it_has_a_keeper():
    city = given.demo_city()
    given.person(city, "keeper")
    assert given.organ("后来的局", city).pk


def test_the_last_keeper_stays_until_another_one_is_there():
    city, keeper = _first_keeper()
    at, day = given.at(2026, 3, 2), date(2026, 3, 2)
    refused = ledger.take(_keeps(keeper), "relieve", by=keeper, at=at, until=day)
    assert isinstance(refused, Refused)
    assert "最后一位系统管理员" in refused.why
    second = ledger.take(None, "hire", by=keeper, at=at, username="second", name="第二位", password="x" * 12)
    ledger.take(second, "appoint", by=keeper, at=at, agency=city, role="keeper", since=date(2026, 4, 1))
    early = ledger.take(_keeps(keeper), "relieve", by=keeper, at=at, until=day)
    assert isinstance(early, Refused)  # the second one begins in April only
    gone = ledger.take(_keeps(keeper), "relieve", by=keeper, at=at, until=date(2026, 4, 1))
    assert gone.valid_to == date(2026, 4, 1)
    last = ledger.take(_keeps(second), "relieve", by=keeper, at=at, until=date(2026, 5, 1))
    assert isinstance(last, Refused)


def test_a_code_and_an_account_belong_to_one_for_ever():
    city = given.demo_city()
    at = given.at(2026, 3, 2)
    taken = given.organ("甲局", city, code="A1")
    twice = ledger.take(city, "found", by=None, at=at, code="A1", name="乙局", short_name="乙局", type="department",
                        level="city", valid_from=date(2026, 1, 1))  # fmt: skip
    assert isinstance(twice, Refused)
    assert taken.name in twice.why
    ledger.take(None, "hire", by=None, at=at, username="zhang", name="张一")
    assert isinstance(ledger.take(None, "hire", by=None, at=at, username="zhang", name="张二"), Refused)
    assert ledger.find("person", username="zhang").one().name == "张一"


class _Thing:
    """Something of another room, as ``may`` is asked about it."""

    def __init__(self, agency_id):
        self.agency_id = agency_id


@pytest.mark.parametrize("role", ["clerk", "office", "keeper"])
@pytest.mark.parametrize(
    "thing",
    [_Thing(None), _Thing(10**9), object(), ledger.Agency(name="没有登记的局", path="/")],
    ids=["without an organ", "of an organ nobody knows", "that belongs to none", "an organ never founded"],
)
def test_a_thing_whose_organ_cannot_be_found_is_nobodys_to_touch(role, thing):
    someone = given.person(given.demo_city(), role)
    power = min(ledger.ROLES[role].verbs)
    assert ledger.may(someone, power)  # somewhere he may
    refused = ledger.may(someone, power, thing)
    assert not refused
    assert "查不到" in refused.why


_COUNTY = {"code": "R1", "name": "别市人民政府", "short_name": "别市政府"}


def test_an_office_founds_organs_below_its_own_and_no_second_root():
    city = given.demo_city()
    office, keeper = given.person(city, "office"), given.person(city, "keeper")
    facts = {"type": "government", "level": "city", "valid_from": date(2026, 3, 2)}
    at = given.at(2026, 3, 2)
    below = ledger.take(city, "found", by=office, at=at, **{**_COUNTY, **facts, "code": "R2"})
    assert below.parent_id == city.pk
    refused = ledger.take(None, "found", by=office, at=at, **_COUNTY, **facts)
    assert isinstance(refused, Refused)
    assert not ledger.find("agency", code="R1").exists()
    assert ledger.take(None, "found", by=keeper, at=at, **_COUNTY, **facts).parent_id is None


def test_an_office_neither_renames_its_root_nor_ends_it():
    city = given.demo_city()
    office, bureau = given.person(city, "office"), given.organ("某局", city)
    at, day = given.at(2026, 3, 2), date(2026, 3, 2)
    named = ledger.take(city, "rename", by=office, at=at, on=day, **_COUNTY)
    ended = ledger.take(None, "succeed", by=office, at=at, old=[city], new=[bureau], kind="merged", on=day)
    assert isinstance(named, Refused)
    assert isinstance(ended, Refused)
    assert ledger.find("agency", parent_id__isnull=True).one().pk == city.pk


@pytest.mark.parametrize(
    ("verb", "facts"),
    [("install", {"kind": "demo", "city_name": "别市"}), ("seal", {}), ("skip", {"consumers": ["site"]}), ("rotate", {})],
)  # fmt: skip
def test_the_platforms_own_upkeep_is_done_by_no_person(verb, facts):
    keeper = given.person(given.demo_city(), "keeper")
    before = ledger.find("act").count()
    refused = ledger.take(None, verb, by=keeper, at=ledger.now(), **facts)
    assert isinstance(refused, Refused)
    assert "平台自己" in refused.why
    assert ledger.find("act").count() == before


def _while_asking(question, rival):
    """Let ``rival`` commit its row just after the first query that contains ``question``."""
    waiting = [rival]

    def run(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if question in sql and waiting:
            waiting.pop()()
        return answer

    return connection.execute_wrapper(run)


def test_of_two_who_take_one_code_at_once_the_second_is_refused():
    city = given.demo_city()
    with _while_asking('"ledger_agency"."code" =', lambda: given.organ("先到的局", city, code="A1")):
        second = ledger.take(city, "found", by=None, at=given.at(2026, 3, 2), code="A1", name="后到的局",
                             short_name="后到的局", type="department", level="city", valid_from=date(2026, 1, 1))  # fmt: skip
    assert isinstance(second, Refused)
    assert "先到的局" in second.why
    assert ledger.find("agency", code="A1").one().name == "先到的局"


def test_of_two_who_take_one_account_at_once_the_second_is_refused():
    given.demo_city()
    hire = {"by": None, "at": given.at(2026, 3, 2), "username": "zhang"}
    with _while_asking(
        '"ledger_person"."username" =', lambda: ledger.take(None, "hire", name="张一", **hire)
    ):
        second = ledger.take(None, "hire", name="张二", **hire)
    assert isinstance(second, Refused)
    assert "张一" in second.why
    assert ledger.find("person", username="zhang").one().name == "张一"


@pytest.mark.parametrize(
    ("today", "until", "moved"),
    [
        ((2026, 3, 2), date(2026, 5, 1), False),
        ((2026, 3, 2), date(2026, 4, 1), False),
        ((2026, 3, 2), date(2026, 3, 20), True),
        ((2026, 4, 1), date(2026, 3, 20), False),
        ((2026, 4, 2), date(2026, 5, 1), False),
    ],
    ids=["later", "the same day", "earlier, ahead of time", "earlier, when it is over", "later, when it is over"],
)  # fmt: skip
def test_an_appointment_that_ends_on_the_first_of_april_may_end_earlier_and_never_later(today, until, moved):
    city = given.demo_city()
    clerk, keeper = given.person(city, "clerk"), given.person(city, "keeper")
    held = ledger.find("appointment", person_id=clerk.pk).one()
    given.done(ledger.take(held, "relieve", by=keeper, at=given.at(2026, 3, 1), until=date(2026, 4, 1)))
    again = ledger.take(held, "relieve", by=keeper, at=given.at(*today), until=until)
    assert isinstance(again, Refused) is not moved
    end = ledger.find("appointment", person_id=clerk.pk).one().valid_to
    assert end == (until if moved else date(2026, 4, 1))


def test_two_who_pass_on_the_same_organs_take_hold_of_them_in_one_order():
    city = given.demo_city()
    one, two = given.organ("甲局", city), given.organ("乙局", city)
    given.organ("甲所", one)
    pass_on = {
        "by": None,
        "at": given.at(2026, 3, 2),
        "kind": "merged",
        "on": date(2026, 3, 2),
        "trial": True,
    }
    orders = []
    for old, new in ((one, two), (two, one)):
        with CaptureQueriesContext(connection) as asked:
            given.done(ledger.take(None, "succeed", old=[old], new=[new], **pass_on))
        holds = [q["sql"] for q in asked if 'FROM "ledger_agency"' in q["sql"] and "ORDER BY" in q["sql"]]
        assert len(holds) == 1  # all at once, with the organs below
        orders.append(holds[0].partition("ORDER BY")[2])
    assert orders[0] == orders[1]
    assert orders[0].strip().startswith('"ledger_agency"."id" ASC')


def test_an_organ_that_ended_is_no_longer_changed_nor_staffed_nor_given_organs():
    city = given.demo_city()
    old, new, clerk = given.organ("旧局", city), given.organ("新局", city), given.person(city)
    given.passed(old, new, given.at(2026, 3, 2))
    at, day, before = given.at(2026, 3, 3), date(2026, 3, 3), ledger.find("act").count()
    of_old = {"code": "O1", "name": "某所", "short_name": "某所"}
    tries = [
        ledger.take(old, "change", by=None, at=at, phone="0000-1"),
        ledger.take(old, "found", by=None, at=at, type="department", level="city", valid_from=day, **of_old),
        ledger.take(old, "rename", by=None, at=at, on=day, **of_old),
        ledger.take(clerk, "appoint", by=None, at=at, agency=old, role="clerk", since=day),
    ]
    for refused in tries:
        assert isinstance(refused, Refused)
        assert refused.why == "旧局已于2026-03-02撤销"
    assert ledger.find("act").count() == before
    assert not ledger.find("agency", code="O1").exists()


_HANDLING = ("clerk", "section_head", "secrecy", "signer", "director")


def _appointed(by, person, role, city, since=date(2026, 3, 2)):
    return ledger.take(person, "appoint", by=by, at=given.at(2026, 3, 2), agency=city, role=role, since=since)


def test_a_keeper_appoints_others_and_never_himself():
    city = given.demo_city()
    keeper, other = given.person(city, "keeper"), given.person(city)
    for role in ledger.ROLES:
        refused = _appointed(keeper, keeper, role, city)
        assert isinstance(refused, Refused)
        assert refused.why == "不能给自己任职"
    given.done(_appointed(keeper, other, "office", city))


@pytest.mark.parametrize("role", _HANDLING)
def test_nobody_is_keeper_and_drafts_reviews_signs_or_answers_too(role):
    city = given.demo_city()
    keeper, second, worker = (
        given.person(city, "keeper"),
        given.person(city, "keeper"),
        given.person(city, role),
    )
    for refused in (_appointed(keeper, second, role, city), _appointed(keeper, worker, "keeper", city)):
        assert isinstance(refused, Refused)
        assert ledger.ROLES[role].title in refused.why
        assert "三权分立" in refused.basis
    # Nor by the platform's own hand in a demo, nor ahead of time.
    assert isinstance(_appointed(None, second, role, city, date(2027, 1, 1)), Refused)
    assert ledger.find("appointment", person_id__in=[second.pk, worker.pk]).count() == 2


def test_who_oversees_may_keep_and_who_was_relieved_may_begin_anew():
    city = given.demo_city()
    keeper, office, clerk = (given.person(city, r) for r in ("keeper", "office", "clerk"))
    given.done(_appointed(keeper, office, "keeper", city))
    held = ledger.find("appointment", person_id=clerk.pk).one()
    given.done(ledger.take(held, "relieve", by=keeper, at=given.at(2026, 3, 2), until=date(2026, 4, 1)))
    assert isinstance(_appointed(keeper, clerk, "keeper", city, date(2026, 3, 31)), Refused)
    given.done(_appointed(keeper, clerk, "keeper", city, date(2026, 4, 1)))


def test_every_role_that_drafts_reviews_signs_or_answers_is_known_by_its_powers():
    assert {r.name for r in ledger.ROLES.values() if r.handles} == set(_HANDLING)


@pytest.mark.parametrize(
    ("day", "serves", "over"),
    [
        (date(2026, 2, 28), False, False),
        (date(2026, 3, 1), True, False),
        (date(2026, 3, 31), True, False),
        (date(2026, 4, 1), False, True),
    ],
    ids=["the day before", "the first day", "the last day", "the day of relief"],
)
def test_a_person_serves_from_the_first_day_to_the_day_before_the_relief(day, serves, over):
    city = given.demo_city()
    someone = given.person(city)
    given.done(_appointed(None, someone, "clerk", city, date(2026, 3, 1)))
    held = ledger.find("appointment", person_id=someone.pk).one()
    given.done(ledger.take(held, "relieve", by=None, at=given.at(2026, 3, 1), until=date(2026, 4, 1)))
    row = ledger.find("appointment", person_id=someone.pk).one()
    assert (row.serves(day), row.over(day)) == (serves, over)
    kept = Appointment.objects.filter(person_id=someone.pk)
    assert (kept.filter(serving(day)).exists(), not kept.filter(not_over(day)).exists()) == (serves, over)
    assert bool(ledger.may(someone, "document.draft", city, day)) is serves


def test_when_an_appointment_is_in_force_is_said_in_one_place():
    said = re.compile(
        r"valid_to is None or|< \w+\.valid_to|valid_to__gt\b|valid_from__lte|valid_from <= \w*day"
    )
    home = Path(ledger.__file__).parents[1]
    files = [
        p for room in ("ledger", "desk") for p in (home / room).rglob("*.py") if "migrations" not in p.parts
    ]
    code = {p.name for p in files for line in p.read_text().splitlines() if said.search(line.partition("#")[0]) and '"""' not in line}  # fmt: skip
    assert code - {"models.py"} == {"terms.py"}  # models: an organ lives at least a day


@pytest.mark.parametrize("code", ["建设局", "A/B", "A.B", "A B", "", "..", "A\n"])
def test_a_code_that_cannot_stand_in_an_address_is_refused(code):
    city = given.demo_city()
    new = {"code": code, "name": "测试市某局", "short_name": "某局"}
    refused = given.organ("测试市某局", city, code=code)
    assert isinstance(refused, Refused)
    assert "英文字母、数字" in refused.instead
    bureau = given.organ("测试市旧局", city)
    day = given.at(2026, 3, 2)
    assert isinstance(ledger.take(bureau, "rename", by=None, at=day, on=day.date(), **new), Refused)
    assert ledger.find("agency", pk=bureau.pk).one().valid_to is None
    assert isinstance(ledger.take(bureau, "change", by=None, at=day, code=code), Refused)


def test_organs_stand_as_the_tree_has_them_wherever_one_is_chosen():
    city = given.demo_city()
    late = given.organ("后局", city, order=2)
    county = given.organ("甲县", city, order=1)
    below = given.organ("甲县教育局", county, order=9)
    keeper = given.person(city, "keeper")
    assert ledger.Reach(keeper).agencies("agency.keep") == [city, county, below, late]
