"""Shared by all tests: an installation of its own for every run, a clean clock, and where real data may lie."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

# Tests never touch the installation of the checkout: a home of their own, gone with the run.
if "MINGTANG_HOME" not in os.environ:
    _home = tempfile.TemporaryDirectory(prefix="mingtang-home-")
    os.environ["MINGTANG_HOME"] = _home.name
os.environ.setdefault("MINGTANG_DATABASE", f"sqlite:///{os.environ['MINGTANG_HOME']}/test.sqlite3")
# Playwright's synchronous API runs an event loop in the test's thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


# The fixtures through which a test reaches a database; the others say the same on every one.
_DATABASE = {"db", "transactional_db", "live_server", "demo", "django_db_setup"}


def pytest_collection_modifyitems(config, items):
    """Beside a whole run, only the tests that reach a database are run again on another one (decision 0005)."""
    if os.environ.get("MINGTANG_TESTS") != "database":
        return
    reaching = [
        i
        for i in items
        if not i.get_closest_marker("look")
        and (i.get_closest_marker("django_db") or _DATABASE & set(i.fixturenames))
    ]
    kept = set(map(id, reaching))
    config.hook.pytest_deselected(items=[i for i in items if id(i) not in kept])
    items[:] = reaching


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords():
    """A password is hashed as in service, in fewer rounds: the rounds are Django's to test."""
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    rounds, PBKDF2PasswordHasher.iterations = PBKDF2PasswordHasher.iterations, 1000
    yield
    PBKDF2PasswordHasher.iterations = rounds


@pytest.fixture(autouse=True)
def _clean_clock():
    """No demo shift is remembered from one test to the next."""
    from mingtang.ledger import clock, laws

    clock.forget()
    laws.forget()
    yield
    clock.forget()
    laws.forget()


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data beside the checkout; skips, saying so, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("real data beside the checkout is absent")
    return SHARED
