"""Three ways to take back what is public; whatever was derived from it is gone, leads on, or carries the notice."""

import gzip
import json

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from mingtang.portal import api as portal
from tests import given
from tests.portal.conftest import City, log_ids

TITLE, TEXT = "停水通知甲", "停水的区域是东一路"


def shown(site_home) -> dict[str, str]:
    """Every file of the site that readers can ask for, as text."""
    found = {}
    for file in site_home.rglob("*"):
        name = str(file.relative_to(site_home))
        if file.is_file() and not name.startswith(".bake"):
            raw = file.read_bytes()
            found[name] = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode("utf-8", "replace")
    return found


def on_the_site(city: City) -> disclosure.DocumentRow:
    file = ledger.store(f"附件：{TEXT}".encode(), "text/plain")
    row = city.publish(kind="notice", title=TITLE, body=f"<p>{TEXT}。</p>", files=[("区域.txt", file)])
    portal.rebuild()
    return row


def withdraw(city: City, row, **facts):
    facts = {"reason": "写错了日期"} | facts
    with ledger.clock_at(city.when):
        return disclosure.take(row.id, "withdraw", by=city.people["signer"], at=city.when, **facts)


def derived(site_home, row) -> dict[str, str]:
    """What names or quotes the document: page, twin, lists, feeds, data, attachment, without the pages of the ledger."""
    return {p: text for p, text in shown(site_home).items() if TITLE in text or TEXT in text}


def test_in_error_nothing_derived_stays_and_the_address_keeps_the_notice(city: City, site_home):
    row = on_the_site(city)
    folder = f"doc/{row.id // 1000}/{row.id}"
    before = derived(site_home, row)
    places = {f"{folder}.html", f"{folder}.json.gz", f"{folder}-1.txt", "feed.atom", "feed.json.gz", "col/notice/index.html",
              "col/notice/feed.atom", "index.html", "data/documents.jsonl.gz", "data/documents.csv.gz"}  # fmt: skip
    assert places <= before.keys(), "the test looks at every derived place"
    given.done(withdraw(city, row))
    portal.deliver(log_ids()[-1:])
    assert derived(site_home, row) == {}
    left = shown(site_home)
    assert f"{folder}-1.txt" not in left
    assert "写错了日期" in left[f"{folder}.gone.html"]
    assert portal.verify() == []


def test_merged_the_address_leads_on_and_its_twin_says_so(city: City, site_home):
    row = on_the_site(city)
    heir = city.publish(kind="notice", title="停水通知乙")
    given.done(withdraw(city, row, way="merged", into=heir.index_no))
    portal.deliver(log_ids())
    assert derived(site_home, row) == {}
    page = shown(site_home)[f"doc/{row.id // 1000}/{row.id}.html"]
    address = f"/doc/{heir.id // 1000}/{heir.id}.html"
    assert f'<link rel="canonical" href="{address}">' in page
    assert f'content="0; url={address}"' in page
    assert "写错了日期" in page
    twin = json.loads(shown(site_home)[f"doc/{row.id // 1000}/{row.id}.json.gz"])
    assert (twin["state"], twin["moved_to"]) == ("moved", address)
    assert f"doc/{row.id // 1000}/{row.id}.gone.html" not in shown(site_home)
    act = ledger.find("act", verb="document.withdraw", subject_id=str(row.id)).one()
    assert act.facts["into"] == heir.id
    assert portal.verify() == []


def test_a_chain_of_mergers_leads_to_its_end_and_a_withdrawn_end_leaves_the_notice(city: City, site_home):
    first, second, third = (
        on_the_site(city),
        city.publish(kind="notice", title="乙"),
        city.publish(kind="notice", title="丙"),
    )
    given.done(withdraw(city, first, way="merged", into=second.index_no))
    portal.deliver(log_ids())
    given.done(withdraw(city, second, way="merged", into=third.index_no))
    portal.deliver(log_ids()[-1:])
    address = f"/doc/{third.id // 1000}/{third.id}.html"
    for row in (first, second):
        assert address in shown(site_home)[f"doc/{row.id // 1000}/{row.id}.html"]
    given.done(withdraw(city, third))
    portal.deliver(log_ids()[-1:])
    for row in (first, second, third):
        assert f"doc/{row.id // 1000}/{row.id}.gone.html" in shown(site_home)
        assert f"doc/{row.id // 1000}/{row.id}.html" not in shown(site_home)


def test_mergers_in_a_circle_and_into_nothing_are_refused(city: City):
    one, two = city.publish(kind="notice", title="甲"), city.publish(kind="notice", title="乙")
    for into in ("", "没有这个号", one.index_no):
        assert isinstance(withdraw(city, one, way="merged", into=into), Refused)
    given.done(withdraw(city, one, way="merged", into=two.index_no))
    refused = withdraw(city, two, way="merged", into=one.index_no)
    assert isinstance(refused, Refused)
    assert "回到了自己" in refused.why
    assert disclosure.find("document", pk=two.id).one().state == "live"


def test_archived_everything_that_stays_carries_the_notice(city: City, site_home):
    row = on_the_site(city)
    given.done(withdraw(city, row, way="archived", reason="工程已完工"))
    portal.deliver(log_ids()[-1:])
    left = derived(site_home, row)
    folder = f"doc/{row.id // 1000}/{row.id}"
    page = left.pop(f"{folder}.html")
    assert "本件已归档，不再有效，仅供查阅。" in page
    assert "工程已完工" in page
    packed = left.pop(f"{folder}.html.gz")
    assert packed == page
    assert left.pop(f"{folder}-1.txt")  # the file is handed out by the page that carries the notice
    assert left
    for place, text in left.items():
        assert "失效" in text or "expired" in text, place
    assert isinstance(withdraw(city, row, way="archived"), Refused), "once is enough"


def test_nobody_archives_what_they_wrote_themselves(city: City):
    author = given.person(city.government, "clerk", "signer")
    team = city.people | {"clerk": author}
    row = given.published(team, city.government, city.when, kind="notice", title="甲")
    with ledger.clock_at(city.when):
        refused = disclosure.take(row.id, "withdraw", by=author, at=city.when, reason="旧", way="archived")
    assert isinstance(refused, Refused)


def test_what_was_merged_and_is_published_again_leads_nowhere_else(city: City, site_home):
    one, two = city.publish(kind="notice", title="甲"), city.publish(kind="notice", title="乙")
    given.done(withdraw(city, one, way="merged", into=two.index_no))
    given.move(one.id, "correct", city.people["clerk"], city.when)
    for verb, role in (
        ("submit", "clerk"),
        ("head_review", "section_head"),
        ("sign", "signer"),
        ("publish", "signer"),
    ):
        row = given.move(one.id, verb, city.people[role], city.when)
    assert (row.state, row.merged_into_id) == ("live", None)


@pytest.mark.parametrize("way", ["error", "merged", "archived"])
def test_each_way_is_one_publication_one_act_and_one_word_in_the_outbox(city: City, way):
    row, heir = city.publish(kind="notice", title="甲"), city.publish(kind="notice", title="乙")
    before = [ledger.find("act").count(), ledger.find("outbox").count(), len(log_ids())]
    given.done(withdraw(city, row, way=way, into=heir.index_no if way == "merged" else ""))
    after = [ledger.find("act").count(), ledger.find("outbox").count(), len(log_ids())]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 1, 1]
