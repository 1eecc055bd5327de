"""What only a reader of the whole report sees: scopes that differ, cadences missed, figures alike, days that are not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from mingtang.law.api import read_yaml
from mingtang.oversight.reports.audit.reading import Finding
from mingtang.oversight.reports.audit.stream import Stream

CLAUSE = re.compile(r"[^。；;！？\n]+[。；;！？]?")
COUNT = re.compile(r"(?<![\d,])(\d[\d,]{0,15})(?:余|多)?\s*([条件次篇份项期])")
WHOLE = re.compile(r"全[市县区省州](?!面)|各级|汇总")
OWN = re.compile(r"(?:市|县|区|省|州)(?:政府)?本级|本机关")
REQUESTS = re.compile(r"(?:受理|收到|接收|接到|办理)[^。；\d]{0,20}申请[^。；\d]{0,6}(\d[\d,]*)\s*件")
DISPUTES = re.compile(r"(?:行政复议|行政诉讼)[^。；\d]{0,10}(\d[\d,]*)\s*[件起宗]")
DAY = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日\s*(?:[(（](?:星期|周)([一二三四五六日天])[)）])?")
WEEKDAYS = "一二三四五六日"
SAME_PASSAGE = 500
MOST_COUNTS = 60
MOST_DAYS = 100
STOP = frozenset("信息公开政府发布全年年内工作情况有关相关的了和等及共")


def observations(prose: Stream, year: int | None) -> list[Finding]:
    """All four kinds over the prose."""
    return [*_scopes(prose), *_cadences(prose), *_alike(prose), *islice(_days(prose, year), MOST_DAYS)]


def _clauses(prose: Stream) -> Iterator[re.Match[str]]:
    return CLAUSE.finditer(prose.text)


def _scopes(prose: Stream) -> Iterator[Finding]:
    """Requests counted for the whole area, disputes for its own organ only: never to be divided (C18)."""
    whole: str | None = None
    own: str | None = None
    disputes: list[tuple[re.Match[str], list[str]]] = []
    for clause in _clauses(prose):
        text = clause[0]
        if (match := REQUESTS.search(text)) and WHOLE.search(text[: match.start()]):
            whole = whole or match[1]
            inner = re.search(r"本级[^。；\d]{0,10}申请\s*(\d[\d,]*)", text)
            own = own or (inner[1] if inner else None)
        figures = [m[1] for m in DISPUTES.finditer(text)]
        if figures:
            disputes.append((clause, figures))
    scoped = [d for d in disputes if OWN.search(d[0][0]) and not WHOLE.search(d[0][0])]
    if whole is None or not scoped or any(WHOLE.search(d[0][0]) for d in disputes):
        return
    clause, figures = scoped[0]
    scope = OWN.search(clause[0])
    start = clause.start() + (scope.start() if scope else 0)
    near = [f for other, more in disputes if abs(other.start() - clause.start()) < SAME_PASSAGE for f in more]
    all_figures = tuple(dict.fromkeys([whole, *([own] if own else []), *(near or figures)]))
    yield Finding(
        "sum.scope",
        "warning",
        prose.place(start, clause.end()),
        f"申请 {whole} 件是全域的口径，复议、诉讼只写了本级的口径，两组数不能相除或比较。",
        all_figures,
        "同一报告的申请与复议、诉讼应当口径一致",
        "请补充全域的复议、诉讼数，或注明两组数的口径不同。",
    )


@lru_cache(maxsize=1)
def _cadence() -> dict[str, list[dict[str, Any]]]:
    data = read_yaml(Path(__file__).with_name("cadence.yaml"))
    assert set(data) == {"stated", "duties"}, "cadence.yaml: keys are stated, duties"
    return dict(data)


def _cadences(prose: Stream) -> Iterator[Finding]:
    """Fewer items in the year than the duty's cadence yields (C22)."""
    for clause in _clauses(prose):
        match = COUNT.search(clause[0])
        if match is None or len(COUNT.findall(clause[0])) > 1 or match[2] not in "条件次篇期":
            continue
        count = int(match[1].replace(",", ""))
        named = next((d for d in _cadence()["duties"] if all(w in clause[0] for w in d["words"])), None)
        stated = next((s for s in _cadence()["stated"] if s["word"] in clause[0]), None)
        times = named["times"] if named else stated["times"] if stated else 0
        if not 0 < count < times:
            continue
        what = named["name"] if named else f"写明“{stated['word']}”的信息" if stated else ""
        yield Finding(
            "sum.cadence",
            "note",
            prose.place(clause.start() + match.start(), clause.start() + match.end()),
            f"{what}全年 {match[1]}{match[2]}，按一年 {times} 次算少 {times - count} 次，可能有漏发的期次。",
            (match[1], str(times)),
            named["basis"] if named else "文中自己写明的频次",
            "请核对各期是否都已公开；一期多条或合并发布的，可不改。",
        )


