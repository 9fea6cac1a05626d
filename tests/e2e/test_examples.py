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

from studiolo.datasets.files import read_dataset

EXAMPLES = Path(__file__).parents[2] / "examples"
DATASETS = EXAMPLES / "datasets"
PIMA = DATASETS / "pima-indians-diabetes.csv"
LABEL = "Class variable (0 or 1)"
Studiolo = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def studiolo(tmp_path: Path) -> Studiolo:
    """Runs an example through the command line, in a folder of its own."""

    def run(script: str, *options: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "studiolo", "run", EXAMPLES / script, *options],
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
        assert bundle.read("Hello.py") == (DATASETS / "Hello" / "Hello.py").read_bytes()


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


def test_every_example_is_run_here_and_told_of_in_the_readme() -> None:
    scripts = {path.name for path in EXAMPLES.glob("*.py")} - {"make_hello_zip.py"}
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    tests = Path(__file__).read_text(encoding="utf-8")
    assert len(scripts) == 7
    assert [name for name in scripts if f"studiolo run examples/{name}" not in readme] == []
    assert [name for name in scripts if f'studiolo("{name}"' not in tests] == []
