"""Search: the ranking on real questions, the build of a large index, and how long it takes to be asked.

Run: python -m bench search. MINGTANG_BENCH_DOCUMENTS: how many documents of about 600 characters (default 100,000; the
goals are meant for 1,000,000). They are put together from real sentences beside the checkout.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from bench.table import line, peak
from mingtang.search.api import Entry, Index, Question, evaluate

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
MANY = int(os.environ.get("MINGTANG_BENCH_DOCUMENTS", "100000"))
COMMON = (
    "规定",
    "国务院",
    "人民政府",
    "管理",
    "社会保险",
    "企业",
    "公共卫生",
    "行政处罚",
    "环境保护",
    "安全生产",
    "教育",
    "信息公开",
)
MIXED = (
    "企业 税收",
    "行政处罚 听证",
    "住房公积金 提取",
    "安全生产 责任",
    "如何申请政府信息公开行政复议？",
    "负压救护车",
    "示政发〔2020〕15号",
)
FACETS = ("organ", "theme", "kind", "year", "validity")


def read(name: str) -> list[dict]:
    opener = gzip.open if name.endswith(".gz") else open
    with opener(SHARED / name, "rt", encoding="utf-8") as file:
        return [json.loads(row) for row in file]


def entries(sentences: list[str], many: int) -> Iterator[Entry]:
    chosen = random.Random(20261126)
    for n in range(many):
        text = ""
        while len(text) < 600:
            text += chosen.choice(sentences) + "。"
        year = 2000 + n % 27
        yield Entry(
            f"d{n}", chosen.choice(sentences)[:40], text[:620], f"示政发〔{year}〕{n % 200}号" if n % 5 == 0 else "",
            facets={"organ": f"o{n % 60}", "theme": f"t{n % 21}", "kind": f"k{n % 9}", "year": str(year), "validity": "valid" if n % 7 else "repealed"},
            day=date(year, 1, 1) + timedelta(n % 360), standing=1.0 if n % 7 else 0.0,
        )  # fmt: skip


def asked(index: Index, what: tuple[str, ...], **more) -> tuple[float, float]:
    """Median and 99th percentile in milliseconds, each question five times in mixed order."""
    spent = []
    for words in random.Random(1).sample(what * 5, len(what) * 5):
        began = time.perf_counter()
        index.ask(Question(words, **more))
        spent.append(1000 * (time.perf_counter() - began))
    spent.sort()
    return spent[len(spent) // 2], spent[min(len(spent) - 1, int(len(spent) * 0.99))]


def relevance(policies: list[dict], laws: list[dict]) -> None:
    documents = policies + [{**law, "docid": f"law {n}"} for n, law in enumerate(laws)]
    found = evaluate(documents, read("policy_queries_200_dev.jsonl"))
    line(f"relevance, {found.documents:,} documents: MRR@10 x 100", 100 * found.mrr, "", 90, at_least=True)
    line("  recall@10 x 100", 100 * found.recall_10, "", 97, at_least=True)
    line("  each question", found.milliseconds, "ms", 5, at_least=False)


def speed(sentences: list[str], folder: Path) -> None:
    index, began = Index(folder), time.perf_counter()
    index.rebuild(entries(sentences, MANY))
    built = time.perf_counter() - began
    began = time.perf_counter()
    sample = sum(1 for _ in entries(sentences, min(MANY, 20_000)))
    making = (time.perf_counter() - began) * MANY / sample
    line(
        f"index of {MANY:,} documents, words and pairs",
        MANY / (built - making),
        "docs/s",
        4000,
        at_least=True,
    )
    line("  peak memory", peak(), "MB", 2000, at_least=False)
    print(f"  {index.stats().bytes / 1e6:,.0f} MB on disk")
    for name, what in (("common words", COMMON), ("several words, questions, numbers", MIXED)):
        median, last = asked(index, what)
        line(f"{name}: 10 hits and count, median", median, "ms", 5, at_least=False)
        line("  p99", last, "ms", 40, at_least=False)
        _, last = asked(index, what, counted=FACETS, since=date(2010, 1, 1), until=date(2020, 12, 31))
        line("  with facets and days, p99", last, "ms", 80, at_least=False)
    passages(index, sentences)
    began = time.perf_counter()
    index.put([Entry("new", "新发布的文件", "刚刚公开。", day=date(2026, 11, 26))])
    index.commit()
    line("one document put and committed", 1000 * (time.perf_counter() - began), "ms", 1000, at_least=False)


def passages(index: Index, sentences: list[str]) -> None:
    """Passages cut anywhere from documents; every one must find its document among those that have it."""
    chosen, found, of = random.Random(2), 0, 0
    for n, entry in enumerate(entries(sentences, 2000)):
        if n % 20:
            continue
        start, length = chosen.randrange(560), chosen.choice((2, 3, 4, 6, 8, 12))
        passage = re.sub(r"[\W_]+", " ", entry.text[start : start + length]).strip()
        if len(passage.replace(" ", "")) < 2 or " " in passage:
            continue
        of += 1
        only = {"organ": (str(entry.facets["organ"]),), "year": (str(entry.facets["year"]),)}
        answers = [
            index.ask(Question(f"“{passage}”", only, entry.day, entry.day, first=f, many=100))
            for f in range(0, 1000, 100)
        ]
        found += entry.key in {h.key for a in answers for h in a.hits}
    line(f"{of} quoted passages found x 100", 100 * found / of, "", 100, at_least=True)


def main() -> None:
    """Print the table; without the real data beside the checkout there is nothing to ask."""
    if not SHARED.is_dir():
        print("real data beside the checkout is absent: not measured")
        return
    laws, policies = read("laws_national.jsonl.gz"), read("policy_docs_599.jsonl")
    relevance(policies, laws)
    texts = (row["text"] for row in (*laws, *policies))
    sentences = [s for t in texts for s in re.split(r"[。\n]", t) if 12 < len(s) < 120]
    folder = Path(tempfile.mkdtemp(prefix="mingtang-bench-"))
    try:
        speed(sentences, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
