"""The reform of 10 January 2019 in an invented city: organs merged, split and renamed; nothing open is lost.

工商、质监、食药监 become one; of 安监 the health at work goes to 卫健委 and the rest to 应急管理; 国土 and 规划 become one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from mingtang.casework import api as casework
from mingtang.config.schedule import drain_all
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from mingtang.oversight import api as oversight
from tests import given

DAY = date(2019, 1, 10)
AT = given.at(2019, 1, 10)
OLD = ("工商局", "质监局", "食药监局", "安监局", "国土局", "规划局", "卫计委")
NEW = ("市场监管局", "应急管理局", "自然资源局")


@dataclass
class Reform:
    """The city on the morning of the reform: an open application and a yearly duty at every old organ."""

    city: ledger.Agency
    organs: dict[str, ledger.Agency]
    clerks: dict[str, ledger.Person]
    keeper: ledger.Person
    office: ledger.Person

    def receives(self, name: str, when, **fields) -> casework.CaseRow:
        return given.received(self.clerks[name], self.organs[name], when, **fields)

    def owes(self, name: str, title: str, cadence: str = "monthly", **fields) -> int:
        terms = {"since": date(2018, 1, 1), "basis": "年度要点", "cadence": cadence, **fields}
        return given.done(
            disclosure.assign(self.office, AT, agency=self.organs[name], title=title, **terms)
        ).id

    def passes(self, kind: str, old: tuple[str, ...], new: tuple[str, ...], **facts):
        return ledger.take(
            None, "succeed", by=self.keeper, at=AT, kind=kind, on=DAY, old=[self.organs[o] for o in old],
            new=[self.organs[n] for n in new], **facts,
        )  # fmt: skip

    def splits(self, **share) -> object:
        """安监局 to 应急管理局 (the rest) and 卫计委 (what is named)."""
        health = self.organs["卫计委"]
        whole = {"cases": [], "duties": [], "columns": []} | share
        return self.passes("split", ("安监局",), ("应急管理局", "卫计委"), rest=self.organs["应急管理局"], shares={health.pk: whole})  # fmt: skip

    def holder(self, case: casework.CaseRow) -> str:
        return casework.find("case", pk=case.id).one().agency_name


@pytest.fixture
def reform(db, settings, tmp_path) -> Reform:
    settings.HOME = tmp_path
    city = given.demo_city()
    organs = {name: given.organ(name, city) for name in OLD}
    organs |= {name: given.organ(name, city, valid_from=DAY) for name in NEW}
    clerks = {name: given.person(organs[name], "clerk") for name in OLD}
    return Reform(city, organs, clerks, given.person(city, "keeper"), given.person(city, "office"))


def drained() -> None:
    with ledger.clock_at(AT):
        while drain_all():
            pass


def heir_of(organ):
    """Short name of the organ that carries the rest of this one's work."""
    return (
        ledger.find(
            "agency", pk=ledger.find("succession", predecessor_id=organ.pk, rest=True).one().successor_id
        )
        .one()
        .short_name
    )


def test_three_organs_become_one_which_holds_every_open_matter_with_its_number_and_date(reform):
    old = ("工商局", "质监局", "食药监局")
    # In person on Thursday 3 January 2019, 15 working days from the 4th: 4, 7–11, 14–18, 21–24 January.
    held = [reform.receives(name, given.at(2019, 1, 3)) for name in old]
    assert {c.due_on for c in held} == {date(2019, 1, 24)}
    key = given.done(reform.passes("merged", old, ("市场监管局",)))
    drained()
    for case in held:
        after = casework.find("case", pk=case.id).one()
        assert (after.agency_name, after.number, after.due_on) == (
            "市场监管局",
            case.number,
            date(2019, 1, 24),
        )
        act = ledger.find("act", verb="case.move", subject_id=str(case.id)).one()
        assert key[:8] in act.basis
    assert ledger.find("act", verb="case.move").count() == 3
    assert [heir_of(reform.organs[o]) for o in old] == ["市场监管局"] * 3


