"""From a Word file to a draft: clean text, and what the paper says of itself, for its author to confirm.

Layout of official papers: GB/T 9704-2012 (发文机关标志, 发文字号, 标题, 主送机关, 正文, 附件说明, 署名, 成文日期, 附注, 版记). What is
recognised leaves the text and becomes metadata; what is not stays where it stood.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import lxml.html
import mammoth
from lxml.html import HtmlElement

from mingtang.disclosure.catalogue import clean
from mingtang.disclosure.checks.numerals import numeral
from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.readers.limits import SAFE
from mingtang.disclosure.checks.types import Unreadable
from mingtang.disclosure.models import Edition

# One style of headings however the file names it; underline and colour are not structure.
_STYLES = "\n".join(
    [
        f"p[style-name='{name} {n}'] => h{n + 1}:fresh"
        for n in (1, 2, 3)
        for name in ("heading", "Heading", "标题")
    ]
    + ["p[style-name='Title'] => p:fresh", "p[style-name='标题'] => p:fresh"]
)
_MOST_IMAGE = 8 * 1024 * 1024
_PICTURES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}

_NUMBER = re.compile(
    r"^([\u4e00-\u9fff]{1,14}?)\s*[〔\[［【(（]\s*((?:19|20)\d\d)\s*[〕\]］】)）]\s*第?\s*(\d{1,5})\s*号$"
)
_HEAD = re.compile(r"^(.{2,40}?(?:政府|委员会|局|厅|处|办公室|办公厅|中心|院|委|办))(?:文件|公告|令|通告)?$")
_GENRE = re.compile(
    r"(?:通知|意见|办法|规定|规则|细则|公告|通告|决定|方案|规划|计划|批复|函|报告|通报|制度|指南|目录|清单|标准|纪要|要点|措施|预案|须知|简报|命令|令|公示|说明)"
    r"(?:[（(].{1,20}[）)])?$"
)
_CHAPTER = re.compile(r"^第[一二三四五六七八九十百]{1,4}[章节]\s*\S{0,40}$")
_ITEM = re.compile(r"^[一二三四五六七八九十]{1,3}、[^。；]{1,48}$")
_SUBITEM = re.compile(r"^[（(][一二三四五六七八九十]{1,3}[）)][^。；]{1,48}$")
_BEGINS = re.compile(
    r"^(?:第[一二三四五六七八九十百]{1,4}[条章]|[一二三四五六七八九十]{1,3}、|为了?|根据|按照|依据)"
)
_ISO_DAY = re.compile(r"^((?:19|20)\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日$")
_HAN_DAY = re.compile(
    r"^([一二三四五六七八九〇零○]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日$"
)
_MARK = re.compile(r"^[（(]\s*此件(?P<what>公开发布|主动公开|依申请公开|不予公开|不公开)\s*[）)]$")
_ENDNOTE = re.compile(r"^(?:抄\s*送[：:]|分\s*送[：:]|.{2,40}\d{1,2}月\d{1,2}日印发$|主题词[：:])")
_ATTACHED = re.compile(r"^附件[：:]?\s*(?:\d+[.．、])?\s*(.{1,80})$")
_ATTRIBUTES = {
    "公开发布": Edition.OPEN, "主动公开": Edition.OPEN, "依申请公开": Edition.ON_REQUEST, "不予公开": Edition.CLOSED, "不公开": Edition.CLOSED,
}  # fmt: skip
_DIGITS = dict(zip("零〇○一二三四五六七八九", "000123456789", strict=True))


_BASIS = "起草：从 Word 文件取正文"
_WANTED = "这里要的是 Word 文件：请交它的 DOCX 原稿，或直接粘贴正文"


def _may_be_word(data: bytes) -> bool:
    """Could this be a Word file once it is saved anew: a DOCX that is damaged or has a password, a DOC, an RTF?"""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return any(s.encode("utf-16-le") in data for s in ("EncryptedPackage", "WordDocument"))
    return data.startswith((b"PK", b"{\\rtf"))


@dataclass(frozen=True)
class Picture:
    """A picture of the text: the name under which it is kept, its bytes and its media type."""

    name: str
    content: bytes
    media: str


@dataclass(frozen=True)
class Paper:
    """A Word file read as a paper. Empty strings and None: not found; ``said`` tells what to look at before using it.

    ``body`` holds ``<img src="attach:NAME">`` for each of ``pictures``; ``attached``: the titles of attachments it announces.
    """

    title: str = ""
    doc_no: str = ""
    organ: str = ""
    written_on: date | None = None
    attribute: str = ""
    body: str = ""
    attached: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    said: tuple[str, ...] = ()

    @staticmethod
    def clean(html: str) -> str:
        """A text as it would be kept (``catalogue.clean``), to be shown again before it is."""
        return clean(html)

    @classmethod
    def of_word(cls, data: bytes, name: str) -> Paper | Unreadable:
        """Read a DOCX. Unreadable, with the way out, for what is none: old formats, macros, passwords, bombs, damage."""
        found = read(data, name)
        if isinstance(found, Unreadable):
            # The way out of a PDF's password, or of a scan's want of text, leads to no Word file.
            lost = found.basis != SAFE and not _may_be_word(data)
            return Unreadable(found.why, _BASIS, _WANTED) if lost else found
        if not found.media.endswith("wordprocessingml.document"):
            return Unreadable("这不是 Word 文件（DOCX）", _BASIS, _WANTED)
        kept = _Pictures()
        try:
            html = mammoth.convert_to_html(
                io.BytesIO(data), style_map=_STYLES, convert_image=mammoth.images.img_element(kept.keep)
            ).value
        except (
            Exception
        ):  # the library meets hostile bytes: whatever it stumbles over, the clerk gets a sentence
            return Unreadable("Word 文件的正文读不出来", _BASIS, "请用 Word 或 WPS 打开后另存一份 DOCX")
        return _Reader(html).paper(tuple(kept.found), tuple(kept.said))


@dataclass
class _Pictures:
    """Takes the pictures out of the file while it is converted."""

    found: list[Picture] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def keep(self, image: mammoth.images.Image) -> dict[str, str]:
        """The attributes of the picture's element; a picture no browser shows is told and left out."""
        with image.open() as stream:
            content = stream.read(_MOST_IMAGE + 1)
        place = len(self.found) + 1
        if image.content_type not in _PICTURES or len(content) > _MOST_IMAGE:
            self.said.append(
                f"有一张图片（{image.content_type or '不明格式'}）网页上显示不了，没有带过来：请另存为 PNG 或 JPEG 后作为附件"
            )
            return {"src": "", "alt": ""}
        name = f"picture-{place}.{_PICTURES[image.content_type]}"
        self.found.append(Picture(name, content, image.content_type))
        return {"src": f"attach:{name}", "alt": image.alt_text or f"图{place}"}


