"""Plain text: which encoding, and whether it is text at all. A wrong guess must never pass as content."""

from __future__ import annotations

import codecs
import re

from mingtang.disclosure.checks.readers.limits import LINES, OWN, SAFE, TEXT, too_large
from mingtang.disclosure.checks.types import Line, Reading, Unreadable

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# C0 controls that no text editor writes; tab, line feed, form feed, return and escape-free text stay.
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
LINE_ENDS = re.compile(r"\r\n|[\n\r]")
SAMPLE = 200_000

NOT_TEXT = Unreadable(
    "文件内容不是文字（二进制数据），无法检查",
    OWN,
    "请确认选对了文件；文档请另存为 DOCX、XLSX、PDF 或 UTF-8 文本后再交",
)
NO_ENCODING = Unreadable(
    "认不出文字的编码，硬读会成乱码，没有读取",
    OWN,
    "请用记事本或 WPS 打开，“另存为”时把编码选为 UTF-8 后再交",
)
EMPTY = Unreadable("文件是空的，没有可检查的内容", OWN, "请确认文件已保存完整后再交")


def decode(data: bytes) -> tuple[str, str, tuple[str, ...]] | Unreadable:
    """(text, encoding, notes) of bytes that are meant to be text."""
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return _strict(data[len(bom) :], encoding)
    if (wide := _wide(data)) is not None:
        return _strict(data, wide)
    try:
        return _if_text(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    if data.count(0) > len(data) // 1000:
        return NOT_TEXT
    return _damaged_utf8(data) or _legacy(data)


def _strict(data: bytes, encoding: str) -> tuple[str, str, tuple[str, ...]] | Unreadable:
    try:
        return _if_text(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        if encoding == "utf-8":
            return _damaged_utf8(data) or NO_ENCODING
        return NO_ENCODING


def _if_text(
    text: str, encoding: str, notes: tuple[str, ...] = ()
) -> tuple[str, str, tuple[str, ...]] | Unreadable:
    sample = text[:SAMPLE]
    if len(CONTROLS.findall(sample)) > max(2, len(sample) // 200):
        return NOT_TEXT
    return text, encoding, notes


def _wide(data: bytes) -> str | None:
    """UTF-16 without its mark: line feeds, blanks and ASCII leave noughts on one side only."""
    sample = data[:SAMPLE]
    if len(data) % 2 or len(data) < 8 or not sample.count(0):
        return None
    low, high = sample[0::2].count(0), sample[1::2].count(0)
    for encoding, zeros, others in (("utf-16-le", high, low), ("utf-16-be", low, high)):
        # 开 is U+5F00: some noughts stand on the other side too.
        if zeros >= 2 and others <= zeros:
            try:
                text = sample[: len(sample) // 2 * 2].decode(encoding)
            except UnicodeDecodeError:
                continue
            if _plausible(text) > 0.9 and not CONTROLS.search(text):
                return encoding
    return None


def _damaged_utf8(data: bytes) -> tuple[str, str, tuple[str, ...]] | None:
    """UTF-8 with a few broken bytes: read, with every loss shown as U+FFFD and said in a note."""
    text = data.decode("utf-8", errors="replace")
    lost = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    wide = sum(1 for char in text[:SAMPLE] if char > "\x7f" and char != "\ufffd")
    if (
        lost > 0
        and wide >= 10
        and lost * 20 <= max(wide, len(text) // 50)
        and _plausible(text[:SAMPLE]) > 0.7
    ):
        return text, "utf-8", (f"文件按 UTF-8 读取，有 {lost} 处字节损坏，原文已无法还原，请核对原稿",)
    return None


def _legacy(data: bytes) -> tuple[str, str, tuple[str, ...]] | Unreadable:
    """GB18030 first (the national standard GB 18030-2022), then Big5, each only if it makes sense."""
    for encoding, note in (("gb18030", ()), ("big5hkscs", ("文件按繁体中文（Big5）编码读取，请核对",))):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            text = data.decode(encoding, errors="replace")
            lost = text.count("\ufffd")
            if lost * 200 > len(text):
                continue
            note = (*note, f"文件按 {encoding.upper()} 读取，有 {lost} 处字节损坏，请核对原稿")
        if _plausible(text[:SAMPLE]) > 0.7:
            return _if_text(text, encoding, note)
    return NO_ENCODING


def _common(char: str) -> bool:
    """Is this a character that ordinary Chinese text is made of (ASCII, punctuation, the 3,755 of level 1)?"""
    if char < "\x7f" or "\u3000" <= char <= "\u301f" or "\uff00" <= char <= "\uffef" or char in "“”‘’—…·×℃㎡":
        return True
    for encoding, low, high in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            lead = char.encode(encoding)
        except UnicodeEncodeError:
            continue
        if len(lead) == 2 and low <= lead[0] <= high:
            return True
    return False


def _plausible(text: str) -> float:
    """Share of wide characters that ordinary text would use; 1 for a text without any."""
    wide = [char for char in text if char > "\x7f" and char != "\ufffd"]
    if not wide:
        return 1.0
    step = max(1, len(wide) // 5000)
    picked = wide[::step]
    return sum(map(_common, picked)) / len(picked)


def lines_of(text: str) -> tuple[Line, ...] | Unreadable:
    """The lines that are not blank, numbered as an editor numbers them."""
    pieces = LINE_ENDS.split(text)
    if len(pieces) > LINES:
        return Unreadable(f"文本有 {len(pieces)} 行，超过 {LINES} 行的上限", SAFE, "请分成几份后再交")
    return tuple(Line(no, piece) for no, piece in enumerate(pieces, 1) if piece.strip(" \t\u3000\xa0\ufeff"))


def read_text(data: bytes, name: str) -> Reading | Unreadable:
    """TXT (also CSV, Markdown): UTF-8, GB18030, UTF-16, Big5."""
    if len(data) > TEXT:
        return too_large(len(data), TEXT, "纯文本")
    decoded = decode(data)
    if isinstance(decoded, Unreadable):
        return decoded
    text, encoding, notes = decoded
    lines = lines_of(text)
    if isinstance(lines, Unreadable):
        return lines
    if not lines:
        return EMPTY
    return Reading(name, "text/plain", lines, encoding=encoding, notes=notes)
