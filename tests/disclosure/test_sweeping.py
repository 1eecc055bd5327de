"""What went out before a check existed is found by the sweep and comes back to whoever can mend it."""

from datetime import timedelta

import pytest

from mingtang.config.commands.work import _run_tasks
from mingtang.disclosure import api as disclosure
from mingtang.disclosure.models import Edition
from mingtang.disclosure.sweeping import sweep
from mingtang.ledger import api as ledger
from tests import given
from tests.disclosure.checks.given_files import an_xlsx

pytestmark = pytest.mark.django_db
AT = given.at(2026, 11, 23)
ID = "11010519491231002X"


@pytest.fixture
def office():
    agency = given.organ("测试市民政局", given.demo_city())
    return agency, given.team(agency)


def leaked(paper) -> None:
    """As if it had gone out before there was a check."""
    Edition.objects.filter(live_for__pk=paper.id).update(body=f"<p>张某 {ID}</p>")


def suspect(paper) -> str:
    return disclosure.find("document", pk=paper.id).one().suspect


def test_a_number_in_a_live_text_is_noted_and_only_there(office):
    agency, people = office
    bad, good, drafted = (
        given.published(people, agency, AT, kind="notice", title=t) for t in ("甲", "乙", "丙")
    )
    leaked(bad)
    given.move(drafted.id, "withdraw", people["signer"], AT, reason="内容有误")
    leaked(drafted)
    assert sweep() == 1
    assert "身份证" in suspect(bad)
    assert ID not in suspect(bad)
    assert suspect(good) == suspect(drafted) == ""
    assert sweep() == 1


def test_a_number_in_a_hidden_sheet_of_an_attachment_is_noted(office):
    agency, people = office
    paper = given.published(
        people,
        agency,
        AT,
        kind="notice",
        title="名单",
        files=[("名单.xlsx", ledger.store(an_xlsx([["姓名"]]), "x"))],
    )
    leaky = ledger.store(an_xlsx([["姓名"]], hidden=[[ID]]), "x")
    Edition.objects.get(live_for__pk=paper.id).attachments.update(file_id=leaky.digest)
    assert sweep() == 1
    assert suspect(paper)


def test_a_corrected_text_loses_its_note(office):
    agency, people = office
    paper = given.published(people, agency, AT, kind="notice", title="甲")
    leaked(paper)
    sweep()
    given.move(paper.id, "correct", people["clerk"], AT, body="<p>张某。</p>")
    given.move(paper.id, "submit", people["clerk"], AT)
    given.move(paper.id, "head_review", people["section_head"], AT)
    given.move(paper.id, "sign", people["signer"], AT)
    given.move(paper.id, "publish", people["signer"], AT)
    assert suspect(paper) == ""


def test_a_week_without_a_night_is_swept_by_its_end(office):
    friday = AT + timedelta(days=4)
    with ledger.clock_at(friday):
        assert [disclosure.advance(friday)["sweeps"] for _ in range(2)] == [1, 0]


@pytest.mark.django_db(transaction=True)
def test_time_orders_the_sweep_once_a_week(office):
    agency, people = office
    paper = given.published(people, agency, AT, kind="notice", title="甲")
    leaked(paper)
    orders = []
    night = AT.replace(hour=2)
    for later in (AT, night, night + timedelta(days=1), night + timedelta(days=6), night + timedelta(days=7)):
        with ledger.clock_at(later):
            orders.append(disclosure.advance(later)["sweeps"])
    assert orders == [0, 1, 0, 0, 1]  # Monday at nine, Monday's night, Tuesday, Sunday, Monday
    _run_tasks()
    assert suspect(paper)
