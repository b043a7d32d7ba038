"""Words and characters in one tantivy index: two fields, two channels.

words: stemmed terms, BM25; stop words are dropped from the request only. chars: 3- to 5-grams of the text with its
punctuation folded to single spaces, BM25 (k1 1.2, b .75): finds misspelt, compound and foreign forms. BM25: Robertson
and Zaragoza, The Probabilistic Relevance Framework, 2009. n-grams as terms: McNamee and Mayfield, Information Retrieval
7, 2004.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import tantivy

from firstfive.errors import FirstFiveError, IndexFileError, SettingsError
from firstfive.index.files import damaged
from firstfive.ports import Hits
from firstfive.types import Mask

BORDER: dict[type[BaseException], type[FirstFiveError]] = {
    ValueError: IndexFileError,
    OSError: IndexFileError,
    BaseException: IndexFileError,
}
HEAP = 512 << 20
TERMS = 512
LANGUAGES = (
    "arabic danish dutch english finnish french german greek hungarian italian norwegian portuguese romanian russian "
    "spanish swedish tamil turkish"
).split()
STOP = {
    "english": (
        "a an and are as at be but by for from has have i if in into is it its me my no not of on or our such that the "
        "their then there these they this to was we were what which who will with you your"
    ).split(),
    "german": "aber am an auf aus bei das dem den der des die ein eine einem einen einer es für im in ist mit nach "
    "nicht oder sind und von vom war wir zu zum zur".split(),
    "french": "au aux avec ce ces dans de des du elle en est et il je la le les mais nous ou par pas pour qui se sur "
    "un une".split(),
}
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """Words apart by one space, with one at each end: so that n-grams know where words begin and end."""
    return f" {_BETWEEN_WORDS.sub(' ', text).strip()} "


def write_text(folder: Path, texts: Iterable[str], language: str) -> None:
    """Indexes the texts in order: the first is position 0. Memory: about 512 MB at most."""
    folder.mkdir(parents=True)
    index = tantivy.Index(_schema(), path=str(folder))
    _register(index, language)
    writer = index.writer(HEAP, 1)  # one thread keeps the order, and with it ties and the files, the same each time
    for position, text in enumerate(texts):
        writer.add_document(tantivy.Document(words=text, chars=folded(text), position=position))
    writer.commit()
    writer.wait_merging_threads()


def check_language(language: str) -> None:
    """Raises SettingsError for a language without a stemmer."""
    if language not in {*LANGUAGES, "none"}:
        raise SettingsError(f"index.stemmer is {language!r}; set it to none or one of {', '.join(LANGUAGES)}")


def open_text(folder: Path, language: str) -> tuple[WordsChannel, CharsChannel]:
    """The two channels of a folder that `write_text` wrote."""
    try:
        index = tantivy.Index.open(str(folder))
        _register(index, language)
        index.reload()
        searcher = index.searcher()
    except (ValueError, OSError) as error:
        raise damaged(folder, str(error)) from error
    return WordsChannel(index, searcher, language), CharsChannel(index, searcher, language)


class _Field:
    """A search over one field: an OR of the request's terms."""

    field = ""

    def __init__(self, index: tantivy.Index, searcher: tantivy.Searcher, language: str) -> None:
        self._schema = index.schema
        self._searcher = searcher
        self._analyzer = ANALYZERS[self.field](language)
        self._stop = _stemmed_stop(language)

    def search(self, text: str, n: int, among: Mask | None = None) -> Hits:
        """The best n items that share a term with the text, by BM25; only those marked in `among`, if given."""
        terms = [tantivy.Query.term_query(self._schema, self.field, term, "freq") for term in self.terms(text)]
        if not terms:
            return Hits(np.empty(0, np.int64), np.empty(0, np.float32))
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        limit = n
        while True:
            hits = self._hits(query, limit)
            ended = len(hits.positions) < limit
            if among is not None:
                keep = among[hits.positions]
                hits = Hits(hits.positions[keep], hits.scores[keep])
            if ended or len(hits.positions) >= n:
                return Hits(hits.positions[:n], hits.scores[:n])
            limit *= 8

    def terms(self, text: str) -> Iterator[str]:
        """The distinct terms searched for, at most 512."""
        raise NotImplementedError

    def _hits(self, query: tantivy.Query, limit: int) -> Hits:
        try:
            found = self._searcher.search(query, limit, count=False).hits
            addresses = [address for _, address in found]
            positions = np.array(self._searcher.fast_field_values("position", addresses), dtype=np.int64)
        except (ValueError, OSError) as error:
            raise IndexFileError(
                f"the word index could not be searched: {error}; run `firstfive build` to write it again"
            ) from error
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


class CharsChannel(_Field):
    """Character 3- to 5-grams."""

    field = "chars"

    def terms(self, text: str) -> Iterator[str]:
        """n-grams in the order of the text."""
        yield from list(dict.fromkeys(self._analyzer.analyze(folded(text))))[:TERMS]


def _schema() -> tantivy.Schema:
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("words", tokenizer_name="words", index_option="freq")
    schema.add_text_field("chars", tokenizer_name="chars", index_option="freq")
    schema.add_integer_field("position", fast=True)
    return schema.build()


def _words(language: str) -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    builder = builder.filter(tantivy.Filter.remove_long(64)).filter(tantivy.Filter.lowercase())
    if language == "none":
        return builder.build()
    check_language(language)
    return builder.filter(tantivy.Filter.stemmer(language)).build()


def _chars(_language: str) -> tantivy.TextAnalyzer:
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.ngram(3, 5)).filter(tantivy.Filter.lowercase()).build()


ANALYZERS = {"words": _words, "chars": _chars}


def _register(index: tantivy.Index, language: str) -> None:
    for field, make in ANALYZERS.items():
        index.register_tokenizer(field, make(language))


def _stemmed_stop(language: str) -> frozenset[str]:
    analyzer = _words(language)
    return frozenset(term for word in STOP.get(language, ()) for term in analyzer.analyze(word))
