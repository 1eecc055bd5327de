"""One running demo for all scenarios: the README's command, in a home and a database of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Demo:
    """A running demo: where it answers, and its command line."""

    base: str
    environment: dict[str, str]
    log: Path

    def run(self, *command: str, status: int = 0) -> str:
        """Run ``mingtang ...`` in the demo's home; returns stdout."""
        done = subprocess.run(
            [sys.executable, "-m", "mingtang", *command],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def json(self, *command: str, status: int = 0):
        return json.loads(self.run(*command, status=status))


def _own_database(home: Path):
    """An address of a fresh database on the server the suite runs on, and how to drop it."""
    address = os.environ["MINGTANG_DATABASE"]
    if address.startswith("sqlite"):
        return f"sqlite:///{home / 'mingtang.sqlite3'}", lambda: None
    import psycopg
    from django.conf import settings

    default = settings.DATABASES["default"]
    name = f"mingtang_demo_{uuid.uuid4().hex[:8]}"
    server = {"host": default["HOST"], "user": default["USER"], "dbname": "postgres", "autocommit": True}
    with psycopg.connect(**server) as connection:
        connection.execute(f"CREATE DATABASE {name}")

    def drop() -> None:
        with psycopg.connect(**server) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    return f"postgresql://{default['USER']}@/{name}?host={default['HOST']}", drop


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    home = tmp_path_factory.mktemp("demo")
    address, drop = _own_database(home)
    port = _free_port()
    environment = os.environ | {
        "MINGTANG_HOME": str(home),
        "MINGTANG_DATABASE": address,
        "PYTHONUNBUFFERED": "1",
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    log = home / "demo.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "mingtang", "demo", "--first-pages", "--port", str(port)], env=environment, cwd=ROOT, stdout=out,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        _wait(process, port, log)
        yield Demo(f"http://127.0.0.1:{port}", environment, log)
    finally:
        _stop(process)
        drop()


def _stop(process: subprocess.Popen) -> None:
    """End the demo and every process it started."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
            return


def _wait(process: subprocess.Popen, port: int, log: Path, limit: float = 240) -> None:
    """Until the demo answers; a demo that died says why."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError("the demo died:\n" + log.read_text()[-4000:])
        with socket.socket() as s:
            s.settimeout(0.5)
            if "已就绪" in log.read_text() and s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError("the demo did not answer:\n" + log.read_text()[-4000:])


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    options = [
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    if os.geteuid() == 0:
        options.append("--no-sandbox")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=_chromium(), args=options)
        yield started
        started.close()


def _chromium() -> str:
    import shutil

    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise RuntimeError("no Chromium on this machine: apt-get install -y chromium")
