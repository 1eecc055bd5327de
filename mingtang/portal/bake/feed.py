"""Feeds of the site and of every column: Atom 1.0 (RFC 4287) and JSON Feed 1.1, with the same entries.

A feed shows what its list's front page shows. What was withdrawn stands in it as a deleted entry (RFC 6721), so that a
reader that kept the text drops it. Equal rows give equal bytes: no moment in a feed is that of the bake. Pure.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from mingtang.disclosure import api as disclosure
from mingtang.ledger.api import SHANGHAI
from mingtang.portal.bake.source import Entry, Leaf
from mingtang.portal.look import Site

LENGTH = 40
_ATOM, _GONE = "http://www.w3.org/2005/Atom", "http://purl.org/atompub/tombstones/1.0"
# What XML 1.0 cannot hold.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_START = datetime(2008, 5, 1, tzinfo=UTC)  # of a feed in which nothing stands yet: the Regulation took force
register_namespace("", _ATOM)
register_namespace("at", _GONE)

Told = Mapping[int, tuple[datetime, str]]


def pair(site: Site, folder: str, title: str, leaf: Leaf, told: Told) -> tuple[tuple[str, bytes], ...]:
    """(path, content) of both feeds of a list; ``folder`` is empty for the whole site."""
    stem = f"{folder}/feed".lstrip("/")
    return (
        (f"{stem}.atom", atom(site, folder, title, leaf, told)),
        (f"{stem}.json.gz", gzip.compress(json_feed(site, folder, title, leaf, told), 6, mtime=0)),
    )


def _moment(value: datetime) -> str:
    return value.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _updated(told: Told) -> str:
    return _moment(max((at for at, _said in told.values()), default=_START))


def _name(site: Site, number: int) -> str:
    """The entry's name for life; it does not move with the address (RFC 4151)."""
    return f"tag:{site.domain},2008:doc/{number}"


def _root(site: Site) -> str:
    return f"https://{site.domain}"


def atom(site: Site, folder: str, title: str, leaf: Leaf, told: Told) -> bytes:
    """The feed as Atom 1.0."""
    here = f"{_root(site)}/{folder}/" if folder else f"{_root(site)}/"
    feed = Element(f"{{{_ATOM}}}feed", {"xml:lang": "zh-Hans"})
    _texts(
        feed, (("id", f"tag:{site.domain},2008:feed/{folder}"), ("title", title), ("updated", _updated(told)))
    )
    SubElement(feed, f"{{{_ATOM}}}link", rel="self", type="application/atom+xml", href=f"{here}feed.atom")
    SubElement(feed, f"{{{_ATOM}}}link", rel="alternate", type="text/html", href=here)
    _texts(SubElement(feed, f"{{{_ATOM}}}author"), (("name", site.owner),))
    for entry in leaf.entries:
        _entry(feed, site, entry, told)
    for entry in _told(leaf, told):
        at, reason = told[entry.id]
        tomb = SubElement(feed, f"{{{_GONE}}}deleted-entry", ref=_name(site, entry.id), when=_moment(at))
        SubElement(tomb, f"{{{_GONE}}}comment").text = _UNFIT.sub("", reason)
        SubElement(tomb, f"{{{_ATOM}}}link", rel="alternate", href=_root(site) + entry.url)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(
        feed, encoding="utf-8", xml_declaration=False
    )


def _told(leaf: Leaf, told: Told) -> list[Entry]:
    """The withdrawn entries whose withdrawal stands in the log."""
    return [e for e in leaf.gone if e.id in told]


def _entry(feed: Element, site: Site, entry: Entry, told: Told) -> None:
    at, summary = told[entry.id]
    made = SubElement(feed, f"{{{_ATOM}}}entry")
    _texts(
        made,
        (
            ("id", _name(site, entry.id)), ("title", entry.mark + entry.title), ("published", _moment(entry.published)),
            ("updated", _moment(at)), ("summary", summary or entry.title),
        ),
    )  # fmt: skip
    SubElement(made, f"{{{_ATOM}}}link", rel="alternate", type="text/html", href=_root(site) + entry.url)
    _texts(SubElement(made, f"{{{_ATOM}}}author"), (("name", entry.agency),))
    SubElement(made, f"{{{_ATOM}}}category", term=entry.kind, label=disclosure.KINDS[entry.kind].title)


def _texts(parent: Element, pairs: Iterable[tuple[str, str]]) -> None:
    for name, text in pairs:
        SubElement(parent, f"{{{_ATOM}}}{name}").text = _UNFIT.sub("", text)


def json_feed(site: Site, folder: str, title: str, leaf: Leaf, told: Told) -> bytes:
    """The feed as JSON Feed 1.1; withdrawn entries stand under ``_withdrawn`` (an extension, as the format allows)."""
    here = f"{_root(site)}/{folder}/" if folder else f"{_root(site)}/"
    made: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1", "title": title, "home_page_url": here,
        "feed_url": f"{here}feed.json", "language": "zh-Hans", "authors": [{"name": site.owner}],
        "items": [_item(site, e, told) for e in leaf.entries],
        "_withdrawn": [
            {"id": _name(site, e.id), "url": _root(site) + e.url, "withdrawn": _moment(told[e.id][0]), "reason": told[e.id][1]}
            for e in _told(leaf, told)
        ],
    }  # fmt: skip
    return json.dumps(made, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _item(site: Site, entry: Entry, told: Told) -> dict[str, Any]:
    at, summary = told[entry.id]
    return {
        "id": _name(site, entry.id), "url": _root(site) + entry.url, "title": entry.mark + entry.title, "content_text": summary or entry.title,
        "date_published": _moment(entry.published), "date_modified": _moment(at), "authors": [{"name": entry.agency}],
        "tags": [disclosure.KINDS[entry.kind].title], "_mingtang": {"kind": entry.kind, "column": entry.column, "doc_no": entry.doc_no},
    }  # fmt: skip
