"""微信公众号: a draft for every document, and where the account is switched on, its publication.

Protocol: developers.weixin.qq.com, 公众号 (stable_token, material/add_material, media/uploadimg, draft/*, freepublish/*).
Nothing is submitted twice: before a second try the list of what was published is asked for the document's address.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from html import escape, unescape
from pathlib import Path
from typing import Any

from django.conf import settings

from mingtang.ledger import api as ledger
from mingtang.portal import links
from mingtang.portal.channels import accounts, wire
from mingtang.portal.channels.accounts import Account
from mingtang.portal.channels.planning import reconcile
from mingtang.portal.channels.types import Sending, Sent, Unsent

KEY = "wechat"
TITLE, DIGEST, AUTHOR, CONTENT, CONTENT_BYTES = 64, 120, 16, 20_000, 1_000_000
_PICTURE_BYTES = 1_000_000
_RENEW = {40001, 40014, 42001}  # the token is not, or no longer, the right one
_QUOTA, _NO_RIGHT, _NO_MEDIA, _NO_ARTICLE = {45009}, {48001, 50002}, {40007}, {53600}
_TODAY, _HERE = {45011: timedelta(minutes=2), -1: timedelta(minutes=1)}, ledger.SHANGHAI
_AT_IT, _OUT, _REMOVED = 1, 0, (5, 6)
_STOPPED = {
    2: "原创校验没有通过",
    3: "发布失败",
    4: "平台审核没有通过",
    5: "发布后被删除",
    6: "发布后被系统封禁",
}
_IMG = re.compile(r"<img\b[^>]*>", re.I)
_ATTACHED = re.compile(r'src="attach:([^"]*)"', re.I)


class Refusal(Exception):
    """The other end said no: its code and our words for it."""

    def __init__(self, path: str, code: int):
        super().__init__(f"微信{path}：{code}")
        self.code = code


def publish(sending: Sending) -> Sent:
    """A draft, then (when the account is automatic) its publication, asked after until it is out."""
    account, far = _account(sending), dict(sending.remote)
    try:
        if far.get("publish_id"):
            return _progress(account, sending, far)
        if far.get("submitting") and (found := _published(account, _address(sending))):
            return _out(sending, far, *found)
        if old := far.pop("replaces", None):
            _quiet(account, "/cgi-bin/draft/delete", {"media_id": old}, _NO_MEDIA)
            sending.note(far)
        if not far.get("media_id"):
            far["media_id"] = _draft(account, sending, far)
            sending.note(far)
        if not account.automatic:
            return Sent(
                "by_hand",
                remote_id=far["media_id"],
                error=f"草稿已放进“{account.title}”的草稿箱，请登录公众平台核对后发表，再回来登记链接",
            )
        far["submitting"] = True
        sending.note(far)
        told = _ask(account, "/cgi-bin/freepublish/submit", {"media_id": far["media_id"]})
        far["publish_id"] = str(told["publish_id"])
        sending.note(far)
        return Sent("waiting", remote_id=far["publish_id"], wait=timedelta(seconds=15))
    except Refusal as no:
        if no.code in _NO_RIGHT and far.get("media_id"):
            far.pop("submitting", None)
            sending.note(far)
            return Sent(
                "by_hand",
                remote_id=far["media_id"],
                error="账号没有发布接口的权限（48001）；草稿已在草稿箱，请登录公众平台发表",
            )
        if no.code in _NO_MEDIA and far.pop("media_id", None):  # the draft was removed there: it is made anew
            far.pop("submitting", None)
            sending.note(far)
            raise Unsent("草稿在公众平台上被删除，重新起草") from None
        raise _passing(no) from None


def withdraw(sending: Sending) -> Sent:
    """Delete what was published and the draft; what only a person can delete is said."""
    account, far = _account(sending), dict(sending.remote)
    try:
        if far.get("publish_id") and not far.get("article_id"):
            told = _ask(account, "/cgi-bin/freepublish/get", {"publish_id": far["publish_id"]})
            if told.get("publish_status") == _AT_IT:
                return Sent("waiting")
            far["article_id"] = told.get("article_id") or ""
        if far.get("drafting") and not far.get("media_id"):
            far["media_id"] = _drafted(account, _address(sending))
        left = True
        if far.get("media_id"):
            left = _quiet(account, "/cgi-bin/draft/delete", {"media_id": far["media_id"]}, _NO_MEDIA)
        # A draft that is gone may have been published by somebody there.
        doubt = sending.shown or far.get("submitting") or not left
        if not far.get("article_id") and doubt and (found := _published(account, _address(sending))):
            far["article_id"] = found[0]
        if far.get("article_id"):
            _quiet(
                account,
                "/cgi-bin/freepublish/delete",
                {"article_id": far["article_id"], "index": 0},
                _NO_ARTICLE,
            )
    except Refusal as no:
        if no.code in _NO_RIGHT:
            return _by_hand(account)
        raise _passing(no) from None
    if sending.shown and not far.get("article_id"):
        return _by_hand(account)
    return Sent("withdrawn", remote_id=far.get("article_id", ""))


def rebuild() -> int:
    """Whatever stands there of a document that is no longer public is on its way out again."""
    return reconcile(KEY)


def _by_hand(account: Account) -> Sent:
    return Sent("by_hand", error=f"文件已撤下，“{account.title}”里的这一篇要请人登录公众平台删除，再回来登记")


# --- the article ---------------------------------------------------------------------------------------------------


def _draft(account: Account, sending: Sending, far: dict[str, Any]) -> str:
    """The draft's id: of the one an interrupted try left in the box, or of a new one."""
    if far.get("drafting") and (there := _drafted(account, _address(sending))):
        return there
    article = _article(account, sending, far)
    far["drafting"] = True
    sending.note(far)
    return str(_ask(account, "/cgi-bin/draft/add", {"articles": [article]})["media_id"])


