"""A set of files becomes visible whole or not at all, whatever moment the process dies."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mingtang.portal.bake import manifest
from mingtang.portal.bake.writer import Change, Fault, Tree

SEED = "11" * 32


class Killed(Exception):
    """The process ends here."""


@pytest.fixture
def tree(tmp_path) -> Tree:
    made = Tree(tmp_path / "site", manifest.Signer(SEED))
    made.root.mkdir()
    made.commit(_pages("旧"))
    return made


def _pages(word: str, extra: tuple[str, ...] = ("doc/0/9-1.pdf",)) -> Change:
    pages = {"index.html": word, "doc/0/9.html": word, "doc/0/9.json.gz": word, "col/notice/index.html": word}
    made = Change(writes={path: f"{path}{text}".encode() for path, text in pages.items()})
    made.writes |= dict.fromkeys(extra, b"%PDF")
    made.packed = {"index.html", "doc/0/9.html", "col/notice/index.html"}
    made.stems = {"doc/0/9"}
    return made


def _content(tree: Tree) -> dict[str, bytes]:
    files = (f for f in tree.root.rglob("*") if f.is_file() and ".bake" not in f.parts)
    return {f.relative_to(tree.root).as_posix(): f.read_bytes() for f in files}


def _moments(tree: Tree) -> list[str]:
    seen: list[str] = []
    tree.commit(_pages("新", ()), seen.append)
    return seen


def test_a_site_just_baked_is_as_its_manifest_says(tree):
    assert tree.check() == []
    assert tree.root.joinpath("index.html").read_text() == "index.html旧"


def test_a_crash_at_any_moment_leaves_a_site_that_verifies_and_a_restart_that_finishes(tmp_path):
    def fresh(place: int) -> Tree:
        made = Tree(tmp_path / str(place), manifest.Signer(SEED))
        made.root.mkdir()
        made.commit(_pages("旧"))
        return made

    whole = fresh(10_000)
    moments = _moments(whole)
    old, new = _content(fresh(10_001)), _content(whole)
    assert len(moments) > 10
    for place in range(len(moments)):
        tree, left = fresh(place), [place]

        def die(moment: str, left=left) -> None:
            if left[0] == 0:
                raise Killed(moment)
            left[0] -= 1

        with pytest.raises(Killed):
            tree.commit(_pages("新", ()), die)
        assert tree.check() == [], f"after dying at {moments[place]}"
        for path, content in _content(tree).items():
            assert content in (old.get(path), new.get(path)), path
        tree.recover()
        assert tree.check() == []
        assert _content(tree) == (old if moments[place] == "written aside" else new)


def test_the_same_set_again_changes_nothing(tree):
    before = {f: f.stat().st_mtime_ns for f in tree.root.rglob("*") if f.is_file() and ".bake" not in f.parts}
    assert tree.commit(_pages("旧")) == []
    after = {f: f.stat().st_mtime_ns for f in tree.root.rglob("*") if f.is_file() and ".bake" not in f.parts}
    assert after == before


def test_only_what_differs_is_written_again(tree):
    change = _pages("旧")
    change.writes["index.html"] = b"other"
    assert tree.commit(change) == ["index.html", "index.html.gz"]


def test_an_attachment_that_a_page_no_longer_has_goes_with_the_same_set(tree):
    assert (tree.root / "doc/0/9-1.pdf").exists()
    tree.commit(_pages("旧", ()))
    assert not (tree.root / "doc/0/9-1.pdf").exists()
    assert tree.check() == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [("index.html", "changed"), ("doc/0/9.json.gz", "changed"), ("manifest/doc/0.sha256", "changed")],
)
def test_one_changed_byte_is_named(tree, path, kind):
    file = tree.root / path
    content = bytearray(file.read_bytes())
    content[3] ^= 1
    file.write_bytes(content)
    assert Fault(path, kind) in tree.check()


def test_a_page_that_was_slipped_in_is_named(tree):
    (tree.root / "col/notice/9.html").write_text("暗链")
    assert tree.check() == [Fault("col/notice/9.html", "unlisted")]


def test_a_lost_page_is_named(tree):
    (tree.root / "index.html").unlink()
    assert tree.check() == [Fault("index.html", "missing")]


def test_a_list_signed_with_another_key_is_not_believed(tree):
    forged = manifest.Signer("22" * 32).write({"index.html": "0" * 64})
    (tree.root / manifest.ROOT).write_bytes(forged)
    assert tree.check() == [Fault(manifest.ROOT, "signature")]


def test_a_list_changed_together_with_its_page_does_not_become_signed_by_the_next_set(tree):
    file = tree.root / "manifest/doc/0.sha256"
    file.write_bytes(file.read_bytes().replace(b"doc/0/9.html", b"doc/0/8.html"))
    with pytest.raises(manifest.BadSignature):
        tree.commit(_pages("新"))


def test_the_manifest_can_be_read_by_sha256sum(tree):
    lines = (tree.root / "manifest/doc/0.sha256").read_text().splitlines()
    assert [line.split("  ")[1] for line in lines[:-1]] == [
        "doc/0/9-1.pdf", "doc/0/9.html", "doc/0/9.html.gz", "doc/0/9.json.gz",
    ]  # fmt: skip
    assert lines[-1].startswith("# ed25519 ")


def test_sets_that_arrive_at_one_moment_all_arrive(tree):
    """Four writers, twenty-five pages each, all in one folder and all renewing the front page."""

    def write(worker: int) -> None:
        for n in range(25):
            page = f"doc/0/{100 + worker * 25 + n}.html"
            made = Change(
                writes={page: page.encode(), "index.html": page.encode()}, packed={page, "index.html"}
            )
            tree.commit(made)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert tree.check() == []
    pages = {f"doc/0/{n}.html" for n in range(100, 200)}
    assert pages <= tree.entries("doc/0").keys()
    assert (tree.root / "index.html").read_text() in pages


_WRITER = """
import sys
from pathlib import Path
from mingtang.portal.bake import manifest
from mingtang.portal.bake.writer import Change, Tree
tree = Tree(Path(sys.argv[1]), manifest.Signer(sys.argv[2]))
for n in range(100_000):
    pages = {f"doc/0/{page}.html": f"{n} {page}".encode() * 200 for page in range(n % 3, 12)}
    tree.commit(Change(writes=pages, packed=set(pages), whole={"doc/0"}))
    print(n, flush=True)
"""


@pytest.mark.parametrize("pause", [0.01, 0.05, 0.09, 0.13, 0.17])
def test_a_writer_killed_without_warning_leaves_a_site_that_verifies(tmp_path, pause):
    root = tmp_path / "site"
    command = [sys.executable, "-c", _WRITER, str(root), SEED]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert process.stdout is not None
    assert process.stdout.readline() == b"0\n"
    time.sleep(pause)
    process.kill()
    process.wait()
    process.stdout.close()
    tree = Tree(root, manifest.Signer(SEED))
    assert tree.check() == []
    tree.recover()
    assert tree.check() == []
    assert tree.intents() == []
    words = {file.read_text().split()[0] for file in (root / "doc/0").glob("*.html")}
    assert len(words) == 1, "pages of two sets stand beside each other"
