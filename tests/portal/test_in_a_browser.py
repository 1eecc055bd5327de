"""Every kind of page in a real browser, on a desk and on a phone: readable by everyone, by keyboard, without script."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.test import Client

from mingtang.casework import api as casework
from mingtang.ledger import api as ledger
from mingtang.portal import api as portal

pytestmark = [pytest.mark.browser, pytest.mark.look, pytest.mark.django_db]
SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
REPORT = {
    "year": "2025", "totals": [{"value": 12, "unit": "条", "label": "主动公开"}],
    "sections": [{"number": "一", "title": "总体情况", "html": "<p>正文。</p>", "tables": [
        {"caption": "答复类型", "finding": "图1 多数同意公开", "chart": "bars", "columns": ["类型", "件", "占比"], "rows": [
            {"code": "3.1", "head": "同意公开", "cells": [{"value": 9, "rule": "按答复日"}, "90%"]},
            {"code": "3.2", "head": "其他", "cells": [{"value": None}, None]},
            {"head": "合计", "sum": True, "cells": [9, "100%"]}]}]}],
    "relations": [{"code": "C1", "text": "合计", "figures": "9+未列明", "state": "untestable"}], "notes": ["口径说明"],
}  # fmt: skip


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Nothing: the tests' output is pytest's."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@pytest.fixture
def served(city, settings) -> Iterator[dict[str, str]]:
    """A small site with one page of each kind, and the counter's pages as it answers them: name → address."""
    settings.ROOT_URLCONF = "mingtang.portal.counter.urls"
    file = ledger.store(b"%PDF-1.4", "application/pdf")
    policy = city.publish(kind="normative", title="示例市停车管理办法", doc_no="测政规〔2026〕1号", files=[("附件一.pdf", file)],
                          body="<h2>第一章</h2><p>第一条 为规范停车，制定本办法。</p><table><tr><th>项目</th><td>一</td></tr></table>")  # fmt: skip
    city.publish(
        kind="interpretation",
        title="停车办法问答",
        interprets=policy.id,
        data={"form": "text"},
        summary="小区能不能停。",
    )
    report = city.publish(kind="annual_report", title="2025年度报告", data=REPORT)
    gone = city.publish(kind="news", title="错发的消息")
    city.took_over(85)
    city.withdraw(gone.id)
    portal.rebuild()
    counter = Client()
    with ledger.clock_at(city.when):
        form = {
            "agency": city.government.code,
            "name": "张三",
            "id_number": "11010519491231002X",
            "contact": "示例路1号",
            "content": "竣工报告",
        }
        answers = {"/apply": counter.get("/apply"), "/apply-wrong": counter.post("/apply", {"name": "张三"}), "/track": counter.get("/track"),
                   "/due": counter.get("/due", {"received": "2026-09-14", "channel": "online", "consult_out": "2026-09-17"}),
                   "/due-wrong": counter.get("/due", {"received": "2026-02-30"})}  # fmt: skip
        portal.Finder.rebuild()
        answers |= {
            "/search": counter.get("/search", {"q": "通知"}),
            "/search-none": counter.get("/search", {"q": "月球采矿"}),
        }
        found = re.search(r'name="key" id="key" value="([^"]+)"', answers["/apply"].content.decode())
        assert found
        answers["/receipt"] = counter.post("/apply", form | {"key": found[1]})
        (case,) = casework.find("case")
        answers["/case"] = counter.post("/track", {"number": case.number, "code": case.code})
        answers["/qr"] = counter.get(f"/qr/doc/{policy.id // 1000}/{policy.id}")

    def application(environ: dict, start: Any) -> list[bytes]:
        path = environ["PATH_INFO"]
        answer = answers["/qr"] if path.startswith("/qr/") else answers.get(path)
        if answer is None:
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b""]
        start(f"{answer.status_code} X", [(k, v) for k, v in answer.items() if k != "Set-Cookie"])
        return [answer.content]

    server = make_server("127.0.0.1", 0, portal.Site(application), server_class=_Server, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"http://127.0.0.1:{server.server_port}"
    paths = {"home": "/", "column": "/col/notice/", "numbered": "/col/notice/2.html", "policy library": "/policy/", "organs": "/org/",
             "organ": f"/org/{city.government.code}/", "guide": "/guide/", "about": "/about/", "site map": "/sitemap/",
             "document": f"/doc/{policy.id // 1000}/{policy.id}.html", "report": f"/doc/{report.id // 1000}/{report.id}.html", "withdrawn": f"/doc/{gone.id // 1000}/{gone.id}.html",
             "not found": "/none.html"}  # fmt: skip
    yield {name: host + path for name, path in paths.items()} | {
        path[1:]: host + path for path in answers if path != "/qr"
    }
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """The system's Chromium."""
    import os

    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        yield started
        started.close()


def _faults(page: Any) -> list[str]:
    """Serious and critical findings of axe, each with the element it is about."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_fits_the_screen_and_breaks_no_policy(served, browser, size):
    context = browser.new_context(viewport=SIZES[size], locale="zh-CN")
    seen: dict[str, list[str]] = {}
    for name, address in served.items():
        page, said = context.new_page(), []
        page.on(
            "console",
            lambda message, said=said: said.append(message.text) if "status of" not in message.text else None,
        )
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.goto(address)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        # What is read aloud is the same at every width: asked once.
        faults = _faults(page) if size == "desk" else []
        seen[name] = faults + said + ([f"{wide}px too wide"] if wide > 0 else [])
        page.close()
    context.close()
    assert {name: faults for name, faults in seen.items() if faults} == {}


@pytest.mark.parametrize("mode", ["elder", "contrast"])
def test_elder_and_contrast_modes_are_kept_from_page_to_page_and_stay_accessible(served, browser, mode):
    context = browser.new_context(viewport=SIZES["phone"], locale="zh-CN")
    page = context.new_page()
    page.goto(served["home"])
    page.click(f"[data-mode={mode}]")
    for name in ("document", "due"):
        page.goto(served[name])
        assert page.evaluate(f"document.documentElement.hasAttribute('data-{mode}')"), name
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, name
        assert _faults(page) == [], name
    context.close()


def test_without_script_no_dead_button_is_shown_and_everything_can_be_read(served, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for name in ("home", "document", "report", "apply", "due"):
        page.goto(served[name])
        assert page.locator("header button[type=button]:visible, .tools button:visible").count() == 0, name
        assert page.locator("h1").count() == 1, name
    context.close()


def test_the_first_stop_of_the_keyboard_leads_to_the_text(served, browser):
    context = browser.new_context(viewport=SIZES["desk"])
    page = context.new_page()
    page.goto(served["document"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    context.close()


def test_every_link_between_baked_pages_leads_somewhere(served, browser):
    context = browser.new_context()
    page = context.new_page()
    host = served["home"].rstrip("/")
    dead: set[str] = set()
    asked: dict[str, int] = {}
    for name in (
        "home",
        "column",
        "numbered",
        "policy library",
        "organ",
        "guide",
        "about",
        "site map",
        "document",
        "report",
    ):
        page.goto(served[name])
        for href in page.eval_on_selector_all("a[href]", "links => links.map(a => a.href.split('#')[0])"):
            if not href.startswith(host) or href.removeprefix(host).split("?")[0] in (
                "/apply",
                "/track",
                "/due",
                "/desk/",
            ):
                continue
            if href not in asked:
                asked[href] = context.request.get(href).status
            if asked[href] not in (200, 410):
                dead.add(f"{name}: {href}")
    context.close()
    assert len(asked) > 20
    assert dead == set()
