"""From tables to the frozen rows that leave this room; texts and attachments fetched in batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mingtang.disclosure.models import Attachment, Document, Edition, Publication
from mingtang.disclosure.types import AttachmentRow, DocumentRow, EditionRow, PublicationRow


def document_row(d: Document, edition: EditionRow | None = None) -> DocumentRow:
    """A document without its text (needs ``select_related("agency")``)."""
    return DocumentRow(
        d.pk, d.agency_id, d.agency.name, d.kind, d.index_no, d.article20, d.column, d.key_area, d.state, d.on_site,
        d.title, d.published_at, d.first_published_at, d.interprets_id, d.origin_type, d.origin_id, edition,
    )  # fmt: skip


def edition_row(e: Edition, attachments: Sequence[AttachmentRow] = ()) -> EditionRow:
    return EditionRow(
        e.pk, e.number, e.state, e.title, e.short_title, e.doc_no, e.written_on, e.effective_on, e.repeal_on, e.validity,
        e.theme, e.genre, tuple(e.keywords), e.summary, e.source, e.attribute, e.attribute_ground, e.body, e.data,
        e.digest, tuple(attachments),
    )  # fmt: skip


def publication_row(p: Publication) -> PublicationRow:
    return PublicationRow(
        p.pk, p.document_id, p.old_edition_id, p.new_edition_id, p.kind, p.first, p.at, p.by.name if p.by else "",
        p.reason, p.stated_by,
    )  # fmt: skip


def attachments_of(edition_ids: Iterable[int]) -> dict[int, list[AttachmentRow]]:
    found: dict[int, list[AttachmentRow]] = {}
    for a in (
        Attachment.objects.filter(edition_id__in=list(edition_ids))
        .select_related("file")
        .order_by("order", "pk")
    ):
        found.setdefault(a.edition_id, []).append(AttachmentRow(a.name, a.file_id, a.file.size, a.file.media))
    return found


def current(ids: Sequence[int]) -> list[DocumentRow]:
    """The documents with their live editions and attachments, in the order asked: two queries for 500 ids.

    A withdrawn document comes with the edition it last showed, so that its notice can name it; never a draft's.
    """
    rows: dict[int, DocumentRow] = {}
    for start in range(0, len(ids), 500):
        part = list(ids[start : start + 500])
        found = list(Document.objects.filter(pk__in=part).select_related("agency", "live"))
        files = attachments_of([d.live_id for d in found if d.live_id])
        for d in found:
            live = edition_row(d.live, files.get(d.live_id, ())) if d.live else None
            rows[d.pk] = document_row(d, live)
    return [rows[i] for i in ids if i in rows]


def editions(document_id: int) -> list[EditionRow]:
    """The editions of a document, oldest first, with attachments; the last is worked on. Discarded ones stay out."""
    kept = Edition.objects.filter(document_id=document_id).exclude(state=Edition.DISCARDED)
    found = list(kept.order_by("number"))
    files = attachments_of([e.pk for e in found])
    return [edition_row(e, files.get(e.pk, ())) for e in found]
