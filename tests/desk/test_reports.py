"""The annual report at the desk: every figure opens its rows; nothing counted is typed."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from datetime import date

import pytest

from mingtang.casework import api as casework
from mingtang.desk.reports import views
from mingtang.ledger import api as ledger
from mingtang.oversight import api as oversight
from tests import given
from tests.desk.conftest import TODAY, Bureau, at_desk, words

RECEIVED = "t3.received.natural"


@pytest.fixture
def compiler(bureau: Bureau) -> ledger.Person:
    """The organ's own director and clerk in one browser: may compile, declare and file."""
    return given.person(bureau.organ, "director", "clerk", name="罗禾")


def cell_of(year: int, counter: str, made) -> str:
    """The first cell of the year's form that this counter fills with a figure above nought."""
    return next(c for c, f in made.figures.items() if f.counter == counter and f.value)


def compiled(organ, year: int = 2026):
    oversight.recount(year, TODAY)
    return given.done(oversight.compile_report(organ, year, TODAY))


def links(page: str) -> set[str]:
    return {html.unescape(a) for a in re.findall(r'href="([^"]*figure\?[^"]*)"', page)}


def test_every_cell_of_the_tables_and_every_number_of_the_prose_is_a_link(bureau: Bureau, compiler, case):
    case(3, 2)
    made = compiled(bureau.organ)
    page = words(at_desk(compiler).get(f"/desk/reports/2026/?agency={bureau.organ.pk}"))
    printed = {t.code for t in made.form.tables if t.printed}
    asked = links(page)
    for code, cell in made.form.cells.items():
        if cell.table in printed:
            assert any(a.endswith(f"cell={code}") for a in asked), code
    assert any("cell=p0" in a for a in asked)


def test_every_link_of_the_report_opens(bureau: Bureau, compiler, case):
    case(3, 2)
    given.published(bureau.people, bureau.organ, given.at(2026, 3, 3), kind="policy")
    compiled(bureau.organ)
    browser = at_desk(compiler)
    for address in sorted(links(words(browser.get(f"/desk/reports/2026/?agency={bureau.organ.pk}")))):
        assert browser.get(address).status_code == 200, address


def test_a_counted_figure_opens_to_exactly_its_cases(bureau: Bureau, compiler, case):
    mine = [case(3, day, subject=f"第{day}件") for day in (2, 3)]
    case(3, 4, applicant_type="business", subject="企业的件")
    made = compiled(bureau.organ)
    code = next(c for c, f in made.figures.items() if f.counter == "requests.received" and f.value == 2)
    page = words(at_desk(compiler).get(f"/desk/reports/2026/figure?agency={bureau.organ.pk}&cell={code}"))
    for row in mine:
        assert f'href="/desk/cases/{row.id}/"' in page
    assert "企业的件" not in page
    assert "由记录数出" in page
    assert "统计期限2026年1月1日至12月31日" in page


def test_a_figure_never_names_an_applicant_on_the_page_or_in_the_file(bureau: Bureau, compiler, case):
    case(3, 2, name="林知远", contact="13900000000")
    code = cell_of(2026, "requests.received", compiled(bureau.organ))
    browser = at_desk(compiler)
    for page in ("figure", "figure.csv"):
        text = words(browser.get(f"/desk/reports/2026/{page}?agency={bureau.organ.pk}&cell={code}"))
        assert "林知远" not in text
        assert "13900000000" not in text


def test_the_file_of_a_figure_has_as_many_rows_as_the_figure_says(bureau: Bureau, compiler, case):
    for day in range(2, 27):
        case(3, day)
    code = cell_of(2026, "requests.received", compiled(bureau.organ))
    text = words(at_desk(compiler).get(f"/desk/reports/2026/figure.csv?agency={bureau.organ.pk}&cell={code}"))
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][0] == "登记号"
    assert len(rows) - 1 == 25


