"""Every module of the library, run in the real sandbox within one experiment."""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from studiolo.environments.environment import Environment
from studiolo.experiments.experiment import NodeName
from studiolo.experiments.file import read_experiment
from studiolo.modules.catalogue import load_library
from studiolo.modules.definition import PortKind

from ..workspaces import Ran, WorkspaceFolder

FILE = Path(__file__).with_name("every_module.yaml")
NODES = read_experiment(FILE).nodes
#: Numbers that a learner can't get wrong: label and kind go with x, and value is 2x + 1.
POINTS = [
    {"x": n, "z": n * 7 % 5, "label": int(n >= 30), "kind": "abc"[n // 20], "value": 2 * n + 1}
    for n in range(60)
]
LABELS = [row["label"] for row in POINTS]
KINDS = [row["kind"] for row in POINTS]
VALUES = [row["value"] for row in POINTS]
DATASETS = {
    "points.csv": "\n".join(
        [",".join(POINTS[0]), *(",".join(map(str, row.values())) for row in POINTS)]
    ),
    "gaps.csv": "n,t\n1,x\n,\n3,x\n",
    "keys.csv": "n,more\n1,one\n3,three\n4,four\n",
}
KEYS: Mapping[str, list[Any]] = {"n": [1, 3, 4], "more": ["one", "three", "four"]}
CLEANED: Mapping[str, list[Any]] = {"n": [1, 2, 3], "t": ["x", None, "x"]}
POINT_COLUMNS = [*POINTS[0]]
CLUSTERED = [
    *POINT_COLUMNS,
    "Assignments",
    "DistancesToClusterCenter no.0",
    "DistancesToClusterCenter no.1",
]


@dataclass(frozen=True, kw_only=True)
class Gives:
    """Facts of a dataset."""

    columns: Sequence[str]
    rows: int
    #: By column, its first values.
    values: Mapping[str, Sequence[Any]] = field(default_factory=dict)


def whole(table: Mapping[str, Sequence[Any]]) -> Gives:
    """A dataset that is known to the last value."""
    return Gives(columns=list(table), rows=len(next(iter(table.values()))), values=table)


def scored(columns: str, *more: str, labels: Sequence[Any]) -> Gives:
    """What Score Model makes of points, which the learner has understood."""
    names = [*columns.split(), *more]
    return Gives(columns=names, rows=60, values={"Scored Labels": labels})


PROBABILITIES = [f'Scored Probabilities for Class "{kind}"' for kind in "abc"]
#: By node and port. What is a model or a transform is no dataset: whether it is a good one shows
#: in the nodes that use it.
EXPECTED: Mapping[tuple[str, str], Gives] = {
    ("rows", "dataset"): Gives(columns=POINT_COLUMNS, rows=60),
    ("reply", "dataset"): Gives(columns=POINT_COLUMNS, rows=60),
    ("labelled", "results_dataset"): Gives(columns=["x", "z", "label"], rows=60),
    ("kinds", "results_dataset"): Gives(columns=["x", "z", "kind"], rows=60),
    ("line", "results_dataset"): Gives(columns=["x", "z", "value"], rows=60),
    ("import", "results_dataset"): whole(KEYS),
    ("typed in", "dataset"): whole({"a": [1], "b": ["x"]}),
    ("unpack", "results_dataset"): whole({"q": [1, 2]}),
    ("export", "results_dataset"): whole(KEYS),
    ("to csv", "results_dataset"): whole(KEYS),
    ("add columns", "combined_dataset"): whole(
        {"n": [1, None, 3], "t": ["x", None, "x"], "n (1)": KEYS["n"], "more": KEYS["more"]}
    ),
    ("add rows", "results_dataset"): whole({name: values * 2 for name, values in KEYS.items()}),
    ("join", "results_dataset"): whole(
        {"n": [1, 3], "t": ["x", "x"], "n (1)": [1, 3], "more": ["one", "three"]}
    ),
    ("sql", "results_dataset"): whole({"kind": ["a", "b", "c"], "many": [20, 20, 20]}),
    ("clean", "cleaned_dataset"): whole(CLEANED),
    ("clean too", "transformed_dataset"): whole(CLEANED),
    ("distinct", "results_dataset"): whole({"n": [1, None], "t": ["x", None]}),
    ("as categories", "results_dataset"): Gives(
        columns=["x", "z", "kind"], rows=60, values={"kind": KINDS}
    ),
    ("indicators", "results_dataset"): Gives(
        columns=["x", "z", "kind", "kind-a", "kind-b", "kind-c"],
        rows=60,
        values={"kind-b": [int(kind == "b") for kind in KINDS]},
    ),
    ("indicators too", "transformed_dataset"): Gives(
        columns=["x", "z", "kind", "kind-a", "kind-b", "kind-c"],
        rows=60,
        values={"kind-c": [int(kind == "c") for kind in KINDS]},
    ),
    ("normal", "transformed_dataset"): Gives(
        columns=["x", "z", "value"],
        rows=60,
        values={"x": [n / 59 for n in range(60)], "value": VALUES},
    ),
    ("normal too", "transformed_dataset"): Gives(
        columns=POINT_COLUMNS, rows=60, values={"x": [n / 59 for n in range(60)]}
    ),
    ("split", "results_dataset1"): Gives(columns=POINT_COLUMNS, rows=15, values={"x": range(15)}),
    ("split", "results_dataset2"): Gives(
        columns=POINT_COLUMNS, rows=45, values={"x": range(15, 60)}
    ),
    ("script", "results_dataset"): whole(KEYS),
    ("script", "results_dataset2"): whole({"n": [1], "more": ["one"]}),
    ("score logistic", "scored_dataset"): scored(
        "x z label", "Scored Labels", "Scored Probabilities", labels=LABELS
    ),
    ("score forest", "scored_dataset"): scored(
        "x z label", "Scored Labels", "Scored Probabilities", labels=LABELS
    ),
    ("score boosted", "scored_dataset"): scored(
        "x z label", "Scored Labels", "Scored Probabilities", labels=LABELS
    ),
    ("score woods", "scored_dataset"): scored(
        "x z kind", *PROBABILITIES, "Scored Labels", labels=KINDS
    ),
    ("score linear", "scored_dataset"): scored("x z value", "Scored Labels", labels=VALUES),
    ("train means", "results_dataset"): Gives(columns=CLUSTERED, rows=60),
    ("assign", "results_dataset"): Gives(columns=CLUSTERED, rows=60),
}
#: Datasets that are looked at in tests of their own.
OTHERS = {
    ("script", "python_device"),
    ("summary", "results_dataset"),
    ("evaluate", "evaluation_results"),
    ("cross", "scored_results"),
    ("cross", "evaluation_results_by_fold"),
    ("score classes", "scored_dataset"),
    ("score trees", "scored_dataset"),
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, default_environment: Environment) -> Ran:
    place = WorkspaceFolder(tmp_path_factory.mktemp("library") / "workspace")
    for name, content in DATASETS.items():
        place.dataset(name, content)
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("inside.csv", "q\n1\n2\n")
    place.dataset("zipped.zip", zipped.getvalue())
    place.experiment("", scripts={"two.py": "def azureml_main(f):\n    return f, f.head(1)\n"})
    (place.folder() / "experiment.yaml").write_text(FILE.read_text())
    done = place.run()
    assert done.failures == {}
    return done


def outputs() -> Iterator[tuple[NodeName, str, PortKind]]:
    """All outputs of the module nodes."""
    library = load_library()
    for name, node in NODES.items():
        if node.module is not None:
            for port in library[node.module].outputs:
                yield name, port.name, port.kind


def test_no_module_and_no_output_is_left_out() -> None:
    assert {node.module for node in NODES.values() if node.module} == load_library().keys()
    datasets = {(name, port) for name, port, kind in outputs() if kind is PortKind.DATASET}
    assert EXPECTED.keys() | OTHERS == datasets


@pytest.mark.parametrize(("node", "port"), EXPECTED)
def test_a_dataset_is_what_the_library_says(ran: Ran, node: str, port: str) -> None:
    gives = EXPECTED[node, port]
    table = ran.table(node, port)
    assert list(table) == gives.columns
    assert {len(values) for values in table.values()} == {gives.rows}
    for column, values in gives.values.items():
        if isinstance(table[column][0], float):
            assert table[column] == pytest.approx(values)
        else:
            assert table[column] == list(values)


def test_models_and_transforms_are_kept_as_objects(ran: Ran) -> None:
    objects = [(name, port) for name, port, kind in outputs() if kind is not PortKind.DATASET]
    assert len(objects) > 10
    for name, port in objects:
        kept = ran.result[name].kept
        assert kept is not None
        assert kept.outputs[port]["kind"] == "object"


def test_a_summary_has_a_row_for_each_column(ran: Ran) -> None:
    table = ran.table("summary")
    assert table["Feature"] == ["x", "z", "value"]
    assert table["Count"] == [60, 60, 60]
    assert table["Mean"] == [29.5, 2.0, 60.0]
    assert table["Unique Value Count"] == [60, 5, 60]


def test_an_evaluation_has_a_row_for_each_scored_dataset(ran: Ran) -> None:
    table = ran.table("evaluate")
    assert table["True Positive"] == table["True Negative"] == [30, 30]
    assert table["Accuracy"] == table["AUC"] == [1.0, 1.0]
    pictures = ran.result["evaluate"].images
    assert pictures
    assert {image.media_type for image in pictures} == {"image/png"}


def test_a_cross_validation_has_a_row_for_each_fold_and_two_for_all(ran: Ran) -> None:
    folds = ran.table("cross", "evaluation_results_by_fold")
    assert folds["Fold Number"][:3] == ["0", "1", "2"]
    assert len(folds["Fold Number"]) == 5
    assert folds["Number of Examples in Fold"][:3] == [20, 20, 20]
    assert min(folds["Accuracy"][:3]) > 0.8
    rows = ran.table("cross", "scored_results")
    assert sorted(rows["x"]) == list(range(60))
    assert set(rows["Fold Assignments"]) == {0, 1, 2}


def test_a_line_between_classes_is_nearly_right(ran: Ran) -> None:
    table = ran.table("score classes")
    assert list(table) == ["x", "z", "kind", *PROBABILITIES, "Scored Labels"]
    right = [a == b for a, b in zip(table["Scored Labels"], KINDS, strict=True)]
    assert sum(right) > 50
    assert table[PROBABILITIES[0]][0] > table[PROBABILITIES[1]][0] > table[PROBABILITIES[2]][0]


def test_trees_come_close_to_a_line(ran: Ran) -> None:
    table = ran.table("score trees")
    assert list(table) == ["x", "z", "value", "Scored Labels"]
    errors = [abs(a - b) for a, b in zip(table["Scored Labels"], table["value"], strict=True)]
    assert sum(errors) / len(errors) < 10


def test_clusters_are_the_two_halves(ran: Ran) -> None:
    for node in ("train means", "assign"):
        assigned = ran.table(node, "results_dataset")["Assignments"]
        first, second = set(assigned[:25]), set(assigned[35:])
        assert len(first) == len(second) == 1
        assert first != second
