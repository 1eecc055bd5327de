"""A filed report is corrected by a later version; what was filed stays; opening figures are last year's closing ones."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from mingtang.casework import api as casework
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from mingtang.oversight import api as oversight
from tests import given

pytestmark = pytest.mark.django_db
JANUARY = given.at(2026, 1, 20)


@pytest.fixture
def city():
    root = given.demo_city()
    return root, given.organ("测试市住建局", root)


@pytest.fixture
def office(city):
    return given.person(city[0], "office", "director")


def open_case(root, bureau, number, received_on):
    row = {
        "agency": bureau, "number": number, "received_on": received_on, "channel": "in_person", "applicant_type": "natural",
        "subject": "x", "content": "x", "state": "received", "identity": {"name": "某"}, "steps": [],
    }  # fmt: skip
    given.done(
        casework.take_over("case", [row], source="旧系统", by=given.person(root, "keeper"), at=JANUARY)
    )
    with ledger.clock_at(JANUARY):
        while ledger.drain("tallies", oversight.follow):
            pass


def filed(root, office, year=2025):
    with ledger.clock_at(JANUARY):
        oversight.recount(year, JANUARY)
        made = given.done(oversight.compile_report(root, year, JANUARY))
        for code, figure in made.figures.items():
            if figure.how == "missing":
                given.done(
                    oversight.take(
                        root, "declare", year=year, by=office, at=JANUARY, cell=code, value=Decimal(0), unit_name="某单位",
                        source="表", signer="某", signed_on=date(2026, 1, 15),
                    )
                )  # fmt: skip
        given.done(
            oversight.take(root, "write", year=year, by=office, at=JANUARY, section="五", text="问题和改进。")
        )
        return given.done(oversight.take(root, "file", year=year, by=office, at=JANUARY))


def again(root, office, verb, **facts):
    with ledger.clock_at(JANUARY):
        return oversight.take(root, verb, year=2025, by=office, at=JANUARY, **facts)


def test_a_late_case_is_put_right_by_correcting_last_years_report(city, office):
    root, bureau = city
    first = filed(root, office)
    open_case(root, bureau, "2025-9", date(2025, 12, 20))
    oversight.recount(2026, JANUARY)
    unbalanced = given.done(oversight.compile_report(root, 2026, JANUARY))
    assert [r.code for r in unbalanced.relations if r.severity == "hard" and r.state == "failed"] == [
        "annual2021.A1.natural",
        "annual2021.A1.total",
    ]
    given.done(again(root, office, "correct", reason="漏登一件申请"))
    second = given.done(again(root, office, "file"))
    assert (first.version, second.version, second.reason) == (1, 2, "漏登一件申请")
    balanced = given.done(oversight.compile_report(root, 2026, JANUARY))
    opening = balanced.figures["t3.carried_in.natural"]
    assert (opening.value, opening.how) == (1, "carried")
    assert "第2版" in opening.carried
    assert [r.code for r in balanced.relations if r.severity == "hard" and r.state == "failed"] == []


def test_the_version_filed_first_stays_as_it_was(city, office):
    root, bureau = city
    filed(root, office)
    open_case(root, bureau, "2025-9", date(2025, 12, 20))
    given.done(again(root, office, "correct", reason="漏登一件申请"))
    given.done(again(root, office, "file"))
    figures = [
        given.done(oversight.compile_report(root, 2025, JANUARY, version))
        .figures["t3.new_received.total"]
        .value
        for version in (1, 2)
    ]
    assert figures == [0, 1]
    assert isinstance(oversight.compile_report(root, 2025, JANUARY, 3), Refused)


def test_a_correction_needs_a_reason_and_a_filed_report(city, office):
    root, _ = city
    assert isinstance(again(root, office, "correct", reason="早了"), Refused)
    filed(root, office)
    silent = again(root, office, "correct", reason=" ")
    assert isinstance(silent, Refused)
    assert "理由" in silent.why
    clerk = given.person(root, "clerk")
    assert isinstance(again(root, clerk, "correct", reason="我来改"), Refused)


def test_a_published_report_is_corrected_by_a_new_edition_and_its_page_stays_meanwhile(city, office):
    root, bureau = city
    first = filed(root, office)
    people = given.team(root)
    for verb, who in (
        ("submit", people["clerk"]), ("head_review", people["section_head"]), ("secrecy_review", people["secrecy"]),
        ("sign", people["signer"]), ("publish", people["signer"]),
    ):  # fmt: skip
        given.move(first.document_id, verb, who, JANUARY)
    with ledger.clock_at(JANUARY):
        while ledger.drain("tallies", oversight.follow):
            pass
    assert oversight.find("report", pk=first.id).one().state == "published"
    open_case(root, bureau, "2025-9", date(2025, 12, 20))
    given.done(again(root, office, "correct", reason="漏登一件申请"))
    second = given.done(again(root, office, "file"))
    live, draft = disclosure.editions(first.document_id)
    assert (second.document_id, live.state, draft.state) == (first.document_id, "published", "draft")
    assert (live.data["report"]["version"], draft.data["report"]["version"]) == (1, 2)
    assert draft.data["report"]["reason"] == "漏登一件申请"


def test_a_report_whose_paper_is_being_reviewed_is_not_corrected_behind_the_reviewers(city, office):
    root, _ = city
    first = filed(root, office)
    given.move(first.document_id, "submit", given.team(root)["clerk"], JANUARY)
    refused = again(root, office, "correct", reason="漏登一件申请")
    assert isinstance(refused, Refused)
    assert "审核" in refused.why


def test_a_filed_figure_opens_what_was_counted_then_and_says_what_moved_since(city, office):
    root, bureau = city
    open_case(root, bureau, "2025-1", date(2025, 3, 3))
    filed(root, office)
    open_case(root, bureau, "2025-2", date(2025, 4, 7))
    made = given.done(oversight.compile_report(root, 2025, JANUARY))
    rows = made.rows(made.figures["t3.new_received.total"])
    assert [r.number for r in rows] == ["2025-1"]
    assert [r.number for r in rows.page(1, 20).rows] == ["2025-1"]
    assert (rows.count(), rows.since()) == (1, (0, 1))
    sentence = next(f for f in made.figure_of.values() if f.counter == "requests.received" and not f.where)
    assert made.rows(sentence).count() == 1


def test_of_a_year_before_the_ledger_a_register_without_rows_says_nothing():
    root = given.demo_city(kept_from=date(2026, 1, 1))
    bureau = given.organ("测试市住建局", root)
    open_case(root, bureau, "2025-1", date(2025, 3, 3))
    oversight.recount(2025, JANUARY)
    figures = given.done(oversight.compile_report(root, 2025, JANUARY)).figures
    assert figures["t3.new_received.total"].value == 1
    assert figures["t3.granted.total"].value == 0, "the register of cases was kept: none is none"
    assert (figures["t4.reconsideration.upheld"].value, figures["t4.reconsideration.upheld"].shown) == (
        None,
        "未列明",
    )
    office = given.person(root, "office")
    given.done(
        oversight.take(
            root, "declare", year=2025, by=office, at=JANUARY, cell="t4.reconsideration.upheld", value=Decimal(3),
            unit_name=root.name, source="2025年台账（纸质）", signer="某", signed_on=date(2026, 1, 15),
        )
    )  # fmt: skip
    figure = given.done(oversight.compile_report(root, 2025, JANUARY)).figures["t4.reconsideration.upheld"]
    assert (figure.value, figure.how) == (3, "declared")


@pytest.mark.parametrize("unit", ["测试市住建局", "测试市 住建局", "测试市住建局（办公室）", "T-CODE"])
def test_an_organ_of_the_platform_cannot_type_a_counted_figure_however_it_is_written(city, office, unit):
    root, bureau = city
    name = bureau.code if unit == "T-CODE" else unit
    refused = again(root, office, "declare", cell="t3.new_received.natural", value=Decimal(5), unit_name=name,
                    source="表", signer="某", signed_on=date(2026, 1, 15))  # fmt: skip
    assert isinstance(refused, Refused)
    assert "不能填" in refused.why


def test_two_townships_of_one_name_in_two_counties_are_two(city, office):
    root, _ = city
    counties = [given.organ(f"测试市{n}县", root, type="county", level="county") for n in "甲乙"]
    for n, county in enumerate(counties, 1):
        clerk = given.person(county, "clerk")
        with ledger.clock_at(JANUARY):
            given.done(
                oversight.take(
                    county, "declare", year=2025, by=clerk, at=JANUARY, cell="t3.new_received.natural", value=Decimal(n),
                    unit_name="城关镇", source="表", signer="某", signed_on=date(2026, 1, 15),
                )
            )  # fmt: skip
    oversight.recount(2025, JANUARY)
    assert (
        given.done(oversight.compile_report(root, 2025, JANUARY)).figures["t3.new_received.natural"].value
        == 3
    )


def test_the_sheet_of_2014_names_the_unit_of_every_row(city):
    from io import BytesIO

    import openpyxl

    root, _ = city
    oversight.recount(2017, JANUARY)
    made = given.done(oversight.compile_report(root, 2017, JANUARY))
    page = oversight.render(made, "html").decode()
    assert '<th scope="col">单位</th><th scope="col">统计数</th>' in page
    assert "<td>万元</td><td>" in page
    sheet = openpyxl.load_workbook(BytesIO(oversight.render(made, "xlsx"))).worksheets[0]
    assert [c.value for c in sheet[2]] == ["统计指标", "单位", "统计数"]
    rows = {r[0].value: r[1].value for r in sheet.iter_rows(min_row=3)}
    assert rows["（一）主动公开政府信息数"] == "条"


def test_a_filed_report_opens_with_what_last_years_newest_version_closed_with(city, office):
    root, bureau = city
    filed(root, office)
    later = given.at(2027, 1, 20)
    with ledger.clock_at(later):
        oversight.recount(2026, later)
        for code, figure in given.done(oversight.compile_report(root, 2026, later)).figures.items():
            if figure.how == "missing":
                given.done(
                    oversight.take(
                        root, "declare", year=2026, by=office, at=later, cell=code, value=Decimal(0), unit_name="某单位",
                        source="表", signer="某", signed_on=date(2027, 1, 15),
                    )
                )  # fmt: skip
        given.done(oversight.take(root, "write", year=2026, by=office, at=later, section="五", text="问题。"))
        given.done(oversight.take(root, "file", year=2026, by=office, at=later))
    open_case(root, bureau, "2025-9", date(2025, 12, 20))
    given.done(again(root, office, "correct", reason="漏登一件申请"))
    given.done(again(root, office, "file"))
    now = given.done(oversight.compile_report(root, 2026, later))
    (opening,) = [r for r in now.relations if r.code == "annual2021.A4.natural"]
    assert (opening.left, opening.right, opening.state) == (0, 1, "failed")


def test_an_export_is_of_the_version_asked_for(city, office):
    root, bureau = city
    filed(root, office)
    open_case(root, bureau, "2025-9", date(2025, 12, 20))
    given.done(again(root, office, "correct", reason="漏登一件申请"))
    from mingtang.oversight.tasks import render_report

    made = [
        ledger.FileRow.path_of(render_report.func(root.pk, 2025, "json", version)).read_text("utf-8")
        for version in (1, None)
    ]
    assert ['"state": "filed"' in text for text in made] == [True, False]
