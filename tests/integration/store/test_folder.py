"""The store's folder is its owner's alone."""

import os
import stat
from pathlib import Path

import pytest

from studiolo.store.blobs import Blobs
from studiolo.store.folder import make_private_folder
from studiolo.store.locks import WorkspaceUse
from studiolo.store.records import Records


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def use(first: str, store: Path) -> None:
    """Use the store for the first time, for one thing or another."""
    if first == "blobs":
        Blobs(store).put_bytes(b"one")
    elif first == "lock":
        with WorkspaceUse.begin(store) as begun:
            assert mode(begun.path) == 0o600
    else:
        Records.open(store).close()


@pytest.mark.parametrize("first", ["blobs", "lock", "records"])
def test_whatever_makes_it_makes_it_private(first: str, tmp_path: Path) -> None:
    store = tmp_path / ".studiolo"
    before = os.umask(0)
    try:
        use(first, store)
    finally:
        os.umask(before)
    assert mode(store) == 0o700


@pytest.mark.parametrize("first", ["blobs", "lock", "records"])
def test_it_is_never_open_to_others_even_for_a_moment(
    first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever enters it before it is closed keeps what they opened."""

    def refused(path: Path, mode: int) -> None:
        raise AssertionError(f"{path} was made open, and closed afterwards")

    monkeypatch.setattr(Path, "chmod", refused)
    before = os.umask(0)
    try:
        use(first, tmp_path / ".studiolo")
    finally:
        os.umask(before)


def test_one_that_was_open_is_closed_to_others(tmp_path: Path) -> None:
    store = tmp_path / ".studiolo"
    store.mkdir()
    store.chmod(0o755)
    with WorkspaceUse.begin(store):
        assert mode(store) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_one_of_another_user_stays_as_it_is(tmp_path: Path) -> None:
    store = tmp_path / ".studiolo"
    store.mkdir()
    store.chmod(0o755)
    os.chown(store, 65534, 65534)
    make_private_folder(store)
    assert mode(store) == 0o755
