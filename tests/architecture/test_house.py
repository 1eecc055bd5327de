"""The house: rooms, doors, and what the import linter cannot see. Each check is shown to fail when broken."""

from __future__ import annotations

import ast
import dataclasses
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ROOT / "mingtang"
STACK = ["config", "desk", "oversight", "portal", "casework", "disclosure", "ledger", "law", "search"]
# The two faces may speak HTTP; ledger.clock alone reads the time.
FACES = {"desk", "portal", "config"}
_WEB = ("django.http", "django.forms", "django.template", "django.shortcuts")
_CLOCKS = {
    ("timezone", "now"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
}


def imports_of(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    return found


def web_imports(source: str) -> set[str]:
    """Imports of Django's web half."""
    return {i for i in imports_of(source) if i.startswith(_WEB)}


def clock_reads(source: str) -> list[int]:
    """Lines that ask the system for the time."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in _CLOCKS
    ]


def unsaid_standing(source: str) -> list[int]:
    """The module (line 0) and functions (their lines) that ask ``may(by, …)`` and record an Act without the verdict's ``standing``."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.FunctionDef)):
            calls = [c for c in ast.walk(node) if isinstance(c, ast.Call)]
            named = {c.func.id for c in calls if isinstance(c.func, ast.Name)}
            said = any(
                isinstance(c.func, ast.Attribute) and c.func.attr in ("standing", "standing_for")
                for c in calls
            )
            asks = any(
                isinstance(c.func, ast.Name) and c.func.id == "may" and c.args
                and isinstance(c.args[0], ast.Name) and c.args[0].id == "by" for c in calls
            )  # fmt: skip
            if asks and "record" in named and not said:
                found.append(getattr(node, "lineno", 0))
    return found


def foreign_models(source: str, room: str) -> list[str]:
    """Ways round a door: another room's models, Django's admin, a model form outside the owner."""
    found = [
        i
        for i in imports_of(source)
        if ".models" in i and i.startswith("mingtang.") and not i.startswith(f"mingtang.{room}.")
    ]
    found += [i for i in imports_of(source) if i.startswith("django.contrib.admin")]
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "get_model"
        ):
            found.append(f"get_model at line {node.lineno}")
    return found


def sources():
    for path in sorted(ROOMS.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, path.relative_to(ROOMS).parts[0], path.read_text(encoding="utf-8")


def test_no_room_below_the_two_faces_speaks_http():
    broken = [
        f"{p.relative_to(ROOT)}: {web}"
        for p, room, s in sources()
        if room not in FACES and (web := web_imports(s))
    ]
    assert broken == []


def test_the_http_check_fails_when_a_lower_room_imports_it():
    assert web_imports("from django.http import HttpResponse") == {"django.http", "django.http.HttpResponse"}


def test_only_the_ledgers_clock_reads_the_time():
    broken = [
        f"{p.relative_to(ROOT)}:{line}"
        for p, _, s in sources()
        if p.name != "clock.py"
        for line in clock_reads(s)
    ]
    assert broken == []


def test_the_clock_check_fails_when_code_reads_the_time():
    assert clock_reads("from datetime import date\nx = date.today()\n") == [2]


def test_every_module_that_asks_for_a_power_and_records_says_for_whom():
    broken = [f"{p.relative_to(ROOT)}: {line}" for p, _room, s in sources() for line in unsaid_standing(s)]
    assert broken == []


def test_the_standing_check_fails_on_an_act_that_names_nobody_absent():
    asked = "def f(by):\n    verdict = may(by, 'x')\n"
    assert unsaid_standing(asked + "    record(1)\n") == [0, 1]
    assert unsaid_standing(asked + "def g():\n    record(1)\n") == [0]
    assert unsaid_standing(asked + "    with verdict.standing():\n        record(1)\n") == []
    assert unsaid_standing(asked) == []


def test_no_room_goes_round_another_rooms_door():
    broken = [
        f"{p.relative_to(ROOT)}: {found}" for p, room, s in sources() if (found := foreign_models(s, room))
    ]
    assert broken == []


def test_the_door_check_fails_on_foreign_models_and_on_get_model():
    assert foreign_models("from mingtang.ledger.models import Act", "desk") == [
        "mingtang.ledger.models",
        "mingtang.ledger.models.Act",
    ] or set(foreign_models("from mingtang.ledger.models import Act", "desk")) == {
        "mingtang.ledger.models",
        "mingtang.ledger.models.Act",
    }
    assert foreign_models("apps.get_model('ledger', 'Act')", "desk") == ["get_model at line 1"]


def test_every_foreign_key_across_rooms_points_down():
    upward = []
    for model in apps.get_models():
        room = model._meta.app_config.name.removeprefix("mingtang.")
        if room not in STACK:
            continue
        for field in model._meta.get_fields():
            if field.is_relation and field.many_to_one and field.related_model is not None:
                target = field.related_model._meta.app_config.name.removeprefix("mingtang.")
                if target in STACK and STACK.index(target) < STACK.index(room):
                    upward.append(f"{model.__name__}.{field.name} -> {target}")
    assert upward == []


def test_every_room_says_what_it_is_for():
    silent = [
        room
        for room in STACK
        if not (ast.get_docstring(ast.parse((ROOMS / room / "__init__.py").read_text())) or "").strip()
    ]
    assert silent == []


@pytest.fixture
def copied_house(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOMS, tmp_path / "mingtang", ignore=shutil.ignore_patterns("__pycache__", "*.yaml", "static")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("room_file", "line"),
    [
        ("ledger/numbers.py", "import mingtang.casework.api"),
        ("desk/apps.py", "import mingtang.ledger.models"),
        ("law/types.py", "import django"),
    ],
    ids=["upward import", "past the door", "law reaching Django"],
)
def test_the_import_linter_fails_on(copied_house: Path, room_file: str, line: str):
    target = copied_house / "mingtang" / room_file
    text = target.read_text()
    future = "from __future__ import annotations\n"
    target.write_text(text.replace(future, future + line + "\n", 1) if future in text else line + "\n" + text)
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [linter, "--no-cache"],
        cwd=copied_house,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(copied_house)},
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


# --- what a door hands out ------------------------------------------------------------------------------------

AS_KEPT = {("ledger", "agency"), ("ledger", "person")}  # docs/decisions/0003


def shelves() -> dict[tuple[str, str], Any]:
    """Every word of every door's ``find``."""
    from mingtang.casework.rows import SHELVES as casework
    from mingtang.disclosure.rows import SHELVES as disclosure
    from mingtang.ledger.rows import SHELVES as ledger
    from mingtang.oversight.rows import SHELVES as oversight
    from mingtang.portal.releases import SHELVES as portal

    rooms = {
        "ledger": ledger,
        "disclosure": disclosure,
        "casework": casework,
        "portal": portal,
        "oversight": oversight,
    }
    return {(room, what): shelf for room, held in rooms.items() for what, shelf in held.items()}


def writable(shelf: Any) -> bool:
    """Could whoever holds a row of this shelf change it?"""
    return not (dataclasses.is_dataclass(shelf.row) and shelf.row.__dataclass_params__.frozen)


@pytest.mark.parametrize(("room", "what"), sorted(shelves()))
def test_what_a_door_hands_out_is_frozen(room, what):
    assert writable(shelves()[room, what]) == ((room, what) in AS_KEPT)


def test_a_row_that_could_be_written_would_be_found():
    @dataclasses.dataclass
    class Open:
        id: int

    from mingtang.ledger.models import Act

    assert all(writable(SimpleNamespace(row=row)) for row in (Open, Act))


@pytest.mark.django_db
@pytest.mark.parametrize(("room", "what"), sorted(shelves()))
def test_every_declared_name_can_be_asked_for(room, what):
    shelf = shelves()[room, what]
    for name in shelf.names:
        assert list(shelf.find().order("pk").values(name)) == []
        assert not shelf.find(**{f"{name}__isnull": True}).exists()


def long_functions(source: str, most: int = 40) -> list[str]:
    """Functions of more lines than a screen holds."""
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= most
    ]


def test_no_function_of_casework_desk_oversight_or_the_checks_is_longer_than_forty_lines():
    rooms = ("casework", "desk", "oversight", "disclosure/checks")
    paths = [p for room in rooms for p in (ROOMS / room).rglob("*.py")]
    assert {p.name: found for p in paths if (found := long_functions(p.read_text("utf-8")))} == {}


def test_a_function_of_forty_one_lines_would_be_found():
    assert long_functions("def long():\n" + "    pass\n" * 40) == ["long"]
    assert long_functions("def fits():\n" + "    pass\n" * 39) == []
