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


@pytest.mark.parametrize("first", ["blobs", "lock", "records"])
def test_whatever_makes_it_makes_it_private(first: str, tmp_path: Path) -> None:
    store = tmp_path / ".studiolo"
    before = os.umask(0)
    try:
        if first == "blobs":
            Blobs(store).put_bytes(b"one")
        elif first == "lock":
            with WorkspaceUse.begin(store) as use:
                assert mode(use.path) == 0o600
        else:
            Records.open(store).close()
    finally:
        os.umask(before)
    assert mode(store) == 0o700


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
