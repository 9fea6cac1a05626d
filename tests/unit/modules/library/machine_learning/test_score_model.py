from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

Run = Callable[..., Any]


@pytest.fixture
def two_class(run: Run, tumours: pd.DataFrame) -> dict[str, Any]:
    model: dict[str, Any] = run(
        "train_model", run("two_class_decision_forest"), tumours, label_column="target"
    )
    return model


def test_two_classes(run: Run, tumours: pd.DataFrame, two_class: dict[str, Any]) -> None:
    scored = run("score_model", two_class, tumours)
    features = tumours.drop(columns="target")
    probability = two_class["estimator"].predict_proba(features)[:, 1]
    assert list(scored) == [*tumours, "Scored Labels", "Scored Probabilities"]
    np.testing.assert_array_equal(scored["Scored Probabilities"], probability)
    np.testing.assert_array_equal(scored["Scored Labels"], probability > 0.5)
    assert scored["Scored Labels"].dtype == "int64"
    assert scored.attrs["roles"] == {
        "target": "label",
        "Scored Labels": "score",
        "Scored Probabilities": "score",
    }


def test_several_classes(run: Run, irises: pd.DataFrame) -> None:
    learner = run("multiclass_logistic_regression", random_number_seed=0)
    model = run("train_model", learner, irises, label_column="species")
    scored = run("score_model", model, irises)
    features = irises.drop(columns="species")
    classes = ["setosa", "versicolor", "virginica"]
    names = [f'Scored Probabilities for Class "{value}"' for value in classes]
    assert list(scored)[-4:] == [*names, "Scored Labels"]
    np.testing.assert_array_equal(scored[names], model["estimator"].predict_proba(features))
    assert scored["Scored Labels"].dtype == "str"
    codes = model["estimator"].predict(features)
    assert scored["Scored Labels"].tolist() == [classes[code] for code in codes]


def test_regression_without_the_columns_of_the_dataset(run: Run, patients: pd.DataFrame) -> None:
    learner = run("boosted_decision_tree_regression")
    model = run("train_model", learner, patients, label_column="target")
    scored = run("score_model", model, patients, append_score_columns_to_output=False)
    assert list(scored) == ["Scored Labels"]
    assert scored.attrs["roles"] == {"Scored Labels": "score"}
    features = patients.drop(columns="target")
    np.testing.assert_array_equal(scored["Scored Labels"], model["estimator"].predict(features))


def test_columns_are_found_by_name(
    run: Run, tumours: pd.DataFrame, two_class: dict[str, Any]
) -> None:
    expected = run("score_model", two_class, tumours)["Scored Probabilities"]
    other = tumours.drop(columns="target").iloc[:, ::-1].assign(further="text")
    scored = run("score_model", two_class, other)
    pd.testing.assert_series_equal(scored["Scored Probabilities"], expected)
    assert "target" not in scored.attrs["roles"]


def test_scores_of_before_are_replaced(
    run: Run, tumours: pd.DataFrame, two_class: dict[str, Any]
) -> None:
    once = run("score_model", two_class, tumours)
    twice = run("score_model", two_class, once.assign(**{"Scored Labels": 9}))
    pd.testing.assert_frame_equal(twice, once)


def test_scores_of_a_model_of_another_kind_are_replaced(
    run: Run, tumours: pd.DataFrame, two_class: dict[str, Any]
) -> None:
    several = run("train_model", run("multiclass_decision_forest"), tumours, label_column="target")
    once = run("score_model", several, tumours)
    twice = run("score_model", several, run("score_model", two_class, tumours))
    pd.testing.assert_frame_equal(twice, once)
    back = run("score_model", two_class, twice)
    assert list(back) == [*tumours, "Scored Labels", "Scored Probabilities"]


def test_only_one_column_is_the_label(
    run: Run, tumours: pd.DataFrame, two_class: dict[str, Any]
) -> None:
    tumours.attrs["roles"] = {"mean radius": "label", "mean symmetry": "weight"}
    roles = run("score_model", two_class, tumours).attrs["roles"]
    assert [name for name, role in roles.items() if role == "label"] == ["target"]
    assert roles["mean symmetry"] == "weight"


def test_gaps_and_unknown_values(run: Run, mixed: pd.DataFrame) -> None:
    model = run("train_model", run("two_class_decision_forest"), mixed, label_column="bought")
    rows = mixed.iloc[:2].assign(
        age=pd.array([None, None], dtype="Int64"),
        height=pd.Series([None, None], dtype="str"),
        city=pd.Series(["Lima", None], dtype="str"),
        size=pd.Series([1, 2]),
    )
    scored = run("score_model", model, rows)
    assert scored["Scored Labels"].isin(["yes", "no"]).all()


def test_a_missing_column(run: Run, tumours: pd.DataFrame, two_class: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match='no column "mean radius"'):
        run("score_model", two_class, tumours.drop(columns="mean radius"))


def test_a_column_of_another_type(
    run: Run, tumours: pd.DataFrame, two_class: dict[str, Any]
) -> None:
    dataset = tumours.astype({"mean radius": "str"})
    with pytest.raises(ValueError, match='"mean radius" holds str values'):
        run("score_model", two_class, dataset)


def test_an_infinite_number(run: Run, tumours: pd.DataFrame, two_class: dict[str, Any]) -> None:
    tumours.loc[0, "mean radius"] = np.inf
    with pytest.raises(ValueError, match='"mean radius" holds an infinite number'):
        run("score_model", two_class, tumours)


def test_no_rows(run: Run, tumours: pd.DataFrame, two_class: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no rows to score"):
        run("score_model", two_class, tumours.iloc[:0])


def test_models_that_cannot_score(run: Run, tumours: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="not trained yet"):
        run("score_model", run("linear_regression"), tumours)
    with pytest.raises(ValueError, match="use Assign Data to Clusters"):
        run("score_model", run("k_means_clustering"), tumours)
