"""The search page and its JSON: what is asked stands in the address, so that an answer can be passed on.

A withdrawn document is left out twice: the index forgets it, and what is not live any more is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from mingtang.disclosure import api as disclosure
from mingtang.disclosure.api import KINDS, THEMES, VALIDITIES
from mingtang.ledger import api as ledger
from mingtang.portal import links
from mingtang.portal.channels.search import index
from mingtang.portal.counter import forms
from mingtang.search.api import FACETS, Answer, Question, highlight

PAGE, DEEPEST = 10, 100
_LONGEST = 200
ORDERS = {"relevance": "相关度", "newest": "时间 ↓", "oldest": "时间 ↑"}
# Tabs of the result page: the columns whose kinds they hold. What no tab names stands under 全部 only.
TABS = {
    "policy": ("政策", ("policy", "rules")),
    "interpretation": ("解读", ("interpretation",)),
    "statutory": ("目录", ("statutory", "guide", "annual", "gazette")),
    "service": ("办事", ("service",)),
    "letters": ("互动", ("letters",)),
    "news": ("要闻公告", ("news", "notice")),
}
_FACET_ROWS = 8


@dataclass(frozen=True)
class Asked:
    """A question as the address says it; everything unreadable in it is left out."""

    words: str
    tab: str
    only: dict[str, tuple[str, ...]]
    since: date | None
    until: date | None
    by: str
    page: int

    def address(self, **other: Any) -> str:
        """The address of this question with something else in it; the page starts anew unless it is named."""
        said = {"q": self.words, "in": self.tab, "since": self.since or "", "until": self.until or "",
                "by": self.by if self.by != "relevance" else "", "page": "", **self.only, **other}  # fmt: skip
        return "?" + urlencode({k: v for k, v in said.items() if v}, doseq=True)

    def turned(self, facet: str, value: str) -> str:
        """The address with one value of a facet switched on or off."""
        had = self.only.get(facet, ())
        return self.address(**{facet: tuple(v for v in had if v != value) if value in had else (*had, value)})


@dataclass(frozen=True)
class Line:
    """One answer as the page shows it: texts are safe HTML."""

    id: int
    url: str
    title: str
    passage: str
    kind: str
    organ: str
    doc_no: str
    published: date
    validity: str
    exact: bool


def read(data: QueryDict) -> Asked:
    """What an address asks for."""
    tab = forms.text(data, "in", 20)
    only = {name: tuple(v for v in data.getlist(name)[:20] if 0 < len(v) <= 40) for name in FACETS}
    page = forms.text(data, "page", 4)
    by = forms.text(data, "by", 10)
    return Asked(
        forms.text(data, "q", _LONGEST)[:_LONGEST],
        tab if tab in TABS else "",
        {name: values for name, values in only.items() if values},
        _day(forms.text(data, "since", 10)),
        _day(forms.text(data, "until", 10)),
        by if by in ORDERS else "relevance",
        min(max(int(page), 1), DEEPEST) if page.isdecimal() and page.isascii() else 1,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _unread(data: QueryDict) -> list[str]:
    """The days in an address that are on no calendar, as typed: the answer is given without them, and says so."""
    typed = (forms.text(data, name, 10) for name in ("since", "until"))
    return [t[:10] for t in typed if t and _day(t) is None]


def _of_tab(tab: str) -> tuple[str, ...]:
    columns = TABS[tab][1]
    return tuple(k.key for k in KINDS.values() if k.column in columns)


def answer(asked: Asked) -> tuple[Answer, list[Line]]:
    """What the index answers and the lines of it that are live."""
    only = dict(asked.only)
    if asked.tab:
        kinds = _of_tab(asked.tab)
        only["kind"] = tuple(k for k in only.get("kind", kinds) if k in kinds) or kinds
    question = Question(
        asked.words, only, asked.since, asked.until, asked.by, PAGE * (asked.page - 1), PAGE, FACETS
    )
    found = index().ask(question)
    return found, list(_lines(found))


def _lines(found: Answer) -> Iterable[Line]:
    ids = [int(h.key) for h in found.hits]
    fields = ("pk", "title", "kind", "agency_name", "doc_no", "validity", "first_published_at")
    live = disclosure.find("document", pk__in=ids, state="live", on_site=True).values(*fields) if ids else ()
    held = {row[0]: row for row in live}
    for hit in found.hits:
        if (row := held.get(int(hit.key))) is None:
            continue
        pk, title, kind, organ, doc_no, validity, first = row
        yield Line(
            pk, links.doc_url(pk), highlight(title, found.terms, whole=True), highlight(hit.text, found.terms), KINDS[kind].title, organ,
            doc_no or "", first.astimezone(ledger.SHANGHAI).date(), validity or "valid", hit.exact,
        )  # fmt: skip


def facets(asked: Asked, found: Answer) -> list[dict[str, Any]]:
    """The facets beside the answers, with how many each value would leave and the address that turns it."""
    organs = dict(ledger.find("agency").values("pk", "short_name"))
    names: dict[str, tuple[str, Mapping[str, str]]] = {
        "organ": (_("发文机关"), {str(pk): name for pk, name in organs.items()}),
        "theme": (_("主题"), THEMES),
        "kind": (_("信息种类"), {k.key: k.title for k in KINDS.values()}),
        "validity": (_("有效性"), VALIDITIES),
        "year": (_("公开年份"), {}),
    }  # fmt: skip
    made = []
    for facet, (title, words) in names.items():
        counted = found.facets.get(facet, ())
        if facet == "year":
            counted = tuple(sorted(counted, reverse=True))
        chosen = asked.only.get(facet, ())
        shown = [c for c in counted if c[0] in chosen]
        shown += [c for c in counted if c[0] not in chosen][: max(0, _FACET_ROWS - len(shown))]
        rows = [(words.get(v, v) or v, n, asked.turned(facet, v), v in chosen) for v, n in shown]
        if len(rows) > 1 or chosen:
            made.append({"title": title, "rows": rows, "more": len(counted) - len(shown)})
    return made


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything the page shows."""
    asked = read(request.GET)
    if not asked.words and not asked.only and not asked.tab:
        return {"asked": asked, "found": None, "crumbs": [(_("检索"), None)]}
    found, lines = answer(asked)
    pages = min(ceil(found.total / PAGE), DEEPEST)
    by_kind = dict(found.facets.get("kind", ()))
    tabs = [("", _("全部"), found.total if not asked.tab else None)]
    tabs += [
        (key, _(title), sum(by_kind.get(k, 0) for k in _of_tab(key)) if not asked.tab else None)
        for key, (title, _columns) in TABS.items()
    ]
    return {
        "asked": asked, "found": found, "lines": lines, "facets": facets(asked, found), "tabs": tabs, "orders": ORDERS, "pages": pages,
        "window": range(max(1, asked.page - 3), min(pages, asked.page + 3) + 1), "crumbs": [(_("检索"), None)],
        "apply": "/apply?" + urlencode({"content": asked.words}), "unread": _unread(request.GET),
        "making": not found.total and _empty(),
    }  # fmt: skip


