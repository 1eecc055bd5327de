"""The clock: what must hold for every application, and the steps that are or are not open on a day."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mingtang.law.api import (
    CHANNELS,
    STEPS,
    Day,
    Deadline,
    Law,
    Reason,
    Refused,
    Step,
    calendar,
    on,
    parse_norms,
)

RECEIVED = date(2026, 3, 2)
received_days = st.dates(date(2008, 5, 1), date(2028, 12, 31))
gaps = st.integers(0, 40)


def due(received, *steps, channel="in_person", today=None):
    return on(received).deadline(received, channel, list(steps), today)


def after(day, n):
    return day + timedelta(n)


@given(received_days, gaps, gaps)
def test_consulting_a_third_party_never_shortens_a_deadline(received, a, b):
    plain = due(received).due_on
    out, back = after(received, a), after(received, a + b)
    consulted = due(received, Step("consult_out", out), Step("consult_in", back))
    assert consulted.due_on >= plain
    assert due(received, Step("consult_out", out)).due_on >= consulted.due_on


@given(received_days, gaps, gaps, gaps)
def test_a_pause_moves_the_date_by_exactly_its_working_days(received, a, b, c):
    ours = calendar()
    plain = due(received).due_on
    out = after(received, a)
    assume(out < plain)
    limit = ours.add(out, 15)
    back = min(after(out, b), limit)
    moved = due(received, Step("consult_out", out), Step("consult_in", back)).due_on
    assert ours.count(received, moved) == ours.count(received, plain) + ours.count(out, back)


@given(received_days, st.data())
def test_extending_never_shortens_a_deadline_and_adds_the_days_of_its_regulation(received, data):
    plain = due(received).due_on
    day = data.draw(st.dates(received, plain))
    extended = due(received, Step("extend", day))
    added = 15 if received < date(2019, 5, 15) else 20
    assert calendar().count(plain, extended.due_on) == added


@given(received_days, gaps, gaps, st.data())
def test_clarifying_never_shortens_a_deadline_even_one_already_extended(received, a, b, data):
    told = after(received, a % 8)
    extension = Step("extend", data.draw(st.dates(received, told)))
    before = due(received, extension)
    answer = due(received, extension, Step("clarify_out", told), Step("clarify_in", after(told, b)))
    assume(isinstance(answer, Deadline))
    assert answer.due_on >= before.due_on


@given(st.dates(date(2021, 1, 1), date(2028, 12, 31)), gaps, st.integers(0, 19), st.booleans())
def test_a_fee_paid_in_time_never_shortens_a_deadline(received, a, b, extended):
    ours = calendar()
    steps = [Step("extend", received)] if extended else []
    before = due(received, *steps)
    told = after(received, a)
    assume(told <= before.due_on)
    paid = ours.add(told, b)
    assert due(received, *steps, Step("fee_notice", told), Step("fee_paid", paid)).due_on >= before.due_on


@given(received_days, st.integers(0, 30), st.sampled_from(["in_person", "oral", "post_signed"]))
def test_an_application_received_later_is_never_due_earlier(received, n, channel):
    later = after(received, n)
    assert due(received, channel=channel).due_on <= due(later, channel=channel).due_on


@given(received_days)
def test_the_day_by_day_count_agrees_with_the_date(received):
    answer = due(received, Step("consult_out", after(received, 3)), Step("consult_in", after(received, 9)))
    days = answer.days
    assert days[0].on == received
    assert days[-1] == Day(
        answer.due_on, "due", 15 if received < date(2019, 5, 15) else 20, days[-1].makeup, days[-1].note
    )
    assert [d.on for d in days] == [after(received, n) for n in range(len(days))]
    counted = [d.ordinal for d in days if d.ordinal]
    assert counted == list(range(1, len(counted) + 1))


@given(
    received_days,
    st.sampled_from(sorted(CHANNELS)),
    st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(-3, 90)), max_size=6),
    st.one_of(st.none(), st.integers(0, 120)),
)
def test_any_steps_give_a_dated_answer_or_a_refusal(received, channel, pairs, today):
    steps = [Step(name, after(received, n)) for name, n in pairs]
    answer = on(received).deadline(
        received, channel, steps, None if today is None else after(received, today)
    )
    assert isinstance(answer, Deadline | Refused)
    if isinstance(answer, Deadline):
        assert answer.because
        assert answer.days[0].on == received
        assert (answer.due_on is None) == (answer.state in {"lapsed", "waiting_applicant", "waiting_fee"})


@given(
    st.permutations(
        [
            Step("consult_out", date(2026, 3, 5)),
            Step("consult_in", date(2026, 3, 20)),
            Step("extend", date(2026, 3, 25)),
        ]
    )
)
def test_the_order_in_which_steps_are_given_does_not_matter(steps):
    assert due(RECEIVED, *steps).due_on == date(2026, 5, 15)


@pytest.mark.parametrize(
    ("step", "day", "before", "open_"),
    [
        ("extend", date(2026, 3, 30), [], True),
        ("extend", date(2026, 3, 31), [], False),
        ("extend", date(2026, 4, 1), [Step("extend", date(2026, 3, 30))], False),
        ("extend", date(2026, 3, 20), [Step("clarify_out", date(2026, 3, 4))], False),
        ("extend", date(2026, 3, 20), [Step("fee_notice", date(2026, 3, 4))], False),
        ("clarify_out", date(2026, 3, 11), [], True),
        ("clarify_out", date(2026, 3, 12), [], False),
        (
            "clarify_out",
            date(2026, 3, 10),
            [Step("clarify_out", date(2026, 3, 4)), Step("clarify_in", date(2026, 3, 9))],
            False,
        ),
        ("clarify_in", date(2026, 3, 10), [], False),
        ("clarify_in", date(2026, 3, 10), [Step("clarify_out", date(2026, 3, 4))], True),
        ("consult_out", date(2026, 3, 1), [], False),
        ("consult_in", date(2026, 3, 10), [], False),
        ("consult_in", date(2026, 3, 10), [Step("consult_out", date(2026, 3, 4))], True),
        ("consult_in", date(2026, 3, 10), [Step("consult_out", date(2026, 3, 11))], False),
        ("consult_delivered", date(2026, 3, 10), [Step("consult_out", date(2026, 3, 4))], True),
        ("coorgan_out", date(2026, 3, 10), [], True),
        ("fee_notice", date(2026, 3, 31), [], False),
        ("fee_notice", date(2026, 3, 30), [], True),
        ("fee_paid", date(2026, 3, 30), [], False),
        ("reasons_out", date(2026, 3, 10), [], True),
        ("reasons_in", date(2026, 3, 10), [], False),
        ("confirm", date(2026, 3, 2), [], False),
        ("nonsense", date(2026, 3, 2), [], False),
    ],
)
def test_a_step_is_open_or_not_on_a_day_and_says_why(step, day, before, open_):
    answer = on(RECEIVED).may(step, RECEIVED, "in_person", before, day)
    assert isinstance(answer, Reason if open_ else Refused)
    assert answer.basis


MARCH_4, MARCH_9 = date(2026, 3, 4), date(2026, 3, 9)


@pytest.mark.parametrize(
    ("before", "day", "says"),
    [
        ([Step("clarify_out", MARCH_4)], date(2026, 3, 5), "正在等待申请人补正"),
        ([Step("clarify_out", MARCH_4)], MARCH_4, "正在等待申请人补正"),
        (
            [Step("clarify_out", MARCH_4), Step("clarify_in", MARCH_9)],
            date(2026, 3, 10),
            "已经告知过一次补正",
        ),
        ([Step("clarify_out", MARCH_4), Step("clarify_in", MARCH_9)], MARCH_9, "已经告知过一次补正"),
        ([Step("clarify_out", MARCH_4), Step("clarify_in", MARCH_4)], MARCH_4, "已经告知过一次补正"),
        ([Step("clarify_out", MARCH_4), Step("clarify_in", MARCH_4)], date(2026, 3, 5), "已经告知过一次补正"),
    ],
)
def test_a_second_letter_to_correct_is_refused_with_the_reason_that_holds_that_day(before, day, says):
    """Article 30: told once and in one go; only between the letter and the correction does the case wait."""
    laws = on(RECEIVED)
    asked = laws.may("clarify_out", RECEIVED, "in_person", before, day)
    counted = laws.deadline(RECEIVED, "in_person", [*before, Step("clarify_out", day)])
    assert isinstance(asked, Refused)
    assert isinstance(counted, Refused)
    assert says in asked.why
    assert says in counted.why
    assert "第三十条" in asked.basis


@pytest.mark.parametrize(
    ("received", "channel", "steps"),
    [
        (datetime(2026, 3, 2), "in_person", []),
        ("2026-03-02", "in_person", []),
        (None, "in_person", []),
        (RECEIVED, "pigeon", []),
        (RECEIVED, ["in_person"], []),
        (RECEIVED, "in_person", "extend"),
        (RECEIVED, "in_person", ["extend"]),
        (RECEIVED, "in_person", [Step("extend", "2026-03-05")]),
        (RECEIVED, "in_person", [Step(["extend"], date(2026, 3, 5))]),
        (RECEIVED, "in_person", [Step("extend", date(9999, 12, 31))]),
        (RECEIVED, "in_person", [Step("extend", date(2026, 3, 5), {"days": 21})]),
        (RECEIVED, "in_person", [Step("extend", date(2026, 3, 5), {"days": "5"})]),
        (
            RECEIVED,
            "in_person",
            [Step("consult_out", date(2026, 3, 5)), Step("consult_out", date(2026, 3, 5))],
        ),
        (RECEIVED, "in_person", [Step("consult_out", date(2026, 3, 5))] * 501),
        (date(9999, 12, 31), "in_person", []),
        (date(2060, 12, 30), "in_person", []),
        (date(2007, 6, 1), "in_person", []),
    ],
)
def test_input_that_is_no_case_is_refused_in_words(received, channel, steps):
    answer = on(RECEIVED).deadline(received, channel, steps)
    assert isinstance(answer, Refused)
    assert answer.why
    assert answer.instead


def test_a_shorter_extension_adds_only_its_own_days():
    answer = due(RECEIVED, Step("extend", date(2026, 3, 20), {"days": 5}))
    # 30 March is the first due date; 6 April is a day off: 31, 1, 2, 3, 7.
    assert answer.due_on == date(2026, 4, 7)


def test_two_third_parties_are_told_apart_by_name():
    steps = [
        Step("consult_out", date(2026, 3, 5), {"party": "甲公司"}),
        Step("consult_out", date(2026, 3, 5), {"party": "乙公司"}),
        Step("consult_in", date(2026, 3, 9), {"party": "乙公司"}),
        Step("consult_in", date(2026, 3, 20), {"party": "甲公司"}),
    ]
    assert due(RECEIVED, *steps).due_on == date(2026, 4, 15)


def test_the_law_of_today_judges_an_old_application_by_the_old_regulation():
    answer = on(date(2026, 11, 22)).deadline(date(2019, 5, 14), "in_person")
    assert (answer.due_on, answer.regime) == (date(2019, 6, 4), "REG2007")


def test_a_city_may_let_the_day_asked_for_govern_a_straddling_case():
    text = "governing_date:\n  - {since: 2008-05-01, value: asked, article: 市规定, source: 示例, tag: D}\n"
    norms = parse_norms(text, "city.yaml")
    answer = on(date(2019, 6, 1), norms=(norms,)).deadline(date(2019, 5, 14), "in_person")
    assert answer.regime == "REG2019"


def test_a_city_may_not_bend_a_limit_of_the_state_but_a_later_amendment_counts():
    bent = "reply_days:\n  - {since: 2018-01-01, value: 60, article: 市规定, source: 示例, tag: D}\n"
    amended = (
        "reply_days:\n  - {since: 2027-01-01, value: 10, article: 修订第三十三条, source: 示例, tag: V}\n"
    )
    assert parse_norms(amended, "city.yaml").values[0][2] == 10
    refused = parse_norms(bent, "city.yaml")
    assert isinstance(refused, Refused)
    law = on(date(2027, 3, 1), norms=(parse_norms(amended, "city.yaml"),))
    assert isinstance(law, Law)
    assert law.norm("reply_days").value == 10
    assert "修订第三十三条" in law.deadline(date(2027, 3, 1), "in_person").because[-1].basis


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("reply_dayz: []", "reply_dayz"),
        ("reply_days:\n  - {since: 2027-01-01, value: many, article: a, source: b, tag: V}", "value"),
        ("reply_days:\n  - {since: soon, value: 10, article: a, source: b, tag: V}", "since"),
        ("reply_days:\n  - {since: 2027-01-01, value: 10, article: a, source: b, tag: X}", "V、M、?、D"),
        ("reply_days:\n  - {since: 2027-01-01, value: 10, source: b, tag: V}", "article"),
        (
            "receipt_online:\n  - {since: 2027-01-01, value: maybe, article: a, source: b, tag: V}",
            "received、confirm",
        ),
        ("reply_days: 20", "reply_days"),
        ("- a", "全文"),
        ("a: &x [1]\nb: *x", "别名"),
        ("a: 1\na: 2", "写了两遍"),
        ("[" * 3000, "全文"),
        ("x" * 1_000_001, "全文"),
    ],
)
def test_a_faulty_city_norm_names_file_key_and_the_allowed_words(text, told):
    answer = parse_norms(text, "city.yaml")
    assert isinstance(answer, Refused)
    assert "city.yaml" in answer.why
    assert told in answer.why


def test_before_the_regulation_there_is_no_law():
    assert isinstance(on(date(2008, 4, 30)), Refused)
    assert isinstance(on("2026-03-02"), Refused)
    assert on(date(2008, 5, 1)).regime == "REG2007"


def test_not_existing_and_not_ours_are_two_outcomes():
    law = on(RECEIVED)
    absent, elsewhere = law.outcome("NA_NOTEXIST"), law.outcome("NA_NOTOURS")
    assert (absent.row2014, elsewhere.row2014) == ("3.3.6", "3.3.5")
    assert absent.row2021 == elsewhere.row2021 == "na.not_held"
    assert "search_record" in absent.evidence
    assert "named_organ" in elsewhere.evidence


def test_the_closed_lists_of_both_regulations_are_complete():
    assert len(on(RECEIVED).outcomes()) == 23
    old = [o.code for o in on(date(2018, 1, 2)).outcomes()]
    assert old == [
        "A1",
        "A2",
        "A3",
        "A4_SECRET",
        "A4_BUSINESS",
        "A4_PRIVACY",
        "A4_SAFETY",
        "A4_NOTINFO",
        "A4_OTHER",
        "A5",
        "A6",
        "A7",
        "A8",
    ]
    assert isinstance(on(RECEIVED).outcome("A1"), Refused)


@pytest.mark.parametrize(
    ("method", "quantity"),
    [("per_item", -1), ("per_item", True), ("per_page", 10**12), ("per_page", 1.5), ("by_weight", 3)],
)
def test_a_quantity_or_method_that_cannot_be_is_refused(method, quantity):
    assert isinstance(on(RECEIVED).fee(method, quantity), Refused)


def test_no_handling_fee_before_2021():
    assert isinstance(on(date(2020, 12, 31)).fee("per_item", 31), Refused)
    assert isinstance(on(date(2018, 1, 2)).fee("per_page", 31), Refused)


def test_a_licence_is_published_within_seven_working_days_and_a_paper_within_twenty():
    law = on(RECEIVED)
    assert law.publish_by(RECEIVED, "licence").due_on == date(2026, 3, 11)
    assert law.publish_by(RECEIVED).due_on == date(2026, 3, 30)
    assert isinstance(law.publish_by(date(2018, 1, 2), "licence"), Refused)


def test_consulting_after_the_last_day_changes_nothing_and_says_so():
    answer = due(RECEIVED, Step("consult_out", date(2026, 4, 7)))
    assert (answer.due_on, answer.firm, answer.state) == (date(2026, 3, 30), True, "running")
    assert any("不再影响届满日" in reason.text for reason in answer.because)


def test_silence_of_a_third_party_and_of_another_organ_mean_different_things():
    third = due(RECEIVED, Step("consult_out", date(2026, 3, 5)))
    organ = due(RECEIVED, Step("coorgan_out", date(2026, 3, 5)))
    assert any("由行政机关依照条例决定" in r.text and "第三十二条" in r.basis for r in third.because)
    assert any("视为同意公开" in r.text and "第三十四条" in r.basis for r in organ.because)


# The package knows notices to 2026; 1 January 2027 is a Friday.
def test_a_day_off_of_a_year_whose_notice_is_not_loaded_is_not_said_to_rest_on_last_years():
    told = {reason.basis: reason.text for reason in due(date(2026, 12, 28)).because}
    (unsure,) = [basis for basis in told if "2027年放假通知尚未载入" in basis]
    assert "2027年1月1日" in told[unsure]
    assert not any("2027年1月1日" in text for basis, text in told.items() if "2026年部分节假日" in basis)
