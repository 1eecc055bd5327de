"""The keeper's pages: organs, successions, staff, passwords, notices and norms."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mingtang.casework import api as casework
from mingtang.config.schedule import drain_all
from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from tests import given
from tests.desk.conftest import TODAY, Bureau, at_desk, words

NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
一、元旦：2027年1月1日至3日放假，共3天。2026年12月26日（星期六）上班。
二、春节：2月5日至11日放假，共7天。三、清明节：4月5日放假。
四、劳动节：5月1日至3日放假，共3天。五、端午节：6月9日放假。
六、中秋节：9月15日放假。七、国庆节：10月1日至7日放假，共7天。"""


@pytest.fixture
def keeper(bureau: Bureau) -> ledger.Person:
    return given.person(bureau.city, "keeper", name="管理员")


@pytest.fixture
def drained(settings, tmp_path):
    """What the background does, in a home of its own."""
    settings.HOME = tmp_path

    def run() -> None:
        while drain_all():
            pass

    return run


def queries(browser: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


# --- organs --------------------------------------------------------------------------------------------------


def test_an_organ_s_record_is_open_to_all_and_its_change_to_the_keeper_only(bureau: Bureau, keeper):
    address = f"/desk/agencies/{bureau.organ.pk}/"
    assert "更改信息" not in words(bureau.desk("clerk").get(address))
    assert "更改信息" in words(at_desk(keeper).get(address))
    assert bureau.desk("clerk").get(address + "edit").status_code == 403
    assert (
        bureau.desk("clerk").post(address + "edit", {"short_name": "住房局", "phone": "1"}).status_code == 403
    )
    assert at_desk(keeper).post(address + "edit", {"short_name": "住房局", "phone": "0000-7", "aliases": "房管局、住建局"}).status_code == 302  # fmt: skip
    organ = ledger.find("agency", pk=bureau.organ.pk).one()
    assert (organ.phone, organ.aliases, organ.short_name) == ("0000-7", ["房管局", "住建局"], "住房局")
    act = ledger.find("act", verb="agency.change").one()
    assert set(act.facts["after"]) == {"short_name", "phone", "aliases", "doc_prefix"}
    assert at_desk(keeper).post(address + "edit", {"short_name": "住房局", "phone": "0000-7", "aliases": "房管局 住建局"}).status_code == 409  # fmt: skip


def test_a_new_organ_is_entered_below_another_and_a_taken_code_is_refused_with_everything_typed_kept(bureau: Bureau, keeper):  # fmt: skip
    form = {"name": "测试市数据局", "code": "SJJ", "short_name": "数据局", "type": "department", "level": "city",
            "parent": str(bureau.city.pk), "valid_from": "2026-11-20"}  # fmt: skip
    assert at_desk(keeper).post("/desk/agencies/new", form).status_code == 302
    made = ledger.find("agency", code="SJJ").one()
    assert (made.parent_id, made.valid_from) == (bureau.city.pk, date(2026, 11, 20))
    again = at_desk(keeper).post("/desk/agencies/new", form | {"name": "另一个局"})
    assert again.status_code == 409
    assert "代码SJJ已经是测试市数据局的" in words(again)
    assert 'value="另一个局"' in words(again)


def test_a_page_of_an_organ_asks_the_same_number_of_questions_however_many_work_there(bureau: Bureau, keeper):
    browser, address = at_desk(keeper), f"/desk/agencies/{bureau.organ.pk}/"
    browser.get(address)
    before = queries(browser, address)
    for _n in range(5):
        given.person(bureau.organ, "clerk")
        given.organ(f"所{_n}", bureau.organ)
    assert queries(browser, address) == before


def test_an_organ_that_is_not_there_is_said_so(bureau: Bureau, keeper):
    for tail in ("", "edit", "rename", "succession"):
        assert at_desk(keeper).get(f"/desk/agencies/999999/{tail}").status_code == 404


# --- successions ---------------------------------------------------------------------------------------------


def test_a_merger_is_looked_at_before_it_is_done(bureau: Bureau, keeper, case, drained):
    heir = given.organ("测试市建设委", bureau.city)
    case(11, 20)
    case(11, 19)
    browser, address = at_desk(keeper), f"/desk/agencies/{bureau.organ.pk}/succession"
    chosen = {"kind": "merged", "on": "2026-11-23", "new": [heir.pk]}
    look = words(browser.post(address, chosen | {"step": "look"}))
    assert re.search(r"<dt>在办申请</dt><dd>2</dd>", look)
    assert "有 5 人在原机构任职" in look
    assert ledger.find("agency", pk=bureau.organ.pk).one().valid_to is None
    done = browser.post(address, chosen | {"step": "do"})
    assert done["Location"] == f"/desk/agencies/{heir.pk}/"
    drained()
    assert casework.find("case", agency_id=heir.pk).count() == 2


def test_of_a_split_each_line_is_given_to_one_or_goes_with_the_rest(
    bureau: Bureau, keeper, office, case, drained
):
    safe, health = given.organ("应急局", bureau.city), given.organ("卫健委", bureau.city)
    first, second = case(11, 19), case(11, 20)
    for title in ("职业健康检查", "矿山检查"):
        given.done(disclosure.assign(office, TODAY, agency=bureau.organ, title=title, since=date(2026, 1, 1), basis="要点", cadence="monthly"))  # fmt: skip
    duty = disclosure.find("duty", title="职业健康检查").one()
    browser, address = at_desk(keeper), f"/desk/agencies/{bureau.organ.pk}/succession"
    chosen = {"kind": "split", "on": "2026-11-23", "new": [safe.pk, health.pk]}
    look = words(browser.post(address, chosen | {"step": "look"}))
    assert f'name="cases-{first.id}"' in look
    assert f'name="duties-{duty.id}"' in look
    named = {
        "step": "do",
        f"cases-{first.id}": health.pk,
        f"cases-{second.id}": "",
        f"duties-{duty.id}": health.pk,
    }
    refused = browser.post(address, chosen | named)
    assert refused.status_code == 409
    assert "没有写明没点名的事项归谁" in words(refused)
    assert f'<option value="{health.pk}" selected>' in words(refused)  # the choice stays
    assert browser.post(address, chosen | named | {"rest": safe.pk}).status_code == 302
    drained()
    held = {c.id: c.agency_name for c in casework.find("case")}
    assert held == {first.id: "卫健委", second.id: "应急局"}
    assert {d.title: d.agency_name for d in disclosure.find("duty", until__isnull=True)} == {"职业健康检查": "卫健委", "矿山检查": "应急局"}  # fmt: skip


def test_what_a_case_asks_for_is_not_shown_to_a_keeper_who_may_not_see_cases(
    bureau: Bureau, keeper, office, case
):
    row = case(11, 20, subject="某人的补偿协议")
    new = [given.organ("甲局", bureau.city).pk, given.organ("乙局", bureau.city).pk]
    address = f"/desk/agencies/{bureau.organ.pk}/succession"
    chosen = {"kind": "split", "on": "2026-11-23", "new": new, "step": "look"}
    page = words(at_desk(keeper).post(address, chosen))
    assert row.number in page
    assert "某人的补偿协议" not in page
    assert "某人的补偿协议" in words(at_desk(office).post(address, chosen))


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"kind": "merged", "on": "2026-11-23"}, "不能为空"),
        ({"kind": "split", "on": "2026-11-23", "new_more": "甲局"}, "两个以上"),
        ({"kind": "merged", "on": "2027-01-01", "new_more": "甲局"}, "还没有到"),
        ({"kind": "merged", "on": "很快", "new_more": "甲局"}, "没有写明划转日期"),
        ({"kind": "merged", "on": "2026-11-23", "new_more": "没有这个局"}, "没有找到"),
        ({"kind": "eaten", "on": "2026-11-23", "new_more": "甲局"}, "这种调整"),
    ],
)
def test_a_choice_that_will_not_do_is_refused_before_anything_is_looked_at(
    bureau: Bureau, keeper, chosen, said
):
    given.organ("甲局", bureau.city)
    answer = at_desk(keeper).post(f"/desk/agencies/{bureau.organ.pk}/succession", chosen | {"step": "look"})
    assert answer.status_code == 409
    assert said in words(answer)
    assert not ledger.find("succession").exists()


