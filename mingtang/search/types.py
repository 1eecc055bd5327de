"""What goes into an index and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Entry:
    """One thing to be found, under a key for life.

    ``facets``: at most these names: organ, theme, kind, year, validity; each holds one value or several.
    ``number``: its document number (文号), in any bracket style. ``names``: other names it goes by (short titles,
    former names), searched like its title. ``standing``: 1 when in force, 0 when superseded: sorted below.
    """

    key: str
    title: str
    text: str = ""
    number: str = ""
    names: tuple[str, ...] = ()
    facets: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    day: date | None = None
    standing: float = 1.0


@dataclass(frozen=True)
class Question:
    """What is asked. ``only`` keeps entries with one of the values of each named facet; days are inclusive."""

    words: str
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    by: str = "relevance"
    first: int = 0
    many: int = 10
    counted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """One entry found, with the score it got (relevance only). ``exact``: it has the very number that was asked for."""

    key: str
    title: str
    text: str
    score: float
    exact: bool = False


@dataclass(frozen=True)
class Answer:
    """What was found: the hits asked for, how many there are in all, values of facets with their counts.

    ``terms``: what to mark in the texts. ``loose``: no entry had every word, so these have some of them.
    ``rather``: a likelier spelling; empty when the words are known.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    terms: tuple[str, ...]
    loose: bool = False
    rather: str = ""


@dataclass(frozen=True)
class Stats:
    """Size of an index: entries, segments on disk, bytes."""

    entries: int
    segments: int
    bytes: int
