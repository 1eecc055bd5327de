"""Append-only Acts: keyed digests from the insert, signed Merkle seals soon after (``verifying`` checks both).

The mac covers every field that is never erased, and the digest of the erasable payload. The key lies outside
the database. Seals name their members, so an edited, removed or inserted row is named (certificate-transparency
logs do the same with tree heads).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from mingtang.law.api import Refused
from mingtang.ledger.clock import SHANGHAI, system_now
from mingtang.ledger.models import Act, Agency, Installation, Person, Seal

TAKE_OVER = "take_over"
SEAL_SIZE = 20_000


# For whom the person at work stands in; an Act recorded meanwhile names them.
_FOR: ContextVar[int | None] = ContextVar("acts_for", default=None)


@contextmanager
def standing_for(person: int | None) -> Iterator[None]:
    """Record ``for`` with every Act inside: the id of the absent person whose power is used. None: nobody."""
    token = _FOR.set(person)
    try:
        yield
    finally:
        _FOR.reset(token)


def stood_in_for() -> int | None:
    """Whose absence the person at work covers just now, by id; None: nobody's."""
    return _FOR.get()


@dataclass(frozen=True)
class Deed:
    """What ``record`` writes down: one verb done to one thing.

    ``at`` is a day without an hour where another system states only that. ``facts`` stay for ever and hold nothing personal; ``payload`` may be erased later (article 6 of the privacy
    rules of an installation: applicants, phone numbers, free text).
    """

    verb: str
    subject_type: str
    subject_id: str
    at: datetime | date
    person: Person | None = None
    agency: Agency | int | None = None
    basis: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    payload: Mapping[str, Any] | None = None


def keys_absent() -> Refused | None:
    """Why nothing recorded here can be judged: Acts were written, and the keys they were written with lie elsewhere.

    Makes nothing: ``_key`` would make a new key, and under that every row looks forged.
    """
    absent = [
        name
        for name, rows in (("acts", Act.objects), ("seals", Seal.objects))
        if not (settings.KEYS / name).exists() and rows.exists()
    ]
    if not absent:
        return None
    return Refused(
        f"缺少痕迹的密钥（{'、'.join(absent)}），无法核验，也不说明痕迹被改过",
        f"密钥不在库里，应在 {settings.KEYS}",
        "请从备份恢复原来的 keys 目录再核验；不要新建，新的密钥认不出旧的痕迹",
    )


@cache
def _key(name: str) -> bytes:
    """A key of the ledger. Raises RuntimeError where it is lost: a new one would make every earlier row look forged."""
    if (lost := keys_absent()) is not None:
        raise RuntimeError(f"{lost.why}。{lost.instead}")
    return bytes.fromhex(settings.LEDGER_KEYS(name))


def _canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


def _moment(value: datetime) -> str:
    return value.astimezone(SHANGHAI).isoformat(timespec="microseconds")


def mac_of(act: Act) -> str:
    """The keyed digest (HMAC-SHA-256, hex) of an Act: over every field that is never erased, and the payload's digest.

    Raises AttributeError for a row whose moment is none.
    """
    body = _canonical(
        [
            act.key, act.verb, act.subject_type, act.subject_id, act.agency_id, act.person_id, _moment(act.at),
            _moment(act.recorded_at), act.basis, act.facts, act.payload_digest,
        ]
    )  # fmt: skip
    return hmac.new(_key("acts"), body, hashlib.sha256).hexdigest()


def digest_of(salt: str, payload: Any) -> str:
    """The salted SHA-256 (hex) of an erasable payload; without the salt nobody can guess what it was."""
    return hashlib.sha256(salt.encode() + _canonical(payload)).hexdigest()


def _hour(at: datetime | date) -> datetime:
    """A day without an hour stands at nine in the morning of civil time."""
    return at if isinstance(at, datetime) else datetime.combine(at, time(9), SHANGHAI)


def _jsonable(value: Any) -> Any:
    """The value as it will come back from the database, so that the mac is taken over what is kept."""
    return json.loads(_canonical(value))


