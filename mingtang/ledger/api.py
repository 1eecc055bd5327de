"""The door of the ledger.

Verbs: ``now`` ``clock_at`` ``may`` ``record`` ``enqueue`` ``drain`` ``store`` ``number`` ``once`` ``verify`` ``law``
``take``, and ``find``: organs, people, appointments, Acts, files, successions … by declared names (``rows.SHELVES``).
Everything else here is a type or a constant.
"""

from mingtang.ledger.acts import TAKE_OVER, Deed, record
from mingtang.ledger.agencies import take
from mingtang.ledger.bulk import BulkManager
from mingtang.ledger.clock import SHANGHAI, clock_at, now
from mingtang.ledger.files import FileRow, store
from mingtang.ledger.finding import Found, Page, Shelf, Shelves
from mingtang.ledger.flow import FlowRow, FlowTable
from mingtang.ledger.identity import Identity
from mingtang.ledger.laws import law_on as law
from mingtang.ledger.models import Agency, Person
from mingtang.ledger.numbers import number, once
from mingtang.ledger.outbox import drain, enqueue
from mingtang.ledger.policy import ROLES, Reach, Verdict, may
from mingtang.ledger.rows import SHELVES, ActRow, AppointmentRow, CoverRow, OutboxCursorRow, SuccessionRow
from mingtang.ledger.succession import Passing
from mingtang.ledger.verifying import Verified, verify

find = SHELVES.find

__all__ = [
    "ROLES", "SHANGHAI", "TAKE_OVER", "ActRow", "Agency", "AppointmentRow", "BulkManager", "CoverRow", "Deed", "FileRow", "FlowRow", "FlowTable", "Found",
    "Identity", "OutboxCursorRow", "Page", "Passing", "Person", "Reach", "Shelf", "Shelves", "SuccessionRow", "Verdict", "Verified", "clock_at", "drain",
    "enqueue", "find", "law", "may", "now", "number", "once", "record", "store", "take", "verify",
]  # fmt: skip
