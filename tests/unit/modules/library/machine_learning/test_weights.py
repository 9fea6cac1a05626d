"""The role weight: a row of weight n counts as n rows."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

Run = Callable[..., Any]


def weighted(frame: pd.DataFrame, label: str = "y") -> pd.DataFrame:
    frame.attrs["roles"] = {label: "label", "w": "weight"}
    return frame


def repeated(frame: pd.DataFrame) -> pd.DataFrame:
    """The same as rows."""
    rows = frame.loc[frame.index.repeat(frame["w"])].drop(columns="w").reset_index(drop=True)
    rows.attrs["roles"] = {"y": "label"}
    return rows


@pytest.fixture
def dataset() -> pd.DataFrame:
    generator = np.random.default_rng(5)
    x = generator.normal(size=80).round(2)
    frame = pd.DataFrame({"x": x, "t": pd.Series(generator.choice([*"ab"], 80), dtype="str")})
    frame.loc[::9, "x"] = np.nan
    frame["y"] = (x + generator.normal(size=80) > 0).astype(int)
    frame["w"] = generator.integers(0, 4, 80)
    return weighted(frame)


@pytest.mark.parametrize(
    "stem",
    [
        "two_class_logistic_regression",
        "multiclass_logistic_regression",
        "linear_regression",
        "two_class_decision_forest",
        "multiclass_decision_forest",
    ],
)
def test_a_weight_is_a_number_of_rows(run: Run, dataset: pd.DataFrame, stem: str) -> None:
    # Each tree sees all rows, so that none is drawn at random.
    learner = run(stem, **({"resampling_method": "Replicate"} if "forest" in stem else {}))
    by_weight = run("train_model", learner | {"rarest": 1}, dataset)
    by_rows = run("train_model", learner, repeated(dataset))
    name = "predict" if stem == "linear_regression" else "predict_proba"
    counted = dataset[dataset["w"] > 0]
    one, other = (getattr(model["estimator"], name)(counted) for model in (by_weight, by_rows))
    np.testing.assert_allclose(one, other, atol=1e-4)


@pytest.mark.parametrize(
    "stem",
    [
        "two_class_logistic_regression",
        "two_class_boosted_decision_tree",
        "two_class_decision_forest",
        "multiclass_logistic_regression",
        "multiclass_decision_forest",
        "linear_regression",
        "boosted_decision_tree_regression",
    ],
)
def test_every_learner_counts_weights(run: Run, stem: str) -> None:
    dataset = weighted(pd.DataFrame({"a": 0, "y": [0, 1] * 50, "w": [1.0, 9.0] * 50}))
    scored = run(
        "score_model", run("train_model", run(stem, random_number_seed=1), dataset), dataset
    )
    names = ["Scored Probabilities", 'Scored Probabilities for Class "1"', "Scored Labels"]
    share = scored[next(name for name in names if name in scored)]
    assert share.mean() == pytest.approx(0.9, abs=0.05)


def test_gradient_descent_and_clusters_count_weights(run: Run) -> None:
    dataset = weighted(pd.DataFrame({"a": 0.0, "y": [0.0, 10.0] * 50, "w": [1.0, 9.0] * 50}))
    learner = run(
        "linear_regression",
        solution_method="Online Gradient Descent",
        number_of_training_epochs=50,
        random_number_seed=1,
    )
    scored = run("score_model", run("train_model", learner, dataset), dataset)
    assert scored["Scored Labels"].mean() == pytest.approx(9, abs=0.7)

    points = pd.DataFrame({"x": [0.0, 1.0, 10.0, 11.0], "w": [3, 1, 1, 3]})
    points.attrs["roles"] = {"w": "weight"}
    learner = run("k_means_clustering", random_number_seed=1)
    model, assigned = run("train_clustering_model", learner, points)
    assert sorted(model["estimator"][-1].cluster_centers_.ravel()) == [0.25, 10.75]
    table = run("evaluate_model", assigned)
    assert table["Number of Points"].tolist() == [8, 4, 4]
    assert table["Average Distance to Cluster Center"].tolist() == pytest.approx([0.375] * 3)


@pytest.mark.parametrize(
    "stem", ["two_class_logistic_regression", "multiclass_decision_forest", "linear_regression"]
)
def test_figures_count_weights(run: Run, dataset: pd.DataFrame, stem: str) -> None:
    scored = run("score_model", run("train_model", run(stem), dataset), dataset)
    expected = run("evaluate_model", repeated(scored))
    figures = run("evaluate_model", scored)
    pd.testing.assert_frame_equal(figures, expected, check_dtype=False)


@pytest.mark.parametrize(
    "stem", ["two_class_logistic_regression", "multiclass_decision_forest", "linear_regression"]
)
def test_figures_of_folds_count_weights(run: Run, dataset: pd.DataFrame, stem: str) -> None:
    learner = run(stem)
    scored, by_fold = run("cross_validate_model", learner, dataset, number_of_folds=2)
    part = scored[scored["Fold Assignments"] == 0].reset_index(drop=True)
    expected = run("evaluate_model", part)
    for name in expected.columns.intersection(by_fold.columns):
        assert by_fold[name][0] == pytest.approx(expected[name][0]), name


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ([1.0, -1.0], "has -1.0 in row 2"),
        ([1.0, np.inf], "has inf in row 2"),
        ([1.0, None], "has no value in row 2"),
        ([0.0, 0.0], "has no weight above 0"),
        (["1", "2"], "holds str values; weights are numbers"),
    ],
)
def test_weights_that_are_none(run: Run, values: list[Any], sentence: str) -> None:
    dataset = weighted(pd.DataFrame({"x": [1, 2], "y": [0, 1], "w": values}))
    with pytest.raises(ValueError, match=sentence):
        run("train_model", run("two_class_decision_forest"), dataset)


def test_two_columns_of_a_role(run: Run, dataset: pd.DataFrame) -> None:
    forest = run("two_class_decision_forest")
    dataset["v"] = 1
    dataset.attrs["roles"] = {"y": "label", "w": "weight", "v": "weight"}
    for module in ("train_model", "cross_validate_model"):
        with pytest.raises(ValueError, match="Several columns have the role weight: w, v"):
            run(module, forest, dataset)
    dataset.attrs["roles"] = {"y": "label", "w": "label"}
    for module in ("train_model", "cross_validate_model"):
        with pytest.raises(ValueError, match="Several columns have the role label: y, w"):
            run(module, forest, dataset)
    assert run("train_model", forest, dataset, label_column="y")["label"] == "y"
    scored = dataset.rename(columns={"x": "Scored Probabilities", "v": "Scored Labels"})
    with pytest.raises(ValueError, match="Several columns have the role label: y, w"):
        run("evaluate_model", scored)


def test_the_chosen_label_is_no_weight(run: Run) -> None:
    dataset = pd.DataFrame({"x": [1, 2, 3], "w": [-1.0, 0.0, 1.0]})
    dataset.attrs["roles"] = {"w": "weight"}
    model = run("train_model", run("linear_regression"), dataset, label_column="w")
    assert model["estimator"].predict(dataset).tolist() == pytest.approx([-1, 0, 1], abs=0.01)
