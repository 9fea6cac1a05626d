"""The numbers of a column as floats."""

from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype, is_numeric_dtype


def floats_of(column: Any) -> Any:
    """Numbers or booleans as floats, NaN where missing; None if a column holds anything else."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":
        return column.to_numpy("float64")
    if isinstance(column.dtype, pd.CategoricalDtype):
        floats = floats_of(column.cat.categories.to_series())
        return None if floats is None else np.append(floats, np.nan)[column.cat.codes]
    if column.isna().all():
        return np.full(len(column), np.nan)
    is_decimal = column.dtype == object and infer_dtype(column) == "decimal"
    if is_numeric_dtype(column.dtype) or is_decimal:
        return column.to_numpy("float64", na_value=np.nan)
    return None
