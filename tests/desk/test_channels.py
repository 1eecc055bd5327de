"""Channels at the desk: a delivery made by hand, many from one table, the gazette's issues, and what waits for a person."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from mingtang.config.schedule import drain_all
from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from mingtang.oversight.reports.opening import asked
from mingtang.portal import api as portal
from mingtang.portal.models import Release
from tests import given
from tests.desk.conftest import TODAY, Bureau, at_desk, words
from tests.words import PNG

HEAD = ["索引号或文号", "渠道", "位置", "日期"]


@pytest.fixture
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def notice(bureau: Bureau, home) -> disclosure.DocumentRow:
    return given.published(
        bureau.people, bureau.organ, given.at(2026, 11, 20), kind="notice", title="停水通知"
    )


def post(bureau: Bureau, document: int, **typed):
    return bureau.desk("clerk").post(
        f"/desk/documents/{document}/releases",
        {"channel": "newspaper", "place": "测试日报第3版", "on": "2026-11-21", **typed},
    )


def table(name: str, rows: list[list[str]]) -> SimpleUploadedFile:
    if name.endswith(".csv"):
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        return SimpleUploadedFile(name, out.getvalue().encode("utf-8-sig"))
    book, raw = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(raw)
    return SimpleUploadedFile(name, raw.getvalue())


def test_a_delivery_by_hand_is_entered_on_the_document_by_its_organs_clerk(bureau: Bureau, notice):
    photo = SimpleUploadedFile("版面.png", PNG)
    assert post(bureau, notice.id, photo=photo).status_code == 302
    row = portal.find("release", channel="newspaper").one()
    assert (row.place, str(row.at.astimezone(ledger.SHANGHAI).date()), row.by_name) == (
        "测试日报第3版",
        "2026-11-21",
        bureau.people["clerk"].name,
    )
    shown = words(bureau.desk("clerk").get(f"/desk/documents/{notice.id}/"))
    assert "测试日报第3版" in shown
    assert "报纸" in shown
    answer = bureau.desk("clerk").get(f"/desk/releases/{row.id}/photo")
    assert b"".join(answer.streaming_content) == PNG
    act = ledger.find("act", verb="release.enter").one()
    assert (act.subject_type, act.facts["channel"], act.facts["photo"]) == ("release", "newspaper", row.photo)


def test_entering_the_same_delivery_twice_is_one_row(bureau: Bureau, notice):
    post(bureau, notice.id)
    post(bureau, notice.id)
    assert portal.find("release", channel="newspaper").count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"on": "2026-11-24"}, "还没有到"), ({"on": "2026-11-19"}, "早于首次公开"), ({"place": ""}, "没有填写位置"),
        ({"channel": "site"}, "不在列表里"), ({"place": "长" * 301}, "超过300字"), ({"photo": SimpleUploadedFile("a.png", b"<svg>")}, "不是 PNG 或 JPEG"),
    ],
)  # fmt: skip
def test_a_delivery_that_cannot_be_is_refused_and_stays_typed(bureau: Bureau, notice, typed, said):
    answer = post(bureau, notice.id, **typed)
    assert answer.status_code == 409
    assert said in words(answer)
    assert not portal.find("release", channel="newspaper").exists()


def test_nobody_enters_a_delivery_for_another_organ_or_before_the_document_is_public(
    bureau: Bureau, other, notice
):
    answer = at_desk(other).post(
        f"/desk/documents/{notice.id}/releases", {"channel": "board", "place": "门口", "on": "2026-11-21"}
    )
    assert answer.status_code == 403
    draft = given.draft(bureau.people["clerk"], bureau.organ, TODAY, kind="notice", title="草稿")
    assert "还没有公开过" in words(post(bureau, draft.id))
    assert "登记其他渠道</summary>" not in words(bureau.desk("secrecy").get(f"/desk/documents/{notice.id}/"))


def test_a_delivery_entered_by_mistake_is_struck_out_with_its_reason_and_may_be_entered_again(
    bureau: Bureau, notice
):
    post(bureau, notice.id)
    row = portal.find("release", channel="newspaper").one()
    clerk = bureau.desk("clerk")
    clerk.post(f"/desk/releases/{row.id}/strike", {"reason": ""})
    assert portal.find("release", pk=row.id).one().state == "done"
    clerk.post(f"/desk/releases/{row.id}/strike", {"reason": "版面写错"})
    assert portal.find("release", pk=row.id).one().state == "struck"
    assert "版面写错" in words(clerk.get(f"/desk/documents/{notice.id}/"))
    post(bureau, notice.id)
    assert portal.find("release", channel="newspaper").group("state") == {"struck": 1, "done": 1}


@pytest.mark.parametrize("name", ["表.xlsx", "表.csv"])
def test_a_table_is_entered_row_by_row_and_the_faulty_rows_come_back(bureau: Bureau, notice, name):
    rows = [HEAD, [notice.index_no, "报纸", "测试日报第3版", "2026-11-21"], [notice.index_no, "电视", "晚间新闻", "2026/11/21"],
            ["没有这一号", "报纸", "测试日报", "2026-11-21"], [notice.index_no, "传单", "街上", "2026-11-21"],
            [notice.index_no, "公告栏", "政务大厅", "2026-12-01"]]  # fmt: skip
    clerk = bureau.desk("clerk")
    answer = clerk.post("/desk/releases/", {"table": table(name, rows)})
    page = words(answer)
    assert answer.status_code == 409
    for said in ("没有索引号或文号是“没有这一号”", "没有“传单”这种渠道", "还没有到"):
        assert said in page
    assert portal.find("release", channel__in=("newspaper", "television", "board")).group("channel") == {
        "newspaper": 1,
        "television": 1,
    }
    cells = re.findall(r'name="cell" value="([^"]*)"', page)
    sheet = words(clerk.post("/desk/releases/faults", {"cell": cells})).removeprefix("\ufeff")
    told = list(csv.reader(io.StringIO(sheet)))
    assert told[0] == [*HEAD, "哪里不对"]
    assert [r[0] for r in told[1:]] == ["没有这一号", notice.index_no, notice.index_no]
    again = clerk.post("/desk/releases/", {"table": table("again.csv", rows[:3])})
    assert again.status_code == 302
    assert portal.find("release", by_name=bureau.people["clerk"].name).count() == 2


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (None, "没有选择文件"), (SimpleUploadedFile("a.csv", "甲,乙\r\n".encode()), "不是样表的表头"), (SimpleUploadedFile("a.xlsx", b"PK"), "可以"),
        (SimpleUploadedFile("a.csv", b"\xff\xff\xff\x00"), "可以"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_refused(bureau: Bureau, home, upload, said):
    answer = bureau.desk("clerk").post("/desk/releases/", {"table": upload} if upload else {})
    assert answer.status_code == 409
    assert said in words(answer)


def test_the_sample_table_is_taken_back_once_it_is_filled_in(bureau: Bureau, notice):
    sheet = words(bureau.desk("clerk").get("/desk/releases/sheet"))
    rows = list(csv.reader(io.StringIO(sheet.removeprefix("\ufeff"))))
    assert rows[0] == HEAD
    rows[1][1:3] = ["公告栏", "政务大厅"]
    assert bureau.desk("clerk").post("/desk/releases/", {"table": table("t.csv", rows)}).status_code == 302
    assert portal.find("release", channel="board").count() == 1


def test_a_document_counts_once_in_the_total_and_once_in_each_channel(bureau: Bureau, notice):
    for channel, place in (
        ("newspaper", "测试日报"),
        ("newspaper", "测试晚报"),
        ("television", "晚间新闻"),
        ("wechat", "甲号"),
        ("wechat", "乙号"),
    ):
        post(bureau, notice.id, channel=channel, place=place)

    def told(counter: str, **words) -> int:
        return asked(counter, words, 2026, bureau.organ.path).count()

    assert told("documents.published") == 1
    counts = {
        line: told("documents.by_channel", channel=line)
        for line in ("site", "gazette", "weibo", "wechat", "other")
    }
    while drain_all():
        pass
    assert counts == {"site": 0, "gazette": 0, "weibo": 0, "wechat": 1, "other": 1}
    assert told("documents.by_channel", channel="site") == 1
    assert ledger.find("outbox", topic="released").exists()


def test_what_waits_for_a_person_stands_on_one_page_until_it_is_done(bureau: Bureau, notice):
    made = Release.objects.create(
        publication_id=disclosure.find("publication", document_id=notice.id).one().id, channel="wechat", target="wx", state="by_hand",
        at=TODAY, error="草稿已放进草稿箱",
    )  # fmt: skip
    clerk = bureau.desk("clerk")
    assert "草稿已放进草稿箱" in words(clerk.get("/desk/releases/"))
    assert "渠道有 1 条等人办" in words(clerk.get("/desk/"))
    assert "条等人办" not in words(bureau.desk("secrecy").get("/desk/"))
    clerk.post(f"/desk/releases/{made.pk}/sent", {"place": "https://mp.example/1"})
    row = portal.find("release", pk=made.pk).one()
    assert (row.state, row.place) == ("done", "https://mp.example/1")
    assert "停水通知" not in words(clerk.get("/desk/releases/"))
    assert ledger.find("act", verb="release.sent").count() == 1


def test_a_withdrawn_document_asks_for_its_other_channels_to_be_cleared(bureau: Bureau, notice):
    post(bureau, notice.id, channel="board", place="政务大厅公告栏")
    given.move(notice.id, "withdraw", bureau.people["signer"], TODAY, reason="含有个人信息")
    while drain_all():
        pass
    task = portal.find("release", channel="board", state="by_hand").one()
    assert "政务大厅公告栏" in task.error
    bureau.desk("clerk").post(f"/desk/releases/{task.id}/sent", {})
    assert portal.find("release", pk=task.id).one().state == "withdrawn"


def test_an_issue_of_the_gazette_is_frozen_with_what_it_holds(bureau: Bureau, office, notice, home):
    portal.rebuild()
    desk = at_desk(office)
    asked = {"agency": bureau.city.pk, "year": "2026", "number": "11", "documents": f"{notice.index_no}\n"}
    assert desk.post("/desk/gazette/", asked).status_code == 302
    issue = portal.find("issue").one()
    assert [h["title"] for h in issue.held] == ["停水通知"]
    assert portal.find("release", channel="gazette").one().place == f"/gazette/{issue.id}.html"
    again = desk.post("/desk/gazette/", asked)
    assert again.status_code == 409
    assert "已经结期" in words(again)
    while drain_all():
        pass
    page = (home / f"site/gazette/{issue.id}.html").read_text()
    assert "停水通知" in page
    given.move(notice.id, "withdraw", bureau.people["signer"], TODAY, reason="含有个人信息")
    while drain_all():
        pass
    page = (home / f"site/gazette/{issue.id}.html").read_text()
    assert "停水通知" not in page
    assert "本件已撤下" in page
    assert portal.find("issue").one().held == issue.held
    assert portal.verify() == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"documents": "没有"}, "没有索引号是"),
        ({"documents": ""}, "至少有一件"),
        ({"number": "0"}, "期号"),
        ({"year": "2027"}, "年份"),
        ({"agency": "0"}, "没有选择"),
    ],
)
def test_an_issue_that_cannot_be_is_refused(bureau: Bureau, office, notice, typed, said):
    asked = {"agency": bureau.city.pk, "year": "2026", "number": "11", "documents": notice.index_no}
    answer = at_desk(office).post("/desk/gazette/", asked | typed)
    assert answer.status_code == 409
    assert said in words(answer)


def test_a_document_that_is_not_public_is_in_no_issue(bureau: Bureau, office, notice):
    given.move(notice.id, "withdraw", bureau.people["signer"], TODAY, reason="含有个人信息")
    asked = {"agency": bureau.city.pk, "year": "2026", "number": "11", "documents": notice.index_no}
    assert "现在没有公开" in words(at_desk(office).post("/desk/gazette/", asked))
