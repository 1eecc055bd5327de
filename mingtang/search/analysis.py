"""How a text becomes terms: one normal form, words as rjieba cuts them, and every pair of neighbouring characters.

Pairs find any quoted passage whatever the words; words rank. Both fields are joined with spaces for tantivy.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import rjieba
import yaml

_DATA = Path(__file__).parent / "words.yaml"
# What stands between two runs of characters: everything that is neither a letter nor a figure.
_APART = re.compile(r"[\W_]+")
# 国办发〔2019〕14号, 国办发[2019]14号, 国办发 2019 14 号, 国办发2019年第14号
_NUMBER = re.compile(
    r"(?<![\w])(?P<office>[一-鿿]{1,14}?)\s*[〔\[【(（<《]?\s*(?P<year>(?:19|20)\d{2})\s*年?\s*[〕\]】)）>》]?\s*第?\s*"
    r"(?P<serial>\d{1,5})\s*号(?![\w])|(?<![\w])(?P<office2>[一-鿿]{1,14}?)\s*[〔\[【(（]\s*(?P<year2>(?:19|20)\d{2})\s*[〕\]】)）]\s*(?P<serial2>\d{1,5})(?![\d])"
)


@cache
def _data() -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load(_DATA.read_text("utf-8"))
    return found


def normal(text: str) -> str:
    """One form of a text: compatibility characters folded (full-width to half), small letters."""
    return unicodedata.normalize("NFKC", text).lower()


def runs(text: str) -> list[str]:
    """The unbroken runs of letters and figures of any text, in normal form."""
    # Marks go first: without them most texts are in normal form already, which is quick to see.
    bare = _APART.sub(" ", text)
    folded = normal(bare)
    return (folded if len(folded) == len(bare) else _APART.sub(" ", folded)).split()


def pairs(text: str) -> list[str]:
    """Every two neighbouring characters of each run; a character alone between two breaks is none.

    A quoted passage is a phrase of these: no pair stands across a break, so no other passage has them in this order.
    """
    return _paired(" ".join(runs(text)))


def _paired(joined: str) -> list[str]:
    return [a + b for a, b in pairwise(joined) if a != " " != b]


def fields(text: str) -> tuple[str, str]:
    """A text as two fields of an index, terms joined with spaces: its words, and its pairs."""
    joined = " ".join(runs(text))
    return " ".join(rjieba.cut(joined, False)), " ".join(_paired(joined))


def words(text: str) -> list[str]:
    """The words of a query, each once, in their order; characters that no word holds stand together (a name, a slip)."""
    made: list[str] = []
    for run in runs(text):
        loose = ""
        for word in [*rjieba.cut(run, False), ""]:
            if len(word) == 1:
                loose += word
                continue
            made += [w for w in (loose, word) if w]
            loose = ""
    return list(dict.fromkeys(made))


@cache
def _frame() -> re.Pattern[str]:
    frames = sorted(_data()["frames"], key=len, reverse=True)
    return re.compile("|".join(map(re.escape, frames)))


def content(text: str) -> str:
    """A question without what every question has ("什么", "如何", "的"): what it is about."""
    return _frame().sub(" ", text)


@cache
def _synonyms() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for line in _data()["synonyms"]:
        group = tuple(normal(w) for w in line.split())
        for word in group:
            known[word] = tuple(w for w in group if w != word)
    return known


def synonyms(word: str) -> tuple[str, ...]:
    """Other words for the same thing: 社保 is 社会保险."""
    return _synonyms().get(word, ())


@lru_cache(maxsize=4096)
def same_number(text: str) -> str:
    """A document number (文号) in one spelling, "国办发2019-14"; empty when the text is none."""
    found = _NUMBER.fullmatch(normal(text).strip())
    if found is None:
        return ""
    office = found["office"] or found["office2"]
    return f"{office}{found['year'] or found['year2']}-{int(found['serial'] or found['serial2'])}"
