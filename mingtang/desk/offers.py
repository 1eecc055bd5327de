"""A verb as a page offers it: its row of the flow table, what must be told, whether its form lies open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mingtang.desk.fields import Field
from mingtang.ledger.api import FlowRow


@dataclass(frozen=True)
class Offer:
    """One open verb."""

    row: FlowRow
    fields: Sequence[Field]
    unfolded: bool
    note: str = ""


def leading(offers: Sequence[Offer], order: Sequence[str]) -> Offer | None:
    """The offer that is the page's one filled button: the first of ``order`` that is open."""
    ranked = [o for o in offers if o.row.verb in order]
    return min(ranked, key=lambda o: order.index(o.row.verb), default=None)
