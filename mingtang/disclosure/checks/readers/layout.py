"""From characters with places to lines, paragraphs and tables: what PDF does not say and the eye sees."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from mingtang.disclosure.checks.readers.grid import flat
from mingtang.disclosure.checks.types import Line, Table

PAGE_NUMBER = re.compile(
    r"^\s*(?:[-—–―－·]\s*)?(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[-—–―－·/]|\s*[,，/]?\s*共\s*\d+\s*页|\s*/\s*\d+)?\s*$"
)
CHINESE = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”‘’]"
LOOSE = re.compile(
    rf"(?<={CHINESE}) +(?=[0-9A-Za-z])|(?<=[0-9A-Za-z%]) +(?={CHINESE})|(?<={CHINESE}) +(?={CHINESE})"
)
HEADING = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]+[章节条])"
)
NUMBERED = re.compile(r"^\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]|\d+[.、．])")
NEAR = 2.5
SHIFT = 8.0


@dataclass(frozen=True, slots=True)
class Box:
    """One character, or one line, with its place on the page in points."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float


@dataclass
class TableBox:
    """A ruled table: column and row edges in points, and cells (left, top, right, bottom edge indexes, text)."""

    xs: list[float]
    ys: list[float]
    cells: list[tuple[float, float, float, float, str]]

    @property
    def top(self) -> float:
        """Upper edge."""
        return self.ys[0]

    def holds(self, box: Box) -> bool:
        """Does the character stand inside?"""
        x, y = (box.x0 + box.x1) / 2, (box.top + box.bottom) / 2
        return self.xs[0] - 1 <= x <= self.xs[-1] + 1 and self.ys[0] - 1 <= y <= self.ys[-1] + 1


Grids = list[TableBox]


@dataclass
class Block:
    """One printed line or one table of a page; ``left`` and ``right`` are the page's text margins."""

    page: int
    line: Box | None = None
    table: TableBox | None = None
    left: float = 0
    right: float = 0
    pitch: float = 0
    height: float = 0
    follows: list[tuple[int, TableBox]] = field(default_factory=list)


def text_lines(boxes: list[Box]) -> list[Box]:
    """Characters to printed lines, top to bottom; blanks where the gap between characters shows one."""
    lines: list[list[Box]] = []
    for box in sorted(boxes, key=lambda b: ((b.top + b.bottom) / 2, b.x0)):
        middle = (box.top + box.bottom) / 2
        for line in reversed(lines[-3:]):
            if line[0].top <= middle <= line[0].bottom and abs(
                middle - (line[0].top + line[0].bottom) / 2
            ) < 0.5 * max(box.size, 4):
                line.append(box)
                break
        else:
            if box.text.strip():
                lines.append([box])
    return [joined for line in lines if (joined := _line(line)) is not None]


def _line(chars: list[Box]) -> Box | None:
    chars.sort(key=lambda b: b.x0)
    pieces: list[str] = []
    before: Box | None = None
    for char in chars:
        if before is not None:
            if char.text == before.text and abs(char.x0 - before.x0) < 0.3 * char.size and char.text.strip():
                continue  # bold made by printing twice
            if char.x0 - before.x1 > 0.35 * max(char.size, 4) and pieces[-1] != " " and char.text != " ":
                pieces.append(" ")
        pieces.append(char.text)
        before = char
    text = LOOSE.sub("", "".join(pieces).replace("\xa0", " "))
    if not text.strip():
        return None
    solid = [c for c in chars if c.text.strip()]
    return Box(
        text.strip(), solid[0].x0, max(c.x1 for c in solid), min(c.top for c in solid), max(c.bottom for c in solid),
        median(c.size for c in solid),
    )  # fmt: skip


def _edges(values: list[float]) -> list[float]:
    """Edges nearer than NEAR points are one."""
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > NEAR:
            edges.append(value)
    return edges


