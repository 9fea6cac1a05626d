# /// script
# [tool.studiolo]
# name = "Clean Missing Data"
# category = ["Data Transformation", "Manipulation"]
# classic-id = "d2c5ca2f732341a39b7eda917c99f0c4"
# nullable = true
# random = false
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.cleaned_dataset]
# label = "Cleaned dataset"
#
# [tool.studiolo.outputs.cleaning_transformation]
# label = "Cleaning transformation"
# kind = "transform"
#
# [tool.studiolo.row-wise]
# cleaning_mode = ["Custom substitution value", "Remove entire row"]
# minimum_missing_value_ratio = [0]
# maximum_missing_value_ratio = [1]
#
# [tool.studiolo.parameters.columns_to_be_cleaned]
# label = "Columns to be cleaned"
# kind = "columns"
# port = "dataset"
#
# [tool.studiolo.parameters.minimum_missing_value_ratio]
# label = "Minimum missing value ratio"
# help = "A column with a smaller share of missing values stays as it is."
# minimum = 0
# maximum = 1
#
# [tool.studiolo.parameters.maximum_missing_value_ratio]
# label = "Maximum missing value ratio"
# help = "A column with a greater share of missing values stays as it is."
# minimum = 0
# maximum = 1
#
# [tool.studiolo.parameters.cleaning_mode]
# label = "Cleaning mode"
#
# [tool.studiolo.parameters.replacement_value]
# label = "Replacement value"
# help = "Custom substitution value only."
# used-if = { cleaning_mode = ["Custom substitution value"] }
#
# [tool.studiolo.parameters.cols_with_all_missing_values]
# label = "Cols with all missing values"
# help = "Replace with mean, median, mode or MICE only: what to do with columns without any value."
# used-if.cleaning_mode = [
#     "Replace with mean",
#     "Replace with median",
#     "Replace with mode",
#     "Replace using MICE",
# ]
#
# [tool.studiolo.parameters.generate_missing_value_indicator_column]
# label = "Generate missing value indicator column"
# help = "Adds, for each column, a column that is true where a value was missing."
# used-if.cleaning_mode = [
#     "Custom substitution value",
#     "Replace with mean",
#     "Replace with median",
#     "Replace with mode",
#     "Replace using MICE",
# ]
#
# [tool.studiolo.parameters.number_of_iterations]
# label = "Number of Iterations"
# help = "Replace using MICE only."
# minimum = 1
# maximum = 10
# used-if = { cleaning_mode = ["Replace using MICE"] }
# ///
"""Replaces missing values, or removes the rows or columns that have some.

Of the selected columns, those are cleaned whose share of missing values is between the two ratios,
bounds included. The classic documentation says this in one place; in another it says that a single
column outside the ratios stops the cleaning of all columns.

- Custom substitution value: the replacement, which must fit the type of each column; 0 by default.
- Replace with mean, median: for numbers, booleans, dates and durations. The value is rounded where
  the type requires it: integers to integers, decimals to as many digits as they have.
- Replace with mode: the most frequent value; if there are several, the smallest of them.
- Remove entire row: the rows in which a cleaned column has no value.
- Remove entire column: the cleaned columns that have missing values.
- Replace using MICE: for numbers and booleans. Each column in turn is predicted from the others
  (scikit-learn's IterativeImputer). The replacement is the best estimate, not a random draw.

The transformation fills other datasets with what it learned from this one; it adds no indicator
columns. A column must have the kind of values that it has here: numbers, decimals, text and so on.
A column without any value gets the type that it has here. Integers that are filled with a fraction
become floating point numbers. Roles stay. The indicator column of "Bore" is called
"Bore_IsMissing".

Left out: Replace using Probabilistic PCA.
"""

import warnings
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype

from ..parts.columns.column_types import duration_of, is_decimal, kind_of, plain, type_of
from ..parts.columns.floats import floats_of

