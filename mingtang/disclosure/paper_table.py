"""The register of issued papers as the other rooms meet it: one line, its attribute, and a table of lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from mingtang.disclosure import appraising, papers, secrecy
from mingtang.disclosure.importing import (
    LABELS,
    OURS,
    CatalogueTable,
    Imported,
    Misfit,
    moment,
    organs_by_word,
)
from mingtang.disclosure.rows import SHELVES
from mingtang.disclosure.types import AppraisalRow, IssuedPaperRow
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, Agency, Person, Reach

_BATCH = 500
_MOST_ROWS = 5_000


class PaperRegister:
    """文件登记簿: what is done to one line. Its lines are found with ``find("paper")``."""

    ATTRIBUTES = papers.ATTRIBUTES
    SOURCES = papers.SOURCES

    @staticmethod
    def enter(by: Person, at: datetime, **values: Any) -> IssuedPaperRow | Refused:
        """Enter one paper (fields: see ``papers.enter``)."""
        made = papers.enter([values], by=by, at=at)
        return made if isinstance(made, Refused) else SHELVES.find("paper", pk=made[0].pk).one()

    @staticmethod
    def change(
        paper_id: int, attribute: str, *, by: Person, at: datetime, ground: str = "", reason: str = ""
    ) -> IssuedPaperRow | Refused:
        """Change its attribute for a reason (see ``papers.change``)."""
        made = papers.change(paper_id, attribute, ground=ground, reason=reason, by=by, at=at)
        return made if isinstance(made, Refused) else SHELVES.find("paper", pk=made.pk).one()

    @staticmethod
    def appraise(
        appraisal_id: int, attribute: str, *, by: Person, at: datetime, reason: str = "", ground: str = "", kind: str = ""
    ) -> AppraisalRow | Refused:  # fmt: skip
        """Decide one paper of a yearly round (see ``appraising.decide``)."""
        made = appraising.decide(
            appraisal_id, attribute, reason=reason, ground=ground, kind=kind, by=by, at=at
        )
        return made if isinstance(made, Refused) else SHELVES.find("appraisal", pk=made.pk).one()


@dataclass(frozen=True)
class PaperTable(CatalogueTable):
    """A register as a table: 标题, 文号, 机构, 成文日期, 公开属性, 不公开的依据和理由."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Columns that the register does not know: they are left out."""
        known = {"title", "doc_no", "agency", "written_on", "attribute", "attribute_ground"}
        return tuple(h for h in self.head if h and OURS.get(h) not in known)

    def enter(
        self, by: Person, at: datetime, *, stated_by: str, source: str = "table", agency: Agency | None = None,
        dry: bool = False,
    ) -> Imported | Refused:  # fmt: skip
        """Enter every row that fits, batch by batch; what stands already is known and left alone. ``dry``: only look.

        ``agency`` stands in where a row names no organ. Refused for a table that is too long.
        """
        if len(self.rows) > _MOST_ROWS:
            return Refused(
                f"表有{len(self.rows)}行，超过{_MOST_ROWS}行的上限", papers.BASIS, "请分成几个文件"
            )
        if secrecy.names_mark((self.name, *(c for row in self.rows for c in row))):
            return secrecy.stop(
                by,
                at,
                agency,
                "import",
                self.digest or secrecy.digest_of({"table": self.rows}),
                [self.digest] if self.digest else [],
            )
        done, seen = Imported(), set[tuple[int, str]]()
        rows = self._looked_over(by, at, agency)
        while batch := list(islice(rows, _BATCH)):
            fit: list[Mapping[str, Any]] = []
            for found in batch:
                if isinstance(found, Misfit):
                    done.misfits.append(found)
                else:
                    fit.append(found)
            there = papers.standing((r["agency"].pk, r["doc_no"]) for r in fit)
            fresh = []
            for r in fit:
                key = (r["agency"].pk, papers.plain(r["doc_no"]))
                if key not in there and key not in seen:
                    seen.add(key)
                    fresh.append(r)
            done.known += len(fit) - len(fresh)
            if fresh and not dry:
                made = papers.enter(fresh, by=by, at=at, source=source, stated_by=stated_by)
                if isinstance(made, Refused):
                    return made
            done.taken += len(fresh)
        return done

    def _looked_over(
        self, by: Person, at: datetime, agency: Agency | None
    ) -> Iterator[Mapping[str, Any] | Misfit]:
        organs, mine = organs_by_word(), Reach(by).ids("paper.enter")
        words = {v: k for k, v in papers.ATTRIBUTES.items()}
        day = at.astimezone(SHANGHAI).date()
        places = [(i, OURS[h]) for i, h in enumerate(self.head) if h in OURS]
        for number, cells in enumerate(self.rows, 2):
            said = _said(cells, places)
            if not any(said.values()):
                continue
            organ = organs.get(said.get("agency", "")) or (agency if not said.get("agency") else None)
            if organ is None or organ.pk not in mine:
                why = f"“{said.get('agency', '')[:30]}”不在机构名录里，或不归你登记"
                yield Misfit(number, LABELS["agency"], why, "请写本单位的全称、简称或代码")
                continue
            written = moment(said.get("written_on", ""))
            row = {
                "agency": organ, "title": said.get("title", ""), "doc_no": said.get("doc_no", ""),
                "written_on": written.date() if written else None, "attribute": words.get(said.get("attribute", "")),
                "attribute_ground": said.get("attribute_ground", ""),
            }  # fmt: skip
            fault = papers.fault_of(row, day)
            yield row if fault is None else Misfit(number, LABELS[fault[0]], fault[1].why, fault[1].instead)


def _said(cells: Sequence[str], places: list[tuple[int, str]]) -> dict[str, str]:
    return {ours: cells[i].strip() for i, ours in places if i < len(cells)}
