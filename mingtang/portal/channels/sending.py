"""Sending what waits: one row at a time, claimed first, so that two workers never send the same.

A fault leaves the row waiting with a growing pause; after the last one it has failed and a person is asked. What was
withdrawn meanwhile is not sent; what was withdrawn while it was under way is taken down by its withdrawal's own row.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from mingtang.disclosure import api as disclosure
from mingtang.disclosure.api import DocumentRow, PublicationRow
from mingtang.portal.channels import accounts
from mingtang.portal.channels.planning import SENT
from mingtang.portal.channels.roll import ROLL
from mingtang.portal.channels.types import Sending, Sent, Unsent
from mingtang.portal.models import TAKES_DOWN, Release
from mingtang.portal.releases import tell

log = logging.getLogger(__name__)
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 720))
# Longer than any exchange takes: a worker that died leaves its row to others after this.
_LEASE = timedelta(minutes=15)


def push(at: datetime, most: int = 20) -> dict[str, int]:
    """Send what is due, at most so many rows; returns how many rows got which state. Never raises for a channel's fault."""
    due = Q(next_try__isnull=True) | Q(next_try__lte=at)
    waiting = Release.objects.filter(due, state__in=("waiting", "sending"), channel__in=SENT)
    told: dict[str, int] = {}
    for pk in list(waiting.order_by("next_try", "pk").values_list("pk", flat=True)[:most]):
        if waiting.filter(pk=pk).update(state="sending", next_try=at + _LEASE):
            state = _one(Release.objects.get(pk=pk), at)
            told[state] = told.get(state, 0) + 1
    return told


def _one(row: Release, at: datetime) -> str:
    """Send one claimed row and write down how it went."""
    try:
        publication = disclosure.find("publication", pk=row.publication_id).one()
        (document,) = disclosure.current([publication.document_id])
        account = accounts.book().accounts.get(row.target)
        if account is None:
            raise Unsent(f"channels.yaml 里没有“{row.target}”这个账号", timedelta(hours=1))
        way = _take_down if publication.kind in TAKES_DOWN else _bring
        sent = way(row, publication, document, account, at)
    except Unsent as fault:
        return _again(row, fault, at)
    except accounts.Unfit as unfit:
        return _again(row, Unsent(str(unfit), timedelta(minutes=10), counts=False), at)
    except (
        Exception
    ) as error:  # whatever a channel throws must not stop the others; its words may hold a secret
        log.error("channels: release %s: %s", row.pk, type(error).__name__)
        return _again(row, Unsent(f"程序出错（{type(error).__name__}）"), at)
    return _write(row, sent, document, at)


def _sending(
    row: Release, publication: PublicationRow, document: DocumentRow, account: accounts.Account, of: Release
) -> Sending:
    """``of``: the row whose memory is used; of a withdrawal that of the sending it takes down."""

    def note(remote: Mapping[str, Any]) -> None:
        of.remote = dict(remote)
        Release.objects.filter(pk=of.pk).update(remote=of.remote)

    others = Release.objects.filter(channel=row.channel, target=row.target).exclude(
        publication__document=document.id
    )
    known = frozenset(others.exclude(remote_id="").order_by("-pk").values_list("remote_id", flat=True)[:200])
    return Sending(publication, document, account, of.remote, note, of.state == "done", known)


def _bring(
    row: Release, publication: PublicationRow, document: DocumentRow, account: accounts.Account, at: datetime
) -> Sent:
    if document.state != "live" or document.edition is None or document.edition.validity == "expired":
        return Sent("withdrawn", error="发出之前文件已撤下")
    return ROLL[row.channel].publish(_sending(row, publication, document, account, row))


def _take_down(
    row: Release, publication: PublicationRow, document: DocumentRow, account: accounts.Account, at: datetime
) -> Sent:
    """Take down everything that was sent of the document before this withdrawal."""
    held = Release.objects.filter(
        publication__document=document.id, publication__lt=publication.id, channel=row.channel, target=row.target
    ).exclude(state="struck").exclude(publication__kind__in=TAKES_DOWN)  # fmt: skip
    if held.filter(state="sending", next_try__gt=at).exists():
        raise Unsent("正在发出，等它有了结果再撤", timedelta(minutes=1), counts=False)
    last = Sent("withdrawn")
    for one in held.order_by("pk"):
        if one.remote.get("taken_down") or (not one.remote and one.state not in ("done", "by_hand")):
            continue
        found = ROLL[row.channel].withdraw(_sending(row, publication, document, account, one))
        if found.state == "withdrawn":
            one.remote = {**one.remote, "taken_down": True}
            state = one.state if one.state == "done" else "withdrawn"
            Release.objects.filter(pk=one.pk).update(remote=one.remote, state=state)
        if found.state != "withdrawn" or last.state == "withdrawn":
            last = found
    return last


def _write(row: Release, sent: Sent, document: DocumentRow, at: datetime) -> str:
    facts: dict[str, Any] = {
        "state": sent.state, "error": sent.error[:2000], "next_try": at + sent.wait if sent.state == "waiting" else None,
        "remote_id": sent.remote_id[:120] or row.remote_id, "place": sent.place[:300] or row.place,
        "digest": document.edition.digest if document.edition else "",
    }  # fmt: skip
    if sent.state in ("done", "withdrawn"):
        facts["at"] = at
    # A worker that took too long finds its row taken over by another.
    if not Release.objects.filter(pk=row.pk, state="sending").update(**facts):
        return row.state
    if sent.state == "done":
        tell({row.publication_id})
    return sent.state


def _again(row: Release, fault: Unsent, at: datetime) -> str:
    tries = row.tries + fault.counts
    state = "failed" if fault.counts and tries > len(PAUSES) else "waiting"
    wait = fault.wait or PAUSES[min(tries, len(PAUSES)) - 1 if tries else 0]
    Release.objects.filter(pk=row.pk, state="sending").update(
        state=state, tries=tries, error=fault.why[:2000], next_try=at + wait if state == "waiting" else None
    )
    return state


__all__ = ["PAUSES", "push"]
