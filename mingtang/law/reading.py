"""Reads the law's own YAML: dated norms, holiday notices, festivals, outcomes. Every fault names file, key and words.

The package's files are read once a process. Text that arrives from outside (a city's norms) goes through the same
checks, without YAML aliases and within a size, since it may be hostile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from mingtang.law.plain_yaml import Malformed, given_yaml, read_yaml
from mingtang.law.types import NormFile, Notice, Outcome, Refused

HOME = Path(__file__).parent
TAGS = ("V", "M", "?", "D")
UNITS = (
    "working_days",
    "calendar_days",
    "months",
    "years",
    "times",
    "yuan",
    "month_day",
    "word",
    "text",
    "festivals",
)
REGIMES = ("REG2007", "REG2019")
MAX_TEXT = 1_000_000


def _own(path: Path) -> Mapping[str, Any]:
    return read_yaml(path, str(path.relative_to(HOME)))


@dataclass(frozen=True)
class Value:
    """One dated value of a norm, as the file has it."""

    since: date
    value: Any
    article: str
    source: str
    tag: str
    note: str


@dataclass(frozen=True)
class NormSheet:
    """One norm's file: its meaning, what values it may take, and its values, oldest first."""

    name: str
    file: str
    title: str
    unit: str
    words: tuple[str, ...]
    least: int | None
    most: int | None
    configurable: bool
    values: tuple[Value, ...]


def _need(data: Mapping[str, Any], key: str, kind: type | tuple[type, ...], file: str, what: str) -> Any:
    if key not in data:
        raise Malformed(file, key, f"缺少此项，应为{what}")
    if not isinstance(data[key], kind) or (isinstance(data[key], bool) and kind is int):
        raise Malformed(file, key, f"应为{what}，不能是 {str(data[key])[:60]!r}")
    return data[key]


def _word(data: Mapping[str, Any], key: str, words: tuple[str, ...], file: str) -> str:
    value = data.get(key)
    if value not in words or not isinstance(value, str):
        raise Malformed(file, key, f"不能是 {str(value)[:60]!r}，可用：{'、'.join(words)}")
    return value


def _fits(sheet: NormSheet, value: Any) -> str:
    """What is wrong with a value of this norm, or an empty string."""
    if value is None:
        return ""
    if sheet.unit == "word":
        return "" if value in sheet.words else f"不能是 {str(value)[:60]!r}，可用：{'、'.join(sheet.words)}"
    if sheet.unit in ("working_days", "calendar_days", "months", "years", "times"):
        least, most = sheet.least or 0, sheet.most if sheet.most is not None else 366
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return ""
        return f"不能是 {str(value)[:60]!r}，应为 {least} 至 {most} 的整数"
    if sheet.unit == "month_day":
        return "" if _month_day(value) else f'不能是 {str(value)[:60]!r}，应写成“月-日”，例如 "01-31"'
    if sheet.unit == "text":
        return "" if isinstance(value, str) and value else "应为一句话"
    if sheet.unit == "yuan":
        return _bands_wrong(value)
    return _festivals_wrong(value)


def _month_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 5 and bool(date.fromisoformat(f"2024-{value}"))
    except ValueError:
        return False


def _bands_wrong(value: Any) -> str:
    """Bands of a progressive fee: {"bands": [[last, rate]…], "then": {"every", "first", "add"}}; last null = no end."""
    shape = '应为 bands: [[到第几件, "单价"]…]，可加 then: {every, first, add}'
    try:
        last = 0
        for to, rate in value["bands"]:
            if not isinstance(rate, str) or Decimal(rate) < 0 or (to is not None and to <= last):
                return shape
            last = to if to is not None else last
        then = value.get("then")
        if then and not (then["every"] > 0 and Decimal(then["first"]) >= 0 and Decimal(then["add"]) >= 0):
            return shape
    except (TypeError, KeyError, ValueError, InvalidOperation, AttributeError):
        return shape
    return ""


def _festivals_wrong(value: Any) -> str:
    shape = "应为 节日: [从节日当天起的第几天, 共几天] 的表"
    if not isinstance(value, dict):
        return shape
    for pair in value.values():
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(x, int) for x in pair)):
            return shape
    return ""


