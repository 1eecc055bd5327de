"""Feeds and the catalogue in bulk: baked and signed with the pages, and rid of what was withdrawn."""

from __future__ import annotations

import csv
import gzip
import io
import json
from xml.etree import ElementTree

import pytest

from mingtang.portal import api as portal
from mingtang.portal import links
from mingtang.portal.bake import bulk
from tests.portal.conftest import log_ids

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
GONE = "{http://purl.org/atompub/tombstones/1.0}"


def _atom(site_home, path: str):
    return ElementTree.fromstring((site_home / path).read_bytes())


def _json(site_home, path: str) -> dict:
    return json.loads(gzip.decompress((site_home / path).read_bytes()))


def _titles(feed) -> list[str]:
    return [e.findtext(f"{ATOM}title") for e in feed.findall(f"{ATOM}entry")]


def _lines(site_home, url: str = "/data/documents.jsonl.gz") -> list[dict]:
    text = gzip.decompress((site_home / url.lstrip("/")).read_bytes()).decode()
    return [json.loads(line) for line in text.splitlines()]


def _deliver_new(before: list[int]) -> None:
    portal.deliver([p for p in log_ids() if p not in before])


def test_what_is_published_stands_in_the_feed_of_the_site_and_of_its_column_only(city, site_home):
    portal.rebuild()
    city.publish(kind="notice", title="停水通知", summary="明日停水")
    portal.deliver(log_ids())
    for path in ("feed.atom", "col/notice/feed.atom"):
        feed = _atom(site_home, path)
        assert _titles(feed) == ["停水通知"], path
        (entry,) = feed.findall(f"{ATOM}entry")
        assert entry.findtext(f"{ATOM}summary") == "明日停水"
        assert entry.findtext(f"{ATOM}updated") == "2026-11-23T09:00:00+08:00"
        assert {c.tag for c in entry} >= {f"{ATOM}{n}" for n in ("id", "title", "updated", "link", "author")}
    assert _titles(_atom(site_home, "col/policy/feed.atom")) == []
    for path in ("feed.json.gz", "col/notice/feed.json.gz"):
        told = _json(site_home, path)
        assert told["version"] == "https://jsonfeed.org/version/1.1"
        assert [i["title"] for i in told["items"]] == ["停水通知"]
    assert portal.verify() == []


def test_every_column_has_both_feeds(city, site_home):
    portal.rebuild()
    for page in site_home.glob("col/*/index.html"):
        assert (page.parent / "feed.atom").exists(), page
        assert (page.parent / "feed.json.gz").exists(), page
        assert f'href="/col/{page.parent.name}/feed.atom"' in page.read_text()


def test_a_feed_says_that_an_entry_was_withdrawn_and_shows_nothing_of_it(city, site_home):
    row = city.publish(kind="notice", title="写错了的通知", summary="不该公开的摘要")
    portal.rebuild()
    before = log_ids()
    city.withdraw(row.id)
    _deliver_new(before)
    for path in ("feed.atom", "col/notice/feed.atom", "feed.json.gz", "col/notice/feed.json.gz"):
        raw = (site_home / path).read_bytes()
        text = (gzip.decompress(raw) if path.endswith(".gz") else raw).decode()
        assert "写错了的通知" not in text
        assert "不该公开的摘要" not in text
        assert "含有个人信息" in text, "the notice says why"
    (tomb,) = _atom(site_home, "feed.atom").findall(f"{GONE}deleted-entry")
    assert tomb.get("ref").endswith(f":doc/{row.id}")


def test_a_feed_is_valid_xml_whatever_a_title_holds(city, site_home):
    city.publish(kind="notice", title="通知<&>\x0b\"'")
    portal.rebuild()
    assert _titles(_atom(site_home, "feed.atom")) == ["通知<&>\"'"]


def test_a_title_that_changed_changes_in_the_feed_and_moves_its_day(city, site_home):
    row = city.took_over(1)[0]
    portal.rebuild()
    assert _titles(_atom(site_home, "feed.atom")) == ["通知0000"]
    item = _json(site_home, "feed.json.gz")["items"][0]
    assert item["date_published"] == item["date_modified"] == "2026-01-01T08:00:00+08:00"
    assert item["id"].endswith(f":doc/{row}")


