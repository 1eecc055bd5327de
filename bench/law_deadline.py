"""How many deadlines the law computes in a second on one core, with reasons built: two steps each, varied days.

Run: python bench/law_deadline.py. Goal: 50,000 a second (issue 2). Prints the rate and its ratio to the goal,
in time of this process on its core, so that neighbours on the machine do not count.
"""

from __future__ import annotations

import time
from datetime import date, timedelta

from mingtang.law.api import Deadline, Step, on

GOAL = 50_000
ROUNDS = 5


def cases() -> list[tuple[date, list[Step]]]:
    """Applications of every working year of both Regulations, each consulted on and answered by the third party."""
    first, found = date(2008, 5, 5), []
    for n in range(20_000):
        received = first + timedelta(n * 7 % 6_700)
        out = received + timedelta(3)
        found.append((received, [Step("consult_out", out), Step("consult_in", out + timedelta(9 + n % 8))]))
    return found


def main() -> None:
    work = cases()
    laws = [on(received) for received, _ in work]
    best = 0.0
    for _ in range(ROUNDS):
        start = time.process_time()
        for law, (received, steps) in zip(laws, work, strict=True):
            answer = law.deadline(received, "in_person", steps)
            assert isinstance(answer, Deadline)
            assert answer.because
        best = max(best, len(work) / (time.process_time() - start))
    print(
        f"law.deadline, two steps, because built   {best:>10,.0f} /s   goal {GOAL:,} /s   ratio {best / GOAL:.2f}"
    )


if __name__ == "__main__":
    main()
