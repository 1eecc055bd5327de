"""The annual report adds up by construction: figures from rows, relations held, one case moves exactly its cells."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from mingtang.casework import api as casework
from mingtang.disclosure import api as disclosure
from mingtang.law import api as law
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from mingtang.oversight import api as oversight
from mingtang.oversight.reports.drawing import as_json, page_data
from mingtang.oversight.reports.opening import asked
from tests import given

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    root = given.demo_city()
    return (
        root,
        given.organ("测试市住建局", root),
        given.organ("测试县人民政府", root, type="county", level="county"),
    )


def cases(organs, year, seed, count, channels=("in_person", "post_signed")):
    """Random closed and open cases around a year, as another system would hand them over."""
    dice = random.Random(seed)
    made = []
    for n in range(count):
        day = date(year - 1, 10, 1) + timedelta(dice.randint(0, 500))
        norms = law.on(day)
        outcome = dice.choice(norms.outcomes()).code
        replied = day + timedelta(dice.randint(1, 90)) if dice.random() < 0.8 else None
        replied = replied if replied and replied <= date(2026, 3, 2) else None  # the day of the handover
        made.append(
            {
                "agency": dice.choice(organs), "number": f"{year}-{seed}-{n}", "received_on": day, "channel": dice.choice(channels),
                "applicant_type": dice.choice(list(casework.APPLICANTS)), "subject": "x", "content": "x", "extended": dice.random() < 0.2,
                "state": "closed" if replied else "received", "outcome": outcome if replied else "", "replied_on": replied, "closed_on": replied,
                "identity": {"name": f"某{n}"}, "steps": [],
            }
        )  # fmt: skip
    return made


def take_over(root, what, rows):
    keeper = given.person(root, "keeper")
    return given.done(casework.take_over(what, rows, source="旧系统", by=keeper, at=given.at(2026, 3, 2)))


def compiled(root, year):
    at = given.at(2026, 3, 2)
    oversight.recount(year, at)
    return given.done(oversight.compile_report(root, year, at))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


def test_a_counted_figure_cannot_be_typed_and_a_declared_one_names_its_unit_paper_signer_and_day(city):
    root, bureau, _ = city
    office = given.person(root, "office")
    at = given.at(2026, 1, 20)
    said = {
        "unit_name": bureau.name,
        "source": "统计表",
        "signer": "某",
        "signed_on": date(2026, 1, 15),
        "by": office,
        "at": at,
    }
    assert isinstance(
        oversight.take(root, "declare", year=2025, cell="t3.new_received.natural", value=Decimal(5), **said),
        Refused,
    )
    for wrong in ({"unit_name": ""}, {"source": " "}, {"signer": ""}, {"signed_on": date(2026, 1, 21)}):
        assert isinstance(
            oversight.take(
                root, "declare", year=2025, cell="t2.licence.decided", value=Decimal(5), **(said | wrong)
            ),
            Refused,
        )
    for value in (Decimal(-1), Decimal("1.5"), Decimal("NaN"), Decimal("Infinity"), Decimal(10) ** 14):
        assert isinstance(
            oversight.take(root, "declare", year=2025, cell="t2.licence.decided", value=value, **said),
            Refused,
        )
    assert isinstance(
        oversight.take(root, "declare", year=2025, cell="t9.nothing", value=Decimal(1), **said), Refused
    )
    given.done(
        oversight.take(root, "declare", year=2025, cell="t2.licence.decided", value=Decimal(5), **said)
    )
    figure = compiled(root, 2025).figures["t2.licence.decided"]
    assert (figure.value, figure.how) == (5, "declared")


def test_a_unit_off_the_platform_adds_to_a_count_without_being_shown_as_counted(city):
    root, bureau, _ = city
    office = given.person(root, "office")
    take_over(
        root,
        "case",
        [cases([bureau], 2025, "x", 1)[0] | {"received_on": date(2025, 3, 3), "applicant_type": "natural"}],
    )
    given.done(
        oversight.take(
            root,
            "declare",
            year=2025,
            cell="t3.new_received.natural",
            value=Decimal(2),
            unit_name="某镇（未接入）",
            source="报表",
            signer="某",
            signed_on=date(2026, 1, 15),
            by=office,
            at=given.at(2026, 1, 20),
        )
    )
    figure = compiled(root, 2025).figures["t3.new_received.natural"]
    assert (figure.value, figure.counted, figure.how) == (3, 1, "mixed")


def declare_all(root, year, office, at):
    made = compiled(root, year)
    for code, figure in made.figures.items():
        if figure.how == "missing":
            given.done(
                oversight.take(
                    root,
                    "declare",
                    year=year,
                    cell=code,
                    value=Decimal(0),
                    unit_name="某单位",
                    source="表",
                    signer="某",
                    signed_on=at.date(),
                    by=office,
                    at=at,
                )
            )
    for section in ("五",):
        given.done(
            oversight.take(root, "write", year=year, section=section, text="问题和改进。", by=office, at=at)
        )


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
    assert "申请人" not in json.dumps(edition.data, ensure_ascii=False).replace(
        "申请人无正当理由", ""
    ).replace("申请人逾期", "")


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


def test_a_change_at_the_desk_reaches_the_figure_through_the_outbox(city):
    root, bureau, _ = city
    people = given.team(bureau)
    at = given.at(2026, 3, 2)
    oversight.recount(2026, at)
    case = given.received(people["clerk"], bureau, at)
    given.answered(people, case, given.at(2026, 3, 9))
    with ledger.clock_at(given.at(2026, 3, 9)):
        ledger.drain("tallies", oversight.follow)
        figures = oversight.compile_report(root, 2026, ledger.now()).figures
    assert figures["t3.new_received.natural"].value == 1
    assert figures["t3.granted.natural"].value == 1
    (row,) = asked("requests.processed", {"row2021": "granted", "applicant": "natural"}, 2026, root.path)
    assert row.id == case.id


def test_years_without_a_form_are_refused(city):
    root, *_ = city
    assert isinstance(oversight.compile_report(root, 2013, given.at(2026, 3, 2)), Refused)


@pytest.mark.parametrize(("year", "sections"), [(2017, 12), (2019, 6), (2025, 6)])
def test_the_report_has_the_sections_of_its_format_in_every_output(city, year, sections):
    root, *_ = city
    made = compiled(root, year)
    assert len(made.sections) == sections
    data = json.loads(oversight.render(made, "json"))
    assert {f["cell"] for f in data["figures"]} == set(made.form.cells)
    assert all(isinstance(f["value"], int | float | None) for f in data["figures"])
    html = oversight.render(made, "html").decode()
    assert all(s.title in html for s in made.sections)
    import docx
    import openpyxl

    text = "\n".join(p.text for p in docx.Document(BytesIO(oversight.render(made, "docx"))).paragraphs)
    assert all(s.title in text for s in made.sections)
    book = openpyxl.load_workbook(BytesIO(oversight.render(made, "xlsx")))
    assert book.sheetnames[-1] == "来源"


def test_the_pdf_can_be_read_back(city):
    root, *_ = city
    from pypdf import PdfReader

    pages = PdfReader(BytesIO(oversight.render(compiled(root, 2025), "pdf"))).pages
    assert "收到和处理政府信息公开申请情况" in "".join(p.extract_text() for p in pages).replace("\n", "")


@pytest.mark.django_db(transaction=True)
def test_a_heavy_export_is_made_in_the_background_and_kept_by_its_digest(city):
    from mingtang.config.commands.work import _run_tasks

    root, *_ = city
    compiled(root, 2025)
    order = oversight.render_later(root.pk, 2025, "xlsx")
    assert oversight.rendered(order) == ("ready", "")
    _run_tasks()
    state, digest = oversight.rendered(order)
    assert state == "done"
    assert ledger.FileRow.path_of(digest).read_bytes()[:2] == b"PK"
    assert oversight.rendered("no-such-order") == ("unknown", "")
    failing = oversight.render_later(root.pk, 1990, "xlsx")
    _run_tasks()
    assert oversight.rendered(failing)[0] == "failed"


# --- what the figures stand on -------------------------------------------------------------------------------


def through_outbox(root, year, at):
    """The report as the worker keeps it: nobody asks for a recount."""
    with ledger.clock_at(at):
        while ledger.drain("tallies", oversight.follow):
            pass
        return given.done(oversight.compile_report(root, year, at)).figures


def open_case(bureau, seed, **fields):
    bare = {
        "replied_on": None,
        "closed_on": None,
        "state": "received",
        "outcome": "",
        "applicant_type": "natural",
    }
    return cases([bureau], 2025, seed, 1)[0] | bare | fields


def test_a_training_a_taken_over_proposal_and_a_late_registered_case_reach_the_figures_without_a_recount(
    city,
):
    root, bureau, _ = city
    at = given.at(2026, 3, 2)
    through_outbox(root, 2017, at)
    for year in (2017, 2024, 2025, 2026):
        oversight.recount(year, at)
    keeper, clerk = given.person(root, "keeper"), given.person(bureau, "clerk")
    course = {
        "agency": bureau,
        "kind": "course",
        "subject": "培训",
        "held_on": date(2017, 5, 2),
        "people": 40,
    }
    given.done(oversight.enter("training", [course], by=keeper, at=at, source="旧系统"))
    assert clerk.pk
    take_over(root, "case", [open_case(bureau, "old", received_on=date(2024, 11, 5))])
    made = through_outbox(root, 2017, at)
    held = {f.counter: f.value for f in made.values() if f.counter.startswith("trainings")}
    assert held == {"trainings.held": 1, "trainings.people": 40}
    assert through_outbox(root, 2024, at)["t3.new_received.total"].value == 1
    for year in (2024, 2025):
        assert through_outbox(root, year, at)["t3.carried_out.total"].value == 1
    assert through_outbox(root, 2025, at)["t3.carried_in.total"].value == 1


def test_a_release_through_a_channel_reaches_the_figures_without_a_recount(city):
    from mingtang.portal import api as portal

    root, bureau, _ = city
    at = given.at(2026, 3, 2)
    row = given.published(given.team(bureau), bureau, at)
    oversight.recount(2026, at)
    (published,) = disclosure.find("publication", document_id=row.id).ids()
    for _again in range(2):
        portal.note_releases([(published, "gazette", at, "第3期")])
    assert ledger.find("outbox", topic="register.changed").count() == 1
    through_outbox(root, 2026, at)
    tally = oversight.find("tally", counter="documents.by_channel", year=2026)
    assert {t.value for t in tally} <= {1}
    assert asked("documents.by_channel", {"channel": "gazette"}, 2026, root.path).count() == 1


def test_a_case_that_changed_hands_is_counted_once(city):
    root, bureau, county = city
    at = given.at(2026, 3, 2)
    take_over(root, "case", [open_case(bureau, "moved", received_on=date(2025, 3, 3))])
    assert through_outbox(root, 2025, at)["t3.new_received.total"].value == 1
    (case,) = casework.find("case")
    given.passed(bureau, county, at)
    assert through_outbox(root, 2025, at)["t3.new_received.total"].value == 1
    assert given.done(oversight.compile_report(county, 2025, at)).figures["t3.new_received.total"].value == 1
    assert case.id


def test_an_answer_after_the_due_day_is_not_in_time(city):
    root, bureau, _ = city
    base = {
        "agency": bureau,
        "kind": "deputy",
        "level": "city",
        "subject": "建议",
        "assigned_on": date(2017, 2, 1),
        "due_on": date(2017, 5, 1),
    }
    rows = [
        base | {"number": "1", "answered_on": date(2017, 5, 1)},
        base | {"number": "2", "answered_on": date(2017, 10, 9)},
        base | {"number": "3", "answered_on": None},
        base | {"number": "4", "assigned_on": date(2017, 12, 1), "due_on": date(2018, 3, 1), "answered_on": date(2018, 2, 1)},
    ]  # fmt: skip
    take_over(root, "proposal", rows)
    (row,) = asked("proposals.answered", {}, 2017, root.path)
    assert row.number == "1"


def test_a_fax_of_december_confirmed_in_january_was_received_in_january(city):
    root, bureau, _ = city
    confirmed = open_case(
        bureau, "fax", received_on=date(2025, 12, 31), channel="fax", steps=[("confirm", date(2026, 1, 5))]
    )
    waiting = open_case(bureau, "fax2", received_on=date(2025, 12, 30), channel="fax", steps=[])
    take_over(root, "case", [confirmed, waiting])
    last, this = compiled(root, 2025).figures, compiled(root, 2026).figures
    assert (last["t3.new_received.total"].value, last["t3.carried_out.total"].value) == (0, 0)
    assert (this["t3.new_received.total"].value, this["t3.carried_in.total"].value) == (1, 0)


def test_a_fee_counts_in_the_year_it_was_paid(city):
    root, bureau, _ = city
    paid = [("fee_notice", date(2025, 12, 26)), ("fee_paid", date(2025, 12, 29))]
    row = open_case(
        bureau, "fee", received_on=date(2025, 12, 22), replied_on=date(2026, 1, 12), state="closed", outcome="GRANT",
        fee=Decimal(100), steps=paid,
    )  # fmt: skip
    undated = row | {"number": "fee-undated", "steps": [], "fee": Decimal(40)}
    take_over(root, "case", [row, undated])
    for year, fee in ((2025, 100), (2026, 40)):
        assert [c.id for c in asked("fees.collected", {}, year, root.path)] == list(
            casework.find("case", fee=fee).ids()
        )


def test_an_item_withdrawn_during_the_year_is_not_in_the_list_at_its_end(city):
    root, bureau, _ = city
    keeper, people = given.person(root, "keeper"), given.team(bureau)
    rows = [
        {"agency": bureau, "kind": "service_item", "published_at": given.at(2017, 6, 1), "title": f"事项{n}",
         "source": bureau.name, "data": {"item_type": "licence"}}
        for n in range(3)
    ]  # fmt: skip
    list(given.done(disclosure.take_over(rows, source="旧系统", by=keeper, at=given.at(2018, 1, 5))))
    first, second, _third = disclosure.find("document", kind="service_item").ids()
    given.move(first, "withdraw", people["signer"], given.at(2018, 4, 2), reason="事项取消")
    given.move(second, "withdraw", people["signer"], given.at(2019, 4, 2), reason="事项取消")
    listed = {
        y: asked("service_items.listed", {"item_type": "licence"}, y, root.path).count()
        for y in (2016, 2017, 2018, 2019)
    }
    assert listed == {2016: 0, 2017: 3, 2018: 2, 2019: 1}


def say(agency, office, value, unit, cell="t2.licence.decided"):
    return oversight.take(
        agency, "declare", year=2025, cell=cell, value=Decimal(value), unit_name=unit, source="统计表", signer="某", signed_on=date(2026, 1, 15), by=office,
        at=given.at(2026, 1, 20),
    )  # fmt: skip


def test_a_sum_over_organs_that_did_not_all_say_is_not_known(city):
    root, bureau, county = city
    mine, theirs, office = (
        given.person(bureau, "office"),
        given.person(county, "office"),
        given.person(root, "office"),
    )
    given.done(say(bureau, mine, 3, bureau.name))
    figure = compiled(root, 2025).figures["t2.licence.decided"]
    assert (figure.value, figure.known, figure.missing) == (None, 3, (county.short_name,))
    given.done(say(county, theirs, 4, county.name))
    assert compiled(root, 2025).figures["t2.licence.decided"].value == 7
    given.done(say(root, office, 9, "市司法局汇总"))
    assert compiled(root, 2025).figures["t2.licence.decided"].value == 9
    made = given.done(oversight.compile_report(county, 2025, given.at(2026, 3, 2)))
    assert made.figures["t2.licence.decided"].value == 4


def test_a_unit_states_a_cell_once_wherever_it_is_entered(city):
    root, _, county = city
    theirs, office = given.person(county, "office"), given.person(root, "office")
    given.done(say(county, theirs, 2, "某镇（未接入）", "t3.new_received.natural"))
    refused = say(root, office, 2, "某镇（未接入）", "t3.new_received.natural")
    assert isinstance(refused, Refused)
    assert county.name in refused.why
    given.done(say(county, theirs, 5, "某镇（未接入）", "t3.new_received.natural"))
    assert compiled(root, 2025).figures["t3.new_received.natural"].value == 5


def test_a_declaration_or_a_section_without_its_act_is_not_kept(city, monkeypatch):
    root, *_ = city
    office = given.person(root, "office")

    def fails(*deeds):
        raise OSError("the disk is full")

    monkeypatch.setattr("mingtang.oversight.reports.declaring.record", fails)
    with pytest.raises(OSError, match="disk"):
        say(root, office, 1, "某单位")
    with pytest.raises(OSError, match="disk"):
        oversight.take(
            root, "write", year=2025, section="五", text="问题。", by=office, at=given.at(2026, 1, 20)
        )
    assert oversight.find("declared").count() == oversight.find("report").count() == 0


def test_what_people_write_in_two_sections_is_kept_in_both(city):
    root, *_ = city
    office = given.person(root, "office")
    for section in ("五", "六"):
        given.done(
            oversight.take(
                root,
                "write",
                year=2025,
                section=section,
                text=f"写{section}",
                by=office,
                at=given.at(2026, 1, 20),
            )
        )
    assert oversight.find("report").one().prose == {"五": "写五", "六": "写六"}


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


def test_a_first_change_of_one_organ_counts_the_question_for_all(city):
    root, bureau, county = city
    take_over(root, "case", [open_case(county, "there", received_on=date(2025, 3, 3))])
    oversight.recount(2025, given.at(2026, 3, 2), {bureau.pk})
    made = given.done(oversight.compile_report(root, 2025, given.at(2026, 3, 2)))
    assert made.figures["t3.new_received.total"].value == 1


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


def test_the_page_gives_the_moment_of_its_count_in_the_time_of_the_city(city):
    root, *_ = city
    at = datetime(2026, 1, 19, 17, 30, tzinfo=UTC)
    oversight.recount(2025, at)
    made = given.done(oversight.compile_report(root, 2025, at))
    assert page_data(made)["report"]["compiled_at"] == "2026-01-20 01:30"


def test_two_who_count_a_year_at_once_leave_each_figure_once(city):
    root, bureau, _ = city
    take_over(root, "case", [open_case(bureau, "both", received_on=date(2025, 3, 3))])
    at = given.at(2026, 3, 2)
    oversight.recount(2025, at, progress=lambda n, _of: n == 5 and oversight.recount(2025, at))
    figures = given.done(oversight.compile_report(root, 2025, at)).figures
    assert figures["t3.new_received.total"].value == 1


def test_who_counts_a_question_holds_the_year(city):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    oversight.recount(2025, given.at(2026, 3, 2))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        oversight.recount(2025, given.at(2026, 3, 2))
    said = [q["sql"] for q in asked]
    starts = [n for n, sql in enumerate(said) if sql.startswith(("SAVEPOINT", "BEGIN"))]
    held = [n for n, sql in enumerate(said) if "oversight_counted" in sql and "\"counter\" = ''" in sql]
    counts = [n for n, sql in enumerate(said) if "casework_case" in sql]
    deletes = [n for n, sql in enumerate(said) if sql.startswith("DELETE")]
    assert counts
    for n in counts + deletes:
        start = max(s for s in starts if s < n)
        assert any(start < h < n for h in held)


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


def test_the_exported_report_is_read_back_by_the_audit_without_a_fault(city):
    root, bureau, county = city
    take_over(root, "case", cases([bureau, county], 2025, "back", 30))
    made = compiled(root, 2025)
    found = oversight.audit(disclosure.read(oversight.render(made, "html"), "年报.html"))
    assert [f.message for f in found if f.severity == "error" or f.code == "table.unread"] == []


def test_how_many_times_the_head_took_part_can_be_declared_where_the_rows_are_silent(city):
    root, bureau, _ = city
    keeper, office = given.person(root, "keeper"), given.person(root, "office")
    at = given.at(2026, 3, 2)
    rows = [{"agency": bureau, "kind": "conference", "subject": "发布会", "held_on": date(2017, 5, 2)}]
    given.done(oversight.enter("press_conference", rows, by=keeper, at=at, source="旧系统"))
    said = {
        "unit_name": root.name,
        "source": "台账",
        "signer": "某",
        "signed_on": date(2018, 1, 5),
        "by": office,
        "at": at,
    }
    given.done(oversight.take(root, "declare", year=2017, cell="2.2.1.1", value=Decimal(1), **said))
    assert compiled(root, 2017).figures["2.2.1.1"].value == 1
    by_alias = said | {"unit_name": bureau.short_name}
    assert isinstance(
        oversight.take(root, "declare", year=2017, cell="1.1", value=Decimal(5), **by_alias), Refused
    )


def test_a_year_that_has_not_come_has_no_report(city):
    root, *_ = city
    assert isinstance(oversight.compile_report(root, 2099, given.at(2026, 3, 2)), Refused)
