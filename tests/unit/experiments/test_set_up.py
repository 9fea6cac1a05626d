"""From an experiment that trains to one for a web service: graph in, graph out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from studiolo.experiments.file import read_experiment
from studiolo.experiments.saved_form import saved_form
from studiolo.experiments.web_service.decisions import Choices
from studiolo.experiments.web_service.errors import ServiceSetUpError
from studiolo.experiments.web_service.set_up import ServiceSetUp, set_up_service
from studiolo.modules.catalogue import Catalogue

TUNE = """
# /// script
# [tool.studiolo]
# name = "Tune"
# [tool.studiolo.inputs.untrained_model]
# label = "Untrained model"
# kind = "model"
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
# [tool.studiolo.outputs.sweep]
# label = "Sweep"
# [tool.studiolo.outputs.best]
# label = "Best"
# kind = "model"
# ///
def azureml_main(untrained_model, dataset):
    return dataset, untrained_model
"""
LEARN = """
  learner: {module: two-class-logistic-regression}
  train: {module: train-model, inputs: {untrained_model: learner, dataset: %s}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "tune.py").write_text(TUNE)
    (tmp_path / "diabetes").mkdir()
    return tmp_path / "diabetes"


def set_up(folder: Path, nodes: str, more: str = "", **choices: Any) -> ServiceSetUp:
    text = f"studiolo: 1\nname: x\nnodes:\n{nodes}{more}"
    (folder / "experiment.yaml").write_text(text)
    return set_up_service(
        read_experiment(folder),
        Catalogue(folder.parent / "modules").find,
        folder=folder.with_name("diabetes-service"),
        choices=Choices(**choices),
    )


def nodes_of(made: ServiceSetUp) -> dict[str, Any]:
    nodes: dict[str, Any] = saved_form(made.experiment)["nodes"]
    return nodes


def saves(made: ServiceSetUp) -> list[tuple[str, str, str]]:
    return [(one.node, one.port, one.saved.name) for one in made.to_save]


INPUT = {"module": "web-service-input", "inputs": {"dataset": "rows"}}


def output(source: str) -> dict[str, Any]:
    return {"module": "web-service-output", "inputs": {"dataset": source}}


def test_the_model_stands_in_for_training(folder: Path) -> None:
    made = set_up(
        folder,
        """
  rows: {dataset: rows.csv}
  split: {module: split-data, inputs: {dataset: rows}, parameters: {fraction: 0.7}}
"""
        + LEARN % "split.results_dataset1"
        + """
  score:
    module: score-model
    inputs: {trained_model: train.trained_model, dataset: split.results_dataset2}
  judge: {module: evaluate-model, inputs: {scored_dataset: score}}
  cross: {module: cross-validate-model, inputs: {untrained_model: learner, dataset: rows}}
""",
    )
    assert nodes_of(made) == {
        "rows": {"dataset": "rows.csv"},
        "input1": INPUT,
        "train": {"trained_model": "diabetes"},
        "score": {
            "module": "score-model",
            "inputs": {"trained_model": "train", "dataset": "input1"},
        },
        "output1": output("score"),
    }
    assert saves(made) == [("train", "trained_model", "diabetes")]
    assert made.experiment.name == "x (web service)"
    assert made.changes[-1] == ("Left out, only training needs it: split, learner, judge, cross.")


def test_what_cleaning_and_scaling_learned_is_applied(folder: Path) -> None:
    made = set_up(
        folder,
        """
  rows: {dataset: rows.csv}
  clean: {module: clean-missing-data, inputs: {dataset: rows}, comment: gaps}
  scale: {module: normalize-data, inputs: {dataset: clean.cleaned_dataset}}
"""
        + LEARN % "scale"
        + """
  score: {module: score-model, inputs: {trained_model: train, dataset: scale}}
""",
    )
    nodes = nodes_of(made)
    assert nodes["clean"] == {
        "module": "apply-transformation",
        "inputs": {"transformation": "clean transform", "dataset": "input1"},
        "comment": "gaps",
    }
    assert nodes["scale"]["inputs"] == {"transformation": "scale transform", "dataset": "clean"}
    assert nodes["score"]["inputs"] == {"trained_model": "train", "dataset": "scale"}
    assert nodes["clean transform"] == {"transform": "diabetes clean"}
    assert nodes["scale transform"] == {"transform": "diabetes scale"}
    assert set(saves(made)) == {
        ("train", "trained_model", "diabetes"),
        ("clean", "cleaning_transformation", "diabetes clean"),
        ("scale", "transformation_function", "diabetes scale"),
    }


