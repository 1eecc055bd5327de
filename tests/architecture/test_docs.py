"""The documentation is held to the program: links, titles, generated pages, the one dictionary."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.apps import apps

from mingtang.casework import api as casework
from mingtang.disclosure import api as disclosure
from mingtang.law import api as law
from mingtang.law import reading
from mingtang.ledger.api import ROLES
from mingtang.oversight.api import COUNTERS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
# The rows of "one change, one place", then the pages of an office's year: file → title.
HOW_TO = {
    "an-amended-time-limit": "An amended time limit",
    "an-amended-rule": "An amended rule",
    "a-holiday-notice": "A holiday notice",
    "a-report-format": "A report format",
    "a-publishing-channel": "A publishing channel",
    "an-inspection-rule": "An inspection rule",
    "a-document-kind": "A document kind",
    "a-role-or-power": "A role or power",
    "a-message-in-english": "A message in English",
    "audit-anybodys-report": "Audit anybody's report",
    "take-over-a-former-systems-year": "Take over a former system's year",
    "take-over-a-saved-site": "Take over a saved site",
    "list-the-service-items": "List the service items",
    "review-a-table-as-one-paper": "Review a table as one paper",
    "declare-a-figure-nobody-can-count": "Declare a figure nobody can count",
    "merge-split-or-rename-an-organ": "Merge, split or rename an organ",
    "run-in-service": "Run in service",
    "back-up-and-verify": "Back up and verify",
}
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"```.*?```", re.S)
_HEADING = re.compile(r"^#+ (.+)$", re.M)
_MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home/\w|Users|tmp/\w)[\w/.-]*")


def pages() -> Iterator[Path]:
    """Every Markdown page of the repository that is ours to read."""
    for folder in (ROOT, *sorted(p for p in DOCS.rglob("*") if p.is_dir()), DOCS):
        yield from sorted(folder.glob("*.md"))


def anchors(text: str) -> set[str]:
    """Headings as addresses: lower case, words joined by hyphens, no punctuation."""
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in _HEADING.findall(text)}


def broken_links(page: Path) -> list[str]:
    """Relative links of a page that lead to no file, or to a heading that is not there."""
    found = []
    for link in _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        place, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = (page.parent / place).resolve() if place else page
        if (
            not target.exists()
            or (anchor and anchor not in anchors(target.read_text(encoding="utf-8")))
            or ROOT not in target.parents
        ):
            found.append(f"{page.relative_to(ROOT) if ROOT in page.parents else page.name}: {link}")
    return found


def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def words_of(*files: Path) -> set[str]:
    """Everything that stands between back-quotes, and the commands' headings."""
    text = "\n".join(f.read_text(encoding="utf-8") for f in files)
    return set(re.findall(r"`([^`\n]+)`", text)) | set(re.findall(r"^## mingtang (.+)$", text, re.M))


def test_every_relative_link_leads_somewhere():
    assert [link for page in pages() for link in broken_links(page)] == []


def test_the_link_check_fails_on_a_page_that_is_not_there_and_on_a_missing_heading(tmp_path):
    page = tmp_path / "a.md"
    page.write_text("[x](nowhere.md) [y](#no-such-heading) [web](https://example.org/)", encoding="utf-8")
    assert broken_links(page) == ["a.md: nowhere.md", "a.md: #no-such-heading"]


@pytest.mark.parametrize("name", sorted(HOW_TO))
def test_a_how_to_page_bears_the_title_of_its_row(name):
    first = (DOCS / "how-to" / f"{name}.md").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# {HOW_TO[name]}"


def test_there_is_no_how_to_page_without_a_row():
    assert {p.stem for p in (DOCS / "how-to").glob("*.md")} == set(HOW_TO)


def test_the_index_names_every_page():
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    listed = {(DOCS / link.partition("#")[0]).resolve() for link in _LINK.findall(index)}
    ours = {p for p in DOCS.rglob("*.md") if "decisions" not in p.parts and p.name != "README.md"}
    assert sorted(str(p.relative_to(DOCS)) for p in ours - listed) == []


def test_the_generated_reference_is_fresh():
    assert reference().stale() == []


