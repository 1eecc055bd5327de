"""A verb as a page offers it: its row of the flow table, what must be told, whether its form lies open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mingtang.desk.fields import Field
from mingtang.law.api import Refused
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


def closed(verbs: Iterable[tuple[FlowRow, Refused | None]]) -> list[tuple[list[FlowRow], Refused]]:
    """What is not open, those with one reason together, in the order in which the reasons come up."""
    groups: dict[tuple[str, str, str], tuple[list[FlowRow], Refused]] = {}
    for row, no in verbs:
        if no is not None:
            groups.setdefault((no.why, no.basis, no.instead), ([], no))[0].append(row)
    return list(groups.values())
