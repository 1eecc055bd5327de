"""The installation itself: demo or service, decided once."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from mingtang.ledger import clock
from mingtang.ledger.models import Installation


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
