"""The background as the keeper sees it: how far each consumer of the outbox is, and why one does not go on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from mingtang.desk.access import page, power
from mingtang.ledger.api import find, now

# Who drains the outbox, as the desk calls them.
CONSUMERS = {"portal": "门户页面", "duties": "公开职责", "cases": "在办申请的期限", "tallies": "年报计数"}


@power("ledger.verify", room="册")
def background(request: HttpRequest) -> HttpResponse:
    """Each consumer's position, what waits for it, and its last failure."""
    moment = now()
    rows = [(c, CONSUMERS.get(c.consumer, c.consumer), c.late(moment)) for c in find("outbox_cursor")]
    return page(
        request,
        "background",
        {"rows": rows, "stopped": sum(bool(c.tries or late) for c, _name, late in rows), "never": not rows},
    )
