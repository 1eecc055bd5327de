"""Reads one YAML file of a form strictly: unknown keys, wrong words and wrong types name file, key and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mingtang.law.plain_yaml import Malformed

TAG = re.compile(r"V(:S\d+)?|M|\?|D")


class Node:
    """One mapping of the file, with the key path that led to it. Every access checks the type and the words."""

    def __init__(self, file: str, key: str, data: object) -> None:
        self.file, self.key = file, key
        if not isinstance(data, Mapping):
            raise Malformed(file, key, f"must be a mapping, not {data!r}")
        self.data: Mapping[str, Any] = data

    def wrong(self, key: str, problem: str) -> Malformed:
        """The error for one key of this mapping."""
        return Malformed(self.file, f"{self.key}.{key}".lstrip("."), problem)

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
