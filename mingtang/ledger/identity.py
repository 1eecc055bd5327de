"""Personal identity at rest: encrypted under a key that can be rotated, matched through a keyed blind index.

Two keys, so that who may match applicants need not be able to read them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from mingtang.ledger.acts import Deed, record
from mingtang.ledger.models import Installation


def _names() -> tuple[str, ...]:
    """Names of the identity keys, newest first: identity-2 comes before identity-1, identity-10 before both."""
    found = [p.name for p in (settings.HOME / "keys").glob("identity-*")]
    return tuple(sorted(found, key=lambda n: int(n.rpartition("-")[2]), reverse=True)) or ("identity-1",)


def _box() -> MultiFernet:
    """The newest key closes; older ones still open what was closed under them. Read anew: another process may rotate."""
    return _fernets(tuple(settings.LEDGER_KEYS(n) for n in _names()))


@cache
def _fernets(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(bytes.fromhex(k))) for k in keys])


def rotate(by: None, at: datetime) -> str:
    """Make a newer identity key, which closes from now on; returns its name (``identity-2``).

    Tokens closed before are closed anew by the room that keeps them (``Identity.reclosed``). Two who rotate at once make
    two keys, one after the other. Source: 个人信息保护法第五十一条.
    """
    Installation.objects.select_for_update().first()
    name = f"identity-{int(_names()[0].rpartition('-')[2]) + 1}"
    record(Deed("ledger.rotate", "key", name, at, by, None, "个人信息保护法第五十一条：加密措施"))
    settings.LEDGER_KEYS(name)  # last: without the Act there is no key
    return name


class Identity:
    """Who an applicant is (name, document number, contact): kept closed, matched blindly."""

    @staticmethod
    def closed(identity: Mapping[str, Any]) -> bytes:
        """The identity encrypted under the newest key."""
        return _box().encrypt(json.dumps(dict(identity), ensure_ascii=False).encode())

    @staticmethod
    def opened(token: bytes) -> dict[str, Any]:
        """What ``closed`` closed. Raises InvalidToken when it was tampered with or the key is gone."""
        return json.loads(_box().decrypt(bytes(token)))

    @staticmethod
    def reclosed(token: bytes) -> bytes:
        """The same identity closed under the newest key. Raises InvalidToken like ``opened``."""
        return _box().rotate(bytes(token))

    @staticmethod
    def newest() -> str:
        """Name of the key that closes now."""
        return _names()[0]

    @staticmethod
    def current(token: bytes) -> bool:
        """Was this closed under the newest key? False also for what no key of ours closed."""
        try:
            _fernets((settings.LEDGER_KEYS(_names()[0]),)).decrypt(bytes(token))
        except InvalidToken:
            return False
        return True

    @staticmethod
    def blind(*parts: str) -> str:
        """A keyed digest of normalised parts: equal for equal people, meaningless without the key."""
        text = "\x1f".join("".join(p.split()).upper() for p in parts)
        return hmac.new(
            bytes.fromhex(settings.LEDGER_KEYS("blind")), text.encode(), hashlib.sha256
        ).hexdigest()
