"""What is open at an organ and moves when its work passes on: counted, and listed for whoever shares it out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from mingtang.casework import api as casework
from mingtang.desk.chips import Days
from mingtang.disclosure import api as disclosure
from mingtang.ledger.api import find, now

# Rows of each sort offered one by one; those beyond go with the rest.
MOST = 300


def counted(organs: Sequence[int]) -> list[tuple[str, int]]:
    """(word, how many) of everything that moves with these organs."""
    here = {"agency_id__in": list(organs)}
    held = {
        w: casework.find(w, **here, **{f"{done}__isnull": True}).count()
        for w, done in casework.OPEN_WHILE_EMPTY.items()
    }
    periods = disclosure.find("duty_instance", **here, publication_id__isnull=True, evidence__isnull=True)
    drafts = disclosure.find("document", **here, state="draft").where_q(~Q(origin_type="report"))
    return [
        (_("在办申请"), casework.find("case", **here, state__in=casework.OPEN_STATES).count()),
        (_("未结复议诉讼"), held["remedy"]), (_("未答来信"), held["letter"]), (_("未答建议提案"), held["proposal"]),
        (_("公开职责"), disclosure.find("duty", **here, until__isnull=True).count()),
        (_("其中未完成的期数"), periods.count()), (_("未公开的草稿"), drafts.count()), (_("有内容的栏目"), len(columns_of(organs))),
        (_("下属机构"), find("agency", parent_id__in=list(organs), valid_to__isnull=True).count()),
    ]  # fmt: skip


def columns_of(organs: Sequence[int]) -> dict[str, int]:
    """Columns in which these organs have anything on the site, with how much."""
    live = disclosure.find("document", agency_id__in=list(organs), state="live", on_site=True)
    counts = live.group("column")
    return {key: counts[key] for key in disclosure.COLUMNS if key in counts}


def column_titles(keys: Sequence[str]) -> list[str]:
    return [disclosure.COLUMNS[k].title for k in keys if k in disclosure.COLUMNS]


def staff_of(organs: Sequence[int]) -> int:
    """How many people serve there, or are to."""
    today = now().date()
    return len({a.person_id for a in find("appointment", agency_id__in=list(organs)) if not a.over(today)})


def shared_out(organ: int, days: Days, seen: bool) -> list[tuple[str, str, list[dict[str, Any]], int]]:
    """(part, word, its rows, how many more) for a split. ``seen``: whether the reader may read what a case asks for."""
    cases = casework.find("case", agency_id=organ, state__in=casework.OPEN_STATES).page(1, MOST)
    duties = disclosure.find("duty", agency_id=organ, until__isnull=True).page(1, MOST)
    columns = columns_of([organ])
    return [
        ("cases", _("在办申请"), [{"id": c.id, "name": c.subject if seen else c.number, "about": c.number if seen else c.state_label, "chip": days.of_case(c)} for c in cases.rows], cases.total - len(cases.rows)),
        ("duties", _("公开职责"), [{"id": d.id, "name": d.title, "about": d.basis} for d in duties.rows], duties.total - len(duties.rows)),
        ("columns", _("栏目"), [{"id": k, "name": disclosure.COLUMNS[k].title, "about": _("%d 件") % n} for k, n in columns.items()], 0),
    ]  # fmt: skip
