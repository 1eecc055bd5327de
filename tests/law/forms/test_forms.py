"""The annual report's forms: which edition holds when, what stands in them, and that their arithmetic bites."""

from decimal import Decimal

import pytest
import yaml

from mingtang.law.forms import form
from mingtang.law.forms.loading import HOME, load
from mingtang.law.plain_yaml import Malformed
from mingtang.law.types import Refused

D = Decimal


def nought(edition):
    return {code: D(0) for code in edition.cells}


def failed(results):
    return [r.code for r in results if r.state == "failed"]


@pytest.mark.parametrize(
    ("year", "edition"),
    [(2014, "2014"), (2018, "2014"), (2019, "2019"), (2020, "2019"), (2021, "2021"), (2030, "2021")],
)
def test_each_reporting_year_has_the_edition_in_force(year, edition):
    assert form("annual_report", year).edition == edition


def test_before_2014_there_is_no_national_sheet_and_the_refusal_says_why():
    refused = form("annual_report", 2013)
    assert isinstance(refused, Refused)
    assert "2014" in refused.why
    assert "32号" in refused.basis
    assert refused.instead


def test_an_unknown_form_is_refused_with_the_names_there_are():
    assert "annual_report" in form("../secret", 2020).instead


def test_the_2021_matrix_has_25_rows_by_7_columns_and_table_4_has_15_figures():
    edition = form("annual_report", 2021)
    assert sum(c.startswith("t3.") for c in edition.cells) == 175
    assert sum(c.startswith("t4.") for c in edition.cells) == 15
    assert sum(c.startswith("t2.") for c in edition.cells) == 10
    assert len(edition.sections) == 6


def test_the_2019_form_has_one_row_of_other_handling_and_the_procurement_row():
    edition = form("annual_report", 2019)
    assert "t3.other.total" in edition.cells
    assert "t3.other.misc.total" not in edition.cells
    assert edition.cells["t2.procurement.amount"].unit == "万元"
    assert edition.cells["t2.licence.change"].signed
    assert len(edition.sections) == 6


def test_the_2017_text_has_twelve_parts_and_the_last_names_the_coming_year():
    sections = form("annual_report", 2017).sections
    assert len(sections) == 12
    assert "2018年" in sections[-1].title


def test_counted_cells_name_counter_and_filter_and_declared_cells_do_not():
    edition = form("annual_report", 2017)
    assert edition.cells["3.1.4"].count.filter == {"channel": ("post_signed", "post_plain")}
    assert edition.cells["8.3.1"].source == "declared"
    assert edition.cells["8.3.1"].count is None
    matrix = form("annual_report", 2024)
    assert matrix.cells["t3.deny.internal.legal"].count.filter == {
        "row2021": "deny.internal",
        "applicant": "legal",
    }
    assert matrix.cells["t2.normative.valid"].source == "declared"


# A real city's filed report, added up again by hand in the dossier (§3.5).
def test_a_filed_city_report_holds_in_its_totals():
    edition = form("annual_report", 2024)
    values = {
        "t3.new_received.total": D(14069),
        "t3.carried_in.total": D(560),
        "t3.processed_total.total": D(13810),
        "t3.carried_out.total": D(819),
    }
    groups = {
        "reconsideration": (376, 97, 196, 121, 790),
        "direct": (16, 1, 12, 27, 56),
        "after": (74, 1, 30, 51, 156),
    }
    for row, figures in groups.items():
        for column, figure in zip(("upheld", "corrected", "other", "pending", "total"), figures, strict=True):
            values[f"t4.{row}.{column}"] = D(figure)
    held = {r.code for r in edition.check(values) if r.state == "held"}
    assert held == {
        "annual2021.A1.total",
        "annual2021.A5.reconsideration",
        "annual2021.A5.direct",
        "annual2021.A5.after",
    }
    assert failed(edition.check(values)) == []


# One cell of the matrix lies in one column sum (A2), one row sum (A3).
def test_one_leaf_too_many_breaks_its_column_and_its_row_and_nothing_else():
    edition = form("annual_report", 2021)
    values = nought(edition) | {"t3.np.repeat.business": D(1)}
    results = edition.check(values)
    assert failed(results) == ["annual2021.A2.business", "annual2021.A3.np.repeat"]
    column = next(r for r in results if r.code == "annual2021.A2.business")
    assert (column.left, column.right, column.difference) == (D(0), D(1), D(-1))


def test_an_unknown_figure_makes_a_relation_not_testable_never_held():
    edition = form("annual_report", 2021)
    values = nought(edition) | {"t3.granted.natural": None}
    by_code = {r.code: r for r in edition.check(values)}
    assert by_code["annual2021.A2.natural"].state == "not_testable"
    assert by_code["annual2021.A2.natural"].unknown == ("t3.granted.natural",)
    assert by_code["annual2021.A2.business"].state == "held"
    assert edition.unfilled(values) == ("t3.granted.natural",)


def test_the_carry_in_is_last_years_carry_out_and_untestable_without_it():
    edition = form("annual_report", 2022)
    values = nought(edition) | {"t3.carried_in.natural": D(2)}
    alone = {r.code: r.state for r in edition.check(values)}
    assert alone["annual2021.A4.natural"] == "not_testable"
    chained = {r.code: r for r in edition.check(values, {"t3.carried_out.natural": D(3)})}
    assert chained["annual2021.A4.natural"].state == "failed"
    assert chained["annual2021.A4.natural"].difference == D(-1)


