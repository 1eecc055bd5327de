"""Reads one YAML file of a form strictly: unknown keys, wrong words and wrong types name file, key and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

TAG = re.compile(r"V(:S\d+)?|M|\?|D")


class FormError(Exception):
    """A form's file is wrong: which file, which key, what would be allowed."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(f"{file}: {key}: {problem}")
        self.file, self.key, self.problem = file, key, problem


class _Loader(yaml.SafeLoader):
    """SafeLoader that refuses a key written twice: the second would silently win."""


def _mapping(loader: _Loader, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key {key.value!r} twice", key.start_mark)
        seen.add(key.value)
    return yaml.SafeLoader.construct_mapping(loader, node, deep)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read(path: Path) -> dict[str, Any]:
    """The file's mapping. FormError for anything that is not YAML with a mapping at its root."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 (a SafeLoader with one more refusal)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as wrong:
        raise FormError(path.name, "(file)", str(wrong)) from wrong
    if not isinstance(data, dict):
        raise FormError(path.name, "(file)", "must be a mapping")
    return data


class Node:
    """One mapping of the file, with the key path that led to it. Every access checks the type and the words."""

    def __init__(self, file: str, key: str, data: object) -> None:
        self.file, self.key = file, key
        if not isinstance(data, Mapping):
            raise FormError(file, key, f"must be a mapping, not {data!r}")
        self.data: Mapping[str, Any] = data

    def wrong(self, key: str, problem: str) -> FormError:
        """The error for one key of this mapping."""
        return FormError(self.file, f"{self.key}.{key}".lstrip("."), problem)

    def only(self, *allowed: str) -> Node:
        """Refuse keys outside ``allowed``."""
        for key in self.data:
            if key not in allowed:
                raise self.wrong(str(key), f"unknown key; allowed: {', '.join(allowed)}")
        return self

    def text(self, key: str, default: str | None = None, words: Sequence[str] = ()) -> str:
        """A string; one of ``words`` where given."""
        value = self.data.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, f"must be a text, not {value!r}")
        if words and value not in words:
            raise self.wrong(key, f"{value!r} is not one of: {', '.join(words)}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, f"must be true or false, not {value!r}")
        return value

    def year(self, key: str, optional: bool = False) -> int | None:
        """A year, or null where optional."""
        value = self.data.get(key)
        if value is None and optional:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(key, f"must be a year, not {value!r}")
        return value

    def tag(self, default: str | None = None) -> str:
        """Where the datum is from: V, V:Sn, M, ? or D."""
        value = self.text("tag", default)
        if not TAG.fullmatch(value):
            raise self.wrong("tag", f"{value!r} is not one of: V, V:S<n>, M, ?, D")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings, empty where absent."""
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, f"must be a list of texts, not {value!r}")
        return tuple(value)

    def items(self, key: str) -> list[object]:
        """A list that is not empty."""
        value = self.data.get(key)
        if not isinstance(value, list) or not value:
            raise self.wrong(key, "must be a list that is not empty")
        return value

    def nodes(self, key: str) -> list[Node]:
        """A list of mappings that is not empty."""
        return [
            Node(self.file, f"{self.key}.{key}[{i}]".lstrip("."), item)
            for i, item in enumerate(self.items(key))
        ]

    def node(self, key: str, optional: bool = False) -> Node | None:
        """A mapping, or None where optional and absent."""
        if optional and self.data.get(key) is None:
            return None
        return Node(self.file, f"{self.key}.{key}".lstrip("."), self.data.get(key))
