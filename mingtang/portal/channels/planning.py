"""What is to go where: from the publication log to rows that wait to be sent, one for each account that takes the document.

A withdrawal takes back at once what only waits, and lays a row of its own beside what is out or under way. Safe to repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from mingtang.disclosure import api as disclosure
from mingtang.disclosure.api import PublicationRow
from mingtang.ledger import api as ledger
from mingtang.portal.channels import accounts
from mingtang.portal.models import TAKES_DOWN, Release

# Channels whose rows wait for ``push``.
SENT = ("wechat", "weibo")


def follow(topic: str, payloads: list[Mapping[str, Any]]) -> None:
    """Outbox consumer: plan what these publications ask of every account. Raises accounts.Unfit."""
    if topic != "published":
        return
    ids = sorted({i for p in payloads for i in p["publications"]})
    held = accounts.book().accounts.values()
    for start in range(0, len(ids), 500):
        rows = list(disclosure.find("publication", pk__in=ids[start : start + 500]).order("pk"))
        facts = _facts(rows)
        with transaction.atomic():
            for row in rows:
                if row.kind in TAKES_DOWN:
                    _take_back(row)
                elif row.kind in ("publish", "correct") and not row.stated_by:
                    kind, code = facts[row.document_id]
                    for account in held:
                        if account.takes(kind, code):
                            _plan(row, account)


def _facts(rows: Iterable[PublicationRow]) -> dict[int, tuple[str, str]]:
    """Kind and organ's code of each document."""
    found = disclosure.find("document", pk__in=sorted({r.document_id for r in rows}))
    documents = list(found.values("pk", "kind", "agency_id"))
    codes = dict(ledger.find("agency", pk__in=sorted({a for _d, _k, a in documents})).values("pk", "code"))
    return {d: (k, codes[a]) for d, k, a in documents}


def _plan(row: PublicationRow, account: accounts.Account) -> None:
    """A row for this account; of a correction only what a person has to see to, since what is out cannot be changed there."""
    if Release.objects.filter(publication=row.id, channel=account.channel, target=account.name).exists():
        return
    earlier = _others(row, account.channel, account.name)
    stands = earlier.filter(state="done").last()
    made = Release(
        publication_id=row.id, channel=account.channel, target=account.name, state="waiting", at=row.at
    )
    if (stands and not _taken_down(stands)) or earlier.filter(state="sending").exists():
        made.state, made.place = "by_hand", stands.place if stands else ""
        made.error = f"文件已更正，“{account.title}”上的仍是原来的；请人工更正或重发"
    elif earlier.filter(state="waiting").exists():
        return  # it has not gone yet; when it goes, it goes as it is then
    elif box := earlier.filter(state="by_hand").last():
        made.remote = {"replaces": box.remote["media_id"]} if box.remote.get("media_id") else {}
        box.state, box.error, box.remote = "withdrawn", "更正后另起", {}
        box.save(update_fields=["state", "error", "remote"])
    made.save()


def _others(row: PublicationRow, channel: str, target: str) -> Any:
    """What was planned of the document before for this target; withdrawals apart."""
    held = Release.objects.filter(
        publication__document=row.document_id, publication__lt=row.id, channel=channel, target=target
    )
    return held.exclude(state="struck").exclude(publication__kind__in=TAKES_DOWN).order_by("pk")


def _taken_down(row: Release) -> bool:
    return bool(row.remote.get("taken_down"))


def _take_back(row: PublicationRow) -> None:
    """What waits is never sent; for what is out, or may be on its way this moment, a row that takes it down."""
    held = Release.objects.filter(publication__document=row.document_id, publication__lt=row.id).exclude(
        publication__kind__in=TAKES_DOWN
    )
    held.filter(channel__in=SENT, state="waiting", remote={}).update(
        state="withdrawn", error="发出之前文件已撤下"
    )
    for one in held.exclude(state="struck").exclude(channel__in=("site", "gazette")).order_by("pk"):
        out = one.state in ("done", "by_hand") or (
            one.channel in SENT and (one.remote or one.state == "sending")
        )
        if not out or _taken_down(one):
            continue
        ours = one.channel in SENT and one.target in accounts.book().accounts
        words = (
            "" if ours else f"文件已撤下；请从{one.target or one.place or '那里'}撤下或贴上说明，再回来登记"
        )
        Release.objects.get_or_create(
            publication_id=row.id, channel=one.channel, target=one.target,
            defaults={"state": "waiting" if ours else "by_hand", "at": row.at, "error": words, "place": one.place},
        )  # fmt: skip


def reconcile(channel: str) -> int:
    """Plan again the withdrawals that no row of this channel knows of; returns how many rows that made."""
    before = Release.objects.filter(channel=channel).count()
    shown = Release.objects.filter(channel=channel, state__in=("done", "by_hand", "waiting", "sending"))
    ids = sorted(set(shown.values_list("publication__document", flat=True)))
    for start in range(0, len(ids), 500):
        part = disclosure.find("document", pk__in=ids[start : start + 500])
        gone = part.where_q(Q(state="withdrawn") | Q(validity="expired")).ids()
        last: dict[int, int] = {}
        for pk, document in (
            disclosure.find("publication", document_id__in=list(gone), kind__in=TAKES_DOWN)
            .order("pk")
            .values("pk", "document_id")
        ):
            last[document] = pk
        follow("published", [{"publications": sorted(last.values())}])
    return Release.objects.filter(channel=channel).count() - before
