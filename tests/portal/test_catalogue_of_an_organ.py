"""政府信息公开目录 of an organ: its page, made again with every publication (条例第十二条：索引、名称、内容概述、生成日期)."""

from datetime import date

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from mingtang.portal import api as portal

pytestmark = pytest.mark.django_db


def test_an_organs_page_is_its_catalogue_with_index_number_kind_and_day_of_making(city, site_home):
    row = city.publish(kind="rules", title="目录里的办法", body="<p>文。</p>", written_on=date(2026, 1, 5))
    portal.rebuild()
    organ = ledger.find("agency", pk=row.agency_id).one()
    page = (site_home / f"org/{organ.code}/index.html").read_text()
    line = page.split('id="statutory"')[1].split("目录里的办法", 1)[1].split("</li>")[0]
    assert f"{row.index_no} · {disclosure.KINDS['rules'].title} · 生成 2026-01-05" in line