def test_a_transform_that_was_applied_already_is_saved_in_its_place(folder: Path) -> None:
    made = set_up(
        folder,
        """
  rows: {dataset: rows.csv}
  split: {module: split-data, inputs: {dataset: rows}}
  scale: {module: normalize-data, inputs: {dataset: split.results_dataset1}}
  scale the rest:
    module: apply-transformation
    inputs: {transformation: scale.transformation_function, dataset: split.results_dataset2}
"""
        + LEARN % "scale"
        + """
  score: {module: score-model, inputs: {trained_model: train, dataset: scale the rest}}
""",
    )
    nodes = nodes_of(made)
    assert nodes["scale"] == {"transform": "diabetes scale"}
    assert nodes["scale the rest"]["inputs"] == {"transformation": "scale", "dataset": "input1"}
    assert "split" not in nodes


JOIN = (
    """
  rows: {dataset: rows.csv}
  names: {dataset: names.csv}
  tidy: {module: clean-missing-data, inputs: {dataset: names}}
  both: {module: add-columns, inputs: {left_dataset: rows, right_dataset: tidy}}
  script: {module: execute-python-script, script: s.py, inputs: {dataset1: both}}
"""
    + LEARN % "script"
    + """
  score: {module: score-model, inputs: {trained_model: train, dataset: script}}
  pick: {module: select-columns-in-dataset, inputs: {dataset: score}}
  write: {module: export-data, inputs: {dataset: pick}, parameters: {file: out.csv}}
"""
)


def test_of_two_branches_the_user_says_which_callers_send(folder: Path) -> None:
    with pytest.raises(ServiceSetUpError) as caught:
        set_up(folder, JOIN)
    assert str(caught.value) == (
        'Data enter what the service runs from "rows" and "names". Choose what callers send: '
        '--input "rows". The rest stays as it is.'
    )
    assert caught.value.option == "--input"

    nodes = nodes_of(set_up(folder, JOIN, inputs=["rows"]))
    # What is the same for each caller is left as it was.
    assert nodes["tidy"] == {"module": "clean-missing-data", "inputs": {"dataset": "names"}}
    assert nodes["both"]["inputs"] == {"left_dataset": "input1", "right_dataset": "tidy"}
    assert nodes["script"]["script"] == "s.py"
    assert nodes["output1"] == output("pick")
    assert "write" not in nodes

    both = nodes_of(set_up(folder, JOIN, inputs=["rows", "tidy.dataset"]))
    assert both["tidy"]["inputs"] == {"transformation": "tidy transform", "dataset": "input2"}
    below = nodes_of(set_up(folder, JOIN, inputs=["score"]))
    assert below["input1"]["inputs"] == {"dataset": "script"}
    assert below["score"]["inputs"] == {"trained_model": "train", "dataset": "input1"}


TWO = (
    "  rows: {dataset: rows.csv}\n"
    + LEARN % "rows"
    + """
  other: {module: two-class-decision-forest}
  train other: {module: train-model, inputs: {untrained_model: other, dataset: rows}}
  score: {module: score-model, inputs: {trained_model: train, dataset: rows}}
  score other: {module: score-model, inputs: {trained_model: train other, dataset: rows}}
"""
)


def test_of_two_learners_the_user_chooses_one(folder: Path) -> None:
    with pytest.raises(ServiceSetUpError, match='of "train" and "train other"') as caught:
        set_up(folder, TWO)
    assert caught.value.option == "--learner"
    for learner in ("other", "train other"):
        made = set_up(folder, TWO, learner=learner)
        assert saves(made) == [("train other", "trained_model", "diabetes train other")]
        assert set(nodes_of(made)) == {"rows", "input1", "train other", "score other", "output1"}
    both = set_up(folder, TWO, outputs=["score", "score other.scored_dataset"])
    assert {"output1", "output2"} <= set(nodes_of(both))


@pytest.mark.parametrize(
    ("nodes", "choices", "says", "option"),
    [
        (TWO, {"learner": "rows"}, 'The node "rows" trains no model. Name one of "train"', "--lea"),
        (TWO, {"outputs": ["rows"]}, '"rows" is not a dataset that a module', "--output"),
        (TWO, {"outputs": ["score.x"]}, '"score.x" is not a dataset', "--output"),
        (TWO, {"outputs": ["train"]}, '"train" is not a dataset', "--output"),
        (
            TWO,
            {"learner": "other", "inputs": ["score"]},
            'No data of the service enter at "score".',
            "--input",
        ),
        (TWO, {"learner": "other", "inputs": ["x.y"]}, 'enter at "x.y"', "--input"),
        ("  rows: {dataset: r.csv}\n" + LEARN % "rows", {}, "No data are scored with", None),
        (
            "  rows: {dataset: r.csv}\n  learner: {module: two-class-decision-forest}\n"
            "  cross: {module: cross-validate-model, inputs: {untrained_model: learner, "
            "dataset: rows}}\n",
            {},
            "The experiment trains no model",
            None,
        ),
        ("  rows: {dataset: r.csv}\n", {}, "No node of the experiment computes a dataset", None),
        ("  rows: {dataset: r.csv}\n", {"learner": "x"}, "Leave --learner out", "--learner"),
        (
            "  rows: {dataset: r.csv}\n  i: {module: web-service-input, inputs: {dataset: rows}}\n",
            {},
            "It can be published as it is.",
            None,
        ),
    ],
)
def test_what_can_not_be_decided_is_asked_for(
    folder: Path, nodes: str, choices: dict[str, Any], says: str, option: str | None
) -> None:
    with pytest.raises(ServiceSetUpError) as caught:
        set_up(folder, nodes, **choices)
    assert says in str(caught.value)
    assert (caught.value.option or "").startswith(option or "")


