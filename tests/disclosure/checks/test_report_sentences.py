"""Sentences as annual reports write them. Which of them are wrong was worked out by hand; why stands beside each."""

from __future__ import annotations

import pytest

from mingtang.disclosure.checks.numerals import numeral
from mingtang.disclosure.checks.run import check_line

NUMBERS = {"sum", "share"}


def found(text: str) -> list[tuple[str, str]]:
    return [(f.code, f.severity) for f in check_line(text, NUMBERS) if f.severity != "note"]


@pytest.mark.parametrize(
    "text",
    [
        # 60+11+6+29+4+2 = 112
        "办理答复112件，其中予以公开60件、部分公开11件、不予公开6件、无法提供29件、不予处理4件、其他处理2件。",
        "新收申请31件，较上年的45件减少14件，下降31.1%。",  # 14/45 = 31.11 %
        "公开信息2.35万条，同比增长8.3%（2021年为2.17万条）。",  # 2.35/2.17 = 1.0829
        "收到申请58件，其中网络申请41件，信函申请15件，当面申请2件，占比分别为70.7%、25.9%和3.4%。",
        "印发文件56件，其中主动公开48件，公开率85.7%；依申请公开5件，不予公开3件。",  # 48/56
        "发现问题132个，整改完成130个，整改完成率98.5%。",
        "按时办结率99.6%，满意率96.2%，分别比上年提高0.3个和1.1个百分点。",
        "办结率由2021年的96.4%提高到2022年的98.9%，提高2.5个百分点。",
        "新收申请75件，上年结转2件，办结75件，结转下年度继续办理2件。",  # 75+2 = 75+2
        "收到申请44件，办结44件，结转下年2件。",  # the carry-in is not told
        "全县20个乡镇、36个县直部门全部公开了年度报告，公开率100%。",
        "投入经费36.8万元，其中平台运维25万元、培训6.8万元、印刷5万元。",
        "一件事一次办专区上线十二件事项，其中涉企五件、个人七件。",
        "参训人员一百二十余人次，其中甲街道五十人次。",
        "共收到依申请公开信息十六件，其中：信函申请十二件，网络申请四件。",
        "收到政府信息公开申请44件，其中自然人40件，商业企业3件。",  # others need not be told
        "办结38件，予以公开20件。",
        "全市政务新媒体214个，其中微信公众号121个、微博46个、其他47个。",
        "规划计划类305条，目标考核类12条，共317条。",
        "全年任务完成率达到102.3%。",
        "发生行政复议10件，维持8件，1件被确认违法，1件申请人撤回。",  # the outcome stands behind its figure
        "全省政务新媒体由4,120个精简为3,356个，精简18.5%。",  # 764/4120
        "全市收到100件，其中市本级收到60件，办结58件，剩余2件。",  # 60 = 58 + 2, of another whole
        "新收60件（自然人53件、企业7件），上年结转1件，已答复59件，2件结转下年。",
        "通过三个渠道公开信息，其中网站1200条、微博800条、微信900条。",
    ],
)
def test_what_adds_up_or_need_not_passes(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("办理112件，其中予以公开60件、部分公开11件、不予公开6件、无法提供27件、不予处理4件、其他处理2件。", "sum.parts"),  # 110
        ("在已办结的576件中，主动公开142件、同意公开263件、部分公开21件、不予公开18件、非本机关公开67件、信息不存在94件。", "sum.parts"),  # 605
        ("从事公开工作人员412人，其中专职人员38人，兼职人员347人。", "sum.parts"),  # 385
        ("公开信息1,437条，其中：土地征收类421条，不动产登记类216条，地质矿产类133条，规划计划类305条，其他类326条。", "sum.parts"),  # 1401
        ("公开信息286条，其中政策文件21条、工作动态178条、财政信息15条、通知公告62条。", "sum.parts"),  # 276: one digit
        ("处理留言1,826条，其中咨询类812条，投诉类632条，建议类302条，求助类89条。", "sum.parts"),  # 1835: 623 swapped
        ("共有网站17个，其中门户网站1个、部门网站9个、县区网站8个。", "sum.parts"),
        ("收到申请520件，市级部门收到215件，县（市、区）收到303件。", "sum.division"),  # 518
        ("培训86人次，其中村（社区）干部58人次、机关干部38人次。", "sum.parts"),  # 96
        ("受理的75件加上年结转2件，共78件。", "sum.total"),
        ("共收到依申请公开信息十六件，其中：信函申请十二件，网络申请五件。", "sum.parts"),
        ("收到申请71件，已办结66件，剩余6件结转至下年。", "sum.balance"),
        ("新收申请75件，上年结转2件，办结74件，结转下年2件。", "sum.balance"),
        ("收到申请47件，比2015年的39件增加9件，增长20.5%。", "sum.change"),  # 8
        ("收到申请47件，比2015年的39件增加8件，增长21.5%。", "share.growth"),  # 20.51
        ("由39件增加到47件，增加9件。", "sum.change"),
        ("全年收到申请75件，同比增加15件、增长26%。", "share.growth"),  # 15/60
        ("召开新闻发布会42场，同比增长16.7%（2016年为38场）。", "share.bracketed"),  # 10.5
        ("发布信息1.52万条，比上年增长12%（上年1.32万条）。", "share.bracketed"),  # 14.3 to 16.0 as rounded
        ("按时办结率由98.5%提高到99.8%，提高1.2个百分点。", "share.points"),
        ("办结率99.8%，较上年的98.5%提升1.2个百分点。", "share.points"),
        ("反馈问题115个，已整改113个，整改率93.8%。", "share.rate"),  # 98.3
        ("收到申请58件，其中网络申请41件，信函申请15件，当面申请2件，占比分别为70.7%、29.5%和3.4%。", "share.respective"),
        ("群众满意率达到102.3%。", "share.over"),
        ("发生行政复议10件，维持8件，1件被确认违法。", "sum.unexplained"),
        ("全省政务新媒体由4,120个精简为3,356个，精简15.8%。", "share.growth"),  # 18.5
        ("发布2,416条，比上年多了516条，增幅22.7%。", "share.growth"),  # 516/1900 = 27.2
        ("抽检3,115批次（合格3,069批次，不合格46批次，合格率95.8%）。", "share.rate"),  # 98.5
        ("接收投诉举报4,312件，其中投诉2,780件、举报1,442件。", "sum.parts"),  # 2,870 swapped
        ("公开信息2,086条：网站421条、公众号1,586条、短视频平台88条。", "sum.listed"),  # 2095
        ("被提起行政诉讼19件，其中判决驳回诉讼请求14件，原告撤诉3件。", "sum.unexplained"),  # 17
    ],
)  # fmt: skip
def test_what_does_not_add_up_is_an_error(text: str, code: str) -> None:
    assert found(text) == [(code, "error")]


