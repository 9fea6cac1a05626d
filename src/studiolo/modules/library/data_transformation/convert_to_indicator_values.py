# /// script
# [tool.studiolo]
# name = "Convert to Indicator Values"
# category = ["Data Transformation", "Manipulation"]
# classic-id = "6ea59c36f283410eb34cedfabfac39b0"
# nullable = true
# random = false
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
# help = "On: the result leaves out the converted columns."
# ///
"""Turns categorical columns into columns of 0 and 1, one per category.

The column "Failure score" with the categories Low and High gives "Failure score-Low" and "Failure
score-High", at the end of the dataset, in the order of the categories. A category that no row has
gets a column, too. If values are missing, there is also a column "Failure score-Missing".

If two columns would have the same name, one gets a number: "Failure score-Low (1)".

The transformation makes the same columns in other datasets. It compares values: the category 1
also matches the number 1.0 and the text "1". A row with a category that this dataset does not have
is 0 in every column.
"""

from dataclasses import dataclass
from itertools import chain, count
from typing import Any

import numpy as np
import pandas as pd

from ..parts.columns.places import places_of


@dataclass
class Indicators:
    """A transformation: the categories of each column, and the names of their indicators."""

    #: By column.
    categories: dict[str, list[Any]]
    #: By column, a name for each category, and one more for missing values if there were some.
    names: dict[str, list[str]]
    overwrite: bool

    def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add the indicator columns to a dataset."""
        lacking = [f'"{name}"' for name in self.names if name not in frame.columns]
        if lacking:
            raise ValueError(
                f"The transformation converts columns that the dataset lacks: {', '.join(lacking)}."
            )
        kept = frame.drop(columns=list(self.names)) if self.overwrite else frame
        added: dict[str, Any] = {}
        for column, names in self.names.items():
            categories = self.categories[column]
            # -1 is a category that this dataset alone has.
            places = places_of(frame[column], categories)
            places[frame[column].isna()] = len(categories)
            added |= {name: (places == place).astype(np.int8) for place, name in enumerate(names)}
        taken = [f'"{name}"' for name in added if name in kept.columns]
        if taken:
            raise ValueError(
                f"The dataset already has columns with the names {', '.join(taken)}. Rename them "
                "with Edit Metadata, or leave them out."
            )
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
    taken = {*dataset.columns}
    if overwrite_categorical_columns:
        taken -= {*categorical_columns_to_convert}
    categories, names = {}, {}
    for name in categorical_columns_to_convert:
        categories[name] = dataset[name].cat.categories.tolist()
        wanted = [f"{name}-{category}" for category in categories[name]]
        if dataset[name].isna().any():
            wanted.append(f"{name}-Missing")
        names[name] = [_free(one, taken) for one in wanted]
    indicators = Indicators(categories, names, overwrite_categorical_columns)
    return indicators.transform(dataset), indicators


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number if it is taken; it is taken from then on."""
    numbered = (f"{name} ({number})" for number in count(1))
    free = next(one for one in chain([name], numbered) if one not in taken)
    taken.add(free)
    return free