def record(*deeds: Deed) -> list[str]:
    """Write one Act for each deed and return their keys. Call inside the verb's own transaction.

    The system clock is read here and nowhere else for ``recorded_at``; callers cannot pass it. Facts and payload are kept as
    JSON: what is not JSON is kept as its text. Source: contract "Acts".
    """
    written, absent = system_now(), stood_in_for()
    acts = []
    for deed in deeds:
        act = Act(
            key=uuid.uuid4().hex,
            verb=deed.verb,
            subject_type=deed.subject_type,
            subject_id=str(deed.subject_id),
            agency_id=deed.agency.pk if isinstance(deed.agency, Agency) else deed.agency,
            person=deed.person,
            at=_hour(deed.at),
            recorded_at=written,
            basis=deed.basis,
            facts=_jsonable(dict(deed.facts) | ({"for": absent} if absent and deed.person else {})),
        )
        if deed.payload is not None:
            act.payload = _jsonable(dict(deed.payload))
            act.salt = secrets.token_hex(16)
            act.payload_digest = digest_of(act.salt, act.payload)
        act.mac = mac_of(act)
        acts.append(act)
    if len(acts) > 1:
        Act.objects.insert(acts)
    elif acts:
        acts[0].save()
    return [a.key for a in acts]


def erase(by: Person | None, at: datetime, *, subject_type: str, subject_id: str) -> int:
    """Remove the erasable payloads of one thing's Acts, with their salts; ``verify`` still passes and says so.

    Returns how many. Leaves an Act of its own that names the thing, the Acts it emptied by their keys, and nothing
    personal. Source: 个人信息保护法第四十七条.
    """
    held = Act.objects.filter(subject_type=subject_type, subject_id=subject_id, payload__isnull=False)
    emptied = dict(held.select_for_update(of=("self",)).order_by("pk").values_list("pk", "key"))
    Act.objects.filter(pk__in=list(emptied)).update(payload=None, salt="")
    record(
        Deed(
            "ledger.erase", subject_type, subject_id, at, by, None, "个人信息保护法第四十七条：保存期限届满",
            {"acts": len(emptied), "erased": list(emptied.values())},
        )
    )  # fmt: skip
    return len(emptied)


def expire(by: None, at: datetime, *, things: Iterable[tuple[str, str]]) -> int:
    """What a room's own retention empties: of each thing (type, id) the erasable payloads, with one Act; returns how many.

    The platform's upkeep: the room decides by a norm, nobody by hand.
    """
    return sum(erase(by, at, subject_type=kind, subject_id=number) for kind, number in things)


def root_of(leaves: list[bytes]) -> bytes:
    """Merkle root with domain-separated leaves and nodes (RFC 6962 §2.1). Of no leaves: the digest of nothing."""
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves] or [hashlib.sha256(b"").digest()]
    while len(level) > 1:
        pairs = [
            hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)
        ]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def signer() -> Ed25519PrivateKey:
    """The key that signs seals (Ed25519); it lies outside the database."""
    return Ed25519PrivateKey.from_private_bytes(_key("seals"))


def statement_of(seal: Seal) -> bytes:
    """What a seal's signature is over: its moment, how many, its root and the root before it."""
    return _canonical([_moment(seal.at), seal.count, seal.root, seal.previous_root])


def seal(by: None, at: datetime) -> int:
    """Seal every unsealed Act in signed batches; returns how many. One sealer at a time (a row lock).

    The platform's own upkeep: ``by`` is None. ``at`` is not used, a seal bears the system clock's time. Source: contract "Acts".
    """
    sealed = 0
    while True:
        with transaction.atomic():
            # The installation's row is the sealers' mutex: the last seal itself may not exist yet, or not be the last
            # any more when its lock is granted.
            Installation.objects.select_for_update().first()
            last = Seal.objects.order_by("-id").first()
            acts = list(
                Act.objects.filter(seal__isnull=True)
                .order_by("id")
                .values_list("id", "key", "mac")[:SEAL_SIZE]
            )
            if not acts:
                return sealed
            leaves = [bytes.fromhex(key) + bytes.fromhex(mac) for _, key, mac in acts]
            seal = Seal(
                at=system_now(),
                count=len(acts),
                root=root_of(leaves).hex(),
                previous_root=last.root if last else "",
                members=b"".join(leaves),
            )
            seal.signature = signer().sign(statement_of(seal)).hex()
            seal.save()
            ids = [a[0] for a in acts]
            for start in range(0, len(ids), 500):
                Act.objects.filter(id__in=ids[start : start + 500], seal__isnull=True).update(seal=seal)
            # The head is also written outside the database: cutting off the newest seals is seen.
            transaction.on_commit(lambda seal=seal: _write_head(seal))
        sealed += len(acts)


def head_file() -> Path:
    """The book of signatures outside the database: one line a seal, appended at its commit."""
    return settings.HOME / "seals.log"


def _write_head(seal: Seal) -> None:
    with head_file().open("a") as out:
        out.write(f"{seal.pk} {seal.root} {seal.signature}\n")