def test_of_a_split_each_takes_what_is_named_and_one_takes_the_rest(reform):
    noise = reform.receives("安监局", given.at(2019, 1, 3), content="职业病危害项目申报材料")
    mine = reform.receives("安监局", given.at(2019, 1, 4), content="某煤矿的处罚决定")
    health, safety = reform.owes("安监局", "职业健康检查"), reform.owes("安监局", "安全生产检查")
    disclosure.advance(AT)
    given.done(reform.splits(cases=[noise.id], duties=[health], columns=["notice"]))
    drained()
    assert (reform.holder(noise), reform.holder(mine)) == ("卫计委", "应急管理局")
    # 4 January is a Friday: from Monday 7th on, 7–11, 14–18, 21–25.
    assert casework.find("case", pk=mine.id).one().due_on == mine.due_on == date(2019, 1, 25)
    running = {d.title: d.agency_name for d in disclosure.find("duty", until__isnull=True)}
    assert running == {"职业健康检查": "卫计委", "安全生产检查": "应急管理局"}
    assert {d.id for d in disclosure.find("duty", until=DAY)} == {health, safety}
    open_ones = {(i.duty.title, i.duty.agency_name, i.due_on) for i in disclosure.find("duty_instance")}
    # The last working day of January 2019 is Thursday the 31st.
    assert open_ones == {
        ("职业健康检查", "卫计委", date(2019, 1, 31)),
        ("安全生产检查", "应急管理局", date(2019, 1, 31)),
    }
    assert ledger.find("act", verb="duty.move").count() == 2
    assert ledger.find("act", verb="case.move").count() == 2
    assert heir_of(reform.organs["安监局"]) == "应急管理局"


def test_who_gets_what_stands_in_the_act_and_in_the_word_left_for_the_rooms(reform):
    case = reform.receives("安监局", given.at(2019, 1, 3))
    key = given.done(reform.splits(cases=[case.id], columns=["notice"]))
    health = str(reform.organs["卫计委"].pk)
    wanted = {health: {"cases": [case.id], "duties": [], "columns": ["notice"]}}
    act = ledger.find("act", key=key).one()
    assert (act.facts["rest"], act.facts["shares"]) == ("应急管理局", wanted)
    word = ledger.find("outbox", topic="agency.succeeded").one().payload
    assert (word["rest"], word["shares"]) == (reform.organs["应急管理局"].pk, wanted)
    rows = {s.successor_name: (s.rest, s.columns) for s in ledger.find("succession")}
    assert rows == {"应急管理局": (True, ()), "卫计委": (False, ("notice",))}


def test_a_statement_moves_nothing_that_the_old_organ_does_not_hold(reform):
    foreign = reform.receives("工商局", given.at(2019, 1, 3))
    given.done(reform.splits(cases=[foreign.id, 10**9], duties=[10**9]))
    drained()
    assert reform.holder(foreign) == "工商局"
    assert not ledger.find("act", verb="case.move").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rest": None}, "没有写明没点名的事项归谁"),
        ({"shares": {}}, "没有写明卫计委承接哪些"),
        ({"share": {"cases": [1], "duties": []}}, "栏目"),
        ({"share": {"cases": [], "duties": [], "columns": [], "houses": [1]}}, "不能分配"),
        ({"share": {"cases": [7, 7], "duties": [], "columns": []}}, "分给了两个机构"),
        ({"stranger": True}, "不是承接机构"),
        ({"new": ("应急管理局",)}, "两个以上"),
        ({"old": ("安监局", "工商局")}, "一个机构分给"),
    ],
)  # fmt: skip
def test_a_split_whose_statement_is_not_whole_is_refused_and_changes_nothing(reform, wrong, said):
    health, whole = reform.organs["卫计委"], {"cases": [], "duties": [], "columns": []}
    shares = wrong.get("shares", {health.pk: wrong.get("share", whole)})
    if wrong.get("stranger"):
        shares = {health.pk: whole, reform.organs["国土局"].pk: whole}
    before = ledger.find("act").count()
    refused = reform.passes(
        "split", wrong.get("old", ("安监局",)), wrong.get("new", ("应急管理局", "卫计委")), shares=shares,
        rest=wrong.get("rest", reform.organs["应急管理局"]),
    )  # fmt: skip
    assert isinstance(refused, Refused)
    assert said in refused.why
    assert refused.basis
    assert refused.instead
    assert ledger.find("agency", pk=reform.organs["安监局"].pk).one().valid_to is None
    assert ledger.find("act").count() == before