# 100 in force, 8 made, 3 repealed: 105.
def test_the_stock_of_normative_documents_follows_from_last_years():
    edition = form("annual_report", 2022)
    values = nought(edition) | {
        "t2.normative.made": D(8),
        "t2.normative.repealed": D(3),
        "t2.normative.valid": D(105),
    }
    previous = {"t2.normative.valid": D(100)}
    stock = {r.code: r for r in edition.check(values, previous)}["annual2021.A6.normative"]
    assert (stock.state, stock.severity) == ("held", "soft")
    values["t2.normative.valid"] = D(108)
    assert {r.code: r.state for r in edition.check(values, previous)}["annual2021.A6.normative"] == "failed"


def test_the_2014_sheet_adds_up_by_channel_answer_and_reason():
    edition = form("annual_report", 2017)
    values = nought(edition) | {"3.1": D(192), "3.1.1": D(133), "3.1.3": D(6), "3.1.4": D(53)}
    assert "stat2014.3.1" not in failed(edition.check(values))
    values["3.1.4"] = D(52)
    assert "stat2014.3.1" in failed(edition.check(values))


def test_what_is_asked_of_a_government_is_not_asked_of_a_department():
    edition = form("annual_report", 2017)
    assert "stat2014.soft.office.8.1" in failed(edition.check(nought(edition), agency="government"))
    assert "stat2014.soft.office.8.1" not in [
        r.code for r in edition.check(nought(edition), agency="department")
    ]


def test_money_taken_without_any_request_wants_an_explanation():
    edition = form("annual_report", 2017)
    assert "stat2014.soft.fee" in failed(edition.check(nought(edition) | {"7": D("0.12")}))
    assert "stat2014.soft.fee" not in failed(edition.check(nought(edition)))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("t3.granted.natural", D(-1)),
        ("t3.granted.natural", D("1.5")),
        ("t2.charge.amount", D("1.0000001")),
        ("t2.charge.amount", D("NaN")),
    ],
)
def test_a_figure_its_cell_cannot_hold_fails_by_itself(cell, value):
    edition = form("annual_report", 2021)
    values = {cell: value} if not value.is_finite() else nought(edition) | {cell: value}
    assert f"annual2021.value.{cell}" in failed(edition.check(values))


@pytest.mark.parametrize("value", [D("0"), D("9116.36"), D("0.000001"), D("1E+3")])
def test_money_in_wan_yuan_takes_six_decimals(value):
    edition = form("annual_report", 2021)
    assert failed(edition.check({"t2.charge.amount": value})) == []


def test_a_change_over_the_year_may_be_below_nought():
    edition = form("annual_report", 2019)
    assert failed(edition.check({"t2.licence.change": D(-4)})) == []


def test_a_code_the_form_does_not_have_is_named():
    with pytest.raises(KeyError, match="no cell 't9'"):
        form("annual_report", 2021).check({"t9": D(1)})


FORM = """
form: annual_report
edition: "2099"
family: x
title: t
basis: b
tag: D
years: {from: 2099, to: null}
sections: [{number: 一, title: t, asks: a, tag: D}]
tables:
  - code: a
    cells: a
    section: 一
    caption: c
    unit: 件
    source: counted
    tag: D
    columns: [{code: n, title: n}]
    rows: [{code: r, title: r, count: {counter: requests.received, filter: {channel: online}}}]
relations: [{code: x.1, text: t, op: "=", left: [a.r.n], right: [0], severity: hard, tag: D}]
"""


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ("channel: online", "channel: pigeon", "in_person"),
        ("requests.received", "requests.guessed", "requests.answered"),
        ("unit: 件", "unit: 只", "人次"),
        ("[a.r.n]", "[a.r.z]", "a.r.z"),
        ("severity: hard", "severity: fatal", "soft"),
        ("tag: D}]\ntables", "tag: Q}]\ntables", "V:S<n>"),
        ('op: "="', 'op: "=="', "needs"),
        ("caption: c", "captoin: c", "caption"),
        ("edition:", "title: again\nedition:", "写了两遍"),
        ("form: annual_report", "- form", "不是有效的 YAML"),
        ("source: counted", "source: typed", "declared"),
    ],
)
def test_a_wrong_word_in_a_forms_file_names_file_key_and_what_is_allowed(tmp_path, wrong, right, says):
    path = tmp_path / "2099.yaml"
    path.write_text(FORM.replace(wrong, right, 1), encoding="utf-8")
    with pytest.raises(Malformed, match=says) as error:
        load(path, 2099)
    assert "2099.yaml" in str(error.value)


def test_a_right_forms_file_loads(tmp_path):
    path = tmp_path / "2099.yaml"
    path.write_text(FORM, encoding="utf-8")
    assert [r.code for r in load(path, 2099).relations] == ["x.1"]


def test_every_counter_of_the_list_fills_a_cell_of_some_edition():
    listed = set(yaml.safe_load((HOME / "counters.yaml").read_text(encoding="utf-8")))
    used = {
        cell.count.counter
        for year in (2014, 2019, 2021)
        for cell in form("annual_report", year).cells.values()
        if cell.count is not None
    }
    assert used == listed


@pytest.mark.parametrize("year", [2014, 2019, 2021])
def test_every_cell_has_a_unit_a_source_a_tag_and_a_place_in_a_table(year):
    edition = form("annual_report", year)
    placed = {code for table in edition.tables for code in table.cells.values()}
    assert placed == set(edition.cells)
    for cell in edition.cells.values():
        assert cell.unit
        assert cell.tag
        assert (cell.source == "counted") == (cell.count is not None)