def test_a_new_name_is_one_form(bureau: Bureau, keeper, case, drained):
    row = case(11, 20)
    address = f"/desk/agencies/{bureau.organ.pk}/rename"
    page = words(at_desk(keeper).get(address))
    assert re.search(r"<dt>在办申请</dt><dd>1</dd>", page)
    form = {"name": "测试市住房和城乡建设局", "code": "ZJJ", "short_name": "住建局", "on": "2026-11-23"}
    assert at_desk(keeper).post(address, form).status_code == 302
    drained()
    assert casework.find("case", pk=row.id).one().agency_name == "测试市住房和城乡建设局"
    old = words(at_desk(keeper).get(f"/desk/agencies/{bureau.organ.pk}/"))
    assert "测试市住房和城乡建设局" in old
    assert "更名" in old


# --- staff and passwords -------------------------------------------------------------------------------------


def _secret(page: str) -> str:
    found = re.search(r"<output>([a-z0-9-]+)</output>", page)
    assert found
    return found[1]


def test_a_person_is_entered_appointed_logs_in_once_and_must_choose_an_own_password(bureau: Bureau, keeper):
    browser = at_desk(keeper)
    shown = words(browser.post("/desk/people/new", {"name": "新人", "username": "xinren"}))
    once, who = _secret(shown), ledger.find("person", username="xinren").one()
    assert once not in words(browser.get(f"/desk/people/{who.pk}/"))
    post = {"agency": bureau.organ.pk, "role": "clerk", "since": "2026-11-23", "section": "办公室"}
    assert browser.post(f"/desk/people/{who.pk}/appoint", post).status_code == 302
    own = Client()
    assert own.post("/desk/login", {"account": "xinren", "secret": once}).status_code == 302
    for address in ("/desk/", "/desk/cases/", "/desk/agencies/"):
        assert own.get(address)["Location"] == "/desk/password"
    wrong = own.post("/desk/password", {"old": once, "new": "自己想的长口令一", "again": "另外一个"})
    assert "两遍新口令不一样" in words(wrong)
    assert once not in words(wrong)  # no password comes back in a page
    new = "自己想的一个足够长的口令"
    assert own.post("/desk/password", {"old": once, "new": new, "again": new})["Location"] == "/desk/"
    assert own.get("/desk/").status_code == 200  # this log-in goes on


