"""What a page says of its thing in a box beside its text, or at the foot of its article: "Deadline: 31 May".

No single page tells such a line from what a site puts there, so that a page gives no more than candidates, and the
site's pages together say which of them count. `Boxes` holds that an element of one look is a place for what is said of
the page where most of its lines differ from page to page and most hold a date, a sum or another number: a newsletter
is the same on every page, what names related pages comes again on others, and readers' comments hold few numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from firstfive.build.blocks import Block, Parsed
from firstfive.features import dates
from firstfive.ports import YES_NO
from firstfive.types import digest

LONGEST = 300
"""Characters of a line above which it is text rather than what a box says."""

FEWEST_PAGES = 3
"""Pages that must have lines of a look, or it is no place that the site has for them."""

MOST = 12
"""Candidates of a page above which none counts: that is a list or what readers wrote."""

FEW_LINKS = 0.3
"""The share of link text from which a line or a box leads elsewhere."""

DIFFERENT, TELLING = 0.5, 0.5
"""The share of a look's lines that must be different ones, and of these the share that must tell a number or a fact."""

_SENTENCE = re.compile(r"[.!?。！？][\"'”’»)\]]*$")
_LABELLED = re.compile(r"[^\W\d_][\w '’()/&.,-]{1,39}:\s\S")
_WORD = re.compile(r"\w+")
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "caption", "legend"))
"""Elements that name what follows or what a picture shows."""

_LABELS = frozenset(
    "last updated|last update|page updated|updated|modified|last modified|last edited|page id|entry id|entry no|"
    "entry number|page no|tags|filed under|posted in|posted by|written by|by|reading time|read time|share|share this|"
    "share on|share via|follow us|subscribe|newsletter|cookies|next|previous|read more|read next|read also|see also|"
    "zuletzt aktualisiert|letzte aktualisierung|letzte änderung|aktualisiert|geändert|schlagwort|schlagwörter|"
    "schlagworte|lesezeit|geschrieben von|von|teilen|lesen sie auch|mehr zum thema|siehe auch|nächste|vorherige|"
    "mise à jour|dernière mise à jour|mis à jour|modification|dernière modification|mots-clés|temps de lecture|"
    "écrit par|par|partager|lire aussi|voir aussi|suivant|précédent".split("|")
)
"""What a page says of itself, as whole labels: of "Updated kitchen" it is the kitchen that was."""
_COUNTERS = frozenset(
    "page views|views|visitors|visitor number|visitor no|visitor|visits|hits|comments|likes|shares|aufrufe|besucher|"
    "besucherzahl|kommentare|visiteurs|visites|vues|commentaires".split("|")
)
"""Labels that are about the page where a number is all that they say: "Views" may be of the sea."""
_COUNT = re.compile(r"\d[\d.,' ]{0,12}$")
_MADE_BY = frozenset(
    "photo|photos|foto|fotos|bild|image|video|vidéo|credit|credits|crédit|crédits|source|quelle".split("|")
)
"""Labels that name whose a picture is, unless they say that there is one or none."""
_BEGINS = re.compile(
    r"cookies?(?! and\b)\b|newsletter\b|copyright (?:©|\(c\)|\d{4}|by )|©|all rights\b|alle rechte\b|tous droits\b"
    r"|(?:this page|page|last) (?:was )?(?:last )?(?:updated|modified|published|edited)\b|you are visitor\b|posted by\b"
    r"|share (?:this|on|via)\b|follow (?:us|@)|subscribe (?:to|now|here|for|via|by)\b"
    r"|sign up (?:to|for|now|here|today)\b|log ?in\b|read (?:more|next|also)\b|see also\b"
    r"|also (?:open|on|see|of interest)\b"
    r"|(?:zuletzt|letzte) (?:aktualisier|änderung|geändert|veröffentlicht)|folgen sie\b|lesen sie\b"
    r"|mehr zum thema\b|siehe auch\b|(?:auch|ebenfalls) (?:offen|interessant)\b"
    r"|dernière (?:mise à jour|modification|publication)\b|suivez\b|lire aussi\b|voir aussi\b"
    r"|partager (?:cet|cette|ce|sur|via|par)\b",
    re.IGNORECASE,
)
"""How sentences begin that are about the page or the site: who read it, what else to read."""
_DATED = re.compile(
    r"(?:updated|modified|published|posted|stand|aktualisiert|aktualisierung|geändert|veröffentlicht|mise? à jour|"
    r"modifiée?|modification|publiée?)\s?:?\s(?:on |am |le |vom |at |du )?(?:[^\W\d_]{2,9}\.?,? )?"
    rf"(?:\d{{1,2}}[./-]\d|\d{{4}}-\d|\d{{1,2}}(?:\.|st|nd|rd|th|er)? (?:{dates.MONTH})\b|(?:{dates.MONTH})\.? \d|"
    r"\d{1,3} \w{3,9} ago\b|today\b|yesterday\b|heute\b|gestern\b|vor \d|il y a\b)",
    re.IGNORECASE,
)
"""What was done to a page on a date; of a year alone a book is, "Published: 1987"."""


