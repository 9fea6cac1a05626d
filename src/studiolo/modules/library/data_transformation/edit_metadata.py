# /// script
# [tool.studiolo]
# name = "Edit Metadata"
# category = ["Data Transformation", "Manipulation"]
# classic-id = "370b6676c11c486fbf7335349f842a66"
# nullable = true
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.results_dataset]
# label = "Results dataset"
#
# [tool.studiolo.parameters.column]
# label = "Column"
# kind = "columns"
# port = "dataset"
# help = "The columns to change; the same is done to each of them."
#
# [tool.studiolo.parameters.data_type]
# label = "Data type"
#
# [tool.studiolo.parameters.categorical]
# label = "Categorical"
#
# [tool.studiolo.parameters.fields]
# label = "Fields"
# help = "What a learner may use the columns for."
#
# [tool.studiolo.parameters.new_column_names]
# label = "New column names"
# help = "One for each column, with commas between; in quotes if it has a comma itself."
#
# [tool.studiolo.parameters.datetime_format]
# label = "DateTime format"
# help = "How text is read as a date, such as %d.%m.%Y %H:%M. Empty: 2020-01-31 12:00:00."
# ///
"""Changes the type, the role or the name of columns.

A column changes its type without loss or not at all: a value that the new type can't hold stops the
module and is named. Missing values stay missing, and a categorical column stays categorical.

String          Numbers, dates and so on as text.
Integer         Whole numbers, also from text; true and false are 1 and 0.
Floating point  Numbers, also from text.
Boolean         0 is false and any other number true; text says true or false, 1 or 0, in any case.
DateTime        From text: ISO 8601 unless a format says otherwise.
TimeSpan        From text such as 00:01:00 or "2 days".

Every column is a feature that has no other role. A dataset has one weight column at most, and it
holds numbers.

Differs: the classic module also turned numbers into dates, counting ticks, and could mark a column
as no feature; leave such columns out with Select Columns in Dataset. A date format is Python's, not
that of .NET, and there is none for TimeSpan.
"""

import csv
import warnings
from typing import Any, Literal

import pandas as pd

Roles = dict[str, str]

_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_EXPECTED = {
    "Integer": "a whole number of at most 64 bits",
    "Floating point": "a number",
    "Boolean": "true or false",
    "DateTime": "a date such as 2020-01-31 12:00:00, or of the DateTime format",
    "TimeSpan": "a duration such as 00:01:00",
}


def azureml_main(
    dataset: pd.DataFrame,
    *,
    column: list[str],
    data_type: Literal[
        "Unchanged", "String", "Integer", "Floating point", "Boolean", "DateTime", "TimeSpan"
    ] = "Unchanged",
    categorical: Literal["Unchanged", "Categorical", "NonCategorical"] = "Unchanged",
    fields: Literal[
        "Unchanged", "Features", "Labels", "Weights", "ClearLabels", "ClearScores", "ClearWeights"
    ] = "Unchanged",
    new_column_names: str = "",
    datetime_format: str = "",
) -> pd.DataFrame:
    """Return the dataset with the columns changed."""
    if not column:
        raise ValueError("The selection matches no column. Select at least one.")
    for name in column:
        values: Any = dataset[name]
        is_categorical = isinstance(values.dtype, pd.CategoricalDtype)
        if data_type != "Unchanged":
            values = _converted(_plain(values), data_type, datetime_format)
        if categorical == "NonCategorical":
            values = _plain(values)
        elif categorical == "Categorical" or is_categorical:
            values = values.astype("category")
        dataset[name] = values
    roles = _roles(dataset, column, fields)
    new_names = _new_names(dataset, column, new_column_names)
    renamed = dataset.rename(columns=new_names)
    renamed.attrs["roles"] = {new_names.get(name, name): role for name, role in roles.items()}
    return renamed


