"""Organs and staff: founded, renamed, merged, split, appointed; each by one verb and one Act."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Q

from mingtang.law.api import Refused
from mingtang.ledger import accounts, acts, covering, files, identity, laws, outbox, succession
from mingtang.ledger.acts import Deed, record
from mingtang.ledger.clock import SHANGHAI
from mingtang.ledger.installation import install
from mingtang.ledger.models import Agency, Appointment, Installation, Person
from mingtang.ledger.outbox import enqueue
from mingtang.ledger.policy import EVERYWHERE, ROLES, may
from mingtang.ledger.rows import AppointmentRow
from mingtang.ledger.succession import BASIS as _BASIS
from mingtang.ledger.terms import keeping, not_over

Row = TypeVar("Row", Agency, Person)
_APART = "等级保护：三权分立，管权限的不办件"
# A code stands in addresses and in index numbers: two that differ must differ there too.
_CODE = re.compile(r"[A-Za-z0-9_-]+")
# Under which name each verb takes its subject; the others take it as their parent.
_SUBJECTS = {
    "change": "agency", "rename": "agency", "relieve": "appointment", "appoint": "person", "reset_password": "person",
    "deactivate": "person", "activate": "person", "change_password": "person",
}  # fmt: skip


def found_agency(
    by: Person | None, at: datetime, *, parent: Agency | None = None, **fields: Any
) -> Agency | Refused:
    """Enter a new organ below ``parent`` (None: a root). ``fields`` are the columns of Agency.

    Refused when its code has other signs than an address has or is taken, also by somebody at the same moment, and when
    the parent has ended. Returns the organ. Source: 条例第十条、机构编制管理规定.
    """
    if not _CODE.fullmatch(fields["code"]):
        return Refused(
            f"机构代码“{fields['code']}”里有不能用的字",
            "机构代码用在网址和索引号里",
            "请只用英文字母、数字、“-”和“_”",
        )
    if parent is not None:
        stands = _standing(parent)
        if isinstance(stands, Refused):
            return stands
        parent = stands
    agency = Agency(parent=parent, path="/", **fields)
    if (refused := _entered(agency, _code_taken)) is not None:
        return refused
    agency.path = f"{parent.path if parent else '/'}{agency.pk}/"
    agency.save(update_fields=["path"])
    record(Deed("agency.found", "agency", str(agency.pk), at, by, agency, _BASIS, {"name": agency.name}))
    return agency


def _standing(agency: Agency) -> Agency | Refused:
    """The organ as it is kept, locked; refused when it has ended."""
    kept = Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=agency.pk)
    if kept.valid_to is None:
        return kept
    return Refused(f"{kept.name}已于{kept.valid_to}撤销", _BASIS, "请在它的承接机构办理")


def _entered(row: Row, taken: Callable[[Row], Refused | None]) -> Refused | None:
    """Insert a row with a name of its own; of two who ask for one name at once, the second is refused like a later one."""
    if (refused := taken(row)) is not None:
        return refused
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        if (refused := taken(row)) is None:
            raise
        return refused
    return None


def _code_taken(agency: Agency) -> Refused | None:
    if (other := Agency.objects.filter(code=agency.code).first()) is None:
        return None
    return Refused(
        f"代码{other.code}已经是{other.name}的", _BASIS, "请核对代码；每个机构一个代码，撤销后也不再用"
    )


def _account_taken(person: Person) -> Refused | None:
    if (other := Person.objects.filter(username=person.username).first()) is None:
        return None
    return Refused(
        f"账号{other.username}已经是{other.name}的", "本单位人事安排：一人一个账号", "请换一个账号"
    )


def change_agency(by: Person | None, at: datetime, agency: Agency, **fields: Any) -> Agency | Refused:
    """Change the record that article 12's guide is made from (address, phone, hours, head …).

    Refused for columns that only a succession changes and for an organ that ended. Returns the organ as kept. Source: 条例第十二条.
    """
    allowed = {
        "address",
        "phone",
        "fax",
        "email",
        "hours",
        "head",
        "postal",
        "office",
        "short_name",
        "aliases",
        "doc_prefix",
        "order",
    }
    if wrong := set(fields) - allowed:
        return Refused(
            f"这几项不能直接改：{'、'.join(sorted(wrong))}",
            _BASIS,
            "名称、隶属变化请用“更名、合并、分立”办理",
        )
    kept = _standing(agency)
    if isinstance(kept, Refused):
        return kept
    before = {k: getattr(kept, k) for k in fields}
    for k, v in fields.items():
        setattr(kept, k, v)
    kept.save(update_fields=list(fields))
    record(
        Deed(
            "agency.change",
            "agency",
            str(kept.pk),
            at,
            by,
            kept,
            "条例第十二条",
            {"before": before, "after": fields},
        )
    )
    enqueue("agency.changed", {"agency": kept.pk, "fields": sorted(fields)}, at)
    return kept


def rename(
    by: Person | None,
    at: datetime,
    *,
    agency: Agency,
    on: date,
    code: str,
    name: str,
    short_name: str,
    **fields: Any,
) -> str | Refused:
    """A new name is a new organ with the old one's record, to which everything passes; returns the Act's key.

    Refused as ``found_agency`` and ``succeed`` refuse; then nothing is founded. Source: 条例第十条.
    """
    succession.as_kept([agency])  # held in the order of keys before anything else is
    stands = _standing(agency)
    if isinstance(stands, Refused):
        return stands
    kept = {
        k: getattr(stands, k)
        for k in ("type", "level", "doc_prefix", "credit_code", "address", "phone", "fax", "email", "hours", "head", "postal", "office", "order")
    }  # fmt: skip
    aliases = list(dict.fromkeys([*stands.aliases, stands.name, stands.short_name]))
    made = found_agency(by, at, parent=stands.parent, code=code, name=name, short_name=short_name, aliases=aliases,
                        valid_from=on, **(kept | fields))  # fmt: skip
    if isinstance(made, Refused):
        return made
    done = succession.succeed(by, at, old=[agency], new=[made], kind="renamed", on=on)
    if isinstance(done, Refused):  # the organ with the new name is not founded either
        transaction.set_rollback(True)
    return done


def hire(
    by: Person | None,
    at: datetime,
    *,
    username: str,
    name: str,
    password: str | None = None,
    once: bool = False,
) -> Person | Refused:
    """Enter a member of staff. Without a password nobody can log in as them; one given ``once`` must be changed first.

    Refused when the account is taken, also by somebody at the same moment. Returns the person. Source: 等级保护（一人一个账号）.
    """
    person = Person(username=username, name=name, password_once=once)
    person.set_password(password) if password else person.set_unusable_password()
    if (refused := _entered(person, _account_taken)) is not None:
        return refused
    record(
        Deed("person.hire", "person", str(person.pk), at, by, None, "本单位人事安排", {"username": username})
    )
    return person


def _powers_joined(by: Person | None, person: Person, role: str, since: date) -> Refused | None:
    """Why this appointment would join what is kept apart: who gives roles, and who acts on them (docs/decisions/0004)."""
    if by is not None and by.pk == person.pk:
        return Refused("不能给自己任职", _APART, "请由另一位系统管理员办理")
    # Of two appointments at once the second sees the first.
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    held = Appointment.objects.filter(not_over(since), person=person)
    roles = set(held.values_list("role", flat=True)) - {role}
    handled = [r for r in (role, *sorted(roles)) if r in ROLES and ROLES[r].handles]
    if "keeper" not in {role, *roles} or not handled:
        return None
    return Refused(
        f"{person.name}不能既任系统管理员，又任{'、'.join(ROLES[r].title for r in handled)}",
        _APART,
        "请任命另一个人，或先免去原任",
    )


def appoint(
    by: Person | None,
    at: datetime,
    *,
    person: Person,
    agency: Agency,
    role: str,
    since: date,
    section: str = "",
) -> Appointment | Refused:
    """Give a person a role in an organ from a day on.

    Refused for a role that does not exist, an organ that ended, oneself, and where a keeper would also draft, review, sign
    or answer. Returns the appointment. Source: 等级保护（三权分立）, docs/decisions/0004.
    """
    if role not in ROLES:
        return Refused(f"没有“{role}”这个角色", "本平台权限表", "可用的角色：" + "、".join(ROLES))
    stands = _standing(agency)
    if isinstance(stands, Refused):
        return stands
    if (refused := _powers_joined(by, person, role, since)) is not None:
        return refused
    row = Appointment.objects.create(
        person=person, agency=agency, role=role, section=section, valid_from=since
    )
    record(
        Deed(
            "person.appoint",
            "person",
            str(person.pk),
            at,
            by,
            agency,
            ROLES[role].basis,
            {"role": role, "since": since},
        )
    )
    return row


def relieve(
    by: Person | None, at: datetime, *, appointment: AppointmentRow, until: date
) -> Appointment | Refused:
    """End an appointment on a day.

    Refused when it has ended already or would end later than was decided, and when nobody would be left to keep the
    installation. Returns the appointment as kept. Source: 本单位人事安排（任免不倒签、不追溯）.
    """
    # Locked in one order: of two keepers who relieve each other at once, the second finds the first already gone.
    locked = Appointment.objects.select_for_update(of=("self",)).select_related("agency", "person")
    rows = {a.pk: a for a in locked.filter(Q(pk=appointment.id) | keeping(until)).order_by("pk")}
    held = rows.pop(appointment.id, None)
    if held is None:
        return Refused("没有这项任职", "本单位人事安排", "请从人员页重新打开")
    if until <= held.valid_from:
        return Refused(f"{held.valid_from}才任命，不能在{until}免去", "本单位人事安排", "请核对日期")
    if held.valid_to is not None and (held.over(at.astimezone(SHANGHAI).date()) or until >= held.valid_to):
        return Refused(
            f"这项任职已经定于{held.valid_to}免去，不能再改到{until}", "本单位人事安排：任免不倒签、不追溯", "还要任职的，请另行任命"
        )  # fmt: skip
    if held.role == "keeper" and not any(a.valid_to is None for a in rows.values()):
        return accounts.LAST_KEEPER
    held.valid_to = until
    held.save(update_fields=["valid_to"])
    record(
        Deed(
            "person.relieve", "person", str(held.person_id), at, by, held.agency, "本单位人事安排",
            {"role": held.role, "until": until},
        )
    )  # fmt: skip
    return held


# verb → (power asked for, function). A verb outside the table does not exist. Without a power it is the platform's own
# upkeep: no person does it (``by`` is None).
VERBS: dict[str, tuple[str, Callable[..., Any]]] = {
    "install": ("", install),
    "seal": ("", acts.seal),
    "skip": ("", outbox.skip),
    "rotate": ("", identity.rotate),
    "erase": ("ledger.erase", acts.erase),
    "expire": ("", acts.expire),
    "purge": ("", files.purge),
    "found": ("agency.keep", found_agency),
    "change": ("agency.keep", change_agency),
    "rename": ("agency.keep", rename),
    "succeed": ("agency.keep", succession.succeed),
    "hire": ("person.keep", hire),
    "appoint": ("person.keep", appoint),
    "relieve": ("person.keep", relieve),
    "reset_password": ("person.keep", accounts.reset_password),
    "deactivate": ("person.keep", accounts.deactivate),
    "activate": ("person.keep", accounts.activate),
    "cover": ("desk.open", covering.cover),
    "uncover": ("desk.open", covering.uncover),
    "change_password": ("desk.open", accounts.change_password),
    "load_law": ("law.load", laws.load),
}


def _nobody_may(verb: str) -> Refused | None:
    """Why nobody's hand (``by=None``) may not do this: a demo, or an installation without any keeper yet, lets it."""
    demo = Installation.objects.filter(kind=Installation.DEMO).exists()
    if demo or not Appointment.objects.filter(role="keeper").exists():
        return None
    power = VERBS[verb][0]
    if not power:
        return None
    who = "、".join(r.title for r in ROLES.values() if power in r.verbs)
    return Refused("平台自己不能办理这一步：已有系统管理员", "本平台权限表：默认不许可", f"请由{who}办理")


