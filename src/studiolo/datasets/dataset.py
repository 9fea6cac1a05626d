"""The dataset that travels along an edge: an Arrow table and the roles of its columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import pyarrow as pa


class ColumnRole(StrEnum):
    """The role of a column for a learner (classic: the role flags of Edit Metadata)."""

    FEATURE = "feature"
    LABEL = "label"
    SCORE = "score"
    WEIGHT = "weight"


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """An Arrow table with unique, non-empty column names, one scalar type per column.

    Missing values are nulls. A categorical column is dictionary-encoded. Columns that ``roles``
    does not name are features, as in the classic studio.
    """

    #: Rows and columns; nothing nested.
    table: pa.Table
    #: Roles that differ from the default, by column name.
    roles: Mapping[str, ColumnRole] = field(default_factory=dict)
    #: Remarks on how the file was read, a sentence each; not part of the data.
    notes: Sequence[str] = field(default=(), compare=False)
