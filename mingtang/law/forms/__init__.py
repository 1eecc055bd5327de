"""The statutory forms as data: cells, arithmetic relations, wording, and from which year each edition holds.

One YAML file an edition, in a folder named after the form. ``form(name, year)`` is the way in; ``form_in(path, year)``
reads an edition that somebody kept as it stood.
"""

from mingtang.law.forms.loading import editions, form
from mingtang.law.forms.loading import load as form_in
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
    "Relation",
    "RelationResult",
    "Row",
    "Section",
    "Table",
    "Term",
    "editions",
    "form",
    "form_in",
]
