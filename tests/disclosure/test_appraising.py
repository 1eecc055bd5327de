"""条例第十八条: what is not public is looked at again every year, one by one, by a named person."""

from datetime import date

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db
DAY = given.at(2026, 11, 23)
Register = disclosure.PaperRegister


def papers(people, organ, *years):
    return [
        given.done(Register.enter(people["clerk"], DAY, agency=organ, doc_no=f"测房〔{y}〕1号", title=f"{y}年通知",
                                  written_on=date(y, 3, 2), attribute="closed", attribute_ground="条例第十六条"))
        for y in years
    ]  # fmt: skip


def rows():
    return list(disclosure.find("appraisal"))


def test_a_round_proposes_the_papers_of_earlier_years_and_is_due_on_the_last_working_day(people, organ):
    papers(people, organ, 2020, 2025, 2026)
    disclosure.advance(DAY)
    disclosure.advance(DAY)
    (instance,) = disclosure.find("duty_instance", task="appraisal")
    assert (instance.due_on, instance.duty.agency_id) == (date(2026, 12, 31), organ.pk)
    assert [r.paper.doc_no for r in rows()] == ["测房〔2020〕1号", "测房〔2025〕1号"]


def test_an_organ_without_such_papers_has_no_round(people, organ):
    papers(people, organ, 2026)
    disclosure.advance(DAY)
    assert not disclosure.find("duty").exists()


def test_each_paper_is_decided_with_a_reason_and_the_last_one_meets_the_duty(people, organ):
    papers(people, organ, 2020, 2021, 2022)
    disclosure.advance(DAY)
    head, (a, b, c) = people["section_head"], rows()
    assert isinstance(Register.appraise(a.id, "closed", by=head, at=DAY), Refused)
    given.done(Register.appraise(a.id, "closed", by=head, at=DAY, reason="仍属内部事务"))
    given.done(Register.appraise(b.id, "on_request", by=head, at=DAY, reason="涉及少数人"))
    assert disclosure.find("duty_instance", task="appraisal").one().evidence is None
    given.done(Register.appraise(c.id, "open", by=head, at=DAY, reason="已对外执行", kind="notice"))
    told = disclosure.find("duty_instance", task="appraisal").one().evidence
    assert told == {"total": 3, "kept": 1, "on_request": 1, "open": 1, "closed": 0}
    act = ledger.find("act", verb="paper.appraise", subject_id=str(b.paper.id)).one()
    assert (act.facts["from"], act.facts["to"], act.person_id) == ("closed", "on_request", head.pk)


def test_what_becomes_public_is_a_draft_that_goes_through_the_same_review(people, organ):
    papers(people, organ, 2020)
    disclosure.advance(DAY)
    head = people["section_head"]
    done = given.done(
        Register.appraise(rows()[0].id, "open", by=head, at=DAY, reason="已对外执行", kind="notice")
    )
    draft = disclosure.find("document", pk=done.paper.document_id).one()
    assert (draft.state, draft.title, draft.kind) == ("draft", "2020年通知", "notice")
    assert disclosure.find("paper").one().attribute == "open"
    given.move(draft.id, "edit", people["clerk"], DAY, body="<p>正文。</p>")
    given.move(draft.id, "submit", people["clerk"], DAY)
    given.move(draft.id, "head_review", head, DAY)
    given.move(draft.id, "sign", people["signer"], DAY)
    assert given.move(draft.id, "publish", people["signer"], DAY).state == "live"


def test_a_round_is_not_met_by_hand_while_papers_wait_and_nothing_is_decided_twice(people, organ):
    papers(people, organ, 2020)
    disclosure.advance(DAY)
    instance = disclosure.find("duty_instance").one()
    assert isinstance(disclosure.fulfil(instance.id, {"place": "x"}, by=people["clerk"], at=DAY), Refused)
    row = rows()[0]
    assert isinstance(Register.appraise(row.id, "closed", by=people["clerk"], at=DAY, reason="x"), Refused)
    given.done(Register.appraise(row.id, "closed", by=people["director"], at=DAY, reason="仍属内部事务"))
    assert isinstance(
        Register.appraise(row.id, "open", by=people["director"], at=DAY, reason="x", kind="notice"), Refused
    )
