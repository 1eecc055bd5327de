"""Closing an issue of the gazette: which documents it holds, frozen with the digests of what was printed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from mingtang.ledger.api import Agency, Deed, Person, enqueue, record
from mingtang.portal.models import GazetteIssue, Release
from mingtang.portal.releases import tell

_BASIS = "条例第二十三条：政府公报；行政法规、规章和规范性文件汇编"
MOST = 500


def close(
    *, agency: Agency, year: int, number: int, documents: Sequence[int], by: Person, at: datetime
) -> int | Refused:
    """Close an issue with these documents in their order; returns its id. What it holds is never changed."""
    if not (verdict := ledger.may(by, "release.issue", agency)):
        return Refused(verdict.why, verdict.basis, "公报由编辑公报的单位结期")
    if not 2000 <= year <= at.astimezone(ledger.SHANGHAI).year or not 1 <= number <= 999:
        return Refused("年份或期号不对", _BASIS, "年份不晚于今年，期号从1起")
    ids = list(dict.fromkeys(documents))
    if not ids or len(ids) > MOST:
        return Refused(
            "一期公报至少有一件文件" if not ids else f"一期公报不超过{MOST}件", _BASIS, "请核对要刊登的文件"
        )
    rows = {d.id: d for d in disclosure.current(ids)}
    for i in ids:
        if i not in rows or rows[i].state != "live" or rows[i].edition is None:
            name = rows[i].title if i in rows else str(i)
            return Refused(
                f"《{name}》现在没有公开，不能刊登",
                "条例第十七条：未经审查公开的不得公开",
                "请先公开，或从这一期拿掉",
            )
    first = dict(disclosure.find("publication", document_id__in=ids, first=True).values("document_id", "pk"))
    held: list[dict[str, Any]] = []
    for i in ids:
        edition = rows[i].edition
        assert edition is not None
        held.append(
            {
                "publication": first[i],
                "document": i,
                "edition": edition.number,
                "digest": edition.digest,
                "title": edition.title,
            }
        )
    known = hashlib.sha256(json.dumps(held, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    with transaction.atomic(), verdict.standing():
        if GazetteIssue.objects.filter(agency=agency, year=year, number=number).exists():
            return Refused(f"{year}年第{number}期已经结期", _BASIS, "结期之后不再增减；请用下一期")
        issue = GazetteIssue.objects.create(
            agency=agency, year=year, number=number, closed_at=at, by=by, held=held, digest=known
        )
        made = [
            Release(publication_id=h["publication"], channel="gazette", target=str(issue.pk), state="done", at=at,
                    place=f"/gazette/{issue.pk}.html", digest=h["digest"], by=by)
            for h in held
        ]  # fmt: skip
        Release.objects.bulk_create(made, ignore_conflicts=True)
        tell(set(first.values()))
        facts = {"year": year, "number": number, "documents": len(held), "digest": known}
        record(Deed("release.issue", "gazette_issue", str(issue.pk), at, by, agency, _BASIS, facts))
        enqueue("gazette.closed", {"issue": issue.pk}, at)
    return issue.pk
