"""The suite on PostgreSQL, then on SQLite; stops at the first failure; both must have passed the same tests.

Run as ``python -m tests.both [pytest arguments]``. pytest's closing line of the SQLite run is the last line.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.postgres import server

_PASSED = re.compile(r"(\d+) passed")


def _suite(database: str, arguments: list[str]) -> tuple[int, int]:
    """Run pytest against a database; its output goes through. Returns (exit status, number passed)."""
    with tempfile.TemporaryDirectory(prefix="mingtang-home-") as home:
        address = database or f"sqlite:///{home}/test.sqlite3"
        environment = os.environ | {"MINGTANG_DATABASE": address, "MINGTANG_HOME": home}
        command = [sys.executable, "-m", "pytest", "-q", *arguments]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
        )
        assert process.stdout is not None
        passed = 0
        for line in process.stdout:
            print(line, end="", flush=True)
            if found := _PASSED.search(line):
                passed = int(found[1])
        return process.wait(), passed


def main() -> int:
    """PostgreSQL first, then SQLite; exit status of the first failure, 1 when the numbers differ."""
    arguments = sys.argv[1:]
    print("== PostgreSQL", flush=True)
    with server() as address:
        status, on_postgres = _suite(address, arguments)
    if status:
        return status
    print("== SQLite", flush=True)
    status, on_sqlite = _suite("", arguments)
    if status == 0 and on_sqlite != on_postgres:
        print(
            f"{on_postgres} passed on PostgreSQL, {on_sqlite} on SQLite: they must be the same",
            file=sys.stderr,
        )
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
