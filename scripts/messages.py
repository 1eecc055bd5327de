"""The one catalogue of the interface: what is said in Chinese, and how it is said in English.

    python scripts/messages.py            write the .po anew (translations are kept) and compile the .mo
    python scripts/messages.py --check    exit 1 when either file is stale or a message has no translation

Messages come from three places: gettext calls in Python, templates of both engines, and the VOCABULARIES, lists of
words that rooms without gettext hand up to be shown. No line numbers, no dates: the same messages give the same bytes.
The .mo is written here, since GNU gettext is not on every machine that runs the platform.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import re
import struct
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ROOT / "mingtang"
PO = ROOT / "mingtang/config/locale/en/LC_MESSAGES/django.po"
MO = PO.with_suffix(".mo")
HEADER = (
    "Project-Id-Version: mingtang\nLanguage: en\nMIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n"
    "Plural-Forms: nplurals=2; plural=(n != 1);\n"
)
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
CHINESE = re.compile("[\u3400-\u9fff]")
# Lists whose words a page translates when it shows them: module and name. A list may hold lists; of objects the
# attribute after the colon is taken.
VOCABULARIES = (
    (
        "mingtang.casework.api",
        "ID_TYPES CHANNELS APPLICANTS CLASSES DELIVERIES STATES STEP_TEXTS EVIDENCE REQUESTS.rows:label",
    ),
    ("mingtang.disclosure.api", "COLUMNS:title KINDS:title OVERTURNED SECTORS STATES VALIDITIES"),
    ("mingtang.disclosure.models", "Duty.CADENCES IssuedPaper.SOURCES"),
    ("mingtang.ledger.api", "ROLES:title Agency.TYPES"),
    ("mingtang.ledger.models", "Succession.KINDS"),
    ("mingtang.oversight.models", "Report.STATES"),
    ("mingtang.portal.api", "CHANNELS"),
    ("mingtang.desk.releases.fields", "LABELS FIELDS:label FIELDS:hint"),
    ("mingtang.portal.models", "Release.STATES Release.LINKS"),
    ("mingtang.portal.counter.forms", "STEPS"),
    ("mingtang.portal.bake.shelves", "_GROUPS"),
    ("mingtang.desk.frame", "ROOMS"),
    ("mingtang.desk.queue.lanes", "LANES KINDS"),
    ("mingtang.desk.chips", "_WAITS"),
    ("mingtang.desk.records.naming", "SUBJECTS _WORDS"),
    ("mingtang.desk.keeping.passing", "_KINDS"),
    ("mingtang.desk.keeping.background", "CONSUMERS"),
    ("mingtang.desk.keeping.laws", "KINDS"),
    ("mingtang.desk.keeping.organs", "LEVELS"),
    ("mingtang.desk.registers.views", "BOOKS:title BOOKS:about MEETINGS COURSES CHIEF _SHOWN"),
    ("mingtang.desk.cases.showing", "_DRAWN"),
    ("mingtang.desk.cases.facts", "_NOTE _WAYS _METHODS _SCOPES"),
    ("mingtang.desk.cases.views", "_PERIODS"),
    ("mingtang.desk.documents.views", "_STATES"),
    ("mingtang.desk.documents.fields", "_ATTRIBUTES"),
    ("mingtang.desk.documents.showing", "_PLACE"),
    ("mingtang.desk.reports.figures", "HOW"),
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|\{\w*\}")


# --- gathering -----------------------------------------------------------------------------------------------


def gathered() -> dict[str, list[str]]:
    """Every message of the interface with the files that say it, in the order of files and lines."""
    found: dict[str, list[str]] = {}
    for place, said in _everywhere():
        for message in said:
            where = found.setdefault(message, [])
            if place not in where:
                where.append(place)
    return found


def _everywhere() -> Iterator[tuple[str, Iterable[str]]]:
    for file in sorted(ROOMS.rglob("*.py")):
        yield _name(file), in_python(file.read_text(encoding="utf-8"))
    for file in sorted((ROOMS / "portal/templates").rglob("*.html")):
        yield _name(file), in_jinja(file.read_text(encoding="utf-8"))
    for file in sorted((ROOMS / "desk/templates").rglob("*.html")):
        yield _name(file), in_django(file.read_text(encoding="utf-8"))
    for module, names in VOCABULARIES:
        for name in names.split():
            yield f"{module}.{name}", in_vocabulary(module, name)
    yield "mingtang.law.norms", outcomes()
    yield "mingtang.law.calendar", holidays()
    yield "mingtang.disclosure.kinds", of_documents()


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def in_python(source: str) -> Iterator[str]:
    """Literals that are handed to gettext, and the words of the desk's form fields."""
    calls = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)]
    for call in sorted(calls, key=lambda n: (n.lineno, n.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        if name == "Field":
            words = [
                n.value for n in ast.walk(call) if isinstance(n, ast.Constant) and isinstance(n.value, str)
            ]
            yield from (w for w in words if CHINESE.search(w))
        first = call.args[0] if name in CALLS and call.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def in_jinja(source: str) -> Iterator[str]:
    """Literals of ``_("…")`` in a template of the portal."""
    from jinja2 import Environment, nodes

    for call in Environment(autoescape=True).parse(source).find_all(nodes.Call):
        first = (
            call.args[0]
            if isinstance(call.node, nodes.Name) and call.node.name == "_" and call.args
            else None
        )
        if isinstance(first, nodes.Const) and isinstance(first.value, str):
            yield first.value


_SAID = re.compile(r"""(?:gettext|_)\(u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\)""")


def in_django(source: str) -> Iterator[str]:
    """Messages of ``translate``, ``blocktranslate`` and ``_("…")`` in a template of the desk."""
    from django.utils.translation.template import templatize

    for said in _SAID.findall(templatize(source)):
        yield ast.literal_eval(said)


def in_vocabulary(module: str, path: str) -> Iterator[str]:
    """The Chinese words of one list, in its order."""
    name, _colon, attribute = path.partition(":")
    held: Any = importlib.import_module(module)
    for part in name.split("."):
        held = getattr(held, part)
    yield from _words(held, attribute)


def outcomes() -> Iterator[str]:
    """The ways an application ends, of both Regulations."""
    from mingtang.law import api as law

    for day in (date(2018, 1, 2), date(2026, 1, 5)):
        found = law.on(day)
        assert isinstance(found, law.Law)
        yield from (outcome.name for outcome in found.outcomes())


def holidays() -> Iterator[str]:
    """Names of holidays in the notices of the State Council; days that carry two names are said one by one."""
    for file in sorted((ROOMS / "law/calendar").glob("*.yaml")):
        for name in re.findall(r"name: *([^\s,}]+)", file.read_text(encoding="utf-8")):
            yield from name.strip("'\"").split("、")


def of_documents() -> Iterator[str]:
    """The verbs of every chain of review, and the labels of the fields that only some kinds have."""
    from mingtang.disclosure import api as disclosure

    for table in disclosure.CHAINS.values():
        yield from (row.label for row in table.rows)
    for kind in disclosure.KINDS.values():
        yield from (field.label for field in kind.fields)


def _words(held: Any, attribute: str = "") -> Iterator[str]:
    if isinstance(held, str):
        if len(held) > 1 and CHINESE.search(held):  # one sign is a seal, which is drawn
            yield held
    elif isinstance(held, Mapping):
        for value in held.values():
            yield from _words(value, attribute)
    elif isinstance(held, Iterable):
        for value in held:
            yield from _words(value, attribute)
    elif attribute:
        yield from _words(getattr(held, attribute))


# --- the two files -------------------------------------------------------------------------------------------


def read_po(text: str) -> dict[str, str]:
    """Message → translation of a .po without plurals, as this script writes it."""
    found: dict[str, str] = {}
    kind, held = "", {"msgid": "", "msgstr": ""}
    for line in [*text.splitlines(), 'msgid ""']:
        key, _space, rest = line.partition(" ")
        if key == "msgid":
            if held["msgid"]:
                found[held["msgid"]] = held["msgstr"]
            held = {"msgid": "", "msgstr": ""}
        if key in held:
            kind, line = key, rest
        if kind and line.startswith('"'):
            held[kind] += ast.literal_eval(line)
    return found


def write_po(messages: Mapping[str, list[str]], known: Mapping[str, str]) -> str:
    """The .po of these messages, in order."""
    blocks = ['msgid ""\nmsgstr ""\n' + "\n".join(_quoted(line) for line in HEADER.splitlines(keepends=True))]
    for message, places in messages.items():
        about = "".join(f"#: {place}\n" for place in places)
        flag = "#, python-format\n" if re.search(r"%\(|%[sd]", message) else ""
        blocks.append(f"{about}{flag}msgid {_quoted(message)}\nmsgstr {_quoted(known.get(message, ''))}")
    return "\n\n".join(blocks) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def compiled(known: Mapping[str, str]) -> bytes:
    """The .mo: two tables of lengths and places, sorted by message, then the words themselves (GNU gettext manual)."""
    pairs = sorted(
        (m.encode(), t.encode()) for m, t in {"": HEADER, **{m: t for m, t in known.items() if t}}.items()
    )
    count, head = len(pairs), 28
    at = head + 16 * count
    tables: list[list[int]] = [[], []]
    words = b""
    for side in (0, 1):
        for pair in pairs:
            tables[side] += [len(pair[side]), at + len(words)]
            words += pair[side] + b"\0"
    start = struct.pack("<7I", 0x950412DE, 0, count, head, head + 8 * count, 0, at)
    return start + struct.pack(f"<{4 * count}I", *tables[0], *tables[1]) + words


# --- judging -------------------------------------------------------------------------------------------------


def faults() -> list[str]:
    """What is wrong with the catalogue as it lies there, one sentence each; nothing when it is complete and fresh."""
    messages = gathered()
    text = PO.read_text(encoding="utf-8") if PO.exists() else ""
    known = read_po(text)
    wrong = [f"not translated: {m}" for m in messages if not known.get(m)]
    wrong += [f"no longer said: {m}" for m in known if m not in messages]
    for message, translation in known.items():
        said, told = (sorted(PLACEHOLDER.findall(words)) for words in (message, translation))
        if translation and said != told:
            wrong.append(f"placeholders differ: {message} / {translation}")
    if not wrong and text != write_po(messages, known):
        wrong.append(f"stale: {_name(PO)}")
    if not MO.exists() or MO.read_bytes() != compiled(known):
        wrong.append(f"stale: {_name(MO)}")
    return wrong


def write() -> int:
    """Write both files; the number of messages that still want a translation."""
    messages = gathered()
    known = read_po(PO.read_text(encoding="utf-8")) if PO.exists() else {}
    kept = {m: known.get(m, "") for m in messages}
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_text(write_po(messages, kept), encoding="utf-8")
    MO.write_bytes(compiled(kept))
    return sum(not t for t in kept.values())


def ready(home: str) -> None:
    """Let the rooms be imported: with Django set up, over this empty home, so that no installation is touched."""
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "mingtang.config.settings"
    os.environ["MINGTANG_HOME"] = home
    import django

    django.setup()


def check() -> int:
    """Name what is wrong; 1 when anything is."""
    wrong = faults()
    sys.stderr.writelines(f"{fault}\n" for fault in wrong)
    return 1 if wrong else 0


def renew() -> int:
    """Write both files and say how much is left to translate."""
    left = write()
    sys.stdout.write(f"{len(gathered())} messages, {left} without a translation\n")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Extract, keep and compile the messages of the interface.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 unless complete and fresh"
    )
    wanted: Any = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mingtang-messages-") as home:
        ready(home)
        return check() if wanted.check else renew()


if __name__ == "__main__":
    sys.exit(main())
