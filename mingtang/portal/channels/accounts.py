"""The accounts of an installation, read from one file that only its owner may read: never from the database, never logged.

``MINGTANG_HOME/channels.yaml``::

    address: https://www.example.gov.cn       # of the public site, for links back; default: the site's own domain
    private_links: false                      # may links that people enter lead into private networks?
    accounts:
      - name: city-wechat                     # for life: rows of Release point to it
        channel: wechat                       # wechat | weibo
        title: 市政府发布
        automatic: false                      # default: a draft, and somebody is reminded
        kinds: [policy, interpretation]       # which documents; empty: every kind
        agencies: [A001]                      # by code; empty: every organ
        appid: …                              # wechat: appid, secret, cover (a picture beside this file)
        secret: …
        cover: cover.jpg
      - {name: city-weibo, channel: weibo, title: 市政府发布, access_token: …, long: true}

``base`` of an account leads to another machine where a closed network has one; ``timeout`` is in seconds.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Malformed, read_yaml
from mingtang.portal import look

BASES = {"wechat": "https://api.weixin.qq.com", "weibo": "https://api.weibo.com"}
_SECRETS = {"wechat": {"appid", "secret", "cover", "token"}, "weibo": {"access_token", "long"}}
_NEEDED = {"wechat": {"appid", "secret", "cover"}, "weibo": {"access_token"}}
_COMMON = {"name", "channel", "title", "automatic", "kinds", "agencies", "base", "timeout"}


class Unfit(ValueError):
    """The file of accounts cannot be used: where and why, with the words that would do. Holds no secret."""


@dataclass(frozen=True)
class Account:
    """One account at another's machine. ``secrets`` never shows."""

    name: str
    channel: str
    title: str
    base: str
    automatic: bool = False
    kinds: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    timeout: float = 10.0
    secrets: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def takes(self, kind: str, agency_code: str) -> bool:
        """Whether a document of this kind and organ goes here."""
        return (not self.kinds or kind in self.kinds) and (not self.agencies or agency_code in self.agencies)


@dataclass(frozen=True)
class Book:
    """The file as read."""

    accounts: Mapping[str, Account] = field(default_factory=dict)
    address: str = ""
    private_links: bool = False


def path() -> Path:
    """Where the file lies."""
    return Path(settings.HOME) / "channels.yaml"


def book() -> Book:
    """The accounts; none when there is no file. Raises Unfit."""
    file = path()
    if not file.exists():
        return Book(address=_own())
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise Unfit("channels.yaml 里有口令，别人也读得到；请执行 chmod 600 channels.yaml")
    try:
        told = read_yaml(file, empty=True)
    except Malformed as wrong:  # the place only: what stands there may be a secret
        raise Unfit(
            f"channels.yaml：{wrong.key}：不是可以读的 YAML（最外层应是“名称: 值”，一个名称写一次，UTF-8）"
        ) from None
    _only(told, {"address", "private_links", "accounts"}, "channels.yaml")
    made = [_account(row, n) for n, row in enumerate(told.get("accounts") or (), 1)]
    names = [a.name for a in made]
    if len(set(names)) < len(names):
        raise Unfit("channels.yaml 里有两个账号用同一个 name")
    address = str(told.get("address") or _own()).rstrip("/")
    return Book({a.name: a for a in made}, address, bool(told.get("private_links")))


def _own() -> str:
    return f"https://{look.site().domain}"


def _only(told: Mapping[str, Any], allowed: set[str], where: str) -> None:
    if extra := set(told) - allowed:
        raise Unfit(
            f"{where}：没有{'、'.join(sorted(map(str, extra)))}这一项；可用：{'、'.join(sorted(allowed))}"
        )


def _account(row: Any, number: int) -> Account:
    where = f"channels.yaml 第{number}个账号"
    if not isinstance(row, dict) or row.get("channel") not in BASES:
        raise Unfit(f"{where}：channel 只能是{'、'.join(BASES)}")
    channel = row["channel"]
    _only(row, _COMMON | _SECRETS[channel], where)
    needed = {"name"} | _NEEDED[channel]
    if missing := sorted(k for k in needed if not row.get(k)):
        raise Unfit(f"{where}：没有写{'、'.join(missing)}")
    if wrong := sorted(set(row.get("kinds") or ()) - set(disclosure.KINDS)):
        raise Unfit(f"{where}：没有{'、'.join(wrong)}这个文种")
    base = str(row.get("base") or BASES[channel]).rstrip("/")
    if not base.startswith(("https://", "http://")):
        raise Unfit(f"{where}：base 应以 https:// 开头")
    return Account(
        str(row["name"])[:60], channel, str(row.get("title") or row["name"]), base, row.get("automatic") is True,
        tuple(row.get("kinds") or ()), tuple(map(str, row.get("agencies") or ())), float(row.get("timeout") or 10),
        {k: row[k] for k in _SECRETS[channel] if k in row},
    )  # fmt: skip
