"""The list of checks: each has a code of the contract, a basis, a sample it finds and one it passes."""

from __future__ import annotations

import pytest

from mingtang.disclosure.checks import grids
from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.run import CHECKS, check
from mingtang.disclosure.checks.types import Check, Reading, Unreadable

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
