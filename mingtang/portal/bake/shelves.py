"""The statutory structure as the reader walks it: columns, the kinds within them, organs and their shelves.

国办公开办函〔2019〕61号: guide, rules, statutory content and annual reports, with the request entry beside them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from mingtang.disclosure import api as disclosure
from mingtang.ledger.api import SuccessionRow
from mingtang.portal import links
from mingtang.portal.bake.source import LIVE, Entry, Organ, Source

_WITH_KINDS = ("policy", "statutory")
# Shown under 政府信息公开 in this order; the site's own columns follow.
_ORDER = (
    "guide",
    "rules",
    "statutory",
    "annual",
    "request",
    "policy",
    "interpretation",
    "gazette",
    "notice",
    "news",
    "service",
    "letters",
)


@dataclass(frozen=True)
class Shelf:
    """One entry of the column tree."""

    key: str
    title: str
    url: str
    about: str = ""
    parent: tuple[str, str] | None = None
    children: tuple[Shelf, ...] = field(default=())

    def crumbs(self) -> list[tuple[str, str | None]]:
        above = [self.parent] if self.parent else []
        return [*above, (self.title, self.url)]

    def meta(self) -> list[tuple[str, str]]:
        """The four labels every column and content page carries (政府网站发展指引, annex)."""
        keywords = "，".join(dict.fromkeys(["政府信息公开", self.title]))
        return [
            ("ColumnName", self.title), ("ColumnDescription", self.about or f"{self.title}栏目"),
            ("ColumnKeywords", keywords), ("ColumnType", self.parent[0] if self.parent else self.title),
        ]  # fmt: skip


_ABOUT = {
    "policy": "行政规范性文件和其他政策文件，逐件标明有效性，与解读同屏对照。",
    "guide": "怎样查、怎样申请、找谁：各机关的公开指南（条例第十二条）。",
    "rules": "条例、国家和本市的配套制度。",
    "statutory": "条例第二十条规定主动公开的十五项内容，自形成或者变更之日起20个工作日内公开（条例第二十六条）。",
    "annual": "每年1月31日前公布的上一年度报告（条例第四十九条、第五十条）。",
    "request": "网上、当面、信函申请公开政府信息，可查进度、算期限。",
    "gazette": "政府公报逐期刊登，与纸质公报一致。",
    "interpretation": "与政策文件同步发布的解读，点开可回到原文。",
    "notice": "通知、公告、公示和征求意见。",
    "news": "政务活动和工作动态。",
    "service": "政务服务事项：依据、条件、材料、地点、时间、电话和流程。",
    "letters": "来信、咨询和答复。",
}


def _shelf(key: str) -> Shelf:
    column = disclosure.COLUMNS[key]
    parent = (column.title, links.col_url(key))
    kinds = [k for k in disclosure.KINDS.values() if k.column == key] if key in _WITH_KINDS else []
    children = tuple(
        Shelf(k.key, k.title, f"/kind/{k.key}/", f"{column.title}中的{k.title}。", parent) for k in kinds
    )
    return Shelf(key, column.title, links.col_url(key), _ABOUT.get(key, ""), None, children)


COLUMNS: dict[str, Shelf] = {key: _shelf(key) for key in disclosure.COLUMNS}
ORGAN = Shelf(
    "org",
    "部门与县区公开专栏",
    "/org/",
    "各机关的政府信息公开专栏：指南、制度、法定主动公开内容、年报和依申请公开。",
)


def tree() -> list[Shelf]:
    """The columns in the statutory order."""
    return [COLUMNS[key] for key in _ORDER if key in COLUMNS]


def of_listing(kind: str, key: str, title: str) -> Shelf:
    """The shelf a list belongs to: a column, one kind in it, or a year of the policy library."""
    if kind == "col":
        return COLUMNS[key]
    if kind == "policy":
        return Shelf("policy", title, f"/policy/{key}/", f"{title}，标明有效性。", ("政策文件库", "/policy/"))
    column = COLUMNS[disclosure.KINDS[key].column]
    found = next((c for c in column.children if c.key == key), None)
    return found or Shelf(key, title, f"/kind/{key}/", f"{title}。", (column.title, column.url))


@dataclass(frozen=True)
class Leader:
    """One of an organ's leaders: the page about them, their name and post."""

    entry: Entry
    name: str
    post: str


