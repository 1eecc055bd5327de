"""Real reports: what their faults really are was worked out by reading them, before the audit was run.

pingtan_2022: both matrices add up (71+1=72, 3+0=3, 74+1=75; the ten outcome rows give 72, 3, 75; 0+1+1+0=2, 1+0+0+0=1).
The run of normative documents is 88, 55, 698, as the text says. Wrong are: the text's 75 and 72 received where the form
has 74 and 71 (it counts the one carried in); a character too many in the title of part four; a doubled 的 (general).
pingtan_2024: 71+29+4+3+32+75+1+1+1=217, 218 in all; table 4 reads 2 1 3 1 7, noughts, 13 2 4 0 19. No figure is wrong.
szfgs2024: 3001+34=2932+103, 3119+34=3050+103; 25+5+9+7=46 is the sum of both kinds of suit. No figure is wrong.
jinzhou_2017: no table; figures worked out in the dossier, §11.3.
"""

import pytest

from mingtang.oversight.reports.audit import audit
from mingtang.oversight.reports.audit.auditing import take_apart
from mingtang.oversight.reports.audit.reading import read

pytestmark = pytest.mark.shared


def mine(findings):
    """What the audit itself says, without the general checks of disclosure."""
    own = (
        "table.",
        "chain.",
        "meta.",
        "text.heading",
        "text.date",
        "text.weekday",
        "sum.scope",
        "sum.cadence",
        "sum.alike",
    )
    return [f for f in findings if f.code.startswith(own)]


def test_pingtan_2022_has_its_two_faults_of_form_and_no_other(published):
    found = mine(audit(read(published("pingtan_2022.txt"))))
    assert [f.code for f in found] == ["table.prose", "text.heading"]
    assert found[0].severity == "error"
    assert set(found[0].figures) == {"75", "74", "72", "71"}
    assert "法复议" in found[1].place.text


def test_pingtan_2022_splits_into_the_figures_read_by_hand(published):
    sheet = take_apart(read(published("pingtan_2022.txt"))).sheet
    values = {code: int(v) for code, v in sheet.values.items() if v and v == int(v)}
    assert values["t3.na.not_held.natural"] == 37
    assert (values["t2.normative.made"], values["t2.normative.repealed"], values["t2.normative.valid"]) == (
        88,
        55,
        698,
    )
    assert values["t4.reconsideration.total"] == 2


def test_pingtan_2024_has_no_wrong_figure(published):
    report = take_apart(read(published("pingtan_2024.txt")))
    assert mine(audit(report.reading)) == []
    assert report.sheet.values["t4.after.upheld"] == 13
    assert 440 in report.sheet.figures["t2.normative.valid"].options


def test_only_what_no_sum_and_no_sentence_tells_apart_stays_open(published):
    sheet = take_apart(read(published("pingtan_2024.txt"))).sheet
    unknown = [code for code, value in sheet.values.items() if value is None]
    assert unknown == ["t2.normative.repealed", "t2.normative.valid"]


def test_a_pdf_whose_matrix_runs_over_three_pages_has_no_error(published):
    report = take_apart(read(published("szfgs2024.pdf")))
    held = [r for r in report.form.check(report.sheet.values) if r.state == "held"]
    assert len(held) == 42
    assert [
        f for f in audit(report.reading) if f.severity == "error" and f.code.startswith(("table.", "sum."))
    ] == []


def test_jinzhou_2017_is_warned_of_scopes_and_noted_for_cadence_and_likeness(published):
    found = mine(audit(read(published("jinzhou_2017.txt"))))
    assert sorted((f.severity, f.code) for f in found) == [
        ("note", "sum.alike"),
        ("note", "sum.cadence"),
        ("note", "sum.cadence"),
        ("warning", "sum.scope"),
    ]
    scope = next(f for f in found if f.code == "sum.scope")
    assert {"192", "132", "11", "25"} <= set(scope.figures)
    assert set(next(f for f in found if f.code == "sum.alike").figures) == {"497", "4697"}


# 25112/33981 - 1 = -26.1 %, 17090/23666 - 1 = -27.8 %
def test_the_year_after_jinzhou_is_asked_why_its_figures_fell(published):
    text = "锦州市2018年度政府信息公开工作报告\n一、总体情况\n2018年，全市主动公开各类政府信息25112条，通过政府门户网站公开信息17090条。\n"
    found = [
        f for f in audit(read(text.encode()), read(published("jinzhou_2017.txt"))) if f.code == "chain.drop"
    ]
    assert [f.figures for f in found] == [("25112", "33981"), ("17090", "23666")]
    assert "26.1%" in found[0].message
    assert "27.8%" in found[1].message


def test_a_guide_to_disclosure_is_no_annual_report(published):
    found = audit(read(published("pingtan_guide.txt")))
    assert found[0].code == "meta.report"
    assert found[0].severity == "error"


def test_a_report_two_years_back_is_no_previous_report(published):
    found = audit(read(published("pingtan_2024.txt")), read(published("pingtan_2022.txt")))
    assert [f.code for f in mine(found)] == ["chain.year"]


# The contract's list: C11, C12, C17 and the contamination; C7, C9, C10, C18, 5·15, the quote, list and heading; C22, C25.
def test_jinzhou_2017_has_the_severities_of_the_contract_and_nothing_graver(published):
    found = audit(read(published("jinzhou_2017.txt")))
    errors = {f.code for f in found if f.severity == "error"}
    assert {code for code in errors if not code.startswith("organ.")} == {
        "share.sum",
        "share.infeasible",
        "sum.unexplained",
    }
    assert any(code.startswith("organ.") for code in errors)
    assert sorted(f.code for f in found if f.severity == "warning") == [
        "share.precision",
        "share.total",
        "share.truncated",
        "sum.scope",
        "text.contents",
        "text.damaged",
        "text.unpaired",
    ]


@pytest.mark.parametrize("name", ["pingtan_2024.txt", "szfgs2024.pdf"])
def test_a_published_report_that_adds_up_has_no_error_of_any_kind(published, name):
    assert [f for f in audit(read(published(name))) if f.severity == "error"] == []


def test_the_doubled_word_of_pingtan_2022_is_found_beside_its_faults_of_form(published):
    found = [f for f in audit(read(published("pingtan_2022.txt"))) if f.severity != "note"]
    assert sorted(f.code for f in found) == ["table.prose", "text.heading", "word.repeated"]
