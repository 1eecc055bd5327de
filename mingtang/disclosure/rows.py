"""From tables to the frozen rows that leave this room; texts and attachments fetched in batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mingtang.disclosure.models import (
    Appraisal,
    Attachment,
    Batch,
    BatchLine,
    Document,
    Duty,
    DutyInstance,
    Edition,
    IssuedPaper,
    Publication,
    Review,
    ReviewRule,
    SecrecyAlarm,
)
from mingtang.disclosure.types import (
    AppraisalRow,
    AttachmentRow,
    BatchLineRow,
    BatchRow,
    DocumentRow,
    DutyInstanceRow,
    DutyRow,
    EditionRow,
    IssuedPaperRow,
    PublicationRow,
    ReviewRow,
    ReviewRuleRow,
    SecrecyAlarmRow,
)
from mingtang.ledger.api import Shelf, Shelves


def document_row(d: Document, edition: EditionRow | None = None) -> DocumentRow:
    """A document without its text (needs ``select_related("agency")``)."""
    return DocumentRow(
        d.pk, d.agency_id, d.agency.name, d.kind, d.index_no, d.article20, d.column, d.key_area, d.state, d.on_site,
        d.title, d.published_at, d.first_published_at, d.interprets_id, d.origin_type, d.origin_id, edition, d.uninterpreted, d.suspect,
        d.declassified, d.thread, d.successor_id, d.merged_into_id,
    )  # fmt: skip


def edition_row(e: Edition, attachments: Sequence[AttachmentRow] = ()) -> EditionRow:
    return EditionRow(
        e.pk, e.number, e.state, e.title, e.short_title, e.doc_no, e.written_on, e.effective_on, e.repeal_on, e.validity,
        e.theme, e.genre, tuple(e.keywords), e.summary, e.source, e.attribute, e.attribute_ground, e.body, e.data,
        e.digest, tuple(attachments), e.overridden, e.goes_out_at,
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


def review_row(r: Review) -> ReviewRow:
    return ReviewRow(
        r.pk, r.edition_id, r.round, r.step, r.get_step_display(), r.person_id, r.person.name, r.passed, r.comment, r.at,
        r.digest, r.stands_for.name if r.stands_for else "",
        r.under.ground if r.under else "",
    )  # fmt: skip


def paper_row(p: IssuedPaper) -> IssuedPaperRow:
    """A line of the register (needs ``select_related("agency", "document", "entered_by")``)."""
    return IssuedPaperRow(
        p.pk, p.agency_id, p.agency.name, p.doc_no, p.title, p.written_on, p.attribute, p.get_attribute_display(),
        p.attribute_ground, p.source, p.get_source_display(), p.stated_by, p.document_id,
        p.document.state if p.document else "", p.entered_at, p.entered_by.name if p.entered_by else "",
    )  # fmt: skip


def appraisal_row(a: Appraisal) -> AppraisalRow:
    return AppraisalRow(
        a.pk, a.instance_id, paper_row(a.paper), a.before, a.after, a.get_after_display() if a.after else "", a.reason,
        a.person.name if a.person else "", a.at,
    )  # fmt: skip


def duty_row(d: Duty) -> DutyRow:
    return DutyRow(
        d.pk, d.agency_id, d.agency.name, d.agency.short_name, d.agency.phone, d.title, d.basis, d.cadence,
        d.get_cadence_display(), d.key_area, tuple(d.kinds), d.since, d.until, d.task, d.norm, d.by, d.listed,
    )  # fmt: skip


def duty_instance_row(i: DutyInstance) -> DutyInstanceRow:
    return DutyInstanceRow(
        i.pk, duty_row(i.duty), i.period_from, i.period_to, i.due_on, i.publication_id, i.evidence, i.document_id,
        i.document.title if i.document else "", i.document.kind if i.document else "",
    )  # fmt: skip


_DUTY = {
    "agency_name": "agency__name",
    "agency_short_name": "agency__short_name",
    "agency_phone": "agency__phone",
}
SHELVES = Shelves({
    "document": Shelf(
        lambda: Document.objects.select_related("agency").order_by("-first_published_at", "-pk"), DocumentRow,
        make=document_row, hidden=("edition",), paths={"agency_name": "agency__name"},
        also={
            "agency": "agency", "agency_level": "agency__level", "agency_path": "agency__path", "first_published_year": "first_published_at__year",
            # What its live edition says.
            "doc_no": "live__doc_no", "validity": "live__validity", "written_on": "live__written_on",
            "summary": "live__summary", "item_type": "live__data__item_type", "effective_on": "live__effective_on",
            "theme": "live__theme", "genre": "live__genre", "keywords": "live__keywords", "digest": "live__digest",
            "stage": "live__data__stage",
            # Of a leader: the order of posts, and the post.
            "post_order": "live__data__order", "post_name": "live__data__post", "leader_name": "live__data__name",
            # Any edition it ever had; name the state and the drafter in one filter to mean the same edition.
            "edition_state": "editions__state", "edition_drafter_id": "editions__drafter_id",
        },
    ),
    "edition": Shelf(
        lambda: Edition.objects.order_by("pk"), EditionRow, make=edition_row, hidden=("attachments",),
        also={
            "document_id": "document_id", "document_kind": "document__kind", "drafter_id": "drafter_id", "drafter_name": "drafter__name",
            "drafted_at": "drafted_at", "origin_type": "document__origin_type",
        },
    ),
    "publication": Shelf(
        lambda: Publication.objects.select_related("by").order_by("pk"), PublicationRow, make=publication_row,
        paths={"by": "by__name"},
        also={
            "agency": "document__agency", "agency_id": "document__agency_id", "agency_level": "document__agency__level",
            "agency_path": "document__agency__path",
            "document_kind": "document__kind", "document_state": "document__state", "key_area": "document__key_area", "origin_type": "document__origin_type",
            "origin_id": "document__origin_id", "first_published_at": "document__first_published_at",
        },
    ),
    "review": Shelf(
        lambda: Review.objects.select_related("person", "stands_for", "under").order_by("pk"), ReviewRow, make=review_row, hidden=("step_name",),
        paths={"person_name": "person__name", "stands_for_name": "stands_for__name", "under": "under__ground"}, also={"document_id": "edition__document_id"},
    ),
    "review_rule": Shelf(
        lambda: ReviewRule.objects.select_related("made_by", "ended_by").order_by("-pk"), ReviewRuleRow,
        paths={"made_by_name": "made_by__name", "ended_by_name": "ended_by__name"},
        make=lambda r: ReviewRuleRow(
            r.pk, r.agency_id, r.ground, r.made_by.name, r.made_at, r.ended_by.name if r.ended_by else None, r.ended_at,
        ),
    ),
    "batch": Shelf(
        lambda: Batch.objects.select_related("ordered_by").order_by("-pk"), BatchRow, hidden=("table",), paths={"ordered_by": "ordered_by__name"},
        make=lambda b: BatchRow(
            b.pk, b.document_id, b.table_id, b.name, b.size, b.seed, b.ordered_by.name if b.ordered_by else "",
        ),
        also={"agency_id": "document__agency_id"},
    ),
    "batch_line": Shelf(
        lambda: BatchLine.objects.select_related("batch", "document").order_by("number"), BatchLineRow,
        paths={
            "batch_document_id": "batch__document_id", "title": "document__title", "published_at": "document__first_published_at",
            "index_no": "document__index_no",
        },
        make=lambda r: BatchLineRow(
            r.pk, r.batch.document_id, r.document_id, r.number, r.document.title, r.pulled_in, r.document.first_published_at,
            r.document.index_no,
        ),
    ),
    "secrecy_alarm": Shelf(
        lambda: SecrecyAlarm.objects.select_related("organ", "person", "seen_by").order_by("-pk"), SecrecyAlarmRow,
        paths={"organ_name": "organ__name", "person_name": "person__name", "seen_by_name": "seen_by__name"},
        make=lambda a: SecrecyAlarmRow(
            a.pk, a.agency_id, a.organ_id, a.organ.name, a.person.name, a.at, a.place, a.digest,
            a.seen_by.name if a.seen_by else None, a.seen_at, a.measure,
        ),
    ),
    "paper": Shelf(
        lambda: IssuedPaper.objects.select_related("agency", "document", "entered_by").order_by("-written_on", "-pk"), IssuedPaperRow,
        make=paper_row, hidden=("attribute_name", "source_name"),
        paths={"agency_name": "agency__name", "entered_by": "entered_by__name", "document_state": "document__state"},
        also={"kind": "document__kind", "index_no": "document__index_no"},
    ),
    "appraisal": Shelf(
        lambda: Appraisal.objects.select_related("paper__agency", "paper__document", "paper__entered_by", "person").order_by("paper__written_on", "pk"),
        AppraisalRow, make=appraisal_row, hidden=("paper", "after_name"), paths={"person_name": "person__name"},
        also={"agency_id": "instance__duty__agency_id", "paper_id": "paper_id", "due_on": "instance__due_on"},
    ),
    "duty": Shelf(
        lambda: Duty.objects.select_related("agency").order_by("agency__order", "pk"), DutyRow, make=duty_row,
        hidden=("cadence_name",), paths=_DUTY,
    ),
    "duty_instance": Shelf(
        lambda: DutyInstance.objects.select_related("duty", "duty__agency", "document").order_by("due_on"), DutyInstanceRow,
        make=duty_instance_row, hidden=("duty",), paths={"document_title": "document__title", "document_kind": "document__kind"},
        also={
            "duty_id": "duty_id", "task": "duty__task", "cadence": "duty__cadence", "agency_id": "duty__agency_id", "agency_path": "duty__agency__path", "published_at": "publication__at",
            # The day it went out, to be held against the day it was due.
            "published_on": "publication__at__date",
            "origin_type": "document__origin_type", "origin_id": "document__origin_id",
        },
    ),
})  # fmt: skip
