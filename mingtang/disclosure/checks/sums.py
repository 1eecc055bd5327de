"""Totals in prose against the parts that the same passage lists. A figure without a partner is never judged."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from operator import itemgetter

from mingtang.disclosure.checks.figures import Figured, Quantity, figured
from mingtang.disclosure.checks.listing import (
    CAME,
    COMPARED,
    DISCLOSED,
    DONE,
    FAMILIES,
    OVERLAPPING,
    REST,
    SHARED,
    closed_family,
    disjoint,
    judged,
    members,
    of_one_kind,
    over_by_channel,
)
from mingtang.disclosure.checks.marking import ACCURATE as BASIS
from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.parts import (
    fits,
    in_bracket,
    inside_of,
    label_after,
    label_before,
    near,
    one_each,
    start_of,
    unbalanced,
    verdict,
)
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading

BRACKET = re.compile(r"[（(]([^（()）]{4,240})[)）]")
OPEN_LIST = re.compile(
    r"其中|包括|含|主要|等(?=[，,。；;）)]|$)|如|新增|比上年|较上年|同比|增加|减少|增长|每|各|另"
)
# 其中, or the total named again: 在答复的47件中，  192件申请中：
AMONG = re.compile(r"其中|(?<=[件条份个项次人篇])[^，。；：:;\d]{0,12}?(?<!其)中(?=[，,：:])")
IN = re.compile(r"中[，,：:]")
PLAIN_AMONG = re.compile("其中")
TOTAL_AFTER = re.compile(r"(?:合计|总计|共计)[^，。；,;\d]{0,8}$|[，,；;]共$")
# A figure with nothing before it that names it: 其中8件…、有5件….
BARE = re.compile(r"(?:其中)?\s?(?:有|另有|还有)?\s?")
MOST_PARTS = 60
MOST_TOTALS = 8
# Each family among labels joined by line ends.
ANYWHERE = tuple(re.compile(family.pattern, re.MULTILINE) for _, family in FAMILIES)
VERBS = re.compile(r"办结|答复|回复|受理|收到|新收|接收|承办|办理|公开|结转|解决")


def enumerated_in_brackets(reading: Reading) -> Iterator[Finding]:
    """13件（代表建议4件，政协提案9件）: the parts in brackets make up the total right before them."""
    for row in _figured(reading, 3):
        line, found = row.line, row.quantities
        for bracket in BRACKET.finditer(line.text, row.start, row.end):
            total = next((q for q in reversed(found) if q.end <= bracket.start()), None)
            if total is None or bracket.start() - total.end > 1 or total.about:
                continue
            parts = [q for q in found if bracket.start() < q.start < bracket.end() and q.unit == total.unit]
            if (
                len(parts) < 2
                or any(q.about for q in parts)
                or not one_each(line.text, bracket.start() + 1, parts)
            ):
                continue
            if COMPARED.search(bracket[1]):
                continue
            closed = not OPEN_LIST.search(bracket[1])
            if (severity := verdict(total, parts, closed)) is not None:
                yield unbalanced("sum.brackets", severity, line, total, parts)


def among_which(reading: Reading) -> Iterator[Finding]:
    """共647项，其中：……394项、……33项: the parts after 其中 make up the total, or at least do not pass it."""
    for row in _figured(reading, 2):
        line, found = row.line, row.quantities
        if "中" not in line.text:
            continue
        bounds = row.sentences
        for mark in islice(_among(line.text, row.start, row.end), MOST_PARTS):
            index = bisect_right(bounds, mark.start(), key=itemgetter(0)) - 1
            parts = _list_after(line.text, mark.end(), bounds[index][1], found)
            if not parts:
                continue
            totals = _totals_before(line.text, mark.start(), bounds, index, found, parts[0].unit)
            if totals and (told := _listed(line, totals[-1], found)) is not None:
                yield told
                continue
            yield from _judged(line, totals, [q for q in parts if q.unit == parts[0].unit])


def _among(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Every 其中; where 中 may also stand without 其, the longer pattern is asked."""
    rare = any(text[m.start() - 1 : m.start()] != "其" for m in IN.finditer(text, start, end))
    return (AMONG if rare else PLAIN_AMONG).finditer(text, start, end)


