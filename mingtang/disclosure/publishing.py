"""Making public and taking back: Publication + Act + outbox row in one transaction, never back-dated.

``take_over`` is the one exception: the signed import of what another system did, with its dates kept as stated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction

from mingtang.disclosure import events, papers, secrecy
from mingtang.disclosure.catalogue import (
    FIELDS,
    clean,
    fault_of,
    fingerprint,
    index_number,
    index_series,
    next_edition,
    next_index_number,
    write,
)
from mingtang.disclosure.kinds import kinds
from mingtang.disclosure.models import Attachment, Document, Edition, Publication, Review
from mingtang.law.api import Refused
from mingtang.ledger.api import (
    SHANGHAI,
    TAKE_OVER,
    Agency,
    Deed,
    Person,
    Verdict,
    enqueue,
    may,
    number,
    record,
)

_BATCH = 2_000
_TERM = "公示期届满，不再公开（条例第六条；文种的公开期限）"


def _log(
    document: Document,
    old,
    new,
    kind: str,
    by: Person | None,
    at: datetime,
    basis: str,
    reason: str,
    first=False,
    emergency=False,
    into: Document | None = None,
) -> int:
    row = Publication.objects.create(
        document=document,
        old_edition=old,
        new_edition=new,
        kind=kind,
        first=first,
        at=at,
        by=by,
        # Why something went out before its reviews is the Act's to tell, not the page's.
        reason="" if emergency else reason,
    )
    facts = {
        "publication": row.pk,
        "edition": new.number if new else None,
        "digest": new.digest if new else "",
    }
    # What stood in for three reviews is never erased.
    kept = {"reason": reason} if emergency else {"into": into.pk} if into else {}
    record(
        Deed(
            "document.emergency" if emergency else f"document.{kind}",
            "document",
            str(document.pk),
            at,
            by,
            document.agency_id,
            basis,
            facts | kept,
            {"reason": reason} if reason and not emergency else None,
        )
    )
    enqueue("published", {"publications": [row.pk]}, at)
    return row.pk


def publish(
    document: Document, edition: Edition, by: Person, at: datetime, basis: str, emergency: str = ""
) -> int:
    """Make an edition the live one; the one before it, if any, is replaced at the same moment.

    ``emergency``: why it goes out before its reviews; empty for what passed them.
    """
    old, first = document.live, document.first_published_at is None
    if old is not None:
        old.state = Edition.REPLACED
        old.save(update_fields=["state"])
    edition.state = Edition.PUBLISHED
    edition.save(update_fields=["state"])
    document.live, document.state, document.title, document.published_at = (
        edition,
        Document.LIVE,
        edition.title,
        at,
    )
    if first:
        document.first_published_at = at
    document.suspect, document.merged_into = "", None
    document.ends_on = term_of(document.kind, edition.data, at)
    document.thread = kinds()[document.kind].thread_of(edition.data)
    if document.index_no is None:
        document.index_no = next_index_number(document.agency, at.year)
    document.save()
    papers.keep(document, edition, by, at)
    kind = "publish" if first else "correct"
    logged = _log(document, old, edition, kind, by, at, basis, emergency, first, bool(emergency))
    events.settle(document, edition, logged, at)
    if first:
        events.to_media(document, at)
    return logged


def term_of(kind: str, data: Mapping[str, Any], at: datetime) -> date | None:
    """The last day on which a document of a kind stands: as its edition says, else its kind's term; None: for good."""
    days = kinds()[kind].term_days
    if days is None:
        return None
    said = data.get("ends_on")
    return date.fromisoformat(str(said)) if said else at.astimezone(SHANGHAI).date() + timedelta(days)


def end_terms(at: datetime) -> int:
    """Take off what has stood its term, in nobody's name; returns how many. Safe to run again."""
    today, ended = at.astimezone(SHANGHAI).date(), 0
    over = (
        Document.objects.filter(state=Document.LIVE, ends_on__lt=today)
        .order_by("ends_on", "pk")
        .values_list("pk", flat=True)
    )
    for pk in list(over):
        with transaction.atomic():
            held = Document.objects.select_for_update(of=("self",)).select_related("live", "agency")
            document = held.filter(pk=pk, state=Document.LIVE, ends_on__lt=today).first()
            if document is not None:
                withdraw(document, None, at, _TERM, f"公示期到{document.ends_on}届满")
                ended += 1
    return ended


def withdraw(
    document: Document, by: Person | None, at: datetime, basis: str, reason: str, into: Document | None = None
) -> int:
    """Take a document off every channel; its address keeps a notice with the reason, or leads on to the one it went ``into``."""
    old = document.live
    document.state, document.merged_into = Document.WITHDRAWN, into
    document.save(update_fields=["state", "merged_into"])
    logged = _log(document, old, None, "withdraw", by, at, basis, reason, into=into)
    events.taken_off(document, logged, at)
    return logged


def repeal(document: Document, by: Person, at: datetime, basis: str, reason: str) -> int:
    """Mark a live document as no longer in force (see ``mark``)."""
    return mark(document, "repealed", by, at, basis, reason)


