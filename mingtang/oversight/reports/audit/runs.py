"""Statutory rows out of plain text: the form's labels one after another, and the digits between them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mingtang.oversight.reports.audit.reading import Form, FormTable, Row
from mingtang.oversight.reports.audit.rows import Print, PrintedRow, names
from mingtang.oversight.reports.audit.stream import BRACKETED, Stream, ordinal

REACH = 260
STUB = 7
NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)(?:\.\d+)?")
LEAD = {
    "t2": ("第二十条第(一)项",),
    "t3": ("本年新收政府信息公开申请",),
    "stat": ("统计指标", "政府信息公开情况统计表", "主动公开情况"),
}
TAIL = {"t2": ("收到和处理政府信息公开申请情况", "申请人情况"), "t3": (), "stat": ()}


@dataclass(frozen=True)
class _Hit:
    """A label found: the row, where its core starts and ends."""

    table: FormTable
    row: Row
    start: int
    end: int


def from_text(stream: Stream, form: Form) -> Print:
    """Every row of the form found in the stream, with the stretches that are table and not prose."""
    found = Print("text")
    for family in dict.fromkeys(
        t.code.split(".")[0] for t in form.tables if t.printed and t.layout == "rows"
    ):
        rows = [(t, r) for t in form.tables if t.code.split(".")[0] == family for r in t.rows]
        hits = max(
            (_chase(stream.text, at, rows) for at in _starts(stream.text, family)), key=len, default=[]
        )
        if len(hits) * 2 >= len([r for _, r in rows if not r.heading]):
            _gather(stream, hits, family, found)
    for table in (t for t in form.tables if t.layout == "one_row"):
        _one_row(stream, table, found)
    return found


def _starts(text: str, family: str) -> list[int]:
    return [m.start() for lead in LEAD.get(family, ()) for m in re.finditer(re.escape(lead), text)][:12]


def _chase(text: str, at: int, rows: list[tuple[FormTable, Row]]) -> list[_Hit]:
    """The rows' labels in order from ``at``; a label that does not come within reach is left out."""
    hits: list[_Hit] = []
    for table, row in rows:
        hit = _next(text, at, row)
        if hit is not None:
            hits.append(_Hit(table, row, *hit))
            at = hit[1]
    return hits


def _next(text: str, at: int, row: Row) -> tuple[int, int] | None:
    best: tuple[int, int] | None = None
    number = ordinal(row.title)
    for name in names(row):
        stubs = [name] if len(name) <= STUB + 1 else [name, name[:STUB]]
        if len(name) <= 3 and number:
            # 其他 alone is also a column's heading; with its ordinal it is the row.
            stubs = [f"{number}{mark}{name}" for mark in (".", "、", ")")] + [name]
        for stub in stubs:
            start = text.find(stub, at, at + REACH)
            if start >= 0 and (best is None or start < best[0]):
                best = (start, start + len(stub))
            if start >= 0:
                break
    return best


def _gather(stream: Stream, hits: list[_Hit], family: str, found: Print) -> None:
    for hit, after in zip(hits, [*hits[1:], None], strict=True):
        end = after.start if after else _end(stream.text, hit.end, family)
        if hit.row.heading:
            continue
        between = stream.text[hit.end : end]
        if after:
            between = _without_ordinal(between, after.row)
        between = BRACKETED.sub("", between)
        tokens = [m[0].replace(",", "") for m in NUMBER.finditer(between)]
        if len(hit.table.columns) == 1:
            tokens = tokens[:1]
        stop = hit.end + max((m.end() for m in NUMBER.finditer(stream.text[hit.end : end])), default=0)
        printed = " ".join(tokens) if tokens else "空"
        place = stream.place(hit.start, stop)
        found.rows.append(PrintedRow(hit.table, hit.row, tuple(tokens), f"{hit.row.title} {printed}", place))
    if hits:
        last = _end(stream.text, hits[-1].end, family)
        found.spans += stream.span(hits[0].start, last)


def _without_ordinal(between: str, row: Row) -> str:
    """The next row's own ordinal, which flattened text prints right behind the figures."""
    number = ordinal(row.title)
    if number:
        return re.sub(rf"(?:{number}[.、)]|\({number}\))(?:[^\d]{{0,3}})$", "", between)
    return between


def _end(text: str, at: int, family: str) -> int:
    """Where the table ends after its last label: behind the figures that follow at once."""
    for mark in TAIL.get(family, ()):
        stop = text.find(mark, at, at + REACH)
        if stop >= 0:
            at_heading = re.search(r"[一二三四五六七八九十]、$", text[:stop])
            return at_heading.start() if at_heading else stop
    match = re.compile(r"[^\d。；]{0,40}?(?:[\d.,]+ ?)+").match(text, at)
    return match.end() if match else at


def _one_row(stream: Stream, table: FormTable, found: Print) -> None:
    """Table 4 flattened: the figures behind the last 总计 of its headings."""
    text = stream.text
    titles = [column.title for column in table.columns]
    heads = [m.end() for m in re.finditer(re.escape(titles[-1]), text)]
    for end in reversed(heads):
        before = text[max(0, end - 90) : end]
        match = re.compile(r"[^\d。]{0,12}?((?:\d+ ?)+)").match(text, end)
        if match is None or sum(before.count(title[-2:]) for title in titles[:-1]) < 3:
            continue
        if not any(word in text[max(0, end - 240) : end] for word in ("复议", "起诉", "诉讼")):
            continue
        tokens = tuple(match[1].split())
        if len("".join(tokens)) < len(titles):
            continue
        place = stream.place(match.start(1), match.end())
        found.rows.append(PrintedRow(table, None, tokens, match[1].strip(), place))
        lead = text.rfind(table.rows[0].title, 0, text.find(titles[0], max(0, end - 240)) + 1)
        found.spans += stream.span(max(lead, end - 240), match.end())
        return
