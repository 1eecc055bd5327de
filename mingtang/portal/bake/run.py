"""Baking: everything from scratch in units that can be resumed, or just what a publication touches.

A unit is a folder (or the fixed pages) and becomes visible as one set, never from rows older than the last delivery.
A full bake notes each finished unit in a journal; started again after a crash it goes on behind the last one. Every
bake, and every healing, at its end delivers what was published meanwhile, so that no page is older than the log.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from pathlib import Path

from django.conf import settings

from mingtang.disclosure import api as disclosure
from mingtang.disclosure.api import PublicationRow
from mingtang.ledger import api as ledger
from mingtang.portal import links, look
from mingtang.portal.bake import bulk, counts, graph, manifest, worker
from mingtang.portal.bake.counts import EVER_PUBLIC
from mingtang.portal.bake.press import Baked, Press
from mingtang.portal.bake.source import Source
from mingtang.portal.bake.units import STAGES, Bench, Unit, bake_unit, change, tree, units
from mingtang.portal.bake.writer import Change, Fault, Tree
from mingtang.portal.releases import find, note_site

Progress = Callable[[int, int, str], None]
# What a reader meets first: enough to open the site before the older documents are baked.
FIRST = ("fixed", "lists", "recent")
# From so many publications on, whole lists are streamed instead of asking for each entry's place: asking costs as much as
# streaming this many pages.
_BULK, _EACH = 100, 20


@look.chinese
def rebuild(
    progress: Progress | None = None, only: Collection[str] | str | None = None, workers: int = 1,
    organs: Collection[int] = (),
) -> dict[str, int]:  # fmt: skip
    """Bake the whole site, or the stages named in ``only`` ("first": FIRST); returns units, pages and changed files.

    ``organs``: beside those stages the pages of these organs and of all they succeeded or passed their work to.
    ``progress(done, all, what)`` is called after each unit. Raises ValueError for a stage that does not exist.
    """
    if isinstance(only, str):
        only = FIRST if only == "first" else (only,)
    if only is not None and (wrong := set(only) - set(STAGES)):
        raise ValueError(f"no such stage: {', '.join(sorted(wrong))}; there are: {', '.join(STAGES)}")
    site = tree()
    site.recover()
    with site.locked("deliveries"):
        site.turned()  # a bake that runs elsewhere reads again what brought this one about: an organ that changed
    if only is not None:
        return _bake(site, Source(), workers, progress, only, organs)
    with site.locked("rebuild"):  # one full bake at a time: the journal is its own
        counts.recount()
        source = Source()
        return _bake(site, source, workers, progress, journal=_Journal(site, _fingerprint(source)))


def _bake(
    site: Tree, source: Source, workers: int, progress: Progress | None, only: Collection[str] | None = None,
    organs: Collection[int] = (), journal: _Journal | None = None,
) -> dict[str, int]:  # fmt: skip
    since = journal.since if journal else _newest()
    changed = {source.organs[o].url.strip("/") for one in organs for o in source.lineage.line(one)}
    wanted = [u for u in units(source) if only is None or u.stage in only or u.key in changed]
    todo = [u for u in wanted if journal is None or not journal.stands(u)]
    totals = {"units": len(wanted), "pages": 0, "changed": 0}
    for place, (unit, (pages, files)) in enumerate(_each(todo, workers), len(wanted) - len(todo) + 1):
        if journal:
            journal.note(unit.name)
        totals["pages"] += pages
        totals["changed"] += files
        if progress:
            progress(place, len(wanted), unit.name)
    if journal:
        totals["changed"] += _drop_stale(site)
    totals["changed"] += _catch_up(since)
    if journal:
        journal.close()
    return totals


def _drop_stale(site: Tree) -> int:
    """Take away folders that no longer exist; returns how many files went."""
    with site.locked("deliveries"):  # a folder that a delivery opened meanwhile is among the units now
        wanted = set().union(*(u.shards() for u in units(Source())))
        stale = {manifest.shard_at(path) for path in site.roots()} - wanted
        return len(site.commit(Change(whole=stale))) if stale else 0


def _newest() -> int:
    """The newest publication's number."""
    newest = disclosure.find("publication").order("-pk").first()
    return newest.id if newest else 0


def _catch_up(since: int) -> int:
    """Deliver what was published after a number; returns how many files changed."""
    changed = 0
    while rows := disclosure.find("publication", pk__gt=since).page(1, 500).rows:
        changed += deliver([p.id for p in rows])
        since = rows[-1].id
    return changed


