"""Interpretation packages, findings kept on purpose, orders to go out later."""

from datetime import timedelta

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db
AT = given.at(2026, 11, 23)


@pytest.fixture
def office():
    agency = given.organ("测试市住房局", given.demo_city(), doc_prefix="测房")
    return agency, given.team(agency)


def take(paper, verb, by, at=AT, **facts):
    with ledger.clock_at(at):
        return disclosure.take(paper.id, verb, by=by, at=at, **facts)


def approved(office, **fields):
    agency, people = office
    paper = given.draft(people["clerk"], agency, AT, **fields)
    given.move(paper.id, "submit", people["clerk"], AT)
    for verb, role in (("head_review", "section_head"), ("secrecy_review", "secrecy"), ("sign", "signer")):
        given.move(paper.id, verb, people[role], AT)
    return paper


def interpreted(office, paper):
    agency, people = office
    return given.draft(
        people["clerk"],
        agency,
        AT,
        kind="interpretation",
        title="《租赁办法》解读",
        data={"form": "text"},
        interprets=paper.id,
    )


# --- 谁起草谁解读 --------------------------------------------------------------------------------------------------


def test_a_policy_paper_without_its_interpretation_is_not_taken_for_review(office):
    agency, people = office
    paper = given.draft(people["clerk"], agency, AT, kind="policy", title="租赁办法")
    refused = take(paper, "submit", people["clerk"])
    assert isinstance(refused, Refused)
    assert "没有配解读" in refused.why
    assert "国办发〔2016〕80号" in refused.basis
    interpreted(office, paper)
    given.done(take(paper, "submit", people["clerk"]))


def test_a_section_head_may_let_it_go_without_one_and_says_why(office):
    agency, people = office
    paper = given.draft(people["clerk"], agency, AT, kind="policy", title="租赁办法")
    assert isinstance(take(paper, "exempt", people["clerk"], reason="转发"), Refused), (
        "the drafter does not decide this"
    )
    assert isinstance(take(paper, "exempt", people["section_head"], reason=" "), Refused)
    row = given.done(take(paper, "exempt", people["section_head"], reason="转发省文件，省里已有解读"))
    assert row.uninterpreted == "转发省文件，省里已有解读"
    given.done(take(paper, "submit", people["clerk"]))


def test_other_kinds_need_no_interpretation(office):
    agency, people = office
    paper = given.draft(people["clerk"], agency, AT, kind="notice", title="停水通知")
    assert isinstance(take(paper, "exempt", people["section_head"], reason="不需要"), Refused)
    given.done(take(paper, "submit", people["clerk"]))


def test_a_paper_does_not_go_out_before_its_interpretation_is_signed(office):
    agency, people = office
    paper = given.draft(people["clerk"], agency, AT, kind="policy", title="租赁办法")
    reading = interpreted(office, paper)
    given.done(take(paper, "submit", people["clerk"]))
    for verb, role in (("head_review", "section_head"), ("secrecy_review", "secrecy"), ("sign", "signer")):
        given.done(take(paper, verb, people[role]))
    refused = take(paper, "publish", people["signer"])
    assert isinstance(refused, Refused)
    assert "解读还没有签发" in refused.why
    given.done(take(reading, "submit", people["clerk"]))
    for row, _no in disclosure.open_verbs(reading.id, people["section_head"]):
        if row.verb == "head_review":
            given.done(take(reading, "head_review", people["section_head"]))
    if disclosure.KINDS["interpretation"].chain == "full":
        given.done(take(reading, "secrecy_review", people["secrecy"]))
    given.done(take(reading, "sign", people["signer"]))
    given.done(take(paper, "publish", people["signer"]))


# --- findings that block --------------------------------------------------------------------------------------------

WRONG = "<p>全年公开信息12条，其中政策类5条、规划类8条，共13条。</p>"


def test_figures_that_do_not_add_up_stop_a_submission_until_somebody_keeps_them_on_purpose(office):
    agency, people = office
    paper = given.draft(people["clerk"], agency, AT, kind="notice", title="统计通知", body=WRONG)
    codes = [f.code for f in disclosure.check(paper.id) if f.severity == "error"]
    assert codes
    refused = take(paper, "submit", people["clerk"])
    assert isinstance(refused, Refused)
    assert "没有处理" in refused.why
    assert isinstance(take(paper, "override", people["clerk"], code=codes[0], reason="原文如此"), Refused)
    for code in dict.fromkeys(codes):
        assert isinstance(take(paper, "override", people["section_head"], code=code), Refused), (
            "a reason is needed"
        )
        given.done(
            take(paper, "override", people["section_head"], code=code, reason="原文如此，已与统计局核对")
        )
    given.done(take(paper, "submit", people["clerk"]))


