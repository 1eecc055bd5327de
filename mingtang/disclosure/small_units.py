"""Units of fewer than four: by a recorded rule of the office the section head may also review for secrecy (contract: reviews).

Never the drafter, never the signer. The rule names its unit, its ground, who made it and when; it can be taken back, and holds
only while the unit stays that small. Each review that rested on it says so for good.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from mingtang.disclosure.models import Edition, Review, ReviewRule
from mingtang.disclosure.rows import SHELVES
from mingtang.disclosure.types import ReviewRuleRow
from mingtang.law.api import Refused
from mingtang.ledger.api import ROLES, SHANGHAI, Agency, Deed, Person, find, may, now, record

BASIS = "本平台审签规则：不满四人的单位，经市政务公开办书面规定，科室审核和保密审查可以由一人办理"
_FEW = 4
_JOINED = {"head", "secrecy"}


def staff_of(agency: int, on: date) -> int:
    """How many different people with an open account draft, review, sign or answer in this unit on a day."""
    held = find("appointment", agency_id=agency)
    people = {a.person_id for a in held if a.serves(on) and a.role in ROLES and ROLES[a.role].handles}
    return find("person", pk__in=sorted(people), is_active=True).count()


def holding(agency: int, on: date) -> ReviewRule | None:
    """The rule that holds for a unit on a day: not taken back, and the unit still small."""
    rule = ReviewRule.objects.filter(agency_id=agency, ended_at__isnull=True).first()
    return rule if rule is not None and staff_of(agency, on) < _FEW else None


def earlier(edition: Edition, step: str, people: Collection[int]) -> tuple[Review | None, ReviewRule | None]:
    """What these people passed in this round that keeps them from ``step``; or the rule under which it does not."""
    passed = edition.reviews.filter(passed=True, round=edition.round)
    done = list(passed.filter(Q(person__in=people) | Q(stands_for__in=people)).order_by("pk"))
    if not done:
        return None, None
    if any({r.step, step} != _JOINED for r in done):
        return done[0], None
    rule = holding(edition.document.agency_id, now().date())
    return (None, rule) if rule else (done[0], None)


class ReviewRules:
    """What the office rules about the reviews of a small unit; rules are found with ``find("review_rule")``."""

    @staticmethod
    def staff(agency: int, on: date) -> int:
        """How many people of the unit count (see ``staff_of``)."""
        return staff_of(agency, on)

    @staticmethod
    def holds(agency: int, on: date) -> bool:
        """May one person do both reviews in this unit on a day?"""
        return holding(agency, on) is not None

    @staticmethod
    def combine(agency: Agency, *, by: Person, at: datetime, ground: str) -> ReviewRuleRow | Refused:
        """Rule that in this unit section head and secrecy reviewer may be one. Source: contract of reviews.

        Refused without a ground, for a unit of four or more, one that has ended, and where a rule stands already.
        """
        if not (verdict := may(by, "review.combine", agency)):
            return Refused(verdict.why, verdict.basis, "请由市政务公开办规定")
        if not ground.strip():
            return Refused("没有写明为什么合并两审", BASIS, "请写明理由，例如：全所编制三人，会议纪要的文号")
        there = staff_of(agency.pk, at.astimezone(SHANGHAI).date())
        if there >= _FEW:
            return Refused(
                f"{agency.short_name}有{there}个人办理公开，不少于四人",
                BASIS,
                "请把科室审核和保密审查分给两个人",
            )
        if agency.valid_to is not None:
            return Refused("这个机构已经撤销", BASIS, "请到承接它的机构办理")
        try:
            with transaction.atomic():
                rule = ReviewRule.objects.create(
                    agency=agency, ground=ground.strip()[:200], made_by=by, made_at=at
                )
                facts = {"rule": rule.pk, "ground": rule.ground, "staff": there}
                with verdict.standing():
                    record(Deed("review.combine", "agency", str(agency.pk), at, by, agency.pk, BASIS, facts))
        except IntegrityError:
            return Refused("这个单位已经有一条这样的规定", BASIS, "要改理由的，先撤销原来的")
        return SHELVES.find("review_rule", pk=rule.pk).one()

    @staticmethod
    def separate(rule: int, *, by: Person, at: datetime) -> ReviewRuleRow | Refused:
        """Take the rule back: from now on two people review again. What was reviewed under it stays."""
        with transaction.atomic():
            held = ReviewRule.objects.select_for_update(of=("self",)).filter(pk=rule).first()
            if held is None or held.ended_at is not None:
                return Refused("没有这条规定，或者已经撤销", BASIS, "请从机构页重新打开")
            if not (verdict := may(by, "review.combine", held)):
                return Refused(verdict.why, verdict.basis, "请由市政务公开办撤销")
            held.ended_by, held.ended_at = by, at
            held.save(update_fields=["ended_by", "ended_at"])
            facts = {"rule": held.pk}
            with verdict.standing():
                record(
                    Deed(
                        "review.separate", "agency", str(held.agency_id), at, by, held.agency_id, BASIS, facts
                    )
                )
        return SHELVES.find("review_rule", pk=rule).one()
