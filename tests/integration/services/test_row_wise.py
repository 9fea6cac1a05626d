"""Whether a batch may be cut into pieces is decided from the scoring graph."""

from pathlib import Path

import pytest

from studiolo.experiments.experiment import NodeName
from studiolo.experiments.web_service.interface import ServiceInterface, WebServiceParameter
from studiolo.services.errors import ServiceGraphError
from studiolo.services.versions.row_wise import RowWise, row_wise
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder

CLEAN = "{module: clean-missing-data, inputs: {dataset: given}, parameters: {columns_to_be_cleaned"
FILL = 'cleaning_mode: "Custom substitution value"'
SCRIPT = "{module: execute-python-script, script: s.py, inputs: {dataset1: given}}"
SAYS = "# /// script\n# [tool.studiolo]\n# row-wise = {}\n# ///\n"


def decided(
    root: Path,
    *nodes: str,
    script: str = "def azureml_main(frame):\n    return frame\n",
    inputs: tuple[str, ...] = ("given",),
    parameters: tuple[WebServiceParameter, ...] = (),
    told: bool | None = None,
) -> RowWise:
    folder = WorkspaceFolder(root / "workspace")
    folder.dataset("people.csv", "n,m\n1,\n2,3\n")
    lines = [
        "people: {dataset: people.csv}",
        *(f"{name}: {{module: web-service-input, inputs: {{dataset: people}}}}" for name in inputs),
        *(f"node{place}: {node}" for place, node in enumerate(nodes)),
    ]
    folder.experiment("\n".join(lines), scripts={"s.py": script})
    interface = ServiceInterface(
        inputs={name: NodeName(name) for name in inputs}, outputs={}, parameters=parameters
    )
    with Workspace(folder.root) as workspace:
        plan = workspace.plan(workspace.experiment("experiment"))
    names = [NodeName(f"node{place}") for place in range(len(nodes))]
    return row_wise(plan, interface, names, told=told)


@pytest.mark.parametrize(
    "node",
    [
        "{module: select-columns-in-dataset, inputs: {dataset: given}, parameters: "
        "{select_columns: [n]}}",
        "{module: edit-metadata, inputs: {dataset: given}, parameters: {column: [n], "
        "data_type: Integer}}",
        f"{CLEAN}: [m], {FILL}}}}}",
    ],
)
def test_these_take_rows_one_by_one(tmp_path: Path, node: str) -> None:
    assert decided(tmp_path, node) == RowWise(decided=True)


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        (
            "{module: remove-duplicate-rows, inputs: {dataset: given}, parameters: "
            "{key_columns: [n]}}",
            "The node 'node0' (Remove Duplicate Rows) may look at several rows.",
        ),
        (
            f'{CLEAN}: [m], cleaning_mode: "Replace with mean"}}}}',
            "its parameter cleaning_mode is 'Replace with mean'.",
        ),
        (
            f"{CLEAN}: [m], {FILL}, minimum_missing_value_ratio: 0.5}}}}",
            "its parameter minimum_missing_value_ratio is 0.5.",
        ),
        # Pandas writes dates with a time of day if one of all the rows has one.
        (
            "{module: edit-metadata, inputs: {dataset: given}, parameters: {column: [n], "
            "data_type: String}}",
            "its parameter data_type is 'String'.",
        ),
        (SCRIPT, "The node 'node0' (Execute Python Script) may look at several rows."),
        (
            "{module: select-columns-in-dataset, inputs: {dataset: people}, parameters: "
            "{select_columns: [n]}}",
            "The node 'node0' takes no rows of the input.",
        ),
    ],
)
def test_these_need_all_rows_at_once(tmp_path: Path, node: str, reason: str) -> None:
    found = decided(tmp_path, node)
    assert not found.decided
    assert found.reason.endswith(reason)


def test_what_is_learnt_from_all_rows_needs_them_at_once(tmp_path: Path) -> None:
    applied = (
        "{module: apply-transformation, inputs: {transformation: node0.cleaning_transformation, "
        "dataset: given}}"
    )
    found = decided(tmp_path, f"{CLEAN}: [m], {FILL}}}}}", applied)
    assert found.reason == "The node 'node1' takes what another node learns from all rows."


def test_a_script_says_it_for_itself(tmp_path: Path) -> None:
    script = "def azureml_main(frame):\n    return frame\n"
    assert decided(tmp_path, SCRIPT, script=SAYS.format("true") + script).decided
    with pytest.raises(ServiceGraphError, match="row-wise = 'perhaps'"):
        decided(tmp_path, SCRIPT, script=SAYS.format('"perhaps"') + script)


def test_what_callers_set_may_make_it_look_at_all_rows(tmp_path: Path) -> None:
    mode = WebServiceParameter(name="Mode", targets=[(NodeName("node0"), "cleaning_mode")])
    found = decided(tmp_path, f"{CLEAN}: [m], {FILL}}}}}", parameters=(mode,))
    assert "set by callers" in found.reason


def test_rows_of_two_inputs_belong_together_somehow(tmp_path: Path) -> None:
    assert decided(tmp_path, inputs=("given", "other")).reason == "It has 2 inputs, and not one."


def test_the_publisher_may_know_better(tmp_path: Path) -> None:
    assert decided(tmp_path, SCRIPT, told=True) == RowWise(decided=True)
    assert not decided(tmp_path, told=False).decided
