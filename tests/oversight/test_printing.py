"""A report on paper: every format has its sections and is read back."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from mingtang.oversight import api as oversight
from mingtang.oversight.reports.drawing import page_data
from tests import given
from tests.oversight.reporting import cases, compiled, say, take_over

pytestmark = pytest.mark.django_db


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


def test_the_page_gives_the_moment_of_its_count_in_the_time_of_the_city(city):
    root, *_ = city
    at = datetime(2026, 1, 19, 17, 30, tzinfo=UTC)
    oversight.recount(2025, at)
    made = given.done(oversight.compile_report(root, 2025, at))
    assert page_data(made)["report"]["compiled_at"] == "2026-01-20 01:30"


def test_the_exported_report_is_read_back_by_the_audit_without_a_fault(city):
    root, bureau, county = city
    take_over(root, "case", cases([bureau, county], 2025, "back", 30))
    made = compiled(root, 2025)
    found = oversight.audit(disclosure.read(oversight.render(made, "html"), "年报.html"))
    assert [f.message for f in found if f.severity == "error"] == []
    # What the report leaves unstated is read as that, and nothing else is unread.
    assert all("写着“未列明”" in f.message for f in found if f.code == "table.unread")


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠"])
def test_what_people_typed_is_no_formula_in_a_spreadsheet(mark):
    assert disclosure.Cells.harmless(f"{mark}1+1") == f"'{mark}1+1"


def test_figures_stay_numbers_in_a_spreadsheet():
    assert [disclosure.Cells.harmless(v) for v in (-3, Decimal("-0.5"), None, "市住建局-1")] == [
        -3, Decimal("-0.5"), "", "市住建局-1",
    ]  # fmt: skip


def test_no_cell_of_an_exported_report_is_a_formula(city):
    import openpyxl

    root, *_ = city
    office = given.person(root, "office")
    given.done(say(root, office, 5, '=HYPERLINK("http://example.invalid")'))
    book = openpyxl.load_workbook(BytesIO(oversight.render(compiled(root, 2025), "xlsx")))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert [c.value for c in cells if c.data_type == "f"] == []
    assert any(str(c.value).startswith("'=HYPERLINK") for c in cells)


def test_the_heads_of_table_three_are_merged_on_the_page_as_on_the_official_form(city):
    root, *_ = city
    tables = {t["code"]: t for s in page_data(compiled(root, 2025))["sections"] for t in s["tables"]}
    (three,) = [t for t in tables.values() if len(t["rows"]) > 20]
    top, middle, below = three["head_rows"]
    assert [(h["title"], h["rows"], h["cols"]) for h in top] == [
        (top[0]["title"], 3, 3),
        ("申请人情况", 1, 7),
    ]
    assert [(h["title"], h["rows"], h["cols"]) for h in middle] == [
        ("自然人", 2, 1), ("法人或其他组织", 1, 5), ("总计", 2, 1),
    ]  # fmt: skip
    assert [h["title"] for h in below] == ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
    begun = {h["title"]: h["rows"] for r in three["rows"] for h in r["leads"]}
    # （三）不予公开 has eight reasons, （四）无法提供 three, （五）不予处理 five (国办公开办函〔2021〕30号).
    assert (begun["（三）不予公开"], begun["（四）无法提供"], begun["（五）不予处理"]) == (8, 3, 5)


def test_the_heads_of_table_three_are_merged_in_word_and_excel_as_on_the_official_form(city):
    import docx
    import openpyxl

    made = compiled(city[0], 2025)
    book = openpyxl.load_workbook(BytesIO(oversight.render(made, "xlsx")))
    (sheet,) = [s for s in book if s.max_row > 20 and s.title != "来源"]
    # A1 holds the caption; the header takes rows 2 to 4, the heads of the rows columns A to C.
    assert {str(r) for r in sheet.merged_cells.ranges} >= {"A2:C4", "D2:J2", "D3:D4", "E3:I3", "J3:J4"}
    assert (sheet["D2"].value, sheet["E3"].value) == ("申请人情况", "法人或其他组织")
    assert [sheet.cell(4, x).value for x in range(5, 10)] == [
        "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他",
    ]  # fmt: skip
    assert sheet.freeze_panes == "D5"
    tables = docx.Document(BytesIO(oversight.render(made, "docx"))).tables
    (three,) = [t for t in tables if len(t.rows) > 20]
    middle = three.rows[1].cells
    assert len({id(c._tc) for c in middle[4:9]}) == 1, "法人或其他组织 spans its five columns"
    assert (three.cell(0, 9).text, middle[4].text) == ("申请人情况", "法人或其他组织")
    assert three.cell(0, 0)._tc is three.cell(2, 2)._tc, "the corner spans three rows and three columns"


def test_the_heads_of_table_four_stand_in_three_levels_as_on_the_official_form(city):
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(oversight.render(compiled(city[0], 2025), "xlsx")))
    (sheet,) = [s for s in book if s.title != "来源" and s.max_column == 16]
    merged = {str(r) for r in sheet.merged_cells.ranges}
    assert merged >= {"B2:F2", "G2:P2", "G3:K3", "L3:P3", "A2:A4", "B3:B4", "F3:F4"}
    assert [sheet[c].value for c in ("B2", "G2", "G3", "L3")] == [
        "行政复议",
        "行政诉讼",
        "未经复议直接起诉",
        "复议后起诉",
    ]
    assert [sheet.cell(4, x).value for x in range(7, 12)] == [sheet.cell(4, x).value for x in range(12, 17)]


def test_every_cell_of_a_merged_table_has_a_place_of_its_own(city):
    import openpyxl

    made = compiled(city[0], 2025)
    (sheet,) = [s for s in openpyxl.load_workbook(BytesIO(oversight.render(made, "xlsx"))) if s.max_row > 20 and s.title != "来源"]  # fmt: skip
    three = next(t for s in page_data(made)["sections"] for t in s["tables"] if t["code"] == sheet.title)
    told = [[sheet.cell(y, x).value for x in range(4, 11)] for y in range(5, sheet.max_row + 1)]
    shown = [
        [c and (c["shown"] if c["value"] is None else c["value"]) for c in r["cells"]] for r in three["rows"]
    ]
    assert [[str(v) for v in line] for line in told] == [[str(v) for v in line] for line in shown]
