"""The law cases in YAML, by article, before, at and after each change. Expected values come from the statute or by hand."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from mingtang.law.api import Deadline, Fee, Norm, Refused, Remedies, Step, lint, on

CASES = Path(__file__).parent / "cases"


def rows(kind):
    return [
        pytest.param(row, id=f"{path.stem}-{kind}-{i}")
        for path in sorted(CASES.glob("*.yaml"))
        for i, row in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")).get(kind, []))
    ]


def steps_of(row):
    return [Step(name, day) for name, day in row.get("steps", {}).items()]


@pytest.mark.parametrize("row", rows("norms"))
def test_a_norm_has_the_value_of_its_day(row):
    for day in row["days"]:
        norm = on(day).norm(row["norm"])
        if row.get("refused"):
            assert isinstance(norm, Refused)
            continue
        assert isinstance(norm, Norm)
        assert norm.value == row["value"]
        assert str(row["article"]) in norm.article
        assert norm.since <= day
        assert norm.tag == row.get("tag", norm.tag)


@pytest.mark.parametrize("row", rows("deadlines"))
def test_a_deadline_falls_on_the_day_worked_out_by_hand(row):
    answer = on(row["received"]).deadline(row["received"], row["channel"], steps_of(row), row.get("today"))
    assert isinstance(answer, Deadline), answer
    assert answer.due_on == row["due"]
    assert answer.firm is row.get("firm", True)
    assert answer.state == row.get("state", "running")
    assert answer.provisional is row.get("provisional", False)
    assert answer.regime == row.get("regime", "REG2007" if row["received"] < date(2019, 5, 15) else "REG2019")
    assert all(reason.text.endswith("。") and reason.basis for reason in answer.because)


@pytest.mark.parametrize("row", rows("refusals"))
def test_a_step_the_law_does_not_open_is_refused_with_what_to_do(row):
    law = on(row["received"])
    answer = law if isinstance(law, Refused) else law.deadline(row["received"], row["channel"], steps_of(row))
    assert isinstance(answer, Refused)
    assert answer.why
    assert answer.basis
    assert answer.instead


@pytest.mark.parametrize("row", rows("fees"))
def test_a_fee_is_the_sum_of_its_bands(row):
    for quantity, amount in row["amounts"].items():
        fee = on(row["day"]).fee(row["method"], quantity)
        assert isinstance(fee, Fee)
        assert fee.amount == Decimal(amount)
        assert sum(line.amount for line in fee.lines) == Decimal(amount)
        assert sum(line.quantity for line in fee.lines) == quantity


@pytest.mark.parametrize("row", rows("remedies"))
def test_remedies_follow_the_day_of_the_decision(row):
    found = on(row["decided"]).remedies(row["decided"], row["outcome"], row["organ"])
    assert isinstance(found, Remedies)
    assert found.review_first is row["first"]
    assert list(found.where) == row["where"]
    assert found.review_days == row["review"]
    assert found.suit_months == row["suit"]
    assert found.text.endswith("。")
    assert ("应当先" in found.text) is row["first"]


def test_every_norm_is_cited_ordered_typed_and_has_a_case():
    assert lint(CASES) == []


def test_a_norm_without_a_case_is_named(tmp_path):
    (tmp_path / "one.yaml").write_text("norms: [{norm: reply_days}]", encoding="utf-8")
    problems = lint(tmp_path)
    assert any("extension_days" in problem for problem in problems)
    assert not any("/reply_days" in problem for problem in problems)
