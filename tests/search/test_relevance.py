"""The ranking on real questions, where the real data lies beside the checkout: the goal of the issue."""

from __future__ import annotations

import gzip
import json

import pytest

from mingtang.search.api import evaluate

pytestmark = pytest.mark.shared


def test_real_questions_find_their_documents(shared_data):
    def lines(name):
        return [json.loads(line) for line in (shared_data / name).read_text("utf-8").splitlines()]

    documents = lines("policy_docs_599.jsonl")
    with gzip.open(shared_data / "laws_national.jsonl.gz", "rt", encoding="utf-8") as laws:
        documents += [{**json.loads(line), "docid": f"law {n}"} for n, line in enumerate(laws)]
    found = evaluate(documents, lines("policy_queries_200_dev.jsonl"))
    assert found.mrr >= 0.90
    assert found.recall_10 >= 0.97
