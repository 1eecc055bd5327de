"""今天要办: what is due, for me."""

from __future__ import annotations

import re
from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingtang.disclosure import api as disclosure
from mingtang.disclosure.models import Edition
from mingtang.disclosure.sweeping import sweep
from mingtang.ledger import api as ledger
from tests import given
from tests.desk.conftest import TODAY, Bureau, at_desk, words

# Received on Monday 2026-10-26, twenty working days without a holiday between: Monday 2026-11-23.


def lane(page: str, key: str) -> str:
    """The part of the queue under one heading."""
    _before, mark, after = page.partition(f'<h2 id="{key}">')
    return after.split("<h2 ")[0].split("</section>")[0] if mark else ""


def test_a_case_due_today_stands_under_near_with_its_words_and_date(bureau: Bureau, case):
    row = case(10, 26, subject="规划许可证")
    part = lane(words(bureau.desk("clerk").get("/desk/")), "near")
    assert "规划许可证" in part
    assert "今天到期" in part
    assert "11-23 周一" in part
    assert f"/desk/cases/{row.id}/" in part
    assert "办理" in part


def test_a_case_due_yesterday_stands_under_late_in_working_days(bureau: Bureau, case):
    case(10, 22, subject="会议费明细")  # due on Thursday the 19th; Friday and Monday have passed since
    part = lane(words(bureau.desk("clerk").get("/desk/")), "over")
    assert "会议费明细" in part
    assert "晚 2 日" in part


def test_a_case_due_after_three_working_days_is_not_pressing(bureau: Bureau, case):
    case(10, 30, subject="招标控制价")  # due on Friday the 27th, four working days ahead
    page = words(bureau.desk("clerk").get("/desk/"))
    assert not lane(page, "near")
    assert "招标控制价" in page  # in the table of running cases
    assert "剩 4 日" in page


def test_a_case_that_waits_for_the_applicant_is_paused_and_not_late(bureau: Bureau, case):
    row = case(10, 22, subject="小区材料")
    given.done(
        given.act(row.id, "clarify", bureau.people["clerk"], given.at(2026, 10, 26), what="请写明小区")
    )
    page = words(bureau.desk("clerk").get("/desk/"))
    assert not lane(page, "over")
    assert "等申请人" in page


def test_an_unconfirmed_fax_is_my_next_step(bureau: Bureau, case):
    case(11, 20, channel="fax", subject="传真来的申请")
    assert "确认收到" in lane(words(bureau.desk("clerk").get("/desk/")), "next")


def test_what_waits_for_a_review_stands_on_the_reviewers_desk_only(bureau: Bureau, case):
    row, clerk = case(11, 9, subject="信用评分依据"), bureau.people["clerk"]
    given.done(
        given.act(
            row.id, "decide", clerk, TODAY, outcome="GRANT", grounds="有此信息", provided="附复制件一份"
        )
    )
    given.done(given.act(row.id, "submit", clerk, TODAY))
    assert "信用评分依据" in lane(words(bureau.desk("section_head").get("/desk/")), "review")
    assert "信用评分依据" not in lane(words(bureau.desk("secrecy").get("/desk/")), "review")
    assert "信用评分依据" not in lane(words(bureau.desk("clerk").get("/desk/")), "review")


def test_a_drafter_who_is_also_section_head_does_not_find_his_own_draft_to_review(bureau: Bureau, case):
    both = given.person(bureau.organ, "clerk", "section_head")
    row = case(11, 9, subject="自己拟的稿")
    given.done(
        given.act(row.id, "decide", both, TODAY, outcome="GRANT", grounds="有此信息", provided="附复制件一份")
    )
    given.done(given.act(row.id, "submit", both, TODAY))
    assert not lane(words(at_desk(both).get("/desk/")), "review")


def test_a_returned_draft_comes_back_with_the_reviewers_words_until_it_is_decided_anew(bureau: Bureau, case):
    row, clerk = case(11, 9, subject="要改的答复"), bureau.people["clerk"]
    given.done(
        given.act(
            row.id, "decide", clerk, TODAY, outcome="GRANT", grounds="有此信息", provided="附复制件一份"
        )
    )
    given.done(given.act(row.id, "submit", clerk, TODAY))
    given.done(given.act(row.id, "return", bureau.people["section_head"], TODAY, comment="理由太短"))
    part = lane(words(bureau.desk("clerk").get("/desk/")), "returned")
    assert "要改的答复" in part
    assert "理由太短" in part
    given.done(
        given.act(
            row.id,
            "decide",
            clerk,
            TODAY,
            outcome="GRANT",
            grounds="经检索，有此信息",
            provided="附复制件一份",
        )
    )
    assert not lane(words(bureau.desk("clerk").get("/desk/")), "returned")


