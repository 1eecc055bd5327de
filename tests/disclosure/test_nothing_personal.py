"""Nothing personal goes out, wherever it stands: in any tag, in any field, in a reason."""

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db
AT = given.at(2026, 11, 23)
ID = "11010519491231002X"


@pytest.fixture
def office():
    agency = given.organ("测试市民政局", given.demo_city(), doc_prefix="测民")
    return agency, given.team(agency)


def take(paper, verb, by, **facts):
    with ledger.clock_at(AT):
        return disclosure.take(paper.id, verb, by=by, at=AT, **facts)


@pytest.mark.parametrize(
    "fields",
    [
        *({"body": f"<p>公示如下。</p>{html}"} for html in (
            f"<div>张某 {ID}</div>", f"<pre>张某 {ID}</pre>", f"<blockquote>{ID}</blockquote>", f"<dl><dt>张某</dt><dd>{ID}</dd></dl>",
            f"<table><caption>{ID}</caption><tr><td>1</td></tr></table>", f"<h5>{ID}</h5>", f"<span>{ID}</span>", f"张某{ID}",
            "<p><b>110105</b>19491231<i>002X</i></p>", f'<img src="attach:a.png" alt="张某{ID}">', f'<a href="https://x.cn/" title="{ID}">看</a>',
        )),
        {"summary": f"张某{ID}"}, {"keywords": ["救助", ID]}, {"source": f"张某{ID}"}, {"title": f"张某（{ID}）公示"},
        {"short_title": ID}, {"doc_no": ID}, {"data": {"project_code": ID}, "kind": "key_area"},
    ],
)  # fmt: skip
def test_an_id_number_stops_a_submission_wherever_it_stands(office, fields):
    agency, people = office
    paper = given.draft(
        people["clerk"], agency, AT, **({"kind": "notice", "title": "公示", "body": "<p>公示。</p>"} | fields)
    )
    refused = take(paper, "submit", people["clerk"])
    assert isinstance(refused, Refused)
    assert "个人信息" in refused.why


@pytest.mark.parametrize(("verb", "role"), [("withdraw", "signer"), ("repeal", "signer")])
def test_a_reason_that_everybody_will_read_names_nobody(office, verb, role):
    agency, people = office
    paper = given.published(people, agency, AT, kind="notice", title="停水")
    refused = take(paper, verb, people[role], reason=f"误登张某身份证{ID}")
    assert isinstance(refused, Refused)
    assert "理由里有个人信息" in refused.why
    assert isinstance(take(paper, verb, people[role], reason="长" * 501), Refused)
    given.done(take(paper, verb, people[role], reason="内容有误"))


def test_why_something_went_out_before_its_reviews_is_not_on_its_page(office):
    agency, people = office
    paper = given.draft(people["clerk"], agency, AT, kind="notice", title="暴雨预警")
    given.done(take(paper, "emergency", people["signer"], reason="红色预警"))
    assert disclosure.find("publication", document_id=paper.id).one().reason == ""
    (act,) = ledger.find("act", subject_type="document", subject_id=str(paper.id), verb="document.emergency")
    assert act.facts["reason"] == "红色预警"


def test_a_comment_that_sends_back_can_be_erased(office):
    agency, people = office
    paper = given.draft(people["clerk"], agency, AT, kind="notice", title="公示")
    given.done(take(paper, "submit", people["clerk"]))
    given.done(take(paper, "return", people["section_head"], comment="第二段有张某的住址"))
    (act,) = ledger.find("act", subject_type="document", subject_id=str(paper.id), verb="document.return")
    assert "comment" not in act.facts
    assert act.payload == {"comment": "第二段有张某的住址"}


@pytest.mark.parametrize(
    ("row", "why"),
    [({"attribute": "closed", "attribute_ground": "第十五条"}, "不是主动公开"), ({"attribute": "on_request"}, "不是主动公开"),
     ({"kind": "nothing"}, "没有“nothing”"), ({"title": ""}, "标题"), ({"kind": "penalty"}, "决定书文号"), ({"theme": "9999"}, "主题分类")],
)  # fmt: skip
def test_what_another_system_kept_to_itself_or_what_is_no_edition_is_not_taken_over(office, row, why):
    agency, _people = office
    keeper = given.person(ledger.find("agency", code=agency.code).one(), "keeper")
    given_row = {
        "agency": agency,
        "kind": "notice",
        "title": "通知",
        "published_at": given.at(2017, 1, 3),
        "body": "<p>x</p>",
    } | row
    with ledger.clock_at(AT):
        (refused,) = disclosure.take_over([given_row], source="旧网站", by=keeper, at=AT)
    assert isinstance(refused, Refused)
    assert why in refused.why
    assert not disclosure.find("document").exists()


def test_an_organ_goes_on_publishing_in_the_year_it_was_renamed(office):
    agency, people = office
    first = given.published(people, agency, AT, kind="notice", title="停水")
    given.done(
        ledger.take(
            agency,
            "rename",
            by=None,
            at=AT,
            code=f"{agency.code}N",
            name="测试市民政和退役军人局",
            short_name="民政退役局",
            on=AT.date(),
        )
    )
    new = ledger.find("agency", code=f"{agency.code}N").one()
    second = given.published(given.team(new), new, AT, kind="notice", title="通水")
    assert first.index_no != second.index_no


def test_two_organs_under_one_credit_code_draw_from_one_series(office):
    agency, _people = office
    city = ledger.find("agency", pk=agency.parent_id).one()
    numbers = []
    for name in ("旧局", "新局"):
        organ = given.organ(name, city, credit_code="11990000MB0000001A")
        numbers.append(given.published(given.team(organ), organ, AT, kind="notice", title=name).index_no)
    assert numbers == ["11990000MB0000001A/2026-00001", "11990000MB0000001A/2026-00002"]


def test_findings_stand_on_the_lines_that_the_desk_shows(office):
    agency, people = office
    paper = given.draft(
        people["clerk"], agency, AT, kind="notice", title="公示", body=f"<p>甲</p><div>乙 {ID}</div>"
    )
    (finding,) = [f for f in disclosure.check(paper.id) if f.code.startswith("pii.")]
    (edition,) = disclosure.editions(paper.id)
    start, end = finding.place.span
    assert edition.lines[finding.place.line - 1][start:end] == ID