def test_a_reset_ends_the_log_ins_of_that_person_and_shows_the_password_once(bureau: Bureau, keeper):
    clerk = bureau.people["clerk"]
    there = at_desk(clerk)
    assert there.get("/desk/").status_code == 200
    answer = at_desk(keeper).post(f"/desk/people/{clerk.pk}/reset_password")
    assert "这个口令只显示这一次" in words(answer)
    assert answer["Cache-Control"] == "private, no-store"
    assert there.get("/desk/")["Location"].startswith("/desk/login")


def test_a_stopped_account_is_out_at_once_and_shown_as_stopped(bureau: Bureau, keeper):
    clerk = bureau.people["clerk"]
    there = at_desk(clerk)
    assert at_desk(keeper).post(f"/desk/people/{clerk.pk}/deactivate").status_code == 302
    assert there.get("/desk/")["Location"].startswith("/desk/login")
    assert "已停用" in words(at_desk(keeper).get(f"/desk/people/?q={clerk.username}"))
    assert at_desk(keeper).post(f"/desk/people/{clerk.pk}/activate").status_code == 302


def test_the_last_keeper_is_not_relieved_and_is_told_what_to_do(bureau: Bureau, keeper):
    held = ledger.find("appointment", person_id=keeper.pk).one()
    answer = at_desk(keeper).post(f"/desk/people/{keeper.pk}/relieve", {"appointment": held.id, "until": "2026-11-23"})  # fmt: skip
    assert answer.status_code == 409
    assert "最后一位系统管理员" in words(answer)
    assert "请先任命另一位系统管理员" in words(answer)


