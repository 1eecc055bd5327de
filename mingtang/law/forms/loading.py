"""Builds Forms from their YAML: expands columns and rows into cells, and relations over columns, rows or a list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from mingtang.law.forms.reading import Node
from mingtang.law.forms.types import (
    Cell,
    Column,
    Count,
    Form,
    Relation,
    Row,
    Section,
    Source,
    Strength,
    Table,
    Term,
)
from mingtang.law.plain_yaml import read_yaml
from mingtang.law.types import Refused

HOME = Path(__file__).parent
UNITS = ("条", "件", "次", "篇", "人", "人次", "个", "项", "万元")
SOURCES: tuple[Source, ...] = ("counted", "declared")
OPS = ("=", "<=", "needs")
AGENCIES = ("government", "department", "county", "township", "organisation", "public_service")
EACH = re.compile(r"(columns|rows) of (\S+)")

__all__ = ["editions", "form", "load"]


def form(name: str, year: int) -> Form | Refused:
    """The edition of the form for that reporting year, or why there is none."""
    held = editions(name)
    if not held:
        names = "、".join(sorted(p.name for p in HOME.iterdir() if p.is_dir() and any(p.glob("*.yaml"))))
        return Refused(f"没有名为“{name}”的表式。", "本系统的表式目录", f"可用的表式：{names}。")
    for path, first, last in held:
        if first <= year and (last is None or year <= last):
            return load(path, year)
    first = held[0][1]
    return Refused(
        f"{first} 年以前没有全国统一的年度报告统计表，无法按表核对 {year} 年的数字。",
        "国办发〔2014〕32号：自 2014 年度起随年度报告填报统计表",
        f"只核对文字中的数字；要按表核对，请选 {first} 年及以后的年度。",
    )


@lru_cache(maxsize=8)
def editions(name: str) -> tuple[tuple[Path, int, int | None], ...]:
    """Files of a form with their first and last reporting year, oldest first; empty for an unknown name."""
    if not re.fullmatch(r"[a-z_]+", name):
        return ()
    found = []
    for path in sorted((HOME / name).glob("*.yaml")):
        years = Node(path.name, "", read_yaml(path, path.name)).node("years")
        assert years is not None
        first = years.only("from", "to").year("from")
        assert first is not None
        found.append((path, first, years.year("to", optional=True)))
    return tuple(sorted(found, key=lambda edition: edition[1]))


@lru_cache(maxsize=64)
def load(path: Path, year: int) -> Form:
    """The form in that file for that year. Malformed names file, key and the allowed words."""
    root = Node(path.name, "", read_yaml(path, path.name)).only(
        "form", "edition", "family", "title", "basis", "tag", "years", "sections", "tables", "relations"
    )
    cells: dict[str, Cell] = {}
    tables = tuple(_table(node, cells) for node in root.nodes("tables"))
    relations = tuple(r for node in root.nodes("relations") for r in _relations(node, tables, cells))
    codes = [relation.code for relation in relations]
    for code in codes:
        if codes.count(code) > 1:
            raise root.wrong("relations", f"code {code!r} stands twice")
    return Form(
        name=root.text("form"),
        edition=root.text("edition"),
        family=root.text("family"),
        year=year,
        title=root.text("title"),
        basis=root.text("basis"),
        tag=root.tag(),
        sections=tuple(_section(node, year) for node in root.nodes("sections")),
        tables=tables,
        cells=MappingProxyType(cells),
        relations=relations,
        source=path,
    )


def _section(node: Node, year: int) -> Section:
    node.only("number", "title", "tag", "asks", "aliases")

    def dated(text: str) -> str:
        return text.replace("{year}", str(year)).replace("{next_year}", str(year + 1))

    return Section(
        node.text("number"),
        dated(node.text("title")),
        node.text("asks"),
        node.tag(),
        tuple(dated(alias) for alias in node.texts("aliases")),
    )


def _table(node: Node, cells: dict[str, Cell]) -> Table:
    node.only(
        *("code", "cells", "section", "caption", "corner", "over", "unit", "source", "layout"),
        *("printed", "tag", "columns", "rows"),
    )
    code, tag = node.text("code"), node.tag()
    places: dict[tuple[str, str], str] = {}
    rows, columns = [], []
    for column in node.nodes("columns"):
        column.only("code", "title", "group", "filter", "unit", "signed", "tag")
        columns.append(
            Column(column.text("code"), column.text("title"), column.tag(tag), column.text("group", ""))
        )
    for row in node.nodes("rows"):
        row.only("code", "title", "group", "note", "heading", "aliases", "unit", "source", "tag", "count")
        rows.append(
            Row(
                row.text("code"),
                row.text("title"),
                row.tag(tag),
                row.texts("group"),
                row.text("note", ""),
                row.flag("heading", False),
                row.texts("aliases"),
            )
        )
        if rows[-1].heading:
            continue
        for column in node.nodes("columns"):
            cell = _cell(node, row, column)
            if cell.code in cells:
                raise row.wrong("code", f"cell {cell.code!r} stands twice")
            cells[cell.code] = cell
            places[cell.row, cell.column] = cell.code
    return Table(
        code=code,
        caption=node.text("caption"),
        section=node.text("section"),
        corner=node.text("corner", ""),
        layout=node.text("layout", "rows", ("rows", "one_row")),
        rows=tuple(rows),
        columns=tuple(columns),
        cells=MappingProxyType(places),
        tag=tag,
        printed=node.flag("printed", True),
        over=node.text("over", ""),
    )


def _cell(table: Node, row: Node, column: Node) -> Cell:
    parts = (table.text("cells"), row.text("code"), column.text("code"))
    title = row.text("title")
    if column.text("code"):
        title = f"{title}·{column.text('title')}"
    unit = column.text("unit", "") or row.text("unit", "") or table.text("unit")
    if unit not in UNITS:
        raise row.wrong("unit", f"{unit!r} is not one of: {', '.join(UNITS)}")
    source = row.text("source", table.text("source"), SOURCES)
    count = _count(row, column) if source == "counted" else None
    return Cell(
        code=".".join(part for part in parts if part),
        table=table.text("code"),
        row=parts[1],
        column=parts[2],
        title=title,
        unit=unit,
        source="counted" if source == "counted" else "declared",
        tag=row.tag(table.tag()),
        count=count,
        signed=column.flag("signed", False),
    )


def _count(row: Node, column: Node) -> Count:
    """The row's counter with the row's and the column's filter, both checked against the list of counters."""
    node = row.node("count")
    assert node is not None
    node.only("counter", "filter")
    known = _counters()
    counter = node.text("counter", words=tuple(known))
    joined: dict[str, str | tuple[str, ...]] = {}
    for place in (node.node("filter", optional=True), column.node("filter", optional=True)):
        for key, value in (place.data if place else {}).items():
            assert place is not None
            if key not in known[counter]:
                raise place.wrong(key, f"{counter} filters by: {', '.join(known[counter]) or 'nothing'}")
            words = tuple(value) if isinstance(value, list) else (value,)
            allowed = known[counter][key]
            for word in words:
                if not isinstance(word, str) or (allowed and word not in allowed):
                    raise place.wrong(key, f"{word!r} is not one of: {', '.join(allowed)}")
            joined[key] = words if isinstance(value, list) else value
    return Count(counter, MappingProxyType(joined))


