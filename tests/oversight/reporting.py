"""Builders for tests of the annual report: ledgers taken over, compiled reports, figures declared."""

import random
from datetime import date, timedelta
from decimal import Decimal

from mingtang.casework import api as casework
from mingtang.law import api as law
from mingtang.ledger import api as ledger
from mingtang.oversight import api as oversight
from tests import given


def cases(organs, year, seed, count, channels=("in_person", "post_signed")):
    """Random closed and open cases around a year, as another system would hand them over."""
    dice = random.Random(seed)
    made = []
    for n in range(count):
        day = date(year - 1, 10, 1) + timedelta(dice.randint(0, 500))
        norms = law.on(day)
        outcome = dice.choice(norms.outcomes()).code
        replied = day + timedelta(dice.randint(1, 90)) if dice.random() < 0.8 else None
        replied = replied if replied and replied <= date(2026, 3, 2) else None  # the day of the handover
        made.append(
            {
                "agency": dice.choice(organs), "number": f"{year}-{seed}-{n}", "received_on": day, "channel": dice.choice(channels),
                "applicant_type": dice.choice(list(casework.APPLICANTS)), "subject": "x", "content": "x", "extended": dice.random() < 0.2,
                "state": "closed" if replied else "received", "outcome": outcome if replied else "", "replied_on": replied, "closed_on": replied,
                "identity": {"name": f"某{n}"}, "steps": [],
            }
        )  # fmt: skip
    return made


def take_over(root, what, rows):
    keeper = given.person(root, "keeper")
    return given.done(casework.take_over(what, rows, source="旧系统", by=keeper, at=given.at(2026, 3, 2)))


def compiled(root, year):
    at = given.at(2026, 3, 2)
    oversight.recount(year, at)
    return given.done(oversight.compile_report(root, year, at))


def declare_all(root, year, office, at):
    made = compiled(root, year)
    for code, figure in made.figures.items():
        if figure.how == "missing":
            given.done(
                oversight.take(
                    root,
                    "declare",
                    year=year,
                    cell=code,
                    value=Decimal(0),
                    unit_name="某单位",
                    source="表",
                    signer="某",
                    signed_on=at.date(),
                    by=office,
                    at=at,
                )
            )
    for section in ("五",):
        given.done(
            oversight.take(root, "write", year=year, section=section, text="问题和改进。", by=office, at=at)
        )


def through_outbox(root, year, at):
    """The report as the worker keeps it: nobody asks for a recount."""
    with ledger.clock_at(at):
        while ledger.drain("tallies", oversight.follow):
            pass
        return given.done(oversight.compile_report(root, year, at)).figures


def open_case(bureau, seed, **fields):
    bare = {
        "replied_on": None,
        "closed_on": None,
        "state": "received",
        "outcome": "",
        "applicant_type": "natural",
    }
    return cases([bureau], 2025, seed, 1)[0] | bare | fields


def say(agency, office, value, unit, cell="t2.licence.decided"):
    return oversight.take(
        agency, "declare", year=2025, cell=cell, value=Decimal(value), unit_name=unit, source="统计表", signer="某", signed_on=date(2026, 1, 15), by=office,
        at=given.at(2026, 1, 20),
    )  # fmt: skip
