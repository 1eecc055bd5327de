"""Digit runs of flattened tables: split where the sums allow it, left open where they do not."""

from mingtang.oversight.reports.audit.splitting import (
    consistent,
    free_splits,
    grouped_splits,
    odd_group,
    summed_splits,
)


def test_a_run_splits_where_the_last_figure_is_the_sum_of_the_others():
    # 71 + 3 = 74
    assert summed_splits(["713000074"], 7) == [(71, 3, 0, 0, 0, 0, 74)]


def test_a_run_that_no_split_makes_add_up_has_no_split():
    assert summed_splits(["723000074"], 7) == []


def test_no_figure_begins_with_a_nought():
    assert summed_splits(["0000000"], 7) == [(0,) * 7]
    assert summed_splits(["00000000"], 7) == []


def test_figures_that_stand_apart_are_taken_as_they_are():
    assert summed_splits(["1", "2", "0", "0", "0", "0", "3"], 7) == [(1, 2, 0, 0, 0, 0, 3)]
    assert summed_splits(["1", "2", "0", "0", "0", "0", "4"], 7) == []


def test_a_printed_blank_is_kept_as_a_boundary():
    # Without the blank 1|11|12 and 11|1|12 both add up.
    assert sorted(summed_splits(["11112"], 3)) == [(1, 11, 12), (11, 1, 12)]
    assert summed_splits(["11", "112"], 3) == [(11, 1, 12)]


def test_three_groups_of_five_are_found_in_one_run():
    # 2+1+3+1=7, five noughts, 13+2+4+0=19
    assert grouped_splits("21317000001324019", 3, 5) == [((2, 1, 3, 1, 7), (0,) * 5, (13, 2, 4, 0, 19))]


def test_the_group_that_cannot_add_up_is_named():
    assert odd_group("21318000001324019", 3, 5) == [(0, "21318")]


def test_three_plain_figures_keep_every_reading():
    assert (88, 55, 698) in free_splits(["8855698"], 3)
    assert free_splits(["000"], 3) == [(0, 0, 0)]


def test_the_column_sums_choose_between_two_splits_of_a_row():
    two_ways = [(1, 11, 12), (11, 1, 12)]
    new, none = [(11, 1, 12)], [(0, 0, 0)]
    choices = consistent(new, none, [two_ways], [(11, 1, 12)], none)
    assert {choice[2] for choice in choices} == {(11, 1, 12)}


def test_a_row_nobody_could_split_leaves_the_column_sums_open():
    none = [(0, 0, 0)]
    assert consistent([(1, 0, 1)], none, [[]], [(1, 0, 1)], none)


def test_the_longest_run_of_a_large_city_is_split_within_bounds():
    figures = (31111, 2222, 3333, 4444, 5555, 6666, 53331)
    assert sum(figures[:-1]) == figures[-1]
    assert figures in summed_splits(["".join(str(f) for f in figures)], 7)