def _each(todo: list[Unit], workers: int) -> Iterator[tuple[Unit, tuple[int, int]]]:
    if workers <= 1 or len(todo) < 2:
        bench = Bench()
        yield from ((unit, bake_unit(bench, unit)) for unit in todo)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=worker.begin) as pool:
        done = pool.map(worker.bake, [u.stage for u in todo], [u.key for u in todo])
        yield from zip(todo, done, strict=True)


class _Journal:
    """Which units of a full bake are done, under the look they were done with, and from where the log is to be caught up."""

    def __init__(self, site: Tree, look_now: str):
        self.site, self.path, self.done = site, site.work / "rebuild.journal", set()
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        head = json.loads(lines[0]) if lines else {}
        if head.get("look") == look_now:
            self.since, self.done = head["since"], set(lines[1:])
            return
        self.since = _newest()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps({"look": look_now, "since": self.since}) + "\n")

    def stands(self, unit: Unit) -> bool:
        """Whether a unit is done and its lists are still there: the tree may have been lost since."""
        return unit.name in self.done and all(self.site.holds(shard) for shard in unit.shards())

    def note(self, name: str) -> None:
        with open(self.path, "a") as out:
            out.write(name + "\n")
        self.done.add(name)

    def close(self) -> None:
        self.path.unlink(missing_ok=True)


def _passed() -> list[tuple]:
    return [(s.predecessor_id, s.successor_id, s.rest, s.columns) for s in ledger.find("succession")]


def _fingerprint(source: Source) -> str:
    """Digest of what every page rests on beside its own rows: templates, styles, code, the site and its organs."""
    made = hashlib.sha256(repr((look.site(), list(source.organs.values()), _passed())).encode())
    here = Path(look.__file__).parent
    for file in sorted(
        [
            *here.glob("*.py"),
            *here.glob("bake/*.py"),
            *here.glob("templates/*"),
            *here.glob("static/*"),
            *Path(settings.LOCALE_PATHS[0]).rglob("*.mo"),
        ]
    ):
        made.update(file.read_bytes())
    return made.hexdigest()


@look.chinese
def deliver(publication_ids: Iterable[int]) -> int:
    """Bring what these publications touch up to date, as one set; returns how many files changed. Safe to repeat."""
    site = tree()
    # One delivery at a time: a page read from the catalogue earlier must not be written over one read later.
    with site.locked("deliveries"):
        site.turned()
        rows = _publications(list(publication_ids))
        source = Source({p.id for p in rows})
        press = Press(source)
        lists = _lists(source, rows) if len(rows) > _BULK else {}
        if lists and sum(lists.values()) <= _EACH * len(rows):
            pages = _in_bulk(press, rows, lists)
        else:
            pages = _pages(press, graph.touches(_facts(source, rows)))
        made, _count = change(chain(pages, _issues(press, rows)))
        bulk.add(made, source, {p.document_id for p in rows})
        changed = len(site.commit(made))
    note_site(p for p in rows if p.document_id in press.seen)
    return changed


def _issues(press: Press, rows: list[PublicationRow]) -> Iterator[Baked]:
    """The pages of the gazette's issues that hold one of these documents."""
    ids = sorted({p.document_id for p in rows})
    parts = (ids[start : start + 500] for start in range(0, len(ids), 500))
    held = {
        int(t)
        for part in parts
        for (t,) in find("release", channel="gazette", document_id__in=part).values("target")
        if t
    }
    if held:
        yield from press.issues(held)


def _lists(source: Source, rows: list[PublicationRow]) -> dict[str, int]:
    """The lists these publications' documents stand in, each with how many pages it has."""
    ids, held = sorted({p.document_id for p in rows}), dict[str, int]()
    for start in range(0, len(ids), 500):
        for row in disclosure.find("document", pk__in=ids[start : start + 500], **EVER_PUBLIC):
            for found in source.listings_of(row):
                held[found.folder] = held.get(found.folder) or source.total(found) // links.PAGE_SIZE + 1
    return held


def _in_bulk(press: Press, rows: list[PublicationRow], folders: Collection[str]) -> Iterator[Baked]:
    """Many publications at once: their documents, and every page of the lists they stand in, streamed."""
    ids = {p.document_id for p in rows}
    for sheet in press.source.sheets(sorted(ids)):
        if sheet.row.first_published_at is not None and sheet.row.on_site:
            ids |= {e.id for e in sheet.interpretations}
            ids |= {e.id for e in (*sheet.thread, *sheet.predecessors)}
            ids |= {sheet.row.successor_id} if sheet.row.successor_id else set()
            if sheet.row.interprets_id:
                ids.add(sheet.row.interprets_id)
    ids = ids.union(
        *_left(press.source, rows).values(), press.source.merged_into({p.document_id for p in rows})
    )
    yield from press.documents(sorted(ids))
    for folder in sorted(folders):
        yield from press.leaves(folder)
    yield from (press.fixed(url) for url in ("/", "/policy/"))