class _Reader:
    """Walks the blocks of the converted text once from each end."""

    def __init__(self, html: str) -> None:
        root = lxml.html.fragment_fromstring(html or "", create_parent="div")
        for picture in root.xpath(".//img[@src='']"):
            picture.drop_tree()
        self.blocks = [
            b for b in root if isinstance(b.tag, str) and (_text(b) or b.xpath(".//img | self::table"))
        ]

    def paper(self, pictures: tuple[Picture, ...], said: tuple[str, ...]) -> Paper:
        """The paper, its recognised parts taken out of the text."""
        organ, doc_no = self._letterhead()
        attribute, written_on = self._tail()
        title = self._title()
        if not title:
            said = (*said, "没有认出标题，请自己填写")
        attached = tuple(
            m[1].strip() for b in self.blocks if b.tag == "p" and (m := _ATTACHED.match(_text(b)))
        )
        if attached:
            said = (*said, "正文提到附件：" + "、".join(attached) + "。请一并上传")
        body = "".join(
            lxml.html.tostring(b, encoding="unicode", with_tail=False) for b in map(_tidied, self.blocks)
        )
        return Paper(title, doc_no, organ, written_on, attribute, clean(body), attached, pictures, said)

    def _letterhead(self) -> tuple[str, str]:
        """发文机关标志 and 发文字号: within the first blocks, in this order; both leave the text."""
        for place, block in enumerate(self.blocks[:8]):
            match = _NUMBER.match(_text(block))
            if match is None:
                continue
            organ = ""
            for above in self.blocks[:place]:
                if head := _HEAD.match(_text(above).replace(" ", "")):
                    organ = head[1]
            del self.blocks[: place + 1]
            return organ, f"{match[1]}〔{match[2]}〕{int(match[3])}号"
        return "", ""

    def _title(self) -> str:
        """The lines up to the one that closes with the name of a genre; without one, the first line if it is no sentence."""
        parts: list[str] = []
        for place, block in enumerate(self.blocks[:5]):
            line = _text(block)
            if (
                block.tag == "table"
                or not line
                or line[-1] in "。：:；"
                or (parts and _BEGINS.match(line))
                or len("".join(parts)) + len(line) > 150
            ):
                break
            parts.append(line)
            if _GENRE.search(line):
                del self.blocks[: place + 1]
                return "".join(parts)
        if parts and len(parts[0]) <= 60:
            del self.blocks[:1]
            return parts[0]
        return ""

    def _tail(self) -> tuple[str, date | None]:
        """附注 and 成文日期 among the last blocks; 版记 goes, signature and day stay in the text."""
        attribute, day = "", None
        for block in reversed(self.blocks[-14:]):
            text = _text(block).replace(" ", "")
            if block.tag != "p":
                continue
            if mark := _MARK.match(text):
                attribute = attribute or _ATTRIBUTES[mark["what"]]
                self.blocks.remove(block)
            elif _ENDNOTE.match(text):
                self.blocks.remove(block)
            elif day is None:
                day = _day(text)
        return attribute, day


