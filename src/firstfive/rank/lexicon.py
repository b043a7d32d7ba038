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


def phrases(*lines: str) -> str:
    """A pattern of one of the phrases, with semicolons between them and any blanks for each of theirs."""
    every = [phrase.strip().replace(" ", r"\s+") for line in lines for phrase in line.split(";")]
    return "(?:" + "|".join(every) + ")"


CHEAPER = phrases("cheaper than; less expensive than", "billiger als; günstiger als", "moins ch[eè]re?s? que")
DEARER = phrases("dearer than; costlier than; pricier than; more expensive than", "teurer als", "plus ch[eè]re?s? que")
LESS = phrases(
    "under; below; less than; fewer than; (?:lighter|smaller|shorter|younger|lower|narrower|thinner) than",
    "unter; (?:weniger|jünger|kleiner|leichter|kürzer) als",
    f"moins d(?:e|['’]); plus jeunes? que; inférieure?s? à; {CHEAPER}",
)
AT_MOST = phrases(
    "at (?:the )?most; up to; maximum; max\\.?",
    "höchstens; bis(?: zu)?; maximal",
    "au plus; au maximum; jusqu['’](?:à|au|en); dépass(?:e|ent|ant) pas",
)
MORE = phrases(
    "over; above; more than; exceed(?:s|ing)?; in excess of",
    "(?:greater|heavier|bigger|larger|longer|older|higher|wider|taller|deeper|thicker) than",
    "über; (?:mehr|älter|größer|schwerer|länger|höher) als",
    "plus (?:âgée?s?|vieux|vieilles?|haute?s?) que; plus d(?:e|['’]); supérieure?s? à; dépass(?:er|e|ent|ant)(?! pas)",
    DEARER,
)
AT_LEAST = phrases("at (?:the )?least; minimum; min\\.?; from", "mindestens; ab", "au moins; à partir d[eu]; dès")
"""What stands before a number that is an end: all less than it, or that and less, all more, or that and more."""
ROUGHLY = phrases(
    "about; around; roughly; approximately; approx\\.?; circa; ca\\.?",
    "um(?: die)?; etwa; rund; ungefähr",
    "environ; autour de; aux alentours de; à peu près",
)
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
RELATIVE = any_of(
    "husband wife mother father mum dad parents? couple both drivers? twins? lad(?:y|ies) gentlem[ae]n",
    "mann frau mutter vater mari mère père",
)
"""Whose an age, or a measure, may be, and no item's."""
OWNERS = frozenset(
    "my our mein meine meinem meinen meiner unser unsere unserem unseren unserer mon ma mes notre nos".split()
)
OWN = any_of(*sorted(OWNERS))
"""Before what is the seeker's, and not the item's."""