def test_one_model_that_scores_twice(folder: Path) -> None:
    twice = (
        "  rows: {dataset: rows.csv}\n  more: {dataset: more.csv}\n"
        + LEARN % "rows"
        + "  score: {module: score-model, inputs: {trained_model: train, dataset: rows}}\n"
        + "  score more: {module: score-model, inputs: {trained_model: train, dataset: more}}\n"
    )
    with pytest.raises(ServiceSetUpError, match='--output "score"'):
        set_up(folder, twice)
    nodes = nodes_of(set_up(folder, twice, outputs=["score more"]))
    assert nodes["input1"]["inputs"] == {"dataset": "more"}


def test_a_module_that_tunes_is_training_too(folder: Path) -> None:
    made = set_up(
        folder,
        """
  rows: {dataset: rows.csv}
  learner: {module: two-class-logistic-regression}
  tune: {module: tune, inputs: {untrained_model: learner, dataset: rows}}
  score: {module: score-model, inputs: {trained_model: tune.best, dataset: rows}}
""",
    )
    assert saves(made) == [("tune", "best", "diabetes")]
    assert nodes_of(made)["score"]["inputs"]["trained_model"] == "tune"


def test_clusters_are_assigned_by_the_saved_clustering(folder: Path) -> None:
    made = set_up(
        folder,
        """
  rows: {dataset: rows.csv}
  means: {module: k-means-clustering}
  train: {module: train-clustering-model, inputs: {untrained_model: means, dataset: rows}}
  assign: {module: assign-data-to-clusters, inputs: {trained_model: train, dataset: rows}}
""",
    )
    assert nodes_of(made)["train"] == {"trained_model": "diabetes"}
    assert nodes_of(made)["output1"] == output("assign")


def test_without_a_learner_only_the_two_modules_come_in(folder: Path) -> None:
    nodes = """
  rows: {dataset: rows.csv}
  clean: {module: clean-missing-data, inputs: {dataset: rows}}
  evaluate: {module: execute-python-script, script: e.py, inputs: {dataset1: clean}}
"""
    made = set_up(folder, nodes, "web_service_parameters: {How: clean.cleaning_mode}\n")
    assert nodes_of(made) == {
        "rows": {"dataset": "rows.csv"},
        "input1": INPUT,
        "clean": {"module": "clean-missing-data", "inputs": {"dataset": "input1"}},
        "evaluate": {
            "module": "execute-python-script",
            "script": "e.py",
            "inputs": {"dataset1": "clean"},
        },
        "output1": output("evaluate"),
    }
    assert made.to_save == []
    assert made.experiment.web_service_parameters == {"How": [("clean", "cleaning_mode")]}
    twice = "  also: {module: remove-duplicate-rows, inputs: {dataset: rows}}\n"
    with pytest.raises(ServiceSetUpError, match='what "evaluate" and "also" give'):
        set_up(folder, nodes + twice)


def test_a_script_that_makes_its_own_data_needs_no_input(folder: Path) -> None:
    made = set_up(folder, "  make: {module: execute-python-script, script: m.py}\n")
    assert list(nodes_of(made)) == ["make", "output1"]


def test_names_that_are_taken_are_left_alone(folder: Path) -> None:
    made = set_up(
        folder,
        """
  input1: {dataset: rows.csv}
  output1: {module: remove-duplicate-rows, inputs: {dataset: input1}}
""",
    )
    nodes: Sequence[str] = list(nodes_of(made))
    assert nodes == ["input1", "input2", "output1", "output2"]


def test_a_script_may_be_what_trains(folder: Path) -> None:
    nodes = """
  rows: {dataset: rows.csv}
  train: {module: execute-python-script, script: t.py, inputs: {dataset1: rows}}
  score: {module: execute-python-script, script: s.py, inputs: {dataset1: rows, dataset2: train}}
"""
    with pytest.raises(ServiceSetUpError, match='"rows" go to "train" and "score"') as caught:
        set_up(folder, nodes)
    assert '--input "score" for that node alone, --input "rows" for all.' in str(caught.value)
    alone = nodes_of(set_up(folder, nodes, inputs=["score"]))
    assert alone["train"]["inputs"] == {"dataset1": "rows"}
    assert alone["score"]["inputs"] == {"dataset1": "input1", "dataset2": "train"}
    everywhere = nodes_of(set_up(folder, nodes, inputs=["rows"]))
    assert everywhere["train"]["inputs"] == {"dataset1": "input1"}
