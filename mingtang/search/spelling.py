"""Words that entries' titles use, and the likelier one for a word that nobody uses: the same sound, or one character off."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from pypinyin import lazy_pinyin

from mingtang.search.analysis import normal, words

_MOST = 40_000
_SHORTEST, _LONGEST = 2, 12


def sound(text: str) -> str:
    """How a text sounds, in pinyin without tones: "社保" is "shebao"."""
    return "".join(lazy_pinyin(text))


class Vocabulary:
    """Words with how many titles have them, kept in one JSON file beside the index."""

    def __init__(self, counts: Counter[str]):
        """``counts``: titles by word."""
        self.counts = counts

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        # A second for forty thousand words: made when the first slip is looked up.
        found: dict[str, list[str]] = defaultdict(list)
        for word in self.counts:
            found[sound(word)].append(word)
        return found

    @cached_property
    def _by_rest(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for word in self.counts:
            for rest in self._rests(word):
                found[rest].append(word)
        return found

    @staticmethod
    def _rests(word: str) -> set[str]:
        """A word with one character open."""
        return {f"{word[:i]}?{word[i + 1 :]}" for i in range(len(word))} if len(word) > 2 else set()

    @classmethod
    def of(cls, titles: Iterable[str]) -> Vocabulary:
        """The words of these titles."""
        counts: Counter[str] = Counter()
        for title in titles:
            counts.update(
                w for w in words(normal(title)) if _SHORTEST <= len(w) <= _LONGEST and not w.isdigit()
            )
        return cls(Counter(dict(counts.most_common(_MOST))))

    @classmethod
    def load(cls, file: Path) -> Vocabulary:
        """From its file; an absent or broken one is an empty vocabulary."""
        try:
            return cls(Counter(json.loads(file.read_text("utf-8"))))
        except (OSError, ValueError):
            return cls(Counter())

    def save(self, file: Path) -> None:
        """Into its file, at once or not at all."""
        aside = file.with_suffix(".new")
        aside.write_text(json.dumps(self.counts, ensure_ascii=False), "utf-8")
        aside.replace(file)

    def rather(self, word: str) -> str:
        """The likeliest known word for an unknown one; empty when there is none or it is known."""
        if word in self.counts or len(word) < _SHORTEST:
            return ""
        same = self._by_sound.get(word if word.isascii() else sound(word), [])
        near = [w for rest in self._rests(word) for w in self._by_rest.get(rest, ())]
        found = [w for w in same or near if w != word]
        return max(found, key=lambda w: (self.counts[w], w), default="")

    def beginning(self, typed: str, many: int) -> list[str]:
        """The commonest words that begin as typed, or sound so."""
        if typed.isascii() and len(typed) > 1:
            found = [w for said, of in self._by_sound.items() if said.startswith(typed) for w in of]
        else:
            found = [w for w in self.counts if w.startswith(typed)]
        return sorted(found, key=lambda w: -self.counts[w])[:many]
