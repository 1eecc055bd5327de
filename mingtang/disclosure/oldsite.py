"""A saved site of another system: its pages recognised one by one as rows of a catalogue, with the files beside them.

Old templates say what a page is in their tags (ArticleTitle, PubDate, ContentSource, ColumnName: 国办发〔2017〕47号) or in
plain sight; the text is where most words stand that lead nowhere else. What is not recognised comes back, page by page.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import lxml.html
from lxml.html import HtmlElement

from mingtang.disclosure.checks.attaching import brought
from mingtang.disclosure.checks.readers.archive import guard, shown
from mingtang.disclosure.checks.readers.html import hidden_by, read_html
from mingtang.disclosure.checks.readers.limits import HTML, MB, SAFE, Allowance, damaged, too_large
from mingtang.disclosure.checks.run import check as run_checks
from mingtang.disclosure.checks.types import Unreadable
from mingtang.disclosure.importing import CatalogueTable, Imported, Looker, Misfit, known_as
from mingtang.ledger.api import Agency, find

_BASIS = "移交：旧网站保存下来的网页"
_MOST_FILES, _UNPACKED, _LARGEST = 100_000, 4096 * MB, 100 * MB
_PAGES = (".html", ".htm", ".shtml")
_PICTURES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif"}
_FILES = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".ofd", ".wps", ".csv", ".txt", ".zip")
# What hijackers plant; such a page stays out until somebody has looked at it.
_HOSTILE = ("link.hidden", "link.dangerous", "organ.spam")
_TEXT = re.compile(r"TRS_(?:UE)?EDITOR|ueditor|(?:^|[\s_-])zoom|article[-_]?(?:content|body)|news[-_]?(?:content|text)|xxgk[-_]?content|cont(?:ent)?[-_]?text", re.IGNORECASE)  # fmt: skip
_DAY = re.compile(
    r"(?:(?:发布|公开|更新|发文|录入)?(?:日期|时间))\s*[：:]\s*((?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}:\d{1,2})?)"
)
_SOURCE = re.compile(r"(?:信息)?来源\s*[：:]\s*([^\s：:|，,。<>]{2,40})")
_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,14}\s?[〔\[［](?:19|20)\d\d[〕\]］]\s?第?\d{1,5}\s?号")
_TRICKS = re.compile(r"[\x00-\x1f\x7f/\\\u200b-\u200f\u202a-\u202e\u2066-\u2069<>\"']")
_SITE_NAME = re.compile(r"\s*[-_|—–]+\s*[^-_|—–]{2,40}$")
HEAD = ("原编号", "标题", "文号", "发布机构", "文种", "发布日期", "来源", "栏目", "正文")

Load = Callable[[], bytes]


@dataclass
class _Seen:
    """What one page was recognised as; ``files``: name readers see → path in the saved site."""

    title: str = ""
    doc_no: str = ""
    published: str = ""
    source: str = ""
    column: str = ""
    body: str = ""
    files: dict[str, str] = field(default_factory=dict)
    fault: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class SavedSite(CatalogueTable):
    """A saved site as a catalogue: a row a page, its address there (path) as its number."""

    beside: Mapping[int, tuple[tuple[str, str, Load], ...]] = field(default_factory=dict)
    faults: Mapping[int, Misfit] = field(default_factory=dict)

    @classmethod
    def of_path(cls, path: Path, kinds: Mapping[str, str] | None = None) -> SavedSite | Unreadable:
        """Read a folder or a ZIP; ``kinds``: the kind of what stands in a column. Unreadable, with the way out, for tricks."""
        loads = _folder(path) if path.is_dir() else _zip(path)
        if isinstance(loads, Unreadable):
            return loads
        organs = {w for a in find("agency") for w in (a.name, a.short_name, *a.aliases) if w}
        rows, beside, faults = [], {}, {}
        for number, page in enumerate(sorted(p for p in loads if p.lower().endswith(_PAGES)), 2):
            seen = _recognised(page, loads)
            if seen.fault:
                faults[number] = Misfit(number, *seen.fault)
            rows.append((page, seen.title, seen.doc_no, seen.source if seen.source in organs else "",
                         (kinds or {}).get(seen.column, ""), seen.published, seen.source, seen.column, seen.body))  # fmt: skip
            beside[number] = tuple((name, _media(at), loads[at]) for name, at in seen.files.items())
        if not rows:
            return Unreadable("里面没有网页（.html）", _BASIS, "请交旧网站保存下来的文件夹，或它的 ZIP")
        return cls(path.name, HEAD, tuple(rows), beside=beside, faults=faults)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The column is used by way of ``kinds``; nothing is left out."""
        return ()

    def look_over(
        self, at: datetime, *, source: str, kind: str = "", agency: Agency | None = None
    ) -> Iterator[Mapping[str, Any] | list[Misfit]]:
        """As a catalogue's, with the files beside each page, and what no page can be told from."""
        looker = Looker(self, at, source, kind, agency)
        for number, cells in enumerate(self.rows, 2):
            if number in self.faults:
                yield [self.faults[number]]
            else:
                found = looker.row(number, cells)
                yield found if isinstance(found, list) else {**found, "files": self.beside[number]}

    def moved(self, source: str) -> dict[str, str]:
        """Origin under which a page is taken over → its address on the old site."""
        return {known_as(source, row[0]): row[0] for row in self.rows}


