"""Bytes to text, whatever they declare to be."""

from __future__ import annotations

import codecs
import re
from functools import cache

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
