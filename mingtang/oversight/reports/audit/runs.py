"""Statutory rows out of plain text: the form's labels one after another, and the digits between them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from mingtang.oversight.reports.audit.reading import Form, FormTable, Row
from mingtang.oversight.reports.audit.rows import UNSTATED, Print, PrintedRow, names
from mingtang.oversight.reports.audit.stream import BRACKETED, Stream, ordinal

REACH = 260
STUB = 7
# Columns of a matrix; rows of it that may fail when its figures are dealt out.
MATRIX = 7
TORN = 3
NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)(?:\.\d+)?")
# What stands in a cell: a figure, or that none is stated.
CELL = re.compile(rf"(?P<said>{UNSTATED.pattern})|{NUMBER.pattern}")
LEAD = {
    "t2": ("第二十条第(一)项",),
    "t3": ("本年新收政府信息公开申请",),
    "stat": ("统计指标", "政府信息公开情况统计表", "主动公开情况"),
}
HEADS = {"t2": ("第二十条第(一)项",), "t3": ("(本列数据的勾稽关系", "申请人情况"), "stat": ("统计指标",)}
HEADINGS = 160
LABEL_ORDINAL = re.compile(r"(?:\(?[一二三四五六七八九十]+[)、.]|\d{1,2}[.、])$")
SECTION_4 = re.compile(r"四、[^一二三五六。]{0,20}行政诉讼情况([^。]{15,400}?)五、")
NEXT_SECTION = re.compile(r"四、(?!结转)")
LOOSE_ORDINAL = re.compile(r"(?<!\d)\d[.、](?=[\u4e00-\u9fff])")
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
    rows: list[PrintedRow] = []
    for hit, after in zip(hits, [*hits[1:], None], strict=True):
        if hit.row.heading:
            continue
        end = after.start if after else _end(stream.text, hit.end, family)
        between = stream.text[hit.end : end]
        stop = hit.end + max((m.end() for m in CELL.finditer(between)), default=0)
        if after:
            between = _without_ordinal(between, after.row)
        cells = CELL.finditer(_unremarked(between))
        tokens = tuple(None if m["said"] else m[0].replace(",", "") for m in cells)
        rows.append(PrintedRow(hit.table, hit.row, tokens, "", stream.place(hit.start, stop)))
    _hand_on(rows)
    for row in _dealt(stream.text, hits, rows) or rows:
        assert row.row is not None
        kept = row.tokens[:1] if len(row.table.columns) == 1 else row.tokens
        printed = f"{row.row.title} {' '.join(t or '未列明' for t in kept) or '空'}"
        found.rows.append(replace(row, tokens=kept, printed=printed))
    if hits:
        found.spans += stream.span(
            _top(stream.text, hits[0].start, family), _end(stream.text, hits[-1].end, family)
        )


def _top(text: str, at: int, family: str) -> int:
    """Where the table begins above its first label: at the headings of its columns, or at the label's ordinal."""
    above = [text.rfind(mark, max(0, at - HEADINGS), at) for mark in HEADS.get(family, ())]
    first = min((start for start in above if start >= 0), default=at)
    ordinal_before = LABEL_ORDINAL.search(text[max(0, first - 6) : first])
    return first - len(ordinal_before[0]) if ordinal_before else first


def _unremarked(between: str) -> str:
    """Without bracketed remarks; a remark that holds several figures was torn apart by them, and they count."""
    return BRACKETED.sub(lambda m: m[0] if len(NUMBER.findall(m[0])) > 1 else "", between)


def _hand_on(rows: list[PrintedRow]) -> None:
    """A page break can leave a row's figures on the page before its label: they belong to the empty row below."""
    for i, (row, below) in enumerate(pairwise(rows)):
        count = len(row.table.columns)
        if row.table is below.table and not below.tokens and len(row.tokens) == 2 * count:
            rows[i] = replace(row, tokens=row.tokens[:count])
            rows[i + 1] = replace(below, tokens=row.tokens[count:], place=row.place)


def _without_ordinal(between: str, row: Row) -> str:
    """The next row's own ordinal, which flattened text prints right behind the figures."""
    number = ordinal(row.title)
    if number:
        return re.sub(rf"(?:{number}[.、)]|\({number}\))(?:[^\d]{{0,3}})$", "", between)
    return between


def _dealt(text: str, hits: list[_Hit], rows: list[PrintedRow]) -> list[PrintedRow]:
    """Labels and figures printed apart, column by column: as many figures as the matrix has cells are dealt row by row.

    Empty unless that gives sums that hold in most rows; a table in its right order never comes here.
    """
    table = rows[0].table if rows else None
    if (
        table is None
        or len(table.columns) < MATRIX
        or all(len(row.tokens) == len(table.columns) for row in rows)
    ):
        return []
    count, all_rows = len(table.columns), [row for row in table.rows if not row.heading]
    below = NEXT_SECTION.search(text, hits[0].end)
    region = text[hits[0].start : below.start() if below else _end(text, hits[-1].end, "")]
    tokens = NUMBER.findall(_unremarked(LOOSE_ORDINAL.sub("", region)))
    if len(tokens) != count * len(all_rows) or not all(token.isdigit() for token in tokens):
        return []
    dealt = [tokens[i * count : (i + 1) * count] for i in range(len(all_rows))]
    held = sum(sum(map(int, part[:-1])) == int(part[-1]) for part in dealt)
    if held < len(all_rows) - TORN:
        return []
    places = {row.row.code: row.place for row in rows if row.row}
    return [
        PrintedRow(table, row, tuple(part), "", places.get(row.code, rows[0].place))
        for row, part in zip(all_rows, dealt, strict=True)
    ]


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
    _whole_section(stream, table, found)


def _whole_section(stream: Stream, table: FormTable, found: Print) -> None:
    """Table 4 whose headings came out in pieces: the section holds nothing but them and the fifteen figures."""
    wanted = len(table.rows) * len(table.columns)
    for section in SECTION_4.finditer(stream.text):
        tokens = NUMBER.findall(section[1])
        run = "".join(tokens)
        apart, together = len(tokens) == wanted, len(tokens) == 1 and len(run) >= wanted
        if run.isdigit() and (apart or together) and "审" in section[1] and "结果" in section[1]:
            place = stream.place(section.start(1) + section[1].find(tokens[0]), section.end(1))
            found.rows.append(PrintedRow(table, None, tuple(tokens), " ".join(tokens), place))
            found.spans += stream.span(section.start(1), section.end(1))
            return
