import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from PIL import Image

from studiolo.datasets.reading.files import read_dataset
from studiolo.store.run_record import NodeState, RunStatus
from studiolo.workspace.workspace import open_workspace

EXAMPLES = Path(__file__).parents[2] / "examples"
DATASETS = EXAMPLES / "datasets"
EXPERIMENTS = EXAMPLES / "experiments"
PIMA = DATASETS / "pima-indians-diabetes.csv"
LABEL = "Class variable (0 or 1)"
Studiolo = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def studiolo(tmp_path: Path) -> Studiolo:
    """Runs an example through the command line, in a folder of its own."""

    def run(script: str, *options: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "studiolo", "run", *EXPERIMENTS.rglob(script), *options],
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "120", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


def table_in(path: Path) -> pa.Table:
    return read_dataset(path).table


def report_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def pictures_in(folder: Path) -> list[str]:
    """Names of the images, each of which really opens, and is more than one flat colour."""
    names = sorted(path.name for path in folder.glob("*.png"))
    for name in names:
        with Image.open(folder / name) as image:
            assert len(image.convert("RGB").getcolors(1 << 24) or []) > 10
    return names


def test_the_features_are_ranked_one_row_each_the_most_important_first(
    studiolo: Studiolo, tmp_path: Path
) -> None:
    output, device = tmp_path / "ranking.csv", tmp_path / "device"
    options = ["--dataset1", PIMA, "--output", output, "--device", device]
    done = studiolo("rank_features.py", *options)
    assert done.returncode == 0, done.stderr
    ranking = table_in(output).to_pydict()
    assert list(ranking) == ["feature", "importance", "spread"]
    assert ranking["feature"][0].startswith("Plasma glucose")
    assert set(ranking["feature"]) == {*table_in(PIMA).column_names} - {LABEL}
    assert ranking["importance"] == sorted(ranking["importance"], reverse=True)
    assert sum(ranking["importance"]) == pytest.approx(1)
    assert pictures_in(device) == ["feature-importance.png"]
    assert (device / "console.txt").read_text() == (
        f"200 trees, 768 rows; the label is {LABEL!r}.\n"
    )


def test_the_properties_of_a_script_are_set_on_the_command_line(studiolo: Studiolo) -> None:
    options = ["--dataset1", PIMA, "--param", "trees=5", "--param", "label=Age (years)", "--json"]
    report = report_of(studiolo("rank_features.py", *options))
    assert report["device"]["console"] == "5 trees, 768 rows; the label is 'Age (years)'.\n"


def test_a_module_from_the_bundle_says_hello(studiolo: Studiolo) -> None:
    done = studiolo("hello.py", "--script-bundle", DATASETS / "Hello.zip")
    assert done.returncode == 0, done.stderr
    assert "Hello, Studiolo!" in done.stdout.splitlines()


def test_without_the_bundle_hello_says_which_module_is_missing(studiolo: Studiolo) -> None:
    done = studiolo("hello.py")
    assert done.returncode == 1
    assert "error[library-missing, classic 0085]" in done.stderr
    assert "'Hello'" in done.stderr
    assert "hello.py, line 7: from Hello import print_hello" in done.stderr


def test_the_bundle_holds_its_source_as_it_is() -> None:
    with zipfile.ZipFile(DATASETS / "Hello.zip") as bundle:
        assert bundle.namelist() == ["Hello.py"]
        assert bundle.read("Hello.py") == (EXAMPLES / "bundles" / "Hello" / "Hello.py").read_bytes()


def test_expressions_come_back_with_their_results(studiolo: Studiolo, tmp_path: Path) -> None:
    output = tmp_path / "results.csv"
    options = ["--dataset1", DATASETS / "expressions.csv", "--output", output]
    done = studiolo("evaluate_expression.py", *options)
    assert done.returncode == 0, done.stderr
    results = table_in(output).to_pydict()
    assert results["expression"] == table_in(DATASETS / "expressions.csv")["expression"].to_pylist()
    assert results["result"] == [
        "14",
        "3.1416",
        "285",
        "['d', 'i', 'l']",
        "'rows, columns'",
        "ZeroDivisionError: division by zero",
    ]


