"""The city's organs and staff, and the successions of 2019."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from mingtang.ledger.api import SHANGHAI, Agency, Person, clock_at, find, take

PASSWORD = settings.DEMO_PASSWORD
_FOUNDED = date(2000, 1, 1)
_HOURS = "工作日 8:30—12:00、13:30—17:30"


@cache
def plan(name: str) -> dict[str, Any]:
    """One of the demo's YAML files."""
    return yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))


def civil(day: date, at: time = time(9)) -> datetime:
    """A civil day and hour of the city as an aware moment."""
    return datetime.combine(day, at, SHANGHAI)


def install(name: str, start: datetime) -> None:
    """The demo's installation. Its ledger is whole from 2025; of the years before it holds what was taken over."""
    take(
        None,
        "install",
        by=None,
        at=start,
        kind="demo",
        city_name=name,
        demo_epoch=start,
        kept_from=date(2025, 1, 1),
    )


def by_code() -> dict[str, Agency]:
    return {a.code: a for a in find("agency")}


def found_city() -> None:
    """Every organ, founded long before the ledger begins; then the reform of 2019 by recorded Acts."""
    city = plan("city.yaml")
    at = civil(_FOUNDED)
    with clock_at(at):
        root = _found(None, city["city"]["code"], city["city"]["name"], city["city"]["short"], "government", "city",
                      city["city"]["prefix"], 0, address=city["city"]["address"], phone=city["city"]["phone"],
                      email=city["city"]["email"])  # fmt: skip
        for n, (code, name, short, prefix, _) in enumerate(city["departments"], 1):
            _found(root, code, name, short, "department", "city", prefix, n, address=f"示例市明堂路{n}号",
                   phone=f"0000-880{n:04d}")  # fmt: skip
        for n, old in enumerate(city["former"], 50):
            _found(
                root, old["code"], old["name"], old["short"], "department", "city", f"示{old['short'][1]}", n
            )
        for n, (code, name, short, prefix, towns) in enumerate(city["counties"], 100):
            county = _found(root, code, name, short, "county", "county", prefix, n, phone=f"0000-{n}0000")
            for m, town in enumerate(towns, 1):
                urban = short.endswith("区")
                full = town if town.endswith(("镇", "寨")) else town + ("街道" if urban else "乡")
                office = "办事处" if urban else "人民政府"
                _found(
                    county,
                    f"{code}{m:02d}",
                    f"{short}{full}{office}",
                    full,
                    "township",
                    "county",
                    f"{prefix}{town[0]}",
                    m,
                )
    organs = by_code()
    for old in city["former"]:
        day = old["until"]
        with clock_at(civil(day)):
            take(None, "succeed", by=None, at=civil(day), old=[organs[old["code"]]],
                 new=[organs[c] for c in old["into"]], kind=old["kind"], on=day)  # fmt: skip


def _found(
    parent: Agency | None,
    code: str,
    name: str,
    short: str,
    type_: str,
    level: str,
    prefix: str,
    order: int,
    **more: str,
):
    fields = {"hours": _HOURS, "credit_code": f"DEMO{code:0<5}"[:9], **more}
    return take(
        parent, "found", by=None, at=civil(_FOUNDED), code=code, name=name, short_name=short, type=type_, level=level,
        doc_prefix=prefix, order=order, valid_from=_FOUNDED, **fields,
    )  # fmt: skip


def hire_staff() -> dict[str, Person]:
    """The demo's accounts, and the platform's own identity for taking over."""
    organs, people = by_code(), {}
    at = civil(date(2016, 12, 1))
    with clock_at(at):
        for login, name, organ, role, section in plan("city.yaml")["people"]:
            if login not in people:
                people[login] = take(
                    None, "hire", by=None, at=at, username=login, name=name, password=PASSWORD
                )
            take(people[login], "appoint", by=None, at=at, agency=organs[organ], role=role, since=date(2017, 1, 1),
                 section=section)  # fmt: skip
    return people


def accounts() -> Iterator[tuple[str, str, str]]:
    """(login, name, what they are) of every demo account, for the terminal and the log-in page."""
    from mingtang.ledger.api import ROLES

    organs = {c[0]: c[2] for c in plan("city.yaml")["departments"]} | {"SL": "市政府"}
    seen = set()
    for login, name, organ, role, _ in plan("city.yaml")["people"]:
        if login not in seen:
            seen.add(login)
            yield login, name, f"{organs[organ]} {ROLES[role].title}"
