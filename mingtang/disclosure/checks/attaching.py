"""Which files may be attached: by their content and by their name, which must say the same; no programs, no scripts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.types import Reading, Unreadable
from mingtang.law.api import read_yaml

_LIST = Path(__file__).parent / "lists" / "attachments.yaml"
_BASIS = "明堂附件规则：只收清单上的类型，内容和后缀要一致"
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")


@cache
def _lists() -> Mapping[str, Any]:
    return read_yaml(_LIST)


def _ending(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def allowed() -> str:
    """The types that may be attached, for people."""
    return "、".join(row["says"] for row in _lists()["allowed"])


def misfit(reading: Reading, content: bytes) -> Unreadable | None:
    """Why a file that can be read may still not be attached; None when it may."""
    if content.startswith(_PROGRAMS):
        return _refused("这是程序或脚本，不是文件材料")
    known = {row["media"]: row for row in _lists()["allowed"]}
    if (wrong := _mislabelled(reading, known)) is not None:
        return wrong
    if reading.media != "application/zip":
        return None
    inner = (misfit(part, b"") for part in reading.parts)
    if (wrong := next(filter(None, inner), None)) is not None:
        return wrong
    endings = {e for row in known.values() for e in row["endings"]} | set(_lists()["beside"])
    for name, why in reading.unread:
        if _ending(name) not in endings or "程序" in why.why:
            return _refused(f"里面的“{name.rpartition('#')[2]}”不在可收的类型内")
    return None


def brought(content: bytes, name: str) -> Unreadable | None:
    """Why a file that lay beside a page of a former site may not come along; None when it may.

    As for uploads; what old offices saved and nobody reads (``beside``, scans) may come when it begins as its ending says.
    """
    if content.startswith(_PROGRAMS):
        return _refused("这是程序或脚本，不是文件材料")
    ending = _ending(name)
    begins = _lists()["begins"].get(ending)
    if begins is not None:
        fits = any(content.startswith(bytes.fromhex(start)) for start in begins)
        return None if fits else _refused(f"内容和后缀“{ending}”不符")
    reading = read(content, name)
    return reading if isinstance(reading, Unreadable) else misfit(reading, content)


def _mislabelled(reading: Reading, known: dict[str, Any]) -> Unreadable | None:
    row, name = known.get(reading.media), reading.name.rpartition("#")[2]
    if row is None:
        return _refused("不在可收的类型内")
    if _ending(name) not in row["endings"]:
        whose = f"里面的“{name}”" if name != reading.name else ""
        return _refused(f"{whose}内容是{row['says']}，后缀却是“{_ending(name) or '没有'}”")
    return None


def _refused(why: str) -> Unreadable:
    return Unreadable(why, _BASIS, f"可以附：{allowed()}；请核对文件，改好后缀或另存后再交")
