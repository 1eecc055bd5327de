"""What a case page draws: the count day by day, the steps with their Acts, the letter's parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mingtang.casework import api as casework
from mingtang.desk import speech
from mingtang.desk.records.naming import act_word
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Deadline, Refused
from mingtang.ledger.api import find

# law's word for a day → the class it is drawn with, and the word under it (the ordinal where there is none).
_DRAWN = {
    "received": ("start", "收到"), "counted": ("run", ""), "off": ("rest", ""), "paused": ("held", "停计"),
    "extended": ("more", ""), "due": ("end", "到期"), "restart": ("start", "重算"),
}  # fmt: skip
_LONGEST = 200
_FOUND = 10


@dataclass(frozen=True)
class Square:
    """One day of the drawn calendar."""

    on: date
    head: str
    word: str
    style: str
    title: str


@dataclass(frozen=True)
class Week:
    """One row of the calendar; ``month`` where a new one begins; ``blanks`` before its first day."""

    month: str
    blanks: range
    days: tuple[Square, ...]

    @property
    def tail(self) -> range:
        """Places after its last day."""
        return range(7 - len(self.blanks) - len(self.days))


def calendar_weeks(due: Deadline | Refused, today: date) -> list[Week]:
    """The count day by day in rows of weeks; empty where the law gives no date."""
    if isinstance(due, Refused):
        return []
    days = due.days[-_LONGEST:]
    weeks: list[list[Square]] = []
    first_off: list[int] = []
    ordinals_extended = 0
    for i, d in enumerate(days):
        style, word = _DRAWN["received" if i == 0 else d.kind] if d.kind in _DRAWN else ("rest", "")
        word = _(word)
        if d.kind == "extended":
            ordinals_extended += 1
            word = _("延%d") % ordinals_extended
        elif d.kind == "counted":
            word = str(d.ordinal or "")
        elif d.kind == "off":
            word = _("休") if d.note and d.note != "周末" else ""
        if i == 0 or d.on.weekday() == 0:
            weeks.append([])
            first_off.append(d.on.weekday())
        head = f"{d.on.month}/{d.on.day}" if d.on.day == 1 and d.on.weekday() else str(d.on.day)
        classes = " ".join(
            filter(None, (style, "makeup" if d.makeup else "", "today" if d.on == today else ""))
        )
        title = _("，").join(filter(None, (speech.short_day(d.on), word, _(d.note))))
        weeks[-1].append(Square(d.on, head, word, classes, title))
    rows, month = [], 0
    for blanks, squares in zip(first_off, weeks, strict=True):
        label = speech.month(squares[0].on) if squares[0].on.month != month else ""
        month = squares[0].on.month
        rows.append(Week(label, range(blanks), tuple(squares)))
    return rows


@dataclass(frozen=True)
class Line:
    """One step of the timeline with the Acts that lie beneath it."""

    event: casework.Event
    acts: tuple[Any, ...]
    said: str


def history(case_id: int) -> list[Line]:
    """The Steps in order; each Act stands under the last Step that is not later than it."""
    events = casework.timeline(case_id)
    acts = list(find("act", subject_type="case", subject_id=str(case_id)))
    names = {p.pk: p.name for p in find("person", pk__in={a.person_id for a in acts if a.person_id})}
    keys = {e.act_key: i for i, e in enumerate(events)}
    beneath: list[list[Any]] = [[] for _ in events]
    last = 0
    for a in acts:
        last = keys.get(a.key, last)
        if beneath:
            beneath[last].append(
                {"at": a.at, "word": act_word(a.verb), "by": names.get(a.person_id, "平台"), "mac": a.mac}
            )
    return [Line(e, tuple(b), _said(e.facts)) for e, b in zip(events, beneath, strict=True)]


def _said(facts: Mapping[str, Any]) -> str:
    if "papers" in facts:  # a search: its sentence, and not what it found by number
        return str(facts.get("text") or _("找到 %d 份") % facts.get("count", 0))
    said = [str(v) for k, v in facts.items() if k not in ("on", "way", "amount", "quantity") and v]
    return "；".join([*said, *([_("%s元") % facts["amount"]] if facts.get("amount") else [])])[:300]


@dataclass(frozen=True)
class Search:
    """One search kept with a case: what it asked, how many it found, and the first of them."""

    event: casework.Event
    count: int
    papers: tuple[Any, ...]
    documents: tuple[Any, ...]


def searches(events: Iterable[casework.Event]) -> list[Search]:
    """The searches of a case, the last first, each with the first papers it found."""
    kept = [e for e in events if e.step == "search"]
    papers = {p.id: p for p in disclosure.find("paper", pk__in=_firsts(kept, "papers"))}
    documents = {d.id: d for d in disclosure.find("document", pk__in=_firsts(kept, "documents"))}
    return [
        Search(
            e, int(e.facts.get("count", 0)),
            tuple(papers[i] for i in e.facts.get("papers", ())[:_FOUND] if i in papers),
            tuple(documents[i] for i in e.facts.get("documents", ())[:_FOUND] if i in documents),
        )
        for e in reversed(kept)
    ]  # fmt: skip


def _firsts(events: Iterable[casework.Event], key: str) -> list[int]:
    return [i for e in events for i in e.facts.get(key, ())[:_FOUND]]


def looks_at(case_id: int) -> int:
    """How many times somebody looked at the applicant's identity."""
    return find("act", subject_type="case", subject_id=str(case_id), verb="case.see_identity").count()


def letter(parts: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The parts of a letter with how each is set."""
    plain = {"title": "title", "addressee": "plain", "signed": "sign"}
    return [{**p, "set": plain.get(p["part"], "")} for p in parts]
