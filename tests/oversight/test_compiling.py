"""The annual report adds up by construction: figures from rows, relations held, one case moves exactly its cells."""

from datetime import date

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from mingtang.casework import api as casework
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from mingtang.oversight import api as oversight
from tests import given
from tests.oversight.reporting import cases, compiled, take_over

pytestmark = pytest.mark.django_db


@settings(
    max_examples=given.examples(24),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@drawn(
    seed=st.integers(0, 10_000),
    year=st.sampled_from([2014, 2017, 2018, 2019, 2020, 2021, 2025]),
    count=st.integers(0, 40),
)
def test_any_ledger_compiles_to_a_report_in_which_no_hard_relation_fails(city, seed, year, count):
    root, *organs = city
    casework.find("case")  # the rows of earlier examples stay: a larger random ledger is one too
    seed = f"{seed}{year}{count}{ledger.find('act').count()}"
    take_over(root, "case", cases(organs, year, seed, count, list(casework.CHANNELS)))
    made = compiled(root, year)
    assert [r.code for r in made.relations if r.severity == "hard" and r.state == "failed"] == []


def test_adding_one_case_changes_exactly_the_predicted_cells(city):
    root, bureau, county = city
    take_over(root, "case", cases([bureau, county], 2025, "base", 30))
    before = {c: f.value for c, f in compiled(root, 2025).figures.items()}
    row = cases([bureau], 2025, "one", 1)[0] | {
        "received_on": date(2025, 5, 6), "replied_on": date(2025, 5, 20), "closed_on": date(2025, 5, 20), "outcome": "PARTIAL",
        "applicant_type": "research", "state": "closed",
    }  # fmt: skip
    take_over(root, "case", [row])
    after = {c: f.value for c, f in compiled(root, 2025).figures.items()}
    changed = {c for c in after if after[c] != before[c]}
    assert changed == {
        f"t3.{r}.{c}" for r in ("new_received", "partial", "processed_total") for c in ("research", "total")
    }
    assert all(after[c] - before[c] == 1 for c in changed)


def test_a_case_still_open_at_the_years_end_is_carried_out_of_one_year_into_the_next(city):
    root, bureau, _ = city
    row = cases([bureau], 2025, "open", 1)[0] | {
        "received_on": date(2025, 12, 20),
        "replied_on": date(2026, 1, 15),
        "outcome": "GRANT",
        "applicant_type": "natural",
    }
    take_over(root, "case", [row])
    last, this = compiled(root, 2025).figures, compiled(root, 2026).figures
    assert (last["t3.carried_out.natural"].value, last["t3.processed_total.total"].value) == (1, 0)
    assert (
        this["t3.carried_in.natural"].value,
        this["t3.granted.natural"].value,
        this["t3.carried_out.total"].value,
    ) == (1, 1, 0)


def test_the_citys_figures_are_its_own_and_all_below_and_a_countys_are_its_own(city):
    root, bureau, county = city
    take_over(
        root,
        "case",
        [
            c | {"received_on": date(2025, 3, 3)}
            for c in cases([bureau], 2025, "b", 4) + cases([county], 2025, "c", 3)
        ],
    )
    compiled(root, 2025)
    at = given.at(2026, 3, 2)
    assert oversight.compile_report(root, 2025, at).figures["t3.new_received.total"].value == 7
    assert oversight.compile_report(county, 2025, at).figures["t3.new_received.total"].value == 3


def test_a_counted_figure_opens_to_the_rows_it_counted(city):
    root, bureau, county = city
    take_over(root, "case", cases([bureau, county], 2025, "rows", 40))
    made = compiled(root, 2025)
    for figure in made.figures.values():
        if figure.counter:
            assert made.rows(figure).count() == figure.counted


def test_a_fact_nobody_stated_makes_the_figure_unknown_and_not_nought(city):
    root, bureau, _ = city
    keeper = given.person(root, "keeper")
    at = given.at(2026, 3, 2)
    rows = [{"agency": bureau, "kind": "conference", "subject": "发布会", "held_on": date(2017, 5, 2)}]
    given.done(oversight.enter("press_conference", rows, by=keeper, at=at, source="旧系统"))
    figures = compiled(root, 2017).figures
    assert figures["2.2.1"].value == 1
    assert figures["2.2.1.1"].value is None
    assert figures["2.2.1.1"].shown == "未列明"


def test_years_without_a_form_are_refused(city):
    root, *_ = city
    assert isinstance(oversight.compile_report(root, 2013, given.at(2026, 3, 2)), Refused)


def test_a_year_that_has_not_come_has_no_report(city):
    root, *_ = city
    assert isinstance(oversight.compile_report(root, 2099, given.at(2026, 3, 2)), Refused)


def test_a_question_nobody_counted_is_not_known_and_reading_it_counts_nothing(city):
    root, *_ = city
    made = given.done(oversight.compile_report(root, 2025, given.at(2026, 3, 2)))
    figure = made.figures["t3.new_received.total"]
    assert (figure.value, figure.shown) == (None, "未计数")
    assert "还没有计数" in made.blocks[0]
    assert oversight.find("tally").count() == 0
    assert compiled(root, 2025).figures["t3.new_received.total"].value == 0
    assert oversight.recount(2025, given.at(2026, 3, 2), missing_only=True) == 0


def test_a_page_of_a_counted_year_is_read_with_few_queries(city, django_assert_max_num_queries):
    root, bureau, _ = city
    take_over(root, "case", cases([bureau], 2025, "few", 5))
    compiled(root, 2025)
    with django_assert_max_num_queries(12):
        oversight.compile_report(root, 2025, given.at(2026, 3, 2))
