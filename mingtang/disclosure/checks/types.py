"""What a reader hands to the checks, and what a check hands back. Pure values, no tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Line:
    """One line (a paragraph, a table row flattened, a PDF line). ``no`` is 1-based over the whole text."""

    no: int
    text: str
    page: int | None = None


@dataclass(frozen=True)
class Table:
    """One table, merged cells expanded, parts that a page break tore apart joined. ``line`` is where it starts."""

    rows: tuple[tuple[str, ...], ...]
    line: int
    page: int | None = None


@dataclass(frozen=True)
class Reading:
    """A text as read: its lines in reading order, its tables, and readings of what lies inside it.

    ``parts``: members of a ZIP, hidden sheets, comments, embedded files, each with a ``name`` such as
    ``目录.xlsx#隐藏表“备用”``.
    """

    name: str
    media: str
    lines: tuple[Line, ...]
    tables: tuple[Table, ...] = ()
    parts: tuple[Reading, ...] = ()
    encoding: str = ""


@dataclass(frozen=True)
class Unreadable:
    """A file that cannot be judged: why, on what basis, and what to do instead (Chinese)."""

    why: str
    basis: str
    instead: str

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True)
class Place:
    """Where: page (or None), 1-based line, [start, end) character span in that line, the text itself."""

    page: int | None
    line: int | None
    span: tuple[int, int] | None
    text: str


@dataclass(frozen=True)
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
