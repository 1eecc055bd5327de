"""A door is small: at most twelve verbs beside ``find``; whatever else it shows is a type or a constant."""

from __future__ import annotations

import importlib
import inspect
from types import SimpleNamespace
from typing import Any

import pytest

ROOMS = ("law", "ledger", "disclosure", "casework", "portal", "oversight")
# Not verbs: what Django's settings name, and what config's own routes and error pages serve.
SERVED = {"environment", "turned_away", "counter_urls"}
MOST = 12


def verbs(door: Any) -> set[str]:
    """Names a door shows that can be called and are not types; ``find`` is counted apart."""
    shown = {n: getattr(door, n) for n in door.__all__}
    return {n for n, v in shown.items() if callable(v) and not inspect.isclass(v)} - SERVED - {"find"}


@pytest.mark.parametrize("room", ROOMS)
def test_a_door_has_at_most_twelve_verbs(room):
    assert len(verbs(importlib.import_module(f"mingtang.{room}.api"))) <= MOST


@pytest.mark.parametrize("room", ROOMS)
def test_a_door_names_each_of_its_verbs_in_its_charter(room):
    door = importlib.import_module(f"mingtang.{room}.api")
    assert {v for v in verbs(door) if f"``{v}``" not in (door.__doc__ or "")} == set()


def test_a_thirteenth_verb_would_be_found():
    names = [f"verb{n}" for n in range(13)]
    door = SimpleNamespace(__all__=[*names, "Row", "find"], Row=type("Row", (), {}), find=len)
    for name in names:
        setattr(door, name, len)
    assert len(verbs(door)) == 13
