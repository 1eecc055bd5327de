"""What a former system registered is taken over whole, with dates that can be true, or not at all."""

from datetime import date

import pytest

from mingtang.casework import api as casework
from mingtang.law.api import Refused
from tests import given

pytestmark = pytest.mark.django_db


def _row(organ, number, **fields):
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
