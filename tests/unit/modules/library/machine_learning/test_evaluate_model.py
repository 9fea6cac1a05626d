from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

Run = Callable[..., Any]
Figures = Callable[[], list[str]]


def scored(**columns: Any) -> pd.DataFrame:
    frame = pd.DataFrame({name.replace("_", " "): values for name, values in columns.items()})
    frame.attrs["roles"] = {"label": "label"}
    return frame


@pytest.fixture
def two_class(run: Run, tumours: pd.DataFrame) -> pd.DataFrame:
    """Scores of rows that were not trained on."""
    learner = run("two_class_decision_forest", random_number_seed=0)
    model = run("train_model", learner, tumours.iloc[:300], label_column="target")
    frame: pd.DataFrame = run("score_model", model, tumours.iloc[300:].reset_index(drop=True))
    return frame


def test_two_classes(run: Run, two_class: pd.DataFrame) -> None:
    (row,) = run("evaluate_model", two_class).to_dict("records")
    actual, predicted = two_class["target"], two_class["Scored Labels"]
    probability = two_class["Scored Probabilities"]
    (tn, fp), (fn, tp) = metrics.confusion_matrix(actual, predicted)
    loss = metrics.log_loss(actual, probability)
    of_shares = metrics.log_loss(actual, np.full(len(actual), actual.mean()))
    assert row == {
        "True Positive": tp,
        "False Negative": fn,
        "False Positive": fp,
        "True Negative": tn,
        "Accuracy": pytest.approx(metrics.accuracy_score(actual, predicted)),
        "Precision": pytest.approx(metrics.precision_score(actual, predicted)),
        "Recall": pytest.approx(metrics.recall_score(actual, predicted)),
        "F1 Score": pytest.approx(metrics.f1_score(actual, predicted)),
        "AUC": pytest.approx(metrics.roc_auc_score(actual, probability)),
        "Average Log Loss": pytest.approx(loss),
        "Training Log Loss": pytest.approx(100 * (1 - loss / of_shares)),
    }


def test_curves(run: Run, two_class: pd.DataFrame, figures: Figures) -> None:
    run("evaluate_model", two_class)
    assert figures() == ["ROC", "Precision/recall", "Lift"]


def test_two_datasets_are_a_row_each_in_the_same_pictures(
    run: Run, two_class: pd.DataFrame, figures: Figures
) -> None:
    alone = run("evaluate_model", two_class)
    before = len(figures())
    other = two_class.iloc[:100].reset_index(drop=True)
    results = run("evaluate_model", two_class, other)
    assert len(figures()) == before + 3
    pd.testing.assert_frame_equal(results.iloc[:1], alone)
    pd.testing.assert_frame_equal(
        results.iloc[1:].reset_index(drop=True), run("evaluate_model", other)
    )


@pytest.mark.parametrize(
    ("values", "positive"),
    [(["no", "yes"], "yes"), ([False, True], True), ([3, 8], 8), ([1.5, 2.5], 2.5)],
)
def test_the_greater_value_is_the_positive_class(
    run: Run, values: list[Any], positive: Any
) -> None:
    dataset = scored(
        label=pd.Categorical([values[1], values[1], values[0]]),
        Scored_Labels=[values[1], values[0], values[0]],
        Scored_Probabilities=[0.9, 0.4, 0.1],
    )
    row = run("evaluate_model", dataset).iloc[0]
    assert [row["True Positive"], row["False Negative"], row["True Negative"]] == [1, 1, 1]


