"""Plot every pair of columns against each other, and save the picture as a PNG.

The Python device shows any PNG that a script leaves in its working directory.
"""

import textwrap

import matplotlib

matplotlib.use("agg")

from pandas.plotting import scatter_matrix

COLUMNS = [
    "Plasma glucose concentration a 2 hours in an oral glucose tolerance test",
    "Body mass index (weight in kg/(height in m)^2)",
    "Age (years)",
    "Diabetes pedigree function",
]
LABEL = "Class variable (0 or 1)"


def azureml_main(dataframe1=None, dataframe2=None):
    colors = dataframe1[LABEL].map({0: "#7f9fb6", 1: "#c8643c"})
    shown = dataframe1[COLUMNS].rename(columns=lambda name: textwrap.fill(name, 22))

    axes = scatter_matrix(
        shown,
        figsize=(10, 10),
        marker="o",
        s=9,
        linewidths=0,
        c=colors,
        alpha=0.7,
        hist_kwds={"color": "#7f9fb6", "bins": 20},
    )
    figure = axes[0, 0].figure
    figure.suptitle("Without diabetes in blue, with diabetes in orange", y=0.92, color="#333333")
    figure.savefig("scatter-matrix.png", bbox_inches="tight")
    return (dataframe1,)
