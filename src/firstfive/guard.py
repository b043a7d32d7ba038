"""What stands between hostile text and everything else: bytes become text, and text loses what no reader can see.

Scraped pages and requests may carry characters that hide words from people and show them to programs (zero-width and
tag characters), that turn text around (bidirectional controls) or break storage (NUL, lone surrogates). `printable`
removes them and says how many of which kind, and leaves alone the same code points where writing needs them: joiners in
Persian and Indic words and inside emoji, one variation selector after a character, the three flags made of tags.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache

# Kinds of what `printable` removes, each as the inside of a character class.
KINDS: Mapping[str, str] = {
    "nul": "\x00",
    "control": "\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufff9-\ufffc\U0001d173-\U0001d17a",
    "zero_width": "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0100-\U000e01ef",
    "bidi": "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069",
    "private_use": "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd",
    "tag": "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff",
    "noncharacter": "\ufdd0-\ufdef" + "".join(chr(p + 0xFFFE) + chr(p + 0xFFFF) for p in range(0, 0x110000, 0x10000)),
    "surrogate": "\ud800-\udfff",
}

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_ASCII_SUSPECT = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_NEEDS_JOINERS = (
    "\u0600-\u061b\u061d-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u17b3\u17b6-\u17ff\u1800-\u180a\u1810-\u18af"
    "\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe"
)
_EMOJI = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff"
_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_EVERYTHING = "".join(KINDS.values())
_FLAGS = ("".join(chr(0xE0000 + ord(c)) for c in region) for region in ("gbeng", "gbsct", "gbwls"))
_KEEP = (
    f"\U0001f3f4(?:{'|'.join(_FLAGS)})\U000e007f",
    f"(?<=[{_NEEDS_JOINERS}])[\u200c\u200d]",
    f"(?:(?<=[{_EMOJI}])|(?<=[{_EMOJI}]\ufe0f))\u200d(?=[{_EMOJI}])",
    f"(?<=[^\\s{_EVERYTHING}])[\ufe00-\ufe0f]",
    f"(?<=[{_HAN}])[\U000e0100-\U000e01ef]",
    "(?<=[\u1820-\u1878\u1887-\u18aa])[\u180b-\u180f]",
)
_BELOW_ASTRAL = re.sub("[\U00010000-\U0010ffff]-?", "", _EVERYTHING)
# Wider than what is removed, so that a character is decided by one table and two comparisons.
_SUSPECT = re.compile(f"[\r\x0b\x0c\x85\u2028\u2029{_BELOW_ASTRAL}\U0001d173-\U0001d17a\U0001fffe-\U0010ffff]")
_REMOVE = re.compile(
    f"(?=[{_BELOW_ASTRAL}\U0001d173-\U0001d17a\U0001f3f4\U0001fffe-\U0010ffff])"
    f"(?:(?P<keep>{'|'.join(_KEEP)})|{'|'.join(f'(?P<{kind}>[{inside}])' for kind, inside in KINDS.items())})"
)


def printable(text: str) -> tuple[str, dict[str, int]]:
    """The text in NFC without what no reader can see, and how many characters of each kind of `KINDS` were removed.

    Line ends of every sort become newlines and are not counted; tabs stay. Doing it twice changes nothing.
    Cost: about 3 microseconds a thousand characters where nothing is to be done.
    """
    if text.isascii():
        if not _ASCII_SUSPECT.search(text):
            return text, {}
    elif not _SUSPECT.search(text):
        return unicodedata.normalize("NFC", text), {}
    counts: dict[str, int] = {}

    def judged(found: re.Match[str]) -> str:
        kind = found.lastgroup or "keep"
        if kind == "keep":
            return found.group()
        counts[kind] = counts.get(kind, 0) + 1
        return ""

    text = _REMOVE.sub(judged, _PAIR.sub(_joined, _LINE_ENDS.sub("\n", text)))
    return unicodedata.normalize("NFC", text), counts


_ALIKE = str.maketrans("ıİſK", "iisk")
"""Letters that a pattern that minds no case takes for others, and that `str.lower` leaves as they are or makes two."""


def lowered(text: str) -> str:
    """The text in small letters, as many as before: what a pattern that minds no case found in it is found so too.

    `str.casefold` makes two letters of "ß", and `str.lower` two of "İ" and leaves "ı" and "ſ".
    """
    return text.translate(_ALIKE).lower()


def storable(text: str) -> str:
    """The text without NUL and lone surrogates, which no database takes; all else stays for `printable`."""
    if text.isascii():
        return text.replace("\x00", "")
    return _PAIR.sub(_joined, text).encode("utf-8", "ignore").decode("utf-8").replace("\x00", "")


def _joined(pair: re.Match[str]) -> str:
    return pair.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le")


# --- cells of a table -------------------------------------------------------------------------------------------------

_NOTHING = frozenset(
    " - -- --- – — ? nan null none n/a n.a. n.a #n/a k.a. k.a unknown unbekannt inconnu desconocido".split(" ")
)
"""What scrapers, programs and people write where they have nothing to write, in lower case and without spaces."""

_FORMULA = re.compile("[ \u00a0\u3000]*[=+@\t\r\n\uff1d\uff0b\uff0d\uff20-]")
"""What a spreadsheet takes a cell that begins so for: something to work out. \uff1d and those after it are wide."""


def says_nothing(cell: str) -> bool:
    """Whether a cell is empty, or holds only a word or sign for a value that is missing: "-", "NULL", "k. A."."""
    return "".join(cell.casefold().split()) in _NOTHING


def as_cell(text: str) -> str:
    """A text as a cell of a CSV file: one that a spreadsheet would work out gets an apostrophe before it."""
    return f"'{text}" if _FORMULA.match(text) else text


def of_cell(cell: str) -> str:
    """The text that `as_cell` made the cell of."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell, 1) else cell


