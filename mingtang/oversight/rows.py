"""Frozen rows that leave oversight, and the names by which they may be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from mingtang.ledger.api import Shelf, Shelves
from mingtang.oversight.models import Declared, Delivery, Place, PressConference, Report, Tally, Training


@dataclass(frozen=True)
class ReportRow:
    """One version of one organ's annual report, as written and as filed (``figures`` by cell)."""

    id: int
    agency_id: int
    agency_name: str
    year: int
    version: int
    reason: str
    form: str
    state: str
    figures: Mapping[str, Any]
    as_filed: Mapping[str, Any]
    prose: Mapping[str, str]
    frozen: str
    document_id: int | None
    filed_at: datetime | None

    @property
    def state_name(self) -> str:
        return dict(Report.STATES)[self.state]


@dataclass(frozen=True)
class TallyRow:
    """One count: which counter and filter, whose rows, which year, until when; the digest of the ids it counted."""

    id: int
    counter: str
    where: str
    agency_id: int
    year: int
    cutoff: datetime
    value: Decimal
    unknown: int
    ids_digest: str


@dataclass(frozen=True)
class DeclaredRow:
    """A figure no row can give: which unit says so, by which paper, signed by whom on which day."""

    id: int
    agency_id: int
    year: int
    form: str
    cell: str
    value: Decimal
    unit_name: str
    source: str
    signer: str
    signed_on: date
    act_key: str


@dataclass(frozen=True)
class PressConferenceRow:
    """One press conference or online interview."""

    id: int
    agency_id: int
    agency_name: str
    kind: str
    subject: str
    held_on: date
    chief: bool | None
    stated_by: str
    struck: str


@dataclass(frozen=True)
class TrainingRow:
    """One training course or working meeting about disclosure."""

    id: int
    agency_id: int
    agency_name: str
    kind: str
    subject: str
    held_on: date
    people: int
    stated_by: str
    struck: str


@dataclass(frozen=True)
class DeliveryRow:
    """Copies of public documents handed to an archive or a library, with the receipt."""

    id: int
    agency_id: int
    agency_name: str
    place: str
    delivered_on: date
    copies: int
    receipt: str
    stated_by: str
    struck: str
    at_place_id: int | None
    after: int | None
    upto: int | None
    handed_by: str
    signed_by: str
    scan: str


@dataclass(frozen=True)
class PlaceRow:
    """One place where anybody may read what is public on paper."""

    id: int
    agency_id: int
    agency_name: str
    kind: str
    name: str
    address: str
    hours: str
    contact: str
    opened_on: date
    stated_by: str
    struck: str


_NAME = {"agency_name": "agency__name"}
_ORGAN = {"agency": "agency", "agency_path": "agency__path", "agency_order": "agency__order"}


def _shelf(model: Any, row: type[Any], *, named: bool = True) -> Shelf[Any]:
    paths = _NAME if named else {}
    return Shelf(lambda: model.objects.select_related("agency").order_by("pk"), row, paths=paths, also=_ORGAN)


SHELVES = Shelves(
    {
        "report": _shelf(Report, ReportRow),
        "tally": _shelf(Tally, TallyRow, named=False),
        "declared": _shelf(Declared, DeclaredRow, named=False),
        "press_conference": _shelf(PressConference, PressConferenceRow),
        "training": _shelf(Training, TrainingRow),
        "delivery": _shelf(Delivery, DeliveryRow),
        "place": _shelf(Place, PlaceRow),
    }
)
