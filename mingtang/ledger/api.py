"""The door of the ledger.

Verbs: ``now`` ``clock_at`` ``may`` ``record`` ``enqueue`` ``drain`` ``store`` ``number`` ``verify`` ``law`` ``find``
``take``. Everything else here is a type, or reads a type.
"""

from __future__ import annotations

from typing import Any

from mingtang.ledger.acts import TAKE_OVER, Deed, Verified, erase, record, seal_acts, verify
from mingtang.ledger.agencies import successor, take
from mingtang.ledger.clock import SHANGHAI, civil, clock_at, now, today
from mingtang.ledger.files import FileRow, path_of, store
from mingtang.ledger.finding import Found, Page, Shelf, find_on
from mingtang.ledger.flow import FlowRow, FlowTable
from mingtang.ledger.identity import blind, conceal, new_key, reseal, reveal
from mingtang.ledger.installation import create_installation, installation
from mingtang.ledger.laws import law_on as law
from mingtang.ledger.laws import notices
from mingtang.ledger.models import Agency, Person
from mingtang.ledger.numbers import number, once
from mingtang.ledger.outbox import drain, enqueue, skip_to
from mingtang.ledger.policy import ROLES, Verdict, agencies_of, may
from mingtang.ledger.rows import SHELVES, ActRow, AppointmentRow, SuccessionRow


def find(what: str, **filters: Any) -> Found[Any]:
    """Organs, people, appointments, Acts, files, successions … by declared names (``rows.SHELVES``).

    Raises LookupError for a word or a name that is not declared.
    """
    return find_on(SHELVES, what, filters)


__all__ = [
    "ROLES", "SHANGHAI", "TAKE_OVER", "ActRow", "Agency", "AppointmentRow", "Deed", "FileRow", "FlowRow", "FlowTable", "Found", "Page",
    "Person", "Shelf", "SuccessionRow", "Verdict", "Verified", "agencies_of", "blind", "civil", "clock_at", "conceal",
    "create_installation", "drain", "enqueue", "erase", "find", "find_on", "installation", "law", "may", "new_key", "notices", "now", "number", "once",
    "path_of", "record", "reseal", "reveal", "seal_acts", "skip_to", "store", "successor", "take", "today", "verify",
]  # fmt: skip
