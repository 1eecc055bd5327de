"""Work too heavy for the web process, through Django's tasks API: WeasyPrint alone takes seconds to import."""

from __future__ import annotations

from django_tasks import task

from mingtang.law.api import Refused
from mingtang.ledger.api import find, now, store
from mingtang.oversight.reports.compiling import compile_report
from mingtang.oversight.reports.rendering import MEDIA, render


@task()
def render_report(agency_id: int, year: int, how: str) -> str:
    """Compile a report as it stands now and keep it in one of FORMATS; returns the digest of the file."""
    made = compile_report(find("agency", pk=agency_id).one(), year, now())
    if isinstance(made, Refused):
        raise ValueError(made.why)
    return store(render(made, how), MEDIA[how]).digest
