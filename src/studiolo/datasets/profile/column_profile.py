"""The profile: a dataset's size, and each column's counts, statistics and shape."""

from dataclasses import dataclass
from decimal import Decimal

from studiolo.datasets.dataset import ColumnRole
from studiolo.datasets.profile.kinds import ColumnKind

#: One value in a profile. Dates, times and durations are ISO 8601 text, which holds every year
#: and unit that Arrow has; bytes are hexadecimal text.
Value = bool | int | float | Decimal | str


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """The range of the values of a numeric or temporal column.

    Missing values and infinities are left out. Quartiles are interpolated linearly, as pandas
    and NumPy do; those of a temporal column are rounded down to the column's unit.
    """

    #: Arithmetic mean.
    mean: Value
    #: Sample standard deviation; None for a single value, or where no float is large enough.
    #: That of a temporal column is a duration.
    standard_deviation: Value | None
    #: Smallest value, exactly as stored.
    minimum: Value
    #: A quarter of the values are below it.
    first_quartile: Value
    #: Half of the values are below it.
    median: Value
    #: Three quarters of the values are below it.
    third_quartile: Value
    #: Largest value, exactly as stored.
    maximum: Value


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """How many values fall into each of a row of equally wide bins.

    A bin holds the values from its lower edge up to, but without, its upper edge; the last one
    holds its upper edge too. Values that are all the same make one bin without width.
    """

    #: Edges, one more than bins; the first is the minimum, the last the maximum.
    edges: tuple[Value, ...]
    #: Values in each bin.
    counts: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class TopValue:
    """One of a column's most frequent values."""

    #: The value.
    value: Value
    #: Rows that have it.
    count: int


@dataclass(frozen=True, kw_only=True)
class ValueSummary:
    """The facts about a column's values, regardless of its name and role."""

    #: Values that are not missing.
    count: int
    #: Different values among them.
    unique: int
    #: Infinite values among them: counted here and in ``unique``, left out of everything else.
    infinite: int = 0
    #: For numeric and temporal columns with a finite value.
    statistics: Statistics | None = None
    #: For numeric and temporal columns with a finite value.
    histogram: Histogram | None = None
    #: For text, categorical and boolean columns: up to ten, the most frequent first, and among
    #: equally frequent ones the one that comes first in the column.
    top_values: tuple[TopValue, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class ColumnProfile(ValueSummary):
    """The profile of one column, as Visualize shows it."""

    #: Column name.
    name: str
    #: Type in the words of a dataset, such as ``int64``, ``decimal(10, 2)`` or ``date``.
    type: str
    #: What is known of the column by its type.
    kind: ColumnKind
    #: What a learner may use it for.
    role: ColumnRole
    #: Kind and role in the words of the classic studio, such as ``Numeric Feature``.
    feature_type: str
    #: Rows without a value: nulls, and in a float column NaN.
    missing: int


@dataclass(frozen=True, kw_only=True)
class DatasetProfile:
    """The profile of a dataset, as Visualize shows it."""

    #: Rows of the dataset, all of which were read.
    row_count: int
    #: One profile a column, in the order of the dataset.
    columns: tuple[ColumnProfile, ...]
