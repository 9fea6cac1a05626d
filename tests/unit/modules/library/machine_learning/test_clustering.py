"""Train Clustering Model and Assign Data to Clusters."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

Run = Callable[..., Any]
SIZES = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]


@pytest.mark.parametrize("normalize", [False, True])
def test_clusters_equal_scikit_learns(run: Run, irises: pd.DataFrame, normalize: bool) -> None:
    learner = run(
        "k_means_clustering",
        number_of_centroids=3,
        normalize_features=normalize,
        random_number_seed=5,
    )
    _, results = run("train_clustering_model", learner, irises, column_set=SIZES)

    sizes = irises[SIZES].to_numpy()
    sizes = StandardScaler().fit_transform(sizes) if normalize else sizes
    expected = KMeans(3, n_init=1, max_iter=100, tol=0.0, random_state=5).fit(sizes)
    np.testing.assert_array_equal(results["Assignments"], expected.labels_)
    names = [f"DistancesToClusterCenter no.{cluster}" for cluster in range(3)]
    np.testing.assert_allclose(results[names], expected.transform(sizes))
    assert list(results) == [*irises, "Assignments", *names]
    assert results.attrs["roles"] == dict.fromkeys(["Assignments", *names], "score")


def test_the_first_rows_as_centroids(run: Run) -> None:
    dataset = pd.DataFrame({"x": [10.0, 0.0, 11.0, 1.0]})
    learner = run("k_means_clustering", initialization="First N")
    model, results = run("train_clustering_model", learner, dataset)
    assert results["Assignments"].tolist() == [0, 1, 0, 1]
    assert model["estimator"][-1].cluster_centers_.ravel().tolist() == [10.5, 0.5]


def test_the_first_rows_of_a_sparse_matrix(run: Run) -> None:
    texts = pd.Series([f"id {number % 50}" for number in range(100)], dtype="str")
    learner = run("k_means_clustering", initialization="First N", number_of_centroids=3)
    model, results = run("train_clustering_model", learner, pd.DataFrame({"id": texts}))
    assert model["estimator"][0].sparse_output_
    assert results["Assignments"].tolist()[:3] == [0, 1, 2]


def test_random_beginnings(run: Run, irises: pd.DataFrame) -> None:
    learner = run("k_means_clustering", initialization="Random", random_number_seed=2)
    _, results = run("train_clustering_model", learner, irises, column_set=SIZES)
    expected = KMeans(2, init="random", n_init=1, tol=0.0, max_iter=100, random_state=2)
    np.testing.assert_array_equal(results["Assignments"], expected.fit(irises[SIZES]).labels_)


def test_all_columns_are_the_default(run: Run, mixed: pd.DataFrame) -> None:
    model, _ = run("train_clustering_model", run("k_means_clustering"), mixed)
    assert list(model["features"]) == [
        *("age", "height", "member", "paid", "city", "size", "bought")
    ]
    assert model["label"] is None
    assert model["classes"] is None


def test_columns_with_a_role_are_left_out_of_all_columns(
    run: Run, irises: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    irises.attrs["roles"] = {"species": "label"}
    learner = run("k_means_clustering", number_of_centroids=3, random_number_seed=1)
    model, results = run("train_clustering_model", learner, irises, column_set=[*irises])
    assert list(model["features"]) == SIZES
    assert "because of their role: species" in capsys.readouterr().out
    again, fewer = run("train_clustering_model", run("k_means_clustering"), results)
    assert list(again["features"]) == SIZES
    assert "DistancesToClusterCenter no.2" in results
    assert "DistancesToClusterCenter no.2" not in fewer
    assert list(run("assign_data_to_clusters", again, results)) == list(fewer)
    by_label, _ = run("train_clustering_model", learner, irises, column_set=["species"])
    assert list(by_label["features"]) == ["species"]


def test_other_rows_are_assigned_by_the_same_centres(run: Run, irises: pd.DataFrame) -> None:
    learner = run("k_means_clustering", random_number_seed=1)
    model, trained = run("train_clustering_model", learner, irises, column_set=SIZES)
    some = irises.iloc[40:60].iloc[:, ::-1].reset_index(drop=True)
    assigned = run("assign_data_to_clusters", model, some)
    assert assigned["Assignments"].tolist() == trained["Assignments"].tolist()[40:60]
    assert list(assigned)[:5] == list(some)


def test_results_only(run: Run, irises: pd.DataFrame) -> None:
    only = {"check_for_append_or_uncheck_for_result_only": False}
    model, trained = run(
        "train_clustering_model", run("k_means_clustering"), irises, column_set=SIZES, **only
    )
    assigned = run("assign_data_to_clusters", model, irises, **only)
    assert next(iter(trained)) == "Assignments"
    pd.testing.assert_frame_equal(assigned, trained)


def test_a_picture_of_the_clusters(
    run: Run, irises: pd.DataFrame, figures: Callable[[], list[str]]
) -> None:
    model, _ = run("train_clustering_model", run("k_means_clustering"), irises, column_set=SIZES)
    assert figures() == ["Clusters"]
    run("assign_data_to_clusters", model, irises)
    assert figures() == ["Clusters", "Clusters"]


def test_no_picture_of_a_single_feature(run: Run, figures: Callable[[], list[str]]) -> None:
    dataset = pd.DataFrame({"x": [1.0, 2.0, 9.0]})
    run("train_clustering_model", run("k_means_clustering"), dataset)
    assert figures() == []


def test_fewer_different_rows_than_clusters(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    dataset = pd.DataFrame({"x": [1.0, 1.0, 1.0], "y": [2.0, 2.0, 2.0]})
    run("train_clustering_model", run("k_means_clustering"), dataset)
    assert "fewer different rows than clusters" in capsys.readouterr().out


def test_errors_of_training(run: Run, irises: pd.DataFrame) -> None:
    clustering = run("k_means_clustering", number_of_centroids=3)
    with pytest.raises(ValueError, match="3 clusters need at least as many rows"):
        run("train_clustering_model", clustering, irises.iloc[:2])
    with pytest.raises(ValueError, match="use Train Model"):
        run("train_clustering_model", run("linear_regression"), irises)
    model, _ = run("train_clustering_model", clustering, irises)
    with pytest.raises(ValueError, match="trained already"):
        run("train_clustering_model", model, irises)


def test_errors_of_assigning(run: Run, irises: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="not trained yet"):
        run("assign_data_to_clusters", run("k_means_clustering"), irises)
    with pytest.raises(ValueError, match="use Score Model"):
        run("assign_data_to_clusters", run("linear_regression"), irises)
    model, _ = run("train_clustering_model", run("k_means_clustering"), irises)
    with pytest.raises(ValueError, match='no column "species"'):
        run("assign_data_to_clusters", model, irises[SIZES])
    with pytest.raises(ValueError, match="no rows to assign"):
        run("assign_data_to_clusters", model, irises.iloc[:0])
