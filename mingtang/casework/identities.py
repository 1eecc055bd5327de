"""Applicants' identities closed anew after a rotation of keys: by batches, each whole or not at all, resumed by running again."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import transaction

from mingtang.casework.models import Applicant
from mingtang.ledger.api import Deed, Identity, Person, record

_BASIS = "个人信息保护法第五十一条：加密措施"


def reseal_identities(*, by: Person | None, at: datetime, batch: int = 500) -> int:
    """Close every kept identity that is still under an older key under the newest one; returns how many.

    One transaction and one Act a batch: what was done before an interruption stays done, and a second run does the rest.
    Raises InvalidToken when a key that closed one of them is gone. Source: 个人信息保护法第五十一条.
    """
    done, last, started = 0, 0, time.monotonic()
    while True:
        # A long run must not date its last Act by its first moment.
        moment = at + timedelta(seconds=time.monotonic() - started)
        with transaction.atomic():
            # Locked and read inside the transaction: what is erased meanwhile is not written back.
            kept = Applicant.objects.select_for_update().filter(sealed__isnull=False, pk__gt=last)
            rows = list(kept.order_by("pk")[:batch])
            if not rows:
                return done
            last = rows[-1].pk
            stale = [a for a in rows if not Identity.current(a.sealed)]
            for applicant in stale:
                applicant.sealed = Identity.reclosed(applicant.sealed)
            if stale:
                Applicant.objects.bulk_update(stale, ["sealed"])
                facts = {
                    "count": len(stale),
                    "from": stale[0].pk,
                    "to": stale[-1].pk,
                    "key": Identity.newest(),
                }
                record(Deed("case.reseal", "applicant", "all", moment, by, None, _BASIS, facts))
                done += len(stale)
