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
