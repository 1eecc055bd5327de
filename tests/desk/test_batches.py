"""A clerk brings a table to review as one paper, reviewers look at its sample, and the page says how far it is."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingtang.config.schedule import drain_all
from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from tests import given
from tests.desk.conftest import TODAY, at_desk, words

pytestmark = pytest.mark.django_db
HEAD = "原编号,标题,决定书文号,决定日期,正文\n"


def table(*rows):
    text = HEAD + "".join(f"{n},{title},测罚〔2026〕{n}号,2026-11-02,{text}\n" for n, title, text in rows)
    return SimpleUploadedFile("处罚.csv", text.encode())


def plain(*numbers):
    return [(n, f"处罚决定第{n}件", "对某企业罚款。") for n in numbers]


def brought(bureau, *rows):
    desk = bureau.desk("clerk")
    told = {"agency": str(bureau.organ.pk), "kind": "penalty"}
    looked = words(desk.post("/desk/documents/batch", {**told, "step": "look", "table": table(*rows)}))
    word = re.search(r'name="brought" value="([^"]+)"', looked).group(1)
    done = desk.post("/desk/documents/batch", {**told, "step": "take", "brought": word, "name": "处罚.csv"})
    return looked, done


def test_a_table_is_looked_at_brought_reviewed_by_its_sample_and_goes_out_row_by_row(bureau):
    rows = [*plain(1, 2, 3, 4, 5, 6, 7), (8, "处罚决定第8件", "当事人手机13812345678。"), (9, "", "没有标题")]
    looked, done = brought(bureau, *rows)
    assert "看过了，还没有写入" in looked
    assert re.search(r"可以随批送审</dt><dd>7 行", looked)
    assert re.search(r"不合的</dt><dd>1 行", looked)
    number = disclosure.find("batch").one().document_id
    assert done.url == f"/desk/documents/{number}/"
    clerk, signer = bureau.desk("clerk"), bureau.desk("signer")
    queue = words(clerk.get("/desk/?lane=duties"))
    assert "等 7 行，按批送审" in queue, "the rows that wait with their batch are one line"
    alone = "that line, and the row that goes its own way"
    assert set(re.findall(r"处罚决定第\d件", queue)) == {"处罚决定第1件", "处罚决定第8件"}, alone
    clerk.post(f"/desk/documents/{number}/submit")
    shown = words(signer.get(f"/desk/documents/{number}/"))
    assert "本轮抽 5 行" in shown
    assert shown.count('class="paper sampled"') == 5
    assert "对某企业罚款。" in shown
    assert "pii" in shown, "a row in doubt is listed with its reason"
    signer.post(f"/desk/documents/{number}/sign")
    signer.post(f"/desk/documents/{number}/publish")
    assert "0 / 7 行" in words(clerk.get(f"/desk/documents/{number}/"))
    while drain_all():
        pass
    assert "7 / 7 行" in words(clerk.get(f"/desk/documents/{number}/"))
    drafts = words(clerk.get("/desk/documents/?state=draft"))
    assert f"/desk/documents/{number}/" not in drafts, "what has gone out is no draft"
    row = disclosure.find("batch_line", batch_document_id=number, number=3).one()
    page = words(clerk.get(f"/desk/documents/{row.document_id}/"))
    assert f'href="/desk/documents/{number}/"' in page
    assert bureau.people["signer"].name in page, "who reviewed the batch reviewed the row"
    sheet = words(clerk.get(f"/desk/documents/{number}/rows.csv"))
    assert len(sheet.strip().splitlines()) == 1 + 8


def test_a_reviewer_pulls_out_a_row_with_a_reason_and_a_stranger_cannot(bureau, other):
    brought(bureau, *plain(1, 2, 3))
    number = disclosure.find("batch").one().document_id
    bureau.desk("clerk").post(f"/desk/documents/{number}/submit")
    row = disclosure.find("batch_line", batch_document_id=number, number=2).one().document_id
    address = f"/desk/documents/{row}/pull-out"
    assert at_desk(other).post(address, {"reason": "疑"}).status_code == 403
    signer = bureau.desk("signer")
    signer.post(address, {"reason": " "})
    assert disclosure.find("batch_line", document_id=row).one().pulled_in is None
    assert signer.post(address, {"reason": "金额与决定书不符"}).url == f"/desk/documents/{number}/"
    assert disclosure.BatchTable.reasons([row]) == {row: "金额与决定书不符"}
    assert "从一批里挑出" in words(signer.get(f"/desk/documents/{row}/"))


def test_a_table_that_cannot_be_read_or_a_kind_that_comes_singly_is_refused_and_nothing_is_entered(bureau):
    desk, told = bureau.desk("clerk"), {"agency": str(bureau.organ.pk), "kind": "penalty", "step": "take"}
    assert desk.post("/desk/documents/batch", told).status_code == 409
    junk = SimpleUploadedFile("处罚.xlsx", b"\x00\x01junk")
    assert desk.post("/desk/documents/batch", {**told, "table": junk}).status_code == 409
    assert (
        desk.post("/desk/documents/batch", {**told, "kind": "guide", "table": table(*plain(1))}).status_code
        == 409
    )
    assert not disclosure.find("batch").exists()


def test_a_row_beside_its_batch_says_so_and_offers_no_step(bureau):
    brought(bureau, *plain(1, 2))
    row = disclosure.find("batch_line", number=2).one().document_id
    with ledger.clock_at(TODAY):
        page = words(bureau.desk("clerk").get(f"/desk/documents/{row}/"))
    assert "这是按批送审的一行" in page
    assert "随批审签" in page
    assert "现在没有你能办的" in page
    given.done(disclosure.BatchTable.pull_out(row, "疑点", by=bureau.people["clerk"], at=TODAY))
    assert "送审" in words(bureau.desk("clerk").get(f"/desk/documents/{row}/"))
