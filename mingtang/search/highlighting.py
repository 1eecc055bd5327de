"""The passage of a text that answers, with what was asked for marked. All of it is escaped."""

from __future__ import annotations

import re
from html import escape

from mingtang.search.analysis import normal

# Characters of a passage; it begins a little before its first mark.
_WIDTH, _LEAD = 120, 20


def _marks(text: str, terms: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where the terms stand, overlapping ones joined. A form whose length differs is not marked but shown."""
    low = normal(text)
    if len(low) != len(text):
        low = text.lower()
    wanted = [re.escape(t) for t in sorted(terms, key=len, reverse=True) if t]
    if not wanted or len(low) != len(text):
        return []
    return [m.span() for m in re.finditer("|".join(wanted), low)]


def _best(spans: list[tuple[int, int]], text: str) -> int:
    """Where to begin so that the most different terms stand within one passage."""
    best, begin = 0, 0
    for i, (start, _end) in enumerate(spans):
        seen = {text[s:e].lower() for s, e in spans[i : i + 40] if e <= start + _WIDTH}
        if len(seen) > best:
            best, begin = len(seen), max(0, start - _LEAD)
    return begin


def highlight(text: str, terms: tuple[str, ...], *, whole: bool = False) -> str:
    """Escaped HTML of the best passage of a text (``whole``: of all of it) with ``<mark>`` around the terms."""
    text = text if whole else re.sub(r"\s+", " ", text)[:20_000]
    spans = _marks(text, terms)
    begin = 0 if whole else _best(spans, text)
    end = len(text) if whole else min(len(text), begin + _WIDTH)
    parts, at = [], begin
    for start, stop in spans:
        if start < at or stop > end:
            continue
        parts += [escape(text[at:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        at = stop
    parts.append(escape(text[at:end]))
    return ("…" if begin else "") + "".join(parts) + ("…" if end < len(text) else "")