# --- personal data ----------------------------------------------------------------------------------------------------

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


# --- bytes to text ----------------------------------------------------------------------------------------------------

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
# Browsers read these labels as windows-1252: so do the pages that carry them.
_AS_BROWSERS_DO = {"iso8859-1": "cp1252", "ascii": "cp1252", "latin-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
_OTHERS = (
    *("cp1251", "koi8_r", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp874"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
)
_SINGLE_LATIN = {"cp1252", "iso8859-15"}
FALLBACK = "firstfive-cp1252"


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """A codec error handler: bytes that do not belong are read as windows-1252, one by one; never fails."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(_cp1252()[byte] for byte in wrong), error.end


codecs.register_error(FALLBACK, _as_cp1252)


@cache
def _cp1252() -> tuple[str, ...]:
    known = (bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))
    return tuple(known)


def encoding(sample: bytes, declared: str = "", *, whole: bool = False) -> str:
    """The codec that reads these bytes: byte order mark, then UTF-8 where it fits, then what is declared, then a guess.

    sample: the beginning, or (`whole`) all of it. Decode with `errors=FALLBACK`, so that a stray byte spoils nothing.
    UTF-8 goes before the declaration: text that is valid UTF-8 by chance in another encoding is very rare, wrong
    declarations are not.
    """
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    if (wide := _wide(sample)) is not None:
        return wide
    high = len(_HIGH.findall(sample))
    fitting = sum(map(len, _MULTIBYTE.findall(sample)))
    name = _known(declared)
    if not high:
        return name if name.startswith("iso2022") and b"\x1b" in sample else "utf-8"
    if fitting >= high - (0 if whole else 3):
        return "utf-8"
    if name and name != "utf-8" and name not in _SINGLE_LATIN and _reads(sample, name):
        return name
    if fitting > high / 2:
        return "utf-8"
    return name if name in _SINGLE_LATIN else _guessed(sample, high)


def decode(data: bytes, declared: str = "") -> str:
    """The bytes as text, without a byte order mark. Never fails: bytes that fit nothing are read as windows-1252."""
    name = encoding(data, declared, whole=True)
    return data.decode(name, FALLBACK if not name.startswith("utf-") or name == "utf-8" else "replace").removeprefix(
        "\ufeff"
    )


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of mostly Latin text is zero."""
    even, odd = sample[0:2000:2].count(0), sample[1:2000:2].count(0)
    pairs = min(len(sample), 2000) // 2
    if pairs < 4 or max(even, odd) < pairs * 0.6 or min(even, odd) > pairs * 0.1:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _known(declared: str) -> str:
    try:
        name = codecs.lookup(declared.strip()).name if declared.strip() else ""
        if name and not codecs.lookup(name)._is_text_encoding:  # base64, zip ... are none
            return ""
    except (LookupError, ValueError):
        return ""
    return _AS_BROWSERS_DO.get(name, name)


def _reads(sample: bytes, name: str) -> bool:
    """Whether the codec reads the sample with hardly a replacement."""
    text = sample.decode(name, "replace")
    return text.count("\ufffd") <= len(text) // 200 + 1


def _guessed(sample: bytes, high: int) -> str:
    """Western European where high bytes are few among the letters; otherwise what charset-normalizer thinks."""
    letters = high + sum(sample.count(bytes([c])) for c in b"etaoinsrhl")
    if high < 0.4 * letters:
        return "cp1252"
    import charset_normalizer

    best = charset_normalizer.from_bytes(sample[:20_000], cp_isolation=list(_OTHERS)).best()
    return best.encoding if best else "cp1252"