def _value(data: Any, sheet: NormSheet, place: str) -> Value:
    if not isinstance(data, dict):
        raise Malformed(sheet.file, place, "应为 since、value、article、source、tag 的表")
    where = f"{sheet.file} {place}"
    extra = set(data) - {"since", "value", "article", "source", "tag", "note"}
    if extra:
        raise Malformed(
            sheet.file,
            f"{place} {sorted(map(str, extra))[0]}",
            "不认识的键，可用：since、value、article、source、tag、note",
        )
    since = _need(data, "since", date, where, "日期，例如 2019-05-15")
    if "value" not in data:
        raise Malformed(sheet.file, f"{place} value", "缺少此项；法律没有规定的写 null")
    wrong = _fits(sheet, data["value"])
    if wrong:
        raise Malformed(sheet.file, f"{place} value", wrong)
    return Value(
        since,
        data["value"],
        _need(data, "article", str, where, "条文出处"),
        _need(data, "source", str, where, "资料来源"),
        _word(data, "tag", TAGS, where),
        str(data.get("note", "")),
    )


def norm_sheet(path: Path) -> NormSheet:
    """One norm's file, checked. Malformed names file, key and the allowed words."""
    data, file = _own(path), str(path.relative_to(HOME))
    keys = {"title", "unit", "words", "least", "most", "configurable", "values"}
    for key in data:
        if key not in keys:
            raise Malformed(file, str(key), f"不认识的键，可用：{'、'.join(sorted(keys))}")
    blank = NormSheet(
        path.stem,
        file,
        _need(data, "title", str, file, "中文名称"),
        _word(data, "unit", UNITS, file),
        tuple(data.get("words", ())),
        data.get("least"),
        data.get("most"),
        bool(data.get("configurable", False)),
        (),
    )
    rows = _need(data, "values", list, file, "按日期排列的值")
    values = tuple(_value(row, blank, f"values[{i}]") for i, row in enumerate(rows))
    if not values:
        raise Malformed(file, "values", "至少要有一个值")
    if [v.since for v in values] != sorted({v.since for v in values}):
        raise Malformed(file, "values", "since 应由早到晚，且不得重复")
    return NormSheet(**{**blank.__dict__, "values": values})


@lru_cache(maxsize=1)
def norm_sheets() -> Mapping[str, NormSheet]:
    """Every norm of the package by name."""
    sheets: dict[str, NormSheet] = {}
    for path in sorted((HOME / "norms").rglob("*.yaml")):
        sheet = norm_sheet(path)
        if sheet.name in sheets:
            raise Malformed(sheet.file, "（文件名）", f"与 {sheets[sheet.name].file} 重名")
        sheets[sheet.name] = sheet
    return sheets


def given_norms(text: str, name: str) -> NormFile | Refused:
    """A city's own norms: a mapping from a norm's name to its dated values, shaped as in the package.

    A norm not marked configurable is the State's: a city may not bend it, but a value later than every packaged one
    (an amendment that came after this version) is accepted.
    """
    try:
        if not isinstance(text, str) or len(text) > MAX_TEXT:
            raise Malformed(name, "（全文）", f"应为不超过 {MAX_TEXT} 字的文本")
        values = [row for key, rows in given_yaml(text, name).items() for row in _city_rows(key, rows, name)]
    except Malformed as wrong:
        return Refused(
            f"规范文件有误。{wrong}。",
            "norms 文件格式",
            "请改正后重新提供；可用 mingtang law lint --norms 检查。",
        )
    digest = hashlib.sha256(repr(values).encode()).hexdigest()
    return NormFile(name, digest, tuple(values))


def _city_rows(key: Any, rows: Any, file: str) -> list[tuple[str, date, Any, str, str, str, str]]:
    sheets = norm_sheets()
    if key not in sheets:
        raise Malformed(file, str(key)[:60], f"没有这个规范，可用：{'、'.join(sheets)}")
    if not isinstance(rows, list) or not rows:
        raise Malformed(file, str(key), "应为按日期排列的值")
    sheet = NormSheet(**{**sheets[key].__dict__, "file": file})
    found = [_value(row, sheet, f"{key}[{i}]") for i, row in enumerate(rows)]
    newest = sheet.values[-1].since
    for i, v in enumerate(found):
        if not sheet.configurable and v.since <= newest:
            raise Malformed(
                file,
                f"{key}[{i}] since",
                f"“{sheet.title}”由国家规定，各地不得改动；只接受晚于 {newest} 的修订",
            )
    return [(sheet.name, v.since, v.value, v.article, v.source, v.tag, v.note) for v in found]


