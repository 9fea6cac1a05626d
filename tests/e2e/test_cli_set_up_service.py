"""`studiolo set-up-service`."""

import csv
import io
import json
from pathlib import Path

import pytest

from .command_line import CommandLine

TRAINING = "my/experiments/predict-diabetes"
SERVICE = "my/experiments/predict-diabetes-service"


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def samples(studiolo: CommandLine) -> CommandLine:
    """The command line beside a workspace with samples."""
    assert studiolo("new", "my").code == 0
    return studiolo


def test_the_service_scores_as_the_training_experiment_does(samples: CommandLine) -> None:
    early = samples("set-up-service", TRAINING, "--learner", "boosted trees")
    assert early.code == 2
    assert "error[results-outdated]" in early.err
    assert "Run it first: studiolo run predict-diabetes" in " ".join(early.err.split())

    assert samples("run", TRAINING).code == 0
    asked = samples("set-up-service", TRAINING)
    assert (asked.code, asked.out) == (2, "")
    assert 'Choose: --learner "train logistic regression"' in " ".join(asked.err.split())
    assert not (samples.folder / SERVICE).exists()

    file = samples.folder / TRAINING / "experiment.yaml"
    file.write_text(file.read_text().replace("  pima:", "  # The women of Phoenix\n  pima:"))
    places = {"pima": {"x": 40, "y": 8}, "logistic regression": {"x": 0, "y": 90}}
    layout = samples.folder / TRAINING / "layout.json"
    layout.write_text(json.dumps({"studiolo": 1, "nodes": places}))
    made = samples("set-up-service", TRAINING, "--learner", "boosted trees")
    assert (made.code, made.err) == (0, "")
    assert made.out.startswith(f"Wrote {SERVICE}/experiment.yaml.")
    assert 'Saved the trained model "predict-diabetes train boosted trees", version 1.' in made.out
    written = (samples.folder / SERVICE / "experiment.yaml").read_text()
    assert "  # The women of Phoenix\n  pima: {dataset" in written
    assert "\n\n\n" not in written
    placed = json.loads((samples.folder / SERVICE / "layout.json").read_text())["nodes"]
    assert placed == {"pima": {"x": 40, "y": 8}}
    assert samples("check", SERVICE).code == 0

    assert samples("run", SERVICE).code == 0
    training = rows_of(samples("show", f"{TRAINING}/score boosted trees", "--output", "-").out)
    service = rows_of(samples("show", f"{SERVICE}/output1", "--output", "-").out)
    assert (200 < len(training) < 250, len(service)) == (True, 768)
    assert {tuple(row.values()) for row in training} <= {tuple(row.values()) for row in service}


def test_an_edited_experiment_is_not_overwritten_unless_asked(samples: CommandLine) -> None:
    pictures = "my/experiments/scatter-matrix"
    made = samples("set-up-service", pictures)
    assert made.code == 0, made.err
    assert samples("set-up-service", pictures).code == 0
    file = samples.folder / f"{pictures}-service/experiment.yaml"
    written = file.read_text()
    assert (file.parent / "scatter_matrix.py").is_file()
    file.write_text(f"# mine\n{written}")
    refused = samples("set-up-service", pictures)
    assert refused.code == 2
    assert "error[service-experiment-exists]" in refused.err
    assert file.read_text() == f"# mine\n{written}"
    assert samples("set-up-service", pictures, "--replace").code == 0
    assert file.read_text() == written
    assert samples("run", str(file.parent)).code == 0
    again = samples("set-up-service", str(file.parent))
    assert "It can be published as it is." in " ".join(again.err.split())


def test_mistakes_come_first(samples: CommandLine) -> None:
    file = samples.folder / TRAINING / "experiment.yaml"
    file.write_text(file.read_text().replace("number_of_trees_constructed: 50", "trees: 50"))
    ended = samples("set-up-service", TRAINING)
    assert ended.code == 2
    assert "error[parameter-unknown" in ended.err
    assert not Path(samples.folder / SERVICE).exists()
