"""Absence cover: the substitute may do what the absent could, on those days only; every Act says for whom."""

from datetime import date, timedelta

import pytest

from mingtang.casework import api as casework
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from mingtang.oversight import api as oversight
from tests import given

pytestmark = pytest.mark.django_db
AT = given.at(2026, 11, 23)
TODAY = AT.date()


@pytest.fixture
def office():
    agency = given.organ("测试市住房局", given.demo_city())
    people = given.team(agency) | {"deputy": given.person(agency, "clerk", name="代")}
    with ledger.clock_at(AT):
        yield agency, people


def cover(people, absent, substitute, by=None, since=TODAY, until=TODAY + timedelta(4), at=AT):
    return ledger.take(
        None, "cover", by=people[by or absent], at=at, absent=people[absent], substitute=people[substitute], since=since, until=until
    )  # fmt: skip


def take(paper, verb, by, at=AT, **facts):
    with ledger.clock_at(at):
        return disclosure.take(paper.id, verb, by=by, at=at, **facts)


def test_a_substitute_may_on_those_days_what_the_absent_could_and_it_ends_by_itself(office):
    agency, people = office
    assert not ledger.may(people["deputy"], "document.sign", agency)
    given.done(cover(people, "signer", "deputy", since=date(2026, 11, 24), until=date(2026, 11, 25)))
    allowed = [
        bool(ledger.may(people["deputy"], "document.sign", agency, date(2026, 11, d))) for d in range(23, 28)
    ]
    assert allowed == [False, True, True, False, False]
    verdict = ledger.may(people["deputy"], "document.sign", agency, date(2026, 11, 24))
    assert verdict.stands_for == people["signer"].pk
    assert ledger.may(people["deputy"], "document.draft", agency, date(2026, 11, 24)).stands_for is None


def test_acts_and_reviews_say_by_whom_and_for_whom(office):
    agency, people = office
    paper = given.draft(people["clerk"], agency, AT)
    given.move(paper.id, "submit", people["clerk"], AT)
    given.done(cover(people, "section_head", "deputy"))
    given.done(take(paper, "head_review", people["deputy"]))
    act = ledger.find("act", verb="document.head_review").one()
    assert (act.person_id, act.facts["for"]) == (people["deputy"].pk, people["section_head"].pk)
    assert (
        disclosure.find("review", document_id=paper.id).one().stands_for_name == people["section_head"].name
    )
    assert "for" not in ledger.find("act", verb="document.submit").one().facts


def test_a_mark_by_hand_says_for_whom_it_was_signed(office):
    agency, people = office
    paper = given.published(people, agency, AT)
    people["other"] = given.person(agency, "secrecy", name="代签")
    given.done(cover(people, "signer", "other"))
    given.done(take(paper, "repeal", people["other"], reason="被新办法废止"))
    signed = disclosure.find("review", document_id=paper.id).order("-pk").first()
    assert (signed.person_name, signed.stands_for_name) == ("代签", people["signer"].name)


def test_cover_lowers_no_number_of_people(office):
    agency, people = office
    given.done(cover(people, "signer", "section_head"))
    given.done(cover(people, "secrecy", "clerk"))
    paper = given.draft(people["clerk"], agency, AT)
    given.move(paper.id, "submit", people["clerk"], AT)
    given.move(paper.id, "head_review", people["section_head"], AT)
    refused = take(paper, "secrecy_review", people["clerk"])  # the drafter, standing in
    assert isinstance(refused, Refused)
    given.move(paper.id, "secrecy_review", people["secrecy"], AT)
    refused = take(paper, "sign", people["section_head"])  # the head reviewer, standing in for the signer
    assert isinstance(refused, Refused)
    assert "每一审须由不同的人办理" in refused.why
    given.move(paper.id, "sign", people["signer"], AT)


