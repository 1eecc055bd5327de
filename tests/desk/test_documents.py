"""Documents at the desk: drafting by kind, findings, review, what was published."""

from __future__ import annotations

import io
import zipfile
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given
from tests.desk.conftest import TODAY, Bureau, at_desk, words
from tests.words import PAPER, PNG, word


def page_of(bureau: Bureau, paper, role: str = "clerk") -> str:
    return words(bureau.desk(role).get(f"/desk/documents/{paper.id}/"))


def typed(bureau: Bureau, **fields) -> dict[str, str]:
    return {
        "agency": str(bureau.organ.pk), "title": "关于规范许可变更的通知", "attribute": "open", "validity": "valid",
        "body": "第一段。\n\n第二段 <不是标签。",
    } | fields  # fmt: skip


def test_a_new_document_asks_for_its_kind_first(bureau: Bureau):
    page = words(bureau.desk("clerk").get("/desk/documents/new"))
    for kind in ("normative", "interpretation", "key_area"):
        assert f"?kind={kind}" in page
    assert "?kind=annual_report" not in page  # it is made by filing a report


def test_the_form_holds_the_fields_of_the_kind(bureau: Bureau):
    clerk = bureau.desk("clerk")
    assert 'name="data_decision_no"' in words(clerk.get("/desk/documents/new?kind=penalty"))
    assert 'name="data_decision_no"' not in words(clerk.get("/desk/documents/new?kind=policy"))
    assert 'name="key_area"' in words(clerk.get("/desk/documents/new?kind=key_area"))


def test_plain_text_becomes_paragraphs_of_a_draft(bureau: Bureau):
    response = bureau.desk("clerk").post(
        "/desk/documents/new", typed(bureau, kind="policy", doc_no="测政发〔2026〕1号")
    )
    (paper,) = disclosure.find("document")
    assert response["Location"] == f"/desk/documents/{paper.id}/"
    (edition,) = disclosure.editions(paper.id)
    assert edition.body == "<p>第一段。</p><p>第二段 &lt;不是标签。</p>"
    assert edition.doc_no == "测政发〔2026〕1号"


@pytest.mark.parametrize(
    ("typed_in", "kept"),
    [
        ("设 a<b 且 c>d 时适用。\n第二段。", "<p>设 a&lt;b 且 c&gt;d 时适用。</p><p>第二段。</p>"),
        ("见<b>附件</b>。\n第二段。", "<p>见&lt;b&gt;附件&lt;/b&gt;。</p><p>第二段。</p>"),
        ("<p>设 a<b 且 c>d。</p><h2>二</h2>", "<p>设 a&lt;b 且 c&gt;d。</p><h2>二</h2>"),
        ("<p>若 x<y>z。</p>", "<p>若 x&lt;y&gt;z。</p>"),
        ('<p class="MsoNormal"><b>粗</b><o:p></o:p></p>', "<p><b>粗</b></p>"),
        ('<table><tr><td colspan="2" nowrap>格</td></tr></table>', '<table><tbody><tr><td colspan="2">格</td></tr></tbody></table>'),
    ],
)  # fmt: skip
def test_text_that_only_looks_like_a_tag_is_kept_as_text(bureau: Bureau, typed_in, kept):
    bureau.desk("clerk").post(
        "/desk/documents/new", typed(bureau, kind="policy", doc_no="测政发〔2026〕1号", body=typed_in)
    )
    (paper,) = disclosure.find("document")
    assert disclosure.editions(paper.id)[0].body == kept


def test_a_missing_field_of_the_kind_is_refused_and_nothing_is_kept(bureau: Bureau):
    response = bureau.desk("clerk").post("/desk/documents/new", typed(bureau, kind="penalty"))
    page = words(response)
    assert response.status_code == 409
    assert "请填写决定书文号" in page
    assert "关于规范许可变更的通知" in page
    assert not disclosure.find("document").exists()


def test_a_clerk_cannot_draft_for_another_organ(bureau: Bureau):
    finance = given.organ("测试市财政局", bureau.city)
    response = bureau.desk("clerk").post(
        "/desk/documents/new", typed(bureau, kind="policy", agency=str(finance.pk))
    )
    assert response.status_code == 409
    assert not disclosure.find("document").exists()


