"""Succession: on a day an organ's work passes to others. Merged and renamed organs pass it whole, a split one by statement.

A statement says for each successor which parts it takes (``PARTS``, as ids or words that the rooms above know) and
names the one that carries the rest: nothing is left without an organ, nothing goes to two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from mingtang.law.api import Refused
from mingtang.ledger.acts import Deed, record
from mingtang.ledger.clock import SHANGHAI
from mingtang.ledger.models import Agency, Appointment, Person, Succession
from mingtang.ledger.outbox import enqueue
from mingtang.ledger.terms import not_over, serving

BASIS = "机构编制管理规定；条例第十条：职能划转后由承接机关负责公开"
# What a split must state for every successor, then what it may state; what is not named goes with the rest.
PARTS = ("cases", "duties", "columns")
MAY_STATE = ("remedies", "letters", "proposals", "drafts", "appointments")
_WORDS = {"cases": "申请", "duties": "职责", "columns": "栏目", "remedies": "复议诉讼", "letters": "来信", "proposals": "建议提案", "drafts": "未公开的草稿", "appointments": "任职"}  # fmt: skip
Shares = Mapping[int, Mapping[str, Sequence[Any]]]


@dataclass(frozen=True)
class Passing:
    """A succession as the rooms above are told it: old organ → the one that carries the rest, and what goes elsewhere."""

    heirs: Mapping[int, int]
    shares: Shares
    on: date
    basis: str

    @classmethod
    def told(cls, word: Mapping[str, Any]) -> Passing:
        """Read an ``agency.succeeded`` row of the outbox. Raises KeyError for a row of another topic."""
        return cls(
            {int(old): word.get("rest", new[0]) for old, new in word["pairs"].items()},
            {int(heir): share for heir, share in word.get("shares", {}).items()},
            date.fromisoformat(word["on"]),
            f"机构调整：{word['kind']}（痕迹 {word['act'][:8]}）",
        )


def succeed(
    by: Person | None, at: datetime, *, old: list[Agency], new: list[Agency], kind: str, on: date,
    rest: Agency | None = None, shares: Shares | None = None, trial: bool = False,
) -> str | Refused:  # fmt: skip
    """Pass the work of ``old`` organs to ``new`` ones on a day, by one recorded Act; returns the Act's key.

    Published documents keep their publisher. Rooms above move open cases, drafts, duties, carry-over and columns when they
    drain the ``agency.succeeded`` row. Organs below an old one go below the successor that carries the ``rest``, and
    whoever serves there serves at that successor. ``shares``: successor → part → ids or words, for a split only.
    ``trial``: only say whether it would be refused. Refused for organs, days or a statement that do not fit.
    Source: 条例第十条; 机构编制管理规定.
    """
    stated = {int(heir): {part: list(held) for part, held in share.items()} for heir, share in (shares or {}).items()}  # fmt: skip
    kept = as_kept([*old, *new])
    old, new = ([kept[a.pk] for a in side if a.pk in kept] for side in (old, new))
    refused = _misshapen(old, new, kind)
    if refused is None:
        refused = _untimely(old, new, on, at) or _misstated(kind, new, rest, stated)
    if refused is not None:
        return refused
    if trial:
        return ""
    main = next(a for a in new if rest is None or a.pk == rest.pk)
    told: dict[str, Any] = {"kind": kind, "on": on, "from": [a.name for a in old], "to": [a.name for a in new]}  # fmt: skip
    if kind == "split":
        told |= {"rest": main.name, "shares": {str(heir): share for heir, share in stated.items()}}
    record(*(Deed("agency.end", "agency", str(a.pk), at, by, a, BASIS, told) for a in old))
    (key,) = record(Deed("agency.succeed", "agency", str(main.pk), at, by, main, BASIS, told))
    for before in old:
        Agency.objects.filter(pk=before.pk).update(valid_to=on)
        for after in new:
            columns = stated.get(after.pk, {}).get("columns", [])
            Succession.objects.create(predecessor=before, successor=after, kind=kind, on=on, act_key=key,
                                      rest=after.pk == main.pk, columns=columns)  # fmt: skip
        _take_along(by, at, before, new, main)
        _staff_follows(by, at, before, {a.pk: a for a in new}, main, on, stated)
    word = {
        "pairs": {str(a.pk): [b.pk for b in new] for a in old}, "rest": main.pk, "shares": told.get("shares", {}),
        "kind": kind, "on": on.isoformat(), "act": key,
    }  # fmt: skip
    enqueue("agency.succeeded", word, at)
    return key


def as_kept(organs: Sequence[Agency]) -> dict[int, Agency]:
    """These organs as they stand now, locked with the one above each and all below it.

    Of two who pass one organ on at once the second finds it ended. All in one order: neither waits for the other.
    """
    asked = Q(pk__in=[a.pk for a in organs])
    for above, start in Agency.objects.filter(asked).values_list("parent_id", "path"):
        asked |= Q(path__startswith=start) | Q(pk=above)
    locked = Agency.objects.select_for_update(of=("self",), no_key=True)
    return {a.pk: a for a in locked.filter(asked).order_by("pk")}


def _misshapen(old: list[Agency], new: list[Agency], kind: str) -> Refused | None:
    if not old or not new or {a.pk for a in old} & {a.pk for a in new}:
        return Refused("前后机构不能是同一个，也不能为空", BASIS, "请分别选定原机构和承接机构")
    if kind not in dict(Succession.KINDS):
        return Refused(f"没有“{kind}”这种调整", BASIS, "可用：" + "、".join(dict(Succession.KINDS).values()))
    if kind == "split" and (len(old) != 1 or len(new) < 2):
        return Refused("分立是一个机构分给两个以上机构", BASIS, "请选一个原机构、两个以上承接机构；只有一个承接机构的按合并办")  # fmt: skip
    if kind != "split" and len(new) != 1:
        return Refused("合并、更名只有一个承接机构", BASIS, "分给几个机构的按分立办，并写明各接什么")
    if kind == "renamed" and len(old) != 1:
        return Refused("更名是一个机构换一个名称", BASIS, "几个机构并成一个的按合并办")
    return None


def _untimely(old: list[Agency], new: list[Agency], on: date, at: datetime) -> Refused | None:
    if on > at.astimezone(SHANGHAI).date():
        return Refused(f"划转日期{on}还没有到", BASIS, "请在划转当日或之后办理")
    for agency in (*old, *new):
        if agency.valid_to is not None:
            return Refused(f"{agency.name}已于{agency.valid_to}撤销，不能再次划转", BASIS, "请从它的承接机构办理")  # fmt: skip
    for agency in old:
        if on <= agency.valid_from:
            return Refused(f"{agency.name}自{agency.valid_from}起才存在", BASIS, "请核对划转日期")
    for agency in new:
        if on < agency.valid_from:
            return Refused(f"承接机构{agency.name}自{agency.valid_from}起才存在", BASIS, "请核对划转日期")
    return None


def _misstated(
    kind: str, new: list[Agency], rest: Agency | None, shares: dict[int, dict[str, list[Any]]]
) -> Refused | None:
    """Why a statement of who gets what is not whole, or says a thing twice."""
    if kind != "split":
        whole = not shares and rest in (None, new[0])
        return (
            None if whole else Refused("合并、更名全部转给承接机构，不另行分配", BASIS, "分别分配的按分立办")
        )
    heirs = {a.pk: a for a in new}
    if rest is None or rest.pk not in heirs:
        return Refused("没有写明没点名的事项归谁", BASIS, "请在承接机构中指定一个承接其余事项")
    if set(shares) - set(heirs):
        return Refused("分配里写了不是承接机构的单位", BASIS, "请只分给选定的承接机构")
    for heir in (a for a in new if a.pk != rest.pk):
        if unsaid := [_WORDS[p] for p in PARTS if p not in shares.get(heir.pk, {})]:
            return Refused(f"没有写明{heir.name}承接哪些{'、'.join(unsaid)}", BASIS, "逐项写明；一件也不接的写空")  # fmt: skip
    if strange := sorted({p for share in shares.values() for p in share} - {*PARTS, *MAY_STATE}):
        return Refused(f"不能分配“{'、'.join(strange)}”", BASIS, "可用：" + "、".join(_WORDS.values()))
    for part, word in _WORDS.items():
        named = [item for share in shares.values() for item in share.get(part, [])]
        if len(named) != len(set(named)):
            return Refused(f"有{word}分给了两个机构", BASIS, "一件只归一个承接机构")
    return None


def _take_along(by: Person | None, at: datetime, old: Agency, new: list[Agency], main: Agency) -> None:
    """Organs that stood below the old one stand below its successor from now on; one Act each."""
    ours = [a for a in new if a.path.startswith(old.path)]
    for heir in ours:  # a successor that grew up inside the old organ takes its place
        _stand_below(by, at, heir, old.parent)
    main.refresh_from_db(fields=["path", "parent"])
    for child in Agency.objects.filter(parent_id=old.pk, valid_to__isnull=True).order_by("pk"):
        _stand_below(by, at, child, main)


def _stand_below(by: Person | None, at: datetime, organ: Agency, parent: Agency | None) -> None:
    start = organ.path
    path = f"{parent.path if parent else '/'}{organ.pk}/"
    Agency.objects.filter(pk=organ.pk).update(parent=parent)
    for pk, there in list(Agency.objects.filter(path__startswith=start).values_list("pk", "path")):
        Agency.objects.filter(pk=pk).update(path=path + there[len(start) :])
    record(
        Deed("agency.move", "agency", str(organ.pk), at, by, organ, BASIS, {"to": parent.name if parent else ""})
    )  # fmt: skip


def _staff_follows(
    by: Person | None, at: datetime, old: Agency, heirs: Mapping[int, Agency], main: Agency, on: date, stated: Shares
) -> None:  # fmt: skip
    """Whoever serves at the old organ serves at its successor from the day on, in the same role; one Act each."""
    named = {int(a): heirs[heir] for heir, share in stated.items() for a in share.get("appointments", ())}
    held = Appointment.objects.select_for_update(of=("self",)).filter(agency=old)
    for a in held.filter(not_over(on)).order_by("pk"):
        heir, since, until = named.get(a.pk, main), max(on, a.valid_from), a.valid_to
        Appointment.objects.filter(pk=a.pk).update(valid_to=since)
        # In a merger one may serve at two of the organs already.
        there = serving(since) & Q(person_id=a.person_id, agency=heir, role=a.role, valid_to__isnull=True)
        if not Appointment.objects.filter(there).exists():
            Appointment.objects.create(person_id=a.person_id, agency=heir, role=a.role, section=a.section,
                                       valid_from=since, valid_to=until)  # fmt: skip
        facts = {"role": a.role, "since": since, "from": old.pk, "to": heir.pk}
        record(Deed("person.move", "person", str(a.person_id), at, by, heir, BASIS, facts))
