"""How good the ranking is, on a city's own documents and questions: each question has one document that answers it."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingtang.search.index import Index
from mingtang.search.types import Entry, Question

# The beginning of a text that has no title: its first line, or what stands before the first gap or full stop.
_HEAD = re.compile(r"\s*([^\s。！？]{4,60}?)(?=[\s。！？]|$)")
_DEEP = 10


@dataclass(frozen=True)
class Measured:
    """Mean reciprocal rank among the first ten, shares of questions answered at 1 and among 10, and milliseconds each."""

    mrr: float
    recall_1: float
    recall_10: float
    milliseconds: float
    questions: int
    documents: int


def _entry(document: Mapping[str, Any]) -> Entry:
    text = str(document.get("text") or "")
    head = _HEAD.match(text)
    if title := str(document.get("title") or ""):
        return Entry(str(document["docid"]), title, text)
    title = head[1] if head else text[:30]
    return Entry(str(document["docid"]), title, text[head.end() if head else len(title) :])


def evaluate(documents: Iterable[Mapping[str, Any]], questions: Iterable[Mapping[str, Any]]) -> Measured:
    """Ask every question of a temporary index of these documents, with the product's own analysis and ranking.

    Documents: ``docid``, ``text`` and perhaps ``title``; questions: ``question``, ``docid``. Raises KeyError when a
    field is absent, ValueError when there is no question. MRR@10: Voorhees, TREC-8 (1999).
    """
    with tempfile.TemporaryDirectory(prefix="mingtang-search-") as folder:
        index = Index(Path(folder))
        count = index.rebuild(_entry(d) for d in documents)
        asked = [(str(q["question"]), str(q["docid"])) for q in questions]
        if not asked:
            raise ValueError("no question")
        ranks, began = [], time.perf_counter()
        for words, right in asked:
            keys = [h.key for h in index.ask(Question(words, many=_DEEP)).hits]
            ranks.append(keys.index(right) + 1 if right in keys else 0)
        spent = time.perf_counter() - began
    of = len(ranks)
    return Measured(
        sum(1 / r for r in ranks if r) / of,
        sum(r == 1 for r in ranks) / of,
        sum(r > 0 for r in ranks) / of,
        1000 * spent / of,
        of,
        count,
    )
