"""Counters: each names what one row is, on which day it counts, for which organ, and which filters it knows.

A form's cell names a counter and a filter; so does a sentence of the report's prose. The same counter that gives
a figure gives its rows again, as of any year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

from django.db.models import F, Q

from mingtang.casework import api as casework
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, Found, find, law
from mingtang.oversight.rows import SHELVES
from mingtang.portal import api as portal

Where = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True)
class Counter:
    """One way of counting. ``rows(year)`` is the question without a filter.

    ``measure`` names the column to add up instead of counting rows. ``filters`` maps a filter's word to a function
    from (words, year) to a Q; ``unknown`` maps it to the Q of rows that lack the fact.
    """

    name: str
    title: str
    unit: str
    rows: Callable[[int], Found]
    filters: Mapping[str, Callable[[tuple[str, ...], int], Q]]
    measure: str = ""
    # The measured column is in yuan, the figure in 万元.
    in_wan: bool = False
    unknown: Mapping[str, Q] | None = None

    def ask(self, year: int, where: Where) -> Found:
        """The rows counted in a year under a filter. Raises LookupError for a filter it does not know."""
        found = self.rows(year)
        for key, words in where.items():
            if key not in self.filters:
                raise LookupError(f"counter {self.name}: filter {key!r}; allowed: {', '.join(self.filters)}")
            found = found.where_q(self.filters[key](_words(words), year))
        return found

    def unsure(self, year: int, where: Where) -> Found | None:
        """The rows that may or may not fall under the filter, because the fact was never stated."""
        lacks = [self.unknown[k] for k in where if self.unknown and k in self.unknown]
        if not lacks:
            return None
        found = self.rows(year)
        for q in lacks:
            found = found.where_q(q)
        return found


def _words(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def first_day(year: int) -> date:
    return date(year, 1, 1)


def last_day(year: int) -> date:
    return date(year, 12, 31)


def _span(year: int) -> tuple[datetime, datetime]:
    return (
        datetime.combine(first_day(year), time.min, SHANGHAI),
        datetime.combine(date(year + 1, 1, 1), time.min, SHANGHAI),
    )


def _plain(field: str) -> Callable[[tuple[str, ...], int], Q]:
    return lambda words, year: Q(**{f"{field}__in": words})


_PLACES = ("site", "gazette", "weibo", "wechat")


def _channel(words: tuple[str, ...], year: int) -> Q:
    q = Q(channel__in=[w for w in words if w != "other"])
    return q | ~Q(channel__in=_PLACES) if "other" in words else q


def _kind_group(words: tuple[str, ...], year: int) -> Q:
    return Q(document_kind__in=words)


@cache
def _outcomes(key: str, day: date) -> dict[str, list[str]]:
    """Outcome codes by the row of a form, over both Regulations (an old case may be answered under a new form)."""
    found: dict[str, list[str]] = {}
    for moment in (date(2019, 5, 14), day):
        norms = law(moment)
        if isinstance(norms, Refused):
            continue
        for o in norms.outcomes():
            # An old outcome without a row of its own in the newer form stands under its last one (六)3 [D].
            row = getattr(o, key) or ("other.misc" if key == "row2021" else "")
            found.setdefault(row, []).append(o.code)
    if key == "row2021":
        found.setdefault("other.misc", []).append("")  # taken back under the old Regulation
    return found


def _row(key: str) -> Callable[[tuple[str, ...], int], Q]:
    def q(words: tuple[str, ...], year: int) -> Q:
        table = _outcomes(key, last_day(max(year, 2019)))
        return Q(outcome__in=[c for w in words for c in table.get(w, [])])

    return q


def _published(year: int, **filters: Any) -> Found:
    start, end = _span(year)
    # The first publication of a document is as old as the document says: told twice, so that of one organ's many years
    # only this one is read (index document_of_agency).
    since = {
        "document_state__in": ("live", "withdrawn"), "first_published_at__gte": start, "first_published_at__lt": end,
    }  # fmt: skip
    return disclosure.find("publication", first=True, at__gte=start, at__lt=end, **since, **filters)


_COUNTED = [k for k, kind in disclosure.KINDS.items() if kind.counted != "none"]


def _answered(year: int) -> Found:
    """Answers that have a row in the sheet of 2014: an application taken back is concluded, not answered."""
    codes = [c for row, found in _outcomes("row2014", last_day(2019)).items() if row for c in found]
    return _concluded(year).where(outcome__in=codes)


def _concluded(year: int) -> Found:
    return casework.find("case", concluded_on__gte=first_day(year), concluded_on__lte=last_day(year))


def _received(year: int) -> Found:
    """By 收到之日 in law (article 31). One never confirmed but answered was received by the day of its answer."""
    span = (first_day(year), last_day(year))
    return casework.find("case").where_q(
        Q(counted_on__range=span) | Q(counted_on__isnull=True, concluded_on__range=span)
    )


def _paid(year: int) -> Found:
    """Cases whose fee was paid in the year; one taken over without the day of payment, by the day of its answer."""
    span = (first_day(year), last_day(year))
    return casework.find("case", fee__gt=0).where_q(
        Q(fee_paid_on__range=span) | Q(fee_paid_on__isnull=True, concluded_on__range=span)
    )


def _listed(year: int) -> Found:
    """Service items that stood in the list when the year ended: published by then, and not withdrawn by then."""
    end = _span(year)[1]
    log = disclosure.find("publication", document_kind="service_item", at__lt=end)
    left = set(log.where(kind__in=("withdraw", "repeal", "archive")).order("pk").values("document_id"))
    last = dict(
        log.where(document_id__in=[i for (i,) in left]).order("at", "pk").values("document_id", "kind")
    )
    gone = [document for document, kind in last.items() if kind in ("withdraw", "repeal", "archive")]
    return disclosure.find("document", kind="service_item", first_published_at__lt=end).where_q(
        ~Q(pk__in=gone)
    )


def _remedies(kind: str) -> Callable[[int], Found]:
    """Concluded in the year, or pending at its end: the filter ``result`` tells them apart."""

    def rows(year: int) -> Found:
        concluded = Q(concluded_on__gte=first_day(year), concluded_on__lte=last_day(year))
        pending = Q(filed_on__lte=last_day(year)) & (
            Q(concluded_on__isnull=True) | Q(concluded_on__gt=last_day(year))
        )
        return casework.find("remedy", kind=kind).where_q(concluded | pending)

    return rows


def _result(words: tuple[str, ...], year: int) -> Q:
    done = Q(concluded_on__gte=first_day(year), concluded_on__lte=last_day(year), result__in=words)
    if "pending" in words:
        return done | Q(concluded_on__isnull=True) | Q(concluded_on__gt=last_day(year))
    return done


_CASE = {
    "channel": _plain("channel"),
    "applicant": _plain("applicant_type"),
    "request_class": _plain("request_class"),
    "row2014": _row("row2014"),
    "row2021": _row("row2021"),
    "extended": lambda words, year: Q(extended__in=[w == "yes" for w in words]),
    "level": _plain("agency_level"),
}
_PUBLICATION = {
    "kind_group": _kind_group,
    "key_area": _plain("key_area"),
    "theme": lambda words, year: _any(Q(key_area__startswith=f"{w}.") for w in words),
    "kind": _plain("document_kind"),
    "level": _plain("agency_level"),
}
_CHIEF = {"chief": lambda words, year: Q(chief__in=[w == "yes" for w in words])}
_REMEDY = {"result": _result, "path": _plain("path"), "level": _plain("agency_level")}


def _any(parts) -> Q:
    q = Q(pk__in=[])
    for part in parts:
        q |= part
    return q


def _own(what: str, day: str = "held_on", **fixed: Any) -> Callable[[int], Found]:
    """Rows of one of this room's registers that fall in the year and were not struck out."""
    return lambda year: SHELVES[what].find(
        struck="", **fixed, **{f"{day}__gte": first_day(year), f"{day}__lte": last_day(year)}
    )


