"""One index on disk: a cache that can be made again from what it was made from.

One process writes, any number read; a reader sees a commit at its next question. A rebuilt index is made beside the
old one and takes its place at once: folders ``1``, ``2`` … under the index's own, and the file ``current`` naming one.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Occur, Order, Query

from mingtang.search.analysis import fields, normal, pairs, runs, same_number
from mingtang.search.querying import Builder, Parsed, parse
from mingtang.search.spelling import Vocabulary
from mingtang.search.types import Answer, Entry, Hit, Question, Stats

FACETS = ("organ", "theme", "kind", "year", "validity")
# Characters of a text that are read, and that are kept to show a passage of.
_READ, _KEPT = 200_000, 20_000
_HEAP, _THREADS = 400_000_000, 2
_FACET_VALUES = 100
_FURTHEST, _MOST = 10_000, 100
_BREAK = "\x00"
_ORDERS = {"newest": Order.Desc, "oldest": Order.Asc}


def _schema() -> tantivy.Schema:
    made = tantivy.SchemaBuilder()
    # Deleting by a term of an unsigned integer does nothing and says nothing: the key is text.
    made.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    made.add_text_field("number", stored=True, tokenizer_name="raw", index_option="basic")
    made.add_bytes_field("kept", stored=True)
    made.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    made.add_text_field("pairs", tokenizer_name="whitespace", index_option="position")
    made.add_text_field("heads", tokenizer_name="whitespace", index_option="position")
    for name in FACETS:
        made.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    made.add_integer_field("day", indexed=True, fast=True)
    made.add_float_field("merit", fast=True)
    return made.build()


def _merit(entry: Entry, length: int) -> float:
    """What a score is multiplied by, as tantivy wants it (it takes log2(2 + merit)).

    Long texts hold everything and answer little: BM25 as tantivy fixes it (b = 0.75) is a little too kind to them.
    What is in force stands above what is not, and of two alike the newer.
    """
    short = (1000 / max(100, length)) ** 0.08
    newer = 1 + min(60, max(0, (entry.day.year if entry.day else 0) - 1990)) / 600
    factor = 1.5 * short * newer * (0.6 + 0.4 * entry.standing)
    return float(2 ** max(1.0, factor) - 2)


def _written(entry: Entry) -> tantivy.Document:
    text = entry.text[:_READ]
    head = " · ".join((entry.title, *entry.names, entry.number))
    made = tantivy.Document()
    made.add_text("key", entry.key)
    if number := same_number(entry.number):
        made.add_text("number", number)
    made.add_bytes("kept", f"{entry.title}{_BREAK}{entry.text[:_KEPT]}".encode())
    whole = f"{head}\n{text}"
    by_word, by_pair = fields(whole)
    made.add_text("words", by_word)
    made.add_text("pairs", by_pair)
    made.add_text("heads", " ".join(pairs(head)))
    for name, values in entry.facets.items():
        if name not in FACETS:
            raise ValueError(f"no facet is named {name!r}; there are {', '.join(FACETS)}")
        for value in (values,) if isinstance(values, str) else values:
            if value:
                made.add_text(name, value)
    if entry.day:
        made.add_integer("day", entry.day.toordinal())
    made.add_float("merit", _merit(entry, len(whole)))
    return made


def _kept(stored: tantivy.Document) -> tuple[str, str]:
    """Title and text of an entry as they were put."""
    held: Any = stored.get_first("kept")
    title, _, text = bytes(held).decode().partition(_BREAK)
    return title, text


class Index:
    """An index in a folder; made when it is not there."""

    def __init__(self, folder: Path):
        """``folder``: of the index alone. Raises OSError when it cannot be written."""
        self._folder = Path(folder)
        self._generation = ""
        self._index: tantivy.Index
        self._writer: tantivy.IndexWriter | None = None
        self._titles: list[str] = []
        self._words, self._words_of = Vocabulary(Counter()), (self._folder, -1)
        self._open()

    def _open(self) -> None:
        """Look at the generation that is current, and at its last commit."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = self._current()
        if name and name == self._generation:
            self._index.reload()
            self._read_words()
            return
        if not name or not (self._folder / name / "meta.json").is_file():
            if name != (now := self._current()):  # a new generation took its place at this moment
                self._open()
                return
            name = now or "1"
            self._make(name)
            self._point(name)
        self._at = self._folder / name
        self._index = tantivy.Index.open(str(self._at))
        self._index.config_reader(reload_policy="manual")
        self._index.reload()
        self._generation, self._seen = name, self._stamp()
        self._builder = Builder(self._index.schema)
        self._read_words()

    def _current(self) -> str:
        """The generation that is asked; empty before there is one."""
        file = self._folder / "current"
        return file.read_text("ascii").strip() if file.is_file() else ""

    def _read_words(self) -> None:
        """The vocabulary, when it is another than the one at hand."""
        file = self._at / "words.json"
        at = file.stat().st_mtime_ns if file.is_file() else 0
        if (self._at, at) != self._words_of:
            self._words, self._words_of = Vocabulary.load(file), (self._at, at)

    def _make(self, name: str) -> tantivy.Index:
        at = self._folder / name
        shutil.rmtree(at, ignore_errors=True)
        at.mkdir()
        return tantivy.Index(_schema(), path=str(at), reuse=False)

    def _point(self, name: str) -> None:
        aside = self._folder / "current.new"
        aside.write_text(name, "ascii")
        aside.replace(self._folder / "current")

    def _stamp(self) -> tuple[int, int]:
        """When the generation was chosen, and when it was written to last; 0 once it is gone."""
        meta = self._at / "meta.json"
        with suppress(FileNotFoundError):
            return (self._folder / "current").stat().st_mtime_ns, meta.stat().st_mtime_ns
        return 0, 0

    def _fresh(self) -> tantivy.Searcher:
        if self._stamp() != self._seen:
            self._open()
            self._seen = self._stamp()
        return self._index.searcher()

    # Writing

    def put(self, entries: Iterable[Entry]) -> int:
        """Enter these or write them anew; to be found after ``commit``. Returns how many.

        Raises ValueError when another process is writing, or a facet is unknown.
        """
        done = 0
        for entry in entries:
            self.remove(entry.key)
            self._writing().add_document(_written(entry))
            self._titles.append(entry.title)
            done += 1
        return done

    def remove(self, key: str) -> None:
        """Take an entry out; gone after ``commit``. None of that key is no error."""
        self._writing().delete_documents_by_term("key", key)

    def commit(self) -> None:
        """What was put and removed is so from now on, for every reader; the writer's lock is given back."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.commit()
            writer.wait_merging_threads()
        added = Vocabulary.of(self._titles).counts
        self._titles = []
        if added.keys() - self._words.counts.keys():
            Vocabulary(self._words.counts + added).save(self._at / "words.json")
        self._open()

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._fresh()  # another process may have made a new generation
            self._writer = self._index.writer(heap_size=_HEAP // 8, num_threads=1)
        return self._writer

    def rebuild(self, entries: Iterable[Entry]) -> int:
        """Make a new generation of these entries and put it in the place of the old one; returns how many.

        Readers answer from the old one meanwhile. A crash leaves the old one.
        """
        name = str(int(self._generation) + 1)
        fresh = self._make(name)
        writer = fresh.writer(heap_size=_HEAP, num_threads=_THREADS)
        done, titles = 0, []
        for entry in entries:
            writer.add_document(_written(entry))
            titles.append(entry.title)
            done += 1
        writer.commit()
        writer.wait_merging_threads()
        Vocabulary.of(titles).save(self._folder / name / "words.json")
        old = self._generation
        self._point(name)
        self._open()
        shutil.rmtree(self._folder / old, ignore_errors=True)
        return done

    # Asking

    def ask(self, question: Question) -> Answer:
        """What answers a question, the best first; nothing that a person can type raises."""
        searcher, meant = self._fresh(), parse(question.words)
        query, loose = self._builder.query(meant, question), False
        answer = self._found(searcher, query, question, meant)
        if not answer.total and meant.terms:
            loose = True
            query = self._builder.query(meant, question, loose=True)
            answer = self._found(searcher, query, question, meant)
        return replace(
            answer,
            facets=self._counts(searcher, query, question.counted),
            loose=loose,
            rather=self._rather(searcher, meant) if loose or not answer.total else "",
        )

    def _found(self, searcher: tantivy.Searcher, query: Query, question: Question, meant: Parsed) -> Answer:
        many, first = min(question.many, _MOST), min(max(0, question.first), _FURTHEST)
        order = _ORDERS.get(question.by)
        if order is not None:
            result = searcher.search(query, many, order_by_field="day", order=order, offset=first)
        else:
            result = searcher.search(query, many, weight_by_field="merit", offset=first)
        hits = []
        for score, address in result.hits:
            stored = searcher.doc(address)
            title, text = _kept(stored)
            exact = bool(meant.number) and stored.get_first("number") == meant.number
            key = str(stored.get_first("key"))
            hits.append(Hit(key, title, text, float(score) if order is None else 0.0, exact))
        total: int = result.count  # type: ignore[attr-defined]  # it is there; the stub forgot it
        return Answer(total, tuple(hits), {}, meant.marked)

    def _counts(
        self, searcher: tantivy.Searcher, query: Query, names: tuple[str, ...]
    ) -> dict[str, tuple[tuple[str, int], ...]]:
        if not names:
            return {}
        asked = {name: {"terms": {"field": name, "size": _FACET_VALUES}} for name in names}
        found = searcher.aggregate(query, asked)
        return {n: tuple((b["key"], int(b["doc_count"])) for b in found[n]["buckets"]) for n in names}

    def _rather(self, searcher: tantivy.Searcher, meant: Parsed) -> str:
        """The words with unknown ones replaced by their likeliest spelling; empty when nothing changes."""
        better = tuple(self._stands(searcher, self._words.rather(w)) or w for w in meant.terms)
        whole = self._stands(searcher, self._words.rather("".join(meant.terms)))
        return whole or ("" if better == meant.terms else "".join(better))

    def _stands(self, searcher: tantivy.Searcher, word: str) -> str:
        """The word when a title has it today, else nothing: the vocabulary remembers titles that were taken back."""
        found = word and searcher.search(self._builder.passage(word, "heads"), 1, count=False).hits
        return word if found else ""

    def suggest(self, typed: str, many: int = 8) -> list[tuple[str, str]]:
        """Titles with their keys in which what is typed so far stands, the likeliest first.

        For very little typed, common words of titles, with an empty key.
        """
        text = "".join(runs(normal(typed[:40])))
        if not text:
            return []
        searcher = self._fresh()
        if len(text) == 1 or (text.isascii() and not text.isdigit()):
            likely = self._words.beginning(text, many * 3)
            return [("", w) for w in likely if self._stands(searcher, w)][:many]
        query = Query.boolean_query([(Occur.Must, self._builder.passage(text, "heads"))])
        result = searcher.search(query, many * 2, weight_by_field="merit", count=False)
        found = [searcher.doc(a) for _s, a in result.hits]
        by_title = {_kept(d)[0]: str(d.get_first("key")) for d in reversed(found)}
        return [(key, title) for title, key in reversed(by_title.items())][:many]

    def stats(self) -> Stats:
        """How large it is."""
        searcher = self._fresh()
        size = sum(f.stat().st_size for f in self._at.iterdir() if f.is_file())
        return Stats(searcher.num_docs, searcher.num_segments, size)
