"""The tree on disk: sets of files that change together, whole or not at all, whatever moment the power goes.

A set is written aside; then an *intent* (what moves where, what goes) is put down in one rename; only then are the
files renamed into place, after them the lists, the root and the removals, and the intent is closed. Until it is closed
``check`` accepts old or new, and ``recover`` finishes it. One lock serialises the moves; rendering and writing aside
need none.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from mingtang.portal.bake import manifest

WORK = ".bake"


@dataclass(frozen=True)
class Fault:
    """One file that is not as the manifest says. ``kind``: missing | changed | unlisted | signature."""

    path: str
    kind: str

    @property
    def text(self) -> str:
        words = {
            "missing": "缺失",
            "changed": "内容被改动",
            "unlisted": "不在清单中",
            "signature": "签名不对",
        }
        return f"{self.path}：{words[self.kind]}"


@dataclass
class Change:
    """A set that becomes visible together. ``whole``: folders of which this is everything there is.

    ``packed``: pages beside which their gzip lies; it is made here, and only for pages that differ.
    ``copies``: path → (digest, file outside the tree) for files that are taken over as they are.
    ``stems``: of these page stems nothing but what is written stays (an attachment that is gone goes too).
    ``distrust``: files that are written again though the lists call them right: they were found changed.
    """

    writes: dict[str, bytes] = field(default_factory=dict)
    packed: set[str] = field(default_factory=set)
    copies: dict[str, tuple[str, Path]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)
    distrust: set[str] = field(default_factory=set)

    def shards(self) -> set[str]:
        paths = self.writes.keys() | self.copies.keys() | self.stems
        return {manifest.shard_of(p) for p in paths} | self.whole

    def replaced(self, shard: str, there: Iterable[str]) -> list[str]:
        """Of a folder's files those that belong to this set, and so go when they are not written again."""
        if shard in self.whole:
            return list(there)
        stems = [s for s in self.stems if manifest.shard_of(s) == shard]
        # What follows a stem is its ending, or an attachment's name. A list may hold a hundred thousand files.
        begun = tuple(f"{stem}{mark}" for stem in stems for mark in ".-")
        return [p for p in there if p.startswith(begun) or p in stems] if stems else []


@dataclass
class _Plan:
    """What a set does to the tree: renames in their order, removals, and the folders' entries afterwards."""

    moves: list[tuple[str, str, str]] = field(default_factory=list)
    removals: list[str] = field(default_factory=list)
    entries: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: dict[str, bytes] = field(default_factory=dict)


def pack(content: bytes) -> bytes:
    """gzip, level 6, without a time: equal contents are equal bytes."""
    return gzip.compress(content, 6, mtime=0)


