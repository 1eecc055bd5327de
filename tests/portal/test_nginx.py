"""The generated nginx configuration answers as the embedded server does, and opens every baked page without the application."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mingtang.law.api import Refused
from mingtang.portal.nginx import configuration
from mingtang.portal.serve import HEADERS, Site
from tests.portal.test_serve import ask, lay_out

SAME = (
    "Content-Type",
    "Content-Encoding",
    "Content-Disposition",
    "Cache-Control",
    "Vary",
    "Location",
    *dict(HEADERS),
)


class _Counter(BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"counter {self.path} {self.headers.get('X-Forwarded-For')}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("X-Frame-Options", "DENY")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *args):
        pass


@dataclass
class Running:
    port: int
    site: Site

    def ask(self, path: str, method: str = "GET", **headers: str):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in named.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        try:
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def _nginx(home: Path, site: Site, upstream: int) -> Iterator[Running]:
    """nginx with the generated configuration, as a child of this process."""
    if shutil.which("nginx") is None:
        pytest.skip("nginx is absent: apt-get install -y nginx-light")
    (site.root / "503.html").write_text("申请和查询暂时不能用")
    port, moved = (
        _free_port(),
        '"/old/a page$1.html" /doc/0/7.html;\n"/' + "旧" * 300 + '.html" /doc/0/8.html;\n',
    )
    text = configuration(
        site.root, ["localhost"], upstream=f"127.0.0.1:{upstream}", listen=f"127.0.0.1:{port}", moved=moved
    )
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = "".join(
        f"{n}_temp_path {home}/{n};" for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf = home / "nginx.conf"
    conf.write_text(
        f"daemon off; worker_processes 1; pid {home}/pid; error_log {home}/error.log; {user}\n"
        f"events {{}}\nhttp {{ access_log off; {temporary}\n{text}\n}}\n"
    )
    tried = subprocess.run(
        ["nginx", "-t", "-c", conf, "-p", home], capture_output=True, text=True, check=False
    )
    assert tried.returncode == 0, tried.stderr
    process = subprocess.Popen(["nginx", "-c", conf, "-p", home], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield Running(port, site)
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    home = tmp_path_factory.mktemp("nginx")
    counter = ThreadingHTTPServer(("127.0.0.1", 0), _Counter)
    threading.Thread(target=counter.serve_forever, daemon=True).start()
    try:
        with _nginx(home, lay_out(home), counter.server_port) as made:
            yield made
    finally:
        counter.shutdown()
        counter.server_close()


@pytest.mark.parametrize("accepts", ["gzip", ""])
@pytest.mark.parametrize(
    "path",
    ["/", "/col/notice/", "/col/notice", "/doc/0/7.html", "/doc/0/7.json", "/doc/0/8.html", "/doc/0/8.gone.html", "/doc/0/9.html",
     "/doc/0/9.json", "/none.html", "/404.html", "/doc/0/7-1.pdf", "/doc/0/7-2.bin", "/doc/0/9-1.pdf", "/manifest/root.sha256", "/.bake/rebuild.journal",
     "/doc/0/7.html.gz", "/data/documents.csv.gz", "/data/index.json", "/feed.json", "/col/notice/feed.json"],
)  # fmt: skip
def test_nginx_and_the_embedded_server_answer_alike(running, path, accepts):
    ours = ask(running.site, path, accept_encoding=accepts)
    code, headers, body = running.ask(path, Accept_Encoding=accepts)
    assert (code, headers.get("Location")) == (ours.code, ours.headers.get("Location"))
    if code == 301:
        return
    assert {n: headers.get(n) for n in SAME} == {n: ours.headers.get(n) for n in SAME}
    if code in (200, 410):
        assert body == ours.body


def test_what_is_the_counters_goes_to_the_counter_with_the_readers_address(running):
    for method, path in (
        ("GET", "/apply"),
        ("GET", "/search.json?q=a"),
        ("POST", "/doc/0/7.html"),
        ("GET", "/desk/"),
    ):
        code, headers, body = running.ask(path, method)
        assert (code, body.decode()) == (200, f"counter {path} 127.0.0.1")
        assert headers.get_all("X-Frame-Options") == ["DENY"]
        assert headers.get("Content-Security-Policy") is None, "the application says its own"


def test_part_of_an_attachment_an_unchanged_page_and_an_old_address(running):
    code, headers, body = running.ask("/doc/0/7-1.pdf", Range="bytes=2-4")
    assert (code, body, headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    tag = running.ask("/doc/0/7.html", Accept_Encoding="gzip")[1]["ETag"]
    assert running.ask("/doc/0/7.html", Accept_Encoding="gzip", If_None_Match=tag)[0] == 304
    code, headers, _body = running.ask("/old/a%20page$1.html")
    assert (code, headers["Location"]) == (301, "/doc/0/7.html")


@pytest.mark.parametrize("path", ["/../secret.html", "/%2e%2e/secret.html", "/doc/%2e%2e/%2e%2e/secret.html", "/doc/../../secret.html.gz", "//../secret.html"])  # fmt: skip
def test_path_tricks_reach_nothing_outside_the_tree(running, path):
    code, _headers, body = running.ask(path)
    assert b"secret" not in body.replace(b"/secret.html", b"")
    assert code in (200, 400, 404)  # 200: the counter's own answer


def test_without_the_application_every_baked_page_opens_and_the_counter_says_so_kindly(tmp_path):
    with _nginx(tmp_path, lay_out(tmp_path), _free_port()) as alone:
        assert alone.ask("/doc/0/7.html")[0] == 200
        code, _headers, body = alone.ask("/apply")
        assert (code, body.decode()) == (503, "申请和查询暂时不能用")


@pytest.mark.parametrize(
    ("said", "why"),
    [({"hosts": ["a b"]}, "不是域名"), ({"hosts": []}, "不是域名"), ({"upstream": "x; return 200"}, "不是地址"), ({"root": Path('/srv/"x')}, "不能写进配置"),
     ({"certificate": "/a.pem"}, "一起给")],
)  # fmt: skip
def test_what_cannot_stand_in_a_configuration_is_refused(said, why):
    told = {"root": Path("/srv/site"), "hosts": ["www.example.gov.cn"]} | said
    refused = configuration(told.pop("root"), told.pop("hosts"), **told)
    assert isinstance(refused, Refused)
    assert why in refused.why
