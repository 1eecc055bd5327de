"""What was made falls due by itself: article 26, and 国办发〔2018〕118号 for licences and penalties."""

from datetime import date

import pytest
from django.db.models import F, Q

from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db
TODAY = given.at(2026, 11, 5)


def owed():
    return list(disclosure.find("duty_instance", publication_id__isnull=True, evidence__isnull=True))


# Monday 2 November 2026: November has no holidays, so the 20th working day after it is Monday the 30th and the seventh is the 11th.
@pytest.mark.parametrize(
    ("kind", "fields", "due", "basis"),
    [
        ("notice", {"written_on": "2026-11-02"}, date(2026, 11, 30), "第二十六条"),
        ("penalty", {"data": {"decision_no": "罚1号", "decided_on": "2026-11-02"}}, date(2026, 11, 11), "118号"),
        # Without its own date a decision counts from the date of the paper.
        ("penalty", {"written_on": "2026-11-02", "data": {"decision_no": "罚1号"}}, date(2026, 11, 11), "118号"),
    ],
)  # fmt: skip
def test_a_paper_with_a_date_is_due_by_the_law_and_says_why(kind, fields, due, basis):
    city = given.demo_city()
    paper = given.draft(given.person(city, "clerk"), city, TODAY, kind=kind, **fields)
    (row,) = owed()
    assert (row.document_id, row.due_on, row.title) == (paper.id, due, paper.title)
    assert basis in row.because[0].basis
    assert "2026年11月2日" in row.because[0].text


def test_what_is_not_for_everybody_or_bears_no_date_is_not_due_and_a_changed_date_moves_the_day():
    city = given.demo_city()
    clerk = given.person(city, "clerk")
    paper = given.draft(clerk, city, TODAY, kind="notice")
    assert not owed()
    given.move(paper.id, "edit", clerk, TODAY, written_on="2026-11-02")
    given.move(paper.id, "edit", clerk, TODAY, written_on="2026-11-03")
    assert [r.due_on for r in owed()] == [date(2026, 12, 1)]
    given.move(paper.id, "edit", clerk, TODAY, attribute="on_request")
    assert not owed()


def test_only_its_own_publication_meets_what_a_paper_owes_and_a_correction_owes_by_its_own_date():
    city = given.demo_city()
    people = given.team(city)
    first = given.draft(people["clerk"], city, TODAY, kind="notice", written_on="2026-11-02")
    other = given.published(people, city, TODAY, kind="notice", written_on="2026-11-03")
    assert [r.document_id for r in owed()] == [first.id]
    (met,) = [r for r in disclosure.find("duty_instance") if r.document_id == other.id]
    act = ledger.find("act", verb="duty.fulfil", subject_id=str(met.id)).one()
    assert act.facts == {"publication": met.publication_id}
    later = given.at(2026, 11, 10)
    given.move(other.id, "correct", people["clerk"], later, body="<p>改一个字。</p>")
    assert [r.document_id for r in owed()] == [first.id], "the same date is public already"
    given.move(other.id, "edit", people["clerk"], later, written_on="2026-11-09")
    assert {r.document_id: r.due_on for r in owed()}[other.id] == date(2026, 12, 7)
    given.move(other.id, "discard", people["clerk"], later)
    assert [r.document_id for r in owed()] == [first.id]


def test_a_paper_published_after_its_day_counts_as_late():
    city = given.demo_city()
    late = given.published(given.team(city), city, TODAY, kind="notice", written_on="2026-09-01")
    given.published(given.team(city), city, TODAY, kind="notice", written_on="2026-11-02")
    (row,) = [r for r in disclosure.find("duty_instance") if r.document_id == late.id]
    # Worked on Sunday the 20th, off on Friday the 25th: the 20th working day is Tuesday the 29th.
    assert row.due_on == date(2026, 9, 29)
    went_late = disclosure.find("duty_instance").where_q(Q(published_on__gt=F("due_on")))
    assert [r.id for r in went_late] == [row.id]
