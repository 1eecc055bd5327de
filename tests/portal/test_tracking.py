"""What an applicant finds with number and code: the letters themselves, and one date, whichever page tells it."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from mingtang.casework import api as casework
from mingtang.desk.documents.fields import paragraphs
from mingtang.law import api as law
from mingtang.ledger import api as ledger
from tests import given

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counter_alone")]


@pytest.fixture
def bureau():
    organ = given.organ("测试市住建局", given.demo_city())
    return organ, given.team(organ)


def tracked(case, when):
    with ledger.clock_at(when):
        code = casework.find("case", pk=case.id).one().code
        return Client().post("/track", {"number": case.number, "code": code}).content.decode()


def test_the_answer_can_be_read_with_number_and_code(bureau):
    organ, people = bureau
    case = given.received(people["clerk"], organ, given.at(2026, 3, 2))
    given.answered(people, case, given.at(2026, 3, 9))
    page = tracked(case, given.at(2026, 3, 10))
    assert "政府信息公开申请答复书" in page
    assert "经检索，本机关保存有该信息。" in page
    assert "张某" not in page, "a letter shown on a page names nobody"


def test_one_taken_back_is_told_as_taken_back_and_speaks_of_no_answer(bureau):
    organ, people = bureau
    case = given.received(people["clerk"], organ, given.at(2026, 3, 2))
    given.done(given.act(case.id, "withdraw", people["clerk"], given.at(2026, 3, 4), text="来信撤回"))
    page = tracked(case, given.at(2026, 3, 5))
    assert "已撤回" in page
    assert "2026年3月4日" in page
    assert "已答复" not in page
    assert "如果不服这份答复" not in page


def test_the_page_of_a_case_counts_in_place_and_sends_nobody_to_another_count(bureau):
    """Received 2 March 2026, consulted 5 to 20 March: due 15 April, extended by 20 working days to 15 May.

    From 15 April: 16–17, 20–24, 27–30 April make 11, 1–5 May are off, 6–8 May 14, Saturday the 9th is worked 15,
    11–15 May 20.
    """
    organ, people = bureau
    case = given.received(people["clerk"], organ, given.at(2026, 3, 2))
    given.done(given.act(case.id, "consult", people["clerk"], given.at(2026, 3, 5)))
    given.done(given.act(case.id, "consulted", people["clerk"], given.at(2026, 3, 20), opinion="同意公开"))
    given.done(given.act(case.id, "extend", people["director"], given.at(2026, 4, 10)))
    page = tracked(case, given.at(2026, 4, 13))
    assert casework.find("case", pk=case.id).one().due_on == date(2026, 5, 15)
    assert "2026年5月15日" in page
    assert "/due?received" not in page


def test_plain_text_keeps_every_character_and_its_paragraphs():
    assert paragraphs("第一段 a<b 且 c>d。\n\n第二段") == "<p>第一段 a&lt;b 且 c&gt;d。</p><p>第二段</p>"
    assert paragraphs("<p>已经是网页</p>") == "<p>已经是网页</p>"


@pytest.mark.parametrize("back", [date(2026, 3, 4), date(2026, 3, 6)], ids=["the same day", "later"])
def test_a_second_notice_to_correct_is_refused_because_it_is_told_once(back):
    steps = [law.Step("clarify_out", date(2026, 3, 4)), law.Step("clarify_in", back)]
    norms = law.on(date(2026, 3, 2))
    refused = norms.may("clarify_out", date(2026, 3, 2), "in_person", steps, back)
    assert isinstance(refused, law.Refused)
    assert "已经告知过" in refused.why
    assert "等待" not in refused.why


@pytest.mark.parametrize("page", ["apply", "track", "due", "en/due"])
def test_a_slash_too_many_leads_to_the_page(page):
    answer = Client().get(f"/{page}/?received=2026-03-02")
    assert (answer.status_code, answer["Location"]) == (301, f"/{page}?received=2026-03-02")
