"""Reports made of random figures that add up pass in every format; one planted fault is found in every format."""

import random
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingtang.oversight.reports.audit import audit
from mingtang.oversight.reports.audit.reading import read
from tests.oversight.audit import making

QUIET = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
YEARS = st.sampled_from([2017, 2019, 2020, 2021, 2024])
SEEDS = st.integers(0, 10_000)

TEXTS = {
    "glued": ("", ""),
    "glued with one line a row": ("", "\n"),
    "blanks between cells": (" ", "\n"),
    "tabs between cells": ("\t", "\n"),
    "one line a cell": ("\n", "\n"),
    "bars between cells": (" | ", " |\n"),
    "bars on lines of their own": ("\n|\n", "\n|\n"),
}


def grave(content):
    reading = read(content, "report")
    assert reading, reading
    return [
        f
        for f in audit(reading)
        if f.severity != "note" and f.code.startswith(("table.", "chain.", "meta.", "text.h"))
    ]


def plant(year, seed, values):
    """One cell of the tables made wrong; the sentences keep the right figures of the cells they name."""
    draw = random.Random(seed)
    wanted = ("t3.", "t4.") if year >= 2019 else ("3.", "4", "5")
    cell = draw.choice([c for c in values if c.startswith(wanted)])
    wrong = dict(values)
    wrong[cell] += draw.choice([1, 2, 10])
    return wrong, cell


def relations(findings):
    return [
        f
        for f in findings
        if f.severity == "error" and f.code.startswith("table.") and f.code != "table.prose"
    ]


@pytest.mark.parametrize("way", TEXTS)
@given(year=YEARS, seed=SEEDS)
@QUIET
def test_a_flattened_report_that_adds_up_has_no_fault(way, year, seed):
    gap, line = TEXTS[way]
    assert grave(making.as_text(year, making.figures(year, seed), gap, line)) == []


@given(year=YEARS, seed=SEEDS)
@QUIET
def test_a_page_that_adds_up_has_no_fault(year, seed):
    assert grave(making.as_html(year, making.figures(year, seed))) == []


@pytest.mark.parametrize("way", [way for way in TEXTS if not way.startswith("glued")])
@given(year=YEARS, seed=SEEDS)
@QUIET
def test_one_wrong_cell_of_a_text_breaks_a_relation_that_holds_it(way, year, seed):
    wrong, cell = plant(year, seed, making.figures(year, seed))
    found = relations(grave(making.as_text(year, wrong, *TEXTS[way])))
    assert found, cell


@given(year=YEARS, seed=SEEDS)
@QUIET
def test_one_wrong_cell_of_a_page_breaks_a_relation_that_holds_it(year, seed):
    wrong, cell = plant(year, seed, making.figures(year, seed))
    assert relations(grave(making.as_html(year, wrong))), cell


# A run may by chance be read in another way that adds up; small figures leave no such chance in these seeds.
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("year", [2019, 2024])
def test_one_wrong_cell_of_a_digit_run_is_found(year, seed):
    wrong, cell = plant(year, seed, making.figures(year, seed, top=40))
    assert relations(grave(making.as_text(year, wrong, "", ""))), cell


@pytest.mark.parametrize("year", [2017, 2020, 2024])
def test_a_word_file_passes_when_it_adds_up_and_fails_when_not(year):
    values = making.figures(year, 3)
    assert grave(making.as_docx(year, values)) == []
    wrong, cell = plant(year, 3, values)
    assert relations(grave(making.as_docx(year, wrong))), cell


@pytest.mark.parametrize("seed", [0, 2, 7])
@pytest.mark.parametrize("year", [2017, 2019, 2024])
def test_a_pdf_with_tables_over_several_pages_passes_and_fails_alike(year, seed):
    pytest.importorskip("weasyprint")
    values = making.figures(year, seed)
    assert grave(making.as_pdf(year, values)) == []
    wrong, cell = plant(year, seed * 7 + year, values)
    assert relations(grave(making.as_pdf(year, wrong))), cell


def test_a_wrong_leaf_names_its_column_its_row_and_the_cell_where_they_meet():
    values = making.figures(2024, 1)
    values["t3.partial.natural"] += 5
    found = {f.code: f for f in relations(grave(making.as_html(2024, values)))}
    assert set(found) == {"table.annual2021.A2.natural", "table.annual2021.A3.partial"}
    assert "部分公开" in found["table.annual2021.A2.natural"].suggestion
    assert str(values["t3.partial.natural"]) in found["table.annual2021.A3.partial"].figures


