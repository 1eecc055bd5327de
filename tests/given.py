"""Builders for tests: each makes only what the sentence names, through the rooms' doors."""

from __future__ import annotations

import itertools
import os
from datetime import date, datetime, time
from typing import Any

from mingtang.casework import api as casework
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger

_serial = itertools.count(1)
MORNING = time(9)


def examples(many: int) -> int:
    """How many examples a property is tried with; a quarter of them on the second database (decision 0005)."""
    return many // 4 if os.environ.get("MINGTANG_TESTS") == "database" else many


def installation(kind: str = "demo", **facts: Any) -> None:
    done(ledger.take(None, "install", by=None, at=at(2000, 1, 1), kind=kind, city_name="测试市", **facts))


def demo_city(year_start: date = date(2000, 1, 1), kept_from: date = date(2008, 5, 1)) -> ledger.Agency:
    """An installation created as a demo (its clock can be set), with one city government and a whole ledger."""
    if not ledger.find("installation").exists():
        installation(kept_from=kept_from)
    return organ("测试市人民政府", None, type="government", doc_prefix="测政", valid_from=year_start)


def passed(old: ledger.Agency, new: ledger.Agency, when: datetime, kind: str = "merged") -> None:
    """One organ's work passes to another, and the rooms hear of it."""
    from mingtang.config.schedule import drain_all

    with ledger.clock_at(when):
        done(ledger.take(None, "succeed", by=None, at=when, old=[old], new=[new], kind=kind, on=when.date()))
        while drain_all():
            pass


def organ(name: str, parent: ledger.Agency | None, **fields: Any) -> ledger.Agency:
    n = next(_serial)
    given = {
        "code": f"T{n:04d}",
        "name": name,
        "short_name": name,
        "type": "department",
        "level": "city",
        "doc_prefix": f"测{n}",
        "valid_from": date(2000, 1, 1),
    }
    return ledger.take(parent, "found", by=None, at=at(2001, 1, 2), **(given | fields))


def person(agency: ledger.Agency, *roles: str, name: str = "") -> ledger.Person:
    n = next(_serial)
    made = ledger.take(None, "hire", by=None, at=at(2001, 1, 2), username=f"u{n}", name=name or f"职员{n}")
    for role in roles:
        ledger.take(
            made, "appoint", by=None, at=at(2001, 1, 2), agency=agency, role=role, since=date(2001, 1, 2)
        )
    return made


def team(agency: ledger.Agency) -> dict[str, ledger.Person]:
    """One person for each role of the chain, and the director who allows extensions."""
    return {r: person(agency, r) for r in ("clerk", "section_head", "secrecy", "signer", "director")}


def at(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ledger.SHANGHAI)


def draft(
    clerk: ledger.Person, agency: ledger.Agency, when: datetime, **fields: Any
) -> disclosure.DocumentRow:
    given = {"kind": "rules", "title": "测试制度", "body": "<p>正文。</p>"}
    if origin := disclosure.KINDS[fields.get("kind", "rules")].origin:
        given["origin"] = (origin, "1")
    with ledger.clock_at(when):
        return done(disclosure.draft(clerk, when, agency=agency, **(given | fields)))


def published(
    people: dict[str, ledger.Person], agency: ledger.Agency, when: datetime, **fields: Any
) -> disclosure.DocumentRow:
    """A document that went through its whole chain and is live."""
    row = draft(people["clerk"], agency, when, **fields)
    chain = {
        "full": ("head_review", "secrecy_review", "sign"), "light": ("head_review", "sign"), "standing": ("sign",),
    }[disclosure.KINDS[row.kind].chain]  # fmt: skip
    by = {"head_review": "section_head", "secrecy_review": "secrecy", "sign": "signer"}
    for verb in ("submit", *chain, "publish"):
        row = move(row.id, verb, people[by.get(verb, "signer" if verb == "publish" else "clerk")], when)
    return row


def move(document: int, verb: str, by: ledger.Person, when: datetime, **facts: Any) -> disclosure.DocumentRow:
    if verb == "submit":
        go_without_interpretation(document, when)
    with ledger.clock_at(when):
        return done(disclosure.take(document, verb, by=by, at=when, **facts))


def go_without_interpretation(document: int, when: datetime) -> None:
    """A section head allows a paper to go without the interpretation its kind asks for, where it has none."""
    row = disclosure.find("document", pk=document).one()
    explained = row.uninterpreted or disclosure.find("document", interprets_id=document).exists()
    if disclosure.KINDS[row.kind].interpretation_required and not explained:
        head = person(ledger.find("agency", pk=row.agency_id).one(), "section_head")
        with ledger.clock_at(when):
            done(disclosure.take(document, "exempt", by=head, at=when, reason="转发上级文件，上级已有解读"))


def application(agency: ledger.Agency, **fields: Any) -> dict[str, Any]:
    given = {
        "agency_id": agency.pk,
        "channel": "in_person",
        "name": "张某",
        "contact": "示例路1号",
        "content": "申请公开示例项目的批准文件",
    }
    return given | fields


def received(clerk: ledger.Person, agency: ledger.Agency, when: datetime, **fields: Any) -> casework.CaseRow:
    with ledger.clock_at(when):
        return done(
            casework.receive(
                application(agency, **fields), at=when, idempotency_key=f"test-{next(_serial):08d}", by=clerk
            )
        )


def act(case: int, verb: str, by: ledger.Person, when: datetime, **facts: Any) -> casework.CaseRow | Refused:
    with ledger.clock_at(when):
        return casework.take(case, verb, by=by, at=when, **facts)


def answered(
    people: dict[str, ledger.Person],
    case: casework.CaseRow,
    when: datetime,
    outcome: str = "GRANT",
    **evidence: Any,
) -> casework.CaseRow:
    """A case taken from where it is to its answer, by four people, on one day."""
    if outcome == "GRANT":
        evidence.setdefault("provided", "附复制件一份")
    done(
        act(
            case.id,
            "decide",
            people["clerk"],
            when,
            outcome=outcome,
            grounds="经检索，本机关保存有该信息。",
            **evidence,
        )
    )
    done(act(case.id, "submit", people["clerk"], when))
    for verb, role in (("head_review", "section_head"), ("secrecy_review", "secrecy"), ("sign", "signer")):
        done(act(case.id, verb, people[role], when))
    return done(act(case.id, "reply", people["clerk"], when, way="by_hand"))


def done(result: Any) -> Any:
    """The result of a verb that must not be refused."""
    assert not isinstance(result, Refused), f"{result.why}｜{result.basis}｜{result.instead}"
    assert not isinstance(result, dict), {k: v.why for k, v in result.items()}
    return result
