"""One line a figure: what, measured, limit, ratio. A ratio of 1 or more reaches the limit."""

from __future__ import annotations

import atexit
import os
import resource
import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any


def own_home() -> Path:
    """A fresh installation folder for this process, on SQLite, gone when it ends; call before Django is set up."""
    home = Path(tempfile.mkdtemp(prefix="mingtang-bench-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ["MINGTANG_HOME"] = str(home)
    os.environ["MINGTANG_DATABASE"] = f"sqlite:///{home / 'bench.sqlite3'}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingtang.config.settings")
    import django

    django.setup()
    return home


def staffed_city() -> dict[str, Any]:
    """A fresh installation with the demo's organs and nothing else; its staff by account."""
    own_home()
    from django.core.management import call_command

    from mingtang.config.demo import units

    call_command("migrate", verbosity=0)
    units.install("示例市", units.civil(date(2026, 11, 23)))
    units.found_city()
    return units.hire_staff()


def line(what: str, measured: float, unit: str, limit: float, *, at_least: bool) -> None:
    """Print a figure beside its limit."""
    ratio = measured / limit if at_least else limit / measured if measured else float("inf")
    sign = "≥" if at_least else "≤"
    print(f"{what:<52} {measured:>12,.2f} {unit:<8} {sign} {limit:>10,.0f}   ratio {ratio:6.2f}", flush=True)


def peak() -> float:
    """Peak memory of this process, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
