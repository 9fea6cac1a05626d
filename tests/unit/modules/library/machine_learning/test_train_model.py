from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

Run = Callable[..., Any]


def test_a_logistic_regression_equals_scikit_learns(run: Run, tumours: pd.DataFrame) -> None:
    learner = run("two_class_logistic_regression")
    model = run("train_model", learner, tumours, label_column="target")

    features, target = tumours.drop(columns="target"), tumours["target"]
    scaler = StandardScaler().fit(features)
    expected = LogisticRegression(
        C=0.5, l1_ratio=0.5, solver="saga", tol=1e-7, max_iter=5000, random_state=1
    ).fit(scaler.transform(features), target)
    np.testing.assert_allclose(
        model["estimator"].predict_proba(tumours),
        expected.predict_proba(scaler.transform(features)),
        atol=1e-5,
    )
    assert model["classes"] == [0, 1]
    assert model["label"] == "target"
    assert list(model["features"]) == list(features)


@pytest.mark.parametrize(
    ("stem", "estimator"),
    [
        (
            "two_class_decision_forest",
            RandomForestClassifier(n_estimators=8, max_depth=32, random_state=3),
        ),
        (
            "two_class_boosted_decision_tree",
            HistGradientBoostingClassifier(
                max_leaf_nodes=20, min_samples_leaf=10, learning_rate=0.2, early_stopping=False
            ),
        ),
    ],
)
def test_trees_equal_scikit_learns(
    run: Run, tumours: pd.DataFrame, stem: str, estimator: Any
) -> None:
    model = run("train_model", run(stem, random_number_seed=3), tumours, label_column="target")
    features = tumours.drop(columns="target")
    expected = estimator.fit(features.to_numpy(), tumours["target"])
    np.testing.assert_array_equal(
        model["estimator"].predict_proba(features), expected.predict_proba(features.to_numpy())
    )


def test_a_linear_regression_equals_scikit_learns(run: Run, patients: pd.DataFrame) -> None:
    model = run("train_model", run("linear_regression"), patients, label_column="target")
    features = patients.drop(columns="target")
    expected = Ridge(alpha=0.001).fit(features, patients["target"])
    np.testing.assert_allclose(model["estimator"].predict(features), expected.predict(features))
    assert model["classes"] is None


def test_gradient_descent_comes_near_to_least_squares(run: Run) -> None:
    features = pd.DataFrame({"x": np.linspace(0, 1, 1000)})
    dataset = features.assign(y=3 * features["x"] + 2)
    learner = run(
        "linear_regression",
        solution_method="Online Gradient Descent",
        random_number_seed=0,
        number_of_training_epochs=100,
        l2_regularization_weight=0.0,
    )
    model = run("train_model", learner, dataset, label_column="y")
    np.testing.assert_allclose(model["estimator"].predict(features), dataset["y"], atol=0.2)


def test_columns_of_every_type(
    run: Run, mixed: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    model = run("train_model", run("two_class_decision_forest"), mixed, label_column="bought")
    assert model["features"] == {
        "age": "numbers",
        "height": "numbers",
        "member": "booleans",
        "paid": "booleans",
        "city": "values",
        "size": "values",
    }
    assert model["classes"] == ["no", "yes"]
    said = capsys.readouterr().out
    assert "Rows left out because they have no label: 1." in said
    assert "joined (datetime64" in said
    assert "empty (no values)" in said
    assert "5 rows, 6 features" in said


def test_one_feature_is_called_so(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    dataset = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]})
    run("train_model", run("linear_regression"), dataset, label_column="y")
    assert "3 rows, 1 feature." in capsys.readouterr().out


def test_missing_numbers_are_means_and_missing_texts_no_indicator(
    run: Run, mixed: pd.DataFrame
) -> None:
    model = run("train_model", run("linear_regression"), mixed, label_column="age")
    seen = model["estimator"][:-1].transform(mixed)
    assert seen[2, 0] == pytest.approx(mixed.loc[[0, 3, 4, 5], "height"].mean())
    city = list(model["features"]).index("city")
    assert seen[2, city : city + 3].tolist() == [0, 0, 0]


