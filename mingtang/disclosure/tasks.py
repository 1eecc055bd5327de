"""Work too long for a page: a whole catalogue taken over in the background, its error sheet kept by its digest."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django_tasks import task
from django_tasks.base import Task
from django_tasks.exceptions import TaskResultDoesNotExist

from mingtang.disclosure.checks.types import Unreadable
from mingtang.disclosure.importing import CatalogueTable
from mingtang.disclosure.sweeping import sweep
from mingtang.law.api import Refused
from mingtang.ledger.api import FileRow, find, now, store

_STATES = {"READY": "ready", "RUNNING": "running", "SUCCESSFUL": "done", "FAILED": "failed"}


class Ordered:
    """What became of work ordered in the background."""

    @staticmethod
    def outcome(work: Task[Any, Any], order: str) -> tuple[str, Any]:
        """(state, what it returned) of an order, by its id: state is ready, running, done, failed or unknown; None until done."""
        try:
            found = work.get_result(order)
        except (TaskResultDoesNotExist, ValueError, ValidationError):
            return "unknown", None
        state = _STATES[found.status.name]
        return state, found.return_value if state == "done" else None


@task()
def take_table(
    digest: str, name: str, source: str, person_id: int, kind: str, agency_id: int | None
) -> dict[str, Any]:
    """Take over a kept table; what came of it as plain figures, ``errors`` the digest of the error sheet or empty."""
    table = CatalogueTable.of_file(FileRow.path_of(digest).read_bytes(), name)
    if isinstance(table, Unreadable):
        return {"refused": [table.why, table.basis, table.instead]}
    organ = find("agency", pk=agency_id).first() if agency_id else None
    done = table.take(source, find("person", pk=person_id).one(), now(), kind=kind, agency=organ)
    if isinstance(done, Refused):
        return {"refused": [done.why, done.basis, done.instead]}
    sheet = store(table.misfits_as_csv(done.misfits).encode(), "text/csv").digest if done.misfits else ""
    return {
        "taken": done.taken,
        "known": done.known,
        "rows_wrong": len({m.row for m in done.misfits}),
        "errors": sheet,
    }


@task()
def sweep_live() -> int:
    """Run the sweep; how many live documents are suspect."""
    return sweep()


class ImportOrder:
    """A table ordered to be taken over in the background, by the order's id."""

    @staticmethod
    def place(
        digest: str, name: str, source: str, person_id: int, kind: str = "", agency_id: int | None = None
    ) -> str:
        """Order it (the file is kept under its digest); returns the id."""
        return str(take_table.enqueue(digest, name, source, person_id, kind, agency_id).id)

    @staticmethod
    def outcome(order: str) -> tuple[str, dict[str, Any]]:
        """(state, figures): state as ``Ordered`` tells it; figures once it is done."""
        state, value = Ordered.outcome(take_table, order)
        return state, dict(value or {})
