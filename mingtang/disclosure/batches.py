"""Batches: many rows of one table reviewed as one paper (decision 0007; contract "Reviews": items sampled, risky ones pulled out).

The paper goes through its kind's chain like any document and never becomes public; each row is a document of its own
that waits beside it, goes out with it, or is pulled out and then goes its own way.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from math import isqrt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from mingtang.disclosure import fitness, papers, publishing, secrecy, superseding
from mingtang.disclosure.catalogue import working
from mingtang.disclosure.chains import CHAINS, THREE
from mingtang.disclosure.judging import judge
from mingtang.disclosure.kinds import kinds
from mingtang.disclosure.models import Batch, BatchLine, Document, Edition
from mingtang.law.api import Refused
from mingtang.ledger.api import Deed, Person, Reach, enqueue, find, now, record

# What a batch's paper and a row that goes with it came from (``Document.origin_type``).
PAPER, ROW = "table", "batch"
BASIS = "三审三校；成批的逐行检查、抽样看、有疑点的单独审"
# What can be done to the paper of a batch; its rows come from the table and are not changed here.
VERBS = ("submit", "head_review", "secrecy_review", "sign", "return", "publish", "schedule")
_SLICE, _FEWEST = 100, 5
# While its paper is in one of these a row may still leave the batch.
OPEN = ("draft", "submitted", "head_done", "secrecy_done", "approved")


def of(document: Document) -> Batch | None:
    """The batch whose paper this is; None for any other document."""
    return Batch.objects.get(document=document) if document.origin_type == PAPER else None


def misplaced(document: Document, verb: str) -> Refused | None:
    """Why a verb makes no sense for the paper of a batch."""
    if document.origin_type != PAPER or verb in VERBS:
        return None
    return Refused("这是一批文件的送审件，内容从表里来", BASIS, "要改哪一行，先把它挑出来，再单独办理")


def sample_of(seed: str, numbers: Iterable[int]) -> tuple[int, ...]:
    """The rows to be looked at one by one: at least five, or the root of how many there are [D]; anybody can draw them again.

    Each row's place in the draw is the SHA-256 of the seed and its number, so the drafter cannot know it beforehand.
    """
    every = sorted(numbers, key=lambda n: hashlib.sha256(f"{seed}/{n}".encode()).hexdigest())
    many = max(_FEWEST, isqrt(max(len(every) - 1, 0)) + 1)
    return tuple(sorted(every[:many]))


# --- which rows may go with the others ----------------------------------------------------------------------------


class Doubles:
    """What is live already and could be meant by rows of one organ and kind: by number, by title; asked once."""

    def __init__(self, agency_id: int, kind: str, rows: Collection[Mapping[str, Any]]):
        self.kind = kind
        self.numbers: dict[str, str] = {}
        self.titles: dict[str, list[tuple[str, Mapping[str, Any], str]]] = {}
        live = Document.objects.filter(agency_id=agency_id, state=Document.LIVE)
        numbers = sorted(set().union(*(numbers_of(r, kind) for r in rows)))
        titles, own = [r["title"] for r in rows], kinds()[kind].number
        for start in range(0, len(numbers), 100):
            written = [w for n in numbers[start : start + 100] for w in papers.ways_to_write(n)]
            self._numbered(live.filter(live__doc_no__in=written), "live__doc_no")
            if own:
                key = f"live__data__{own}"
                self._numbered(live.filter(kind=kind, **{f"{key}__in": written}), key)
        for start in range(0, len(titles), 500):
            said = live.filter(kind=kind, title__in=titles[start : start + 500])
            for title, number, data, index in said.values_list(
                "title", "live__doc_no", "live__data", "index_no"
            ):
                self.titles.setdefault(title, []).append((number, data, index))

    def _numbered(self, found: QuerySet[Document], key: str) -> None:
        self.numbers |= {papers.plain(str(n)): index for n, index in found.values_list(key, "index_no")}

    def told(self, row: Mapping[str, Any]) -> str:
        """Which live document says the same as this row; empty: none, or something tells them apart."""
        number, data = str(row.get("doc_no") or ""), row.get("data") or {}
        if there := next((n for n in sorted(numbers_of(row, self.kind)) if n in self.numbers), None):
            return f"文号与已公开的{self.numbers[there]}相同"
        for held, fields, index in self.titles.get(row["title"], ()):
            if held == number and all(data[k] == fields[k] for k in data.keys() & fields.keys()):
                return f"标题和各项与已公开的{index}相同"
        return ""


def numbers_of(row: Mapping[str, Any], kind: str) -> set[str]:
    """The numbers a row is known by, each written as the register writes it: its 文号, and that of its kind (决定书文号)."""
    own = kinds()[kind].number
    said = (row.get("doc_no"), (row.get("data") or {}).get(own) if own else None)
    return {papers.plain(str(n)) for n in said if n}


def risk(edition: Edition, kind: str) -> str:
    """Why a row is not to go with the others: it is empty, what the checks say of it (errors and warnings), what it does
    to other papers."""
    if not edition.body.strip() and not edition.data:
        return "正文是空的"
    found = judge(edition, labels={f.key: f.label for f in kinds()[kind].fields})
    grave = [f for f in found if f.severity in ("error", "warning")]
    if grave:
        first = min(grave, key=lambda f: f.severity != "error")
        return f"{first.message}（{first.code}）"
    if any(edition.data.get(how) for how in superseding.MARKS):
        return "写明废止或修改别的文件，影响别的文件的效力"
    return ""


def as_row(edition: Edition) -> dict[str, Any]:
    return {"title": edition.title, "doc_no": edition.doc_no, "data": edition.data}


def remaining(batch: Batch, most: int | None = None) -> list[tuple[BatchLine, Edition]]:
    """The rows that go with the batch and are not public yet, in order, each with its edition; the first ``most``."""
    lines = batch.lines.filter(pulled_in__isnull=True, document__first_published_at__isnull=True)
    ordered = list(lines.select_related("document", "document__agency").order_by("number")[:most])
    found = {
        e.document_id: e
        for e in Edition.objects.filter(
            document__in=[line.document_id for line in ordered], state=Edition.BATCHED
        )
    }
    return [(line, found[line.document_id]) for line in ordered]


# --- the steps of the paper -----------------------------------------------------------------------------------------


def ready(batch: Batch, edition: Edition, by: Person, at: datetime) -> dict[str, Any] | Refused:
    """Look every row over again, pull out what became risky, draw the sample and fix what is reviewed; call inside the verb.

    Returns what the Act of the submission tells: how many rows, the seed of the sample; no rows: none is left to go along.
    """
    if (there := batch.lines.count()) < batch.size:
        return Refused(f"表有{batch.size}行，只收进来{there}行", BASIS, "请把同一张表再送一次，收完再送审")
    pairs = remaining(batch)
    agency, kind = batch.document.agency_id, batch.document.kind
    doubles, kept = Doubles(agency, kind, [as_row(e) for _l, e in pairs]), []
    for line, row in pairs:
        why = _apart(line, batch) or risk(row, kind) or doubles.told(as_row(row))
        if why:
            pull(line, why, edition.round, by, at)
        else:
            row.digest = fitness.digest_of(row)
            kept.append((line, row))
    if not kept:
        return {"rows": 0}
    Edition.objects.bulk_update([row for _l, row in kept], ["digest"], batch_size=500)
    batch.seed = secrets.token_hex(8)
    batch.save(update_fields=["seed"])
    # Inside what reviewers sign: the table, and every row with what it says.
    sample = sample_of(batch.seed, [line.number for line, _row in kept])
    listed = {line.number: row.digest for line, row in kept}
    edition.data = {
        "table": _spaced(batch.table_id), "rows": list(listed), "digest": _digest(listed), "sample": list(sample),
    }  # fmt: skip
    edition.save(update_fields=["data"])
    return {"rows": len(kept), "seed": batch.seed}


def _apart(line: BatchLine, batch: Batch) -> str:
    """Why a row cannot go out with its batch whatever it says: another organ's meanwhile, or no longer for everybody."""
    if line.document.agency_id != batch.document.agency_id:
        return "随机构调整归了另一个单位"
    shut = papers.unopened(line.document)
    return shut.why if shut else ""


