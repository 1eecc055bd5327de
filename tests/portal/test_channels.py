"""Channels: one contract for all, and the accounts at WeChat and Weibo against servers that speak their protocols."""

from __future__ import annotations

import gzip
import json
import logging
import stat
from datetime import timedelta

import pytest
import yaml
from django.test import Client

from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from mingtang.portal import api as portal
from mingtang.portal.channels import accounts
from mingtang.portal.channels.roll import ROLL
from mingtang.portal.channels.types import Sending
from mingtang.portal.models import Release
from tests import given
from tests.portal.conftest import City, log_ids
from tests.portal.faraway import Faraway, Wechat, Weibo
from tests.words import PNG

pytestmark = pytest.mark.django_db


@pytest.fixture
def wechat():
    made = Wechat()
    yield made
    made.close()


@pytest.fixture
def weibo():
    made = Weibo()
    yield made
    made.close()


@pytest.fixture
def told(city: City, site_home, wechat: Wechat, weibo: Weibo):
    """Write the installation's file of accounts; both are automatic unless told otherwise."""

    def write(**changes) -> None:
        both = {"automatic": True, "timeout": 0.4} | changes
        (site_home.parent / "cover.png").write_bytes(PNG)
        content = {
            "address": "https://www.test.example",
            "accounts": [
                {"name": "wx", "channel": "wechat", "title": "测试发布", "base": wechat.base, "appid": "wx1", "secret": "wx-secret",
                 "cover": "cover.png", **both},
                {"name": "wb", "channel": "weibo", "title": "测试微博", "base": weibo.base, "access_token": "wb-token", **both},
            ],
        }  # fmt: skip
        file = site_home.parent / "channels.yaml"
        file.write_text(yaml.safe_dump(content, allow_unicode=True))
        file.chmod(0o600)

    write()
    return write


def follow(after: int = 0) -> None:
    portal.follow("published", [{"publications": [p for p in log_ids() if p > after]}])


def push(city: City, minutes: float = 0) -> dict:
    city.when += timedelta(minutes=minutes)
    with ledger.clock_at(city.when):
        return portal.push(city.when)


def release(channel: str, **filters) -> portal.ReleaseRow:
    return portal.find("release", channel=channel, **filters).order("-pk").first()


def settle(city: City, rounds: int = 8) -> None:
    for _round in range(rounds):
        push(city, 6)


# --- the contract --------------------------------------------------------------------------------------------------


class Memory:
    def __init__(self) -> None:
        self.kept: dict = {}

    def __call__(self, remote) -> None:
        self.kept = dict(remote)


def everything(site_home) -> str:
    """All text of the site, unpacked."""
    found = [f for f in site_home.rglob("*") if f.is_file() and ".bake" not in f.parts]
    return "".join(
        (gzip.decompress(f.read_bytes()) if f.suffix == ".gz" else f.read_bytes()).decode("utf-8", "replace")
        for f in found
    )


def searched() -> str:
    """What a search for the document answers."""
    return Client().get("/search.json", {"q": "要撤"}).content.decode()


@pytest.mark.parametrize("key", list(ROLL))
def test_every_channel_keeps_the_contract(city: City, told, wechat, weibo, site_home, key):
    channel = ROLL[key]
    assert key == channel.KEY
    assert channel.__doc__
    portal.rebuild()
    row = city.publish(kind="notice", title="要撤的通知", summary="要撤的摘要")
    office = given.person(city.government, "office")
    given.done(
        portal.take(
            None,
            "issue",
            by=office,
            at=city.when,
            agency=city.government,
            year=2026,
            number=1,
            documents=[row.id],
        )
    )
    memory, account = Memory(), accounts.book().accounts.get({"wechat": "wx", "weibo": "wb"}.get(key, ""))

    def sending(shown: bool = False) -> Sending:
        (document,) = disclosure.current([row.id])
        last = disclosure.find("publication", document_id=row.id).order("-pk").first()
        return Sending(last, document, account, memory.kept, memory, shown)

    states = [channel.publish(sending()).state for _again in range(4)]
    assert states[-1] == "done"
    places = {"wechat": wechat.shows, "weibo": weibo.shows, "search": searched}
    place = places.get(key, lambda: everything(site_home))
    assert place().count("要撤的通知") >= 1
    assert len(wechat.published) + len(weibo.posts) == (key in ("wechat", "weibo")), (
        "sent once, however often it was asked"
    )
    city.withdraw(row.id)
    for _again in range(2):
        assert channel.withdraw(sending()).state == "withdrawn"
        assert "要撤的通知" not in place()
        assert "要撤的摘要" not in place()
    assert isinstance(channel.rebuild(), int)
    assert "要撤的通知" not in place()


