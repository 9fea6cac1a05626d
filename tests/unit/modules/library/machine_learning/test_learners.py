"""What each learner module hands out: the estimator, with the classic defaults."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

Run = Callable[..., Any]

LEARNERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "two_class_logistic_regression": (
        "Two-Class Logistic Regression",
        "two-class",
        {"C": 0.5, "l1_ratio": 0.5, "tol": 1e-7},
    ),
    "multiclass_logistic_regression": (
        "Multiclass Logistic Regression",
        "multiclass",
        {"C": 0.5, "l1_ratio": 0.5, "tol": 1e-7},
    ),
    "two_class_decision_forest": (
        "Two-Class Decision Forest",
        "two-class",
        {"n_estimators": 8, "max_depth": 32, "min_samples_leaf": 1, "bootstrap": True},
    ),
    "multiclass_decision_forest": (
        "Multiclass Decision Forest",
        "multiclass",
        {"n_estimators": 8, "max_depth": 32, "min_samples_leaf": 1, "bootstrap": True},
    ),
    "two_class_boosted_decision_tree": (
        "Two-Class Boosted Decision Tree",
        "two-class",
        {"max_leaf_nodes": 20, "min_samples_leaf": 10, "learning_rate": 0.2, "max_iter": 100},
    ),
    "boosted_decision_tree_regression": (
        "Boosted Decision Tree Regression",
        "regression",
        {"max_leaf_nodes": 20, "min_samples_leaf": 10, "learning_rate": 0.2, "max_iter": 100},
    ),
    "linear_regression": (
        "Linear Regression",
        "regression",
        {"alpha": 0.001, "fit_intercept": True},
    ),
    "k_means_clustering": (
        "K-Means Clustering",
        "clustering",
        {"n_clusters": 2, "init": "k-means++", "n_init": 1, "max_iter": 100},
    ),
}


@pytest.mark.parametrize("stem", LEARNERS)
def test_the_classic_defaults(run: Run, stem: str) -> None:
    learner, task, settings = LEARNERS[stem]
    model = run(stem)
    assert (model["learner"], model["task"]) == (learner, task)
    assert model["scale"] == ("standard" if "logistic" in stem else "none")
    assert settings.items() <= model["estimator"].get_params().items()


@pytest.mark.parametrize("stem", [stem for stem in LEARNERS if "logistic" not in stem])
def test_the_seed_reaches_the_estimator(run: Run, stem: str) -> None:
    method = {"solution_method": "Online Gradient Descent"} if stem == "linear_regression" else {}
    assert run(stem, random_number_seed=7, **method)["estimator"].random_state == 7


@pytest.mark.parametrize(
    ("l1", "l2", "strength", "l1_ratio"),
    [(1.0, 3.0, 0.25, 0.25), (2.0, 0.0, 0.5, 1.0), (0.0, 4.0, 0.25, 0.0), (0.0, 0.0, np.inf, 0.0)],
)
def test_regularization_weights(
    run: Run, l1: float, l2: float, strength: float, l1_ratio: float
) -> None:
    estimator = run(
        "two_class_logistic_regression", l1_regularization_weight=l1, l2_regularization_weight=l2
    )["estimator"]
    assert (estimator.C, estimator.l1_ratio) == (strength, l1_ratio)


def test_replicate_grows_each_tree_on_all_rows(run: Run) -> None:
    model = run("two_class_decision_forest", resampling_method="Replicate")
    assert model["estimator"].bootstrap is False


def test_boosting_never_stops_early(run: Run) -> None:
    assert run("two_class_boosted_decision_tree")["estimator"].early_stopping is False
    assert run("boosted_decision_tree_regression")["estimator"].early_stopping is False


def test_gradient_descent_has_the_classic_defaults(run: Run) -> None:
    model = run("linear_regression", solution_method="Online Gradient Descent")
    assert model["scale"] == "range"
    settings = {"alpha": 0.001, "eta0": 0.1, "max_iter": 10, "average": True, "power_t": 0.5}
    assert settings.items() <= model["estimator"].get_params().items()
    assert model["estimator"].learning_rate == "invscaling"


def test_gradient_descent_at_a_constant_rate(run: Run) -> None:
    model = run(
        "linear_regression",
        solution_method="Online Gradient Descent",
        normalize_features=False,
        decrease_learning_rate=False,
        average_final_hypothesis=False,
    )
    assert model["estimator"].learning_rate == "constant"
    assert model["estimator"].average is False