def _drafted(account: Account, address: str) -> str:
    """The id of the draft with this document's address, among the newest twenty."""
    told = _ask(account, "/cgi-bin/draft/batchget", {"offset": 0, "count": 20, "no_content": 1})
    return str((_by_address(told, address) or {}).get("media_id") or "")


def _article(account: Account, sending: Sending, far: dict[str, Any]) -> dict[str, Any]:
    row, edition = sending.document, sending.document.edition
    assert edition is not None
    content = _content(account, sending, far)
    author = row.agency_name if len(row.agency_name) <= AUTHOR else ""
    return {
        "title": cut(edition.title, TITLE), "author": author, "digest": cut(edition.summary or edition.title, DIGEST),
        "content": content, "content_source_url": _address(sending), "thumb_media_id": _cover(account),
        "need_open_comment": 0, "only_fans_can_comment": 0,
    }  # fmt: skip


def cut(text: str, most: int) -> str:
    """At most so many characters, the last a mark that something is missing."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _content(account: Account, sending: Sending, far: dict[str, Any]) -> str:
    """The text with its pictures at the other end; a text that is too long there is told in short."""
    row, edition = sending.document, sending.document.edition
    assert edition is not None
    foot = [f"索引号：{row.index_no}"] if row.index_no else []
    foot += [f"发布机构：{row.agency_name}"]
    foot += ["附件见“阅读原文”。"] if edition.attachments else []
    tail = "".join(f"<p>{escape(line)}</p>" for line in foot)
    if fits(edition.body + tail):
        body = _pictured(account, sending, far) + tail
        if fits(body):
            return body
    return f"<p>{escape(edition.summary or edition.title)}</p><p>全文较长，请点“阅读原文”。</p>{tail}"


def fits(content: str) -> bool:
    return len(content) < CONTENT and len(content.encode()) < CONTENT_BYTES


def _pictured(account: Account, sending: Sending, far: dict[str, Any]) -> str:
    edition = sending.document.edition
    assert edition is not None
    held = {a.name: a for a in edition.attachments}
    placed: dict[str, str] = far.setdefault("pictures", {})

    def picture(match: re.Match[str]) -> str:
        named = _ATTACHED.search(match[0])
        file = held.get(unescape(named[1])) if named else None
        if file is None or file.size > _PICTURE_BYTES or file.media not in ("image/png", "image/jpeg"):
            return "<p>（图见“阅读原文”）</p>"
        if file.digest not in placed:
            content = ledger.FileRow.path_of(file.digest).read_bytes()
            told = _ask(
                account, "/cgi-bin/media/uploadimg", file=(f"picture.{file.media[6:]}", content, file.media)
            )
            placed[file.digest] = str(told["url"])
            sending.note(far)
        return f'<img src="{escape(placed[file.digest])}">'

    return _IMG.sub(picture, edition.body)


def _cover(account: Account) -> str:
    """The id of the account's cover picture, uploaded once for each picture."""
    file = accounts.path().parent / str(account.secrets["cover"])
    try:
        content = file.read_bytes()
    except OSError:
        raise Unsent("封面图读不到：请看 channels.yaml 的 cover") from None
    known, held = hashlib.sha256(content).hexdigest(), _held(account)
    if held.get("cover") != known or not held.get("cover_id"):
        media = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
        told = _ask(
            account,
            "/cgi-bin/material/add_material",
            query={"type": "image"},
            file=(f"cover.{media[6:]}", content, media),
        )
        _hold(account, cover=known, cover_id=str(told["media_id"]))
    return str(_held(account)["cover_id"])


# --- what became of it ---------------------------------------------------------------------------------------------


