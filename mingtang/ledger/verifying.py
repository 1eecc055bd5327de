"""The check of the ledger: every digest, every Merkle root, every signature; each row edited, removed or inserted is named.

Seals and Acts are read by keyset paging, a run of seals with their Acts at a time, so that memory does not grow with
the ledger.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from cryptography.exceptions import InvalidSignature
from django.db.models import Exists, OuterRef, QuerySet

from mingtang.law.api import Refused
from mingtang.ledger import acts
from mingtang.ledger.models import Act, Installation, Seal

_PAGE = 5000
_ERASE = "ledger.erase"
# The two readings of one clock inside one verb may differ by this much; more is back-dating.
_SAME_MOMENT = timedelta(minutes=5)


@dataclass(frozen=True)
class Verified:
    """The outcome of ``verify``: rows read, rows not sealed yet, what is wrong (Chinese), payloads erased by rule."""

    acts: int
    unsealed: int
    faults: tuple[str, ...]
    erased: int = 0

    @staticmethod
    def barred() -> Refused | None:
        """Why nothing can be verified here (the keys are absent), or None."""
        return acts.keys_absent()


class _Count:
    """What one run has read so far."""

    def __init__(self) -> None:
        self.demo = Installation.objects.filter(kind=Installation.DEMO).exists()
        self.acts = self.unsealed = self.erased = 0
        self.faults: list[str] = []

    def read(self, found: QuerySet[Act]) -> Iterator[Act]:
        """Each Act that can be read, in the order of ids, judged by itself and counted."""
        for page in _pages(found):
            self.acts += len(page)
            whole = [a for a in page if isinstance(a, Act)]
            self.faults += (f"痕迹 {a} 的内容已经读不出来：被改过" for a in page if isinstance(a, int))
            for act in whole:
                self.faults += _check_act(act, self.demo)
            self.erased += sum(_emptied(a) for a in whole)
            self.faults += _check_erased(whole)
            yield from whole


def verify() -> Verified | Refused:
    """Recompute every mac, every Merkle root and every signature; name each row that was edited, removed or inserted.

    Reads only; refused where the keys are absent, for then nothing can be told. An emptied payload must be named by an erasing Act, and what that Act names must be empty.
    """
    if (absent := acts.keys_absent()) is not None:
        return absent
    count = _Count()
    previous = ""
    for seals in _seals():
        for seal in seals:
            count.faults += _check_seal(seal, previous)
            previous = seal.root
        _check_members(seals, count)
    count.unsealed = sum(1 for _ in count.read(Act.objects.filter(seal__isnull=True)))
    gone = ~Exists(Seal.objects.filter(pk=OuterRef("seal_id")))
    for act in count.read(Act.objects.filter(gone, seal__isnull=False)):
        count.faults.append(_slipped_in(act))
    count.faults += _check_head()
    return Verified(count.acts, count.unsealed, tuple(count.faults), count.erased)


def _slipped_in(act: Act) -> str:
    return f"痕迹 {act.pk}（{act.verb}）不在它所称的封存批次 {act.seal_id} 里：是后来塞入的"


def _bytes(key: str) -> bytes:
    """A key as its bytes; none when it was edited into something else."""
    try:
        return bytes.fromhex(key)
    except ValueError:
        return b""


def _pages(found: QuerySet[Act]) -> Iterator[list[Act | int]]:
    """The Acts by pages in the order of ids; of a row whose columns no longer hold what they should, only its id."""
    rest = found.order_by("id")
    while ids := list(rest.values_list("id", flat=True)[:_PAGE]):
        try:
            yield list(found.filter(id__gte=ids[0], id__lte=ids[-1]).order_by("id"))
        except (ValueError, TypeError):  # one of them was edited into nonsense: find out which
            yield [_one(pk) for pk in ids]
        rest = found.filter(id__gt=ids[-1]).order_by("id")


def _one(pk: int) -> Act | int:
    try:
        return Act.objects.get(pk=pk)
    except (ValueError, TypeError):
        return pk


# --- seals and their members ---


def _seals() -> Iterator[list[Seal]]:
    """All seals in the order of ids, by runs that hold about as many Acts as one full seal."""
    last = None
    while True:
        rest = (
            Seal.objects.order_by("id") if last is None else Seal.objects.filter(id__gt=last).order_by("id")
        )
        held, run = 0, list[int]()
        for pk, size in rest.values_list("id", "count")[:200]:
            if run and held + size > acts.SEAL_SIZE:
                break
            run.append(pk)
            held += size
        if not run:
            return
        last = run[-1]
        yield list(Seal.objects.filter(id__gte=run[0], id__lte=last).order_by("id"))


def _leaves(seal: Seal) -> list[bytes]:
    raw = bytes(seal.members)
    return [raw[i : i + 48] for i in range(0, len(raw), 48)]


def _check_seal(seal: Seal, previous: str) -> Iterator[str]:
    """The seal by itself: its root over its members, the seal before it, its signature."""
    if acts.root_of(_leaves(seal)).hex() != seal.root or seal.previous_root != previous:
        yield f"封存批次 {seal.pk} 的根与成员或上一批不符：被改过，或前面少了一批"
    try:
        acts.signer().public_key().verify(bytes.fromhex(seal.signature), acts.statement_of(seal))
    except (InvalidSignature, ValueError):
        yield f"封存批次 {seal.pk} 的签名不对"


def _check_members(seals: list[Seal], count: _Count) -> None:
    """The Acts that say they lie in these seals, against what the seals name."""
    members = {s.pk: {leaf[:16]: (n, leaf[16:]) for n, leaf in enumerate(_leaves(s))} for s in seals}
    last = dict.fromkeys(members, -1)
    for act in count.read(Act.objects.filter(seal_id__in=list(members))):
        place, mac = members[act.seal_id].pop(_bytes(act.key), (None, b""))
        if place is None:
            count.faults.append(_slipped_in(act))
            continue
        if place < last[act.seal_id]:
            count.faults.append(f"痕迹 {act.pk}（{act.verb}）的先后与封存批次 {act.seal_id} 不符：编号被换过")
        last[act.seal_id] = max(last[act.seal_id], place)
        if mac.hex() != act.mac:
            count.faults.append(f"痕迹 {act.pk}（{act.verb}）的摘要与封存批次 {act.seal_id} 不符：被改过")
    for pk, left in members.items():  # whatever nobody claimed
        count.faults += _missing(pk, [key.hex() for key in left])


def _missing(seal: int, keys: list[str]) -> Iterator[str]:
    """What became of Acts that a seal names and that do not say they lie in it."""
    for some in _by_hundreds(keys):
        elsewhere = {a[0]: a[1:] for a in Act.objects.filter(key__in=some).values_list("key", "id", "verb", "seal_id")}  # fmt: skip
        for key in some:
            if key not in elsewhere:
                yield f"封存批次 {seal} 里的痕迹 {key} 不见了：被删除"
                continue
            pk, verb, now = elsewhere[key]
            if now == seal:  # it says so, and could not be read
                continue
            marked = "未封存" if now is None else f"属于批次 {now}"
            yield f"痕迹 {pk}（{verb}）已经封存在批次 {seal}，却被标成{marked}：被改过"


def _by_hundreds(values: Iterable[Any], size: int = 500) -> Iterator[list[Any]]:
    """By lists of a length that every database takes as parameters."""
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some


def _check_head() -> Iterator[str]:
    """The newest seals against the book of signatures outside the database."""
    head = acts.head_file()
    if not head.exists():
        return
    with head.open() as book:
        for lines in _by_hundreds(book):
            told = {}
            for line in lines:
                pk, _, rest = line.strip().partition(" ")
                root, _, signature = rest.partition(" ")
                if len(signature) == 128 and pk.isdigit():  # else it was being written when the power went
                    told[int(pk)] = root
            kept = dict(Seal.objects.filter(pk__in=list(told)).values_list("pk", "root"))
            for seal, root in told.items():
                if kept.get(seal) != root:
                    yield f"封存批次 {seal} 记在库外的签名簿里，库里却没有或不同：被删除或替换"


# --- one Act by itself ---


def _intact(act: Act) -> bool:
    try:
        return hmac.compare_digest(act.mac.encode(), acts.mac_of(act).encode())
    except AttributeError:  # a moment that is none
        return False


def _emptied(act: Act) -> bool:
    return act.payload is None and bool(act.payload_digest)


def _check_act(act: Act, demo: bool) -> Iterator[str]:
    if not _intact(act):
        yield f"痕迹 {act.pk}（{act.verb} {act.subject_type} {act.subject_id}）的内容与摘要不符：被改过"
    if act.payload is not None and acts.digest_of(act.salt, act.payload) != act.payload_digest:
        yield f"痕迹 {act.pk}（{act.verb}）的附带内容与摘要不符：被改过"
    if act.payload is None and act.salt:
        yield f"痕迹 {act.pk}（{act.verb}）的附带内容没有按规定删除"
    if (
        not demo
        and act.at
        and act.recorded_at
        and act.verb != acts.TAKE_OVER
        and abs(act.at - act.recorded_at) > _SAME_MOMENT
    ):
        yield f"痕迹 {act.pk}（{act.verb}）所称时间与记录时间不符：倒签"


def _named(erasing: Act) -> list[str]:
    """The keys of the Acts that an erasing Act says it emptied; none when it was edited."""
    told = erasing.facts.get("erased", []) if isinstance(erasing.facts, dict) and _intact(erasing) else []
    return [str(key) for key in told]


def _check_erased(page: list[Act]) -> Iterator[str]:
    """Both ways: what is empty was named by an erasing Act, and what such an Act named is empty."""
    empty = [a for a in page if _emptied(a)]
    by_rule: set[str] = set()
    for some in _by_hundreds({a.subject_id for a in empty}):
        for erasing in _pages(Act.objects.filter(verb=_ERASE, subject_id__in=some)):
            by_rule.update(key for a in erasing if isinstance(a, Act) for key in _named(a))
    for act in empty:
        if act.key not in by_rule:
            yield f"痕迹 {act.pk}（{act.verb}）的附带内容不见了，却没有按规定删除的痕迹：被删改"
    for erasing in (a for a in page if a.verb == _ERASE):
        for some in _by_hundreds(_named(erasing)):
            kept = Act.objects.filter(key__in=some, payload__isnull=False)
            for pk, verb in kept.values_list("id", "verb"):
                yield f"痕迹 {pk}（{verb}）的附带内容按痕迹 {erasing.pk} 已经删除，却还在：被改过"
