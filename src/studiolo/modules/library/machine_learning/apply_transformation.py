# /// script
# [tool.studiolo]
# name = "Apply Transformation"
# category = ["Machine Learning", "Score"]
# classic-id = "805e592d0f1f48eb97c9688ed0c1dc70"
# nullable = true
# random = false
# row-wise = true
#
# [tool.studiolo.inputs.transformation]
# label = "Transformation"
# kind = "transform"
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.transformed_dataset]
# label = "Transformed dataset"
# ///
"""Changes a dataset in the way that another module learned from its own dataset.

A transformation keeps what was learned there, such as the mean that Clean Missing Data filled in
or the range that Normalize Data found. It learns nothing from this dataset. It finds columns by
name and leaves other columns as they are.
"""

from typing import Protocol

import pandas as pd


class Transformation(Protocol):
    """The value that a port of the kind "transform" carries."""

    def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the changed frame; the given one may be changed too."""


def azureml_main(transformation: Transformation, dataset: pd.DataFrame) -> pd.DataFrame:
    """Apply the transformation."""
    return transformation.transform(dataset)
