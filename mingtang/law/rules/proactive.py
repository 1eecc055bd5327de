"""When something must be published: 条例第二十六条（2007年第十八条）, and 国办发〔2018〕118号 for enforcement results."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from mingtang.law.rules.because import HOW_TO_COUNT, days_off, provisional
from mingtang.law.rules.workdays import Calendar, cn
from mingtang.law.types import Deadline, Norm, Reason, Refused

KINDS = {
    "general": "proactive_days",
    "licence": "licence_result_days",
    "enforcement": "enforcement_result_days",
    "overturned": "penalty_withdraw_days",
    "media": "media_days",
}
# What happened on the day from which a limit counts, and what has to be done by its end.
_SAID = {"overturned": ("原决定于%s被变更或者撤销", "撤下或者更正"), "media": ("该信息于%s公布", "选送媒体")}


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
    natural = norm.unit == "calendar_days"
    due = made_on + timedelta(norm.value) if natural else cal.add(made_on, norm.value)
    if isinstance(due, Refused):
        return due
    a, b = made_on.toordinal(), due.toordinal()
    unsure = not natural and cal.unsure_rank[b - cal.base] > cal.unsure_rank[a - cal.base]
    happened, asked = _SAID.get(kind, ("该信息于%s形成或变更", "公开"))
    began = "公布" if kind == "media" else "变更或者撤销" if kind == "overturned" else "形成或变更"
    counting = "当日不计，按日历日计算" if natural else HOW_TO_COUNT.replace("收到", began)
    days = f"{norm.value}日" if natural else f"{norm.value}个工作日"
    reasons = [
        Reason(f"{happened % cn(made_on)}，应当在{days}内{asked}；{counting}。", norm.article),
        *(() if natural else days_off(cal, a, b)),
    ]
    if unsure:
        reasons.append(provisional(cal, b))
    reasons.append(Reason(f"因此，{asked}期限到{cn(due)}届满。", norm.article))
    return Deadline(due, not unsure, tuple(reasons), unsure)