def grid_of(cells: list[tuple[float, float, float, float]], boxes: list[Box]) -> TableBox | None:
    """A table from its cell rectangles (x0, top, x1, bottom); None for a frame around prose."""
    xs = _edges([c[0] for c in cells] + [c[2] for c in cells])
    ys = _edges([c[1] for c in cells] + [c[3] for c in cells])
    if len(xs) < 3 or len(ys) < 2:
        return None
    inside: list[list[Box]] = [[] for _ in cells]
    for box in boxes:
        x, y = (box.x0 + box.x1) / 2, (box.top + box.bottom) / 2
        for i, (x0, top, x1, bottom) in enumerate(cells):
            if x0 <= x <= x1 and top <= y <= bottom:
                inside[i].append(box)
                break
    filled = [
        (*cell, "\n".join(line.text for line in text_lines(chars)))
        for cell, chars in zip(cells, inside, strict=True)
    ]
    return TableBox(xs, ys, filled) if any(c[4] for c in filled) else None


def boxes_of(free: list[Box], grids: Grids, page: int, width: float, height: float) -> Iterator[Block]:
    """Lines and tables of one page in reading order, page numbers left out."""
    lines = [
        line
        for line in text_lines(free)
        if not (PAGE_NUMBER.match(line.text) and (line.top > height * 0.88 or line.bottom < height * 0.1))
    ]
    long = [line for line in lines if line.x1 - line.x0 > width * 0.4]
    left = min((line.x0 for line in long), default=0.0)
    right = max((line.x1 for line in long), default=width)
    gaps = [b.top - a.top for a, b in pairwise(lines) if b.top > a.top]
    pitch = median(gaps) if gaps else 0.0
    items: list[tuple[float, Block]] = [
        (line.top, Block(page, line=line, left=left, right=right, pitch=pitch, height=height))
        for line in lines
    ]
    items += [(grid.top, Block(page, table=grid, height=height)) for grid in grids]
    yield from (block for _, block in sorted(items, key=lambda item: item[0]))


def assemble(blocks: list[Block]) -> tuple[tuple[Line, ...], tuple[Table, ...]]:
    """Paragraphs over lines and pages, tables over pages, numbered in one row of lines."""
    lines: list[Line] = []
    tables: list[Table] = []
    before: Block | None = None
    for block in _tables_joined(_without_running_heads(blocks)):
        if block.table is not None:
            rows, firsts = _table_rows([(block.page, block.table), *block.follows])
            if rows:
                start = len(lines) + 1
                tables.append(Table(rows, start, block.page))
                lines.extend([Line(start + i, flat(cells), page) for i, (page, cells) in enumerate(firsts)])
        elif block.line is not None:
            if before is not None and before.line is not None and lines and _continues(before, block):
                last = lines[-1]
                lines[-1] = Line(last.no, _glued(last.text, block.line.text), last.page)
            else:
                indent = (
                    "　　"
                    if block.line.x0 > block.left + 1.2 * block.line.size
                    and block.line.x1 > block.right - 4 * block.line.size
                    else ""
                )
                lines.append(Line(len(lines) + 1, indent + block.line.text, block.page))
        before = block
    return tuple(lines), tuple(tables)


def _without_running_heads(blocks: list[Block]) -> list[Block]:
    """Lines that repeat at the same height near the edge of three pages or more are no content."""

    def edge(block: Block) -> tuple[str, int] | None:
        line = block.line
        if line is None or block.height * 0.1 < line.top < block.height * 0.9:
            return None
        return re.sub(r"\d+", "#", line.text), round(line.top / 4)

    count = Counter(key for block in blocks if (key := edge(block)) is not None)
    return [b for b in blocks if (key := edge(b)) is None or count[key] < 3]


def _tables_joined(blocks: list[Block]) -> list[Block]:
    """A table that ends a page and one of the same width that begins the next are one."""
    out: list[Block] = []
    for block in blocks:
        last = out[-1] if out else None
        if (
            block.table is not None
            and last is not None
            and last.table is not None
            and block.page == (last.follows[-1][0] if last.follows else last.page) + 1
            and abs(block.table.xs[0] - last.table.xs[0]) < 6
            and abs(block.table.xs[-1] - last.table.xs[-1]) < 6
        ):
            last.follows.append((block.page, block.table))
        else:
            out.append(block)
    return out


