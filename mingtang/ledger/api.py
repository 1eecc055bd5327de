"""The door of the ledger.

Verbs: ``now`` ``clock_at`` ``may`` ``record`` ``enqueue`` ``drain`` ``store`` ``number`` ``verify`` ``law`` ``find``
``take``. Everything else here is a type, or reads a type.
"""

from __future__ import annotations

from typing import Any

from mingtang.ledger.acts import TAKE_OVER, Deed, Verified, erase, record, seal_acts, verify
from mingtang.ledger.agencies import successor, take
from mingtang.ledger.clock import SHANGHAI, civil, clock_at, now, today
from mingtang.ledger.files import path_of, store
from mingtang.ledger.finding import Found, Page
from mingtang.ledger.flow import FlowRow, FlowTable
from mingtang.ledger.identity import blind, conceal, new_key, reseal, reveal
from mingtang.ledger.installation import create_installation, installation
from mingtang.ledger.laws import law_on as law
from mingtang.ledger.laws import notices
from mingtang.ledger.models import (
    Act,
    Agency,
    Appointment,
    Outbox,
    OutboxCursor,
    Person,
    StoredFile,
    Succession,
)
from mingtang.ledger.numbers import number, once
from mingtang.ledger.outbox import drain, enqueue, skip_to
from mingtang.ledger.policy import ROLES, Verdict, agencies_of, may

_KINDS: dict[str, Any] = {
    "agency": Agency,
    "person": Person,
    "appointment": Appointment,
    "act": Act,
    "file": StoredFile,
    "succession": Succession,
    "outbox": Outbox,
    "cursor": OutboxCursor,
}


def find(what: str, **filters: Any) -> Found:
    """Organs, people, appointments, acts, files or successions by field look-ups. Raises LookupError for other words."""
    if what not in _KINDS:
        raise LookupError(f"册里没有“{what}”；有：{'、'.join(_KINDS)}")
    return Found(_KINDS[what].objects.order_by("pk"), lambda row: row).where(**filters)


__all__ = [
    "ROLES", "SHANGHAI", "TAKE_OVER", "Act", "Agency", "Appointment", "Deed", "FlowRow", "FlowTable", "Found", "Page",
    "Person", "StoredFile", "Verdict", "Verified", "agencies_of", "blind", "civil", "clock_at", "conceal",
    "create_installation", "drain", "enqueue", "erase", "find", "installation", "law", "may", "new_key", "notices", "now", "number", "once",
    "path_of", "record", "reseal", "reveal", "seal_acts", "skip_to", "store", "successor", "take", "today", "verify",
]  # fmt: skip