def _digest(rows: Mapping[int, str]) -> str:
    told = "\n".join(f"{number} {digest}" for number, digest in sorted(rows.items()))
    return _spaced(hashlib.sha256(told.encode()).hexdigest())


def _spaced(digest: str) -> str:
    """In groups of four: no run of digits in it looks like somebody's number."""
    return ":".join(digest[i : i + 4] for i in range(0, len(digest), 4))


def changed(batch: Batch, edition: Edition) -> Refused | None:
    """Why what is about to go out is not what was reviewed. Rows that were pulled out or went out since are told as they were."""
    lines = batch.lines.filter(number__in=edition.data.get("rows", ()), document__editions__number=1)
    told = lines.values_list("number", "pulled_in", "signed", "document__editions__digest")
    if _digest({n: digest if out is None else signed for n, out, signed, digest in told}) == edition.data.get(
        "digest"
    ):
        return None
    return Refused("签发之后批里的行变了", "签的和发的必须是同一份", "请退回，由起草人重新送审")


def order(batch: Batch, edition: Edition, by: Person, at: datetime, basis: str) -> None:
    """Order the rows out, in the verb's transaction: they follow in slices (``send``), in the name of who ordered it."""
    edition.state, edition.goes_out_at, edition.goes_out_by = Edition.RELEASED, None, None
    edition.save(update_fields=["state", "goes_out_at", "goes_out_by"])
    batch.ordered_by = by
    batch.save(update_fields=["ordered_by"])
    document = batch.document
    facts = {"edition": edition.number, "digest": edition.digest, "rows": len(remaining(batch))}
    record(
        Deed("document.release_batch", "document", str(document.pk), at, by, document.agency_id, basis, facts)
    )
    enqueue("batch.released", {"document": document.pk}, at)


