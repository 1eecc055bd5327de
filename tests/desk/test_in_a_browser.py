"""The desk in a real browser, at a desk and on a phone: nothing runs over, nothing foreign runs, the keyboard suffices."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date

import pytest
from django.core.cache import cache

from mingtang.casework import api as casework
from mingtang.ledger import api as ledger
from mingtang.oversight import api as oversight
from tests import given
from tests.desk.conftest import TODAY
from tests.words import PAPER, word

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECRET = "一个足够长的口令"
SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    where = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if where is None:
        pytest.skip("no Chromium on this machine: apt-get install -y chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=where, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        yield browser
        browser.close()


@pytest.fixture
def clerk(transactional_db, live_server) -> ledger.Person:
    """A clerk with one case due today and one draft, in a demo whose clock stands on that morning."""
    cache.clear()
    given.installation("demo", demo_epoch=TODAY, kept_from=date(2008, 5, 1))
    city = given.demo_city()
    organ = given.organ("测试市住房局", city)
    people = given.team(organ)
    given.received(people["clerk"], organ, given.at(2026, 10, 26), subject="规划许可证")
    given.draft(people["clerk"], organ, TODAY, kind="policy", title="租赁备案办法")
    people["clerk"].set_password(SECRET)
    people["clerk"].save()
    return people["clerk"]


def enter(chromium, live_server, person, size: str = "desk", script: bool = True):
    """A logged-in page, and the list of what its console complained about."""
    page = chromium.new_context(viewport=SIZES[size], java_script_enabled=script).new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.goto(f"{live_server.url}/desk/login")
    page.fill("#account", person.username)
    page.fill("#secret", SECRET)
    with page.expect_navigation(wait_until="load"):
        page.click(".door button.main")
    assert page.url == f"{live_server.url}/desk/", page.inner_text("body")[:500]
    return page, complaints


def fits(page, address):
    """The page does not run over its window, and every field has a label."""
    page.goto(address)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{address} is {wider} px wider than its window"
    unnamed = page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
        ".filter(e => !e.labels.length && !e.ariaLabel).map(e => e.name)"
    )
    assert unnamed == [], f"{address} has fields without a label"


@pytest.mark.look
@pytest.mark.parametrize("size", SIZES)
def test_no_page_runs_over_its_window_or_breaks_its_policy(chromium, live_server, clerk, size):
    page, complaints = enter(chromium, live_server, clerk, size)
    (case,) = casework.find("case")
    for address in (
        "", "cases/", "cases/new", f"cases/{case.id}/", f"cases/{case.id}/receipt", "documents/", "documents/new",
        "documents/new?kind=policy", "documents/1/", "duties/", "reports/", "reports/2026/", "agencies/", "acts/",
    ):  # fmt: skip
        fits(page, f"{live_server.url}/desk/{address}")
    assert [c for c in complaints if "404" not in c] == []


@pytest.mark.look
@pytest.mark.parametrize("size", SIZES)
def test_no_page_of_the_keeper_runs_over_its_window_or_breaks_its_policy(chromium, live_server, clerk, size):
    city = ledger.find("agency").first()
    keeper = given.person(city, "keeper", "office")
    keeper.set_password(SECRET)
    keeper.save()
    page, complaints = enter(chromium, live_server, keeper, size)
    own = ledger.find("agency", name="测试市住房局").one().pk
    for address in (
        "agencies/new", f"agencies/{own}/", f"agencies/{own}/edit", f"agencies/{own}/rename", f"agencies/{own}/succession",
        "people/", "people/new", f"people/{keeper.pk}/", "password", "laws/", "laws/?kind=norms", "registers/training/",
        "registers/press_conference/", "registers/delivery/",
    ):  # fmt: skip
        fits(page, f"{live_server.url}/desk/{address}")
    assert complaints == []


def test_without_script_a_split_is_looked_at_and_done(chromium, live_server, clerk):
    city = ledger.find("agency").first()
    one, two = given.organ("甲局", city), given.organ("乙局", city)
    office = given.person(city, "office")
    office.set_password(SECRET)
    office.save()
    page, _complaints = enter(chromium, live_server, office, script=False)
    (case,) = casework.find("case")
    page.goto(f"{live_server.url}/desk/agencies/{case.agency_id}/succession")
    page.select_option("#kind", "split")
    page.check(f"input[name=new][value='{one.pk}']")
    page.check(f"input[name=new][value='{two.pk}']")
    page.click("main .do.main")
    page.select_option(f"[name=cases-{case.id}]", str(two.pk))
    page.select_option("#rest", str(one.pk))
    page.click("button[value=do]")
    assert "已办：分立" in page.inner_text(".note.ok")
    (act,) = ledger.find("act", verb="agency.succeed")
    assert act.facts["shares"][str(two.pk)]["cases"] == [case.id]


def test_a_refusal_is_read_out_and_what_was_typed_stays(chromium, live_server, clerk):
    page, _complaints = enter(chromium, live_server, clerk)
    (case,) = casework.find("case")
    page.goto(f"{live_server.url}/desk/cases/{case.id}/")
    page.click(".page-head .do.main")
    page.select_option("#decide-outcome", "NA_NOTEXIST")
    page.fill("#decide-grounds", "没有找到这份文件")
    page.click("#verb-decide form button")
    page.wait_for_selector("#refused")
    assert "检索记录" in page.inner_text("#refused")
    assert page.input_value("#decide-grounds") == "没有找到这份文件"
    assert page.evaluate("document.activeElement.id") == "refused"


def test_without_script_a_verb_is_done_all_the_same(chromium, live_server, clerk):
    page, _complaints = enter(chromium, live_server, clerk, script=False)
    (case,) = casework.find("case")
    page.goto(f"{live_server.url}/desk/cases/{case.id}/")
    page.click("#verb-note summary")
    page.fill("#note-text", "电话核实楼号")
    page.click("#verb-note form button")
    assert "已办：登记联系情况" in page.inner_text(".note.ok")
    assert "电话核实楼号" in page.inner_text(".steps")


def test_a_figure_opens_in_place_beside_the_report(chromium, live_server, clerk):
    oversight.recount(2026, TODAY)
    page, complaints = enter(chromium, live_server, clerk)
    page.goto(f"{live_server.url}/desk/reports/2026/")
    page.locator("table.statutory td a").filter(has_text="1").first.click()
    page.wait_for_selector("#drawer .figure")
    assert "规划许可证" in page.inner_text("#drawer") or "公开受理" in page.inner_text("#drawer")
    assert page.url.endswith("/desk/reports/2026/")
    assert complaints == []


@pytest.mark.look
def test_the_slash_goes_to_the_search_and_tab_shows_where_one_is(chromium, live_server, clerk):
    page, _complaints = enter(chromium, live_server, clerk)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.goto(f"{live_server.url}/desk/")
    page.keyboard.press("Tab")
    assert page.inner_text(":focus") == "跳到正文"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_first_time_clerk_brings_a_word_file_to_review_in_five_clicks(
    chromium, live_server, clerk, tmp_path
):
    """From the upload on: save what was recognised, open the verb, send."""
    page, complaints = enter(chromium, live_server, clerk)
    file = tmp_path / "办法.docx"
    file.write_bytes(word(*PAPER))
    page.goto(f"{live_server.url}/desk/documents/new")
    page.select_option("#word-kind", "notice")
    page.set_input_files("#word", file)
    clicks = 0
    for button in ("上传", "保存"):
        with page.expect_navigation(wait_until="load"):
            page.get_by_role("button", name=button, exact=True).click()
        clicks += 1
    page.locator("summary", has_text="送审").first.click()
    with page.expect_navigation(wait_until="load"):
        page.locator("details[open] button", has_text="送审").first.click()
    clicks += 2
    assert "待科室审核" in page.inner_text("main")
    assert clicks <= 5
    assert complaints == []


def test_a_text_is_written_as_it_will_look_and_the_textarea_keeps_in_step(chromium, live_server, clerk):
    page, complaints = enter(chromium, live_server, clerk)
    page.goto(f"{live_server.url}/desk/documents/new?kind=policy")
    text = page.get_by_role("textbox", name="正文")
    text.focus()
    page.keyboard.type("总则")
    page.get_by_role("toolbar").get_by_role("button", name="小标题").click()
    page.keyboard.press("Enter")
    text.evaluate("""box => {
        const pasted = new DataTransfer();
        pasted.setData("text/html", "<p>甲</p><table><tr><td colspan=2>乙</td></tr></table><script>alert(1)</script>");
        box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: pasted, cancelable: true}));
    }""")
    assert page.locator("textarea[name=body]").is_hidden()
    kept = page.locator("textarea[name=body]").input_value()
    assert kept == '<h2>总则</h2><p>甲</p><table><tbody><tr><td colspan="2">乙</td></tr></tbody></table>'
    assert complaints == []
    plain, _said = enter(chromium, live_server, clerk, script=False)
    plain.goto(f"{live_server.url}/desk/documents/new?kind=policy")
    assert plain.locator("textarea[name=body]").is_visible()
    assert "没有脚本时" in plain.content()