def test_the_order_of_the_wrong_row_is_where_the_finding_points():
    values = making.figures(2024, 1)
    values["t3.np.bulk.total"] += 1
    found = relations(grave(making.as_text(2024, values, " ", "\n")))
    row = next(f for f in found if f.code == "table.annual2021.A3.np.bulk")
    assert row.place.line is not None
    assert "大量反复申请" in row.place.text


def test_an_empty_cell_is_a_warning_and_its_sums_are_neither_held_nor_failed():
    values = making.figures(2024, 4)
    page = making.as_html(2024, values | {"t3.np.repeat.legal": ""})
    found = grave(page)
    assert [(f.code, f.severity) for f in found] == [("table.blank", "warning")]
    assert "重复申请" in found[0].message


def test_a_form_left_empty_is_said_once_for_each_table():
    values = dict.fromkeys(making.figures(2024, 4), "")
    page = making.as_html(2024, values | {"t4.direct.total": 0, "t4.after.total": 0})
    assert {f.code for f in grave(page)} == {"table.blank"}


def test_a_report_on_the_form_of_another_year_is_told_so():
    values = making.figures(2019, 5)
    page = making.as_html(2019, values).replace("2019年".encode(), "2023年".encode())
    found = grave(page)
    assert [(f.code, f.severity) for f in found] == [("meta.form", "warning")]


def test_a_row_the_table_leaves_out_is_noted_and_nothing_is_held_against_it():
    page = making.as_html(2024, making.figures(2024, 4)).decode()
    without = re.sub(r"<tr><td colspan='1' rowspan='1'>2\.重复申请.*?</tr>", "", page)
    found = [f for f in audit(read(without.encode(), "x")) if f.code.startswith("table.")]
    assert [(f.code, f.severity) for f in found] == [("table.row_missing", "note")]
    assert "重复申请" in found[0].message


@pytest.mark.parametrize("shown", ["{:,}", "{}件", " {} ", "{:d}"])
def test_a_figure_is_a_figure_however_it_is_written(shown):
    values = making.figures(2023, 5)
    written = {c: shown.format(v) if isinstance(v, int) else v for c, v in values.items()}
    assert grave(making.as_html(2023, written)) == []


def test_a_decrease_may_be_written_in_words():
    values = making.figures(2020, 5) | {"t2.licence.change": "减4", "t2.penalty.change": "增3/减1"}
    assert [f for f in grave(making.as_html(2020, values)) if f.severity == "error"] == []


def test_a_matrix_whose_labels_and_figures_came_apart_is_dealt_row_by_row():
    values = making.figures(2024, 17)
    lines = making.as_text(2024, values, " ", "\n").decode().split("\n")
    at = next(i for i, line in enumerate(lines) if "1.信访举报投诉类申请" in line)
    torn = [re.match(r"(\D*\d?[.．]?\D+?) ?((?:\d+ ?)+)$", line) for line in lines[at : at + 3]]
    assert all(torn)
    lines[at : at + 3] = [*(match[2] for match in torn), *(match[1] for match in torn)]
    assert grave("\n".join(lines).encode()) == []
    wrong = "\n".join(lines).replace(torn[1][2], torn[1][2] + "9", 1)
    assert relations(grave(wrong.encode()))


@pytest.mark.parametrize("word", ["未列明", "未列明（已知3）", "不详", "暂无数据"])
def test_a_row_that_says_its_figure_is_not_stated_is_said_to_say_so(word):
    values = making.figures(2024, 17)
    page = making.as_html(2024, values).decode()
    printed = f">{values['t2.rules.made']}</td>"
    assert page.count(printed) == 1
    found = audit(read(page.replace(printed, f">{word}</td>").encode(), "年报.html"))
    assert [(f.code, f.severity) for f in found] == [("table.unread", "note")]
    assert f"“规章”写着“{word.replace('（', '(').replace('）', ')')}”，没有数" in found[0].message


def test_the_same_is_said_of_a_row_in_plain_text():
    values = making.figures(2024, 17)
    text = making.as_text(2024, values, gap=" ")
    text = text if isinstance(text, str) else text.decode()
    label = text.index("规章")
    before = f"{values['t2.rules.made']} "
    at = text.index(before, label)
    found = audit(read((text[:at] + "未列明 " + text[at + len(before) :]).encode(), "年报.txt"))
    assert [f.message for f in found if f.code == "table.unread"] == [
        "第二十条第（一）项：“规章”写着“未列明”，没有数，相关勾稽关系未能核对。"
    ]