def test_a_release_row_tells_target_digest_remote_id_state_tries_and_error(city: City, told):
    row = city.publish(kind="notice", title="停水通知")
    follow()
    settle(city)
    (document,) = disclosure.current([row.id])
    for channel, target in (("wechat", "wx"), ("weibo", "wb")):
        sent = release(channel)
        assert (sent.state, sent.target, sent.tries, sent.error) == ("done", target, 0, "")
        assert sent.digest == document.edition.digest
        assert sent.place.startswith("http")
        assert Release.objects.get(pk=sent.id).remote_id


def test_following_twice_plans_once_and_pushing_twice_sends_once(city: City, told, wechat, weibo):
    city.publish(kind="notice", title="停水通知")
    follow()
    follow()
    settle(city)
    follow()
    settle(city, 2)
    assert portal.find("release", channel__in=("wechat", "weibo")).count() == 2
    assert len(wechat.published) == len(weibo.posts) == 1
    assert wechat.count("/cgi-bin/freepublish/submit") == 1


def test_what_is_withdrawn_while_it_waits_is_never_sent(city: City, told, wechat, weibo):
    row = city.publish(kind="notice", title="停水通知")
    follow()
    city.withdraw(row.id)
    settle(city, 2)  # before anybody told the channels
    follow()
    settle(city, 2)
    assert wechat.asked == weibo.asked == []
    assert {r.state for r in portal.find("release", channel__in=("wechat", "weibo"))} == {"withdrawn"}


def test_what_was_out_is_taken_down_everywhere(city: City, told, wechat, weibo):
    row = city.publish(kind="notice", title="停水通知")
    follow()
    settle(city)
    last = log_ids()[-1]
    city.withdraw(row.id)
    follow(last)
    settle(city, 2)
    assert "停水通知" not in wechat.shows() + weibo.shows()
    for channel in ("wechat", "weibo"):
        rows = list(portal.find("release", channel=channel))
        assert [(r.state, r.publishing) for r in rows] == [("done", True), ("withdrawn", False)]


def test_what_was_withdrawn_while_it_was_under_way_is_taken_down_when_it_is_out(city: City, told, wechat):
    row = city.publish(kind="notice", title="停水通知")
    follow()
    push(city)
    assert release("wechat").state == "waiting"
    last = log_ids()[-1]
    city.withdraw(row.id)
    follow(last)
    settle(city)
    assert "停水通知" not in wechat.shows()
    assert {r.state for r in portal.find("release", channel="wechat")} == {"withdrawn"}


def test_a_row_that_another_worker_holds_is_left_alone(city: City, told, wechat):
    city.publish(kind="notice", title="停水通知")
    follow()
    Release.objects.update(state="sending", next_try=city.when + timedelta(minutes=10))
    assert push(city) == {}
    assert push(city, 20) != {}, "a worker that died does not keep it for ever"


def test_what_was_taken_over_from_another_system_is_not_sent_again(city: City, told):
    city.took_over(3)
    follow()
    assert not portal.find("release", channel__in=("wechat", "weibo")).exists()


def test_an_account_takes_its_kinds_and_organs_only(city: City, told):
    told(kinds=["policy"])
    city.publish(kind="notice", title="停水通知")
    follow()
    assert not portal.find("release", channel="weibo").exists()
    told(kinds=["notice"], agencies=["NOBODY"])
    follow()
    assert not portal.find("release", channel="weibo").exists()


def test_a_correction_of_what_is_out_reminds_a_person(city: City, told):
    row = city.publish(kind="notice", title="停水通知")
    follow()
    settle(city)
    last = log_ids()[-1]
    corrected(city, row.id)
    follow(last)
    for channel in ("wechat", "weibo"):
        assert release(channel).state == "by_hand"
        assert "文件已更正" in release(channel).error


def corrected(city: City, document: int) -> None:
    given.move(document, "correct", city.people["clerk"], city.when)
    row = disclosure.find("document", pk=document).one()
    chain = {
        "full": ("head_review", "secrecy_review", "sign"),
        "light": ("head_review", "sign"),
        "standing": ("sign",),
    }
    by = {"head_review": "section_head", "secrecy_review": "secrecy", "sign": "signer", "publish": "signer"}
    with ledger.clock_at(city.when):
        given.done(
            disclosure.take(
                document, "edit", by=city.people["clerk"], at=city.when, body="<p>更正后的正文。</p>"
            )
        )
    for verb in ("submit", *chain[disclosure.KINDS[row.kind].chain], "publish"):
        given.move(document, verb, city.people[by.get(verb, "clerk")], city.when)


