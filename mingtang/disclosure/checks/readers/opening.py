"""Which reader a file goes to, judged by its first bytes; and the kinds that are refused, each with its way out."""

from __future__ import annotations

import re
from os import PathLike
from pathlib import Path

from mingtang.disclosure.checks.readers.archive import read_zip
from mingtang.disclosure.checks.readers.html import read_html
from mingtang.disclosure.checks.readers.limits import FILE, OWN, SAFE, Allowance, damaged, too_large
from mingtang.disclosure.checks.readers.pdf import read_pdf
from mingtang.disclosure.checks.readers.text import EMPTY, read_text
from mingtang.disclosure.checks.types import Reading, Unreadable

HTML_START = re.compile(
    rb"(?i)<(?:!doctype\s+html|html|head|body|meta|title|div|table|p|script|style|article)\b[^<]{0,400}?>"
)
ENTITY = re.compile(rb"<!\s*(?:ENTITY|DOCTYPE[^>]*\[)")
IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
ARCHIVES = (
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"\x1f\x8b", "GZ"),
    (b"BZh", "BZ2"),
    (b"\xfd7zXZ", "XZ"),
)
PROGRAMS = ((b"MZ", "Windows 程序"), (b"\x7fELF", "Linux 程序"))


def read(
    source: str | PathLike[str] | bytes, name: str = "", *, allowance: Allowance | None = None
) -> Reading | Unreadable:
    """What a file says, or why nobody can tell. ``allowance`` is the archives' own. Never raises on content."""
    data = source if isinstance(source, bytes) else _load(Path(source))
    if isinstance(data, Unreadable):
        return data
    if not name:
        name = "" if isinstance(source, bytes) else Path(source).name
    if len(data) > FILE:
        return too_large(len(data), FILE)
    if not data:
        return EMPTY
    try:
        return _by_content(data, name, allowance or Allowance())
    except (MemoryError, RecursionError):
        return Unreadable("文件的结构过于复杂，读取中止", SAFE, "请用原来的软件打开后另存一份再交")
    except Exception:
        # The libraries below meet hostile bytes; whatever they stumble over, the clerk gets a sentence.
        return damaged("")


def _load(path: Path) -> bytes | Unreadable:
    """The bytes of a regular file; refused by its size before anything is read."""
    try:
        if not path.is_file():
            return Unreadable(f"找不到文件“{path.name}”，或它不是普通文件", OWN, "请核对路径和文件名")
        size = path.stat().st_size
        return too_large(size, FILE) if size > FILE else path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "路径不合规"
        return Unreadable(f"读不到文件（{reason}）", OWN, "请核对路径和读取权限")


def _by_content(data: bytes, name: str, allowance: Allowance) -> Reading | Unreadable:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return read_zip(data, name, allowance, read)
    if b"%PDF-" in data[:1024]:
        return read_pdf(data, name, allowance, read)
    if (refused := _refused_kind(data)) is not None:
        return refused
    head = data[:4096]
    if (
        ENTITY.search(head)
        and head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"<?xml", b"<!"))
        and b"html" not in head[:200].lower()
    ):
        return Unreadable("XML 文件自带实体定义，没有展开", SAFE, "请交 DOCX、PDF 或文本文件")
    narrow = head.replace(b"\x00", b"")
    if HTML_START.search(narrow):
        return read_html(data, name)
    return read_text(data, name)


def _refused_kind(data: bytes) -> Unreadable | None:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _old_office(data)
    if data.startswith(b"{\\rtf"):
        return Unreadable("这是 RTF 文件，不在可读格式内", OWN, "请用 Word 或 WPS 另存为 DOCX 后再交")
    if 0 in data[:256] and (data.startswith(IMAGES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")):
        return Unreadable(
            "这是图片，里面的文字读不出来", OWN, "请交可编辑的原文件；扫描件请先做文字识别（OCR）"
        )
    for magic, kind in ARCHIVES:
        if data.startswith(magic):
            return Unreadable(
                f"这是 {kind} 压缩包，不在可读格式内", OWN, "请改用 ZIP 压缩，或直接交里面的文件"
            )
    for magic, kind in PROGRAMS:
        if data.startswith(magic) and data.count(0, 0, 4096) > 8:
            return Unreadable(f"这是{kind}，不是文件材料", SAFE, "不要打开它；请核实来历并报告信息安全人员")
    return None


def _old_office(data: bytes) -> Unreadable:
    """OLE2: the formats before 2007, and today's formats once they carry a password."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Unreadable("文件设有打开密码，读不到内容", OWN, "请去掉密码后另存一份再交")
    for stream, kind, better in (
        ("WordDocument", "DOC", "DOCX"),
        ("Workbook", "XLS", "XLSX"),
        ("PowerPoint", "PPT", "PDF"),
    ):
        if stream.encode("utf-16-le") in data:
            return Unreadable(
                f"这是旧版 {kind} 格式，不在可读格式内", OWN, f"请用 Word 或 WPS 另存为 {better} 后再交"
            )
    return Unreadable("这是旧版 Office 或 WPS 格式，不在可读格式内", OWN, "请另存为 DOCX、XLSX 或 PDF 后再交")