_TRUTH = {"true": True, "1": True, "false": False, "0": False}


@dataclass(kw_only=True)
class Cleaning:
    """A transformation: what to do with the missing values of each column."""

    removed_columns: list[str] = field(default_factory=list)
    #: Rows without a value in one of them are removed.
    required_columns: list[str] = field(default_factory=list)
    #: By column. A text for a column of another type is read when it is needed.
    replacements: dict[str, Any] = field(default_factory=dict)
    #: By column, the kind of values for which this was learned, and an empty column of their type.
    types: dict[str, tuple[str, Any]] = field(default_factory=dict)
    #: By column of decimals, how many digits follow the point.
    digits: dict[str, int] = field(default_factory=dict)
    predicted_columns: list[str] = field(default_factory=list)
    predictor: Any = None

    def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Clean a dataset."""
        needed = [*self.required_columns, *self.replacements, *self.predicted_columns]
        lacking = [f'"{name}"' for name in needed if name not in frame.columns]
        if lacking:
            raise ValueError(
                f"The transformation cleans columns that this dataset lacks: {', '.join(lacking)}."
            )
        frame = frame.drop(columns=self.removed_columns, errors="ignore")
        if self.required_columns:
            frame = frame.dropna(subset=self.required_columns)
        for name, value in self.replacements.items():
            frame[name] = _filled(self._as_learned(frame[name]), value)
        for name in self.predicted_columns:
            frame[name] = plain(self._as_learned(frame[name]))
        if self.predicted_columns and frame[self.predicted_columns].isna().any(axis=None):
            predictions = self.predictor.transform(_matrix(frame, self.predicted_columns))
            for place, name in enumerate(self.predicted_columns):
                digits = self.digits.get(name)
                frame[name] = _predicted(frame[name], predictions[:, place], digits)
        return frame

    def _as_learned(self, column: Any) -> Any:
        """The column, in the learned type if it has no value that would say which one it has."""
        kind, empty = self.types.get(column.name, ("", None))
        if not kind or not column.isna().any():
            return column
        if not column.notna().any():
            return empty.reindex(column.index)
        if _kind(column) != kind:
            raise ValueError(
                f'The column "{column.name}" is of the type {type_of(column)}, but the '
                f"transformation was made for a column of the kind {kind}. Convert it with Edit "
                "Metadata."
            )
        return column


def azureml_main(
    dataset: pd.DataFrame,
    *,
    columns_to_be_cleaned: list[str] | Literal["all"] = "all",
    minimum_missing_value_ratio: float = 0.0,
    maximum_missing_value_ratio: float = 1.0,
    cleaning_mode: Literal[
        "Replace using MICE",
        "Custom substitution value",
        "Replace with mean",
        "Replace with median",
        "Replace with mode",
        "Remove entire row",
        "Remove entire column",
    ] = "Custom substitution value",
    replacement_value: str = "0",
    cols_with_all_missing_values: Literal["Propagate", "Remove"] = "Remove",
    generate_missing_value_indicator_column: bool = False,
    number_of_iterations: int = 5,
) -> tuple[pd.DataFrame, Cleaning]:
    """Return the cleaned dataset and how to clean others alike."""
    missing = dataset[list(columns_to_be_cleaned)].isna()
    ratios = missing.mean()
    within = (ratios >= minimum_missing_value_ratio) & (ratios <= maximum_missing_value_ratio)
    columns = [name for name in missing.columns if within[name] or not len(dataset)]

    if cleaning_mode == "Remove entire row":
        cleaning = Cleaning(required_columns=columns)
    elif cleaning_mode == "Remove entire column":
        cleaning = Cleaning(removed_columns=[name for name in columns if missing[name].any()])
    elif cleaning_mode == "Custom substitution value":
        cleaning = Cleaning(replacements=dict.fromkeys(columns, replacement_value))
    else:
        empty = [name for name in columns if missing[name].all()]
        known = [name for name in columns if name not in empty]
        cleaning = (
            _trained(dataset, known, number_of_iterations)
            if cleaning_mode == "Replace using MICE"
            else Cleaning(
                replacements={name: _typical(dataset[name], cleaning_mode) for name in known}
            )
        )
        cleaning.removed_columns = empty if cols_with_all_missing_values == "Remove" else []

    for name in (*cleaning.replacements, *cleaning.predicted_columns):
        cleaning.types[name] = _type(dataset[name])
        if is_decimal(dataset[name]):
            cleaning.digits[name] = _digits(dataset[name])
    cleaned = cleaning.transform(dataset)
    if generate_missing_value_indicator_column and not cleaning_mode.startswith("Remove"):
        kept = [name for name in columns if name in cleaned.columns]
        cleaned = pd.concat([cleaned, missing[kept].add_suffix("_IsMissing")], axis=1)
        cleaned.attrs = dict(dataset.attrs)
    return cleaned, cleaning


def _type(column: Any) -> tuple[str, Any]:
    """The kind of a column's values; unknown for a column without values."""
    if not column.notna().any():
        return "", None
    nullable = column.convert_dtypes() if column.dtype.kind in "iub" else column
    return _kind(column), nullable.iloc[:0]