# --- WeChat --------------------------------------------------------------------------------------------------------


def test_by_default_an_account_gets_a_draft_and_a_person_is_reminded(city: City, told, wechat, weibo):
    told(automatic=False)
    city.publish(kind="notice", title="停水通知")
    follow()
    settle(city, 2)
    assert len(wechat.drafts) == 1
    assert wechat.published == {}
    assert weibo.posts == {}
    assert "草稿箱" in release("wechat").error
    assert "停水通知" in release("weibo").error, "the text to post stands at the desk"
    assert {release(c).state for c in ("wechat", "weibo")} == {"by_hand"}
    done = portal.take(
        release("wechat").id, "sent", by=city.people["clerk"], at=city.when, place="https://mp.example/1"
    )
    assert (done.state, done.place) == ("done", "https://mp.example/1")


def test_a_withdrawn_document_leaves_the_draft_box_too(city: City, told, wechat):
    told(automatic=False)
    row = city.publish(kind="notice", title="停水通知")
    follow()
    settle(city, 2)
    last = log_ids()[-1]
    city.withdraw(row.id)
    follow(last)
    settle(city, 2)
    assert wechat.drafts == {}
    assert {r.state for r in portal.find("release", channel="wechat")} == {"withdrawn"}


def test_a_correction_replaces_the_draft_that_nobody_has_published(city: City, told, wechat):
    told(automatic=False)
    row = city.publish(kind="notice", title="停水通知")
    follow()
    settle(city, 2)
    last = log_ids()[-1]
    corrected(city, row.id)
    follow(last)
    settle(city, 2)
    (draft,) = wechat.drafts.values()
    assert "更正后的正文" in draft["content"]


def test_a_token_is_asked_for_once_and_again_when_it_ends_on_the_way(city: City, told, wechat):
    city.publish(kind="notice", title="停水通知")
    follow()
    push(city)
    assert wechat.count("/cgi-bin/stable_token") == 1
    wechat.tokens.append("taken-by-another")
    settle(city, 3)
    assert release("wechat").state == "done"
    assert wechat.count("/cgi-bin/stable_token") == 2


@pytest.mark.parametrize("code", [40001, 42001])
def test_a_refused_token_is_renewed_at_once(city: City, told, wechat, code):
    wechat.fault("/cgi-bin/draft/add", {"errcode": code, "errmsg": "invalid credential"})
    city.publish(kind="notice", title="停水通知")
    follow()
    settle(city)
    assert (release("wechat").state, release("wechat").tries) == ("done", 0)
    assert len(wechat.published) == 1


@pytest.mark.parametrize("path", ["/cgi-bin/stable_token", "/cgi-bin/material/add_material", "/cgi-bin/draft/add",
                                  "/cgi-bin/freepublish/submit", "/cgi-bin/freepublish/get"])  # fmt: skip
@pytest.mark.parametrize(
    "fault",
    [500, "lost", "slow", {"errcode": -1, "errmsg": "system error"}],
    ids=["500", "lost", "slow", "busy"],
)
def test_whatever_breaks_on_the_way_the_article_is_out_once(city: City, told, wechat, path, fault):
    wechat.fault(path, fault)
    city.publish(kind="notice", title="停水通知")
    follow()
    settle(city)
    assert release("wechat").state == "done"
    assert len(wechat.published) == 1
    assert wechat.drafts == {}
    assert release("wechat").place.startswith("http://mp.example/")


def test_faults_are_tried_again_with_a_growing_pause_until_a_person_is_asked(city: City, told, wechat, weibo):
    wechat.fault("/cgi-bin/stable_token", *[500] * 50)
    city.publish(kind="notice", title="停水通知")
    follow()
    pauses = []
    for _try in range(7):
        row = Release.objects.get(channel="wechat")
        city.when = max(city.when, row.next_try or city.when)
        push(city)
        row = Release.objects.get(channel="wechat")
        pauses.append((row.next_try - city.when).total_seconds() / 60 if row.next_try else None)
    assert pauses == [1, 5, 15, 60, 180, 720, None]
    assert (row.state, row.tries) == ("failed", 7)
    assert row.error == "/cgi-bin/stable_token：对方出错（HTTP 500）"
    wechat.faults.clear()
    given.done(portal.take(row.pk, "again", by=city.people["clerk"], at=city.when))
    settle(city)
    assert release("wechat").state == "done"


