"""Values of a column whose type differs between training and scoring."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

Run = Callable[..., Any]


def texts(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def trained_on(run: Run, column: Any) -> dict[str, Any]:
    """A forest that knows "yes" by the first value of the column, and "no" by all others."""
    one = pd.DataFrame({"x": column})
    dataset = pd.concat([one.assign(y=["yes", *["no"] * (len(one) - 1)])] * 20, ignore_index=True)
    learner = run("two_class_decision_forest", random_number_seed=1)
    model: dict[str, Any] = run("train_model", learner, dataset, label_column="y")
    return model


@pytest.mark.parametrize(
    ("known", "new"),
    [
        (texts("true", "false", "unknown"), [True, False]),
        (texts("True", "False", "unknown"), pd.array([True, False, None], dtype="boolean")),
        (texts("1", "2", "n/a"), [1, 2]),
        (texts("1", "2", "n/a"), [1.0, 2.0]),
        (texts("1", "2", "n/a"), pd.array([1, 2, None], dtype="Int64")),
        (texts("1.50", "2", "n/a"), [1.5, 2.0]),
        (texts("0.1", "0.2", "n/a"), [0.1, 0.2]),
        (texts("0.1", "0.2", "n/a"), [Decimal("0.10"), Decimal("0.20")]),
        (texts("9007199254740993", "9007199254740992"), [2**53 + 1, 2**53]),
        (pd.Categorical([1, 2, 3, None]), pd.Categorical([1, 2])),
        (pd.Categorical([1, 2, 3]), pd.Categorical([1, None, 2])),
        (pd.Categorical([1, 2, 3]), [1.0, 2.0]),
        (pd.Categorical([1, 2, 3]), texts("1", "2")),
        (pd.Categorical([True, False]), texts("TRUE", "False")),
        (pd.Categorical(["1", "2", "x"]), pd.Categorical([1, 2])),
        ([True, False], [1.0, 0.0]),
        ([0, 1], [False, True]),
        ([5, 6], pd.Categorical([5, 6])),
        ([5, 6], [Decimal("5.0"), Decimal("6.0")]),
        ([Decimal("0.5"), Decimal("0.7")], [0.5, 0.7]),
    ],
)
def test_equal_values_score_alike_whatever_their_type(run: Run, known: Any, new: Any) -> None:
    scored = run("score_model", trained_on(run, known), pd.DataFrame({"x": new}))
    present = scored[scored["x"].notna()]
    assert present["Scored Labels"].tolist() == ["yes", "no"]


def test_values_that_the_training_did_not_have_are_counted(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    model = trained_on(run, texts("a", "b", None))
    run("score_model", model, pd.DataFrame({"x": texts("a", "A", "c", None)}))
    said = capsys.readouterr().out
    assert (
        'column "x" that the training did not have, and that count as none: 2, such as "A"' in said
    )
    run("score_model", model, pd.DataFrame({"x": texts("a", None)}))
    assert "did not have" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("known", "new", "sentence"),
    [
        (texts("1", "1.0", "x"), [1, 2], 'column "x" holds 1, which may mean "1" or "1.0"'),
        (texts("true", "TRUE", "x"), [True, False], 'may mean "TRUE" or "true"'),
        (texts("a", "b"), pd.date_range("2020-01-01", periods=2), 'column "x" holds datetime64'),
        (pd.Categorical(pd.date_range("2020-01-01", periods=2)), [1, 2], "values such as 2020-01"),
        ([1, 2], texts("1", "x"), "was trained with numbers there"),
        ([True, False], [1, 2], "numbers other than 0 and 1"),
    ],
)
def test_values_that_cannot_be_compared_are_refused(
    run: Run, known: Any, new: Any, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        run("score_model", trained_on(run, known), pd.DataFrame({"x": new}))


def test_a_row_without_a_value_is_scored(run: Run) -> None:
    nothing = pd.DataFrame({"x": texts(None)})
    for known in ([1.5, 2.5], texts("a", "b"), [True, False], pd.Categorical([1, 2])):
        assert len(run("score_model", trained_on(run, known), nothing)) == 1


def test_clusters_are_assigned_by_value_too(run: Run) -> None:
    known = pd.DataFrame({"x": pd.Categorical([1, 2, None] * 5)})
    model, trained = run("train_clustering_model", run("k_means_clustering"), known)
    assigned = run("assign_data_to_clusters", model, pd.DataFrame({"x": texts("1", "2")}))
    assert assigned["Assignments"].tolist() == trained["Assignments"].tolist()[:2]


def test_each_fold_learns_by_value(run: Run) -> None:
    dataset = pd.DataFrame({"x": pd.Categorical([1, 2, None, 1, 2, 1] * 10), "y": [1, 0, 0] * 20})
    learner = run("two_class_decision_forest", random_number_seed=1)
    scored, _ = run("cross_validate_model", learner, dataset, label_column="y")
    assert scored["x"].dtype == dataset["x"].dtype


def test_decimals_are_numbers_for_learners(run: Run) -> None:
    prices = [Decimal(number) / 10 for number in range(50)]
    dataset = pd.DataFrame({"price": prices, "double": [2 * price for price in prices]})
    learner = run("linear_regression", l2_regularization_weight=0)
    model = run("train_model", learner, dataset, label_column="double")
    scored = run("score_model", model, dataset)
    assert scored["Scored Labels"].tolist() == pytest.approx(
        [float(p) * 2 for p in prices], abs=1e-9
    )
    assert run("evaluate_model", scored)["Coefficient of Determination"][0] == pytest.approx(1)


def test_boosted_trees_take_many_texts(run: Run) -> None:
    names = texts(*[f"name {number}" for number in range(20_000)])
    dataset = pd.DataFrame({"name": names, "kind": ["a", "b"] * 10_000})
    dataset["y"] = (dataset["kind"] == "a").astype(int)
    learner = run("two_class_boosted_decision_tree", number_of_trees_constructed=2)
    model = run("train_model", learner, dataset, label_column="y")
    assert model["estimator"][0].width_ == 2
    assert (run("score_model", model, dataset)["Scored Labels"] == dataset["y"]).all()


def test_rare_texts_change_no_tree(run: Run) -> None:
    dataset = pd.DataFrame({"t": texts(*"aaaaaabbbbbbccddddddddee"), "y": [0, 1, 1] * 8})
    learner = run(
        "two_class_boosted_decision_tree",
        minimum_number_of_samples_per_leaf_node=5,
        number_of_trees_constructed=3,
    )
    fewer = run("train_model", learner, dataset, label_column="y")
    all_of_them = run("train_model", learner | {"rarest": 1}, dataset, label_column="y")
    assert (fewer["estimator"][0].width_, all_of_them["estimator"][0].width_) == (3, 5)
    assert (
        fewer["estimator"].predict_proba(dataset) == all_of_them["estimator"].predict_proba(dataset)
    ).all()


def test_too_many_texts_name_their_column(run: Run) -> None:
    dataset = pd.DataFrame(
        {
            "few": texts(*"ab" * 6000),
            "many": texts(*[f"name {number}" for number in range(12_000)]),
            "y": range(12_000),
        }
    )
    learner = run("boosted_decision_tree_regression", minimum_number_of_samples_per_leaf_node=1)
    with pytest.raises(ValueError, match='column "many" has 12,000 different values'):
        run("train_model", learner, dataset, label_column="y")
