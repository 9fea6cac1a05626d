"""The minimum that a logistic regression with an L1 weight finds."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

Load = Callable[[str], ModuleType]


def dataset(rows: int = 400, classes: int = 2, columns: int = 12) -> tuple[Any, Any]:
    generator = np.random.default_rng(3)
    features = generator.normal(size=(rows, columns))
    features[:, 4:] = generator.random((rows, columns - 4)) < 0.1
    true_weights = (
        generator.normal(size=(columns, classes)) * (generator.random(columns) < 0.5)[:, None]
    )
    noise = generator.gumbel(size=(rows, classes))
    return features, (features @ true_weights + noise).argmax(axis=1)


def objective(model: Any, features: Any, target: Any, l1: float, l2: float) -> float:
    """The formula of the module's documentation."""
    chosen = model.predict_proba(features)[np.arange(len(target)), target]
    w = model.coef_
    return float(-np.log(chosen).sum() + l1 * np.abs(w).sum() + l2 / 2 * (w**2).sum())


@pytest.mark.parametrize("kind", ["two_class", "multiclass"])
@pytest.mark.parametrize(("l1", "l2"), [(1.0, 1.0), (3.0, 0.5), (0.2, 5.0)])
def test_no_worse_than_a_long_run_of_saga(
    load_module: Load, kind: str, l1: float, l2: float
) -> None:
    features, target = dataset(classes=2 if kind == "two_class" else 3)
    weights = {"l1_regularization_weight": l1, "l2_regularization_weight": l2}
    learner = load_module(f"{kind}_logistic_regression").azureml_main(**weights)
    model = learner["estimator"].fit(features, target)
    saga = LogisticRegression(
        C=1 / (l1 + l2), l1_ratio=l1 / (l1 + l2), solver="saga", tol=1e-10, max_iter=20_000
    ).fit(features, target)
    best = objective(saga, features, target, l1, l2)
    assert objective(model, features, target, l1, l2) == pytest.approx(best, rel=1e-7)
    np.testing.assert_allclose(
        model.predict_proba(features), saga.predict_proba(features), atol=1e-3
    )
    np.testing.assert_array_equal(model.coef_ == 0, saga.coef_ == 0)


def test_l1_alone_equals_liblinear(load_module: Load) -> None:
    features, target = dataset()
    learner = load_module("two_class_logistic_regression").azureml_main(
        l1_regularization_weight=5.0, l2_regularization_weight=0.0
    )
    model = learner["estimator"].fit(features, target)
    # liblinear counts the intercept among the weights; a great scaling makes its share negligible.
    liblinear = LogisticRegression(
        C=0.2, l1_ratio=1.0, solver="liblinear", tol=1e-10, max_iter=10_000, intercept_scaling=1e3
    ).fit(features, target)
    np.testing.assert_allclose(model.coef_, liblinear.coef_, atol=1e-2)
    assert (model.coef_ == 0).sum() == (liblinear.coef_ == 0).sum() > 0


def test_the_slope_vanishes_where_a_weight_is_not_0(load_module: Load) -> None:
    features, target = dataset()
    learner = load_module("two_class_logistic_regression").azureml_main()
    model = learner["estimator"].fit(csr_matrix(features), target)
    excess = model.predict_proba(features)[:, 1] - target
    slope = features.T @ excess + model.coef_[0]
    w = model.coef_[0]
    assert abs(excess.mean()) < 1e-6
    np.testing.assert_allclose(slope[w != 0], -np.sign(w[w != 0]), atol=1e-3)
    assert (np.abs(slope[w == 0]) <= 1 + 1e-3).all()


def test_about_as_many_steps_as_without_an_l1_weight(load_module: Load) -> None:
    features, target = dataset(rows=1000, columns=40)
    main = load_module("two_class_logistic_regression").azureml_main
    with_l1 = main()["estimator"].fit(features, target)
    without = main(l1_regularization_weight=0.0)["estimator"].fit(features, target)
    assert with_l1.n_iter_[0] < 3 * without.n_iter_[0]


def test_a_class_weighs_as_its_rows(load_module: Load) -> None:
    features, target = dataset(classes=3)
    weights = np.random.default_rng(0).integers(0, 3, len(target))
    estimator = load_module("multiclass_logistic_regression").azureml_main()["estimator"]
    by_weight = estimator.fit(features, target, sample_weight=weights).coef_
    by_rows = estimator.fit(features.repeat(weights, axis=0), target.repeat(weights)).coef_
    np.testing.assert_allclose(by_weight, by_rows, atol=1e-3)