def listed_behind(reading: Reading) -> Iterator[Finding]:
    """5期：市级1期、县级2期: a list behind a colon makes up the total right before it."""
    for row in _figured(reading, 3):
        for at, total in enumerate(row.quantities[:-2]):
            opened = row.line.text.startswith(("：", ":"), total.end)
            if opened and (told := _listed(row.line, total, row.quantities, at + 1)) is not None:
                yield told


def _listed(line: Line, total: Quantity, found: list[Quantity], after: int | None = None) -> Finding | None:
    """What the list right behind a total says against it."""
    after = bisect_right(found, total.start, key=start_of) if after is None else after
    parts, labels, colon = members(line.text, total, found[after : after + MOST_PARTS])
    severity = judged(line.text, total, parts, labels, colon) if parts else None
    if severity is None:
        return None
    return unbalanced("sum.listed" if colon else "sum.parts", severity, line, total, parts)


def known_divisions(reading: Reading) -> Iterator[Finding]:
    """192件，市本级132件，县(市)区60件: lists that are divisions by their nature need no 其中."""
    for row in _figured(reading, 3):
        line, found = row.line, row.quantities
        for start, end in row.sentences:
            inside = inside_of(found, start, end)
            if len(inside) < 3 or line.text.find("其中", start, end) >= 0:
                continue
            inside = [q for q in inside if not in_bracket(line.text, start, q.start)]
            if len(inside) >= 3:
                labels = [label_before(line.text, start, q) for q in inside]
                joined = "\n".join(labels)
                for (name, family), anywhere in zip(FAMILIES, ANYWHERE, strict=True):
                    if anywhere.search(joined) is not None:
                        yield from _division(line, inside, labels, name, family)


def total_behind(reading: Reading) -> Iterator[Finding]:
    """……132件，……60件，合计192件: a total that follows its parts."""
    for row in _figured(reading, 3):
        line, found = row.line, row.quantities
        if "计" not in line.text and "共" not in line.text:
            continue
        for start, end in row.sentences:
            inside = inside_of(found, start, end)
            for at, total in enumerate(inside):
                if (
                    not TOTAL_AFTER.search(line.text, max(start, total.start - 12), total.start)
                    or total.about
                ):
                    continue
                before = [
                    q
                    for q in inside[:at]
                    if q.unit == total.unit and not in_bracket(line.text, start, q.start)
                ]
                runs = [before[i:] for i in range(len(before) - 1)]
                if not runs or any(q.about for q in before) or COMPARED.search(line.text, start, total.start):
                    continue
                if any(verdict(total, run, True) is None and near(total, run, "0.5") for run in runs):
                    continue
                if _by_channel(line.text, start, total, runs[0]):
                    yield unbalanced("sum.total", "note", line, total, runs[0])
                elif near(total, runs[0], "0.2"):
                    yield unbalanced("sum.total", "error", line, total, runs[0])


def _by_channel(text: str, start: int, total: Quantity, parts: list[Quantity]) -> bool:
    """Do the parts name channels, each within the whole, that together pass it?"""
    labels = [label_before(text, start, q) for q in parts]
    within = all(q.value <= total.value for q in parts) and sum(q.value for q in parts) > total.value
    return within and len(parts) > 2 and all(OVERLAPPING.search(label) for label in labels)


def _figured(reading: Reading, least: int) -> Iterator[Figured]:
    """Prose lines with at least so many figures."""
    return (row for row in figured(reading) if len(row.quantities) >= least)


