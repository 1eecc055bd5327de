"""The statutory forms as data: cells, arithmetic relations, wording, and from which year each edition holds.

One YAML file an edition, in a folder named after the form. ``form(name, year)`` is the way in.
"""

from mingtang.law.forms.loading import FormError, editions, form
from mingtang.law.forms.types import (
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
)

__all__ = [
    "Cell",
    "Column",
    "Count",
    "Form",
    "FormError",
    "Relation",
    "RelationResult",
    "Row",
    "Section",
    "Table",
    "Term",
    "editions",
    "form",
]
