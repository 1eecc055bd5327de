"""Lists with stable pages: the oldest entry is on page 1 for ever, and a new entry moves nothing.

A list is its entries in the order of first publication, each in a slot. A withdrawn entry keeps its slot and is not
shown, so withdrawing rewrites one page. Numbered pages hold exactly ``PAGE_SIZE`` slots and exist only once they are
full *and* older than what the front page shows; the front page (no number) shows the newest 20 to 39 slots. So an
entry at the end changes the front page, and every twentieth one makes one new page. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mingtang.portal.links import PAGE_SIZE


@dataclass(frozen=True)
class Listing:
    """One list: its folder in the tree, whose entries it holds (field look-ups), and its heading.

    ``inherited``: earlier organs whose documents stand in this organ's list too, each with its columns (none: all).
    """

    folder: str
    filters: tuple[tuple[str, Any], ...]
    title: str
    inherited: tuple[tuple[int, tuple[str, ...]], ...] = ()
    # Of one year of first publication only.
    year: int = 0

    def url(self, number: int | None = None) -> str:
        return f"/{self.folder}/" if number is None else f"/{self.folder}/{number}.html"


def numbered(total: int) -> int:
    """How many numbered pages a list of so many slots has."""
    return max(0, total // PAGE_SIZE - 1)


def window(total: int, number: int | None) -> tuple[int, int]:
    """The slots (0-based, end excluded) that a page shows; ``None`` is the front page."""
    if number is None:
        return numbered(total) * PAGE_SIZE, total
    return (number - 1) * PAGE_SIZE, number * PAGE_SIZE


def page_of(position: int, total: int) -> int | None:
    """The page that shows the slot at a 0-based position."""
    number = position // PAGE_SIZE + 1
    return number if number <= numbered(total) else None


def touched(position: int, total: int, entered: bool) -> list[int | None]:
    """The pages to be made again when the entry at ``position`` entered the list or changed.

    An entry that enters in the middle (a date stated by another system) moves every later slot. One at the end may
    have made a numbered page of the slots before it, and given the page before that its link to the newer one; when
    several entered since the last bake nobody can say which of them did, so both are made again each time.
    """
    if not entered:
        return [page_of(position, total)]
    return [None, *range(max(1, position // PAGE_SIZE - 1), numbered(total) + 1)]


def spread(total: int, shown: int = 6) -> Sequence[int]:
    """Numbers the front page offers: the newest few, downwards."""
    last = numbered(total)
    return range(last, max(0, last - shown), -1)