def _list_after(text: str, start: int, end: int, found: list[Quantity]) -> list[Quantity]:
    """The parts a list after 其中 names, up to the next 其中 or a total; figures in brackets and changes left out."""
    nearest = text.find("其中", start, end)
    stop = nearest if nearest >= 0 else end
    parts: list[Quantity] = []
    for q in found[bisect_left(found, start, key=start_of) : bisect_left(found, stop, key=start_of)][
        :MOST_PARTS
    ]:
        if in_bracket(text, start, q.start):
            continue
        label = label_before(text, start, q)
        if TOTAL_AFTER.search(text, max(start, q.start - 12), q.start) or label.lstrip().startswith(
            ("共", "总共", "一共")
        ):
            break
        if COMPARED.search(label) or (parts and q.unit != parts[0].unit):
            continue
        if parts and DONE.search(label) and CAME.search(label_before(text, start, parts[0])):
            break
        parts.append(q)
    return parts


def _totals_before(
    text: str, mark: int, bounds: list[tuple[int, int]], index: int, found: list[Quantity], unit: str
) -> list[Quantity]:
    """Figures of the unit that 其中 may refer to: in its sentence, or, if it opens one, in the two before."""
    start = bounds[index][0]
    at = bisect_left(found, mark, key=start_of)
    found = found[max(0, at - MOST_PARTS) : at]
    here = [
        q
        for q in found
        if start <= q.start < mark and q.unit == unit and not in_bracket(text, start, q.start)
    ]
    if here or mark - start > 3:
        return here
    low = bounds[max(0, index - 2)][0]
    return [q for q in found if low <= q.start < mark and q.unit == unit]


def _judged(line: Line, totals: list[Quantity], parts: list[Quantity]) -> Iterator[Finding]:
    """The parts after 其中 against the total they most likely belong to."""
    if not totals or any(q.about for q in parts):
        return
    if len(parts) == 1 and parts[0].value <= totals[-1].value:
        return
    runs = [parts[:n] for n in range(2, len(parts) + 1)]
    if _explained(totals, parts):
        return
    total = totals[-1]
    if total.about:
        return
    if parts[0].value > total.value and len(totals) == 1:
        yield finding(
            "sum.part", "error", place(line, total.start, parts[0].end),
            f"“其中”的 {parts[0].printed} 大于总数 {total.printed}",
            figures=(total.printed, parts[0].printed), relation=f"{parts[0].printed} ≤ {total.printed}",
            suggestion="请核对总数与分项",
        )  # fmt: skip
        return
    # The same item is published through several channels: those parts may add up to more than the whole.
    if DISCLOSED.search(label_before(line.text, 0, total)) and OVERLAPPING.search(
        line.text, total.end, parts[-1].start
    ):
        if len(totals) == 1 and over_by_channel(line.text, total, parts):
            yield unbalanced("sum.parts", "note", line, total, parts)
        return
    pairs = [(t, run) for t in totals[-MOST_TOTALS:] if not t.about for run in runs if t.value >= max(q.value for q in run)]  # fmt: skip
    if pairs:
        alone = len(totals) == 1 and not COMPARED.search(label_before(line.text, 0, totals[0]))
        yield from _closest(line, parts, pairs, alone)


def _closest(
    line: Line, parts: list[Quantity], pairs: list[tuple[Quantity, list[Quantity]]], alone: bool
) -> Iterator[Finding]:
    """Of all (total, run of parts) the one that fits best is judged; a list of one kind is judged whole.

    ``alone``: no other figure can be the whole.
    """
    text = line.text
    labels, behind = _labels(text, parts)
    one_kind = bool(REST.search(labels[-1])) or of_one_kind(labels)
    whole_lists = [(t, run) for t, run in pairs if run == parts] if one_kind else []
    total, run = min(whole_lists or pairs, key=lambda p: (abs(sum(q.value for q in p[1]) - p[0].value) / max(p[0].value, Decimal(1)), -len(p[1])))  # fmt: skip
    labels = labels[: len(run)]
    if any(SHARED.search(label) for label in labels):
        return
    # Told so loosely, some of the whole may well be left out.
    whole = not behind and (bool(REST.search(labels[-1])) or closed_family(labels))
    kind = whole or of_one_kind(labels)
    closed = kind and not re.search(r"等(?=[，,。；;])", text[run[0].start : run[-1].end + 2])
    severity = verdict(total, run, closed, whole)
    if severity is None and alone and closed and disjoint(labels) and not fits(total, run):
        # Parts of which none can stand in two, above the only whole there is: wrong however far above.
        severity = "error" if sum(q.value for q in run) > total.value else None
    if severity is not None:
        yield unbalanced("sum.parts", severity, line, total, run)


