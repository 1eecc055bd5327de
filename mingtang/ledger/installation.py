"""The installation itself: demo or service, decided once."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings

from mingtang.law.api import Refused
from mingtang.ledger import clock
from mingtang.ledger.models import Installation


def install(
    by: None, at: datetime, *, kind: str, city_name: str, demo_epoch: datetime | None = None, kept_from: date | None = None
) -> Installation | Refused:  # fmt: skip
    """Create the installation once; ``by`` is None, there is nobody yet.

    ``demo_epoch``: where a demo's clock starts; it runs on from there. ``kept_from``: the day from which its ledger is
    whole; of a year before it, a register without rows says nothing. Without it, the day of the installation. Refused when
    there is one, and when a service installation is to have a clock of its own. Source: contract "Time".
    """
    if Installation.objects.exists():
        return Refused("这个数据库已经属于一个平台", "一个数据库只装一次", "请换一个空的数据库")
    if kind == Installation.SERVICE and demo_epoch is not None:
        return Refused("只有演示系统有自己的时钟", "正式系统的时间不能设定", "请去掉演示时钟")
    (settings.HOME / "keys").mkdir(parents=True, exist_ok=True, mode=0o700)
    created = clock.system_now()
    here = Installation.objects.create(
        kind=kind, city_name=city_name, created_at=created, demo_epoch=demo_epoch, kept_from=kept_from or (demo_epoch or created).date()
    )  # fmt: skip
    clock.forget()
    return here
