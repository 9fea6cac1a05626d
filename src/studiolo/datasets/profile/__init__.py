"""Profile: what Visualize shows of a dataset, exactly and over all of its rows."""

from studiolo.datasets.profile.column_profile import (
    ColumnProfile,
    DatasetProfile,
    Histogram,
    Statistics,
    TopValue,
    Value,
)
from studiolo.datasets.profile.errors import BinsOutOfRangeError, ColumnTypeError
from studiolo.datasets.profile.json_form import ProfileDocument, profile_document
from studiolo.datasets.profile.kinds import ColumnKind
from studiolo.datasets.profile.profiling import profile_dataset

__all__ = [
    "BinsOutOfRangeError",
    "ColumnKind",
    "ColumnProfile",
    "ColumnTypeError",
    "DatasetProfile",
    "Histogram",
    "ProfileDocument",
    "Statistics",
    "TopValue",
    "Value",
    "profile_dataset",
    "profile_document",
]
