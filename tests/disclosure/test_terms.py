"""What is shown for a time is taken off by itself, with the reason, and nothing before its day."""

from datetime import date, timedelta

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db
AT = given.at(2026, 11, 23)


@pytest.fixture
def office():
    agency = given.organ("测试市人社局", given.demo_city(), doc_prefix="测人社")
    return agency, given.team(agency)


def shown(office, **data):
    agency, people = office
    return given.published(
        people, agency, AT, kind="personnel", title="拟聘用人员公示", data={"form": "hired", **data}
    )


def passing(days: int) -> int:
    later = AT + timedelta(days=days)
    with ledger.clock_at(later):
        return disclosure.advance(later)["ended"]


def test_a_notice_stands_through_the_last_day_of_its_term_and_is_gone_the_day_after(office):
    paper = shown(office)
    # Published on 23 November, seven days after it: the 30th is the last.
    assert passing(7) == 0
    assert disclosure.find("document", pk=paper.id).one().state == "live"
    assert passing(8) == 1
    assert disclosure.find("document", pk=paper.id).one().state == "withdrawn"
    last = disclosure.find("publication", document_id=paper.id).order("-pk").first()
    assert (last.kind, last.reason, last.by) == ("withdraw", "公示期到2026-11-30届满", "")
    assert passing(9) == 0


def test_the_day_the_author_wrote_goes_before_the_term_of_the_kind(office):
    shown(office, ends_on="2026-12-20")
    assert passing(20) == 0
    assert passing(28) == 1


def test_a_corrected_notice_has_the_term_of_its_new_edition(office):
    _agency, people = office
    paper = shown(office)
    later = AT + timedelta(days=5)
    given.move(paper.id, "correct", people["clerk"], later, data={"form": "hired", "ends_on": "2026-12-31"})
    for verb, role in (("submit", "clerk"), ("head_review", "section_head"), ("secrecy_review", "secrecy"),
                       ("sign", "signer"), ("publish", "signer")):  # fmt: skip
        given.move(paper.id, verb, people[role], later)
    assert passing(20) == 0
    assert passing(39) == 1


@pytest.mark.parametrize("ends_on", ["2026-11-23", "2026-02-30", "明天"])
def test_a_term_that_is_over_or_no_day_is_refused(office, ends_on):
    agency, people = office
    with ledger.clock_at(AT):
        refused = disclosure.draft(
            people["clerk"],
            AT,
            agency=agency,
            kind="personnel",
            title="公示",
            body="<p>x</p>",
            data={"form": "hired", "ends_on": ends_on},
        )
    assert isinstance(refused, Refused)
    assert ends_on in refused.why


def test_what_has_no_term_stands_for_good(office):
    agency, people = office
    given.published(people, agency, AT, kind="notice", title="停水通知")
    assert passing(4000) == 0
    assert disclosure.KINDS["notice"].term_days is None
    assert date(2026, 11, 30) - AT.date() == timedelta(disclosure.KINDS["personnel"].term_days)
