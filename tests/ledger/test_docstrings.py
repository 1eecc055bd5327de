"""Whoever reads a verb of the ledger learns what it means, what it raises and where it comes from."""

import ast
import inspect
from pathlib import Path

import pytest

from mingtang.ledger import agencies
from mingtang.ledger import api as ledger

HOME = Path(ledger.__file__).parent


def _public(node, path=""):
    """(name, node) of every public class and function, inner functions left aside."""
    for child in node.body:
        if isinstance(child, (ast.ClassDef, ast.FunctionDef)) and not child.name.startswith("_"):
            if child.name != "Meta":
                yield f"{path}{child.name}", child
            if isinstance(child, ast.ClassDef):
                yield from _public(child, f"{path}{child.name}.")


@pytest.mark.parametrize("file", sorted(p.name for p in HOME.glob("*.py")))
def test_everything_public_in_the_ledger_says_what_it_means_and_what_it_raises(file):
    for name, node in _public(ast.parse((HOME / file).read_text(encoding="utf-8"))):
        text = ast.get_docstring(node) or ""
        assert text, f"{file}: {name}"
        if isinstance(node, ast.FunctionDef):
            raised = [
                r.exc for r in ast.walk(node) if isinstance(r, ast.Raise) and isinstance(r.exc, ast.Call)
            ]
            for error in raised:
                assert ast.unparse(error.func) in text, f"{file}: {name} raises {ast.unparse(error.func)}"


@pytest.mark.parametrize("verb", sorted(v for v, (power, _) in agencies.VERBS.items() if power))
def test_every_verb_of_a_person_names_its_source(verb):
    assert "Source: " in inspect.getdoc(agencies.VERBS[verb][1])
