"""政务微博: one post for a document, its title with the link.

Protocol: open.weibo.com (2/statuses/share, user_timeline, destroy). There are no drafts there: an account that is not
automatic gets the text at the desk. A post whose fate is not known is looked for before it is sent again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from mingtang.portal import links
from mingtang.portal.channels import accounts, wire
from mingtang.portal.channels.accounts import Account
from mingtang.portal.channels.planning import reconcile
from mingtang.portal.channels.types import Sending, Sent, Unsent

KEY = "weibo"
SHORT, LONG = 140, 2000
_STALE = {21301, 21314, 21315, 21316, 21317, 21327, 21332}  # the authorisation ran out or was taken back
_OFTEN = {10022: 60, 10023: 60, 10024: 60, 20016: 5}  # minutes
_TWICE, _LATE, _ABSENT = {20017, 20019}, {20032}, {20101}
_BUSY = {10001, 10002, 10009, 10010, 10011}


class Refusal(Exception):
    """The other end said no: its code and our words for it."""

    def __init__(self, path: str, code: int):
        super().__init__(f"微博{path}：{code}")
        self.code = code


def publish(sending: Sending) -> Sent:
    """The post, or its text for a person to post."""
    account, far = _account(sending), dict(sending.remote)
    text = text_of(sending)
    if not account.automatic:
        sending.note({**far, "text": text})
        return Sent("by_hand", error=f"请用“{account.title}”发出，再回来登记链接：{text}")
    try:
        if far.get("posting") and (found := _found(account, sending)):
            return _out(sending, far, found)
        far["posting"] = True
        sending.note(far)
        return _out(sending, far, _ask(account, "/2/statuses/share.json", form={"status": text}))
    except Refusal as no:
        if no.code in _TWICE and (found := _found_quietly(account, sending)):
            return _out(sending, far, found)
        if no.code in _LATE:
            raise Unsent("微博说已发出，稍后才看得到", timedelta(minutes=2)) from None
        passing = _passing(no, account)
        if passing is not None:
            if no.code not in _BUSY:  # it was turned away: nothing stands there
                far.pop("posting", None)
                sending.note(far)
            raise passing from None
        far.pop("posting", None)
        sending.note(far)
        return Sent("by_hand", error=f"{no}，没有发出；请人工发布：{text}")


def withdraw(sending: Sending) -> Sent:
    """Delete the post; where the platform does not let us, say who must."""
    account, far = _account(sending), dict(sending.remote)
    try:
        post = far.get("id") or (
            str((_found(account, sending) or {}).get("idstr") or "") if far.get("posting") else ""
        )
        if post:
            _ask(account, "/2/statuses/destroy.json", form={"id": post})
    except Refusal as no:
        if no.code not in _ABSENT:
            passing = _passing(no, account)
            if passing is not None and no.code not in _STALE:
                raise passing from None
            return _by_hand(account)
    if sending.shown and not post:
        return _by_hand(account)
    return Sent("withdrawn", remote_id=post)


def rebuild() -> int:
    """Whatever stands there of a document that is no longer public is on its way out again."""
    return reconcile(KEY)


def _by_hand(account: Account) -> Sent:
    return Sent("by_hand", error=f"文件已撤下，“{account.title}”的这一条要请人登录微博删除，再回来登记")


def text_of(sending: Sending) -> str:
    """The text of the post, within the account's limit; the link is never cut."""
    edition = sending.document.edition
    assert edition is not None
    most = LONG if _account(sending).secrets.get("long") is True else SHORT
    link = " " + accounts.book().address + links.doc_url(sending.document.id)
    told = f"【{edition.title}】" + (edition.summary if edition.summary != edition.title else "")
    return _cut(told, most - length(link)) + link


def length(text: str) -> int:
    """Length as Weibo counts it: two narrow characters are one."""
    return -(-sum(1 if ord(c) < 128 else 2 for c in text) // 2)


def _cut(text: str, most: int) -> str:
    if length(text) <= most:
        return text
    while text and length(text) > most - 1:
        text = text[:-1]
    return text + "…"


def _out(sending: Sending, far: dict[str, Any], told: dict[str, Any]) -> Sent:
    post = str(told.get("idstr") or told.get("id") or "")
    sending.note({**far, "id": post})
    return Sent(
        "done", place=f"https://m.weibo.cn/status/{told.get('mid') or post}"[:300], remote_id=post[:120]
    )


def _found(account: Account, sending: Sending) -> dict[str, Any] | None:
    """The post that an earlier try left there: the account's newest, by its beginning (links are shortened there)."""
    told = _ask(account, "/2/statuses/user_timeline.json", query={"count": 50, "trim_user": 1})
    said = text_of(sending).rpartition(" ")[0].rstrip("…")
    posts: Iterable[dict[str, Any]] = told.get("statuses") or ()
    return next(
        (p for p in posts if str(p.get("text") or "").startswith(said) and str(p.get("idstr") or "") not in sending.known), None
    )  # fmt: skip


def _found_quietly(account: Account, sending: Sending) -> dict[str, Any] | None:
    try:
        return _found(account, sending)
    except Refusal:
        return None


def _account(sending: Sending) -> Account:
    assert sending.account is not None
    return sending.account


def _ask(
    account: Account, path: str, *, form: dict[str, Any] | None = None, query: dict[str, Any] | None = None
) -> dict[str, Any]:
    token = {"access_token": account.secrets["access_token"]}
    told = wire.ask(
        account.base, path, form={**form, **token} if form is not None else None, query={**query, **token} if query is not None else None,
        timeout=account.timeout,
    )  # fmt: skip
    if told.get("error_code"):
        raise Refusal(path.rpartition("/")[2].removesuffix(".json"), int(told["error_code"]))
    return told


def _passing(no: Refusal, account: Account) -> Unsent | None:
    """A refusal that may pass, with the moment after which it may have; None for one that will not."""
    if no.code in _STALE:
        return Unsent(
            f"{no}，“{account.title}”的授权已过期；请在 channels.yaml 换上新的 access_token",
            timedelta(hours=1),
        )
    if no.code in _OFTEN:
        return Unsent(f"{no}（调用次数用完）", timedelta(minutes=_OFTEN[no.code]), counts=False)
    return Unsent(str(no)) if no.code in _BUSY else None