def test_a_stale_page_is_named(tmp_path, monkeypatch):
    module = reference()
    monkeypatch.setattr(module, "PAGES", tmp_path)
    monkeypatch.setattr(module, "REFERENCE", {"powers.md": module.powers})
    (tmp_path / "powers.md").write_text(module.powers() + "| edited by hand |", encoding="utf-8")
    assert module.stale() == ["powers.md"]


def test_a_command_without_its_exit_status_is_an_error(monkeypatch):
    module = reference()
    monkeypatch.setitem(module.WORDS, "exits", {"law due": "0"})
    with pytest.raises(LookupError, match="report audit"):
        module.commands()


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """(page, text) of every fenced block of a language."""
    for page in pages():
        for text in re.findall(
            rf"^ *```{language}\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.S | re.M
        ):
            yield str(page.relative_to(ROOT)), textwrap.dedent(text)


def unknown_commands(text: str, known: set[str]) -> list[str]:
    """Lines that call ``mingtang`` with a command it does not have."""
    found = []
    for words in re.findall(r"\bmingtang((?: +[a-z][a-z-]*)+)(?= |$)", text, re.M):
        said = words.split()
        if not {" ".join(said[:1]), " ".join(said[:2])} & known:
            found.append(" ".join(said))
    return found


def test_every_command_in_the_docs_exists():
    known = {name for name, _, _ in reference().every_command()}
    assert [(page, c) for page, text in blocks("sh") for c in unknown_commands(text, known)] == []


def test_the_command_check_fails_on_a_command_that_is_not_there():
    assert unknown_commands(
        "mingtang report compile --year 2017\npython -m mingtang backup now\n", {"report compile"}
    ) == ["backup now"]


def test_every_python_example_parses_and_takes_only_names_that_its_door_has():
    missing = []
    for page, text in blocks("python"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("mingtang"):
                door = importlib.import_module(str(node.module))
                missing += [
                    f"{page}: {node.module}.{a.name}"
                    for a in node.names
                    if not hasattr(door, a.name)
                    and importlib.util.find_spec(f"{node.module}.{a.name}") is None
                ]
    assert missing == []


def test_no_page_names_a_place_on_somebodys_machine():
    named = [
        f"{page.relative_to(ROOT)}: {place}"
        for page in pages()
        for place in _MACHINE.findall(page.read_text(encoding="utf-8"))
    ]
    assert named == []


def test_the_machine_check_fails_on_an_absolute_home():
    assert _MACHINE.findall("see /home/me/mingtang and /root/x, not docs/work/y") == [
        "/home/me/mingtang",
        "/root/x",
    ]


def test_the_dictionary_or_the_reference_has_every_word_of_the_program():
    written = words_of(DOCS / "glossary.md", *sorted((DOCS / "reference").glob("*.md")))
    verbs = {v for flow in (*disclosure.CHAINS.values(), casework.REQUESTS) for v in flow.verbs()}
    commands = {name for name, _, _ in reference().every_command()}
    words = {
        *verbs,
        *ROLES,
        *disclosure.KINDS,
        *law.STEPS,
        *law.CHANNELS,
        *casework.STEP_TEXTS,
        *COUNTERS,
        *commands,
    }
    assert sorted(words - written) == []


def test_the_dictionary_has_every_flow_verb_role_table_step_and_family_of_outcomes():
    written = words_of(DOCS / "glossary.md")
    verbs = {v for flow in (*disclosure.CHAINS.values(), casework.REQUESTS) for v in flow.verbs()}
    rooms = ("ledger", "disclosure", "casework", "portal", "oversight")
    tables = {m.__name__ for room in rooms for m in apps.get_app_config(room).get_models()}
    counted = {name.split(".")[1] for name in COUNTERS}
    families = {o.code.split("_")[0] for o in reading.outcomes("REG2019")}
    told = {w.rstrip("_…") for w in written}
    assert sorted((verbs | set(ROLES) | tables | set(law.STEPS) | counted) - written) == []
    assert sorted(families - told) == []


def test_every_norm_that_is_unsure_is_named_where_the_two_eras_are_explained():
    text = (DOCS / "explanation" / "two-eras.md").read_text(encoding="utf-8")
    unsure = {s.name for s in reading.norm_sheets().values() if any(v.tag in ("?", "M") for v in s.values)}
    configurable = {s.name for s in reading.norm_sheets().values() if s.configurable}
    assert sorted(name for name in unsure | configurable if f"`{name}`" not in text) == []
