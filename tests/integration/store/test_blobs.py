import hashlib
import os
import stat
from collections.abc import Set
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from studiolo.store.blobs import Blob, Blobs
from studiolo.store.errors import (
    BlobMissingError,
    BlobRottenError,
    RecordsUnusableError,
    WorkspaceInUseError,
)
from studiolo.store.identity import BlobDigest
from studiolo.store.locks import SoleUse, WorkspaceUse

from .processes import names_below

CONTENT = os.urandom(5 << 20) + b"an odd end"


def rot(path: Path, position: int) -> None:
    """Change one bit, as a disk might."""
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(position)
        byte = file.read(1)[0]
        file.seek(position)
        file.write(bytes([byte ^ 0x10]))


def content_of(blobs: Blobs, blob: Blob) -> bytes:
    with os.fdopen(blobs.open(blob.digest), "rb") as file:
        return file.read()


@pytest.mark.parametrize("content", [CONTENT, b"", b"x"])
def test_bytes_lie_under_their_sha256(blobs: Blobs, content: bytes) -> None:
    blob = blobs.put_bytes(content)
    assert blob == Blob(digest=BlobDigest(hashlib.sha256(content).hexdigest()), size=len(content))
    path = blobs.path(blob.digest)
    assert path == blobs.folder / blob.digest[:2] / blob.digest
    assert path.read_bytes() == content == content_of(blobs, blob)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert blobs.check(blob.digest) == blob
    assert names_below(blobs.folder) == [blob.digest[:2], f"{blob.digest[:2]}/{blob.digest}"]


def test_a_file_is_put_from_its_beginning_wherever_it_stands(blobs: Blobs) -> None:
    descriptor = os.memfd_create("dataset")
    try:
        os.write(descriptor, CONTENT)
        assert blobs.put_file(descriptor) == blobs.put_bytes(CONTENT)
        assert os.lseek(descriptor, 0, os.SEEK_CUR) == len(CONTENT)
    finally:
        os.close(descriptor)


def test_a_blob_that_is_there_is_not_written_again(blobs: Blobs) -> None:
    path = blobs.path(blobs.put_bytes(CONTENT).digest)
    before = path.stat()
    blobs.put_bytes(CONTENT)
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_which_of_many_are_there(blobs: Blobs) -> None:
    there = [blobs.put_bytes(b"%d" % number).digest for number in range(50)]
    missing = [BlobDigest(f"{number:064x}") for number in range(50)]
    assert blobs.exists(there + missing) == set(there)


def test_a_missing_blob_is_an_error_that_says_what_to_do(blobs: Blobs) -> None:
    digest = BlobDigest("a" * 64)
    for ask in (blobs.open, blobs.check):
        with pytest.raises(BlobMissingError, match=r"aa/a{64}.* Run the experiment again"):
            ask(digest)


@pytest.mark.parametrize("position", [0, 1 << 20, len(CONTENT) - 1])
def test_a_rotted_bit_is_found_and_the_blob_put_anew(blobs: Blobs, position: int) -> None:
    blob = blobs.put_bytes(CONTENT)
    rot(blobs.path(blob.digest), position)
    with pytest.raises(
        BlobRottenError, match="has changed since it was written: the SHA-256 of its"
    ):
        blobs.check(blob.digest)
    blobs.discard(blob.digest)
    blobs.discard(blob.digest)
    assert blobs.exists([blob.digest]) == set()
    assert blobs.put_bytes(CONTENT) == blobs.check(blob.digest)


def test_a_blob_that_was_cut_off_is_replaced_when_it_is_put(blobs: Blobs) -> None:
    path = blobs.path(blobs.put_bytes(CONTENT).digest)
    path.chmod(0o644)
    os.truncate(path, 100)
    blob = blobs.put_bytes(CONTENT)
    assert blobs.check(blob.digest) == blob


def test_a_blob_that_can_not_be_read_counts_as_rotten(blobs: Blobs) -> None:
    digest = BlobDigest("a" * 64)
    blobs.path(digest).mkdir(parents=True)
    with pytest.raises(BlobRottenError, match="it can't be read"):
        blobs.check(digest)


def test_who_has_a_blob_open_keeps_it(blobs: Blobs, store: Path) -> None:
    blob = blobs.put_bytes(CONTENT)
    with os.fdopen(blobs.open(blob.digest), "rb") as file:
        with SoleUse.begin(store) as alone:
            blobs.sweep(set, alone=alone)
        assert file.read() == CONTENT


def test_many_threads_put_the_same_at_the_same_time(blobs: Blobs) -> None:
    with ThreadPoolExecutor(8) as threads:
        put = set(threads.map(lambda _: blobs.put_bytes(CONTENT), range(24)))
    assert len(put) == 1
    assert len([path for path in blobs.folder.rglob("*") if path.is_file()]) == 1


def test_a_folder_that_is_a_file_is_said_to_be_unusable(blobs: Blobs, store: Path) -> None:
    store.parent.mkdir()
    store.write_text("")
    with pytest.raises(RecordsUnusableError, match="Not a directory"):
        blobs.put_bytes(b"x")


class TestSweeping:
    def test_it_leaves_what_is_referred_to(self, blobs: Blobs, store: Path) -> None:
        used, unused = blobs.put_bytes(b"used"), blobs.put_bytes(b"unused!")
        (blobs.folder / "incoming-4711-00").write_bytes(b"half")
        with SoleUse.begin(store) as alone:
            swept = blobs.sweep(lambda: {used.digest}, alone=alone)
        assert (swept.blobs, swept.unfinished, swept.size) == (1, 1, 11)
        assert blobs.exists([used.digest, unused.digest]) == {used.digest}
        assert not list(blobs.folder.glob("incoming-*"))

    def test_it_asks_what_is_referred_to_while_nobody_can_add_to_it(
        self, blobs: Blobs, store: Path
    ) -> None:
        def referenced() -> Set[BlobDigest]:
            with pytest.raises(WorkspaceInUseError):
                SoleUse.begin(store)
            return set()

        with SoleUse.begin(store) as alone:
            blobs.sweep(referenced, alone=alone)

    def test_it_is_refused_while_somebody_uses_the_workspace(
        self, blobs: Blobs, store: Path
    ) -> None:
        blobs.put_bytes(b"not yet recorded")
        with WorkspaceUse.begin(store), pytest.raises(WorkspaceInUseError, match="Try again"):
            SoleUse.begin(store)

    def test_it_needs_a_lock_that_is_held_and_of_this_store(
        self, blobs: Blobs, store: Path
    ) -> None:
        blob = blobs.put_bytes(b"kept")
        with SoleUse.begin(store) as released:
            pass
        with pytest.raises(ValueError):
            blobs.sweep(set, alone=released)
        with SoleUse.begin(store / "another") as other, pytest.raises(ValueError):
            blobs.sweep(set, alone=other)
        assert blobs.exists([blob.digest])

    def test_there_may_be_nothing_to_sweep(self, blobs: Blobs, store: Path) -> None:
        with SoleUse.begin(store) as alone:
            assert blobs.sweep(set, alone=alone).blobs == 0
