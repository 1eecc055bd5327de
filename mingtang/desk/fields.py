"""Fields of the desk's forms as values: what a verb needs to know, how it is asked, how it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI

# Control and direction characters have no place in a record.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def clean(raw: object) -> str:
    """Typed text without control and direction characters, line ends as one sign."""
    return _CONTROL.sub("", str(raw or "")).replace("\r\n", "\n").strip()


@dataclass(frozen=True)
class Field:
    """One field. ``kind``: text | area | day | moment | choice | check | file | number | secret. ``choices``: (value, label)."""

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
        if self.kind == "moment" and text:
            return self._moment(text)
        if self.kind == "number" and text and not _is_number(text):
            raise Mistyped(
                Refused(
                    f"{self.label}“{text[:20]}”不是数字", "这一项只收数字", "请只写数字，例如 12 或 312.5"
                )
            )
        if self.kind == "choice" and text and text not in {v for v, _ in self.choices}:
            raise Mistyped(Refused(f"{self.label}不在列表里", "表单的选项", "请从列表中选择"))
        if self.required and not text:
            raise Mistyped(Refused(f"没有填写{self.label}", "这一步必须写明", f"请填写{self.label}"))
        return None if self.kind in ("day", "moment") and not text else text

    def _moment(self, text: str) -> datetime:
        """Day and hour of civil time, as the browser writes them (2026-11-24T09:00)."""
        try:
            return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
        except ValueError:
            raise Mistyped(
                Refused(
                    f"{self.label}“{text[:20]}”不是日期和钟点",
                    "日期为年-月-日，钟点为时:分",
                    "请写成 2026-11-24T09:00 这样",
                )
            ) from None


def _is_number(text: str) -> bool:
    try:
        return Decimal(text.replace(",", "").replace("，", "")).is_finite()
    except InvalidOperation:
        return False


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
    fields: Iterable[Field], data: Mapping[str, Any], faults: Mapping[str, str] | None = None, refused: Refused | None = None
) -> list[Field]:  # fmt: skip
    """The same fields with what was typed, so that nothing has to be typed twice, each with what is wrong in it.

    ``faults``: what a room says of them by key. ``refused``: a room's refusal; it stands beside the field it begins with.
    """
    told = faults or {}
    return [
        replace(f, value=str(data.get(f.key) or ""), fault=told.get(f.key, "") or _fault(f, data, refused))
        for f in fields
    ]


def _fault(f: Field, data: Mapping[str, Any], refused: Refused | None) -> str:
    """Why this field cannot be read, or what a refusal says of it; empty: nothing."""
    if f.kind in ("file", "secret"):
        return ""
    try:
        f.read(data.get(f.key))
    except Mistyped as mistyped:
        refused = mistyped.refused
    else:
        if refused is None or not refused.why.startswith((f.label, f"“{f.label}”")):
            return ""
    return f"{refused.why}。{refused.instead}"
