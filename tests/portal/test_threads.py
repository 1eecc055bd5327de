"""Papers of one matter name each other: by stage and date, over kinds and organs, and again whenever one changes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingtang.disclosure import api as disclosure
from mingtang.portal import api as portal
from mingtang.portal.bake.press import Press
from tests import given
from tests.portal.conftest import City, log_ids

pytestmark = pytest.mark.django_db
NUMBER = "SL-2026-0031"


def notice(city: City, stage: str, number: str = NUMBER, **fields) -> disclosure.DocumentRow:
    data = disclosure.KINDS["public_resource"].example["data"] | {"stage": stage, "tender_no": number}
    given_ = {"title": f"空调更新{stage}", "body": "<p>文。</p>"} | fields
    return city.publish(kind="public_resource", data=data, **given_)


def page(site_home, row) -> str:
    return (site_home / f"doc/{row.id // 1000}/{row.id}.html").read_text()


def shown(site_home, row) -> list[str]:
    """The titles of the thread on a page, in order, with their stages."""
    found = re.search(r'aria-labelledby="thread">(.*?)</section>', page(site_home, row), re.DOTALL)
    return re.findall(r'<span class="chip">(.*?)</span> (.*?)</?[as]', found[1]) if found else []


def deliver_new(before: list[int]) -> None:
    portal.deliver([p for p in log_ids() if p not in before])


def test_the_pages_of_one_tender_list_its_papers_by_stage_and_not_by_day(city, site_home):
    award = notice(city, "award")
    city.when += timedelta(days=1)
    tender = notice(city, "tender")
    city.when += timedelta(days=1)
    second = notice(city, "award", title="空调更新重新评审")
    other = notice(city, "tender", "SL-2026-0032")
    portal.rebuild()
    wanted = [
        ("招标（采购）公告", "空调更新tender"), ("中标（成交）结果", "空调更新award"), ("中标（成交）结果", "空调更新重新评审"),
    ]  # fmt: skip
    for row in (award, tender, second):
        assert [(stage, title.removesuffix("（本件）")) for stage, title in shown(site_home, row)] == wanted
    assert shown(site_home, other) == []
    assert f'href="/doc/{tender.id // 1000}/{tender.id}.html"' in page(site_home, award)


def test_a_project_has_one_thread_over_kinds_and_organs_however_its_code_is_typed(city, site_home):
    code = "2602-000000-04-01-10003a"
    example = disclosure.KINDS["project_approval"].example
    approval = city.publish(
        **example | {"kind": "project_approval", "data": example["data"] | {"project_code": code}}
    )
    bureau = given.organ("水务局", city.government)
    progress = given.published(
        given.team(bureau), bureau, city.when, kind="key_area", title="第二水厂施工进展",
        data={"project_code": " ２602-000000-04-01-10003A"},
    )  # fmt: skip
    portal.rebuild()
    assert "第二水厂施工进展" in page(site_home, approval)
    assert example["title"] in page(site_home, progress)


def test_publishing_withdrawing_and_moving_a_paper_bakes_the_others_of_its_threads_again(city, site_home):
    tender = notice(city, "tender")
    portal.rebuild()
    before = log_ids()
    award = notice(city, "award")
    deliver_new(before)
    assert "空调更新award" in page(site_home, tender)

    # The award was published under a wrong number: corrected, it leaves one thread and joins another.
    other = notice(city, "tender", "SL-2026-0099", title="另一个项目")
    deliver_new(before)
    before = log_ids()
    data = disclosure.KINDS["public_resource"].example["data"] | {
        "stage": "award",
        "tender_no": "SL-2026-0099",
    }
    people = city.people
    given.move(award.id, "correct", people["clerk"], city.when)
    given.move(award.id, "edit", people["clerk"], city.when, data=data)
    for verb, role in (
        ("submit", "clerk"),
        ("head_review", "section_head"),
        ("sign", "signer"),
        ("publish", "signer"),
    ):
        given.move(award.id, verb, people[role], city.when)
    deliver_new(before)
    assert "空调更新award" not in page(site_home, tender)
    assert "空调更新award" in page(site_home, other)

    before = log_ids()
    city.withdraw(award.id)
    deliver_new(before)
    assert "空调更新award" not in page(site_home, other)
    delivered = {p: p.read_bytes() for p in site_home.rglob("doc/**/*") if p.is_file()}
    portal.rebuild()
    assert {p: p.read_bytes() for p in delivered} == delivered


def test_what_another_system_published_joins_its_threads_too(city, site_home):
    tender = notice(city, "tender")
    portal.rebuild()
    before = log_ids()
    data = disclosure.KINDS["public_resource"].example["data"] | {"stage": "contract", "tender_no": NUMBER}
    city.took_over(120)
    city.took_over(1, kind="public_resource", title="空调更新合同", data=data)
    deliver_new(before)
    assert "空调更新合同" in page(site_home, tender)


def test_threads_cost_one_query_however_many_pages_and_threads(city):
    example = disclosure.KINDS["public_resource"].example["data"]
    ids = [
        i for n in range(6)
        for i in city.took_over(3, kind="public_resource", data=example | {"tender_no": f"SL-{n}"})
    ]  # fmt: skip

    def queries(wanted: list[int]) -> int:
        press = Press()
        _ = press.source.organs, press.site
        with CaptureQueriesContext(connection) as seen:
            assert all("同一事项" in baked.html for baked in press.documents(wanted))
        return len(seen)

    assert queries(ids[:3]) == queries(ids) <= 6
