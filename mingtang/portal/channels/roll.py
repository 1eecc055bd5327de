"""The one list of channels. A module enters here; the contract test, the sending and the reference find it."""

from __future__ import annotations

from mingtang.portal.channels import dump, feeds, gazette, search, site, wechat, weibo
from mingtang.portal.channels.types import Channel

ROLL: dict[str, Channel] = {m.KEY: m for m in (site, feeds, dump, search, gazette, wechat, weibo)}