def test_a_document_goes_from_the_drafters_desk_to_each_reviewers_and_back(bureau: Bureau):
    people = bureau.people
    paper = given.draft(people["clerk"], bureau.organ, TODAY, kind="policy", title="租赁备案办法")
    assert "租赁备案办法" in lane(words(bureau.desk("clerk").get("/desk/")), "next")
    given.move(paper.id, "submit", people["clerk"], TODAY)
    for role, verb in (("section_head", "head_review"), ("secrecy", "secrecy_review"), ("signer", "sign")):
        assert "租赁备案办法" in lane(words(bureau.desk(role).get("/desk/")), "review")
        given.move(paper.id, verb, people[role], TODAY)
        assert "租赁备案办法" not in lane(words(bureau.desk(role).get("/desk/")), "review")
    assert "租赁备案办法" in lane(words(bureau.desk("signer").get("/desk/")), "next")
    given.move(paper.id, "return", people["signer"], TODAY, comment="标题再改")
    part = lane(words(bureau.desk("clerk").get("/desk/")), "returned")
    assert "租赁备案办法" in part
    assert "标题再改" in part


def duty(bureau: Bureau, office, title: str, cadence: str = "weekly"):
    given.done(
        disclosure.assign(
            office,
            TODAY,
            agency=bureau.organ,
            since=date(2026, 1, 1),
            title=title,
            basis="工作要点",
            cadence=cadence,
        )
    )
    disclosure.advance(TODAY)


def test_a_duty_of_this_week_is_due_on_friday_and_one_of_the_year_is_not_pressing(bureau: Bureau, office):
    duty(bureau, office, "每周物价")
    duty(bureau, office, "全年预算", "yearly")
    part = lane(words(bureau.desk("clerk").get("/desk/")), "duties")
    assert "每周物价" in part
    assert "11-27 周五" in part
    assert "全年预算" not in part


def test_the_queue_of_a_free_desk_is_kind(bureau: Bureau):
    page = words(bureau.desk("secrecy").get("/desk/"))
    assert "今天的事办完了" in page


def test_the_queue_narrows_to_an_organ_and_to_a_kind(bureau: Bureau, office, case):
    case(10, 26, subject="住房局的件")
    finance = given.organ("测试市财政局", bureau.city)
    given.received(given.person(finance, "clerk"), finance, given.at(2026, 10, 26), subject="财政局的件")
    page = words(at_desk(office).get(f"/desk/?organ={finance.pk}"))
    assert "财政局的件" in page
    assert "住房局的件" not in page
    assert "财政局的件" not in words(at_desk(office).get("/desk/?kind=document"))


def test_a_lane_opens_page_by_page(bureau: Bureau, case):
    for n in range(23):
        case(10, 26, subject=f"第{n:02d}件")
    browser = bureau.desk("clerk")
    first = words(browser.get("/desk/"))
    assert "看全部 23 件" in first
    second = words(browser.get("/desk/?lane=near&page=2"))
    assert second.count('class="task') == 3


def test_the_queue_asks_the_same_number_of_questions_whatever_lies_on_it(
    bureau: Bureau, office, case, monkeypatch
):
    # Newly loaded notices are looked for once, before the counting starts, however slow the machine is.
    monkeypatch.setattr("mingtang.ledger.laws._LOOK_AGAIN", 3600)

    def asked() -> int:
        browser = bureau.desk("clerk")
        ledger.law(TODAY.date())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert browser.get("/desk/").status_code == 200
        return len(queries)

    def one_of_each(n: int) -> None:
        case(10, 22, subject=f"晚{n}")
        case(10, 26, subject=f"近{n}")
        case(11, 20, channel="fax")
        row, clerk = case(11, 9), bureau.people["clerk"]
        given.done(
            given.act(
                row.id, "decide", clerk, TODAY, outcome="GRANT", grounds="有此信息", provided="附复制件一份"
            )
        )
        given.done(given.act(row.id, "submit", clerk, TODAY))
        given.done(given.act(row.id, "return", bureau.people["section_head"], TODAY, comment="改"))
        paper = given.draft(clerk, bureau.organ, TODAY, kind="policy", title=f"文{n}")
        given.move(paper.id, "submit", clerk, TODAY)
        given.move(paper.id, "return", bureau.people["section_head"], TODAY, comment="改")
        given.draft(clerk, bureau.organ, TODAY, kind="policy", title=f"稿{n}")
        duty(bureau, office, f"职责{n}")

    one_of_each(0)
    few = asked()
    for n in range(1, 7):
        one_of_each(n)
    assert asked() == few
    assert few <= 40


