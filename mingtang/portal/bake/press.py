"""From rows to pages: one method for each kind of page, none of which asks the database for one page's sake.

A page is its address, its HTML, its JSON twin and, for a document, the files it hands out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from html import escape, unescape
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from mingtang.disclosure import api as disclosure
from mingtang.disclosure.api import PublicationRow
from mingtang.ledger import api as ledger
from mingtang.portal import links, look
from mingtang.portal.bake import feed, own, report, shelves
from mingtang.portal.bake.listing import numbered, spread
from mingtang.portal.bake.source import Entry, Leaf, Sheet, Source
from mingtang.portal.redirects import Redirects
from mingtang.portal.releases import find as find_releases

# Which entry of the main navigation a column stands under.
_NAV = {"service": "service", "letters": "letters", "annual": "data"}
FIXED = (
    "/", "/policy/", "/org/", "/guide/", "/about/", "/sitemap/", "/404.html", "/410.html", "/503.html", "/en/", "/en/guide/",
)  # fmt: skip


@dataclass(frozen=True)
class Baked:
    """One page ready to be written. ``gone`` pages answer 410; ``files``: (path in the tree, digest in the store).

    ``beside``: (path, content) of what is made with the page and stands beside it, such as its feed.
    """

    url: str
    html: str
    twin: Mapping[str, Any]
    gone: bool = False
    files: tuple[tuple[str, str], ...] = field(default=())
    beside: tuple[tuple[str, bytes], ...] = field(default=())

    def paths(self) -> tuple[str, str, str]:
        """Tree paths of the page, its gzip and its twin."""
        page, packed, twin = links.page_files(self.url)
        if not self.gone:
            return page, packed, twin
        stem = page.removesuffix(".html")
        return f"{stem}.gone.html", f"{stem}.gone.html.gz", f"{stem}.gone.json.gz"


def as_json(twin: Mapping[str, Any]) -> bytes:
    """The twin as bytes: sorted keys, Chinese as it is, so that equal contents are equal bytes."""
    return json.dumps(
        twin, ensure_ascii=False, sort_keys=True, default=_plain, separators=(",", ":")
    ).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(ledger.SHANGHAI).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


class Press:
    """The templates, the site and the rows of one bake."""

    def __init__(self, source: Source | None = None):
        self.source = source or Source()
        self.site = look.site()
        # Documents whose pages were made: what can be noted as shown.
        self.seen: set[int] = set()
        self._shelves: dict[int, shelves.OrganShelf] = {}

    @cached_property
    def columns(self) -> list[shelves.Shelf]:
        return shelves.tree()

    def render(self, template: str, *, title: str, nav: str = "open", **context: Any) -> str:
        return look.baking().get_template(template).render(site=self.site, title=title, nav=nav, **context)

    # --- documents -------------------------------------------------------------------------------------------

    def documents(self, ids: Iterable[int]) -> Iterator[Baked]:
        """The pages of documents that are or were public; others are passed over."""
        for sheet in self.source.sheets(ids):
            if sheet.row.state in ("live", "withdrawn") and sheet.row.on_site and sheet.row.edition:
                self.seen.add(sheet.row.id)
                yield self.document(sheet)

    def document(self, sheet: Sheet) -> Baked:
        row, edition = sheet.row, sheet.row.edition
        assert edition is not None
        column = shelves.COLUMNS[row.column]
        url = links.doc_url(row.id)
        nav = _NAV.get(row.column, "open")
        crumbs = [*column.crumbs(), (_("正文"), None)]
        if row.state == "withdrawn":
            last = next((p for p in reversed(sheet.log) if p.kind == "withdraw"), None)
            if sheet.merged_into is not None:
                return self._moved(sheet, sheet.merged_into, last, nav, crumbs)
            html = self.render(
                "gone.html", title=_("本件已撤下"), nav=nav, row=row, last=last, crumbs=crumbs, noindex=True,
                meta=column.meta(),
            )  # fmt: skip
            reason = {"reason": last.reason, "withdrawn": last.at} if last else {}
            return Baked(
                url, html, {"id": row.id, "state": "withdrawn", "index_no": row.index_no, **reason}, gone=True
            )
        files = [
            {
                **vars(a),
                "url": links.file_url(row.id, n, a.name),
                "place": n,
                "shown": f'"attach:{a.name}"' in edition.body,
            }
            for n, a in enumerate(edition.attachments, 1)
        ]
        body = _with_pictures(edition.body, {f["name"]: f["url"] for f in files})
        edition = replace(edition, body=Redirects.lead_on(body) if row.origin_type == "import" else body)
        kind = disclosure.KINDS[row.kind]
        template = "report.html" if report.is_report(row) else "document.html"
        extra = {"report": report.view(edition.data)} if report.is_report(row) else {}
        html = self.render(
            template, title=edition.title, nav=nav, row=row, edition=edition, sheet=sheet, files=files, url=url,
            column=column, crumbs=crumbs, theme=_theme(edition.theme), meta=[*column.meta(), *_content_meta(sheet, url)],
            fields=own.fields(kind, edition.data), grids=own.grids(kind, edition.data), kind=kind, **extra,
        )  # fmt: skip
        placed = tuple((f["url"].lstrip("/"), f["digest"]) for f in files)
        return Baked(url, html, _document_twin(sheet, files), files=placed)

    def _moved(
        self,
        sheet: Sheet,
        to: Entry,
        last: PublicationRow | None,
        nav: str,
        crumbs: list[tuple[str, str | None]],
    ) -> Baked:
        """The page of a merged document: it leads on to the one that carries it on, and says nothing of its own text."""
        url, row = links.doc_url(sheet.row.id), sheet.row
        html = self.render(
            "moved.html", title=_("本件已并入另一份文件"), nav=nav, row=row, last=last, crumbs=crumbs, noindex=True, to=to
        )  # fmt: skip
        reason = {"reason": last.reason, "withdrawn": last.at} if last else {}
        return Baked(
            url,
            html,
            {"id": row.id, "state": "moved", "moved_to": to.url, "index_no": row.index_no, **reason},
        )

    # --- lists -----------------------------------------------------------------------------------------------

    def leaves(self, folder: str, first: int = 1, last: int | None = None) -> Iterator[Baked]:
        """The pages of a list from one number to another, ``None``: to its front page."""
        if folder.startswith("org/") and not self._shelves:
            self._shelves = shelves.of_organs(self.source, self.source.organs)
        yield from map(self.leaf, self.source.leaves(self.source.listings[folder], first, last))

    def leaf(self, leaf: Leaf) -> Baked:
        """One page of a list; an organ's and a column's front page say more than the list."""
        kind, key = leaf.listing.folder.split("/", 1)
        context: dict[str, Any] = {}
        crumbs: list[tuple[str, str | None]]
        if kind == "org":
            template, nav, column = "agency.html", "org", shelves.ORGAN
            organ = next(o for o in self.source.organs.values() if o.url == f"/{leaf.listing.folder}/")
            crumbs = [(_("部门与县区公开专栏"), "/org/"), (organ.name, organ.url)]
            before, after = shelves.passings(self.source, organ.id)
            context = {"organ": organ, "shelf": self._shelf(organ.id), "before": before, "after": after}
        else:
            template = "column.html"
            column = shelves.of_listing(kind, key, leaf.listing.title)
            nav = _NAV.get(column.key, "open")
            crumbs = column.crumbs()
        if leaf.number:
            crumbs = [*crumbs, (_("第%d页") % leaf.number, None)]
        html = self.render(
            template, title=leaf.listing.title, nav=nav, leaf=leaf, column=column, columns=self.columns, crumbs=crumbs,
            meta=column.meta(), full=numbered(leaf.total), offered=list(spread(leaf.total)), counts=None,
            shown=len(leaf.entries), with_agency=kind != "org" and column.key not in ("policy", "rules", "normative"),
            **context,
        )  # fmt: skip
        twin = {"title": leaf.listing.title, "page": leaf.number, "entries": [e.twin() for e in leaf.entries]}
        beside = (
            self._feed(leaf.listing.folder, leaf.listing.title, leaf)
            if kind == "col" and leaf.number is None
            else ()
        )
        return Baked(leaf.url, html, twin, beside=beside)

    def _feed(self, folder: str, title: str, leaf: Leaf) -> tuple[tuple[str, bytes], ...]:
        """The feeds of a list, in both formats, with what its front page shows."""
        return feed.pair(self.site, folder, title, leaf, self.source.told(leaf))

    def _after(self) -> dict[int, list[shelves.Passing]]:
        """For each organ that is gone, who carries it on."""
        gone = (o.id for o in self.source.organs.values() if o.valid_to)
        return {organ: shelves.passings(self.source, organ)[1] for organ in gone}

    def _shelf(self, organ: int) -> shelves.OrganShelf:
        if organ not in self._shelves:
            self._shelves |= shelves.of_organs(self.source, [organ])
        return self._shelves[organ]

    # --- the gazette -----------------------------------------------------------------------------------------

    def issues(self, ids: Collection[int] | None = None) -> Iterator[Baked]:
        """The pages of these issues of the gazette (None: of all), and the list of issues before them."""
        rows = list(find_releases("issue"))
        crumbs: list[tuple[str, str | None]] = [(_("政府公报各期"), "/gazette/")]
        html = self.render(
            "gazette.html",
            title=_("政府公报各期"),
            issues=rows,
            issue=None,
            entries=(),
            crumbs=[(_("政府公报各期"), None)],
        )
        twin = [
            {"url": f"/gazette/{r.id}.html", "title": r.title, "agency": r.agency_name, "digest": r.digest}
            for r in rows
        ]
        yield Baked("/gazette/", html, {"title": _("政府公报各期"), "issues": twin})
        for issue in rows:
            if ids is None or issue.id in ids:
                entries = self._issue_entries(issue.held)
                html = self.render(
                    "gazette.html",
                    title=issue.title,
                    issues=(),
                    issue=issue,
                    entries=entries,
                    crumbs=[*crumbs, (issue.title, None)],
                )
                yield Baked(f"/gazette/{issue.id}.html", html, {
                    "title": issue.title, "agency": issue.agency_name, "closed": issue.closed_at, "digest": issue.digest, "entries": entries,
                })  # fmt: skip

    def _issue_entries(self, held: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What an issue holds as it may be shown today: of a withdrawn document its notice, not its title."""
        rows = {d.id: d for d in disclosure.current([h["document"] for h in held])}
        made = []
        for h in held:
            row = rows[h["document"]]
            live = row.state == "live"
            made.append({
                "url": links.doc_url(row.id), "title": h["title"] if live else "", "digest": h["digest"], "index_no": row.index_no,
                "state": row.state, "changed": bool(live and row.edition and row.edition.digest != h["digest"]),
            })  # fmt: skip
        return made

    # --- fixed pages -----------------------------------------------------------------------------------------

    def fixed(self, url: str) -> Baked:
        """One of FIXED; those under /en/ in English, all others in Chinese whoever asks for them."""
        with translation.override("en" if url.startswith("/en/") else settings.LANGUAGE_CODE):
            return self._english(url) if url == "/en/" else self._fixed(url)

    def _english(self, url: str) -> Baked:
        title = _("政府信息公开平台")
        html = self.render(
            "english.html", title=title, nav="home", home=True, columns=self.columns, other="/"
        )
        return Baked(url, html, {"title": title})

    def _fixed(self, url: str) -> Baked:
        if url == "/":
            return self._home()
        if url == "/policy/":
            years, (entries, total) = self.source.policy_years(), self.source.newest(40, column="policy")
            column = shelves.COLUMNS["policy"]
            html = self.render(
                "policy.html", title=_("政策文件库"), years=years, entries=entries, total=total,
                pairs=self.source.pairs(entries), crumbs=[(_("政策文件库"), None)], meta=column.meta(),
            )  # fmt: skip
            return Baked(url, html, {"years": years, "entries": [e.twin() for e in entries]})
        if url in ("/org/", "/guide/", "/en/guide/"):
            groups = shelves.groups(self.source.organs.values())
            name, title = (
                ("agencies.html", _("部门与县区公开专栏"))
                if url == "/org/"
                else ("guide.html", _("政府信息公开指南"))
            )
            column = shelves.ORGAN if url == "/org/" else shelves.COLUMNS["guide"]
            html = self.render(
                name, title=title, nav="org" if url == "/org/" else "open", groups=groups, crumbs=[(title, None)],
                meta=column.meta(), columns=self.columns, after=self._after(),
                other={"/guide/": "/en/guide/", "/en/guide/": "/guide/"}.get(url, ""),
            )  # fmt: skip
            return Baked(url, html, {"organs": [_public(o) for o in self.source.organs.values()]})
        title = {
            "/about/": _("本站说明"),
            "/sitemap/": _("网站地图"),
            "/404.html": _("没有这个页面"),
            "/410.html": _("本页已撤下"),
            "/503.html": _("申请和查询暂时不能用"),
        }[url]
        template = {"/about/": "about.html", "/sitemap/": "sitemap.html"}.get(url, "error.html")
        html = self.render(
            template, title=title, nav="", columns=self.columns, code=url.strip("/").removesuffix(".html"),
            crumbs=[(title, None)], noindex=template == "error.html",
            why=_("正在维护，或者暂时中断。已经公开的文件照常可以看。") if url == "/503.html" else "", organs=self.source.organs.values(),
        )  # fmt: skip
        return Baked(url, html, {"title": title})

    def _home(self) -> Baked:
        source = self.source
        parts = {
            "news": source.newest(6, column="news"), "notices": source.newest(8, column="notice"),
            "policies": source.newest(6, column="policy"), "statutory": source.newest(6, column="statutory"),
            "reports": source.newest(2, kind="annual_report"), "services": source.newest(8, column="service"),
        }  # fmt: skip
        newest = parts["reports"][0][:1]
        figures = None
        if newest:
            (row,) = disclosure.current([newest[0].id])
            figures = report.view(row.edition.data) if row.edition else None
        html = self.render(
            "home.html", title=_("政府信息公开平台"), nav="home", home=True, other="/en/", counts=source.counts(),
            pairs=source.pairs(parts["policies"][0]), groups=shelves.groups(source.organs.values()), figures=figures, **parts,
        )  # fmt: skip
        twin = {name: [e.twin() for e in found] for name, (found, _total) in parts.items()}
        newest_of_all = source.newest_of_all(feed.LENGTH)
        return Baked("/", html, twin, beside=self._feed("", self.site.name, newest_of_all))


