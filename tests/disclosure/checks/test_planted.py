"""Faults planted in otherwise clean texts, and the clean texts beside them."""

from __future__ import annotations

import pytest

from mingtang.disclosure.checks.run import check
from mingtang.disclosure.checks.types import Line, Reading


def codes(*lines: str) -> list[tuple[str, str]]:
    reading = Reading("", "text/plain", tuple(Line(n, text) for n, text in enumerate(lines, 1)))
    return [(f.code, f.severity) for f in check(reading, {"sum", "share", "organ", "word", "text"})]


TITLE = "青溪市2024年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("办结52件，其中予以公开20件、部分公开6件、不予公开9件、无法提供13件、不予处理2件、其他处理5件。", ("sum.parts", "error")),
        ("举办专题讲座7期：市级2期、县级3期、乡镇级1期。", ("sum.listed", "error")),
        ("公开信息6420条，其中4300条、1200条、800条、20条。", ("sum.parts", "error")),
        ("公开信息200条，其中网站120条、微博60条、其他40条。", ("sum.parts", "error")),
        ("收费23.5万元，其中检索费8万元、复制费12万元、邮寄费3万元。", ("sum.parts", "warning")),
        ("新收申请43件，其中自然人占77.5%。", ("share.possible", "error")),
        ("公开信息6420条，同比减少10%，比上年增加230条。", ("share.direction", "error")),
        ("全年按时办结率为100%，其中3件超期办结。", ("share.contradiction", "warning")),
        ("下一步将加强培训培训。", ("word.repeated", "warning")),
        ("进一步做做好公开。", ("word.repeated", "warning")),
        ("政府网站" + "政务公开".encode().decode("cp1252", "ignore") + "发布", ("text.mojibake", "error")),
        ("（一）公开。已办。（二）申请。已办。（二）监督。已办。", ("text.inline_numbers", "warning")),
        ("今日彩票开奖，请登录 www.888bet.com 。", ("organ.spam", "error")),
        ("根据《足球比分办公室关于做好公开工作的通知》要求编制。", ("organ.impostor", "error")),
        ("根据篮球直播人民政府办公室《关于做好公开工作的通知》编制。", ("organ.impostor", "error")),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(text: str, expected: tuple[str, str]) -> None:
    assert expected in codes(text)


def test_shares_of_one_division_that_do_not_make_up_a_hundred_are_an_error() -> None:
    text = "新收申请40件，其中当面、信函、网络申请分别占30.0%、40.0%、25.0%。"
    assert codes(text) == [("share.sum", "error")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("远山市人民政府办公室编制本报告。", [("organ.place", "error")]),
        ("远山市2024年政府信息公开工作年度报告。", [("organ.place", "error")]),
        ("主办单位：远山市人民政府办公室", [("organ.host_place", "warning")]),
        ("主办单位：青溪市人民政府办公室", []),
        ("本报告由青溪市人民政府办公室编制。", []),
        ("赴远山市人民政府办公室学习考察。", []),
    ],
)
def test_only_another_places_organ_as_editor_or_host_is_named(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert codes(TITLE, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "办结50件，其中予以公开20件、部分公开6件、不予公开9件、无法提供13件、不予处理2件。",
        "举办专题讲座7期，其中市级2期、县级3期。",
        "参加人员100人，其中女性60人、党员80人。",
        "公开信息100条，其中网站90条、微博60条。",
        "新收申请38件，其中自然人占78.9%，法人或其他组织占21.1%。",
        "全年办结率100%，有2件结转下年度办理。",
        "各单位要研究研究，公开工作工作人员由专人担任。",
        "会同公安机关打击网络博彩、地下六合彩，关闭赌场3处。",
        "省体育彩票中心按规定发布彩票开奖结果。",
        "根据《呼伦贝尔市人民政府办公室关于做好公开工作的通知》编制。",
        "第（一）项、第（二）项、第（二）项第1目。",
    ],
)
def test_a_clean_sentence_passes(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 80 + 30 + 20 = 130
        ("主动公开政府信息100条，其中政府网站公开80条，微博公开30条，微信公开20条。", ("sum.parts", "note")),
        ("主动公开政府信息100条。其中，通过政府网站公开80条、政务微博30条、政务微信20条。", ("sum.parts", "note")),
        ("主动公开政府信息100条：网站80条、微博30条、微信20条。", ("sum.listed", "note")),
        ("通过政府网站公开80条，微博公开30条，微信公开20条，共计公开100条。", ("sum.total", "note")),
        ("主动公开政府信息100条，其中网站130条。", ("sum.part", "error")),
        # 40 + 50 + 30 = 120: a request comes in by one way only.
        ("全年受理依申请公开100件，其中：当面申请40件、网络申请50件、信函申请30件。", ("sum.parts", "error")),
    ],
)  # fmt: skip
def test_channels_that_pass_the_whole_are_named(text: str, expected: tuple[str, str]) -> None:
    assert codes(text) == [expected]


