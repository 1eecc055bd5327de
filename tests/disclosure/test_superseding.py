"""A paper that repeals or amends others marks them as it goes out; circles are refused."""

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import find
from tests import given

pytestmark = pytest.mark.django_db
DAY = given.at(2026, 11, 23)


def out(people, organ, title, number, **data):
    return given.published(people, organ, DAY, title=title, doc_no=number, data=data)


def again(row):
    return disclosure.find("document", pk=row.id).one()


def test_a_paper_that_repeals_and_amends_marks_both_when_it_goes_out_and_not_before(people, organ):
    old, other = (
        out(people, organ, "旧办法", "测房〔2020〕1号"),
        out(people, organ, "另办法", "测房〔2020〕2号"),
    )
    new = given.draft(people["clerk"], organ, DAY, title="新办法", doc_no="测房〔2026〕1号",
                      data={"repeals": old.index_no, "amends": "测房[2020]2号"})  # fmt: skip
    assert again(old).successor_id is None
    for verb, who in (
        ("submit", "clerk"),
        ("head_review", "section_head"),
        ("secrecy_review", "secrecy"),
        ("sign", "signer"),
        ("publish", "signer"),
    ):
        given.move(new.id, verb, people[who], DAY)
    assert [(again(d).successor_id, disclosure.current([d.id])[0].edition.validity) for d in (old, other)] == [
        (new.id, "repealed"), (new.id, "amended"),
    ]  # fmt: skip
    assert (
        "被《新办法》（测房〔2026〕1号）废止"
        in disclosure.find("publication", document_id=old.id, kind="repeal").one().reason
    )


def test_two_papers_cannot_take_each_others_place(people, organ):
    first = out(people, organ, "甲办法", "测房〔2020〕1号")
    second = out(people, organ, "乙办法", "测房〔2021〕1号", amends=first.index_no)
    refused = disclosure.take(
        first.id, "correct", by=people["clerk"], at=DAY, data={"amends": second.index_no}
    )
    assert isinstance(refused, Refused)
    assert "互相取代" in refused.why
    itself = disclosure.take(
        second.id, "correct", by=people["clerk"], at=DAY, data={"repeals": second.index_no}
    )
    assert isinstance(itself, Refused)
    assert "自己" in itself.why


def test_another_organs_paper_and_one_that_is_not_there_are_refused(people, organ):
    other = given.organ("测试市财政局", None)
    theirs = out(given.team(other), other, "财政办法", "测财〔2020〕1号")
    for name, why in ((theirs.index_no, "不能由"), ("无此号", "没有在网")):
        refused = disclosure.draft(
            people["clerk"],
            DAY,
            agency=organ,
            kind="rules",
            title="新",
            body="<p>文</p>",
            data={"repeals": name},
        )
        assert isinstance(refused, Refused)
        assert why in refused.why


def test_a_repeal_by_hand_may_name_the_paper_that_takes_its_place(people, organ):
    old, new = (
        out(people, organ, "旧办法", "测房〔2020〕1号"),
        out(people, organ, "新办法", "测房〔2026〕1号"),
    )
    done = given.move(
        old.id, "repeal", people["signer"], DAY, reason="被新办法废止", successor="测房〔2026〕1号"
    )
    assert done.successor_id == new.id
    circle = disclosure.take(
        new.id, "repeal", by=people["signer"], at=DAY, reason="x", successor=old.index_no
    )
    assert isinstance(circle, Refused)


def test_what_another_system_published_can_be_marked_as_repealed(people, organ):
    keeper = given.person(organ, "keeper")
    rows = [
        {
            "agency": organ,
            "kind": "notice",
            "title": "旧办法",
            "body": "<p>旧。</p>",
            "published_at": given.at(2020, 1, 2),
        }
    ]
    batches = given.done(disclosure.take_over(rows, source="旧网站", by=keeper, at=given.at(2026, 11, 23)))
    (publication,) = [number for batch in batches for number, _row in batch]
    document = disclosure.find("publication", pk=publication).one().document_id
    given.move(document, "repeal", people["signer"], given.at(2026, 11, 23), reason="由新办法代替")
    assert disclosure.current([document])[0].edition.validity == "repealed"


@pytest.mark.parametrize("way", ["withdrawn", "corrected"])
def test_a_mark_goes_with_its_cause_by_an_act_and_one_by_hand_stays(people, organ, way):
    old = out(people, organ, "旧办法", "测房〔2020〕1号")
    byhand = out(people, organ, "手工办法", "测房〔2020〕2号")
    new = out(people, organ, "新办法", "测房〔2026〕1号", repeals="测房[2020]1号")
    given.move(byhand.id, "repeal", people["signer"], DAY, reason="新办法施行", successor=new.index_no)
    if way == "withdrawn":
        given.move(new.id, "withdraw", people["signer"], DAY, reason="发错了")
    else:
        given.move(new.id, "correct", people["clerk"], DAY, data={})
        for verb, who in (
            ("submit", "clerk"), ("head_review", "section_head"), ("secrecy_review", "secrecy"), ("sign", "signer"), ("publish", "signer"),
        ):  # fmt: skip
            given.move(new.id, verb, people[who], DAY)
    edition = disclosure.current([old.id])[0].edition
    assert (edition.validity, edition.repeal_on, edition.data.get("repeal_reason")) == ("valid", None, None)
    assert again(old).successor_id is None
    last = disclosure.find("publication", document_id=old.id).order("-pk").first()
    assert (last.kind, last.old_edition_id is not None) == ("correct", True), "told to every channel"
    assert "废止" in last.reason
    assert find("act", subject_type="document", subject_id=str(old.id), verb="document.correct").count() == 1
    assert (again(byhand).successor_id, disclosure.current([byhand.id])[0].edition.validity) == (
        new.id,
        "repealed",
    )


def test_a_mark_that_is_taken_back_leaves_the_one_before_it_as_it_was(people, organ):
    old = out(people, organ, "旧办法", "测房〔2020〕1号")
    amending = out(people, organ, "修改的决定", "测房〔2025〕1号", amends="测房〔2020〕1号")
    said = disclosure.current([old.id])[0].edition.data
    repealing = out(people, organ, "新办法", "测房〔2026〕1号", repeals="测房〔2020〕1号")
    given.move(repealing.id, "withdraw", people["signer"], DAY, reason="发错了")
    edition = disclosure.current([old.id])[0].edition
    assert edition.validity == "amended"
    assert edition.data == said, "by which paper, and why"
    assert again(old).successor_id == amending.id