def _kind(column: Any) -> str:
    return "decimal" if is_decimal(plain(column)) else kind_of(plain(column))


def _typical(column: Any, cleaning_mode: str) -> Any:
    """The value that stands for a column, in the column's type."""
    if cleaning_mode == "Replace with mode":
        return column.mode().iloc[0]
    values = column.dropna()
    kind = "D" if is_decimal(column) else column.dtype.kind
    if kind not in "iubfmMD" or isinstance(column.dtype, pd.CategoricalDtype):
        raise ValueError(
            f'The column "{column.name}" is of the type {type_of(column)}, which has no '
            f"{cleaning_mode.removeprefix('Replace with ')}. Leave it out of the selection, or "
            "replace with the mode."
        )
    is_mean = cleaning_mode == "Replace with mean"
    if kind in "fmM":
        value = values.mean() if is_mean else values.median()
        return value if kind == "f" else value.as_unit(column.dt.unit)
    # Exact until the end: a float would round large integers and decimals before that.
    fractions = sorted(Fraction(value) for value in values.tolist())
    middle = fractions[(len(fractions) - 1) // 2 : len(fractions) // 2 + 1]
    chosen = fractions if is_mean else middle
    value = Fraction(sum(chosen), len(chosen))
    return (
        _rounded(value, _digits(values)) if kind == "D" else type(values.tolist()[0])(round(value))
    )


def _digits(decimals: Any) -> int:
    """How many digits follow the point in a column."""
    return int(max(-value.as_tuple().exponent for value in decimals.dropna()))


def _rounded(number: Fraction, digits: int) -> Decimal:
    """A number as a decimal."""
    return Decimal(round(number * 10**digits)).scaleb(-digits)


def _filled(column: Any, value: Any) -> Any:
    if not column.isna().any():
        return column
    is_categorical = isinstance(column.dtype, pd.CategoricalDtype)
    values = column.cat.categories.to_series() if is_categorical else column
    if isinstance(value, str):
        value = _read(value, column, values)
    if is_categorical:
        if value not in column.cat.categories:
            column = column.cat.add_categories([value])
    elif pd.api.types.is_integer_dtype(column.dtype):
        column = _with_room(column, value)
    return column.fillna(value)


def _with_room(column: Any, value: Any) -> Any:
    """Integers in a type that holds another number, too."""
    if not float(value).is_integer():
        if (column.dropna().astype("float64").astype(object) != column.dropna()).any():
            raise ValueError(
                f'The column "{column.name}" holds integers beyond 2**53, which beside the '
                f"replacement {value} would be rounded. Convert it with Edit Metadata."
            )
        return column.astype("Float64")
    numbers = [value, *column.dropna().tolist()]
    for dtype in (column.dtype, pd.Int64Dtype(), pd.UInt64Dtype()):
        bounds = np.iinfo(dtype.type)
        if min(numbers) >= bounds.min and max(numbers) <= bounds.max:
            return column.astype(dtype)
    raise ValueError(
        f'The replacement {value} and the values of the column "{column.name}" are not integers '
        "of the same 64 bits. Give another one, or leave the column out of the selection."
    )


def _read(text: str, column: Any, values: Any) -> Any:
    """A text as a value of the column's type."""
    try:
        return _parsed(text, values)
    except (KeyError, ValueError, ArithmeticError) as error:
        raise ValueError(
            f'The replacement value "{text}" does not fit the column "{column.name}", which is of '
            f"the type {type_of(values)} and has missing values. Give a value of that type, or "
            "leave the column out of the selection."
        ) from error


def _parsed(text: str, values: Any) -> Any:
    dtype = values.dtype
    if pd.api.types.is_bool_dtype(dtype):
        return _TRUTH[text.strip().lower()]
    if pd.api.types.is_integer_dtype(dtype):
        return int(text)
    if pd.api.types.is_float_dtype(dtype):
        return float(text)
    if is_decimal(values):
        return Decimal(text.strip())
    if pd.api.types.is_datetime64_any_dtype(dtype):
        instant = pd.to_datetime(text, format="ISO8601")
        return instant.tz_localize(getattr(dtype, "tz", None)).as_unit(values.dt.unit)
    if pd.api.types.is_timedelta64_dtype(dtype):
        return duration_of(text).as_unit(values.dt.unit)
    if infer_dtype(values) == "bytes":
        raise ValueError("bytes")
    return text


def _trained(dataset: pd.DataFrame, columns: list[str], iterations: int) -> Cleaning:
    # scikit-learn takes a second to load, which the other modes have no use for.
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401, PLC0415  # by its import
    from sklearn.impute import IterativeImputer  # noqa: PLC0415

    for name in columns:
        if isinstance(dataset[name].dtype, pd.CategoricalDtype) or floats_of(dataset[name]) is None:
            raise ValueError(
                f'The column "{name}" is of the type {type_of(dataset[name])}, and MICE predicts '
                "numbers only. Leave it out of the selection."
            )
    predictor = IterativeImputer(max_iter=iterations, random_state=0)
    if columns and len(dataset):
        with warnings.catch_warnings():
            # The number of iterations is set, so there must be no more of them.
            warnings.simplefilter("ignore", ConvergenceWarning)
            predictor.fit(_matrix(dataset, columns))
    return Cleaning(predicted_columns=columns, predictor=predictor)


def _matrix(frame: pd.DataFrame, columns: list[str]) -> Any:
    matrix = np.column_stack([floats_of(frame[name]) for name in columns])
    for place, name in enumerate(columns):
        if (np.abs(matrix[:, place]) > 1e100).any():
            raise ValueError(
                f'The column "{name}" holds an infinite number, or one beyond 1e100, by which '
                "nothing can be predicted. Replace it, or leave the column out of the selection."
            )
    return matrix


def _predicted(column: Any, predictions: Any, digits: int | None) -> Any:
    """The column with predictions where it has no value, in its own type."""
    missing = column.isna().to_numpy()
    if not missing.any():
        return column
    if pd.api.types.is_float_dtype(column.dtype):
        values = predictions[missing].astype(column.dtype.type)
    elif pd.api.types.is_bool_dtype(column.dtype):
        values = predictions[missing] >= 0.5
    elif digits is not None:
        values = [_rounded(Fraction(number), digits) for number in predictions[missing]]
    else:
        values = [round(number) for number in predictions[missing]]
        for extreme in (min(values), max(values)):
            column = _with_room(column, extreme)
    filled = column.copy()
    filled[missing] = values
    return filled