def test_the_rows_of_a_figure_come_in_pages(bureau: Bureau, compiler, case):
    for day in range(2, 27):
        case(3, day)
    code = cell_of(2026, "requests.received", compiled(bureau.organ))
    page = words(
        at_desk(compiler).get(f"/desk/reports/2026/figure?agency={bureau.organ.pk}&cell={code}&page=2")
    )
    assert page.count("公开受理〔2026〕") == 5


def test_rows_of_organs_out_of_reach_are_a_number_on_the_page_and_in_the_file(bureau: Bureau, case):
    row = case(3, 2, subject="不该看到的内容")
    mine = given.received(given.person(bureau.city, "clerk"), bureau.city, given.at(2026, 3, 3))
    code = cell_of(2026, "requests.received", compiled(bureau.city))
    clerk = given.person(bureau.city, "clerk")  # sees the city's report, not the bureau's cases
    page, file = figure_of(clerk, bureau.city, code)
    for text in (page, file):
        assert mine.number in text
        assert "另有1条" in text
        assert row.number not in text
        assert "不该看到的内容" not in text
        assert "2026-03-02" not in text


def figure_of(person, organ, code: str) -> tuple[str, str]:
    """A figure's page and its file."""
    asked = f"agency={organ.pk}&cell={code}"
    browser = at_desk(person)
    return words(browser.get(f"/desk/reports/2026/figure?{asked}")), words(
        browser.get(f"/desk/reports/2026/figure.csv?{asked}")
    )


def test_a_supervisor_sees_how_many_cases_and_letters_there_are_and_none_of_them(bureau: Bureau, case):
    row = case(3, 2, subject="不该看到的内容")
    letter = {
        "agency": bureau.organ, "number": "2026-L1", "received_on": date(2026, 3, 2), "category": "咨询", "subject": "写信人的私事",
        "answered_on": date(2026, 3, 9),
    }  # fmt: skip
    keeper = given.person(bureau.city, "keeper")
    given.done(casework.take_over("letter", [letter], source="旧系统", by=keeper, at=TODAY))
    made = compiled(bureau.city)
    supervisor, office = given.person(bureau.city, "supervisor"), given.person(bureau.city, "office")
    received = cell_of(2026, "requests.received", made)
    prose = next(f"p{i}" for i, (counter, _w) in enumerate(made.figure_of) if counter == "letters.answered")
    for code, told in ((received, row.number), (prose, "写信人的私事")):
        for text in figure_of(supervisor, bureau.city, code):
            assert told not in text
            assert "另有1条" in text
        assert all(told in text for text in figure_of(office, bureau.city, code))


def test_a_published_document_is_behind_the_figure_it_makes(bureau: Bureau, compiler):
    paper = given.published(
        bureau.people, bureau.organ, given.at(2026, 3, 3), kind="policy", title="租赁办法"
    )
    compiled(bureau.organ)
    page = words(at_desk(compiler).get(f"/desk/reports/2026/figure?agency={bureau.organ.pk}&cell=p0"))
    assert "租赁办法" in page
    assert f"/desk/documents/{paper.id}/" in page


def test_by_htmx_only_the_drawer_comes(bureau: Bureau, compiler, case):
    case(3, 2)
    compiled(bureau.organ)
    response = at_desk(compiler).get(
        f"/desk/reports/2026/figure?agency={bureau.organ.pk}&cell=p0", headers={"HX-Request": "true"}
    )
    assert "<html" not in words(response)
    assert "drawer" in words(response)


def test_what_nobody_stated_is_not_nought(bureau: Bureau, compiler, case):
    case(3, 2)
    made = compiled(bureau.organ)
    missing = next(c for c, f in made.figures.items() if f.how == "missing")
    page = words(at_desk(compiler).get(f"/desk/reports/2026/?agency={bureau.organ.pk}"))
    cell = re.search(rf'cell={re.escape(missing)}"[^>]*title="[^"]*">([^<]*)<', page)
    assert cell is not None
    assert cell[1] == "未列明"
    zero = next(c for c, f in made.figures.items() if f.counter == "requests.received" and f.value == 0)
    cell = re.search(rf'cell={re.escape(zero)}"[^>]*title="[^"]*">([^<]*)<', page)
    assert cell is not None
    assert cell[1] == "0"


