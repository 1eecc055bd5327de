"""HTML as a reader sees it: visible blocks and tables; what is hidden goes to a part of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree
from lxml import html as lxml_html

from mingtang.disclosure.checks.readers.grid import Grid, flat
from mingtang.disclosure.checks.readers.limits import CELLS, HTML, OWN, SAFE, too_large
from mingtang.disclosure.checks.readers.text import decode
from mingtang.disclosure.checks.types import Line, Link, Reading, Table, Unreadable

BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form"
        " h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol option p pre section summary table tbody td tfoot th"
        " thead tr ul",
    )
)
SILENT = frozenset(
    re.findall(
        r"\w+", "script style template noscript head title svg math object iframe select canvas audio video"
    )
)
CHARSET = re.compile(rb"(?i)<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)")
LINKED = {
    "a": "href",
    "area": "href",
    "script": "src",
    "iframe": "src",
    "img": "src",
    "form": "action",
    "link": "href",
    "embed": "src",
    "object": "data",
    "frame": "src",
    "base": "href",
}
HIDING = (
    (re.compile(r"display\s*:\s*none"), "display:none"),
    (re.compile(r"visibility\s*:\s*hidden"), "visibility:hidden"),
    (re.compile(r"(?:^|[;\s])(?:left|top|margin-left|margin-top|text-indent)\s*:\s*-\d{3,}(?:\.\d+)?\s*(?:px|em|rem|pt|%)?"), "移出屏幕"),
    (re.compile(r"(?:^|[;\s])font-size\s*:\s*0(?:\.\d+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)"), "字号为零"),
    (re.compile(r"(?:^|[;\s])opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)"), "全透明"),
    (re.compile(r"(?:^|[;\s])(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|!|$)"), "一个像素"),
)  # fmt: skip
SPACES = re.compile(r"[ \t\r\n\x0c]+")
DEPTH = 240


def read_html(data: bytes, name: str) -> Reading | Unreadable:
    """Visible text, tables with merged cells expanded, links, meta tags; hidden nodes as the part ``#隐藏内容``."""
    if len(data) > HTML:
        return too_large(len(data), HTML, "网页")
    declared = CHARSET.search(data[:4096])
    decoded = _decode(data, declared.group(1).decode("ascii", "replace") if declared else "")
    if isinstance(decoded, Unreadable):
        return decoded
    text, encoding, notes = decoded
    parser = lxml_html.HTMLParser(recover=True, no_network=True, huge_tree=False, remove_pis=True)
    body = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\x00", ""))
    try:
        root = lxml_html.document_fromstring(body, parser=parser)
    except (etree.ParserError, ValueError):
        return Unreadable("网页里没有文字", OWN, "请确认保存的是完整网页")
    page = _Page()
    page.block(root, "", 0)
    page.flush()
    if page.cells > CELLS:
        return Unreadable("网页表格过大", SAFE, "请拆分表格后再交")
    meta = tuple((n.get("name") or n.get("property") or "", n.get("content") or "") for n in root.iter("meta") if n.get("content") and (n.get("name") or n.get("property")))  # fmt: skip
    title = root.findtext(".//title")
    if title and title.strip():
        meta = (("title", SPACES.sub(" ", title).strip()), *meta)
    hidden = tuple(Line(i, t) for i, t in enumerate(page.hidden, 1))
    parts = (Reading(f"{name}#隐藏内容", "text/html;hidden", hidden, encoding=encoding),) if hidden else ()
    if not page.lines and not hidden:
        return Unreadable(
            "网页里没有文字", OWN, "请确认保存的是完整网页；文字由脚本生成的，请复制成文本后再交"
        )
    return Reading(
        name, "text/html", tuple(page.lines), tuple(page.tables), parts, encoding, tuple(page.links), meta, notes
    )  # fmt: skip


def _decode(data: bytes, declared: str) -> tuple[str, str, tuple[str, ...]] | Unreadable:
    """Our own judgement goes before the page's declaration, which saved pages often carry wrongly."""
    decoded = decode(data)
    if isinstance(decoded, Unreadable):
        return decoded
    text, encoding, notes = decoded
    family = {"gb2312": "gb18030", "gbk": "gb18030", "utf8": "utf-8", "big5": "big5hkscs"}
    said = family.get(declared.lower(), declared.lower())
    if said and said != encoding and not data.isascii() and not encoding.startswith("utf-16"):
        notes = (*notes, f"网页声明的编码是 {declared}，实际按 {encoding} 读取")
    return text, encoding, notes


def hidden_by(node: lxml_html.HtmlElement) -> str:
    """How a node is hidden from the reader's eye, or an empty string."""
    if node.get("hidden") is not None:
        return "hidden 属性"
    style = (node.get("style") or "").lower()
    if style:
        for pattern, reason in HIDING:
            if pattern.search(style):
                return reason
    if node.tag == "marquee" and (node.get("height") in {"0", "1"} or node.get("width") in {"0", "1"}):
        return "一个像素的滚动框"
    return ""


