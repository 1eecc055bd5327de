"""动态调整: a reader sees what a newer edition of an entry changed, and never again what was taken off."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from mingtang.portal.bake.adjustments import paragraphs
from mingtang.portal.bake.press import Press
from tests import given
from tests.portal.conftest import City

pytestmark = pytest.mark.django_db
ENTRY: dict[str, Any] = dict(disclosure.KINDS["power_duty"].example["data"])
FULL = (("submit", "clerk"), ("head_review", "section_head"), ("secrecy_review", "secrecy"), ("sign", "signer"), ("publish", "signer"))  # fmt: skip


def entry(city: City, **fields: Any) -> disclosure.DocumentRow:
    given_ = {"title": "食品经营许可", "data": ENTRY, "body": "<p>第一段。</p><p>第二段。</p>"} | fields
    return city.publish(kind="power_duty", **given_)


def adjust(city: City, document: int, **facts: Any) -> None:
    city.when += timedelta(days=1)
    given.move(document, "correct", city.people["clerk"], city.when, **facts)
    for verb, role in FULL:
        given.move(document, verb, city.people[role], city.when)


def shown(document: int) -> str:
    (baked,) = Press().documents([document])
    found = re.search(r'aria-labelledby="adjusted">.*?</section>', baked.html, re.DOTALL)
    return found[0] if found else ""


def test_a_first_edition_has_nothing_to_compare(city):
    assert shown(entry(city).id) == ""


def test_a_newer_edition_says_field_by_field_and_paragraph_by_paragraph_what_changed(city):
    row = entry(city)
    changed = ENTRY | {
        "item_type": "confirmation", "level": "县级", "supervise": "", "adjustment": "示政发〔2026〕30号",
        "duty": ENTRY["duty"].replace("作出准予或者不予许可的书面决定", "当场作出决定"),
    }  # fmt: skip
    adjust(
        city,
        row.id,
        data=changed,
        title="食品经营登记",
        body="<p>第一段。</p><p>第二段改了。</p><p>第三段。</p>",
    )
    page = shown(row.id)
    assert "2026年11月24日" in page
    for before, after in (
        ("<del>食品经营许可</del>", "<ins>食品经营登记</ins>"), ("<del>行政许可</del>", "<ins>行政确认</ins>"),
        ("<del>市级</del>", "<ins>县级</ins>"), ("<del>0000-1000012</del>", "不再列出"),
        ("原来没有", "<ins>示政发〔2026〕30号</ins>"),
    ):  # fmt: skip
        assert re.search(re.escape(before) + r"[^<]*(<span[^>]*>|</span>)?[^<]*" + re.escape(after), page), (
            before,
            after,
        )
    assert "<del>决定：作出准予或者不予许可的书面决定。</del>" in page
    assert "<ins>决定：当场作出决定。</ins>" in page
    assert "2段没有变" in page
    assert "<del>第二段。</del></p><p><ins>第二段改了。</ins></p><p><ins>第三段。</ins>" in page
    assert "受理：" not in page
    assert "设定依据" not in page


def test_every_adjustment_stays_the_newest_first(city):
    row = entry(city)
    adjust(city, row.id, data=ENTRY | {"level": "县级"})
    adjust(city, row.id, data=ENTRY | {"level": "镇级"})
    assert re.findall(r"<(?:del|ins)>(.级)", shown(row.id)) == ["县级", "镇级", "市级", "县级"]


def test_what_was_withdrawn_is_not_shown_again_as_the_former_text(city):
    row = entry(city, data=ENTRY | {"accountability": "不该公开的话"})
    city.withdraw(row.id)
    adjust(city, row.id, data=ENTRY)
    assert shown(row.id) == ""
    adjust(city, row.id, data=ENTRY | {"level": "县级"})
    assert "<ins>县级</ins>" in shown(row.id)
    assert "不该公开的话" not in shown(row.id)


def test_personal_data_of_a_former_edition_is_not_shown_again(city):
    (row,) = city.took_over(
        1, kind="power_duty", title="某项", data=ENTRY | {"accountability": "身份证 110101199003074514"}
    )
    assert "110101199003074514" not in shown(row)
    adjust(city, row, data=ENTRY | {"accountability": "依法追责。"})
    page = shown(row)
    assert "110101199003074514" not in page
    assert "（原文含个人信息，不再显示）" in page
    assert "<ins>依法追责。</ins>" in page


def test_other_kinds_show_no_former_text(city):
    row = city.publish(kind="notice", title="停水通知")
    city.when += timedelta(days=1)
    given.move(row.id, "correct", city.people["clerk"], city.when, title="停水更正")
    for verb, role in (
        ("submit", "clerk"),
        ("head_review", "section_head"),
        ("sign", "signer"),
        ("publish", "signer"),
    ):
        given.move(row.id, verb, city.people[role], city.when)
    assert shown(row.id) == ""


def test_adjustments_cost_one_query_however_many_entries(city):
    ids = city.took_over(4, kind="power_duty", data=ENTRY)
    for document in ids:
        adjust(city, document, data=ENTRY | {"level": "县级"})

    def queries(wanted: list[int]) -> int:
        press = Press()
        _ = press.source.organs, press.site
        with CaptureQueriesContext(connection) as seen:
            assert all("<ins>县级</ins>" in baked.html for baked in press.documents(wanted))
        return len(seen)

    assert queries(ids[:1]) == queries(ids) <= 6
    assert ledger.find("act", verb="document.correct").count() == 4


def test_a_text_is_cut_into_its_paragraphs():
    html = "<h2>一</h2>外面<p>甲<b>乙</b></p><table><tr><th>头</th><td><p>格</p></td></tr><tr><td>二</td></tr></table><ul><li>丙<ul><li>丁</li></ul>戊</li></ul>"
    assert paragraphs(html) == ["一", "外面", "甲乙", "头 | 格", "二", "丙", "丁", "戊"]
    assert paragraphs("") == []