def _labels(text: str, parts: list[Quantity]) -> tuple[list[str], bool]:
    """What each part is called: the words before its figure, or, where none has any (8件为当面申请、5件为信函申请), behind (True)."""
    before = [label_before(text, max(0, parts[0].start - 24), q) for q in parts]
    if not all(BARE.fullmatch(label) for label in before):
        return before, False
    return [label_after(text, q) for q in parts], True


def _explained(totals: list[Quantity], parts: list[Quantity]) -> bool:
    """Do the first two or more parts make up any of the totals?"""
    told, half, whole = Decimal(0), Decimal(0), True
    for n, part in enumerate(parts, 1):
        told, half, whole = told + part.value, half + part.half, whole and part.whole
        if n > 1 and any(abs(told - t.value) <= (0 if whole and t.whole else half + t.half) for t in totals):
            return True
    return False


def _division(
    line: Line, inside: list[Quantity], labels: list[str], name: str, family: re.Pattern[str]
) -> Iterator[Finding]:
    if sum(family.search(label) is not None for label in labels) < 2:
        return
    kinds = [{m[0] for m in family.finditer(label)} for label in labels]
    if sum(len(kind) == 1 for kind in kinds) < 2:
        return
    for at, total in enumerate(inside[:-2]):
        if len(kinds[at]) == 1 or total.about or (name.startswith("申请") and "申请" not in labels[at]):
            continue
        parts: list[Quantity] = []
        seen: set[str] = set()
        for q, kind, label in zip(inside[at + 1 :], kinds[at + 1 :], labels[at + 1 :], strict=True):
            if len(kind) != 1 or kind & seen or q.unit != total.unit or q.about or COMPARED.search(label):
                break
            if set(VERBS.findall(label)) - set(VERBS.findall(labels[at])):
                break
            parts.append(q)
            seen |= kind
        if len(parts) < 2 or fits(total, parts):
            continue
        told = [label for q, label in zip(inside, labels, strict=True) if q in parts]
        if (severity := verdict(total, parts, True, closed_family(told))) is not None:
            yield unbalanced("sum.division", severity, line, total, parts, name)


CHECKS = (
    Check("sum.brackets", "总数与括号里的分项相符", BASIS, "error", enumerated_in_brackets,
          bad="全年共承办建议提案13件（代表建议4件，政协提案8件）。", good="全年共承办建议提案13件（代表建议4件，政协提案9件）。"),
    Check("sum.parts", "总数与“其中”的分项相符", BASIS, "error", among_which,
          bad="共包含事项647项，其中：行政许可395项、行政征收33项、行政确认92项、行政给付38项、公共服务90项。",
          good="共包含事项647项，其中：行政许可394项、行政征收33项、行政确认92项、行政给付38项、公共服务90项。"),
    Check("sum.listed", "冒号后列出的分项与总数相符", BASIS, "error", listed_behind,
          bad="全年举办业务培训班5期：市级1期、县级2期、乡镇级1期。", good="全年举办业务培训班5期：市级1期、县级2期、乡镇级2期。"),
    Check("sum.part", "“其中”的分项不大于总数", BASIS, "error", among_which,
          bad="全年受理申请92件，其中当面申请133件。", good="全年受理申请192件，其中当面申请133件。"),
    Check("sum.division", "按层级、渠道等划分的分项与总数相符", BASIS, "error", known_divisions,
          bad="全市受理申请192件，市本级受理申请132件，县（市）区受理申请50件。",
          good="全市受理申请192件，市本级受理申请132件，县（市）区受理申请60件。"),
    Check("sum.total", "合计与前面的分项相符", BASIS, "error", total_behind,
          bad="市本级受理132件，县区受理60件，合计193件。", good="市本级受理132件，县区受理60件，合计192件。"),
)  # fmt: skip
