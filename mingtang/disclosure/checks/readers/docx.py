"""DOCX: body in reading order; comments, notes, headers, deletions and hidden runs as parts, for they leak."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from zipfile import ZipFile

from lxml import etree

from mingtang.disclosure.checks.readers.grid import Grid, flat
from mingtang.disclosure.checks.readers.limits import LINES, OWN, SAFE
from mingtang.disclosure.checks.readers.ooxml import Unfit, attribute, local, related, tree
from mingtang.disclosure.checks.types import Line, Reading, Table, Unreadable

MEDIA = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PARTS = {"comments": "批注", "footnotes": "脚注", "endnotes": "尾注", "header": "页眉", "footer": "页脚"}
OFF = frozenset({"0", "false", "off"})


@dataclass
class _Body:
    lines: list[Line] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    def line(self, text: str) -> None:
        for piece in text.split("\n"):
            if piece.strip(" \t\u3000\xa0"):
                self.lines.append(Line(len(self.lines) + 1, piece))


def read_docx(archive: ZipFile, name: str) -> Reading | Unreadable:
    """Body lines and tables, and what stands beside the body as parts."""
    try:
        return _read(archive, name)
    except Unfit as unfit:
        return unfit.refusal


def _read(archive: ZipFile, name: str) -> Reading | Unreadable:
    top = related(archive, "")
    main = next((target for kind, target in top.values() if kind == "officeDocument"), "word/document.xml")
    root = tree(archive, main)
    if root is None:
        return Unreadable("DOCX 里没有正文", OWN, "请用 Word 或 WPS 打开后另存一份再交")
    body = _Body()
    _blocks(root, body, 0)
    if len(body.lines) > LINES:
        return Unreadable("文档段落过多，没有读取", SAFE, "请拆成几份后再交")
    parts: list[Reading] = []
    for kind, target in sorted(set(related(archive, main).values())):
        if kind in PARTS and (part := tree(archive, target)) is not None:
            beside = _Body()
            _blocks(part, beside, 0)
            if beside.lines:
                parts.append(
                    Reading(
                        f"{name}#{PARTS[kind]}",
                        MEDIA,
                        tuple(beside.lines),
                        tuple(beside.tables),
                        encoding="utf-8",
                    )
                )
    for label, pieces in (("隐藏文字", body.hidden), ("已删除的修订", body.deleted)):
        if pieces:
            parts.append(_loose(f"{name}#{label}", pieces))
    if not body.lines and not parts:
        return Unreadable(
            "文档里没有文字（可能只有图片）", OWN, "请交可编辑的原文件；扫描件请先做文字识别（OCR）"
        )
    return Reading(name, MEDIA, tuple(body.lines), tuple(body.tables), _distinct(parts), "utf-8")


def _loose(name: str, pieces: list[str]) -> Reading:
    return Reading(name, MEDIA, tuple(Line(i, t) for i, t in enumerate(pieces, 1)), encoding="utf-8")


def _distinct(parts: list[Reading]) -> tuple[Reading, ...]:
    """Headers repeat for first, odd and even pages: one of each wording is enough."""
    seen: dict[tuple[str, tuple[str, ...]], Reading] = {}
    for part in parts:
        seen.setdefault((part.name, tuple(line.text for line in part.lines)), part)
    return tuple(seen.values())


def _blocks(node: etree._Element, body: _Body, depth: int) -> None:
    """Paragraphs and tables under a node, in order, through content controls and note wrappers."""
    for child in node:
        kind = local(child)
        if kind == "p":
            _paragraph(child, body, depth)
        elif kind == "tbl":
            _table(child, body, depth)
        elif kind and kind not in {"sectPr", "tblPr", "pPr"} and depth < 200:
            _blocks(child, body, depth + 1)


def _paragraph(node: etree._Element, body: _Body, depth: int) -> None:
    boxes: list[etree._Element] = []
    body.line("".join(_text(node, body, boxes)))
    for box in boxes:
        if depth < 50:
            _blocks(box, body, depth + 1)


def _text(node: etree._Element, body: _Body, boxes: list[etree._Element]) -> Iterator[str]:
    """Visible text of a paragraph; deleted and hidden runs are set aside, text boxes queued behind it."""
    for child in node:
        kind = local(child)
        if kind == "r":
            yield from _run(child, body, boxes)
        elif kind in {"del", "moveFrom"}:
            gone = "".join(t.text or "" for t in child.iter() if local(t) in {"delText", "t"})
            if gone.strip():
                body.deleted.append(gone)
        elif kind == "AlternateContent":
            yield from _text(_choice(child), body, boxes)
        elif kind == "txbxContent":
            boxes.append(child)
        elif kind and kind not in {"pPr", "rPr"}:
            yield from _text(child, body, boxes)


def _choice(node: etree._Element) -> etree._Element:
    """The first branch only: the fallback says the same again."""
    return next(iter(node), node)


def _run(node: etree._Element, body: _Body, boxes: list[etree._Element]) -> Iterator[str]:
    pieces: list[str] = []
    hidden = False
    for child in node:
        kind = local(child)
        if kind == "rPr":
            hidden = any(
                local(p) in {"vanish", "webHidden"} and (attribute(p, "val") or "1") not in OFF for p in child
            )
        elif kind == "t":
            pieces.append(child.text or "")
        elif kind == "tab":
            pieces.append("\t")
        elif kind in {"br", "cr"}:
            pieces.append("\n")
        elif kind == "noBreakHyphen":
            pieces.append("-")
        elif kind == "AlternateContent":
            pieces.extend(_text(_choice(child), body, boxes))
        elif kind in {"drawing", "pict", "object"}:
            boxes.extend(box for box in child.iter() if local(box) == "txbxContent")
    if hidden:
        if "".join(pieces).strip():
            body.hidden.append("".join(pieces))
        return
    yield from pieces


def _table(node: etree._Element, body: _Body, depth: int) -> None:
    grid, start = Grid(), len(body.lines) + 1
    above: dict[int, str] = {}
    for row in _children(node, "tr"):
        grid.row()
        column = _skip(row, grid)
        for cell in _children(row, "tc"):
            across, merged = _cell_shape(cell)
            text = above.get(column, "") if merged == "continue" else _cell(cell, body, depth)
            if merged:
                above[column] = text
            grid.cell(text, across)
            if merged == "continue":
                grid.firsts[-1].pop()
            column += across
    rows, firsts = grid.done()
    if rows:
        body.lines.extend(Line(start + i, flat(first)) for i, first in enumerate(firsts))
        body.tables.append(Table(rows, start))


def _skip(row: etree._Element, grid: Grid) -> int:
    """Columns a row leaves out at its start (gridBefore)."""
    for prop in _children(row, "trPr"):
        for node in prop:
            if local(node) == "gridBefore":
                count = _number(attribute(node, "val"))
                grid.cell("", count)
                return count
    return 0


def _children(node: etree._Element, kind: str) -> Iterator[etree._Element]:
    """Rows or cells, also where a content control or a revision mark wraps them."""
    for child in node:
        name = local(child)
        if name == kind:
            yield child
        elif name in {"sdt", "sdtContent", "ins", "customXml", "smartTag"}:
            yield from _children(child, kind)


def _number(value: str | None) -> int:
    return (
        min(max(int(value), 1), 100)
        if value and value.isascii() and value.isdigit() and len(value) < 5
        else 1
    )


def _cell_shape(cell: etree._Element) -> tuple[int, str]:
    across, merged = 1, ""
    for prop in _children(cell, "tcPr"):
        for node in prop:
            if local(node) == "gridSpan":
                across = _number(attribute(node, "val"))
            elif local(node) == "vMerge":
                merged = "restart" if attribute(node, "val") == "restart" else "continue"
    return across, merged


def _cell(cell: etree._Element, body: _Body, depth: int) -> str:
    inner = _Body(hidden=body.hidden, deleted=body.deleted)
    if depth < 20:
        _blocks(cell, inner, depth + 1)
    return "\n".join(line.text.strip() for line in inner.lines)
