"""Files are put in their places whole, and over no other."""

import errno
import os
from pathlib import Path

import pytest

from studiolo.files.placing import put, put_new


@pytest.fixture(params=["links", "no links"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on a file system that knows several names for a file, or does not."""

    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    if request.param == "no links":
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    return tmp_path


def test_a_file_is_put_and_replaced_only_if_it_may_be(folder: Path) -> None:
    path = folder / "new" / "file.txt"
    put(b"one", path, folder=folder, replace=False)
    with pytest.raises(FileExistsError):
        put(b"two", path, folder=folder, replace=False)
    assert path.read_bytes() == b"one"
    put(b"three", path, folder=folder, replace=True)
    assert path.read_bytes() == b"three"
    assert [entry.name for entry in path.parent.iterdir()] == ["file.txt"]


def test_a_complete_file_gets_its_place_only_if_it_is_free(folder: Path) -> None:
    staged = folder / "staged"
    staged.write_bytes(b"content")
    put_new(staged, folder / "a" / "b", folder=folder)
    assert (folder / "a" / "b").read_bytes() == b"content"
    (folder / "a" / "b").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        put_new(staged, folder / "a" / "b", folder=folder)
    assert (folder / "a" / "b").read_bytes() == b"mine"


def test_what_breaks_off_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = folder / "file.txt"
    path.write_bytes(b"before")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        put(b"after", path, folder=folder, replace=True)
    assert path.read_bytes() == b"before"
    assert [entry.name for entry in folder.iterdir()] == ["file.txt"]


def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (inside / "linked").symlink_to(outside)
    with pytest.raises(OSError, match="leads out of"):
        put(b"one", inside / "linked" / "new" / "file.txt", folder=inside, replace=True)
    assert list(outside.iterdir()) == []
    also = tmp_path / "also"
    also.symlink_to(inside)
    put(b"one", also / "file.txt", folder=also, replace=False)
    assert (inside / "file.txt").read_bytes() == b"one"
