"""No history of verbs makes a text public with fewer different people than its chain names, or by its drafter alone.

Of five people three hold every role and two may only draft, unless they stand in for somebody; anybody tries anything.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given as build

pytestmark = pytest.mark.django_db
AT = build.at(2026, 11, 23)
# Contract "Reviews": how many different people stand behind a text besides whoever wrote it.
PEOPLE = {"rules": 3, "notice": 2, "penalty": 1}
VERBS = (
    "submit",
    "head_review",
    "secrecy_review",
    "sign",
    "publish",
    "return",
    "edit",
    "correct",
    "cover",
    "cover",
)
WHO = some.integers(0, 4)
STEP = some.tuples(some.sampled_from(VERBS), WHO, WHO)
# A way to the public on which each review is tried by two people, with up to three other verbs in between.
WAY = some.tuples(some.lists(STEP, max_size=3), some.lists(WHO, min_size=6, max_size=6)).map(
    lambda drawn: [
        *drawn[0][:1], ("submit", 0, 0), *drawn[0][1:2],
        *((verb, who, 0) for n, verb in enumerate(("head_review", "secrecy_review", "sign")) for who in drawn[1][2 * n : 2 * n + 2]),
        *drawn[0][2:], *(("publish", who, 0) for who in range(3)),
    ]
)  # fmt: skip


@pytest.fixture
def bureau():
    agency = build.organ("测试市住房局", build.demo_city())
    every = ("clerk", "section_head", "secrecy", "signer")
    roles = [every, every, every, ("clerk",), ("clerk",)]
    with ledger.clock_at(AT):
        yield agency, [build.person(agency, *held) for held in roles]


def told(verb, person, people):
    if verb == "return":
        return {"comment": "改"}
    return {"title": f"改稿{people.index(person)}"} if verb == "edit" else {}


@settings(
    max_examples=45,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(way=WAY, kind=some.sampled_from(sorted(PEOPLE)), drafter=some.sampled_from((0, 3)))
def test_no_history_reaches_the_public_with_fewer_people_than_its_chain(bureau, way, kind, drafter):
    agency, people = bureau
    data = {"decision_no": "测罚〔2026〕1号"} if kind == "penalty" else {}
    paper = build.draft(people[drafter], agency, AT, kind=kind, data=data)
    wrote = {1: {people[drafter].pk}}
    for verb, who, other in way:
        by = people[drafter] if verb == "submit" else people[who]
        if verb == "cover":
            ledger.take(
                None,
                "cover",
                by=by,
                at=AT,
                absent=by,
                substitute=people[other],
                since=AT.date(),
                until=AT.date(),
            )
            continue
        done = disclosure.take(paper.id, verb, by=by, at=AT, **told(verb, by, people))
        working = disclosure.editions(paper.id)[-1]
        if not isinstance(done, Refused) and verb in ("edit", "correct"):
            wrote.setdefault(working.number, set()).add(by.pk)
        if isinstance(done, Refused) or verb != "publish":
            continue
        passed = [
            r
            for r in disclosure.find("review", edition_id=working.id, passed=True)
            if r.digest == working.digest
        ]
        last = max(r.round for r in passed)
        signed = {r.person_id for r in passed if r.round == last} - wrote[working.number]
        assert len(signed) >= PEOPLE[kind]