@pytest.mark.parametrize(
    "text",
    [
        "清理失效文件37件，其中废止21件、宣布失效15件。",  # 36: two parts may be all or not
        "公开信息925条，其中局网站626条、微信199条、微博101条。",  # 926: an item may go out twice
    ],
)
def test_what_is_only_doubtful_is_a_warning(text: str) -> None:
    assert found(text) == [("sum.parts", "warning")]


def test_a_numeral_is_read_or_is_none() -> None:
    right = {
        "三百二十六": 326,
        "十六": 16,
        "二十": 20,
        "一千零五": 1005,
        "两千三百": 2300,
        "一万零二十": 10020,
    }
    assert {text: numeral(text) for text in right} == right
    assert [numeral(text) for text in ("百", "二二", "二〇一八")] == [0, 0, 0]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("根据《国务院办公厅关于印发要点的通知》（国发〔2023〕8号）要求。", ["organ.series"]),
        ("根据《国务院办公厅关于印发要点的通知》（国办发〔2023〕8号）要求。", []),
        ("根据《云山市人民政府关于做好公开的通知》（云政办发〔2023〕3号）要求。", ["organ.series"]),
        ("根据《云山市人民政府关于做好公开的通知》（云政发〔2023〕3号）要求。", []),
        ("按照《PG电子办公厅关于做好工作的通知》（辽政办发〔2018〕3号）要求。", ["organ.impostor"]),
        ("按照《IT产业园管委会办公室关于做好工作的通知》（辽政办发〔2018〕3号）要求。", []),
    ],
)
def test_a_paper_number_is_its_organs(text: str, codes: list[str]) -> None:
    assert [f.code for f in check_line(text, {"organ.series", "organ.impostor", "organ.prefix"})] == codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2016年收到申请160件。2017年收到申请192件，增长22%。", "share.growth"),  # 32/160 = 20
        ("上年受理申请160件。今年受理申请192件，同比增长25%。", "share.growth"),
        ("2016年，全市收到申请160件。2017年，全市收到申请192件，比2016年增长25%。", "share.growth"),
        ("2016年收到申请160件，办结150件。2017年收到申请192件，同比下降20%。", "share.growth"),
        ("申请量比上年增加32件，达到192件，增长25%。", "share.growth"),  # 32/(192 - 32) = 20
        ("申请量比上年增加32件，增长25%，达到192件。", "share.growth"),
        ("受理量比上年的150件增加32件，达到192件。", "sum.change"),  # 182
    ],
)  # fmt: skip
def test_growth_told_the_other_way_round_is_held_to_its_base(text: str, code: str) -> None:
    assert found(text) == [(code, "error")]


@pytest.mark.parametrize(
    "text",
    [
        "2016年收到申请160件。2017年收到申请192件，增长20%。",
        "2015年收到申请160件。2017年收到申请192件，同比增长25%。",  # the base is two years back
        "2016年办结申请160件。2017年收到申请192件，同比增长25%。",  # another subject
        "2016年收到申请160件。2016年收到申请170件。2017年收到申请192件，同比增长13%。",  # which of the two?
        "2016年收到申请160余件。2017年收到申请192件，增长22%。",
        "申请量比上年增加32件，达到192件，增长20%。",
        "受理量比上年的160件增加32件，达到192件。",
        "收到申请比上年增加32件，办结192件，增长25%。",
        "2016年公开信息1.2万条。2017年公开信息1.5万条，增长27%。",  # 1.25 to 1.15: between 16 and 35
    ],
)  # fmt: skip
def test_growth_whose_base_is_right_or_not_told_passes(text: str) -> None:
    assert found(text) == []
