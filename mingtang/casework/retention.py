"""When retention ends: who asked and what people wrote is removed for good; the case, its dates, its outcome and its Acts stay.

Articles 19 and 47 of the law on personal information; how many years is a norm of the day (``retention_years``). A
case waits while a remedy against it is pending.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from mingtang.casework.models import Applicant, Case, CaseLetter, CaseReview, CitizenLetter, Remedy, Step
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, law, take

GONE = "（已按保存期限删除）"


def expire(at: datetime, *, batch: int = 200) -> int:
    """Empty everything whose time has run out, by batches, each whole or not at all; returns how many things."""
    before = _kept_since(at.astimezone(SHANGHAI).date())
    if before is None:
        return 0
    pending = Exists(Remedy.objects.filter(case=OuterRef("pk"), concluded_on__isnull=True))
    cases = Case.objects.filter(~pending, concluded_on__lt=before).filter(
        Q(applicant__sealed__isnull=False) | ~Q(content="")
    )
    letters = CitizenLetter.objects.filter(answered_on__lt=before).exclude(subject=GONE)
    remedies = Remedy.objects.filter(concluded_on__lt=before).exclude(summary="")
    done = _each("case", cases, _empty_cases, at, batch)
    done += _each("letter", letters, _empty_letters, at, batch)
    return done + _each("remedy", remedies, lambda q: q.update(summary=""), at, batch)


def _kept_since(today: date) -> date | None:
    """What was concluded before this day is kept no longer; None while no norm says how long."""
    norms = law(today)
    norm = norms if isinstance(norms, Refused) else norms.norm("retention_years")
    if isinstance(norm, Refused) or not isinstance(norm.value, int):
        return None
    year = today.year - norm.value
    # 29 February begins its year again on the 28th: kept a day longer rather than shorter.
    return today.replace(year=year, day=min(today.day, 28) if today.month == 2 else today.day)


def _each(what: str, found: QuerySet[Any], empty: Any, at: datetime, batch: int) -> int:
    done = 0
    while True:
        with transaction.atomic():
            held = found.select_for_update(of=("self",)).order_by("pk")
            ids = [row.pk for row in held.only("pk")[:batch]]
            if not ids:
                return done
            empty(found.model._default_manager.filter(pk__in=ids))
            # With the rows go the erasable parts of their Acts, in the same transaction.
            take(None, "expire", by=None, at=at, things=[(what, str(pk)) for pk in ids])
            done += len(ids)


def _empty_cases(cases: QuerySet[Case]) -> None:
    ids = list(cases.values_list("pk", flat=True))
    cases.update(subject=GONE, content="", grounds="", evidence={})
    Applicant.objects.filter(case_id__in=ids).update(sealed=None, blind="")
    CaseReview.objects.filter(case_id__in=ids).update(comment="")
    CaseLetter.objects.filter(case_id__in=ids).update(parts=[])
    named = [s for s in Step.objects.filter(case_id__in=ids).order_by("pk") if s.facts.get("party")]
    Step.objects.bulk_update(_unnamed(named), ["facts"], batch_size=500)


def _unnamed(steps: Iterable[Step]) -> list[Step]:
    """Third parties and other organs as 甲, 乙 …: the law still tells whose answer belongs to which question."""
    letters: dict[int, dict[str, str]] = {}
    found = []
    for step in steps:
        known = letters.setdefault(step.case_id, {})
        known.setdefault(
            step.facts["party"], "甲乙丙丁戊己庚辛壬癸"[len(known) % 10] + str(len(known) // 10 or "")
        )
        step.facts = {**step.facts, "party": known[step.facts["party"]]}
        found.append(step)
    return found


def _empty_letters(letters: QuerySet[CitizenLetter]) -> None:
    letters.update(subject=GONE, content="", answer="")