def test_the_catalogue_in_bulk_holds_every_live_document_in_both_formats(city, site_home):
    city.took_over(3)
    city.took_over(1, title="只登报纸的通知", on_site=False)
    portal.rebuild()
    lines = _lines(site_home)
    assert [r["title"] for r in lines] == ["通知0000", "通知0001", "通知0002"]
    assert lines[0]["url"].startswith("/doc/")
    assert lines[0]["agency"] == "测试市人民政府"
    text = gzip.decompress((site_home / "data/documents.csv.gz").read_bytes()).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [r["标题"] for r in rows] == ["通知0000", "通知0001", "通知0002"]
    about = _json(site_home, "data/index.json.gz")
    assert about["documents"] == 3
    assert {f["url"] for f in about["files"]} == {"/data/documents.jsonl.gz", "/data/documents.csv.gz"}


def test_a_publication_and_a_withdrawal_reach_the_bulk_files_at_once(city, site_home):
    portal.rebuild()
    assert _lines(site_home) == []
    row = city.publish(kind="notice", title="停水通知")
    portal.deliver(log_ids())
    assert [r["id"] for r in _lines(site_home)] == [row.id]
    before = log_ids()
    city.withdraw(row.id)
    _deliver_new(before)
    assert _lines(site_home) == []
    assert portal.verify() == []


def test_a_large_catalogue_is_split_into_volumes_and_a_publication_makes_only_its_own_anew(
    city, site_home, monkeypatch
):
    monkeypatch.setattr(links, "PER_FOLDER", 2)
    monkeypatch.setattr(bulk, "_VOLUME", 1)
    rows = [city.publish(kind="notice", title=f"第{n}号通知") for n in range(6)]
    portal.rebuild()
    about = _json(site_home, "data/index.json.gz")
    volumes = [f["url"] for f in about["files"] if f["url"].endswith(".jsonl.gz")]
    assert len(volumes) > 2
    lines = [_lines(site_home, url) for url in volumes]
    assert {row["id"] for part in lines for row in part} >= {r.id for r in rows}
    known = {f["url"]: f["sha256"] for f in about["files"]}
    late = city.publish(kind="notice", title="最后一号通知")
    portal.deliver(log_ids()[-1:])
    assert late.id in {row["id"] for row in _lines(site_home, bulk.place_of(late.id))}
    now = {f["url"]: f["sha256"] for f in _json(site_home, "data/index.json.gz")["files"]}
    assert {url for url in known if now[url] != known[url]} <= {
        bulk.place_of(late.id),
        bulk.place_of(late.id, "csv"),
    }
    assert portal.verify() == []


def test_a_cell_of_the_bulk_file_is_never_a_formula(city, site_home):
    city.publish(kind="notice", title='=HYPERLINK("x")')
    portal.rebuild()
    text = gzip.decompress((site_home / "data/documents.csv.gz").read_bytes()).decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(text)))["标题"] == '\'=HYPERLINK("x")'


def test_a_bulk_file_that_was_changed_is_named_and_mended(city, site_home):
    city.publish(kind="notice", title="停水通知")
    portal.rebuild()
    (site_home / "data/documents.jsonl.gz").write_bytes(b"")
    assert [f.path for f in portal.verify()] == ["data/documents.jsonl.gz"]
    assert portal.verify(heal=True) == []
    assert [r["title"] for r in _lines(site_home)] == ["停水通知"]


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/feed.atom", "application/atom+xml; charset=utf-8"),
        ("/feed.json", "application/feed+json; charset=utf-8"),
        ("/col/notice/feed.atom", "application/atom+xml; charset=utf-8"),
        ("/data/documents.csv.gz", "application/gzip"),
        ("/data/index.json", "application/json; charset=utf-8"),
    ],
)
def test_feeds_and_data_are_served_as_what_they_are(city, site_home, path, media):
    portal.rebuild()
    told: dict = {}

    def start(status, headers):
        told.update(status=status, headers=dict(headers))

    list(portal.Site(lambda environ, start: [])({"PATH_INFO": path, "REQUEST_METHOD": "GET"}, start))
    assert told["status"] == "200 OK"
    assert told["headers"]["Content-Type"] == media