def test_a_reviewer_has_no_form_to_draft_with(bureau: Bureau):
    assert bureau.desk("secrecy").get("/desk/documents/new").status_code == 403


def test_a_draft_is_edited_and_a_submitted_one_is_not(bureau: Bureau):
    paper = given.draft(bureau.people["clerk"], bureau.organ, TODAY, kind="policy", title="旧标题")
    clerk = bureau.desk("clerk")
    assert "旧标题" in words(clerk.get(f"/desk/documents/{paper.id}/edit"))
    clerk.post(f"/desk/documents/{paper.id}/edit", typed(bureau, title="新标题"))
    assert disclosure.editions(paper.id)[0].title == "新标题"
    given.move(paper.id, "submit", bureau.people["clerk"], TODAY)
    response = clerk.post(f"/desk/documents/{paper.id}/edit", typed(bureau, title="偷偷改"))
    assert response.status_code == 409
    assert disclosure.editions(paper.id)[0].title == "新标题"


def test_a_finding_stands_beside_the_text_with_the_same_number(bureau: Bureau):
    paper = given.draft(
        bureau.people["clerk"], bureau.organ, TODAY, kind="policy",
        body="<p>全年完成46个，其中甲区18个、乙区15个、丙县12个。</p>",
    )  # fmt: skip
    found = disclosure.check(paper.id)
    assert found, "18 + 15 + 12 = 45, not 46"
    page = page_of(bureau, paper)
    for n, _finding in enumerate(found, 1):
        assert f'id="f{n}"' in page
    assert 'href="#f1"' in page


def test_personal_information_keeps_a_draft_from_going_to_review(bureau: Bureau):
    paper = given.draft(
        bureau.people["clerk"],
        bureau.organ,
        TODAY,
        kind="policy",
        body="<p>赵某，身份证号11010519491231002X。</p>",
    )
    response = bureau.desk("clerk").post(f"/desk/documents/{paper.id}/submit")
    assert response.status_code == 409
    assert "个人信息" in words(response)
    assert disclosure.editions(paper.id)[0].state == "draft"


def test_the_chain_says_who_passed_what_and_where_it_stands(bureau: Bureau):
    people = bureau.people
    paper = given.draft(people["clerk"], bureau.organ, TODAY, kind="policy")
    given.move(paper.id, "submit", people["clerk"], TODAY)
    given.move(paper.id, "head_review", people["section_head"], TODAY, comment="同意发布")
    page = page_of(bureau, paper)
    chain = page.split('<ol class="chain')[1].split("</ol>")[0]
    assert people["section_head"].name in chain
    assert "同意发布" in chain
    assert chain.index("正在这里") < chain.index("保密审查")
    assert chain.count("已过") == 2


def test_after_a_return_nobody_stands_as_having_passed(bureau: Bureau):
    people = bureau.people
    paper = given.draft(people["clerk"], bureau.organ, TODAY, kind="policy")
    given.move(paper.id, "submit", people["clerk"], TODAY)
    given.move(paper.id, "head_review", people["section_head"], TODAY, comment="同意发布")
    given.move(paper.id, "return", people["secrecy"], TODAY, comment="有一处要改")
    given.move(paper.id, "submit", people["clerk"], TODAY)
    chain = page_of(bureau, paper).split('<ol class="chain')[1].split("</ol>")[0]
    assert people["section_head"].name not in chain
    assert chain.count("已过") == 1
    assert "有一处要改" in page_of(bureau, paper)


def test_a_document_is_published_by_four_people_at_their_desks(bureau: Bureau):
    paper = given.draft(bureau.people["clerk"], bureau.organ, TODAY, kind="policy")
    given.go_without_interpretation(paper.id, TODAY)
    for role, verb in (("clerk", "submit"), ("section_head", "head_review"), ("secrecy", "secrecy_review"),
                       ("signer", "sign"), ("signer", "publish")):  # fmt: skip
        response = bureau.desk(role).post(f"/desk/documents/{paper.id}/{verb}")
        assert response.status_code == 302, words(response)
    row = disclosure.find("document", pk=paper.id).one()
    assert row.state == "live"
    page = page_of(bureau, row)
    assert row.index_no in page
    assert "首次，计1条" in page


