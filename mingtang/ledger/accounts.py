"""Accounts: a password that holds once, one's own password, an account that is stopped. Each verb leaves an Act.

A password itself stands in no Act and in no row but as its hash.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from mingtang.law.api import Refused
from mingtang.ledger.acts import Deed, record
from mingtang.ledger.clock import SHANGHAI
from mingtang.ledger.models import Appointment, Person
from mingtang.ledger.terms import keeping

_BASIS = "等级保护：一人一个账号，口令本人保管"
LAST_KEEPER = Refused("这是最后一位系统管理员", "等级保护：须有人管理账号和权限", "请先任命另一位系统管理员")
_FAULTS = {"password_too_short": "太短", "password_too_common": "太常见"}


def reset_password(by: Person | None, at: datetime, *, person: Person, password: str) -> Person | Refused:
    """Give somebody a password that holds for one log-in: they must choose their own before anything else.

    Refused for oneself and for a stopped account. Returns the person as kept. Source: 等级保护（一人一个账号，口令本人保管）.
    """
    if by is not None and by.pk == person.pk:
        return Refused("自己的口令不用重置", _BASIS, "请在“我的口令”里修改")
    if not person.is_active:
        return Refused(f"{person.name}的账号已经停用", _BASIS, "请先启用账号")
    deed = Deed(
        "person.reset_password", "person", str(person.pk), at, by, None, _BASIS, {"username": person.username}
    )
    return _written(person, deed, password=make_password(password), password_once=True)


def change_password(
    by: Person | None, at: datetime, *, person: Person, old: str, new: str
) -> Person | Refused:
    """One's own password, by oneself, with the old one in hand.

    Refused when somebody else asks, the old one is wrong, or the new one is short, common, the same or holds the account.
    Returns the person as kept. Source: 等级保护.
    """
    kept = Person.objects.get(pk=person.pk)
    if by is None or by.pk != kept.pk:
        return Refused("口令只能本人修改", _BASIS, "忘了口令的，请系统管理员重置")
    if not kept.check_password(old):
        return Refused("现在的口令不对", _BASIS, "请重新输入；忘了的，请系统管理员重置")
    if old == new or kept.username.lower() in new.lower():
        return Refused("新口令不能和原来的一样，也不能含有账号", _BASIS, "请换一个")
    try:
        validate_password(new)
    except ValidationError as error:
        faults = [_FAULTS.get(str(e.code), "不合要求") for e in error.error_list]
        return Refused("新口令" + "、".join(faults), _BASIS, "请换一个更长、不常见的口令")
    deed = Deed(
        "person.change_password",
        "person",
        str(person.pk),
        at,
        by,
        None,
        _BASIS,
        {"username": person.username},
    )
    return _written(person, deed, password=make_password(new), password_once=False)


def deactivate(by: Person | None, at: datetime, *, person: Person) -> Person | Refused:
    """Close an account: nobody logs in as this person and no role of theirs counts. The record stays.

    Refused for oneself, for a stopped account and for the last keeper. Returns the person as kept. Source: 等级保护.
    """
    if by is not None and by.pk == person.pk:
        return Refused("不能停用自己的账号", _BASIS, "请由另一位系统管理员办理")
    if not person.is_active:
        return Refused(f"{person.name}的账号已经停用", _BASIS, "不需要再办")
    if not _others_keep(person, at):
        return LAST_KEEPER
    deed = Deed(
        "person.deactivate", "person", str(person.pk), at, by, None, _BASIS, {"username": person.username}
    )
    return _written(person, deed, is_active=False)


def activate(by: Person | None, at: datetime, *, person: Person) -> Person | Refused:
    """Open a closed account again. Refused when it is open. Returns the person as kept. Source: 等级保护."""
    if person.is_active:
        return Refused(f"{person.name}的账号没有停用", _BASIS, "不需要再办")
    deed = Deed(
        "person.activate", "person", str(person.pk), at, by, None, _BASIS, {"username": person.username}
    )
    return _written(person, deed, is_active=True)


def _others_keep(person: Person, at: datetime) -> bool:
    """Would somebody be left to keep the installation without this person?"""
    today = at.astimezone(SHANGHAI).date()
    keepers = Appointment.objects.select_for_update(of=("self",)).filter(keeping(today))
    held = {k.person_id for k in keepers.order_by("pk")}
    return person.pk not in held or len(held) > 1


def _written(person: Person, deed: Deed, **fields: object) -> Person:
    Person.objects.filter(pk=person.pk).update(**fields)
    record(deed)
    return Person.objects.get(pk=person.pk)