@dataclass(frozen=True)
class OrganShelf:
    """What stands on an organ's fixed shelves, and how much on each column. ``leaders``: in the order of their posts."""

    guide: tuple[Entry, ...] = ()
    rules: tuple[Entry, ...] = ()
    annual: tuple[Entry, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    leaders: tuple[Leader, ...] = ()


def of_organs(source: Source, organs: Collection[int]) -> dict[int, OrganShelf]:
    """The shelves of these organs, in a few queries however many they are.

    What an earlier organ published stands on the shelf of whoever carries that column on, but for its guide and its
    leaders.
    """
    publishers = set(organs).union(*(source.lineage.earlier(o) for o in organs))
    live = disclosure.find("document", **LIVE, agency_id__in=sorted(publishers))
    counted: dict[int, dict[str, int]] = {}
    for (agency, column), n in source.live_of_organs(publishers).items():
        for organ in source.stands_at(agency, column):
            held_there = counted.setdefault(organ, {})
            held_there[column] = held_there.get(column, 0) + n
    held: dict[int, dict[str, list[Entry]]] = {}
    rows = live.where(column__in=("guide", "rules", "annual"))
    wanted = list(rows.values("pk", "agency_id", "column"))
    entries = {e.id: e for e in source.entries([pk for pk, _a, _c in wanted])}
    for pk, agency, column in wanted:
        for organ in source.stands_at(agency, column) if column != "guide" else (agency,):
            held.setdefault(organ, {}).setdefault(column, []).append(entries[pk])
    order = {key: n for n, key in enumerate(_ORDER)}
    made, led = {}, _leaders(source, organs)
    for organ in organs:
        shelf = held.get(organ, {})
        counts = sorted(counted.get(organ, {}).items(), key=lambda pair: order.get(pair[0], 99))
        made[organ] = OrganShelf(
            tuple(shelf.get("guide", ())), tuple(shelf.get("rules", ())), tuple(shelf.get("annual", ())),
            tuple((disclosure.COLUMNS[c].title, n) for c, n in counts if c in disclosure.COLUMNS),
            led.get(organ, ()),
        )  # fmt: skip
    return made


def _leaders(source: Source, organs: Collection[int]) -> dict[int, tuple[Leader, ...]]:
    """The leaders of these organs, each organ's in the order of their posts (领导信息按职务排序), never by date."""
    found = disclosure.find("document", **LIVE, kind="leader", agency_id__in=sorted(organs))
    rows = list(found.values("pk", "agency_id", "post_order", "leader_name", "post_name"))
    entries = {e.id: e for e in source.entries([row[0] for row in rows])} if rows else {}
    held: dict[int, list[tuple[Decimal, int, Leader]]] = {}
    for pk, agency, place, name, post in rows:
        leader = Leader(entries[pk], str(name or entries[pk].title), str(post or ""))
        held.setdefault(agency, []).append((_place(place), pk, leader))
    return {
        agency: tuple(leader for _p, _pk, leader in sorted(of, key=lambda o: o[:2]))
        for agency, of in held.items()
    }


def _place(said: object) -> Decimal:
    """The place of a post as it was entered; what is no number stands last."""
    try:
        found = Decimal(str(said).replace(",", "").strip())
    except InvalidOperation:
        found = Decimal("Infinity")
    return Decimal("Infinity") if found.is_nan() else found


@dataclass(frozen=True)
class Passing:
    """One succession as a reader sees it: which organ, how and when, which columns by name (``rest``: all others)."""

    organ: Organ
    kind: str
    on: date
    columns: tuple[str, ...]
    rest: bool
    # Who carries it today, when that organ is itself gone.
    now: Organ | None = None


def passings(source: Source, organ: int) -> tuple[list[Passing], list[Passing]]:
    """From whom this organ's work came, and to whom it passed."""
    lineage, organs = source.lineage, source.organs

    def seen(row: SuccessionRow, other: int) -> Passing:
        titles = tuple(disclosure.COLUMNS[c].title for c in row.columns if c in disclosure.COLUMNS)
        today = lineage.today(other)
        return Passing(organs[other], row.kind_name, row.on, titles, row.rest, organs[today] if today != other else None)  # fmt: skip

    return (
        [seen(row, row.predecessor_id) for row in lineage.before(organ)],
        [seen(row, row.successor_id) for row in lineage.after(organ)],
    )


_GROUPS = (
    ("government", "市人民政府"), ("department", "市政府部门"), ("county", "县（市）区人民政府"),
    ("township", "乡镇人民政府、街道办事处"), ("authorised", "法律法规授权组织"), ("public_service", "公共企事业单位"),
)  # fmt: skip


def groups(organs: Iterable[Organ]) -> list[dict[str, Any]]:
    """Organs that exist today by type; those that were merged or dissolved stand in a group of their own."""
    held = list(organs)
    made = [
        {"title": title, "organs": [o for o in held if o.type == kind and not o.valid_to]}
        for kind, title in _GROUPS
    ]
    made.append(
        {"title": "已撤销或合并的机关（原有文件仍可查阅）", "organs": [o for o in held if o.valid_to]}
    )
    return [g for g in made if g["organs"]]
