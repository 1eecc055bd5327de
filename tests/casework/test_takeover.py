"""What a former system registered is taken over whole, with dates that can be true, or not at all."""

from datetime import date

import pytest

from mingtang.casework import api as casework
from mingtang.law.api import Refused
from tests import given

pytestmark = pytest.mark.django_db


def _row(organ, number, /, **fields):
    return {
        "agency": organ, "number": number, "received_on": date(2025, 3, 3), "channel": "online", "applicant_type": "natural",
        "subject": "x", "content": "x", "state": "closed", "outcome": "GRANT", "replied_on": date(2025, 3, 20),
        "closed_on": date(2025, 3, 20), "identity": {"name": "某甲"}, "steps": [("confirm", date(2025, 3, 4))],
    } | fields  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        {"steps": [("confirm", date(2025, 3, 21))]},
        {"steps": [("confirm", date(2025, 3, 1))]},
        {"replied_on": date(2025, 3, 1)},
        {"replied_on": date(2026, 5, 1)},
    ],
    ids=[
        "confirmed after its answer",
        "confirmed before it came",
        "answered before it came",
        "answered tomorrow",
    ],
)
def test_a_case_whose_days_contradict_each_other_stops_the_whole_handover(fields):
    city = given.demo_city()
    keeper = given.person(city, "keeper")
    rows = [_row(city, "1"), _row(city, "2", **fields)]
    refused = casework.take_over("case", rows, source="旧系统", by=keeper, at=given.at(2026, 3, 2))
    assert isinstance(refused, Refused)
    assert refused.why.startswith("第2件（2）")
    assert casework.find("case").count() == 0


def test_a_case_may_be_paid_and_closed_after_its_answer():
    city = given.demo_city()
    keeper = given.person(city, "keeper")
    row = _row(city, "1", steps=[("confirm", date(2025, 3, 4)), ("fee_paid", date(2025, 3, 25))])
    assert casework.take_over("case", [row], source="旧系统", by=keeper, at=given.at(2026, 3, 2)) == 1


def test_numbers_go_on_after_those_taken_over():
    city = given.demo_city()
    organ = given.organ("测试市住建局", city, doc_prefix="测建")
    keeper, clerk = given.person(city, "keeper"), given.person(organ, "clerk")
    rows = [_row(organ, f"测建公开受理〔2026〕{n}号", received_on=date(2026, 2, 3), steps=[], channel="in_person",
                 replied_on=date(2026, 2, 9), closed_on=date(2026, 2, 9)) for n in (7, 1)]  # fmt: skip
    rows.append(_row(organ, "测建公开受理〔2025〕90号"))
    given.done(casework.take_over("case", rows, source="旧系统", by=keeper, at=given.at(2026, 3, 2)))
    assert given.received(clerk, organ, given.at(2026, 3, 3)).number == "测建公开受理〔2026〕8号"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "done"}, "state“done”不在列表里"),
        ({"channel": "pigeon"}, "channel“pigeon”不在列表里"),
        ({"applicant_type": ""}, "applicant_type“”不在列表里"),
        ({"outcome": "YES"}, "没有处理结果“YES”"),
        ({"steps": [("asked", date(2025, 3, 4))]}, "steps“asked”不在列表里"),
        ({"number": "1"}, "出现了两次"),
        ({"number": "号" * 61}, "number超过60字"),
        ({"number": ""}, "没有编号"),
    ],
)
def test_a_case_of_words_the_register_does_not_know_or_with_anothers_number_stops_the_handover(fields, said):
    city = given.demo_city()
    keeper = given.person(city, "keeper")
    rows = [_row(city, "1"), _row(city, "2", **fields)]
    refused = casework.take_over("case", rows, source="旧系统", by=keeper, at=given.at(2026, 3, 2))
    assert isinstance(refused, Refused)
    assert refused.why.startswith("第2件")
    assert said in refused.why
    assert casework.find("case").count() == 0


def test_a_case_that_says_too_little_is_told_what_it_lacks():
    city = given.demo_city()
    row = _row(city, "1")
    del row["channel"], row["identity"]
    refused = casework.take_over(
        "case", [row], source="旧系统", by=given.person(city, "keeper"), at=given.at(2026, 3, 2)
    )
    assert isinstance(refused, Refused)
    assert "缺少channel、identity" in refused.why


def test_a_number_that_is_registered_is_not_taken_over_again():
    city = given.demo_city()
    keeper = given.person(city, "keeper")
    at = given.at(2026, 3, 2)
    assert casework.take_over("case", [_row(city, "1")], source="旧系统", by=keeper, at=at) == 1
    refused = casework.take_over("case", [_row(city, "1")], source="另一系统", by=keeper, at=at)
    assert isinstance(refused, Refused)
    assert "已经登记过" in refused.why


@pytest.mark.parametrize(
    ("what", "row"),
    [
        ("remedy", {"kind": "appeal", "filed_on": date(2025, 3, 3)}),
        ("remedy", {"kind": "litigation", "filed_on": date(2025, 3, 3), "result": "lost"}),
        ("letter", {"number": "1", "received_on": date(2025, 3, 3), "category": "x", "subject": "x", "rating": "fine"}),
        (
            "proposal",
            {"number": "1", "kind": "deputy", "level": "moon", "subject": "x", "assigned_on": date(2025, 3, 3), "due_on": date(2025, 6, 3)},
        ),
    ],
)  # fmt: skip
def test_a_register_takes_over_only_words_of_its_lists(what, row):
    city = given.demo_city()
    refused = casework.take_over(
        what,
        [row | {"agency": city}],
        source="旧系统",
        by=given.person(city, "keeper"),
        at=given.at(2026, 3, 2),
    )
    assert isinstance(refused, Refused)
    assert "不在列表里" in refused.why
    assert casework.find(what).count() == 0
