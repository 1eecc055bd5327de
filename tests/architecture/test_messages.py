"""Chinese first, English by gettext: one catalogue, whole and fresh; each page in the language of its address."""

from __future__ import annotations

import gettext
import importlib.util
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from mingtang.casework import api as casework
from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from mingtang.portal import api as portal
from tests import given

MONDAY = given.at(2026, 11, 23)
CHINESE = re.compile("[\u3400-\u9fff]")
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "path", "rect", "circle", "line", "use"}  # fmt: skip
READ_ALOUD = ("aria-label", "placeholder", "title", "alt")


def _script() -> ModuleType:
    found = importlib.util.spec_from_file_location(
        "messages", Path(__file__).resolve().parents[2] / "scripts/messages.py"
    )
    assert found
    assert found.loader
    made = importlib.util.module_from_spec(found)
    found.loader.exec_module(made)
    return made


messages = _script()


class Chrome(HTMLParser):
    """Everything a page says itself: text and spoken attributes outside what is marked as Chinese."""

    def __init__(self) -> None:
        super().__init__()
        self.quiet: list[bool] = [False]
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        quiet = self.quiet[-1] or (held.get("lang") or "").startswith("zh") or tag in ("script", "style")
        assert not any("<" in (value or "") for value in held.values()), f"a tag within an attribute: {attrs}"
        if not quiet:
            self.said += [held[name] or "" for name in READ_ALOUD if name in held]
        if tag not in VOID:
            self.quiet.append(quiet)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.quiet.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.quiet.pop()

    def handle_data(self, data: str) -> None:
        if not self.quiet[-1]:
            self.said.append(data)


def _chinese(page: str) -> list[str]:
    """What a page says in Chinese without saying that it is Chinese."""
    read = Chrome()
    read.feed(page)
    assert read.quiet == [False], "a tag is not closed"
    return [text.strip() for text in read.said if CHINESE.search(text)]


@pytest.fixture
def city(db, settings, tmp_path) -> ledger.Agency:
    settings.HOME = tmp_path
    cache.clear()
    return given.demo_city()


@pytest.fixture
def browser(city) -> Any:
    with ledger.clock_at(MONDAY):
        yield Client(headers={"accept-language": "en"})


def _apply(browser: Client, city: ledger.Agency, address: str, **fields: str) -> Any:
    key = re.search(r'name="key" id="key" value="([^"]+)"', browser.get(address).content.decode())
    assert key
    typed = {"agency": city.code, "name": "Ann Lee", "id_type": "护照", "id_number": "P1", "contact": "1 Example Road",
             "content": "Completion report of the bridge", "subject": "Bridge", "period": "2025", "applicant_type": "natural",
             "request_class": "other", "delivery": "electronic", "key": key[1]}  # fmt: skip
    return browser.post(address, typed | fields)


# --- the catalogue -------------------------------------------------------------------------------------------


def test_the_catalogue_is_complete_and_fresh():
    assert messages.faults() == []


def test_no_translation_is_left_in_chinese():
    known = messages.read_po(messages.PO.read_text(encoding="utf-8"))
    # A document number of the house is shown as an example of how it is written.
    assert [t for t in known.values() if CHINESE.search(t) and "示政发〔2026〕12号" not in t] == []


def test_the_compiled_catalogue_is_read_by_the_standard_library():
    read = gettext.GNUTranslations(io.BytesIO(messages.MO.read_bytes()))
    assert read.gettext("申请公开信息") == "Request information"
    assert read.gettext("补正") == "Correction"
    assert read.gettext("没有这句话") == "没有这句话"


def test_messages_are_found_in_python_and_in_both_template_languages():
    assert list(messages.in_python('_("一"); x.gettext("二"); other("三"); Field("k", "四", hint="五")')) == [
        "一", "二", "四", "五",
    ]  # fmt: skip
    assert list(messages.in_jinja('{{ _("一") }}{% if x %}<p title="{{ _(\'二\') % 3 }}">{% endif %}{{ _(name) }}')) == [
        "一", "二",
    ]  # fmt: skip
    source = '{% translate "一" %}{% blocktranslate with n=x.y %}有 {{ n }} 件{% endblocktranslate %}{% translate word %}'
    assert list(messages.in_django(source)) == ["一", "有 %(n)s 件"]


def test_a_missing_a_forgotten_and_a_damaged_translation_are_each_named(monkeypatch, tmp_path):
    monkeypatch.setattr(messages, "PO", tmp_path / "django.po")
    monkeypatch.setattr(messages, "MO", tmp_path / "django.mo")
    monkeypatch.setattr(messages, "_name", lambda file: file.name)
    monkeypatch.setattr(messages, "gathered", lambda: {"还剩 %d 天": ["a.py"], "新句": ["a.py"]})
    assert messages.write() == 2
    kept = {"还剩 %d 天": "days left", "旧句": "old"}
    messages.PO.write_text(messages.write_po({m: [] for m in kept}, kept), encoding="utf-8")
    messages.MO.write_bytes(messages.compiled(kept))
    assert messages.faults() == [
        "not translated: 新句", "no longer said: 旧句", "placeholders differ: 还剩 %d 天 / days left",
    ]  # fmt: skip