def test_a_drafter_who_is_section_head_reads_why_not(bureau: Bureau):
    both = given.person(bureau.organ, "clerk", "section_head")
    paper = given.draft(both, bureau.organ, TODAY, kind="policy")
    given.move(paper.id, "submit", both, TODAY)
    response = at_desk(both).post(f"/desk/documents/{paper.id}/head_review")
    assert response.status_code == 409
    assert "你是起草人" in words(response)


def test_withdrawing_needs_a_reason_which_the_log_keeps(bureau: Bureau):
    paper = given.published(bureau.people, bureau.organ, TODAY, kind="policy")
    signer = bureau.desk("signer")
    assert (
        signer.post(f"/desk/documents/{paper.id}/withdraw", {"way": "error", "reason": ""}).status_code == 409
    )
    signer.post(f"/desk/documents/{paper.id}/withdraw", {"way": "error", "reason": "附件放错了"})
    page = page_of(bureau, paper, "signer")
    assert "已撤下" in page
    assert "附件放错了" in page


def test_a_correction_opens_a_new_edition_to_edit_and_leaves_the_old_one_live(bureau: Bureau):
    paper = given.published(bureau.people, bureau.organ, TODAY, kind="policy")
    response = bureau.desk("clerk").post(f"/desk/documents/{paper.id}/correct")
    assert response["Location"] == f"/desk/documents/{paper.id}/edit"
    assert [e.state for e in disclosure.editions(paper.id)] == ["published", "draft"]


def test_a_policy_without_an_interpretation_offers_to_draft_one(bureau: Bureau):
    paper = given.draft(bureau.people["clerk"], bureau.organ, TODAY, kind="policy", title="租赁办法")
    link = f"/desk/documents/new?kind=interpretation&interprets={paper.id}"
    assert link.replace("&", "&amp;") in page_of(bureau, paper)
    clerk = bureau.desk("clerk")
    assert "《租赁办法》解读" in words(clerk.get(link))
    clerk.post(
        "/desk/documents/new",
        typed(bureau, kind="interpretation", interprets=str(paper.id), data_form="text"),
    )
    assert disclosure.find("document", interprets_id=paper.id).count() == 1


def test_the_list_is_searched_by_title_number_kind_and_state(bureau: Bureau):
    given.published(
        bureau.people, bureau.organ, TODAY, kind="policy", title="甲办法", doc_no="测发〔2026〕7号"
    )
    given.draft(bureau.people["clerk"], bureau.organ, TODAY, kind="notice", title="乙公告")
    clerk = bureau.desk("clerk")
    for query, there, gone in (
        ("q=甲", "甲办法", "乙公告"), ("q=〔2026〕7号", "甲办法", "乙公告"), ("kind=notice", "乙公告", "甲办法"),
        ("state=draft", "乙公告", "甲办法"), ("state=live", "甲办法", "乙公告"),
    ):  # fmt: skip
        page = words(clerk.get(f"/desk/documents/?{query}"))
        assert there in page
        assert gone not in page


def test_the_preview_is_the_page_the_public_would_see(bureau: Bureau):
    paper = given.draft(
        bureau.people["clerk"], bureau.organ, TODAY, kind="policy", title="租赁办法", body="<p>正文一段。</p>"
    )
    page = words(bureau.desk("clerk").get(f"/desk/documents/{paper.id}/preview"))
    assert "租赁办法" in page
    assert "正文一段。" in page


def test_scripts_in_a_text_never_reach_the_page(bureau: Bureau):
    bureau.desk("clerk").post(
        "/desk/documents/new",
        typed(bureau, kind="policy", body="<p onclick='x()'>好</p><script>alert(1)</script>"),
    )
    (paper,) = disclosure.find("document")
    assert "alert(1)" not in page_of(bureau, paper)
    assert not ledger.find("act", verb="document.submit").exists()


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_an_attachment_is_read_kept_and_handed_to_the_reviewer(bureau: Bureau):
    text = "附件一：办事流程。".encode()
    bureau.desk("clerk").post(
        "/desk/documents/new", typed(bureau, kind="policy") | {"files": [upload("../../附件一.txt", text)]}
    )
    (paper,) = disclosure.find("document")
    (attached,) = disclosure.editions(paper.id)[0].attachments
    assert attached.name == "附件一.txt"
    response = bureau.desk("secrecy").get(f"/desk/documents/{paper.id}/files/{attached.digest}")
    assert b"".join(response.streaming_content) == text
    assert response["Content-Disposition"].startswith("attachment;")
    response.close()