@pytest.mark.parametrize(
    "line",
    ["来源：一本道视频", "信息来源：彩票预测网", "发布单位：成人影院", "作者：bet365", "编辑：草榴社区", "转自：皇冠体育", "技术支持：金沙国际科技"],
)  # fmt: skip
def test_a_gambling_or_indecent_brand_in_the_place_of_the_publisher_is_contamination(line: str) -> None:
    found = codes(f"示例市政府信息公开工作。\n{line}\n")
    assert [f for f in found if f[0].startswith("organ.")] == [("organ.spam", "error")]


@pytest.mark.parametrize(
    "line",
    [
        "来源：省福利彩票发行中心", "信息来源：示例市体育彩票管理中心", "主办单位：示例市大发镇人民政府", "编辑：王永利",
        "来源：对比分析中心", "发布机构：示例市公安局打击赌博专班",
    ],
)  # fmt: skip
def test_a_publisher_whose_name_only_sounds_like_it_passes(line: str) -> None:
    assert [f for f in codes(f"示例市政府信息公开工作。\n{line}\n") if f[0].startswith("organ.")] == []


# The city of a report is known from its title; 三亚 is another city, 凌海 one of the county-level cities of 锦州.
@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("锦州市2017年度政府信息公开工作报告", "三亚市文旅局全年主动公开信息。", [("organ.foreign", "error")]),
        ("锦州市2017年度政府信息公开工作报告", "三亚文旅局召开会议。", [("organ.foreign", "error")]),
        ("2022年上海市政府信息公开工作年度报告", "请与三亚市人民政府办公室联系。", [("organ.foreign", "error")]),
        ("锦州市2017年度政府信息公开工作报告", "2017年，三亚市坚持公开为常态。", [("organ.foreign", "error")]),
        ("锦州市2017年度政府信息公开工作报告", "会同三亚市公安局查处案件。", [("organ.foreign", "warning")]),
        ("锦州市2017年度政府信息公开工作报告", "示例县各部门认真落实。", [("organ.place", "warning")]),
        ("海河县2017年度政府信息公开工作报告", "示例县各部门认真落实。", [("organ.place", "error")]),
        ("海河县2017年度政府信息公开工作报告", "按照示例县各部门要求和福建省通知办理。", [("organ.place", "error")]),
        ("海河县2017年度政府信息公开工作报告", "根据福建省通知，深圳市人民政府办公厅印发要点。", [("organ.foreign", "error")]),
        ("锦州市2017年度政府信息公开工作报告", "赴三亚市文旅局学习考察。", []),
        ("锦州市2017年度政府信息公开工作报告", "凌海市政府办公室组织培训，锦州市财政局参加。", []),
        ("锦州市2017年度政府信息公开工作报告", "按照国务院办公厅、省政府办公厅要求。", []),
        ("辽宁省2017年度政府信息公开工作报告", "锦州市文化局、沈阳市财政局公开信息。", []),
        ("义县2017年度政府信息公开工作报告", "被锦州市政府评为先进。", []),
    ],
)  # fmt: skip
def test_another_citys_organ_in_a_reports_own_acts_is_contamination(
    title: str, text: str, expected: list[tuple[str, str]]
) -> None:
    assert codes(title, text) == expected


