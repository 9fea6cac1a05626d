"""A script bundle is refused before it can do harm."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from studiolo.datasets.reading import bundle
from studiolo.datasets.reading.bundle import check_bundle, read_bundle
from studiolo.datasets.reading.bundle_errors import (
    BundleMemberError,
    BundleMissingError,
    BundleTooLargeError,
    BundleUnreadableError,
)


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return sink.getvalue()


GOOD = zipped(("Hello.py", b"def hello(): pass\n"), ("pkg/", b""), ("pkg/é.py", b"x = 1\n"))


def test_a_good_bundle(tmp_path: Path) -> None:
    path = tmp_path / "Hello.zip"
    path.write_bytes(GOOD)
    assert read_bundle(path) == GOOD
    check_bundle(zipped(), name="empty.zip")


def test_missing_and_unreadable(tmp_path: Path) -> None:
    with pytest.raises(BundleMissingError, match=r"Hello\.zip"):
        read_bundle(tmp_path / "Hello.zip")
    with pytest.raises(BundleUnreadableError, match="directory"):
        read_bundle(tmp_path)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"print('hello')\n", "not a zip archive"),
        (GOOD[:-1], "cut off"),
        (GOOD[: len(GOOD) // 2], "cut off"),
        (GOOD[:10], "cut off"),
    ],
)
def test_no_intact_zip(data: bytes, reason: str) -> None:
    with pytest.raises(BundleUnreadableError, match=reason) as caught:
        check_bundle(data, name="Hello.zip")
    assert caught.value.classic_number == 102


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("/etc/passwd", "absolute"),
        ("C:/x.py", "absolute"),
        ("../x.py", r"\.\."),
        ("a/../../x.py", r"\.\."),
        ("a/..", r"\.\."),
        ("a\\..\\x.py", r"\.\."),
        ("C:\\x.py", "absolute"),
        ("\\\\server\\x.py", "absolute"),
    ],
)
def test_escape(name: str, problem: str) -> None:
    with pytest.raises(BundleMemberError, match=problem) as caught:
        check_bundle(zipped(("ok.py", b""), (name, b"x")), name="Hello.zip")
    assert caught.value.member == name
    assert "Hello.zip" in str(caught.value)


def test_backslashes_separate_folders() -> None:
    check_bundle(zipped(("pkg\\", b""), ("pkg\\mod.py", b"x")), name="Hello.zip")
    with pytest.raises(BundleMemberError, match="more than once"):
        check_bundle(zipped(("a/b.py", b"1"), ("a\\b.py", b"2")), name="Hello.zip")


def test_nul_in_a_name() -> None:
    data = zipped(("aXb.py", b"x")).replace(b"aXb.py", b"a\0b.py")
    with pytest.raises(BundleMemberError, match="NUL"):
        check_bundle(data, name="Hello.zip")


@pytest.mark.parametrize(
    ("kind", "problem"), [(stat.S_IFLNK, "symbolic link"), (stat.S_IFIFO, "neither")]
)
def test_special_members(kind: int, problem: str) -> None:
    member = zipfile.ZipInfo("link")
    member.create_system = 3
    member.external_attr = (kind | 0o777) << 16
    with pytest.raises(BundleMemberError, match=problem):
        check_bundle(zipped((member, b"/etc/passwd")), name="Hello.zip")


def test_encrypted() -> None:
    data = bytearray(zipped(("a.py", b"x")))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(BundleMemberError, match="encrypted"):
        check_bundle(bytes(data), name="Hello.zip")


def test_unknown_compression() -> None:
    data = bytearray(zipped(("a.py", b"x")))
    data[data.index(b"PK\x01\x02") + 10] = 98
    with pytest.raises(BundleMemberError, match="method 98"):
        check_bundle(bytes(data), name="Hello.zip")


def test_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MOST_MEMBERS", 2)
    check_bundle(zipped(("a", b""), ("b", b"")), name="Hello.zip")
    with pytest.raises(BundleTooLargeError, match="3 members; at most 2"):
        check_bundle(zipped(("a", b""), ("b", b""), ("c", b"")), name="Hello.zip")


def test_declared_size() -> None:
    data = bytearray(zipped(("a.py", b"x"), ("b.py", b"x")))
    for start in (data.index(b"PK\x01\x02"), data.rindex(b"PK\x01\x02")):
        struct.pack_into("<I", data, start + 24, 600 << 20)
    with pytest.raises(BundleTooLargeError, match="bytes when it is unpacked"):
        check_bundle(bytes(data), name="Hello.zip")


def test_bomb() -> None:
    with pytest.raises(BundleMemberError, match="zip bomb"):
        check_bundle(zipped(("zeros", bytes(4 << 20))), name="Hello.zip")
    check_bundle(zipped(("zeros", bytes(1 << 20))), name="Hello.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "names", [("a.py", "a.py"), ("a.py", "./a.py"), ("d/a.py", "d//a.py"), ("d", "d/a.py")]
)
def test_one_path_twice(names: tuple[str, str]) -> None:
    with pytest.raises(BundleMemberError, match=r"more than once|at the same time"):
        check_bundle(zipped(*[(name, b"x") for name in names]), name="Hello.zip")


def test_overlapping_members() -> None:
    data = bytearray(zipped(("a.py", b"x" * 50), ("b.py", b"y" * 50)))
    second = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, second + 42, 0)
    with pytest.raises(BundleMemberError, match="overlap"):
        check_bundle(bytes(data), name="Hello.zip")
