"""From draft to public and back, through the door: three reviews by three people, one transaction, no back-dating."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from mingtang.disclosure import api as disclosure
from mingtang.disclosure.models import Edition, Publication, Review
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db
AT = given.at(2026, 3, 2)


@pytest.fixture
def office():
    city = given.demo_city()
    agency = given.organ("测试市财政局", city, credit_code="DEMO00001")
    return agency, given.team(agency)


def test_a_document_is_public_only_after_three_reviews_by_three_people(office):
    agency, people = office
    row = given.draft(people["clerk"], agency, AT)
    for verb, role, state in (
        ("submit", "clerk", "submitted"), ("head_review", "section_head", "head_done"), ("secrecy_review", "secrecy", "secrecy_done"),
        ("sign", "signer", "approved"),
    ):  # fmt: skip
        row = given.move(row.id, verb, people[role], AT)
        assert row.state == "draft"
        assert disclosure.find("edition", document_id=row.id).one().state == state
    live = given.move(row.id, "publish", people["signer"], AT)
    assert live.state == "live"
    assert live.first_published_at == AT
    assert live.index_no == "DEMO00001/2026-00001"
    (logged,) = disclosure.find("publication", document_id=row.id)
    assert (logged.kind, logged.first, logged.at) == ("publish", True, AT)
    assert {r.person_id for r in disclosure.find("review", document_id=row.id)} == {
        people[r].pk for r in ("section_head", "secrecy", "signer")
    }


def test_nobody_reviews_what_they_drafted(office):
    agency, _ = office
    both = given.person(agency, "clerk", "section_head")
    row = given.draft(both, agency, AT)
    given.move(row.id, "submit", both, AT)
    with ledger.clock_at(AT):
        refused = disclosure.take(row.id, "head_review", by=both, at=AT)
    assert isinstance(refused, Refused)
    assert "起草人" in refused.why


def test_one_person_in_two_roles_makes_one_review_only(office):
    agency, people = office
    both = given.person(agency, "section_head", "secrecy", "signer")
    row = given.draft(people["clerk"], agency, AT)
    given.move(row.id, "submit", people["clerk"], AT)
    given.move(row.id, "head_review", both, AT)
    with ledger.clock_at(AT):
        assert isinstance(disclosure.take(row.id, "secrecy_review", by=both, at=AT), Refused)


def test_an_edit_after_submission_cannot_slip_past_the_signer(office):
    agency, people = office
    row = given.draft(people["clerk"], agency, AT)
    given.move(row.id, "submit", people["clerk"], AT)
    Edition.objects.filter(document_id=row.id).update(body="<p>换过的正文。</p>")
    with ledger.clock_at(AT):
        refused = disclosure.take(row.id, "head_review", by=people["section_head"], at=AT)
    assert isinstance(refused, Refused)
    assert "变了" in refused.why


def test_a_returned_draft_starts_its_reviews_afresh(office):
    agency, people = office
    row = given.draft(people["clerk"], agency, AT)
    given.move(row.id, "submit", people["clerk"], AT)
    given.move(row.id, "head_review", people["section_head"], AT)
    with ledger.clock_at(AT):
        assert isinstance(disclosure.take(row.id, "return", by=people["secrecy"], at=AT), Refused), (
            "a return says what to change"
        )
    given.move(row.id, "return", people["secrecy"], AT, comment="第二段重写")
    given.move(row.id, "edit", people["clerk"], AT, body="<p>重写过。</p>")
    given.move(row.id, "submit", people["clerk"], AT)
    (kept,) = disclosure.find("review", document_id=row.id, passed=True)
    assert kept.round == 1, "what was signed before the return stays on record and counts no more"
    with ledger.clock_at(AT):
        assert isinstance(disclosure.take(row.id, "secrecy_review", by=people["secrecy"], at=AT), Refused)
    given.move(row.id, "head_review", people["section_head"], AT)


def test_correcting_a_live_document_keeps_the_live_page_until_the_new_edition_is_published(office):
    agency, people = office
    row = given.published(people, agency, AT)
    given.move(row.id, "correct", people["clerk"], AT, body="<p>更正后的正文。</p>")
    (before,) = disclosure.current([row.id])
    assert before.edition.number == 1
    for verb, role in (
        ("submit", "clerk"),
        ("head_review", "section_head"),
        ("secrecy_review", "secrecy"),
        ("sign", "signer"),
        ("publish", "signer"),
    ):
        given.move(row.id, verb, people[role], AT)
    (after,) = disclosure.current([row.id])
    assert (after.edition.number, after.index_no) == (2, row.index_no)
    assert [p.kind for p in disclosure.find("publication", document_id=row.id)] == ["publish", "correct"]
    assert disclosure.find("publication", first=True).count() == 1, "a later edition is not counted again"


def test_a_withdrawal_needs_a_reason_and_takes_the_document_out_of_the_live_ones(office):
    agency, people = office
    row = given.published(people, agency, AT)
    with ledger.clock_at(AT):
        assert isinstance(disclosure.take(row.id, "withdraw", by=people["signer"], at=AT), Refused)
    gone = given.move(row.id, "withdraw", people["signer"], AT, reason="误发")
    assert gone.state == "withdrawn"
    assert disclosure.find("document", state="live").count() == 0


def test_a_repealed_document_stays_readable_and_is_marked(office):
    agency, people = office
    row = given.published(people, agency, AT)
    given.move(row.id, "repeal", people["signer"], AT, reason="被新办法代替")
    (now,) = disclosure.current([row.id])
    assert (now.state, now.edition.validity, now.edition.repeal_on) == ("live", "repealed", AT.date())


def test_an_emergency_release_is_one_signed_act_with_its_reason(office):
    agency, people = office
    row = given.draft(people["clerk"], agency, AT)
    given.move(row.id, "emergency", people["signer"], AT, reason="暴雨红色预警")
    assert disclosure.find("review", document_id=row.id).one().step == "emergency"


def test_what_is_not_open_to_all_never_enters_the_way_to_the_public(office):
    agency, people = office
    row = given.draft(people["clerk"], agency, AT, attribute="on_request")
    with ledger.clock_at(AT):
        assert isinstance(disclosure.take(row.id, "submit", by=people["clerk"], at=AT), Refused)


def test_an_identity_number_in_the_text_stops_the_submission(office):
    agency, people = office
    row = given.draft(people["clerk"], agency, AT, body="<p>经办人身份证号11010519491231002X。</p>")
    with ledger.clock_at(AT):
        refused = disclosure.take(row.id, "submit", by=people["clerk"], at=AT)
    assert isinstance(refused, Refused)
    assert "个人信息" in refused.why


def test_an_identity_number_inside_an_attachment_stops_the_submission_too(office):
    agency, people = office
    kept = ledger.store("名单\n张某，身份证号11010519491231002X\n".encode(), "text/plain")
    row = given.draft(people["clerk"], agency, AT, files=[("名单.txt", kept)])
    with ledger.clock_at(AT):
        refused = disclosure.take(row.id, "submit", by=people["clerk"], at=AT)
    assert isinstance(refused, Refused)
    assert "名单.txt" in refused.why


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"title": ""}, "标题"), ({"title": "长" * 301}, "标题"), ({"kind": "nothing"}, "文种"), ({"written_on": "2026-02-30"}, "日历"),
        ({"written_on": "2026-03-03"}, "今天之后"), ({"theme": "77"}, "主题"), ({"validity": "perhaps"}, "有效性"),
        ({"attribute": "closed"}, "理由"), ({"kind": "penalty"}, "决定书文号"), ({"key_area": "none"}, "重点领域"),
    ],
)  # fmt: skip
def test_impossible_metadata_is_refused_with_a_word_about_what(office, fields, word):
    agency, people = office
    values = {"kind": "rules", "title": "测试制度", "body": "<p>正文。</p>"} | fields
    refused = disclosure.draft(people["clerk"], AT, agency=agency, **values)
    assert isinstance(refused, Refused)
    assert word in refused.why
    assert disclosure.find("document").count() == 0


def test_scripts_frames_and_handlers_are_cleaned_out_of_a_text(office):
    agency, people = office
    row = given.draft(
        people["clerk"],
        agency,
        AT,
        body='<p onclick="x()">好<script>alert(1)</script><iframe src="//x"></iframe><a href="javascript:x">a</a></p>',
    )
    body = disclosure.find("edition", document_id=row.id).one().body
    assert "script" not in body
    assert "onclick" not in body
    assert "iframe" not in body
    assert "javascript" not in body
    assert "好" in body


def test_index_numbers_are_unique_and_gapless_per_organ_and_year(office):
    agency, people = office
    numbers = [given.published(people, agency, AT, title=f"制度{n}").index_no for n in range(4)]
    assert numbers == [f"DEMO00001/2026-{n:05d}" for n in range(1, 5)]


def test_taking_over_keeps_the_stated_dates_marks_the_source_and_writes_one_act_each(office):
    agency, _ = office
    keeper = given.person(agency, "keeper")
    rows = [
        {
            "agency": agency,
            "kind": "news",
            "title": f"旧闻{n}",
            "body": "<p>x</p>",
            "published_at": given.at(2017, 5, n + 2),
        }
        for n in range(3)
    ]
    batches = disclosure.take_over(iter(rows), source="旧系统", by=keeper, at=AT)
    assert not isinstance(batches, Refused)
    assert sum(len(b) for b in batches) == 3
    taken = list(disclosure.find("publication", stated_by="旧系统"))
    assert [p.at for p in taken] == [r["published_at"] for r in rows]
    assert ledger.find("act", verb=ledger.TAKE_OVER, subject_type="document").count() == 3
    assert [d.edition.title for d in disclosure.current([p.document_id for p in taken])] == [
        "旧闻0",
        "旧闻1",
        "旧闻2",
    ]


def test_nobody_but_the_keeper_takes_over(office):
    _, people = office
    assert isinstance(disclosure.take_over(iter(()), source="旧系统", by=people["clerk"], at=AT), Refused)


def _refused(document: int, verb: str, by: ledger.Person, **facts) -> str:
    """Why the door refuses this verb."""
    with ledger.clock_at(AT):
        refused = disclosure.take(document, verb, by=by, at=AT, **facts)
    assert isinstance(refused, Refused), refused
    return refused.why


def _open(document: int, person: ledger.Person) -> set[str]:
    with ledger.clock_at(AT):
        return {row.verb for row, no in disclosure.open_verbs(document, person) if no is None}


def _reviewed(document: int, people: dict[str, ledger.Person]) -> disclosure.DocumentRow:
    """A draft taken through the full chain until it is public."""
    for verb, role in (
        ("submit", "clerk"), ("head_review", "section_head"), ("secrecy_review", "secrecy"), ("sign", "signer"),
        ("publish", "signer"),
    ):  # fmt: skip
        row = given.move(document, verb, people[role], AT)
    return row


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"attribute": "closed", "attribute_ground": "条例第十四条"}, "主动公开"),
        ({"body": ""}, "空的"),
        ({"body": "<p>经办人身份证号11010519491231002X。</p>"}, "个人信息"),
    ],
)
def test_an_emergency_skips_the_reviews_but_none_of_the_checks(office, fields, word):
    agency, people = office
    row = given.draft(people["clerk"], agency, AT, **fields)
    assert word in _refused(row.id, "emergency", people["signer"], reason="暴雨红色预警")
    assert disclosure.find("publication").count() == 0


def test_a_correction_never_takes_the_way_of_an_emergency(office):
    agency, people = office
    row = given.published(people, agency, AT)
    given.move(row.id, "correct", people["clerk"], AT, body="<p>换过。</p>")
    assert "emergency" not in _open(row.id, people["signer"])
    assert "公开过" in _refused(row.id, "emergency", people["signer"], reason="暴雨")


def test_an_emergency_is_recorded_by_its_name_with_a_reason_that_outlives_erasure(office):
    agency, people = office
    row = given.draft(people["clerk"], agency, AT)
    given.move(row.id, "emergency", people["signer"], AT, reason="暴雨红色预警")
    act = ledger.find("act", verb="document.emergency", subject_id=str(row.id)).one()
    assert (act.facts["reason"], act.payload) == ("暴雨红色预警", None)
    assert ledger.find("act", verb="document.publish").count() == 0


def test_drafting_a_correction_and_publishing_it_are_two_deeds(office):
    agency, people = office
    row = given.published(people, agency, AT)
    given.move(row.id, "correct", people["clerk"], AT, body="<p>更正后。</p>")
    assert ledger.find("act", verb="document.correct").count() == 0
    assert ledger.find("act", verb="document.draft_correction").one().facts == {"edition": 2}
    _reviewed(row.id, people)
    assert ledger.find("act", verb="document.correct").one().facts["edition"] == 2


@pytest.mark.parametrize("stage", [(), ("submit",), ("submit", "head_review", "secrecy_review", "sign")])
def test_what_is_public_can_be_withdrawn_while_its_correction_is_under_way(office, stage):
    agency, people = office
    row = given.published(people, agency, AT)
    given.move(row.id, "correct", people["clerk"], AT, body="<p>更正后。</p>")
    by = {"submit": "clerk", "head_review": "section_head", "secrecy_review": "secrecy", "sign": "signer"}
    for verb in stage:
        given.move(row.id, verb, people[by[verb]], AT)
    assert "withdraw" in _open(row.id, people["signer"])
    assert given.move(row.id, "withdraw", people["signer"], AT, reason="含有个人信息").state == "withdrawn"


def test_a_draft_that_was_never_public_offers_nothing_to_take_back_or_to_discard(office):
    agency, people = office
    row = given.draft(people["clerk"], agency, AT)
    everything = given.person(agency, "clerk", "signer")
    assert not {"withdraw", "repeal", "discard"} & _open(row.id, everything)
    assert "没有公开过" in _refused(row.id, "discard", people["clerk"])


def test_a_withdrawn_document_returns_through_every_review_under_its_old_number(office):
    agency, people = office
    row = given.published(people, agency, AT)
    given.move(row.id, "withdraw", people["signer"], AT, reason="误发")
    given.move(row.id, "correct", people["clerk"], AT, body="<p>改好的正文。</p>")
    assert disclosure.find("document", pk=row.id).one().state == "withdrawn"
    back = _reviewed(row.id, people)
    assert (back.state, back.index_no) == ("live", row.index_no)
    assert disclosure.find("publication", first=True).count() == 1


def test_a_discarded_correction_is_kept_and_the_live_edition_is_worked_on_again(office):
    agency, people = office
    row = given.published(people, agency, AT)
    given.move(row.id, "correct", people["clerk"], AT, body="<p>不要了。</p>")
    given.move(row.id, "discard", people["clerk"], AT)
    assert disclosure.find("edition", document_id=row.id, state="discarded").one().body == "<p>不要了。</p>"
    assert [e.number for e in disclosure.editions(row.id)] == [1]
    assert "repeal" in _open(row.id, people["signer"])
    given.move(row.id, "correct", people["clerk"], AT, body="<p>第三版。</p>")
    _reviewed(row.id, people)
    assert disclosure.current([row.id])[0].edition.number == 3, "a number is used once"


def test_whoever_rewrote_a_draft_reviews_none_of_it(office):
    agency, people = office
    editor = given.person(agency, "clerk", "section_head", "secrecy", "signer")
    row = given.draft(people["clerk"], agency, AT)
    given.move(row.id, "edit", editor, AT, body="<p>整篇换过。</p>")
    assert "修改人" in _refused(row.id, "emergency", editor, reason="暴雨")
    given.move(row.id, "submit", people["clerk"], AT)
    assert "修改人" in _refused(row.id, "head_review", editor)
    given.move(row.id, "head_review", people["section_head"], AT)
    given.move(row.id, "return", people["secrecy"], AT, comment="改一处")
    given.move(row.id, "submit", people["clerk"], AT)
    assert "修改人" in _refused(row.id, "head_review", editor), "the words are still theirs in the next round"


def test_a_repeal_changes_the_mark_only_and_is_signed_by_somebody_who_did_not_write_the_text(office):
    agency, people = office
    both = given.person(agency, "clerk", "signer")
    row = given.published(people | {"clerk": both}, agency, AT)
    assert "起草人" in _refused(row.id, "repeal", both, reason="被新办法代替")
    given.move(row.id, "repeal", people["signer"], AT, reason="被新办法代替")
    old, new = disclosure.editions(row.id)
    assert (new.title, new.body, new.validity) == (old.title, old.body, "repealed")
    review = disclosure.find("review", edition_id=new.id).one()
    assert (review.step, review.person_id, review.digest) == ("sign", people["signer"].pk, new.digest)
    assert "已经标注废止" in _refused(row.id, "repeal", people["signer"], reason="再来")


def test_a_repeal_discards_the_correction_that_would_have_taken_the_mark_off(office):
    agency, people = office
    row = given.published(people, agency, AT)
    given.move(row.id, "correct", people["clerk"], AT, body="<p>更正后。</p>")
    given.move(row.id, "submit", people["clerk"], AT)
    given.move(row.id, "repeal", people["signer"], AT, reason="被新办法代替")
    (now,) = disclosure.current([row.id])
    assert (now.edition.number, now.edition.validity) == (3, "repealed")
    assert [e.state for e in disclosure.editions(row.id)] == ["replaced", "published"]
    assert "没有这一步" in _refused(row.id, "head_review", people["section_head"])


def test_a_repeal_before_dawn_bears_the_day_of_shanghai(office):
    agency, people = office
    row = given.published(people, agency, AT)
    # 01:00 on 1 April in Shanghai.
    early = given.at(2026, 4, 1, 1).astimezone(UTC)
    given.move(row.id, "repeal", people["signer"], early, reason="被新办法代替")
    assert disclosure.current([row.id])[0].edition.repeal_on.isoformat() == "2026-04-01"


REPORT = {
    "kind": "annual_report",
    "title": "2025年度报告",
    "body": "<p>收到3件。</p>",
    "data": {"year": "2025", "n": 3},
}


def test_an_annual_report_is_drafted_by_filing_it_and_by_nothing_else(office):
    agency, people = office
    for origin in (("", ""), ("case", "1"), ("report", "")):
        refused = disclosure.draft(people["clerk"], AT, agency=agency, origin=origin, **REPORT)
        assert isinstance(refused, Refused)
        assert "定稿" in refused.why
    assert disclosure.find("document").count() == 0


@pytest.mark.parametrize(
    "typed",
    [{"body": "<p>收到9件。</p>"}, {"data": {"year": "2025", "n": 9}}, {"data": {"rows": 1}}, {"files": []}],
)
def test_no_figure_of_a_filed_report_is_typed_by_hand(office, typed):
    agency, people = office
    files = [("年报.txt", ledger.store("收到3件".encode(), "text/plain"))]
    row = given.draft(people["clerk"], agency, AT, files=files, **REPORT)
    assert "定稿" in _refused(row.id, "edit", people["clerk"], **typed)
    _reviewed(row.id, people)
    if "files" not in typed:
        assert "定稿" in _refused(row.id, "correct", people["clerk"], **typed)
    (live,) = disclosure.current([row.id])
    assert (live.edition.body, live.edition.data) == (REPORT["body"], REPORT["data"])


def test_a_form_that_sends_a_reports_text_back_as_it_stands_may_change_its_title(office):
    agency, people = office
    row = given.draft(people["clerk"], agency, AT, **REPORT)
    given.move(
        row.id,
        "edit",
        people["clerk"],
        AT,
        title="新标题",
        body="<p>收到3件。</p>\r\n",
        data={"year": "2025"},
    )
    (edition,) = disclosure.editions(row.id)
    assert (edition.title, edition.body, edition.data) == ("新标题", REPORT["body"], REPORT["data"])


def _stated(agency: ledger.Agency, moment: datetime) -> dict:
    return {"agency": agency, "kind": "news", "title": "旧闻", "body": "<p>x</p>", "published_at": moment}


def test_a_publication_taken_over_belongs_to_the_shanghai_year_of_its_moment(office):
    agency, _ = office
    # 01:00 on 1 January 2018 in Shanghai.
    rows = [_stated(agency, datetime(2017, 12, 31, 17, tzinfo=UTC))]
    list(disclosure.take_over(rows, source="旧系统", by=given.person(agency, "keeper"), at=AT))
    assert disclosure.find("document").one().index_no == "DEMO00001/2018-00001"


@pytest.mark.parametrize(
    ("moment", "word"),
    [(given.at(2030, 1, 1), "还没有到"), (given.at(2017, 1, 1).replace(tzinfo=None), "时区")],
)
def test_a_batch_with_an_impossible_moment_is_not_taken_over(office, moment, word):
    agency, _ = office
    rows = [_stated(agency, given.at(2017, 1, 1)), _stated(agency, moment)]
    (refused,) = disclosure.take_over(rows, source="旧系统", by=given.person(agency, "keeper"), at=AT)
    assert isinstance(refused, Refused)
    assert word in refused.why
    assert disclosure.find("document").count() == 0


VERBS = sorted({r.verb for chain in disclosure.CHAINS.values() for r in chain.rows})
WALKED = {
    "return": {"comment": "改"}, "withdraw": {"reason": "因"}, "repeal": {"reason": "因"}, "emergency": {"reason": "急"},
}  # fmt: skip


def _writers(document: int, edition: Edition) -> set[int]:
    acts = ledger.find("act", subject_id=str(document), verb="document.edit")
    return {edition.drafter_id} | {a.person_id for a in acts if a.facts["edition"] == edition.number}


@settings(
    max_examples=given.examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@drawn(seed=st.integers(0, 10_000), kind=st.sampled_from(["rules", "notice", "licence"]))
def test_no_history_of_verbs_publishes_with_fewer_people_than_the_chain_names(office, seed, kind):
    agency, people = office
    dice = random.Random(seed)
    crowd = [
        *people.values(),
        *(given.person(agency, "clerk", "section_head", "secrecy", "signer") for _ in "ab"),
    ]
    data = {"holder": "某店"} if kind == "licence" else {}
    row = given.draft(dice.choice([people["clerk"], crowd[-1]]), agency, AT, kind=kind, data=data)
    with ledger.clock_at(AT):
        for n in range(40):
            verb = dice.choice(VERBS)
            facts = {"body": f"<p>第{n}稿。</p>"} if verb in ("edit", "correct") else WALKED.get(verb, {})
            disclosure.take(row.id, verb, by=dice.choice(crowd), at=AT, **facts)
    needed = {"full": 3, "light": 2, "standing": 1}[disclosure.KINDS[kind].chain]
    urgent = {a.facts["publication"] for a in ledger.find("act", verb="document.emergency")}
    log = Publication.objects.filter(document_id=row.id).select_related("new_edition", "old_edition")
    for publication in log.exclude(kind="withdraw"):
        edition = publication.new_edition
        reviews = Review.objects.filter(edition=edition, passed=True, digest=edition.digest)
        eyes = {r.person_id for r in reviews} - _writers(row.id, edition)
        if publication.pk in urgent:
            assert publication.first
            (signed,) = (r.person_id for r in reviews if r.step == "emergency")
            assert signed in eyes
        elif publication.kind == "repeal":
            assert edition.body == publication.old_edition.body
            assert len(eyes - _writers(row.id, publication.old_edition)) == 1
        else:
            assert len(eyes) >= needed
    assert Edition.objects.filter(document_id=row.id, state="published").count() <= 1
