"""Making findings: where a fault stands, and how sentences are cut out of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mingtang.disclosure.checks.types import Finding, Line, Place, Severity

# One set of first characters, no choice between patterns: such a pattern is searched several times faster.
SENTENCE_END = re.compile(r"[。！？!?\n](?:(?<!\n)[”’」』）)]+)?")
EXCERPT = 160
# What every check of figures rests on.
ACCURATE = "《政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息"


def place(line: Line, start: int | None = None, end: int | None = None) -> Place:
    """The place of a span of a line; without a span, of the whole line."""
    if start is None:
        return Place(line.page, line.no, None, line.text.strip()[:EXCERPT])
    stop = len(line.text) if end is None else end
    return Place(line.page, line.no, (start, stop), line.text[start:stop][:EXCERPT])


def finding(
    code: str,
    severity: Severity,
    where: Place,
    message: str,
    *,
    figures: tuple[str, ...] = (),
    relation: str = "",
    suggestion: str = "",
) -> Finding:
    """A Finding with its fields by name."""
    return Finding(code, severity, where, message, figures, relation, suggestion)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """[start, end) of each sentence of a line, its closing mark included."""
    start = 0
    for match in SENTENCE_END.finditer(text):
        yield start, match.end()
        start = match.end()
    if start < len(text):
        yield start, len(text)