def follow(old: Document, new: Document) -> None:
    """Let one paper name the one that takes its place."""
    old.successor = new
    old.save(update_fields=["successor"])


def mark(document: Document, validity: str, by: Person, at: datetime, basis: str, reason: str) -> int:
    """Mark a live document as repealed, amended or expired: a new edition with the reviewed text and the mark.

    An expired one is archived: it stays to be read, with its notice, and its copies elsewhere are taken down.

    One signature by somebody who did not write the text (decision 0002), or that of the paper that does it (0006). A
    correction under way would take the mark off again, so it is discarded.
    """
    ended = validity in ("repealed", "expired")
    said = {"validity": validity} | ({"repeal_on": at.date()} if ended else {})
    told = _told(document.live) | {"repeal_reason" if ended else "amend_reason": reason}
    if document.successor is not None:
        told["successor"] = document.successor.index_no
    kind = {"repealed": "repeal", "expired": "archive"}.get(validity, "correct")
    return _relabel(document, said, told, kind, by, at, basis, reason)


def unmark(document: Document, by: Person | None, at: datetime, basis: str, reason: str) -> int:
    """Take off a live document the mark that another paper set on it: its cause is gone. As it was before, in a new edition."""
    assert document.live is not None  # asked for live documents only
    marked = document.live.validity
    before = (
        document.editions.filter(state=Edition.REPLACED).exclude(validity=marked).order_by("-number").first()
    )
    said = {
        "validity": before.validity if before else "valid",
        "repeal_on": before.repeal_on if before else None,
    }
    earlier = before.data.get("successor") if before else None
    document.successor = Document.objects.filter(index_no=earlier).first() if earlier else None
    document.save(update_fields=["successor"])
    told = _told(before)
    return _relabel(document, said, told, "correct", by, at, basis, reason)


def reviewed(edition: Edition, step: str, by: Person, at: datetime, comment: str, **more: Any) -> None:
    """Write down one person's yes to an edition, in one capacity, with whom they stand in for; inside the verb that allows it."""
    Review.objects.create(
        edition=edition, round=edition.round, step=step, person=by, stands_for_id=Verdict.absent(), passed=True,
        comment=comment[:2000], at=at, digest=edition.digest, **more,
    )  # fmt: skip


# What a mark writes into an edition's data.
_TOLD = ("repeal_reason", "amend_reason", "successor")


def _told(edition: Edition | None) -> dict[str, Any]:
    return {k: v for k, v in edition.data.items() if k in _TOLD} if edition else {}


def _relabel(
    document: Document, said: dict[str, Any], told: dict[str, Any], kind: str, by: Person | None, at: datetime, basis: str, reason: str,
) -> int:  # fmt: skip
    """Put a new edition with the live one's text and another mark in its place; drafts under way are discarded."""
    old = document.live
    assert old is not None
    document.editions.exclude(state__in=(Edition.PUBLISHED, Edition.REPLACED)).update(
        state=Edition.DISCARDED, goes_out_at=None, goes_out_by=None
    )
    new = Edition(
        document=document, number=next_edition(document), drafter=old.drafter, drafted_at=at, state=Edition.PUBLISHED
    )  # fmt: skip
    write(new, {f: getattr(old, f) for f in FIELDS} | said)
    new.data = {k: v for k, v in new.data.items() if k not in _TOLD} | told
    new.digest = fingerprint(new, list(old.attachments.values_list("name", "file_id")))
    new.save()
    for a in old.attachments.all():
        a.pk, a.edition = None, new
        a.save()
    old.state = Edition.REPLACED
    old.save(update_fields=["state"])
    if by is not None:
        reviewed(new, "sign", by, at, reason)
    events.await_publication(document, new)
    document.live, document.published_at = new, at
    document.save(update_fields=["live", "published_at"])
    return _log(document, old, new, kind, by, at, basis, reason)


def take_over(
    rows: Iterable[Mapping[str, Any]], *, source: str, by: Person, at: datetime, progress=lambda n: None
) -> Iterator[list[tuple[int, Mapping[str, Any]]] | Refused] | Refused:
    """Import what another system published, its dates kept as stated, marked with ``source``.

    Each row: ``agency`` (Agency), ``kind``, ``published_at`` (aware), ``title`` and any of FIELDS, ``key_area``,
    ``on_site``, ``origin`` (type and id of what it came from), ``files`` (names and kept files). Yields, batch by batch and each in its own transaction, (publication id, row) pairs. A batch with an
    impossible date is not entered: its Refused is yielded last.
    """
    if not (verdict := may(by, "document.take_over")):
        return Refused(verdict.why, verdict.basis, "移交由系统管理员执行，并附移交清单")
    return _batches(rows, source, by, at, progress, verdict)


def _batches(rows, source, by, at, progress, verdict):
    stream = iter(rows)
    while batch := list(islice(stream, _BATCH)):
        if fault := next(filter(None, (_misfit(row, at) for row in batch)), None):
            yield fault
            return
        batch = [{**row, "published_at": row["published_at"].astimezone(SHANGHAI)} for row in batch]
        with transaction.atomic(), verdict.standing():
            done = _take_over_batch(batch, source, by, at)
        progress(len(batch))
        yield done


