"""Archives made to do harm, cut off, or packed by other programs."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from firstfive.errors import SourceError
from firstfive.sources import Limits, open_source
from firstfive.types import Page, Rejected

HTML = b"<html><title>Lamps</title><body><p>A page about lamps of brass.</p></body></html>"


def read(path: Path, limits: Limits | None = None) -> tuple[list[str], dict[str, str]]:
    """The ids of the pages, and the reason of each file that is none by its name."""
    found = list(open_source(str(path), None, limits))
    bad = {Path(row.source).name: row.reason for row in found if isinstance(row, Rejected)}
    return [page.id for page in found if isinstance(page, Page)], bad


def add(archive: tarfile.TarFile, name: str, body: bytes = b"", kind: bytes = tarfile.REGTYPE, to: str = "") -> None:
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.size = kind, to, len(body)
    archive.addfile(member, io.BytesIO(body))


def test_links_in_an_archive_go_to_quarantine_and_are_not_followed(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "site.tar", "w") as archive:
        add(archive, "a.html", HTML)
        add(archive, "soft.html", kind=tarfile.SYMTYPE, to="/etc/passwd")
        add(archive, "hard.html", kind=tarfile.LNKTYPE, to="a.html")
        add(archive, "device.html", kind=tarfile.CHRTYPE)
    with zipfile.ZipFile(tmp_path / "site.zip", "w") as zipped:
        zipped.writestr("a.html", HTML)
        link = zipfile.ZipInfo("soft.html")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        zipped.writestr(link, "/etc/passwd")
    said = "it is a link to another file"
    assert read(tmp_path / "site.tar") == (["a"], {"soft.html": said, "hard.html": said})
    assert read(tmp_path / "site.zip") == (["a"], {"soft.html": said})


def test_an_archive_that_is_small_itself_may_not_grow_too_much_either(tmp_path: Path) -> None:
    path = tmp_path / "site.tar"
    with tarfile.open(path, "w") as archive:
        for n in range(3):
            add(archive, f"{n}.html.gz", gzip.compress(HTML + b" " * 1_500_000))
    with pytest.raises(SourceError, match="max_ratio") as refused:
        read(path)
    assert refused.value.code == "source.bomb"


def test_many_names_for_one_packed_file_are_a_bomb(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.html", HTML + b"lamps " * 60_000)
        archive.filelist *= 100
    (tmp_path / "site.zip").write_bytes(packed.getvalue())
    with pytest.raises(SourceError, match="max_ratio"):
        read(tmp_path / "site.zip")


def test_the_list_of_a_zip_file_inside_is_not_taken_for_that_of_a_cut_archive(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("in.html", HTML)
    path = tmp_path / "site.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
        archive.writestr("out.html", HTML)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(SourceError, match="not a whole zip archive"):
        read(path)


def test_a_locked_file_is_said_to_be_locked(tmp_path: Path) -> None:
    path = tmp_path / "site.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.html", HTML)
        archive.writestr("b.html", HTML)
        archive.getinfo("b.html").flag_bits |= 1
    assert read(path) == (["a"], {"b.html": "it is locked with a password"})


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("site.zip", b"7z\xbc\xaf\x27\x1c" + bytes(99), "a packed file of another kind"),
        ("site.zip", b"Rar!\x1a\x07\x01" + bytes(99), "a packed file of another kind"),
        ("site.tar.xz", lzma.compress(HTML), "a packed file of another kind"),
        ("items.csv.bz2", bz2.compress(HTML), "a packed file of another kind"),
        ("items.csv.zst", b"\x28\xb5\x2f\xfd" + bytes(99), "a packed file of another kind"),
        ("site.zip", HTML, "not a whole zip archive"),
        ("site.zip", gzip.compress(HTML, mtime=0), "not a whole zip archive"),
        ("site.zip", b"", "not a whole zip archive"),
        ("site.tar", HTML, "not a whole tar archive"),
    ],
)
def test_what_an_archive_really_is_is_said(tmp_path: Path, name: str, body: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(SourceError, match=said):
        read(tmp_path / name)
