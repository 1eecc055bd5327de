"""Kinds of documents as data: one YAML file a kind, each with an example that bakes.

Attributes, form fields and presentation are separate headings; adding a kind touches one file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent
_CHAINS = ("full", "light", "standing")
_TYPES = ("text", "year", "choice", "url", "date", "number")


@dataclass(frozen=True)
class Field:
    """One field beside the catalogue's own: its key, label, type and whether it must be filled.

    A ``choice`` keeps one of the keys of ``options`` and is shown as its word.
    """

    key: str
    label: str
    type: str
    required: bool
    options: Mapping[str, str] = field(default_factory=dict)

    def shown(self, value: object) -> str:
        """A kept value as a reader sees it."""
        return self.options.get(str(value), str(value))


@dataclass(frozen=True)
class Kind:
    """One kind: where it stands, which review chain it takes, and whether it is one 条 in the statistics.

    ``origin``: the type of thing in another room that alone drafts it (its text and data are kept); empty: anybody.
    ``term_days``: how long it stays (公示期, natural days after the day of publication) unless its ``ends_on`` says another
    day; None: 长期.
    """

    key: str
    title: str
    column: str
    article20: int | None
    chain: str
    counted: bool
    interpretation_required: bool
    fields: tuple[Field, ...]
    example: Mapping[str, Any]
    origin: str = ""
    term_days: int | None = None

    @property
    def column_title(self) -> str:
        """The title of the column it stands in."""
        return columns()[self.column].title


@dataclass(frozen=True)
class Column:
    """One column (栏目) of the site; ``cycle_days``: the longest silence the inspection standard forgives."""

    key: str
    title: str
    statutory: bool
    cycle_days: int | None


@dataclass(frozen=True)
class KeyArea:
    """One sub-area of the yearly key areas, with what must be published in it and how often."""

    key: str
    title: str
    theme: str
    theme_title: str
    duties: tuple[tuple[str, str], ...]


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _kind(path: Path, columns: Mapping[str, Column]) -> Kind:
    raw = _yaml(path)
    for key, allowed in (("chain", _CHAINS), ("column", tuple(columns))):
        if raw.get(key) not in allowed:
            raise ValueError(f"{path.name}: {key}: {raw.get(key)!r}; allowed: {', '.join(allowed)}")
    term = raw.get("term_days")
    if term is not None and (not isinstance(term, int) or not 1 <= term <= 3650):
        raise ValueError(
            f"{path.name}: term_days: {term!r}; allowed: a number of days from 1 to 3650, or nothing"
        )
    if (term is not None) != ("ends_on" in raw["fields"]):
        raise ValueError(f"{path.name}: fields.ends_on: stands where term_days stands, and nowhere else")
    if raw["kind"] != path.stem:
        raise ValueError(f"{path.name}: kind: must be {path.stem!r}, as the file is named")
    fields = []
    for name, spec in raw["fields"].items():
        if spec["type"] not in _TYPES:
            raise ValueError(
                f"{path.name}: fields.{name}.type: {spec['type']!r}; allowed: {', '.join(_TYPES)}"
            )
        options = spec.get("options", {})
        if (spec["type"] == "choice") != bool(options):
            raise ValueError(
                f"{path.name}: fields.{name}.options: a choice has options, and nothing else has"
            )
        fields.append(Field(name, spec["label"], spec["type"], bool(spec["required"]), options))
    return Kind(
        raw["kind"], raw["title"], raw["column"], raw["article20"], raw["chain"], bool(raw["counted"]),
        bool(raw["interpretation_required"]), tuple(fields), raw["example"], raw.get("origin", ""),
        raw.get("term_days"),
    )  # fmt: skip


@cache
def columns() -> dict[str, Column]:
    """Every column by key, in the order of the statutory structure."""
    raw = _yaml(_HERE.parent / "columns.yaml")
    return {k: Column(k, v["title"], v["statutory"], v["cycle_days"]) for k, v in raw.items()}


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by key. Raises ValueError naming file, key and the allowed words."""
    found = columns()
    return {p.stem: _kind(p, found) for p in sorted(_HERE.glob("*.yaml"))}


@cache
def key_areas() -> dict[str, KeyArea]:
    """Every key area by key."""
    raw = _yaml(_HERE.parent / "key_areas.yaml")
    themes = {k: v["title"] for k, v in raw["themes"].items()}
    return {
        k: KeyArea(
            k, v["title"], k.split(".")[0], themes[k.split(".")[0]], tuple((d[0], d[1]) for d in v["duties"])
        )
        for k, v in raw["areas"].items()
    }


@cache
def themes() -> dict[str, str]:
    """主题分类 by code, level one (two digits) and two (four)."""
    return _yaml(_HERE.parent / "themes.yaml")
