# /// script
# [tool.studiolo]
# name = "Summarize Data"
# category = ["Statistical Functions"]
# classic-id = "2c57074f674f45dead85d84e4726f04e"
# nullable = true
# random = false
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.results_dataset]
# label = "Results dataset"
# ///
"""Describes each column of a dataset by the usual statistics, one row per column.

All rows are used. "Count" is the number of rows; a missing value is not a unique value and counts
in no figure except "Count" and "Missing Value Count". Numbers and decimals have all figures, true
and false count as 1 and 0, and other columns have only the three counts. Figures are floating
point numbers; the module prints where that rounds large integers.

"Mean Deviation" is the mean distance from the mean; "Mode" is the most frequent value, the
smallest if there are several. Variance, standard deviation, skewness and kurtosis are estimates
from a sample; a normal distribution has the kurtosis 0. Percentiles are interpolated between the
two nearest values.
"""

from typing import Any

import numpy as np
import pandas as pd

from ..parts.columns.floats import floats_of

_PERCENTILES = {
    "1st Quartile": 0.25,
    "Median": 0.5,
    "3rd Quartile": 0.75,
    "P0.5": 0.005,
    "P1": 0.01,
    "P5": 0.05,
    "P95": 0.95,
    "P99.5": 0.995,
}
_FIGURES = [
    "Min",
    "Max",
    "Mean",
    "Mean Deviation",
    "1st Quartile",
    "Median",
    "3rd Quartile",
    "Mode",
    "Range",
    "Sample Variance",
    "Sample Standard Deviation",
    "Sample Skewness",
    "Sample Kurtosis",
    "P0.5",
    "P1",
    "P5",
    "P95",
    "P99.5",
]


def azureml_main(dataset: pd.DataFrame) -> pd.DataFrame:
    """Return a row of statistics for each column."""
    columns = [dataset[name] for name in dataset.columns]
    counts = pd.DataFrame(
        {
            "Feature": pd.Series(dataset.columns, dtype="str"),
            "Count": len(dataset),
            "Unique Value Count": pd.Series([column.nunique() for column in columns], dtype=int),
            "Missing Value Count": pd.Series(
                [column.isna().sum() for column in columns], dtype=int
            ),
        }
    )
    figures = pd.DataFrame([_figures(column) for column in columns], columns=_FIGURES, dtype=float)
    return pd.concat([counts, figures], axis=1)


def _figures(column: Any) -> dict[str, float]:
    present = column.dropna()
    if isinstance(column.dtype, pd.CategoricalDtype) or present.empty:
        return {}
    if column.dtype.kind in "iu" and max(abs(int(present.min())), abs(int(present.max()))) > 2**53:
        print(f'The figures of "{column.name}" are rounded: it holds integers beyond 2**53.')
    floats = floats_of(present)
    if floats is None:
        return {}
    values = pd.Series(floats)
    # Infinite values make some figures undefined, which needs no warning.
    with np.errstate(all="ignore"):
        return {
            "Min": values.min(),
            "Max": values.max(),
            "Mean": values.mean(),
            "Mean Deviation": (values - values.mean()).abs().mean(),
            "Mode": values.mode().iloc[0],
            "Range": values.max() - values.min(),
            "Sample Variance": values.var(),
            "Sample Standard Deviation": values.std(),
            "Sample Skewness": values.skew(),
            "Sample Kurtosis": values.kurt(),
            **dict(zip(_PERCENTILES, values.quantile([*_PERCENTILES.values()]), strict=True)),
        }
