"""Copies for archives, libraries and service halls: what a place has not been handed yet, handing it over, the receipt.

条例第二十五条: 及时提供. A delivery covers the publication log from where the last one ended: nothing is left out, nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, Deed, Person, enqueue, may, record
from mingtang.oversight.models import Delivery, Place

_BASIS = "条例第二十五条：及时向国家档案馆、公共图书馆提供"
# A quarter without a delivery calls for a word; the house's own measure of 及时.
_MONTHS = 3
_SETTLED = timedelta(minutes=5)


@dataclass(frozen=True)
class Copy:
    """One line of a delivery's list: what to do with a document at the place. ``task``: add | renew | pull."""

    document: disclosure.DocumentRow
    task: str
    on: date


class Copies:
    """What places are handed."""

    @staticmethod
    def listed(after: int, upto: int, agency_path: str, since: date | None = None) -> list[Copy]:
        """The list of a span of the log (after, upto]: new documents, newer editions, and what to pull out again.

        What came and went within the span needs no copy. ``since``: nothing published before that day.
        """
        found = disclosure.find(
            "publication", id__gt=after, id__lte=upto, agency_path__startswith=agency_path
        )
        if since is not None:
            found = found.where(at__gte=datetime(since.year, since.month, since.day, tzinfo=SHANGHAI))
        last, new = {}, set()
        for p in found.order("pk"):
            last[p.document_id] = p
            if p.kind == "publish":
                new.add(p.document_id)
        made = []
        for row in disclosure.current(sorted(last)):
            p = last[row.id]
            gone = p.kind == "withdraw"
            if not (gone and row.id in new):
                task = "pull" if gone else "add" if row.id in new else "renew"
                made.append(Copy(row, task, p.at.astimezone(SHANGHAI).date()))
        return made

    @staticmethod
    def waiting(place_id: int, at: datetime) -> list[Copy]:
        """What the place has not been handed yet."""
        place = Place.objects.select_related("agency").get(pk=place_id)
        last = _ended(place)
        return Copies.listed(last, _newest(at), place.agency.path, None if last else place.opened_on)

    @staticmethod
    def of(delivery_id: int) -> list[Copy]:
        """The list of a delivery made from the list."""
        row = Delivery.objects.select_related("at_place__agency").get(pk=delivery_id)
        if row.at_place is None or row.after is None or row.upto is None:
            return []
        return Copies.listed(
            row.after, row.upto, row.at_place.agency.path, None if row.after else row.at_place.opened_on
        )

    @staticmethod
    def hand_over(place_id: int, *, on: date, handed_by: str, by: Person, at: datetime) -> int | Refused:
        """Enter that the place was handed everything on its list; returns the delivery's number."""
        with transaction.atomic():
            place = (
                Place.objects.select_for_update(of=("self",))
                .select_related("agency")
                .filter(pk=place_id, struck="")
                .first()
            )
            if place is None:
                return Refused("没有这个查阅点", _BASIS, "请从查阅点登记簿打开")
            if not (verdict := may(by, "register.add", place.agency)):
                return Refused(verdict.why, verdict.basis, "请由登记查阅点的单位办理")
            if on > at.astimezone(SHANGHAI).date():
                return Refused(f"日期{on}还没有到", "登记簿记已经发生的事", "请核对日期")
            after, upto = _ended(place), _newest(at)
            copies = Copies.listed(after, upto, place.agency.path, None if after else place.opened_on)
            if not copies:
                return Refused("上次送交以后没有新公开的文件", _BASIS, "有新公开的以后再送")
            row = Delivery.objects.create(
                agency=place.agency, place=place.name, at_place=place, delivered_on=on, after=after, upto=upto,
                copies=sum(c.task != "pull" for c in copies), handed_by=handed_by[:60],
            )  # fmt: skip
            with verdict.standing():
                record(Deed("register.add", "delivery", str(row.pk), at, by, place.agency, _BASIS))
            enqueue("register.changed", {"agencies": [place.agency_id], "years": [on.year]}, at)
        return row.pk

    @staticmethod
    def sign_for(
        delivery_id: int, *, receipt: str, signed_by: str, scan: str = "", by: Person, at: datetime
    ) -> int | Refused:
        """Enter the receipt: its number, who signed for the copies, and the digest of its scan. Once."""
        with transaction.atomic():
            row = (
                Delivery.objects.select_for_update(of=("self",))
                .select_related("agency")
                .filter(pk=delivery_id, struck="")
                .first()
            )
            if row is None:
                return Refused("没有这一次送交", _BASIS, "请从查阅点打开")
            if not (verdict := may(by, "register.add", row.agency)):
                return Refused(verdict.why, verdict.basis, "请由登记单位办理")
            if row.signed_by:
                return Refused("回执已经登记过", _BASIS, "登记错了的，划去这一次，重新登记")
            if not signed_by.strip():
                return Refused("没有写明谁签收", _BASIS, "请写签收人的姓名")
            row.receipt, row.signed_by, row.scan = receipt.strip()[:80], signed_by.strip()[:60], scan
            row.save(update_fields=["receipt", "signed_by", "scan"])
            facts = {"receipt": row.receipt} | ({"scan": scan} if scan else {})
            with verdict.standing():
                record(Deed("register.receipt", "delivery", str(row.pk), at, by, row.agency, _BASIS, facts, {"signed_by": row.signed_by}))  # fmt: skip
        return delivery_id

    @staticmethod
    def overdue(agency_ids: list[int], by_day: date) -> list[tuple[Any, date]]:
        """Places of these organs that by a day will have got nothing for a quarter though something waits: (place, since)."""
        made = []
        for place in (
            Place.objects.filter(agency_id__in=agency_ids, struck="").select_related("agency").order_by("pk")
        ):
            handed = Delivery.objects.filter(at_place=place, struck="").order_by("-delivered_on").first()
            due = _quarter_after(handed.delivered_on if handed else place.opened_on)
            if due <= by_day and _anything(place):
                made.append((place, due))
        return made


def _anything(place: Place) -> bool:
    """Was anything published since the last delivery?"""
    last = _ended(place)
    found = disclosure.find("publication", id__gt=last, agency_path__startswith=place.agency.path)
    if not last:
        day = place.opened_on
        found = found.where(at__gte=datetime(day.year, day.month, day.day, tzinfo=SHANGHAI))
    return found.exists()


def _ended(place: Place) -> int:
    """Where the last delivery of the place ended in the log; 0 before the first."""
    last = Delivery.objects.filter(at_place=place, struck="", upto__isnull=False).order_by("-upto").first()
    return (last.upto or 0) if last else 0


def _newest(at: datetime) -> int:
    """Where a list may end: what is being published at this moment may come in below a newer number, so it waits."""
    newest = disclosure.find("publication", at__lte=at - _SETTLED).order("-pk").first()
    return newest.id if newest else 0


def _quarter_after(day: date) -> date:
    months = day.year * 12 + day.month - 1 + _MONTHS
    return date(months // 12, months % 12 + 1, min(day.day, 28))
