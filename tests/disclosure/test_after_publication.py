"""What falls due once something is public: an overturned decision has to go, a policy paper has to reach the media."""

from datetime import date

import pytest

from mingtang.config.schedule import drain_all
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from mingtang.portal import api as portal
from tests import given

pytestmark = pytest.mark.django_db
# A Monday in a month without holidays.
AT = given.at(2026, 11, 2)


@pytest.fixture
def office():
    agency = given.organ("测试市市场监管局", given.demo_city())
    return agency, given.team(agency)


def penalty(office, kind="penalty"):
    agency, people = office
    data = {"decision_no": "罚1号"} if kind == "penalty" else {}
    return given.published(people, agency, AT, kind=kind, data=data)


def overturned(office, paper, how="quashed", on=date(2026, 11, 5), by="clerk"):
    at = given.at(2026, 11, 6)
    with ledger.clock_at(at):
        return disclosure.take(
            paper.id, "overturn", by=office[1][by], at=at, how=how, on=on, paper="行政复议决定书1号"
        )


def owed():
    return list(disclosure.find("duty_instance", publication_id__isnull=True, evidence__isnull=True))


# Thursday 5 November: the third working day after it is Tuesday the 10th.
def test_a_quashed_penalty_is_due_to_go_in_three_working_days_and_only_its_withdrawal_meets_that(office):
    paper = penalty(office)
    given.done(overturned(office, paper))
    (row,) = owed()
    assert row.due_on == date(2026, 11, 10)
    assert row.title == f"撤下已被撤销的决定：{paper.title}"
    assert "第四十八条" in row.because[0].basis
    assert "3个工作日" in row.because[0].text
    at = given.at(2026, 11, 9)
    said = disclosure.fulfil(row.id, {"place": "公告栏"}, by=office[1]["clerk"], at=at)
    assert isinstance(said, Refused)
    given.move(paper.id, "correct", office[1]["clerk"], at, body="<p>更正。</p>")
    for verb, role in (("submit", "clerk"), ("sign", "signer"), ("publish", "signer")):
        given.move(paper.id, verb, office[1][role], at)
    assert [r.id for r in owed()] == [row.id]
    given.move(paper.id, "withdraw", office[1]["signer"], at, reason="决定已被撤销")
    assert not owed()
    act = ledger.find("act", verb="duty.fulfil", subject_id=str(row.id)).one()
    assert (
        act.facts["publication"]
        == disclosure.find("publication", document_id=paper.id, kind="withdraw").one().id
    )


def test_a_changed_penalty_may_be_put_right_instead(office):
    paper = penalty(office)
    given.done(overturned(office, paper, "changed"))
    at = given.at(2026, 11, 9)
    given.move(paper.id, "correct", office[1]["clerk"], at, body="<p>罚款改为一千元。</p>")
    assert len(owed()) == 1
    for verb, role in (("submit", "clerk"), ("sign", "signer"), ("publish", "signer")):
        given.move(paper.id, verb, office[1][role], at)
    assert not owed()
    again = overturned(office, disclosure.find("document", pk=paper.id).one(), "changed")
    assert "已经登记过" in again.why, "that day's change was put right"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"how": ""}, "变更还是撤销"),
        ({"on": date(2026, 11, 7)}, "还没有到"),
        ({"on": date(2021, 7, 14)}, "没有撤下的期限"),
        ({"by": "secrecy"}, "你没有这个角色"),
    ],
)
def test_an_overturning_without_its_facts_is_refused(office, change, why):
    assert why in overturned(office, penalty(office), **change).why
    assert not owed()


def test_a_decision_is_not_overturned_before_it_was_made(office):
    data = {"decision_no": "罚1号", "decided_on": "2026-11-02"}
    paper = given.published(office[1], office[0], AT, kind="penalty", data=data)
    assert "早于决定的日期（2026-11-02）" in overturned(office, paper, on=date(2026, 11, 1)).why
    given.done(overturned(office, paper, on=date(2026, 11, 2)))
    assert ledger.find("act", verb="duty.assign").order("-pk").first().facts["title"] == "撤下已被撤销的决定"


def test_only_a_public_decision_is_overturned_and_once(office):
    assert "不是处罚、许可决定" in overturned(office, penalty(office, "notice")).why
    paper = penalty(office)
    given.done(overturned(office, paper))
    assert "已经登记过" in overturned(office, paper).why


def test_a_policy_paper_is_due_at_the_media_in_three_days_where_the_office_said_so_and_a_release_meets_it(
    office,
):
    agency, people = office
    city_office = given.person(ledger.find("agency", pk=agency.parent_id).one(), "office")
    laid = {"title": "政策文件选送媒体", "basis": "市政务公开要点", "cadence": "media3", "kinds": ["policy"]}
    given.done(disclosure.assign(city_office, AT, agency=agency, since=date(2026, 1, 1), **laid))
    given.published(people, agency, AT, kind="notice")
    assert not owed()
    paper, other = (given.published(people, agency, AT, kind="policy", title=t) for t in ("办法", "意见"))
    assert [(r.document_id, r.due_on) for r in owed()] == [(p.id, date(2026, 11, 5)) for p in (paper, other)]
    at = given.at(2026, 11, 4)
    row = {"document": paper.id, "on": at.date()}
    with ledger.clock_at(at):
        for channel, place in (("board", "一楼公告栏"), ("newspaper", "示例日报第3版")):
            assert isinstance(
                portal.enter([{**row, "channel": channel, "place": place}], by=people["clerk"], at=at)[0], int
            )
            assert (paper.id in {r.document_id for r in owed()}) is (channel == "board")
    given.move(other.id, "withdraw", people["signer"], at, reason="附件放错了")
    assert not owed()
    paid = portal.find("release", document_id=paper.id, channel="newspaper").one().id
    with ledger.clock_at(at):
        given.done(portal.take(paid, "strike", by=people["clerk"], at=at, reason="登错了，没有刊登"))
        while drain_all():
            pass
    assert [r.document_id for r in owed()] == [paper.id], "what was not done meets nothing"