def _folder(root: Path) -> dict[str, Load] | Unreadable:
    """Every file below a folder; what leads out of it by a link is refused."""
    found: dict[str, Load] = {}
    for file in sorted(root.rglob("*")):
        if file.is_symlink():
            return Unreadable(f"文件夹里有符号链接（{file.name}），没有读取", SAFE, "请改放文件本身")
        if file.is_file():
            found[file.relative_to(root).as_posix()] = _reading(file)
        if len(found) > _MOST_FILES:
            return Unreadable(f"文件超过 {_MOST_FILES} 个", SAFE, "请分成几个文件夹")
    return found


def _reading(file: Path) -> Load:
    return file.read_bytes


def _zip(path: Path) -> dict[str, Load] | Unreadable:
    """Every member of a ZIP, unpacked when it is asked for; bombs, passwords and names that lead out are refused."""
    try:
        archive = zipfile.ZipFile(path)
        infos = [i for i in archive.infolist() if not i.is_dir()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return damaged("ZIP")
    if (refused := guard(infos, Allowance(left=_UNPACKED, members=_MOST_FILES))) is not None:
        return refused
    if large := next((i for i in infos if i.file_size > _LARGEST), None):
        return too_large(large.file_size, _LARGEST, f"压缩包里的“{shown(large)}”")
    names = [shown(i).replace("\\", "/") for i in infos]
    # A site that was packed as one folder is that folder.
    top = {n.partition("/")[0] for n in names}
    cut = len(next(iter(top))) + 1 if len(top) == 1 and all("/" in n for n in names) else 0
    return {name[cut:]: _unpacking(archive, info) for name, info in zip(names, infos, strict=True)}


def _unpacking(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Load:
    return lambda: archive.read(info)


def _media(path: str) -> str:
    return _PICTURES.get(posixpath.splitext(path)[1].lower(), "application/octet-stream")


def _recognised(path: str, loads: Mapping[str, Load]) -> _Seen:
    """What a page is; ``fault``: column, why, what to do, when it cannot be taken over."""
    try:
        data = loads[path]()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError):
        return _Seen(fault=("原编号", "文件读不出来", "请重新保存这一页"))
    reading = read_html(data, path) if len(data) <= HTML else too_large(len(data), HTML)
    if isinstance(reading, Unreadable):
        return _Seen(fault=("正文", reading.why, reading.instead))
    text = re.sub(r"<\?xml[^>]*\?>", "", data.decode(reading.encoding or "utf-8", "replace"))
    try:
        page = lxml.html.document_fromstring(text)
    except (lxml.etree.LxmlError, ValueError):
        return _Seen(fault=("正文", "不是网页", "请重新保存这一页"))
    meta = {name.lower(): said.strip() for name, said in reading.meta}
    lines = [line.text for line in reading.lines]
    seen = _said(page, meta, lines)
    if bad := next((f for f in run_checks(reading, _HOSTILE) if f.severity == "error"), None):
        seen.fault = ("正文", f"网页可能被篡改过：{bad.message}", "请从备份里找没有被改过的一页，或另行起草")
        return seen
    _take_out(page)
    main = _main(page)
    if main is None:
        seen.fault = ("正文", "认不出正文，像是栏目页或首页", "栏目页不移交；是文章的请另行起草")
        return seen
    _relink(main, path, loads, seen, meta.get("sitedomain", ""))
    seen.fault = _unwelcome(seen, loads)
    for heading in main.xpath(".//h1"):
        heading.drop_tree()
    seen.body = lxml.html.tostring(main, encoding="unicode", with_tail=False)
    return seen


def _unwelcome(seen: _Seen, loads: Mapping[str, Load]) -> tuple[str, str, str] | None:
    """The first file beside a page that would not be taken as an upload either: column, why, what to do."""
    for name, at in seen.files.items():
        try:
            wrong = brought(loads[at](), name)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError):
            return "附件", f"“{name}”读不出来", "请重新保存这个文件"
        if wrong is not None:
            return "附件", f"“{name}”：{wrong.why}", wrong.instead
    return None


