"""Figures in prose: what adds up passes silently, what does not is one finding with all its figures as printed."""

from __future__ import annotations

import pytest

from mingtang.disclosure.checks.grids import tables_in_text
from mingtang.disclosure.checks.run import check, check_line
from mingtang.disclosure.checks.types import Finding

NUMBERS = {"sum", "share", "table"}


def found(text: str) -> list[Finding]:
    return list(check_line(text, NUMBERS))


def codes(text: str) -> list[tuple[str, str]]:
    return [(f.code, f.severity) for f in found(text)]


@pytest.mark.parametrize(
    "text",
    [
        "共包含政务服务事项647项，其中：行政许可394项、行政征收33项、行政确认92项、行政给付38项、公共服务事项90项。",
        "承办省级建议提案13件(代表建议4件,政协提案9件)。承办市本级建议提案301件(市人大代表建议76件,市政协提案225件)。",
        "受理申请192件,市本级受理申请132件,县(市)区受理申请60件。其中,当面申请133件;信函申请53件;网络申请6件。",
        "主动公开政府信息12345条，其中通过网站公开10000条，通过微信公开3000条。",
        "印发文件30件，其中重要文件5件。",
        "行政复议11件，维持9件，依法纠错2件。行政诉讼25件，维持21件，其余4件尚未审结。",
        "申请行政复议8件、提起行政诉讼2件，均已办结。",
        "受理申请约200件，其中当面申请130件，信函申请53件，网络申请10件。",
        "收到申请100件，其中当面申请60件，网络申请40件，办结100件。",
        "投资3.5亿元，其中财政资金2.1亿元，企业自筹1.4亿元。",
        "投资3.5亿元，其中财政资金21000万元，企业自筹14000万元。",
        "发布信息192条，解读60条，回应20条。",
        "第3次会议研究事项5项，2017年11月22日至23日督查2次。",
        "全区收到申请75件，涉及自然人72件、商业企业3件，均按期答复。",
        "行政复议、行政诉讼总数10件，行政复议纠错2件。",
        "收到人大代表建议120件、政协提案180件，共300件。",
        "共受理3153件（含上年结转34件），其中公开1362件，部分公开454件。",
        "召开会议12次、培训3次，共培训人员86人次。",
        # Below the whole, told loosely; parts that overlap; a figure that is not the only whole there could be.
        "受理申请10件，其中6件为当面申请，2件为信函申请。",
        "全县共有党员300人，其中200人为女性，150人为研究生。",
        "共有事项80项，其中60项可网上办理，50项可即时办结。",
        "收到申请20件，办结10件，其中当面申请9件，信函申请9件，网上申请2件。",
        "受理申请比上年增加10件，其中当面申请9件，信函申请9件。",
    ],
)
def test_sums_that_hold_or_cannot_be_judged_pass_silently(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "code", "severity"),
    [
        (
            "共647项，其中：行政许可394项、行政征收33项、行政确认92项、行政给付38项、公共服务91项。",
            "sum.parts",
            "error",
        ),
        ("收到申请85件，其中自然人申请80件，法人申请6件。", "sum.parts", "error"),
        # Parts of which none can stand in two are above their whole, however far.
        ("受理申请10件，其中当面申请8件，信函申请5件。", "sum.parts", "error"),
        ("受理申请10件，其中当面申请9件，信函申请9件，网上申请9件。", "sum.parts", "error"),
        ("收到申请10件，其中自然人申请10件，法人申请8件。", "sum.parts", "error"),
        ("受理申请10件，其中8件为当面申请，5件为信函申请。", "sum.parts", "error"),
        ("全年收到申请10件，其中有8件予以公开、有9件不予公开。", "sum.parts", "error"),
        ("办理建议提案13件（代表建议4件，政协提案8件）。", "sum.brackets", "error"),
        ("办理建议提案13件（其中代表建议4件、政协提案10件）。", "sum.brackets", "error"),
        ("全市受理申请192件，市本级受理申请132件，县（市）区受理申请50件。", "sum.division", "error"),
        ("全区收到申请75件，涉及自然人72件、商业企业4件。", "sum.division", "error"),
        ("工作人员45人，其中专职12人，兼职34人。", "sum.parts", "error"),
        ("行政诉讼25件，维持具体行政行为或者驳回诉讼请求21件。", "sum.unexplained", "error"),
        ("行政复议3件，维持2件，纠正2件。", "sum.unexplained", "error"),
        ("省级13件、市级301件，共315件。", "sum.total", "error"),
        ("当面132件，信函60件，合计：193件。", "sum.total", "error"),
        ("投资3.5亿元，其中财政资金21000万元，企业自筹16000万元。", "sum.parts", "error"),
    ],
)
def test_sums_that_do_not_hold_are_found(text: str, code: str, severity: str) -> None:
    assert codes(text) == [(code, severity)]


