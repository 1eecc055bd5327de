"""The installation itself: demo or service, decided once; and the law that arrived after the package was made."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from mingtang.law.api import Refused, parse_notice
from mingtang.ledger import clock
from mingtang.ledger.files import path_of
from mingtang.ledger.models import Installation, LawFile


def installation() -> Installation | None:
    """This installation, or None before it is created."""
    return Installation.objects.first()


def create_installation(kind: str, city_name: str, demo_epoch: datetime | None = None) -> Installation:
    """Create the installation once. ``demo_epoch``: where a demo's clock starts; it runs on from there.

    Raises ValueError when one exists already or a service installation is given a demo clock.
    """
    if Installation.objects.exists():
        raise ValueError("this database already belongs to an installation")
    if kind == Installation.SERVICE and demo_epoch is not None:
        raise ValueError("only a demo has a clock of its own")
    (settings.HOME / "keys").mkdir(parents=True, exist_ok=True, mode=0o700)
    here = Installation.objects.create(
        kind=kind, city_name=city_name, created_at=clock.system_now(), demo_epoch=demo_epoch
    )
    clock.forget()
    return here


def notices() -> tuple:
    """Holiday notices loaded into this installation, parsed, oldest first."""
    found = []
    for row in LawFile.objects.filter(kind="notice").order_by("id").select_related("file"):
        notice = parse_notice(path_of(row.file.digest).read_text(encoding="utf-8"))
        if not isinstance(notice, Refused):
            found.append(notice)
    return tuple(found)
