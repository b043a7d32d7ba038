"""How much of a page's true main text a cleaned text holds, by runs of four words, as public benchmarks count it."""

from __future__ import annotations

import re
from collections import Counter

_WORD = re.compile(r"\w+")
RUN = 4


def main_text_f1(truth: str, text: str) -> float:
    """F1, in [0, 1], of the text's runs of four words against those of the truth; 1 where neither has any."""
    right, found = _runs(truth), _runs(text)
    total = right.total() + found.total()
    return 2 * (right & found).total() / total if total else 1.0


def _runs(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words with how often each stands; a shorter text is one run."""
    words = _WORD.findall(text)
    return Counter(run for at in range(max(1, len(words) - RUN + 1)) if (run := tuple(words[at : at + RUN])))