def _misfit(row: Mapping[str, Any], at: datetime) -> Refused | None:
    """Why a row cannot be an edition that everybody may read."""
    if row.get("attribute", Edition.OPEN) != Edition.OPEN:
        return Refused(
            f"《{row['title']}》的公开属性不是主动公开", "国办发〔2016〕80号：公开属性源头认定",
            "不公开的留在原系统；需要公开时先变更公开属性",
        )  # fmt: skip
    values = {k: v for k, v in row.items() if k in FIELDS}
    if fault := fault_of(row["kind"], values, at.astimezone(SHANGHAI).date()):
        return Refused(f"《{str(row['title'])[:40]}》：{fault.why}", fault.basis, fault.instead)
    if secrecy.marked({**values, "body": clean(values.get("body") or "")}):
        return Refused(
            "移交的数据里有带密级标志的，整批没有收进来",
            secrecy.SECRETS,
            "请从移交清单中取出，按保密规定保管",
        )
    return _misdated(row, at)


def _misdated(row: Mapping[str, Any], at: datetime) -> Refused | None:
    """Why a stated moment of publication cannot be: without a time zone, or still to come."""
    said, basis = row["published_at"], "移交清单：来源系统所称日期"
    if not isinstance(said, datetime) or said.utcoffset() is None:
        return Refused(
            f"《{row['title']}》的公开时间没有时区", basis, "请写明时区，例如 2017-12-31T17:00+08:00"
        )
    if said > at:
        day = said.astimezone(SHANGHAI).date()
        return Refused(
            f"《{row['title']}》的公开日期{day}还没有到", basis, "请核对移交清单；没有公开的，请另行起草送审"
        )
    return None


def _take_over_batch(batch: list[Mapping[str, Any]], source: str, by: Person, at: datetime):
    documents, editions = [], []
    serials = _serials(batch)
    for row, serial in zip(batch, serials, strict=True):
        origin = row.get("origin", ("", ""))
        spec, day = kinds()[row["kind"]], row["published_at"]
        documents.append(
            Document(
                agency=row["agency"], kind=row["kind"], article20=spec.article20, column=spec.column,
                key_area=row.get("key_area", ""), on_site=row.get("on_site", True), created_at=at, title=row["title"],
                state=Document.LIVE, published_at=day, first_published_at=day,
                index_no=index_number(row["agency"], day.year, serial), interprets_id=row.get("interprets"),
                origin_type=origin[0], origin_id=origin[1], thread=spec.thread_of(row.get("data") or {}),
            )
        )  # fmt: skip
    Document.objects.insert(documents)
    for row, document in zip(batch, documents, strict=True):
        edition = Edition(
            document=document, number=1, drafted_at=row["published_at"], state=Edition.PUBLISHED
        )
        write(edition, row)
        edition.digest = fingerprint(edition, [(name, f.digest) for name, f in row.get("files", ())])
        editions.append(edition)
    Edition.objects.insert(editions)
    Attachment.objects.bulk_create(
        Attachment(edition=e, file_id=f.digest, name=name, order=i)
        for row, e in zip(batch, editions, strict=True)
        for i, (name, f) in enumerate(row.get("files", ()))
    )
    _point_live(documents)
    publications = [
        Publication(
            document=d, new_edition=e, kind="publish", first=True, at=d.published_at, by=by, stated_by=source
        )
        for d, e in zip(documents, editions, strict=True)
    ]  # fmt: skip
    Publication.objects.insert(publications)
    papers.keep_taken_over(list(zip(documents, editions, strict=True)), source, by, at)
    record(
        *(
            Deed(
                TAKE_OVER, "document", str(d.pk), d.published_at, by, d.agency_id, "移交清单：来源系统所称日期，不再审一遍",
                {"publication": p.pk, "digest": e.digest, "source": source},
            )
            for d, e, p in zip(documents, editions, publications, strict=True)
        )
    )  # fmt: skip
    enqueue("published", {"publications": [p.pk for p in publications]}, at)
    return list(zip([p.pk for p in publications], batch, strict=True))


def _serials(batch: list[Mapping[str, Any]]) -> list[int]:
    """Index serials for a batch: one draw for each organ and year, handed out in the order of the rows."""
    wanted: dict[str, int] = {}
    for row in batch:
        key = index_series(row["agency"], row["published_at"].year)
        wanted[key] = wanted.get(key, 0) + 1
    following = {series: number(series, n) for series, n in sorted(wanted.items())}
    serials = []
    for row in batch:
        key = index_series(row["agency"], row["published_at"].year)
        serials.append(following[key])
        following[key] += 1
    return serials


def _point_live(documents: list[Document]) -> None:
    """Set ``live`` to the first edition of each new document with one statement."""
    low, high = documents[0].pk, documents[-1].pk
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE disclosure_document SET live_id = (SELECT e.id FROM disclosure_edition e"
            " WHERE e.document_id = disclosure_document.id AND e.number = 1)"
            " WHERE id BETWEEN %s AND %s AND live_id IS NULL AND state = 'live'",
            [low, high],
        )


__all__ = ["Agency", "publish", "repeal", "take_over", "withdraw"]
