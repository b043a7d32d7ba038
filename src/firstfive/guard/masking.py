"""Personal data in texts that are shown to others, as far as patterns know it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from firstfive.guard.text import printable

_WORD = r"[^\W\d_][\w'’-]*+"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’-]*+"
_STREETS = "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Way|Boulevard|Blvd|Place|Square"
_RUES = "(?i:rue|avenue|boulevard|chemin|impasse|allée|quai)"
_OF = "(?i:de|du|des|la|le|von|van|der|den)"
_CALLED = r"my name is|my name['’]s|i am called|mein name ist|ich heiße|ich heisse|je m['’]appelle|mon nom est"
_I_AM = r"i['’]m|i am|ich bin|je suis"
_TITLES = "(?i:mr|mrs|herrn?|frau|monsieur|madame|mme|mademoiselle|mlle|dr)"
_DASH = "[\u2010-\u2015\u2212-]"


def _one_of(words: str) -> str:
    """A pattern of one of the words, small or large, and no beginning of a longer one."""
    return rf"(?i:{'|'.join(words.split())})(?![\w'’])"


_COMMON = _one_of(
    "a an the and or but not i we my you who in on at to of for from with by near is am was have has had want wants "
    "need needs would will can could like love live lives living work works working look looks looking search "
    "searching seeking seeks moving now very so also just only really still here half based interested available open "
    "ready retired single married "
    "und oder aber nicht ich wir sie der die das den dem ein eine einen einer im am ab um an auf aus bei bis für mit "
    "ohne seit über von vom zu zum zur zwischen wie als auch nur sehr gern gerne noch jetzt hier allein alleinstehend "
    "berufstätig anfang mitte ende gesucht suche sucht suchen bin ist hat habe haben möchte möchten will wollen kann "
    "brauche braucht wohne wohnt arbeite arbeitet komme kommt lebe lebt mag "
    "et ou mais pas je nous vous de du des la le les un une à au en dans pour avec sans sur chez qui que ai est suis "
    "cherche cherchons cherchent veux voudrais aime habite travaille vis viens très aussi seul seule "
)
_NO_NAME = f"(?!{_COMMON})"
"""What follows "I am" or "Mrs" without being a name, and ends one; no word that many people are called by."""

_NO_PERSON = (
    r"(?!(?i:\w+(?:ish|ing|ese|isch|ische|ischer|lich|liche|licher|erin|istin|entin|antin|euse|trice)"
    r"|deutsche?r?|german|french|française?|allemande?|british|american|américaine?|amerikaner|canadian|canadien(?:ne)?"
    r"|kanadier|swiss|schweizer|suisse|austrian|österreicher|dutch|niederländer|italian|italien(?:ne)?|italiener"
    r"|espagnole?|spanier|portugais|greek|grec(?:que)?|grieche|russian|russe|ukrainian|ukrainer|indian|indien(?:ne)?"
    r"|inder|african|africaine?|asian|european|européen(?:ne)?|europäer|latina|latino|türke|turc|pole|polonaise?)\b)"
)
"""Nationalities, and endings of what people are rather than are called, for the first word of two."""

_GIVEN = _one_of(
    "alexander alexandra alice amelie andrea andreas andrew angela anna anne annette anthony antoine anton barbara "
    "bernard birgit brigitte camille carla caroline catherine charles charlotte chloé chris christina christine "
    "christoph claudia daniel daniela david dieter elena elisabeth elizabeth emily emma eva fabian felix florian "
    "françois frédéric gabriele george hannah hans heike helen helena isabelle jacques james jan jana jane jean "
    "jennifer jessica joachim johanna johannes john jonas joseph julia julian julie julien jürgen karin katharina "
    "kathrin katja kevin klaus lara laura laurent lea lena léa linda lisa louis louise luca lucas lukas manon manuel "
    "marc marcel margaret maria marie marion markus martin martina mary mathieu matthias matthew michael michel "
    "michelle mohamed mohammed monika nathalie nicolas nicole nina olivia oliver olivier pascal patricia patrick paul "
    "peter petra philippe pierre rachel rebecca richard robert ryan sabine sandra sara sarah sebastian simon sophia "
    "sophie stefan stefanie stephan stephanie stéphane susan susanne sylvie theresa thomas tim tobias tom ursula uwe "
    "valérie vanessa victoria vincent william wolfgang "
)
"""Names that many are given and that mean little else: after "I am" they tell a name in small letters too."""

_YEAR = r"(?:19|20)\d\d"
_BORN = (
    r"(?:born|birth|birthday|birthdate|dob|geboren|geb|geburtsdatum|geburtstag|née?|naissance)[.:,]{0,2}\s?"
    r"(?:(?:on|the|am|den|le|is|ist|est|it|it['’]s)\s){0,2}"
)
_BIRTHDAY = (
    rf"(?:\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}}"
    rf"|\d{{1,2}}(?:\.|st|nd|rd|th|er)?\s?(?:of\s)?[^\W\d_]{{3,9}}\.?,?\s{_YEAR}"
    rf"|[^\W\d_]{{3,9}}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s{_YEAR})(?!\d)"
)
_PERSONAL: Mapping[str, str] = {
    "e-mail": r"(?<![\w.+%-])[\w.+%-]++(?:@| ?[(\[{<] ?(?i:at|ät|arobase|@) ?[)\]}>] ?)[\w-]+"
    r"(?:(?:\.| ?[(\[{<] ?(?i:dot|punkt|point|\.) ?[)\]}>] ?)[\w-]+)+"
    r"|(?<![\w.+%-])[\w.+%-]++ (?i:at [\w-]+ dot (?:com|org|net|info|eu|de|at|ch|fr|be|uk|io))\b",
    "web address": r"(?:https?://|www\.)\S+",
    "handle": r"(?<!\w)@\w{2,}",
    "account": r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"
    r"|\b(?i:[a-z]{2}\d{2}(?: ?[a-z]{4})?(?: ?\d{4}){2}(?: ?(?=[a-z]{0,3}\d)[a-z0-9]{4}){0,5}(?: ?\d[a-z0-9]{0,2})?)\b",
    "street": rf"\b\d{{1,6}}[a-z]?,?\s(?:{_CAPITAL}\s){{1,3}}(?:{_STREETS})\b\.?"
    rf"|(?<![\w'’-])(?:{_CAPITAL}\s){{1,3}}(?:{_STREETS}|Straße|Strasse|Str|Weg|Platz|Allee)\.?,?\s\d{{1,6}}[a-z]?\b"
    r"|\b\w+(?:straße|strasse|str\.|weg|gasse|platz|allee)\s\d+ ?[a-z]?\b"
    rf"|\b\d+,?\s(?:bis\s|ter\s)?{_RUES}(?:\s{_OF}){{0,3}}\s{_WORD}(?:\s{_CAPITAL}){{0,3}}"
    rf"|(?<!\w){_RUES}(?:\s{_OF}){{0,3}}(?:\s{_CAPITAL}){{1,4}},?\s\d{{1,4}}\b(?:\s(?:bis|ter)\b)?"
    rf"|(?<!\w){_RUES}(?:\s{_OF}){{1,3}}\s{_WORD},?\s\d{{1,4}}\b(?!\s[^\W\d_])",
    "day of birth": rf"(?<!\w)(?i:{_BORN}(?P<born>{_BIRTHDAY}))|(?<!\d)(?i:{_BIRTHDAY}(?=\s(?:geboren|born)\b))",
    "number": rf"(?<!\d)[+(]?\d(?:(?:[ ()./:]|{_DASH}){{0,4}}+\d){{6,}}+(?: ?(?:x|ext\.?) ?\d{{1,6}})?",
    "name": rf"(?<!\w)(?i:{_CALLED})\s+(?P<called>{_NO_NAME}{_WORD}(?:\s{_NO_NAME}{_WORD})?(?:\s{_NO_NAME}{_CAPITAL})?)"
    rf"|(?<!\w)(?i:{_I_AM})\s+(?P<am>{_GIVEN}(?:\s{_NO_NAME}{_WORD})?(?:\s{_NO_NAME}{_CAPITAL})?"
    rf"|{_NO_PERSON}{_NO_NAME}{_CAPITAL}(?:\s{_NO_NAME}{_CAPITAL}){{1,2}}+(?!\s{_CAPITAL}))"
    rf"|(?<![\w&])(?:(?:{_TITLES}|Ms|Miss|Prof|M)\.?\s{{1,3}}){{1,3}}"
    rf"(?P<titled>(?:{_OF}\s){{0,3}}{_NO_NAME}{_CAPITAL}(?:\s{_NO_NAME}{_CAPITAL}){{0,2}})"
    rf"|(?<!\w)(?<!(?i:eine) )(?<!(?i:einer) )(?<!(?i:als) )(?:{_TITLES}\.?|ms\.|m\.|prof\.)\s{{1,3}}"
    rf"(?P<small>(?:{_GIVEN}\s)?{_NO_NAME}{_WORD})",
}
_MASKED = re.compile("|".join(f"(?P<k{n}>{pattern})" for n, pattern in enumerate(_PERSONAL.values())))
_AFTER = ("called", "am", "titled", "small", "born")
"""Groups before which the words of a match stay."""

_COUNT = (
    rf"(?:{_YEAR}-\d\d-\d\d|\d{{1,2}}\.\d{{1,2}}\.(?:{_YEAR})?|\d{{1,2}}/\d{{1,2}}/{_YEAR}|\d\d?:\d\d|{_YEAR}"
    r"|[1-9]\d{0,2}(?:\.\d{3})?\.\d\d0|[1-9]\d{0,3}0|[1-9]\d{0,5}000|[1-9]\d{0,2}(?: \d{3})? 000)"
)
_COUNTS = re.compile(
    rf"\(?(?!\d+-\d+-\d{{3}})(?:\d{{1,2}}[ /]{{1,2}})?{_COUNT}"
    rf"(?:(?:[ (/.]|{_DASH}){{1,4}}{_COUNT}){{0,20}}+(?: \d{{1,2}})?"
)
"""Numbers that are nobody's: days, times of a day, years, and sums, which end in 0 when people ask for them."""


