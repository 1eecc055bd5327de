"""A PostgreSQL server for one test run: its own folder, a Unix socket, stopped by its own id."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """The newest installed server's folder, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]))
    if found:
        return found[-1].parent
    here = shutil.which("initdb")
    return Path(here).parent if here else None


def _as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: step down to its own user then."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]


@contextmanager
def server() -> Iterator[str]:
    """A running server; yields the address for MINGTANG_DATABASE. Raises RuntimeError where no binary is found."""
    where = binaries()
    if where is None:
        raise RuntimeError("no PostgreSQL server on this machine: apt-get install -y postgresql")
    folder = Path(tempfile.mkdtemp(prefix="mingtang-pg-"))
    data = folder / "data"
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)

    def run(*command: str) -> None:
        subprocess.run(
            _as_postgres([str(where / command[0]), *command[1:]]), check=True, capture_output=True, cwd=folder
        )

    try:
        run(
            "initdb", "-D", str(data), "-U", "mingtang", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"
        )
        # Durability is not what these tests are about; speed is.
        options = (
            f"-k {folder} -c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        )
        run("pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql://mingtang@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
