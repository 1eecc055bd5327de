"""Work too heavy for the web process, through Django's tasks API: WeasyPrint alone takes seconds to import."""

from __future__ import annotations

from django_tasks import task

from mingtang.disclosure.api import Ordered
from mingtang.law.api import Refused
from mingtang.ledger.api import find, now, store
from mingtang.oversight.reports.compiling import compile_report
from mingtang.oversight.reports.printing import MEDIA, render


@task()
def render_report(agency_id: int, year: int, how: str, version: int | None = None) -> str:
    """Compile a report as it stands now and keep it in one of FORMATS; returns the digest of the file."""
    made = compile_report(find("agency", pk=agency_id).one(), year, now(), version)
    if isinstance(made, Refused):
        raise ValueError(made.why)
    return store(render(made, how), MEDIA[how]).digest


def render_later(agency_id: int, year: int, how: str, version: int | None = None) -> str:
    """Order a report (its newest version, or the one named) in one of FORMATS; returns the order's id (ask ``rendered``)."""
    return str(render_report.enqueue(agency_id, year, how, version).id)


def rendered(order: str) -> tuple[str, str]:
    """(state, digest of the file) of an order: state is ready, running, done, failed or unknown."""
    state, digest = Ordered.outcome(render_report, order)
    return state, str(digest or "")
