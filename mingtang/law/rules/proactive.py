"""When something must be published: 条例第二十六条（2007年第十八条）, and 国办发〔2018〕118号 for enforcement results."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from mingtang.law.rules.because import HOW_TO_COUNT, days_off, provisional
from mingtang.law.rules.workdays import Calendar, cn
from mingtang.law.types import Deadline, Norm, Reason, Refused

KINDS = {
    "general": "proactive_days",
    "licence": "licence_result_days",
    "enforcement": "enforcement_result_days",
}


def publish_by(
    pick: Callable[[str, date], Norm | Refused], cal: Calendar, made_on: date, kind: str
) -> Deadline | Refused:
    """The last day to publish what was made or changed on a day."""
    if kind not in KINDS:
        return Refused(
            f"没有名为“{str(kind)[:40]}”的公开期限。", "公开期限表", f"可用的种类：{'、'.join(KINDS)}。"
        )
    worked = cal.is_working(made_on)
    if isinstance(worked, Refused):
        return worked
    norm = pick(KINDS[kind], made_on)
    if isinstance(norm, Refused):
        return norm
    due = cal.add(made_on, norm.value)
    if isinstance(due, Refused):
        return due
    a, b = made_on.toordinal(), due.toordinal()
    unsure = cal.unsure_rank[b - cal.base] > cal.unsure_rank[a - cal.base]
    counting = HOW_TO_COUNT.replace("收到", "形成或变更")
    reasons = [
        Reason(
            f"该信息于{cn(made_on)}形成或变更，应当在{norm.value}个工作日内公开；{counting}。", norm.article
        ),
        *days_off(cal, a, b),
    ]
    if unsure:
        reasons.append(provisional(cal, b))
    reasons.append(Reason(f"因此，公开期限到{cn(due)}届满。", norm.article))
    return Deadline(due, not unsure, tuple(reasons), unsure)
