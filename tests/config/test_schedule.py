"""The background: what fails is logged and tried again, and stops nothing else."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from click.testing import CliRunner
from django.db import connection

from mingtang.config import schedule
from mingtang.config.commands import work
from mingtang.config.schedule import Job
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db

AT = given.at(2026, 3, 2)


def broken(at: datetime) -> None:
    raise OSError("disk full")


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    """A home of its own: what is sealed is also written there."""
    settings.HOME = tmp_path


@pytest.fixture
def jobs(monkeypatch):
    """Three jobs of which the first fails; what the others did."""
    done: list[str] = []
    made = (
        Job("first", date.isoformat, broken),
        Job("second", date.isoformat, lambda at: done.append("second")),
        Job("third", None, lambda at: done.append("third")),
    )
    monkeypatch.setattr(schedule, "JOBS", made)
    return done


def test_a_failing_job_stops_neither_the_others_nor_the_sealing(jobs, caplog):
    given.demo_city()
    assert ledger.verify().unsealed > 0
    assert schedule.tick(AT) == (["second", "third"], ["first"])
    assert jobs == ["second", "third"]
    assert ledger.verify().unsealed == 0
    assert "disk full" in caplog.text


def test_a_failed_job_is_tried_again_and_a_finished_one_waits_for_its_next_period(jobs, monkeypatch):
    given.demo_city()
    schedule.tick(AT)
    mended = Job("first", date.isoformat, lambda at: jobs.append("first"))
    monkeypatch.setattr(schedule, "JOBS", (mended, *schedule.JOBS[1:]))
    assert schedule.tick(AT)[0] == ["first", "third"]
    assert schedule.tick(AT)[0] == ["third"]
    assert schedule.tick(AT + timedelta(days=1))[0] == ["first", "second", "third"]


def test_a_sealing_that_fails_stops_no_job(jobs, monkeypatch, caplog):
    monkeypatch.setattr(schedule, "seal", broken)
    assert schedule.tick(AT) == (["second", "third"], ["seal", "first"])


@pytest.mark.django_db(transaction=True)
def test_no_transaction_spans_a_job(monkeypatch):
    given.demo_city()
    seen: list[bool] = []
    look = Job("look", date.isoformat, lambda at: seen.append(connection.in_atomic_block))
    monkeypatch.setattr(schedule, "JOBS", (look,))
    schedule.tick(AT)
    assert seen == [False]


def test_the_command_says_which_job_failed_with_status_one(jobs, monkeypatch):
    monkeypatch.setattr(schedule, "CONSUMERS", {})
    monkeypatch.setattr(schedule, "OUTWARD", ())
    given.demo_city()
    told = CliRunner().invoke(work.tick, ["--json"])
    assert told.exit_code == 1
    assert json.loads(told.stdout) == {"jobs": ["second", "third"], "failed": ["first"], "drained": 0}


def test_acts_are_sealed_beside_the_rest_and_a_failure_is_not_the_end(monkeypatch, caplog):
    given.demo_city()
    real, calls = schedule.seal, []

    def once_broken(at: datetime) -> int:
        calls.append(at)
        return real(at) if len(calls) > 1 else broken(at)  # type: ignore[return-value]

    class Twice:
        """An event that is set at the third waiting."""

        left = 2

        def wait(self, seconds: float) -> bool:
            self.left -= 1
            return self.left < 0

    monkeypatch.setattr(schedule, "seal", once_broken)
    # The test's own connection stands in a transaction and must outlive the loop.
    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    monkeypatch.setattr(work.connections, "close_all", lambda: None)
    work.seal_on(Twice())  # type: ignore[arg-type]
    assert len(calls) == 2
    assert ledger.verify().unsealed == 0
