"""The citizens' counter: a form that says what to do, a receipt, a code that tells nothing, and a date with its reasons."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.http import QueryDict
from django.test import Client

from mingtang.casework import api as casework
from mingtang.ledger import api as ledger
from mingtang.portal.counter import forms
from tests import given

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counter_alone")]


@pytest.fixture
def counter(city) -> Any:
    """A browser at the counter on 23 November 2026, at nine."""
    with ledger.clock_at(city.when):
        yield Client()


def _text(answer: Any) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))


def _form(counter: Client, city: Any, **fields: str) -> dict[str, str]:
    page = counter.get("/apply").content.decode()
    key = re.search(r'name="key" id="key" value="([^"]+)"', page)
    assert key
    typed = {"agency": city.government.code, "name": "张三", "id_type": "居民身份证", "id_number": "11010519491231002X", "contact": "示例路1号",
             "content": "示例桥的竣工验收报告", "applicant_type": "natural", "request_class": "other", "delivery": "electronic",
             "key": key[1]}  # fmt: skip
    return typed | fields


def test_an_application_gets_a_number_a_code_and_a_date_with_its_reasons(counter, city):
    answer = counter.post("/apply", _form(counter, city))
    assert answer.status_code == 201
    (case,) = casework.find("case")
    page = answer.content.decode()
    assert case.number in page
    assert case.code in page
    # Monday 23 November 2026, confirmed the same day: the twentieth working day is Monday 21 December.
    assert "2026年12月21日（星期一）" in page
    assert "条例" in page


def test_the_same_form_sent_twice_makes_one_case_and_shows_the_same_receipt(counter, city):
    form = _form(counter, city)
    first, second = counter.post("/apply", form), counter.post("/apply", form)
    number = re.search(r'id="number">([^<]+)<', first.content.decode())
    assert number
    assert number[1] in second.content.decode()
    assert casework.find("case").count() == 1


def test_a_key_that_this_site_did_not_give_out_opens_nobodys_receipt(counter, city):
    form = _form(counter, city)
    counter.post("/apply", form)
    (case,) = casework.find("case")
    stolen = form["key"].split(":")[0]
    answer = counter.post("/apply", form | {"key": stolen})
    assert answer.status_code == 400
    assert case.code not in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "says"),
    [("name", "请填写姓名或者名称"), ("id_number", "请填写身份证明号码"), ("contact", "请填写一种联系方式"), ("content", "请写明需要什么信息"), ("agency", "请选择向哪个机关申请")],
)  # fmt: skip
def test_an_empty_field_is_named_at_the_top_and_at_the_field_with_what_to_do(counter, city, field, says):
    answer = counter.post("/apply", _form(counter, city, **{field: "  "}))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert page.count(says) == 2
    assert f'href="#{field}"' in page
    assert f'id="{field}-e"' in page
    assert 'aria-invalid="true"' in page
    assert "示例桥" in page or field == "content"
    assert casework.find("case").count() == 0


HOSTILE = [
    "甲" * 10_000,
    "\x00\x07\u202e",
    "<script>alert(1)</script>",
    "'; DROP TABLE x; --",
    "{{7*7}}{%x%}",
    "\ud83d\ude00",
    "99999999999999999999",
]


@pytest.mark.parametrize("poison", HOSTILE)
@pytest.mark.parametrize("field", ["agency", "name", "id_type", "id_number", "contact", "content", "subject", "period", "applicant_type", "request_class", "delivery", "key"])  # fmt: skip
def test_no_input_of_the_form_breaks_it(counter, city, field, poison):
    answer = counter.post(
        "/apply",
        _form(counter, city, **{field: poison.encode("utf-8", "surrogatepass").decode("utf-8", "replace")}),
    )
    assert answer.status_code in (201, 400)
    assert "<script>alert" not in answer.content.decode()


def test_the_form_without_its_token_is_refused(city):
    with ledger.clock_at(city.when):
        answer = Client(enforce_csrf_checks=True).post("/apply", {"name": "张三"})
    assert answer.status_code == 403


def test_an_organ_that_was_dissolved_can_not_be_asked(counter, city):
    old, new = given.organ("测试市旧局", city.government), given.organ("测试市新局", city.government)
    ledger.take(
        None,
        "succeed",
        by=None,
        at=city.when,
        old=[old],
        new=[new],
        kind="merged",
        on=given.at(2026, 1, 1).date(),
    )
    page = counter.get("/apply").content.decode()
    assert "测试市新局" in page
    assert "测试市旧局" not in page
    assert counter.post("/apply", _form(counter, city, agency=old.code)).status_code == 400


def test_number_and_code_show_the_timeline_and_no_personal_data(counter, city):
    counter.post("/apply", _form(counter, city))
    (case,) = casework.find("case")
    answer = counter.post("/track", {"number": case.number, "code": case.code.lower()})
    assert answer.status_code == 200
    assert case.state_label in answer.content.decode()
    assert "办理过程" in answer.content.decode()
    assert not {"张三", "测试号码", "示例路1号"} & set(
        re.findall(r"张三|测试号码|示例路1号", answer.content.decode())
    )


def test_a_wrong_number_and_a_wrong_code_get_the_same_answer(counter, city):
    counter.post("/apply", _form(counter, city))
    (case,) = casework.find("case")
    wrong_code = counter.post("/track", {"number": case.number, "code": "AAAAAAAA"})
    wrong_number = counter.post("/track", {"number": "没有这个号", "code": case.code})
    assert wrong_code.status_code == wrong_number.status_code == 404
    said = [
        re.search(r'id="fault">(.*?)</div>', a.content.decode(), re.S) for a in (wrong_code, wrong_number)
    ]
    assert said[0]
    assert said[1]
    assert said[0][1] == said[1][1]


def test_after_ten_wrong_codes_even_the_right_one_waits(counter, city):
    counter.post("/apply", _form(counter, city))
    (case,) = casework.find("case")
    for _n in range(10):
        assert counter.post("/track", {"number": case.number, "code": "AAAAAAAA"}).status_code == 404
    assert counter.post("/track", {"number": case.number, "code": case.code}).status_code == 429


@pytest.mark.parametrize(("proxies", "counted"), [(0, "127.0.0.1"), (1, "10.0.0.9"), (2, "203.0.113.7")])
def test_tries_are_counted_by_the_address_that_our_own_proxies_saw(counter, city, settings, proxies, counted):
    settings.PROXIES = proxies
    told = "1.1.1.1, 203.0.113.7, 10.0.0.9"  # the first was written by the citizen
    counter.post("/track", {"number": "没有", "code": "AAAAAAAA"}, headers={"x-forwarded-for": told})
    assert cache.get(f"track:{counted}") == 1


def test_an_answered_case_tells_how_to_object_to_the_answer_and_not_to_silence(counter, city):
    people = given.team(city.government)
    case = given.received(people["clerk"], city.government, given.at(2026, 9, 14))
    given.answered(people, case, given.at(2026, 9, 20))
    page = counter.post("/track", {"number": case.number, "code": case.code}).content.decode()
    assert "如果不服这份答复" in page
    assert "如果到期没有答复" not in page


def test_the_answer_can_be_read_in_full_with_number_and_code_and_only_so(counter, city):
    people = given.team(city.government)
    case = given.received(people["clerk"], city.government, given.at(2026, 9, 14), content="示例桥的验收报告")
    given.answered(people, case, given.at(2026, 9, 20))
    page = _text(counter.post("/track", {"number": case.number, "code": case.code}))
    for part in ("政府信息公开申请答复书", "你申请公开的内容为：“示例桥的验收报告”。", "经检索，本机关保存有该信息。",
                 "行政复议", "测试市人民政府2026年9月20日"):  # fmt: skip
        assert part in page, part
    wrong = counter.post("/track", {"number": case.number, "code": "AAAAAAAA"})
    assert "经检索，本机关保存有该信息。" not in _text(wrong)


def test_what_has_to_be_corrected_stands_on_the_page_and_what_a_third_party_said_does_not(counter, city):
    people = given.team(city.government)
    case = given.received(people["clerk"], city.government, given.at(2026, 9, 14))
    given.done(
        given.act(
            case.id, "clarify", people["clerk"], given.at(2026, 9, 15), what="请写明桥的名称。\n十日内补正"
        )
    )
    asked = counter.post("/track", {"number": case.number, "code": case.code})
    assert "请写明桥的名称。" in asked.content.decode()
    assert "送到受理机关" in asked.content.decode()
    given.done(given.act(case.id, "clarified", people["clerk"], given.at(2026, 9, 16), text="东桥"))
    given.done(
        given.act(
            case.id, "consult", people["clerk"], given.at(2026, 9, 17), party="某某公司", what="可否公开"
        )
    )
    given.done(
        given.act(
            case.id,
            "consulted",
            people["clerk"],
            given.at(2026, 9, 18),
            party="某某公司",
            opinion="不同意，涉及报价",
        )
    )
    page = counter.post("/track", {"number": case.number, "code": case.code}).content.decode()
    assert "请写明桥的名称。" in page
    assert "涉及报价" not in page
    assert "可否公开" not in page


def test_the_days_on_the_tracking_page_end_on_the_date_in_its_head(counter, city):
    """2 March 2026, consulted 5 to 20 March: due 15 April; extended by twenty: Labour Day is off 1 to 5 May, 9 May is worked, so 15 May."""
    people = given.team(city.government)
    case = given.received(people["clerk"], city.government, given.at(2026, 3, 2))
    given.done(
        given.act(
            case.id, "consult", people["clerk"], given.at(2026, 3, 5), party="某某公司", what="可否公开"
        )
    )
    given.done(
        given.act(
            case.id, "consulted", people["clerk"], given.at(2026, 3, 20), party="某某公司", opinion="同意"
        )
    )
    given.done(given.act(case.id, "extend", people["director"], given.at(2026, 4, 1), reason="材料多"))
    page = counter.post("/track", {"number": case.number, "code": case.code}).content.decode()
    assert "2026年5月15日" in page
    assert "延长的理由" in page
    ends = re.findall(r'<td class="end[^"]*"><time class="d" datetime="([^"]+)"', page)
    assert ends == ["2026-05-15"]
    assert "/due?received" not in page


def test_a_citizens_form_that_came_too_late_gets_a_citizens_page(counter, settings):
    settings.ROOT_URLCONF, settings.CSRF_FAILURE_VIEW = (
        "mingtang.config.urls",
        "mingtang.config.refusals.csrf",
    )
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/track", {"number": "x", "code": "y"})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "什么也没有登记" in page
    assert "desk.css" not in page
    assert "什么也没有改" in strict.post("/desk/login", {"account": "x"}).content.decode()


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_number_or_code_breaks_the_tracking_page(counter, poison):
    text = poison.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    assert counter.post("/track", {"number": text, "code": text}).status_code == 404
    assert counter.get("/track", {"number": text}).status_code == 200
    assert counter.post("/track", {"number": [text, text]}).status_code == 404


def test_the_due_page_counts_the_national_day_holidays_and_the_makeup_days(counter):
    """Received on Monday 14 September 2026: 25–27 September and 1–7 October are off, 20 September and 10 October worked."""
    answer = counter.get("/due", {"received": "2026-09-14", "channel": "in_person"})
    page = _text(answer)
    assert answer.status_code == 200
    assert "2026年10月16日" in page
    assert "第20个工作日" in page
    # Ignoring the holidays gives Monday 12 October; ignoring the make-up days Tuesday 20 October.
    assert "10月12日早4天" in page
    assert "10月20日晚4天" in page


def test_a_consultation_pauses_the_count_on_the_due_page(counter):
    """2 March 2026, consulted 5 to 20 March (eleven working days out): due 15 April instead of 30 March."""
    plain = counter.get("/due", {"received": "2026-03-02", "channel": "in_person"})
    paused = counter.get("/due", {"received": "2026-03-02", "channel": "in_person", "consult_out": "2026-03-05", "consult_in": "2026-03-20"})  # fmt: skip
    assert "最迟答复日期2026年3月30日" in _text(plain)
    assert "最迟答复日期2026年4月15日" in _text(paused)
    assert _text(paused).count("暂停") >= 11


def test_the_due_page_supposes_a_confirmation_only_where_the_norms_of_the_day_ask_for_one(counter, city):
    asked = QueryDict("received=2026-11-20&channel=online")
    text = 'receipt_online:\n  - {since: 2026-01-01, value: "received", article: "本市办法第三条", source: "本市公报", tag: V}\n'
    keeper = given.person(city.government, "keeper")
    for steps in (["confirm"], []):
        _values, question, _faults = forms.read_question(asked, casework.CHANNELS, city.when.date())
        assert [s.step for s in question.steps] == steps
        if steps:
            given.done(
                ledger.take(
                    None, "load_law", by=keeper, at=city.when, kind="norms", title="本市办法", text=text
                )
            )


def test_a_date_before_the_regulation_is_refused_with_its_basis_and_what_to_do(counter):
    answer = counter.get("/due", {"received": "2008-04-30", "channel": "in_person"})
    assert answer.status_code == 400
    assert "依据：" in answer.content.decode()
    assert "怎么办：" in answer.content.decode()


@pytest.mark.parametrize("received", ["2026-02-30", "2026-13-01", "昨天", "0000-00-00", "9999-12-31", "20260302", "2026-3-2", "1" * 10_000, "\x00", "2026-03-02T00:00"])  # fmt: skip
def test_a_day_that_is_not_in_the_calendar_is_refused_with_what_to_do(counter, received):
    answer = counter.get("/due", {"received": received, "channel": "online"})
    assert answer.status_code == 400
    assert 'id="received-e"' in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    ["received=2026-03-02&channel=pigeon", "received=2026-03-02&channel=online&extend=2026-02-30", "received=2026-03-02&received=2026-03-03",
     "received[]=2026-03-02", "received=2026-03-02&consult_in=2020-01-01", "received=2026-03-02&extend=2026-03-03&extend=x",
     "received=2026-03-02&channel=online&clarify_in=2026-03-09", "received=%ff%fe", "received=2027-12-20&channel=fax", "channel=online"],
)  # fmt: skip
def test_no_question_breaks_the_due_page(counter, query):
    assert counter.get(f"/due?{query}").status_code in (200, 400)


def test_steps_in_every_combination_never_break_the_due_page(counter):
    steps = ["confirm", "clarify_out", "clarify_in", "consult_out", "consult_in", "coorgan_out", "coorgan_in", "fee_notice", "fee_paid", "extend"]  # fmt: skip
    for first in steps:
        for second in steps:
            query = {"received": "2026-03-02", "channel": "online", first: "2026-03-06", second: "2026-03-10"}
            assert counter.get("/due", query).status_code in (200, 400), query


def test_the_counter_forbids_caching_and_foreign_scripts(counter):
    answer = counter.get("/apply")
    assert answer["Cache-Control"] == "no-store"
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert not re.search(r"<script(?! src=)|\son\w+=|style=", answer.content.decode())


def test_the_health_page_says_that_the_database_is_reached(counter):
    assert counter.get("/healthz").json()["ok"] is True


def test_the_health_page_names_the_consumer_that_holds_things_back_past_ten_minutes(counter, caplog):
    def broken(topic: str, rows: Any) -> None:
        raise OSError("密码 in a message")

    ledger.enqueue("thing", {}, ledger.now() - timedelta(minutes=9))
    assert counter.get("/healthz").status_code == 200
    for consumer in ("portal", "tallies", "duties"):
        ledger.drain(consumer, lambda topic, rows: None)
    ledger.enqueue("thing", {}, ledger.now() - timedelta(minutes=11))
    ledger.drain("portal", broken)
    ledger.drain("duties", lambda topic, rows: None)
    answer = counter.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["ok"] is False
    assert {c["consumer"]: c["waiting"] for c in answer.json()["late"]} == {"portal": 1, "tallies": 1}
    assert "密码" not in answer.content.decode()


def test_the_health_page_says_so_when_the_background_never_ran(counter):
    ledger.enqueue("thing", {}, ledger.now() - timedelta(minutes=11))
    answer = counter.get("/healthz")
    assert (answer.status_code, [c["consumer"] for c in answer.json()["late"]]) == (503, ["work"])


def test_with_the_database_stopped_the_counter_says_so_kindly(counter, monkeypatch):
    from django.db import OperationalError

    def stopped(*args: Any, **kwargs: Any) -> Any:
        raise OperationalError("stopped")

    monkeypatch.setattr(ledger, "find", stopped)
    answer = counter.get("/apply")
    assert answer.status_code == 503
    assert "站上已公开的文件照常可以查阅" in answer.content.decode()
    assert answer["Retry-After"]


def test_a_document_page_has_a_code_for_phones_and_nothing_else_has(counter):
    answer = counter.get("/qr/doc/0/7")
    assert answer["Content-Type"] == "image/svg+xml"
    assert counter.get("/qr/../etc/passwd").status_code == 404
    assert counter.get("/qr/doc/0/7.html").status_code == 404


def test_an_unknown_address_gets_the_portals_page(counter):
    answer = counter.get("/no/such/page")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "right"),
    [("/apply/", "/apply"), ("/track/", "/track"), ("/en/apply/", "/en/apply"),
     ("/due/?received=2026-03-02&channel=online", "/due?received=2026-03-02&channel=online")],
)  # fmt: skip
def test_a_slash_too_many_leads_to_the_page_and_loses_nothing_sent(counter, typed, right):
    answer = counter.get(typed)
    assert (answer.status_code, answer["Location"]) == (301, right)
    assert counter.post(typed, {"number": "x"}).status_code == 404


def test_the_english_reckoner_says_that_reasons_are_in_the_language_of_the_law(client, db):
    line = "The reasons are given in the language of the law, Chinese."
    asked = "?received=2026-03-02&channel=in_person"
    assert line in client.get(f"/en/due{asked}").content.decode()
    assert line not in client.get(f"/due{asked}").content.decode()
