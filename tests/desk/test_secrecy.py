"""Secrecy marks at the desk: uploads are stopped before they are stored, and the officer's queue says so at once."""

from __future__ import annotations

import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from tests.desk.conftest import Bureau, words
from tests.words import word

SECRET = "绝密★长期"


def typed(bureau: Bureau, **fields):
    return {
        "agency": str(bureau.organ.pk),
        "kind": "rules",
        "title": "巡查方案",
        "attribute": "open",
        "body": "正文。",
    } | fields


def test_an_upload_with_a_mark_is_never_stored_and_its_temporary_copy_goes(
    bureau: Bureau, settings, tmp_path, caplog
):
    settings.FILE_UPLOAD_TEMP_DIR, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = str(tmp_path), 1
    upload = SimpleUploadedFile("方案.txt", f"{SECRET}\n路线在东门。".encode())
    clerk = bureau.desk("clerk")
    response = clerk.post("/desk/documents/new", typed(bureau, files=upload))
    page = words(response)
    assert response.status_code == 409
    assert "带有密级标志" in page
    assert all(word not in page + caplog.text for word in ("东门", SECRET, "巡查方案"))
    assert os.listdir(tmp_path) == []
    assert not ledger.find("file").exists()
    assert not disclosure.find("document").exists()
    assert "东门" not in str(dict(clerk.session))


@pytest.mark.parametrize("where", ["text", "word"])
def test_a_typed_text_and_a_word_file_are_stopped_alike(bureau: Bureau, where):
    clerk = bureau.desk("clerk")
    if where == "text":
        response = clerk.post("/desk/documents/new", typed(bureau, body=f"{SECRET}\n路线在东门。"))
    else:
        file = SimpleUploadedFile("方案.docx", word(SECRET, "路线在东门。"))
        response = clerk.post("/desk/documents/word", typed(bureau, word=file))
    assert response.status_code == 409
    assert "东门" not in words(response)
    assert not disclosure.find("document").exists()
    assert disclosure.find("secrecy_alarm").count() == 1


def test_the_officer_finds_the_alarm_in_her_queue_and_acknowledges_it(bureau: Bureau):
    bureau.desk("clerk").post("/desk/documents/new", typed(bureau, body=SECRET))
    officer = bureau.desk("secrecy")
    assert "1 件带密级标志" in words(officer.get("/desk/"))
    assert "带密级标志" not in words(bureau.desk("signer").get("/desk/"))
    page = words(officer.get("/desk/secrecy/"))
    (alarm,) = disclosure.find("secrecy_alarm")
    assert alarm.digest in page
    assert bureau.people["clerk"].name in page
    officer.post("/desk/secrecy/", {"alarm": alarm.id, "measure": "mistaken"})
    assert "带密级标志，被挡在门外" not in words(officer.get("/desk/"))
    assert "写法有误" in words(officer.get("/desk/secrecy/"))


def test_a_declassified_file_comes_in_with_its_decision(bureau: Bureau):
    upload = SimpleUploadedFile("旧方案.txt", f"{SECRET}\n旧方案。".encode())
    decision = {
        "decision_number": "测解密〔2026〕1号",
        "decision_on": "2026-11-20",
        "decision_organ": "测试市住房局",
    }
    clerk = bureau.desk("clerk")
    lacking = clerk.post("/desk/documents/new", typed(bureau, files=upload, **decision))
    assert "解密决定缺少：文件" in words(lacking)
    upload.seek(0)
    proof = SimpleUploadedFile("决定.pdf", b"%PDF decision")
    clerk.post("/desk/documents/new", typed(bureau, files=upload, decision=proof, **decision))
    (paper,) = disclosure.find("document")
    page = words(clerk.get(f"/desk/documents/{paper.id}/"))
    assert "测解密〔2026〕1号" in page
    assert (
        words(clerk.get(f"/desk/documents/{paper.id}/files/{paper.declassified['digest']}"))
        == "%PDF decision"
    )
