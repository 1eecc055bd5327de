"""The door of the law: dates in, dates with reasons out. No clock, no database, no network.

Verbs: ``on`` ``calendar`` ``parse_notice`` ``parse_norms`` ``lint`` ``form`` ``form_in`` ``editions`` ``reference`` ``identity_digit`` ``read_yaml``.
"""

from mingtang.law.digits import BareNumbers
from mingtang.law.forms import (
    Cell,
    Column,
    Count,
    Form,
    Relation,
    RelationResult,
    Row,
    Section,
    Table,
    Term,
    editions,
    form,
    form_in,
)
from mingtang.law.linting import lint
from mingtang.law.notices import parse_notice
from mingtang.law.plain_yaml import Malformed, read_yaml
from mingtang.law.reading import given_norms as parse_norms
from mingtang.law.reference import reference
from mingtang.law.rules.clock import CHANNELS, STEPS
from mingtang.law.rules.remedies import ORGANS
from mingtang.law.rules.workdays import Calendar, calendar
from mingtang.law.standards.identity import identity_digit
from mingtang.law.statute import Law, on
from mingtang.law.types import (
    Day,
    Deadline,
    Fee,
    FeeLine,
    Norm,
    NormFile,
    Notice,
    Outcome,
    Reason,
    Refused,
    Remedies,
    Step,
)

__all__ = [
    "CHANNELS", "ORGANS", "STEPS", "BareNumbers", "Calendar", "Cell", "Column", "Count", "Day", "Deadline", "Fee", "FeeLine", "Form",
    "Law", "Malformed", "Norm", "NormFile", "Notice", "Outcome", "Reason", "Refused", "Relation", "RelationResult",
    "Remedies", "Row", "Section", "Step", "Table", "Term", "calendar", "editions", "form", "form_in", "identity_digit", "lint", "on", "parse_norms",
    "parse_notice", "read_yaml", "reference",
]  # fmt: skip