DECLARED = {
    "value": "312.5",
    "unit_name": "测试市财政局",
    "source": "收费统计表",
    "signer": "顾岩",
    "signed_on": "2026-11-20",
}


def test_a_missing_figure_is_declared_with_unit_paper_signer_and_day(bureau: Bureau, compiler):
    made = compiled(bureau.organ)
    code = next(c for c, f in made.figures.items() if f.how == "missing" and made.form.cells[c].money)
    response = at_desk(compiler).post(
        "/desk/reports/2026/declare", DECLARED | {"agency": bureau.organ.pk, "cell": code}, follow=True
    )
    page = words(response)
    for said in ("单位申报", "收费统计表", "顾岩", "312.5"):
        assert said in page
    assert "由记录数出" not in page


@pytest.mark.parametrize(
    "wrong",
    [{"value": "很多"}, {"value": "-1"}, {"signer": ""}, {"signed_on": "2026-12-01"}, {"value": "1e400"}],
)
def test_a_declaration_with_a_fault_is_refused_and_not_kept(bureau: Bureau, compiler, wrong):
    made = compiled(bureau.organ)
    code = next(c for c, f in made.figures.items() if f.how == "missing" and made.form.cells[c].money)
    response = at_desk(compiler).post(
        "/desk/reports/2026/declare", DECLARED | wrong | {"agency": bureau.organ.pk, "cell": code}
    )
    assert response.status_code == 409
    assert 'role="alert"' in words(response)
    assert not oversight.find("declared").exists()


def test_a_counted_figure_cannot_be_typed(bureau: Bureau, compiler, case):
    case(3, 2)
    code = cell_of(2026, "requests.received", compiled(bureau.organ))
    response = at_desk(compiler).post(
        "/desk/reports/2026/declare",
        DECLARED | {"agency": bureau.organ.pk, "cell": code, "value": "99", "unit_name": bureau.organ.name},
    )
    assert response.status_code == 409
    assert "由记录数出来" in words(response)


def test_what_blocks_filing_is_said_and_filing_is_refused(bureau: Bureau, compiler):
    compiled(bureau.organ)
    browser = at_desk(compiler)
    assert "2026年还没有结束" in words(browser.get(f"/desk/reports/2026/?agency={bureau.organ.pk}"))
    response = browser.post("/desk/reports/2026/file", {"agency": bureau.organ.pk})
    assert response.status_code == 409
    assert "2026年还没有结束" in words(response)
    assert not oversight.find("report").exists()


def test_a_section_is_written_and_stands_in_the_report(bureau: Bureau, compiler):
    compiled(bureau.organ)
    response = at_desk(compiler).post(
        "/desk/reports/2026/write",
        {"agency": bureau.organ.pk, "section": "五", "text": "一是答复不够细。"},
        follow=True,
    )
    assert "一是答复不够细。" in words(response)
    assert (
        at_desk(bureau.people["signer"])
        .post("/desk/reports/2026/write", {"agency": bureau.organ.pk})
        .status_code
        == 403
    )


@pytest.mark.parametrize("how", ["json", "html", "docx", "xlsx"])
def test_the_report_is_taken_home_as_a_file(bureau: Bureau, compiler, case, how):
    case(3, 2)
    compiled(bureau.organ)
    response = at_desk(compiler).get(f"/desk/reports/2026/export?agency={bureau.organ.pk}&format={how}")
    assert response.status_code == 200
    assert f'2026.{how}"' in response["Content-Disposition"]
    content = response.content
    if how == "json":
        assert json.loads(content)["year"] == 2026
    else:
        assert content[:2] == (b"PK" if how in ("docx", "xlsx") else b"<!")


