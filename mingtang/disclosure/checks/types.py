"""What a reader hands to the checks, and what a check hands back. Pure values, no tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank, as written (leading spaces kept, so that spans fit).

    TXT: a physical line with its number in the file. HTML, DOCX: a block or paragraph. PDF: a paragraph, its
    printed lines joined. Every table row stands among the lines too, flattened, cells parted by tabs.
    """

    no: int
    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table, merged cells expanded, parts that a page break tore apart joined.

    ``line`` is the number of the line that holds row 0; row i stands in line ``line + i``. Lines inside a cell
    are parted by a line feed.
    """

    rows: tuple[tuple[str, ...], ...]
    line: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An address that an HTML page points to. ``tag`` a, script, iframe, img, form, link; ``hidden``: how, or ""."""

    url: str
    text: str
    tag: str
    line: int | None = None
    hidden: str = ""


@dataclass(frozen=True)
class Reading:
    """A text as read: its lines in reading order, its tables, and readings of what lies inside it.

    ``parts``: members of a ZIP, hidden sheets, comments, embedded files, each with a ``name`` such as
    ``目录.xlsx#隐藏表“备用”``. ``unread``: members nobody could read, with the reason. ``notes``: what the reader
    had to assume (Chinese). ``links`` and ``meta`` come from HTML only.
    """

    name: str
    media: str
    lines: tuple[Line, ...]
    tables: tuple[Table, ...] = ()
    parts: tuple[Reading, ...] = ()
    encoding: str = ""
    links: tuple[Link, ...] = ()
    meta: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    unread: tuple[tuple[str, Unreadable], ...] = ()

    @cached_property
    def row_lines(self) -> frozenset[int]:
        """Numbers of the lines that are table rows."""
        return frozenset(table.line + i for table in self.tables for i in range(len(table.rows)))

    @property
    def prose(self) -> tuple[Line, ...]:
        """The lines that are no table row."""
        rows = self.row_lines
        return tuple(line for line in self.lines if line.no not in rows) if rows else self.lines

    def walk(self) -> Iterator[Reading]:
        """This reading and every one inside it."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that cannot be judged: why, on what basis, and what to do instead (Chinese)."""

    why: str
    basis: str
    instead: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where: page (or None), 1-based line, [start, end) character span in that line, the text itself.

    ``part`` names the reading inside the file when the fault lies in one (a ZIP member, a hidden sheet).
    """

    page: int | None
    line: int | None
    span: tuple[int, int] | None
    text: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. All figures of one fault stand in one finding, as printed (contract: command line)."""

    code: str
    severity: Severity
    place: Place
    message: str
    figures: tuple[str, ...] = ()
    relation: str = ""
    suggestion: str = ""


@dataclass(frozen=True)
class Check:
    """One rule: what it finds, its basis, how grave it is, a sample it must find and one it must pass.

    ``run`` takes a Reading and yields Findings. ``bad`` and ``good`` are short texts; the list test runs both.
    """

    code: str
    title: str
    basis: str
    severity: Severity
    run: Callable[[Reading], Iterable[Finding]] = field(repr=False)
    bad: str = ""
    good: str = ""
