"""Feeds of the site and of every column (``bake.feed``): written in the same set as the pages they tell of."""

from __future__ import annotations

from mingtang.portal import links
from mingtang.portal.bake import run
from mingtang.portal.channels.types import Sending, Sent

KEY = "feeds"


def publish(sending: Sending) -> Sent:
    """The feeds of the site and of the document's column, beside their front pages."""
    run.deliver([sending.publication.id])
    return Sent("done", place=f"{links.col_url(sending.document.column)}feed.atom")


def withdraw(sending: Sending) -> Sent:
    """The entry becomes a deleted one: readers that kept it are told, with the reason."""
    run.deliver([sending.publication.id])
    return Sent("withdrawn", place=f"{links.col_url(sending.document.column)}feed.atom")


def rebuild() -> int:
    """All feeds again; how many files changed."""
    return run.rebuild(only={"fixed", "lists"})["changed"]
