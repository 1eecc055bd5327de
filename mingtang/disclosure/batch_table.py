"""A table brought to be reviewed as one paper: every row is looked over, entered once, and stands as a document of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import Any, ClassVar

from django.db import IntegrityError, transaction

from mingtang.disclosure import batches, papers, secrecy, superseding
from mingtang.disclosure.batches import BASIS, Doubles
from mingtang.disclosure.catalogue import FIELDS, enter, working, write
from mingtang.disclosure.importing import CatalogueTable, Looker, Misfit
from mingtang.disclosure.kinds import kinds
from mingtang.disclosure.models import Batch, BatchLine, Document, Edition
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, Agency, Deed, Person, may, record

# More than that nobody reviews as one paper [D].
MOST = 500
_SLICE = 200


@dataclass
class Brought:
    """What came of a table: rows entered, rows that were there before, cells that will not do, rows to be reviewed singly."""

    taken: int = 0
    known: int = 0
    misfits: list[Misfit] = field(default_factory=list)
    # Number, title and why, of rows that are pulled out at once.
    risky: list[tuple[int, str, str]] = field(default_factory=list)
    # The batch's paper; None when nothing was entered.
    document_id: int | None = None


@dataclass(frozen=True)
class BatchTable(CatalogueTable):
    """A table whose rows, of one organ and one kind, are to be published and reviewed together."""

    BASIS: ClassVar[str] = batches.BASIS
    OPEN: ClassVar[tuple[str, ...]] = batches.OPEN

    @staticmethod
    def kinds() -> dict[str, str]:
        """The kinds that come in batches, by key, with their titles: those that say of themselves that one row is one 条."""
        return {key: k.title for key, k in kinds().items() if k.counted == "row"}

    @staticmethod
    def reasons(document_ids: Collection[int]) -> dict[int, str]:
        """Why rows were pulled out, by document (see ``batches.reasons``)."""
        return batches.reasons(document_ids)

    @staticmethod
    def pull_out(document_id: int, reason: str, *, by: Person, at: datetime) -> int | Refused:
        """Take one row out of its batch (see ``batches.pull_out``); its number in the table."""
        done = batches.pull_out(document_id, reason, by=by, at=at)
        return done if isinstance(done, Refused) else done.number

    def bring(
        self, by: Person, at: datetime, *, agency: Agency, kind: str, dry: bool = False
    ) -> Brought | Refused:
        """Enter every row that fits as a document of its own and their batch as one more; ``dry``: only say what would happen.

        Slice by slice, each whole or not at all. Run again after an interruption, or with the mended rows: what is there
        is known and left alone. Refused without the power to draft, for a kind that comes singly, for a table too long;
        a secrecy mark anywhere stops all of it.
        """
        at = at.astimezone(SHANGHAI)
        if not (verdict := may(by, "document.draft", agency)):
            return Refused(verdict.why, verdict.basis, "请由本单位公开专员送审")
        if kind not in BatchTable.kinds():
            return Refused("这个文种不能按批送审", BASIS, "请逐份起草")
        if len(self.rows) > MOST:
            return Refused(f"表有{len(self.rows)}行，一批最多{MOST}行", BASIS, "请分成几批送审")
        if secrecy.names_mark(chain((self.name,), self.head, *self.rows)):
            return secrecy.stop(by, at, agency, "import", self.digest, [self.digest])
        done, rows = self._looked(at, agency, kind)
        if dry:
            return done
        if not rows:
            self._whole(agency, kind)
            return done
        try:
            with verdict.standing():
                done.document_id = self._entered(rows, by, at, agency, kind, verdict.basis)
        except IntegrityError:
            return Refused("同样的行正在另一处送审", BASIS, "请等那一次结束，再送一遍；已有的不会重复")
        return done

    def _looked(self, at: datetime, agency: Agency, kind: str) -> tuple[Brought, list[dict[str, Any]]]:
        """Every row looked over: what there is to tell, and the rows to be entered, each with ``why`` it goes by itself."""
        done, fit = Brought(), []
        looker = Looker(self, at, f"batch/{agency.pk}/{kind}", kind, agency, public=False)
        for number, cells in enumerate(self.rows, 2):
            if not any(c.strip() for c in cells):
                continue
            found = looker.row(number, cells)
            if isinstance(found, list):
                done.misfits += found
            elif fault := papers.clash(agency, found) or superseding.fault(agency, found["data"]):
                done.misfits.append(Misfit(found["number"], "文号等", fault.why, fault.instead))
            else:
                fit.append({**found, "key": found["origin"][1]})
        held = set(BatchLine.objects.filter(key__in=[r["key"] for r in fit]).values_list("key", flat=True))
        fresh: dict[str, dict[str, Any]] = {}
        for row in fit:
            if row["key"] in held:
                done.known += 1
            elif (first := fresh.setdefault(row["key"], row)) is not row:
                why = f"原编号和第{first['number']}行的相同，或者两行完全一样"
                done.misfits.append(
                    Misfit(row["number"], "原编号", why, "是同一件的，删去一行；不是的，改正原编号")
                )
        rows = list(fresh.values())
        _judge(rows, Doubles(agency.pk, kind, rows), kind)
        done.taken = len(rows)
        done.risky = [(r["number"], r["title"], r["why"]) for r in rows if r["why"]]
        return done, rows

    def _entered(
        self, rows: Sequence[dict[str, Any]], by: Person, at: datetime, agency: Agency, kind: str, basis: str
    ) -> int:
        batch, stream = None, iter(rows)
        while part := list(islice(stream, _SLICE)):
            with transaction.atomic():
                if batch is None:
                    batch = self._paper(len(rows), by, at, agency, kind, basis)
                for row in part:
                    _enter(batch, row, by, at, basis)
        assert batch is not None  # there are rows
        return batch.document_id

    def _whole(self, agency: Agency, kind: str) -> None:
        """Nothing of the table is missing: what came of it is all there is, also where the rest came by another sheet."""
        for batch in Batch.objects.filter(table_id=self.digest, document__agency=agency, document__kind=kind):
            if working(batch.document).state == Edition.DRAFT:
                batch.size = batch.lines.count()
                batch.save(update_fields=["size"])

    def _paper(self, fresh: int, by: Person, at: datetime, agency: Agency, kind: str, basis: str) -> Batch:
        """The batch's paper: that of the same table while it is a draft (the first run was cut short), else a new one."""
        for batch in Batch.objects.filter(table_id=self.digest, document__agency=agency, document__kind=kind):
            document = Document.objects.select_for_update(of=("self",)).get(pk=batch.document_id)
            edition = working(document)
            if edition.state == Edition.DRAFT:
                batch.size = batch.lines.count() + fresh
                batch.save(update_fields=["size"])
                facts = {"edition": edition.number, "changed": ["rows"]}
                record(
                    Deed("document.edit", "document", str(document.pk), at, by, agency, "本平台流程表", facts)
                )
                return batch
        title = f"{kinds()[kind].title}（成批送审，{at:%Y-%m-%d}，{self.name}）"[:300]
        document = enter(
            agency, kind, {"title": title}, drafter=by, by=by, at=at, basis=basis,
            origin_type=batches.PAPER, origin_id=self.digest,
        )  # fmt: skip
        return Batch.objects.create(document=document, table_id=self.digest, name=self.name[:200], size=fresh)


