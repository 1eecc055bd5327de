"""Filing freezes a report whole: figures, ids, sentences; what comes later changes nothing."""

import json
from datetime import date, datetime
from decimal import Decimal

import pytest

from mingtang.casework import api as casework
from mingtang.disclosure import api as disclosure
from mingtang.law import api as law
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from mingtang.oversight import api as oversight
from mingtang.oversight.reports import drawing
from mingtang.oversight.reports.drawing import as_json, page_data
from tests import given
from tests.oversight.reporting import cases, compiled, declare_all, open_case, say, take_over

pytestmark = pytest.mark.django_db


def test_the_office_alone_files_a_report_and_corrects_it(city):
    root, *_ = city
    office, people = given.person(root, "office"), given.team(root)
    at = given.at(2026, 1, 20)
    with ledger.clock_at(at):
        declare_all(root, 2025, office, at)
        filed = given.done(oversight.take(root, "file", year=2025, by=office, at=at))
    paper = disclosure.find("document", origin_type="report", origin_id=str(filed.id)).one()
    for verb, role in (("submit", "clerk"), ("head_review", "section_head"), ("secrecy_review", "secrecy"), ("sign", "signer"), ("publish", "signer")):  # fmt: skip
        given.move(paper.id, verb, people[role], at)
    with ledger.clock_at(at):
        given.done(oversight.take(root, "correct", year=2025, by=office, at=at, reason="漏了一句"))
        given.done(
            oversight.take(
                root, "write", year=2025, section="五", text="问题和改进，补一句。", by=office, at=at
            )
        )
        given.done(oversight.take(root, "file", year=2025, by=office, at=at))
    assert [e.state for e in disclosure.editions(paper.id)] == ["published", "draft"]
    assert isinstance(
        disclosure.draft(office, at, agency=root, kind="rules", title="制度", body="<p>x</p>"), Refused
    )


def test_a_figure_of_money_leaves_with_every_digit():
    exact = Decimal("12345678901234.123456")
    assert drawing.number(exact) == exact
    assert drawing.number(Decimal("12.00")) == 12
    assert drawing._kept(Decimal("12.50")) == 12.5
    assert drawing._kept(exact) == "12345678901234.123456"


def test_filing_waits_for_every_cell_every_section_and_the_end_of_the_year(city):
    root, *_ = city
    office = given.person(root, "office", "director")
    at = given.at(2026, 1, 20)
    refused = oversight.take(root, "file", year=2025, by=office, at=at)
    assert isinstance(refused, Refused)
    assert "未列明" in refused.why
    assert "第五部分" in refused.why
    early = oversight.take(root, "file", year=2026, by=office, at=at)
    assert isinstance(early, Refused)
    assert "还没有结束" in early.why
    assert oversight.find("report", state="filed").count() == 0


def test_a_filed_report_freezes_its_ids_and_becomes_a_draft_document(city):
    root, bureau, _ = city
    office = given.person(root, "office", "director")
    at = given.at(2026, 1, 20)
    take_over(
        root,
        "case",
        [
            c | {"received_on": date(2025, 3, 3), "replied_on": date(2025, 3, 9), "outcome": "GRANT"}
            for c in cases([bureau], 2025, "f", 3)
        ],
    )
    with ledger.clock_at(at):
        declare_all(root, 2025, office, at)
        filed = given.done(oversight.take(root, "file", year=2025, by=office, at=at))
        again = oversight.take(root, "file", year=2025, by=office, at=at)
    assert isinstance(again, Refused)
    frozen = json.loads(ledger.FileRow.path_of(filed.frozen).read_bytes())["ids"]
    assert frozen["t3.new_received.total"] == list(casework.find("case").ids())
    document = disclosure.find("document", origin_type="report", origin_id=str(filed.id)).one()
    assert document.state == "draft"
    edition = disclosure.find("edition", document_id=document.id).one()
    assert edition.data["report"]["year"] == 2025
    told = json.dumps(edition.data, ensure_ascii=False)
    for of_the_form in ("申请人情况", "申请人无正当理由", "申请人逾期"):
        told = told.replace(of_the_form, "")
    assert "申请人" not in told, "nothing of those who applied"


def test_this_year_opens_with_last_years_closing_balance_and_a_late_case_breaks_the_sum(city):
    root, bureau, _ = city
    office = given.person(root, "office", "director")
    at = given.at(2026, 1, 20)
    with ledger.clock_at(at):
        declare_all(root, 2025, office, at)
        given.done(oversight.take(root, "file", year=2025, by=office, at=at))
    # An application of 2025 is entered after the report was filed: the balance no longer fits.
    take_over(
        root,
        "case",
        [
            cases([bureau], 2025, "late", 1)[0]
            | {
                "received_on": date(2025, 12, 20),
                "replied_on": None,
                "state": "received",
                "outcome": "",
                "applicant_type": "natural",
            }
        ],
    )
    made = compiled(root, 2026)
    opening = made.figures["t3.carried_in.natural"]
    # Last year's report closed with none, the ledger now carries one in: the year no longer balances.
    assert (opening.value, opening.how, opening.counted) == (0, "carried", 1)
    assert "台账现在数出1" in made.trace(opening)
    broken = [r.code for r in made.relations if r.severity == "hard" and r.state == "failed"]
    assert broken == ["annual2021.A1.natural", "annual2021.A1.total"]
    assert any("勾稽关系不成立" in b for b in made.blocks)


