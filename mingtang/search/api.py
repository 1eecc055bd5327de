"""The door of search: an ``Index`` is put to and asked; no database, no clock, no framework.

``Index.put`` ``Index.remove`` ``Index.commit`` ``Index.rebuild`` ``Index.ask`` ``Index.suggest`` ``Index.stats``;
``highlight`` marks a text; ``same_number`` brings a document number to one spelling; ``evaluate`` measures the ranking.
"""

from mingtang.search.analysis import same_number
from mingtang.search.evaluating import Measured, evaluate
from mingtang.search.highlighting import highlight
from mingtang.search.index import FACETS, Index
from mingtang.search.types import Answer, Entry, Hit, Question, Stats

__all__ = [
    "FACETS",
    "Answer",
    "Entry",
    "Hit",
    "Index",
    "Measured",
    "Question",
    "Stats",
    "evaluate",
    "highlight",
    "same_number",
]
