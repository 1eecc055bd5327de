"""Registers at the desk: entered once, listed, exported, counted."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingtang.ledger import api as ledger
from mingtang.oversight import api as oversight
from tests import given
from tests.desk.conftest import TODAY, Bureau, at_desk, words
from tests.words import PNG

ENTRIES = {
    "press_conference": {
        "kind": "conference",
        "subject": "租赁政策发布会",
        "held_on": "2026-11-20",
        "chief": "yes",
    },
    "training": {"kind": "course", "subject": "公开业务培训", "held_on": "2026-11-20", "people": "86"},
    "delivery": {"place": "市档案馆", "delivered_on": "2026-11-20", "copies": "12", "receipt": "档收7号"},
}


def entered(bureau: Bureau, what: str, **typed):
    return bureau.desk("clerk").post(
        f"/desk/registers/{what}/", {"agency": bureau.organ.pk, **ENTRIES[what], **typed}
    )


@pytest.mark.parametrize("what", sorted(ENTRIES))
def test_a_row_is_entered_listed_and_exported(bureau: Bureau, what):
    assert entered(bureau, what).status_code == 302
    row = oversight.find(what).one()
    assert row.agency_id == bureau.organ.pk
    named = ENTRIES[what].get("subject") or ENTRIES[what]["place"]
    assert named in words(bureau.desk("clerk").get(f"/desk/registers/{what}/"))
    table = words(bureau.desk("clerk").get(f"/desk/registers/{what}/export.csv"))
    assert named in table
    assert "2026-11-20" in table
    assert ledger.find("act", verb="register.add", subject_type=what).count() == 1
    assert ledger.find("outbox", topic="register.changed").one().payload["years"] == [2026]


def test_a_training_entered_at_the_desk_moves_the_figure_of_the_year(bureau: Bureau):
    # The form of that day asks for training; the forms of 2019 and 2021 no longer do.
    oversight.recount(2017, TODAY)
    entered(bureau, "training", held_on="2017-05-04")
    while ledger.drain("tallies", oversight.follow):
        pass
    found = oversight.find("tally", counter="trainings.people", year=2017, agency_id=bureau.organ.pk)
    assert [t.value for t in found] == [86]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"people": "很多"}, "不是数字"), ({"people": "-3"}, "不是可以登记的数"), ({"held_on": "2026-11-24"}, "还没有到"),
        ({"held_on": "昨天"}, "不是日历上的日期"), ({"subject": ""}, "没有填写内容"), ({"kind": "party"}, "不在列表里"),
    ],
)  # fmt: skip
def test_a_row_that_will_not_do_is_refused_with_everything_typed_kept(bureau: Bureau, typed, said):
    answer = entered(bureau, "training", **typed)
    assert answer.status_code == 409
    assert said in words(answer)
    assert not oversight.find("training").exists()
    if "subject" not in typed:
        assert 'value="公开业务培训"' in words(answer)


def test_a_clerk_enters_and_sees_the_own_organ_only_and_the_office_all(bureau: Bureau, other, office):
    entered(bureau, "training")
    assert (
        at_desk(other)
        .post("/desk/registers/training/", {"agency": bureau.organ.pk, **ENTRIES["training"]})
        .status_code
        == 409
    )
    assert "公开业务培训" not in words(at_desk(other).get("/desk/registers/training/"))
    assert "公开业务培训" not in words(at_desk(other).get("/desk/registers/training/export.csv"))
    assert "公开业务培训" in words(at_desk(office).get("/desk/registers/training/"))
    assert bureau.desk("signer").get("/desk/registers/training/").status_code == 403
    assert oversight.find("training").count() == 1


def test_rows_come_twenty_to_a_page_newest_first_and_by_year_and_words(bureau: Bureau):
    rows = [
        {
            "agency": bureau.organ,
            "kind": "course",
            "subject": f"第{n:02}次",
            "held_on": date(2026, 1, 1 + n),
            "people": 3,
        }
        for n in range(21)
    ]
    rows.append(
        {
            "agency": bureau.organ,
            "kind": "meeting",
            "subject": "去年的会",
            "held_on": date(2025, 5, 6),
            "people": 4,
        }
    )
    given.done(oversight.enter("training", rows, by=bureau.people["clerk"], at=TODAY))
    browser = bureau.desk("clerk")
    first, second = (words(browser.get(f"/desk/registers/training/?page={n}")) for n in (1, 2))
    assert ("第20次" in first, "第00次" in first, "第00次" in second, "去年的会" in second) == (
        True,
        False,
        True,
        True,
    )
    assert "去年的会" in words(browser.get("/desk/registers/training/?year=2025"))
    assert "第20次" not in words(browser.get("/desk/registers/training/?year=2025"))
    assert "第07次" in words(browser.get("/desk/registers/training/?q=第07次"))


def test_there_is_no_other_register(bureau: Bureau):
    assert bureau.desk("clerk").get("/desk/registers/secrets/").status_code == 404
    assert bureau.desk("clerk").get("/desk/registers/secrets/export.csv").status_code == 404
    assert bureau.desk("clerk").get("/desk/registers/")["Location"] == "/desk/registers/press_conference/"


def test_a_row_entered_by_mistake_is_struck_out_at_the_desk_and_stays_to_be_seen(bureau: Bureau):
    entered(bureau, "training")
    number = oversight.find("training").one().id
    clerk, address = bureau.desk("clerk"), "/desk/registers/training/"
    assert f'action="{address}{number}/strike"' in words(clerk.get(address))
    empty = clerk.post(f"{address}{number}/strike", {"reason": " "})
    assert empty.status_code == 409
    assert "划去没有写理由" in words(empty)
    assert clerk.post(f"{address}{number}/strike", {"reason": "登记了两次"}).status_code == 302
    page = words(clerk.get(address))
    assert "公开业务培训" in page
    assert "登记了两次" in page
    assert f"{number}/strike" not in page
    assert "登记了两次" in words(clerk.get(f"{address}export.csv"))
    assert ledger.find("act", verb="register.strike", subject_id=str(number)).count() == 1


def test_a_row_of_another_organ_has_no_button_and_cannot_be_struck_out(bureau: Bureau, other):
    entered(bureau, "training")
    number = oversight.find("training").one().id
    assert (
        at_desk(other).post(f"/desk/registers/training/{number}/strike", {"reason": "x"}).status_code == 409
    )
    assert bureau.desk("signer").post(f"/desk/registers/training/{number}/strike").status_code == 403
    assert oversight.find("training").one().struck == ""


def test_a_place_is_handed_what_was_published_since_the_last_time_and_signs_for_it(bureau: Bureau):
    clerk, people, organ = bureau.desk("clerk"), bureau.people, bureau.organ
    told = {"kind": "library", "name": "市图书馆", "address": "解放路1号", "opened_on": "2026-08-03"}
    assert clerk.post("/desk/registers/place/", {"agency": organ.pk, **told}).status_code == 302
    (place,) = oversight.find("place")
    address = f"/desk/registers/place/{place.id}/"
    assert "向市图书馆送交" not in words(clerk.get("/desk/")), "nothing was published"
    given.published(people, organ, given.at(2026, 7, 31), title="开点以前的制度")
    first = given.published(people, organ, given.at(2026, 11, 3), title="第一件制度")
    gone = given.published(people, organ, given.at(2026, 11, 3), title="撤下的制度")
    given.move(gone.id, "withdraw", people["signer"], given.at(2026, 11, 4), reason="重复公开")
    # Three months after 3 August nothing has been handed over: 3 November is past.
    assert "向市图书馆送交" in words(clerk.get("/desk/"))
    page = words(clerk.get(address))
    assert "第一件制度" in page
    assert "开点以前的制度" not in page
    assert "撤下的制度" not in page
    assert clerk.post(address, {"on": "2026-11-23", "handed_by": "周敏"}).status_code == 302
    (delivery,) = oversight.find("delivery")
    assert (delivery.copies, delivery.place) == (1, "市图书馆")
    assert clerk.post(address, {"on": "2026-11-23", "handed_by": "周敏"}).status_code == 409, "nothing new"
    assert "第一件制度" in words(clerk.get(f"{address}list?delivery={delivery.id}"))
    assert "向市图书馆送交" not in words(clerk.get("/desk/"))
    signed = {"signed_by": "图书馆王老师", "receipt": "收字3号"}
    handed = f"/desk/registers/delivery/{delivery.id}"
    trick = SimpleUploadedFile("回执.png", b"<svg onload=alert(1)>")
    assert clerk.post(f"{handed}/receipt", signed | {"scan": trick}).status_code == 409
    assert clerk.get(f"{handed}/scan").status_code == 404
    scan = SimpleUploadedFile("回执.png", PNG)
    assert clerk.post(f"{handed}/receipt", signed | {"scan": scan}).status_code == 302
    assert b"".join(clerk.get(f"{handed}/scan").streaming_content) == PNG
    assert "收字3号" in words(clerk.get(address))
    assert clerk.post(f"/desk/registers/delivery/{delivery.id}/receipt", signed).status_code == 409
    later = given.at(2026, 12, 1)
    given.move(first.id, "withdraw", people["signer"], given.at(2026, 11, 30), reason="另行公开")
    given.published(people, organ, given.at(2026, 11, 30), title="第二件制度")
    with ledger.clock_at(later):
        lines = {(c.document.title, c.task) for c in oversight.Copies.waiting(place.id, later)}
        assert lines == {("第一件制度", "pull"), ("第二件制度", "add")}
        assert clerk.post(address, {"on": "2026-12-01", "handed_by": "周敏"}).status_code == 302
        refused = oversight.strike("delivery", delivery.id, reason="日期错了", by=people["clerk"], at=later)
    assert "漏掉" in refused.why


def test_a_place_of_another_organ_is_refused(bureau: Bureau, other):
    row = {"agency": bureau.organ, "kind": "archive", "name": "市档案馆", "opened_on": TODAY.date()}
    given.done(oversight.enter("place", [row], by=bureau.people["clerk"], at=TODAY))
    (place,) = oversight.find("place")
    for path in ("", "list"):
        assert at_desk(other).get(f"/desk/registers/place/{place.id}/{path}").status_code == 403
