"""The ranking on real questions, where the real data lies beside the checkout. The bench asks them of the larger pool."""

from __future__ import annotations

import json

import pytest

from mingtang.search.api import evaluate

pytestmark = pytest.mark.shared


def test_real_questions_find_their_documents(shared_data):
    def lines(name):
        return [json.loads(line) for line in (shared_data / name).read_text("utf-8").splitlines()]

    found = evaluate(lines("policy_docs_599.jsonl"), lines("policy_queries_200_dev.jsonl"))
    assert found.mrr >= 0.89
    assert found.recall_10 >= 0.97