def _judge(rows: Sequence[dict[str, Any]], doubles: Doubles, kind: str) -> None:
    """Say of each row why it is not to go with the others; empty: it may."""
    numbers: dict[str, int] = {}
    for row in rows:
        draft = Edition()
        write(draft, row)
        row["why"] = batches.risk(draft, kind) or doubles.told(row)
        firsts = {numbers.setdefault(n, row["number"]) for n in batches.numbers_of(row, kind)} - {
            row["number"]
        }
        if not row["why"] and firsts:
            row["why"] = f"文号与表里第{min(firsts)}行相同"


def _enter(batch: Batch, row: Mapping[str, Any], by: Person, at: datetime, basis: str) -> None:
    """Enter one row as a document that goes with its batch, or as a draft of its own."""
    values = {k: v for k, v in row.items() if k in FIELDS}
    document = enter(
        row["agency"], row["kind"], values, drafter=by, by=by, at=at, basis=basis, key_area=row.get("key_area", ""),
        origin_type=batches.ROW, origin_id=str(batch.document_id),
    )  # fmt: skip
    Edition.objects.filter(document=document).update(state=Edition.BATCHED)
    line = BatchLine.objects.create(batch=batch, document=document, number=row["number"], key=row["key"])
    if row["why"]:
        batches.pull(line, row["why"], 0, by, at)
