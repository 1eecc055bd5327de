"""The page graph: which addresses one publication touches. Pure; the facts come in.

``touches`` names every page whose bytes may differ after the publication and none that shows something else; a page
that turns out the same is left alone by its digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mingtang.portal import links
from mingtang.portal.bake import listing
from mingtang.portal.bake.listing import Listing


@dataclass(frozen=True)
class Place:
    """Where a document stands in one list: its 0-based slot, and how many slots the list has now."""

    listing: Listing
    position: int
    total: int


@dataclass(frozen=True)
class Fact:
    """What the graph needs to know of one publication. ``entered``: the document was not public before."""

    document: int
    column: str
    on_site: bool
    entered: bool
    places: tuple[Place, ...] = ()
    interprets: int | None = None
    interpreted_by: tuple[int, ...] = ()
    # Papers of the matter it is in, and of the one it was in before; papers that it repealed or amended.
    thread: tuple[int, ...] = ()
    # The paper that repealed or amended it.
    successor: int | None = None
    # Documents whose addresses lead to this one.
    merged: tuple[int, ...] = ()


@dataclass(frozen=True)
class Leaf:
    """One page of a list."""

    listing: Listing
    number: int | None

    @property
    def url(self) -> str:
        return self.listing.url(self.number)


@dataclass(frozen=True)
class Touched:
    """The pages to make again: documents by id, list pages, fixed pages by address."""

    documents: frozenset[int] = frozenset()
    leaves: frozenset[Leaf] = frozenset()
    fixed: frozenset[str] = frozenset()

    def urls(self) -> set[str]:
        """The addresses, as one set."""
        return (
            {links.doc_url(d) for d in self.documents} | {leaf.url for leaf in self.leaves} | set(self.fixed)
        )


def touches(facts: Sequence[Fact]) -> Touched:
    """Every page that these publications may change."""
    documents: set[Any] = set()
    leaves: set[Leaf] = set()
    fixed: set[str] = set()
    for fact in facts:
        if not fact.on_site:
            continue
        # Papers that interpret each other, and those of one thread, show each other's titles.
        documents |= {fact.document, *fact.interpreted_by, *fact.thread, *fact.merged} | (
            {fact.interprets, fact.successor} - {None}
        )
        for place in fact.places:
            numbers = listing.touched(place.position, place.total, fact.entered)
            if place.listing.folder.startswith("org/"):
                numbers.append(None)  # the organ's front page carries its shelves and their counts
            leaves |= {Leaf(place.listing, number) for number in numbers}
        fixed.add("/")
        if fact.column in ("policy", "interpretation"):
            fixed.add("/policy/")
    return Touched(frozenset(documents), frozenset(leaves), frozenset(fixed))
