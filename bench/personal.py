"""Personal data: numbers planted in 200 files of every type, and alarms on real reports and statutes.

Run: python -m bench personal. A planted file counts as found when its identity number is an error.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

from bench.table import line, peak
from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.run import check
from mingtang.disclosure.checks.types import Reading
from tests.disclosure.checks.test_two_hundred_files import COUNT, alarms, planted

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
_STATUTES = 500


def share(readings: Iterable[object]) -> float:
    """Percent of what could be read that raises an alarm (error or warning)."""
    able = [r for r in readings if isinstance(r, Reading)]
    bad = [r for r in able if any(f.severity != "note" for f in check(r, {"pii"}))]
    return 100 * len(bad) / max(1, len(able))


def main() -> None:
    """What is found of what was planted, then what is found where nothing is."""
    found = sum("error" in alarms(name, data) for name, data, _number in map(planted, range(COUNT)))
    line(f"{COUNT} planted files, found", 100 * found / COUNT, "%", 100, at_least=True)
    if not SHARED.exists():
        print("real texts: not on this machine")
        return
    reports = [p for p in sorted((SHARED / "annual").iterdir()) if p.is_file()]
    line(f"{len(reports)} annual reports, alarms", share(map(read, reports)), "%", 1, at_least=False)
    with gzip.open(SHARED / "laws_national.jsonl.gz", "rt", encoding="utf-8") as rows:
        texts = [json.loads(row)["text"] for _n, row in zip(range(_STATUTES), rows, strict=False)]
    statutes = (read(text.encode(), "statute.txt") for text in texts if text)
    line(f"{_STATUTES} statutes, alarms", share(statutes), "%", 1, at_least=False)
    print(f"peak memory {peak():.0f} MB")


if __name__ == "__main__":
    main()
