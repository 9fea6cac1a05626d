"""The mistakes in an experiment, and the old code in its scripts."""

from pathlib import Path

from studiolo.experiments.errors import ExperimentFileError
from studiolo.experiments.finding import Finding
from studiolo.workspace.folder.root import find_root
from studiolo.workspace.workspace import Workspace


def experiment_findings(path: Path) -> tuple[list[Finding], str]:
    """The findings, and what to say where there are none."""
    findings: list[Finding] = []
    nodes = 0
    with Workspace(find_root(path)) as workspace:
        try:
            checked = workspace.checked(path)
        except ExperimentFileError as error:
            findings += error.findings
        else:
            nodes = len(checked.experiment.nodes)
            findings += checked.findings
            findings += workspace.retired_calls(checked.experiment)
    return findings, f"{nodes} node{'s' * (nodes != 1)}, nothing to fix."
