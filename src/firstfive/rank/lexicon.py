"""Words of English, German and French that several rules read by: one list for each meaning."""

from __future__ import annotations

import re


def any_of(*lines: str) -> str:
    """A pattern of one of the words, with blanks between them; of one with a hyphen at its end, the beginning."""
    words = " ".join(lines).split()
    return "(?:" + "|".join(rf"{word[:-1]}\w*" if word.endswith("-") else word for word in words) + ")"


def stems(*lines: str) -> re.Pattern[str]:
    """What is one of the words, or begins with it."""
    return re.compile(any_of(*lines))


NEEDED = any_of(
    r"needed required necessary asked\sfor expected nötig notwendig erforderlich nécessaires? requis\w? demandée?s?"
)
"""What is said of what must be there: "no experience needed"."""
PERSON = any_of(
    "people persons? anyone someone those adults? wom[ae]n m[ae]n seniors? kids child(?:ren)? boys? girls? babies baby",
    r"toddlers? teen\w* sons? daughters? nephews? nieces? grand\w+",
    "leute menschen personen frauen männer kinder jungen mädchen jugendliche",
    "gens personnes femmes? hommes? enfants? garçons? filles?",
)
"""Who an age, or a measure, may be of."""
