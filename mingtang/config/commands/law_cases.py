"""One case as other systems write it, in JSON: read with suspicion, answered in the shape of the contract."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from mingtang.law.api import BareNumbers, Deadline, NormFile, Notice, Reason, Refused, Step, on

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST_LINE = 256 * 1024  # bytes; a case with a hundred steps needs five thousand
KEYS = {"received", "channel", "steps", "today", "id"}
SHAPE = '每行一个对象，例如 {"received": "2026-03-02", "channel": "in_person", "steps": [{"step": "extend", "on": "2026-03-20"}]}。'
FORMAT = "mingtang law due 的输入格式"


@dataclass(frozen=True)
class Given:
    """What arrived later than the package: holiday notices and a city's own norms."""

    notices: tuple[Notice, ...]
    norms: tuple[NormFile, ...]


class BadInput(Exception):
    """One input that cannot be answered, with its refusal."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.why)
        self.refused = refused


def day_of(value: object, what: str) -> date:
    """A date written YYYY-MM-DD, or a refusal that names what was wrong."""
    if isinstance(value, str) and DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    if not isinstance(value, str):
        raise BadInput(
            Refused(
                f"{what}应为带引号的日期文字，收到的是“{str(value)[:40]}”。",
                "日期格式",
                '请写成带引号的年-月-日，例如 "2026-03-02"。',
            )
        )
    raise BadInput(
        Refused(
            f"{what}“{str(value)[:40]}”不是有效的日期。",
            "日期格式",
            "请写成年-月-日，例如 2026-03-02，并核对这一天是否存在。",
        )
    )


def answer_case(case: object, given: Given) -> Deadline:
    """The deadline of one case as other systems write it. BadInput for anything that is no case."""
    if not isinstance(case, dict):
        raise BadInput(Refused("这一行不是一个 JSON 对象。", FORMAT, SHAPE))
    for key in ("received", "channel"):
        if case.get(key) is None:
            raise BadInput(Refused(f"缺少 {key}。", FORMAT, SHAPE))
    received = day_of(case["received"], "received ")
    rows = case.get("steps")
    if rows is not None and not isinstance(rows, list):
        raise BadInput(Refused("steps 应为列表。", FORMAT, SHAPE))
    steps = [_step(row) for row in rows or []]
    today = None if case.get("today") is None else day_of(case["today"], "today ")
    found = on(received, given.notices, given.norms)
    if isinstance(found, Refused):
        raise BadInput(found)
    answer = found.deadline(received, case["channel"], steps, today)
    if isinstance(answer, Refused):
        raise BadInput(answer)
    return answer


def _step(row: object) -> Step:
    if not isinstance(row, dict) or not isinstance(row.get("step"), str):
        raise BadInput(Refused("steps 中的每一项应为含有 step 和 on 的对象。", FORMAT, SHAPE))
    day = day_of(row.get("on"), f"步骤 {row['step'][:40]} 的 on ")
    return Step(row["step"], day, {key: row[key] for key in ("days", "party") if row.get(key) is not None})


def lines_of(stream: BinaryIO) -> Iterator[bytes | None]:
    """The lines; None for one too long to be a case, whose rest is read away in pieces."""
    while line := stream.readline(LONGEST_LINE):
        if len(line) < LONGEST_LINE or line.endswith(b"\n"):
            yield line
            continue
        while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        yield None


def case_of(line: bytes | None) -> dict[str, Any]:
    if line is None:
        raise BadInput(Refused(f"这一行超过 {LONGEST_LINE} 字节。", FORMAT, "请拆成每行一件申请。"))
    try:
        case = json.loads(line.decode("utf-8-sig"), object_pairs_hook=_once)
    except UnicodeDecodeError as wrong:
        raise BadInput(Refused("这一行不是 UTF-8 编码。", FORMAT, "请转为 UTF-8 后重试。")) from wrong
    except (ValueError, RecursionError) as wrong:
        raise BadInput(Refused("这一行不是有效的 JSON。", FORMAT, SHAPE)) from wrong
    if not isinstance(case, dict):
        raise BadInput(Refused("这一行不是一个 JSON 对象。", FORMAT, SHAPE))
    return case


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys stand once each: of two the second would silently win."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadInput(Refused("同一个键写了两次。", FORMAT, SHAPE))
    return found


def because_json(reasons: tuple[Reason, ...]) -> list[dict[str, str]]:
    return [{"text": r.text, "basis": r.basis} for r in reasons]


def deadline_json(answer: Deadline) -> dict[str, Any]:
    found: dict[str, Any] = {
        "due_on": None if answer.due_on is None else answer.due_on.isoformat(),
        "firm": answer.firm,
        "because": because_json(answer.because),
        "provisional": answer.provisional,
        "state": answer.state,
        "regime": answer.regime,
    }
    if answer.lapses_on is not None:
        found["lapses_on"] = answer.lapses_on.isoformat()
    return found


def refused_json(refused: Refused) -> dict[str, Any]:
    return {"error": refused.why, "basis": refused.basis, "instead": refused.instead}


def line_of(answer: object) -> bytes:
    # A lone surrogate in what was sent must not stop the run: it goes out as the JSON escape it came in as.
    return json.dumps(answer, ensure_ascii=False, cls=BareNumbers).encode("utf-8", "backslashreplace") + b"\n"
