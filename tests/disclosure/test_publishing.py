"""From draft to public and back, through the door: three reviews by three people, one transaction, no back-dating."""

import random

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
    assert {r.person.pk for r in disclosure.find("review", edition__document_id=row.id)} == {
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
    (kept,) = disclosure.find("review", edition__document_id=row.id, passed=True)
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
    assert disclosure.find("review", edition__document_id=row.id).one().step == "emergency"


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


VERBS = sorted({r.verb for chain in disclosure.CHAINS.values() for r in chain.rows})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@drawn(seed=st.integers(0, 10_000), kind=st.sampled_from(["rules", "notice", "licence"]))
def test_no_history_of_verbs_publishes_with_fewer_people_than_the_chain_names(office, seed, kind):
    agency, people = office
    dice = random.Random(seed)
    crowd = [*people.values(), given.person(agency, "clerk", "section_head", "secrecy", "signer")]
    data = {"holder": "某店"} if kind == "licence" else {}
    row = given.draft(dice.choice([people["clerk"], crowd[-1]]), agency, AT, kind=kind, data=data)
    with ledger.clock_at(AT):
        for _ in range(40):
            facts = (
                {"comment": "改"}
                if (verb := dice.choice([v for v in VERBS if v != "emergency"])) == "return"
                else {}
            )
            facts |= {"reason": "因"} if verb in ("withdraw", "repeal") else {}
            disclosure.take(row.id, verb, by=dice.choice(crowd), at=AT, **facts)
    needed = {"full": 3, "light": 2, "standing": 1}[disclosure.KINDS[kind].chain]
    for publication in Publication.objects.filter(
        document_id=row.id, kind__in=("publish", "correct")
    ).select_related("new_edition"):
        edition = publication.new_edition
        reviewers = set(
            Review.objects.filter(edition=edition, passed=True, digest=edition.digest).values_list(
                "person_id", flat=True
            )
        )
        assert len(reviewers - {edition.drafter_id}) >= needed
