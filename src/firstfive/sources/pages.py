"""HTML and plain text, a page a file: from a folder, an archive or one file. Nothing is ever unpacked to disk."""

from __future__ import annotations

import lzma
import os
import re
import stat
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path, PurePosixPath
from typing import IO

from firstfive import guard
from firstfive.errors import SourceError
from firstfive.settings import FILE
from firstfive.sources.foreign import PROGRAMS, in_folder, no_page
from firstfive.sources.lines import is_binary, rejected
from firstfive.sources.linked import LONGEST, number, said_of
from firstfive.sources.opening import GZIP, Limits, beginning, check_ratio, opened, unreadable
from firstfive.types import Rejected

HTML = frozenset({".html", ".htm", ".xhtml", ".shtml"})
TEXT = frozenset({".txt", ".md", ".text", ".markdown"})

_MARKED = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
_LANG = re.compile(r"<html\b[^<>]*?\slang\s*=\s*[\"']?([-\w]+)", re.IGNORECASE)
_META = re.compile(r"<meta\s([^<>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"(?<![-:.\w])([-:.\w]++)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_SKIPPED = re.compile(r"<!--.*?(?:-->|\Z)|<(?P<of>script|style)\b.*?(?:</(?P=of)\s*+>|\Z)", re.IGNORECASE | re.DOTALL)
_CHARSET = re.compile(rb"charset\s*+=\s*+(?:[\"']\s*+)?([-\w]+)", re.IGNORECASE)
# What pages say to browsers, crawlers and other sites, and not about what they describe.
_NO_FACT = re.compile(
    r"viewport|robots|googlebot|bingbot|generator|csrf|theme-color|color-scheme|referrer|format-detection|msapplication"
    r"|apple-|twitter:|og:|fb:|al:|article:|handheldfriendly|mobileoptimized|verification|verify|revisit|distribution"
    r"|description|keywords|next-head-count|application-name|charset|content-type|x-ua|token|nonce",
    re.IGNORECASE,
)
_TRACKING = re.compile(
    r"(?<=[?@&;])(?:utm_\w+|gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid|yclid|twclid|ttclid|igshid|mc_[ce]id|_ga|_gl"
    r"|_hsenc|_hsmi|mkt_tok|srsltid)=[^&;/]*(?:[&;]|$)"
    r"|_utm_(?:(?:source|medium)[_=-]|(?:campaign|term|content|id)[_=-][^/]*?[_&;-]utm_)[^/]*?(?=\.[a-z]+$|$)",
    re.IGNORECASE,
)
"""What an address says of who sent a visitor, behind "?", or "@" as Windows has it; or "_" as some crawlers write.

Behind "_" it begins with source or medium, or is of two parts: `convert_utm_id-32` is about a grid of maps."""
_SHOPS = {
    f"{whose}:{said}": field
    for whose in ("product", "og")
    for said, field in (("price:amount", "price"), ("price:currency", "currency"), ("brand", "brand"))
}
"""What shops write for networks, by the <meta property=...> that says it."""
_HEAD = 1 << 16
_ZIP = b"PK\x03\x04"
ENCRYPTED = 1
"""The bit of a zip member's flags that says so."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A file with a page in it. name: its path inside, without its ending and tracking parameters.

    columns: what it says of itself. whole: the name with what was dropped of it as tracking; else empty.
    """

    name: str
    path: str
    media: str
    body: bytes
    columns: Mapping[str, str]
    site: str
    whole: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that cannot be read: why, and what to do."""

    reason: str
    advice: str = "get the file again, or leave it out"


LINK = Unread("it is a link to another file", "unpack the archive and import the folder, where links are followed")
OWN = Unread("the project's own files")
"""Stands for what firstfive itself wrote beside a `firstfive.toml`: nobody means it when they import that folder."""
_OWN_FOLDERS = frozenset({"releases", "prompts"})
_OWN_FILES = frozenset({FILE, "embedders.json", "report.html"})

Skipped = Callable[[str, str, bytes], None]
"""Is told the ending, path and beginning of each file that holds no page, and OWN's reason where a project lies."""


def read_pages(path: Path, source: str, limits: Limits, skipped: Skipped) -> Iterator[Leaf | Rejected]:
    """The pages of a folder, an archive or one file; a folder's in the order of their paths.

    Raises SourceError where the source as a whole cannot be read, or is a bomb.
    """
    single = path.is_file() and not _is_archive(path)
    for name, body in _files(path, limits):
        inside = _inside(name)
        where = source if single and inside == path.name else f"{source}/{inside}"
        if body is OWN:
            skipped(OWN.reason, inside, b"")
        elif isinstance(body, Unread):
            yield rejected(where, 0, body.reason, body.advice)
        elif (media := _media(inside, body)) and (wrong := _no_text(body)):
            yield rejected(where, 0, wrong.reason, wrong.advice)
        elif media:
            yield _leaf(inside, media, body, "" if single else _stem(path))
        else:
            pure = PurePosixPath(inside)
            ending = pure.name if pure.name.lower() in _FOR_CRAWLERS else pure.suffix or "no ending"
            skipped(ending, inside, body[:2048])


def _no_text(body: bytes) -> Unread | None:
    """What is wrong with a file that is named as a page and holds none."""
    if found := no_page(body[:_HEAD]):
        return Unread(f"the file is {found[0]}, which cannot be read", found[1])
    return (
        Unread("the file does not hold text", "get it again, or leave it out")
        if is_binary(guard.decode(body[:_HEAD]))
        else None
    )


def _leaf(inside: str, media: str, body: bytes, home: str) -> Leaf:
    whole = inside.removesuffix(".gz")
    pure = PurePosixPath(whole)
    name = _named(_untracked(whole))
    before = _named(whole) if name != _named(whole) else ""
    site = pure.parts[0] if len(pure.parts) > 1 else home
    if media == "text":
        text = guard.decode(body)
        said = _of_text(text, pure.stem)
        return Leaf(name, inside, media, text.encode("utf-8", "surrogatepass"), said, site, before)
    return Leaf(name, inside, media, body, {"path": inside, **_of_html(body)}, site, before)


def _named(path: str) -> str:
    """The path without an ending of pages."""
    pure = PurePosixPath(path)
    return str(pure.with_suffix("")) if pure.suffix.lower() in HTML | TEXT else str(pure)


def _untracked(path: str) -> str:
    """The path without tracking parameters; with them, where nothing else names the file."""
    folder, slash, name = path.rpartition("/")
    left = _TRACKING.sub("", name)
    left = left.rstrip("?@&;") if left != name else name
    return f"{folder}{slash}{left}" if left else path


def _of_text(text: str, stem: str) -> dict[str, str]:
    """A plain text's title is its first line, where that is short and not all."""
    first, _, rest = text.lstrip().partition("\n")
    first = first.strip().lstrip("#").strip()
    return {"title": first if 0 < len(first) <= 120 and rest.strip() else stem.replace("-", " ").replace("_", " ")}


def _of_html(body: bytes) -> dict[str, str]:
    """What a page says of itself: title, lang, each <meta name=... content=...>, and what its JSON-LD says.

    JSON-LD goes first, since it is of the thing that the page is about; what it does not say, shops' <meta> may.
    """
    found = _CHARSET.search(body[:4096])
    charset = found[1].decode("ascii") if found else ""
    head = _SKIPPED.sub("", guard.decode(body[:_HEAD], charset))
    columns: dict[str, str] = {}
    shops: dict[str, str] = {}
    for meta in _META.findall(head):
        said = {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(meta)}
        content, name = said.get("content", "").strip(), guard.printable(said.get("name", ""))[0].strip()
        if name and content:
            columns.setdefault(name, content)
        if field := _SHOPS.get(said.get("property", "").strip().lower()):
            shops.setdefault(field, number(content) if field == "price" else content[:LONGEST])
    for name, pattern in (("lang", _LANG), ("title", _TITLE)):
        if match := pattern.search(head):
            columns[name] = " ".join(unescape(match[1]).split())
    linked = said_of(body, columns.get("title", ""), charset)
    if not shops.get("price") or "price" in linked or "price" in columns:
        shops = {name: value for name, value in shops.items() if name not in ("price", "currency")}
    return {**{name: value for name, value in shops.items() if value}, **columns, **linked}


def states_a_fact(column: str) -> bool:
    """Whether a page's column says something about what the page describes, so that it is worth a filter."""
    return column not in ("path", "title", "text") and not _NO_FACT.match(column)


_COMMENTS = rb"\s*+(?:#[^\n]*+\s*+)*+"
_FOR_CRAWLERS = {
    "robots.txt": re.compile(_COMMENTS + rb"(?:user-agent|disallow|allow|sitemap|crawl-delay)\s*:", re.IGNORECASE),
    "sitemap.txt": re.compile(rb"\s*https?://", re.IGNORECASE),
    **dict.fromkeys(
        ("ads.txt", "app-ads.txt"), re.compile(_COMMENTS + rb"[^\s,#]{1,99}\s*,\s*[^,\n]+,", re.IGNORECASE)
    ),
    "security.txt": re.compile(_COMMENTS + rb"(?:-----BEGIN|contact\s*:|expires\s*:)", re.IGNORECASE),
}
"""Plain text that a site writes for programs, by its name and how it begins."""


def _for_crawlers(name: str, body: bytes) -> bool:
    begins = _FOR_CRAWLERS.get(name.lower())
    return begins is not None and begins.match(body[:4096].removeprefix(b"\xef\xbb\xbf")) is not None


def _media(inside: str, body: bytes) -> str:
    """ "html", "text" or "" for a file that holds no page."""
    pure = PurePosixPath(inside.removesuffix(".gz"))
    ending = pure.suffix.lower()
    if _for_crawlers(pure.name, body):
        return ""
    if ending in TEXT:
        return "text"
    return "html" if ending in HTML or (ending not in PROGRAMS and _MARKED.search(body[:2048])) else ""


# --- where the files are ----------------------------------------------------------------------------------------------


def _files(path: Path, limits: Limits) -> Iterator[tuple[str, bytes | Unread]]:
    """The path inside and the bytes of each file, or what is wrong with it."""
    if path.is_dir():
        yield from _in_folder(path, limits)
    elif path.name.lower().endswith(".zip") or zipfile.is_zipfile(path) or _begins_as_zip(path, limits):
        yield from _of_archive(path, _in_zip(path, limits), limits)
    elif _is_archive(path):
        yield from _of_archive(path, _in_tar(path, limits), limits)
    else:
        with opened(path, limits) as stream:
            yield path.name, _whole(stream, limits)


def _begins_as_zip(path: Path, limits: Limits) -> bool:
    return beginning(path, limits, len(_ZIP)) == _ZIP


def is_page(name: str, head: bytes) -> bool:
    """Whether a file of this name that begins so holds a page."""
    return bool(_media(name, head))


def is_archive(path: Path, head: bytes) -> bool:
    """Whether the file is read as an archive, by its name or by how it begins."""
    return head.startswith(b"PK") or _is_archive(path)


def _is_archive(path: Path) -> bool:
    return path.name.lower().endswith((".zip", ".tar", ".tar.gz", ".tgz"))


def _stem(path: Path) -> str:
    name = path.resolve().name
    return re.sub(r"\.(zip|tar|tar\.gz|tgz)$", "", name, flags=re.IGNORECASE)


def _inside(name: str) -> str:
    """The path without what would lead out of its folder, and fit to be an id."""
    parts = guard.printable(name)[0].replace("\\", "/").split("/")
    return "/".join(part.strip() for part in parts if part.strip() not in ("", ".", "..")) or "unnamed"


def _whole(stream: IO[bytes], limits: Limits) -> bytes | Unread:
    body = stream.read(limits.item_bytes + 1)
    return body if len(body) <= limits.item_bytes else _too_large(limits)


def _too_large(limits: Limits) -> Unread:
    return Unread(f"the file is larger than {limits.item_bytes:,} bytes, unpacked", "raise import.max_item_mb")


def _in_folder(folder: Path, limits: Limits) -> Iterator[tuple[str, bytes | Unread]]:
    """Links are followed inside the folder only: one in a copied site may lead to any file of this machine."""

    def failed(wrong: OSError) -> None:
        raise unreadable(Path(wrong.filename or folder), wrong)

    for here, folders, names in os.walk(folder, onerror=failed):
        folders.sort()
        folders[:] = [name for name in folders if not name.startswith(".")]
        if FILE in names:
            folders[:] = [name for name in folders if name not in _OWN_FOLDERS]
            names[:] = [name for name in names if name not in _OWN_FILES and not name.startswith("firstfive.db")]
            yield Path(here, FILE).relative_to(folder).as_posix(), OWN
        for name in (*folders, *sorted(names)):
            file = Path(here, name)
            inside = file.relative_to(folder).as_posix()
            if name.startswith("."):
                continue
            if file.is_symlink() and (wrong := _wrong_link(file, folder)):
                yield inside, wrong
            elif stat.S_ISREG(file.stat().st_mode):
                yield inside, _of_file(file, limits)


def _wrong_link(link: Path, folder: Path) -> Unread | None:
    if not link.exists():
        return Unread("it is a link to nothing")
    if Path(os.path.realpath(link)).is_relative_to(os.path.realpath(folder)):
        return None
    return Unread("it is a link that leads out of the folder", "copy what it leads to into the folder, or leave it out")


def _of_file(file: Path, limits: Limits) -> bytes | Unread:
    try:
        with opened(file, limits) as stream:
            return _whole(stream, limits)
    except SourceError as wrong:
        return Unread(str(wrong))


def _of_archive(
    path: Path, files: Iterator[tuple[str, bytes | Unread]], limits: Limits
) -> Iterator[tuple[str, bytes | Unread]]:
    """An archive's files, as long as all that they unpack to is not out of proportion to the archive."""
    unpacked = 0
    for name, body in files:
        unpacked += len(body) if isinstance(body, bytes) else limits.item_bytes * (body == _too_large(limits))
        check_ratio(str(path), unpacked, path.stat().st_size, limits)
        yield name, body


def _in_zip(path: Path, limits: Limits) -> Iterator[tuple[str, bytes | Unread]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if members and all(m.header_offset for m in members) and _begins_as_zip(path, limits):
                raise zipfile.BadZipFile("its list of files is missing")  # found was that of a zip file inside
            for member in members:
                if not member.is_dir() and not _is_litter(member.filename):
                    yield member.filename, _of_zip(archive, member, limits)
    except (zipfile.BadZipFile, OSError, ValueError) as wrong:
        raise SourceError(f"{path} is not a whole zip archive: {str(wrong)[:120]}; get it again") from wrong


def _of_zip(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> bytes | Unread:
    if stat.S_ISLNK(member.external_attr >> 16):
        return LINK
    if member.flag_bits & ENCRYPTED:
        return Unread("it is locked with a password", "unpack the archive with the password, and import the folder")
    try:
        with archive.open(member) as stream:
            return _gunzipped(_whole(stream, limits), limits)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, OSError, ValueError) as wrong:
        return Unread(f"it cannot be unpacked: {str(wrong)[:120]}")


def _in_tar(path: Path, limits: Limits) -> Iterator[tuple[str, bytes | Unread]]:
    with opened(path, limits) as stream:
        try:
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                for member in archive:
                    archive.members = []  # type: ignore[attr-defined]  # or it keeps one for each file there is
                    if _is_litter(member.name):
                        continue
                    content = archive.extractfile(member) if member.isreg() else None
                    if content is not None:
                        yield member.name, _gunzipped(_whole(content, limits), limits)
                    elif member.issym() or member.islnk():
                        yield member.name, LINK
        except (tarfile.TarError, EOFError, ValueError) as wrong:
            raise SourceError(f"{path} is not a whole tar archive: {str(wrong)[:120]}; get it again") from wrong


def _gunzipped(body: bytes | Unread, limits: Limits) -> bytes | Unread:
    """A packed file inside an archive, unpacked up to the limit."""
    if isinstance(body, Unread) or not body.startswith(GZIP):
        return body
    unpacking = zlib.decompressobj(wbits=31)
    try:
        plain = unpacking.decompress(body, limits.item_bytes + 1)
    except zlib.error as wrong:
        return Unread(f"it cannot be unpacked: {wrong}")
    return plain if len(plain) <= limits.item_bytes else _too_large(limits)


def _is_litter(name: str) -> bool:
    """What systems and editors leave in archives."""
    return any((part.startswith(".") and part not in (".", "..")) or part == "__MACOSX" for part in name.split("/"))


class LeftOut:
    """What a folder or an archive holds beside its pages: by ending, how many, and of what may matter an example."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._matter: dict[str, str] = {}

    def add(self, ending: str, inside: str, head: bytes) -> None:
        """Notes a file."""
        self._counts[ending] += 1
        if ending != OWN.reason and (what := in_folder(inside, head)):
            self._matter.setdefault(what, inside)

    def said(self) -> str:
        """In words: the endings, most frequent first, whether a project lies there, and what to do with what matters.

        Empty where nothing was left out.
        """
        kinds = Counter({ending: n for ending, n in self._counts.items() if ending != OWN.reason})
        shown = ", ".join(f"{n:,} {ending}" for ending, n in kinds.most_common(5))
        others = kinds.total() - sum(n for _, n in kinds.most_common(5))
        rest = f" and {others:,} other" if others else ""
        foreign = [f"what is neither HTML nor plain text ({shown}{rest} files)"] if kinds else []
        whole = " and ".join([*foreign, *([OWN.reason] if OWN.reason in self._counts else [])])
        return "; ".join([whole, *(f"{inside} is {what}" for what, inside in self._matter.items())])