def test_columns_with_a_role_are_no_features(run: Run, tumours: pd.DataFrame) -> None:
    tumours.attrs["roles"] = {"target": "label", "mean area": "weight", "mean texture": "score"}
    dataset = tumours.rename(columns={"mean smoothness": "mean area"})
    dataset.attrs["roles"] = {"target": "label", "mean area": "weight", "mean texture": "score"}
    model = run("train_model", run("two_class_decision_forest"), dataset)
    assert model["label"] == "target"
    assert list(model["features"]) == ["mean radius", "mean concavity", "mean symmetry"]


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ([True, False] * 3, [False, True]),
        (pd.array([3, 8, None] * 2, dtype="Int64"), [3, 8]),
        (pd.Categorical(["low", "high"] * 3), ["high", "low"]),
        ([0.5, 1.5] * 3, [0.5, 1.5]),
    ],
)
def test_labels_of_every_type(run: Run, values: Any, classes: list[Any]) -> None:
    dataset = pd.DataFrame({"x": range(6), "label": values})
    model = run("train_model", run("two_class_decision_forest"), dataset, label_column="label")
    assert model["classes"] == classes


def test_an_end_before_convergence_is_said(
    run: Run, tumours: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    learner = run("two_class_logistic_regression")
    learner["estimator"].set_params(max_iter=1)
    run("train_model", learner, tumours, label_column="target")
    assert "before it had converged" in capsys.readouterr().out


def test_many_texts_stay_sparse(run: Run) -> None:
    texts = pd.Series([f"id {number}" for number in range(200)], dtype="str")
    dataset = pd.DataFrame({"id": texts, "label": [0, 1] * 100})
    model = run("train_model", run("two_class_decision_forest"), dataset, label_column="label")
    assert model["estimator"][0].sparse_output_
    boosted = run("two_class_boosted_decision_tree")
    assert not run("train_model", boosted, dataset, label_column="label")["estimator"][
        0
    ].sparse_output_


def test_the_untrained_model_stays_untrained(run: Run, tumours: pd.DataFrame) -> None:
    learner = run("two_class_decision_forest")
    run("train_model", learner, tumours, label_column="target")
    assert not hasattr(learner["estimator"], "estimators_")
    assert "features" not in learner


@pytest.mark.parametrize(
    ("stem", "label", "sentence"),
    [
        ("two_class_decision_forest", None, "No label column is chosen"),
        ("two_class_decision_forest", "three", 'column "three": 3'),
        ("two_class_decision_forest", "one", "tells exactly two classes apart"),
        ("multiclass_decision_forest", "one", "tells two or more classes apart"),
        ("two_class_decision_forest", "none", 'column "none" holds no value in any row'),
        ("linear_regression", "text", 'column "text" holds str values'),
        ("linear_regression", "three", 'column "infinite" holds an infinite number'),
        ("linear_regression", "large", 'label column "large" holds an infinite number, or one bey'),
        ("k_means_clustering", "three", "use Train Clustering Model"),
    ],
)
def test_errors(run: Run, stem: str, label: str | None, sentence: str) -> None:
    dataset = pd.DataFrame(
        {
            "three": [1, 2, 3],
            "one": [1, 1, 1],
            "none": [np.nan] * 3,
            "text": ["a", "b", "c"],
            "infinite": [1.0, 2.0, np.inf],
            "large": [1.0, 2.0, 1e300],
        }
    )
    with pytest.raises(ValueError, match=sentence):
        run("train_model", run(stem), dataset, label_column=label)


def test_no_feature(run: Run) -> None:
    dataset = pd.DataFrame({"label": [0, 1], "day": pd.date_range("2020-01-01", periods=2)})
    with pytest.raises(ValueError, match="no column to learn from"):
        run("train_model", run("two_class_decision_forest"), dataset, label_column="label")


def test_a_trained_model_is_refused(run: Run, tumours: pd.DataFrame) -> None:
    model = run("train_model", run("linear_regression"), tumours, label_column="target")
    with pytest.raises(ValueError, match="trained already"):
        run("train_model", model, tumours, label_column="target")


def test_large_integers_that_a_learner_rounds_are_named(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = pd.DataFrame({"id": [2**53 + 1, 2], "n": [2**53, 1], "y": [0, 1]})
    run("train_model", run("two_class_decision_forest"), dataset, label_column="y")
    assert "which learners round: id\n" in capsys.readouterr().out
