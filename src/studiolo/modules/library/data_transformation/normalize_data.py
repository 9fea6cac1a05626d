# /// script
# [tool.studiolo]
# name = "Normalize Data"
# category = ["Data Transformation", "Scale and Reduce"]
# classic-id = "986df33367484b85923d871df70d6aaf"
# nullable = true
# random = false
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.transformed_dataset]
# label = "Transformed dataset"
#
# [tool.studiolo.outputs.transformation_function]
# label = "Transformation function"
# kind = "transform"
#
# [tool.studiolo.parameters.transformation_method]
# label = "Transformation method"
#
# [tool.studiolo.parameters.use_0_for_constant_columns]
# label = "Use 0 for constant columns when checked"
# help = "Off: the values of a column that are all the same become missing."
# used-if = { transformation_method = ["ZScore", "MinMax", "LogNormal"] }
#
# [tool.studiolo.parameters.columns_to_transform]
# label = "Columns to transform"
# kind = "columns"
# port = "dataset"
# help = "Columns without numbers stay as they are."
# ///
"""Brings columns of numbers onto a common scale.

- ZScore: (x - mean) / standard deviation, of the population.
- MinMax: (x - min) / (max - min).
- Logistic: 1 / (1 + exp(-x)).
- LogNormal: the share of a log-normal distribution below x; its two parameters are the mean and
  the standard deviation of ln x.
- TanH: tanh x.

Each column is scaled on its own, in floating point numbers, including decimals; missing values
stay missing. The transformation function does the same to other datasets, with what it learned
from this one. ZScore, MinMax and LogNormal are not defined for a column whose values are all the
same: it becomes 0, or missing.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype, is_bool_dtype, is_numeric_dtype
from scipy.special import expit, ndtr

from ..parts.columns.floats import floats_of


@dataclass
class Normalization:
    """A transformation: what was learned of each column."""

    method: str
    #: By column: what is subtracted, and what it is divided by then.
    scales: dict[str, tuple[float, float]]
    #: What a column without any spread becomes.
    constant: float

    def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Scale the columns that were learned."""
        for name, (center, scale) in self.scales.items():
            # A column without any value, of whatever type, stays one.
            values = floats_of(frame[name]) if name in frame.columns else None
            if values is None:
                raise ValueError(
                    f'The transformation scales the column "{name}", which this dataset does not '
                    "have as a column of numbers."
                )
            frame[name] = self._scaled(values, center, scale)
        return frame

    def _scaled(self, values: Any, center: float, scale: float) -> Any:
        if self.method == "Logistic":
            return expit(values)
        if self.method == "TanH":
            return np.tanh(values)
        if not scale > 0:
            return np.where(np.isnan(values), np.nan, self.constant)
        if self.method != "LogNormal":
            return (values - center) / scale
        with np.errstate(divide="ignore", invalid="ignore"):
            # A log-normal distribution has no values below 0.
            logarithms = np.where(
                values > 0, np.log(values), np.where(values <= 0, -np.inf, values)
            )
        return ndtr((logarithms - center) / scale)


def azureml_main(
    dataset: pd.DataFrame,
    *,
    transformation_method: Literal["ZScore", "MinMax", "Logistic", "LogNormal", "TanH"] = "ZScore",
    use_0_for_constant_columns: bool = True,
    columns_to_transform: list[str] | Literal["all"] = "all",
) -> tuple[pd.DataFrame, Normalization]:
    """Return the scaled dataset and what was learned."""
    numeric = [name for name in columns_to_transform if _is_number(dataset[name])]
    if not numeric:
        raise ValueError(
            "None of the selected columns holds numbers. Select one that does, or make one a "
            "column of numbers with Edit Metadata."
        )
    function = Normalization(
        method=transformation_method,
        scales={name: _learned(dataset[name], transformation_method) for name in numeric},
        constant=0.0 if use_0_for_constant_columns else np.nan,
    )
    return function.transform(dataset), function


def _learned(column: Any, method: str) -> tuple[float, float]:
    values = floats_of(column.dropna())
    if not len(values) or method in {"Logistic", "TanH"}:
        return 0.0, 0.0
    if np.isinf(values).any():
        raise ValueError(
            f'The column "{column.name}" holds an infinite number, by which {method} can\'t scale '
            "the others. Replace it, or leave the column out."
        )
    if method == "MinMax":
        return float(values.min()), float(np.ptp(values))
    if method == "LogNormal":
        if values.min() <= 0:
            raise ValueError(
                f'The column "{column.name}" has the value {values.min():g}, and LogNormal needs '
                "numbers above 0. Choose another method or leave the column out."
            )
        values = np.log(values)
    # A constant column has no spread, whatever rounding makes of its mean.
    return float(values.mean()), float(values.std()) if np.ptp(values) else 0.0


def _is_number(column: Any) -> bool:
    if isinstance(column.dtype, pd.CategoricalDtype) or is_bool_dtype(column.dtype):
        return False
    return is_numeric_dtype(column.dtype) or (
        column.dtype == object and infer_dtype(column) == "decimal"
    )