def _theme(code: str) -> str:
    names = [disclosure.THEMES[c] for c in (code[:2], code) if c in disclosure.THEMES]
    return " / ".join(dict.fromkeys(names))


def _content_meta(sheet: Sheet, url: str) -> list[tuple[str, str]]:
    """Labels of a content page (政府网站发展指引, annex: three that must stand, four that may)."""
    row, edition = sheet.row, sheet.row.edition
    assert edition is not None
    labels = [
        ("ArticleTitle", edition.title), ("PubDate", look.minute(row.published_at)),
        ("ContentSource", edition.source or row.agency_name), ("Keywords", "，".join(edition.keywords)),
        ("Description", edition.summary), ("Url", url),
    ]  # fmt: skip
    return [(name, text) for name, text in labels if text]


_PICTURE = re.compile(r'<img\b[^>]*?\bsrc="attach:([^"]*)"[^>]*>')


def _with_pictures(body: str, urls: Mapping[str, str]) -> str:
    """The cleaned text with its pictures at their addresses; one whose file is gone shows nothing."""

    def placed(match: re.Match[str]) -> str:
        url = urls.get(unescape(match[1]))
        return match[0].replace(f"attach:{match[1]}", escape(url)) if url else ""

    return _PICTURE.sub(placed, body) if "attach:" in body else body


