"""YAML as people write it, read strictly. Whoever edited a file is told file, place and what is wrong there, in our words.

The package's files and a city's own go through the same reading. Text that arrives from outside is read without
aliases, since a small file could unfold into a huge one.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import yaml

_PACKAGE = Path(__file__).parents[1]
_TWICE = "a key written twice"


class Malformed(ValueError):
    """A file is wrong: which file, which key or place, what is wrong and what would be allowed."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(f"{file}：{key}：{problem}")
        self.file, self.key, self.problem = file, key, problem


class _Strict:
    """Refuses a key written twice (the second would silently win), and says where a value is that cannot be one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            # A key that is a list or a table itself is refused by the parser.
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(_TWICE, None, key.value[:40], key.start_mark)
                seen.add(key.value)
        return yaml.constructor.SafeConstructor.construct_mapping(self, node, deep)  # type: ignore[arg-type]

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return yaml.constructor.SafeConstructor.construct_object(self, node, deep)  # type: ignore[arg-type]
        except (ValueError, OverflowError) as wrong:  # the 30th of February
            raise yaml.constructor.ConstructorError(None, None, "no value", node.start_mark) from wrong


class _Own(_Strict, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """For the installation's own files: fast where libyaml is there."""


class _Given(_Strict, yaml.SafeLoader):
    """For text from outside: no aliases."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)


def given_yaml(text: str, file: str) -> Mapping[str, Any]:
    """The mapping that a text from outside is. Raises Malformed."""
    return _mapping(text, file, _Given)


def read_yaml(path: Path, file: str = "", *, empty: bool = False) -> Mapping[str, Any]:
    """The mapping in a file of the package or the installation. Raises Malformed.

    ``file``: what it is called; ``empty``: a file with nothing in it is an empty mapping.
    """
    file = file or (str(path.relative_to(_PACKAGE)) if path.is_relative_to(_PACKAGE) else path.name)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as wrong:
        raise Malformed(file, f"第 {wrong.start + 1} 个字节", "不是 UTF-8 文本") from wrong
    except OSError as wrong:
        raise Malformed(file, "（全文）", "没有这个文件，或读不了") from wrong
    return _mapping(text, file, _Own, empty=empty)


def _mapping(text: str, file: str, loader: Any, *, empty: bool = False) -> Mapping[str, Any]:
    try:
        data = yaml.load(text, loader)  # noqa: S506 (a SafeLoader with more refusals)
    except (yaml.YAMLError, RecursionError) as wrong:
        raise Malformed(file, *_unread(wrong)) from wrong
    if data is None and empty:
        return {}
    if not isinstance(data, dict):
        raise Malformed(file, "（全文）", "应为“键: 值”的表")
    return data


def _unread(wrong: Exception) -> tuple[str, str]:
    """Where a text stops being YAML, and what to look for there: the parser's words are of no use to a city."""
    if isinstance(wrong, RecursionError):
        return "（全文）", "一层套一层，套得太深"
    mark = getattr(wrong, "problem_mark", None)
    if mark is None:
        return "（全文）", "不是有效的 YAML：不用锚点和别名（&、*），不含控制字符"
    where = f"第 {mark.line + 1} 行第 {mark.column + 1} 个字"
    if not isinstance(wrong, yaml.constructor.ConstructorError):
        return where, "从这里起不是有效的 YAML：请核对这一行和上一行的缩进、冒号后的空格、成对的引号和括号"
    if wrong.context == _TWICE:
        return where, f"“{wrong.problem}”这个键写了两遍"
    return where, "这里的值不能用：日期应真有其日，键和值应为普通的文字、数字、列表或表"
