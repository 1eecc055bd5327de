"""From what a person types to a tantivy query: “…” is a passage, -word excludes, a document number finds its paper.

A few words: each must stand there, whole. A question (many words, or so worded): ranked by all the pairs of characters
it has in common, what every question says taken off. Nothing a person can type is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import opencc
from tantivy import FieldType, Occur, Query, Schema

from mingtang.search.analysis import content, normal, pairs, runs, same_number, synonyms, words
from mingtang.search.types import Question

# Longer than this nobody asks; the rest is not read.
_LONGEST = 200
# From so many characters on without a break, it is a question.
_QUESTION = 10
_ASKS = re.compile(r"[?？吗呢]|什么|如何|怎么|怎样|哪|多少|是否|何时|谁")
_QUOTED = re.compile(r"[\"“”„「『]([^\"“”„」』「『]*)[\"“”」』]")
_EXCLUDED = re.compile(r"(?:^|\s)[-－−](\w{1,40})")
_TITLE_BOOST, _WORD_BOOST, _LOOSE_TITLE = 3.0, 0.6, 0.05
_MOST_PAIRS = 80
# The part of its pairs that an answer to a question has at least.
_SHARED = 0.3


@dataclass(frozen=True)
class Parsed:
    """What a person means: passages and words that must stand there, what must not, and what is only ranked by."""

    passages: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    question: str = ""
    number: str = ""

    @property
    def marked(self) -> tuple[str, ...]:
        """What to mark in a text."""
        asked = tuple(w for w in words(self.question) if len(w) > 1)
        return tuple(dict.fromkeys((*self.passages, *self.terms, *asked)))


@cache
def _to_simplified() -> Callable[[str], str]:
    return opencc.OpenCC("t2s").convert


def parse(typed: str) -> Parsed:
    """What is meant by what was typed; control characters and unbalanced marks are as if not typed."""
    text = normal("".join(c if c.isprintable() else " " for c in typed[:_LONGEST]))
    text = _to_simplified()(text)
    number = same_number(text)
    passages = tuple(" ".join(runs(m)) for m in _QUOTED.findall(text) if runs(m))
    rest = _QUOTED.sub(" ", text)
    without = tuple(_EXCLUDED.findall(rest))
    rest = _EXCLUDED.sub(" ", rest)
    if number:
        # Its own paper first, then those that name it.
        office, _, serial = number.rpartition("-")
        return Parsed((*passages, f"{office[:-4]} {office[-4:]} {serial}号"), (), without, "", number)
    about = content(rest)
    longest = max(map(len, runs(rest)), default=0)
    if longest > _QUESTION or _ASKS.search(rest):
        # A question of which nothing is left is about its own words.
        return Parsed(passages, (), without, about if runs(about) else rest)
    # A character alone says little beside words, and is all there is when it is all that was typed.
    return Parsed(passages, tuple([w for w in words(about) if len(w) > 1] or words(rest)), without)


class Builder:
    """Queries over one schema."""

    def __init__(self, schema: Schema):
        """``schema``: of the index that will be asked."""
        self._schema = schema

    def passage(self, text: str, field: str = "pairs") -> Query:
        """Entries in which this passage stands, character by character, breaks aside."""
        terms = pairs(text)
        if len(terms) > 1:
            return Query.phrase_query(self._schema, field, list(terms))
        if terms:
            return Query.term_query(self._schema, field, terms[0])
        if (alone := runs(text)[0]).isascii():  # a letter or figure in every other word is no find
            return Query.term_query(self._schema, "words", alone)
        letter = re.escape(alone)
        return Query.regex_query(self._schema, field, f"{letter}.?|.{letter}")

    def _any(self, queries: list[Query]) -> Query:
        return queries[0] if len(queries) == 1 else Query.disjunction_max_query(queries, 0.0)

    def _word(self, word: str) -> Query:
        """A word stands there, or one for the same thing; more when it is a word of its own, or in the title."""
        forms = [self.passage(w) for w in (word, *synonyms(word))]
        better = [
            (Occur.Should, Query.boost_query(self.passage(word, "heads"), _TITLE_BOOST)),
            (Occur.Should, Query.boost_query(Query.term_query(self._schema, "words", word), _WORD_BOOST)),
        ]
        return Query.boolean_query([(Occur.Must, self._any(forms)), *better])

    def _ranked(self, text: str) -> Query | None:
        """Entries that share pairs with a text, some of them at least; None when the text has none."""
        terms = list(dict.fromkeys(pairs(text)))[:_MOST_PAIRS]
        if not terms:
            return None
        body = [(Occur.Should, Query.term_query(self._schema, "pairs", p)) for p in terms]
        shared = Query.boolean_query(body, max(1, round(len(terms) * _SHARED)))
        head = [
            (Occur.Should, Query.boost_query(Query.term_query(self._schema, "heads", p), _LOOSE_TITLE))
            for p in terms
        ]
        return Query.boolean_query([(Occur.Must, shared), *head])

    def filters(self, question: Question) -> list[tuple[Occur, Query]]:
        """What keeps the entries of the facets and days asked for."""
        kept = [
            (Occur.Must, Query.term_set_query(self._schema, name, list(values)))
            for name, values in question.only.items()
            if values
        ]
        if question.since or question.until:
            low = question.since.toordinal() if question.since else None
            high = question.until.toordinal() if question.until else None
            kept.append((Occur.Must, Query.range_query(self._schema, "day", FieldType.Integer, low, high)))
        # A filter is no merit.
        return [(occur, Query.const_score_query(query, 0.0)) for occur, query in kept]

    def query(self, meant: Parsed, question: Question, *, loose: bool = False) -> Query:
        """Of what is meant, with the filters; ``loose``: some of the words are enough."""
        must: list[tuple[Occur, Query]] = [(Occur.Must, self.passage(p)) for p in meant.passages]
        if loose:
            ranked = self._ranked(" ".join((*meant.terms, meant.question)))
            # Words without a pair (one letter) have no near answer; everything is none.
            asked = bool(meant.terms or meant.question)
            must += [(Occur.Must, ranked)] if ranked else [(Occur.Must, Query.empty_query())] * asked
        else:
            must += [(Occur.Must, self._word(w)) for w in meant.terms]
            if meant.question and (ranked := self._ranked(meant.question)):
                must.append((Occur.Must, ranked))
        if meant.number:
            own = Query.boost_query(Query.term_query(self._schema, "number", meant.number), 100.0)
            must = [(Occur.Must, self._any([own, Query.boolean_query(must)]))]
        if not must:
            must = [(Occur.Must, Query.all_query())]
        must += [(Occur.MustNot, self.passage(w)) for w in meant.without]
        return Query.boolean_query(must + self.filters(question))
