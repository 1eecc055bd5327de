"""Who may: role → verbs and scopes, as strings. Conditions on a thing's history stand in the rooms' flow tables.

Scopes: ``own`` (the person's organ), ``below`` (it and every organ under it), ``any``; with an organ go those that ended
and whose rest it carries. Adding a power means adding a row here; buttons and verbs ask the same question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.db.models import Q

from mingtang.ledger.acts import standing_for, stood_in_for
from mingtang.ledger.clock import now
from mingtang.ledger.models import Agency, Appointment, Cover, Person, Succession, held
from mingtang.ledger.terms import serving

OWN, BELOW, ANY = "own", "below", "any"
# Asked about when a verb touches no organ that is there yet, but the tree itself: only a role of scope ``any`` reaches it.
EVERYWHERE: Final = object()


@dataclass(frozen=True)
class Role:
    """A role: its Chinese name, what it may do and how far, and the paper that creates it."""

    name: str
    title: str
    scope: str
    verbs: frozenset[str]
    basis: str

    @property
    def handles(self) -> bool:
        """Does this role draft, review, sign or answer? Seeing, and taking over what another system did, is neither."""
        rooms = (v.split(".") for v in self.verbs)
        return any(
            room in ("document", "case") and verb not in ("see", "see_draft", "take_over")
            for room, verb in rooms
        )


@dataclass(frozen=True)
class Verdict:
    """May this person do this to that? With a reason and its basis either way (Chinese)."""

    yes: bool
    why: str
    basis: str
    # Whose absence the person covers in this, by id; None: the power is their own.
    stands_for: int | None = None

    def __bool__(self) -> bool:
        return self.yes

    def standing(self) -> AbstractContextManager[None]:
        """Inside it every Act says for whom it was done, when this yes comes from covering an absence."""
        return standing_for(self.stands_for)

    @staticmethod
    def absent() -> int | None:
        """Inside ``standing``: whose absence the person at work covers, by id; None: nobody's."""
        return stood_in_for()


_DESK = "desk.open document.see document.see_draft case.see report.see"


def _role(name: str, title: str, scope: str, verbs: str, basis: str) -> Role:
    return Role(name, title, scope, frozenset(verbs.split()), basis)


ROLES: dict[str, Role] = {
    r.name: r
    for r in (
        _role(
            "clerk", "公开专员", OWN,
            _DESK + " document.draft document.edit document.discard document.submit document.overturn case.receive case.confirm case.clarify"
            " case.clarified case.consult case.delivered case.consulted case.draft case.submit case.reply case.close"
            " case.fee case.paid case.note case.see_identity register.add register.strike report.declare duty.fulfil"
            " release.enter paper.enter",
            "条例第四条第二款：政府信息公开工作机构承办具体事宜",
        ),
        _role("section_head", "科室负责人", OWN, _DESK + " document.head_review document.exempt document.override case.head_review document.return case.return paper.decide",
              "三审制度：二审由科室负责人"),
        _role("secrecy", "保密审查员", OWN, _DESK + " document.secrecy_review case.secrecy_review document.return case.return secrecy.acknowledge",
              "条例第十七条：发布前审查"),
        _role(
            "signer", "签发人", OWN,
            _DESK + " document.sign document.publish document.withdraw document.repeal document.emergency case.sign"
            " document.return case.return paper.decide",
            "三审制度：三审由分管领导",
        ),
        _role("director", "公开工作机构负责人", OWN, _DESK + " case.extend case.see_identity report.compile report.file"
            " document.draft document.edit document.discard document.submit paper.enter paper.decide",
              "条例第三十三条第二款：延长须经政府信息公开工作机构负责人同意"),
        _role(
            "office", "市政务公开办", BELOW,
            _DESK + " report.compile report.declare report.file register.add register.strike agency.keep law.load duty.assign duty.fulfil review.combine"
            " inspection.run release.enter release.issue",
            "条例第四条、第四十六条：主管部门推进、指导、协调、监督",
        ),
        _role("supervisor", "政务公开监督员", BELOW, "desk.open report.see document.see", "条例第四十六条：社会评议"),
        _role("keeper", "系统管理员", ANY, "desk.open agency.keep law.load ledger.verify ledger.erase person.keep document.take_over case.take_over register.take_over",
              "等级保护：三权分立"),
    )
}  # fmt: skip


