"""A paper and the one that took its place name each other on the site, from the moment the new one goes out."""

import pytest

from mingtang.portal import api as portal
from tests.portal.conftest import log_ids

pytestmark = pytest.mark.django_db


def page(site_home, row) -> str:
    return (site_home / f"doc/{row.id // 1000}/{row.id}.html").read_text()


def test_old_and_new_name_each_other_and_the_old_one_carries_its_mark(city, site_home):
    old = city.publish(kind="rules", title="旧办法", doc_no="测政〔2020〕1号", body="<p>文。</p>")
    portal.rebuild()
    before = log_ids()
    new = city.publish(
        kind="rules",
        title="新办法",
        doc_no="测政〔2026〕1号",
        body="<p>文。</p>",
        data={"repeals": "测政〔2020〕1号"},
    )
    portal.deliver([p for p in log_ids() if p not in before])
    there, here = page(site_home, old), page(site_home, new)
    assert f'<a href="/doc/{new.id // 1000}/{new.id}.html">新办法</a>' in there
    assert "废止</span>" in there
    assert f'<a href="/doc/{old.id // 1000}/{old.id}.html">旧办法</a>' in here
    assert "本件废止或修改的文件" in here
