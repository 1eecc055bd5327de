"""The suite on SQLite and, side by side, all of it that reaches a database on PostgreSQL; both must pass the same tests.

Run as ``python -m tests.both [pytest arguments]``. PostgreSQL's lines go through as they come, SQLite's follow when
both have ended, so that pytest's closing line of the SQLite run is the last line of all.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.postgres import server

_COUNTED = re.compile(r"(\d+) (passed|skipped|deselected)")
_ROOT = Path(__file__).parents[1]


def _suite(database: str, which: str, home: Path, arguments: list[str], out: Any) -> subprocess.Popen[bytes]:
    """Start pytest against a database, in a home and with a cache of its own."""
    home.mkdir()
    environment = os.environ | {
        "MINGTANG_DATABASE": database or f"sqlite:///{home}/test.sqlite3",
        "MINGTANG_HOME": str(home),
        "MINGTANG_TESTS": which,
        "HYPOTHESIS_STORAGE_DIRECTORY": str(home / "hypothesis"),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-o", f"cache_dir={home}/cache", *arguments]
    return subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT, cwd=_ROOT)


def _counted(text: str) -> int:
    """How many tests pytest's closing line accounts for: passed, skipped, or left to the other run."""
    closing = next((line for line in reversed(text.splitlines()) if " passed" in line), "")
    return sum(int(n) for n, _word in _COUNTED.findall(closing))


def main() -> int:
    """Both at once; exit status of the one that failed, 1 when the numbers of tests differ."""
    arguments = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="mingtang-both-") as folder, server() as address:
        kept = Path(folder, "sqlite.txt")
        print("== PostgreSQL (SQLite runs beside it)", flush=True)
        with kept.open("wb") as file:
            on_sqlite = _suite("", "all", Path(folder, "sqlite"), arguments, file)
            on_postgres = _suite(address, "database", Path(folder, "postgres"), arguments, subprocess.PIPE)
            try:
                assert on_postgres.stdout is not None
                lines = []
                for line in on_postgres.stdout:
                    lines.append(line.decode(errors="replace"))
                    print(lines[-1], end="", flush=True)
                statuses = [on_postgres.wait(), on_sqlite.wait()]
            finally:
                for process in (on_sqlite, on_postgres):
                    if process.poll() is None:
                        process.kill()
        print("== SQLite", flush=True)
        text = kept.read_text(errors="replace")
        there, here = _counted("".join(lines)), _counted(text)
        if there != here:
            print(
                f"{there} tests accounted for on PostgreSQL, {here} on SQLite: they must be the same",
                flush=True,
            )
        print(text, end="", flush=True)
    return next((status for status in statuses if status), 0 if there == here else 1)


if __name__ == "__main__":
    sys.exit(main())
