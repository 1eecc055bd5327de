"""Stable pages: the oldest entry is on page 1 for ever."""

from __future__ import annotations

import re

from hypothesis import given as for_all
from hypothesis import strategies as some

from mingtang.portal import links
from mingtang.portal.bake import graph, listing
from mingtang.portal.bake.listing import Listing

COLUMN = Listing("col/notice", (("column", "notice"),), "通知公告")
ORGAN = Listing("org/T1", (("agency_id", 1),), "测试局")


def test_a_short_list_has_a_front_page_only():
    assert listing.numbered(39) == 0
    assert listing.window(39, None) == (0, 39)


def test_forty_entries_make_one_numbered_page_of_the_twenty_oldest():
    assert listing.numbered(40) == 1
    assert listing.window(40, 1) == (0, 20)
    assert listing.window(40, None) == (20, 40)


def test_a_new_entry_at_the_end_of_a_long_list_touches_the_front_page_and_at_most_the_newest_numbered_ones():
    assert listing.touched(994, 995, entered=True) == [None, 48]
    assert listing.numbered(995) == 48


def test_the_twentieth_new_entry_makes_a_page_and_gives_the_one_before_it_a_link():
    assert listing.touched(99, 100, entered=True) == [None, 3, 4]


def test_an_entry_with_an_older_stated_date_moves_every_later_page():
    assert set(listing.touched(25, 100, entered=True)) >= {None, 2, 3, 4}


def test_a_correction_touches_the_one_page_that_shows_the_entry():
    assert listing.touched(25, 100, entered=False) == [2]
    assert listing.touched(99, 100, entered=False) == [None]


def _pages(slots: list[int]) -> dict[int | None, tuple]:
    """What each page of a list shows: its entries, and whether a newer page follows."""
    last = listing.numbered(len(slots))
    numbers = [*range(1, last + 1), None]
    return {n: (slots[slice(*listing.window(len(slots), n))], n is not None and n < last) for n in numbers}


@for_all(old=some.integers(0, 130), places=some.lists(some.floats(0, 1), min_size=1, max_size=45))
def test_no_page_that_differs_is_left_untouched_however_many_entries_came_and_wherever(old, places):
    before, slots = list(range(old)), list(range(old))
    for n, place in enumerate(places):
        slots.insert(round(place * len(slots)), 1000 + n)
    touched = set().union(
        *(listing.touched(slots.index(1000 + n), len(slots), True) for n in range(len(places)))
    )
    was, now = _pages(before), _pages(slots)
    assert {page for page in now if now[page] != was.get(page)} <= touched


@for_all(total=some.integers(0, 2000))
def test_every_slot_is_shown_exactly_once(total):
    shown = []
    for number in [*range(1, listing.numbered(total) + 1), None]:
        low, high = listing.window(total, number)
        shown += range(low, high)
        assert all(listing.page_of(slot, total) == number for slot in range(low, high))
    assert shown == list(range(total))


def test_a_publication_touches_its_page_its_lists_the_organ_and_the_front_page():
    fact = graph.Fact(12345, "notice", True, True, (graph.Place(COLUMN, 9, 10), graph.Place(ORGAN, 9, 10)))
    assert graph.touches([fact]).urls() == {"/doc/12/12345.html", "/col/notice/", "/org/T1/", "/"}


def test_a_policy_touches_the_policy_library_and_the_papers_it_is_paired_with():
    fact = graph.Fact(7, "policy", True, True, (), interprets=None, interpreted_by=(8, 9))
    assert graph.touches([fact]).urls() == {
        "/doc/0/7.html",
        "/doc/0/8.html",
        "/doc/0/9.html",
        "/",
        "/policy/",
    }


def test_what_is_published_off_the_site_touches_no_page():
    assert graph.touches([graph.Fact(7, "policy", False, True)]).urls() == set()


def test_a_correction_deep_in_an_organs_list_still_renews_its_front_page():
    fact = graph.Fact(7, "guide", True, False, (graph.Place(ORGAN, 3, 100),))
    assert graph.touches([fact]).urls() == {"/doc/0/7.html", "/org/T1/", "/org/T1/1.html", "/"}


def test_each_organ_s_code_has_an_address_of_its_own_and_a_plain_one_is_its_own_address():
    codes = ["建设局", "财政局", "A/B", "A.B", "A-B", "A B", "A-B-", "-A", "A", "org", "", "/"]
    slugs = [links.org_slug(code) for code in codes]
    assert len(set(slugs)) == len(codes)
    assert links.org_slug("A-B") == "A-B"
    assert links.org_slug("T_0001") == "T_0001"
    assert all(re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,80}", slug) for slug in slugs)
