"""Every kind's example goes through its chain and bakes: what it says stands on its page, its lists as tables."""

from __future__ import annotations

import html
import re

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.portal.bake.press import Press

pytestmark = pytest.mark.django_db


def _page(document: int) -> str:
    (baked,) = Press().documents([document])
    return html.unescape(baked.html)


@pytest.mark.parametrize("kind", sorted(disclosure.KINDS))
def test_the_example_of_every_kind_bakes_with_everything_it_says(kind, city):
    spec = disclosure.KINDS[kind]
    row = city.publish(kind=kind, **spec.example)
    page = _page(row.id)
    if kind == "annual_report":  # has a page of its own, which its tests look at
        return
    assert spec.example["title"] in page
    shown = [
        c.shown(cell[c.key])
        for f in spec.fields if f.type == "list"
        for cell in row_data(spec, f.key)
        for c in f.columns if c.key in cell
    ]  # fmt: skip
    shown += [
        f.shown(v) for f in spec.fields if isinstance(v := (spec.example.get("data") or {}).get(f.key), str)
    ]
    for text in shown:
        for line in text.splitlines():
            assert line in page, line


def row_data(spec: disclosure.Kind, key: str) -> list[dict[str, str]]:
    return (spec.example.get("data") or {}).get(key, [])


def test_a_list_is_a_table_without_the_columns_in_which_nothing_stands(city):
    materials = [
        {"name": "申请书", "copies": "1", "blank": "https://www.example.gov.cn/form/1.docx"},
        {"name": "<b>布局图</b>"},
    ]
    example = disclosure.KINDS["service_item"].example
    row = city.publish(
        kind="service_item", title="食品经营许可", data=example["data"] | {"materials": materials}
    )
    (baked,) = Press().documents([row.id])
    table = re.search(r"<table[^>]*><caption>申请材料</caption>.*?</table>", baked.html, re.DOTALL)
    assert table
    assert re.findall(r'<th scope="col">(.*?)</th>', table[0]) == ["材料名称", "份数", "空白表格"]
    assert '<a href="https://www.example.gov.cn/form/1.docx">' in table[0]
    assert "&lt;b&gt;布局图&lt;/b&gt;" in table[0]
    assert "行政许可（01）" in baked.html


def test_a_wide_table_of_a_report_scrolls_by_itself_and_says_so(city):
    def table(caption: str, many: int) -> dict:
        heads = ["类型", *(f"第{n}栏" for n in range(1, many))]
        return {
            "caption": caption, "columns": heads, "rows": [{"head": "行", "cells": [{"value": 1}] * (many - 1)}]
        }  # fmt: skip

    tables = [table("宽表", 7), table("窄表", 2)]
    data = {"year": "2025", "sections": [{"number": "一", "title": "总体情况", "html": "", "tables": tables}]}
    (baked,) = Press().documents([city.publish(kind="annual_report", title="2025年度报告", data=data).id])
    wide, narrow = baked.html.split("<caption>宽表</caption>")
    assert wide.count('class="note swipe"') == 1
    assert wide.rindex('class="note swipe"') < wide.rindex('<div class="scroll" tabindex="0"')
    assert "swipe" not in narrow
    assert narrow.count('<th scope="col"') == 7 + 2
