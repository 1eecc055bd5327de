"""The fields that a kind adds to the catalogue's own: what may stand in them, how a reader sees it, how rows are typed.

A ``list`` is rows of cells; at the desk one row is one line, its cells parted by ``|``. Rules compare fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from mingtang.law.api import Refused

TYPES = ("text", "long", "year", "choice", "url", "date", "number", "list")
# The longest list of one document.
MOST_ROWS = 2_000
_URL = re.compile(r"(?:https?://[^\s/]|/(?!/))\S*")
_CELL = re.compile(r"(?:[^\\|｜]|\\.?)*")


@dataclass(frozen=True)
class Field:
    """One field beside the catalogue's own: its key, label, type and whether it must be filled.

    A ``choice`` keeps one of the keys of ``options`` and is shown as its word. A ``list`` is rows of ``columns``, each
    kept as ``{key: text}``. ``pattern``: what the whole text must match; ``form``: the same in words. ``codes``: the
    official code of each option.
    """

    key: str
    label: str
    type: str
    required: bool
    options: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[Field, ...] = ()
    pattern: str = ""
    form: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)

    def shown(self, value: object) -> str:
        """A kept value as a reader sees it; a list as its lines."""
        if isinstance(value, list):
            return self.lines(value)
        return self.options.get(str(value), str(value))

    def told(self, value: object) -> str:
        """A kept value with the official code of its option, where there is one."""
        code = self.codes.get(str(value))
        return f"{self.shown(value)}（{code}）" if code else self.shown(value)

    def fault(self, value: object, basis: str) -> Refused | None:
        """Why this value cannot stand in the field; an empty one is judged by ``required`` alone."""
        if value in (None, "", []):
            return Refused(f"“{self.label}”没有填写", basis, f"请填写{self.label}") if self.required else None
        if self.type == "list":
            return self._fault_of_rows(value, basis)
        if isinstance(value, (list, dict)):
            return Refused(f"“{self.label}”只能是一段文字", basis, "请只写一项")
        return self._fault_of_text(str(value).strip(), basis)

    def _fault_of_text(self, text: str, basis: str) -> Refused | None:
        if self.type == "choice" and text not in self.options:
            allowed = "、".join(f"{w}（{k}）" for k, w in self.options.items())
            return Refused(f"“{self.label}”没有“{text[:40]}”这一项", basis, f"可用：{allowed}")
        if self.type == "date" and not _is_day(text):
            return Refused(
                f"{self.label}“{text[:20]}”不是日历上的日期",
                "目录元数据：日期为年-月-日",
                "请写成 2026-11-23 这样",
            )
        wrong, instead = f"“{self.label}”写的是“{text[:40]}”", self.form
        if self.type == "number" and number_of(text) is None:
            return Refused(f"{wrong}，不是数字", basis, "请只写数字，单位已在项目名称里，例如 12.5")
        if self.type == "year" and not re.fullmatch(r"(19|20)\d\d", text):
            return Refused(f"{wrong}，不是年份", basis, "请写四位数的年份，例如 2026")
        if self.type == "url" and not _URL.fullmatch(text):
            return Refused(f"{wrong}，不是网址", basis, "请写完整的网址，以 http:// 或 https:// 开头")
        if self.pattern and not re.fullmatch(self.pattern, text):
            return Refused(f"{wrong}，格式不对", basis, f"应为：{instead}")
        return None

    def _fault_of_rows(self, rows: object, basis: str) -> Refused | None:
        if not isinstance(rows, list) or len(rows) > MOST_ROWS:
            return Refused(
                f"“{self.label}”应当是不超过{MOST_ROWS}行的表", basis, "较长的表请作为附件（xlsx、csv）"
            )
        known = {c.key for c in self.columns}
        for number, row in enumerate(rows, 1):
            if not isinstance(row, Mapping) or set(row) - known:
                heads = "、".join(c.label for c in self.columns)
                return Refused(f"“{self.label}”第{number}行有不认识的格", basis, f"每行依次为：{heads}")
            for column in self.columns:
                value = row.get(column.key)
                if "\n" in str(value or ""):
                    return Refused(
                        f"“{self.label}”第{number}行的“{column.label}”不止一行", basis, "一格只写一行"
                    )
                if fault := column.fault(value, basis):
                    return Refused(f"“{self.label}”第{number}行：{fault.why}", fault.basis, fault.instead)
        return None

    @property
    def heads(self) -> str:
        """The columns of a list as they are typed, in one line."""
        return " | ".join(c.label for c in self.columns)

    def lines(self, rows: object) -> str:
        """Rows as they are typed at the desk: a line a row, cells parted by ``|``."""
        if not isinstance(rows, list):
            return str(rows or "")
        return "\n".join(
            " | ".join(_escaped(c.shown(row.get(c.key) or "")) for c in self.columns).rstrip(" |")
            for row in rows
            if isinstance(row, Mapping)
        )

    def rows(self, text: str) -> list[dict[str, str]] | Refused:
        """What was typed as rows; empty cells are left out. ``\\|`` is a bar within a cell."""
        made = []
        for number, line in enumerate(filter(str.strip, text.splitlines()), 1):
            cells = list(_cells(line))
            if len(cells) > len(self.columns):
                return Refused(
                    f"“{self.label}”第{number}行有{len(cells)}格，最多{len(self.columns)}格",
                    "一行一条，各格用 | 隔开",
                    f"每行依次为：{self.heads}；格里的竖线写成 \\|",
                )
            named = zip(self.columns, cells, strict=False)
            made.append({c.key: c._kept(cell) for c, cell in named if cell})
        return made

    def typed(self, text: str) -> str | list[dict[str, str]] | Refused:
        """What a table's cell says, as it is kept: a list's lines as rows, a choice by its word or its official code."""
        if self.type == "list":
            return self.rows(text)
        return next((k for k, c in self.codes.items() if c.lstrip("0") == text.lstrip("0")), self._kept(text))

    def _kept(self, cell: str) -> str:
        """The key of a choice that was typed as its word; anything else as it is."""
        return next((k for k, word in self.options.items() if word == cell), cell)


def _cells(line: str) -> Iterator[str]:
    place = 0
    while True:
        found = _CELL.match(line, place)
        assert found is not None  # it matches nothing too
        yield re.sub(r"\\([\\|｜])", r"\1", found[0]).strip()
        place = found.end() + 1
        if found.end() >= len(line):
            return


def _escaped(cell: str) -> str:
    return re.sub(r"([\\|｜])", r"\\\1", cell)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def number_of(value: object) -> Decimal | None:
    """A typed number, thousands parted by commas or not; None when it is none."""
    try:
        found = Decimal(str(value).replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


@dataclass(frozen=True)
class Rule:
    """What must hold between the fields of a kind, on which ``basis``. One of:

    ``require`` these fields ``when`` a choice has one of these values, ``unless`` one of those is filled; ``at_most``: the first number is not above the
    second, each times the weight of its unit (``units``: the two unit fields, ``weights``: by option); ``ends_with``:
    the first text ends with the second.
    """

    basis: str
    require: tuple[str, ...] = ()
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: tuple[str, ...] = ()
    at_most: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    weights: Mapping[str, int] = field(default_factory=dict)
    ends_with: tuple[str, ...] = ()

    def names(self) -> set[str]:
        """Every field it speaks of."""
        return {*self.require, *self.when, *self.unless, *self.at_most, *self.units, *self.ends_with}

    def fault(self, fields: Mapping[str, Field], data: Mapping[str, Any]) -> Refused | None:
        """Why these values break the rule."""
        asked = all(data.get(k) in allowed for k, allowed in self.when.items())
        if self.require and asked and not any(data.get(k) for k in self.unless):
            missing = [fields[k].label for k in self.require if data.get(k) in (None, "", [])]
            if missing:
                return Refused(f"没有填写：{'、'.join(missing)}", self.basis, "请逐项填写")
        if self.at_most:
            return self._above(fields, data)
        if self.ends_with:
            whole, part = (str(data.get(k) or "").strip() for k in self.ends_with)
            if whole and part and not whole.endswith(part):
                names = [fields[k].label for k in self.ends_with]
                return Refused(f"“{names[0]}”的末尾不是“{names[1]}”", self.basis, "请核对两个编码")
        return None

    def _above(self, fields: Mapping[str, Field], data: Mapping[str, Any]) -> Refused | None:
        low, high = (number_of(data.get(k)) for k in self.at_most)
        if low is None or high is None:
            return None
        said = [str(data.get(u) or "") for u in self.units] or ["", ""]
        if self.units and (not said[0] or not said[1]):
            missing = "、".join(fields[u].label for u, word in zip(self.units, said, strict=True) if not word)
            return Refused(f"没有填写：{missing}", self.basis, "请写明时限的单位，才能比较")
        weights = [self.weights.get(word, 1) for word in said]
        if low * weights[0] <= high * weights[1]:
            return None
        names = [fields[k].label for k in self.at_most]
        shown = [fields[u].shown(w) for u, w in zip(self.units, said, strict=False)] or ["", ""]
        return Refused(
            f"“{names[0]}”{low}{shown[0]}，超过“{names[1]}”{high}{shown[1]}",
            self.basis,
            "请改短，或核对两项的数字和单位",
        )
