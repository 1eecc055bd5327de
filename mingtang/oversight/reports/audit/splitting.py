"""Digit runs back into figures. A flattened table prints ``713000074`` for 71, 3, 0, 0, 0, 0, 74: the sums decide.

All splits are without leading noughts. Blanks that were printed are kept as boundaries when they leave enough room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice, product

Vector = tuple[int, ...]
MAX_DIGITS = 36
MAX_SPLITS = 4000
MAX_STATES = 20_000


def summed_splits(tokens: Sequence[str], count: int) -> list[Vector]:
    """Ways to read the tokens as ``count`` figures of which the last is the sum of the others."""
    if len(tokens) == count:
        vector = tuple(int(token) for token in tokens)
        return [vector] if sum(vector[:-1]) == vector[-1] else []
    run = "".join(tokens)
    if len(run) < count or len(run) > MAX_DIGITS:
        return []
    found: list[Vector] = []
    for cut in range(count - 1, len(run)):
        tail = run[cut:]
        if len(tail) > 1 and tail[0] == "0":
            continue
        total = int(tail)
        found += [(*head, total) for head in islice(_parts(run[:cut], count - 1, total), MAX_SPLITS)]
    kept = [vector for vector in found if _respects(vector, tokens)] if len(tokens) < count else found
    return kept or found


def _parts(run: str, count: int, total: int) -> Iterator[Vector]:
    """Splits of ``run`` into ``count`` figures with that sum."""
    widest = -(-len(run) // count)
    if widest > len(str(total)) or (widest > 1 and 10 ** (widest - 1) > total):
        return
    if count == 1:
        if (run == "0" or run[0] != "0") and int(run) == total:
            yield (total,)
        return
    longest = 1 if run[0] == "0" else min(len(str(total)), len(run) - count + 1)
    for size in range(1, longest + 1):
        first = int(run[:size])
        if first > total:
            return
        for rest in _parts(run[size:], count - 1, total - first):
            yield (first, *rest)


def _respects(vector: Vector, tokens: Sequence[str]) -> bool:
    """Does every printed blank fall between two figures of the split?"""
    ends, at = set(), 0
    for figure in vector:
        at += len(str(figure))
        ends.add(at)
    at = 0
    for token in tokens:
        at += len(token)
        if at not in ends:
            return False
    return True


def free_splits(tokens: Sequence[str], count: int) -> list[Vector]:
    """Ways to read the tokens as ``count`` figures, with nothing to tell them apart."""
    if len(tokens) == count:
        return [tuple(int(token) for token in tokens)]
    run = "".join(tokens)
    if len(run) < count or len(run) > 24:
        return []

    @cache
    def parts(start: int, left: int) -> tuple[Vector, ...]:
        if left == 0:
            return ((),) if start == len(run) else ()
        longest = 1 if start < len(run) and run[start] == "0" else len(run) - start - left + 1
        return tuple(
            (int(run[start : start + size]), *rest)
            for size in range(1, longest + 1)
            for rest in parts(start + size, left - 1)
        )

    found = list(parts(0, count))[:MAX_SPLITS]
    kept = [vector for vector in found if _respects(vector, tokens)]
    return kept or found


def grouped_splits(run: str, groups: int, size: int) -> list[tuple[Vector, ...]]:
    """Ways to read the run as ``groups`` groups of ``size`` figures, each ending in the sum of the others."""
    if len(run) > MAX_DIGITS * groups:
        return []
    starts: dict[int, list[tuple[Vector, ...]]] = {0: [()]}
    for _ in range(groups):
        reached: dict[int, list[tuple[Vector, ...]]] = {}
        for start, heads in starts.items():
            for end in range(start + size, min(len(run), start + MAX_DIGITS) + 1):
                for vector in summed_splits([run[start:end]], size):
                    for head in heads[:MAX_SPLITS]:
                        reached.setdefault(end, []).append((*head, vector))
        starts = reached
    return starts.get(len(run), [])


def odd_group(run: str, groups: int, size: int) -> list[tuple[int, str]]:
    """Where all but one group can be read: (index of the odd group, its run). Several when it cannot be told."""
    found = []
    for odd in range(groups):
        for start in range(len(run)):
            if odd and not grouped_splits(run[:start], odd, size):
                continue
            if not odd and start:
                break
            for end in range(start + size, len(run) + 1):
                rest = groups - odd - 1
                if (rest and grouped_splits(run[end:], rest, size)) or (not rest and end == len(run)):
                    found.append((odd, run[start:end]))
    return found


def consistent(
    new: list[Vector],
    carried_in: list[Vector],
    leaves: list[list[Vector]],
    total: list[Vector],
    out: list[Vector],
) -> list[list[Vector]]:
    """Choices of one split a row that satisfy the column sums; rows in the order of the arguments, flattened.

    A row without any split makes the sum it belongs to untestable, not failed: pass an empty list for it.
    """
    solutions: list[list[Vector]] = []
    sums = _leaf_sums(leaves) if leaves and all(leaves) else {}
    for chosen_total in total or [()]:
        if sums and chosen_total and chosen_total not in sums:
            continue
        tails = sums.get(chosen_total, [[]]) if sums else [[]]
        for n, c, o in product(new or [()], carried_in or [()], out or [()]):
            if n and c and o and chosen_total:
                left = tuple(a + b for a, b in zip(n, c, strict=True))
                if left != tuple(a + b for a, b in zip(chosen_total, o, strict=True)):
                    continue
            solutions += [[n, c, *tail, chosen_total, o] for tail in tails]
            if len(solutions) > MAX_SPLITS:
                return solutions
    return solutions


def _leaf_sums(leaves: list[list[Vector]]) -> dict[Vector, list[list[Vector]]]:
    """Every reachable sum with at most three ways to reach it; empty when there would be too many."""
    width = len(leaves[0][0])
    sums: dict[Vector, list[list[Vector]]] = {(0,) * width: [[]]}
    for splits in leaves:
        grown: dict[Vector, list[list[Vector]]] = {}
        for so_far, ways in sums.items():
            for split in splits:
                key = tuple(a + b for a, b in zip(so_far, split, strict=True))
                grown.setdefault(key, [])
                grown[key] += [[*way, split] for way in ways[: 3 - len(grown[key])]]
        sums = grown
        if len(sums) > MAX_STATES:
            return {}
    return sums