@lru_cache(maxsize=1)
def _counters() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    root = Node("counters.yaml", "", read_yaml(HOME / "counters.yaml"))
    known: dict[str, dict[str, tuple[str, ...]]] = {}
    for counter in root.data:
        filters = root.node(counter)
        assert filters is not None
        known[counter] = {key: filters.texts(key) for key in filters.data}
    return known


def _relations(node: Node, tables: tuple[Table, ...], cells: Mapping[str, Cell]) -> list[Relation]:
    node.only("code", "each", "text", "op", "left", "right", "severity", "for", "tag")
    words = _each(node, tables)
    found = []
    for word in words:
        severity: Strength = "hard" if node.text("severity", words=("hard", "soft")) == "hard" else "soft"
        op = node.text("op", words=OPS)
        only_for = node.text("for", "", ("", *AGENCIES))
        found.append(
            Relation(
                code=node.text("code").replace("*", word),
                text=node.text("text"),
                severity=severity,
                op="=" if op == "=" else "<=" if op == "<=" else "needs",
                left=_terms(node, "left", word, cells),
                right=_terms(node, "right", word, cells),
                tag=node.tag(),
                only_for=only_for,
            )
        )
    return found


def _each(node: Node, tables: tuple[Table, ...]) -> tuple[str, ...]:
    """The words `*` stands for; one empty word where the relation is not repeated."""
    value = node.data.get("each")
    if value is None:
        return ("",)
    if isinstance(value, list):
        return node.texts("each")
    match = EACH.fullmatch(node.text("each"))
    table = next((t for t in tables if match and t.code == match[2]), None)
    if match is None or table is None:
        raise node.wrong("each", "must be `columns of TABLE`, `rows of TABLE` or a list of words")
    if match[1] == "columns":
        return tuple(column.code for column in table.columns)
    return tuple(row.code for row in table.rows if not row.heading)


def _terms(node: Node, side: str, word: str, cells: Mapping[str, Cell]) -> tuple[Term, ...]:
    terms = []
    for item in node.items(side):
        if isinstance(item, int) and not isinstance(item, bool):
            terms.append(Term(constant=item))
            continue
        if not isinstance(item, str):
            raise node.wrong(side, f"{item!r} must be a cell or a whole number")
        previous, code = item.startswith("previous:"), item.removeprefix("previous:").replace("*", word)
        if code not in cells:
            raise node.wrong(side, f"there is no cell {code!r}")
        terms.append(Term(cell=code, previous=previous))
    return tuple(terms)
