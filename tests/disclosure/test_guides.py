"""条例第十二条: the guide says what the organ's record says; a changed record drafts a new edition; once a year somebody looks."""

from datetime import date

import pytest

from mingtang.config.schedule import drain_all
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db
DAY = given.at(2026, 11, 23)


@pytest.fixture
def organ():
    return given.organ(
        "测试市住房局", given.demo_city(), phone="0000-8800012", address="示例路1号", office="办公室"
    )


@pytest.fixture
def people(organ):
    return given.team(organ)


def changed(organ, **fields):
    keeper = given.person(organ, "keeper")
    with ledger.clock_at(DAY):
        given.done(ledger.take(organ, "change", by=keeper, at=DAY, **fields))
        while drain_all():
            pass


def test_a_guide_is_drafted_with_what_the_record_says_whatever_is_typed(people, organ):
    row = given.draft(people["clerk"], organ, DAY, kind="guide", title="指南", data={"phone": "别的号"})
    assert disclosure.editions(row.id)[-1].data == {
        "phone": "0000-8800012",
        "address": "示例路1号",
        "office": "办公室",
    }


def test_a_changed_record_drafts_a_new_edition_that_is_nobodys_yet(people, organ):
    row = given.published(people, organ, given.at(2025, 3, 2), kind="guide", title="指南")
    changed(organ, hours="工作日9:00—17:00")
    old, new = disclosure.editions(row.id)
    assert (old.state, new.state, new.data["hours"]) == ("published", "draft", "工作日9:00—17:00")
    assert "hours" not in old.data
    act = ledger.find("act", verb="document.draft_correction", subject_id=str(row.id)).one()
    assert act.person_id is None


def test_a_change_that_the_guide_does_not_tell_drafts_nothing(people, organ):
    row = given.published(people, organ, given.at(2025, 3, 2), kind="guide", title="指南")
    changed(organ, doc_prefix="测住")
    assert len(disclosure.editions(row.id)) == 1


def test_once_a_year_the_guide_is_confirmed_and_not_while_it_differs_from_the_record(people, organ):
    given.published(people, organ, given.at(2025, 3, 2), kind="guide", title="指南")
    disclosure.advance(DAY)
    disclosure.advance(DAY)
    (duty,) = disclosure.find("duty_instance", task="guide")
    assert duty.due_on == date(2026, 12, 31)
    changed(organ, phone="0000-8800099")
    confirmed = {"place": "核对过"}
    assert isinstance(disclosure.fulfil(duty.id, confirmed, by=people["clerk"], at=DAY), Refused)
    changed(organ, phone="0000-8800012")
    given.done(disclosure.fulfil(duty.id, confirmed, by=people["clerk"], at=DAY))
    assert disclosure.find("duty_instance", task="guide").one().evidence == confirmed


def test_a_guide_of_this_year_is_looked_at_from_next_year_on(people, organ):
    given.published(people, organ, given.at(2026, 3, 2), kind="guide", title="指南")
    disclosure.advance(DAY)
    assert not disclosure.find("duty_instance", task="guide").exists()
    assert disclosure.find("duty").one().since == date(2027, 1, 1)


def test_an_edition_that_nobody_drafted_is_reviewed_and_published(people, organ):
    row = given.published(people, organ, given.at(2025, 3, 2), kind="guide", title="指南")
    changed(organ, hours="工作日9:00—17:00")
    for verb, who in (
        ("submit", "clerk"),
        ("head_review", "section_head"),
        ("secrecy_review", "secrecy"),
        ("sign", "signer"),
        ("publish", "signer"),
    ):
        given.move(row.id, verb, people[who], DAY)
    assert disclosure.current([row.id])[0].edition.data["hours"] == "工作日9:00—17:00"
