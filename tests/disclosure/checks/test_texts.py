"""Words, characters, outline, organs, personal information and pages, sentence by sentence."""

from __future__ import annotations

import pytest

from mingtang.disclosure.checks.personal import is_credit_code, is_identity, luhn
from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.run import check, check_line
from mingtang.disclosure.checks.types import Finding, Reading

from .given_files import a_docx, a_png, an_xlsx, zipped


def read_in(text: str | bytes, name: str = "样例") -> Reading:
    reading = read(text if isinstance(text, bytes) else text.encode(), name)
    assert isinstance(reading, Reading)
    return reading


def of(text: str, *topics: str) -> list[Finding]:
    return list(check(read_in(text), topics))


def codes(text: str, *topics: str) -> list[str]:
    return [f.code for f in of(text, *topics)]


# Personal information ------------------------------------------------------------------------------------------


def test_the_check_character_of_the_standards_own_example_holds() -> None:
    # GB 11643-1999 prints 11010519491231002X and 440524188001010014.
    assert is_identity("11010519491231002X")
    assert is_identity("440524188001010014")
    assert not is_identity("110105194912310021")
    assert not is_identity("11010519491331002X")


def test_a_credit_code_is_no_personal_information() -> None:
    assert is_credit_code("91350100M000100Y43")
    assert codes("统一社会信用代码：91350100M000100Y43，11441700007280420Y。", "pii") == []


def test_the_luhn_digit_is_counted_from_the_right() -> None:
    # 79927398713 is the textbook number.
    assert luhn("79927398713")
    assert not luhn("79927398714")


@pytest.mark.parametrize(
    "printed",
    [
        "11010519491231002X",
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
    ],
)
def test_an_identity_number_is_found_however_it_is_typed(printed: str) -> None:
    text = f"救助对象张某某{printed}，每月600元。"
    (fault,) = of(text, "pii")
    assert (fault.code, fault.severity) == ("pii.identity", "error")
    assert fault.place.span == (text.index(printed), text.index(printed) + len(printed))
    assert "110***********002X" in fault.suggestion


def test_an_identity_number_glued_to_other_digits_is_no_identity_number() -> None:
    assert codes("流水号911010519491231002145。", "pii") == []


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("张某某 13800138000", "warning"),
        ("张某某 138-0013-8000", "warning"),
        ("咨询电话：13800138000", "note"),
    ],
)
def test_a_mobile_number_is_graver_beside_a_person_than_as_an_offices_contact(
    text: str, severity: str
) -> None:
    assert [f.severity for f in of(text, "pii")] == [severity]


@pytest.mark.parametrize(
    "text",
    [
        "联系电话：0591-23165385，邮编：350400。",
        "合同金额1380013800元，面积13800138000平方米以内。"
        if False
        else "项目代码2017-210700-48-03-013800。",
        "网址 http://example.gov.cn/t20230220_80629.htm。",
        "张某某，138****8000。",
        "川A类企业名单，京A股上市公司。",
        "备案编号6222021234567890128。",
    ],
)
def test_public_numbers_pass(text: str) -> None:
    assert [f for f in of(text, "pii") if f.severity != "note"] == []


def test_personal_information_in_hidden_sheets_comments_and_archives_is_found_and_placed() -> None:
    book = an_xlsx(
        [["姓名", "金额"], ["张某某", 600]],
        hidden=[["张某某", "11010519491231002X"]],
        comment="电话13800138000",
    )
    reading = read_in(zipped({"公示.xlsx": book, "图.png": a_png()}), "公示.zip")
    found = {(f.code, f.place.part) for f in check(reading)}
    assert ("pii.identity", "公示.zip#公示.xlsx#隐藏表“备用”") in found
    assert ("pii.mobile", "公示.zip#公示.xlsx#批注“目录”") in found
    assert ("meta.unread", "") in found


def test_a_comment_left_in_a_docx_is_judged_too() -> None:
    found = check(
        read_in(a_docx("公告正文。", comment="申请人身份证11010519491231002X"), "公告.docx"), {"pii"}
    )
    assert [(f.code, f.place.part) for f in found] == [("pii.identity", "公告.docx#批注")]


