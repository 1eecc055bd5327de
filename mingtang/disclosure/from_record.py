"""What an edition says of its organ where the organ's record says it: nobody types it (公开指南, 条例第十二条)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mingtang.disclosure.kinds import kinds
from mingtang.disclosure.models import Document
from mingtang.ledger.api import Agency

KIND = "guide"


def told(agency: Agency, kind: str, data: Mapping[str, Any] | None) -> dict[str, Any]:
    """An edition's own fields, those of the organ's record as the record has them now."""
    kept = dict(data or {})
    if not kinds()[kind].from_record:
        return kept
    for f in kinds()[kind].fields:
        kept.pop(f.key, None)
        if said := str(getattr(agency, f.key, "") or ""):
            kept[f.key] = said
    return kept


def guide_differs(agency: Agency) -> bool:
    """Does the organ's public guide say something else than its record?"""
    live = Document.objects.filter(agency=agency, kind=KIND, state=Document.LIVE).select_related("live")
    return any(d.live and told(agency, KIND, d.live.data) != d.live.data for d in live)
