"""Sentences against the tables, the year before, and what only the whole report shows."""

import pytest

from mingtang.oversight.reports.audit import audit
from mingtang.oversight.reports.audit.reading import read
from tests.oversight.audit import making

BASE = making.figures(2024, 17)
NEW, IN, DONE, OUT = (
    BASE[f"t3.{row}.total"] for row in ("new_received", "carried_in", "processed_total", "carried_out")
)
RECON, DIRECT, AFTER = (BASE[f"t4.{row}.total"] for row in ("reconsideration", "direct", "after"))


def report(sentence, year=2024, values=BASE):
    page = making.as_html(year, values).decode()
    return page.replace("<p>一、总体情况</p>", f"<p>一、总体情况</p><p>{sentence}</p>", 1).encode()


def said(sentence, code="table.prose", **more):
    return [f for f in audit(read(report(sentence, **more), "x")) if f.code == code]


def test_the_figures_of_this_page_are_not_by_chance_alike():
    assert len({NEW, NEW + IN, DONE, OUT, IN, RECON, DIRECT + AFTER, NEW + 7}) == 8


@pytest.mark.parametrize(
    "sentence",
    [
        f"全市共收到政府信息公开申请{NEW + 7}件。",
        f"2024 年，收到政府信息公开申请 {NEW + 7} 件，均已答复。",
        f"全年新收到{NEW + 7}件政府信息公开申请。",
        f"2024年办结政府信息公开申请{DONE + 7}件。",
        f"结转下年度继续办理的申请{OUT + 7}件。",
        f"上年结转政府信息公开申请{IN + 7}件。",
        f"政府信息公开行政复议{RECON + 7}件。",
        f"发生政府信息公开行政诉讼案件{DIRECT + AFTER + 7}件。",
    ],
)
def test_a_sentence_that_contradicts_the_table_is_an_error_with_both_figures(sentence):
    found = said(sentence)
    assert [f.severity for f in found] == ["error"]
    assert len(found[0].figures) == 2


@pytest.mark.parametrize(
    "sentence",
    [
        f"全市共收到政府信息公开申请{NEW}件。",
        f"共收到政府信息公开申请{NEW + IN}件（含上年结转{IN}件）。",
        "2023年收到政府信息公开申请7件。",
        "其中，市政府办公室收到政府信息公开申请7件。",
        "通过网络收到政府信息公开申请7件，通过信函收到申请3件。",
        "收到政府信息公开申请700余件。",
        "办理人大代表建议和政协提案7件，按时办结7件。",
        f"未经复议直接起诉的行政诉讼{DIRECT}件。",
        "受理群众信访事项7件，收到咨询申请的来信9件。",
        "上年度收到政府信息公开申请7件。",
        "同比增加申请7件。",
        "收到行政复议申请7件，均依法受理。",
        "受理不动产登记申请7000件。",
        "全年办理行政复议案件7件、行政诉讼案件3件。",
        "全市行政复议7件，涉及政府信息公开3件。",
        "市政府制定行政规范性文件7件。",
        "在政府网站主动公开信息7条，发布政策解读9篇。",
        "市本级收到政府信息公开申请7件，其中予以公开3件。",
        f"2024年收到政府信息公开申请{NEW}件，较2023年减少7件。",
        f"收到政府信息公开申请{NEW}件，同比下降7%，其中通过网络申请7件。",
        "答复网民提问7件，回复群众申请公开事项的来信9件。",
    ],
)
def test_a_sentence_that_agrees_or_speaks_of_something_else_is_left_alone(sentence):
    assert said(sentence) == []


def test_received_that_counts_the_carried_in_is_said_to_do_so():
    found = said(f"全市收到政府信息公开申请{NEW + IN}件。")
    assert "第一项加第二项" in found[0].message


def test_applicants_of_the_sentence_are_held_to_their_columns():
    natural = BASE["t3.new_received.natural"]
    found = said(f"收到政府信息公开申请{NEW}件，其中自然人{natural + 3}件。")
    assert found[0].figures == (str(natural + 3), str(natural))


