"""The circumstances of a script's run, for the messages after it."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from studiolo.environments.environment import Environment
from studiolo.sandbox.job import Job
from studiolo.sandbox.memory_file import MemoryFile
from studiolo.sandbox.sealed_table import SealedTable


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
        """The names of the script bundle's members; none without a bundle."""
        if not isinstance(self.job.bundle, MemoryFile):
            return []
        content = self.job.bundle.read(self.job.bundle.size)
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return archive.namelist()
        except (zipfile.BadZipFile, OSError, ValueError):
            return []

    def dates(self) -> Sequence[str]:
        """The columns of the inputs that hold dates or timestamps."""
        tables = [t.dataset.table for t in self.job.inputs.values() if isinstance(t, SealedTable)]
        return [
            field.name
            for table in tables
            for field in table.schema
            if pa.types.is_date(field.type) or pa.types.is_timestamp(field.type)
        ]