def _said(page: HtmlElement, meta: Mapping[str, str], lines: Sequence[str]) -> _Seen:
    """What the page says of itself, in its tags or in plain sight."""
    whole = "\n".join(lines)
    day, source = _DAY.search(whole), _SOURCE.search(whole)
    title = meta.get("articletitle") or _first(page, "//h1") or _SITE_NAME.sub("", _first(page, "//title"))
    number = next(
        (m[0] for line in [title, *lines[:60]] if (m := _NUMBER.search(line)) and len(line) < 60), ""
    )
    published = meta.get("pubdate") or (day[1] if day else "")
    return _Seen(
        title=title[:300], doc_no=re.sub(r"\s", "", number), published=re.sub(r":\d\d(?:\.\d+)?$", "", published) if published.count(":") > 1 else published,
        source=meta.get("contentsource") or (source[1] if source else ""), column=meta.get("columnname", ""),
    )  # fmt: skip


def _first(page: HtmlElement, where: str) -> str:
    found = page.xpath(where)
    return " ".join(found[0].text_content().split()) if found else ""


def _take_out(page: HtmlElement) -> None:
    """Away with what is no text: programs, navigation, forms, and what is hidden from the eye."""
    for node in list(page.iter()):
        if not isinstance(node.tag, str):
            continue
        gone = node.tag in (
            "script",
            "style",
            "nav",
            "header",
            "footer",
            "form",
            "iframe",
            "object",
            "select",
        )
        if node.tag not in ("html", "body") and node.getparent() is not None and (gone or hidden_by(node)):
            node.drop_tree()


def _net(node: HtmlElement) -> int:
    """Characters that lead nowhere, less those that do."""
    linked = sum(len("".join(a.text_content().split())) for a in node.iter("a"))
    return len("".join(node.text_content().split())) - 2 * linked


def _main(page: HtmlElement) -> HtmlElement | None:
    """Where the text stands: where old editors put it, else the smallest box that holds most of the words."""
    marked = [
        n for n in page.iter("div", "td", "article", "section", "ucapcontent")
        if _TEXT.search(f" {n.get('id') or ''} {n.get('class') or ''}")
    ]  # fmt: skip
    marked = [n for n in marked if _net(n) > 0 or n.find(".//img") is not None or n.find(".//a") is not None]
    if marked:
        return max(marked, key=_net)
    box = page.find("body")
    while box is not None:
        whole = _net(box)
        inner = next(
            (
                c
                for c in box
                if isinstance(c.tag, str) and c.tag not in ("p", "span") and _net(c) >= 0.8 * whole
            ),
            None,
        )
        if inner is None or whole <= 0:
            break
        box = inner
    return box if box is not None and _net(box) > 0 else None


def _relink(main: HtmlElement, path: str, loads: Mapping[str, Load], seen: _Seen, domain: str) -> None:
    """Pictures and files that lie beside the page become its attachments; pages keep their old path, which leads on."""
    for node in list(main.iter("img", "a")):
        name = "src" if node.tag == "img" else "href"
        at = _beside(node.get(name) or "", path, domain)
        ending = posixpath.splitext(at)[1].lower()
        if node.tag == "img":
            if at in loads and ending in _PICTURES:
                node.set("src", "attach:" + _named(seen, posixpath.basename(at), at))
            else:
                node.drop_tree()
        elif at in loads and (ending in _FILES or ending in _PICTURES):
            _named(
                seen,
                f"{node.text_content().strip().removesuffix(ending) or posixpath.basename(at)}{ending}",
                at,
            )
            node.drop_tag()  # it is listed below the text
        elif at in loads:
            node.set("href", "/" + at)
        elif at:
            node.drop_tag()


def _beside(url: str, path: str, domain: str) -> str:
    """The path in the saved site that an address on a page means; empty for one that leads elsewhere."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    if (
        parts.scheme not in ("", "http", "https")
        or (parts.netloc and parts.netloc != domain)
        or not parts.path
    ):
        return ""
    if parts.scheme and not parts.netloc:
        return ""
    at = posixpath.normpath(posixpath.join(posixpath.dirname("/" + path), unquote(parts.path)))
    return at.lstrip("/")


def _named(seen: _Seen, name: str, at: str) -> str:
    """Keep a file under a name that plays no tricks, once."""
    for known, held in seen.files.items():
        if held == at:
            return known
    stem, ending = posixpath.splitext(_TRICKS.sub("", name))
    clean, n = f"{stem[:150] or '附件'}{ending}", 1
    while clean in seen.files:
        n += 1
        clean = f"{stem[:150]}（{n}）{ending}"
    seen.files[clean] = at
    return clean


__all__ = ["HEAD", "Imported", "SavedSite"]