def test_a_filed_report_says_what_was_filed_whatever_is_registered_later(city):
    root, bureau, county = city
    office = given.person(root, "office", "director")
    at = given.at(2026, 1, 20)
    take_over(root, "case", [open_case(bureau, "in", received_on=date(2025, 3, 3))])
    with ledger.clock_at(at):
        declare_all(root, 2025, office, at)
        given.done(oversight.take(root, "file", year=2025, by=office, at=at))
    filed = given.done(oversight.compile_report(root, 2025, at))
    before = as_json(filed)
    take_over(root, "case", [open_case(county, "late", received_on=date(2025, 4, 7))])
    after = compiled(root, 2025)
    assert as_json(after) == before
    assert after.sections == filed.sections
    assert oversight.render(after, "html") == oversight.render(filed, "html")
    edition = disclosure.find("edition", origin_type="report").one()
    assert edition.data["sections"] == json.loads(json.dumps(page_data(after)["sections"]))
    assert after.figures["t3.new_received.total"].value == 1
    assert after.figures["t3.new_received.total"].digest
    assert isinstance(say(root, office, 1, "某单位"), Refused)
    assert isinstance(
        oversight.take(root, "write", year=2025, section="五", text="改写", by=office, at=at), Refused
    )


def test_prose_that_speaks_against_the_table_cannot_be_filed(city):
    root, *_ = city
    office = given.person(root, "office", "director")
    at = given.at(2026, 1, 20)
    with ledger.clock_at(at):
        declare_all(root, 2025, office, at)
        given.done(
            oversight.take(
                root,
                "write",
                year=2025,
                section="一",
                text="全年收到政府信息公开申请777件。",
                by=office,
                at=at,
            )
        )
        refused = oversight.take(root, "file", year=2025, by=office, at=at)
    assert isinstance(refused, Refused)
    assert "777" in refused.why


def test_filing_reads_the_tallies_and_waits_for_them_where_they_lag_behind_the_rows(city):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    root, bureau, _ = city
    office = given.person(root, "office", "director")
    at = given.at(2026, 1, 20)
    with ledger.clock_at(at):
        declare_all(root, 2025, office, at)
        take_over(root, "case", [open_case(bureau, "late", received_on=date(2025, 4, 7))])
        while ledger.drain("tallies", lambda topic, payloads: None):  # a worker that lost its word
            pass
        refused = oversight.take(root, "file", year=2025, by=office, at=at)
        assert isinstance(refused, Refused)
        assert "还没有跟上" in refused.why
        while ledger.drain("tallies", oversight.follow):
            pass
        with CaptureQueriesContext(connection) as said:
            given.done(oversight.take(root, "file", year=2025, by=office, at=at))
    assert [
        q["sql"] for q in said if "oversight_tally" in q["sql"] and not q["sql"].startswith("SELECT")
    ] == []
    assert compiled(root, 2025).figures["t3.new_received.total"].value == 1


def test_a_report_that_somebody_else_filed_meanwhile_is_said_to_be_filed(city, monkeypatch):
    from mingtang.oversight.models import Report
    from mingtang.oversight.reports import filing

    root, *_ = city
    office = given.person(root, "office", "director")
    at = given.at(2026, 1, 20)
    with ledger.clock_at(at):
        declare_all(root, 2025, office, at)
        draws = filing._files
        monkeypatch.setattr(
            filing, "_files", lambda made: draws(made) if not Report.objects.update(state="filed") else []
        )
        refused = oversight.take(root, "file", year=2025, by=office, at=at)
    assert isinstance(refused, Refused)
    assert refused.why == "年报已经定稿"


def test_the_frozen_ids_bear_the_time_of_filing_and_not_of_the_machine(city):
    root, *_ = city
    office = given.person(root, "office", "director")
    at = given.at(2026, 1, 20)
    with ledger.clock_at(given.at(2026, 2, 2)):
        declare_all(root, 2025, office, at)
        filed = given.done(oversight.take(root, "file", year=2025, by=office, at=at))
    kept = json.loads(ledger.FileRow.path_of(filed.frozen).read_bytes())
    assert datetime.fromisoformat(kept["frozen_at"]) == at


def test_a_filed_report_keeps_the_form_it_was_filed_on(city, tmp_path, monkeypatch):
    root, *_ = city
    office = given.person(root, "office", "director")
    at = given.at(2026, 1, 20)
    with ledger.clock_at(at):
        declare_all(root, 2025, office, at)
        given.done(oversight.take(root, "file", year=2025, by=office, at=at))
    filed = given.done(oversight.compile_report(root, 2025, at))
    corrected = tmp_path / "2021.yaml"
    text = law.form("annual_report", 2025).source.read_text("utf-8")
    assert "code: new_received" in text
    corrected.write_text(text.replace("new_received", "newly_received"), "utf-8")
    monkeypatch.setattr(
        "mingtang.oversight.reports.compiling.form", lambda name, year: law.form_in(corrected, year)
    )
    after = given.done(oversight.compile_report(root, 2025, at))
    assert as_json(after) == as_json(filed)
    assert "t3.new_received.total" in after.form.cells
    assert "t3.newly_received.total" in given.done(oversight.compile_report(root, 2024, at)).form.cells
