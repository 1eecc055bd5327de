"""When retention ends, what people wrote is gone; the dates, the outcome, the figures and the Acts stay."""

import re
from datetime import date

import pytest
from django.db import connection

from mingtang.casework import api as casework
from mingtang.config import schedule
from mingtang.ledger import api as ledger
from mingtang.oversight import api as oversight
from tests import given

pytestmark = pytest.mark.django_db
# Answered on 9 March 2026 and kept for ten years: the last day is 9 March 2036.
LAST, AFTER = given.at(2036, 3, 9), given.at(2036, 3, 10)
SECRETS = (
    "林知远",
    "13900001111",
    "林家宅基地",
    "李某某",
    "补充的私事",
    "请写具体些",
    "写信人的私事",
    "回信内容",
    "复议的私事",
)


@pytest.fixture
def office():
    organ = given.organ("测试市住建局", given.demo_city(), doc_prefix="测建")
    return organ, given.team(organ)


def answered(organ, people):
    """A case in which everybody wrote something that names a person."""
    case = given.received(
        people["clerk"], organ, given.at(2026, 3, 2), name="林知远", contact="13900001111", content="林家宅基地的审批文件"
    )  # fmt: skip
    day = given.at(2026, 3, 3)
    given.done(given.act(case.id, "note", people["clerk"], day, text="林知远说了补充的私事"))
    given.done(given.act(case.id, "consult", people["clerk"], day, party="李某某", what="林家宅基地"))
    given.done(
        given.act(
            case.id, "consulted", people["clerk"], given.at(2026, 3, 5), party="李某某", opinion="李某某同意"
        )
    )
    at = given.at(2026, 3, 9)
    given.done(
        given.act(
            case.id,
            "decide",
            people["clerk"],
            at,
            outcome="GRANT",
            grounds="林知远可以得到",
            provided="附复制件一份",
        )
    )
    given.done(given.act(case.id, "submit", people["clerk"], at))
    given.done(given.act(case.id, "return", people["section_head"], at, comment="请写具体些，林知远"))
    return given.answered(people, case, at, finding="林家宅基地的档案在")


def registers(organ):
    keeper = given.person(organ, "keeper")
    letter = {
        "agency": organ, "number": "L1", "received_on": date(2026, 3, 2), "category": "咨询", "subject": "写信人的私事",
        "content": "林知远", "answered_on": date(2026, 3, 9), "answer": "回信内容", "rating": "good",
    }  # fmt: skip
    remedy = {
        "agency": organ, "kind": "reconsideration", "filed_on": date(2026, 2, 2), "concluded_on": date(2026, 3, 9), "result": "upheld",
        "summary": "复议的私事",
    }  # fmt: skip
    for what, row in (("letter", letter), ("remedy", remedy)):
        given.done(casework.take_over(what, [row], source="旧系统", by=keeper, at=given.at(2026, 3, 10)))


def everything() -> str:
    """Every text of casework's tables and of the Acts, as it lies in the database."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table.startswith(("casework_", "ledger_act", "ledger_outbox")):
                cursor.execute(f'SELECT * FROM "{table}"')
                found += [str(row) for row in cursor.fetchall()]
    return re.sub(r"\\+u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), "\n".join(found))  # as JSON keeps it


def figures(organ):
    oversight.recount(2026, AFTER)
    made = given.done(oversight.compile_report(organ, 2026, AFTER))
    return {c: (f.value, f.digest) for c, f in made.figures.items()} | {
        k: (f.value, f.digest) for k, f in made.figure_of.items()
    }


def test_after_ten_years_nothing_anybody_wrote_is_left_and_every_figure_is(office):
    organ, people = office
    case = answered(organ, people)
    registers(organ)
    text = everything()
    assert [s for s in SECRETS[2:] if s not in text] == []
    with ledger.clock_at(AFTER):
        before = figures(organ)
        assert casework.take(None, "expire", by=None, at=LAST) == 0
        assert casework.take(None, "expire", by=None, at=AFTER) == 3
        assert casework.take(None, "expire", by=None, at=AFTER) == 0
        text = everything()
        assert [s for s in SECRETS if s in text] == []
        assert figures(organ) == before
        kept = casework.find("case", pk=case.id).one()
        assert (kept.number, kept.replied_on, kept.outcome) == (case.number, date(2026, 3, 9), "GRANT")
        assert casework.identity(case.id, by=people["clerk"], at=AFTER)["name"] == "（已按保存期限删除）"
        assert casework.due(case.id).due_on == case.due_on
        assert ledger.verify().faults == ()
    erased = ledger.find("act", verb="ledger.erase", subject_type="case", subject_id=str(case.id)).one()
    assert erased.facts["acts"] > 3


def test_a_case_waits_while_a_remedy_against_it_is_pending(office):
    organ, people = office
    case = answered(organ, people)
    remedy = {"agency": organ, "case_id": case.id, "kind": "litigation", "filed_on": date(2026, 4, 1)}
    given.done(
        casework.take_over(
            "remedy", [remedy], source="旧系统", by=given.person(organ, "keeper"), at=given.at(2026, 4, 2)
        )
    )
    assert casework.take(None, "expire", by=None, at=AFTER) == 0
    assert casework.find("case", pk=case.id).one().content


def test_an_open_case_is_never_emptied_and_the_daily_run_does_it_once(office):
    organ, people = office
    open_case = given.received(people["clerk"], organ, given.at(2026, 3, 2))
    answered(organ, people)
    with ledger.clock_at(AFTER):
        assert "cases.expire" in schedule.tick(AFTER)[0]
        assert "cases.expire" not in schedule.tick(AFTER)[0]
    assert casework.find("case", pk=open_case.id).one().content
    assert casework.find("case", content="").count() == 1


def test_a_city_may_keep_it_shorter(office):
    organ, people = office
    answered(organ, people)
    at = given.at(2029, 3, 10)
    text = 'retention_years:\n  - {since: 2027-01-01, value: 3, article: "本市办法第九条", source: "本市公报", tag: V}\n'
    with ledger.clock_at(at):
        assert casework.take(None, "expire", by=None, at=at) == 0
        given.done(ledger.take(None, "load_law", by=None, at=at, kind="norms", title="本市办法", text=text))
        assert casework.take(None, "expire", by=None, at=at) == 1
