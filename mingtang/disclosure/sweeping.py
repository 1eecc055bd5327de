"""The sweep: today's checks for personal data over everything that is public, whenever it went out."""

from __future__ import annotations

from collections.abc import Iterator

from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.run import check as run_checks
from mingtang.disclosure.checks.types import Finding, Reading
from mingtang.disclosure.judging import judge
from mingtang.disclosure.models import Document, Edition
from mingtang.ledger.api import FileRow

_BATCH = 500
_MOST_SAID = 1000
_ONLY = ("pii",)


def sweep() -> int:
    """Note on every live document what today's checks find certain in it and its files; returns how many are suspect.

    Safe to run again; what is clean now loses its note. Reads in order of ids, a batch at a time: memory stays flat.
    """
    suspect, last = 0, 0
    while True:
        batch = list(
            Edition.objects.filter(live_for__state=Document.LIVE, live_for__pk__gt=last)
            .select_related("live_for")
            .prefetch_related("attachments")
            .order_by("live_for__pk")[:_BATCH]
        )
        if not batch:
            return suspect
        for edition in batch:
            said = "；".join(dict.fromkeys(f.message for f in _certain(edition)))[:_MOST_SAID]
            suspect += bool(said)
            if said != edition.live_for.suspect:
                # Only while this edition is the live one: what went out meanwhile was checked on its way.
                Document.objects.filter(pk=edition.live_for.pk, live=edition).update(suspect=said)
        last = batch[-1].live_for.pk


def _certain(edition: Edition) -> Iterator[Finding]:
    yield from (f for f in judge(edition, _ONLY) if f.severity == "error")
    for attachment in edition.attachments.all():
        reading = read(FileRow.path_of(attachment.file_id), attachment.name)
        if isinstance(reading, Reading):
            yield from (f for f in run_checks(reading, _ONLY) if f.severity == "error")
