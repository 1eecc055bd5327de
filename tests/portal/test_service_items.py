"""A real district's list of service items comes in with the script of the how-to page, is shown and is found."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from mingtang.disclosure import api as disclosure
from mingtang.portal import api as portal
from tests import given
from tests.portal.conftest import City, log_ids

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counter_alone")]
HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "list-the-service-items.md"
SMALL = """const bszlData = [{"department": "区医保局", "items": [{"main_item": "未分类", "sub_items": [
  {"name": "异地就医备案", "link": "http://www.example.gov.cn/to?itemCode=512A-1&taskType=20", "qrcode": ""}]}]}];"""


def converted(source: Path, folder: Path) -> disclosure.CatalogueTable:
    """The table that the page's script makes."""
    (script,) = re.findall(r"```python\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    target = folder / "items.csv"
    subprocess.run([sys.executable, "-c", script, source, target, "2025-06-30"], check=True)
    table = disclosure.CatalogueTable.of_file(target.read_bytes(), target.name)
    assert isinstance(table, disclosure.CatalogueTable), table
    assert table.unknown == ()
    return table


def listed(table: disclosure.CatalogueTable, city: City) -> disclosure.Imported:
    for name in sorted({row[2] for row in table.rows}):
        given.organ(name, city.government)
    done = table.take("原办事服务栏目", city.keeper, city.when)
    assert isinstance(done, disclosure.Imported), done
    return done


def page(site: Path, path: str) -> str:
    return unescape(gzip.decompress((site / f"{path}.gz").read_bytes()).decode())


def test_an_item_that_leads_to_its_guide_is_listed_without_repeating_it(city: City, tmp_path):
    source = tmp_path / "bszl.js"
    source.write_text(SMALL, encoding="utf-8")
    table = converted(source, tmp_path)
    assert listed(table, city).misfits == []
    (item,) = disclosure.find("document", kind="service_item")
    (edition,) = disclosure.editions(item.id)
    assert edition.data == {
        "item_type": "public_service", "local_task_code": "512A-1",
        "guide_url": "http://www.example.gov.cn/to?itemCode=512A-1&taskType=20",
    }  # fmt: skip
    without = disclosure.CatalogueTable(table.name, table.head[:-1], tuple(row[:-1] for row in table.rows))
    (misfit,) = without.take("另一栏目", city.keeper, city.when).misfits
    assert "没有填写：设定依据、受理条件、申请材料" in misfit.why


@pytest.mark.shared
def test_the_1135_items_of_a_real_district_come_in_are_shown_and_are_found(
    city: City, site_home, shared_data, tmp_path
):
    table = converted(shared_data / "guangan_bszl-data.js", tmp_path)
    done = listed(table, city)
    assert (done.taken, done.known, done.misfits) == (1135, 0, [])
    again = table.take("原办事服务栏目", city.keeper, city.when)
    assert (again.taken, again.known) == (0, 1135)
    types = disclosure.find("document", kind="service_item").group("item_type")
    assert types == {
        "licence": 536, "public_service": 348, "other": 182, "confirmation": 50, "benefit": 9, "adjudication": 8,
        "reward": 2,
    }  # fmt: skip
    first = disclosure.find("document", kind="service_item").order("pk").first()
    assert first is not None
    portal.deliver(log_ids())
    shown = page(site_home, f"doc/{first.id // 1000}/{first.id}.html")
    assert first.title in shown
    assert "办事指南网址" in shown
    assert first.title in page(site_home, "col/service/1.html")
    portal.Finder.follow("published", [{"publications": log_ids()}])
    hits = Client().get("/search.json", {"q": first.title}).json()["hits"]
    assert first.title in [h["title"] for h in hits]
