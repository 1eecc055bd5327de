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


def bake_unit(press: Press, unit: Unit, distrust: Collection[str] = ()) -> tuple[int, int]:
    """Make one unit and bring it into the tree; returns how many pages it has and how many files changed."""
    if unit.stage == "fixed":
        made, count = change((press.fixed(url) for url in FIXED), unit.shards())
        add_static(made)
    elif unit.stage == "lists":
        made, count = change(press.leaves([unit.key]), unit.shards())
    elif unit.stage == "data":
        made, count = Change(whole=unit.shards()), 0
        bulk.add(made, press.source)
    elif unit.stage == "gazette":
        made, count = change(press.issues(), unit.shards())
    else:
        ids = press.source.in_folder(int(unit.key.removeprefix("doc/")))
        made, count = change(press.documents(ids), unit.shards())
    made.distrust = set(distrust)
    return count, len(tree().commit(made))


def units(source: Source) -> list[Unit]:
    """Every unit of the site: fixed pages, lists, then documents from the newest folder down."""
    found = [Unit("fixed", "")] + [Unit("lists", folder) for folder in source.listings]
    found += [Unit("data", bulk.FOLDER), Unit("gazette", "gazette")]
    for place, number in enumerate(source.folders()):
        found.append(Unit("recent" if place < _RECENT else "documents", f"doc/{number}"))
    return found
