"""What is measured: small values that print and parse back, such as `Success@5` or `nDCG@10`.

`score` knows how each is computed. Names and definitions are those of trec_eval and ir_measures.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from firstfive.errors import UsageError

MEANINGS: dict[str, str] = {
    "Success": "Share of requests with at least one right item among the first k.",
    "nDCG": "How high the right items stand among the first k, better grades counting more; 1 is the best order.",
    "RR": "One over the place of the first right item, 0 when it is not among the first k.",
    "R": "Share of all right items that are among the first k.",
    "P": "Share of the first k places that hold a right item.",
    "AP": "Mean of the precision at each right item among the first k, over all right items.",
    "Judged": "Share of the first k items shown that someone has judged.",
}

ALIASES: dict[str, str] = {"hit": "Success", "MRR": "RR", "Recall": "R", "Precision": "P", "MAP": "AP"}

DEEPEST = 100_000

_NAMES = {name.casefold(): name for name in MEANINGS} | {alias.casefold(): name for alias, name in ALIASES.items()}
_FORM = re.compile(r"(?P<name>[A-Za-z]+)(?:\(rel=(?P<rel>[0-9]{1,6})\))?@(?P<cutoff>[0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure over the first `cutoff` items. An item is right when its grade is at least `rel`.

    nDCG and Judged do not look at `rel`: the one reads grades as gains, the other asks whether there is one.
    """

    name: str
    cutoff: int
    rel: int = 1

    def __str__(self) -> str:
        threshold = f"(rel={self.rel})" if self.rel != 1 else ""
        return f"{self.name}{threshold}@{self.cutoff}"

    @property
    def meaning(self) -> str:
        """One sentence for people."""
        return MEANINGS[self.name].replace("first k", f"first {self.cutoff}")

    @classmethod
    def parse(cls, text: str) -> Measure:
        """Reads `Success@5`, `P(rel=2)@10`; `hit`, `MRR`, `Recall`, `MAP` and any case are understood.

        Raises UsageError with the nearest known name.
        """
        form = _FORM.fullmatch(text.strip())
        if form is None:
            raise UsageError(f"{text!r} is not a measure; write a name, @ and a cut-off, such as Success@5 or nDCG@10")
        name = _NAMES.get(form["name"].casefold())
        if name is None:
            near = difflib.get_close_matches(form["name"], MEANINGS, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"the known ones are {', '.join(MEANINGS)}"
            raise UsageError(f"{text!r} names no known measure; {hint}")
        cutoff, rel = int(form["cutoff"]), int(form["rel"] or 1)
        if not 1 <= cutoff <= DEEPEST or rel < 1:
            raise UsageError(f"{text!r} is out of range: the cut-off goes from 1 to {DEEPEST}, rel from 1")
        if name in {"nDCG", "Judged"} and rel != 1:
            raise UsageError(f"{text!r}: {name} takes no rel; write {name}@{cutoff}")
        return cls(name, cutoff, rel)


DEFAULT: tuple[Measure, ...] = (Measure("Success", 5), Measure("nDCG", 10), Measure("RR", 10), Measure("R", 100))