def test_an_attachment_stays_when_it_is_ticked_and_goes_when_it_is_not(bureau: Bureau):
    clerk = bureau.desk("clerk")
    clerk.post(
        "/desk/documents/new",
        typed(bureau, kind="policy")
        | {"files": [upload("甲.txt", "甲".encode()), upload("乙.txt", "乙".encode())]},
    )
    (paper,) = disclosure.find("document")
    first, second = disclosure.editions(paper.id)[0].attachments
    more = {"keep": [second.digest], "files": [upload("丙.txt", "丙".encode())]}
    clerk.post(f"/desk/documents/{paper.id}/edit", typed(bureau) | more)
    assert [a.name for a in disclosure.editions(paper.id)[0].attachments] == ["乙.txt", "丙.txt"]
    assert clerk.get(f"/desk/documents/{paper.id}/files/{first.digest}").status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [("空.docx", b""), ("乱.pdf", bytes(range(256)) * 40), ("程序.exe", b"MZ\x00\x01" * 99)],
)
def test_a_file_nobody_can_read_is_refused_with_what_to_do_and_nothing_is_kept(bureau: Bureau, name, content):
    response = bureau.desk("clerk").post(
        "/desk/documents/new", typed(bureau, kind="policy") | {"files": [upload(name, content)]}
    )
    page = words(response)
    assert response.status_code == 409
    assert name in page
    assert "关于规范许可变更的通知" in page
    assert not disclosure.find("document").exists()
    assert not ledger.find("file").exists()


def test_personal_information_in_an_attachment_is_told_at_once(bureau: Bureau):
    text = "赵某，身份证号11010519491231002X。".encode()
    response = bureau.desk("clerk").post(
        "/desk/documents/new",
        typed(bureau, kind="policy") | {"files": [upload("名单.txt", text)]},
        follow=True,
    )
    assert "附件“名单.txt”：" in words(response)
    assert "身份证" in words(response)


def test_an_attachment_of_another_organ_is_refused(bureau: Bureau, other):
    bureau.desk("clerk").post(
        "/desk/documents/new", typed(bureau, kind="policy") | {"files": [upload("甲.txt", b"abc")]}
    )
    (paper,) = disclosure.find("document")
    (attached,) = disclosure.editions(paper.id)[0].attachments
    assert at_desk(other).get(f"/desk/documents/{paper.id}/files/{attached.digest}").status_code == 403


def sent(bureau: Bureau, data: bytes, name: str = "办法.docx", **fields):
    typed_in = {
        "kind": "policy",
        "agency": str(bureau.organ.pk),
        "word": SimpleUploadedFile(name, data),
    } | fields
    return bureau.desk("clerk").post("/desk/documents/word", typed_in)


def test_a_word_file_becomes_a_draft_to_be_confirmed(bureau: Bureau):
    response = sent(bureau, word(*PAPER))
    (paper,) = disclosure.find("document")
    assert response["Location"] == f"/desk/documents/{paper.id}/edit"
    page = words(bureau.desk("clerk").get(response["Location"]))
    for value in ("测试市住房局关于印发住房租赁登记办法的通知", "测房发〔2026〕12号", "2026-03-02"):
        assert f'value="{value}"' in page
    (edition,) = disclosure.editions(paper.id)
    assert edition.state == "draft"
    assert "测房发" not in edition.body


def test_what_was_recognised_and_what_to_look_at_is_told(bureau: Bureau):
    browser = bureau.desk("clerk")
    told = words(browser.post("/desk/documents/word", {
        "kind": "policy", "agency": str(bureau.organ.pk), "word": SimpleUploadedFile("a.docx", word("另一个局文件", *PAPER[1:])),
    }, follow=True))  # fmt: skip
    assert "认出：标题、文号、成文日期、公开属性" in told
    assert "红头写的是“另一个局”" in told
    assert "登记收费标准。请一并上传" in told
    again = words(browser.post("/desk/documents/word", {
        "kind": "policy", "agency": str(bureau.organ.pk), "word": SimpleUploadedFile("a.docx", word(*PAPER)),
    }, follow=True))  # fmt: skip
    assert "目录里已有测房发〔2026〕12号" in again


