"""ZIP and what is built on it. Nothing is ever written to disk; names that try to leave the folder are refused."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from zipfile import ZipFile, ZipInfo

from mingtang.disclosure.checks.readers.docx import read_docx
from mingtang.disclosure.checks.readers.limits import (
    FILE,
    NESTING,
    OWN,
    RATIO,
    RATIO_FROM,
    SAFE,
    Allowance,
    bomb,
    damaged,
    too_large,
)
from mingtang.disclosure.checks.readers.xlsx import read_xlsx
from mingtang.disclosure.checks.types import Reading, Unreadable

Read = Callable[..., Reading | Unreadable]
MACROS = re.compile(r"(?i)(?:^|/)(?:vbaProject\.bin|vbaData\.xml|macrosheets/|xlm)")
DRIVE = re.compile(r"^[A-Za-z]:")
CLUTTER = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)


def read_zip(data: bytes, name: str, allowance: Allowance, read: Read) -> Reading | Unreadable:
    """A DOCX or XLSX by its content, else an archive whose members are read one by one as parts."""
    try:
        archive = ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return damaged("ZIP（或 DOCX、XLSX）")
    with archive:
        if (refused := guard(infos, allowance)) is not None:
            return refused
        names = {info.filename for info in infos}
        if "[Content_Types].xml" in names or any(n.startswith(("word/", "xl/", "ppt/")) for n in names):
            return _office(archive, names, name)
        if "OFD.xml" in names:
            return Unreadable("这是 OFD 版式文件，暂不能读取", OWN, "请同时交 DOCX 或带文字层的 PDF")
        if "mimetype" in names and "content.xml" in names:
            return Unreadable("这是 ODF（ODT、ODS）文件，不在可读格式内", OWN, "请另存为 DOCX 或 XLSX 后再交")
        return _members(archive, infos, name, allowance, read)


def guard(infos: list[ZipInfo], allowance: Allowance) -> Unreadable | None:
    """Counts, sizes and names, from the directory alone; nothing is unpacked before this has passed."""
    if len(infos) > allowance.members:
        return Unreadable(
            f"压缩包里有 {len(infos)} 个文件，超过 {allowance.members} 个的上限", SAFE, "请分成几包后再交"
        )
    allowance.members -= len(infos)
    whole = sum(info.file_size for info in infos)
    if whole > allowance.left or any(
        info.file_size > RATIO_FROM and info.file_size > RATIO * max(1, info.compress_size) for info in infos
    ):
        return bomb("压缩包")
    allowance.left -= whole
    for info in infos:
        if info.flag_bits & 0x1:
            return Unreadable("压缩包设有密码，读不到内容", OWN, "请去掉密码后再交")
        path = info.filename.replace("\\", "/")
        if path.startswith("/") or DRIVE.match(path) or ".." in path.split("/") or "\x00" in path:
            return Unreadable(
                "压缩包里有越出目录的文件名（如“../”或绝对路径），没有展开",
                SAFE,
                "请核实文件来历，重新打包后再交",
            )
        if (info.external_attr >> 16) & 0o170000 == 0o120000:
            return Unreadable("压缩包里有符号链接，没有展开", SAFE, "请改放文件本身，重新打包后再交")
    return None


def _office(archive: ZipFile, names: set[str], name: str) -> Reading | Unreadable:
    types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    if any(MACROS.search(n) for n in names) or b"macroEnabled" in types:
        return Unreadable(
            "文件带有宏（程序代码），不予读取",
            SAFE,
            "请另存为不含宏的 DOCX 或 XLSX 后再交；宏不得随公开附件发布",
        )
    if b"wordprocessingml" in types or any(n.startswith("word/") for n in names):
        return read_docx(archive, name)
    if b"spreadsheetml" in types or any(n.startswith("xl/") for n in names):
        return read_xlsx(archive, name)
    if b"presentationml" in types or any(n.startswith("ppt/") for n in names):
        return Unreadable("这是演示文稿（PPTX），不在可读格式内", OWN, "请另存为 PDF 后再交")
    return damaged("Office ")


def shown(info: ZipInfo) -> str:
    """A member's name; Chinese Windows writes GBK where the standard reads code page 437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _members(
    archive: ZipFile, infos: list[ZipInfo], name: str, allowance: Allowance, read: Read
) -> Reading | Unreadable:
    files = [info for info in infos if not info.is_dir() and not CLUTTER.search(info.filename)]
    if not files:
        return Unreadable("压缩包是空的", OWN, "请确认打包完整后再交")
    if allowance.depth >= NESTING:
        return Unreadable(f"压缩包套了 {NESTING} 层以上，没有再展开", SAFE, "请解开后直接交里面的文件")
    parts, unread = [], []
    for info in files:
        inner = f"{name}#{shown(info)}"
        reading = _member(archive, info, inner, allowance, read)
        if isinstance(reading, Unreadable):
            unread.append((inner, reading))
        else:
            parts.append(reading)
    if not parts and len(unread) == 1:
        return unread[0][1]
    return Reading(name, "application/zip", (), (), tuple(parts), unread=tuple(unread))


def _member(
    archive: ZipFile, info: ZipInfo, inner: str, allowance: Allowance, read: Read
) -> Reading | Unreadable:
    if info.file_size > FILE:
        return too_large(info.file_size, FILE)
    try:
        content = archive.read(info)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, RuntimeError, ValueError):
        return damaged("压缩包里的这个")
    allowance.depth += 1
    try:
        return read(content, inner, allowance=allowance)
    finally:
        allowance.depth -= 1