def _pages(press: Press, touched: graph.Touched) -> Iterator[Baked]:
    yield from press.documents(sorted(touched.documents))
    for leaf in sorted(touched.leaves, key=lambda leaf: leaf.url):
        yield press.leaf(press.source.leaf(leaf.listing, leaf.number))
    for url in sorted(touched.fixed):
        yield press.fixed(url)


def _publications(ids: list[int]) -> list[PublicationRow]:
    starts = range(0, len(ids), 500)
    return [p for start in starts for p in disclosure.find("publication", pk__in=ids[start : start + 500])]


def _facts(source: Source, rows: list[PublicationRow]) -> list[graph.Fact]:
    """The graph's facts, in a few queries for all publications and three for each list a document stands in."""
    entered = {p.document_id for p in rows if p.first}
    facts, left = [], _left(source, rows)
    for sheet in source.sheets({p.document_id for p in rows}):
        row = sheet.row
        if row.first_published_at is None:
            continue
        places = tuple(
            graph.Place(found, source.position(found, row), source.total(found))
            for found in source.listings_of(row)
        )
        facts.append(
            graph.Fact(
                row.id, row.column, row.on_site, row.id in entered, places if row.on_site else (), row.interprets_id,
                tuple(e.id for e in sheet.interpretations),
                (*(e.id for e in (*sheet.thread, *sheet.predecessors)), *sorted(left.get(row.id, ()))),
                row.successor_id,
                tuple(sorted(source.merged_into({row.id}))),
            )
        )  # fmt: skip
    return facts


def _left(source: Source, rows: list[PublicationRow]) -> dict[int, set[int]]:
    """For documents whose earlier editions belonged to threads: the papers of those threads, by document."""
    of = {p.old_edition_id: p.document_id for p in rows if p.old_edition_id}
    threaded = [k.key for k in disclosure.KINDS.values() if k.thread]
    named: dict[int, set[str]] = {}
    held = sorted(of)
    for start in range(0, len(held), 500):
        part = disclosure.find("edition", pk__in=held[start : start + 500], document_kind__in=threaded)
        for pk, kind, data in part.values("pk", "document_kind", "data"):
            if name := disclosure.KINDS[kind].thread_of(data):
                named.setdefault(of[pk], set()).add(name)
    threads = source.threads(set().union(*named.values())) if named else {}
    return {
        document: {e.id for name in names for e in threads.get(name, ())} for document, names in named.items()
    }


@look.chinese
def verify(heal: bool = False) -> list[Fault]:
    """Files of the site that are not as its signed manifest says; with ``heal``, those that could not be mended."""
    site = tree()
    faults = _faults(site)
    if not heal or not faults:
        return faults
    site.recover()
    since = _newest()
    if any(f.path == manifest.ROOT for f in faults):
        rebuild()  # without a root nobody can say what there should be but the catalogue
    with site.locked("deliveries"):
        for fault in site.check():
            if fault.kind == "unlisted":
                site.discard(fault.path)
    bench = Bench()
    known = {shard: unit for unit in units(Source()) for shard in unit.shards()}
    # A list that was changed hides what was done to its folder: the folder is looked at again once it is mended.
    for _round in range(2):
        faults = _faults(site)
        for unit in {known[_shard(f)] for f in faults if _shard(f) in known}:
            bake_unit(bench, unit, {f.path for f in faults})
    _catch_up(since)
    return _faults(site)


def _faults(site: Tree) -> list[Fault]:
    """What is not as signed, and what the catalogue asks for that was never signed: a tree lost and begun anew."""
    faults = site.check()
    if any(f.path == manifest.ROOT for f in faults):
        return faults
    if roots := site.roots():
        lists = {manifest.list_path(shard) for unit in _asked_for() for shard in unit.shards()}
        return faults + [Fault(path, "missing") for path in sorted(lists - roots.keys())]
    return faults + ([Fault(manifest.ROOT, "missing")] if disclosure.find("publication").exists() else [])


def _asked_for() -> Iterator[Unit]:
    """Units that must have a list: all but folders and organs without any document."""
    source = Source()
    publishers = disclosure.find("document", **EVER_PUBLIC).group("agency_id")
    bare = {o.url.strip("/") for o in source.organs.values() if o.id not in publishers}
    for unit in units(source):
        if unit.stage in ("recent", "documents"):
            if source.in_folder(int(unit.key.removeprefix("doc/"))):
                yield unit
        elif unit.key not in bare:
            yield unit


def _shard(fault: Fault) -> str:
    return (
        manifest.shard_at(fault.path)
        if fault.path.startswith(manifest.FOLDER)
        else manifest.shard_of(fault.path)
    )