def test_a_merger_leaves_nothing_to_be_shared_out(reform):
    split = {reform.organs["自然资源局"].pk: {"cases": [1]}}
    assert isinstance(reform.passes("merged", ("国土局", "规划局"), ("自然资源局",), shares=split), Refused)
    assert isinstance(reform.passes("merged", ("国土局",), ("自然资源局", "应急管理局")), Refused)
    given.done(reform.passes("merged", ("国土局", "规划局"), ("自然资源局",)))
    assert ledger.find("succession", successor_id=reform.organs["自然资源局"].pk).count() == 2


def test_no_organ_takes_over_before_it_exists_or_after_it_ended(reform):
    later = reform.organs["应急管理局"]
    early = ledger.take(None, "succeed", by=reform.keeper, at=AT, old=[reform.organs["安监局"]], new=[later],
                        kind="merged", on=date(2019, 1, 9))  # fmt: skip
    assert isinstance(early, Refused)
    assert "2019-01-10" in early.why
    given.done(reform.passes("merged", ("国土局",), ("自然资源局",)))
    assert isinstance(reform.passes("merged", ("规划局",), ("国土局",)), Refused)


def test_what_was_carried_into_the_year_is_carried_by_whoever_holds_it_now(reform):
    noise = reform.receives("安监局", given.at(2018, 12, 20))
    reform.receives("安监局", given.at(2018, 12, 21))
    reform.receives("安监局", given.at(2018, 12, 24))
    given.done(reform.splits(cases=[noise.id]))
    drained()
    figure = "t3.carried_in.total"
    held = {name: given.done(oversight.compile_report(reform.organs[name], 2019, AT)).figures[figure].value for name in ("应急管理局", "卫计委", "安监局")}  # fmt: skip
    assert held == {"应急管理局": 2, "卫计委": 1, "安监局": 0}
    assert given.done(oversight.compile_report(reform.city, 2019, AT)).figures[figure].value == 3


def test_a_new_name_is_a_new_organ_with_the_old_record_and_everything_that_was_open(reform):
    bureau = ledger.find("agency", pk=reform.organs["卫计委"].pk).one()
    given.done(ledger.take(bureau, "change", by=reform.keeper, at=AT, phone="0000-1", address="示例路9号"))
    case = reform.receives("卫计委", given.at(2019, 1, 3))
    paper = given.published(
        given.team(bureau), bureau, given.at(2018, 6, 1), kind="notice", title="疫苗接种通知"
    )
    named = {"on": DAY, "code": "WJW", "name": "测试市卫生健康委员会", "short_name": "卫健委"}
    bureau = ledger.find("agency", pk=bureau.pk).one()
    given.done(ledger.take(bureau, "rename", by=reform.keeper, at=AT, **named))
    drained()
    new = ledger.find("agency", code="WJW").one()
    assert (new.phone, new.address, new.parent_id, new.valid_from) == (
        "0000-1",
        "示例路9号",
        reform.city.pk,
        DAY,
    )
    assert "卫计委" in new.aliases
    assert reform.holder(case) == "测试市卫生健康委员会"
    assert disclosure.find("document", pk=paper.id).one().agency_name == "卫计委"


def test_a_renaming_that_is_refused_founds_nothing(reform):
    bureau = ledger.find("agency", pk=reform.organs["卫计委"].pk).one()
    named = {"code": "WJW", "name": "测试市卫生健康委员会", "short_name": "卫健委"}
    refused = ledger.take(bureau, "rename", by=reform.keeper, at=AT, on=date(2019, 1, 11), **named)
    assert isinstance(refused, Refused)
    assert not ledger.find("agency", code="WJW").exists()


