"""A service whose nodes run in different environments: each has one of its own."""

from pathlib import Path

import pyarrow as pa

from studiolo.environments.environment import Environment
from studiolo.services.scoring import ScoringReply, ScoringRequest
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder

_NODES = """
rows: {dataset: rows.csv}
input1: {module: web-service-input, inputs: {dataset: rows}}
today: {module: execute-python-script, script: today.py, inputs: {dataset1: input1}}
old:
  module: execute-python-script
  script: old.py
  environment: classic
  inputs: {dataset1: today}
output1: {module: web-service-output, inputs: {dataset: old}}
"""
_SCRIPT = """
import pandas
def azureml_main(frame):
    frame["NAME"] = pandas.__version__.split(".")[0]
    return frame
"""


def test_each_node_of_a_service_finds_its_own_packages(
    tmp_path: Path, default_environment: Environment, classic_environment: Environment
) -> None:
    folder = WorkspaceFolder(tmp_path / "workspace")
    folder.dataset("rows.csv", "n\n1\n2\n")
    scripts = {f"{name}.py": _SCRIPT.replace("NAME", name) for name in ("today", "old")}
    folder.experiment(_NODES, scripts=scripts)
    with Workspace(folder.root) as workspace:
        workspace.services.publish(workspace.experiment("experiment"), service="both")
        (served,) = workspace.services.served("both")
        request = ScoringRequest(inputs={"input1": pa.table({"n": [3, 4]})}, parameters={})
        with workspace.services.handler(served, served.versions[1]) as handler:
            assert len(handler._sandboxes) == 2
            reply = handler.score(request)
    assert isinstance(reply, ScoringReply)
    found = reply.outputs["output1"].to_pydict()
    assert found["n"] == [3, 4]
    assert [str(major) for major in found["old"]] == ["1", "1"]
    assert found["today"] != found["old"]
