# /// script
# [tool.studiolo]
# name = "Clean Missing Data"
# category = ["Data Transformation", "Manipulation"]
# classic-id = "d2c5ca2f732341a39b7eda917c99f0c4"
# nullable = true
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
# [tool.studiolo.parameters.columns_to_be_cleaned]
# label = "Columns to be cleaned"
# kind = "columns"
# port = "dataset"
#
# [tool.studiolo.parameters.minimum_missing_value_ratio]
# label = "Minimum missing value ratio"
# help = "A column with a smaller share of missing values is left as it is."
# minimum = 0
# maximum = 1
#
# [tool.studiolo.parameters.maximum_missing_value_ratio]
# label = "Maximum missing value ratio"
# help = "A column with a greater share of missing values is left as it is."
# minimum = 0
# maximum = 1
#
# [tool.studiolo.parameters.cleaning_mode]
# label = "Cleaning mode"
#
# [tool.studiolo.parameters.replacement_value]
# label = "Replacement value"
# help = "Custom substitution value only."
#
# [tool.studiolo.parameters.cols_with_all_missing_values]
# label = "Cols with all missing values"
# help = "Replace with mean, median, mode or MICE only: what becomes of columns without any value."
#
# [tool.studiolo.parameters.generate_missing_value_indicator_column]
# label = "Generate missing value indicator column"
# help = "Adds a column that is true where a value was missing, one for each column."
#
# [tool.studiolo.parameters.number_of_iterations]
# label = "Number of Iterations"
# help = "Replace using MICE only."
# minimum = 1
# maximum = 10
# ///
"""Replaces missing values, or removes the rows or columns that have some.

Only the selected columns whose share of missing values lies within both ratios, bounds included,
are cleaned; the classic documentation says this in one place and in another that a single column
outside the ratios stops the cleaning of all.

Custom substitution value  The replacement, which must be of each column's type: 0 by default.
Replace with mean, median  Numbers, booleans, dates and durations, rounded where the type asks it.
Replace with mode          The most frequent value, and the smallest of several.
Remove entire row          The rows in which a cleaned column has no value.
Remove entire column       The cleaned columns that have missing values.
Replace using MICE         Numbers and booleans: each column is predicted from the others, in turns
                           (scikit-learn's IterativeImputer); the best estimate, not a random draw.

The transformation fills other datasets with what was learned from this one and adds no indicator
columns. Roles stay. The indicator of "Bore" is called "Bore_IsMissing".

Left out: Replace using Probabilistic PCA.
"""

import warnings
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

_TRUTH = {"true": True, "1": True, "false": False, "0": False}


@dataclass(kw_only=True)
class Cleaning:
    """A transformation: what becomes of the missing values of each column."""

    removed_columns: list[str] = field(default_factory=list)
    #: Rows without a value in one of them are removed.
    required_columns: list[str] = field(default_factory=list)
    #: By column. A text for a column of another type is read when it is needed.
    replacements: dict[str, Any] = field(default_factory=dict)
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
            frame[name] = _filled(frame[name], value)
        if self.predicted_columns and frame[self.predicted_columns].isna().any(axis=None):
            predictions = self.predictor.transform(_matrix(frame, self.predicted_columns))
            for place, name in enumerate(self.predicted_columns):
                frame[name] = _predicted(frame[name], predictions[:, place])
        return frame


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

    cleaned = cleaning.transform(dataset)
    if generate_missing_value_indicator_column and not cleaning_mode.startswith("Remove"):
        kept = [name for name in columns if name in cleaned.columns]
        cleaned = pd.concat([cleaned, missing[kept].add_suffix("_IsMissing")], axis=1)
        cleaned.attrs = dict(dataset.attrs)
    return cleaned, cleaning


def _typical(column: Any, cleaning_mode: str) -> Any:
    """The value that stands for a column, in the column's type."""
    if cleaning_mode == "Replace with mode":
        return column.mode().iloc[0]
    kind = "f" if pd.api.types.is_float_dtype(column.dtype) else column.dtype.kind
    if kind not in "iubfmM" or isinstance(column.dtype, pd.CategoricalDtype):
        raise ValueError(
            f'The column "{column.name}" is of the type {column.dtype}, which has no '
            f"{cleaning_mode.removeprefix('Replace with ')}. Leave it out of the selection, or "
            "replace with the mode."
        )
    numbers = column.astype("Int64") if kind == "b" else column
    value = numbers.mean() if cleaning_mode == "Replace with mean" else numbers.median()
    if kind in "mM":
        return value.as_unit(column.dt.unit)
    return value if kind == "f" else column.dtype.type(round(value))


def _filled(column: Any, value: Any) -> Any:
    if not column.isna().any():
        return column
    is_categorical = isinstance(column.dtype, pd.CategoricalDtype)
    if isinstance(value, str):
        value = _read(
            value, column, column.cat.categories.dtype if is_categorical else column.dtype
        )
    if is_categorical and value not in column.cat.categories:
        column = column.cat.add_categories([value])
    return column.fillna(value)


def _read(text: str, column: Any, dtype: Any) -> Any:
    """A text as a value of the column's type."""
    try:
        if pd.api.types.is_bool_dtype(dtype):
            return _TRUTH[text.strip().lower()]
        if pd.api.types.is_integer_dtype(dtype):
            return int(text)
        if pd.api.types.is_float_dtype(dtype):
            return float(text)
        if pd.api.types.is_datetime64_any_dtype(dtype):
            instant = pd.to_datetime(text, format="ISO8601")
            return instant.tz_localize(getattr(dtype, "tz", None)).as_unit(column.dt.unit)
        if pd.api.types.is_timedelta64_dtype(dtype):
            return pd.Timedelta(text).as_unit(column.dt.unit)
    except (KeyError, ValueError) as error:
        raise ValueError(
            f'The replacement value "{text}" does not fit the column "{column.name}", which is of '
            f"the type {dtype} and has missing values. Give a value of that type, or leave the "
            "column out of the selection."
        ) from error
    return text


def _trained(dataset: pd.DataFrame, columns: list[str], iterations: int) -> Cleaning:
    # scikit-learn takes a second to load, which the other modes have no use for.
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401, PLC0415  # by its import
    from sklearn.impute import IterativeImputer  # noqa: PLC0415

    for name in columns:
        if not pd.api.types.is_numeric_dtype(dataset[name].dtype):
            raise ValueError(
                f'The column "{name}" is of the type {dataset[name].dtype}, and MICE predicts '
                "numbers only. Leave it out of the selection."
            )
    predictor = IterativeImputer(max_iter=iterations, random_state=0)
    if columns and len(dataset):
        with warnings.catch_warnings():
            # Whoever sets the number of iterations wants no more of them.
            warnings.simplefilter("ignore", ConvergenceWarning)
            predictor.fit(_matrix(dataset, columns))
    return Cleaning(predicted_columns=columns, predictor=predictor)


def _matrix(frame: pd.DataFrame, columns: list[str]) -> Any:
    return frame[columns].to_numpy(np.float64, na_value=np.nan)


def _predicted(column: Any, predictions: Any) -> Any:
    """The column with predictions where it has no value, in its own type."""
    missing = column.isna().to_numpy()
    if pd.api.types.is_float_dtype(column.dtype):
        values = predictions[missing]
    elif pd.api.types.is_bool_dtype(column.dtype):
        values = predictions[missing] >= 0.5
    else:
        values = np.rint(predictions[missing]).astype(np.int64)
    filled = column.copy()
    filled[missing] = values
    return filled
