"""Kinds of documents as data: one YAML file a kind, each with an example that bakes.

Attributes, form fields and presentation are separate headings; adding a kind touches one file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from mingtang.disclosure.kinds.fields import TYPES, Field, Rule
from mingtang.law.api import Malformed, read_yaml

_HERE = Path(__file__).parent
_CHAINS = ("full", "light", "standing")
# What is one 条 of 主动公开政府信息数: a document; a row, where each row of a table stands as a document of its own; nothing.
_COUNTED = ("document", "row", "none")
# The house's own early warning, in days.
_WARNED_DAYS = 7
_WITHIN = ("general", "licence", "enforcement")
# Fields of the catalogue that a kind may ask for, by what the catalogue calls them.
REQUIRABLE = {
    "source": "来源",
    "doc_no": "文号",
    "written_on": "成文日期",
    "effective_on": "生效日期",
    "summary": "摘要",
    "body": "正文",
}


@dataclass(frozen=True)
class Kind:
    """One kind: where it stands, which review chain it takes, and what is one 条 of it in the statistics.

    ``counted``: ``document`` (each document is one 条, however many rows its lists have), ``row`` (things of this kind come as rows
    of tables, each row stands as a document of its own and is one 条), ``none``.

    ``origin``: the type of thing in another room that alone drafts it (its text and data are kept); empty: anybody.
    ``term_days``: how long it stays (公示期, natural days after the day of publication) unless its ``ends_on`` says another
    day; None: 长期. ``requires``: fields of the catalogue that it may not go without. ``rules``: what must hold between
    its own. ``thread``: the field whose value joins papers of one matter (项目代码、项目编号); its choice ``stage``, if it
    has one, orders them. ``compares``: the page shows what each newer edition changed (动态调整).
    ``from_record``: its own fields are the organ's record, and nobody types them (公开指南).
    ``number``: its own field that numbers things of this kind (决定书文号); two of one number are one thing.
    ``within``: the limit of the law to publish it (``law.publish_by``), counted from its field ``made_on`` or else from 成文日期.
    """

    key: str
    title: str
    column: str
    article20: int | None
    chain: str
    counted: str
    interpretation_required: bool
    fields: tuple[Field, ...]
    example: Mapping[str, Any]
    origin: str = ""
    term_days: int | None = None
    requires: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    thread: str = ""
    compares: bool = False
    from_record: bool = False
    within: str = "general"
    made_on: str = ""
    number: str = ""

    def lines(self, data: Mapping[str, Any]) -> list[str]:
        """What its own fields say, a line a field or a row of a list; for whoever judges the words."""
        made = []
        for f in self.fields:
            if (value := data.get(f.key)) not in (None, "", []):
                made += [f"{f.label}：{line}" for line in f.shown(value).splitlines()]
        return made

    def thread_of(self, data: Mapping[str, Any]) -> str:
        """The thread that these values put a paper in: field and value; empty for none.

        Written wide or narrow, in capitals or not, with blanks or without, a number is the same number.
        """
        value = unicodedata.normalize("NFKC", str(data.get(self.thread) or "")) if self.thread else ""
        said = "".join(value.split()).upper()
        return f"{self.thread}:{said}"[:160] if said else ""

    def stage_of(self, data_stage: object) -> tuple[int, str]:
        """The place of a stage in the kind's own order, and its word; what has none comes last."""
        stages = self.field("stage")
        keys = list(stages.options) if stages else []
        found = str(data_stage or "")
        return (keys.index(found), stages.options[found]) if stages and found in keys else (len(keys), "")

    def field(self, key: str) -> Field | None:
        """The field of that key, if the kind has it."""
        return next((f for f in self.fields if f.key == key), None)

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

    def warned_on(self, last: date) -> tuple[date, date] | None:
        """From which day its silence since ``last`` calls for a word, and the day from which the standard counts it as
        not kept up (国办秘函〔2019〕19号); None: it has no cycle."""
        if self.cycle_days is None:
            return None
        falls = last + timedelta(self.cycle_days)
        return falls - timedelta(_WARNED_DAYS), falls


@dataclass(frozen=True)
class KeyArea:
    """One sub-area of the yearly key areas, with what must be published in it and how often."""

    key: str
    title: str
    theme: str
    theme_title: str
    duties: tuple[tuple[str, str], ...]


@contextmanager
def _told(file: str) -> Iterator[None]:
    """What is missing in a file, or not of its type, is told as the file's fault."""
    try:
        yield
    except KeyError as missing:
        raise Malformed(file, str(missing.args[0]), "缺少此项") from missing
    except (TypeError, AttributeError) as wrong:
        raise Malformed(file, "（全文）", "有一项不是应有的文字、列表或表：请对照现成的写法") from wrong


def _kind(path: Path, columns: Mapping[str, Column]) -> Kind:
    with _told(path.name):
        return _made(path.name, path.stem, read_yaml(path), columns)


