"""What may differ between a sentence of a source and the same sentence rewritten, atom by atom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from firstfive.build.atoms import Atom, is_year
from firstfive.build.languages import tongues

_HAVING = frozenset("has have hat haben".split())


class Reached(NamedTuple):
    """How many atoms of a sentence are accounted for. pronoun: it begins with one that the source has not."""

    at: int = 0
    pronoun: bool = False


class Wording:
    """The rules of one language; of one that nothing is known of, only equal words are the same."""

    def __init__(self, spoken: str) -> None:
        self._spoken = spoken
        self._tongue = tongues().get(spoken)

    def read(self, own: Sequence[Atom], start: Reached, reading: Sequence[Atom], *, fragment: bool) -> Reached | None:
        """How far the sentence is accounted for when this source sentence follows; None where it does not."""
        at, place, pronoun, helped = start.at, 0, start.pronoun, False
        if at and at < len(own) and not own[at - 1].parted and not self._links(own[at]):
            return None
        while place < len(reading):
            here, meant = (own[at] if at < len(own) else None), reading[place]
            if here and self.same(here, meant):
                if not self._paused_alike(own, at, reading, place):
                    return None
                at, place = at + 1, place + 1
            elif self._article_gone(here, reading, place):
                place += 1
            elif here and self._may_add(own, at, reading, place, fragment=fragment, helped=helped):
                helped = helped or self._helps(here)
                pronoun = pronoun or (start.at == 0 and place == 0 and here.key in self._pronouns)
                at += 1
            else:
                return None
        return Reached(at, pronoun)

    # --- atoms that are the same ------------------------------------------------------------------------------------

    def same(self, here: Atom, meant: Atom) -> bool:
        """Whether two atoms say the same: equal but for case where that tells nothing, an ending, an article's form."""
        if here.kind != meant.kind or not _cases_fit(here, meant):
            return False
        if here.key == meant.key:
            return True
        if self._tongue is None or here.kind != "word":
            return False
        article = self._tongue.articles.get(here.key)
        return (article is not None and article == self._tongue.articles.get(meant.key)) or self._inflected(here, meant)

    def _inflected(self, here: Atom, meant: Atom) -> bool:
        """Whether two words differ by an ending that changes nothing; names, but for German nouns, have none."""
        short, long = sorted((here.key, meant.key), key=len)
        endings = self._tongue.endings if self._tongue else frozenset[str]()
        if len(short) < 3 or not long.startswith(short) or long[len(short) :] not in endings:
            return False
        if self._spoken == "de":
            return not short.endswith("t")  # "liefert" and "lieferte"
        return "lower" in (here.case, meant.case)

    def _paused_alike(self, own: Sequence[Atom], at: int, reading: Sequence[Atom], place: int) -> bool:
        """Whether a comma stands behind both or neither; before "and" it may come and go, and at a sentence's end."""
        here, meant = own[at], reading[place]
        if meant.parted is None or here.parted == meant.parted or at + 1 == len(own) or place + 1 == len(reading):
            return True
        return self._tongue is not None and own[at + 1].key in self._tongue.joins

    # --- atoms that may come and go ---------------------------------------------------------------------------------

    @property
    def _pronouns(self) -> frozenset[str]:
        return self._tongue.pronouns if self._tongue else frozenset()

    def says_little(self, atom: Atom) -> bool:
        """Whether an atom is of those that may be put in or left out somewhere."""
        tongue = self._tongue
        if tongue is None:
            return False
        return atom.key in tongue.articles or atom.key in tongue.dated or self._links(atom)

    def _links(self, atom: Atom) -> bool:
        """Whether an atom is of those that link one sentence of the source to the one before."""
        tongue = self._tongue
        if tongue is None:
            return False
        return self._helps(atom) or atom.key in tongue.joins | tongue.pronouns | tongue.beside_numbers

    def _helps(self, atom: Atom) -> bool:
        return self._tongue is not None and atom.key in self._tongue.copulas | self._tongue.passive

    def _article_gone(self, here: Atom | None, reading: Sequence[Atom], place: int) -> bool:
        """Whether an article of the source may be missing: none before "few", and none where another one stands."""
        tongue, article = self._tongue, reading[place]
        if tongue is None or article.kind != "word" or article.key not in tongue.articles or article.name:
            return False
        after = reading[place + 1] if place + 1 < len(reading) else None
        other = here is not None and here.key in tongue.articles
        return after is not None and not other and after.key not in tongue.counted

    def _may_add(
        self, own: Sequence[Atom], at: int, reading: Sequence[Atom], place: int, *, fragment: bool, helped: bool
    ) -> bool:
        """Whether the sentence's atom may stand there although the source has it not."""
        tongue, here, meant = self._tongue, own[at], reading[place]
        if tongue is None or here.name or here.kind != "word":
            return False
        begins = place == 0
        if begins and at and here.key in tongue.joins:
            return True
        if not fragment:
            return False
        rules = (
            (tongue.articles, meant.kind == "word" and meant.key not in tongue.counted),
            (tongue.pronouns, begins),
            (tongue.beside_numbers, begins and at > 0 and meant.kind == "number"),
            (tongue.dated, is_year(meant) and self._is_participle(reading[place - 1])),
            (tongue.copulas | tongue.passive, begins and not helped and self._may_help(here, own, at, reading)),
        )
        return any(here.key in words and fits for words, fits in rules)

    def _may_help(self, here: Atom, own: Sequence[Atom], at: int, reading: Sequence[Atom]) -> bool:
        """Whether "is", "has" or "was" may stand here: "was" only with a participle, "has" only without.

        Before a name, and with a participle that has one, it would say who did it to whom.
        """
        tongue = self._tongue
        following = [atom for atom in own[at + 1 :] if tongue is None or atom.key not in tongue.articles]
        ends = (reading[0], reading[-1])
        done = any(self._is_participle(atom) for atom in ends)
        if following and following[0].name:
            return False
        if done and self._is_participle(reading[0]) and len(reading) > 1 and reading[1].name:
            return False
        if here.key in _HAVING:
            return not done
        return done or (tongue is not None and here.key in tongue.copulas)

    def _is_participle(self, atom: Atom) -> bool:
        return self._tongue is not None and bool(self._tongue.participle.match(atom.key))


def _cases_fit(here: Atom, meant: Atom) -> bool:
    """Whether neither is a name that the other is not: "Turkey" and "turkey", "US" and "us"."""
    if here.kind != "word" or here.case == meant.case:
        return True
    if "loud" in (here.case, meant.case):
        return here.unsure or meant.unsure
    return here.unsure if meant.case == "lower" else meant.unsure
