"""Checks the law's own files as a whole: every norm cited, ordered and typed, the calendar without a gap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from mingtang.law import reading
from mingtang.law.plain_yaml import Malformed, read_yaml
from mingtang.law.reading import HOME

EVIDENCE = (
    "provided",
    "search_record",
    "named_organ",
    "original_number",
    "third_party_opinion",
    "review_opinion",
    "reasons",
)
LETTERS = tuple(f"D{n}" for n in range(20, 27))


def lint(cases: Path | None = None) -> list[str]:
    """What is wrong in norms, calendar and outcomes, one Chinese sentence each; empty when all is well.

    ``cases``: the folder of YAML law cases (``norms:`` rows of norm, day and value); every norm must be in one.
    """
    problems: list[str] = []
    for path in sorted((HOME / "norms").rglob("*.yaml")):
        _try(problems, lambda path=path: reading.norm_sheet(path))  # type: ignore[misc]
    for part in (reading.norm_sheets, reading.notices, reading.lunar, reading.sources):
        _try(problems, part)
    for regime in reading.REGIMES:
        _try(problems, lambda regime=regime: reading.outcomes(regime))  # type: ignore[misc]
    if problems:
        return list(dict.fromkeys(problems))
    _cited(problems)
    _calendar(problems)
    _outcomes(problems)
    if cases is not None and cases.is_dir():
        _cases(problems, cases)
    return problems


def _try(problems: list[str], read: Callable[[], object]) -> None:
    try:
        read()
    except Malformed as wrong:
        problems.append(str(wrong))
    except (OSError, UnicodeDecodeError) as wrong:
        problems.append(f"读不了文件：{wrong}")


def _cases(problems: list[str], folder: Path) -> None:
    tested: set[str] = set()
    for path in sorted(folder.glob("*.yaml")):
        tested |= {row["norm"] for row in read_yaml(path).get("norms", [])}
    problems += [
        f"{sheet.file}：没有用例，请在 {folder.name}/ 中补上"
        for sheet in reading.norm_sheets().values()
        if sheet.name not in tested
    ]


def _cited(problems: list[str]) -> None:
    for sheet in reading.norm_sheets().values():
        for i, v in enumerate(sheet.values):
            if not v.article.strip():
                problems.append(f"{sheet.file}：values[{i}]：article 不能为空")
            if v.source not in reading.sources():
                problems.append(f"{sheet.file}：values[{i}]：source 可用：{'、'.join(reading.sources())}")
        if sheet.unit == "word" and not sheet.words:
            problems.append(f"{sheet.file}：words：取值为词的规范要列出可用的词")


def _calendar(problems: list[str]) -> None:
    own = sorted(n.year for n in reading.notices() if not n.amends)
    for year in range(own[0], own[-1] + 1):
        if own.count(year) != 1:
            problems.append(f"calendar：{year} 年的放假通知应有且只有一份，现有 {own.count(year)} 份")
    for notice in reading.notices():
        if {d for d, _ in notice.off} & {d for d, _ in notice.work}:
            problems.append(f"calendar：{notice.title}：同一天既放假又上班")
        if not notice.amends and date(notice.year, 1, 1) not in {d for d, _ in notice.off}:
            problems.append(f"calendar：{notice.title}：没有元旦")


def _outcomes(problems: list[str]) -> None:
    for regime in reading.REGIMES:
        listed = reading.outcomes(regime)
        if len({o.code for o in listed}) != len(listed):
            problems.append(f"outcomes/{regime.lower()}.yaml：code 重复")
        for o in listed:
            if o.letter not in LETTERS:
                problems.append(
                    f"outcomes/{regime.lower()}.yaml：{o.code}：letter 可用：{'、'.join(LETTERS)}"
                )
            for key in o.evidence:
                if key not in EVIDENCE:
                    problems.append(
                        f"outcomes/{regime.lower()}.yaml：{o.code}：evidence 可用：{'、'.join(EVIDENCE)}"
                    )