def test_an_appointment_is_ended_on_its_person_s_page_only(bureau: Bureau, keeper):
    clerk = bureau.people["clerk"]
    held = ledger.find("appointment", person_id=clerk.pk).one()
    foreign = {"appointment": held.id, "until": "2026-11-24"}
    assert (
        at_desk(keeper).post(f"/desk/people/{bureau.people['signer'].pk}/relieve", foreign).status_code == 409
    )
    assert at_desk(keeper).post(f"/desk/people/{clerk.pk}/relieve", foreign).status_code == 302
    assert ledger.find("appointment", pk=held.id).one().valid_to == date(2026, 11, 24)


def test_staff_are_found_by_name_account_and_organ_and_only_by_the_keeper(bureau: Bureau, keeper, office):
    browser, clerk = at_desk(keeper), bureau.people["clerk"]
    for asked in (clerk.name, clerk.username, "住房局"):
        assert clerk.name in words(browser.get("/desk/people/", {"q": asked}))
    assert clerk.name not in words(browser.get("/desk/people/", {"q": "没有这个人"}))
    for address in ("people/", "people/new", f"people/{clerk.pk}/"):
        assert at_desk(office).get(f"/desk/{address}").status_code == 403
        assert bureau.desk("clerk").get(f"/desk/{address}").status_code == 403


def test_the_table_of_staff_asks_the_same_number_of_questions_for_one_and_for_twenty(bureau: Bureau, keeper):
    browser = at_desk(keeper)
    browser.get("/desk/people/")
    before = queries(browser, "/desk/people/")
    for _n in range(12):
        given.person(bureau.organ, "clerk")
    assert queries(browser, "/desk/people/") == before


# --- notices and norms ---------------------------------------------------------------------------------------


def test_a_notice_is_looked_at_with_the_dates_it_moves_and_then_loaded(bureau: Bureau, keeper, drained):
    # Received Tuesday 8 December 2026: 9–11, 14–18, 21–25 are 13 days, 28–31 make 17, without the notice
    # 4–6 January make 20. The 26th worked is a fourteenth, so 28–31 make 18, and the 20th is 5 January.
    when = given.at(2026, 12, 8)
    with ledger.clock_at(when):
        row = given.received(bureau.people["clerk"], bureau.organ, when)
        assert row.due_on == date(2027, 1, 6)
        browser = at_desk(keeper)
        look = words(browser.post("/desk/laws/", {"kind": "notice", "text": NOTICE, "step": "look"}))
        assert "放假 7 天：2027-02-05 至 2027-02-11" in look
        assert "2026-12-26" in look
        assert "在办 1 件，动 1 件" in look
        moves = look.split('id="moves"')[1].split("</section>")[0]
        assert row.number in moves
        assert re.search(r"<del>2027-01-06.*?</del>", moves)
        assert re.search(r"<ins>2027-01-05.*?</ins>", moves)
        assert row.subject not in look
        assert not ledger.find("law").exists()
        assert casework.find("case", pk=row.id).one().due_on == date(2027, 1, 6)
        assert (
            browser.post("/desk/laws/", {"kind": "notice", "text": NOTICE, "step": "load"}).status_code == 302
        )
        drained()
    assert casework.find("case", pk=row.id).one().due_on == date(2027, 1, 5)
    act = ledger.find("act", verb="case.recount").one()
    assert (act.facts["from"], act.facts["to"]) == ("2027-01-06", "2027-01-05")
    assert "已经载入" in words(at_desk(keeper).get("/desk/laws/"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("今天放假", ""),
        (NOTICE.split("二、")[0], "通知里没有提到"),
        (NOTICE.replace("共3天", "共4天", 1), "写明 4 天"),
    ],
)
def test_a_text_that_is_no_whole_notice_is_refused_and_stays_to_be_mended(bureau: Bureau, keeper, text, said):
    for step in ("look", "load"):
        answer = at_desk(keeper).post("/desk/laws/", {"kind": "notice", "text": text, "step": step})
        assert answer.status_code == 409
        assert said in words(answer)
        assert text[:8] in words(answer)
    assert not ledger.find("law").exists()


