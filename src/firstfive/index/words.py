"""Words and characters in one tantivy index: two fields, two channels.

words: stemmed terms, BM25; stop words are dropped from the request only. chars: 4-grams of the text with its
punctuation folded to single spaces, BM25 (k1 1.2, b .75): finds misspelt, compound and foreign forms. BM25: Robertson
and Zaragoza, The Probabilistic Relevance Framework, 2009. 4-grams as terms, in many languages the best of one length:
McNamee and Mayfield, Information Retrieval 7, 2004. Where words have no spaces between them, a space stands between any
two signs, so that a 4-gram is a pair of them.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tantivy

from firstfive.errors import FirstFiveError, IndexFileError, SettingsError
from firstfive.index.files import damaged, unwritten
from firstfive.ports import Hits
from firstfive.types import Mask, Positions

BORDER: dict[type[BaseException], type[FirstFiveError]] = {
    ValueError: IndexFileError,
    OSError: IndexFileError,
    BaseException: IndexFileError,
}
HEAP = 512 << 20
TERMS = 512
FEW = 32
"""Where fewer than one item in so many is allowed, the index is asked for these items; else it is asked for more hits.

Measured on 30,000 items: 100 allowed ones are found in 4 ms by the first way, in 25 ms by the second.
"""
LANGUAGES = (
    "arabic danish dutch english finnish french german greek hungarian italian norwegian portuguese romanian russian "
    "spanish swedish tamil turkish"
).split()
STOP = {
    "english": (
        "a an and are as at be but by for if in into is it no not of on or such that the their then there these they "
        "this to was will with"
    ).split(),
    "german": "aber am an auf aus bei das dem den der des die ein eine einem einen einer es für im in ist mit nach "
    "nicht oder sind und von vom war wir zu zum zur".split(),
    "french": "au aux avec ce ces dans de des du elle en est et il je la le les mais nous ou par pas pour qui se sur "
    "un une".split(),
}
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_SIGN = "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"  # of Chinese, Japanese, Korean
_BETWEEN_SIGNS = re.compile(f"(?<={_SIGN})(?={_SIGN})")


def folded(text: str) -> str:
    """In small letters, words apart by one space, with one at each end: n-grams know where words begin and end.

    Small letters here, not in the analyzer, which would lower each of the n-grams that hold a letter.
    """
    spaced = _BETWEEN_WORDS.sub(" ", text.lower()).strip()
    return f" {spaced if spaced.isascii() else _BETWEEN_SIGNS.sub(' ', spaced)} "


def write_text(folder: Path, texts: Iterable[str], language: str) -> None:
    """Indexes the texts in order: the first is position 0. Memory: about 512 MB at most.

    Raises StoreError store.full where the files cannot be written.
    """
    check_language(language)
    folder.mkdir(parents=True)
    try:
        index = tantivy.Index(_schema(), path=str(folder))
        _register(index, language)
        writer = index.writer(HEAP, 1)  # one thread keeps the order, and with it ties, the same each time
        for position, text in enumerate(texts):
            writer.add_document(tantivy.Document(words=text, chars=folded(text), position=position))
        writer.commit()
        writer.wait_merging_threads()
    except (ValueError, OSError) as error:
        raise unwritten(folder, str(error)) from error


def check_language(language: str) -> None:
    """Raises SettingsError for a language without a stemmer."""
    if language not in {*LANGUAGES, "none"}:
        raise SettingsError(f"index.stemmer is {language!r}; set it to none or one of {', '.join(LANGUAGES)}")


def open_text(folder: Path, language: str) -> tuple[WordsChannel, CharsChannel]:
    """The two channels of a folder that `write_text` wrote."""
    with _reading(folder):
        index = tantivy.Index.open(str(folder))
        _register(index, language)
        index.reload()
        searcher = index.searcher()
    return WordsChannel(folder, index, searcher, language), CharsChannel(folder, index, searcher, language)


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    """Damage that the checksums did not see shows when the files are read: as an error of tantivy's, or as a panic."""
    try:
        yield
    except (ValueError, OSError, TypeError) as error:
        raise damaged(folder, str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # its module cannot be imported
            raise
        raise damaged(folder, str(error)) from error


class _Field(ABC):
    """A search over one field: an OR of the request's terms, or an AND."""

    field = ""

    def __init__(self, folder: Path, index: tantivy.Index, searcher: tantivy.Searcher, language: str) -> None:
        self._folder = folder
        self._schema = index.schema
        self._searcher = searcher
        self._analyzer = ANALYZERS[self.field](language)
        self._stop = _stemmed_stop(language)

    def search(self, text: str, n: int, among: Mask | None = None) -> Hits:
        """The best n items that share a term with the text, by BM25; only those marked in `among`, if given."""
        return self._found(text, n, among, tantivy.Occur.Should)

    def holding(self, text: str, n: int, among: Mask | None = None) -> Hits:
        """The best n items that hold every term of the text, as `search` orders them."""
        return self._found(text, n, among, tantivy.Occur.Must)

    def _found(self, text: str, n: int, among: Mask | None, occur: tantivy.Occur) -> Hits:
        terms = list(self.terms(text))
        if not terms:
            return Hits(np.empty(0, np.int64), np.empty(0, np.float32))
        with _reading(self._folder):
            each = [tantivy.Query.term_query(self._schema, self.field, term, "freq") for term in terms]
            query = tantivy.Query.boolean_query([(occur, term) for term in each])
        if among is None:
            return self._hits(query, n)
        allowed = np.flatnonzero(among)
        if len(allowed) * FEW < len(among):
            return self._hits(self._only(query, allowed), n)
        limit = 1 + 2 * n * len(among) // max(1, len(allowed))
        while True:
            hits = self._hits(query, limit)
            rows = np.flatnonzero(among[hits.positions])[:n]
            if len(hits.positions) < limit or len(rows) == n:
                return Hits(hits.positions[rows], hits.scores[rows])
            limit *= 8

    def _only(self, query: tantivy.Query, positions: Positions) -> tantivy.Query:
        """The query over these items alone, at the same scores."""
        with _reading(self._folder):
            these = tantivy.Query.term_set_query(self._schema, "position", positions.tolist())
            unscored = tantivy.Query.const_score_query(these, 0.0)
            return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, unscored)])

    @abstractmethod
    def terms(self, text: str) -> Iterator[str]:
        """The distinct terms searched for, at most 512."""

    def _hits(self, query: tantivy.Query, limit: int) -> Hits:
        with _reading(self._folder):
            found = self._searcher.search(query, limit, count=False).hits
            addresses = [address for _, address in found]
            positions = np.array(self._searcher.fast_field_values("position", addresses), dtype=np.int64)
        if positions.min(initial=0) < 0 or positions.max(initial=0) >= max(1, self._searcher.num_docs):
            raise damaged(self._folder, "it names items that are not there")
        scores = np.array([score for score, _ in found], dtype=np.float32)
        order = np.lexsort((positions, -scores))
        return Hits(positions[order], scores[order])


