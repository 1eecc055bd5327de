"""Table 4 in the layouts offices print: one row under groups, one row of joined headings, three rows of five."""

import pytest

from mingtang.law.forms import form
from mingtang.oversight.reports.audit.grids import from_grids
from mingtang.oversight.reports.audit.reading import Reading, Table

KINDS = ("行政复议", "未经复议直接起诉", "复议后起诉")
RESULTS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
ROWS = (("1", "1", "0", "1", "3"), ("2", "0", "1", "0", "3"), ("0", "0", "0", "0", "0"))
FLAT = tuple(cell for row in ROWS for cell in row)
LAYOUTS = {
    "groups": (tuple(kind for kind in KINDS for _ in RESULTS), RESULTS * 3, FLAT),
    "joined": (tuple(f"{kind}-{result}" for kind in KINDS for result in RESULTS), FLAT),
    "stacked": (("类别", *RESULTS), *((kind, *row) for kind, row in zip(KINDS, ROWS, strict=True))),
    "stacked, two label columns": (
        ("类别", "类别", *RESULTS),
        ("行政复议", "行政复议", *ROWS[0]),
        ("行政诉讼", "未经复议直接起诉", *ROWS[1]),
        ("行政诉讼", "复议后起诉", *ROWS[2]),
    ),
}


def table_4(rows):
    found = from_grids(Reading("x", "text/html", (), (Table(rows, 1),)), form("annual_report", 2024))
    return [row.tokens for row in found.rows if row.table.code == "t4"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_table_4_is_read_in_every_layout(layout):
    assert table_4(LAYOUTS[layout]) == [FLAT]


def test_a_table_4_of_headings_only_is_there_and_empty():
    assert table_4(LAYOUTS["groups"][:2]) == [(None,) * 15]