def test_what_the_sweep_found_in_public_comes_to_the_clerk_and_the_signer(bureau: Bureau, other):
    paper = given.published(bureau.people, bureau.organ, TODAY, kind="notice", title="旧公示")
    Edition.objects.filter(live_for__pk=paper.id).update(body="<p>11010519491231002X</p>")
    sweep()
    for role in ("clerk", "signer"):
        page = words(bureau.desk(role).get("/desk/"))
        assert "退回和复查" in page
        assert "旧公示" in page.split('id="returned"')[1]
        assert "去处理" in page
    assert "旧公示" not in words(at_desk(other).get("/desk/"))


def test_an_application_nobody_confirmed_in_time_stands_under_late(bureau: Bureau, case):
    case(10, 16, channel="fax", subject="没人确认的传真")
    page = words(bureau.desk("clerk").get("/desk/"))
    assert "没人确认的传真" in lane(page, "over")
    assert "没人确认的传真" not in lane(page, "next")


def test_several_waiting_documents_are_passed_at_once_each_by_its_own_rules(bureau: Bureau):
    clerk, head = bureau.people["clerk"], bureau.people["section_head"]
    papers = [given.draft(clerk, bureau.organ, TODAY, title=f"制度{n}") for n in range(3)]
    for paper in papers:
        given.move(paper.id, "submit", clerk, TODAY)
    desk = bureau.desk("section_head")
    tickets = re.findall(r'name="pass" value="([^"]+)"', words(desk.get("/desk/?lane=review")))
    assert len(tickets) == 3
    given.move(papers[0].id, "return", head, TODAY, comment="改一处")
    given.move(papers[0].id, "edit", clerk, TODAY, body="<p>改过了。</p>")
    given.move(papers[0].id, "submit", clerk, TODAY)
    told = words(desk.post("/desk/pass", {"pass": [*tickets, "999999:x"]}))
    assert "3 件里办了 2 件" in told
    assert "页面打开之后内容变了" in told
    states = [disclosure.editions(p.id)[-1].state for p in papers]
    assert states == ["submitted", "head_done", "head_done"]
    assert ledger.find("act", verb="document.head_review").count() == 2
    again = words(desk.post("/desk/pass", {"pass": tickets[:1] + tickets[1:]}))
    assert "件里办了 0 件" in again


def test_the_keepers_first_page_says_what_a_keeper_does_and_where(bureau: Bureau):
    page = words(at_desk(given.person(bureau.city, "keeper")).get("/desk/"))
    assert "你管的是机构和人员" in page
    for address in ("/desk/people/", "/desk/agencies/", "/desk/laws/", "/desk/acts/"):
        assert f'<li><a href="{address}"' in page


def test_a_column_is_told_to_the_office_seven_days_before_the_standard_counts_it_as_silent(
    bureau: Bureau, office
):
    def duties(day: int) -> str:
        with ledger.clock_at(given.at(2026, 12, day)):
            return lane(words(at_desk(office).get("/desk/")), "duties")

    given.published(bureau.people, bureau.organ, given.at(2026, 11, 24), kind="news", title="要闻一则")
    # Fourteen days after Tuesday 24 November is 8 December; seven before it is 1 December.
    with ledger.clock_at(given.at(2026, 11, 30)):
        assert "要闻" not in lane(words(at_desk(office).get("/desk/")), "duties")
    part = duties(1)
    assert "栏目“要闻”要更新" in part
    assert "12-08" in part
    assert "最近一条 11-24" in part
    with ledger.clock_at(given.at(2026, 12, 1)):
        assert "要更新" not in words(bureau.desk("clerk").get("/desk/")), "the column is the site's"
    given.published(bureau.people, bureau.organ, given.at(2026, 12, 1), kind="news", title="要闻又一则")
    assert "要更新" not in duties(1)