# Words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("打造统一的的网站界面。", "word.repeated"),
        ("提高了了工作效率。", "word.repeated"),
        ("通过通过媒体发布。", "word.repeated"),
        ("认真做好工作布署。", "word.wrong"),
        ("取得新进展，但在工作中仍在不足。", "word.wrong"),
        ("中国人民共和国政府信息公开条例", "word.wrong"),
        ("来自港澳台等国家的客商", "word.forbidden"),
    ],
)
def test_wrong_words_are_found(text: str, code: str) -> None:
    assert codes(text, "word") == [code]


@pytest.mark.parametrize(
    "text",
    [
        "达到目的的，予以奖励。",
        "不了了之，是是非非，和和美美，等等。",
        "公布署名文章，教材科负责，财务必须公开，恢复盖章。",
        "所在地地名标志，客户对对账单有异议，作为为民服务的窗口。",
        "参与与监督，存在在建项目，认为为时过早。",
        "香港国际机场、朝鲜族、台湾国民党。",
    ],
)
def test_right_words_that_look_wrong_pass(text: str) -> None:
    assert codes(text, "word") == []


# Characters and outline ----------------------------------------------------------------------------------------


def test_a_lost_sign_between_digits_is_one_finding_cured_by_its_whole_form() -> None:
    (fault,) = of("组织5·15政务公开日。印发《5?15方案》和《5?15活动方案》。", "text.damaged")
    assert fault.figures == ("5?15", "5?15", "5·15")
    assert fault.suggestion == "改为“5·15”"


def test_a_question_mark_in_an_address_is_no_lost_sign() -> None:
    assert codes("网址http://www.example.gov.cn/a?1?2，真的有5个吗?是的。", "text.damaged") == []


@pytest.mark.parametrize("wrong", ["gb18030", "latin-1"])
def test_mojibake_is_found_and_undone(wrong: str) -> None:
    broken = "政府信息公开工作年度报告".encode().decode(wrong, "ignore")
    (fault,) = of(f"标题：{broken}", "text.mojibake")
    assert "政府信息公" in fault.message


@pytest.mark.parametrize(
    "text",
    [
        "1）总则；2）分则；a) 其他。",
        "（一）推进“互联网+政务服务”工作。",
        "修改为：“第一条 甲。\n“第二条 乙。”",
        "《关于印发〈办法〉的通知》(国办发〔2014〕12号）",
    ],
)
def test_pairs_that_are_whole_pass(text: str) -> None:
    assert codes(text, "text.unpaired") == []


@pytest.mark.parametrize(
    ("text", "sign"), [("互联网+政务服务”工作", "”"), ("印发《办法的通知。", "《"), ("（一）甲（乙。", "（")]
)
def test_a_sign_without_partner_is_named(text: str, sign: str) -> None:
    (fault,) = of(text, "text.unpaired")
    assert fault.place.text == sign


def test_numbering_may_begin_anew_below_a_heading_but_not_skip() -> None:
    good = "一、甲\n（一）子\n（二）丑\n二、乙\n（一）子\n1.寅\n2.卯\n（二）丑\n三、丙"
    assert codes(good, "text.numbering") == []
    (fault,) = of(good.replace("三、丙", "四、丙"), "text.numbering")
    assert fault.figures == ("二、", "四、")


def test_a_repeated_number_is_found() -> None:
    assert [f.figures for f in of("一、甲\n正文。\n二、乙\n正文。\n二、丙\n正文。", "text.numbering")] == [
        ("二、", "二、")
    ]


# Organs --------------------------------------------------------------------------------------------------------


def test_a_hijacked_copy_is_named_with_every_place_and_the_right_organ() -> None:
    text = (
        "示例市2017年度政府信息公开工作报告\n按照《天天好彩办公厅关于做好报告工作的通知》(辽政办明电〔2018〕3号)要求编制。\n"
        "版权所有:天天好彩 主办单位:天天好彩办公厅\n联系邮箱:office@lucky-example.com"
    )
    found = {f.code: f for f in of(text, "organ")}
    assert found["organ.impostor"].figures == ("天天好彩", "天天好彩", "天天好彩", "辽政办明电〔2018〕3号")
    assert "辽宁省人民政府办公厅" in found["organ.impostor"].suggestion
    assert found["organ.host"].severity == found["organ.mail"].severity == "error"