def test_a_used_up_quota_waits_for_the_next_day_and_is_no_try(city: City, told, wechat):
    wechat.fault("/cgi-bin/draft/add", {"errcode": 45009, "errmsg": "reach max api daily quota limit"})
    city.publish(kind="notice", title="停水通知")
    follow()
    push(city)
    row = Release.objects.get(channel="wechat")
    assert (row.state, row.tries) == ("waiting", 0)
    assert row.next_try.astimezone(ledger.SHANGHAI).isoformat() == "2026-11-24T00:05:00+08:00"


def test_an_account_without_the_right_to_publish_keeps_the_draft_and_reminds(city: City, told, wechat):
    wechat.fault("/cgi-bin/freepublish/submit", {"errcode": 48001, "errmsg": "api unauthorized"})
    city.publish(kind="notice", title="停水通知")
    follow()
    settle(city, 3)
    assert release("wechat").state == "by_hand"
    assert "48001" in release("wechat").error
    assert len(wechat.drafts) == 1


@pytest.mark.parametrize("state", [2, 3, 4])
def test_what_the_platform_does_not_let_out_is_handed_to_a_person(city: City, told, wechat, state):
    wechat.course = [1, state]
    city.publish(kind="notice", title="停水通知")
    follow()
    settle(city, 3)
    assert release("wechat").state == "by_hand"


def test_long_titles_summaries_and_texts_keep_within_the_limits(city: City, told, wechat):
    city.publish(kind="notice", title="长" * 100, summary="摘" * 200, body="<p>" + "文" * 30_000 + "</p>")
    follow()
    settle(city)
    (article,) = wechat.published.values()
    assert (len(article["title"]), len(article["digest"])) == (64, 120)
    assert "请点“阅读原文”" in article["content"]
    assert article["content_source_url"].startswith("https://www.test.example/doc/")


def test_pictures_are_uploaded_once_and_shown_from_there(city: City, told, wechat):
    file = ledger.store(PNG, "image/png")
    wechat.fault("/cgi-bin/draft/add", 500)
    city.publish(
        kind="notice", title="停水通知", body='<p>图</p><img src="attach:图.png">', files=[("图.png", file)]
    )
    follow()
    settle(city)
    (article,) = wechat.published.values()
    assert "http://mmbiz.example/img-" in article["content"]
    assert "attach:" not in article["content"]
    assert wechat.count("/cgi-bin/media/uploadimg") == 1


def test_a_withdrawn_article_that_somebody_published_by_hand_is_found_and_deleted(city: City, told, wechat):
    told(automatic=False)
    row = city.publish(kind="notice", title="停水通知")
    follow()
    settle(city, 2)
    wechat.published["by-hand"] = wechat.drafts.popitem()[1]
    given.done(
        portal.take(
            release("wechat").id, "sent", by=city.people["clerk"], at=city.when, place="https://mp.example/1"
        )
    )
    last = log_ids()[-1]
    city.withdraw(row.id)
    follow(last)
    settle(city, 2)
    assert wechat.published == {}


def test_no_secret_and_no_token_reaches_the_database_or_the_log(city: City, told, wechat, weibo, caplog):
    caplog.set_level(logging.DEBUG)
    wechat.fault("/cgi-bin/draft/add", 500, "lost", {"errcode": 45009})
    weibo.fault("/2/statuses/share.json", 500, "lost")
    city.publish(kind="notice", title="停水通知")
    follow()
    settle(city, 4)
    kept = (
        json.dumps([[str(v) for v in r.values()] for r in Release.objects.values()])
        + str(list(ledger.find("act")))
        + caplog.text
    )
    assert not [s for s in ("wx-secret", "wb-token", *wechat.tokens) if s in kept]
    assert "wx-secret" not in repr(accounts.book())
    for file in (accounts.path().parent / "channels").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


# --- Weibo ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [500, "lost", "slow", {"error": "system busy", "error_code": 10001},
                                   {"error": "update weibo too fast", "error_code": 20016},
                                   {"error": "out of rate limit", "error_code": 10023}])  # fmt: skip
def test_whatever_breaks_on_the_way_the_post_is_out_once(city: City, told, weibo, fault):
    weibo.fault("/2/statuses/share.json", fault)
    city.publish(kind="notice", title="停水通知")
    follow()
    for _round in range(4):
        push(city, 70)
    assert release("weibo").state == "done"
    assert len(weibo.posts) == 1
    assert weibo.count("/2/statuses/share.json") == (1 if fault == "slow" else 2), (
        "looked for before it is sent again"
    )