@pytest.mark.parametrize(("probability", "count"), [(0.9, "True Positive"), (0.1, "True Negative")])
def test_a_single_class_has_no_curves(
    run: Run, probability: float, count: str, figures: Figures, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = scored(label=["a", "a"], Scored_Labels="a", Scored_Probabilities=probability)
    row = run("evaluate_model", dataset).iloc[0]
    assert row[count] == 2
    assert row["Accuracy"] == 1
    assert np.isnan(row["AUC"])
    assert np.isnan(row["Training Log Loss"])
    assert figures() == []
    assert "needs rows of both classes" in capsys.readouterr().out


def test_a_precision_without_positives_is_missing(run: Run) -> None:
    dataset = scored(label=[0, 1], Scored_Labels=[0, 0], Scored_Probabilities=[0.1, 0.2])
    row = run("evaluate_model", dataset).iloc[0]
    assert np.isnan(row["Precision"])
    assert row["Recall"] == 0
    assert row["F1 Score"] == 0


def test_rows_without_label_or_score_are_left_out(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = scored(
        label=pd.array([0, 1, None], dtype="Int64"),
        Scored_Labels=[0, 1, 1],
        Scored_Probabilities=[0.1, 0.9, 0.8],
    )
    assert run("evaluate_model", dataset)["Accuracy"].tolist() == [1.0]
    assert "because they have no label or score: 1." in capsys.readouterr().out


def test_several_classes(run: Run, irises: pd.DataFrame, figures: Figures) -> None:
    learner = run("multiclass_decision_forest", random_number_seed=0)
    model = run("train_model", learner, irises.iloc[::3], label_column="species")
    dataset = run("score_model", model, irises)
    (row,) = run("evaluate_model", dataset).to_dict("records")
    actual, predicted = irises["species"], dataset["Scored Labels"]
    each = metrics.multilabel_confusion_matrix(actual, predicted)
    expected = {
        "Overall Accuracy": metrics.accuracy_score(actual, predicted),
        "Average Accuracy": each.trace(axis1=1, axis2=2).mean() / len(actual),
        "Micro-averaged Precision": metrics.precision_score(actual, predicted, average="micro"),
        "Macro-averaged Precision": metrics.precision_score(actual, predicted, average="macro"),
        "Micro-averaged Recall": metrics.recall_score(actual, predicted, average="micro"),
        "Macro-averaged Recall": metrics.recall_score(actual, predicted, average="macro"),
    }
    assert row == pytest.approx(expected)
    assert figures() == ["Confusion matrix: Scored dataset"]


def test_a_class_that_is_never_predicted(run: Run) -> None:
    dataset = scored(label=["a", "b", "c"], Scored_Labels=["a", "b", "b"])
    row = run("evaluate_model", dataset).iloc[0]
    assert np.isnan(row["Macro-averaged Precision"])
    assert row["Macro-averaged Recall"] == pytest.approx(2 / 3)


def test_many_classes(run: Run, figures: Figures) -> None:
    names = [f"class {number}" for number in range(30)]
    run("evaluate_model", scored(label=names, Scored_Labels=names[::-1]))
    assert len(figures()) == 1


def test_regression(run: Run, patients: pd.DataFrame, figures: Figures) -> None:
    model = run("train_model", run("linear_regression"), patients, label_column="target")
    dataset = run("score_model", model, patients)
    (row,) = run("evaluate_model", dataset).to_dict("records")
    actual, predicted = patients["target"], dataset["Scored Labels"]
    deviation = (actual - actual.mean()).abs().mean()
    coefficient = metrics.r2_score(actual, predicted)
    expected = {
        "Mean Absolute Error": metrics.mean_absolute_error(actual, predicted),
        "Root Mean Squared Error": metrics.root_mean_squared_error(actual, predicted),
        "Relative Absolute Error": metrics.mean_absolute_error(actual, predicted) / deviation,
        "Relative Squared Error": 1 - coefficient,
        "Coefficient of Determination": coefficient,
    }
    assert row == pytest.approx(expected)
    assert figures() == ["Errors: Scored dataset"]


def test_errors_relative_to_no_spread_are_missing(run: Run) -> None:
    row = run("evaluate_model", scored(label=[2, 2], Scored_Labels=[1.0, 2.0])).iloc[0]
    assert row["Mean Absolute Error"] == 0.5
    assert row.iloc[2:].isna().all()


def test_clustering(run: Run) -> None:
    dataset = scored(
        Assignments=[0, 0, 1],
        **{
            "DistancesToClusterCenter no.0": [1.0, 3.0, 9.0],
            "DistancesToClusterCenter no.1": [5.0, 7.0, 2.0],
            "DistancesToClusterCenter no.2": [7.0, 9.0, 5.0],
        },
    )
    expected = pd.DataFrame(
        {
            "Result Description": [
                "Combined Evaluation",
                *(f"Evaluation For Cluster No.{cluster}" for cluster in range(3)),
            ],
            "Average Distance to Cluster Center": [2.0, 2.0, 2.0, np.nan],
            "Average Distance to Other Center": [7.0, 7.0, 7.0, np.nan],
            "Number of Points": [3, 2, 1, 0],
            "Maximal Distance to Cluster Center": [3.0, 3.0, 2.0, np.nan],
        }
    )
    pd.testing.assert_frame_equal(run("evaluate_model", dataset), expected)
    assert len(run("evaluate_model", dataset, dataset)) == 8


def test_the_number_in_a_name_says_which_cluster(run: Run) -> None:
    distances = {f"DistancesToClusterCenter no.{n}": [0.5, 9.0] for n in (2, 10)}
    dataset = pd.DataFrame(distances).assign(Assignments=[2, 10])
    dataset["DistancesToClusterCenter no.10"] = [7.0, 0.25]
    table = run("evaluate_model", dataset)
    backwards = run("evaluate_model", dataset[dataset.columns[::-1]])
    pd.testing.assert_frame_equal(table, backwards)
    assert table["Result Description"].tolist()[1:] == [
        "Evaluation For Cluster No.2",
        "Evaluation For Cluster No.10",
    ]
    assert table["Average Distance to Cluster Center"].tolist()[1:] == [0.5, 0.25]
    assert table["Average Distance to Other Center"].tolist()[1:] == [7.0, 9.0]
    dataset["Assignments"] = [2, 3]
    with pytest.raises(ValueError, match="Rows are in the cluster 3"):
        run("evaluate_model", dataset)


@pytest.mark.parametrize("probabilities", [{}, {"Scored_Probabilities": [0.1, 0.9]}])
def test_labels_and_scores_of_different_types(run: Run, probabilities: dict[str, Any]) -> None:
    for label, scores in (
        (["0", "1"], [0, 1]),
        ([0, 1], ["0", "1"]),
        (pd.Categorical(["0", "1"]), [0, 1]),
        ([False, True], ["false", "true"]),
        (pd.date_range("2020-01-01", periods=2), ["a", "b"]),
        (pd.date_range("2020-01-01", periods=2), pd.to_timedelta(["1h", "2h"])),
    ):
        dataset = scored(label=label, Scored_Labels=scores, **probabilities)
        if not probabilities and list(scores) == [0, 1]:
            dataset['Scored Probabilities for Class "0"'] = 0.5
        with pytest.raises(ValueError, match=r'The label column "label" holds .* values, but'):
            run("evaluate_model", dataset)


@pytest.mark.parametrize(
    ("label", "scores"),
    [
        ([0, 1], [0.0, 1.0]),
        (pd.Categorical([0, 1]), [0, 1]),
        ([False, True], [0, 1]),
        ([Decimal("0.1"), Decimal("0.2")], [0.1, 0.2]),
        (pd.array([0, 1], dtype="Int64"), pd.Categorical([0, 1])),
    ],
)
def test_labels_and_scores_are_compared_by_value(run: Run, label: Any, scores: Any) -> None:
    dataset = scored(label=label, Scored_Labels=scores, Scored_Probabilities=[0.1, 0.9])
    assert run("evaluate_model", dataset)["Accuracy"][0] == 1


def test_scores_of_several_models_are_told_apart_or_refused(run: Run) -> None:
    dataset = scored(
        label=[0, 1],
        Scored_Labels=[0, 1],
        Scored_Probabilities=[0.1, 0.9],
        Assignments=[0, 0],
        **{"DistancesToClusterCenter no.0": [1.0, 2.0]},
    )
    with pytest.raises(ValueError, match='both "Scored Labels" and "Assignments"'):
        run("evaluate_model", dataset)
    dataset.attrs["roles"]["Scored Labels"] = "score"
    assert run("evaluate_model", dataset)["Accuracy"][0] == 1
    mixed = scored(
        label=[0, 1],
        Scored_Labels=[0, 1],
        Scored_Probabilities=0.5,
        **{'Scored_Probabilities_for_Class_"0"': 0.5},
    )
    with pytest.raises(ValueError, match="of two classes and of several"):
        run("evaluate_model", mixed)


def test_clusters_as_assigned(run: Run, irises: pd.DataFrame) -> None:
    _, results = run("train_clustering_model", run("k_means_clustering"), irises)
    table = run("evaluate_model", results)
    assert table["Number of Points"].tolist()[0] == 150
    assert table["Number of Points"].tolist()[1:] == np.bincount(results["Assignments"]).tolist()


@pytest.mark.parametrize(
    ("dataset", "sentence"),
    [
        (scored(label=[1]), 'no column "Scored Labels" or "Assignments"'),
        (pd.DataFrame({"target": [1], "Scored Labels": [1]}), "has no label column"),
        (scored(label=[np.nan], Scored_Labels=[1.0]), "both a label"),
        (scored(label=["a"], Scored_Labels=[1.0]), 'label column "label" holds str values'),
        (scored(label=[np.inf], Scored_Labels=[1.0]), 'column "label" holds an infinite number'),
        (
            scored(label=[1], Scored_Labels=[1], Scored_Probabilities=["x"]),
            "other values than numbers from 0 to 1",
        ),
        (
            scored(label=[1, 2, 3], Scored_Labels=1, Scored_Probabilities=0.5),
            "hold 3 different values",
        ),
        (
            scored(Assignments=[np.nan], **{"DistancesToClusterCenter no.0": [np.nan]}),
            "No row of the dataset is assigned",
        ),
    ],
)
def test_errors(run: Run, dataset: pd.DataFrame, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        run("evaluate_model", dataset)


def test_models_of_different_kinds(run: Run, two_class: pd.DataFrame) -> None:
    other = scored(label=[1.0, 2.0], Scored_Labels=[1.0, 2.0])
    with pytest.raises(ValueError, match="different kinds: two-class and regression"):
        run("evaluate_model", two_class, other)


def test_errors_that_no_histogram_shows(
    run: Run, figures: Figures, capsys: pytest.CaptureFixture[str]
) -> None:
    row = run("evaluate_model", scored(label=[1, 2], Scored_Labels=[2.0**63, 2.0**63])).iloc[0]
    assert row["Mean Absolute Error"] == 2.0**63
    assert figures() == []
    assert "too large beside their differences" in capsys.readouterr().out
