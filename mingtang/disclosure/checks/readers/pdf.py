"""PDF: pages to paragraphs and tables. A page without text is said, a file without any is refused."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.pdf import PDF
from pdfplumber.utils.exceptions import PdfminerException
from pypdf import PdfReader

from mingtang.disclosure.checks.readers.layout import Block, Box, Grids, assemble, boxes_of, grid_of
from mingtang.disclosure.checks.readers.limits import (
    MB,
    OWN,
    PDF_IMAGE,
    PDF_PAGE_CONTENT,
    PDF_PAGES,
    PDF_STREAM,
    SAFE,
    Allowance,
    bomb,
    damaged,
)
from mingtang.disclosure.checks.types import Line, Reading, Unreadable

Read = Callable[..., Reading | Unreadable]
STREAM = re.compile(rb"stream\r?\n")
LOCKED = Unreadable("PDF 设有打开密码，读不到内容", OWN, "请去掉密码后另存一份再交")
SCANNED = Unreadable(
    "PDF 里没有文字层（多半是扫描件），读不到文字",
    OWN,
    "请交由 Word 或 WPS 直接导出的 PDF，或先做文字识别（OCR）",
)
# The PDF libraries report every oddity of a font through logging; none of it is for a clerk.
for noisy in ("pdfminer", "pypdf", "pdfplumber"):
    logging.getLogger(noisy).setLevel(logging.CRITICAL)


def read_pdf(data: bytes, name: str, allowance: Allowance, read: Read) -> Reading | Unreadable:
    """Paragraphs and tables by page; annotations and embedded files as parts."""
    if not _fits(data):
        return bomb("PDF 里的数据")
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            if len(pdf.pages) > PDF_PAGES:
                return Unreadable(
                    f"PDF 有 {len(pdf.pages)} 页，超过 {PDF_PAGES} 页的上限", SAFE, "请拆成几份后再交"
                )
            blocks, bare, notes = _pages(pdf)
            remarks = _remarks(pdf)
    except PdfminerException as error:
        cause = error.args[0] if error.args else None
        return LOCKED if isinstance(cause, PDFPasswordIncorrect) else damaged("PDF ")
    except PDFPasswordIncorrect:
        return LOCKED
    lines, tables = assemble(blocks)
    if not lines:
        return SCANNED
    if bare:
        notes = (*notes, f"第 {'、'.join(map(str, bare))} 页没有文字层，没有检查；请先做文字识别（OCR）")
    parts = [Reading(f"{name}#批注", "application/pdf", remarks)] if remarks else []
    inside, unread = _embedded(data, name, allowance, read)
    return Reading(name, "application/pdf", lines, tables, (*parts, *inside), notes=notes, unread=unread)


def _fits(data: bytes) -> bool:
    """Would every deflated stream stay in bounds? Tried with a cap, so that a bomb costs no memory."""
    whole = 0
    for match in STREAM.finditer(data):
        head = data[max(0, match.start() - 600) : match.start()]
        head = head[head.rfind(b" obj") :] if b" obj" in head else head
        if b"Flate" not in head and b"/Fl" not in head:
            continue
        cap = PDF_IMAGE if b"/Image" in head else PDF_STREAM
        size = _inflated(data, match.end(), cap)
        whole += 0 if b"/Image" in head else size
        if size > cap or whole > 10 * PDF_STREAM:
            return False
    return True


def _inflated(data: bytes, start: int, cap: int) -> int:
    """Bytes a deflated stream grows to, counted no further than just above ``cap``."""
    engine, size, at = zlib.decompressobj(), 0, start
    try:
        while not engine.eof and size <= cap and at < len(data):
            out = engine.decompress(engine.unconsumed_tail or data[at : at + 65_536], MB)
            if not engine.unconsumed_tail:
                at += 65_536
            size += len(out)
    except zlib.error:
        return size
    return size


def _pages(pdf: PDF) -> tuple[list[Block], list[int], tuple[str, ...]]:
    """All blocks in reading order; pages without text; notes."""
    blocks: list[Block] = []
    bare: list[int] = []
    heavy: list[int] = []
    for page in pdf.pages:
        if _content(page) > PDF_PAGE_CONTENT:
            heavy.append(page.page_number)
            continue
        chars = [c for c in page.chars if c["text"] and c["size"] > 0.5]
        if not any(c["text"].strip() for c in chars):
            if page.images:
                bare.append(page.page_number)
        else:
            blocks.extend(_page_blocks(page, chars))
        page.close()
    notes = (
        (f"第 {'、'.join(map(str, heavy))} 页的绘图指令过多，没有检查；请另存为 DOCX 再查",) if heavy else ()
    )
    return blocks, bare, notes


def _content(page: Any) -> int:
    """Size of a page's drawing commands in bytes."""
    return sum(len(stream.get_data()) for stream in page.page_obj.contents if hasattr(stream, "get_data"))


def _page_blocks(page: Any, chars: list[dict[str, Any]]) -> Iterator[Block]:
    """Tables (only where ruling lines exist: finding them is the dear part) and the lines around them."""
    upright = [c for c in chars if c.get("upright", True)] or chars
    boxes = [Box(c["text"], c["x0"], c["x1"], c["top"], c["bottom"], c["size"]) for c in upright]
    grids: Grids = []
    if _ruled(page):
        for table in page.find_tables():
            if len(table.cells) >= 2 and (grid := grid_of(table.cells, boxes)) is not None:
                grids.append(grid)
    free = [b for b in boxes if not any(g.holds(b) for g in grids)]
    yield from boxes_of(free, grids, page.page_number, float(page.width), float(page.height))


def _ruled(page: Any) -> bool:
    """Are there at least two horizontal and two vertical strokes?"""
    across = down = 0
    for edge in page.edges:
        if edge["orientation"] == "h" and edge["x1"] - edge["x0"] > 20:
            across += 1
        elif edge["orientation"] == "v" and edge["bottom"] - edge["top"] > 6:
            down += 1
        if across >= 2 and down >= 2:
            return True
    return False


def _remarks(pdf: PDF) -> tuple[Line, ...]:
    """Texts of annotations (批注), with their page."""
    found = []
    for page in pdf.pages:
        for annotation in page.annots:
            text = annotation.get("contents")
            if isinstance(text, str) and text.strip():
                found.append((page.page_number, " ".join(text.split())))
    return tuple(Line(i, text, number) for i, (number, text) in enumerate(found, 1))


def _embedded(
    data: bytes, name: str, allowance: Allowance, read: Read
) -> tuple[tuple[Reading, ...], tuple[tuple[str, Unreadable], ...]]:
    """Files attached inside the PDF."""
    if b"/EmbeddedFile" not in data or allowance.depth >= 3:
        return (), ()
    parts, unread = [], []
    allowance.depth += 1
    try:
        attached = [(f, c) for f, cs in PdfReader(io.BytesIO(data)).attachments.items() for c in cs]
    except Exception:
        # pypdf stumbles over malformed name trees in many ways; the text itself has been read already.
        return (), ((f"{name}#附件", damaged("PDF 里嵌入的")),)
    for inner, content in attached[: allowance.members]:
        label = f"{name}#{inner}"
        reading = read(bytes(content), label, allowance=allowance)
        if isinstance(reading, Unreadable):
            unread.append((label, reading))
        else:
            parts.append(reading)
    allowance.depth -= 1
    return tuple(parts), tuple(unread)
