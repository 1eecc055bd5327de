"""The list of checks: each has a code of the contract, a basis, a sample it finds and one it passes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mingtang.disclosure.checks import figures, grids
from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.run import CHECKS, _checked, check
from mingtang.disclosure.checks.types import Check, Finding, Place, Reading, Severity, Unreadable

TOPICS = {"word", "pii", "organ", "sum", "share", "table", "chain", "text", "link", "meta"}
# Their fault lies in the file, not in a text: test_marks shows them.
OF_FILES = {"meta.unread", "meta.reading"}


def sample(check_: Check, text: str) -> Reading:
    if check_.code.startswith("table."):
        return grids.tables_in_text(text)
    reading = read(text.encode(), "样例")
    assert not isinstance(reading, Unreadable)
    return reading


@pytest.mark.parametrize("rule", CHECKS, ids=lambda c: c.code)
def test_every_check_declares_its_topic_title_and_basis(rule: Check) -> None:
    assert rule.code.partition(".")[0] in TOPICS
    assert rule.title
    assert "《" in rule.basis or "规则" in rule.basis


def test_no_code_is_declared_twice() -> None:
    codes = [c.code for c in CHECKS]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("rule", [c for c in CHECKS if c.code not in OF_FILES], ids=lambda c: c.code)
def test_every_check_finds_its_bad_sample_with_its_severity(rule: Check) -> None:
    found = [f for f in check(sample(rule, rule.bad), only={rule.code}) if f.code == rule.code]
    assert {f.severity for f in found} == {rule.severity}
    assert all(f.message for f in found)


@pytest.mark.parametrize("rule", [c for c in CHECKS if c.code not in OF_FILES], ids=lambda c: c.code)
def test_every_check_passes_its_good_sample(rule: Check) -> None:
    assert check(sample(rule, rule.good), only={rule.code}) == ()


def test_every_code_a_check_gives_is_declared() -> None:
    declared = {c.code for c in CHECKS}
    given = {f.code for c in CHECKS if c.bad for f in check(sample(c, c.bad))}
    assert given <= declared


@pytest.mark.parametrize("rule", CHECKS, ids=lambda c: c.code)
def test_a_check_gives_no_code_that_is_declared_for_another(rule: Check) -> None:
    declared = {c.code for c in CHECKS if c.run is rule.run}
    texts = [c.bad for c in CHECKS if c.bad] + ["全年收到申请47件，比上年的39件增加8件，增长21.5%。"]
    assert {f.code for text in texts for f in rule.run(sample(rule, text))} <= declared


def test_a_rate_behind_a_difference_is_found_when_only_rates_are_asked_for() -> None:
    reading = sample(CHECKS[0], "全年收到申请47件，比上年的39件增加8件，增长21.5%。")  # 8/39 = 20.5
    assert [f.code for f in check(reading, only={"share.growth"})] == ["share.growth"]


def _says(code: str, severity: Severity) -> Callable[[Reading], list[Finding]]:
    return lambda reading: [Finding(code, severity, Place(None, 1, (0, 1), "1"), "不符", ("1件", "2件"))]


@pytest.mark.parametrize("order", [("error", "warning"), ("warning", "error")])
def test_of_two_words_on_one_sum_the_graver_stands(order: tuple[Severity, Severity]) -> None:
    runs = tuple(_says(f"sum.{n}", severity) for n, severity in enumerate(order))
    assert [f.severity for f in _checked(sample(CHECKS[0], "1件和2件"), runs)] == ["error"]


def test_a_check_that_breaks_leaves_no_text_behind_in_memory() -> None:
    def breaks(reading: Reading) -> list[Finding]:
        assert figures.figured(reading)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _checked(sample(CHECKS[0], "收到3件。"), (breaks,))
    assert figures._last.reading is None