def _document_twin(sheet: Sheet, files: list[dict[str, Any]]) -> dict[str, Any]:
    row, edition = sheet.row, sheet.row.edition
    assert edition is not None
    kept = {
        k: v
        for k, v in vars(edition).items()
        if k not in ("id", "state", "attachments", "overridden", "goes_out_at")
    }
    return {
        "id": row.id, "state": row.state, "url": links.doc_url(row.id), "index_no": row.index_no, "kind": row.kind,
        "column": row.column, "agency": row.agency_name, "article20": row.article20, "published": row.published_at,
        "first_published": row.first_published_at, "edition": kept, "files": files,
        "interprets": sheet.interprets.twin() if sheet.interprets else None,
        "interpretations": [e.twin() for e in sheet.interpretations],
        "succeeded_by": sheet.successor.twin() if sheet.successor else None,
        "supersedes": [e.twin() for e in sheet.predecessors],
        "thread": [e.twin() | {"stage": e.stage} for e in sheet.thread],
        "adjustments": [a.twin() for a in sheet.adjustments],
        "log": [{"kind": p.kind, "at": p.at, "reason": p.reason, "stated_by": p.stated_by} for p in sheet.log],
    }  # fmt: skip


def _public(organ: Any) -> dict[str, Any]:
    return {k: v for k, v in vars(organ).items() if k not in ("id", "parent_id")}