def close(batch: Batch, edition: Edition, by: Person, at: datetime) -> None:
    """End a batch of which no row is left: every one is reviewed by itself. Call inside the verb."""
    edition.state = Edition.RELEASED
    edition.save(update_fields=["state"])
    document, facts = batch.document, {"edition": edition.number, "digest": edition.digest, "rows": 0}
    record(
        Deed("document.release_batch", "document", str(document.pk), at, by, document.agency_id, BASIS, facts)
    )


def send(document_id: int) -> int:
    """Publish the rows of an ordered batch, slice by slice, each whole or not at all; returns how many went out.

    Run again after a kill it goes on where it stopped: a row that is public is not there any more.
    """
    sent = 0
    while done := _slice(document_id):
        sent += done
    return sent


def _slice(document_id: int) -> int:
    """Publish the next rows, or pull out those that no longer may; 0: none is left."""
    with transaction.atomic():
        paper = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
        batch = Batch.objects.select_related("document", "ordered_by").get(document=paper)
        edition = working(paper)
        if edition.state != Edition.RELEASED or batch.ordered_by is None:
            return 0
        by, at = batch.ordered_by, now()
        verdict = Reach(by).may("document.publish", paper)
        if not verdict:
            _hold_back(batch, edition, at, verdict.why)
            return 0
        pairs = remaining(batch, _SLICE)
        doubles = Doubles(paper.agency_id, paper.kind, [as_row(row) for _line, row in pairs])
        basis = CHAINS[kinds()[paper.kind].chain].named("publish").basis
        with verdict.standing():
            for line, row in pairs:
                changed = "送审之后内容变了" if fitness.digest_of(row) != row.digest else ""
                if why := changed or _apart(line, batch) or doubles.told(as_row(row)):
                    pull(line, why, edition.round, by, at)
                else:
                    publishing.publish(line.document, row, by, at, basis)
        return len(pairs)