def test_the_same_notice_twice_is_refused(bureau: Bureau, keeper):
    post = {"kind": "notice", "text": NOTICE, "step": "load"}
    assert at_desk(keeper).post("/desk/laws/", post).status_code == 302
    assert "已经载入过" in words(at_desk(keeper).post("/desk/laws/", post))


def test_city_norms_are_looked_at_and_loaded_in_the_same_way(bureau: Bureau, keeper):
    wrong = at_desk(keeper).post("/desk/laws/", {"kind": "norms", "title": "本市办法", "text": "no_such_norm: []", "step": "look"})  # fmt: skip
    assert wrong.status_code == 409
    assert "没有这个规范" in words(wrong)
    text = (
        'reply_days:\n  - {since: 2027-06-01, value: 15, article: "某条例第一条", source: "某公报", tag: V}\n'
    )
    post = {"kind": "norms", "title": "本市办法", "text": text}
    look = at_desk(keeper).post("/desk/laws/", post | {"step": "look"})
    assert "某条例第一条" in words(look), words(look)
    assert not ledger.find("law").exists()
    assert at_desk(keeper).post("/desk/laws/", post | {"step": "load"}).status_code == 302
    assert ledger.find("law", kind="norms").one().title == "本市办法"


def test_loading_law_is_for_those_with_the_power(bureau: Bureau):
    for role in bureau.people:
        assert bureau.desk(role).get("/desk/laws/").status_code == 403
        assert bureau.desk(role).post("/desk/laws/", {"text": NOTICE, "step": "load"}).status_code == 403
    assert not ledger.find("law").exists()


# --- the background ------------------------------------------------------------------------------------------


def test_the_keeper_sees_which_consumer_does_not_go_on_and_nobody_else_does(bureau: Bureau, keeper, caplog):
    def broken(topic, rows):
        raise OSError("no network")

    assert "后台还没有办过一件事" in words(at_desk(keeper).get("/desk/background/"))
    ledger.enqueue("thing", {}, given.at(2026, 11, 20))
    ledger.drain("portal", broken)
    ledger.drain("a-new-channel", lambda topic, rows: None)
    seen = words(at_desk(keeper).get("/desk/background/"))
    for told in (
        "门户页面",
        "a-new-channel",
        "OSError: no network",
        "试了 1 次",
        "1 处没有往下办",
        "2026-11-20 09:00",
    ):
        assert told in seen
    assert "后台" in words(at_desk(keeper).get("/desk/acts/"))
    assert bureau.desk("clerk").get("/desk/background/").status_code == 403


def test_the_page_of_notices_says_which_one_is_no_longer_read(
    bureau: Bureau, keeper, settings, tmp_path, caplog
):
    settings.HOME = tmp_path
    given.done(
        ledger.take(None, "load_law", by=keeper, at=given.at(2026, 11, 20), kind="notice", text=NOTICE)
    )
    assert "读不出来" not in words(at_desk(keeper).get("/desk/laws/"))
    ledger.FileRow.path_of(ledger.find("law").one().digest).unlink()
    assert "读不出来，期限没有照它算" in words(at_desk(keeper).get("/desk/laws/"))


# --- the reviews of a small unit -----------------------------------------------------------------------------


def test_the_office_rules_on_a_small_unit_s_page_and_takes_it_back(bureau: Bureau, office):
    small = given.organ("测试站", bureau.city)
    given.person(small, "section_head", "secrecy")
    browser, page = at_desk(office), f"/desk/agencies/{small.pk}/"
    assert browser.post(page + "reviews", {"ground": "全站编制三人"}).status_code == 302
    shown = words(browser.get(page))
    assert "全站编制三人" in shown
    assert "照办" in shown
    held = disclosure.find("review_rule", agency_id=small.pk).one()
    browser.post(page + "reviews", {"end": str(held.id)})
    assert "已撤销" in words(browser.get(page))
    refused = browser.post(f"/desk/agencies/{bureau.organ.pk}/reviews", {"ground": "人少"})
    assert (refused.status_code, "不少于四人" in words(refused)) == (409, True)
    assert bureau.desk("clerk").post(page + "reviews", {"ground": "人少"}).status_code == 403