@dataclass
class _Page:
    """What has been read so far. ``buffer`` is the block being gathered."""

    lines: list[Line] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    buffer: list[str] = field(default_factory=list)
    pending: list[tuple[str, str, str]] = field(default_factory=list)
    cells: int = 0

    def flush(self) -> None:
        """Close the block: its text becomes a line, links met on the way get its number."""
        for piece in "".join(self.buffer).split("\n"):
            if piece.strip(" \t\u3000\xa0"):
                self.lines.append(Line(len(self.lines) + 1, piece.strip(" \t")))
        self.buffer.clear()
        line = len(self.lines) or None
        self.links.extend(Link(url, text, tag, line) for url, text, tag in self.pending)
        self.pending.clear()

    def block(self, node: lxml_html.HtmlElement, hidden: str, depth: int) -> None:
        """Walk one element in reading order."""
        tag = node.tag if isinstance(node.tag, str) else ""
        if not tag:
            return
        hidden = hidden or hidden_by(node)
        self.link(node, tag, hidden)
        if tag in SILENT and tag != "head":
            self.inside_silent(node, hidden)
            return
        if tag == "head" or depth > DEPTH:
            self.inside_silent(node, hidden)
            return
        if hidden:
            self.hide(node, hidden)
            return
        if tag == "br":
            self.buffer.append("\n")
        elif tag == "table" and _is_data(node):
            self.flush()
            self.table(node)
        else:
            self.children(node, tag in BLOCKS, depth)

    def children(self, node: lxml_html.HtmlElement, blockish: bool, depth: int) -> None:
        if blockish:
            self.flush()
        self.add(node.text, node.tag == "pre")
        for child in node:
            self.block(child, "", depth + 1)
            self.add(child.tail, node.tag == "pre")
        if blockish:
            self.flush()

    def add(self, text: str | None, kept: bool = False) -> None:
        if text:
            self.buffer.append(text if kept else SPACES.sub(" ", text))

    def link(self, node: lxml_html.HtmlElement, tag: str, hidden: str) -> None:
        url = node.get(LINKED.get(tag, ""), "") if tag in LINKED else ""
        if not url:
            return
        text = SPACES.sub(" ", " ".join(node.itertext())).strip()[:200] if tag == "a" else ""
        if hidden:
            self.links.append(Link(url.strip(), text, tag, len(self.lines) or None, hidden))
        else:
            self.pending.append((url.strip(), text, tag))

    def inside_silent(self, node: lxml_html.HtmlElement, hidden: str) -> None:
        for child in node.iterdescendants(*LINKED):
            self.link(child, str(child.tag), hidden)

    def hide(self, node: lxml_html.HtmlElement, reason: str) -> None:
        words = [
            t
            for n in node.iter()
            if isinstance(n.tag, str) and n.tag not in SILENT
            for t in _own_text(n, node)
        ]
        text = SPACES.sub(" ", " ".join(words)).strip()
        if text:
            self.hidden.append(text)
        self.inside_silent(node, reason)

    def table(self, node: lxml_html.HtmlElement) -> None:
        """A data table: expanded rows into ``tables``, flattened rows into ``lines``."""
        grid, start = Grid(), len(self.lines) + 1
        for row in _rows(node):
            grid.row()
            for cell in row:
                if cell.tag in {"td", "th"} and not hidden_by(cell):
                    grid.cell(_cell_text(cell), _span(cell, "colspan"), _span(cell, "rowspan"))
                    self.cells += 1
                for inner in cell.iterdescendants(*LINKED):
                    self.link(inner, str(inner.tag), hidden_by(inner))
        rows, firsts = grid.done()
        if not rows:
            return
        self.lines.extend(Line(start + i, flat(first)) for i, first in enumerate(firsts))
        self.tables.append(Table(rows, start))
        self.flush()


def _own_text(node: lxml_html.HtmlElement, top: lxml_html.HtmlElement) -> Iterator[str]:
    if node.text and node.text.strip():
        yield node.text
    if node is not top and node.tail and node.tail.strip():
        yield node.tail


def _is_data(table: lxml_html.HtmlElement) -> bool:
    """A table of figures, not of layout: no table inside it and at least two rows and two columns."""
    if table.find(".//table") is not None:
        return False
    rows = list(_rows(table))
    return len(rows) >= 2 and max((sum(_span(c, "colspan") for c in r if c.tag in {"td", "th"}) for r in rows), default=0) >= 2  # fmt: skip


def _rows(table: lxml_html.HtmlElement) -> Iterator[lxml_html.HtmlElement]:
    for row in table.iter("tr"):
        if not hidden_by(row):
            yield row


def _span(cell: lxml_html.HtmlElement, name: str) -> int:
    value = (cell.get(name) or "").strip()
    return min(max(int(value), 1), 500) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _cell_text(cell: lxml_html.HtmlElement) -> str:
    """The words of one cell; blocks and breaks inside it part lines."""
    inner = _Page()
    inner.children(cell, True, 1)
    inner.flush()
    return "\n".join(line.text.strip() for line in inner.lines)