def test_nobody_reviews_for_the_author_or_for_who_reviewed(office):
    agency, people = office
    author = people | {"author": given.person(agency, "clerk", "signer", name="甲")}
    paper = given.draft(author["author"], agency, AT)
    given.move(paper.id, "submit", author["author"], AT)
    given.move(paper.id, "head_review", people["section_head"], AT)
    given.move(paper.id, "secrecy_review", people["secrecy"], AT)
    given.done(cover(author, "author", "deputy"))
    refused = take(paper, "sign", people["deputy"])
    assert isinstance(refused, Refused)
    assert "代理的人是起草人" in refused.why


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"by": "clerk"}, "只能给自己"),
        ({"substitute": "signer"}, "不能是本人"),
        ({"since": date(2026, 11, 22)}, "起止日期"),
        ({"until": date(2027, 6, 30)}, "起止日期"),
        ({"substitute": "stranger"}, "不在"),
        ({"substitute": "keeper"}, "不能由一个人代理"),
    ],
)
def test_what_is_no_cover_is_refused(office, change, why):
    agency, people = office
    people |= {
        "stranger": given.person(given.organ("测试市财政局", None), "clerk"),
        "keeper": given.person(agency, "keeper"),
    }
    refused = cover(people, **{"absent": "signer", "substitute": "deputy"} | change)
    assert isinstance(refused, Refused)
    assert why in refused.why


def test_the_office_may_arrange_it_and_a_cover_of_a_cover_is_none(office):
    agency, people = office
    people["office"] = given.person(ledger.find("agency", pk=agency.parent_id).one(), "office")
    given.done(cover(people, "signer", "deputy", by="office"))
    given.done(cover(people, "deputy", "clerk"))
    assert not ledger.may(people["clerk"], "document.sign", agency)
    assert isinstance(cover(people, "signer", "clerk"), Refused), "those days are covered already"
    (held,) = ledger.find("cover", substitute_id=people["deputy"].pk)
    given.done(ledger.take(None, "uncover", by=people["signer"], at=AT, cover=held.id))
    assert not ledger.may(people["deputy"], "document.sign", agency)
    assert isinstance(ledger.take(None, "uncover", by=people["signer"], at=AT, cover=held.id), Refused)


def test_an_answer_is_not_reviewed_twice_by_a_substitute_and_whom_they_stand_in_for(office):
    agency, people = office
    people["reader"] = given.person(agency, "section_head", "signer", name="读")
    case = given.received(people["clerk"], agency, AT)
    grounds = {"outcome": "GRANT", "grounds": "经检索，本机关保存有该信息。", "provided": "附复制件一份"}
    given.done(given.act(case.id, "decide", people["clerk"], AT, **grounds))
    given.done(given.act(case.id, "submit", people["clerk"], AT))
    given.done(cover(people, "reader", "deputy"))
    given.done(given.act(case.id, "head_review", people["deputy"], AT))
    review = casework.find("review", case_id=case.id).one()
    assert (review.person_name, review.stands_for_name) == ("代", "读")
    given.done(given.act(case.id, "secrecy_review", people["secrecy"], AT))
    refused = given.act(case.id, "sign", people["reader"], AT)
    assert isinstance(refused, Refused), "the deputy's review was the reader's"
    assert "已经审过这一稿" in refused.why
    given.done(given.act(case.id, "sign", people["signer"], AT))


def test_every_room_says_for_whom_a_substitute_acted(office):
    agency, people = office
    people["temp"] = given.person(agency, "secrecy", name="临")
    given.done(cover(people, "clerk", "temp"))
    given.draft(people["temp"], agency, AT)
    given.received(people["temp"], agency, AT)
    line = {
        "agency": agency,
        "doc_no": "示房〔2026〕9号",
        "title": "关于值班的通知",
        "written_on": TODAY,
        "attribute": "on_request",
    }
    given.done(disclosure.PaperRegister.enter(people["temp"], AT, **line))
    given.done(
        oversight.enter(
            "training",
            [{"agency": agency, "kind": "course", "subject": "条例", "held_on": TODAY}],
            by=people["temp"],
            at=AT,
        )
    )
    said = {a.verb: a.facts.get("for") for a in ledger.find("act", person_id=people["temp"].pk)}
    assert said == dict.fromkeys(
        ("document.draft", "case.receive", "paper.enter", "register.add"), people["clerk"].pk
    )
