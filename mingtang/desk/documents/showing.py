"""What a document page draws: the review as a table, the text with numbered marks, who did what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from mingtang.desk.records.naming import act_word
from mingtang.disclosure import api as disclosure
from mingtang.ledger.api import find

_STEPS = {"head_review": "head", "secrecy_review": "secrecy", "sign": "sign"}
_ORDER = {
    "full": ("draft", "submitted", "head_done", "secrecy_done", "approved"),
    "light": ("draft", "submitted", "head_done", "approved"),
    "standing": ("draft", "submitted", "approved"),
}
_PLACE = {
    "draft": "起草",
    "submitted": "科室审核",
    "head_done": "保密审查",
    "secrecy_done": "签发",
    "approved": "发布",
}
_TONES = {"error": "over", "warning": "near", "note": "open"}


@dataclass(frozen=True)
class Station:
    """One station of the review: its name, where it stands (done | now | later), who passed it and when."""

    title: str
    stand: str
    who: str
    at: Any
    comment: str = ""


def chain_of(chain: str, row: disclosure.DocumentRow, edition: disclosure.EditionRow) -> list[Station]:
    """The stations of the document's own chain, with the reviews passed on the working edition.

    What was imported went through none of them here: who reviewed it stands in the system it came from.
    """
    brought = disclosure.find("publication", new_edition_id=edition.id).where_q(~Q(stated_by="")).first()
    if brought is not None:
        return [Station(_("由“%s”导入") % brought.stated_by, "done", _("没有在本平台审签"), brought.at)]
    row, edition = _reviewed(row, edition)
    passed = {
        r.step: r for r in disclosure.find("review", edition_id=edition.id, passed=True)
    }  # the latest wins
    drafted = next(iter(disclosure.find("edition", pk=edition.id).values("drafter_name", "drafted_at")))
    order = _ORDER[chain]
    over = edition.state in ("published", "replaced", "released")
    reached = len(order) if over else order.index(edition.state)
    stations = []
    for i, state in enumerate(order):
        verb = next((r.verb for r in disclosure.CHAINS[chain].open_from(state) if r.verb in _STEPS), "")
        title = (
            _PLACE[state]
            if not verb
            else {"head_review": "科室审核", "secrecy_review": "保密审查", "sign": "签发"}[verb]
        )
        stand = "done" if i < reached else "now" if i == reached else "later"
        # What was passed in a round before a return does not count for a station not reached again.
        review = passed.get(_STEPS.get(verb, "")) if stand == "done" else None
        who, at, comment = "", None, ""
        if state == "draft":
            who, at = drafted[0] or _("没有起草人"), drafted[1]
        elif review:
            who, at, comment = review.person_name, review.at, review.comment
            who += f"（代{review.stands_for_name}）" if review.stands_for_name else ""
            who += _("（按规定两审由一人办理：%s）") % review.under if review.under else ""
        elif state == "approved" and row.published_at and over:
            at = row.published_at
        stations.append(Station(title, stand, who, at, comment))
    return stations


def state_of(chain: str, state: str) -> str:
    """What a state is called: where one signature is the whole review, what was submitted waits for it."""
    return "待签发" if (chain, state) == ("standing", "submitted") else disclosure.STATES.get(state, "")


def _reviewed(
    row: disclosure.DocumentRow, edition: disclosure.EditionRow
) -> tuple[disclosure.DocumentRow, disclosure.EditionRow]:
    """What the reviewers had before them: this, or of a row that went with its batch, the batch's paper."""
    if row.origin_type != "batch" or edition.number != 1:
        return row, edition
    paper = disclosure.find("document", pk=int(row.origin_id)).one()
    return paper, disclosure.editions(paper.id)[-1]


@dataclass(frozen=True)
class Piece:
    """A piece of a line: plain text, or a marked one with the number and tone of its finding."""

    text: str
    number: int = 0
    tone: str = ""


def marked(lines: Sequence[str], findings: Iterable[tuple[int, disclosure.Finding]]) -> list[list[Piece]]:
    """Every line cut into pieces; where marks overlap, the graver one stands."""
    spans: dict[int, list[tuple[int, int, int, str]]] = {}
    for number, f in findings:
        if f.place.line and f.place.span and f.place.line <= len(lines):
            start, end = f.place.span
            spans.setdefault(f.place.line, []).append((start, end, number, _TONES[f.severity]))
    return [list(_cut(text, sorted(spans.get(n, ())))) for n, text in enumerate(lines, 1)]


def _cut(text: str, spans: list[tuple[int, int, int, str]]) -> Iterator[Piece]:
    last = 0
    for start, end, number, tone in spans:
        if start < last or end > len(text) or start >= end:
            continue
        if start > last:
            yield Piece(text[last:start])
        yield Piece(text[start:end], number, tone)
        last = end
    yield Piece(text[last:])


def said_acts(document_id: int) -> list[dict[str, Any]]:
    """Who did what to the document, oldest first."""
    acts = list(find("act", subject_type="document", subject_id=str(document_id)))
    names = {
        p.pk: p.name
        for p in find("person", pk__in={p for a in acts for p in (a.person_id, a.facts.get("for")) if p})
    }
    return [
        {"at": a.at, "word": act_word(a.verb), "by": names.get(a.person_id, "平台"),
         "stands_for": names.get(a.facts.get("for"), ""), "mac": a.mac, "comment": (a.payload or {}).get("comment", "")}
        for a in acts
    ]  # fmt: skip