def _alike(prose: Stream) -> Iterator[Finding]:
    """Two counts of one subject, one the other with a digit more or two digits swapped (C25)."""
    counts = [
        (match.start(), match[1], prose.text[max(0, match.start() - 26) : match.start()])
        for match in COUNT.finditer(prose.text)
    ]
    told: set[tuple[str, str]] = set()
    for i, (at, one, near_one) in enumerate(counts):
        for later, two, near_two in counts[i + 1 : i + MOST_COUNTS]:
            if later - at >= SAME_PASSAGE:
                break
            if (one, two) in told or not (_slip(one, two) and _subject(near_one) & _subject(near_two)):
                continue
            told.add((one, two))
            yield Finding(
                "sum.alike",
                "note",
                prose.place(at, at + len(one)),
                f"同一事项先后写了 {one} 和 {two}，数字相近，可能是多写、漏写或颠倒了一位。",
                (one, two),
                "数字相近",
                "请对照台账核对；两个数各有所指的，可不改。",
            )


def _slip(one: str, two: str) -> bool:
    short, long = sorted((one.replace(",", ""), two.replace(",", "")), key=len)
    if len(short) < 3 or short == long or short.endswith("00"):
        return False
    if len(long) == len(short) + 1:
        return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
    if len(long) == len(short):
        odd = [i for i in range(len(short)) if short[i] != long[i]]
        return (
            len(odd) == 2
            and odd[1] == odd[0] + 1
            and short[odd[0]] == long[odd[1]]
            and short[odd[1]] == long[odd[0]]
        )
    return False


def _subject(text: str) -> set[str]:
    """Pairs of characters that name the thing counted."""
    plain = re.sub(r"[^\u4e00-\u9fff]", " ", text)
    return {
        plain[i : i + 2]
        for i in range(len(plain) - 1)
        if " " not in plain[i : i + 2] and not set(plain[i : i + 2]) <= STOP
    }


def _days(prose: Stream, year: int | None) -> Iterator[Finding]:
    """Dates that the calendar does not have, and weekdays that are not theirs."""
    for match in DAY.finditer(prose.text):
        stated = int(match[1]) if match[1] else year
        if stated is None or not 1900 <= stated <= 2200:
            continue
        place = prose.place(match.start(), match.end())
        try:
            day = date(stated, int(match[2]), int(match[3]))
        except ValueError:
            if match[1] or (match[2], match[3]) != ("2", "29"):
                yield Finding(
                    "text.date", "error", place, f"日历上没有“{match[0]}”这一天。", (match[0],), "公历", "请改正日期。"
                )  # fmt: skip
            continue
        said = (match[4] or "").replace("天", "日")
        if said and WEEKDAYS[day.weekday()] != said and match[1]:
            right = WEEKDAYS[day.weekday()]
            message = f"{day.year}年{day.month}月{day.day}日是星期{right}，文中写星期{said}。"
            yield Finding(
                "text.weekday", "warning", place, message, (match[0],), "公历", "请核对日期或星期。"
            )
