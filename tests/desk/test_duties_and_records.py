"""Duties, organs and Acts at the desk."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from tests import given
from tests.desk.conftest import TODAY, Bureau, at_desk, words


def laid(organ, office, title: str, **fields):
    terms = {"since": date(2026, 1, 1), "basis": "年度要点", "cadence": "weekly"} | fields
    given.done(disclosure.assign(office, TODAY, agency=organ, title=title, **terms))
    disclosure.advance(TODAY)


def test_a_clerk_sees_the_duties_of_the_own_organ_with_the_days_left(bureau: Bureau, office, other):
    laid(bureau.organ, office, "每周物价")
    page = words(bureau.desk("clerk").get("/desk/duties/"))
    assert "每周物价" in page
    assert "剩 4 日" in page
    assert "每周物价" not in words(at_desk(other).get("/desk/duties/"))


def test_a_publication_that_fulfils_a_duty_is_named_on_its_page(bureau: Bureau, office):
    laid(bureau.organ, office, "每周制度", kinds=["rules"])
    paper = given.published(bureau.people, bureau.organ, TODAY, title="值班制度")
    disclosure.follow("published", [{"publications": [p.id for p in disclosure.find("publication")]}])
    (instance,) = disclosure.find("duty_instance")
    page = words(bureau.desk("clerk").get(f"/desk/duties/{instance.id}/"))
    assert "值班制度" in page
    assert f"/desk/documents/{paper.id}/" in page
    assert "按时" in page
    assert "已发" in words(bureau.desk("clerk").get("/desk/duties/"))


def test_the_office_sees_organs_against_duties_with_glyph_and_word(bureau: Bureau, office):
    finance = given.organ("测试市财政局", bureau.city)
    laid(bureau.organ, office, "每周物价")
    laid(finance, office, "每日收支", cadence="five_days")
    page = words(at_desk(office).get("/desk/duties/"))
    matrix = page.split('class="matrix"')[1].split("</table>")[0]
    assert "测试市财政局" in matrix
    assert "△" in matrix  # 21–25 November: two working days left
    assert "剩2日" in matrix
    assert "剩4日" in matrix


def test_what_was_made_public_elsewhere_meets_the_duty_of_its_period(bureau: Bureau, office):
    laid(bureau.organ, office, "信用信息")
    (instance,) = disclosure.find("duty_instance")
    clerk = bureau.desk("clerk")
    assert "在别处公开了" in words(clerk.get(f"/desk/duties/{instance.id}/"))
    told = {"on": str(TODAY.date()), "place": "信用平台", "link": "https://credit.example.cn/1"}
    assert clerk.post(f"/desk/duties/{instance.id}/fulfil", told).status_code == 302
    page = words(clerk.get(f"/desk/duties/{instance.id}/"))
    assert 'href="https://credit.example.cn/1"' in page
    assert "按时" in page
    assert f"/desk/duties/{instance.id}/fulfil" not in page
    assert clerk.post(f"/desk/duties/{instance.id}/fulfil", told).status_code == 409, "it is met already"


@pytest.mark.parametrize(
    "wrong",
    [{"place": ""}, {"on": "2026-11-24"}, {"on": "昨天"}, {"link": "javascript:alert(1)"}, {"on": ""}],
)
def test_a_claim_without_place_or_day_is_refused_and_what_was_typed_stays(bureau: Bureau, office, wrong):
    laid(bureau.organ, office, "信用信息")
    (instance,) = disclosure.find("duty_instance")
    typed = {"on": str(TODAY.date()), "place": "信用平台第三版", "link": ""} | wrong
    response = bureau.desk("clerk").post(f"/desk/duties/{instance.id}/fulfil", typed)
    assert response.status_code == 409
    assert typed["place"] in words(response)
    assert disclosure.find("duty_instance", pk=instance.id).one().evidence is None


def test_a_duty_of_another_organ_is_refused(bureau: Bureau, office, other):
    laid(bureau.organ, office, "每周物价")
    (instance,) = disclosure.find("duty_instance")
    assert at_desk(other).get(f"/desk/duties/{instance.id}/").status_code == 403


def test_the_organs_are_shown_with_their_succession(bureau: Bureau):
    old = given.organ("测试市旧局", bureau.city)
    ledger.take(
        None,
        "succeed",
        by=None,
        at=given.at(2026, 1, 5),
        old=[old],
        new=[bureau.organ],
        kind="merged",
        on=date(2026, 1, 5),
    )
    page = words(bureau.desk("clerk").get("/desk/agencies/"))
    assert "2026年1月5日撤销" in page
    assert "合并入测试市住房局" in page


def test_the_acts_of_a_case_are_listed_newest_first_for_those_in_reach(bureau: Bureau, other, case):
    row = case(11, 20)
    given.done(given.act(row.id, "note", bureau.people["clerk"], TODAY, text="电话核实"))
    page = words(bureau.desk("clerk").get(f"/desk/acts/?subject=case/{row.id}"))
    assert page.index("登记联系情况") < page.index("登记申请")
    assert "登记联系情况" not in words(at_desk(other).get(f"/desk/acts/?subject=case/{row.id}"))


def test_what_touches_no_single_organ_is_shown_to_the_keeper_and_to_nobody_else(bureau: Bureau, case):
    keeper = given.person(bureau.city, "keeper")
    row = case(11, 20)
    given.done(ledger.take(None, "erase", by=keeper, at=TODAY, subject_type="case", subject_id=str(row.id)))
    page = words(at_desk(keeper).get("/desk/acts/"))
    assert "删除保存到期的内容" in page
    assert "登记人员" in page
    for role in bureau.people:
        seen = words(bureau.desk(role).get("/desk/acts/"))
        assert "删除保存到期的内容" not in seen
        assert "登记人员" not in seen


def test_the_keeper_verifies_every_act_and_a_clerk_may_not(bureau: Bureau, case):
    case(11, 20)
    keeper = given.person(bureau.city, "keeper")
    assert "没有发现改动" in words(at_desk(keeper).post("/desk/acts/"))
    assert "没有发现改动" not in words(bureau.desk("clerk").post("/desk/acts/"))


def test_the_organs_come_forty_to_a_page_parents_first(bureau: Bureau):
    for n in range(45):
        given.organ(f"测试市第{n:02}所", bureau.organ)
    first, second = (words(bureau.desk("clerk").get(f"/desk/agencies/?page={n}")) for n in (1, 2))
    assert first.index("测试市住房局") < first.index("测试市第00所")
    assert ("测试市第44所" in first, "测试市第44所" in second) == (False, True)
    assert "第 1 / 2 页，共 47 条" in first
    found = words(bureau.desk("clerk").get("/desk/agencies/?q=第44所"))
    assert ("测试市第44所" in found, "测试市第00所" in found) == (True, False)


def test_a_guide_is_confirmed_with_one_button_once_a_year(bureau):
    given.published(bureau.people, bureau.organ, given.at(2025, 3, 2), kind="guide", title="指南")
    disclosure.advance(TODAY)
    (duty,) = disclosure.find("duty_instance", task="guide")
    clerk = bureau.desk("clerk")
    assert "核对过，没有变化" in words(clerk.get(f"/desk/duties/{duty.id}/"))
    page = words(clerk.post(f"/desk/duties/{duty.id}/fulfil", follow=True))
    assert "核对过，指南和机构信息一致" in page


def test_a_draft_with_a_date_is_due_in_every_view_of_the_duties_and_says_why(bureau: Bureau, office):
    # Tuesday 27 October 2026: the 20th working day after it is Tuesday 24 November, tomorrow.
    paper = given.draft(
        bureau.people["clerk"], bureau.organ, TODAY, title="停车办法", written_on="2026-10-27"
    )
    clerk = bureau.desk("clerk")
    (row,) = disclosure.find("duty_instance")
    draft = words(clerk.get(f"/desk/documents/{paper.id}/"))
    assert "剩 1 日" in draft
    assert "该信息于2026年10月27日（星期二）形成或变更" in draft
    assert f'href="/desk/documents/{paper.id}/"' in words(clerk.get("/desk/?lane=duties"))
    why = words(clerk.get(f"/desk/duties/{row.id}/"))
    assert "第二十六条" in why
    assert "去起草" not in why
    given.organ("测试市财政局", bureau.city)
    laid(given.organ("测试市教育局", bureau.city), office, "每周物价")
    matrix = words(at_desk(office).get("/desk/duties/")).split('class="matrix"')[1].split("</table>")[0]
    assert "形成后限期公开" in matrix
    assert f'href="{row.id}/"' in matrix


_LINE = "序号,领域,一级事项,二级事项,公开内容,公开依据,公开时限,公开主体,公开渠道和载体,公开对象,公开方式,公开层级\n"


def test_the_office_looks_at_the_standard_catalogue_lays_it_on_organs_and_takes_it_out(
    bureau: Bureau, office
):
    desk = at_desk(office)
    rows = "1,养老,补贴,高龄津贴,名单,《条例》,每季度,测试市住房局,网站,全社会,主动,县\n2,养老,补贴,其他,名单,《条例》,长期,测试市住房局,网站,全社会,主动,县\n"
    upload = SimpleUploadedFile("目录.csv", (_LINE + rows).encode())
    looked = words(desk.post("/desk/duties/table", {"table": upload, "step": "look"}))
    assert "看不出“长期”是多久一次" in looked
    assert not disclosure.find("duty").exists()
    word = looked.split('name="brought" value="')[1].split('"')[0]
    assert "错在哪里" in words(desk.post("/desk/duties/table", {"brought": word, "step": "errors"}))
    assert "已经交办" in words(desk.post("/desk/duties/table", {"brought": word, "step": "take"}))
    assert [d.title for d in disclosure.find("duty")] == ["补贴：高龄津贴"]
    out = disclosure.DutyTable.of_file(desk.get("/desk/duties/table.xlsx").content, "out.xlsx")
    assert [line["area"] for _n, line in out.rows] == ["养老"]
    assert bureau.desk("clerk").get("/desk/duties/table").status_code == 403


def test_the_office_lays_a_sector_s_list_on_a_body_of_public_service_only(bureau: Bureau, office):
    works = given.organ("测试自来水公司", bureau.city, type="public_service")
    browser, page = at_desk(office), f"/desk/agencies/{works.pk}/"
    assert "按行业交办公开职责" in words(browser.get(page))
    assert browser.post(page + "sector", {"sector": "water"}).status_code == 302
    titles = {d.title for d in disclosure.find("duty", agency_id=works.pk)}
    assert titles == {"企业概况", "水质", "价格", "停水", "服务标准"}
    assert browser.get(f"/desk/agencies/{bureau.organ.pk}/sector").status_code == 404
    assert bureau.desk("clerk").get(page + "sector").status_code == 403