@pytest.mark.django_db(transaction=True)
def test_the_pdf_is_ordered_watched_and_fetched_by_the_one_who_ordered_it(bureau: Bureau, compiler):
    from mingtang.config.commands.work import _run_tasks

    compiled(bureau.organ)
    browser = at_desk(compiler)
    ordered = browser.get(f"/desk/reports/2026/export?agency={bureau.organ.pk}&format=pdf")
    assert ordered.status_code == 302
    watched = browser.get(ordered.url)
    assert "正在生成PDF" in words(watched)
    assert '<meta http-equiv="refresh" content="2">' in words(watched)
    _run_tasks()
    fetched = browser.get(ordered.url)
    assert '2026.pdf"' in fetched["Content-Disposition"]
    assert b"".join(fetched.streaming_content).startswith(b"%PDF")
    assert at_desk(compiler).get(ordered.url).status_code == 404


def test_the_files_and_figures_of_a_filed_version_are_of_that_version(bureau: Bureau, compiler, monkeypatch):
    ordered = []
    monkeypatch.setattr(
        "mingtang.desk.reports.views.oversight.render_later", lambda *asked: ordered.append(asked) or "order"
    )
    year, browser = 2025, at_desk(compiler)
    for code, figure in compiled(bureau.organ, year).figures.items():
        if figure.how == "missing":
            given.done(oversight.take(
                bureau.organ, "declare", year=year, by=compiler, at=TODAY, cell=code, value=0 * figure.known, unit_name="某单位",
                source="表", signer="某", signed_on=date(2026, 1, 15),
            ))  # fmt: skip
    for verb, facts in (
        ("write", {"section": "五", "text": "问题。"}),
        ("file", {}),
        ("correct", {"reason": "漏登"}),
    ):
        given.done(oversight.take(bureau.organ, verb, year=year, by=compiler, at=TODAY, **facts))
    page = words(browser.get(f"/desk/reports/{year}/?agency={bureau.organ.pk}&version=1"))
    exports = {html.unescape(a) for a in re.findall(r'href="([^"]*export\?[^"]*)"', page)}
    assert exports
    assert all("version=1" in a for a in exports | links(page))
    browser.get(next(a for a in exports if a.endswith("pdf")))
    assert ordered == [(bureau.organ.pk, year, "pdf", 1)]


@pytest.mark.parametrize(("year", "last"), [(2017, date(2018, 3, 31)), (2025, date(2026, 1, 31))])
def test_the_last_day_of_a_department_report_is_what_the_law_of_its_spring_says(bureau: Bureau, year, last):
    assert views._limit(bureau.organ, year) == last


def test_a_government_publishes_its_report_by_the_end_of_march(bureau: Bureau):
    assert views._limit(bureau.city, 2025) == date(2026, 3, 31)


@pytest.mark.parametrize(
    "address",
    ["2005/", "2027/", "2026/figure?cell=nothing", "2026/figure.csv?cell=p999", "2026/export?format=exe"],
)
def test_years_cells_and_formats_that_do_not_exist_are_said_so(bureau: Bureau, compiler, address):
    compiled(bureau.organ)
    response = at_desk(compiler).get(f"/desk/reports/{address}")
    assert response.status_code == 404
    assert "没有" in words(response)


def test_answering_a_case_moves_the_figure_by_one(bureau: Bureau, compiler, case):
    row = case(11, 2)
    before = compiled(bureau.organ)
    given.answered(bureau.people, row, TODAY)
    after = compiled(bureau.organ)
    moved = [
        c
        for c, f in after.figures.items()
        if f.counter == "requests.processed" and f.value != before.figures[c].value
    ]
    assert moved
    for code in moved:
        page = words(at_desk(compiler).get(f"/desk/reports/2026/figure?agency={bureau.organ.pk}&cell={code}"))
        assert row.number in page
    assert casework.find("case", pk=row.id).one().replied_on == TODAY.date()
