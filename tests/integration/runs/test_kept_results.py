"""Kept results as runs and the host get them: copies that nobody can change any more."""

import fcntl
from pathlib import Path

import pyarrow as pa
import pytest

from studiolo.runs.experiments.kept_results import KeptResults
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.store.blobs import Blobs
from studiolo.store.locks import WorkspaceUse

_F_GET_SEALS = 1034
#: Against further seals, shrinking, growing and writing.
_ALL_SEALS = 0b1111


@pytest.mark.parametrize("kind", ["dataset", "object"])
def test_what_is_opened_is_a_sealed_copy(kind: str, tmp_path: Path) -> None:
    store = tmp_path / ".studiolo"
    blobs = Blobs(store)
    table = pa.table({"a": list(range(10_000))})
    with WorkspaceUse.begin(store):
        result = (
            SealedTable.of_file(MemoryFile.of_table(table))
            if kind == "dataset"
            else MemoryFile.of_bytes(b"pickled", "model")
        )
        kept = KeptResults(blobs).put({"port": result})
        opened = KeptResults(blobs).open(kept.outputs)["port"]
        # Its owner shortens the blob's own file under everybody who reads it.
        for digest in kept.blobs:
            path = blobs.path(digest)
            path.chmod(0o600)
            path.write_bytes(b"")
        files = opened.files if isinstance(opened, SealedTable) else [opened]
        for file in files:
            assert fcntl.fcntl(file.descriptor, _F_GET_SEALS) == _ALL_SEALS
        if isinstance(opened, SealedTable):
            assert opened.table.to_pydict() == table.to_pydict()
        else:
            assert opened.read(100) == b"pickled"
