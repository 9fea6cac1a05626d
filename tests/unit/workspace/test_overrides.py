"""Values of parameters as text, for one run, in the place of the experiment's own."""

from pathlib import Path
from typing import Any

import pytest

from studiolo.experiments.experiment import Experiment, NodeName
from studiolo.experiments.file import read_experiment
from studiolo.modules.catalogue import Catalogue
from studiolo.modules.definition import ModuleId
from studiolo.modules.errors import ParameterValueError
from studiolo.modules.values import checked_value
from studiolo.runs.errors import NodeUnknownError
from studiolo.workspace.experiments.overrides import with_parameters

YAML = """\
studiolo: 1
name: x
nodes:
  data: {dataset: a.csv}
  당뇨 데이터:
    module: execute-python-script
    script: s.py
    inputs: {dataset1: data}
    parameters: {trees: 5, kept: true}
  choose:
    module: mine
    inputs: {dataset: data}
"""
SCRIPT = """
def azureml_main(a=None, *, trees: int = 1, share: float = .5, deep: bool = False,
                 mode: str = "", rest: int | None = 3, kept: bool = False):
    return a
"""
MODULE = """
# /// script
# [tool.studiolo.parameters.columns]
# kind = "columns"
# port = "dataset"
# [tool.studiolo.parameters.key]
# kind = "column"
# port = "dataset"
# ///
from typing import Literal

def azureml_main(
    dataset,
    *,
    columns: list[str] | Literal["all"] = "all",
    key: str | None = None,
    way: Literal["Mean", "Median"] = "Mean",
):
    return dataset
"""


@pytest.fixture
def experiment(tmp_path: Path) -> Experiment:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "mine.py").write_text(MODULE)
    (tmp_path / "s.py").write_text(SCRIPT)
    (tmp_path / "experiment.yaml").write_text(YAML, encoding="utf-8")
    return read_experiment(tmp_path)


def given(experiment: Experiment, node: str, parameter: str, text: str) -> Any:
    """What the node has for the parameter once the text was given."""
    catalogue = Catalogue(experiment.folder / "modules")
    changed = with_parameters(experiment, {(node, parameter): text}, catalogue)
    assert changed.nodes.keys() == experiment.nodes.keys()
    others = experiment.nodes.keys() - {node}
    assert all(changed.nodes[other] == experiment.nodes[other] for other in others)
    return changed.nodes[NodeName(node)].parameters[parameter]


@pytest.mark.parametrize(
    ("parameter", "text", "value"),
    [
        ("trees", "3", 3),
        ("share", "3", 3.0),
        ("share", "1e-3", 0.001),
        ("deep", "yes", True),
        ("deep", "0", False),
        ("mode", "3", "3"),
        ("mode", "", ""),
        ("mode", " a=b ", " a=b "),
        ("rest", "", None),
    ],
)
def test_a_text_becomes_what_the_script_declares(
    experiment: Experiment, parameter: str, text: str, value: object
) -> None:
    found = given(experiment, "당뇨 데이터", parameter, text)
    assert (found, type(found)) == (value, type(value))


def test_other_parameters_stay_and_the_experiment_too(experiment: Experiment) -> None:
    catalogue = Catalogue()
    node = NodeName("당뇨 데이터")
    changed = with_parameters(experiment, {(node, "trees"): "3"}, catalogue)
    assert changed.nodes[node].parameters == {"trees": 3, "kept": True}
    assert experiment.nodes[node].parameters == {"trees": 5, "kept": True}
    assert with_parameters(experiment, {}, catalogue) == experiment


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("all", "all"),
        ("none", "none"),
        ("Age", ["Age"]),
        ("Age, BMI", ["Age", "BMI"]),
        (' "Height, m" , no', ["Height, m", "no"]),
        ("[x], yes", ["[x]", "yes"]),
        ('{"begin": "all", "rules": []}', {"begin": "all", "rules": []}),
        (
            '{"begin": "none", "rules": [{"include": {"names": "no"}}]}',
            {"begin": "none", "rules": [{"include": {"names": "no"}}]},
        ),
    ],
)
def test_columns_are_what_they_would_be_in_the_file(
    experiment: Experiment, text: str, value: object
) -> None:
    assert given(experiment, "choose", "columns", text) == value
    module = Catalogue(experiment.folder / "modules").find(ModuleId("mine"))
    parameter = module.parameter("columns")
    assert parameter is not None
    assert checked_value(parameter, value) == checked_value(parameter, text, from_text=True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Age", "Age"),
        ("all", "all"),
        ("Height, m", "Height, m"),
        ("", None),
        ('{"begin": "all", "rules": []}', {"begin": "all", "rules": []}),
    ],
)
def test_one_column_is_a_name_or_rules(experiment: Experiment, text: str, value: object) -> None:
    assert given(experiment, "choose", "key", text) == value


@pytest.mark.parametrize(
    ("node", "parameter", "text"),
    [
        ("당뇨 데이터", "trees", "three"),
        ("당뇨 데이터", "trees", "1.5"),
        ("당뇨 데이터", "deep", "maybe"),
        ("choose", "way", "Mode"),
        ("choose", "columns", '{"begin": "all"'),
        ("choose", "columns", '{"start": "all"}'),
    ],
)
def test_what_a_parameter_can_not_be_is_refused_by_name(
    experiment: Experiment, node: str, parameter: str, text: str
) -> None:
    with pytest.raises(ParameterValueError, match=parameter):
        given(experiment, node, parameter, text)


def test_what_nobody_declares_is_left_to_the_check(experiment: Experiment) -> None:
    assert given(experiment, "당뇨 데이터", "tress", "3") == "3"
    assert given(experiment, "data", "trees", "3") == "3"


def test_a_node_that_is_not_there(experiment: Experiment) -> None:
    with pytest.raises(NodeUnknownError, match='Did you mean "choose"'):
        given(experiment, "chose", "way", "Mean")
