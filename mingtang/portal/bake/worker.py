"""What a process of its own runs in a parallel bake. Django is set up first, so nothing here imports a room at the top."""

from __future__ import annotations

from typing import Any

_press: Any = None


def begin() -> None:
    """Set the process up, once."""
    import django

    django.setup()


def bake(stage: str, key: str) -> tuple[int, int]:
    """Bake one unit with the rows that all units of this process share; returns its pages and changed files."""
    from mingtang.portal.bake.press import Press
    from mingtang.portal.bake.units import Unit, bake_unit

    global _press
    _press = _press or Press()
    return bake_unit(_press, Unit(stage, key))