def _progress(account: Account, sending: Sending, far: dict[str, Any]) -> Sent:
    told = _ask(account, "/cgi-bin/freepublish/get", {"publish_id": far["publish_id"]})
    state = int(told.get("publish_status", -1))
    if state == _AT_IT:
        return Sent("waiting", remote_id=far["publish_id"], wait=timedelta(seconds=30))
    if state == _OUT:
        items = (told.get("article_detail") or {}).get("item") or [{}]
        return _out(sending, far, str(told.get("article_id") or ""), str(items[0].get("article_url") or ""))
    return Sent(
        "by_hand",
        remote_id=far["publish_id"],
        error=f"公众平台：{_STOPPED.get(state, f'状态{state}')}；请登录公众平台查看原因",
    )


def _out(sending: Sending, far: dict[str, Any], article: str, place: str) -> Sent:
    far["article_id"] = article
    sending.note(far)
    return Sent("done", place=place[:300], remote_id=article[:120])


def _published(account: Account, address: str) -> tuple[str, str] | None:
    """(article id, its address) of what was published with this document's address, among the newest hundred."""
    for offset in range(0, 100, 20):
        told = _ask(
            account, "/cgi-bin/freepublish/batchget", {"offset": offset, "count": 20, "no_content": 1}
        )
        if found := _by_address(told, address):
            return str(found.get("article_id") or ""), str(found["content"]["news_item"][0].get("url") or "")
        if offset + 20 >= int(told.get("total_count") or 0):
            break
    return None


def _by_address(told: Mapping[str, Any], address: str) -> Mapping[str, Any] | None:
    for item in told.get("item") or ():
        for news in (item.get("content") or {}).get("news_item") or ():
            if news.get("content_source_url") == address and not news.get("is_deleted"):
                return item
    return None


def _address(sending: Sending) -> str:
    return accounts.book().address + links.doc_url(sending.document.id)


# --- asking --------------------------------------------------------------------------------------------------------


def _account(sending: Sending) -> Account:
    assert sending.account is not None
    return sending.account


def _ask(
    account: Account, path: str, body: Any = None, *, query: Mapping[str, Any] | None = None, file: Any = None
) -> dict[str, Any]:
    """Ask with a token, once more with a new one when it had run out. Raises Refusal, Unsent."""
    code = 0
    for anew in (False, True):
        token = _token(account, anew)
        told = wire.ask(
            account.base, path, query={"access_token": token, **(query or {})}, body=body, file=file, timeout=account.timeout
        )  # fmt: skip
        code = int(told.get("errcode") or 0)
        if code not in _RENEW:
            break
    if code:
        raise Refusal(path, code)
    return told


def _quiet(account: Account, path: str, body: Any, fine: set[int]) -> bool:
    """Ask for something that may have been done before; whether there was anything to do."""
    try:
        _ask(account, path, body)
    except Refusal as no:
        if no.code not in fine:
            raise
        return False
    return True


def _passing(no: Refusal) -> Unsent:
    """A refusal as a fault that may pass, with the moment after which it may have."""
    if no.code in _QUOTA:
        now = ledger.now().astimezone(_HERE)
        tomorrow = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), _HERE) + timedelta(
            minutes=5
        )
        return Unsent(f"{no}（当天的调用次数用完，次日零时后再发）", tomorrow - now, counts=False)
    return Unsent(str(no), _TODAY.get(no.code))


def _token(account: Account, anew: bool) -> str:
    held, moment = _held(account), ledger.now().timestamp()
    mine = held.get("app") == str(account.secrets["appid"])
    if not anew and mine and held.get("token") and float(held.get("until", 0)) > moment:
        return str(held["token"])
    asked = {
        "grant_type": "client_credential",
        "appid": account.secrets["appid"],
        "secret": account.secrets["secret"],
    }
    if account.secrets.get("token") == "plain":  # gateways that know the older address only
        told = wire.ask(account.base, "/cgi-bin/token", query=asked, timeout=account.timeout)
    else:
        told = wire.ask(
            account.base,
            "/cgi-bin/stable_token",
            body={**asked, "force_refresh": anew},
            timeout=account.timeout,
        )
    if not told.get("access_token"):
        raise _passing(Refusal("取 access_token", int(told.get("errcode") or 0)))
    token = str(told["access_token"])
    # A little earlier than it ends, so that it does not end on the way.
    until = moment + max(60, int(told.get("expires_in") or 7200) - 300)
    _hold(account, app=str(account.secrets["appid"]), token=token, until=until)
    return token


def _file(account: Account) -> Path:
    return Path(settings.HOME) / "channels" / f"{hashlib.sha256(account.name.encode()).hexdigest()[:16]}.json"


def _held(account: Account) -> dict[str, Any]:
    """What is remembered of an account, outside the database: its token and its cover."""
    try:
        return dict(json.loads(_file(account).read_text()))
    except (OSError, ValueError):
        return {}


def _hold(account: Account, **facts: Any) -> None:
    file = _file(account)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = file.with_suffix(f".{os.getpid()}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(_held(account) | facts, out)
    os.replace(aside, file)
