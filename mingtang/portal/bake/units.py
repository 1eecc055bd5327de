"""Units of a bake: a folder, or all fixed pages. Each becomes visible as one set."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings

from mingtang.ledger import api as ledger
from mingtang.portal import links, look
from mingtang.portal.bake import bulk, manifest
from mingtang.portal.bake.press import FIXED, Baked, Press, as_json
from mingtang.portal.bake.source import Source
from mingtang.portal.bake.writer import Change, Tree, pack

STAGES = ("fixed", "lists", "data", "gazette", "recent", "documents")
# Folders of a thousand documents that count as recent.
_RECENT = 2


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

    def made(self, unit: Unit, turn: str) -> tuple[Change, int]:
        """One unit as a set of files, and how many pages it has. ``turn``: the tree's mark, read before this call."""
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
            return change(
                press.leaves([unit.key] if unit.key in press.source.listings else []), unit.shards()
            )
        if unit.stage == "data":
            data = Change(whole=unit.shards())
            bulk.add(data, press.source)
            return data, 0
        if unit.stage == "gazette":
            return change(press.issues(), unit.shards())
        ids = press.source.in_folder(int(unit.key.removeprefix("doc/")))
        return change(press.documents(ids), unit.shards())


def bake_unit(bench: Bench, unit: Unit, distrust: Collection[str] = ()) -> tuple[int, int]:
    """Make one unit and bring it into the tree; returns how many pages it has and how many files changed.

    A delivery that went by between the reading of the rows and the writing makes the unit be made again, alone with
    the deliveries: a page that was withdrawn meanwhile must not come back.
    """
    turn = bench.site.turn()
    made, count = bench.made(unit, turn)
    made.distrust = set(distrust)

    def afresh() -> Change | None:
        nonlocal count
        if (now := bench.site.turn()) == turn:
            return None
        newer, count = bench.made(unit, now)
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
