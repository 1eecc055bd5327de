"""Who gets in: every address names its power; refusals are pages with a reason."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver

from mingtang.desk import urls
from mingtang.desk.access import PUBLIC
from mingtang.ledger import api as ledger
from tests import given
from tests.desk.conftest import Bureau, at_desk, words

OPEN_TO_ALL = {"language", "login", "logout", "static"}


def patterns(found) -> list[URLPattern]:
    flat = []
    for p in found:
        flat += patterns(p.url_patterns) if isinstance(p, URLResolver) else [p]
    return flat


ADDRESSES = patterns(urls.urlpatterns)


@pytest.mark.parametrize("pattern", ADDRESSES, ids=lambda p: p.name)
def test_every_address_of_the_desk_names_the_power_it_asks_for(pattern):
    power = getattr(pattern.callback, "power", None)
    assert power is not None, f"{pattern.name} has no power: use @power or @public"
    assert (power == PUBLIC) == (pattern.name in OPEN_TO_ALL)
    if power:
        assert any(power in r.verbs for r in ledger.ROLES.values()), f"nobody holds {power}"


@pytest.mark.parametrize("pattern", [p for p in ADDRESSES if p.name not in OPEN_TO_ALL], ids=lambda p: p.name)
@pytest.mark.django_db
def test_without_logging_in_every_page_leads_to_the_log_in(pattern, client):
    values = {
        "number": 1,
        "what": "training",
        "verb": "note",
        "year": 2025,
        "rest": "nowhere",
        "name": "desk.css",
        "digest": "0" * 64,
    }
    address = "/desk/" + str(pattern.pattern)
    for key, value in values.items():
        for kind in ("int", "slug", "path", "str"):
            address = address.replace(f"<{kind}:{key}>", str(value))
    for response in (client.get(address), client.post(address)):
        assert response.status_code == 302
        assert response["Location"].startswith("/desk/login?next=")


def test_a_page_asked_for_by_htmx_sends_the_whole_window_to_the_log_in(client, db):
    response = client.get("/desk/", headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert response["HX-Redirect"].startswith("/desk/login")


def test_the_reach_says_the_same_as_the_ledger_for_every_power(bureau: Bureau, office, other):
    given.organ("测试市测试县", bureau.city, type="county", level="county")
    keeper = given.person(bureau.city, "keeper")
    powers = sorted({v for r in ledger.ROLES.values() for v in r.verbs})
    for person in (office, other, keeper, *bureau.people.values()):
        reach = ledger.Reach(person)
        for power in powers:
            may = [a.pk for a in ledger.find("agency") if ledger.may(person, power, a)]
            assert sorted(a.pk for a in reach.agencies(power)) == sorted(may)


def test_a_case_of_another_organ_is_refused_with_reason_basis_and_a_way_out(bureau: Bureau, other, case):
    row = case(11, 2)
    response = at_desk(other).get(f"/desk/cases/{row.id}/")
    assert response.status_code == 403
    page = words(response)
    assert "不在你的单位范围内" in page
    assert "本平台权限表" in page
    assert "怎么办" in page
    assert row.subject not in page


def test_a_verb_on_a_case_of_another_organ_is_refused_and_changes_nothing(bureau: Bureau, other, case):
    row = case(11, 2)
    response = at_desk(other).post(f"/desk/cases/{row.id}/note", {"text": "别人的件"})
    assert response.status_code == 403
    assert not ledger.find("act", verb="case.note").exists()


def test_a_document_of_another_organ_is_refused(bureau: Bureau, other):
    paper = given.draft(bureau.people["clerk"], bureau.organ, given.at(2026, 11, 20))
    for address in ("", "preview", "edit"):
        assert at_desk(other).get(f"/desk/documents/{paper.id}/{address}").status_code == 403


def test_a_report_of_another_organ_and_its_rows_are_refused(bureau: Bureau, other):
    for page in ("", "figure", "figure.csv", "export"):
        response = at_desk(other).get(
            f"/desk/reports/2025/{page}?agency={bureau.organ.pk}&cell=p0&format=json"
        )
        assert response.status_code == 403


def test_the_office_opens_the_cases_of_every_organ_below_it(bureau: Bureau, office, case):
    assert at_desk(office).get(f"/desk/cases/{case(11, 2).id}/").status_code == 200


def test_a_person_without_a_role_is_told_so_and_may_leave(bureau: Bureau):
    nobody = given.person(bureau.organ)
    browser = at_desk(nobody)
    response = browser.get("/desk/")
    assert response.status_code == 403
    assert "你没有这个角色" in words(response)
    assert browser.post("/desk/logout")["Location"] == "/desk/login"


@pytest.mark.parametrize(
    "address",
    ["cases/999999/", "documents/999999/", "duties/999999/", "nowhere", "cases/99999999999999999999999/"],
)
def test_what_does_not_exist_is_said_in_chinese(bureau: Bureau, address):
    response = bureau.desk("clerk").get(f"/desk/{address}")
    assert response.status_code == 404
    assert "没有" in words(response)


def test_staff_pages_run_nothing_foreign_and_stay_in_no_cache(bureau: Bureau):
    response = bureau.desk("clerk").get("/desk/")
    assert response["Content-Security-Policy"].startswith("default-src 'self';")
    assert response["Cache-Control"] == "private, no-store"
    page = words(response)
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page


def test_the_look_is_kept_for_ever_by_its_hash_and_asked_again_without(client, db):
    address = next(
        a for a in words(client.get("/desk/login")).split('"') if a.startswith("/desk/static/desk.css?v=")
    )
    kept = client.get(address)
    assert "immutable" in kept["Cache-Control"]
    assert client.get("/desk/static/desk.css", headers={"If-None-Match": kept["ETag"]}).status_code == 304
    assert client.get("/desk/static/nothing.css").status_code == 404


def test_a_form_that_came_too_late_says_that_nothing_was_changed(bureau: Bureau):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(bureau.people["clerk"])
    response = browser.post("/desk/cases/new", {"name": "张某"})
    assert response.status_code == 403
    assert "什么也没有改" in words(response)


@pytest.mark.parametrize(
    "address",
    ["", "?organ=9999999999999999999&kind=x&lane=%00&page=-1", "cases/?q=%00&state=%00&organ=a&page=99999999999", "find?q=a%00b",
     "documents/?q=%00&kind=%00&state=%00", "acts/?subject=case/%00", "acts/?subject=case/1%27", "duties/?organ=-5&page=0",
     "agencies/?q=%00", "reports/2026/figure?cell=%00", "reports/?year=%00"],
)  # fmt: skip
def test_no_query_however_strange_breaks_a_page(bureau: Bureau, address):
    assert bureau.desk("clerk").get(f"/desk/{address}").status_code in (200, 302, 404)


@pytest.mark.parametrize("asked", ["abc", "-1", "999999"])
@pytest.mark.parametrize("address", ["?organ={}", "cases/?organ={}", "documents/?organ={}", "papers/?organ={}", "duties/?organ={}", "reports/?year=2025&agency={}", "reports/2025/?agency={}"])  # fmt: skip
def test_an_organ_that_there_is_not_is_told_and_never_shown_as_all_of_them(bureau: Bureau, address, asked):
    response = bureau.desk("clerk").get("/desk/" + address.format(asked))
    assert response.status_code == 404
    assert "单位" in words(response)


@pytest.mark.parametrize("asked", ["abc", "1066", "99999", "-1"])
@pytest.mark.parametrize("address", ["papers/?year={}", "registers/training/?year={}", "reports/?year={}"])
def test_a_year_that_there_is_not_is_told_and_never_shown_as_all_of_them(bureau: Bureau, address, asked):
    response = bureau.desk("clerk").get("/desk/" + address.format(asked))
    assert response.status_code == 404
    assert "年中的一年" in words(response)


def test_no_typed_control_character_breaks_a_form(bureau: Bureau, case):
    clerk = bureau.desk("clerk")
    odd = "字\x00\x08\u202e尾"
    row = case(11, 20)
    assert clerk.post(f"/desk/cases/{row.id}/note", {"text": odd}).status_code == 302
    typed = dict.fromkeys(
        ("name", "contact", "content", "subject", "id_type", "id_number", "delivery", "request_class"), odd
    )
    for key in ("0123456789abcdef\x00", odd, ""):
        assert clerk.post("/desk/cases/new", typed | {"key": key}).status_code in (409, 422)
    assert clerk.post("/desk/documents/new", {"kind": odd, "title": odd}).status_code == 200
    assert clerk.post("/desk/login", {"account": odd, "secret": odd}).status_code == 401


@pytest.mark.parametrize(
    ("typed", "right"),
    [("/desk/reports", "/desk/reports/"), ("/desk/cases?state=open", "/desk/cases/?state=open"),
     ("/desk/cases/new/", "/desk/cases/new"), ("/desk/nowhere", ""), ("/desk/nowhere/", ""), ("/desk//evil.example", "")],
)  # fmt: skip
def test_a_page_asked_for_with_the_wrong_slash_is_found(bureau: Bureau, typed, right):
    clerk = bureau.desk("clerk")
    answer = clerk.get(typed)
    assert (answer.status_code, answer.get("Location", "")) == ((301, right) if right else (404, ""))
    assert clerk.post(typed).status_code == 404
