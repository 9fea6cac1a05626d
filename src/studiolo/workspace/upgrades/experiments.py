"""Experiments in today's spelling: their scripts and bundles, and both versions run."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from studiolo.datasets.comparison import TableComparison, compare_tables
from studiolo.environments.environment import CLASSIC, DEFAULT
from studiolo.experiments.experiment import Experiment
from studiolo.modules.definition import PortName
from studiolo.runs.errors import OutputMissingError
from studiolo.runs.history.experiment_result import ExperimentResult, NodeResult
from studiolo.runs.scripts.environment_choice import AUTO
from studiolo.workspace.upgrades.bundles import UpgradedBundle, upgraded_bundle
from studiolo.workspace.upgrades.scripts import UpgradedFile, upgraded_files
from studiolo.workspace.workspace import Workspace

_BUNDLE = PortName("script_bundle")


@dataclass(frozen=True, kw_only=True)
class ExperimentVerification:
    """An experiment, run with its old scripts in `classic` and with the new ones in `default`."""

    old: ExperimentResult
    new: ExperimentResult
    #: By node and output port, in the order of the graph: how the datasets differ.
    differences: Mapping[str, TableComparison]

    @property
    def is_equal(self) -> bool:
        """Whether both ran to their end, and every dataset is the same."""
        return self.old.succeeded and self.new.succeeded and not self.differences


def upgraded_scripts(experiment: Experiment) -> list[UpgradedFile]:
    """The upgrade of each script of an experiment; nothing is written.

    Raises:
        StudioloError: One can't be read.
    """
    scripts = [node.script for node in experiment.nodes.values() if node.script is not None]
    return upgraded_files([experiment.folder / script for script in dict.fromkeys(scripts)])


def upgraded_bundles(experiment: Experiment, datasets: Path) -> list[UpgradedBundle]:
    """The upgrade of each bundle that a script is given; nothing is written.

    Args:
        experiment: The experiment.
        datasets: Where its dataset files are.

    Raises:
        StudioloError: One can't be read.
    """
    names = []
    for node in experiment.nodes.values():
        source = node.inputs.get(_BUNDLE) if node.script is not None else None
        given = None if source is None else experiment.nodes.get(source.node)
        if given is not None and given.dataset is not None and given.dataset.endswith(".zip"):
            names.append(given.dataset)
    return [upgraded_bundle(datasets / name) for name in dict.fromkeys(names)]


def verified_experiment(
    workspace: Workspace, experiment: Experiment, files: Sequence[UpgradedFile]
) -> ExperimentVerification:
    """Run an experiment before and after the upgrade of its scripts; both runs are recorded.

    Bundles are the ones that are wired in. Nodes without a seed get the same in both runs.

    Raises:
        StudioloError: The experiment has mistakes, or could not be run.
    """
    old = workspace.run(_in(experiment, CLASSIC))
    with TemporaryDirectory(prefix="studiolo-upgrade-") as folder:
        copy = Path(folder) / experiment.folder.name
        shutil.copytree(experiment.folder, copy)
        for file in files:
            target = copy / file.path.relative_to(experiment.folder)
            target.write_bytes(file.encoded(b""))
        new = workspace.run(_in(workspace.experiment(copy), DEFAULT))
    return ExperimentVerification(old=old, new=new, differences=_differences(old, new))


def _in(experiment: Experiment, environment: str) -> Experiment:
    """The experiment with its old or new scripts in this environment."""
    nodes = {
        name: replace(node, environment=environment, seed=node.seed or 0)
        if node.script is not None and node.environment in (None, AUTO, CLASSIC, DEFAULT)
        else node
        for name, node in experiment.nodes.items()
    }
    return replace(experiment, nodes=nodes)


def _differences(old: ExperimentResult, new: ExperimentResult) -> Mapping[str, TableComparison]:
    found: dict[str, TableComparison] = {}
    for name, before in old.nodes.items():
        after = new.nodes.get(name)
        if after is None:
            continue
        for port in sorted({*before.ports, *after.ports}):
            compared = _compared(before, after, port)
            if compared is not None and compared.differs:
                found[f"{name}, {port}"] = compared
    return found


def _compared(before: NodeResult, after: NodeResult, port: str) -> TableComparison | None:
    """The difference at a port; None for models, and where a run has none."""
    if port not in before.ports or port not in after.ports:
        return None
    try:
        return compare_tables(before.dataset(port), after.dataset(port))
    except OutputMissingError:
        return None
