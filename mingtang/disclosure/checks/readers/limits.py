"""How much a reader takes, and the refusals that say so. Sizes in bytes; chosen so that no process passes 500 MB."""

from __future__ import annotations

from dataclasses import dataclass

from mingtang.disclosure.checks.types import Unreadable

MB = 1024 * 1024
FILE = 100 * MB
TEXT = 32 * MB
HTML = 16 * MB
LINES = 600_000
XML_PART = 30 * MB
SHEET_XML = 150 * MB
CELLS = 800_000
# Cells with a format and nothing in them, too; and places up to the last cell of each row.
DRAWN = 2_000_000
PLACES = 20_000_000
UNPACKED = 200 * MB
MEMBERS = 2_000
NESTING = 3
RATIO = 150
RATIO_FROM = 5 * MB
PDF_PAGES = 1_500
PDF_STREAM = 40 * MB
PDF_IMAGE = 200 * MB
PDF_PAGE_CONTENT = 3 * MB


@dataclass
class Allowance:
    """What archives inside archives may still unpack, together; ``depth`` counts the archives around."""

    left: int = UNPACKED
    members: int = MEMBERS
    depth: int = 0


OWN = "明堂读取规则：文件先读得出文字，才谈得上检查"
SAFE = "明堂读取规则：每个文件都按来历不明处理，超过上限的不展开"


def too_large(size: int, limit: int, what: str = "文件") -> Unreadable:
    """Refuse by size; nothing of the content has been looked at."""
    return Unreadable(
        f"{what}有 {size / MB:.0f} MB，超过 {limit // MB} MB 的上限，没有读取",
        SAFE,
        "请把文件拆成几份，或压缩其中的图片后再交",
    )


def damaged(kind: str) -> Unreadable:
    """A file whose kind is known but whose content does not hold together."""
    return Unreadable(
        f"{kind}文件已损坏或不完整，打不开", OWN, "请用原来的软件打开后另存一份，或向报送单位重新索取"
    )


def bomb(kind: str) -> Unreadable:
    """An archive that grows out of proportion when unpacked."""
    return Unreadable(
        f"{kind}展开后过大（疑似压缩炸弹），没有展开", SAFE, "请核实文件来历；确需报送的，直接交里面的文件"
    )
