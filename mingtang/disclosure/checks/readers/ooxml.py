"""What DOCX and XLSX share: their XML members, taken safely. OOXML forbids DTDs (ISO/IEC 29500-2), so do we."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from zipfile import ZipFile

from lxml import etree

from mingtang.disclosure.checks.readers.limits import MB, OWN, SAFE, XML_PART
from mingtang.disclosure.checks.types import Unreadable

PIECE = MB
DTD = re.compile(rb"<\x00?\x00?\x00?!\x00?\x00?\x00?(?:D|E)\x00?\x00?\x00?[ON]\x00?\x00?\x00?[CT]")


class Unfit(Exception):
    """A member that must not or cannot be parsed; carries the refusal the reader returns."""

    def __init__(self, refusal: Unreadable) -> None:
        super().__init__(refusal.why)
        self.refusal = refusal


def pieces(archive: ZipFile, path: str, limit: int = XML_PART) -> Iterator[bytes]:
    """One member piece by piece, nothing if there is none; raises Unfit beyond ``limit`` or with a DTD inside."""
    if path not in archive.NameToInfo:
        return
    if archive.getinfo(path).file_size > limit:
        raise Unfit(
            Unreadable(f"文件内部的文字部分超过 {limit // MB} MB，没有读取", SAFE, "请把内容拆成几份后再交")
        )
    before = b""
    try:
        with archive.open(path) as stream:
            while piece := stream.read(PIECE):
                if DTD.search(before + piece):
                    raise Unfit(
                        Unreadable(
                            "文件内部自带实体定义（正常文件没有），没有展开",
                            SAFE,
                            "请核实来历，用 Word 或 WPS 另存一份再交",
                        )
                    )
                yield piece
                # A definition may begin in one piece and go on in the next; no match is longer than this.
                before = (before + piece)[-40:]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise Unfit(
            Unreadable("Office 文件已损坏，内容取不出来", OWN, "请用原来的软件打开后另存一份再交")
        ) from error


def member(archive: ZipFile, path: str) -> bytes | None:
    """The bytes of one member, None if there is none; raises Unfit when it is too large or has a DTD inside."""
    return b"".join(pieces(archive, path)) if path in archive.NameToInfo else None


def tree(archive: ZipFile, path: str) -> etree._Element | None:
    """A member parsed, entities off, network off; raises Unfit on damaged XML."""
    data = member(archive, path)
    if data is None:
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Unfit(
            Unreadable("Office 文件内部已损坏，读不出文字", OWN, "请用 Word 或 WPS 打开修复，另存一份再交")
        ) from error


def related(archive: ZipFile, path: str) -> dict[str, tuple[str, str]]:
    """Relations of a member: id → (kind, target path). Kind is the last word of the relation's type."""
    folder, base = posixpath.split(path)
    rels = tree(archive, posixpath.join(folder, "_rels", base + ".rels"))
    found: dict[str, tuple[str, str]] = {}
    for node in rels if rels is not None else ():
        target = node.get("Target") or ""
        if node.get("TargetMode") != "External":
            target = (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(folder, target))
            )
        found[node.get("Id") or ""] = ((node.get("Type") or "").rsplit("/", 1)[-1], target)
    return found


def local(node: etree._Element) -> str:
    """Element name without namespace: transitional and strict OOXML differ in nothing else that we read."""
    tag = node.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def attribute(node: etree._Element, name: str) -> str | None:
    """An attribute by its local name."""
    for key, value in node.attrib.items():
        if str(key).rsplit("}", 1)[-1] == name:
            return str(value)
    return None