def test_all_figures_of_one_fault_stand_in_one_finding_as_printed() -> None:
    (fault,) = found("共1,013件，其中：甲类500件、乙类300件、丙类214件。")
    assert fault.figures == ("1,013件", "500件", "300件", "214件")
    assert fault.relation == "500 + 300 + 214 = 1014，应为 1013"
    assert fault.place.text == "1,013件，其中：甲类500件、乙类300件、丙类214件"


@pytest.mark.parametrize(
    "text",
    [
        "答复192件。公开11件，占5.7%；同意140件，占72.9%；部分5件，占2.6%；非本机关18件，占9.4%；不存在13件，占6.8%；不予4件，占2.1%；更改1件，占0.5%。",
        "主动公开信息33981条，其中网站公开23666条，占69.6%。",
        "回复4393件，回复率100%，好评率94.7%。",
        "从类别看，拆迁类占25.5%，征地类占32.3%，规划类占19.8%，审批类占7.8%，其他类占14.6%。",
        "财政收入增长8.1%，占全省的5.2%，第三产业占45.3%，比重提高1.2个百分点。",
        "公开信息50条，占全市的3.1%。",
        "申请由160件增加到192件，增长20%。",
        "受理192件，比上年增加32件，增长20%。",
        "2017年受理192件，2016年受理160件，增长20%。",
        "投入12.65万元，比上年的10.12万元增长25%。",
        "受理申请100件，办结98件，满意率99%。",
    ],
)
def test_shares_that_hold_or_cannot_be_judged_pass_silently(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("受理192件。其中，当面133件，占79.3%；信函53件，占27.6%；网络6件，占3.1%。", {"share.mismatch"}),
        ("受理192件。其中，当面133件，占69.2%；信函53件，占27.6%；网络6件，占3.1%。", {"share.truncated"}),
        ("主动公开信息33981条。其中网站公开23666条，占79.6%。", {"share.mismatch"}),
        (
            "从类别看，拆迁类占25.7%，征地类占31.9%，规划类占19.6%，审批类占7.4%，其他类占14.6%。",
            {"share.sum"},
        ),
        ("按类别，拆迁类25.7%、征地类31.9%、规划类19.6%、审批类7.4%、其他类14.6%。", {"share.sum"}),
        ("申请由160件增加到192件，增长25%。", {"share.growth"}),
        ("受理192件，比上年增加32件，增长30%。", {"share.growth"}),
        ("2017年受理192件，2016年受理160件，增长22%。", {"share.growth"}),
        ("收到申请100件，办结98件，办结率100%。", {"share.rate"}),
        ("受理建议提案420件，办结412件，办复率100%。", {"share.rate"}),  # 412/420 = 98.1
        ("受理建议提案420件，已答复412件，办复率达到100%。", {"share.rate"}),
    ],
)
def test_shares_that_do_not_hold_are_found(text: str, expected: set[str]) -> None:
    assert {f.code for f in found(text)} & expected == expected


def test_a_share_that_no_whole_number_gives_is_infeasible() -> None:
    text = "全市受理政府信息公开申请192件。从政府信息公开申请类别看，拆迁类占25.7%，征地类占31.9%，规划类占20.4%，其他类占22.0%。"
    (fault,) = [f for f in found(text) if f.code == "share.infeasible"]
    # 49/192 = 25.52, 50/192 = 26.04: no k gives 25.7.
    assert "25.5% 和 26.0%" in fault.message
    assert fault.figures == ("192件", "25.7%", "31.9%", "20.4%", "22.0%")


def test_a_total_row_that_does_not_add_up_is_found_once_per_column() -> None:
    bad = tables_in_text("类别\t甲\t乙\n当面\t133\t5\n信函\t53\t4\n网络\t6\t1\n合计\t193\t10")
    (fault,) = check(bad, {"table"})
    assert fault.place.line == 5
    assert fault.figures == ("193", "133", "53", "6")


@pytest.mark.parametrize(
    "text",
    [
        "类别\t件数\t占比\n当面\t133\t69.3%\n信函\t59\t30.7%\n合计\t192\t100%",
        "类别\t件数\n合计\t192\n当面\t133\n信函\t59",
        "类别\t件数\n其中：甲\t3\n乙\t4\n合计\t5",
        "年份\t件数\n2016\t3\n2017\t4\n合计\t7",
    ],
)
def test_total_rows_that_hold_or_cannot_be_judged_pass(text: str) -> None:
    assert check(tables_in_text(text), {"table"}) == ()


def test_a_total_column_is_checked_row_by_row() -> None:
    bad = tables_in_text("项\t自然人\t法人\t总计\n新收\t5\t2\t7\n结转\t1\t0\t1\n办结\t6\t1\t8")
    (fault,) = check(bad, {"table"})
    assert fault.place.line == 4
