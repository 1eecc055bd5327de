"""Units of a bake: a folder, or all fixed pages. Each becomes visible as one set."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings

from mingtang.ledger import api as ledger
from mingtang.portal import links, look
from mingtang.portal.bake import bulk, manifest
from mingtang.portal.bake.listing import numbered
from mingtang.portal.bake.press import FIXED, Baked, Press, as_json
from mingtang.portal.bake.source import Source
from mingtang.portal.bake.writer import Change, Tree, pack

STAGES = ("fixed", "lists", "data", "gazette", "recent", "documents")
# Folders of a thousand documents that count as recent; numbered pages of a list that are made at a time.
_RECENT, _PART = 2, 1_000


@dataclass(frozen=True)
class Unit:
    """One folder of the tree, all fixed pages, or the data files. ``stage`` is one of STAGES; ``key`` the folder."""

    stage: str
    key: str

    @property
    def name(self) -> str:
        return f"{self.stage}:{self.key}"

    def shards(self) -> set[str]:
        if self.stage == "fixed":
            return {manifest.shard_of(links.page_files(url)[0]) for url in FIXED} | {"static"}
        return {self.key}


def tree() -> Tree:
    """The baked site of this installation."""
    return Tree(settings.HOME / "site", manifest.Signer(settings.LEDGER_KEYS("site")))


def change(pages: Iterable[Baked], whole: Collection[str] = ()) -> tuple[Change, int]:
    """Pages as one set of files, and how many there are. Of a page nothing older stays beside it."""
    made, count = Change(whole=set(whole)), 0
    for page in pages:
        path, _packed, twin = page.paths()
        made.writes[path] = page.html.encode()
        made.packed.add(path)
        made.writes[twin] = pack(as_json(page.twin))
        made.stems.add(links.page_files(page.url)[0].removesuffix(".html"))
        for place, content in page.beside:
            made.writes[place] = content
            if not place.endswith(".gz"):
                made.packed.add(place)
        for place, known in page.files:
            made.copies[place] = (known, ledger.FileRow.path_of(known))
        count += 1
    return made, count


def add_static(made: Change) -> None:
    """The styles, the icons and the one script, for a server that serves the tree alone."""
    for file in sorted(look.STATIC.iterdir()):
        path = f"static/{file.name}"
        made.writes[path] = file.read_bytes()
        made.packed.add(path)


class Bench:
    """Where units are made, each from rows that are no older than the last delivery."""

    def __init__(self) -> None:
        self.site = tree()
        self._press, self._turn = Press(), ""

    def parts(self, unit: Unit) -> int:
        """In how many sets a unit comes: a list of tens of thousands of pages is not held in memory at once."""
        source = Source()
        if unit.stage != "lists" or unit.key not in source.listings:
            return 1
        return max(1, -(-numbered(source.total(source.listings[unit.key])) // _PART))

    def made(self, unit: Unit, turn: str, part: int = 0) -> tuple[Change, int]:
        """One part of a unit as a set of files, and how many pages it has. ``turn``: the tree's mark, read before this call."""
        if (
            turn != self._turn
        ):  # organs, shelves and lists that were read before the last delivery are read again
            self._press, self._turn = Press(), turn
        press = self._press
        if unit.stage == "fixed":
            made, count = change((press.fixed(url) for url in FIXED), unit.shards())
            add_static(made)
            return made, count
        if unit.stage == "lists":
            return self._list(press, unit, part)
        if unit.stage == "data":
            data = Change(whole=unit.shards())
            bulk.add(data, press.source)
            return data, 0
        if unit.stage == "gazette":
            return change(press.issues(), unit.shards())
        ids = press.source.in_folder(int(unit.key.removeprefix("doc/")))
        return change(press.documents(ids), unit.shards())

    def _list(self, press: Press, unit: Unit, part: int) -> tuple[Change, int]:
        """One part of a list: so many numbered pages; the last has the front page too, and takes away what is beyond it."""
        held = press.source.listings.get(unit.key)
        pages = numbered(press.source.total(held)) if held else 0
        if held is None or pages <= _PART:
            return change(press.leaves(unit.key) if held else (), unit.shards())
        first, last = part * _PART + 1, (part + 1) * _PART
        # A list that is not ours is begun anew: nothing that it says can be kept.
        whole = unit.shards() if part == 0 and self._forged(unit.key) else ()
        if last < pages:
            return change(press.leaves(unit.key, first, last), whole)
        made, count = change(press.leaves(unit.key, first), whole)
        stems = {path.partition(".")[0] for path in self.site.entries(unit.key)}
        made.stems |= {s for s in stems if (n := s.rpartition("/")[2]).isdigit() and int(n) > pages}
        return made, count

    def _forged(self, shard: str) -> bool:
        try:
            self.site.entries(shard)
        except manifest.BadSignature:
            return True
        return False


def bake_unit(bench: Bench, unit: Unit, distrust: Collection[str] = ()) -> tuple[int, int]:
    """Make one unit and bring it into the tree; returns how many pages it has and how many files changed.

    A delivery that went by between the reading of the rows and the writing makes the unit be made again, alone with
    the deliveries: a page that was withdrawn meanwhile must not come back.
    """
    done = [_bake_part(bench, unit, part, distrust) for part in range(bench.parts(unit))]
    return sum(count for count, _changed in done), sum(changed for _count, changed in done)


def _bake_part(bench: Bench, unit: Unit, part: int, distrust: Collection[str]) -> tuple[int, int]:
    turn = bench.site.turn()
    made, count = bench.made(unit, turn, part)
    made.distrust = set(distrust)

    def afresh() -> Change | None:
        nonlocal count
        if (now := bench.site.turn()) == turn:
            return None
        newer, count = bench.made(unit, now, part)
        newer.distrust = set(distrust)
        return newer

    changed = len(bench.site.commit(made, afresh=afresh))
    return count, changed


def units(source: Source) -> list[Unit]:
    """Every unit of the site: fixed pages, lists, then documents from the newest folder down."""
    found = [Unit("fixed", "")] + [Unit("lists", folder) for folder in source.listings]
    found += [Unit("data", bulk.FOLDER), Unit("gazette", "gazette")]
    for place, number in enumerate(source.folders()):
        found.append(Unit("recent" if place < _RECENT else "documents", f"doc/{number}"))
    return found
