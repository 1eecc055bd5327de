"""From the catalogue to pages: what is public is on the site, what is not is nowhere."""

from __future__ import annotations

import gzip
import json
import re
import shutil

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from mingtang.ledger.models import Agency
from mingtang.portal import api as portal
from mingtang.portal import links
from mingtang.portal.bake import run, units
from mingtang.portal.bake.press import Press
from mingtang.portal.bake.writer import Change
from tests import given
from tests.portal.conftest import log_ids
from tests.words import PNG

pytestmark = pytest.mark.django_db


def _files(root) -> dict[str, bytes]:
    found = (f for f in root.rglob("*") if f.is_file() and ".bake" not in f.parts)
    return {f.relative_to(root).as_posix(): f.read_bytes() for f in found}


def _twin(root, path: str) -> dict:
    return json.loads(gzip.decompress((root / path).read_bytes()))


def test_every_page_has_its_gzip_and_its_json_twin(city, site_home):
    city.publish(kind="notice", title="停水通知")
    portal.rebuild()
    pages = [path for path in _files(site_home) if path.endswith(".html")]
    assert "index.html" in pages
    for path in pages:
        assert gzip.decompress((site_home / f"{path}.gz").read_bytes()) == (site_home / path).read_bytes()
        assert isinstance(_twin(site_home, path.removesuffix(".html") + ".json.gz"), dict)


def test_a_published_document_stands_on_its_page_its_column_its_organ_and_the_front_page(city, site_home):
    row = city.publish(kind="notice", title="停水通知")
    portal.rebuild()
    for path in (
        f"doc/{row.id // 1000}/{row.id}.html",
        "col/notice/index.html",
        f"org/{city.government.code}/index.html",
        "index.html",
    ):
        assert "停水通知" in (site_home / path).read_text(), path


def test_the_empty_column_of_letters_says_what_there_is_instead(city, site_home):
    portal.rebuild()
    page = (site_home / "col/letters/index.html").read_text()
    assert "本站还没有网上写信、网上投诉的窗口" in page
    for way in ('href="/apply"', 'href="/track"', 'href="/guide/#g5"', 'href="/guide/#g4"'):
        assert way in page
    guide = (site_home / "guide/index.html").read_text()
    assert 'id="g4"' in guide
    assert 'id="g5"' in guide


def test_a_draft_is_nowhere_on_the_site(city, site_home):
    given.draft(city.people["clerk"], city.government, city.when, title="还没审的稿子")
    portal.rebuild()
    assert not any("还没审的稿子".encode() in content for content in _files(site_home).values())


def test_what_was_published_elsewhere_only_is_not_on_the_site(city, site_home):
    city.took_over(1, title="只登报纸的通知", on_site=False)
    portal.rebuild()
    assert not any("只登报纸的通知".encode() in content for content in _files(site_home).values())


