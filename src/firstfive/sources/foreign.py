"""What people give as a catalogue and is none: said at once, with what to do instead."""

from __future__ import annotations

import re
from pathlib import Path

from firstfive.errors import SourceError

READABLE = "CSV, TSV, JSONL, Parquet, HTML, plain text, and folders or archives of pages"

_SHEET, _DOCUMENT = ("a spreadsheet", "save it as CSV"), ("an office document", "save it as HTML or plain text")
_PDF = ("a PDF", "save its text as .txt, or what it lists as CSV")
_XML = ("XML", "write what it holds as CSV or JSONL, a row an item")
_FEED = ("a feed", "fetch the pages that it lists, and import their folder")
_MAIL = ("an e-mail", "save its text as .txt, or write a mailbox as CSV, a row a mail")
_TABLE = ("a table, which a folder of pages does not hold", "import it by its own name")
_DATABASE = ("a database", "export the table as CSV")
_PACKED = ("a packed file of another kind", "unpack it and import what is in it")
_IMAGE = ("an image", "save the text on it as .txt, or what it lists as CSV")
_CODE = ("source code", "name the file that lists the items, or save what it says of them as .txt")
_SETTINGS = ("a file of settings", "name the file that lists the items")

PROGRAMS = frozenset(
    ".py .pyi .ipynb .js .mjs .cjs .jsx .ts .tsx .vue .css .scss .less .sh .bash .zsh .ps1 .bat .cmd .java .kt .scala "
    ".swift .c .h .cc .cpp .hpp .cs .go .rs .rb .pl .lua .r .sql".split()
)
"""Endings of source code. Not those under which sites serve pages, such as .php: a copied site is full of them."""

_ENDINGS = {
    **dict.fromkeys(PROGRAMS, _CODE),
    **dict.fromkeys((".toml", ".yaml", ".yml", ".ini", ".cfg", ".conf", ".lock"), _SETTINGS),
    ".pdf": _PDF,
    ".xml": _XML,
    **dict.fromkeys((".rss", ".atom"), _FEED),
    **dict.fromkeys((".eml", ".msg", ".mbox"), _MAIL),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".numbers"), _SHEET),
    **dict.fromkeys((".docx", ".doc", ".odt", ".rtf", ".pptx", ".ppt", ".odp", ".pages"), _DOCUMENT),
    **dict.fromkeys((".sqlite", ".sqlite3", ".db", ".mdb"), _DATABASE),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp", ".tiff"), _IMAGE),
}
_BEGINNINGS = (
    (b"%PDF-", _PDF),
    (b"\xd0\xcf\x11\xe0", _SHEET),
    (b"SQLite format 3\0", _DATABASE),
    (b"\x89PNG", _IMAGE),
    (b"\xff\xd8\xff", _IMAGE),
    (b"GIF8", _IMAGE),
    (b"<?xml", _XML),
    (b"{\\rtf", _DOCUMENT),
    (b"7z\xbc\xaf\x27\x1c", _PACKED),
    (b"Rar!\x1a\x07", _PACKED),
    (b"BZh", _PACKED),
    (b"\xfd7zXZ\x00", _PACKED),
    (b"\x28\xb5\x2f\xfd", _PACKED),
)
_INSIDE_ZIP = ((b"opendocument.spreadsheet", _SHEET), (b"xl/", _SHEET), (b"opendocument", _DOCUMENT))
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def check_address(source: str) -> None:
    """Raises SourceError for an address: nothing is ever fetched."""
    if _ADDRESS.match(source):
        raise SourceError(
            f"{source} is an address, and firstfive does not fetch; download it (a site with `wget --mirror`, a file "
            "with `curl -O`) and import the folder or file"
        )


def check_kind(path: Path, source: str, head: bytes) -> None:
    """Raises SourceError for a file of a kind that holds no catalogue, by its name or by how it begins."""
    _refuse(source, _ENDINGS.get(Path(path.name.lower().removesuffix(".gz")).suffix) or _begun(head))


def check_page(source: str, head: bytes) -> None:
    """Raises SourceError for a file that is named as a page and begins as another kind."""
    _refuse(source, no_page(head))


def no_page(head: bytes) -> tuple[str, str] | None:
    """What a file is that begins so, and what to do with it; None for one that may be a page, as XML may."""
    found = _begun(head.removeprefix(b"\xef\xbb\xbf").lstrip())
    return None if found is _XML else found


def in_folder(name: str, head: bytes) -> str:
    """What a file is that a folder of pages may hold beside them, and what to do with it; empty for a site's litter."""
    if _SITEMAP.search(head):
        return ""
    ending = Path(name.lower().removesuffix(".gz")).suffix
    found = _FEED if _IS_FEED.search(head) else _TABLES.get(ending) or _ENDINGS.get(ending) or _begun(head)
    return f"{found[0]}: {found[1]}" if found and found not in (_IMAGE, _CODE, _SETTINGS) else ""


_TABLES = dict.fromkeys((".csv", ".tsv", ".jsonl", ".ndjson", ".parquet"), _TABLE)
_IS_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]")
_SITEMAP = re.compile(rb"<(?:urlset|sitemapindex)[\s>]")


def _begun(head: bytes) -> tuple[str, str] | None:
    found = next((kind for start, kind in _BEGINNINGS if head.startswith(start)), None)
    if found or not head.startswith(b"PK\x03\x04") or not (b"[Content_Types].xml" in head or b"mimetype" in head[:64]):
        return found
    return next((kind for part, kind in _INSIDE_ZIP if part in head), _DOCUMENT)


def _refuse(source: str, found: tuple[str, str] | None) -> None:
    if found:
        what, advice = found
        raise SourceError(f"{source} is {what}, which cannot be read: {advice}. What can be read is {READABLE}")
