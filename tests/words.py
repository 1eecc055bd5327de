"""Word files for tests: written here, none of them anybody's."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import docx

# One pixel, transparent.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
PAPER = (
    "测试市住房局文件", "测房发〔2026〕12号", "测试市住房局关于印发", "住房租赁登记办法的通知", "各县区人民政府，市政府各部门：",
    "现将《住房租赁登记办法》印发给你们，请认真执行。", "一、总体要求", "（一）基本原则", "坚持便民原则。", "附件：1.登记收费标准",
    "测试市住房局", "2026年3月2日", "（此件公开发布）", "抄送：市委各部门。", "测试市住房局办公室 2026年3月3日印发",
)  # fmt: skip


def word(*lines: str, more: Callable[[Any], object] = lambda document: None) -> bytes:
    """A DOCX of these paragraphs; ``more`` adds to the document before it is saved."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    more(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