def _touched(thing: Any, verb: str, facts: dict[str, Any]) -> list[Any]:
    """Everything a verb touches: the power is asked for each.

    A root that is founded, renamed or ended changes the tree itself (``EVERYWHERE``). Staff and texts of the law are the
    whole installation's: a loaded text is asked for at each root.
    """
    if verb == "load_law":
        return list(Agency.objects.filter(parent__isnull=True)) or [None]
    named = [thing, *(facts.get(n) for n in ("parent", "agency", "appointment"))]
    if verb == "succeed":
        named += [*facts.get("old", ()), *facts.get("new", ())]
    touched = [a for a in named if a is not None and not isinstance(a, Person)]
    ended = {"rename": [thing or facts.get("agency")], "succeed": facts.get("old", ())}.get(verb, ())
    rootless = verb == "found" and not touched
    if rootless or any(isinstance(a, Agency) and a.parent_id is None for a in ended):
        touched.append(EVERYWHERE)
    return touched or [None]


def _stood_in_for(verb: str, thing: Any, by: Person | None, facts: dict[str, Any]) -> int | Refused | None:
    """Whose absence this hand covers in it, None: nobody's; or why it may not do it to all that it touches."""
    power, _ = VERBS[verb]
    if by is None:
        return _nobody_may(verb)
    stands_for = None
    if not power:
        return Refused("这一步由平台自己办理，不由个人办理", "本平台权限表：默认不许可", "不需要人办：平台按时自动办理，或在服务器上用命令办理")  # fmt: skip
    for touched in _touched(thing, verb, facts):
        if not (verdict := may(by, power, touched)):
            return Refused(verdict.why, verdict.basis, "请有权限的人办理")
        stands_for = stands_for or verdict.stands_for
    return stands_for


def take(thing: Any, verb: str, *, by: Person | None, at: datetime, **facts: Any) -> Any:
    """Do one verb of this table to an organ, a person or the installation; returns the changed thing or ``Refused``.

    ``by=None`` is the platform itself: its own upkeep, the setting-up of an installation before any keeper exists, or of a
    demo; elsewhere it is refused. A verb of upkeep is refused to every person.
    """
    if verb not in VERBS:
        return Refused(f"没有“{verb}”这一步", "本平台流程表", "可用：" + "、".join(VERBS))
    absent = _stood_in_for(verb, thing, by, facts)
    if isinstance(absent, Refused):
        return absent
    do = VERBS[verb][1]
    if thing is not None:
        facts = {_SUBJECTS.get(verb, "parent"): thing, **facts}
    with transaction.atomic(), acts.standing_for(absent):
        return do(by, at, **facts)
