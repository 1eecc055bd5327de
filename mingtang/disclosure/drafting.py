"""The verbs of whoever writes: edit, correct, discard, and what an author explains (no interpretation, a finding kept)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mingtang.disclosure import fitness, history, papers, secrecy, superseding
from mingtang.disclosure.catalogue import (
    FIELDS,
    as_filed,
    attach,
    fault_of,
    files_as_filed,
    next_edition,
    write,
)
from mingtang.disclosure.events import await_publication
from mingtang.disclosure.from_record import told as told_of_record
from mingtang.disclosure.kinds import kinds
from mingtang.disclosure.models import Document, Edition
from mingtang.law.api import Refused
from mingtang.ledger.api import Deed, FlowRow, Person, record


def _revised(
    document: Document, edition: Edition, facts: dict[str, Any], at: datetime
) -> dict[str, Any] | Refused:
    """The fields an edition will have with these facts, or why it cannot have them."""
    if unknown := set(facts) - {*FIELDS, "origin"}:
        return Refused(f"没有这些项目：{'、'.join(sorted(unknown))}", "目录元数据", "请只改表单上的项目")
    given = as_filed(document, edition, facts)
    if isinstance(given, Refused):
        return given
    values = {f: getattr(edition, f) for f in FIELDS} | given
    values["data"] = told_of_record(document.agency, document.kind, values["data"])
    fault = fault_of(document.kind, values, at.date())
    return fault or superseding.fault(document.agency, values["data"], document) or values


def edit(
    document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, seen: str = "", **facts: Any
):
    """Change the working edition: fields, attachments, a declassifying decision; refused when somebody else saved after ``seen``."""
    if newer := fitness.overtaken(edition, by, seen):
        return newer
    files, decision = facts.pop("files", None), facts.pop("declassified", None)
    values = _revised(document, edition, facts, at)
    if isinstance(values, Refused):
        return values
    if files is not None and (fault := files_as_filed(document, edition, files, facts)):
        return fault
    if not document.live_id and (fault := papers.clash(document.agency, values, document)):
        return fault
    before = {f: getattr(edition, f) for f in facts if f in FIELDS}
    write(edition, values)
    edition.save()
    await_publication(document, edition)
    if files is not None:
        attach(edition, files)
    if decision:
        secrecy.declassify(document, decision, by, at)
    if not document.live_id:
        document.title = edition.title
        document.save(update_fields=["title"])
        papers.keep(document, edition, by, at)
    changed = sorted(f for f in before if before[f] != getattr(edition, f))
    return history.note(document, "edit", by, at, row, edition=edition.number, changed=changed)


def correct(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, **facts: Any):
    """Draft the next edition of what is public, with these changes; the live page stays until it is published."""
    files, decision = facts.pop("files", None), facts.pop("declassified", None)
    values = _revised(document, edition, facts, at)
    if isinstance(values, Refused):
        return values
    if decision:
        secrecy.declassify(document, decision, by, at)
    new = Edition(document=document, number=next_edition(document), drafter=by, drafted_at=at)
    write(new, values)
    new.save()
    await_publication(document, new)
    if files is None:
        files = [(a.name, a.file) for a in edition.attachments.select_related("file")]
    elif fault := files_as_filed(document, edition, files, facts):
        return fault
    attach(new, files)
    # Drafting a correction and publishing it are two deeds: the second is recorded as document.correct.
    record(
        Deed(
            "document.draft_correction", "document", str(document.pk), at, by, document.agency_id, row.basis,
            {"edition": new.number},
        )
    )  # fmt: skip
    return document


def discard(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow):
    """Give up a drafted correction; what is public stays as it is."""
    edition.state, edition.goes_out_at, edition.goes_out_by = Edition.DISCARDED, None, None
    edition.save(update_fields=["state", "goes_out_at", "goes_out_by"])
    await_publication(document, edition)
    return history.note(document, "discard", by, at, row, edition=edition.number)


def exempt(document: Document, edition: Edition, by: Person, at: datetime, row: FlowRow, reason: str = ""):
    """Say why a policy paper has no interpretation (谁起草谁解读): the reason is reviewed with it."""
    if not kinds()[document.kind].interpretation_required:
        return Refused(f"{kinds()[document.kind].title}不要求配解读", row.basis, "直接送审即可")
    if not reason.strip():
        return Refused("没有写明为什么不配解读", row.basis, "请写明理由，例如：转发上级文件，上级已有解读")
    document.uninterpreted = reason.strip()[:500]
    document.save(update_fields=["uninterpreted"])
    return history.note(
        document, "exempt", by, at, row, edition=edition.number, reason=document.uninterpreted
    )


def override(
    document: Document,
    edition: Edition,
    by: Person,
    at: datetime,
    row: FlowRow,
    code: str = "",
    reason: str = "",
):
    """Keep a finding that blocks, with a reason; personal data and secrecy marks are never kept."""
    found = [f for f in fitness.blocking(edition) if f.code == code]
    if not found:
        return Refused(f"这份文件没有挡住送审的“{code[:40]}”", row.basis, "请从检查结果里选择")
    if code.startswith(fitness.NEVER_KEPT):
        return Refused(
            "个人信息和密级标志不能保留", "条例第十四条、第十五条", found[0].suggestion or "请改正后再送审"
        )
    if not reason.strip():
        return Refused("没有写明为什么保留", row.basis, "请写明核对的结果，例如：原文如此，已与发文机关核对")
    edition.overridden = {
        **edition.overridden,
        code: {"why": reason.strip()[:500], "by": by.pk, "of": fitness.digest_of(edition)},
    }
    edition.save(update_fields=["overridden"])
    return history.note(
        document, "override", by, at, row, edition=edition.number, code=code, reason=reason.strip()[:500]
    )
