# /// script
# [tool.studiolo]
# name = "Execute Python Script"
# category = ["Python Language Modules"]
# classic-id = "cdb56f957f4c404dbde75bb972e6f232"
#
# [tool.studiolo.inputs.dataset1]
# label = "Dataset1"
# optional = true
#
# [tool.studiolo.inputs.dataset2]
# label = "Dataset2"
# optional = true
#
# [tool.studiolo.inputs.script_bundle]
# label = "Script Bundle"
# kind = "zip"
# optional = true
#
# [tool.studiolo.outputs.results_dataset]
# label = "Results dataset"
#
# [tool.studiolo.outputs.results_dataset2]
# label = "Results dataset2"
# optional = true
#
# [tool.studiolo.outputs.python_device]
# label = "Python device"
# optional = true
# ///
"""Runs a Python script on up to two datasets."""

import pandas as pd


def azureml_main(
    dataframe1: pd.DataFrame | None = None, dataframe2: pd.DataFrame | None = None
) -> tuple[pd.DataFrame | None]:
    """Take up to two datasets and return one; this function is what a run calls.

    The first dataset that is connected arrives as `dataframe1`, the second one as `dataframe2`;
    without a connection a frame is None. The names are yours to change.

    The files of a zip that is connected to Script Bundle are in the folder "Script Bundle", from
    which they can also be imported: `import hello` finds hello.py.

    What is printed goes to the log and to Python Device, and pictures to Python Device: figures
    that are left open, and image files that are saved in the working directory.
    """
    print("The first dataset:", dataframe1, sep="\n")

    # A sequence whose first element is the dataset of the first output. Its index is dropped.
    return (dataframe1,)
