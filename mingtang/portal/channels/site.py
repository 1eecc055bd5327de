"""政府网站: the baked site. Pages, feeds and data files of a publication become visible as one signed set."""

from __future__ import annotations

from mingtang.portal import links
from mingtang.portal.bake import run
from mingtang.portal.channels.types import Sending, Sent

KEY = "site"


def publish(sending: Sending) -> Sent:
    """Bake what the publication touches."""
    run.deliver([sending.publication.id])
    return Sent("done", place=links.doc_url(sending.document.id))


def withdraw(sending: Sending) -> Sent:
    """The address keeps a notice with the reason; lists no longer name the document."""
    run.deliver([sending.publication.id])
    return Sent("withdrawn", place=links.doc_url(sending.document.id))


def rebuild() -> int:
    """Bake everything; how many files changed."""
    return run.rebuild()["changed"]
