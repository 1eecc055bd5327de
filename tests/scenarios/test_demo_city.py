"""The demo's 2017: every count equals the figures of the printed report, out of rows and not out of totals."""

import pytest

pytestmark = pytest.mark.browser

# cell of the 2014 sheet → figure of the report this platform starts from
SHEET = {
    "1.1": 33981, "1.2.2": 23666, "2.2.1": 12, "2.2.3": 4697, "3.1": 192, "3.1.1": 133, "3.1.2": 0, "3.1.3": 6, "3.1.4": 53,
    "3.2": 192, "3.2.1": 192, "3.2.2": 0, "3.3": 192, "3.3.1": 11, "3.3.2": 140, "3.3.3": 5, "3.3.4": 4, "3.3.4.5": 4, "3.3.5": 18,
    "3.3.6": 13, "3.3.7": 1, "3.3.8": 0, "4": 11, "4.1": 9, "4.2": 2, "5": 25, "5.1": 21, "5.3": 4, "9.3": 86,
}  # fmt: skip
# Cells the report is silent about and no row can give: unknown, never nought.
SILENT = {"2.1", "2.2.4", "2.2.5", "1.1.2", "2.2.1.1", "8.1", "8.2", "8.3", "8.3.1", "8.3.2", "8.4"}
# (counter, filter) → figure of the report's prose
PROSE = {
    ("documents.published", "growth.fiscal"): 9, ("documents.published", "growth.indicators"): 9, ("documents.published", "growth.audit"): 4,
    ("documents.published", "growth.tax_cuts"): 1, ("documents.published", "growth.fee_lists"): 1, ("documents.published", "growth.costs"): 31,
    ("documents.published", "growth.insurance"): 12, ("documents.published", "growth.projects"): 913, ("documents.published", "growth.ppp"): 7,
    ("documents.published", "reform.lists"): 5061, ("documents.published", "reform.business"): 22, ("documents.published", "reform.enterprises"): 59,
    ("documents.published", "reform.market"): 848, ("documents.published", "reform.farming"): 39, ("documents.published", "reform.budgets"): 318,
    ("documents.published", "structure.new"): 64, ("documents.published", "structure.capacity"): 28, ("documents.published", "structure.quality"): 159,
    ("documents.published", "welfare.poverty"): 170, ("documents.published", "welfare.environment"): 608, ("documents.published", "welfare.rivers"): 4,
    ("documents.published", "welfare.education"): 454, ("documents.published", "welfare.health"): 10, ("documents.published", "welfare.food"): 368,
    ("documents.published", "risk.debt"): 3, ("documents.published", "risk.housing"): 55, ("documents.published", "risk.land"): 134,
    ("documents.published", "risk.safety"): 52, ("documents.published", "growth"): 987, ("documents.published", "reform"): 6347,
    ("documents.published", "structure"): 251, ("documents.published", "welfare"): 1614, ("documents.published", "risk"): 244,
    ("service_items.listed", ""): 647, ("service_items.listed", "licence"): 394, ("service_items.listed", "levy"): 33,
    ("service_items.listed", "confirmation"): 92, ("service_items.listed", "benefit"): 38, ("service_items.listed", "public_service"): 90,
    ("proposals.handled", "province"): 13, ("proposals.handled", "deputy province"): 4, ("proposals.handled", "cppcc province"): 9,
    ("proposals.handled", "city"): 301, ("proposals.handled", "deputy city"): 76, ("proposals.handled", "cppcc city"): 225,
    ("proposals.answered", ""): 314, ("proposals.met", ""): 314, ("proposals.satisfied", ""): 314,
    ("interpretations.published", ""): 4697, ("interpretations.by_leaders", ""): 497, ("press_conferences.held", ""): 12,
    ("letters.answered", ""): 4393, ("letters.answered", "good"): 4160, ("letters.refunded", ""): 40768.4, ("letters.invested", ""): 126500,
    ("requests.received", "city"): 132, ("requests.received", "county"): 60, ("requests.received", "demolition"): 50,
    ("requests.received", "expropriation"): 62, ("requests.received", "planning"): 38, ("requests.received", "approval"): 14,
    ("requests.received", "other"): 28, ("reconsiderations.concluded", "upheld"): 9, ("reconsiderations.concluded", "corrected"): 2,
    ("litigations.concluded", "upheld"): 21, ("litigations.concluded", "other"): 4, ("trainings.people", ""): 86,
    ("deliveries.copies", ""): 406,
}  # fmt: skip


@pytest.fixture(scope="module")
def report(demo):
    return demo.json("report", "compile", "--year", "2017", "--format", "json")


def test_every_cell_of_the_sheet_equals_the_printed_figure(report):
    figures = {f["cell"]: f for f in report["figures"]}
    assert {c: figures[c]["value"] for c in SHEET} == SHEET
    assert all(figures[c]["how"] == "counted" for c in SHEET)


def test_what_the_report_is_silent_about_is_unknown_and_blocks_filing(report):
    figures = {f["cell"]: f["value"] for f in report["figures"]}
    assert {c for c, v in figures.items() if v is None} == SILENT
    assert any("未列明" in b for b in report["blocks"])


def test_every_figure_of_the_prose_equals_the_printed_one(report):
    found = {}
    for f in report["prose_figures"]:
        where = f["tally"]["where"]
        found[
            f["tally"]["counter"],
            " ".join("|".join(w) if isinstance(w := where[k], list) else w for k in sorted(where)),
        ] = f["value"]
    assert {key: found.get(key) for key in PROSE} == PROSE


def test_no_relation_of_the_form_fails_and_the_twelve_sections_stand(report):
    assert [r["code"] for r in report["relations"] if r["state"] == "failed"] == []
    assert [s["number"] for s in report["sections"]] == [*"一二三四五六七八九十", "十一", "十二"]


def test_the_last_report_was_filed_reviewed_and_published(demo):
    filed = demo.json("report", "compile", "--year", "2025", "--format", "json")
    assert filed["state"] == "published"
    assert filed["blocks"] == []


def test_the_demos_ledger_verifies(demo):
    found = demo.json("ledger", "verify", "--json")
    assert found["faults"] == []
    assert found["acts"] > 39_000


@pytest.mark.look
def test_json_commands_print_json_and_nothing_else(demo):
    for command in (("ledger", "verify", "--json"), ("tick", "--json"), ("doctor", "--json")):
        done = demo.run(*command, status=0) if command[0] != "doctor" else None
        assert done is None or done.lstrip()[0] in "{["


@pytest.mark.look
def test_an_unknown_organ_or_year_is_wrong_usage_with_a_word_about_what(demo):
    demo.run("report", "compile", "--year", "2017", "--agency", "NOPE", status=2)
    demo.run("report", "compile", "--year", "1990", status=2)
    assert "error" in demo.json("report", "compile", "--year", "2012", "--format", "json", status=1)