def test_a_translation_stays_when_messages_come_and_go(monkeypatch, tmp_path):
    monkeypatch.setattr(messages, "PO", tmp_path / "django.po")
    monkeypatch.setattr(messages, "MO", tmp_path / "django.mo")
    kept = {'说"甲"\n第二行\\': 'say "a"\nline two\\'}
    messages.PO.write_text(messages.write_po({m: [] for m in kept}, kept), encoding="utf-8")
    monkeypatch.setattr(messages, "gathered", lambda: {"新句": ["b.py"], **{m: ["a.py"] for m in kept}})
    assert messages.write() == 1
    assert messages.read_po(messages.PO.read_text(encoding="utf-8")) == {"新句": "", **kept}


def test_a_catalogue_that_was_edited_but_not_compiled_is_stale(monkeypatch, tmp_path):
    monkeypatch.setattr(messages, "PO", tmp_path / "django.po")
    monkeypatch.setattr(messages, "MO", tmp_path / "django.mo")
    monkeypatch.setattr(messages, "_name", lambda file: file.name)
    monkeypatch.setattr(messages, "gathered", lambda: {"句": ["a.py"]})
    messages.write()
    messages.PO.write_text(messages.write_po({"句": ["a.py"]}, {"句": "sentence"}), encoding="utf-8")
    assert messages.faults() == ["stale: django.mo"]


# --- the counter ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "/en/apply", "/en/track", "/en/due", "/en/nowhere", "/en/due?received=nonsense", "/en/due?received=2007-05-08",
        "/en/due?received=2026-09-28&channel=online", "/en/due?received=2026-12-15&channel=fax",
        "/en/due?received=2026-11-02&channel=online&confirm=2026-11-03&consult_out=2026-11-05&consult_in=2026-11-16&extend=2026-12-01",
        "/en/due?received=2026-11-02&channel=post_signed&clarify_out=2026-11-05",
    ],
)  # fmt: skip
def test_an_english_page_of_the_counter_says_nothing_of_its_own_in_chinese(browser, address):
    page = browser.get(address).content.decode()
    assert '<html lang="en">' in page
    assert _chinese(page) == []


def test_an_english_form_with_faults_names_them_in_english(browser):
    answer = browser.post("/en/apply", {})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Please enter your name" in page
    assert _chinese(page) == []


def test_an_english_application_gets_an_english_receipt_and_an_english_page_to_follow_it(browser, city):
    answer = _apply(browser, city, "/en/apply")
    assert answer.status_code == 201
    page = answer.content.decode()
    # Monday 23 November 2026, confirmed the same day: the twentieth working day is Monday 21 December.
    assert "21 December 2026 (Monday)" in page
    assert _chinese(page) == []
    (case,) = casework.find("case")
    followed = browser.post("/en/track", {"number": case.number, "code": case.code})
    assert followed.status_code == 200
    assert "To be confirmed" in followed.content.decode()
    assert _chinese(followed.content.decode()) == []


def test_what_an_english_form_files_is_the_same_record_as_a_chinese_one(browser, city):
    assert _apply(browser, city, "/en/apply").status_code == 201
    assert _apply(browser, city, "/apply").status_code == 201
    first, second = casework.find("case")
    assert first.content == second.content == "Completion report of the bridge\n起止时间：2025"
    assert [e.text for e in casework.timeline(first.id)] == [e.text for e in casework.timeline(second.id)]


def test_reasons_in_law_stay_chinese_and_say_so(browser):
    page = browser.get("/en/due?received=2026-11-02&channel=in_person").content.decode()
    assert '<span class="note" lang="zh-Hans">' in page
    assert "30 November 2026" in page


def test_a_browser_set_to_english_gets_chinese_at_a_chinese_address(browser):
    for address in ("/apply", "/track", "/due", "/desk/login"):
        answer = browser.get(address)
        assert answer.headers["Content-Language"] == "zh-Hans"
        assert re.search(r'<html lang="zh-(Hans|CN)">', answer.content.decode())


@pytest.mark.parametrize("address", ["/de/apply", "/EN/apply", "/english/apply", "/zh/due"])
def test_an_unknown_language_in_the_address_is_a_page_that_does_not_exist_said_in_chinese(browser, address):
    answer = browser.get(address)
    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()


def test_each_page_of_the_counter_leads_to_itself_in_the_other_language(browser):
    assert 'href="/en/apply"' in browser.get("/apply").content.decode()
    asked = "received=2026-11-02&amp;channel=fax"
    assert f'href="/en/due?{asked}"' in browser.get("/due?received=2026-11-02&channel=fax").content.decode()
    assert f'href="/due?{asked}"' in browser.get("/en/due?received=2026-11-02&channel=fax").content.decode()
    assert 'hreflang="zh-Hans">中文</a>' in browser.get("/en/track").content.decode()


# --- the baked tree ------------------------------------------------------------------------------------------


