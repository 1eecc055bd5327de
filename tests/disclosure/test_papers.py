"""文件登记簿: every issued paper stands in it once, and its attribute changes only with a reason."""

from datetime import date

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db
DAY = given.at(2026, 11, 23)
Register = disclosure.PaperRegister


def enter(people, organ, number="测房〔2020〕3号", **fields):
    values = {"doc_no": number, "title": "关于内部考勤的通知", "written_on": date(2020, 3, 2), "attribute": "closed",
              "attribute_ground": "条例第十六条：内部事务信息"}  # fmt: skip
    return Register.enter(people["clerk"], DAY, agency=organ, **(values | fields))


def lines():
    return list(disclosure.find("paper"))


def test_a_draft_with_a_number_stands_in_the_register_by_itself(people, organ):
    row = given.draft(people["clerk"], organ, DAY, title="甲办法", doc_no="测房[2026]1号")
    (line,) = lines()
    assert (line.doc_no, line.title, line.document_id) == ("测房〔2026〕1号", "甲办法", row.id)
    assert line.source == "draft"


def test_a_paper_without_a_number_has_no_line(people, organ):
    given.draft(people["clerk"], organ, DAY)
    assert lines() == []


def test_the_line_of_a_draft_says_what_the_draft_says(people, organ):
    row = given.draft(people["clerk"], organ, DAY, doc_no="测房〔2026〕1号")
    given.move(row.id, "edit", people["clerk"], DAY, title="乙办法")
    assert [p.title for p in lines()] == ["乙办法"]


def test_a_line_that_follows_its_draft_tells_what_it_said_before(people, organ):
    row = given.draft(people["clerk"], organ, DAY, title="甲办法", doc_no="测房〔2026〕1号")
    given.move(row.id, "edit", people["clerk"], DAY, title="乙办法", doc_no="测房〔2026〕2号")
    (line,) = lines()
    (act,) = ledger.find("act", verb="paper.follow", subject_id=str(line.id))
    assert (act.facts["from"], act.facts["to"]) == ("测房〔2026〕1号", "测房〔2026〕2号")
    assert act.payload == {"title_from": "甲办法", "title_to": "乙办法"}
    given.move(row.id, "edit", people["clerk"], DAY, summary="只改摘要")
    assert ledger.find("act", verb="paper.follow").count() == 1


def test_what_was_taken_over_with_a_number_has_a_line_that_names_its_source(organ):
    keeper = given.person(organ, "keeper")
    rows = [
        {
            "agency": organ,
            "kind": "rules",
            "published_at": given.at(2019, 1, 2),
            "title": "旧办法",
            "doc_no": "测房〔2018〕9号",
        }
    ]
    list(disclosure.take_over(rows, source="旧门户", by=keeper, at=DAY))
    (line,) = lines()
    assert (line.source, line.stated_by, line.document_state) == ("take_over", "旧门户", "live")


def test_a_number_is_entered_once(people, organ):
    assert enter(people, organ).doc_no == "测房〔2020〕3号"
    again = enter(people, organ, "测房[2020]3号")
    assert isinstance(again, Refused)
    assert "已有" in again.why


def test_a_secret_paper_is_not_entered(people, organ):
    refused = enter(people, organ, title="机密★10年 关于某事的请示")
    assert isinstance(refused, Refused)
    assert isinstance(refused, disclosure.Stopped)


def test_a_change_without_a_reason_is_refused_and_one_with_it_is_an_act(people, organ):
    line = enter(people, organ)
    head = people["section_head"]
    assert isinstance(Register.change(line.id, "open", by=head, at=DAY), Refused)
    assert isinstance(
        Register.change(line.id, "open", by=people["clerk"], at=DAY, reason="已不敏感"), Refused
    )
    assert Register.change(line.id, "open", by=head, at=DAY, reason="已不敏感").attribute == "open"
    act = ledger.find("act", subject_type="paper", subject_id=str(line.id), verb="paper.change").one()
    assert (act.facts["from"], act.facts["to"], (act.payload or {})["reason"], act.person_id) == (
        "closed",
        "open",
        "已不敏感",
        head.pk,
    )


def test_a_closed_paper_cannot_be_drafted_as_public_behind_the_registers_back(people, organ):
    line = enter(people, organ)
    refused = disclosure.draft(
        people["clerk"],
        DAY,
        agency=organ,
        kind="rules",
        title="甲",
        doc_no="测房〔2020〕3号",
        body="<p>文</p>",
    )
    assert isinstance(refused, Refused)
    assert "不予公开" in refused.why
    Register.change(line.id, "open", by=people["section_head"], at=DAY, reason="已不敏感")
    row = given.draft(people["clerk"], organ, DAY, doc_no="测房〔2020〕3号")
    assert [(p.id, p.document_id) for p in lines()] == [(line.id, row.id)]


def test_what_is_public_keeps_its_attribute_until_it_is_withdrawn(people, organ):
    given.published(people, organ, DAY, doc_no="测房〔2026〕1号")
    refused = Register.change(
        lines()[0].id, "closed", by=people["section_head"], at=DAY, ground="第十五条", reason="含个人信息"
    )
    assert isinstance(refused, Refused)
    assert "已经公开" in refused.why


def test_a_draft_follows_the_register_and_is_not_sent_for_review_while_it_is_closed(people, organ):
    row = given.draft(people["clerk"], organ, DAY, doc_no="测房〔2026〕1号")
    Register.change(
        lines()[0].id, "closed", by=people["section_head"], at=DAY, ground="第十五条", reason="含第三方信息"
    )
    assert disclosure.editions(row.id)[-1].attribute == "closed"
    assert isinstance(disclosure.take(row.id, "submit", by=people["clerk"], at=DAY), Refused)


def test_a_table_is_looked_at_then_entered_and_the_rest_comes_back(people, organ):
    text = f"文号,标题,机构,成文日期,公开属性,不予公开理由\n测房〔2021〕1号,甲,{organ.code},2021-03-04,依申请公开,\n测房〔2021〕2号,乙,,2021-3-5,不予公开,\n"
    table = disclosure.PaperTable.of_file(text.encode(), "登记.csv")
    looked = table.enter(people["clerk"], DAY, stated_by="办公系统", source="office", agency=organ, dry=True)
    assert (looked.taken, [m.column for m in looked.misfits], lines()) == (1, ["不公开的依据和理由"], [])
    table.enter(people["clerk"], DAY, stated_by="办公系统", source="office", agency=organ)
    again = table.enter(people["clerk"], DAY, stated_by="办公系统", source="office", agency=organ)
    assert (again.taken, again.known) == (0, 1)
    assert [(p.doc_no, p.attribute, p.source, p.stated_by) for p in lines()] == [
        ("测房〔2021〕1号", "on_request", "office", "办公系统")
    ]
