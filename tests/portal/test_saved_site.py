"""The saved pages of a former site come in whole, once, and who asks for an old address is led to the new one."""

from __future__ import annotations

import gzip
import json
import stat
import zipfile
from pathlib import Path

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.portal import api as portal
from tests import given
from tests.portal.conftest import City, log_ids

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
TEXT = "为保障居民冬季取暖，现将供热期有关事项通知如下，请各供热单位遵照执行并及时公布联系电话。" * 3
# An old template: tables, tags of the national rule, GB 2312 declared, the text where the editor put it.
TAGGED = f"""<html><head><meta charset="gb2312"><title>供热通知_某区政府网</title>
<meta name="SiteDomain" content="www.old.gov.cn"><meta name="ColumnName" content="通知公告">
<meta name="ArticleTitle" content="关于做好供热工作的通知"><meta name="PubDate" content="2016-11-02 09:30">
<meta name="ContentSource" content="测试市住房局"></head><body><table><tr><td><a href="/">首页</a></td></tr>
<tr><td><div class="TRS_Editor"><p>某房发〔2016〕12号</p><p>{TEXT}</p><p><img src="images/map.png" onerror="alert(1)">
<script>alert(1)</script><a href="P020161102.doc">供热单位名单</a>、<a href="http://www.old.gov.cn/zc/b.html">实施办法</a>、
<a href="../gone.html">旧闻</a></p></div></td></tr></table></body></html>""".encode("gb18030")
PLAIN = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>供热实施办法 - 某区政府网</title></head><body>
<nav><a href="/a.html">首页</a></nav><h1>供热实施办法</h1><p>来源：区政府办 发布时间：2015-03-04 浏览次数：12</p>
<div id="main"><p>{TEXT}</p><p>{TEXT}</p></div><footer>主办单位</footer></body></html>""".encode()
LIST = "<html><head><title>通知公告</title></head><body><ul>{}</ul></body></html>".format(
    "".join(f'<li><a href="{n}.html">关于第{n}件事情的通知公告</a></li>' for n in range(30))
).encode()
HIJACKED = TAGGED.decode("gb18030").replace(
    "</body>",
    '<div style="position:absolute;left:-9999px"><a href="http://lucky.example/">彩票</a></div></body>',
)
UNDATED = (
    f"<html><head><title>没有日期</title></head><body><h1>没有日期</h1><p>{TEXT}</p></body></html>".encode()
)
FILES = {
    "tz/a.html": TAGGED, "tz/images/map.png": PNG, "tz/P020161102.doc": b"\xd0\xcf\x11\xe0doc", "zc/b.html": PLAIN, "index.html": LIST,
    "tz/hacked.html": HIJACKED.encode("gb18030"), "tz/undated.html": UNDATED,
}  # fmt: skip
MAP = {"通知公告": "notice"}


@pytest.fixture
def saved(tmp_path) -> Path:
    root = tmp_path / "old"
    for name, content in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def read(path: Path) -> disclosure.SavedSite:
    site = disclosure.SavedSite.of_path(path, MAP)
    assert isinstance(site, disclosure.SavedSite), site
    return site


def take(site: disclosure.SavedSite, city: City, **more) -> disclosure.Imported:
    done = site.take("旧门户", city.keeper, city.when, kind="notice", agency=city.government, **more)
    assert isinstance(done, disclosure.Imported), done
    return done


def noted(site: disclosure.SavedSite) -> list[str]:
    paths = site.moved("旧门户")
    rows = disclosure.find("document", origin_type="import").values("origin_id", "pk")
    return portal.Redirects.note((paths[origin], pk) for origin, pk in rows)


@pytest.mark.parametrize("packed", [False, True])
def test_pages_become_documents_with_their_own_dates_files_and_links(city: City, saved, tmp_path, packed):
    organ = given.organ("测试市住房局", city.government)
    if packed:
        with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
            for name, content in FILES.items():
                archive.writestr(f"旧站/{name}", content)
        saved = tmp_path / "old.zip"
    site = read(saved)
    dry = take(site, city, dry=True)
    assert (dry.taken, disclosure.find("document").count()) == (2, 0)
    done = take(site, city)
    assert (done.taken, done.known) == (2, 0)
    first, second = disclosure.find("document").order("pk")
    assert (first.title, first.agency_id, first.kind) == ("关于做好供热工作的通知", organ.pk, "notice")
    assert first.published_at == given.at(2016, 11, 2, 9, 30)
    (edition,) = disclosure.editions(first.id)
    assert (edition.doc_no, edition.source) == ("某房发〔2016〕12号", "测试市住房局")
    assert [a.name for a in edition.attachments] == ["map.png", "供热单位名单.doc"]
    assert 'src="attach:map.png"' in edition.body
    assert 'href="/zc/b.html"' in edition.body
    assert "旧闻" in edition.body
    assert not any(word in edition.body for word in ("script", "onerror", "gone.html", "首页"))
    assert (second.title, second.published_at) == ("供热实施办法", given.at(2015, 3, 4))
    assert "浏览次数" not in disclosure.editions(second.id)[0].body
    assert disclosure.find("publication", document_id=second.id).one().stated_by == "旧门户"
    again = take(read(saved), city)
    assert (again.taken, again.known) == (0, 2)


def test_what_was_not_recognised_or_was_tampered_with_is_in_the_error_sheet(city: City, saved):
    site = read(saved)
    done = take(site, city)
    told = {site.rows[m.row - 2][0]: m.why for m in done.misfits}
    assert set(told) == {"index.html", "tz/hacked.html", "tz/undated.html"}
    assert "栏目页" in told["index.html"]
    assert "篡改" in told["tz/hacked.html"]
    assert told["tz/undated.html"] == "没有写公开日期"
    sheet = site.misfits_as_csv(done.misfits)
    assert "tz/hacked.html" in sheet
    assert "请从备份里找" in sheet


def test_an_old_address_leads_to_the_page_and_links_between_pages_lead_straight_there(
    city: City, saved, site_home
):
    site = read(saved)
    take(site, city)
    assert noted(site) == []
    portal.deliver(log_ids())
    first, second = disclosure.find("document").order("pk").ids()
    page = gzip.decompress((site_home / f"doc/{first // 1000}/{first}.html.gz").read_bytes()).decode()
    assert f'href="/doc/{second // 1000}/{second}.html"' in page
    answers: list[tuple[str, dict[str, str]]] = []

    def start(status, headers):
        answers.append((status, dict(headers)))

    front = portal.Site(lambda environ, start: [b"django"], root=site_home)
    for path in ("/zc/b.html", "/zc/none.html"):
        list(front({"REQUEST_METHOD": "GET", "PATH_INFO": path}, start))
    assert answers[0][0].startswith("301")
    assert answers[0][1]["Location"] == f"/doc/{second // 1000}/{second}.html"
    assert answers[1][0].startswith("404")
    assert f'"/zc/b.html" /doc/{second // 1000}/{second}.html;' in portal.Redirects.as_nginx()
    assert portal.Redirects.note([("doc/1/1.html", first), ("zc/b.html", first)]) == [
        "doc/1/1.html",
        "zc/b.html",
    ]


@pytest.mark.parametrize(
    ("member", "content", "why"),
    [
        ("../../x.html", b"x", "越出目录"),
        ("C:\\x.html", b"x", "越出目录"),
        ("bomb.html", b"0" * 30_000_000, "压缩炸弹"),
        ("a.txt", b"x", "没有网页"),
    ],
)
def test_tricks_in_an_archive_are_refused_and_nothing_is_read(db, tmp_path, member, content, why):
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, content)
    refused = disclosure.SavedSite.of_path(tmp_path / "x.zip")
    assert isinstance(refused, disclosure.Unreadable)
    assert why in refused.why
    assert refused.instead


def test_links_out_of_the_folder_and_broken_archives_are_refused(db, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a.html").symlink_to("/etc/passwd")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 broken")
    link = zipfile.ZipInfo("a.html")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    for name, why in (("site", "符号链接"), ("broken.zip", "损坏"), ("link.zip", "符号链接")):
        refused = disclosure.SavedSite.of_path(tmp_path / name)
        assert isinstance(refused, disclosure.Unreadable)
        assert why in refused.why


def test_names_that_play_tricks_are_only_names(city: City, tmp_path):
    root = tmp_path / "old"
    root.mkdir()
    page = TAGGED.decode("gb18030").replace("供热单位名单", "../../x\u202egnp.exe")
    (root / "a.html").write_text(page.replace("images/map.png", "x.svg"), encoding="utf-8")
    (root / "x.svg").write_text("<svg onload='alert(1)'/>")
    (root / "P020161102.doc").write_bytes(b"\xd0\xcf\x11\xe0doc")
    assert take(read(root), city).taken == 1
    (document,) = disclosure.find("document").ids()
    (edition,) = disclosure.editions(document)
    assert [a.name for a in edition.attachments] == ["....xgnp.exe.doc"]
    assert "svg" not in edition.body


def test_the_command_takes_a_site_over_says_what_it_saw_and_tells_nginx(city: City, saved, tmp_path):
    from click.testing import CliRunner

    from mingtang.config.commands.importing import group
    from mingtang.config.commands.site import site

    seen, wrong = tmp_path / "seen.csv", tmp_path / "wrong.csv"
    asked = [
        "site", str(saved), "--source", "旧门户", "--by", city.keeper.username, "--agency", city.government.code,
        "--kind", "news", "--map", "通知公告=notice", "--table", str(seen), "--errors", str(wrong), "--json",
    ]  # fmt: skip
    answer = CliRunner().invoke(group, asked)
    assert answer.exit_code == 1, answer.output
    assert json.loads(answer.stdout)["taken"] == 2
    assert {d.kind for d in disclosure.find("document")} == {"notice", "news"}
    assert "tz/a.html,关于做好供热工作的通知,某房发〔2016〕12号" in seen.read_text("utf-8")
    assert "tz/undated.html" in wrong.read_text("utf-8")
    assert CliRunner().invoke(site, ["redirects", "--nginx"]).stdout.count("\n") == 2
    # A table needs no word of its own.
    table = tmp_path / "t.csv"
    table.write_text("标题,公开日期\n停水,2017-01-01\n", encoding="utf-8")
    plain = [str(table), "--source", "旧门户", "--by", city.keeper.username, "--agency", city.government.code]
    assert CliRunner().invoke(group, [*plain, "--kind", "notice"]).exit_code == 0
    assert disclosure.find("document").count() == 3


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"MZ\x90\x00program", "程序"),
        (b"#!/bin/sh", "程序"),
        (b"<html><script>alert(1)</script></html>", "不符"),
        (PNG, "不符"),
    ],
)
def test_a_file_beside_a_saved_page_that_is_not_what_its_name_says_keeps_the_page_out(
    city: City, saved, content, why
):
    (saved / "tz/P020161102.doc").write_bytes(content)
    site = read(saved)
    done = take(site, city)
    told = {site.rows[m.row - 2][0]: m.why for m in done.misfits}
    assert why in told["tz/a.html"]
    assert "供热单位名单.doc" in told["tz/a.html"]
    assert not disclosure.find("document", title="关于做好供热工作的通知").exists()
