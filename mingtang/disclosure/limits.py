"""By when what was made must be public: its kind and its date in, a deadline with reasons out; no tables.

条例第二十六条（2007年第十八条）: 20 working days from the making or changing; 国办发〔2018〕118号: 7 for licences and penalties,
20 for other enforcement results. The numbers stand in ``law/norms/publish``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mingtang.disclosure.kinds import kinds
from mingtang.law.api import Deadline, Refused
from mingtang.ledger.api import law

# Cadences that count from an event, and the limit of the law each names. 及时 stands for the outer limit of article 26.
EVENT_LIMITS = {"days20": "general", "timely": "general", "days7": "licence", "result20": "enforcement"}
# Cadences that count from what happens to a paper that is public: it was changed or quashed, it has to reach the media.
AFTER_LIMITS = {"takeoff3": "overturned", "media3": "media"}


def made_on(kind: str, written_on: date | None, data: Mapping[str, Any]) -> date | None:
    """The day a paper was made: its kind's own date (decision, end of a check), else 成文日期; None: not said yet."""
    said = data.get(kinds()[kind].made_on)
    return date.fromisoformat(str(said)) if said else written_on


def publish_by(kind: str, cadence: str, made: date) -> Deadline | None:
    """The last day to publish a paper of a kind made on a day: the nearer of its kind's limit and its duty's.

    None where the law knew no limit on that day, or the calendar does not hold it.
    """
    norms = law(made)
    if isinstance(norms, Refused):
        return None
    within = (kinds()[kind].within, EVENT_LIMITS.get(cadence, "general"), "general")
    limits = (AFTER_LIMITS[cadence],) if cadence in AFTER_LIMITS else within
    found = []
    for limit in dict.fromkeys(limits):
        deadline = norms.publish_by(made, limit)
        if not isinstance(deadline, Refused) and deadline.due_on is not None:
            found.append(deadline)
    # The first named wins a tie: the reasons then cite the paper that speaks of this kind.
    return min(found, key=lambda d: d.due_on or made, default=None)
