# /// script
# [tool.studiolo]
# name = "Convert to Indicator Values"
# category = ["Data Transformation", "Manipulation"]
# classic-id = "6ea59c36f283410eb34cedfabfac39b0"
# nullable = true
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.results_dataset]
# label = "Results dataset"
#
# [tool.studiolo.outputs.indicator_values_transformation]
# label = "Indicator values transformation"
# kind = "transform"
#
# [tool.studiolo.parameters.categorical_columns_to_convert]
# label = "Categorical columns to convert"
# kind = "columns"
# port = "dataset"
#
# [tool.studiolo.parameters.overwrite_categorical_columns]
# label = "Overwrite categorical columns"
# help = "Whether the converted columns are left out of the result."
# ///
"""Turns categorical columns into columns of 0 and 1, one a category.

The column "Failure score" with the categories Low and High gives "Failure score-Low" and "Failure
score-High", at the end of the dataset, in the order of the categories; a category that no row has
gets its column too. If values are missing there is a column "Failure score-Missing".

The transformation makes the same columns of other datasets. Categories that they have and this one
has not are 0 in every column.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass
class Indicators:
    """A transformation: the categories of each column, and which columns had missing values."""

    categories: dict[str, pd.Index]
    with_missing: set[str]
    overwrite: bool

    def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add the indicator columns to a dataset."""
        added: dict[str, Any] = {}
        for name, categories in self.categories.items():
            if name not in frame.columns:
                raise ValueError(
                    f'The transformation converts the column "{name}", which the dataset lacks.'
                )
            # -1 is a category that this dataset alone has.
            codes = categories.get_indexer(pd.Index(frame[name]))
            added |= {
                f"{name}-{category}": (codes == code).astype(np.int8)
                for code, category in enumerate(categories)
            }
            if name in self.with_missing:
                added[f"{name}-Missing"] = frame[name].isna().to_numpy(np.int8)
        kept = frame.drop(columns=list(self.categories)) if self.overwrite else frame
        result = pd.concat([kept, pd.DataFrame(added, index=frame.index)], axis=1)
        result.attrs = dict(frame.attrs)
        return result


def azureml_main(
    dataset: pd.DataFrame,
    *,
    categorical_columns_to_convert: list[str],
    overwrite_categorical_columns: bool = False,
) -> tuple[pd.DataFrame, Indicators]:
    """Return the dataset with indicator columns, and how to make them."""
    if not categorical_columns_to_convert:
        raise ValueError("The selection matches no column. Select at least one categorical column.")
    for name in categorical_columns_to_convert:
        if dataset[name].dtype != "category":
            raise ValueError(
                f'The column "{name}" is not categorical but of the type {dataset[name].dtype}. '
                "Make it categorical with Edit Metadata."
            )
    indicators = Indicators(
        categories={name: dataset[name].cat.categories for name in categorical_columns_to_convert},
        with_missing={
            name for name in categorical_columns_to_convert if dataset[name].isna().any()
        },
        overwrite=overwrite_categorical_columns,
    )
    return indicators.transform(dataset), indicators