def test_a_post_within_140_characters_keeps_its_link(city: City, told, weibo):
    city.publish(kind="notice", title="长" * 100, summary="摘" * 200)
    follow()
    settle(city, 2)
    text = next(f["status"] for p, f in weibo.asked if p == "/2/statuses/share.json")
    assert -(-sum(1 if ord(c) < 128 else 2 for c in text) // 2) <= 140
    assert text.rpartition(" ")[2].startswith("https://www.test.example/doc/")


def test_two_notices_of_one_title_are_two_posts_even_when_the_answer_is_lost(city: City, told, weibo):
    city.publish(kind="notice", title="停水通知", summary="一号楼")
    follow()
    settle(city, 2)
    weibo.posts["101"] = "【停水通知】一号楼 http://t.cn/x"
    last = log_ids()[-1]
    weibo.fault("/2/statuses/share.json", "lost")
    city.publish(kind="notice", title="停水通知", summary="一号楼及其他")
    follow(last)
    settle(city, 3)
    assert len(weibo.posts) == 2
    assert len({r.place for r in portal.find("release", channel="weibo")}) == 2


def test_an_authorisation_that_ran_out_waits_for_a_new_one(city: City, told, weibo):
    weibo.token = "a-new-one"
    city.publish(kind="notice", title="停水通知")
    follow()
    push(city)
    assert "授权已过期" in release("weibo").error
    weibo.token = "wb-token"
    push(city, 61)
    assert release("weibo").state == "done"


def test_a_post_that_only_a_person_can_delete_is_a_task_until_it_is_done(city: City, told, weibo):
    weibo.may_delete = False
    row = city.publish(kind="notice", title="停水通知")
    follow()
    settle(city, 2)
    last = log_ids()[-1]
    city.withdraw(row.id)
    follow(last)
    settle(city, 2)
    task = release("weibo")
    assert (task.state, task.publishing) == ("by_hand", False)
    assert "登录微博删除" in task.error
    assert (
        given.done(portal.take(task.id, "sent", by=city.people["clerk"], at=city.when)).state == "withdrawn"
    )


# --- the file of accounts ------------------------------------------------------------------------------------------


def test_a_file_that_others_can_read_is_not_used(city: City, told, site_home):
    accounts.path().chmod(0o644)
    with pytest.raises(portal.Unfit, match="chmod 600"):
        accounts.book()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("accounts: [s3cret", "个字：不是可以读的 YAML"), ("address: s3cret\naddress: s3cret", "第 2 行第 1 个字"), ("- 1", "最外层"), ("acounts: []", "没有acounts这一项；可用：accounts"),
        ("accounts: [{channel: fax}]", "channel 只能是wechat、weibo"), ("accounts: [{name: a, channel: weibo}]", "没有写access_token"),
        ("accounts: [{name: a, channel: weibo, access_token: s3cret, kinds: [nonsense]}]", "没有nonsense这个文种"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_names_the_word_that_would_do(city: City, told, content, said):
    accounts.path().write_text(content)
    with pytest.raises(portal.Unfit) as caught:
        accounts.book()
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_without_a_file_nothing_is_planned_and_nothing_asked(city: City, site_home):
    city.publish(kind="notice", title="停水通知")
    follow()
    assert push(city) == {}
    assert not portal.find("release", channel__in=("wechat", "weibo")).exists()


# --- links ---------------------------------------------------------------------------------------------------------


class Places(Faraway):
    def answer(self, path, facts):
        return {}


def test_links_that_people_entered_are_looked_at_again_with_result_and_day(city: City, site_home):
    places = Places()
    try:
        row = city.publish(kind="notice", title="停水通知")
        rows = [
            {"document": row.id, "channel": "industry", "place": f"{places.base}/{n}", "on": city.when.date()}
            for n in ("here", "gone", "busy")
        ]
        assert all(isinstance(n, int) for n in portal.enter(rows, by=city.people["clerk"], at=city.when))
        places.fault("/gone", 404)
        places.fault("/busy", 503)
        assert portal.recheck(city.when) == {"unreachable": 3}, (
            "private addresses are not gone to unless the file says so"
        )
        file = accounts.path()
        file.write_text("private_links: true")
        file.chmod(0o600)
        tomorrow = city.when + timedelta(days=1)
        portal.recheck(tomorrow)
        found = {
            r.place.rpartition("/")[2]: (r.link_state, r.link_code, r.link_at)
            for r in portal.find("release", channel="industry")
        }
        assert found == {
            "here": ("ok", 200, tomorrow),
            "gone": ("gone", 404, tomorrow),
            "busy": ("unreachable", 503, tomorrow),
        }
        assert portal.recheck(tomorrow + timedelta(hours=1)) == {}
        assert portal.recheck(tomorrow + timedelta(days=1)) == {"ok": 2}
    finally:
        places.close()
