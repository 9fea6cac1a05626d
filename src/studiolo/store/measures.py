"""The measures of a node's result, which go with it wherever it is shown.

What carries them inherits them, and passes them on by name: a new measure is declared here, taken
where it is measured, and has a column by a migration. See `COLUMN_TYPES` of the schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Cost:
    """The cost of a step; None where that is not known."""

    seconds: float | None = None
    #: Processor time in seconds; None where no script ran.
    cpu_seconds: float | None = None
    #: The most bytes of memory.
    peak_memory: int | None = None

    @staticmethod
    def of(outcome: Any) -> dict[str, Any]:
        """The costs by name, of an outcome that has an attribute for each."""
        return {field.name: getattr(outcome, field.name) for field in fields(Cost)}


@dataclass(frozen=True, kw_only=True)
class Measures(Cost):
    """The cost of a result, and its size; None where that is not known."""

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
        return Measures.read(self)