def _letters(**filters: Any) -> Callable[[int], Found]:
    return lambda year: casework.find(
        "letter", answered_on__gte=first_day(year), answered_on__lte=last_day(year), **filters
    )


def _proposals(**filters: Any) -> Callable[[int], Found]:
    return lambda year: casework.find(
        "proposal", assigned_on__gte=first_day(year), assigned_on__lte=last_day(year), **filters
    )


_PROPOSAL = {"kind": _plain("kind"), "level": _plain("level")}
COUNTERS: dict[str, Counter] = {
    c.name: c
    for c in (
        Counter("documents.published", "主动公开政府信息数", "条", lambda y: _published(y, document_kind__in=_COUNTED),
                _PUBLICATION),
        Counter("documents.by_channel", "通过不同渠道公开政府信息数", "条",
                lambda y: portal.find("counted_release", state="done", first=True, published_at__gte=_span(y)[0],
                                      published_at__lt=_span(y)[1], document_kind__in=_COUNTED),
                {"channel": _channel}),
        Counter("interpretations.published", "政策解读稿件发布数", "篇", lambda y: _published(y, document_kind="interpretation"),
                {}),
        Counter("interpretations.by_leaders", "负责同志解读数", "件",
                lambda y: _published(y, document_kind="leader_interpretation"), {}),
        Counter("service_items.listed", "政务服务事项数", "项",
                _listed, {"item_type": _plain("item_type")}),
        Counter("press_conferences.held", "新闻发布会次数", "次", _own("press_conference", kind="conference"), _CHIEF,
                unknown={"chief": Q(chief__isnull=True)}),
        Counter("interviews.held", "政府网站在线访谈次数", "次", _own("press_conference", kind="interview"), _CHIEF,
                unknown={"chief": Q(chief__isnull=True)}),
        Counter("opinions.responded", "回应公众关注热点或重大舆情数", "次",
                lambda y: casework.find("opinion", responded_at__gte=_span(y)[0], responded_at__lt=_span(y)[1]), {"channel": lambda words, y: Q(channel__in=[w for w in words if w != "other"])
                 | (~Q(channel__in=("weibo", "wechat")) if "other" in words else Q(pk__in=[]))}),
        Counter("requests.received", "收到申请数", "件",
                _received, _CASE),
        Counter("requests.concluded", "申请办结数", "件", _concluded, _CASE),
        Counter("requests.answered", "申请答复数", "件", _answered, _CASE),
        Counter("requests.processed", "本年度办理结果", "件", _concluded, _CASE),
        Counter("requests.carried_in", "上年结转申请数", "件",
                lambda y: casework.find("case", counted_on__lt=first_day(y)).where_q(
                    Q(concluded_on__isnull=True) | Q(concluded_on__gte=first_day(y))), _CASE),
        Counter("requests.carried_out", "结转下年度申请数", "件",
                lambda y: casework.find("case", counted_on__lte=last_day(y)).where_q(
                    Q(concluded_on__isnull=True) | Q(concluded_on__gt=last_day(y))), _CASE),
        Counter("reconsiderations.concluded", "行政复议数", "件", _remedies("reconsideration"), _REMEDY),
        Counter("litigations.concluded", "行政诉讼数", "件", _remedies("litigation"), _REMEDY),
        Counter("complaints.received", "举报投诉数", "件",
                lambda y: casework.find("remedy", kind="complaint", filed_on__gte=first_day(y), filed_on__lte=last_day(y)),
                {}),
        Counter("fees.collected", "依申请公开信息收取的费用", "万元", _paid, {}, measure="fee", in_wan=True),
        Counter("trainings.held", "培训班数", "次", _own("training", kind="course"), {}),
        Counter("trainings.people", "接受培训人员数", "人次", _own("training", kind="course"), {}, measure="people"),
        Counter("meetings.held", "工作会议或专题会议数", "次", _own("training", kind="meeting"), {}),
        Counter("deliveries.copies", "向档案馆、图书馆提供政府信息", "套", _own("delivery", "delivered_on"), {}, measure="copies"),
        Counter("letters.answered", "答复群众来信数", "件", _letters(), {"rating": _plain("rating")}),
        Counter("letters.refunded", "还利于民", "元", _letters(), {}, measure="refunded"),
        Counter("letters.invested", "促进公益性投入", "元", _letters(), {}, measure="invested"),
        Counter("proposals.handled", "承办建议提案数", "件", _proposals(), _PROPOSAL),
        Counter("proposals.answered", "按时办复建议提案数", "件",
                lambda y: _proposals(answered_on__lte=F("due_on"))(y).where(answered_on__lte=last_day(y)), _PROPOSAL),
        Counter("proposals.met", "办理中见面沟通数", "件", _proposals(met=True), _PROPOSAL),
        Counter("proposals.satisfied", "代表委员满意数", "件", _proposals(satisfied=True), _PROPOSAL),
    )
}  # fmt: skip


def organs(path: str) -> list[int]:
    """Ids of an organ and every organ below it."""
    return list(find("agency", path__startswith=path).ids())