def test_a_paper_that_is_not_for_the_public_stays_on_request(bureau: Bureau):
    sent(bureau, word(*PAPER[:-3], "（此件依申请公开）"))
    (paper,) = disclosure.find("document")
    assert disclosure.editions(paper.id)[0].attribute == "on_request"
    assert bureau.desk("clerk").post(f"/desk/documents/{paper.id}/submit").status_code == 409


def test_a_picture_of_the_text_is_seen_in_the_preview_and_on_the_site(bureau: Bureau):
    sent(
        bureau, word("关于路线的通知", "如图：", more=lambda d: d.add_picture(io.BytesIO(PNG))), kind="notice"
    )
    (paper,) = disclosure.find("document")
    (edition,) = disclosure.editions(paper.id)
    assert [a.name for a in edition.attachments] == ["picture-1.png"]
    page = words(bureau.desk("clerk").get(f"/desk/documents/{paper.id}/preview"))
    assert f'src="/desk/documents/{paper.id}/files/{edition.attachments[0].digest}"' in page
    assert "attach:" not in page


@pytest.mark.parametrize(
    ("data", "fields", "why"),
    [
        (b"PK\x03\x04 broken", {}, "损坏"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, {}, "旧版"),
        (word("通知"), {"kind": "annual_report"}, "没有选择文种"),
        (word("通知"), {"agency": "0"}, "没有选择文种或发布机构"),
    ],
)
def test_a_word_file_that_will_not_do_is_refused_and_nothing_is_kept(bureau: Bureau, data, fields, why):
    response = sent(bureau, data, **fields)
    assert response.status_code == 409
    assert why in words(response)
    assert not disclosure.find("document").exists()


@pytest.mark.parametrize(
    "state", ["", "draft", "live", "withdrawn", "submitted", "head_done", "secrecy_done", "approved"]
)
def test_the_list_opens_by_every_state_it_offers(bureau: Bureau, state):
    paper = given.draft(bureau.people["clerk"], bureau.organ, TODAY, kind="policy", title="租赁办法")
    given.move(paper.id, "submit", bureau.people["clerk"], TODAY)
    response = bureau.desk("clerk").get("/desk/documents/", {"state": state})
    assert response.status_code == 200
    assert ("租赁办法" in words(response)) == (state in ("", "draft", "submitted"))


@pytest.fixture
def supervisor(bureau: Bureau):
    """政务公开监督员 of the city: looks at what is public, handles nothing."""
    return at_desk(given.person(bureau.city, "supervisor"))


@pytest.mark.django_db(transaction=True)  # the end of an answer closes the connection
def test_a_supervisor_finds_and_opens_what_was_ever_public_and_no_draft(bureau: Bureau, supervisor):
    file = SimpleUploadedFile("未公开的附件.txt", "内容".encode())
    bureau.desk("clerk").post(
        "/desk/documents/new", {"kind": "rules", **typed(bureau, title="不予公开的草稿", attribute="closed", attribute_ground="国家秘密"), "files": file}
    )  # fmt: skip
    secret = disclosure.find("document", title="不予公开的草稿").one()
    (kept,) = disclosure.editions(secret.id)[-1].attachments
    public = given.published(
        bureau.people, bureau.organ, given.at(2026, 3, 3), kind="rules", title="公开的制度"
    )
    listed = words(supervisor.get("/desk/documents/"))
    assert "公开的制度" in listed
    assert "不予公开的草稿" not in listed
    found = words(supervisor.get("/desk/find", {"q": "草稿"}))
    assert "不予公开的草稿" not in found
    assert supervisor.get(f"/desk/documents/{public.id}/").status_code == 200
    for way in ("", "preview", f"files/{kept.digest}"):
        assert supervisor.get(f"/desk/documents/{secret.id}/{way}").status_code == 403, way
        answer = bureau.desk("clerk").get(f"/desk/documents/{secret.id}/{way}")
        assert answer.status_code == 200, way
        answer.close()