def candidates(page: Parsed, own: Sequence[Block]) -> list[tuple[int, Block]]:
    """Blocks that are not the page's own and may say something of its thing, each with the own ones before it.

    None that says what the page is called or what its text says; none of a page too large to judge.
    """
    if page.tree is None:
        return []
    kept = {id(block) for block in own}
    texts = {block.text for block in own}
    names = [title[:LONGEST] for title in page.titles]
    leading = _leading(page.blocks)
    found: list[tuple[int, Block]] = []
    before = 0
    for block in page.blocks:
        if id(block) in kept:
            before += 1
        elif _says(block) and block.path[:-1] not in leading and block.text not in texts:
            found.append((before, block))
    found = [(at, block) for at, block in found if not _names(block.text, names)]
    return found if own and len(found) <= MOST else []


def _leading(blocks: Sequence[Block]) -> set[tuple[int, ...]]:
    """The elements that lead elsewhere by what stands up to two levels down: cards of other pages, lists of links."""
    sizes, links = Counter[tuple[int, ...]](), Counter[tuple[int, ...]]()
    for block in blocks:
        for end in range(len(block.path), max(0, len(block.path) - 3), -1):
            sizes[block.path[:end]] += len(block.text)
            links[block.path[:end]] += block.links
    return {path for path, size in sizes.items() if links[path] >= FEW_LINKS * size}


def _names(text: str, names: Sequence[str]) -> bool:
    """Whether a line is part of what the page is called; or the other way about, as a way to the page is."""
    return any(text in name or (name and text.endswith(name)) for name in names)


def _says(block: Block) -> bool:
    """Whether a block is a sentence or a label with its value, and not of the site, and no link."""
    text = block.text
    if block.of_site or block.links >= FEW_LINKS * len(text) or len(text) > LONGEST or is_of_page(text):
        return False
    if block.tag == "fact":
        return True
    said = _LABELLED.match(text) or (_SENTENCE.search(text) and len(_WORD.findall(text)) >= 3)
    return bool(said) and block.tag not in HEADINGS


def is_of_page(text: str) -> bool:
    """Whether a line is about the page or its site rather than about the thing: "Updated: 3 May", "Photo: A. Ash"."""
    if _BEGINS.match(text) or _DATED.match(text):
        return True
    label, colon, value = (part.strip() for part in text.casefold().partition(":"))
    if not colon:
        return False
    counts = label in _COUNTERS and _COUNT.match(value) is not None
    return label in _LABELS or counts or (label in _MADE_BY and value not in YES_NO)


def tells(text: str, fact: bool) -> bool:
    """Whether a line says something that may be looked for by value."""
    return fact or any(map(str.isdecimal, text))


class Boxes:
    """Which looks hold what is said of the page, over a site's pages. Memory: a number for each different line."""

    def __init__(self) -> None:
        self._lines: dict[str, Counter[str]] = {}
        self._telling: dict[str, set[str]] = {}
        self._pages: Counter[str] = Counter()

    def add(self, found: Iterable[tuple[str, str, bool]]) -> None:
        """Notes a page's candidates: look and mark of each, and whether it tells something."""
        lines = set(found)
        self._pages.update({look for look, _, _ in lines})
        for look, mark, telling in lines:
            self._lines.setdefault(look, Counter())[mark] += 1
            if telling:
                self._telling.setdefault(look, set()).add(mark)

    def marks(self, counts: Counter[str], most: float) -> frozenset[str]:
        """Marks to store: one for each kind of element whose lines are the page's own, and one for each line in it that
        the site repeats.

        counts: on how many pages a line is the page's own. most: pages above which a line is repeated.
        """
        found: set[str] = set()
        for look, lines in self._lines.items():
            often = {mark for mark, n in lines.items() if n + counts[mark] > most}
            others = {mark: n for mark, n in lines.items() if mark not in often}
            telling = self._telling.get(look, set()).intersection(others)
            differ = len(others) >= DIFFERENT * sum(others.values())
            if self._pages[look] >= FEWEST_PAGES and telling and differ and len(telling) >= TELLING * len(others):
                found.update(map(site_mark, often), [look_mark(look)])
        return frozenset(found)


def look_mark(look: str) -> str:
    """The mark of a look whose lines count."""
    return f"beside:{digest(look)[:16]}"


def site_mark(mark: str) -> str:
    """The mark of a line beside the text that is the site's, by the mark of its text."""
    return f"sites:{mark}"