class Tree:
    """The baked site below one folder."""

    def __init__(self, root: Path, signer: manifest.Signer):
        self.root, self.signer = root, signer
        self.work = root / WORK

    # --- reading ---------------------------------------------------------------------------------------------

    def entries(self, shard: str) -> dict[str, str]:
        """What a folder's list says, its signature checked; empty when there is no list."""
        return self._list(manifest.list_path(shard))

    def roots(self) -> dict[str, str]:
        """The root: lists and their digests."""
        return self._list(manifest.ROOT)

    def _list(self, path: str) -> dict[str, str]:
        content = self._raw(path)
        return self.signer.read(content, path) if content else {}

    # --- writing ---------------------------------------------------------------------------------------------

    @contextmanager
    def locked(self, what: str = "lock") -> Iterator[None]:
        """Alone with the tree, also among processes. ``what`` names another lock than the one of the moves."""
        self.work.mkdir(parents=True, exist_ok=True)
        with open(self.work / what, "w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def turn(self) -> str:
        """A mark that changes with every delivery: pages made under another mark may be older than the tree."""
        try:
            return (self.work / "turn").read_text()
        except FileNotFoundError:
            return ""

    def turned(self) -> None:
        """Change the mark. Call alone with the deliveries, before the rows are read."""
        draft = self.work / "turn.draft"
        draft.write_text(secrets.token_hex(8))
        os.replace(draft, self.work / "turn")

    def holds(self, shard: str) -> bool:
        """Whether a folder's list stands as the signed root says."""
        path = manifest.list_path(shard)
        try:
            return self.roots().get(path) == manifest.digest(self._raw(path))
        except manifest.BadSignature:
            return False

    def commit(
        self,
        change: Change,
        stop: Callable[[str], None] = lambda moment: None,
        afresh: Callable[[], Change | None] | None = None,
    ) -> list[str]:
        """Bring a set into the tree; returns the paths that changed or went. Equal contents are left alone.

        ``afresh`` is asked alone with the deliveries, at the last moment: what it returns goes in place of the set.
        ``stop`` is called at every moment at which a crash can happen, for the tests that crash there. Raises
        BadSignature when a list that must be kept in part is not ours.
        """
        token = f"{os.getpid()}-{secrets.token_hex(6)}"
        aside = self.work / "aside" / token
        aside.mkdir(parents=True)
        intent = self.work / "intents" / f"{token}.json"
        try:
            plan = self._prepare(change, aside)
            stop("written aside")
            with self.locked("deliveries") if afresh else nullcontext():
                newer = afresh() if afresh else None
                with self.locked():
                    self._recover()
                    if newer is not None or self._moved_on(plan):
                        plan = self._prepare(newer or change, aside)
                    self._list_anew(plan, aside)
                    if not plan.moves and not plan.removals:
                        return []
                    self._intend(intent, plan)
                    stop("intended")
                    self._apply(aside, plan.moves, plan.removals, stop)
                    intent.unlink()
        finally:
            if not intent.exists():
                shutil.rmtree(aside, ignore_errors=True)
        return sorted(
            [t for _n, t, _d in plan.moves if manifest.shard_of(t).split("/")[0] != manifest.FOLDER]
            + plan.removals
        )

    def _moved_on(self, plan: _Plan) -> bool:
        """Whether a list that a plan was compared with is another one by now."""
        return any(self._raw(manifest.list_path(shard)) != raw for shard, raw in plan.seen.items())

    def _prepare(self, change: Change, aside: Path) -> _Plan:
        """Compare a set with the lists and write what differs aside; needs no lock, but what was seen must still hold."""
        plan = _Plan()
        for shard in change.shards():
            plan.seen[shard] = self._raw(manifest.list_path(shard))
            plan.entries[shard] = {}
        old = {shard: self._old(shard, shard in change.whole) for shard in plan.entries}
        for path in change.distrust:
            old.get(manifest.shard_of(path), {}).pop(path, None)
        for path, content in change.writes.items():
            shard = manifest.shard_of(path)
            fresh = self._put(plan, aside, old[shard], path, manifest.digest(content), content)
            if path not in change.packed:
                continue
            beside = path + ".gz"
            if fresh or beside not in old[shard] or not (self.root / beside).exists():
                packed = pack(content)
                self._put(plan, aside, old[shard], beside, manifest.digest(packed), packed)
            else:
                plan.entries[shard][beside] = old[shard][beside]
        for path, (known, file) in change.copies.items():
            self._put(plan, aside, old[manifest.shard_of(path)], path, known, file)
        for shard, entries in plan.entries.items():
            left = {p: known for p, known in old[shard].items() if p not in entries}
            for path in change.replaced(shard, left):
                plan.removals.append(path)
                del left[path]
            entries |= left
        return plan

    def _put(
        self, plan: _Plan, aside: Path, old: dict[str, str], path: str, known: str, content: bytes | Path
    ) -> bool:
        """Note a file's digest, and write it aside when the tree has another; returns whether it has."""
        plan.entries[manifest.shard_of(path)][path] = known
        if old.get(path) == known and (self.root / path).exists():
            return False
        name = str(len(plan.moves))
        target = f"{aside}/{name}"  # strings: building a Path for each file costs as much as writing it
        if isinstance(content, Path):
            shutil.copyfile(content, target)
        else:
            with open(target, "wb", buffering=0) as out:
                out.write(content)
        plan.moves.append((name, path, known))
        return True

    def _list_anew(self, plan: _Plan, aside: Path) -> None:
        """Add to a plan the lists of its folders and the root, where they differ."""
        root = self._roots_or_anew()
        lists: dict[str, bytes] = {}
        for shard, entries in plan.entries.items():
            path = manifest.list_path(shard)
            if entries:
                lists[path] = self.signer.write(entries)
                root[path] = manifest.digest(lists[path])
            else:
                root.pop(path, None)
                if (self.root / path).exists():
                    plan.removals.append(path)
        lists[manifest.ROOT] = self.signer.write(root)
        for path, content in lists.items():
            if self._raw(path) != content:
                name = str(len(plan.moves))
                (aside / name).write_bytes(content)
                plan.moves.append((name, path, manifest.digest(content)))

    def _raw(self, path: str) -> bytes:
        try:
            return (self.root / path).read_bytes()
        except FileNotFoundError:
            return b""

    def _roots_or_anew(self) -> dict[str, str]:
        try:
            return self.roots()
        except manifest.BadSignature:
            return self._relist()

    def _relist(self) -> dict[str, str]:
        """A root made again from the lists whose own signature holds."""
        found = {}
        for file in sorted((self.root / manifest.FOLDER).rglob("*.sha256")):
            path = file.relative_to(self.root).as_posix()
            content = file.read_bytes()
            if path != manifest.ROOT:
                try:
                    self.signer.read(content, path)
                except manifest.BadSignature:
                    continue
                found[path] = manifest.digest(content)
        return found

    def _old(self, shard: str, whole: bool) -> dict[str, str]:
        """A folder's present entries. Of a folder that is replaced whole, what lies on disk counts too."""
        try:
            found = self.entries(shard)
        except manifest.BadSignature:
            if not whole:
                raise
            found = {}
        folder = self.root / shard
        if whole and folder.is_dir():
            for file in os.scandir(folder):
                if file.is_file(follow_symlinks=False):
                    found.setdefault(f"{shard}/{file.name}".removeprefix("./"), "")
        return found

    def _intend(self, intent: Path, plan: _Plan) -> None:
        intent.parent.mkdir(exist_ok=True)
        draft = intent.with_suffix(".draft")
        with open(draft, "w") as out:
            json.dump({"moves": plan.moves, "removals": plan.removals}, out)
            out.flush()
            os.fsync(out.fileno())
        os.replace(draft, intent)

    def _apply(
        self,
        aside: Path,
        moves: Iterable[tuple[str, str, str]],
        removals: Iterable[str],
        stop: Callable[[str], None],
    ) -> None:
        made: set[str] = set()
        for name, target, _digest in moves:
            place = f"{self.root}/{target}"
            if (folder := os.path.dirname(place)) not in made:
                os.makedirs(folder, exist_ok=True)
                made.add(folder)
            try:
                os.replace(f"{aside}/{name}", place)
            except FileNotFoundError:  # moved before the crash
                if not os.path.exists(place):
                    raise
            stop(f"moved {target}")
        for path in removals:
            (self.root / path).unlink(missing_ok=True)
            stop(f"removed {path}")

    def discard(self, path: str) -> None:
        """Delete a file that was slipped in, and the folders that held nothing else."""
        file = self.root / path
        file.unlink(missing_ok=True)
        for folder in file.parents:
            if folder == self.root or any(folder.iterdir()):
                break
            folder.rmdir()

    def intents(self) -> list[Path]:
        return sorted((self.work / "intents").glob("*.json")) if self.work.exists() else []

    def recover(self) -> int:
        """Finish what a crash left open; returns how many sets were finished."""
        with self.locked():
            return self._recover()

    def _recover(self) -> int:
        done = 0
        for file in self.intents():
            intent = json.loads(file.read_text())
            aside = self.work / "aside" / file.stem
            self._apply(aside, intent["moves"], intent["removals"], lambda moment: None)
            file.unlink()
            shutil.rmtree(aside, ignore_errors=True)
            done += 1
        for folder in (self.work / "aside").glob("*") if (self.work / "aside").exists() else ():
            if not _alive(int(folder.name.split("-")[0])):
                shutil.rmtree(folder, ignore_errors=True)
        return done

    # --- checking --------------------------------------------------------------------------------------------

    def check(self) -> list[Fault]:
        """Every file that is not as the manifest says. Doubts are looked at again alone with the tree."""
        if not self._scan():
            return []
        with self.locked():
            return self._scan()

    def _scan(self) -> list[Fault]:
        expected, gone = self._open_sets()
        try:
            roots = self.roots()
        except manifest.BadSignature:
            return [Fault(manifest.ROOT, "signature")]
        if not roots and not (self.root / manifest.ROOT).exists():
            return [Fault(manifest.ROOT, "missing")] if any(self.root.glob("*")) else []
        faults: list[Fault] = []
        listed = {manifest.ROOT}
        for path, wanted in roots.items():
            listed.add(path)
            state = self._state(path, wanted, expected, gone)
            if state:
                faults.append(Fault(path, state))
                continue
            try:
                entries = self.entries(manifest.shard_at(path))
            except manifest.BadSignature:
                faults.append(Fault(path, "signature"))
                continue
            listed |= entries.keys()
            found = ((p, self._state(p, d, expected, gone)) for p, d in entries.items())
            faults += [Fault(p, state) for p, state in found if state]
        broken = {manifest.shard_at(f.path) for f in faults if f.path.startswith(manifest.FOLDER)}
        for path in self._on_disk():
            if (
                path not in listed
                and path not in expected
                and path not in gone
                and manifest.shard_of(path) not in broken
            ):
                faults.append(Fault(path, "unlisted"))
        return faults

    def _state(self, path: str, wanted: str, expected: dict[str, set[str]], gone: set[str]) -> str:
        try:
            found = manifest.digest((self.root / path).read_bytes())
        except FileNotFoundError:
            return "" if path in gone or path in expected else "missing"
        return "" if found == wanted or found in expected.get(path, ()) else "changed"

    def _open_sets(self) -> tuple[dict[str, set[str]], set[str]]:
        expected: dict[str, set[str]] = {}
        gone: set[str] = set()
        for file in self.intents():
            try:
                intent = json.loads(file.read_text())
            except FileNotFoundError:  # closed a moment ago
                continue
            for _name, target, new in intent["moves"]:
                expected.setdefault(target, set()).add(new)
            gone |= set(intent["removals"])
        return expected, gone

    def _on_disk(self) -> Iterator[str]:
        for folder, folders, files in os.walk(self.root):
            folders[:] = [f for f in folders if f != WORK]
            base = Path(folder).relative_to(self.root).as_posix()
            yield from (f"{base}/{name}".removeprefix("./") for name in files)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
