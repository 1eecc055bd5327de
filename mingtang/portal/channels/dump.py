"""The catalogue in bulk (``bake.bulk``): renewed with every publication, and as a whole once a day."""

from __future__ import annotations

from mingtang.portal.bake import bulk, run
from mingtang.portal.channels.types import Sending, Sent

KEY = "dump"


def publish(sending: Sending) -> Sent:
    """The document's line in both files."""
    run.deliver([sending.publication.id])
    return Sent("done", place=bulk.place_of(sending.document.id))


def withdraw(sending: Sending) -> Sent:
    """Its line is in neither file."""
    run.deliver([sending.publication.id])
    return Sent("withdrawn", place=bulk.place_of(sending.document.id))


def rebuild() -> int:
    """Both files from the catalogue; how many files changed."""
    return run.rebuild(only={"data"})["changed"]
