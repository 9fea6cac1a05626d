"""The measures of a node's result, which go with it wherever it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Measures:
    """What a result took, and how large it is; None where that is not known."""

    seconds: float | None = None
    #: Processor time in seconds; None where no script ran.
    cpu_seconds: float | None = None
    #: The most bytes of memory.
    peak_memory: int | None = None
    #: Of all its datasets together; None if it has none.
    rows: int | None = None
    #: Of all its outputs together.
    bytes: int | None = None

    @staticmethod
    def read(row: Any) -> dict[str, Any]:
        """The measures by name, of a row of a table that has a column for each."""
        return {field.name: getattr(row, field.name) for field in fields(Measures)}

    @property
    def measures(self) -> Mapping[str, Any]:
        """The measures by name, to pass on to the next shape of the result."""
        return {field.name: getattr(self, field.name) for field in fields(Measures)}
