"""What an organ has not published yet goes with its work: drafts move, one Act each; what was published keeps its publisher."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mingtang.disclosure.models import Document, IssuedPaper
from mingtang.ledger.api import Deed, Passing, record


def follow_succession(passing: Passing, at: datetime) -> int:
    """Give every document that was never public to the organ that carries on, or to the one its share names.

    Its editions, reviews and files stay as they are, and so does the place in its chain. A report made from figures stays:
    it speaks of the old organ (article 49). Safe to repeat. Returns how many moved. Source: article 10.
    """
    heirs = {int(pk): heir for heir, share in passing.shares.items() for pk in share.get("drafts", ())}
    with transaction.atomic():
        drafts = Document.objects.select_for_update(of=("self",)).filter(
            agency_id__in=passing.heirs, state=Document.DRAFT, live__isnull=True
        )
        deeds = []
        for draft in drafts.exclude(origin_type="report").order_by("pk"):
            old, heir = draft.agency_id, heirs.get(draft.pk, passing.heirs[draft.agency_id])
            Document.objects.filter(pk=draft.pk).update(agency_id=heir)
            IssuedPaper.objects.filter(document_id=draft.pk).update(agency_id=heir)
            facts = {"from": old, "to": heir}
            deeds.append(
                Deed("document.move", "document", str(draft.pk), at, None, heir, passing.basis, facts)
            )
        record(*deeds)
    return len(deeds)
