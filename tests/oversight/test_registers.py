"""A register row entered by mistake is struck out: it stays with its reason and counts nowhere."""

from datetime import date

import pytest

from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from mingtang.oversight import api as oversight
from tests import given
from tests.oversight.reporting import through_outbox

pytestmark = pytest.mark.django_db
AT = given.at(2026, 3, 2)
DAY = date(2017, 5, 2)
ROWS = {
    "training": ({"kind": "course", "subject": "培训", "held_on": DAY, "people": 40}, "trainings"),
    "press_conference": (
        {"kind": "conference", "subject": "发布会", "held_on": DAY, "chief": True},
        "press_conferences",
    ),
    "delivery": ({"place": "市档案馆", "delivered_on": DAY, "copies": 3}, "deliveries"),
}


@pytest.fixture
def clerk(city):
    return given.person(city[1], "clerk")


def entered(city, clerk, what):
    given.done(oversight.enter(what, [{"agency": city[1], **ROWS[what][0]}], by=clerk, at=AT))
    return oversight.find(what).one().id


@pytest.mark.parametrize("what", sorted(ROWS))
def test_a_struck_row_is_kept_with_its_reason_and_counts_nowhere(city, clerk, what):
    counter = ROWS[what][1]
    number = entered(city, clerk, what)
    oversight.recount(2017, AT)

    def figures():
        through_outbox(city[0], 2017, AT)
        return [t.value for t in oversight.find("tally", year=2017) if t.counter.startswith(counter)]

    assert any(figures())
    given.done(oversight.strike(what, number, reason="重复登记", by=clerk, at=AT))
    assert not any(figures())
    assert oversight.find(what).one().struck == "重复登记"
    act = ledger.find("act", verb="register.strike").one()
    assert (act.subject_type, act.subject_id, act.payload) == (what, str(number), {"reason": "重复登记"})


def test_a_row_is_struck_once_with_a_reason_by_whoever_keeps_that_register(city, clerk):
    number = entered(city, clerk, "training")

    def refused(**facts):
        done = oversight.strike(
            facts.get("what", "training"), facts.get("number", number), reason=facts.get("reason", "重复登记"),
            by=facts.get("by", clerk), at=AT,
        )  # fmt: skip
        assert isinstance(done, Refused)
        return done.why

    assert "理由" in refused(reason="  ")
    assert "范围" in refused(by=given.person(city[2], "clerk"))
    assert "没有这一条" in refused(number=number + 1)
    assert "没有“secrets”" in refused(what="secrets")
    assert oversight.find("training").one().struck == ""
    given.done(oversight.strike("training", number, reason="重复登记", by=clerk, at=AT))
    assert "已经划去" in refused()
