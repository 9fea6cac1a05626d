from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

Run = Callable[..., Any]


def test_each_row_is_scored_by_a_model_of_the_other_folds(run: Run, tumours: pd.DataFrame) -> None:
    learner = run("two_class_decision_forest", random_number_seed=4)
    scored, _ = run("cross_validate_model", learner, tumours, label_column="target")
    assert list(scored) == [
        *tumours,
        "Fold Assignments",
        "Scored Labels",
        "Scored Probabilities",
    ]
    assert scored.attrs["roles"]["target"] == "label"
    for fold in (0, 9):
        inside = (scored["Fold Assignments"] == fold).to_numpy()
        model = run("train_model", learner, tumours[~inside], label_column="target")
        alone = run("score_model", model, tumours[inside])
        np.testing.assert_allclose(
            scored["Scored Probabilities"][inside], alone["Scored Probabilities"]
        )


@pytest.mark.parametrize(
    ("stem", "data", "label"),
    [
        ("two_class_logistic_regression", "tumours", "target"),
        ("multiclass_decision_forest", "irises", "species"),
        ("linear_regression", "patients", "target"),
    ],
)
def test_a_folds_figures_are_those_of_evaluate_model(
    run: Run, stem: str, data: str, label: str, request: pytest.FixtureRequest
) -> None:
    dataset = request.getfixturevalue(data)
    learner = run(stem)
    scored, by_fold = run("cross_validate_model", learner, dataset, label_column=label)
    assert by_fold["Fold Number"].tolist() == [*"0123456789", "Mean", "Standard Deviation"]
    assert set(by_fold["Model"]) == {learner["learner"]}
    assert by_fold["Number of Examples in Fold"].tolist()[-2:] == [len(dataset)] * 2
    figures = list(by_fold)[3:]
    for fold in (0, 9):
        part = scored[scored["Fold Assignments"] == fold].reset_index(drop=True)
        part.attrs["roles"] = scored.attrs["roles"]
        assert by_fold["Number of Examples in Fold"][fold] == len(part)
        expected = run("evaluate_model", part)[figures]
        np.testing.assert_allclose(by_fold[figures].iloc[[fold]].astype(float), expected)
    folds = by_fold[figures].iloc[:10]
    np.testing.assert_allclose(by_fold[figures].iloc[10].astype(float), folds.mean())
    np.testing.assert_allclose(by_fold[figures].iloc[11].astype(float), folds.std())


def test_folds_are_equally_large_and_have_equal_shares_of_the_classes(
    run: Run, irises: pd.DataFrame
) -> None:
    learner = run("multiclass_decision_forest")
    scored, _ = run(
        "cross_validate_model", learner, irises, label_column="species", number_of_folds=5
    )
    assert (scored.groupby(["Fold Assignments", "species"]).size() == 10).all()


def test_the_seed_decides_on_the_folds(run: Run, patients: pd.DataFrame) -> None:
    def folds(seed: int) -> list[int]:
        learner = run("linear_regression")
        scored, _ = run(
            "cross_validate_model", learner, patients, label_column="target", random_seed=seed
        )
        assigned: list[int] = scored["Fold Assignments"].tolist()
        return assigned

    assert folds(1) == folds(1)
    assert folds(1) != folds(2)


def test_fewer_rows_than_folds(run: Run, mixed: pd.DataFrame) -> None:
    learner = run("two_class_decision_forest")
    scored, by_fold = run("cross_validate_model", learner, mixed, label_column="bought")
    assert sorted(scored["Fold Assignments"]) == [0, 1, 2, 3, 4]
    assert len(by_fold) == 7
    assert by_fold["AUC"].isna().all()
    assert by_fold["Accuracy"].notna().all()


def test_a_class_of_a_single_row(run: Run, irises: pd.DataFrame) -> None:
    dataset = irises.iloc[49:149].reset_index(drop=True)
    assert (dataset["species"] == "setosa").sum() == 1
    learner = run("multiclass_decision_forest")
    scored, _ = run("cross_validate_model", learner, dataset, label_column="species")
    assert scored['Scored Probabilities for Class "setosa"'][0] == 0


def test_an_end_before_convergence_is_said(
    run: Run, tumours: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    learner = run("two_class_logistic_regression")
    learner["estimator"].set_params(max_iter=1)
    run("cross_validate_model", learner, tumours, label_column="target")
    assert capsys.readouterr().out.count("before it had converged") == 1


def test_errors(run: Run, irises: pd.DataFrame) -> None:
    forest = run("two_class_decision_forest")
    with pytest.raises(ValueError, match="use Train Clustering Model"):
        run("cross_validate_model", run("k_means_clustering"), irises)
    with pytest.raises(ValueError, match="No label column is chosen"):
        run("cross_validate_model", forest, irises)
    with pytest.raises(ValueError, match="tells exactly two classes apart"):
        run("cross_validate_model", forest, irises, label_column="species")
    with pytest.raises(ValueError, match="fewer than two have two rows"):
        run("cross_validate_model", forest, irises.iloc[49:52], label_column="species")
    with pytest.raises(ValueError, match="Only one row of the dataset has a label"):
        run(
            "cross_validate_model",
            run("linear_regression"),
            irises.iloc[:1],
            label_column="petal width (cm)",
        )