def _text(block: HtmlElement) -> str:
    return " ".join("".join(block.itertext()).replace("\u3000", " ").split())


def _day(text: str) -> date | None:
    """A day in figures or in characters (二〇二六年三月二日); None for anything else."""
    try:
        if match := _ISO_DAY.match(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _HAN_DAY.match(text):
            year = int("".join(_DIGITS[c] for c in match[1]))
            return date(year, numeral(match[2]), numeral(match[3]))
    except ValueError:
        return None
    return None


def _tidied(block: HtmlElement) -> HtmlElement:
    """Headings by their numbering; cells without a paragraph of their own; no bold that only says “heading”."""
    line = _text(block)
    if block.tag == "p" and not block.xpath(".//img"):
        level = "h2" if _CHAPTER.match(line) or _ITEM.match(line) else "h3" if _SUBITEM.match(line) else ""
        if level:
            block.tag = level
            for strong in block.xpath(".//strong | .//b"):
                strong.drop_tag()
    for cell in block.iter("td", "th"):
        paragraphs = list(cell)
        if len(paragraphs) == 1 and paragraphs[0].tag == "p":
            paragraphs[0].drop_tag()
    for row in _head_rows(block):
        for cell in row:
            cell.tag = "th"
            for strong in cell.xpath(".//strong | .//b"):
                strong.drop_tag()
    return block


def _head_rows(block: HtmlElement) -> Iterator[HtmlElement]:
    """First rows of tables whose every cell is bold: they are heads."""
    for table in block.iter("table"):
        row = next(iter(table.iter("tr")), None)
        if (
            row is not None
            and len(row) > 1
            and all(cell.xpath("./strong | ./b | ./p/strong") for cell in row)
        ):
            yield row