def test_outcomes_behind_a_head_figure_that_agrees_are_held_to_the_table():
    granted = BASE["t3.granted.total"]
    found = said(f"共办结政府信息公开申请{DONE}件，其中予以公开{granted + 4}件。")
    assert [(f.severity, f.figures) for f in found] == [("error", (str(granted + 4), str(granted)))]
    assert said(f"共办结政府信息公开申请{DONE}件，其中予以公开{granted}件。") == []


def test_a_title_with_a_wrong_character_is_quoted_with_the_right_one():
    page = making.as_html(2024, BASE).decode().replace("五、存在的主要问题", "五、存在的主耍问题")
    found = [f for f in audit(read(page.encode(), "x")) if f.code == "text.heading"]
    assert len(found) == 1
    assert "存在的主要问题及改进情况" in found[0].suggestion


def test_a_title_that_only_joins_its_words_otherwise_passes():
    page = (
        making.as_html(2024, BASE)
        .decode()
        .replace("行政复议、行政诉讼情况</p>", "行政复议和行政诉讼情况</p>")
    )
    assert [f for f in audit(read(page.encode(), "x")) if f.code.startswith(("text.heading", "meta"))] == []


def test_a_part_that_is_missing_is_named():
    page = making.as_html(2024, BASE).decode().replace("六、其他需要报告的事项", "")
    assert [f.severity for f in audit(read(page.encode(), "x")) if f.code == "meta.section"] == ["warning"]


def chained(now, before):
    return [
        f
        for f in audit(read(making.as_html(2024, now), "x"), read(making.as_html(2023, before), "y"))
        if f.code.startswith("chain.")
    ]


def test_the_carry_in_must_be_what_last_year_carried_out():
    before = making.figures(2023, 12)
    for person in [*making.PEOPLE, "total"]:
        before[f"t3.carried_out.{person}"] = BASE[f"t3.carried_in.{person}"]
    good = chained(BASE, before)
    assert not [f for f in good if ".A4." in f.code]
    before["t3.carried_out.natural"] += 2
    bad = [f for f in chained(BASE, before) if ".A4." in f.code]
    assert [(f.code, f.severity) for f in bad] == [("chain.annual2021.A4.natural", "error")]


def test_a_carry_in_that_the_text_explains_is_a_warning():
    before = making.figures(2023, 12)
    for person in [*making.PEOPLE, "total"]:
        before[f"t3.carried_out.{person}"] = BASE[f"t3.carried_in.{person}"]
    before["t3.carried_out.natural"] += 2
    page = report("因机构改革职能划转，上年结转数按新口径作了调整。")
    found = audit(read(page, "x"), read(making.as_html(2023, before), "y"))
    assert [f.severity for f in found if f.code == "chain.annual2021.A4.natural"] == ["warning"]


def test_what_a_government_office_received_is_only_a_warning_against_the_whole_table():
    assert [f.severity for f in said(f"市政府收到政府信息公开申请{NEW + 7}件。")] == ["warning"]
    assert [f.severity for f in said(f"全市各级政府收到政府信息公开申请{NEW + 7}件。")] == ["error"]


def test_the_stock_of_normative_documents_is_followed_from_year_to_year():
    before = making.figures(2023, 12) | {"t2.normative.valid": 500}
    now = BASE | {"t2.normative.made": 20, "t2.normative.repealed": 5, "t2.normative.valid": 515}
    assert not [f for f in chained(now, before) if f.code == "chain.annual2021.A6.normative"]
    wrong = [
        f
        for f in chained(now | {"t2.normative.valid": 520}, before)
        if f.code == "chain.annual2021.A6.normative"
    ]
    assert [f.severity for f in wrong] == ["warning"]


def test_another_organs_report_is_no_previous_report():
    other = making.as_html(2023, making.figures(2023, 12)).decode().replace("测试市", "别的县").encode()
    found = audit(read(making.as_html(2024, BASE), "x"), read(other, "y"))
    assert [f.code for f in found if f.code.startswith("chain.")] == ["chain.organ"]


