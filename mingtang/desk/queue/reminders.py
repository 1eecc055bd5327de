"""What nobody drafted and no duty names, but somebody should think of: columns about to fall silent."""

from __future__ import annotations

from datetime import date

from mingtang.disclosure import api as disclosure
from mingtang.ledger.api import SHANGHAI


def silent_columns(today: date) -> list[tuple[disclosure.Column, date, date]]:
    """Columns whose silence calls for a word today: each with the day of its newest paper and the day it falls foul.

    One question a column with a cycle, answered by an index. An empty column has no newest paper and is not told here.
    """
    found = []
    for column in disclosure.COLUMNS.values():
        if column.cycle_days is None:
            continue
        live = disclosure.find("document", state="live", column=column.key, on_site=True)
        newest = live.order("-first_published_at").first()
        if newest is None or newest.first_published_at is None:
            continue
        last = newest.first_published_at.astimezone(SHANGHAI).date()
        warned = column.warned_on(last)
        if warned and warned[0] <= today:
            found.append((column, last, warned[1]))
    return sorted(found, key=lambda f: f[2])
