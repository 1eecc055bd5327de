"""What the checks are given of an edition: everything of it that becomes public, text, fields and names of pictures."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from html import escape, unescape
from types import MappingProxyType, SimpleNamespace
from typing import Any, Protocol

from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.readers.html import read_html
from mingtang.disclosure.checks.run import check as run_checks
from mingtang.disclosure.checks.run import wanted
from mingtang.disclosure.checks.types import Finding, Line, Reading
from mingtang.ledger.api import FileRow

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


def fields_of(edition: Spoken, labels: Mapping[str, str]) -> dict[str, str]:
    """Label → words of what is shown beside the text: catalogue fields, the kind's own, names of pictures and links."""
    found = {label: _said(getattr(edition, key)) for key, label in _SHOWN.items()}
    for key, value in edition.data.items():
        found[labels.get(key, key)] = _said(value)
    found["图片和链接的说明"] = "\n".join(unescape(m) for m in _ALT.findall(edition.body or ""))
    return {label: words for label, words in found.items() if words.strip()}


def _said(value: Any) -> str:
    """All words inside a value, one a line."""
    if isinstance(value, Mapping):
        return "\n".join(_said(v) for v in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(_said(v) for v in value)
    return "" if value is None else str(value)


def judge(
    edition: Spoken, only: Collection[str] | None = None, labels: Mapping[str, str] = MappingProxyType({})
) -> tuple[Finding, ...]:
    """What the checks say of all of it; a finding in a field names the field and stands on no line of the text.

    ``only``: codes or topics, as ``check`` takes them. ``labels``: what the fields of its kind are called.
    """
    found = list(run_checks(reading_of(edition), only))
    for label, words in fields_of(edition, labels).items():
        for f in judge_words(words):
            if not wanted(f.code, only):
                continue
            found.append(
                replace(f, message=f"{label}：{f.message}", place=replace(f.place, line=None, span=None))
            )
    return tuple(found)


def judge_values(values: Mapping[str, Any], only: Collection[str]) -> tuple[Finding, ...]:
    """What the checks say of fields that are no edition yet; those left out are empty."""
    blank: dict[str, Any] = dict.fromkeys(("title", "body", *_SHOWN), "") | {"data": {}}
    given = {k: v for k, v in values.items() if v is not None}
    return judge(SimpleNamespace(**blank | given), only)


@lru_cache(maxsize=256)
def judge_file(name: str, digest: str) -> tuple[Finding, ...]:
    """What the checks say of one kept file; the same bytes are judged once. A picture has no text to judge."""
    reading = read(FileRow.path_of(digest), name)
    return run_checks(reading) if isinstance(reading, Reading) else ()


def judge_words(words: str) -> tuple[Finding, ...]:
    """What the checks say of a few words by themselves: a summary, a reason."""
    lines = tuple(Line(n, text) for n, text in enumerate(words.splitlines(), 1) if text.strip())
    return run_checks(Reading("", "text/plain", lines), only=("pii", "organ.spam", "meta.secrecy", "word"))
