"""Releases: one row for each publication through each channel, by hand or by the platform."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from mingtang.ledger.api import Found
from mingtang.portal.models import Release


def note_releases(rows: Iterable[tuple[int, str, datetime, str]]) -> int:
    """Write down that publications went out: (publication id, channel, moment, place); a known pair stays as it is."""
    made = [Release(publication_id=p, channel=c, state="done", at=at, place=place) for p, c, at, place in rows]
    return len(Release.objects.bulk_create(made, batch_size=1000, ignore_conflicts=True))


def find(what: str, **filters: Any) -> Found[Release]:
    """Releases by field look-ups (LookupError for another word)."""
    if what != "release":
        raise LookupError(f"门户没有“{what}”；有：release")
    return Found(Release.objects.order_by("pk"), lambda r: r).where(**filters)
