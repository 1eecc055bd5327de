"""Rows with merged cells, made rectangular: a merged cell's text stands in every place it covers."""

from __future__ import annotations

from dataclasses import dataclass, field

WIDEST = 500
TALLEST = 20_000


@dataclass
class Grid:
    """Feed it ``row()`` and ``cell()`` in reading order; ``done()`` gives all rows and, apart, the texts as written."""

    rows: list[list[str]] = field(default_factory=list)
    firsts: list[list[str]] = field(default_factory=list)
    _held: dict[int, tuple[str, int]] = field(default_factory=dict)

    def row(self) -> None:
        """Close the row before and begin a new one."""
        self._fill()
        self.rows.append([])
        self.firsts.append([])

    def cell(self, text: str, across: int = 1, down: int = 1) -> None:
        """One cell as written, ``across`` columns wide and ``down`` rows high."""
        row = self.rows[-1]
        self._take_held(row)
        self.firsts[-1].append(text)
        for _ in range(max(1, across)):
            if len(row) >= WIDEST:
                return
            if down > 1:
                self._held[len(row)] = (text, min(down, TALLEST) - 1)
            row.append(text)

    def _take_held(self, row: list[str]) -> None:
        while (held := self._held.get(len(row))) is not None:
            text, left = held
            if left > 1:
                self._held[len(row)] = (text, left - 1)
            else:
                del self._held[len(row)]
            row.append(text)

    def _fill(self) -> None:
        if self.rows:
            row = self.rows[-1]
            self._take_held(row)
            # A held cell to the right of a short row: the gap between is empty.
            while self._held and max(self._held) >= len(row):
                if len(row) not in self._held:
                    row.append("")
                self._take_held(row)

    def done(self) -> tuple[tuple[tuple[str, ...], ...], list[list[str]]]:
        """Rectangular rows without the empty ones, and the same rows as written."""
        self._fill_last()
        kept = [i for i, row in enumerate(self.rows) if any(text.strip() for text in row)]
        width = max((len(self.rows[i]) for i in kept), default=0)
        rows = tuple(tuple(self.rows[i] + [""] * (width - len(self.rows[i]))) for i in kept)
        return rows, [self.firsts[i] for i in kept]

    def _fill_last(self) -> None:
        if self.rows:
            self._take_held(self.rows[-1])
            for column in sorted(self._held):
                row = self.rows[-1]
                if column >= len(row):
                    row.extend([""] * (column - len(row)))
                    row.append(self._held[column][0])
            self._held.clear()


def flat(cells: list[str]) -> str:
    """A row as one line: cells parted by tabs, lines inside a cell by blanks."""
    return "\t".join(cell.replace("\n", " ").replace("\t", " ") for cell in cells)
