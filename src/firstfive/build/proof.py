"""Whether a rewritten text says only what its source says, and how much of what the source said is gone.

No list of lies is ever complete, so the check says what a rewrite may do and refuses the rest. A sentence may be one of
the source's, or several that stand next to each other there, whole and in order, whatever their order in the rewrite.
In it may differ: capitals, plurals, articles, how a number, date, unit or currency is written; "Staff: 30" may become
"30 staff", and a phrase such as "in 1990" move to the front. Fragments may get "is", "has", "it" and the like. All else
is refused: new words, and words that are missing, for a dropped "not" or "up to" is an invention too; and names or
numbers in another order, since what was said of one thing would be said of another. Where a sentence is refused, the
source's own stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from firstfive import guard
from firstfive.build.atoms import ENDED, Atom, atoms, is_year, sentences
from firstfive.build.languages import Tongue, language, tongues
from firstfive.build.wording import Reached, Wording

MOST_JOINED = 8
"""Sentences of the source that one of the rewrite may join."""

MOST_MIXED = 4
"""Sentences of the source that a refused sentence may be about."""

KINDS: Mapping[str, str] = {
    "number": "a number, date, percentage or unit that the source has not",
    "currency": "a currency that the source has not",
    "name": "a name or place that the source has not",
    "negation": "a negation that the source has not",
    "modality": "may, must, plans to: another certainty than the source's",
    "quantity": "all, some, up to, about: another amount than the source's",
    "word": "words or signs that the source has not",
    "dropped": "words of the source's sentence are missing",
    "order": "the source's words in another order or grouping, which may say something else",
}
"""What can be wrong with a sentence."""

_LABEL = re.compile(r"^([^:.!?,;]{1,40}):\s+([^:,;]{1,80})$")
_COMMA = re.compile(r"[,;](?=\s)")
_PLAIN = re.compile(r"[\w\s.,;:!?()\[\]\"'“”„‘’‚«»‹›–—/%‰€$£¥&²³°✓✔✅✗✘❌☑☒★☆-]")


class Doubt(NamedTuple):
    """What is wrong with a sentence. kind: one of `KINDS`; words: those it is about, as written."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence of the rewrite. places: the source sentences that it says, or those that stand in for it."""

    text: str
    places: tuple[int, ...]
    doubts: tuple[Doubt, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether it says only what the source says."""
        return not self.doubts


@dataclass(frozen=True, slots=True)
class Proof:
    """A checked rewrite. text: its sound sentences, and the source's own for the others, in the source's order.

    invented: the share of its sentences that were refused; none of them is in the text. lost: the share of the
    source's numbers, names and negations that the text has not.
    """

    text: str
    judged: tuple[Judged, ...]
    invented: float
    lost: float


def prove(source: str, rewritten: str, *, title: str = "", spoken: str = "") -> Proof:
    """Checks a rewrite against its source. title: what the page calls itself, whose words are names.

    spoken: the source's language, where that is known from more text than this.
    Cost: about 2 ms a sentence of the rewrite, for a source of some dozen sentences.
    """
    spoken = spoken or language(source)
    check = _Check(source, title, spoken)
    judged: list[Judged] = []
    for sentence in sentences(guard.printable(rewritten)[0]):
        one = check.judge(sentence, judged[-1] if judged else None)
        if one is not None:
            judged.append(one)
    text = check.assembled(judged)
    invented = sum(not one.sound for one in judged) / len(judged) if judged else 0.0
    return Proof(text, tuple(judged), invented, lost(source, text, title=title, spoken=spoken))


def lost(source: str, left: str, *, title: str = "", spoken: str = "") -> float:
    """The share of the source's numbers, names and negations, each counted once, that what is left of it has not."""
    spoken = spoken or language(source)
    before = [atoms(one, spoken) for one in sentences(source)]
    after = [atom for one in sentences(left) for atom in atoms(one, spoken)]
    names, turns = _names(before, title), _turns(spoken)
    facts = {atom.key for one in before for atom in one if atom.kind in ("number", "date") or atom.key in names}
    negations = sum(atom.key in turns for one in before for atom in one)
    gone = len(facts - {atom.key for atom in after}) + max(0, negations - sum(atom.key in turns for atom in after))
    total = len(facts) + negations
    return gone / total if total else 0.0


def _names(said: Sequence[Sequence[Atom]], title: str) -> frozenset[str]:
    """The words with a capital where a capital tells, and those of the title."""
    written = {atom.key for one in said for atom in one if atom.kind == "word" and atom.case != "lower"}
    sure = {atom.key for one in said for atom in one if atom.name}
    own = {atom.key for atom in atoms(title, "") if atom.kind == "word" and atom.case != "lower" and len(atom.key) > 2}
    return frozenset(sure | (own & written))


def _turns(spoken: str) -> frozenset[str]:
    tongue = tongues().get(spoken)
    return tongue.negations if tongue else frozenset()


# --- the source -------------------------------------------------------------------------------------------------------


class _Said:
    """A sentence of the source, and the orders of its atoms that say the same."""

    def __init__(self, text: str, spoken: str) -> None:
        self.text = text
        self.atoms = atoms(text, spoken)
        self._tongue = tongues().get(spoken)
        self._spoken = spoken

    @cached_property
    def keys(self) -> frozenset[str]:
        """Its atoms, whatever their order."""
        return frozenset(atom.key for atom in self.atoms)

    @cached_property
    def fragment(self) -> bool:
        """Whether it is no whole sentence, so that words may be put in to make one of it."""
        return not ENDED.search(self.text)

    @cached_property
    def readings(self) -> tuple[tuple[Atom, ...], ...]:
        """As it is, its label last, and a phrase of it first or last; where it was cut, a pause may be or not."""
        label = self._after_label()
        whole = self._loosened(self.atoms, label)
        cuts = [cut for cut in (label, *self._before_phrases()) if 0 < cut < len(whole)]
        return (whole, *(self._loosened(whole[cut:] + whole[:cut], len(whole) - cut) for cut in cuts))

    @staticmethod
    def _loosened(own: tuple[Atom, ...], cut: int) -> tuple[Atom, ...]:
        """Says of the atom before the cut that no pause behind it matters."""
        return tuple(atom._replace(parted=None) if at == cut - 1 else atom for at, atom in enumerate(own))

    def _after_label(self) -> int:
        label = _LABEL.match(self.text)
        return len(atoms(label[1], self._spoken)) if label and self._tongue else 0

    def _before_phrases(self) -> Iterator[int]:
        """Where a single clause may be cut, so that a phrase of time or place at one end moves to the other."""
        tongue = self._tongue
        if tongue is None or not self.atoms or any(atom.key in tongue.connecting for atom in self.atoms):
            return
        commas = [at.start() for at in _COMMA.finditer(self.text)]
        fronted = self.atoms[0].key in tongue.prepositions
        if commas:
            if len(commas) == 1 and fronted:
                yield len(atoms(self.text[: commas[0]], self._spoken))
            return
        if fronted and len(self.atoms) > 1 and is_year(self.atoms[1]):
            yield 2
        bound = tongue.negations | tongue.modals | tongue.quantifiers
        for at, (before, atom) in enumerate(pairwise(self.atoms), 1):
            if atom.key in tongue.prepositions and before.key not in bound:
                yield at


# --- the check --------------------------------------------------------------------------------------------------------


class _Check:
    """One source, against which sentences are judged."""

    def __init__(self, source: str, title: str, spoken: str) -> None:
        self._spoken = spoken
        self._tongue = tongues().get(self._spoken)
        self._wording = Wording(self._spoken)
        self._said = [one for text in sentences(source) if (one := _Said(text, self._spoken)).atoms]
        self._names = _names([one.atoms for one in self._said], title)
        self._signs = frozenset(char for char in source if not _PLAIN.match(char))

    def judge(self, sentence: str, before: Judged | None) -> Judged | None:
        """The verdict on a sentence; None for one without words. before: the one that comes first in the rewrite."""
        own = atoms(sentence, self._spoken)
        if not own:
            return None
        strange = "".join(dict.fromkeys(c for c in sentence if not _PLAIN.match(c) and c not in self._signs))
        following = before.places[-1] + 1 if before and before.sound else -1
        found = () if strange else self._found(sentence, own, following)
        if found:
            return Judged(sentence, found)
        places = self._about(own)
        return Judged(sentence, places, (Doubt("word", strange),) if strange else tuple(self._doubts(own, places)))

    def assembled(self, judged: Sequence[Judged]) -> str:
        """The sound sentences, and the source's own for the others, each once and in the source's order."""
        pieces: dict[int, str] = {}
        covered: set[int] = set()
        for one in judged:
            if one.sound and covered.isdisjoint(one.places):
                pieces[one.places[0]] = one.text
                covered.update(one.places)
        for one in judged:
            if not one.sound and one.places:
                own = [place for place in range(one.places[0], one.places[-1] + 1) if place not in covered]
                pieces.update((place, self._said[place].text) for place in own)
                covered.update(own)
        for place in {self._subject(place) for place in covered} - covered - {-1}:
            pieces[place] = self._said[place].text
        return _flowing([pieces[place] for place in sorted(pieces)])

    def _subject(self, place: int) -> int:
        """The nearest sentence before a fragment without a name that has one; -1 where there is none.

        Without it "Founded: 2001" would be said of whoever was named before that.
        """
        if not self._said[place].fragment or self._is_named(place):
            return -1
        return next((before for before in range(place - 1, -1, -1) if self._is_named(before)), -1)

    def _is_named(self, place: int) -> bool:
        return any(atom.key in self._names and atom.case != "lower" for atom in self._said[place].atoms)

    def _found(self, sentence: str, own: Sequence[Atom], following: int) -> tuple[int, ...]:
        """The source sentences that this one is; none where there are no such. following: those of the one before."""
        for place, one in enumerate(self._said):
            if one.text == sentence:
                return (place,)
        for first in range(len(self._said)):
            reached = self._joined(own, first)
            if reached and (first == following or not reached.pronoun):
                return tuple(range(first, reached.at))
        return ()

    def _joined(self, own: Sequence[Atom], first: int) -> Reached | None:
        """The place after the last of the source sentences, from the first on, that the sentence is."""
        reached = [Reached()]
        for place, said in enumerate(self._said[first : first + MOST_JOINED], first):
            steps = [
                self._wording.read(own, one, reading, fragment=said.fragment)
                for one in reached
                for reading in said.readings
            ]
            reached = list(dict.fromkeys(step for step in steps if step))
            done = next((one for one in reached if one.at == len(own)), None)
            if done:
                return Reached(place + 1, done.pronoun) if self._may_join(own, first, place + 1) else None
            if not reached:
                return None
        return None

    def _may_join(self, own: Sequence[Atom], first: int, end: int) -> bool:
        """Whether these source sentences may be one: it must be clear whom they are about, and what "no" is said of.

        "Founded 1990. Beta makes taps." as one sentence would say of Beta what was said of somebody before.
        """
        if end - first < 2:
            return True
        bound = self._tongue.negations | self._tongue.modals | self._tongue.quantifiers if self._tongue else frozenset()
        if any(one.fragment and any(a.key in bound for a in one.atoms) for one in self._said[first : end - 1]):
            return False
        lowered = {atom.key for atom in own if atom.case == "lower"}
        later = (atom for one in self._said[first + 1 : end] for atom in one.atoms if atom.kind == "word")
        return self._is_named(first) or all(atom.case == "lower" or atom.key in lowered for atom in later)

    # --- what is wrong with it --------------------------------------------------------------------------------------

    def _about(self, own: Sequence[Atom]) -> tuple[int, ...]:
        """The source sentences that share most words with a refused one, each with some that the others have not."""
        left = {atom.key for atom in own if not self._wording.says_little(atom)}
        places: list[int] = []
        while left and len(places) < MOST_MIXED:
            common = [(len(left & one.keys), -len(one.atoms), -place) for place, one in enumerate(self._said)]
            most, _, place = max(common, default=(0, 0, 0))
            if not most:
                break
            places.append(-place)
            left -= self._said[-place].keys
        return tuple(sorted(places))

    def _doubts(self, own: Sequence[Atom], places: Sequence[int]) -> Iterator[Doubt]:
        aligned = [atom for place in places for atom in self._said[place].atoms]
        extra, gone = self._without(own, aligned), self._without(aligned, own)
        told = [(self._kind(atom), atom.text) for atom in extra] or [("dropped", atom.text) for atom in gone]
        for kind in KINDS:
            words = dict.fromkeys(text for said, text in told if said == kind)
            if words:
                yield Doubt(kind, ", ".join(words))
        if not told:
            yield Doubt("order", " ".join(atom.text for atom in own))

    def _without(self, some: Sequence[Atom], others: Sequence[Atom]) -> list[Atom]:
        same, little = self._wording.same, self._wording.says_little
        return [one for one in some if not little(one) and not any(same(one, other) for other in others)]

    def _kind(self, atom: Atom) -> str:
        """What kind of thing the source has not."""
        if atom.kind in ("number", "date", "percent"):
            return "number"
        if atom.kind == "currency":
            return "currency"
        for kind, words in _telling(self._tongue):
            if atom.key in words:
                return kind
        new = not any(atom.key in one.keys for one in self._said)
        return "name" if atom.case != "lower" and (new or not atom.unsure) else "word"


def _telling(tongue: Tongue | None) -> Sequence[tuple[str, frozenset[str]]]:
    if tongue is None:
        return ()
    return ("negation", tongue.negations), ("modality", tongue.modals), ("quantity", tongue.quantifiers)


def _flowing(pieces: Sequence[str]) -> str:
    """Whole sentences one behind the other, anything else on a line of its own."""
    text = ""
    for piece in pieces:
        whole = ENDED.search(piece) and ENDED.search(text.rpartition("\n")[2])
        text += f"{' ' if whole else chr(10)}{piece}" if text else piece
    return text
