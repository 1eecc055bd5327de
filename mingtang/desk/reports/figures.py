"""A figure opened: where it comes from and the rows it counted, whatever they are; never who the applicant is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from mingtang.casework import api as casework
from mingtang.desk.access import Reach
from mingtang.disclosure import api as disclosure
from mingtang.ledger.api import SHANGHAI
from mingtang.oversight import api as oversight

HOW = {
    "counted": ("由记录数出", "ok"),
    "declared": ("单位申报", "pen"),
    "mixed": ("数出的加申报的", "pen"),
    "carried": ("承上年年报", "ok"),
    "missing": ("未列明", "no"),
}
_CASE_HEAD = ("登记号", "收到", "答复", "处理决定", "申请内容", "单位")
_PAPER_HEAD = ("公开日期", "标题", "文种", "单位")
# What people wrote to an organ or brought against it: only who may see that organ's cases sees more than how many.
_PRIVATE = (
    casework.CaseRow,
    casework.RemedyRow,
    casework.LetterRow,
    casework.ProposalRow,
    casework.OpinionRow,
)
# Model rows of registers: (attribute of the day, attribute of the name).
_DAYS = (
    "held_on",
    "delivered_on",
    "concluded_on",
    "answered_on",
    "assigned_on",
    "filed_on",
    "received_on",
    "occurred_at",
)
_NAMES = ("subject", "place", "number")


@dataclass(frozen=True)
class Line:
    """One counted row as shown: its words, and its page where the person may open it."""

    cells: tuple[str, ...]
    url: str = ""


@dataclass(frozen=True)
class Opened:
    """A figure by the key of its address: a cell's code, or p and a number for a figure of the prose."""

    key: str
    title: str
    figure: oversight.Figure
    shown: str
    trace: str
    how: str
    icon: str
    measured: bool


def keys_of_prose(made: oversight.Compiled) -> dict[tuple[str, str], str]:
    """An address key for every figure that a sentence shows: (counter, filter as one string) → p0, p1, …"""
    return {asked: f"p{i}" for i, asked in enumerate(made.figure_of)}


def where_text(where: Mapping[str, Any]) -> str:
    """A filter in one order, for matching a sentence's question with its figure."""
    return "&".join(
        f"{k}={'|'.join(v) if isinstance(v, tuple | list) else v}" for k, v in sorted(where.items())
    )


def opened(made: oversight.Compiled, key: str) -> Opened | None:
    """The figure of a key, or None."""
    figure = made.figures.get(key)
    if figure is None:
        figure = {k: made.figure_of[asked] for asked, k in keys_of_prose(made).items()}.get(key)
    if figure is None:
        return None
    word, icon = HOW[figure.how]
    measured = bool(figure.counter and oversight.COUNTERS[figure.counter].measure)
    return Opened(
        key,
        figure.title.strip(),
        figure,
        figure.shown,
        made.trace(figure),
        word,
        icon,
        measured,
    )


def in_reach(rows: oversight.CountedRows, reach: Reach) -> tuple[oversight.CountedRows, int]:
    """The rows behind a figure that this person may see one by one, and how many others there are."""
    if not issubclass(rows.here.shelf.row, _PRIVATE):
        return rows, 0
    seen = rows.of(reach.ids("case.see"))
    return seen, rows.count() - seen.count()


def head_of(sample: Any) -> tuple[str, ...]:
    """Column heads for rows like this one."""
    if isinstance(sample, casework.CaseRow):
        return _CASE_HEAD
    if isinstance(sample, disclosure.PublicationRow | disclosure.DocumentRow):
        return _PAPER_HEAD
    if hasattr(sample, "publication_id"):
        return (*_PAPER_HEAD, "渠道")
    return ("日期", "事项", "单位")


def lines(rows: Iterable[Any], reach: Reach) -> list[Line]:
    """Counted rows as shown; documents behind publications are fetched together."""
    batch = list(rows)
    papers = _papers(batch)
    return [_line(r, papers, reach) for r in batch]


def batches(found: Any, reach: Reach, size: int = 500) -> Iterator[Line]:
    """Every row behind a figure, for a file."""
    batch: list[Any] = []
    for row in found:
        batch.append(row)
        if len(batch) == size:
            yield from lines(batch, reach)
            batch = []
    yield from lines(batch, reach)


def _papers(batch: list[Any]) -> dict[int, disclosure.DocumentRow]:
    """Documents by publication id, for publications and releases."""
    of = {r.id: r.document_id for r in batch if isinstance(r, disclosure.PublicationRow)}
    released = [r.publication_id for r in batch if hasattr(r, "publication_id")]
    if released:
        of |= {p.id: p.document_id for p in disclosure.find("publication", pk__in=released)}
    papers = {d.id: d for d in disclosure.find("document", pk__in=sorted(set(of.values())))} if of else {}
    return {p: papers[d] for p, d in of.items() if d in papers}


def _line(row: Any, papers: Mapping[int, disclosure.DocumentRow], reach: Reach) -> Line:
    if isinstance(row, casework.CaseRow):
        return Line(
            (row.number, str(row.received_on), str(row.replied_on or "—"), row.outcome_name or row.state_label, row.subject, row.agency_name),
            reverse("desk:case", args=[row.id]),
        )  # fmt: skip
    if isinstance(row, disclosure.DocumentRow):
        return _paper(row, row.first_published_at, reach)
    if isinstance(row, disclosure.PublicationRow):
        return _paper(papers.get(row.id), row.at, reach)
    if hasattr(row, "publication_id"):
        line = _paper(papers.get(row.publication_id), row.at, reach)
        return Line((*line.cells, row.channel_name), line.url)
    return _register(row)


def _paper(paper: disclosure.DocumentRow | None, at: Any, reach: Reach) -> Line:
    day = str(at.astimezone(SHANGHAI).date()) if at else "—"
    if paper is None:
        return Line((day, "—", "—", "—"))
    url = reverse("desk:document", args=[paper.id]) if paper.agency_id in reach.ids("document.see") else ""
    return Line((day, paper.title, disclosure.KINDS[paper.kind].title, paper.agency_name), url)


def _register(row: Any) -> Line:
    day = next((getattr(row, d) for d in _DAYS if getattr(row, d, None)), "—")
    name = next((str(getattr(row, n)) for n in _NAMES if getattr(row, n, "")), "—")
    amounts = [
        f"{getattr(row, a)}{unit}" for a, unit in (("people", "人"), ("copies", "套")) if getattr(row, a, 0)
    ]
    return Line((str(day)[:10], "，".join([name, *amounts]), row.agency_name))