def test_delivering_one_publication_gives_the_same_site_as_baking_it_from_scratch(city, site_home):
    city.took_over(59)
    portal.rebuild()
    before = log_ids()
    policy = city.publish(kind="normative", title="停车管理办法", doc_no="测政规〔2026〕1号")
    city.publish(kind="interpretation", title="停车办法问答", interprets=policy.id, data={"form": "text"})
    city.publish(kind="notice", title="第六十号通知")
    for publication in [p for p in log_ids() if p not in before]:
        portal.deliver([publication])
    delivered = _files(site_home)
    assert portal.verify() == []
    for file in sorted(site_home.rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    portal.rebuild()
    baked = _files(site_home)
    assert {p for p in baked if baked[p] != delivered.get(p)} == set()
    assert delivered.keys() == baked.keys()


def test_delivering_many_publications_at_once_gives_the_same_site_too(city, site_home):
    portal.rebuild()
    before = log_ids()
    city.took_over(130)
    city.took_over(5, kind="normative", title="办法", on_site=True)
    portal.deliver([p for p in log_ids() if p not in before])
    delivered = _files(site_home)
    assert portal.verify() == []
    for file in sorted(site_home.rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    portal.rebuild()
    assert _files(site_home) == delivered


def test_old_pages_of_a_list_keep_every_byte_when_something_new_appears(city, site_home):
    city.took_over(65)
    portal.rebuild()
    old = (site_home / "col/notice/1.html").read_bytes()
    city.publish(kind="notice", title="最新的通知")
    portal.rebuild()
    assert (site_home / "col/notice/1.html").read_bytes() == old
    assert "最新的通知" in (site_home / "col/notice/index.html").read_text()


def test_a_withdrawn_document_is_gone_everywhere_and_leaves_a_notice(city, site_home):
    file = ledger.store(b"%PDF-1.4 secret", "application/pdf")
    row = city.publish(
        kind="notice", title="错发的公示", body="<p>身份证号不该出现</p>", files=[("名单.pdf", file)]
    )
    portal.rebuild()
    assert (site_home / f"doc/{row.id // 1000}/{row.id}-1.pdf").exists()
    city.withdraw(row.id)
    portal.deliver(log_ids()[-1:])
    left = _files(site_home)
    assert f"doc/{row.id // 1000}/{row.id}.html" not in left
    assert f"doc/{row.id // 1000}/{row.id}-1.pdf" not in left
    assert "含有个人信息" in left[f"doc/{row.id // 1000}/{row.id}.gone.html"].decode()
    shown = {p: gzip.decompress(c) if p.endswith(".gz") else c for p, c in left.items()}
    assert not [p for p, c in shown.items() if "身份证号不该出现".encode() in c or "错发的公示".encode() in c]
    assert portal.verify() == []


def test_a_page_that_did_not_change_is_not_written_again(city, site_home):
    city.took_over(30)
    portal.rebuild()
    stamps = {p: p.stat().st_mtime_ns for p in site_home.rglob("*") if p.is_file() and ".bake" not in p.parts}
    assert portal.rebuild()["changed"] == 0
    assert {p: p.stat().st_mtime_ns for p in stamps} == stamps


def test_the_number_of_queries_does_not_grow_with_the_pages(city, django_assert_num_queries):
    city.took_over(120)
    portal.rebuild()

    def queries(count: int) -> int:
        ids = [d.id for d in disclosure.find("document").page(1, count).rows]
        press = Press()
        _ = press.source.organs, press.site
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert len(list(press.documents(ids))) == count
        return len(seen)

    assert queries(10) == queries(100) <= 6
    press = Press()
    folder = "col/notice"
    assert press.source.listings[folder]
    with CaptureQueriesContext(connection) as seen:
        assert len(list(press.leaves(folder))) == 6
    assert len(seen) <= 3


def test_a_full_bake_that_was_interrupted_goes_on_behind_the_last_finished_unit(city, site_home, monkeypatch):
    city.took_over(30)
    real, done = run.bake_unit, []

    def dies(bench, unit):
        if len(done) == 5:
            raise KeyboardInterrupt
        done.append(unit.name)
        return real(bench, unit)

    monkeypatch.setattr(run, "bake_unit", dies)
    with pytest.raises(KeyboardInterrupt):
        portal.rebuild()
    late = city.publish(kind="notice", title="中断以后才公开的通知")
    again = []
    monkeypatch.setattr(run, "bake_unit", lambda bench, unit: again.append(unit.name) or real(bench, unit))
    portal.rebuild()
    assert again
    assert not set(done) & set(again)
    assert portal.verify() == []
    assert "中断以后才公开的通知" in (site_home / "index.html").read_text()
    assert (site_home / f"doc/{late.id // 1000}/{late.id}.html").exists()


def test_an_interrupted_bake_starts_over_when_an_organ_was_renamed_meanwhile(city, site_home, monkeypatch):
    real, done = run.bake_unit, []

    def dies(bench, unit):
        if len(done) == 5:
            raise KeyboardInterrupt
        done.append(unit.name)
        return real(bench, unit)

    monkeypatch.setattr(run, "bake_unit", dies)
    with pytest.raises(KeyboardInterrupt):
        portal.rebuild()
    monkeypatch.undo()
    ledger.take(city.government, "change", by=None, at=city.when, phone="0000-1234567")
    portal.rebuild()
    assert "0000-1234567" in (site_home / "guide/index.html").read_text()


@pytest.mark.parametrize(
    "name",
    [
        "doc/{folder}/{id}.html",
        "doc/{folder}/{id}.json.gz",
        "col/notice/index.html.gz",
        "manifest/root.sha256",
        "manifest/doc/{folder}.sha256",
        "static/portal.css",
    ],
)
def test_a_tampered_byte_is_found_and_healed(city, site_home, name):
    row = city.publish(kind="notice", title="停水通知")
    portal.rebuild()
    clean = _files(site_home)
    path = name.format(id=row.id, folder=row.id // 1000)
    content = bytearray(clean[path])
    content[10] ^= 1
    (site_home / path).write_bytes(content)
    assert path in {f.path for f in portal.verify()}
    assert portal.verify(heal=True) == []
    assert _files(site_home) == clean


def test_a_page_slipped_in_beside_the_others_is_found_and_removed(city, site_home):
    portal.rebuild()
    (site_home / "col/notice/hidden.html").write_text("<a>暗链</a>")
    (site_home / "bet/2026").mkdir(parents=True)
    (site_home / "bet/2026/app.html").write_text("<a>暗链</a>")
    assert [f.kind for f in portal.verify()] == ["unlisted", "unlisted"]
    assert portal.verify(heal=True) == []
    assert not (site_home / "col/notice/hidden.html").exists()
    assert (site_home / "col/notice").is_dir()
    assert not (site_home / "bet").exists(), "the folders go with it"


def test_every_page_carries_the_labels_of_the_website_guideline(city, site_home):
    row = city.publish(kind="notice", title="停水通知")
    portal.rebuild()
    site = {"SiteName", "SiteDomain", "SiteIDCode"}
    column = {"ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType"}
    content = {"ArticleTitle", "PubDate", "ContentSource"}

    def labels(path: str) -> set[str]:
        return set(re.findall(r'<meta name="(\w+)" content="[^"]+">', (site_home / path).read_text()))

    assert site <= labels("index.html")
    assert site | column <= labels("col/notice/index.html")
    assert site | column | content <= labels(f"doc/{row.id // 1000}/{row.id}.html")
    assert (
        '<meta name="PubDate" content="2026-11-23 09:00">'
        in (site_home / f"doc/{row.id // 1000}/{row.id}.html").read_text()
    )


def test_a_demo_asks_not_to_be_indexed_and_says_that_it_is_one(city, site_home):
    portal.rebuild()
    for path, content in _files(site_home).items():
        if path.endswith(".html"):
            assert b'content="noindex"' in content, path
            assert "演示系统".encode() in content, path


def test_no_file_name_reaches_the_site_as_a_name_or_as_markup(city, site_home):
    names = [
        '"><img src=x>.html', "../../x.html", "..\\..\\x.php", "a.pdf.exe", "a.html", "a.svg", "名\x00\n单.js",
        "单\u202efdp.exe", "长" * 300 + ".pdf", "CON", "NUL.txt", "..", "x.pdf\u200f", "index.html.gz",
    ]  # fmt: skip
    file = ledger.store(b"<script>alert(1)</script>", "application/pdf")
    row = city.publish(
        kind="notice", title="<script>alert(1)</script>", files=[(name, file) for name in names]
    )
    portal.rebuild()
    tree = _files(site_home)
    pages = {p: c.decode() for p, c in tree.items() if p.endswith(".html")}
    assert not [p for p, text in pages.items() if "<script>alert" in text or "<img src=x>" in text]
    own = f"doc/{row.id // 1000}/{row.id}"
    endings = {9: "pdf", 11: "txt", 13: "pdf"}
    placed = {f"{own}-{n}.{endings.get(n, 'bin')}" for n in range(1, 15)}
    assert {p for p in tree if p.startswith(own)} == placed | {
        f"{own}.html",
        f"{own}.html.gz",
        f"{own}.json.gz",
    }
    assert [p for p in tree if not re.fullmatch(r"[\w./-]+", p, re.ASCII) or ".." in p] == []
    shown = [a.name for a in disclosure.editions(row.id)[-1].attachments]
    assert shown[:4] == [names[0], "x.html", "x.php", "a.pdf.exe"]
    assert shown[6:9] == ["名 单.js", "单fdp.exe", "长" * 180 + ".pdf"]
    assert shown[11:13] == ["附件", "x.pdf"]


def test_a_policy_and_its_interpretation_name_each_other(city, site_home):
    policy = city.publish(kind="normative", title="停车管理办法")
    reading = city.publish(
        kind="interpretation", title="停车办法问答", interprets=policy.id, data={"form": "text"}
    )
    portal.rebuild()
    assert (
        f"/doc/{reading.id // 1000}/{reading.id}.html"
        in (site_home / f"doc/{policy.id // 1000}/{policy.id}.html").read_text()
    )
    assert (
        f"/doc/{policy.id // 1000}/{policy.id}.html"
        in (site_home / f"doc/{reading.id // 1000}/{reading.id}.html").read_text()
    )
    assert "停车办法问答" in (site_home / "policy/index.html").read_text()


def test_a_missing_figure_of_a_report_says_so_and_a_nought_is_a_nought(city, site_home):
    data = {"year": "2025", "sections": [{"number": "一", "title": "总体情况", "html": "<p onclick=x>正文</p><script>y</script>",
            "tables": [{"caption": "答复", "columns": ["类型", "件"], "rows": [
                {"head": "予以公开", "cells": [{"value": 0, "source": "counted", "rule": "按答复日"}]},
                {"head": "其他", "cells": [None]}]}]}],
            "relations": [{"code": "R1", "text": "合计", "figures": "0+未列明", "state": "untestable"}]}  # fmt: skip
    row = city.publish(kind="annual_report", title="2025年度报告", data=data)
    portal.rebuild()
    page = (site_home / f"doc/{row.id // 1000}/{row.id}.html").read_text()
    assert "未列明</td>" in page
    assert "<summary>0</summary>" in page
    assert "缺数，不能检验" in page
    assert "onclick" not in page
    assert "<script>y" not in page


def test_each_delivery_is_noted_once_however_often_it_is_repeated(city):
    city.publish(kind="notice", title="停水通知")
    portal.rebuild()
    for _again in range(2):
        portal.deliver(log_ids())
    assert portal.find("release", channel="site").group("state") == {"done": 1}


def test_an_unknown_stage_is_refused_by_name(city):
    with pytest.raises(ValueError, match="no such stage: everything"):
        portal.rebuild(only={"everything"})


def test_a_preview_shows_the_page_and_writes_nothing(city, site_home):
    row = city.publish(kind="notice", title="停水通知")
    (current,) = disclosure.current([row.id])
    assert "停水通知" in portal.preview(current, {})
    assert not site_home.exists()


def test_a_site_that_is_gone_as_a_whole_is_named_and_baked_again(city, site_home):
    given.published(city.people, city.government, city.when)
    portal.rebuild()
    before = portal.manifest()
    shutil.rmtree(site_home)
    assert [(f.path, f.kind) for f in portal.verify()] == [("manifest/root.sha256", "missing")]
    assert portal.verify(heal=True) == []
    assert portal.manifest() == before


def test_a_picture_of_the_text_stands_in_the_text_and_not_among_the_files(city, site_home):
    files = [("picture-1.png", ledger.store(PNG, "image/png")), ("表.csv", ledger.store(b"a,b", "text/csv"))]
    body = '<p>如图：<img src="attach:picture-1.png" alt="图1"><img src="attach:gone.png" alt="没了"></p>'
    row = city.publish(kind="notice", title="路线通知", body=body, files=files)
    portal.rebuild()
    page = (site_home / f"doc/{row.id // 1000}/{row.id}.html").read_text()
    assert f'<img src="/doc/{row.id // 1000}/{row.id}-1.png" alt="图1">' in page
    assert (site_home / f"doc/{row.id // 1000}/{row.id}-1.png").read_bytes() == PNG
    assert "没了" not in page
    assert "attach:" not in page
    assert 'download="表.csv"' in page
    assert 'download="picture-1.png"' not in page


def _in_the_middle(monkeypatch, happens):
    """Let something happen once, after the next pages of documents were rendered and before they are written."""
    real, waiting = Press.documents, [happens]

    def rendered(self, ids):
        yield from real(self, ids)
        if waiting:
            waiting.pop()()

    monkeypatch.setattr(Press, "documents", rendered)


@pytest.mark.parametrize("how", ["the recent stage", "healing", "everything"])
def test_a_document_withdrawn_while_its_folder_is_baked_does_not_come_back(city, site_home, monkeypatch, how):
    row = city.publish(kind="notice", title="错发的公示")
    portal.rebuild()
    page = site_home / f"doc/{row.id // 1000}/{row.id}.html"

    def withdrawn():
        city.withdraw(row.id)
        portal.deliver(log_ids()[-1:])
        assert not page.exists()

    _in_the_middle(monkeypatch, withdrawn)
    bake = {"the recent stage": lambda: portal.rebuild(only={"recent"}), "everything": portal.rebuild}
    if how == "healing":
        page.write_text("被改过")
        portal.verify(heal=True)
    else:
        bake[how]()
    assert not page.exists()
    assert page.with_name(f"{row.id}.gone.html").exists()
    assert portal.verify() == []


def test_an_organ_s_front_page_baked_after_a_delivery_shows_it_on_its_shelves(city, site_home, monkeypatch):
    portal.rebuild()
    other = given.organ("测试市教育局", city.government)
    real, seen = run.bake_unit, []

    def meanwhile(bench, unit):
        done = real(bench, unit)
        if unit.key.startswith("org/") and not seen:
            seen.append(unit.key)
            given.published(given.team(other), other, city.when, kind="guide", title="教育局公开指南")
            portal.deliver(log_ids()[-1:])
        return done

    monkeypatch.setattr(run, "bake_unit", meanwhile)
    portal.rebuild(only={"lists"})
    front = (site_home / f"org/{other.code}/index.html").read_text()
    assert front.count("教育局公开指南") >= 2, "in the list and on the shelf of guides"


@pytest.mark.parametrize("how", ["the recent stage", "healing"])
def test_what_is_published_while_a_part_is_baked_or_healed_is_on_the_site_at_its_end(
    city, site_home, monkeypatch, how
):
    row = city.publish(kind="notice", title="停水通知")
    portal.rebuild()
    _in_the_middle(monkeypatch, lambda: city.publish(kind="notice", title="烘焙中途公开的通知"))
    if how == "healing":
        (site_home / f"doc/{row.id // 1000}/{row.id}.html").write_text("被改过")
        portal.verify(heal=True)
    else:
        portal.rebuild(only={"recent"})
    assert "烘焙中途公开的通知" in (site_home / "index.html").read_text()
    assert portal.verify() == []


@pytest.mark.parametrize("left", ["the work folder", "everything but the root", "a root that is not ours"])
def test_a_site_without_its_root_is_never_signed_as_sound_but_baked_again(city, site_home, left):
    city.publish(kind="notice", title="停水通知")
    portal.rebuild()
    clean = _files(site_home)
    if left == "everything but the root":
        (site_home / "manifest/root.sha256").unlink()
    else:
        _lose(site_home)
    if left == "a root that is not ours":
        (site_home / "manifest").mkdir()
        (site_home / "manifest/root.sha256").write_text("# ed25519 00 00\n")
    assert portal.verify() != []
    assert portal.verify(heal=True) == []
    assert _files(site_home) == clean


def _lose(root):
    """Everything but the work folder."""
    for entry in root.iterdir():
        if entry.name != ".bake":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def test_a_bake_of_a_part_leaves_nothing_for_a_full_bake_to_skip(city, site_home):
    city.publish(kind="notice", title="停水通知")
    portal.rebuild()
    clean = _files(site_home)
    portal.rebuild(only={"fixed"}, organs={city.government.pk})
    _lose(site_home)
    portal.rebuild()
    assert _files(site_home) == clean


def test_an_interrupted_bake_whose_tree_was_lost_makes_again_what_its_journal_calls_done(
    city, site_home, monkeypatch
):
    city.publish(kind="notice", title="停水通知")
    portal.rebuild()
    clean, real, done = _files(site_home), run.bake_unit, []

    def dies(bench, unit):
        if len(done) == 5:
            raise KeyboardInterrupt
        done.append(unit.name)
        return real(bench, unit)

    monkeypatch.setattr(run, "bake_unit", dies)
    with pytest.raises(KeyboardInterrupt):
        portal.rebuild()
    monkeypatch.undo()
    _lose(site_home)
    portal.rebuild()
    assert _files(site_home) == clean


def test_a_part_baked_while_a_full_bake_runs_does_not_touch_its_journal(city, site_home, monkeypatch):
    city.publish(kind="notice", title="停水通知")
    real, done = run.bake_unit, []

    def dies(bench, unit):
        if len(done) == 5:
            raise KeyboardInterrupt
        done.append(unit.name)
        return real(bench, unit)

    monkeypatch.setattr(run, "bake_unit", dies)
    with pytest.raises(KeyboardInterrupt):
        portal.rebuild()
    monkeypatch.undo()
    kept = (site_home / ".bake/rebuild.journal").read_text()
    ledger.take(city.government, "change", by=None, at=city.when, phone="0000-7654321")
    portal.rebuild(only={"fixed"}, organs={city.government.pk})
    assert (site_home / ".bake/rebuild.journal").read_text() == kept


def test_a_tree_begun_anew_by_a_delivery_is_not_called_whole(city, site_home):
    city.publish(kind="notice", title="停水通知")
    portal.rebuild()
    clean = _files(site_home)
    _lose(site_home)
    portal.deliver(log_ids())
    assert "manifest/col/policy.sha256" in {f.path for f in portal.verify()}
    assert portal.verify(heal=True) == []
    assert _files(site_home) == clean


def test_two_organs_with_codes_from_before_each_have_their_page_and_are_served(city, site_home):
    kept = {
        given.organ(name, city.government).pk: code
        for name, code in (("测试市建设局", "建设局"), ("测试市财政局", "财政局"))
    }
    for pk, code in kept.items():
        Agency.objects.filter(pk=pk).update(code=code)  # let in before codes were looked at
    portal.rebuild()
    answers: list[str] = []
    site = portal.Site(lambda environ, start: [b""])
    for code, name in (("建设局", "测试市建设局"), ("财政局", "测试市财政局")):
        page = site_home / links.org_url(code).strip("/") / "index.html"
        assert name in page.read_text().split("</title>")[0]
        site({"PATH_INFO": links.org_url(code)}, lambda status, headers: answers.append(status))
    assert answers == ["200 OK", "200 OK"]
    assert portal.verify() == []


def test_a_long_list_baked_in_parts_is_the_same_tree_and_sheds_what_lies_beyond_its_end(
    city, site_home, monkeypatch
):
    city.took_over(170, kind="notice")
    portal.rebuild()
    clean = _files(site_home)
    assert "col/notice/7.html" in clean
    shutil.rmtree(site_home)
    monkeypatch.setattr(units, "_PART", 2)
    portal.rebuild()
    assert _files(site_home) == clean, "the same, whatever the parts"
    # A page of a time when the list was longer, and a forged list.
    site = units.tree()
    site.commit(Change(writes={"col/notice/99.html": b"old"}))
    portal.rebuild(only={"lists"})
    assert _files(site_home) == clean
    (site_home / "manifest/col/notice.sha256").write_bytes(b"forged")
    assert portal.verify() != []
    assert portal.verify(heal=True) == []
    assert _files(site_home) == clean


def test_many_publications_make_the_same_tree_one_by_one_and_with_whole_lists(city, site_home, monkeypatch):
    portal.rebuild()
    city.took_over(130, kind="notice")
    monkeypatch.setattr(run, "_EACH", 0)
    portal.deliver(log_ids())
    singly = _files(site_home)
    portal.rebuild()
    assert _files(site_home) == singly