class Reach:
    """What one person may do where, on a day: one query, asked as often as one likes."""

    def __init__(self, person: Person | None, on: date | None = None):
        day = on or now().date()
        self.known = bool(
            person is not None and getattr(person, "is_active", False) and getattr(person, "pk", None)
        )
        self.person_id = person.pk if person is not None and self.known else None
        self.held = _held_on(self.person_id, day) if self.person_id else []
        self._ids: dict[str, frozenset[int]] = {}
        self._organs: dict[int, Agency | None] = {a.agency_id: a.agency for a in self.held}

    def may(self, verb: str, thing: Any = None) -> Verdict:
        """May the person do ``verb`` to ``thing`` (see ``may``)? A yes or a no with its reason; it never raises."""
        if not self.known:
            return Verdict(False, "没有登录，或账号已停用", "本平台权限表：默认不许可")
        able = [a for a in self.held if verb in ROLES[a.role].verbs]
        if not able:
            who = "、".join(r.title for r in ROLES.values() if verb in r.verbs) or "没有角色"
            return Verdict(False, f"这一步由{who}办理，你没有这个角色", "本平台权限表")
        if thing is None:
            return self._as_holder(able[0])
        if thing is EVERYWHERE:
            return next(
                (self._as_holder(a) for a in able if ROLES[a.role].scope == ANY),
                Verdict(False, "这一步涉及全市机构，不在你的单位范围内", "本平台权限表：只办本单位的事项"),
            )
        target = self._agency_of(thing)
        if target is None:  # never a yes for want of an organ to measure by
            return Verdict(False, "查不到这一事项属于哪个单位", "本平台权限表：默认不许可")
        return self._within(able, target)

    def _within(self, able: list[Appointment], target: Agency) -> Verdict:
        line = list(self._line(target))
        for a in able:
            role = ROLES[a.role]
            if role.scope == ANY or any(a.agency_id == organ.pk for organ in line):
                return self._as_holder(a)
            if role.scope == BELOW and any(organ.path.startswith(a.agency.path) for organ in line):
                return self._as_holder(a, "，可以办理所辖单位的事项")
        return Verdict(
            False, f"这是{target.short_name}的事项，不在你的单位范围内", "本平台权限表：只办本单位的事项"
        )

    def _as_holder(self, a: Appointment, more: str = "") -> Verdict:
        who = "你是" if a.person_id == self.person_id else f"{a.person.name}不在，由你代理，是"
        stands_for = None if a.person_id == self.person_id else a.person_id
        return Verdict(
            True, f"{who}{a.agency.short_name}的{ROLES[a.role].title}{more}", ROLES[a.role].basis, stands_for
        )

    def _line(self, organ: Agency) -> Iterator[Agency]:
        """The organ and, since what it left is theirs to look after, those that carry it on (article 10)."""
        yield organ
        while organ.valid_to is not None and organ.pk in self._carried:
            heir = self._kept(self._carried[organ.pk])
            assert heir is not None  # a protected foreign key
            organ = heir
            yield organ

    @cached_property
    def _carried(self) -> dict[int, int]:
        """Every organ that ended → the one that carries the rest of its work."""
        return dict(Succession.objects.filter(rest=True).values_list("predecessor_id", "successor_id"))

    def _left_to(self, organs: Iterable[int]) -> set[int]:
        """These organs and all whose rest they carry, one after another."""
        found = set(organs)
        while more := {old for old, new in self._carried.items() if new in found} - found:
            found |= more
        return found

    def _agency_of(self, thing: Any) -> Agency | None:
        """The organ that a thing belongs to; None when it has none, or one that is not kept."""
        if isinstance(thing, Agency):
            return thing if thing.pk is not None else None
        number = getattr(thing, "agency_id", None)
        return None if number is None else self._kept(number)

    def _kept(self, number: int) -> Agency | None:
        if number not in self._organs:
            self._organs[number] = Agency.objects.filter(pk=number).first()
        return self._organs[number]

    @cached_property
    def all(self) -> dict[int, Agency]:
        """The organs among which the person's roles can reach."""
        wide = any(ROLES[a.role].scope != OWN for a in self.held)
        rows = (
            Agency.objects.all()
            if wide
            else Agency.objects.filter(pk__in=self._left_to(a.agency_id for a in self.held))
        )
        return {a.pk: held(a) for a in rows}

    def ids(self, verb: str) -> frozenset[int]:
        """Ids of the organs where the person may do it, with those that ended and whose rest they carry."""
        if verb not in self._ids:
            self._ids[verb] = frozenset(self._left_to(self._reached(verb)))
        return self._ids[verb]

    def _reached(self, verb: str) -> Iterator[int]:
        for a in self.held:
            role = ROLES[a.role]
            if verb not in role.verbs:
                continue
            if role.scope == OWN:
                yield a.agency_id
            else:
                start = "/" if role.scope == ANY else a.agency.path
                yield from (b.pk for b in self.all.values() if b.path.startswith(start))

    def powers(self) -> frozenset[str]:
        """Every power held somewhere."""
        return frozenset(v for a in self.held for v in ROLES[a.role].verbs)

    def agencies(self, verb: str) -> list[Agency]:
        """The organs themselves as the tree has them, those that ended last."""
        ids = self.ids(verb)
        return [a for a in Agency.as_in_tree(self.all.values()) if a.pk in ids]


def _held_on(person: int, day: date) -> list[Appointment]:
    """The person's own appointments of a day, then those of the people whose absence they cover on it.

    A cover hands on what is the absent person's own in an organ where both serve, not what they cover in turn; and it never joins the keeper with a role
    that acts (docs/decisions/0004).
    """
    rows = Appointment.objects.filter(
        Q(person_id=person) | Q(person__in=Cover.objects.filter(serving(day), substitute_id=person).values("absent"))
    ).select_related("agency", "person")  # fmt: skip
    serves = [a for a in rows.order_by("pk") if a.role in ROLES and a.serves(day) and a.person.is_active]
    own = [a for a in serves if a.person_id == person]
    keeps, handles = any(a.role == "keeper" for a in own), any(ROLES[a.role].handles for a in own)
    here = {a.agency_id for a in own}
    lent = (a for a in serves if a.person_id != person and a.agency_id in here)
    return own + [
        a for a in lent if not (keeps and ROLES[a.role].handles) and not (handles and a.role == "keeper")
    ]


def may(person: Person | None, verb: str, thing: Any = None, on: date | None = None) -> Verdict:
    """May ``person`` do ``verb`` to ``thing`` (an Agency, or anything with ``agency_id``; None: anywhere)?

    ``EVERYWHERE`` asks about the tree of organs itself. A thing whose organ cannot be found gets a no, and so does nobody
    (None). ``on``: the day whose appointments count, by default today. The answer looks only at roles and scopes; a room's own
    conditions come after it. Who asks many verbs of one person asks a ``Reach``. Source: 条例第四条; 本平台权限表（默认不许可）.
    """
    return Reach(person, on).may(verb, thing)
