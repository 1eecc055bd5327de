"""The reporting year: periods that cannot be, that are another year's, and sentences left from last year's text."""

import pytest

from mingtang.oversight.reports.audit import audit
from mingtang.oversight.reports.audit.reading import read
from tests.oversight.audit import making

PAGE = making.as_html(2024, making.figures(2024, 17)).decode()


def said(sentence):
    page = PAGE.replace("<p>一、总体情况</p>", f"<p>{sentence}</p><p>一、总体情况</p>", 1)
    return [(f.code, f.severity) for f in audit(read(page.encode(), "x")) if f.code.startswith("meta.")]


@pytest.mark.parametrize(
    "sentence",
    [
        "本报告数据的统计期限为2024年1月1日至2023年12月31日。",
        "本报告数据的统计期限自2023年1月1日起至2023年12月31日止。",
        "本报告数据的统计期限为2024年1月1日至2025年12月31日。",
    ],
)
def test_a_period_that_cannot_be_or_is_not_the_titles_year_is_an_error(sentence):
    assert said(sentence) == [("meta.period", "error")]


@pytest.mark.parametrize(
    "sentence",
    [
        "本报告数据的统计期限为2024年1月1日至2024年12月31日。",
        "本报告数据的统计期限为2024年1月1日至12月31日。",
        "评估期为2023年7月1日至2024年6月30日。",
        "与2023年相比，全市主动公开政府信息增加。",
        "截至2023年底，全市累计主动公开信息900条。",
        "2024年，全市主动公开政府信息900条。",
        "2025年，我市将继续加强培训。",
    ],
)
def test_a_right_period_and_years_compared_pass(sentence):
    assert said(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    ["2023年，全市主动公开政府信息900条。", "2023年未收取信息处理费。", "2024年，我市将继续加强培训。"],
)
def test_a_sentence_of_another_year_is_a_warning(sentence):
    assert said(sentence) == [("meta.year_said", "warning")]


@pytest.mark.parametrize(
    ("sentence", "code", "severity"),
    [
        ("本报告（2023年1月1日至12月31日）根据条例编制。", "meta.period", "error"),
        ("本报告统计期限为2023年01月01日至2023年12月31日。", "meta.period", "error"),
        ("本报告数据的统计期限为2024年1月1日至2024年11月30日。", "meta.period", "warning"),
        ("2099年，全市公开信息12条。", "text.year", "error"),
        ("根据《意见》（国发〔2034〕3号）要求。", "text.year", "error"),
        ("20244年，全市公开信息12条。", "text.year", "error"),
        ("224年，全市公开信息12条。", "text.year", "error"),
        ("发布时间：2024年3月1日", "meta.signed", "error"),
        ("发布时间：2024年12月28日", "meta.signed", "warning"),
    ],
)
def test_a_year_that_cannot_be_the_reports_is_found(sentence, code, severity):
    page = PAGE.replace("<p>一、总体情况</p>", f"<p>{sentence}</p><p>一、总体情况</p>", 1)
    found = [
        (f.code, f.severity)
        for f in audit(read(page.encode(), "x"))
        if f.code.startswith(("meta.", "text.y"))
    ]
    assert found == [(code, severity)]


@pytest.mark.parametrize(
    "sentence",
    ["到2035年基本实现现代化，力争2060年前实现碳中和。", "《“十四五”规划（2021—2025年）》和国发〔2021〕3号。",
     "建设期2023年1月1日至2023年12月31日。", "发布时间：2025年3月1日", "自1954年建制以来。"],
)  # fmt: skip
def test_a_year_of_plans_or_of_history_passes(sentence):
    page = PAGE.replace("<p>一、总体情况</p>", f"<p>{sentence}</p><p>一、总体情况</p>", 1)
    assert [f for f in audit(read(page.encode(), "x")) if f.code.startswith(("meta.", "text.y"))] == []


def test_a_report_signed_before_its_period_ended_is_an_error():
    early = PAGE.replace("</body>", "<p>测试市人民政府办公室</p><p>2024年3月1日</p></body>")
    found = [f for f in audit(read(early.encode(), "x")) if f.code == "meta.signed"]
    assert [(f.severity, f.figures) for f in found] == [("error", ("2024年3月1日", "2024"))]
    assert not [
        f
        for f in audit(read(early.replace("2024年3月1日", "2025年3月1日").encode(), "x"))
        if f.code == "meta.signed"
    ]
