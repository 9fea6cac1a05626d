# /// script
# [tool.studiolo]
# name = "Edit Metadata"
# category = ["Data Transformation", "Manipulation"]
# classic-id = "370b6676c11c486fbf7335349f842a66"
# nullable = true
# random = false
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.results_dataset]
# label = "Results dataset"
#
# [tool.studiolo.row-wise]
# data_type = ["Unchanged", "Integer", "Floating point", "Boolean", "DateTime", "TimeSpan"]
#
# [tool.studiolo.parameters.column]
# label = "Column"
# kind = "columns"
# port = "dataset"
# help = "The columns to change, all in the same way."
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
# help = "One for each column, separated by commas. Put a name that contains a comma in quotes."
#
# [tool.studiolo.parameters.datetime_format]
# label = "DateTime format"
# help = "How to read text as a date, such as %d.%m.%Y %H:%M. Empty: 2020-01-31 12:00:00."
# used-if = { data_type = ["DateTime"] }
# ///
"""Changes the type, the role or the name of columns.

A column changes its type without loss or not at all: the module stops at a value that the new type
can't hold, and names it. Missing values stay missing, and a categorical column stays categorical.

- String: numbers, dates and so on as text.
- Integer: whole numbers, also from text; true and false become 1 and 0.
- Floating point: numbers, also from text. The module stops at an integer or decimal with more
  digits than a floating point number keeps; the fraction of a number in text is rounded, as in
  CSV.
- Boolean: 0 is false and any other number true; text is true or false, 1 or 0, in upper or lower
  case.
- DateTime: from text, in ISO 8601 unless you give a format.
- TimeSpan: from text such as 00:01:00 or "2 days"; a number needs its unit.

A column without any other role is a feature. A dataset has at most one weight column, which must
contain numbers.

Differs: the classic module could also turn numbers into dates, by counting ticks, and could mark a
column as not a feature; here, leave such columns out with Select Columns in Dataset. A date format
is Python's, not .NET's, and TimeSpan has none.
"""

import csv
import re
import warnings
from decimal import Decimal
from typing import Any, Literal

import pandas as pd

from ..parts.columns.column_types import is_decimal, plain, type_of

Roles = dict[str, str]

