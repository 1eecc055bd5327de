"""What people brought to a channel by hand, and what they did at the platform's request: entered, marked, struck out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from mingtang.ledger.api import Deed, Person, enqueue
from mingtang.portal.channels import issues
from mingtang.portal.models import TAKES_DOWN, Release
from mingtang.portal.names import BY_HAND
from mingtang.portal.releases import row_of, tell

_BASIS = "条例第二十三条：公开的途径"
MOST_PLACE = 300


def enter(rows: Sequence[Mapping[str, Any]], *, by: Person, at: datetime) -> list[int | Refused]:
    """Enter deliveries made by hand; for each row its number or why not, and the good rows stand whatever the others are.

    Each row: ``document`` (id), ``channel`` (one of BY_HAND), ``place`` (a link, or words), ``on`` (a day), and if wished
    ``photo`` (digest of a stored picture). A row that is there already is answered with its number.
    """
    reach = ledger.Reach(by)
    done: list[int | Refused] = []
    for row in rows:
        with transaction.atomic():
            done.append(_entered(row, reach, by, at))
    if written := {
        r.publication_id for r in Release.objects.filter(pk__in=[d for d in done if isinstance(d, int)])
    }:
        tell(written)
    return done


def _entered(row: Mapping[str, Any], reach: ledger.Reach, by: Person, at: datetime) -> int | Refused:
    document = disclosure.find("document", pk=row.get("document") or 0).first()
    if document is None:
        return Refused("目录里没有这份文件", _BASIS, "请核对索引号或文号")
    if not (verdict := reach.may("release.enter", document)):
        return Refused(verdict.why, verdict.basis, "请由文件所属单位的公开专员登记")
    place, on = str(row.get("place") or "").strip(), row.get("on")
    if fault := _fault(document, str(row.get("channel") or ""), place, on, at):
        return fault
    assert isinstance(on, date)
    photo = str(row.get("photo") or "")
    if photo and not ledger.find("file", digest=photo).exists():
        return Refused("照片没有存下来", _BASIS, "请重新上传照片")
    first = disclosure.find("publication", document_id=document.id, first=True).one()
    known = {"publication_id": first.id, "channel": row["channel"], "target": place[:120]}
    if there := Release.objects.filter(**known).exclude(state="struck").first():
        return there.pk
    made = Release.objects.create(
        **known,
        state="done",
        at=datetime.combine(on, time(12), ledger.SHANGHAI),
        place=place,
        by=by,
        photo=photo,
    )
    facts = {"document": document.id, "channel": made.channel, "on": on, "place": place}
    with verdict.standing():
        ledger.record(
            Deed(
                "release.enter",
                "release",
                str(made.pk),
                at,
                by,
                document.agency_id,
                _BASIS,
                facts | ({"photo": photo} if photo else {}),
            )
        )
    return made.pk


def _fault(
    document: disclosure.DocumentRow, channel: str, place: str, on: Any, at: datetime
) -> Refused | None:
    """Why a row cannot be."""
    if channel not in BY_HAND:
        return Refused("没有这种渠道", _BASIS, "可用：" + "、".join(BY_HAND.values()))
    if not place or len(place) > MOST_PLACE:
        why = f"位置超过{MOST_PLACE}字" if place else "没有写位置"
        return Refused(why, _BASIS, "请写网址，或者报纸版面、播出节目、公告栏的地点")
    if not isinstance(on, date):
        return Refused("没有写日期", _BASIS, "请写成 2026-11-23 这样")
    if on > at.astimezone(ledger.SHANGHAI).date():
        return Refused(f"日期{on}还没有到", "登记簿记已经发生的事", "请核对日期")
    if document.first_published_at is None:
        return Refused(
            f"《{document.title}》还没有公开过",
            "条例第十七条：公开前应当审查",
            "请先走完审签、公开，再登记其他渠道",
        )
    first = document.first_published_at.astimezone(ledger.SHANGHAI).date()
    if on < first:
        return Refused(f"日期{on}早于首次公开（{first}）", "审签公开之后才能登载", "请核对日期")
    return None


def take(release: int | None, verb: str, *, by: Person, at: datetime, **facts: Any) -> Any:
    """One verb on a row: ``sent`` (a person did it: ``place``), ``again`` (send once more), ``strike`` (entered by mistake:
    ``reason``); without a row ``issue`` closes an issue of the gazette (see ``issues.close``). The row after it, or why not."""
    if verb == "issue":
        return issues.close(by=by, at=at, **facts)
    if verb not in _VERBS:
        return Refused(f"没有“{verb}”这一步", _BASIS, "可用：sent、again、strike、issue")
    with transaction.atomic():
        held = Release.objects.select_for_update(of=("self",)).select_related("publication__document", "by")
        row = held.filter(pk=release).first()
        if row is None:
            return Refused("没有这一条渠道记录", _BASIS, "请从文件页重新打开")
        agency = row.publication.document.agency_id
        if not (verdict := ledger.may(by, "release.enter", row.publication.document)):
            return Refused(verdict.why, verdict.basis, "请由文件所属单位的公开专员办理")
        done = _VERBS[verb](row, at, **facts)
        if isinstance(done, Refused):
            return done
        row.save()
        kept = {"document": row.publication.document_id, "channel": row.channel, "target": row.target}
        with verdict.standing():
            ledger.record(
                Deed(
                    "release.sent"
                    if verb == "sent"
                    else "release.again"
                    if verb == "again"
                    else "release.strike",
                    "release",
                    str(row.pk),
                    at,
                    by,
                    agency,
                    _BASIS,
                    kept | ({"place": row.place} if verb == "sent" else {}),
                    done or None,
                )
            )
        if verb == "strike":
            enqueue("release.struck", {"release": row.pk}, at)
        tell({row.publication_id})
    return row_of(row)


def _sent(row: Release, at: datetime, place: str = "") -> dict[str, Any] | Refused:
    if row.state not in ("by_hand", "failed"):
        return Refused("这一条不等人工办理", _BASIS, "请刷新页面看它现在的状态")
    out = row.publication.kind in TAKES_DOWN
    if not out and not place.strip():
        return Refused("没有写发在哪里", _BASIS, "请写发出之后的网址")
    row.state, row.at, row.error, row.next_try = ("withdrawn" if out else "done"), at, "", None
    row.place = place.strip()[:MOST_PLACE] or row.place
    if out:  # the sendings that it took down are told apart from what still stands
        held = Release.objects.filter(
            publication__document=row.publication.document_id, channel=row.channel, target=row.target
        )
        for one in held.exclude(pk=row.pk).exclude(publication__kind__in=TAKES_DOWN):
            one.remote = {**one.remote, "taken_down": True}
            one.state = "done" if one.state in ("done", "struck") else "withdrawn"
            one.save(update_fields=["remote", "state"])
    return {}


def _again(row: Release, at: datetime) -> dict[str, Any] | Refused:
    if (
        row.state not in ("failed", "by_hand")
        or row.by_id is not None
        or not row.target
        or row.channel not in ("wechat", "weibo")
    ):
        return Refused("这一条不能由系统重发", _BASIS, "人工登记的请划去后重新登记；已发的不重发")
    row.state, row.tries, row.next_try, row.error = "waiting", 0, None, ""
    return {}


def _strike(row: Release, at: datetime, reason: str = "") -> dict[str, Any] | Refused:
    if row.by_id is None or row.state == "struck" or row.channel == "gazette":
        return Refused("这一条不是人工登记的，或已经划去", _BASIS, "系统发出的不能划去；公报结期后不再增减")
    if not reason.strip():
        return Refused("划去没有写理由", "条例第六条：信息应当准确", "请写明哪里登记错了")
    row.state, row.error = "struck", reason.strip()[:200]
    return {"reason": row.error}


_VERBS: dict[str, Any] = {"sent": _sent, "again": _again, "strike": _strike}
