"""The one place where the audit reaches the other rooms: readers and general checks of disclosure, forms of law."""

from __future__ import annotations

from typing import Literal

from mingtang.disclosure.api import Finding, Line, Place, Reading, Table, Unreadable, check, read
from mingtang.law.api import Cell, Form, Refused, RelationResult, Row, Section, form
from mingtang.law.api import Table as FormTable

Severity = Literal["error", "warning", "note"]

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
    "Section",
    "Severity",
    "Table",
    "Unreadable",
    "check",
    "form",
    "read",
]