def test_a_supervisor_sees_nothing_of_a_correction_before_it_is_public(bureau: Bureau, supervisor):
    public = given.published(
        bureau.people, bureau.organ, given.at(2026, 3, 3), kind="rules", title="公开的制度"
    )
    given.move(public.id, "correct", bureau.people["clerk"], TODAY)
    given.move(
        public.id, "edit", bureau.people["clerk"], TODAY, title="还没公开的新题目", body="<p>新文字。</p>"
    )
    for way in ("", "preview"):
        page = words(supervisor.get(f"/desk/documents/{public.id}/{way}"))
        assert "公开的制度" in page
        assert "还没公开的新题目" not in page
        assert "新文字" not in page
        assert "还没公开的新题目" in words(bureau.desk("clerk").get(f"/desk/documents/{public.id}/{way}"))
    listed = words(supervisor.get("/desk/documents/"))
    assert "还没公开的新题目" not in listed
    assert "新版" not in listed


def test_the_catalogue_can_be_narrowed_to_what_waits_for_review(bureau: Bureau, supervisor):
    paper = given.draft(bureau.people["clerk"], bureau.organ, TODAY, title="等审的制度")
    given.move(paper.id, "submit", bureau.people["clerk"], TODAY)
    assert "等审的制度" in words(bureau.desk("clerk").get("/desk/documents/?state=submitted"))
    answer = supervisor.get("/desk/documents/?state=submitted")
    assert answer.status_code == 200
    assert "等审的制度" not in words(answer)


def test_a_list_of_a_kind_is_typed_a_line_a_row_and_comes_back_in_the_form(bureau: Bureau):
    clerk = bureau.desk("clerk")
    form = {
        "kind": "market_price", "data_period": "11月第3周", "data_prices": "大白菜 | 500克 | 0.98 | -4.1\n鸡蛋｜500克｜4.60",
    }  # fmt: skip
    wrong = clerk.post("/desk/documents/new", typed(bureau, **form | {"data_prices": "大白菜 | 500克 | 贵"}))
    assert wrong.status_code == 409
    assert "“价格表”第1行：“本期均价（元）”写的是“贵”，不是数字" in words(wrong)
    clerk.post("/desk/documents/new", typed(bureau, **form))
    (paper,) = disclosure.find("document")
    (edition,) = disclosure.editions(paper.id)
    rows = [
        {"goods": "大白菜", "unit": "500克", "price": "0.98", "change": "-4.1"}, {"goods": "鸡蛋", "unit": "500克", "price": "4.60"},
    ]  # fmt: skip
    assert edition.data == {"period": "11月第3周", "prices": rows}
    page = words(clerk.get(f"/desk/documents/{paper.id}/edit"))
    assert "大白菜 | 500克 | 0.98 | -4.1\n鸡蛋 | 500克 | 4.60" in page
    assert "品名 | 单位 | 本期均价（元） | 比上期（%）" in page


def test_a_draft_saved_since_it_was_opened_is_not_overwritten_in_silence(bureau: Bureau):
    paper = given.draft(bureau.people["clerk"], bureau.organ, TODAY, kind="policy", title="旧标题")
    colleague = given.person(bureau.organ, "clerk", name="赵明")
    address = f"/desk/documents/{paper.id}/edit"

    def opened(page: str) -> str:
        return page.split('name="seen" value="')[1].split('"')[0]

    clerk, first = bureau.desk("clerk"), opened(words(bureau.desk("clerk").get(address)))
    at_desk(colleague).post(address, typed(bureau, title="赵明的标题", seen=first))
    odd = '<p onclick="steal()">我的正文</p><script>steal()</script><p style="position:absolute">二</p>'
    refused = clerk.post(address, typed(bureau, title="我的标题", body=odd, seen=first))
    assert refused.status_code == 409
    page = words(refused)
    assert "你打开之后，赵明09:00又保存过这份草稿" in page
    assert 'value="我的标题"' in page
    assert "<p>我的正文</p><p>二</p></textarea>" in unescape(page), "shown again as saving would keep it"
    assert "steal" not in page
    assert disclosure.editions(paper.id)[0].title == "赵明的标题"
    # What only looks like a tag, and plain text, stand there as they were typed.
    plain = words(clerk.post(address, typed(bureau, body="设 a<b，\n\n<p 且 c", seen=first)))
    assert "设 a<b，\n\n<p 且 c</textarea>" in unescape(plain)
    # Having been told, saving again is a decision.
    assert clerk.post(address, typed(bureau, title="我的标题", seen=opened(page))).status_code == 302
    assert disclosure.editions(paper.id)[0].title == "我的标题"


