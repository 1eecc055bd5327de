"""Applications at the desk: list, export, counter, one case and its verbs."""

from __future__ import annotations

import csv
import io
from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingtang.casework import api as casework
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given
from tests.desk.conftest import TODAY, Bureau, at_desk, words


def page_of(bureau: Bureau, row, role: str = "clerk") -> str:
    return words(bureau.desk(role).get(f"/desk/cases/{row.id}/"))


def drafted(bureau: Bureau, case, **fields):
    row = case(11, 9, **fields)
    given.done(
        given.act(
            row.id,
            "decide",
            bureau.people["clerk"],
            TODAY,
            outcome="GRANT",
            grounds="经检索，有此信息",
            provided="附复制件一份",
        )
    )
    return row


def test_what_the_state_bars_is_named_once_with_its_reason(bureau: Bureau, case):
    """Article 30: the clock waits for the applicant, so nothing but the correction, its lapse and notes is open."""
    row = case(11, 2)
    given.done(given.act(row.id, "clarify", bureau.people["clerk"], given.at(2026, 11, 4), what="请写明年份"))
    page = page_of(bureau, row)
    assert page.count("等待申请人补正期间不能办") == 1
    rest = page[page.index('class="verbs not-now"') :]
    for label in ("征求第三方意见", "延长答复期限", "要求说明理由", "发收费通知"):
        assert label in rest
    refused = given.act(row.id, "extend", bureau.people["director"], TODAY, reason="材料多")
    assert isinstance(refused, Refused)
    assert "等待申请人补正" in refused.why
    assert refused.basis == "条例第三十条"


def test_before_both_sides_confirmed_the_page_says_that_nothing_else_can_begin(bureau: Bureau):
    when = given.at(2026, 11, 2)
    with ledger.clock_at(when):
        row = given.done(
            casework.receive(
                given.application(bureau.organ, channel="online"), at=when, idempotency_key="unconfirmed-1"
            )
        )
    page = page_of(bureau, row)
    assert page.count("还没有与申请人确认") == 1
    assert "延长答复期限" in page[page.index("还没有与申请人确认") - 900 :]


def test_a_case_is_found_by_a_part_of_its_number_and_by_its_words(bureau: Bureau, case):
    row, clerk = case(11, 2, subject="物业维修资金"), bureau.desk("clerk")
    case(11, 3, subject="供热管网")
    for asked in (row.number[-6:], "维修资金"):
        page = words(clerk.get("/desk/cases/", {"q": asked}))
        assert "物业维修资金" in page
    assert "供热管网" not in words(clerk.get("/desk/cases/", {"q": "维修资金"}))


def test_the_list_narrows_to_a_state(bureau: Bureau, case):
    case(11, 2, subject="还在办的")
    given.answered(bureau.people, case(11, 3, subject="答复了的"), TODAY)
    clerk = bureau.desk("clerk")
    assert "答复了的" not in words(clerk.get("/desk/cases/?state=open"))
    page = words(clerk.get("/desk/cases/?state=done"))
    assert "答复了的" in page
    assert "还在办的" not in page


def test_the_list_comes_in_pages_with_the_same_number_of_questions(bureau: Bureau, case):
    clerk = bureau.desk("clerk")

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert clerk.get(address).status_code == 200
        return len(queries)

    case(11, 2)
    one = asked("/desk/cases/")
    for _ in range(24):
        case(11, 2)
    assert asked("/desk/cases/") == one
    assert "第 2 / 2 页，共 25 条" in words(clerk.get("/desk/cases/?page=2"))
    assert clerk.get("/desk/cases/?page=x").status_code == 200


