"""How many each list holds is kept by month, and is what counting the catalogue gives, whatever was done to it."""

from __future__ import annotations

from collections import Counter

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from mingtang.portal import api as portal
from mingtang.portal.bake import counts
from mingtang.portal.bake.source import Source
from mingtang.portal.models import CountedTo, MonthCount
from tests import given
from tests.portal.conftest import log_ids

pytestmark = pytest.mark.django_db


def kept() -> dict:
    rows = MonthCount.objects.values_list("agency_id", "kind", "column", "month", "ever", "live")
    return {tuple(row[:4]): row[4:] for row in rows if row[4]}


def counted() -> dict:
    """By hand, row by row."""
    ever, live = Counter(), Counter()
    for d in disclosure.find("document"):
        if d.on_site and d.first_published_at is not None:
            on = d.first_published_at.astimezone(ledger.SHANGHAI)
            cell = (d.agency_id, d.kind, d.column, on.year * 100 + on.month)
            ever[cell] += 1
            live[cell] += d.state == "live"
    return {cell: (n, live[cell]) for cell, n in ever.items()}


def test_after_whatever_was_published_corrected_withdrawn_or_taken_over_the_months_hold_what_the_rows_say(
    city,
):
    counts.bring_up()
    assert kept() == counted() == {}
    first = city.publish(kind="notice", title="停水通知")
    city.publish(kind="news", title="动态")
    counts.bring_up()
    assert kept() == counted()
    city.withdraw(first.id)
    city.took_over(70, kind="policy", doc_no="")
    counts.bring_up()
    assert kept() == counted()
    assert sum(ever for ever, _live in kept().values()) == 72
    assert sum(live for _ever, live in kept().values()) == 71
    counts.bring_up()
    counts.recount()
    assert kept() == counted()


def test_a_publication_that_could_not_be_seen_when_its_number_was_passed_is_counted_with_its_delivery(city):
    """Two transactions may end in another order than their numbers were given in."""
    city.publish(kind="notice", title="先编号后可见")
    counts.bring_up()
    late = city.publish(kind="notice", title="后来才看得见")
    number = log_ids()[-1]
    CountedTo.objects.update(publication=number)
    counts.bring_up()
    assert kept() != counted()
    portal.deliver([number])
    assert kept() == counted()
    assert late.title in (Source().newest(1, column="notice")[0][0].title)


def test_what_is_published_while_lists_are_baked_moves_no_page_of_theirs(city):
    ids = city.took_over(70, kind="notice")
    source = Source()
    listing = source.listings["col/notice"]
    assert source.total(listing) == 70
    late = city.publish(kind="notice", title="数过以后才公开的通知")
    pages = [source.leaf(listing, number) for number in (1, 2, None)]
    shown = [e.id for page in reversed(pages) for e in page.entries]
    by_day = sorted(disclosure.find("document", pk__in=ids), key=lambda d: (d.first_published_at, d.id))
    assert shown == [row.id for row in reversed(by_day)]
    assert Source().leaf(listing, None).entries[0].id == late.id


def test_the_place_of_a_document_is_how_many_stand_before_it_in_every_list_it_is_in(city):
    ids = [*city.took_over(60, kind="notice"), city.publish(kind="notice", title="今天的通知").id]
    source = Source()
    listing = source.listings["col/notice"]
    rows = sorted(disclosure.find("document", pk__in=ids), key=lambda d: (d.first_published_at, d.id))
    assert [source.position(listing, row) for row in rows] == list(range(61))
    assert source.total(listing) == 61
    pages = [source.leaf(listing, number) for number in (1, 2, None)]
    shown = [e.id for page in reversed(pages) for e in page.entries]
    assert shown == [row.id for row in reversed(rows)]


def test_months_end_at_midnight_in_shanghai():
    assert counts.month_of(given.at(2026, 11, 30, 23, 59)) == 202611
    assert counts.month_of(given.at(2026, 12, 1, 0, 0)) == 202612
    first, after = counts.bounds(202612)
    assert (first, after) == (given.at(2026, 12, 1, 0, 0), given.at(2027, 1, 1, 0, 0))
    assert counts.month_at({202611: 3, 202612: 2}, 3) == (202612, 3)
