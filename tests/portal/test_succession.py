"""After a succession: whose page lists what, what the old page says, and that only those pages are made again."""

from __future__ import annotations

import gzip
import json
from datetime import date

import pytest

from mingtang.config.schedule import drain_all
from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from mingtang.portal import api as portal
from mingtang.portal.bake.lineage import Lineage
from tests import given

DAY = date(2019, 1, 10)
AT = given.at(2019, 1, 10)


@pytest.fixture
def organs(city) -> dict[str, ledger.Agency]:
    made = {}
    for name, code in (("工商局", "GSJ"), ("安监局", "AJJ"), ("财政局", "CZJ")):
        made[name] = given.organ(name, city.government, code=code)
    for name, code in (("市场监管局", "SCJ"), ("应急管理局", "YJJ"), ("卫健委", "WJW")):
        made[name] = given.organ(name, city.government, code=code, valid_from=DAY)
    return made


def published(organ: ledger.Agency, title: str, **fields) -> disclosure.DocumentRow:
    return given.published(
        given.team(organ),
        organ,
        given.at(2018, 6, 1),
        kind=fields.pop("kind", "notice"),
        title=title,
        **fields,
    )


def merged(city, organs, old: str, new: str, on: date = DAY) -> None:
    at = given.at(on.year, on.month, on.day)
    given.done(
        ledger.take(
            None, "succeed", by=city.keeper, at=at, old=[organs[old]], new=[organs[new]], kind="merged", on=on
        )
    )


def drained() -> None:
    with ledger.clock_at(AT):
        while drain_all():
            pass


def page(site_home, code: str) -> str:
    return (site_home / f"org/{code}/index.html").read_text(encoding="utf-8")


def entries(site_home, code: str) -> list[dict]:
    return json.loads(gzip.decompress((site_home / f"org/{code}/index.json.gz").read_bytes()))["entries"]


def titles(site_home, code: str) -> list[str]:
    return [e["title"] for e in entries(site_home, code)]


def test_the_successor_s_page_lists_what_the_old_organ_published_and_says_who_it_was(city, organs, site_home):
    row = published(organs["工商局"], "商标注册指引")
    drained()
    merged(city, organs, "工商局", "市场监管局")
    drained()
    assert titles(site_home, "SCJ") == titles(site_home, "GSJ") == ["商标注册指引"]
    assert "原工商局发布" in page(site_home, "SCJ")
    assert "原工商局发布" not in page(site_home, "GSJ")
    assert entries(site_home, "SCJ")[0]["agency"] == "工商局"
    assert disclosure.find("document", pk=row.id).one().agency_name == "工商局"


def test_the_old_organ_s_page_says_when_and_by_whom_it_was_succeeded_with_a_link(city, organs, site_home):
    merged(city, organs, "工商局", "市场监管局")
    drained()
    old = page(site_home, "GSJ")
    assert "本机关已于2019年1月10日撤销" in old
    assert '<a href="/org/SCJ/">市场监管局</a>' in old
    assert 'href="/apply?agency=SCJ"' in old
    assert 'href="/apply?agency=GSJ"' not in old
    assert '<a href="/org/GSJ/">原工商局</a>' in page(site_home, "SCJ")
    assert "由市场监管局承接" in (site_home / "org/index.html").read_text(encoding="utf-8")


def test_of_a_split_each_page_lists_the_columns_that_went_there(city, organs, site_home):
    published(organs["安监局"], "职业健康通知")
    published(organs["安监局"], "矿山检查制度", kind="rules")
    split = {organs["卫健委"].pk: {"cases": [], "duties": [], "columns": ["notice"]}}
    given.done(
        ledger.take(None, "succeed", by=city.keeper, at=AT, old=[organs["安监局"]], kind="split", on=DAY, shares=split,
                    new=[organs["应急管理局"], organs["卫健委"]], rest=organs["应急管理局"])
    )  # fmt: skip
    drained()
    assert titles(site_home, "WJW") == ["职业健康通知"]
    assert titles(site_home, "YJJ") == ["矿山检查制度"]
    assert len(titles(site_home, "AJJ")) == 2
    old = page(site_home, "AJJ")
    assert "承接其余栏目和事项" in old
    assert "承接其中的通知公告" in old


def test_what_passed_twice_stands_at_the_last_successor_and_the_first_page_names_it(city, organs, site_home):
    published(organs["工商局"], "商标注册指引")
    merged(city, organs, "工商局", "市场监管局")
    merged(city, organs, "市场监管局", "财政局", date(2019, 1, 11))
    with ledger.clock_at(given.at(2019, 1, 11)):
        while drain_all():
            pass
    assert titles(site_home, "CZJ") == ["商标注册指引"]
    old = page(site_home, "GSJ")
    assert '现在是<a href="/org/CZJ/">财政局</a>' in old
    assert 'href="/apply?agency=CZJ"' in old


def test_draining_a_succession_makes_again_only_the_pages_of_that_line_and_the_fixed_ones(
    city, organs, site_home
):
    published(organs["工商局"], "商标注册指引")
    published(organs["财政局"], "预算公开通知")
    drained()
    portal.rebuild()
    before = {p: p.stat().st_mtime_ns for p in site_home.rglob("*.html")}
    merged(city, organs, "工商局", "市场监管局")
    drained()
    changed = {
        str(p.relative_to(site_home))
        for p in site_home.rglob("*.html")
        if p.stat().st_mtime_ns != before.get(p)
    }
    assert {"org/GSJ/index.html", "org/SCJ/index.html", "org/index.html"} <= changed
    assert not {c for c in changed if c.startswith(("doc/", "col/", "org/CZJ", "org/YJJ"))}
    assert portal.verify() == []


def test_a_late_correction_of_the_old_organ_reaches_the_successor_s_page(city, organs, site_home):
    row = published(organs["工商局"], "商标注册指引")
    merged(city, organs, "工商局", "市场监管局")
    drained()
    signer = given.person(organs["市场监管局"], "signer")
    given.move(row.id, "withdraw", signer, AT, reason="含有个人信息")
    drained()
    assert titles(site_home, "SCJ") == titles(site_home, "GSJ") == []


def test_an_incremental_bake_after_a_succession_leaves_the_same_tree_as_a_full_one(city, organs, site_home):
    for n in range(3):
        published(organs["工商局"], f"商标注册指引{n}")
    drained()
    merged(city, organs, "工商局", "市场监管局")
    published(organs["财政局"], "预算公开通知")
    drained()
    kept = {p: p.read_bytes() for p in site_home.rglob("*.html")}
    portal.rebuild()
    assert {p: p.read_bytes() for p in site_home.rglob("*.html") if p in kept} == kept


def test_a_line_of_organs_holds_brothers_and_never_turns_in_a_circle():
    def row(old: int, new: int, rest: bool = True, columns: tuple[str, ...] = ()) -> ledger.SuccessionRow:
        return ledger.SuccessionRow(1, old, "", new, "", "split", DAY, "", rest, columns)

    tree = Lineage([row(1, 2), row(1, 3, False, ("notice",)), row(3, 4), row(4, 3)], ("notice", "news"))
    assert tree.heirs(1, "notice") == (3, 4)
    assert tree.heirs(1, "news") == (2,)
    assert tree.inherited(2) == ((1, ("news",)),)
    assert tree.line(2) == {1, 2}
    assert tree.line(1) == {1, 2, 3, 4}
    assert json.dumps(tree.inherited(4))