# 2024-11-22 was a Friday.
@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("会议于2024年2月30日召开。", "text.date"),
        ("会议于2024年11月22日（星期四）召开。", "text.weekday"),
    ],
)
def test_a_day_the_calendar_does_not_have_is_found(sentence, code):
    assert len(said(sentence, code=code)) == 1


@pytest.mark.parametrize("sentence", ["会议于2024年11月22日（星期五）召开。", "2月29日开通新版网站。"])
def test_a_day_that_is_right_is_left_alone(sentence):
    assert said(sentence, code="text.date") + said(sentence, code="text.weekday") == []


@pytest.mark.parametrize(
    ("sentence", "count"),
    [
        ("每月公开水库水位信息11条。", 1),
        ("每月公开水库水位信息12条。", 0),
        ("按季度公开国有企业运行信息3条。", 1),
        ("全年公开财政收支情况9条。", 1),
    ],
)
def test_fewer_items_than_the_cadence_yields_are_noted(sentence, count):
    found = said(sentence, code="sum.cadence")
    assert len(found) == count
    assert all(f.severity == "note" for f in found)


@pytest.mark.parametrize(
    ("title", "code", "severity"),
    [
        ("测试市2006年政府信息公开工作年度报告", "meta.year", "error"),
        ("测试市2011年政府信息公开工作年度报告", "meta.form", "note"),
        (
            "测试市政府信息公开工作年度报告\n一、总体情况\n二、主动公开政府信息情况\n六、其他需要报告的事项",
            "meta.year",
            "warning",
        ),
        ("关于做好2024年政府信息公开工作年度报告编制工作的通知\n各单位：", "meta.report", "error"),
        ("今天天气很好。", "meta.report", "error"),
    ],
)
def test_a_text_that_cannot_be_held_to_a_form_is_told_why(title, code, severity):
    found = [f for f in audit(read(title.encode(), "x")) if f.code == code]
    assert [f.severity for f in found] == [severity]
    assert found[0].message
    assert found[0].suggestion


SHEET = making.figures(2016, 4)


@pytest.mark.parametrize(
    ("sentence", "code", "wrong"),
    [
        ("2016年，全市收到政府信息公开申请{}件。", "3.1", 9),
        ("全年主动公开政府信息{}条。", "1.1", 100),
        ("申请人当面提交申请，其他方式另计。受理政府信息公开申请{}件。", "3.1", 1),
        ("对申请作出不予公开答复{}件。", "3.3.4", 3),
    ],
)
def test_sentences_of_a_2014_report_are_held_to_its_sheet(sentence, code, wrong):
    right = said(sentence.format(SHEET[code]), year=2016, values=SHEET)
    assert right == []
    (found,) = said(sentence.format(SHEET[code] + wrong), year=2016, values=SHEET)
    assert found.figures == (str(SHEET[code] + wrong), str(SHEET[code]))


def test_a_table_that_is_a_picture_is_noted():
    page = making.as_html(2024, BASE).decode()
    start, end = page.index("<p>四、"), page.index("<p>五、")
    cut = page[:start] + "<p>四、政府信息公开行政复议、行政诉讼情况</p><img src='t.png'>" + page[end:]
    found = [f for f in audit(read(cut.encode(), "x")) if f.code == "meta.table"]
    assert [f.severity for f in found] == ["note"]
    assert "第四部分" in found[0].message


def test_a_text_far_too_long_for_a_report_is_refused_by_its_length():
    found = audit(
        read(("测试市2024年政府信息公开工作年度报告\n" + "一、收到申请123件、132件。" * 40_000).encode(), "x")
    )
    assert [(f.code, f.severity) for f in found] == [("meta.report", "error")]


def test_a_charge_in_another_unit_than_the_tables_is_an_error_and_the_right_one_passes():
    charge = BASE["t2.charge.amount"]
    assert said(f"全年收取行政事业性收费{charge}万元。") == []
    assert [f.severity for f in said(f"全年收取行政事业性收费{charge}元。")] == ["error"]
