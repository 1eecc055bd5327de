"""An application from the counter to the answer, by law's clock, through the door."""

from datetime import date

import pytest
from django.db import connection

from mingtang.casework import api as casework
from mingtang.casework.requests.flow import barred_here
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    agency = given.organ("测试市住建局", given.demo_city(), doc_prefix="测建")
    return agency, given.team(agency)


def test_a_paper_handed_in_gets_number_code_and_the_date_the_law_gives(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2017, 1, 16))
    assert case.number == "测建公开受理〔2017〕1号"
    assert case.due_on == date(2017, 2, 9), "15 working days over the Spring Festival of 2017"
    assert case.firm
    assert len(case.code) == 8


def test_an_online_application_waits_for_confirmation_and_the_clock_starts_there(office):
    agency, people = office
    at = given.at(2026, 9, 14)
    with ledger.clock_at(at):
        case = given.done(
            casework.receive(
                given.application(agency, channel="online"), at=at, idempotency_key="online-0001"
            )
        )
    assert (case.state, case.firm) == ("submitted", False)
    case = given.done(given.act(case.id, "confirm", people["clerk"], given.at(2026, 9, 15)))
    # Day 1 is 16 September; make-up days 20 September and 10 October are worked; the Mid-Autumn and National Days are off.
    assert (case.due_on, case.firm) == (date(2026, 10, 19), True)


def test_the_same_submission_twice_makes_one_case(office):
    agency, people = office
    at = given.at(2026, 3, 2)
    with ledger.clock_at(at):
        first, again = (
            casework.receive(
                given.application(agency), at=at, idempotency_key="same-key-1", by=people["clerk"]
            )
            for _ in range(2)
        )
    assert first == again
    assert casework.find("case").count() == 1


def test_registration_numbers_are_gapless(office):
    agency, people = office
    numbers = [given.received(people["clerk"], agency, given.at(2026, 3, 2)).number for _ in range(3)]
    assert numbers == [f"测建公开受理〔2026〕{n}号" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("fields", "field", "word"),
    [
        ({"name": ""}, "name", "姓名"), ({"name": "长" * 101}, "name", "超过"), ({"contact": "  "}, "contact", "联系方式"),
        ({"contact": "1"}, "contact", "电话"), ({"contact": "路1号"}, "contact", "地址"), ({"contact": "12345 6"}, "contact", "电话"),
        ({"content": ""}, "content", "描述"), ({"content": "字" * 5001}, "content", "超过"), ({"channel": "pigeon"}, "channel", "选项"),
        ({"agency_id": "999999"}, "agency_id", "机关"), ({"agency_id": "1; DROP"}, "agency_id", "机关"), ({"received_on": "2026-02-30"}, "received_on", "日历"),
        ({"received_on": "2026-03-03"}, "received_on", "今天之后"), ({"received_on": "2008-04-30"}, "received_on", "条例"),
        ({"applicant_type": ["natural"]}, "applicant_type", "选项"), ({"delivery": "paper_post"}, "delivery", "选项"),
    ],
)  # fmt: skip
def test_a_bad_field_is_refused_by_name_and_nothing_is_stored(office, fields, field, word):
    agency, people = office
    at = given.at(2026, 3, 2)
    faults = casework.receive(
        given.application(agency, **fields), at=at, idempotency_key="bad-0000001", by=people["clerk"]
    )
    assert isinstance(faults, dict)
    assert word in faults[field].why
    assert casework.find("case").count() == 0


def test_an_old_paper_before_the_regulation_is_refused(office):
    agency, people = office
    faults = casework.receive(
        given.application(agency, received_on="2008-04-30"),
        at=given.at(2026, 3, 2),
        idempotency_key="old-0000001",
        by=people["clerk"],
    )
    assert "received_on" in faults


def test_a_citizen_can_file_online_only_and_not_choose_the_day(office):
    agency, _ = office
    at = given.at(2026, 3, 2)
    for fields in ({"channel": "in_person"}, {"channel": "online", "received_on": "2026-02-02"}):
        assert isinstance(
            casework.receive(
                given.application(agency, **fields), at=at, idempotency_key="citizen-01", by=None
            ),
            Refused,
        )


