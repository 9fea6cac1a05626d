"""Results as they are kept: into blobs and back, for the next run and for those who look."""

import threading
import weakref
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from studiolo.datasets.dataset import ColumnRole
from studiolo.modules.definition import PortKind
from studiolo.sandbox.exchange.job import Connected, Image
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.sealed_table import ColumnPlace, SealedTable
from studiolo.store.blobs import Blobs
from studiolo.store.errors import BlobMissingError, BlobRottenError
from studiolo.store.identity import BlobDigest
from studiolo.store.result_record import KeptImage, StoredResult


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The record of a result: how to rebuild its outputs, and the blobs that it needs."""

    outputs: Mapping[str, Any]
    blobs: frozenset[BlobDigest]
    #: Rows of all datasets; None where there is none.
    rows: int | None
    #: Bytes of all outputs, whether written for this result or shared with an input's.
    size: int


class KeptResults:
    """Puts results into a workspace's blobs, and opens them again."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._lock = threading.Lock()
        #: Files that are kept already, so that what a node only passes on is not written again.
        self._known: weakref.WeakKeyDictionary[MemoryFile, BlobDigest] = weakref.WeakKeyDictionary()
        self._opened: weakref.WeakValueDictionary[BlobDigest, MemoryFile] = (
            weakref.WeakValueDictionary()
        )

    def put(self, results: Mapping[str, Connected]) -> Manifest:
        """Keep a step's results, on the disk when this returns.

        Raises:
            StoreError: There is no room, or the workspace can't be written.
        """
        outputs = {}
        blobs: set[BlobDigest] = set()
        rows = None
        size = 0
        for port, result in results.items():
            files = result.files if isinstance(result, SealedTable) else [result]
            digests = [self._put(file) for file in files]
            blobs.update(digests)
            if isinstance(result, SealedTable):
                rows = (rows or 0) + result.table.num_rows
                size += result.table.nbytes
                outputs[port] = _dataset_entry(result, digests)
            else:
                size += result.size
                outputs[port] = {"kind": "object", "files": digests}
        return Manifest(outputs=outputs, blobs=frozenset(blobs), rows=rows, size=size)

    def put_images(self, images: Sequence[Image]) -> list[KeptImage]:
        """Keep what a step drew."""
        return [
            KeptImage(
                name=image.name,
                media_type=image.media_type,
                blob=self._blobs.put_bytes(image.content).digest,
            )
            for image in images
        ]

    def are_there(self, results: Iterable[StoredResult]) -> list[StoredResult]:
        """Those of the results whose blobs are all there."""
        wanted = {result.recipe_digest: blobs_of(result.outputs) for result in results}
        there = self._blobs.exists(set().union(*wanted.values()))
        return [result for result in results if wanted[result.recipe_digest] <= there]

    def open(self, outputs: Mapping[str, Any]) -> dict[str, Connected]:
        """The outputs of a kept result, checked against their digests.

        Raises:
            BlobMissingError, BlobRottenError: One is not what was kept.
        """
        return {port: self._output(entry) for port, entry in outputs.items()}

    def discard(self, error: BlobMissingError | BlobRottenError) -> None:
        """Forget a blob that was found to be damaged, so that it can be put again."""
        digest = BlobDigest(error.path.name)
        self._blobs.discard(digest)
        with self._lock:
            self._opened.pop(digest, None)

    def read_image(self, image: KeptImage) -> bytes:
        """The content of a picture.

        Raises:
            BlobMissingError, BlobRottenError: It is not what was kept.
        """
        self._blobs.check(image.blob)
        return self._blobs.path(image.blob).read_bytes()

    def _output(self, entry: Mapping[str, Any]) -> Connected:
        files = [self._file(digest, entry["kind"]) for digest in entry["files"]]
        if entry["kind"] != PortKind.DATASET:
            return files[0]
        places = [
            ColumnPlace(name=column["name"], file=column["file"], column=column["column"])
            for column in entry["columns"]
        ]
        columns = []
        for place in places:
            table = files[place.file].table
            assert table is not None
            columns.append(table.column(place.column))
        names = [place.name for place in places]
        first = files[0].table
        assert first is not None
        return SealedTable(
            files=files,
            places=places,
            table=pa.Table.from_arrays(columns, names=names) if columns else first,
            roles={
                column["name"]: ColumnRole(column["role"])
                for column in entry["columns"]
                if "role" in column
            },
        )

    def _put(self, file: MemoryFile) -> BlobDigest:
        with self._lock:
            known = self._known.get(file)
        if known is None:
            known = self._blobs.put_file(file.descriptor).digest
            with self._lock:
                self._known[file] = known
        return known

    def _file(self, digest: BlobDigest, kind: str) -> MemoryFile:
        with self._lock:
            file = self._opened.get(digest)
        if file is None:
            # A copy, for runs and for this process: who can write to the blob's own file could
            # change it later, or shrink it under a map.
            file = MemoryFile.empty("blob")
            self._blobs.copy(digest, file.descriptor)
            file.seal()
            if kind == PortKind.DATASET:
                # Written by this program after it was checked, and the digest is right.
                with pa.ipc.open_stream(pa.py_buffer(file.map())) as reader:
                    file.table = reader.read_all()
            with self._lock:
                self._known[file] = digest
                self._opened[digest] = file
        return file


def blobs_of(outputs: Mapping[str, Any]) -> frozenset[BlobDigest]:
    """The blobs of a result's outputs."""
    return frozenset(digest for entry in outputs.values() for digest in entry["files"])


def _dataset_entry(result: SealedTable, digests: Sequence[BlobDigest]) -> dict[str, Any]:
    return {
        "kind": PortKind.DATASET.value,
        "files": list(digests),
        "rows": result.table.num_rows,
        "columns": [
            {
                "name": place.name,
                "type": str(field.type),
                "file": place.file,
                "column": place.column,
                **({"role": result.roles[place.name].value} if place.name in result.roles else {}),
            }
            for place, field in zip(result.places, result.table.schema, strict=True)
        ],
    }