def test_organs_below_a_renamed_county_stand_below_the_new_one(reform):
    county = given.organ("测试县", reform.city, type="county", level="county")
    town = given.organ("测试镇", county, type="township", level="county")
    named = {"on": DAY, "code": "CSS", "name": "测试市测试区人民政府", "short_name": "测试区"}
    given.done(ledger.take(county, "rename", by=reform.keeper, at=AT, **named))
    new = ledger.find("agency", code="CSS").one()
    town = ledger.find("agency", pk=town.pk).one()
    assert (town.parent_id, town.path) == (new.pk, f"{new.path}{town.pk}/")
    assert ledger.find("act", verb="agency.move", subject_id=str(town.pk)).count() == 1


def test_a_month_that_was_met_before_the_reform_is_not_owed_again(reform):
    reform.owes("工商局", "每月通知", kinds=["notice"])
    disclosure.advance(AT)
    team = given.team(reform.organs["工商局"])
    given.published(team, reform.organs["工商局"], given.at(2019, 1, 8), kind="notice", title="一月的通知")
    drained()
    given.done(reform.passes("merged", ("工商局",), ("市场监管局",)))
    drained()
    disclosure.advance(given.at(2019, 1, 11))
    (january,) = disclosure.find("duty_instance")
    assert january.publication_id
    assert january.duty.agency_name == "市场监管局"


def test_a_remedy_goes_with_its_case_and_a_letter_with_the_rest(reform):
    case = reform.receives("安监局", given.at(2019, 1, 3))
    base = {"agency": reform.organs["安监局"]}
    rows = {
        "remedy": [base | {"kind": "litigation", "filed_on": date(2019, 1, 7), "case_id": case.id}],
        "letter": [base | {"number": "L1", "received_on": date(2019, 1, 7), "category": "咨询", "subject": "矿灯"}],
    }  # fmt: skip
    for what, held in rows.items():
        given.done(casework.take_over(what, held, source="旧系统", by=reform.keeper, at=AT))
    given.done(reform.splits(cases=[case.id]))
    drained()
    assert casework.find("remedy").one().agency_id == reform.organs["卫计委"].pk
    assert casework.find("letter").one().agency_id == reform.organs["应急管理局"].pk


def _serves(person) -> list[tuple]:
    held = ledger.find("appointment", person_id=person.pk)
    return [(a.agency_name, a.role, a.valid_from, a.valid_to) for a in held]


def test_whoever_served_at_a_merged_organ_serves_at_the_one_that_carries_on(reform):
    clerk = reform.clerks["工商局"]
    given.done(reform.passes("merged", ("工商局", "质监局"), ("市场监管局",)))
    assert _serves(clerk) == [
        ("工商局", "clerk", date(2001, 1, 2), DAY),
        ("市场监管局", "clerk", DAY, None),
    ]
    act = ledger.find("act", verb="person.move", subject_id=str(clerk.pk)).one()
    old, new = reform.organs["工商局"].pk, reform.organs["市场监管局"].pk
    assert act.facts == {"role": "clerk", "since": "2019-01-10", "from": old, "to": new}
    assert act.person_id == reform.keeper.pk
    assert ledger.find("act", verb="person.move").count() == 2
    assert ledger.may(clerk, "document.draft", reform.organs["市场监管局"], DAY)


def test_who_serves_at_both_organs_of_a_merger_already_is_not_appointed_twice(reform):
    clerk = reform.clerks["工商局"]
    ledger.take(clerk, "appoint", by=reform.keeper, at=AT, agency=reform.organs["市场监管局"], role="clerk", since=DAY)  # fmt: skip
    given.done(reform.passes("merged", ("工商局",), ("市场监管局",)))
    assert [s for s in _serves(clerk) if s[3] is None] == [("市场监管局", "clerk", DAY, None)]


def test_a_role_that_had_ended_does_not_come_back_and_one_to_come_comes_at_the_successor(reform):
    organ, person = reform.organs["工商局"], given.person(reform.organs["工商局"], "signer")
    (gone,) = ledger.find("appointment", person_id=person.pk)
    given.done(
        ledger.take(gone, "relieve", by=reform.keeper, at=given.at(2018, 6, 1), until=date(2018, 6, 1))
    )
    ledger.take(person, "appoint", by=reform.keeper, at=AT, agency=organ, role="director", since=date(2019, 2, 1))  # fmt: skip
    given.done(reform.passes("merged", ("工商局",), ("市场监管局",)))
    assert not ledger.may(person, "document.sign", reform.organs["市场监管局"], DAY)
    assert not ledger.may(person, "case.extend", reform.organs["市场监管局"], date(2019, 1, 31))
    assert ledger.may(person, "case.extend", reform.organs["市场监管局"], date(2019, 2, 1))


