"""Personal identity at rest: encrypted under a key that can be rotated, matched through a keyed blind index.

Two keys, so that who may match applicants need not be able to read them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@cache
def _box() -> MultiFernet:
    import base64

    def fernet(name: str) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(bytes.fromhex(settings.LEDGER_KEYS(name))))

    # The newest key first; older ones still open what was written under them.
    names = sorted((p.name for p in (settings.HOME / "keys").glob("identity*")), reverse=True) or [
        "identity-1"
    ]
    return MultiFernet([fernet(n) for n in names])


def conceal(identity: Mapping[str, Any]) -> bytes:
    """Encrypt an identity (name, document number, contact)."""
    return _box().encrypt(json.dumps(dict(identity), ensure_ascii=False).encode())


def reveal(token: bytes) -> dict[str, Any]:
    """Open what ``conceal`` closed. Raises InvalidToken when it was tampered with or the key is gone."""
    return json.loads(_box().decrypt(bytes(token)))


def blind(*parts: str) -> str:
    """A keyed digest of normalised parts: equal for equal people, meaningless without the key."""
    text = "\x1f".join("".join(p.split()).upper() for p in parts)
    return hmac.new(bytes.fromhex(settings.LEDGER_KEYS("blind")), text.encode(), hashlib.sha256).hexdigest()
