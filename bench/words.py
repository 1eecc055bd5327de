"""Wrong words: learned from one half of real sentences, looked for in the other, and the reverse (contract: speed).

Run: python -m bench words. A sentence counts as found when a wrong character of it is marked.
"""

from __future__ import annotations

import time
from pathlib import Path

from bench.table import line, peak
from mingtang.disclosure.checks.spelling import Known

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
Pairs = list[tuple[str, str]]


def pairs(path: Path) -> Pairs:
    """(as written, right) of each line: number, wrong, right, parted by tabs."""
    rows = (row.split("\t") for row in path.read_text("utf-8").splitlines())
    return [(r[1], r[2]) for r in rows if len(r) >= 3]


def taught(learnt: Pairs) -> Known:
    known = Known()
    known.learn(right for _, right in learnt)
    known.learn_slips(learnt)
    return known


def judge(known: Known, asked: Pairs) -> tuple[float, float, float, float]:
    """Precision, recall and F1 by sentence, and the share of clean sentences with a false alarm."""
    found = missed = false = clean = alarms = 0
    for wrong, right in asked:
        marked = {at for at, _ in known.doubts(wrong)}
        if wrong == right:
            clean, alarms = clean + 1, alarms + bool(marked)
            continue
        true = {i for i, (a, b) in enumerate(zip(wrong, right, strict=False)) if a != b}
        hit = bool(marked & true)
        found, missed, false = found + hit, missed + (not hit), false + bool(marked - true)
    precision = found / max(1, found + false + alarms)
    recall = found / max(1, found + missed)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall), alarms / max(1, clean)


def main() -> None:
    """Both files, both ways."""
    for name in ("typo_odw.train", "typo_law.train"):
        if not (SHARED / name).exists():
            print(f"{name}: the shared data is absent, no figure")
            continue
        rows = pairs(SHARED / name)
        halves = rows[: len(rows) // 2], rows[len(rows) // 2 :]
        for learnt, asked, label in ((*halves, "A→B"), (*halves[::-1], "B→A")):
            known = taught(learnt)
            start = time.perf_counter()
            precision, recall, f1, alarms = judge(known, asked)
            spent = time.perf_counter() - start
            size = sum(len(w.encode()) for w, _ in asked) / 1e6
            line(f"{name} {label} precision", precision * 100, "%", 90, at_least=True)
            line(f"{name} {label} recall", recall * 100, "%", 30, at_least=True)
            line(f"{name} {label} false alarms, clean sentences", alarms * 100, "%", 2, at_least=False)
            print(f"{name} {label} F1 {f1:.3f}   {size / spent:.1f} MB/s")
    print(f"peak memory {peak():.0f} MB")


if __name__ == "__main__":
    main()
