"""What the checks are given of an edition: everything of it that becomes public, text, fields and names of pictures."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from html import escape, unescape
from typing import Any, Protocol

from mingtang.disclosure.checks.readers.html import read_html
from mingtang.disclosure.checks.run import check as run_checks
from mingtang.disclosure.checks.run import wanted
from mingtang.disclosure.checks.types import Finding, Line, Reading

# Beside the text, what a page, its twin or a list shows.
_SHOWN = {
    "short_title": "短标题", "doc_no": "文号", "summary": "摘要", "keywords": "主题词", "source": "来源", "attribute_ground": "不公开的依据和理由",
}  # fmt: skip
_ALT = re.compile(r'\b(?:alt|title)="([^"]+)"')


class Spoken(Protocol):
    """An edition, kept or handed out."""

    @property
    def title(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


def reading_of(edition: Spoken) -> Reading:
    """Title and text of an edition as the checks read a page: lines as they will stand, tables, links."""
    page = f"\ufeff<html><body><h1>{escape(edition.title)}</h1>{edition.body or ''}</body></html>"
    found = read_html(page.encode(), edition.title)
    return (
        found
        if isinstance(found, Reading)
        else Reading(edition.title, "text/html", (Line(1, edition.title),))
    )


def fields_of(edition: Spoken) -> dict[str, str]:
    """Label → words of what is shown beside the text: catalogue fields, the kind's own, names of pictures and links."""
    found = {label: _said(getattr(edition, key)) for key, label in _SHOWN.items()}
    for key, value in edition.data.items():
        found[key] = _said(value)
    found["图片和链接的说明"] = "\n".join(unescape(m) for m in _ALT.findall(edition.body or ""))
    return {label: words for label, words in found.items() if words.strip()}


def _said(value: Any) -> str:
    """All words inside a value, one a line."""
    if isinstance(value, Mapping):
        return "\n".join(_said(v) for v in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(_said(v) for v in value)
    return "" if value is None else str(value)


def judge(edition: Spoken, only: Collection[str] | None = None) -> tuple[Finding, ...]:
    """What the checks say of all of it; a finding in a field names the field and stands on no line of the text.

    ``only``: codes or topics, as ``check`` takes them.
    """
    found = list(run_checks(reading_of(edition), only))
    for label, words in fields_of(edition).items():
        for f in judge_words(words):
            if not wanted(f.code, only):
                continue
            found.append(
                replace(f, message=f"{label}：{f.message}", place=replace(f.place, line=None, span=None))
            )
    return tuple(found)


def judge_words(words: str) -> tuple[Finding, ...]:
    """What the checks say of a few words by themselves: a summary, a reason."""
    lines = tuple(Line(n, text) for n, text in enumerate(words.splitlines(), 1) if text.strip())
    return run_checks(Reading("", "text/plain", lines), only=("pii", "organ.spam", "meta.secrecy", "word"))
