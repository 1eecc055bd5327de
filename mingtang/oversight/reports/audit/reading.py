"""The one place where the audit reaches the other rooms: readers and general checks of disclosure, forms of law."""

from __future__ import annotations

from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.run import check
from mingtang.disclosure.checks.types import Finding, Line, Place, Reading, Severity, Table, Unreadable
from mingtang.law.forms import Cell, Form, RelationResult, Row, form
from mingtang.law.forms import Table as FormTable
from mingtang.law.types import Refused

__all__ = [
    "Cell",
    "Finding",
    "Form",
    "FormTable",
    "Line",
    "Place",
    "Reading",
    "Refused",
    "RelationResult",
    "Row",
    "Severity",
    "Table",
    "Unreadable",
    "form",
    "general",
    "read",
]


def general(reading: Reading) -> tuple[Finding, ...]:
    """The general checks of disclosure over one reading."""
    return tuple(check(reading))
