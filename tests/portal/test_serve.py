"""The embedded server: baked pages as they lie on disk, nothing outside the tree, everything else to the counter."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from mingtang.portal.serve import Site

PAGE = "<!doctype html><title>页</title>".encode() + b"x" * 900


class Answer:
    """One answer of a WSGI application."""

    def __init__(self, status: str, headers: list[tuple[str, str]], body: bytes):
        self.code, self.headers, self.body = int(status.split()[0]), dict(headers), body
        self.names = [name for name, _value in headers]


def ask(site: Any, path: str, method: str = "GET", **headers: str) -> Answer:
    got: list[Any] = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path.encode().decode("latin-1"), "QUERY_STRING": ""}
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    body = b"".join(site(environ, lambda status, found, info=None: got.extend((status, found))))
    return Answer(got[0], got[1], body)


@pytest.fixture
def site(tmp_path) -> Site:
    return lay_out(tmp_path)


def lay_out(home: Path) -> Site:
    """A small baked tree, a secret beside it, and the server in front of a counter that tells what it was asked."""
    root = home / "site"
    files = {
        "index.html": PAGE, "index.html.gz": gzip.compress(PAGE), "404.html.gz": gzip.compress("没有这个页面".encode()),
        "doc/0/7.html.gz": gzip.compress(PAGE), "doc/0/7.json.gz": gzip.compress(b'{"id":7}'),
        "doc/0/8.gone.html.gz": gzip.compress("本件已撤下".encode()), "doc/0/7-1.pdf": b"0123456789",
        "doc/0/7-2.bin": b"<script>", "doc/0/7-3.pdf": b"abcd" * 600_000, "manifest/root.sha256": b"list",
        ".bake/rebuild.journal": b"inside", "col/notice/index.html.gz": gzip.compress(PAGE),
        "feed.json.gz": gzip.compress(b"{}"), "col/notice/feed.json.gz": gzip.compress(b"{}"), "data/index.json.gz": gzip.compress(b"{}"),
        "data/documents.csv.gz": gzip.compress(b"a,b"),
    }  # fmt: skip
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
        if path.endswith(".html.gz"):  # every page lies there both ways
            (root / path).with_suffix("").write_bytes(gzip.decompress(content))
    (home / "secret.html").write_bytes(b"secret")
    (home / "secret.html.gz").write_bytes(gzip.compress(b"secret"))

    def counter(environ, start):
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"counter " + environ["PATH_INFO"].encode()]

    return Site(counter, root)


def test_a_browser_gets_the_ready_made_gzip(site):
    answer = ask(site, "/", accept_encoding="gzip, br")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.body == (site.root / "index.html.gz").read_bytes()
    assert answer.headers["Content-Length"] == str(len(answer.body))


def test_who_cannot_read_gzip_gets_the_same_page_unpacked_with_another_tag(site):
    packed, plain = ask(site, "/col/notice/", accept_encoding="gzip"), ask(site, "/col/notice/")
    assert plain.body == PAGE
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert plain.headers["Vary"] == "Accept-Encoding"


def test_an_unchanged_page_is_not_sent_again(site):
    tag = ask(site, "/doc/0/7.html").headers["ETag"]
    again = ask(site, "/doc/0/7.html", if_none_match=f'"other", W/{tag}')
    assert (again.code, again.body) == (304, b"")
    assert again.headers["ETag"] == tag


@pytest.mark.parametrize(
    "path",
    ["/doc/0/7.html", "/none.html", "/doc/0/8.html", "/doc/0/8.gone.html", "/404.html", "/410.html", "/doc/0/9.html", "/.bake/x.html", "/doc/../secret.html",
     "/%2e%2e/secret.html", "/doc//0/7.html", "/static/x.html", "/.html", "/doc/0/7.HTML"],
)  # fmt: skip
def test_the_short_way_of_a_page_answers_as_the_long_way(site, path):
    short = ask(site, path, accept_encoding="gzip")
    # A tag that fits nothing: the same page is asked for, and everything is looked at.
    long = ask(site, path, accept_encoding="gzip", if_none_match='"another"')
    assert (short.code, short.body, short.headers) == (long.code, long.body, long.headers)
    assert b"secret" not in short.body


def test_a_page_that_was_baked_anew_is_sent_anew(site):
    before = ask(site, "/doc/0/7.html").headers["ETag"]
    (site.root / "new").write_bytes(gzip.compress("更正后".encode()))
    (site.root / "new").replace(site.root / "doc/0/7.html.gz")
    after = ask(site, "/doc/0/7.html", if_none_match=before)
    assert (after.code, after.body.decode()) == (200, "更正后")


def test_the_twin_of_a_page_is_json(site):
    answer = ask(site, "/doc/0/7.json")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.body == b'{"id":7}'


def test_a_withdrawn_document_answers_gone_with_its_notice(site):
    answer = ask(site, "/doc/0/8.html")
    assert answer.code == 410
    assert "本件已撤下" in answer.body.decode()


@pytest.mark.parametrize(
    "path", ["/doc/0/9.html", "/doc/0/8.gone.html", "/404.html", "/doc/0", "/doc/0/7-9.pdf"]
)
def test_what_is_not_there_is_not_found_with_the_portals_page(site, path):
    answer = ask(site, path)
    assert answer.code == 404
    assert "没有这个页面" in answer.body.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.html", "/doc/../../secret.html", "/%2e%2e/secret.html", "/..%2fsecret.html", "/.bake/rebuild.journal",
        "/doc/0/..\\..\\secret.html", "/doc/\x00/7.html", "//../secret.html", "/static/../serve.py", "/static/../../../secret.html",
        "/manifest/../.bake/rebuild.journal", "/" + "a" * 5000 + ".html", "/static/%2e%2e/api.py",
    ],
)  # fmt: skip
def test_path_tricks_reach_nothing_outside_the_tree(site, path):
    answer = ask(site, path)
    assert answer.code == 404
    assert b"secret" not in answer.body
    assert b"inside" not in answer.body


def test_bytes_that_are_not_text_are_not_a_path(site):
    got: list[Any] = []
    body = site({"REQUEST_METHOD": "GET", "PATH_INFO": "/\xff\xfe.html"}, lambda s, h: got.append(s))
    assert got == ["404 Not Found"]
    assert body


def test_a_part_of_an_attachment_is_sent_when_asked_for(site):
    answer = ask(site, "/doc/0/7-1.pdf", range="bytes=2-4")
    assert (answer.code, answer.body, answer.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert ask(site, "/doc/0/7-1.pdf", range="bytes=-3").body == b"789"
    assert ask(site, "/doc/0/7-1.pdf", range="bytes=8-").body == b"89"


def test_a_large_attachment_is_streamed_whole_and_in_part(site):
    whole = ask(site, "/doc/0/7-3.pdf")
    assert (whole.code, len(whole.body)) == (200, 2_400_000)
    part = ask(site, "/doc/0/7-3.pdf", range="bytes=2399996-")
    assert (part.code, part.body, part.headers["Content-Length"]) == (206, b"abcd", "4")


@pytest.mark.parametrize("wish", ["bytes=10-", "bytes=99-100", "bytes=5-2", "bytes=-0"])
@pytest.mark.parametrize("name", ["7-1.pdf"])
def test_a_range_that_cannot_be_met_is_refused_with_the_size(site, wish, name):
    answer = ask(site, f"/doc/0/{name}", range=wish)
    assert (answer.code, answer.body, answer.headers["Content-Range"]) == (416, b"", "bytes */10")


@pytest.mark.parametrize(
    "wish", ["bytes=0-1,3-4", "lines=1-2", "bytes=a-b", "bytes=-", "bytes=" + "9" * 400 + "-"]
)
def test_a_range_that_is_not_understood_gives_the_whole_file(site, wish):
    answer = ask(site, "/doc/0/7-1.pdf", range=wish)
    assert (answer.code, answer.body) == (200, b"0123456789")


def test_a_range_of_another_version_gives_the_whole_file(site):
    answer = ask(site, "/doc/0/7-1.pdf", range="bytes=0-1", if_range='"old"')
    assert (answer.code, answer.body) == (200, b"0123456789")


def test_an_attachment_of_unknown_kind_is_handed_over_and_never_run(site):
    answer = ask(site, "/doc/0/7-2.bin")
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.names.count("Content-Security-Policy") == 1


def test_pages_forbid_scripts_from_elsewhere_and_inline(site):
    policy = ask(site, "/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert ask(site, "/").headers["X-Content-Type-Options"] == "nosniff"


def test_head_sends_the_head_only(site):
    answer = ask(site, "/", method="HEAD", accept_encoding="gzip")
    assert answer.body == b""
    assert int(answer.headers["Content-Length"]) > 0


def test_styles_come_from_the_rooms_and_are_packed_for_who_can_read_it(site):
    answer = ask(site, "/static/portal.css", accept_encoding="gzip")
    assert answer.headers["Content-Type"].startswith("text/css")
    assert b".masthead" in gzip.decompress(answer.body)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/apply"),
        ("GET", "/desk/"),
        ("GET", "/col/none/"),
        ("POST", "/track"),
        ("GET", "/healthz"),
        ("GET", "/search.json"),
        ("GET", "/suggest.json"),
    ],
)
def test_everything_else_goes_to_the_counter(site, method, path):
    assert ask(site, path, method=method).body == b"counter " + path.encode()


def test_a_folder_without_its_slash_leads_to_the_folder_and_nowhere_else(site):
    answer = ask(site, "/col/notice")
    assert (answer.code, answer.headers["Location"]) == (301, "/col/notice/")
    assert ask(site, "/apply").body == b"counter /apply"