def masked(text: str) -> str:
    """The text as it can be shown to others: what patterns know for personal data gives way to its kind, in brackets.

    Found are e-mail and web addresses, handles, accounts, streets with a number, days of birth, numbers of seven digits
    and more, and names after "my name is", "Mrs" and the like, wide letters and digits too; after "I am" only those
    that many are given, or two words with capitals. A name alone, a town or a story are not: patterns cannot know them.
    Days stay where no word beside them says that they are of birth, and so do sums such as "10.000.000" or "900 1000".
    """
    text, shown, at = printable(text)[0], "", 0
    for kind, start, end in personal(text):
        shown += f"{text[at:start]}[{kind}]"
        at = end
    return shown + text[at:]


def personal(text: str) -> Iterator[tuple[str, int, int]]:
    """The kinds of `masked` in a printable text, each with the places where it begins and ends, from left to right."""
    for found in _MASKED.finditer(text if text.isascii() else "".join(map(_narrow, text))):
        kind = next(name for n, name in enumerate(_PERSONAL) if found[f"k{n}"] is not None)
        if kind != "number" or not _COUNTS.fullmatch(found[0]):
            yield kind, max(found.start(), *(found.start(group) for group in _AFTER)), found.end()


def _narrow(character: str) -> str:
    """What a wide letter, another digit or blank stands for, where that is one character too: places stay the same."""
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character
