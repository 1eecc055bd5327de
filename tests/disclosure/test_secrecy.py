"""State secrets never enter: what bears a mark is stopped, nothing of it stays, and the secrecy officer is told."""

import hashlib
import json

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db
AT = given.at(2026, 11, 23)
SECRET = "机密★10年"


@pytest.fixture
def office():
    agency = given.organ("测试市住房局", given.demo_city())
    with ledger.clock_at(AT):
        yield agency, given.team(agency)


def draft(office, **fields):
    agency, people = office
    given_fields = {"kind": "rules", "title": "巡查方案", "body": "<p>正文。</p>"} | fields
    return disclosure.draft(people["clerk"], AT, agency=agency, **given_fields)


def everything_kept() -> str:
    """Every Act, alarm and outbox row as text."""
    rows = [r for what in ("act", "outbox") for r in ledger.find(what)] + list(
        disclosure.find("secrecy_alarm")
    )
    return json.dumps([repr(r) for r in rows], ensure_ascii=False)


@pytest.mark.parametrize(
    "fields",
    [
        {"body": f"<p>{SECRET}</p><p>巡查路线在东门。</p>"},
        {"body": "<p>机<b>密</b>★10年</p>"},
        {"body": "<p>&#26426;&#23494;★10年</p>"},
        {"body": "<p>秘　密</p><p>GB/T 9704：不标保密期限的，两字之间空一字。</p>"},
        {"summary": "密级：绝密"},
        {"title": "绝密★长期 某方案"},
        {"body": "<p>内部资料 注意保存</p>"},
    ],
)  # fmt: skip
def test_a_text_with_a_mark_is_stopped_and_nothing_of_it_is_kept(office, fields):
    agency, people = office
    refused = draft(office, **fields)
    assert isinstance(refused, disclosure.Stopped)
    assert "保守国家秘密法" in refused.basis
    assert not disclosure.find("document").exists()
    (alarm,) = disclosure.find("secrecy_alarm")
    assert (alarm.agency_id, alarm.person_name, alarm.at) == (agency.pk, people["clerk"].name, AT)
    (act,) = ledger.find("act", verb="secrecy.stop")
    assert (act.person_id, act.at, act.facts["digest"]) == (people["clerk"].pk, AT, alarm.digest)
    assert act.payload is None
    kept = everything_kept()
    assert all(word not in kept for word in ("巡查", "★", "某方案", "密级：绝密"))


def test_a_paper_that_only_speaks_of_secrecy_comes_in(office):
    given.done(draft(office, body="<p>公文标注了密级、保密期限等；机密级文件由专人保管。</p>"))
    assert not disclosure.find("secrecy_alarm").exists()


def test_a_mark_typed_into_a_draft_or_a_comment_is_stopped_too(office):
    _agency, people = office
    paper = given.done(draft(office))
    take = lambda verb, by, **facts: disclosure.take(paper.id, verb, by=people[by], at=AT, **facts)  # noqa: E731
    assert isinstance(take("edit", "clerk", body=f"<p>{SECRET}</p>"), disclosure.Stopped)
    assert disclosure.editions(paper.id)[-1].body == "<p>正文。</p>"
    given.done(take("submit", "clerk"))
    assert isinstance(take("return", "section_head", comment=f"参照{SECRET}的附件改"), disclosure.Stopped)
    assert disclosure.editions(paper.id)[-1].state == "submitted"
    assert disclosure.find("secrecy_alarm").count() == 2


def test_a_stored_file_with_a_mark_goes_unless_something_else_refers_to_it(
    office, django_capture_on_commit_callbacks
):
    lone = ledger.store(f"{SECRET}\n巡查路线。".encode(), "text/plain")
    clean = ledger.store("附表：时间安排。".encode(), "text/plain")
    given.done(draft(office, files=[("附表.txt", clean)]))
    with django_capture_on_commit_callbacks(execute=True):
        assert isinstance(draft(office, files=[("方案.txt", lone), ("附表.txt", clean)]), disclosure.Stopped)
    assert not ledger.find("file", digest=lone.digest).exists()
    assert not lone.path.exists()
    assert clean.path.exists()
    assert ledger.find("act", verb="secrecy.stop").one().facts["purged"] == 1


def test_an_imported_table_with_a_marked_row_comes_in_not_at_all(office, django_capture_on_commit_callbacks):
    agency, _people = office
    keeper = given.person(agency, "keeper")
    data = f"标题,文种,发布日期,正文\n通知一,通知公告,2020-01-02,正文\n方案,通知公告,2020-01-03,{SECRET}\n".encode()
    kept = ledger.store(data, "text/csv")
    table = disclosure.CatalogueTable.of_file(data, "t.csv")
    with django_capture_on_commit_callbacks(execute=True):
        assert isinstance(table.take("旧网站", keeper, AT, agency=agency), disclosure.Stopped)
    assert not disclosure.find("document").exists()
    assert not kept.path.exists()
    assert disclosure.find("secrecy_alarm").one().digest == hashlib.sha256(data).hexdigest()


def test_a_declassified_paper_comes_in_with_its_whole_decision_and_goes_through_review(office):
    _agency, people = office
    body = f"<p>{SECRET}</p><p>旧方案。</p>"
    proof = ledger.store(b"%PDF decision", "application/pdf")
    decision = {
        "number": "测解密〔2026〕1号",
        "on": AT.date(),
        "organ": "测试市住房局",
        "file": proof,
        "name": "决定.pdf",
    }
    for part, nothing in (("number", " "), ("on", None), ("organ", ""), ("file", None)):
        lacking = disclosure.Declassified(**decision | {part: nothing})
        assert isinstance(draft(office, body=body, declassified=lacking), Refused)
    assert not disclosure.find("document").exists()
    paper = given.done(draft(office, body=body, declassified=disclosure.Declassified(**decision)))
    assert paper.declassified["digest"] == proof.digest
    assert (
        ledger.find("act", verb="document.declassify", subject_id=str(paper.id)).one().facts["number"]
        == "测解密〔2026〕1号"
    )
    given.move(paper.id, "submit", people["clerk"], AT)


def test_the_officer_of_the_nearest_organ_is_told_and_acknowledges_once(office):
    agency, people = office
    below = given.organ("测试市住房局下属中心", agency)
    clerk = given.person(below, "clerk")
    assert isinstance(
        disclosure.draft(clerk, AT, agency=below, kind="rules", title=SECRET), disclosure.Stopped
    )
    (alarm,) = disclosure.find("secrecy_alarm")
    assert (alarm.organ_id, alarm.agency_id) == (below.pk, agency.pk)
    say = lambda by, measure: disclosure.Secrecy.acknowledge(alarm.id, by=people[by], at=AT, measure=measure)  # noqa: E731
    assert isinstance(say("clerk", "secured"), Refused)
    assert isinstance(say("secrecy", "forgotten"), Refused)
    assert say("secrecy", "secured") is None
    assert isinstance(say("secrecy", "reported"), Refused)
    assert ledger.find("act", verb="secrecy.acknowledge").one().facts == {"measure": "secured"}
