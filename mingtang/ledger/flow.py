"""Flows as tables: from, verb, to, who, basis. Docs draw the table, the desk obeys it, a test walks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class FlowRow:
    """One row: in state ``source`` the holder of ``power`` may do ``verb``, which leads to ``target``.

    ``label`` is the button's word, ``basis`` the article. ``law_step`` names the legal step, if the law is to be
    asked as well. ``target`` None means the state stays.
    """

    source: str
    verb: str
    target: str | None
    power: str
    label: str
    basis: str
    law_step: str = ""


class FlowTable:
    """The rows of one flow, by state and verb."""

    def __init__(self, rows: Iterable[FlowRow], states: dict[str, str]):
        self.rows = tuple(rows)
        self.states = states
        self._by = {(r.source, r.verb): r for r in self.rows}
        if len(self._by) != len(self.rows):
            raise ValueError("two rows for one state and verb")
        unknown = {s for r in self.rows for s in (r.source, r.target) if s is not None and s not in states}
        if unknown:
            raise ValueError(f"states without a name: {sorted(unknown)}")

    def row(self, state: str, verb: str) -> FlowRow | None:
        """The row of a verb in a state; None when the table has no such step."""
        return self._by.get((state, verb))

    def verbs(self) -> tuple[str, ...]:
        """Every verb once, in the order of the table."""
        return tuple(dict.fromkeys(r.verb for r in self.rows))

    def open_from(self, state: str) -> Iterator[FlowRow]:
        """The rows that start in a state."""
        return (r for r in self.rows if r.source == state)

    def named(self, verb: str) -> FlowRow:
        """Any row of a verb, for its label. Raises KeyError for a verb that is not in the table."""
        for r in self.rows:
            if r.verb == verb:
                return r
        raise KeyError(verb)