def _table_rows(
    pieces: list[tuple[int, TableBox]],
) -> tuple[tuple[tuple[str, ...], ...], list[tuple[int, list[str]]]]:
    """One grid over all pieces: merged cells expanded, the header a new page repeats left out."""
    xs = list(pieces[0][1].xs)
    for _, piece in pieces[1:]:
        # Pages of one table may stand a few points apart: an edge near a known one is that one.
        xs += [x for x in piece.xs if min(abs(x - known) for known in xs) > SHIFT]
    xs.sort()
    rows: list[tuple[str, ...]] = []
    firsts: list[tuple[int, list[str]]] = []
    for number, (page, piece) in enumerate(pieces):
        grid, written, tall = _filled(piece, xs)
        if number and rows:
            _mend_torn(rows, grid, tall)
        for r, row in enumerate(grid):
            if not any(cell.strip() for cell in row) or (
                number and r < min(3, len(rows)) and tuple(row) == rows[r]
            ):
                continue
            rows.append(tuple(row))
            firsts.append((page, [text for _, text in sorted(written[r])]))
    return tuple(rows), firsts


def _filled(
    piece: TableBox, xs: list[float]
) -> tuple[list[list[str]], list[list[tuple[float, str]]], set[int]]:
    """Rows with merged cells expanded; texts as written by row; columns whose first cell spans several rows."""
    grid = [[""] * (len(xs) - 1) for _ in piece.ys[1:]]
    written: list[list[tuple[float, str]]] = [[] for _ in piece.ys[1:]]
    tall: set[int] = set()
    for x0, top, x1, bottom, text in piece.cells:
        columns, reach = _between(xs, x0, x1), _between(piece.ys, top, bottom)
        for r in reach:
            for c in columns:
                grid[r][c] = text
        if reach:
            written[reach[0]].append((x0, text))
            if reach[0] == 0 and len(reach) > 1:
                tall.update(columns)
    return grid, written, tall


def _mend_torn(rows: list[tuple[str, ...]], grid: list[list[str]], tall: set[int]) -> None:
    """A label whose tall cell a page break tore apart is whole again on both sides."""
    for c in tall:
        above, below = rows[-1][c], grid[0][c]
        torn = NUMBERED.match(above) and not NUMBERED.match(below)
        if not above or below == above or not (torn or not below):
            continue
        whole = above + below
        for r in range(len(grid)):
            if grid[r][c] != below:
                break
            grid[r][c] = whole
        for r in range(len(rows) - 1, -1, -1):
            if rows[r][c] != above:
                break
            rows[r] = (*rows[r][:c], whole, *rows[r][c + 1 :])


def _between(edges: list[float], low: float, high: float) -> range:
    """Indexes of the intervals between two edges."""
    start = min(range(len(edges)), key=lambda i: abs(edges[i] - low))
    end = min(range(len(edges)), key=lambda i: abs(edges[i] - high))
    return range(start, end)


def _continues(before: Block, block: Block) -> bool:
    """Does a printed line go on with the paragraph of the line before it?"""
    a, b = before.line, block.line
    if a is None or b is None:
        return False
    full = a.x1 > before.right - 2.2 * a.size
    flush = b.x0 < block.left + 1.2 * b.size
    alike = abs(a.size - b.size) < 0.15 * max(a.size, b.size)
    close = block.page == before.page + 1 or (
        block.page == before.page and b.top - a.top < 1.7 * max(block.pitch, a.size)
    )
    # Chinese body text indents a paragraph by two characters; without an indent a heading's number tells.
    return full and flush and alike and close and not HEADING.match(b.text)


def _glued(left: str, right: str) -> str:
    latin = left[-1:].isascii() and left[-1:].isalpha() and right[:1].isascii() and right[:1].isalpha()
    return f"{left} {right}" if latin else left + right
