"""On real reports and papers beside the checkout: every known fault, and no alarm where all is well."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.run import check
from mingtang.disclosure.checks.types import Finding, Reading

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.exists(), reason="the shared data does not stand beside this checkout"),
]


def findings(name: str) -> tuple[Finding, ...]:
    reading = read(DATA / "annual" / name)
    assert isinstance(reading, Reading)
    return check(reading)


def test_the_hijacked_report_has_exactly_the_faults_and_severities_of_the_contract() -> None:
    found = findings("jinzhou_2017.txt")
    assert {f.code for f in found if f.severity == "error"} == {
        "organ.impostor",
        "organ.host",
        "organ.mail",
        "share.sum",  # C11
        "share.infeasible",  # C12
        "sum.unexplained",  # C17
    }
    # C7, C9, C10, the damaged date, the unopened quote, list and heading that differ
    assert sorted(f.code for f in found if f.severity == "warning") == [
        "share.precision",
        "share.total",
        "share.truncated",
        "text.contents",
        "text.damaged",
        "text.unpaired",
    ]


def test_a_report_that_adds_up_has_no_error_and_no_warning() -> None:
    assert [f for f in findings("szfgs2024.pdf") if f.severity != "note"] == []


@pytest.mark.parametrize(
    "name", ["pingtan_2022.txt", "pingtan_2024.txt", "pingtan_guide.txt", "template_2021format.docx"]
)
def test_real_prose_that_adds_up_has_no_error(name: str) -> None:
    assert [f for f in findings(name) if f.severity == "error"] == []


def test_five_hundred_statutes_raise_almost_no_alarm_of_figures_organs_or_persons() -> None:
    with gzip.open(DATA / "laws_national.jsonl.gz", "rt") as lines:
        texts = [json.loads(line)["text"] for line in lines][:500]
    readings = [r for t in texts if t and isinstance(r := read(t.encode(), "x"), Reading)]
    alarmed = [
        r for r in readings if check(r, {"pii", "sum", "share", "organ", "word.forbidden", "word.repeated"})
    ]
    assert len(readings) > 400
    assert len(alarmed) * 100 < len(readings)