def _plain(column: Any) -> Any:
    """A categorical column as the values that it stands for."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    values = column.cat.categories.to_series()
    gaps = column.isna().any() and values.dtype.kind in "iub"
    return column.astype(values.convert_dtypes().dtype if gaps else values.dtype)


def _converted(column: Any, data_type: str, datetime_format: str) -> Any:
    """The column in another type; every value that is there stays there."""
    if data_type == "String":
        return column.astype("str")
    present = column.dropna()
    converted = _read(present, data_type, datetime_format)
    refused = converted.isna().to_numpy()
    if refused.any():
        value, row = present[refused].iloc[0], present.index[refused][0] + 1
        raise ValueError(
            f'"{value}" in row {row} of the column "{column.name}" is not '
            f"{_EXPECTED[data_type]}, so the column can't become {data_type}."
        )
    if converted.dtype.kind in "ib" and len(present) < len(column):
        converted = converted.convert_dtypes()
    return converted.reindex(column.index)


def _read(present: Any, data_type: str, datetime_format: str) -> Any:
    """The values in the new type, and missing values for those that it can't hold."""
    is_text = isinstance(present.dtype, pd.StringDtype)
    is_number = pd.api.types.is_numeric_dtype(present.dtype)
    if data_type == "Boolean" and is_text:
        return present.str.strip().str.lower().map(_TRUTH).astype("boolean")
    if data_type in {"Integer", "Floating point", "Boolean"} and (is_text or is_number):
        # "1.0" is an integer, and must not make floats of its large neighbours.
        texts = present.str.strip().str.replace(r"\.0*$", "", regex=True) if is_text else present
        numbers = pd.to_numeric(texts, errors="coerce")
        if data_type == "Integer":
            return _whole(numbers)
        return numbers.astype("float64") if data_type == "Floating point" else numbers != 0
    if data_type == "DateTime" and pd.api.types.is_datetime64_any_dtype(present.dtype):
        return present
    if data_type == "DateTime" and is_text:
        try:
            return pd.to_datetime(present, format=datetime_format or "ISO8601", errors="coerce")
        except ValueError as error:  # a wrong format, or some dates with a zone and some without
            raise ValueError(
                f'The column "{present.name}" can\'t be read as dates: {error}.'
            ) from error
    if data_type == "TimeSpan" and (is_text or present.dtype.kind == "m"):
        with warnings.catch_warnings():
            # "2d" will be refused one day, which is no news for whoever reads the log.
            warnings.simplefilter("ignore", DeprecationWarning)
            return pd.to_timedelta(present, errors="coerce")
    raise ValueError(
        f'The column "{present.name}" is of the type {present.dtype}, which can\'t become '
        f"{data_type}. Make it String first, or leave it out of the selection."
    )


def _whole(numbers: Any) -> Any:
    """Numbers as integers; missing where they are none."""
    if numbers.dtype.kind in "ib":
        return numbers.astype("int64")
    fits = (numbers % 1 == 0) & (numbers >= -(2**63)) & (numbers < 2**63)
    return numbers[fits].astype("int64").reindex(numbers.index)


def _roles(dataset: pd.DataFrame, columns: list[str], fields: str) -> Roles:
    """The roles of the dataset's columns after the change; features have none."""
    roles: Roles = dict(dataset.attrs.get("roles", {}))
    if fields == "Unchanged":
        return roles
    if fields.startswith("Clear"):
        cleared = fields.removeprefix("Clear").removesuffix("s").lower()
        return {
            name: role for name, role in roles.items() if name not in columns or role != cleared
        }
    kept = {name: role for name, role in roles.items() if name not in columns}
    if fields == "Features":
        return kept
    role = fields.removesuffix("s").lower()
    if role == "weight":
        _check_weight(dataset, [*columns, *(name for name in kept if kept[name] == "weight")])
    return kept | dict.fromkeys(columns, role)


def _check_weight(dataset: pd.DataFrame, weights: list[str]) -> None:
    if len(weights) > 1:
        raise ValueError(
            f"A dataset has one weight column at most, and these would be: {', '.join(weights)}."
        )
    if not pd.api.types.is_numeric_dtype(dataset[weights[0]].dtype):
        raise ValueError(
            f'The column "{weights[0]}" is of the type {dataset[weights[0]].dtype}; weights are '
            "numbers."
        )


def _new_names(dataset: pd.DataFrame, columns: list[str], text: str) -> dict[str, str]:
    """The new name of each column that gets one."""
    if not text.strip():
        return {}
    names = [name.strip() for name in next(csv.reader([text], skipinitialspace=True))]
    if len(names) != len(columns):
        raise ValueError(
            f"{len(columns)} columns are selected, but {len(names)} new names are given. Give one "
            "for each column, with commas between."
        )
    others = [name for name in dataset.columns if name not in columns]
    for place, name in enumerate(names):
        if not name:
            raise ValueError(f'The new name of the column "{columns[place]}" is empty.')
        if name in others or name in names[:place]:
            raise ValueError(f'Two columns would be called "{name}". Give each its own name.')
    return dict(zip(columns, names, strict=True))