def test_the_staff_of_a_renamed_organ_goes_on_working(reform):
    clerk, old = reform.clerks["卫计委"], reform.organs["卫计委"]
    named = {"on": DAY, "code": "WJW", "name": "测试市卫生健康委员会", "short_name": "卫健委"}
    given.done(ledger.take(old, "rename", by=reform.keeper, at=AT, **named))
    new = ledger.find("agency", code="WJW").one()
    assert _serves(clerk)[-1] == ("测试市卫生健康委员会", "clerk", DAY, None)
    assert ledger.may(clerk, "case.receive", new, DAY)
    # A page that opens without a choice opens the organ that lives, not the one that is looked after.
    assert [a.pk for a in ledger.Reach(clerk, DAY).agencies("report.see")] == [new.pk, old.pk]


def test_of_a_split_staff_and_drafts_go_with_the_rest_unless_the_keeper_says_otherwise(reform):
    organ, stays = reform.organs["安监局"], reform.clerks["安监局"]
    goes = given.person(organ, "clerk")
    mine = given.draft(stays, organ, given.at(2019, 1, 3), title="矿山检查制度")
    theirs = given.draft(goes, organ, given.at(2019, 1, 3), title="职业健康制度")
    (named,) = ledger.find("appointment", person_id=goes.pk).ids()
    given.done(reform.splits(appointments=[named], drafts=[theirs.id]))
    drained()
    assert (_serves(stays)[-1][0], _serves(goes)[-1][0]) == ("应急管理局", "卫计委")
    held = {d.title: d.agency_name for d in disclosure.find("document")}
    assert held == {"矿山检查制度": "应急管理局", "职业健康制度": "卫计委"}
    assert {a.subject_id for a in ledger.find("act", verb="document.move")} == {str(mine.id), str(theirs.id)}


def test_a_draft_under_review_goes_on_where_it_stood_with_the_same_people(reform):
    organ = reform.organs["卫计委"]
    team = given.team(organ)
    row = given.draft(team["clerk"], organ, given.at(2019, 1, 3), kind="notice", title="疫苗接种通知")
    given.move(row.id, "submit", team["clerk"], given.at(2019, 1, 3))
    named = {"on": DAY, "code": "WJW", "name": "测试市卫生健康委员会", "short_name": "卫健委"}
    given.done(ledger.take(organ, "rename", by=reform.keeper, at=AT, **named))
    drained()
    drained()  # told twice, moved once
    act = ledger.find("act", verb="document.move").one()
    assert act.facts == {"from": organ.pk, "to": ledger.find("agency", code="WJW").one().pk}
    assert given.move(row.id, "head_review", team["section_head"], AT).agency_name == "测试市卫生健康委员会"


def test_what_the_old_organ_published_is_looked_after_by_who_carries_it_on_and_by_nobody_else(reform):
    organ = reform.organs["食药监局"]
    team, other = given.team(organ), given.person(reform.organs["自然资源局"], "signer")
    paper = given.published(team, organ, given.at(2018, 6, 1), kind="notice", title="食品抽检通知")
    given.done(reform.passes("merged", ("食药监局",), ("市场监管局",)))
    drained()
    newcomer = given.person(reform.organs["市场监管局"], "signer")
    with ledger.clock_at(AT):
        assert paper.agency_id in ledger.Reach(newcomer).ids("document.withdraw")
        assert isinstance(disclosure.take(paper.id, "withdraw", by=other, at=AT, reason="信息有误"), Refused)
    gone = given.move(paper.id, "withdraw", newcomer, AT, reason="信息有误")
    assert (gone.state, gone.agency_name) == ("withdrawn", "食药监局")