def _made(file: str, stem: str, raw: Mapping[str, Any], columns: Mapping[str, Column]) -> Kind:
    for key, allowed in (("chain", _CHAINS), ("column", tuple(columns)), ("counted", _COUNTED)):
        if raw.get(key) not in allowed:
            raise Malformed(file, key, _not(raw.get(key), allowed))
    if raw["kind"] != stem:
        raise Malformed(file, "kind", f"应与文件同名，写 {stem}")
    fields = tuple(_field(file, f"fields.{name}", name, spec) for name, spec in raw["fields"].items())
    rules = tuple(_rule(file, r, {f.key for f in fields}) for r in raw.get("rules", ()))
    _fits(file, raw)
    return Kind(
        raw["kind"], raw["title"], raw["column"], raw["article20"], raw["chain"], raw["counted"],
        bool(raw["interpretation_required"]), fields, raw["example"], raw.get("origin", ""), raw.get("term_days"),
        tuple(raw.get("requires", ())), rules, raw.get("thread", ""), bool(raw.get("compares", False)),
        bool(raw.get("from_record", False)), raw.get("within", "general"), raw.get("made_on", ""), raw.get("number", ""),
    )  # fmt: skip


def _fits(file: str, raw: Mapping[str, Any]) -> None:
    """What may be left out of a kind, and what in it names its fields. Raises Malformed."""
    fields, term = raw["fields"], raw.get("term_days")
    if term is not None and (not isinstance(term, int) or not 1 <= term <= 3650):
        raise Malformed(file, "term_days", f"不能是 {term!r}，应为 1 至 3650 的天数，或者不写")
    if (term is not None) != ("ends_on" in fields):
        raise Malformed(file, "fields.ends_on", "写了 term_days 就要有这一栏，没写就不能有")
    if wrong := set(raw.get("requires", ())) - set(REQUIRABLE):
        raise Malformed(file, "requires", _not("、".join(sorted(wrong)), REQUIRABLE))
    if raw.get("within", "general") not in _WITHIN:
        raise Malformed(file, "within", _not(raw["within"], _WITHIN))
    for key in ("thread", "number"):
        if raw.get(key) and raw[key] not in fields:
            raise Malformed(file, key, _not(raw[key], fields))
    made_on = raw.get("made_on")
    if made_on and fields.get(made_on, {}).get("type") != "date":
        raise Malformed(file, "made_on", f"不能是 {made_on!r}，应为一个日期栏")


def _not(value: object, allowed: Iterable[str]) -> str:
    return f"不能是 {value!r}，可用：{'、'.join(allowed)}"


def _field(file: str, place: str, name: str, spec: Mapping[str, Any], of_list: bool = False) -> Field:
    allowed = tuple(t for t in TYPES if not of_list or t not in ("list", "long"))
    if spec["type"] not in allowed:
        raise Malformed(file, f"{place}.type", _not(spec["type"], allowed))
    options = {str(k): str(v) for k, v in spec.get("options", {}).items()}
    if (spec["type"] == "choice") != bool(options):
        raise Malformed(file, f"{place}.options", "choice 要列出选项，别的类型不能有选项")
    columns = tuple(
        _field(file, f"{place}.columns.{k}", k, {"required": False, **v}, of_list=True)
        for k, v in spec.get("columns", {}).items()
    )
    if (spec["type"] == "list") != bool(columns):
        raise Malformed(file, f"{place}.columns", "list 要列出各列，别的类型不能有列")
    if ("pattern" in spec) != ("form" in spec):
        raise Malformed(file, f"{place}.form", "用话说明 pattern 要什么，两项要么都写，要么都不写")
    return Field(
        name, spec["label"], spec["type"], bool(spec["required"]), options, columns, spec.get("pattern", ""),
        spec.get("form", ""), spec.get("codes", {}),
    )  # fmt: skip


def _rule(file: str, raw: Mapping[str, Any], known: set[str]) -> Rule:
    when = {k: tuple(v) for k, v in raw.get("when", {}).items()}
    lists = {k: tuple(raw.get(k, ())) for k in ("require", "unless", "at_most", "units", "ends_with")}
    made = Rule(basis=raw["basis"], when=when, weights=raw.get("weights", {}), **lists)
    if wrong := made.names() - known:
        raise Malformed(file, "rules", f"没有{'、'.join(sorted(wrong))}这样的栏")
    return made


@cache
def columns() -> dict[str, Column]:
    """Every column by key, in the order of the statutory structure."""
    raw = read_yaml(_HERE.parent / "columns.yaml")
    with _told("columns.yaml"):
        return {k: Column(k, v["title"], v["statutory"], v["cycle_days"]) for k, v in raw.items()}


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by key. Raises Malformed naming file, key and the allowed words."""
    found = columns()
    return {p.stem: _kind(p, found) for p in sorted(_HERE.glob("*.yaml"))}


@cache
def key_areas() -> dict[str, KeyArea]:
    """Every key area by key."""
    raw = read_yaml(_HERE.parent / "key_areas.yaml")
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
    return dict(read_yaml(_HERE.parent / "themes.yaml"))