def test_the_scatter_matrix_is_a_picture(studiolo: Studiolo, tmp_path: Path) -> None:
    done = studiolo("scatter_matrix.py", "--dataset1", PIMA, "--device", tmp_path / "device")
    assert done.returncode == 0, done.stderr
    assert pictures_in(tmp_path / "device") == ["scatter-matrix.png"]
    assert (tmp_path / "device" / "console.txt").read_text() == ""


def test_several_figures_come_in_the_order_they_were_made(
    studiolo: Studiolo, tmp_path: Path
) -> None:
    device = tmp_path / "device"
    options = ["--dataset1", PIMA, "--device", device, "--json"]
    report = report_of(studiolo("several_figures.py", *options))
    names = [image["name"] for image in report["device"]["images"]]
    assert names == ["age.png", "glucose.png", "figure-3.png"]
    assert pictures_in(device) == sorted(names)
    assert report["ports"]["results_dataset"]["rows"] == 7


@pytest.mark.parametrize("extension", [".arrow", ".parquet"])
def test_a_model_travels_from_one_run_to_another(
    studiolo: Studiolo, tmp_path: Path, extension: str
) -> None:
    model, scored = tmp_path / f"model{extension}", tmp_path / "scored.parquet"
    trained = studiolo("train_model.py", "--dataset1", PIMA, "--output", model)
    assert trained.returncode == 0, trained.stderr
    assert "Right for 7" in trained.stdout
    assert pa.types.is_large_binary(table_in(model).schema.field("model").type)
    used = studiolo("use_model.py", "--dataset1", PIMA, "--dataset2", model, "--output", scored)
    assert used.returncode == 0, used.stderr
    rows = table_in(scored).to_pydict()
    right = sum(said == true for said, true in zip(rows["Scored Labels"], rows[LABEL], strict=True))
    assert 0.7 < right / 768 < 0.9
    assert all(
        (probability > 0.5) == bool(label)
        for probability, label in zip(
            rows["Scored Probabilities"], rows["Scored Labels"], strict=True
        )
    )


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new workspace, as `studiolo new` makes it."""
    folder = tmp_path_factory.mktemp("new") / "my-workspace"
    made = subprocess.run(
        [sys.executable, "-m", "studiolo", "new", folder],
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=True,
    )
    for experiment in EXPERIMENTS.iterdir():
        assert f"studiolo run {folder}/experiments/{experiment.name}" in made.stdout
    return folder


@pytest.mark.parametrize("name", sorted(path.name for path in EXPERIMENTS.iterdir()))
def test_an_experiment_of_a_new_workspace_runs(sample: Path, name: str) -> None:
    with open_workspace(sample) as workspace:
        experiment = workspace.experiment(name)
        assert not workspace.check(experiment)
        result = workspace.run(experiment)
        for node in result.nodes.values():
            assert node.failure is None, node.failure
        assert result.status is RunStatus.FINISHED
        # A second run has nothing to do.
        again = workspace.run(experiment)
        assert {node.state for node in again.nodes.values()} == {NodeState.KEPT}


def test_the_two_ways_to_predict_diabetes_are_compared(sample: Path) -> None:
    with open_workspace(sample) as workspace:
        result = workspace.run(workspace.experiment("predict-diabetes"))
        compared = result["compare"].dataset().table.to_pydict()
        assert len(result["compare"].images) == 3
    assert len(compared["Accuracy"]) == 2
    assert all(0.7 < accuracy < 0.9 for accuracy in compared["Accuracy"])
    assert all(0.75 < area < 0.95 for area in compared["AUC"])


def test_preparing_data_needs_no_python(sample: Path) -> None:
    with open_workspace(sample) as workspace:
        result = workspace.run(workspace.experiment("query-and-join"))
        share = result["share"].dataset().table.to_pydict()
    assert share["group"] == ["young", "middle", "older"]
    assert sum(share["women"]) == 768
    assert sum(share["diabetic"]) == 268


def test_every_example_is_told_of_in_the_readme() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for experiment in EXPERIMENTS.iterdir():
        assert f"studiolo run my-workspace/experiments/{experiment.name}" in readme
        scripts = [path.name for path in experiment.glob("*.py")]
        told = (experiment / "experiment.yaml").read_text(encoding="utf-8")
        assert [name for name in scripts if f"script: {name}" not in told] == []
