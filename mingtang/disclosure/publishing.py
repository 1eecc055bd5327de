"""Making public and taking back: Publication + Act + outbox row in one transaction, never back-dated.

``take_over`` is the one exception: the signed import of what another system did, with its dates kept as stated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from mingtang.disclosure.catalogue import FIELDS, fingerprint, index_number, next_index_number, write
from mingtang.disclosure.kinds import kinds
from mingtang.disclosure.models import Document, Edition, Publication
from mingtang.law.api import Refused
from mingtang.ledger.api import TAKE_OVER, Agency, Deed, Person, enqueue, may, number, record

_BATCH = 2_000


def _log(
    document: Document, old, new, kind: str, by: Person, at: datetime, basis: str, reason: str, first=False
) -> int:
    row = Publication.objects.create(
        document=document,
        old_edition=old,
        new_edition=new,
        kind=kind,
        first=first,
        at=at,
        by=by,
        reason=reason,
    )
    record(
        Deed(
            f"document.{kind}", "document", str(document.pk), at, by, document.agency_id, basis,
            {"publication": row.pk, "edition": new.number if new else None, "digest": new.digest if new else ""},
            {"reason": reason} if reason else None,
        )
    )  # fmt: skip
    enqueue("published", {"publications": [row.pk]}, at)
    return row.pk


def publish(
    document: Document, edition: Edition, by: Person, at: datetime, basis: str, reason: str = ""
) -> int:
    """Make an approved edition the live one; the one before it, if any, is replaced at the same moment."""
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
    if document.index_no is None:
        document.index_no = next_index_number(document.agency, at.year)
    document.save()
    return _log(document, old, edition, "publish" if first else "correct", by, at, basis, reason, first)


def withdraw(document: Document, by: Person, at: datetime, basis: str, reason: str) -> int:
    """Take a document off every channel; its address keeps a notice with the reason."""
    old = document.live
    document.state = Document.WITHDRAWN
    document.save(update_fields=["state"])
    return _log(document, old, None, "withdraw", by, at, basis, reason)


def repeal(document: Document, edition: Edition, by: Person, at: datetime, basis: str, reason: str) -> int:
    """Mark a live document as no longer in force: a new edition with the same text and the repealed mark."""
    new = Edition(
        document=document, number=edition.number + 1, drafter=by, drafted_at=at, state=Edition.APPROVED
    )
    write(new, {f: getattr(edition, f) for f in FIELDS} | {"validity": "repealed", "repeal_on": at.date()})
    new.data = {**new.data, "repeal_reason": reason}
    files = list(edition.attachments.values_list("name", "file_id"))
    new.digest = fingerprint(new, files)
    new.save()
    for a in edition.attachments.all():
        a.pk, a.edition = None, new
        a.save()
    old = document.live
    if old is not None:
        old.state = Edition.REPLACED
        old.save(update_fields=["state"])
    new.state = Edition.PUBLISHED
    new.save(update_fields=["state"])
    document.live, document.published_at = new, at
    document.save(update_fields=["live", "published_at"])
    return _log(document, old, new, "repeal", by, at, basis, reason)


def take_over(
    rows: Iterable[Mapping[str, Any]], *, source: str, by: Person, at: datetime, progress=lambda n: None
) -> Iterator[list[tuple[int, Mapping[str, Any]]]] | Refused:
    """Import what another system published, its dates kept as stated, marked with ``source``.

    Each row: ``agency`` (Agency), ``kind``, ``published_at`` (aware), ``title`` and any of FIELDS, ``key_area``,
    ``on_site``. Yields, batch by batch and each in its own transaction, (publication id, row) pairs.
    """
    if not (verdict := may(by, "document.take_over")):
        return Refused(verdict.why, verdict.basis, "移交由系统管理员执行，并附移交清单")
    return _batches(rows, source, by, at, progress)


def _batches(rows, source, by, at, progress):
    stream = iter(rows)
    while batch := list(islice(stream, _BATCH)):
        with transaction.atomic():
            done = _take_over_batch(batch, source, by, at)
        progress(len(batch))
        yield done


def _take_over_batch(batch: list[Mapping[str, Any]], source: str, by: Person, at: datetime):
    documents, editions = [], []
    serials = _serials(batch)
    for row, serial in zip(batch, serials, strict=True):
        spec, day = kinds()[row["kind"]], row["published_at"]
        documents.append(
            Document(
                agency=row["agency"], kind=row["kind"], article20=spec.article20, column=spec.column,
                key_area=row.get("key_area", ""), on_site=row.get("on_site", True), created_at=at, title=row["title"],
                state=Document.LIVE, published_at=day, first_published_at=day,
                index_no=index_number(row["agency"], day.year, serial), interprets_id=row.get("interprets"),
            )
        )  # fmt: skip
    Document.objects.bulk_create(documents, batch_size=1000)
    for row, document in zip(batch, documents, strict=True):
        edition = Edition(
            document=document, number=1, drafted_at=row["published_at"], state=Edition.PUBLISHED
        )
        write(edition, row)
        edition.digest = fingerprint(edition, [])
        editions.append(edition)
    Edition.objects.bulk_create(editions, batch_size=1000)
    _point_live(documents)
    publications = [
        Publication(
            document=d, new_edition=e, kind="publish", first=True, at=d.published_at, by=by, stated_by=source
        )
        for d, e in zip(documents, editions, strict=True)
    ]  # fmt: skip
    Publication.objects.bulk_create(publications, batch_size=1000)
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
    wanted: dict[tuple[int, int], int] = {}
    for row in batch:
        key = (row["agency"].pk, row["published_at"].year)
        wanted[key] = wanted.get(key, 0) + 1
    following = {(a, y): number(f"index/{a}/{y}", n) for (a, y), n in sorted(wanted.items())}
    serials = []
    for row in batch:
        key = (row["agency"].pk, row["published_at"].year)
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
