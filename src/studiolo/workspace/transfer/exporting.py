"""Exports an experiment of a workspace as a Python program that needs no Studiolo."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from studiolo.datasets.dataset import Dataset
from studiolo.experiments.experiment import Experiment, NodeName
from studiolo.export.errors import ProgramUnwritableError
from studiolo.export.program import ExportedProgram, export_program
from studiolo.files.whole_file import replacing
from studiolo.runs.planning.plan import DATASET_PORT, Plan
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.workspace.datasets.datasets import WorkspaceDatasets
from studiolo.workspace.experiments.checked_experiment import CheckedExperiment
from studiolo.workspace.workspace import Workspace


def export_experiment(
    workspace: Workspace, experiment: Experiment | CheckedExperiment, *, file: str
) -> ExportedProgram:
    """The program that does what the experiment does.

    Args:
        workspace: The workspace that the experiment is in.
        experiment: What to export. One that is checked already is not checked again.
        file: The name of the program's file, which it tells how to run.

    Raises:
        ExperimentFileError: It has mistakes that a check finds.
        ExportFormatError: It would have to read or write a file that only Studiolo can.
        StudioloError: A dataset can't be read.
    """
    plan = workspace.plan(experiment)
    return export_program(plan, _contents(plan, workspace.datasets), file=file)


def write_program(program: ExportedProgram, file: Path) -> None:
    """Write it to a file, all of it or nothing.

    Raises:
        ProgramUnwritableError: It can't be written; an existing file is unchanged.
    """
    try:
        with replacing(file) as sink:
            sink.write(program.text.encode("utf-8"))
    except OSError as error:
        raise ProgramUnwritableError(file=str(file), reason=error.strerror or str(error)) from error


def _contents(plan: Plan, datasets: WorkspaceDatasets) -> Mapping[NodeName, Mapping[str, Dataset]]:
    """The datasets that Studiolo reads itself, by node."""
    read: dict[NodeName, Mapping[str, Dataset]] = {}
    for name, step in plan.steps.items():
        # They say by which delimiter a file was read.
        notes: list[str] = []
        if step.definition is not None:
            contents = datasets.files(step, notes)
        elif step.dataset is None:
            continue
        else:
            outcome = datasets.read(step)
            contents = {DATASET_PORT: outcome.results[DATASET_PORT]}
            notes += outcome.log
        read[name] = {
            key: replace(connected.dataset, notes=notes)
            for key, connected in contents.items()
            if isinstance(connected, SealedTable)
        }
    return read
