"""The circumstances of a script's run, for the messages after it."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from studiolo.environments.environment import Environment
from studiolo.sandbox.exchange.job import Job
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.sealed_table import SealedTable

#: The largest zip inside of a bundle that is looked into, in bytes.
_LARGEST_INNER: Final = 32 << 20
#: What can be wrong with a zip: damaged, encrypted, or packed in a way that this Python can't read.
_DAMAGE: Final = (
    *(zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError),
    *(OSError, ValueError, EOFError),
)
#: Bytes of a wheel's metadata that are looked at.
_LONGEST_METADATA: Final = 1 << 20
_METADATA: Final = re.compile(r"[^/]+\.dist-info/METADATA")
_REQUIRES: Final = re.compile(rb"^Requires-Python:(.+)$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """A script, and what it ran with."""

    environment: Environment
    job: Job

    @property
    def source(self) -> str:
        """The script's text."""
        return self.job.source

    def bundled(self) -> Sequence[str]:
        """The names of the script bundle's members; none without a bundle.

        Those of a zip inside it come after that zip's name: ``inner.zip/mod.py``.
        """
        if not isinstance(self.job.bundle, MemoryFile):
            return []
        return list(_members(self.job.bundle.read(self.job.bundle.size), deep=True))

    def required_python(self, wheel: str) -> str:
        """The versions of Python that a wheel of the bundle says it needs; "" if it does not.

        Args:
            wheel: The wheel, as `bundled` has it.
        """
        if not isinstance(self.job.bundle, MemoryFile):
            return ""
        try:
            with zipfile.ZipFile(io.BytesIO(self.job.bundle.read(self.job.bundle.size))) as archive:
                names = {name.replace("\\", "/"): name for name in archive.namelist()}
                content = archive.read(names[wheel])
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                metadata = next(filter(_METADATA.fullmatch, packed.namelist()), "")
                with packed.open(metadata) as file:
                    # Before the description, in which anything can be.
                    fields = file.read(_LONGEST_METADATA).replace(b"\r", b"").partition(b"\n\n")[0]
            found = _REQUIRES.search(fields)
        except (*_DAMAGE, KeyError):
            return ""
        return found[1].decode(errors="replace").strip() if found else ""

    def dates(self) -> Sequence[str]:
        """The columns of the inputs that hold dates or timestamps."""
        tables = [t.dataset.table for t in self.job.inputs.values() if isinstance(t, SealedTable)]
        return [
            field.name
            for table in tables
            for field in table.schema
            if pa.types.is_date(field.type) or pa.types.is_timestamp(field.type)
        ]


def _members(content: bytes, *, deep: bool) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                name = member.filename.replace("\\", "/")  # as it is unpacked
                yield name
                inner = member.filename.lower().endswith((".zip", ".whl", ".egg"))
                if deep and inner and member.file_size <= _LARGEST_INNER:
                    names = _members(archive.read(member), deep=False)
                    yield from (f"{name}/{inner_name}" for inner_name in names)
    except _DAMAGE:
        # Unpacking it says so.
        return