def _span(text: Any, file: str, key: str) -> list[date]:
    """A day, or "first/last", as a list of days."""
    try:
        first, _, last = str(text).partition("/")
        a = date.fromisoformat(first)
        b = date.fromisoformat(last or first)
    except ValueError as wrong:
        raise Malformed(file, key, f"不能是 {text!r}，应为“2026-01-01”或“2026-01-01/2026-01-03”") from wrong
    return [a + timedelta(n) for n in range((b - a).days + 1)]


def digest_of(year: int, amends: bool, off: list[tuple[date, str]], work: list[tuple[date, str]]) -> str:
    """The fingerprint of a notice's facts: same days, same digest, whatever the wording."""
    facts = [str(year), str(amends), *(f"-{d}" for d, _ in sorted(off)), *(f"+{d}" for d, _ in sorted(work))]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _notice(path: Path) -> Notice:
    data, file = _own(path), str(path.relative_to(HOME))
    off: list[tuple[date, str]] = []
    work: list[tuple[date, str]] = []
    for i, row in enumerate(_need(data, "festivals", list, file, "各节日的放假与上班日")):
        key = f"festivals[{i}]"
        name = _need(row, "name", str, f"{file} {key}", "节日名称")
        off += [
            (d, name)
            for text in _need(row, "days_off", list, f"{file} {key}", "日期")
            for d in _span(text, file, key)
        ]
        work += [
            (d, name)
            for text in _need(row, "days_worked", list, f"{file} {key}", "日期")
            for d in _span(text, file, key)
        ]
    year, amends = _need(data, "year", int, file, "年份"), _need(data, "amends", bool, file, "true 或 false")
    number, issued = data.get("number"), data.get("issued")
    title = _need(data, "title", str, file, "文件名称")
    return Notice(
        year, title, number, issued, tuple(off), tuple(work), amends, digest_of(year, amends, off, work)
    )


@lru_cache(maxsize=1)
def notices() -> tuple[Notice, ...]:
    """The package's holiday notices: each year's own first, then what changed it."""
    found = [_notice(path) for path in sorted((HOME / "calendar").glob("*.yaml"))]
    return tuple(sorted(found, key=lambda n: (n.amends, n.year)))


@lru_cache(maxsize=1)
def lunar() -> Mapping[int, Mapping[str, date]]:
    """By year, the days of 春节 清明节 端午节 中秋节."""
    path = HOME / "calendar" / "festivals" / "lunar.yaml"
    names = ("春节", "清明节", "端午节", "中秋节")
    table = _need(_own(path), "days", dict, path.name, "年份表")
    return {y: dict(zip(names, map(date.fromisoformat, row), strict=True)) for y, row in table.items()}


@lru_cache(maxsize=1)
def sources() -> Mapping[str, str]:
    """The texts that norms were read from, by the key a norm names."""
    return {str(key): str(text) for key, text in _own(HOME / "sources.yaml").items()}


@lru_cache(maxsize=len(REGIMES))
def outcomes(regime: str) -> tuple[Outcome, ...]:
    """The closed list of outcomes of one Regulation, in the order of the annual form."""
    path = HOME / "outcomes" / f"{regime.lower()}.yaml"
    data, file, found = _own(path), f"outcomes/{path.name}", []
    for i, row in enumerate(_need(data, "outcomes", list, file, "处理结果表")):
        where = f"{file} outcomes[{i}]"
        text = {
            k: _need(row, k, str, where, "文字")
            for k in ("code", "name", "clause", "row2014", "row2021", "letter")
        }
        pre = row.get("prereview")
        if pre not in (True, False, "configurable"):
            raise Malformed(where, "prereview", f"不能是 {pre!r}，可用：true、false、configurable")
        evidence = tuple(_need(row, "evidence", list, where, "证据键"))
        tag = _word(row, "tag", TAGS, where)
        found.append(Outcome(**text, prereview=pre, evidence=evidence, regime=regime, tag=tag))
    return tuple(found)