def test_the_tree_holds_an_english_home_and_guide_and_stays_chinese_whoever_bakes_it(browser, city, settings):
    with translation.override("en"):
        portal.rebuild()
        assert translation.get_language() == "en"
    site = settings.HOME / "site"
    for path in ("en/index.html", "en/guide/index.html"):
        page = (site / path).read_text()
        assert '<html lang="en">' in page
        assert _chinese(page) == []
    for path in ("index.html", "guide/index.html", "about/index.html", "col/notice/index.html"):
        page = (site / path).read_text()
        assert '<html lang="zh-Hans">' in page
        assert "政府信息公开" in page
    assert 'href="/en/guide/"' in (site / "guide/index.html").read_text()
    assert 'href="/guide/"' in (site / "en/guide/index.html").read_text()


def test_a_preview_asked_for_in_english_is_the_chinese_page_that_will_be_public(browser, city):
    row = given.published(given.team(city), city, MONDAY, kind="notice", title="停水通知")
    (live,) = disclosure.current([row.id])
    with translation.override("en"):
        page = portal.preview(live, {})
    assert '<html lang="zh-Hans">' in page
    assert "索引号" in page


# --- the desk ------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(browser, city) -> Client:
    browser.force_login(given.person(city, "clerk"))
    return browser


def test_the_desk_is_chinese_until_its_reader_chooses_english_and_again_after(clerk):
    assert "今天要办" in clerk.get("/desk/").content.decode()
    answer = clerk.post("/desk/language", {"language": "en", "next": "/desk/cases/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/desk/cases/"
    page = clerk.get("/desk/").content.decode()
    assert '<html lang="en">' in page
    assert "Due today" in page
    clerk.post("/desk/language", {"language": "zh-hans"})
    assert "今天要办" in clerk.get("/desk/").content.decode()


@pytest.mark.parametrize(
    "address", ["/desk/", "/desk/cases/", "/desk/documents/", "/desk/duties/", "/desk/cases/new"]
)
def test_an_english_page_of_the_desk_says_nothing_of_its_own_in_chinese(clerk, city, address):
    given.organ("测试局", None)
    assert _apply(clerk, city, "/apply", subject="示例桥的竣工验收报告").status_code == 201
    clerk.cookies["django_language"] = "en"
    page = clerk.get(address).content.decode()
    # Seals of the rail are drawn signs; a name within a spoken label stays a name.
    people = [p.name for p in ledger.find("person")]
    names = [
        "示例桥的竣工验收报告",
        *(a.name for a in ledger.find("agency")),
        *people,
        *(p[:1] for p in people),
        *"办案文责报簿册",
    ]
    left = [text for text in _chinese(page) if CHINESE.search(re.sub("|".join(names), "", text))]
    assert left == []


@pytest.mark.parametrize(
    "address",
    ["agencies/", "agencies/{organ}/", "agencies/{organ}/edit", "agencies/{organ}/rename", "agencies/{organ}/succession",
     "agencies/new", "people/", "people/new", "people/{person}/", "password", "laws/", "laws/?kind=norms",
     "registers/training/", "registers/delivery/", "registers/press_conference/"],
)  # fmt: skip
def test_an_english_page_of_the_keeper_says_nothing_of_its_own_in_chinese(browser, city, address):
    organ, keeper = given.organ("测试局", city, phone="1"), given.person(city, "keeper", "office")
    browser.force_login(keeper)
    browser.cookies["django_language"] = "en"
    page = browser.get("/desk/" + address.format(organ=organ.pk, person=keeper.pk)).content.decode()
    people = [p.name for p in ledger.find("person")]
    names = [
        *(a.name for a in ledger.find("agency")),
        *people,
        *(p[:1] for p in people),
        *"办案文责报簿册",
        "测政",
        "测[0-9]+",
    ]
    assert [text for text in _chinese(page) if CHINESE.search(re.sub("|".join(names), "", text))] == []


@pytest.mark.parametrize("wrong", ["xx", "fr", "../en", "", "en\r\nSet-Cookie: a=b"])
def test_a_language_that_is_not_offered_becomes_chinese(clerk, wrong):
    clerk.post("/desk/language", {"language": "en"})
    clerk.post("/desk/language", {"language": wrong})
    assert '<html lang="zh-CN">' in clerk.get("/desk/").content.decode()
    clerk.cookies["django_language"] = "xx"
    assert '<html lang="zh-CN">' in clerk.get("/desk/").content.decode()


def test_the_choice_of_a_language_leads_nowhere_but_the_desk(clerk):
    for target in ("https://example.org/desk/", "//example.org", "/apply", "javascript:alert(1)"):
        assert clerk.post("/desk/language", {"language": "en", "next": target})["Location"] == "/desk/"


def test_a_language_cannot_be_forced_on_somebody_from_another_site(city):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/desk/language", {"language": "en"})
    assert answer.status_code == 403
    assert "django_language" not in answer.cookies


def test_the_desk_s_choice_does_not_change_the_pages_for_citizens(clerk):
    clerk.post("/desk/language", {"language": "en"})
    assert '<html lang="zh-Hans">' in clerk.get("/apply").content.decode()