def _hold_back(batch: Batch, edition: Edition, at: datetime, why: str) -> None:
    """Whoever ordered the rows out may no longer: what is not public stands where it stood, for somebody to look at."""
    edition.state = Edition.APPROVED
    edition.save(update_fields=["state"])
    batch.ordered_by = None
    batch.save(update_fields=["ordered_by"])
    document, facts = batch.document, {"edition": edition.number, "why": why}
    record(
        Deed("document.hold_back", "document", str(document.pk), at, None, document.agency_id, BASIS, facts)
    )


# --- out of the batch -------------------------------------------------------------------------------------------------


def pull(line: BatchLine, why: str, round_: int, by: Person, at: datetime) -> None:
    """Make a row a draft of its own, with its Act, which alone says why; call inside a transaction."""
    row = Edition.objects.get(document_id=line.document_id, number=1)
    line.pulled_in, line.signed = round_, row.digest
    line.save(update_fields=["pulled_in", "signed"])
    row.state, row.digest = Edition.DRAFT, ""
    row.save(update_fields=["state", "digest"])
    document = line.document
    document.origin_type = document.origin_id = ""
    document.save(update_fields=["origin_type", "origin_id"])
    facts = {"batch": line.batch.document_id, "row": line.number}
    record(
        Deed(
            "document.pull_out", "document", str(document.pk), at, by, document.agency_id, BASIS, facts, {"reason": why[:500]}
        )
    )  # fmt: skip


def reasons(document_ids: Collection[int]) -> dict[int, str]:
    """Why rows were pulled out of their batches, by document, as their Acts say it; empty where that was erased."""
    held = [str(d) for d in document_ids]
    acts = find("act", subject_type="document", subject_id__in=held, verb="document.pull_out")
    return {int(d): str((said or {}).get("reason", "")) for d, said in acts.values("subject_id", "payload")}


def pull_out(document_id: int, reason: str, *, by: Person, at: datetime) -> BatchLine | Refused:
    """Take one row out of its batch before the batch goes out: from then on it is reviewed by itself.

    Open to whoever drafts while the batch is a draft, and to whoever may return it while it is reviewed.
    """
    if secrecy.names_mark((reason,)):
        held = BatchLine.objects.filter(document_id=document_id).values_list("document__agency_id", flat=True)
        return secrecy.stop(by, at, held.first(), "draft", secrecy.digest_of({"texts": (reason,)}))
    with transaction.atomic():
        line = BatchLine.objects.select_related("batch", "document").filter(document_id=document_id).first()
        if line is None:
            return Refused("这份文件不在任何一批里", BASIS, "请从批次页打开")
        paper = Document.objects.select_for_update(of=("self",)).get(pk=line.batch.document_id)
        line.refresh_from_db()
        edition = working(paper)
        power = "document.edit" if edition.state == Edition.DRAFT else "document.return"
        if not (verdict := Reach(by).may(power, paper)):
            return Refused(verdict.why, verdict.basis, "请起草人或审核人办理")
        if line.pulled_in is not None or edition.state not in OPEN:
            return Refused("这一行已经不在批里", BASIS, "请打开这份文件单独办理")
        if not reason.strip():
            return Refused("没有写明为什么挑出来", BASIS, "请写明疑点，办理的人看得到")
        if fault := fitness.unsayable(reason):
            return fault
        if edition.state != Edition.DRAFT and len(remaining(line.batch)) == 1:
            return Refused("批里只剩这一行", THREE, "请退回整批")
        with verdict.standing():
            pull(line, reason.strip(), edition.round, by, at)
    return line