@pytest.mark.parametrize(
    "text",
    [
        "根据《国务院办公厅关于印发2017年政务公开工作要点的通知》（国办发〔2017〕24号）要求。",
        "根据《江苏省政府办公厅关于公开工作的通知》（苏政办发〔2018〕3号）要求。",
        "根据《南京市人民政府关于公开工作的通知》（宁政发〔2018〕3号）要求。",
        "根据《锦州市人民政府关于印发方案的通知》(锦政发〔2017〕38号)文件。",
        "根据《国务院办公厅政府信息与政务公开办公室关于印发<格式>的通知》（国办公开办函〔2021〕30号）等文件。",
        "根据《关于做好主动公开政府信息送交工作的通知》（示公开办〔2017〕1号）。",
        "版权所有：示例市人民政府 主办：示例市大数据局 版权所有：不得转载",
        "联系邮箱：xxgk@163.com，office@example.gov.cn。",
    ],
)
def test_real_organs_pass(text: str) -> None:
    assert codes(text, "organ") == []


# Pages and files -----------------------------------------------------------------------------------------------


def test_hidden_links_to_other_sites_are_one_finding() -> None:
    page = (
        "<html><head><meta name='SiteDomain' content='www.example.gov.cn'></head><body><p>公告</p>"
        "<div style='text-indent:-9999px'><a href='http://a.example/'>彩</a><a href='http://b.example/'>票</a></div>"
        "<ul style='display:none'><li><a href='http://www.example.gov.cn/x'>菜单</a></li></ul></body></html>"
    )
    (fault,) = of(page, "link")
    assert (fault.code, fault.figures) == ("link.hidden", ("http://a.example/", "http://b.example/"))


def test_a_secrecy_mark_is_an_error_and_talk_about_secrecy_is_none() -> None:
    assert codes("机密★长期\n示例市文件", "meta") == ["meta.secrecy"]
    assert codes("依法不公开国家秘密、商业秘密。加强保密审查，密级、保密期限标注清楚。", "meta") == []


# Reports as a whole --------------------------------------------------------------------------------------------

REPORT = """示例市2017年度政府信息公开工作报告
　　本报告根据《中华人民共和国政府信息公开条例》编制。全文包括总体情况，依申请公开情况，复议诉讼情况，存在问题及改进措施。
　　一、总体情况
　　全市主动公开政府信息1200条，其中行政许可400条、行政处罚300条、财政信息200条、其他信息300条。
　　二、依申请公开情况
　　全市受理申请80件，市本级受理申请50件，县（市）区受理申请30件。其中，当面申请40件，占50.0%；信函申请30件，占37.5%；网络申请10件，占12.5%。
　　三、复议诉讼情况
　　行政复议5件，维持4件，依法纠错1件。行政诉讼3件，驳回诉讼请求2件，尚未审结1件。
　　四、存在问题及改进措施
　　一是公开不够及时；二是形式单一；三是力量不足。联系电话：0416-1234567。
"""
FAULTS = [
    ("财政信息200条", "财政信息210条", "sum.parts"),
    ("县（市）区受理申请30件", "县（市）区受理申请31件", "sum.division"),
    ("占37.5%", "占38.5%", "share.mismatch"),
    ("尚未审结1件", "", "sum.unexplained"),
    ("三是力量不足", "二是力量不足", "text.points"),
    ("四、存在问题及改进措施\n", "四、存在的困难\n", "text.contents"),
    ("公开不够及时", "公开的的不够及时", "word.repeated"),
    ("联系电话", "经办人张某某11010519491231002X，电话", "pii.identity"),
    ("　　三、复议", "　　四、复议", "text.numbering"),
]


def test_a_report_that_adds_up_has_no_finding() -> None:
    assert check(read_in(REPORT)) == ()


@pytest.mark.parametrize(("right", "wrong", "code"), FAULTS, ids=[code for _, _, code in FAULTS])
def test_each_planted_fault_is_found(right: str, wrong: str, code: str) -> None:
    text = REPORT.replace("，" + right if not wrong else right, wrong)
    assert text != REPORT
    assert code in [f.code for f in check(read_in(text))]


def test_findings_stand_in_the_order_of_lines() -> None:
    text = REPORT
    for right, wrong, _ in FAULTS:
        text = text.replace(right, wrong)
    numbers = [f.place.line for f in check(read_in(text))]
    assert len(numbers) >= 8
    assert numbers == sorted(numbers, key=lambda n: n or 0)


def test_a_line_by_itself_carries_its_number_and_span() -> None:
    (fault,) = check_line("　提高了了工作效率", no=7)
    assert (fault.place.line, fault.place.span) == (7, (3, 5))
