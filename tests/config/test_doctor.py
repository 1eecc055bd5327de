"""``mingtang doctor``: what is missing on the machine, and what in the installation does not go on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from mingtang.config.commands.doctor import doctor
from mingtang.config.schedule import CONSUMERS, drain_all
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


def told() -> dict[str, dict[str, Any]]:
    return {row["what"]: row for row in json.loads(CliRunner().invoke(doctor, ["--json"]).stdout)}


def test_before_there_is_an_installation_only_the_machine_is_looked_at(home):
    assert not any(what.startswith("outbox") for what in told())


def test_a_stuck_consumer_is_named_with_its_position_what_waits_its_tries_and_its_error(
    home, monkeypatch, caplog
):
    given.demo_city()
    ledger.enqueue("thing", {}, ledger.now())

    def broken(topic, rows):
        raise OSError("no network")

    monkeypatch.setitem(CONSUMERS, "portal", broken)
    drain_all()
    rows = told()
    stuck = rows["outbox portal"]
    assert (stuck["ok"], stuck["waiting"], stuck["tries"], stuck["error"]) == (
        False,
        1,
        1,
        "OSError: no network",
    )
    assert (rows["outbox tallies"]["ok"], rows["outbox tallies"]["waiting"]) == (True, 0)
    said = CliRunner().invoke(doctor)
    assert said.exit_code == 1
    assert "OSError: no network" in said.stdout


def test_a_background_that_never_ran_is_named(home):
    given.demo_city()
    ledger.enqueue("thing", {}, given.at(2026, 3, 2))
    assert {name: told()[f"outbox {name}"]["ok"] for name in CONSUMERS} == dict.fromkeys(CONSUMERS, False)