@pytest.mark.parametrize(
    ("kind", "key", "value", "told"),
    [
        ("policy", "title", "长" * 301, "标题超过300字（写了301字）"),
        ("policy", "written_on", "昨天", "成文日期“昨天”不是日历上的日期"),
        ("policy", "effective_on", "2017-13-45", "生效日期“2017-13-45”不是日历上的日期"),
        ("policy", "effective_on", "1900-01-01", "生效日期1900-01-01的年份多半写错了"),
        ("policy", "written_on", "2026-11-24", "成文日期2026-11-24在今天之后"),
        ("policy", "keywords", " ".join(f"词{n}" for n in range(21)), "主题词有21个，最多20个"),
        ("budget", "data_sangong", "三千左右", "不是数字"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_beside_its_field_and_kept(bureau: Bureau, kind, key, value, told):
    fields = typed(bureau, kind=kind, doc_no="测政发〔2026〕1号") | {key: value}
    response = bureau.desk("clerk").post("/desk/documents/new", fields)
    assert response.status_code == 409
    field = words(response).split(f'<label for="doc-{key}">')[1].split("</div>")[0]
    assert f'id="doc-{key}-hint"' in field
    assert told in field
    assert 'aria-invalid="true"' in field
    assert f'value="{value}"' in field
    assert 'type="text"' in field  # a day's own input would drop what is no day
    assert "maxlength" not in field  # it would cut what is pasted, in silence
    assert not disclosure.find("document").exists()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for name, content in members.items():
            pack.writestr(name.replace("_", "."), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("安装.exe", b"MZ this program", "程序或脚本"), ("报告.pdf", b"MZ this program", "程序或脚本"),
        ("报告.pdf", "不是 PDF".encode(), "内容是文本（txt、csv），后缀却是“pdf”"), ("a.bat", b"del *.*", "后缀却是“bat”"),
        ("a.pdf.exe", b"text", "后缀却是“exe”"), ("a.html\x00.pdf", b"<html><p>x", "内容是网页（html），后缀却是“pdf”"),
        ("单\u202efdp.exe", b"text", "附件“单fdp.exe”"), ("CON", b"text", "后缀却是“没有”"), ("../../x.php", b"text", "附件“x.php”"),
        ("长" * 300 + ".js", b"text", "后缀却是“js”"), ("脚本", b"#!/bin/sh\nrm", "程序或脚本"), ("包.zip", zipped(readme_txt=b"a", run_vbs=b"MsgBox 1"), "里面的“run.vbs”"),
        ("包.zip", zipped(readme_txt=b"a", setup_exe=b"MZ" + bytes(99)), "里面的“setup.exe”不在可收的类型内"),
    ],
)  # fmt: skip
def test_only_files_that_are_what_they_say_are_attached(bureau: Bureau, name, content, told):
    response = bureau.desk("clerk").post(
        "/desk/documents/new", typed(bureau, kind="policy") | {"files": [upload(name, content)]}
    )
    assert response.status_code == 409
    page = words(response)
    assert told in page
    assert "可以附：Word（docx）、Excel（xlsx）、PDF、文本（txt、csv）、网页（html）、压缩包（zip）" in page
    assert not ledger.find("file").exists()


def test_a_pack_with_pictures_beside_its_texts_is_attached(bureau: Bureau):
    pack = zipped(readme_txt="说明".encode(), photo_png=PNG)
    bureau.desk("clerk").post(
        "/desk/documents/new", typed(bureau, kind="policy") | {"files": [upload("包.zip", pack)]}
    )
    (paper,) = disclosure.find("document")
    assert [a.name for a in disclosure.editions(paper.id)[0].attachments] == ["包.zip"]


def test_an_imported_paper_shows_no_review_that_nobody_here_did(bureau: Bureau):
    rows = [
        {
            "agency": bureau.organ,
            "kind": "policy",
            "title": "旧办法",
            "body": "<p>旧文。</p>",
            "published_at": given.at(2020, 3, 2),
        }
    ]
    batches = disclosure.take_over(rows, source="旧门户", by=given.person(bureau.city, "keeper"), at=TODAY)
    assert not isinstance(batches, Refused)
    list(batches)
    (paper,) = disclosure.find("document")
    chain = page_of(bureau, paper).split('<ol class="chain')[1].split("</ol>")[0]
    assert "由“旧门户”导入" in chain
    assert "没有在本平台审签" in chain
    assert "科室审核" not in chain
