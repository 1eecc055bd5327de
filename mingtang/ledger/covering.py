"""Absence cover (代理): for some days another person may do what an absent one could; it ends by itself.

The number of different people of a review is not lowered (contract: reviews); each room's flow sees to that.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from mingtang.law.api import Refused
from mingtang.ledger.acts import Deed, record
from mingtang.ledger.clock import SHANGHAI
from mingtang.ledger.models import Appointment, Cover, Person
from mingtang.ledger.policy import ROLES, Reach
from mingtang.ledger.terms import not_over, serving

_BASIS = "本单位工作安排：不在岗期间由他人代理"
# The longest absence that is covered, in days; a longer one wants an appointment.
_MOST = 183


def cover(
    by: Person | None, at: datetime, *, absent: Person, substitute: Person, since: date, until: date
) -> Cover | Refused:
    """Let one person stand in for another from a day up to and including ``until``.

    By the absent person, or whoever keeps every organ of theirs (agency.keep), who may not name himself; a keeper's only by a
    keeper. What was done at organs where the substitute does not serve is not handed on. Refused for days gone by, more than half a year,
    somebody of no organ of theirs, a second cover of the same days, and where a keeper would also act. Returns the cover.
    Source: 本单位工作安排.
    """
    today = at.astimezone(SHANGHAI).date()
    theirs = list(Appointment.objects.filter(serving(today), person=absent))
    reach = Reach(by, today)
    if by is None or (by.pk != absent.pk and not all(reach.may("agency.keep", a) for a in theirs)):
        return Refused("只能给自己，或者由主管单位给下属单位的人安排代理", _BASIS, "请本人或主管单位办理")
    if not theirs:
        return Refused(f"{absent.name}现在没有任职", _BASIS, "没有任职的不用代理")
    if by.pk != absent.pk and substitute.pk == by.pk:
        return Refused("不能安排自己代理别人", _BASIS, "请本人安排，或者请另一位有权限的同事安排")
    if by.pk != absent.pk and "keeper" in {a.role for a in theirs} and not reach.may("person.keep", None):
        return Refused(
            "系统管理员只能由本人或另一位系统管理员安排代理", "等级保护：三权分立", "请系统管理员办理"
        )
    if not today <= since <= until or until - since >= timedelta(_MOST):
        return Refused("代理的起止日期不对", _BASIS, f"从今天或以后起，不超过{_MOST}天")
    if substitute.pk == absent.pk or not substitute.is_active:
        return Refused("代理人不能是本人，也不能是停用的账号", _BASIS, "请另选一位同事")
    others = list(Appointment.objects.filter(serving(today), person=substitute))
    if not {a.agency_id for a in others} & {a.agency_id for a in theirs}:
        return Refused(f"{substitute.name}不在{absent.name}任职的单位", _BASIS, "请选择同一单位的同事")
    roles = {a.role for a in (*theirs, *others)} & ROLES.keys()
    if "keeper" in roles and any(ROLES[r].handles for r in roles):
        return Refused("系统管理员和办事的角色不能由一个人代理", "等级保护：三权分立", "请另选一位同事")
    if Cover.objects.filter(not_over(since), absent=absent, valid_from__lt=until + timedelta(1)).exists():
        return Refused("这几天已经安排了代理", _BASIS, "请先结束原来的安排")
    made = Cover.objects.create(
        absent=absent, substitute=substitute, valid_from=since, valid_to=until + timedelta(1)
    )
    facts = {"cover": made.pk, "substitute": substitute.pk, "since": since, "until": until}
    record(Deed("person.cover", "person", str(absent.pk), at, by, theirs[0].agency_id, _BASIS, facts))
    return made


def uncover(by: Person | None, at: datetime, *, cover: int) -> Cover | Refused:
    """End a cover today, before its day: from now on the substitute stands in no more. Refused for one that has ended.

    Source: 本单位工作安排.
    """
    today = at.astimezone(SHANGHAI).date()
    held = Cover.objects.select_for_update(of=("self",)).select_related("absent").filter(pk=cover).first()
    if held is None or held.over(today):
        return Refused("没有这项代理，或者已经结束", _BASIS, "请刷新页面")
    theirs = list(Appointment.objects.filter(serving(today), person=held.absent))
    reach = Reach(by, today)
    mine = by is not None and by.pk in (held.absent_id, held.substitute_id)
    if not mine and not any(reach.may("agency.keep", a) for a in theirs):
        return Refused("只有本人、代理人或主管单位能结束代理", _BASIS, "请本人或主管单位办理")
    held.valid_to = today
    held.save(update_fields=["valid_to"])
    record(
        Deed(
            "person.uncover",
            "person",
            str(held.absent_id),
            at,
            by,
            theirs[0].agency_id if theirs else None,
            _BASIS,
            {"cover": held.pk},
        )
    )
    return held
