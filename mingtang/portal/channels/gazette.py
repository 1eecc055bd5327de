"""政府公报: issues, each a frozen set of documents (``issues`` closes them); their pages are baked with the site."""

from __future__ import annotations

from mingtang.portal.bake import run
from mingtang.portal.channels.types import Sending, Sent

KEY = "gazette"


def publish(sending: Sending) -> Sent:
    """The pages of the issues that hold the document. What an issue holds does not change."""
    run.deliver([sending.publication.id])
    return Sent("done", place="/gazette/")


def withdraw(sending: Sending) -> Sent:
    """The issue keeps its place in it and carries the notice instead of the title."""
    run.deliver([sending.publication.id])
    return Sent("withdrawn", place="/gazette/")


def rebuild() -> int:
    """The pages of all issues; how many files changed."""
    return run.rebuild(only={"gazette"})["changed"]
