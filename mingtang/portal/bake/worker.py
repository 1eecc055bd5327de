"""What a process of its own runs in a parallel bake. Django is set up first, so nothing here imports a room at the top."""

from __future__ import annotations

from typing import Any

_bench: Any = None


def begin() -> None:
    """Set the process up, once."""
    import django

    django.setup()


def bake(stage: str, key: str) -> tuple[int, int]:
    """Bake one unit at this process's bench; returns its pages and changed files."""
    from mingtang.portal.bake.units import Bench, Unit, bake_unit

    global _bench
    _bench = _bench or Bench()
    return bake_unit(_bench, Unit(stage, key))