def test_consulting_stops_the_clock_and_extending_adds_twenty_days(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    assert case.due_on == date(2026, 3, 30)
    case = given.done(given.act(case.id, "consult", people["clerk"], given.at(2026, 3, 5)))
    assert case.state == "consulting"
    case = given.done(given.act(case.id, "consulted", people["clerk"], given.at(2026, 3, 20)))
    assert case.due_on == date(2026, 4, 15)
    case = given.done(given.act(case.id, "extend", people["director"], given.at(2026, 4, 10)))
    assert case.extended
    assert case.due_on == date(2026, 5, 15)  # 20 working days on: 1–5 May off, Saturday 9 May worked


def test_a_clerk_cannot_extend_and_nobody_extends_twice(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    refused = given.act(case.id, "extend", people["clerk"], given.at(2026, 3, 10))
    assert isinstance(refused, Refused)
    assert "公开工作机构负责人" in refused.why
    given.done(given.act(case.id, "extend", people["director"], given.at(2026, 3, 10)))
    assert isinstance(given.act(case.id, "extend", people["director"], given.at(2026, 3, 11)), Refused)


def test_an_extension_after_the_first_due_date_is_refused(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    refused = given.act(case.id, "extend", people["director"], given.at(2026, 4, 1))
    assert isinstance(refused, Refused)


def test_clarifying_restarts_the_count_in_full(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    case = given.done(given.act(case.id, "clarify", people["clerk"], given.at(2026, 3, 5), what="请写明年份"))
    assert (case.state, case.due_on) == ("clarifying", None)
    case = given.done(given.act(case.id, "clarified", people["clerk"], given.at(2026, 3, 12)))
    assert case.due_on == date(2026, 4, 10)  # 20 working days after 12 March, Qingming 4–6 April off


def test_clarification_later_than_seven_working_days_is_refused(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    assert isinstance(given.act(case.id, "clarify", people["clerk"], given.at(2026, 3, 12)), Refused)


def test_an_answer_needs_four_people_and_draws_a_gapless_number(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    answered = given.answered(people, case, given.at(2026, 3, 9))
    assert (answered.state, answered.replied_on) == ("replied", date(2026, 3, 9))
    (letter,) = casework.letters(case.id)
    assert letter["number"] == "测建公开告〔2026〕1号"
    fixed = {p["part"]: p["text"] for p in letter["parts"] if p["fixed"]}
    assert "第三十六条" in fixed["decision"]
    assert fixed["addressee"] == f"登记号{case.number}的申请人：", "the name is sealed"
    assert ("provided", "附复制件一份") in [(p["part"], p["text"]) for p in letter["parts"]]
    assert "六十日" in fixed["remedies"] or "60日" in fixed["remedies"]


def test_the_drafter_cannot_review_the_answer_and_one_reviewer_counts_once(office):
    agency, _ = office
    both = given.person(agency, "clerk", "section_head", "secrecy", "signer")
    case = given.received(both, agency, given.at(2026, 3, 2))
    at = given.at(2026, 3, 4)
    given.done(
        given.act(case.id, "decide", both, at, outcome="GRANT", grounds="保存有", provided="附复制件一份")
    )
    given.done(given.act(case.id, "submit", both, at))
    assert isinstance(given.act(case.id, "head_review", both, at), Refused)
    other = given.person(agency, "section_head", "secrecy")
    given.done(given.act(case.id, "head_review", other, at))
    assert isinstance(given.act(case.id, "secrecy_review", other, at), Refused)


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        ("GRANT", "所提供的信息"),
        ("NA_NOTEXIST", "检索记录"),
        ("NA_NOTOURS", "机关名称"),
        ("NP_REPEAT", "登记号"),
        ("DENY_THIRD", "第三方意见"),
    ],
)
def test_a_decision_without_its_evidence_is_refused(office, outcome, word):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    refused = given.act(
        case.id, "decide", people["clerk"], given.at(2026, 3, 4), outcome=outcome, grounds="理由"
    )
    assert isinstance(refused, Refused)
    assert word in refused.why


def test_an_outcome_of_the_other_regulation_is_refused(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    assert isinstance(
        given.act(case.id, "decide", people["clerk"], given.at(2026, 3, 4), outcome="A2", grounds="x"),
        Refused,
    )


def test_a_step_dated_tomorrow_or_before_receipt_is_refused(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    for day in (date(2026, 3, 5), date(2026, 3, 1)):
        assert isinstance(
            given.act(case.id, "clarify", people["clerk"], given.at(2026, 3, 4), on=day), Refused
        )
    assert [e.step for e in casework.timeline(case.id)] == ["received"]


def test_tracking_answers_alike_for_a_wrong_number_and_a_wrong_code(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    assert casework.track(case.number, case.code.lower()).case.id == case.id
    assert casework.track(case.number, "XXXXXXXX") is None
    assert casework.track("没有〔2026〕9号", case.code) is None


def test_looking_at_the_applicant_is_for_the_handling_organ_and_leaves_an_act(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    stranger = given.person(given.organ("测试市教育局", None), "clerk")
    at = given.at(2026, 3, 3)
    assert isinstance(casework.identity(case.id, by=stranger, at=at), Refused)
    assert casework.identity(case.id, by=people["clerk"], at=at)["name"] == "张某"
    assert ledger.find("act", verb="case.see_identity", subject_id=str(case.id)).count() == 1


def test_loading_a_notice_moves_open_cases_and_writes_one_act_for_each(office):
    agency, people = office
    keeper = given.person(agency, "keeper")
    case = given.received(people["clerk"], agency, given.at(2026, 12, 8))
    closed = given.answered(
        people, given.received(people["clerk"], agency, given.at(2026, 12, 8)), given.at(2026, 12, 9)
    )
    assert case.provisional
    # An invented notice for 2027, as such notices are worded.
    text = (
        "国务院办公厅关于2027年部分节假日安排的通知\n一、元旦：2027年1月1日至3日放假，共3天。2026年12月26日（星期六）上班。\n"
        "二、春节：2月5日至11日放假，共7天。\n三、清明节：4月5日放假。\n四、劳动节：5月1日至3日放假，共3天。\n"
        "五、端午节：6月9日放假。\n六、中秋节：9月15日放假。\n七、国庆节：10月1日至7日放假，共7天。"
    )
    at = given.at(2026, 12, 10)
    with ledger.clock_at(at):
        given.done(ledger.take(None, "load_law", by=keeper, at=at, kind="notice", text=text))
        moved = casework.recount_open(at, "载入通知")
    assert moved == 1
    after = casework.find("case", pk=case.id).one()
    assert not after.provisional
    # 9–11, 14–18, 21–25 December are 13 days, the 26th now a 14th, 28–31 make 18; 1–3 January off; the 20th is 5 January.
    assert (case.due_on, after.due_on) == (date(2027, 1, 6), date(2027, 1, 5))
    assert casework.find("case", pk=closed.id).one().due_on == closed.due_on
    assert ledger.find("act", verb="case.recount").count() == 1


def test_open_cases_follow_the_organ_that_carries_on_and_keep_number_and_date(office):
    agency, people = office
    heir = given.organ("测试市新局", None)
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    given.passed(agency, heir, given.at(2026, 3, 9))
    moved = casework.find("case", pk=case.id).one()
    assert (moved.agency_id, moved.number, moved.due_on) == (heir.pk, case.number, case.due_on)
    assert ledger.find("act", verb="case.move").count() == 1


def test_no_verb_outside_the_table_exists_and_every_refusal_says_what_to_do(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    everyone = given.person(agency, "clerk", "section_head", "secrecy", "signer", "director")
    at = given.at(2026, 3, 3)
    for verb in (*casework.REQUESTS.verbs(), "delete", ""):
        if casework.REQUESTS.row("received", verb) is None:
            refused = given.act(case.id, verb, everyone, at)
            assert isinstance(refused, Refused)
            assert refused.why
            assert refused.basis
            assert refused.instead
    assert isinstance(given.act(10**9, "close", everyone, at), Refused)


def test_every_state_but_the_last_has_a_way_on():
    stuck = [
        s
        for s in casework.STATES
        if s not in ("closed", "withdrawn")
        and not any(r.target not in (None, s) for r in casework.REQUESTS.open_from(s))
    ]
    assert stuck == []


def test_an_answer_cannot_be_dated_before_it_was_signed(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    late = given.at(2026, 6, 1)
    given.done(
        given.act(
            case.id,
            "decide",
            people["clerk"],
            late,
            outcome="GRANT",
            grounds="保存有",
            provided="附复制件一份",
        )
    )
    given.done(given.act(case.id, "submit", people["clerk"], late))
    for verb, role in (("head_review", "section_head"), ("secrecy_review", "secrecy"), ("sign", "signer")):
        given.done(given.act(case.id, verb, people[role], late))
    refused = given.act(case.id, "reply", people["clerk"], late, on=date(2026, 3, 20), way="by_hand")
    assert isinstance(refused, Refused)
    assert "早于" in refused.why


def test_an_application_taken_back_is_concluded_but_not_answered(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    gone = given.done(given.act(case.id, "withdraw", people["clerk"], given.at(2026, 3, 4), text="来信撤回"))
    assert (gone.state_label, gone.replied_on, gone.concluded_on) == ("已撤回", None, date(2026, 3, 4))
    assert gone.outcome_name
    assert casework.timeline(case.id)[-1].facts["text"] == "来信撤回"
    assert casework.letters(case.id) == []
    kept = given.answered(
        people, given.received(people["clerk"], agency, given.at(2026, 3, 2)), given.at(2026, 3, 5)
    )
    assert kept.replied_on == kept.concluded_on == date(2026, 3, 5)


def test_a_successor_with_the_same_prefix_goes_on_with_the_numbers(office):
    agency, people = office
    heir = given.organ("测试市住建局（新）", None, doc_prefix="测建")
    given.received(people["clerk"], agency, given.at(2026, 3, 2))
    second = given.received(given.person(heir, "clerk"), heir, given.at(2026, 3, 3))
    assert second.number == "测建公开受理〔2026〕2号"


def test_a_known_key_shows_the_case_to_nobody_outside_the_organ(office):
    agency, people = office
    at, stranger = given.at(2026, 3, 2), given.person(given.organ("测试市教育局", None), "clerk")
    given.done(
        casework.receive(given.application(agency), at=at, idempotency_key="k" * 64, by=people["clerk"])
    )
    assert isinstance(
        casework.receive(given.application(agency), at=at, idempotency_key="k" * 64, by=stranger), Refused
    )
    assert casework.find("case").count() == 1


def test_an_online_application_counts_from_the_day_both_sides_confirmed(office):
    agency, people = office
    at = given.at(2025, 12, 31)
    with ledger.clock_at(at):
        case = given.done(
            casework.receive(given.application(agency, channel="online"), at=at, idempotency_key="newyear-01")
        )
    assert casework.find("case", counted_on__isnull=True).count() == 1
    given.done(given.act(case.id, "confirm", people["clerk"], given.at(2026, 1, 5)))
    assert casework.find("case", counted_on=date(2026, 1, 5)).count() == 1


def test_erasing_the_acts_of_a_case_leaves_no_free_text_in_its_steps(office):
    agency, people = office
    keeper = given.person(agency, "keeper")
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    given.done(given.act(case.id, "note", people["clerk"], given.at(2026, 3, 3), text="电话13800001111"))
    assert casework.timeline(case.id)[-1].facts["text"] == "电话13800001111"
    given.done(
        ledger.take(
            None, "erase", subject_type="case", subject_id=str(case.id), by=keeper, at=given.at(2036, 3, 3)
        )
    )
    assert casework.timeline(case.id)[-1].facts == {}
    assert ledger.verify().faults == ()


def test_a_wait_that_ran_out_is_seen_by_the_daily_count(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    given.done(given.act(case.id, "clarify", people["clerk"], given.at(2026, 3, 5), what="年份"))
    assert casework.find("case", pk=case.id).one().clock == "waiting_applicant"
    assert casework.recount_open(given.at(2026, 9, 1), "每日重算") == 1
    assert casework.find("case", pk=case.id).one().clock == "lapsed"


def test_a_case_that_closes_while_open_cases_are_counted_is_left_as_it_is(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    given.done(given.act(case.id, "clarify", people["clerk"], given.at(2026, 3, 5), what="年份"))
    rivals = [lambda: given.act(case.id, "withdraw", people["clerk"], given.at(2026, 3, 6))]

    def closes_it(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if rivals and sql.startswith('SELECT "casework_case"."id"'):
            given.done(rivals.pop()())
        return answer

    with connection.execute_wrapper(closes_it):
        assert casework.recount_open(given.at(2026, 9, 1), "每日重算") == 0
    assert not rivals
    assert casework.find("case", pk=case.id).one().clock != "lapsed"
    assert not ledger.find("act", verb="case.recount").exists()


@pytest.fixture
def keys(settings, tmp_path):
    """A folder of keys of the test's own."""
    settings.HOME = tmp_path
    made: dict[str, str] = {}
    (tmp_path / "keys").mkdir()

    def key(name):
        made.setdefault(name, f"{len(made):02x}" * 32)
        (tmp_path / "keys" / name).write_text(made[name])
        return made[name]

    settings.LEDGER_KEYS = key
    return tmp_path / "keys"


def test_identities_open_after_the_key_was_rotated_and_are_closed_under_the_new_one(office, keys):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    assert ledger.take(None, "rotate", by=None, at=ledger.now()) == "identity-2"
    assert casework.reseal_identities(by=None, at=given.at(2026, 3, 3)) == 1
    (keys / "identity-1").unlink()
    assert casework.identity(case.id, by=people["clerk"], at=given.at(2026, 3, 3))["name"] == "张某"


def test_an_interrupted_rotation_keeps_what_it_did_and_goes_on_from_there(office, keys):
    agency, people = office
    cases = [given.received(people["clerk"], agency, given.at(2026, 3, 2)) for _ in range(3)]
    ledger.take(None, "rotate", by=None, at=ledger.now())
    writes = []

    def cut_off(execute, sql, params, many, context):
        if sql.startswith('UPDATE "casework_applicant"'):
            writes.append(sql)
            if len(writes) == 2:
                raise ConnectionError("the machine stopped")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(cut_off), pytest.raises(ConnectionError):
        casework.reseal_identities(by=None, at=given.at(2026, 3, 3), batch=2)
    acts = ledger.find("act", verb="case.reseal")
    assert [a.facts["count"] for a in acts] == [2]  # what is done and what is recorded agree
    assert casework.reseal_identities(by=None, at=given.at(2026, 3, 3), batch=2) == 1
    assert [(a.facts["count"], a.facts["key"]) for a in acts] == [(2, "identity-2"), (1, "identity-2")]
    (keys / "identity-1").unlink()
    names = {casework.identity(c.id, by=people["clerk"], at=given.at(2026, 3, 3))["name"] for c in cases}
    assert names == {"张某"}
    assert casework.reseal_identities(by=None, at=given.at(2026, 3, 3)) == 0
    assert acts.count() == 2


def test_a_lapse_needs_the_notice_and_the_end_of_the_applicants_time(office):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    for outcome in ("OT_CORR_LAPSE", "OT_FEE_LAPSE", "NA_UNCLEAR"):
        refused = given.act(
            case.id, "decide", people["clerk"], given.at(2026, 3, 3), outcome=outcome, grounds="x"
        )
        assert isinstance(refused, Refused)
    given.done(given.act(case.id, "clarify", people["clerk"], given.at(2026, 3, 5), what="年份"))
    early = given.act(
        case.id, "decide", people["clerk"], given.at(2026, 3, 6), outcome="OT_CORR_LAPSE", grounds="x"
    )
    assert isinstance(early, Refused)
    assert "还没有届满" in early.why
    late = given.act(
        case.id, "decide", people["clerk"], given.at(2026, 6, 1), outcome="OT_CORR_LAPSE", grounds="逾期"
    )
    assert given.done(late).outcome == "OT_CORR_LAPSE"


def test_a_repeated_application_names_one_that_exists_in_any_bracket_style(office):
    agency, people = office
    first = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    second = given.received(people["clerk"], agency, given.at(2026, 3, 3))
    facts = {"outcome": "NP_REPEAT", "grounds": "同一内容已经答复"}
    at = given.at(2026, 3, 4)
    assert isinstance(
        given.act(second.id, "decide", people["clerk"], at, original_number="没有〔1999〕1号", **facts),
        Refused,
    )
    typed = first.number.replace("〔", "[").replace("〕", "]")
    given.done(given.act(second.id, "decide", people["clerk"], at, original_number=typed, **facts))
    assert casework.track(f" {typed} ", first.code).case.id == first.id


def test_a_wrong_identity_number_and_invisible_characters_are_not_taken(office):
    agency, people = office
    at = given.at(2026, 3, 2)
    for fields, field in (({"id_number": "123"}, "id_number"), ({"content": "\u200b\u200d"}, "content")):
        faults = casework.receive(
            given.application(agency, **fields), at=at, idempotency_key="odd-000001", by=people["clerk"]
        )
        assert field in faults
    passport = {"id_type": "护照", "id_number": "E12345678"}
    given.done(
        casework.receive(
            given.application(agency, **passport), at=at, idempotency_key="odd-000002", by=people["clerk"]
        )
    )


def test_every_open_state_names_a_step_it_bars_and_never_one_it_has():
    for state in casework.OPEN_STATES:
        own = {r.verb for r in casework.REQUESTS.open_from(state)}
        barred = {r.verb for r, _why in barred_here(state)}
        assert not own & barred
        assert barred or state == "received"


def test_a_fee_notice_asks_for_what_the_standard_gives_and_is_paid_in_full_before_the_clock_runs_again(
    office,
):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    refused = given.act(case.id, "fee", people["clerk"], given.at(2026, 3, 4), method="per_page", quantity=30)
    assert isinstance(refused, Refused)
    assert "30页在免费的数量以内" in refused.why
    # 40 pages: the first 30 are free, the next ten cost 10 yuan each (国办函〔2020〕109号).
    given.done(
        given.act(case.id, "fee", people["clerk"], given.at(2026, 3, 4), method="per_page", quantity=40)
    )
    notice = casework.timeline(case.id)[-1]
    assert "共100" in notice.facts["text"]
    short = given.act(case.id, "paid", people["clerk"], given.at(2026, 3, 10), amount="90")
    assert isinstance(short, Refused)
    assert "要收100" in short.why
    case = given.done(given.act(case.id, "paid", people["clerk"], given.at(2026, 3, 10), amount="100"))
    # Counted again from the day after payment: 20 working days, Tomb-Sweeping (Monday 6 April) off.
    assert case.due_on == date(2026, 4, 8)


@pytest.mark.parametrize(
    ("method", "quantity"), [("per_page", "多"), ("per_page", "-1"), ("by_hand", "40"), ("per_item", None)]
)
def test_a_fee_of_no_method_or_no_number_is_refused_with_nothing_written(office, method, quantity):
    agency, people = office
    case = given.received(people["clerk"], agency, given.at(2026, 3, 2))
    assert isinstance(
        given.act(case.id, "fee", people["clerk"], given.at(2026, 3, 4), method=method, quantity=quantity),
        Refused,
    )
    assert [e.step for e in casework.timeline(case.id)] == ["received"]


_RECEIVED_ONLINE = 'receipt_online:\n  - {since: 2026-01-01, value: "received", article: "本市办法第三条", source: "本市公报", tag: V}\n'


def _load(agency, when, text=_RECEIVED_ONLINE):
    with ledger.clock_at(when):
        keeper = given.person(agency, "keeper")
        given.done(
            ledger.take(None, "load_law", by=keeper, at=when, kind="norms", title="本市办法", text=text)
        )


def _online(agency, when, key):
    with ledger.clock_at(when):
        return given.done(
            casework.receive(given.application(agency, channel="online"), at=when, idempotency_key=key)
        )


def test_where_the_city_takes_the_day_of_arrival_an_online_case_is_received_and_can_be_handled_at_once(
    office,
):
    agency, people = office
    _load(agency, given.at(2026, 3, 1))
    case = _online(agency, given.at(2026, 3, 2), "city-norm-01")
    assert (case.state, case.firm, case.due_on) == ("received", True, date(2026, 3, 30))
    case = given.done(given.act(case.id, "clarify", people["clerk"], given.at(2026, 3, 4), what="请写明年份"))
    assert case.state == "clarifying"


def test_a_city_norm_loaded_later_takes_waiting_cases_out_of_their_wait(office):
    agency, _people = office
    case = _online(agency, given.at(2026, 3, 2), "city-norm-02")
    assert case.state == "submitted"
    _load(agency, given.at(2026, 3, 3))
    casework.recount_open(given.at(2026, 3, 3), "载入本市规定")
    (row,) = casework.find("case", counted_on=date(2026, 3, 2))
    assert (row.id, row.state, row.due_on) == (case.id, "received", date(2026, 3, 30))


def _line(people, organ, title, number, **fields):
    values = {"written_on": date(2025, 5, 6), "attribute": "on_request"} | fields
    return given.done(
        disclosure.PaperRegister.enter(
            people["clerk"], given.at(2026, 11, 20), agency=organ, title=title, doc_no=number, **values
        )
    )


def test_a_search_of_register_and_catalogue_stays_with_the_case_and_bears_does_not_exist(office):
    organ, people = office
    line = _line(people, organ, "关于示例桥加固的批复", "测桥〔2025〕1号")
    public = given.published(people, organ, given.at(2026, 11, 20), title="示例桥加固工程公告")
    case = given.received(people["clerk"], organ, given.at(2026, 11, 20))
    day = given.at(2026, 11, 23)
    given.done(given.act(case.id, "search", people["clerk"], day, words="示例桥 加固"))
    found = casework.timeline(case.id)[-1]
    assert (found.step, found.facts["count"], found.facts["papers"], found.facts["documents"]) == (
        "search", 2, [line.id], [public.id],
    )  # fmt: skip
    given.done(given.act(case.id, "search", people["clerk"], day, words="沉管隧道", since=date(2020, 1, 1)))
    decided = given.done(
        given.act(case.id, "decide", people["clerk"], day, outcome="NA_NOTEXIST", grounds="经检索没有制作")
    )
    assert "标题含“沉管隧道”，成文日期2020-01-01起），没有找到。" in decided.evidence["search_record"]


def test_a_search_looks_in_the_cases_own_register_wherever_else_the_clerk_serves(office):
    organ, people = office
    other = given.organ("测试市别局", None)
    given.done(
        ledger.take(
            people["clerk"],
            "appoint",
            by=None,
            at=given.at(2026, 11, 20),
            agency=other,
            role="clerk",
            since=date(2026, 11, 20),
        )
    )
    _line(people, other, "关于别桥的批复", "测别〔2025〕1号")
    case = given.received(people["clerk"], organ, given.at(2026, 11, 20))
    given.done(given.act(case.id, "search", people["clerk"], given.at(2026, 11, 23), words="别桥"))
    assert casework.timeline(case.id)[-1].facts["count"] == 0


def test_a_search_for_nothing_is_refused(office):
    organ, people = office
    case = given.received(people["clerk"], organ, given.at(2026, 11, 20))
    refused = given.act(case.id, "search", people["clerk"], given.at(2026, 11, 23), words="  ")
    assert isinstance(refused, Refused)
