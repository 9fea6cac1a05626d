"""Rank the features of a dataset by how much an ensemble of trees relies on them.

The result has one row per feature, the most important first; the picture shows the same.
"""

import textwrap

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.ensemble import RandomForestClassifier


def azureml_main(dataframe1=None, dataframe2=None, *, label="", trees: int = 200, seed: int = 0):
    label = label or dataframe1.columns[-1]
    features = dataframe1.drop(columns=label)

    model = RandomForestClassifier(trees, random_state=seed)
    model.fit(features, dataframe1[label])

    spread = pd.DataFrame([tree.feature_importances_ for tree in model.estimators_]).std()
    ranking = pd.DataFrame(
        {
            "feature": features.columns,
            "importance": model.feature_importances_,
            "spread": spread,
        }
    ).sort_values("importance", ascending=False, ignore_index=True)

    print(f"{trees} trees, {len(features)} rows; the label is {label!r}.")
    draw(ranking, label)
    return (ranking,)


def draw(ranking, label):
    shown = ranking.head(15)[::-1]
    places = range(len(shown))

    figure, axes = plt.subplots(figsize=(9, 1.5 + 0.52 * len(shown)), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.25, h_pad=0.2)
    figure.suptitle("Importance of each feature", x=0.03, ha="left", fontsize=15, weight="bold")
    note = f"How much a forest of trees relies on it to tell “{label}”"
    figure.supxlabel(note, x=0.03, ha="left", fontsize=10, color="#777777")

    bars = axes.barh(places, shown["importance"], height=0.62, color="#5b87a6")
    bars[-1].set_color("#27506e")
    axes.bar_label(bars, fmt="{:.1%}", padding=6, color="#333333")
    axes.set_yticks(places, [in_two_lines(name) for name in shown["feature"]])
    axes.set_xlim(0, shown["importance"].max() * 1.1)
    axes.xaxis.set_visible(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(axis="y", length=0, labelcolor="#333333", pad=8)
    figure.savefig("feature-importance.png", dpi=150)


def in_two_lines(name):
    return name if len(name) < 40 else textwrap.fill(name, len(name) // 2 + 6)