def test_what_was_kept_counts_for_the_text_it_was_given_for(office):
    agency, people = office
    paper = given.draft(people["clerk"], agency, AT, kind="notice", title="统计通知", body=WRONG)
    for code in {f.code for f in disclosure.check(paper.id) if f.severity == "error"}:
        given.done(take(paper, "override", people["section_head"], code=code, reason="原文如此"))
    given.done(take(paper, "edit", people["clerk"], body=WRONG + "<p>又一段。</p>"))
    assert isinstance(take(paper, "submit", people["clerk"]), Refused)


@pytest.mark.parametrize("code", ["pii.id_number", "sum.nothing", ""])
def test_personal_data_is_never_kept_and_what_was_not_found_cannot_be(office, code):
    agency, people = office
    paper = given.draft(
        people["clerk"],
        agency,
        AT,
        kind="notice",
        title="公示",
        body="<p>张某，身份证号11010519491231002X。</p>",
    )
    refused = take(paper, "override", people["section_head"], code=code, reason="需要公示")
    assert isinstance(refused, Refused)
    assert isinstance(take(paper, "submit", people["clerk"]), Refused)


# --- going out later ------------------------------------------------------------------------------------------------


def test_an_approved_paper_goes_out_by_itself_at_its_hour_in_the_name_of_who_ordered_it(office):
    _agency, people = office
    paper = (
        approved(office, kind="notice", title="停水通知")
        if disclosure.KINDS["notice"].chain == "full"
        else signed(office)
    )
    when = AT + timedelta(hours=3)
    given.done(take(paper, "schedule", people["signer"], when=when))
    assert disclosure.advance(when - timedelta(minutes=1))["sent"] == 0
    with ledger.clock_at(when):
        assert disclosure.advance(when)["sent"] == 1
        assert disclosure.advance(when)["sent"] == 0
    row = disclosure.find("document", pk=paper.id).one()
    assert (row.state, row.published_at) == ("live", when)
    (publication,) = disclosure.find("publication", document_id=paper.id)
    assert publication.by == people["signer"].name


def signed(office):
    agency, people = office
    paper = given.draft(people["clerk"], agency, AT, kind="notice", title="停水通知")
    given.move(paper.id, "submit", people["clerk"], AT)
    given.move(paper.id, "head_review", people["section_head"], AT)
    return given.move(paper.id, "sign", people["signer"], AT)


@pytest.mark.parametrize("hours", [-1, 0, 24 * 400])
def test_an_order_lies_ahead_and_within_a_year(office, hours):
    _agency, people = office
    assert isinstance(
        take(signed(office), "schedule", people["signer"], when=AT + timedelta(hours=hours)), Refused
    )


def test_an_order_can_be_taken_back_and_falls_with_a_return(office):
    _agency, people = office
    paper, when = signed(office), AT + timedelta(hours=3)
    assert isinstance(take(paper, "schedule", people["signer"]), Refused), "there is nothing to take back"
    given.done(take(paper, "schedule", people["signer"], when=when))
    given.done(take(paper, "schedule", people["signer"]))
    assert disclosure.advance(when)["sent"] == 0
    given.done(take(paper, "schedule", people["signer"], when=when))
    given.done(take(paper, "return", people["signer"], comment="改日期"))
    assert disclosure.advance(when)["sent"] == 0
    assert disclosure.find("document", pk=paper.id).one().state == "draft"


def test_what_cannot_go_out_any_more_is_held_back_and_that_is_recorded(office):
    _agency, people = office
    paper, when = signed(office), AT + timedelta(days=2)
    given.done(take(paper, "schedule", people["signer"], when=when))
    given.done(
        ledger.take(
            people["signer"],
            "deactivate",
            by=given.person(given.ledger.find("agency").first(), "keeper"),
            at=AT,
        )
    )
    with ledger.clock_at(when):
        assert disclosure.advance(when)["sent"] == 0
    assert disclosure.find("document", pk=paper.id).one().state == "draft"
    assert (
        ledger.find(
            "act", subject_type="document", subject_id=str(paper.id), verb="document.hold_back"
        ).count()
        == 1
    )
    assert disclosure.advance(when)["sent"] == 0