def _empty() -> bool:
    """Is the index still being made? That nothing is found then says nothing about what is public."""
    live = disclosure.find("document", state="live", on_site=True, first_published_at__isnull=False)
    return not index().stats().entries and live.exists()


def suggestions(typed: str) -> list[str]:
    """Titles and words to go on with; a title that is not live any more is left out, whatever the index still holds."""
    found = index().suggest(typed)
    keys = [int(key) for key, _title in found if key]
    live = set(disclosure.find("document", pk__in=keys, state="live", on_site=True).ids()) if keys else set()
    return [title for key, title in found if not key or int(key) in live]


def as_json(request: HttpRequest) -> dict[str, Any]:
    """The same answer for machines: plain texts, counts of every facet."""
    asked = read(request.GET)
    found, lines = answer(asked)
    hits = {int(h.key): h for h in found.hits}
    return {
        "q": asked.words, "total": found.total, "page": asked.page, "per_page": PAGE, "loose": found.loose, "rather": found.rather,
        "facets": {name: [{"value": v, "count": n} for v, n in rows] for name, rows in found.facets.items()},
        "hits": [
            {"id": line.id, "url": line.url, "title": hits[line.id].title, "text": hits[line.id].text[:300],
             "kind": line.kind, "organ": line.organ, "doc_no": line.doc_no,
             "published": line.published.isoformat(), "validity": line.validity}
            for line in lines
        ],
    }  # fmt: skip