class WordsChannel(_Field):
    """Stemmed words without the request's stop words (with them, where it has nothing else)."""

    field = "words"

    def terms(self, text: str) -> Iterator[str]:
        """Stems in the order of the text."""
        found = dict.fromkeys(self._analyzer.analyze(text))
        telling = [term for term in found if term not in self._stop] or list(found)
        yield from telling[:TERMS]

    def counts(self, words: Sequence[str]) -> list[tuple[str, int]]:
        """The stem of each word, and how many items hold it. Cost: 1 µs each."""
        found: list[tuple[str, int]] = []
        known: dict[str, int] = {}
        with _reading(self._folder):
            for word in words:
                stem = next(iter(self._analyzer.analyze(word)), word)
                if stem not in known:
                    known[stem] = self._searcher.doc_freq(self.field, stem)
                found.append((stem, known[stem]))
        return found


class CharsChannel(_Field):
    """Character 4-grams."""

    field = "chars"

    def terms(self, text: str) -> Iterator[str]:
        """n-grams in the order of the text."""
        yield from list(dict.fromkeys(self._analyzer.analyze(folded(text))))[:TERMS]


def _schema() -> tantivy.Schema:
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("words", tokenizer_name="words", index_option="freq")
    schema.add_text_field("chars", tokenizer_name="chars", index_option="freq")
    schema.add_integer_field("position", fast=True, indexed=True)
    return schema.build()


def _words(language: str) -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    builder = builder.filter(tantivy.Filter.remove_long(64)).filter(tantivy.Filter.lowercase())
    if language == "none":
        return builder.build()
    return builder.filter(tantivy.Filter.stemmer(language)).build()


def _chars(_language: str) -> tantivy.TextAnalyzer:
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.ngram(4, 4)).build()


ANALYZERS = {"words": _words, "chars": _chars}


def _register(index: tantivy.Index, language: str) -> None:
    for field, make in ANALYZERS.items():
        index.register_tokenizer(field, make(language))


def _stemmed_stop(language: str) -> frozenset[str]:
    analyzer = _words(language)
    return frozenset(term for word in STOP.get(language, ()) for term in analyzer.analyze(word))