@pytest.mark.parametrize(
    ("title", "signed", "found"),
    [
        ("锦州市2017年政府信息公开工作年度报告", "锦州市人民政府办公室", False),
        ("锦州市2017年政府信息公开工作年度报告", "他乡市人民政府办公室", True),
        ("锦州市文化和旅游局2020年政府信息公开工作年度报告", "锦州市文旅局", False),
        ("锦州市文化和旅游局2020年政府信息公开工作年度报告", "锦州市财政局", True),
    ],
)
def test_a_report_is_signed_by_the_organ_of_its_title(title: str, signed: str, found: bool) -> None:
    said = codes(title, "没有其他事项。", signed, "2021年1月20日")
    assert said == ([("organ.signature", "error")] if found else [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("认真履行监管职责，赌球网站下载 博彩，完善机制。", True),
        ("各单位成人视频在线观看要求落实。", True),
        ("足彩官方平台注册送彩金", True),
        ("会同公安部门查处赌球网站下载平台3个。", False),
        ("黄色预警信息平台上线，成人技能培训平台开通。", False),
        ("福利彩票销售平台和彩票公益金使用情况向社会公开。", False),
    ],
)
def test_an_advertisement_in_the_midst_of_prose_is_found(text: str, found: bool) -> None:
    assert (("organ.spam", "error") in codes("青溪市2024年政府信息公开工作年度报告", text)) is found


# 53/192 = 27.6 %, 29/47 = 61.7 %; 133 + 53 + 16 = 202; 80 + 230 = 310
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("收到申请192件。", "其中，当面申请133件，占69.3%；信函申请53件，占37.6%；网络申请6件，占3.1%。"), [("share.mismatch", "error")]),
        (("收到申请192件。", "其中当面申请133件，占79.3%。"), [("share.mismatch", "error")]),
        (("收到申请47件。", "当面12件、网络29件、信函6件，分别占25.5%、67.1%和12.8%。"), [("share.respective", "error")]),
        (("收到申请192件。", "从申请类别看，拆迁类占25.7%，征地类占31.9%，规划类占20.4%，其他类占22.0%。"), [("share.infeasible", "error")]),
        (("收到申请192件。当面申请133件，信函申请53件，网络申请16件。",), [("sum.apart", "error")]),
        (("办理建议提案314件。", "人大代表建议80件，政协提案230件。"), [("sum.apart", "error")]),
        (("收到申请192件。", "其中，当面申请133件，占69.3%；信函申请53件，占27.6%；网络申请6件，占3.1%。"), []),
        (("主动公开信息100条。", "其中网站90条、微博60条、微信20条。"), []),
        (("收到申请192件，办结190件。", "予以公开100件，部分公开20件，不予公开30件，无法提供30件，其他处理10件。"), []),
    ],
)  # fmt: skip
def test_a_total_a_line_or_a_sentence_above_its_parts_is_held_against_them(
    lines: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    assert codes(*lines) == expected


# 5 + 8 = 13; 20 + 8 + 4 + 2 = 34
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("公开率达到达到要求。", ("word.repeated", "warning")),
        ("进一步步提升水平。", ("word.repeated", "warning")),
        ("公开信息公开信息12条。", ("word.repeated", "warning")),
        ("收取费用3.5万元元。", ("word.repeated", "warning")),
        ("收到来信1200件，答复1300件。", ("sum.more", "error")),
        ("召开会议12场，1至6月5场，7至12月8场。", ("sum.division", "error")),
        ("公开信息占全市总数的120%。", ("share.over", "error")),
        ("新媒体32个，其中微信20个、微博8个、抖音4个、其他2个。", ("sum.parts", "error")),
        ("公开率98.5 6%，公开信息4条。", ("text.torn", "warning")),
    ],
)
def test_a_figure_or_a_word_that_slipped_is_found(text: str, expected: tuple[str, str]) -> None:
    assert expected in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "收到来信1200件，上年结转150件，办结1300件。",
        "公开信息占年度任务的120%。",
        "召开会议12场，一季度5场，二季度3场。",
        "平均每日公开1.5条，公开率98.56%。",
        "12件来信件件有回音。",
        "2017年,12条信息公开,33981条。",
    ],
)
def test_figures_that_only_look_like_slips_pass(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("organ", "found"),
    [("开云体育办公厅", True), ("bet365办公厅", True), ("爱游戏办公厅", True), ("国家体育总局办公厅", False),
     ("教育部办公厅", False), ("杭州市人民政府办公厅", False), ("区体育局办公室", False)],
)  # fmt: skip
def test_a_brand_where_an_office_stands_is_an_impostor(organ: str, found: bool) -> None:
    said = codes(f"根据{organ}关于做好年度报告的通知要求编制。")
    assert said == ([("organ.impostor", "error")] if found else [])