def test_the_export_holds_every_case_and_nobodys_name(bureau: Bureau, case):
    row = case(11, 2, name="林知远", contact="13900000000", id_number="11010519491231002X", subject="=1+1")
    response = bureau.desk("clerk").get("/desk/cases/export.csv")
    text = words(response)
    assert response["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 2
    assert rows[1][0] == row.number
    assert rows[1][4] == "'=1+1"  # no formula reaches a spreadsheet
    for secret in ("林知远", "13900000000", "11010519491231002X"):
        assert secret not in text


def test_the_case_page_shows_the_request_and_hides_who_asked(bureau: Bureau, case):
    row = case(11, 2, name="林知远", contact="13900000000", content="请提供竣工备案表")
    page = page_of(bureau, row)
    assert "请提供竣工备案表" in page
    assert "林知远" not in page
    assert "13900000000" not in page
    assert "显示（记入日志）" in page


def test_looking_at_the_applicant_is_a_post_and_is_recorded(bureau: Bureau, case):
    row = case(11, 2, name="林知远", contact="13900000000")
    clerk = bureau.desk("clerk")
    assert clerk.get(f"/desk/cases/{row.id}/applicant").status_code == 405
    page = words(clerk.post(f"/desk/cases/{row.id}/applicant"))
    assert "林知远" in page
    assert "13900000000" in page
    looks = list(ledger.find("act", verb="case.see_identity", subject_id=str(row.id)))
    assert [a.person_id for a in looks] == [bureau.people["clerk"].pk]
    assert "已看过 1 次" in page_of(bureau, row)


def test_a_reviewer_may_not_look_at_the_applicant(bureau: Bureau, case):
    row = case(11, 2, name="林知远")
    response = bureau.desk("secrecy").post(f"/desk/cases/{row.id}/applicant")
    assert response.status_code == 403
    assert "林知远" not in words(response)


def test_the_deadline_gives_its_reasons_and_its_days_one_by_one(bureau: Bureau, case):
    page = page_of(bureau, case(10, 26))
    assert "为什么是 11月23日" in page
    assert "第三十三条" in page
    assert 'title="10月26日，收到' in page
    assert 'title="10月27日，1"' in page
    assert 'title="11月20日，19"' in page
    assert 'class="end today" title="11月23日，到期' in page


def test_the_counter_registers_an_oral_application_and_gives_number_and_code(bureau: Bureau):
    clerk = bureau.desk("clerk")
    form = words(clerk.get("/desk/cases/new"))
    key = form.split('name="key" value="')[1].split('"')[0]
    typed = given.application(bureau.organ, channel="oral", received_on="2026-11-20") | {"key": key}
    response = clerk.post("/desk/cases/new", typed, follow=True)
    (row,) = casework.find("case")
    assert (row.channel, str(row.received_on), row.state) == ("oral", "2026-11-20", "received")
    page = words(response)
    assert row.number in page
    assert row.code in page
    clerk.post("/desk/cases/new", typed)  # the button pressed twice
    assert casework.find("case").count() == 1


def test_a_form_with_gaps_comes_back_with_what_was_typed_and_what_to_do(bureau: Bureau):
    typed = given.application(bureau.organ, name="", content="要一份文件", received_on="2026-12-01") | {
        "key": "0123456789abcdef"
    }
    response = bureau.desk("clerk").post("/desk/cases/new", typed)
    page = words(response)
    assert response.status_code == 422
    assert "请填写姓名或者名称" in page
    assert "在今天之后" in page
    assert "要一份文件" in page
    assert not casework.find("case").exists()


def test_a_clerk_cannot_register_for_another_organ(bureau: Bureau):
    finance = given.organ("测试市财政局", bureau.city)
    response = bureau.desk("clerk").post(
        "/desk/cases/new", given.application(finance) | {"key": "0123456789abcdef"}
    )
    assert response.status_code == 409
    assert "不在你的单位范围内" in words(response)
    assert not casework.find("case").exists()


def test_a_verb_is_done_once_and_leads_back_to_the_page(bureau: Bureau, case):
    row = case(11, 20)
    response = bureau.desk("clerk").post(
        f"/desk/cases/{row.id}/clarify", {"what": "请写明小区名称", "on": "2026-11-23"}, follow=True
    )
    assert response.redirect_chain == [(f"/desk/cases/{row.id}/", 302)]
    page = words(response)
    assert "等待申请人补正" in page
    assert "请写明小区名称" in page
    assert casework.find("case", pk=row.id).one().state == "clarifying"


def test_a_refused_verb_stays_on_the_page_with_409_and_changes_nothing(bureau: Bureau, case):
    row = case(11, 20)
    given.done(given.act(row.id, "clarify", bureau.people["clerk"], TODAY, what="请写明小区"))
    given.done(given.act(row.id, "clarified", bureau.people["clerk"], TODAY, text="三号楼"))
    before = ledger.find("act", subject_id=str(row.id)).count()
    response = bureau.desk("clerk").post(f"/desk/cases/{row.id}/clarify", {"what": "再补一次"})
    page = words(response)
    assert response.status_code == 409
    assert 'role="alert"' in page
    assert "第三十条" in page
    assert ledger.find("act", subject_id=str(row.id)).count() == before


def test_what_was_typed_survives_a_refusal(bureau: Bureau, case):
    row = drafted(bureau, case)
    given.done(given.act(row.id, "submit", bureau.people["clerk"], TODAY))
    response = bureau.desk("section_head").post(f"/desk/cases/{row.id}/return", {"comment": " "})
    assert response.status_code == 409
    assert "请填写要改的地方" in words(response)
    response = bureau.desk("clerk").post(
        f"/desk/cases/{case(11, 20).id}/extend", {"reason": "材料很多，要分三批检索"}
    )
    assert response.status_code == 409  # the director extends
    assert "公开工作机构负责人" in words(response)


def test_a_day_that_is_no_day_and_one_to_come_are_refused(bureau: Bureau, case):
    row = case(11, 20)
    for day, said in (("2026-02-30", "不是日历上的日期"), ("2026-11-24", "还没有到")):
        response = bureau.desk("clerk").post(f"/desk/cases/{row.id}/note", {"text": "电话核实", "on": day})
        assert response.status_code == 409
        assert said in words(response)


def test_an_unknown_verb_is_no_page(bureau: Bureau, case):
    assert bureau.desk("clerk").post(f"/desk/cases/{case(11, 20).id}/destroy").status_code == 404


def test_verbs_that_are_not_open_say_why_on_what_basis_and_what_else(bureau: Bureau, case):
    row = case(11, 20)
    page = page_of(bureau, row, "secrecy")
    assert "现在没有你能办的" in page
    assert "公开专员" in page
    assert "请有权限的同事办理" in page


def test_a_decision_lists_the_outcomes_of_the_law_and_their_evidence(bureau: Bureau, case):
    page = page_of(bureau, case(11, 20))
    assert "部分公开" in page
    assert 'name="search_record"' in page
    assert 'name="grounds"' in page


def test_a_decision_without_its_evidence_is_refused_and_keeps_the_words(bureau: Bureau, case):
    row = case(11, 20)
    typed = {"outcome": "NA_NOTEXIST", "grounds": "没有找到这份文件"}
    response = bureau.desk("clerk").post(f"/desk/cases/{row.id}/decide", typed)
    page = words(response)
    assert response.status_code == 409
    assert "检索记录" in page
    assert "没有找到这份文件" in page
    assert casework.find("case", pk=row.id).one().outcome == ""


def test_the_draft_letter_shows_fixed_and_free_parts(bureau: Bureau, case):
    page = page_of(bureau, drafted(bureau, case))
    assert "答复书草稿" in page
    assert "固定：" in page
    assert "承办人写：理由" in page
    assert "经检索，有此信息" in page


def test_an_answer_goes_through_four_hands_at_four_desks(bureau: Bureau, case):
    row = drafted(bureau, case)
    for role, verb, facts in (
        ("clerk", "submit", {}), ("section_head", "head_review", {"comment": "同意"}), ("secrecy", "secrecy_review", {}),
        ("signer", "sign", {}), ("clerk", "reply", {"way": "electronic"}),
    ):  # fmt: skip
        response = bureau.desk(role).post(f"/desk/cases/{row.id}/{verb}", facts)
        assert response.status_code == 302, words(response)
    page = page_of(bureau, row)
    assert "已答复" in page
    assert page.count("通过</span>") == 3
    assert "公开告〔2026〕1号" in page


def test_a_step_shows_the_act_beneath_it(bureau: Bureau, case):
    row = case(11, 20)
    given.done(given.act(row.id, "note", bureau.people["clerk"], TODAY, text="电话核实楼号"))
    page = page_of(bureau, row)
    (act,) = ledger.find("act", verb="case.note")
    assert "电话核实楼号" in page
    assert act.mac in page


def test_the_search_box_goes_straight_to_the_only_hit(bureau: Bureau, case, other):
    row = case(11, 20, subject="独一无二的标题")
    assert bureau.desk("clerk").get("/desk/find", {"q": "独一无二"})["Location"] == f"/desk/cases/{row.id}/"
    assert "没有找到" in words(at_desk(other).get("/desk/find", {"q": "独一无二"}))
    said = {"doc_no": "测住〔2020〕7号", "title": "只在登记簿里的文件", "written_on": date(2020, 3, 2)}
    closed = {"attribute": "closed", "attribute_ground": "条例第十六条：内部事务信息"}
    paper = given.done(
        disclosure.PaperRegister.enter(bureau.people["clerk"], TODAY, agency=bureau.organ, **said, **closed)
    )
    assert (
        bureau.desk("clerk").get("/desk/find", {"q": "测住〔2020〕7号"})["Location"]
        == f"/desk/papers/{paper.id}/"
    )
    assert "没有找到" in words(at_desk(other).get("/desk/find", {"q": "测住〔2020〕7号"}))


def test_hostile_text_is_shown_as_text(bureau: Bureau, case):
    row = case(11, 20, subject="<script>alert(1)</script>", content='"><img src=x onerror=alert(1)>')
    page = page_of(bureau, row)
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_receipt_gives_number_code_and_last_day_and_nobodys_name(bureau: Bureau, case):
    row = case(11, 2, name="林知远", contact="13900000000", channel="post_signed")
    page = words(bureau.desk("clerk").get(f"/desk/cases/{row.id}/receipt"))
    for said in (row.number, row.code, "2026年11月2日 星期一", "2026年11月30日 星期一", "第三十三条"):
        assert said in page
    assert "林知远" not in page
    assert "13900000000" not in page


def test_an_application_taken_back_bears_its_own_word(bureau: Bureau):
    row = given.received(bureau.people["clerk"], bureau.organ, given.at(2026, 11, 16))
    given.done(given.act(row.id, "withdraw", bureau.people["clerk"], given.at(2026, 11, 18), text="来信撤回"))
    page = words(bureau.desk("clerk").get(f"/desk/cases/{row.id}/"))
    assert "已撤回" in page
    assert "已答复" not in page


def test_the_way_of_delivery_is_one_list_at_the_counter_and_at_the_desk_and_shown_by_its_word(bureau: Bureau):
    form = words(bureau.desk("clerk").get("/desk/cases/new"))
    for key, word in casework.DELIVERIES.items():
        assert f'value="{key}"' in form
        row = given.received(bureau.people["clerk"], bureau.organ, TODAY, delivery=key)
        assert word in page_of(bureau, row)


def test_a_search_is_shown_with_the_case_and_fills_in_the_record_of_the_decision(bureau, case):
    row, desk = case(11, 20), bureau.desk("clerk")
    page = words(
        desk.post(f"/desk/cases/{row.id}/search", {"words": "沉管隧道", "scope": "own"}, follow=True)
    )
    told = "检索测试市住房局的文件登记簿和公开目录（标题含“沉管隧道”），没有找到。"
    assert page.count(told) >= 3, "on the timeline, among the searches, in the decision's form"
    assert "检索记录" in page


def test_an_application_whose_day_got_lost_is_asked_for_it_and_not_dated_today(bureau: Bureau):
    typed = given.application(bureau.organ, channel="oral", received_on="") | {"key": "k" * 32}
    answer = bureau.desk("clerk").post("/desk/cases/new", typed)
    assert answer.status_code == 422
    assert "没有填写收到日期" in words(answer)
    assert not casework.find("case").exists()
