"""How fast the checks judge text, and how fast and small a PDF is read. One core; run: python bench/checks_throughput.py

Text: our own mini-report repeated with changing figures (2 MB), and, where the shared data stands beside the
checkout, the statutes and reports there.
"""

from __future__ import annotations

import gzip
import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.run import ALL_RUNS, CHECKS, check, check_line
from mingtang.disclosure.checks.types import Reading

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
PARAGRAPH = (
    "　　（{n}）{y}年，全市各级行政机关受理政府信息公开申请{a}件，市本级受理申请{b}件，县（市）区受理申请{c}件。其中，当面申请{b}件，"
    "占{p}%；信函申请{c}件，占{q}%。按照《示例市人民政府办公室关于做好公开工作的通知》（示政办发〔2017〕{n}号）要求，"
    "一是健全机制；二是加强培训；三是强化监督，切实提高公开质量，联系电话0416-12345{n:02d}。\n"
)
GOAL = 2.0


def own_text(size: int = 2_000_000) -> bytes:
    """A report of our own making, its figures changing and right."""
    out, length, n = [], 0, 0
    while length < size:
        n += 1
        b, c = 50 + n % 37, 30 + n % 23
        text = PARAGRAPH.format(
            n=n % 100,
            y=2017,
            a=b + c,
            b=b,
            c=c,
            p=round(b * 100 / (b + c) + 1e-9, 1),
            q=round(c * 100 / (b + c) + 1e-9, 1),
        )
        out.append(text.encode())
        length += len(out[-1])
    return b"".join(out)


def texts() -> Iterator[tuple[str, list[bytes]]]:
    """Name and documents of each corpus at hand."""
    yield "own report, 2 MB", [own_text()]
    statutes = SHARED / "laws_national.jsonl.gz"
    if statutes.exists():
        with gzip.open(statutes, "rt") as lines:
            yield "statutes", [json.loads(line)["text"].encode() for line in lines if '"text"' in line]
    policies = SHARED / "policy_docs_599.jsonl"
    if policies.exists():
        yield (
            "policy papers",
            [json.loads(line)["text"].encode() for line in policies.read_text("utf-8").splitlines()],
        )


def throughput(name: str, documents: list[bytes]) -> None:
    """Read and check; print MB/s of UTF-8 text."""
    readings = [r for d in documents if d and isinstance(r := read(d, name), Reading)]
    size = sum(map(len, documents))
    start = time.perf_counter()
    findings = sum(len(check(r)) for r in readings)
    spent = time.perf_counter() - start
    rate = size / 1e6 / spent
    print(
        f"{name:<22}{size / 1e6:7.1f} MB{spent:8.2f} s{rate:8.2f} MB/s   ratio to goal {rate / GOAL:5.2f}   findings {findings}"
    )


def by_line(text: str) -> None:
    """Lines judged one by one, as `check --lines` does."""
    lines = text.splitlines()
    start = time.perf_counter()
    for line in lines:
        check_line(line)
    spent = time.perf_counter() - start
    print(
        f"{'line by line':<22}{len(text.encode()) / 1e6:7.1f} MB{spent:8.2f} s{len(text.encode()) / 1e6 / spent:8.2f} MB/s   {len(lines) / spent:,.0f} lines/s"
    )


def dearest(document: bytes) -> None:
    """Which checks cost most, in seconds on the own report."""
    reading = read(document, "x")
    assert isinstance(reading, Reading)
    costs = []
    for run in ALL_RUNS:
        start = time.perf_counter()
        list(run(reading))
        costs.append((time.perf_counter() - start, run.__name__))
    print("dearest: " + ", ".join(f"{name} {spent:.3f} s" for spent, name in sorted(costs, reverse=True)[:6]))


def pdf() -> None:
    """A real PDF read, where there is one."""
    path = SHARED / "annual" / "szfgs2024.pdf"
    if path.exists():
        start = time.perf_counter()
        reading = read(path)
        spent = time.perf_counter() - start
        assert isinstance(reading, Reading)
        pages = max(line.page or 0 for line in reading.lines)
        print(
            f"{'PDF':<22}{pages:4d} pages{spent:9.2f} s   30 pages would take {spent / pages * 30:.2f} s (goal 3 s)"
        )


def main() -> None:
    """All figures."""
    print(f"{len(CHECKS)} checks, goal {GOAL} MB/s on one core")
    for name, documents in texts():
        throughput(name, documents)
    text = own_text()
    by_line(text.decode())
    dearest(text)
    pdf()
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
