"""Fields of the desk's forms as values: what a verb needs to know, how it is asked, how it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from mingtang.law.api import Refused

# Control and direction characters have no place in a record.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def clean(raw: object) -> str:
    """Typed text without control and direction characters, line ends as one sign."""
    return _CONTROL.sub("", str(raw or "")).replace("\r\n", "\n").strip()


@dataclass(frozen=True)
class Field:
    """One field. ``kind``: text | area | day | choice | check | file | number | secret. ``choices``: (value, label)."""

    key: str
    label: str
    kind: str = "text"
    required: bool = False
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    most: int = 2000
    value: str = ""
    fault: str = ""
    group: str = field(default="", compare=False)

    def read(self, raw: Any) -> Any:
        """The typed value, cleaned; a day as a date or None. Raises Mistyped."""
        # A password is taken as it was typed.
        text = str(raw or "") if self.kind == "secret" else clean(raw)
        if len(text) > self.most:
            raise Mistyped(
                Refused(
                    f"{self.label}超过{self.most}字（写了{len(text)}字）",
                    "本平台的长度限制",
                    "请写得简短些，较长的材料作为附件",
                )
            )
        if self.kind == "day" and text:
            try:
                return date.fromisoformat(text)
            except ValueError:
                raise Mistyped(
                    Refused(
                        f"{self.label}“{text[:20]}”不是日历上的日期",
                        "日期为年-月-日",
                        "请写成 2026-11-23 这样",
                    )
                ) from None
        if self.kind == "choice" and text and text not in {v for v, _ in self.choices}:
            raise Mistyped(Refused(f"{self.label}不在列表里", "表单的选项", "请从列表中选择"))
        if self.required and not text:
            raise Mistyped(Refused(f"没有填写{self.label}", "这一步必须写明", f"请填写{self.label}"))
        return None if self.kind == "day" and not text else text


class Mistyped(Exception):
    """A field that cannot be read; carries the refusal."""

    def __init__(self, refused: Refused):
        super().__init__(refused.why)
        self.refused = refused


def read(fields: Iterable[Field], data: Mapping[str, Any]) -> dict[str, Any]:
    """Every field's value; empty optional ones are left out. Raises Mistyped at the first fault."""
    found = {f.key: f.read(data.get(f.key)) for f in fields if f.kind != "file"}
    return {k: v for k, v in found.items() if v not in (None, "")}


def refill(
    fields: Iterable[Field], data: Mapping[str, Any], faults: Mapping[str, str] | None = None
) -> list[Field]:
    """The same fields with what was typed, so that nothing has to be typed twice."""
    told = faults or {}
    return [replace(f, value=str(data.get(f.key) or ""), fault=told.get(f.key, "")) for f in fields]