_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d{1,3})?")
_ZONE = r"(?:Z|[+-]\d\d:?\d\d)\s*$"
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_EXPECTED = {
    "Integer": "a whole number of at most 64 bits",
    "Floating point": "a number that a floating point number holds without rounding",
    "Boolean": "true or false",
    "DateTime": "a date such as 2020-01-31 12:00:00, or of the DateTime format",
    "TimeSpan": 'a duration with a unit, such as 00:01:00 or "30 seconds"',
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
            values = _converted(plain(values), data_type, datetime_format)
        if categorical == "NonCategorical":
            values = plain(values)
        elif categorical == "Categorical" or is_categorical:
            values = values.astype("category")
        dataset[name] = values
    roles = _roles(dataset, column, fields)
    new_names = _new_names(dataset, column, new_column_names)
    renamed = dataset.rename(columns=new_names)
    renamed.attrs["roles"] = {new_names.get(name, name): role for name, role in roles.items()}
    return renamed


def _converted(column: Any, data_type: str, datetime_format: str) -> Any:
    """The column in another type; every value that is there stays there."""
    if data_type == "String":
        if is_decimal(column):
            return column.map("{:f}".format, na_action="ignore").astype("str")
        try:
            return column.astype("str")
        except UnicodeDecodeError as error:
            raise ValueError(
                f'The column "{column.name}" holds bytes that are not text in UTF-8. Leave it out '
                "of the selection."
            ) from error
    present = column.dropna()
    converted = _read(present, data_type, datetime_format)
    refused = converted.isna().to_numpy()
    if refused.any():
        value, row = present[refused].iloc[0], present.index[refused][0] + 1
        raise ValueError(
            f'"{value}" in row {row} of the column "{column.name}" is not '
            f"{_EXPECTED[data_type]}, so the column can't become {data_type}."
        )
    if converted.dtype.kind in "iub" and len(present) < len(column):
        converted = converted.convert_dtypes()
    return converted.reindex(column.index)


def _dates(present: Any, datetime_format: str) -> Any:
    """Text as dates. Dates of different time zones are kept in UTC, as readers of files do."""
    if datetime_format and "%" not in datetime_format:
        raise ValueError(
            f'The DateTime format "{datetime_format}" contains no part of a date. Write the parts '
            "as in Python, such as %d/%m/%Y for 31/01/2020."
        )
    zoned = present.str.contains(_ZONE, regex=True)
    unzoned = pd.to_datetime(present[~zoned], format="ISO8601", errors="coerce").dropna()
    if not datetime_format and zoned.any() and len(unzoned):
        without = unzoned.index[0] + 1
        raise ValueError(
            f'The column "{present.name}" has dates with a time zone and dates without one, such '
            f"as that in row {without}. Give all of them a time zone, or none."
        )
    format_, utc = datetime_format or "ISO8601", bool(zoned.any()) or "%z" in datetime_format
    try:
        return pd.to_datetime(present, format=format_, errors="coerce", utc=utc)
    except ValueError as error:
        raise ValueError(
            f'The column "{present.name}" can\'t be read as dates of the format '
            f'"{datetime_format}": {str(error).rstrip(".")}.'
        ) from error


def _read(present: Any, data_type: str, datetime_format: str) -> Any:
    """The values in the new type, and missing values for those that it can't hold."""
    is_text = isinstance(present.dtype, pd.StringDtype)
    is_number = pd.api.types.is_numeric_dtype(present.dtype) or is_decimal(present)
    if data_type == "Boolean" and is_text:
        return present.str.strip().str.lower().map(_TRUTH).astype("boolean")
    if data_type == "Boolean" and is_number:
        return present != 0
    if data_type == "Integer" and (is_text or is_number):
        return _integers(present, is_text=is_text)
    if data_type == "Floating point" and (is_text or is_number):
        return _floats(present, is_text=is_text)
    if data_type == "DateTime" and pd.api.types.is_datetime64_any_dtype(present.dtype):
        return present
    if data_type == "DateTime" and is_text:
        return _dates(present, datetime_format)
    if data_type == "TimeSpan" and present.dtype.kind == "m":
        return present
    if data_type == "TimeSpan" and is_text:
        # pandas takes a bare number for nanoseconds, which is hardly ever meant.
        with_unit = present.where(present.str.contains("[A-Za-z:]", regex=True))
        with warnings.catch_warnings():
            # "2d" will be refused one day, which does not concern readers of the log.
            warnings.simplefilter("ignore", DeprecationWarning)
            return pd.to_timedelta(with_unit, errors="coerce")
    advice = (
        "Make it String first, with a unit after each number"
        if data_type == "TimeSpan" and is_number
        else "Make it String first"
    )
    raise ValueError(
        f'The column "{present.name}" is of the type {type_of(present)}, which can\'t become '
        f"{data_type}. {advice}, or leave it out of the selection."
    )


def _integers(present: Any, *, is_text: bool) -> Any:
    """Whole numbers of 64 bits; missing where a value is none."""
    if present.dtype.kind in "iu":
        return present
    if present.dtype.kind == "b":
        return present.astype("int64")
    if present.dtype.kind == "f":
        fits = (present % 1 == 0) & (present >= -(2**63)) & (present < 2**63)
        return present[fits].astype("int64").reindex(present.index)
    # One by one and as Python's integers: floats would round large ones.
    numbers = [_whole(value) for value in (present.str.strip() if is_text else present)]
    integers = pd.Series(numbers, present.index, dtype="Int64")
    return integers if integers.isna().any() else integers.astype("int64")


def _whole(value: str | Decimal) -> int | None:
    """A text or a decimal as the integer of 64 bits that it means; None if it means none."""
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return None
    number = Decimal(value)
    if not -(2**63) <= number < 2**63 or number != number.to_integral_value():
        return None
    return int(number)


def _floats(present: Any, *, is_text: bool) -> Any:
    """Floating point numbers; missing where a value is not a number or would have to be rounded."""
    if present.dtype.kind in "fb":
        return present.astype("float64")
    if not is_text:
        floats = present.astype("float64")
        exact = present.astype(object) == (
            # A float shows the shortest decimal that means it: 0.1, and not its binary value.
            floats.map(lambda number: Decimal(repr(number)))
            if is_decimal(present)
            else floats.astype(object)
        )
        return floats.where(exact)
    texts = present.str.strip()
    floats = pd.to_numeric(texts, errors="coerce").astype("float64")
    # As in a CSV file, an integer is not rounded, and 0.1 means the float next to it.
    integers = texts[texts.str.fullmatch(r"[+-]?\d{16,}(\.0*)?")]
    rounded = [int(floats[row]) != int(Decimal(text)) for row, text in integers.items()]
    return floats.mask(floats.index.isin(integers.index[rounded]))


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
            f"A dataset can have only one weight column, and these would be: {', '.join(weights)}."
        )
    weight = dataset[weights[0]]
    if not pd.api.types.is_numeric_dtype(weight.dtype) and not is_decimal(weight):
        raise ValueError(
            f'The column "{weights[0]}" is of the type {type_of(weight)}; weights are numbers.'
        )


def _new_names(dataset: pd.DataFrame, columns: list[str], text: str) -> dict[str, str]:
    """The new name of each column that gets one."""
    if not text.strip():
        return {}
    names = [name.strip() for name in next(csv.reader([text], skipinitialspace=True))]
    if len(names) != len(columns):
        raise ValueError(
            f"{len(columns)} columns are selected, but {len(names)} new names are given. Give one "
            "for each column, separated by commas."
        )
    others = [name for name in dataset.columns if name not in columns]
    for place, name in enumerate(names):
        if not name:
            raise ValueError(f'The new name of the column "{columns[place]}" is empty.')
        if name in others or name in names[:place]:
            raise ValueError(f'Two columns would be called "{name}". Give each its own name.')
    return dict(zip(columns, names, strict=True))
