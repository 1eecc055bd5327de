"""All checks over one reading, or over one line. ``CHECKS`` is the list the program can print."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from itertools import islice

from mingtang.disclosure.checks import (
    apart,
    balance,
    bare_shares,
    changes,
    characters,
    contents,
    disputes,
    figures,
    grids,
    growth,
    links,
    marks,
    numbers_of_papers,
    numbers_written,
    organs,
    outline,
    percentages,
    personal,
    places,
    respective,
    spam,
    sums,
    wording,
)
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading

MODULES = (
    sums,
    apart,
    balance,
    disputes,
    percentages,
    bare_shares,
    respective,
    growth,
    changes,
    grids,
    wording,
    personal,
    organs,
    numbers_of_papers,
    numbers_written,
    places,
    spam,
    characters,
    outline,
    contents,
    links,
    marks,
)
CHECKS: tuple[Check, ...] = tuple(check for module in MODULES for check in module.CHECKS)
# A line by itself has no paragraph end, no outline and no page around it.
NOT_ON_A_LINE = frozenset(
    {"text.full_stop", "text.half_width", "text.numbering", "text.contents", "text.empty_section"}
)
MOST = 2_000
ORDER = {"error": 0, "warning": 1, "note": 2}

Run = Callable[[Reading], Iterable[Finding]]


def check(
    reading: Reading, only: Collection[str] | None = None, *, by_line: bool = False
) -> tuple[Finding, ...]:
    """Findings of all checks on a reading and everything inside it, by line; ``only``: codes or topics (``pii``).

    ``by_line`` judges each line by itself, as if it stood alone.
    """
    if by_line:
        return tuple(f for line in reading.lines for f in check_line(line.text, only, line.no))
    found: list[Finding] = []
    runs = runs_for(only)
    for part in reading.walk():
        label = "" if part is reading else part.name
        ours = [f for f in _checked(part, runs) if wanted(f.code, only)]
        found.extend(replace(f, place=replace(f.place, part=label)) for f in ours) if label else found.extend(
            ours
        )
    return tuple(found)


def check_line(text: str, only: Collection[str] | None = None, no: int = 1) -> tuple[Finding, ...]:
    """Findings on one line by itself (sentence, table row); ``no`` is the number its findings carry."""
    reading = Reading("", "text/plain", (Line(no, text),))
    runs = runs_for(only, LINE_RUNS)
    return tuple(f for f in _checked(reading, runs) if f.code not in NOT_ON_A_LINE and wanted(f.code, only))


def wanted(code: str, only: Collection[str] | None) -> bool:
    """Is a code among those asked for, by itself or by its topic?"""
    return only is None or code in only or code.partition(".")[0] in only


def _distinct(checks: Iterable[Check]) -> tuple[Run, ...]:
    """Checks that share a function run it once."""
    return tuple(dict.fromkeys(c.run for c in checks))


ALL_RUNS = _distinct(CHECKS)
LINE_RUNS = _distinct(
    c for c in CHECKS if c.code not in NOT_ON_A_LINE and not c.code.startswith(("link.", "table."))
)


def runs_for(only: Collection[str] | None, among: tuple[Run, ...] = ALL_RUNS) -> tuple[Run, ...]:
    """The functions that can give the codes asked for."""
    if only is None:
        return among
    return tuple(run for run in among if any(c.run is run and wanted(c.code, only) for c in CHECKS))


def _checked(reading: Reading, runs: tuple[Run, ...]) -> list[Finding]:
    found: dict[object, Finding] = {}
    try:
        for run in runs:
            for item in islice(run(reading), MOST):
                fault = _same_fault(item)
                if fault not in found or ORDER[item.severity] < ORDER[found[fault].severity]:
                    found[fault] = item
    finally:
        figures.forget()
    return sorted(
        found.values(), key=lambda f: (f.place.line or 0, f.place.span or (0, 0), ORDER[f.severity], f.code)
    )


def _same_fault(item: Finding) -> object:
    """Two rules may see one false sum: the same figures on the same line are one fault; the graver word stands."""
    if item.code.startswith("sum."):
        return item.place.line, frozenset(item.figures)
    return item.code, item.place, item.figures
