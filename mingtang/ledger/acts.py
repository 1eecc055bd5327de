"""Append-only Acts: keyed digests from the insert, signed Merkle seals soon after, and the check of both.

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
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from mingtang.ledger.clock import SHANGHAI, system_now
from mingtang.ledger.models import Act, Agency, Installation, Person, Seal

TAKE_OVER = "take_over"
_SEAL_SIZE = 20_000
# The two readings of one clock inside one verb may differ by this much; more is back-dating.
_SAME_MOMENT = timedelta(minutes=5)


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


@dataclass(frozen=True)
class Verified:
    """The outcome of ``verify``: rows read, rows not sealed yet, what is wrong (Chinese), payloads erased by rule."""

    acts: int
    unsealed: int
    faults: tuple[str, ...]
    erased: int = 0


@cache
def _key(name: str) -> bytes:
    return bytes.fromhex(settings.LEDGER_KEYS(name))


def _canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


def _moment(value: datetime) -> str:
    return value.astimezone(SHANGHAI).isoformat(timespec="microseconds")


def _mac(act: Act) -> str:
    body = _canonical(
        [
            act.key, act.verb, act.subject_type, act.subject_id, act.agency_id, act.person_id, _moment(act.at),
            _moment(act.recorded_at), act.basis, act.facts, act.payload_digest,
        ]
    )  # fmt: skip
    return hmac.new(_key("acts"), body, hashlib.sha256).hexdigest()


def _payload_digest(salt: str, payload: Any) -> str:
    return hashlib.sha256(salt.encode() + _canonical(payload)).hexdigest()


def _hour(at: datetime | date) -> datetime:
    """A day without an hour stands at nine in the morning of civil time."""
    return at if isinstance(at, datetime) else datetime.combine(at, time(9), SHANGHAI)


def _jsonable(value: Any) -> Any:
    """The value as it will come back from the database, so that the mac is taken over what is kept."""
    return json.loads(_canonical(value))


def record(*deeds: Deed) -> list[str]:
    """Write one Act for each deed and return their keys. Call inside the verb's own transaction.

    The system clock is read here and nowhere else for ``recorded_at``; callers cannot pass it.
    """
    written = system_now()
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
            facts=_jsonable(dict(deed.facts)),
        )
        if deed.payload is not None:
            act.payload = _jsonable(dict(deed.payload))
            act.salt = secrets.token_hex(16)
            act.payload_digest = _payload_digest(act.salt, act.payload)
        act.mac = _mac(act)
        acts.append(act)
    if len(acts) > 1:
        Act.objects.insert(acts)
    elif acts:
        acts[0].save()
    return [a.key for a in acts]


def erase(by: Person, at: datetime, *, subject_type: str, subject_id: str) -> int:
    """Remove the erasable payloads of one thing's Acts, with their salts; ``verify`` still passes and says so.

    Returns how many. Leaves an Act of its own that names the thing and nothing personal.
    """
    held = Act.objects.filter(subject_type=subject_type, subject_id=subject_id, payload__isnull=False)
    count = held.update(payload=None, salt="")
    record(
        Deed(
            "ledger.erase", subject_type, subject_id, at, by, None, "个人信息保护法第四十七条：保存期限届满",
            {"acts": count},
        )
    )  # fmt: skip
    return count


def _root(leaves: list[bytes]) -> bytes:
    """Merkle root with domain-separated leaves and nodes (RFC 6962 §2.1)."""
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves] or [hashlib.sha256(b"").digest()]
    while len(level) > 1:
        pairs = [
            hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)
        ]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def _signer() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_key("seals"))


def _statement(seal: Seal) -> bytes:
    return _canonical([_moment(seal.at), seal.count, seal.root, seal.previous_root])


def seal(by: None, at: datetime) -> int:
    """Seal every unsealed Act in signed batches; returns how many. One sealer at a time (a row lock)."""
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
                .values_list("id", "key", "mac")[:_SEAL_SIZE]
            )
            if not acts:
                return sealed
            leaves = [bytes.fromhex(key) + bytes.fromhex(mac) for _, key, mac in acts]
            seal = Seal(
                at=system_now(),
                count=len(acts),
                root=_root(leaves).hex(),
                previous_root=last.root if last else "",
                members=b"".join(leaves),
            )
            seal.signature = _signer().sign(_statement(seal)).hex()
            seal.save()
            ids = [a[0] for a in acts]
            for start in range(0, len(ids), 500):
                Act.objects.filter(id__in=ids[start : start + 500], seal__isnull=True).update(seal=seal)
            # The head is also written outside the database: cutting off the newest seals is seen.
            transaction.on_commit(lambda seal=seal: _write_head(seal))
        sealed += len(acts)


def _head_file():
    return settings.HOME / "seals.log"


def _write_head(seal: Seal) -> None:
    with _head_file().open("a") as out:
        out.write(f"{seal.pk} {seal.root} {seal.signature}\n")


def verify() -> Verified:
    """Recompute every mac, every Merkle root and every signature; name each row that was edited, removed or inserted."""
    faults: list[str] = []
    demo = Installation.objects.filter(kind=Installation.DEMO).exists()
    total = unsealed = erased = 0
    known: dict[int, dict[bytes, bytes]] = {}
    for seal in Seal.objects.order_by("id"):
        known[seal.pk] = _members(seal)
    faults += _check_seals()
    seen: dict[int, int] = dict.fromkeys(known, 0)
    places = {pk: {key: n for n, key in enumerate(members)} for pk, members in known.items()}
    last = dict.fromkeys(known, -1)
    present: set[bytes] = set()
    by_rule = set(Act.objects.filter(verb="ledger.erase").values_list("subject_type", "subject_id"))
    sealed_keys = {key for members in known.values() for key in members}
    for act in _readable():
        total += 1
        if isinstance(act, int):
            faults.append(f"痕迹 {act} 的内容已经读不出来：被改过")
            continue
        key = _bytes(act.key)
        present.add(key)
        faults += _check_act(act, demo)
        if act.payload is None and act.payload_digest:
            erased += 1
            if (act.subject_type, act.subject_id) not in by_rule:
                faults.append(f"痕迹 {act.pk}（{act.verb}）的附带内容不见了，却没有按规定删除的痕迹：被删改")
        if act.seal_id is None:
            unsealed += 1
            if key in sealed_keys:
                faults.append(f"痕迹 {act.pk}（{act.verb}）已经封存，却被标成未封存：被改过")
            continue
        members = known.get(act.seal_id, {})
        mac = members.get(key)
        if mac is None:
            faults.append(f"痕迹 {act.pk}（{act.verb}）不在它所称的封存批次 {act.seal_id} 里：是后来塞入的")
        else:
            seen[act.seal_id] += 1
            if places[act.seal_id][key] < last[act.seal_id]:
                faults.append(f"痕迹 {act.pk}（{act.verb}）的先后与封存批次 {act.seal_id} 不符：编号被换过")
            last[act.seal_id] = max(last[act.seal_id], places[act.seal_id][key])
            if mac.hex() != act.mac:
                faults.append(f"痕迹 {act.pk}（{act.verb}）的摘要与封存批次 {act.seal_id} 不符：被改过")
    for pk, members in known.items():
        if seen[pk] != len(members):
            for key in members:
                if key not in present:
                    faults.append(f"封存批次 {pk} 里的痕迹 {key.hex()} 不见了：被删除")
    return Verified(total, unsealed, tuple(faults), erased)


def _bytes(key: str) -> bytes:
    """A key as its bytes; one that was edited into something else is in no seal."""
    try:
        return bytes.fromhex(key)
    except ValueError:
        return key.encode()


def _members(seal: Seal) -> dict[bytes, bytes]:
    raw = bytes(seal.members)
    return {raw[i : i + 16]: raw[i + 16 : i + 48] for i in range(0, len(raw), 48)}


def _check_seals() -> Iterator[str]:
    previous, public = "", _signer().public_key()
    seals = {}
    for seal in Seal.objects.order_by("id"):
        seals[seal.pk] = seal.root
        raw = bytes(seal.members)
        if (
            _root([raw[i : i + 48] for i in range(0, len(raw), 48)]).hex() != seal.root
            or seal.previous_root != previous
        ):
            yield f"封存批次 {seal.pk} 的根与成员或上一批不符：被改过，或前面少了一批"
        try:
            public.verify(bytes.fromhex(seal.signature), _statement(seal))
        except (InvalidSignature, ValueError):
            yield f"封存批次 {seal.pk} 的签名不对"
        previous = seal.root
    head = _head_file()
    for line in head.read_text().splitlines() if head.exists() else ():
        pk, _, rest = line.partition(" ")
        root, _, signature = rest.partition(" ")
        if len(signature) != 128 or not pk.isdigit():
            continue  # the line of a seal that was being written when the power went
        if seals.get(int(pk)) != root:
            yield f"封存批次 {pk} 记在库外的签名簿里，库里却没有或不同：被删除或替换"


def _readable() -> Iterator[Act | int]:
    """Every Act in the order of ids; of a row whose columns no longer hold what they should, only its id."""
    ids = list(Act.objects.order_by("id").values_list("id", flat=True))
    for start in range(0, len(ids), 5000):
        part = ids[start : start + 5000]
        try:
            yield from list(Act.objects.filter(id__gte=part[0], id__lte=part[-1]).order_by("id"))
        except (ValueError, TypeError):  # one of them was edited into nonsense: find out which
            for pk in part:
                try:
                    yield Act.objects.get(pk=pk)
                except (ValueError, TypeError):
                    yield pk


def _intact(act: Act) -> bool:
    try:
        return hmac.compare_digest(act.mac.encode(), _mac(act).encode())
    except AttributeError:  # a moment that is none
        return False


def _check_act(act: Act, demo: bool) -> Iterable[str]:
    if not _intact(act):
        yield f"痕迹 {act.pk}（{act.verb} {act.subject_type} {act.subject_id}）的内容与摘要不符：被改过"
    if act.payload is not None and _payload_digest(act.salt, act.payload) != act.payload_digest:
        yield f"痕迹 {act.pk}（{act.verb}）的附带内容与摘要不符：被改过"
    if act.payload is None and act.salt:
        yield f"痕迹 {act.pk}（{act.verb}）的附带内容没有按规定删除"
    if (
        not demo
        and act.at
        and act.recorded_at
        and act.verb != TAKE_OVER
        and abs(act.at - act.recorded_at) > _SAME_MOMENT
    ):
        yield f"痕迹 {act.pk}（{act.verb}）所称时间与记录时间不符：倒签"
