"""The keeper takes over a saved site at the desk: looked at first, then ordered, and old addresses lead on."""

import io
import zipfile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from mingtang.config.commands.work import _run_tasks
from mingtang.disclosure import api as disclosure
from mingtang.portal import api as portal
from tests import given
from tests.desk.conftest import Bureau, at_desk, words

SITE = "/desk/documents/import/site"
TEXT = "为保障居民冬季取暖，现将供热期有关事项通知如下，请各供热单位遵照执行并及时公布联系电话。" * 3
PAGE = (
    '<html><head><meta charset="utf-8"><title>{t}</title><meta name="ColumnName" content="公告栏">{d}</head>'
    f"<body><h1>{{t}}</h1><div id='zoom'><p>{TEXT}</p></div></body></html>"
)
DAY = '<meta name="PubDate" content="2016-11-02 09:30">'
PAGES = {"tz/a.html": PAGE.format(t="供热通知", d=DAY), "zc/b.html": PAGE.format(t="没有日期", d="")}


@pytest.fixture
def keeper(bureau: Bureau):
    return at_desk(given.person(bureau.city, "keeper"))


def packed() -> SimpleUploadedFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in PAGES.items():
            archive.writestr(name, text)
    return SimpleUploadedFile("旧站.zip", out.getvalue())


def told(bureau: Bureau, **more):
    return {"source": "旧门户", "columns": "公告栏=通知公告", "agency": bureau.organ.code, **more}


@pytest.mark.django_db(transaction=True)
def test_a_saved_site_is_looked_at_then_taken_over_and_its_old_addresses_lead_on(keeper, bureau):
    where = keeper.post(SITE, told(bureau, table=packed()))["Location"]
    assert "正在看" in words(keeper.get(where))
    _run_tasks()
    page = words(keeper.get(where))
    assert "看过了，还没有写入" in page
    assert "导入 1 条" in page
    assert "zc/b.html" in page
    assert not disclosure.find("document").exists()
    assert "没有日期" in words(keeper.get(f"{where}&sheet=errors"))
    assert "供热通知" in words(keeper.get(f"{where}&sheet=seen"))
    taken = keeper.post(where)["Location"]
    _run_tasks()
    assert "<dt>旧网址转到新网址</dt><dd>1 个</dd>" in words(keeper.get(taken))
    document = disclosure.find("document").one()
    assert (document.title, document.kind) == ("供热通知", "notice")
    assert list(portal.Redirects.told()) == ["tz/a.html"]
    assert keeper.post(taken).status_code == 404  # what was taken over is not ordered from its own page again


@pytest.mark.django_db(transaction=True)
def test_a_folder_that_lies_in_the_installation_is_chosen_by_its_name(keeper, bureau, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    for name, text in PAGES.items():
        file = tmp_path / "saved-sites" / "old" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (tmp_path / "saved-sites" / "out").symlink_to("/etc")
    form = words(keeper.get(SITE))
    assert 'value="old"' in form
    assert 'value="out"' not in form
    assert keeper.post(SITE, told(bureau, held="../keys")).status_code == 409
    where = keeper.post(SITE, told(bureau, held="old"))["Location"]
    _run_tasks()
    assert "导入 1 条" in words(keeper.get(where))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{}, {"columns": "公告栏=无此文种"}, {"agency": "无此代码"}, {"source": ""}]
)
def test_an_order_names_a_site_a_source_and_kinds_that_exist(keeper, bureau, wrong):
    sent = {"table": packed()} if wrong else {}
    assert keeper.post(SITE, told(bureau, **sent, **wrong)).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_nobody_but_the_keeper_brings_a_site_and_nobody_sees_another_ones_order(keeper, bureau):
    assert bureau.desk("clerk").get(SITE).status_code == 403
    where = keeper.post(SITE, told(bureau, table=packed()))["Location"]
    other = at_desk(given.person(bureau.city, "keeper"))
    assert other.get(where).status_code == 404
    assert other.post(where).status_code == 404
