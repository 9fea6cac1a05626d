"""Data of NLTK as a version of a service keeps them."""

import errno
import hashlib
import io
import os
import stat
from pathlib import Path

import pytest

from studiolo.environments.data.errors import DataFolderError, DataHomeError
from studiolo.environments.data.frozen_data import (
    freeze_data,
    frozen_data_folders,
    frozen_names,
    thaw_data,
)
from studiolo.environments.data.kept_data import EnvironmentData
from studiolo.environments.removal import prune
from studiolo.environments.use import lock_of, stop_using


@pytest.fixture
def data(tmp_path: Path) -> EnvironmentData:
    """Two corpora, one of which somebody has put there as a zip."""
    folder = tmp_path / "nltk"
    (folder / "corpora" / "stopwords" / "old").mkdir(parents=True)
    (folder / "corpora" / "stopwords" / "english").write_bytes(b"the\nof\n")
    (folder / "corpora" / "stopwords" / "old" / "english").write_bytes(b"thou\n")
    (folder / "corpora" / "words.zip").write_bytes(b"zip")
    return EnvironmentData(folder=folder, digest="0")


class Archives:
    """Archives by their SHA-256, as a store has them."""

    def __init__(self, data: EnvironmentData) -> None:
        self._found: dict[str, bytes] = {}
        self.names = {name: self._freeze(data, name) for name in frozen_names(data)}

    def _freeze(self, data: EnvironmentData, name: str) -> str:
        archive = io.BytesIO()
        freeze_data(data, name, archive)
        digest = hashlib.sha256(archive.getvalue()).hexdigest()
        self._found[digest] = archive.getvalue()
        return digest

    def thaw(self, home: Path) -> EnvironmentData:
        return thaw_data(self.names, self._copy, home=home)

    def _copy(self, digest: str, descriptor: int) -> None:
        os.write(descriptor, self._found[digest])


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_frozen_data_are_there_again_for_every_user(data: EnvironmentData, tmp_path: Path) -> None:
    frozen = Archives(data)
    assert list(frozen.names) == ["corpora/stopwords", "corpora/words.zip"]
    before = os.umask(0o077)
    try:
        thawed = frozen.thaw(tmp_path / "home")
    finally:
        os.umask(before)
    assert files(thawed.folder) == files(data.folder)
    for path in (thawed.folder.parent, thawed.folder, *thawed.folder.rglob("*")):
        wanted = 0o755 if path.is_dir() else 0o644
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_equal_data_share_a_folder(data: EnvironmentData, tmp_path: Path) -> None:
    first = Archives(data)
    english = data.folder / "corpora" / "stopwords" / "english"
    os.utime(english, (1000, 1000))
    again = Archives(data)
    assert again.names == first.names
    home = tmp_path / "home"
    assert again.thaw(home) == first.thaw(home)
    english.write_bytes(b"a\n")
    changed = Archives(data).thaw(home)
    assert (changed.folder / "corpora" / "stopwords" / "english").read_bytes() == b"a\n"
    assert len(frozen_data_folders(home)) == 2
    # One that was removed by hand, and what a killed process had not finished.
    (home / "data" / ".copying-abc").mkdir()
    for path in sorted(changed.folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    changed.folder.rmdir()
    assert files(Archives(data).thaw(home).folder) == files(data.folder)
    assert not (home / "data" / ".copying-abc").exists()


def test_a_link_that_leads_out_is_not_followed(data: EnvironmentData, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    (data.folder / "corpora" / "stopwords" / "danish").symlink_to(tmp_path / "secret")
    (data.folder / "corpora" / "all.zip").symlink_to(tmp_path / "secret")
    thawed = Archives(data).thaw(tmp_path / "home")
    assert sorted(files(thawed.folder)) == [
        "corpora/stopwords/english",
        "corpora/stopwords/old/english",
        "corpora/words.zip",
    ]


def test_what_is_in_the_way_is_said(
    data: EnvironmentData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen = Archives(data)
    (tmp_path / "home").write_text("a file")
    with pytest.raises(DataHomeError, match=r"can't be unpacked into .*STUDIOLO_HOME"):
        frozen.thaw(tmp_path / "home")
    monkeypatch.setattr(Path, "read_bytes", _refused)
    with pytest.raises(DataFolderError, match=r"words\.zip: Input/output error"):
        freeze_data(data, "corpora/words.zip", io.BytesIO())


def _refused(path: Path) -> bytes:
    raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))


def test_data_that_were_not_used_for_long_are_pruned(data: EnvironmentData, tmp_path: Path) -> None:
    home = tmp_path / "home"
    folder = Archives(data).thaw(home).folder
    os.utime(lock_of(folder), (1000, 1000))
    (home / "environments").mkdir()
    prune(home / "environments", unused_since=2000)
    assert folder.is_dir(), "this process uses it"
    stop_using(folder)
    prune(home / "environments", unused_since=500)
    assert folder.is_dir()
    prune(home / "environments", unused_since=2000)
    assert not folder.exists()
