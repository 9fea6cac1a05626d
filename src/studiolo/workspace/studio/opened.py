"""Experiments as a canvas shows them, also while someone types in their file."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from studiolo.experiments.errors import ExperimentFileError
from studiolo.experiments.experiment import Experiment, NodeName
from studiolo.experiments.file import FILE_NAME, experiment_of_text
from studiolo.experiments.finding import Finding, Severity
from studiolo.experiments.layout import Layout
from studiolo.experiments.revision import Revision, revision_at
from studiolo.workspace.studio.node_ports import NodePorts, ports_of
from studiolo.workspace.studio.standing import NodeStanding, standings
from studiolo.workspace.workspace import Workspace

#: Versions of experiments that are remembered, for edits that were made from them.
_REMEMBERED: Final = 64


class ShownGraph(StrEnum):
    """Which graph of an experiment is shown."""

    #: That of its file.
    CURRENT = "current"
    #: Its file can't be read now; this is how it was before.
    LAST_GOOD = "last-good"
    #: Its file can't be read, and how it was is not known; this is as much of it as could be read.
    PARTIAL = "partial"


@dataclass(frozen=True, kw_only=True)
class OpenedExperiment:
    """An experiment with all that its canvas shows."""

    #: The name of its folder.
    name: str
    experiment: Experiment
    shown: ShownGraph
    #: That of the file as it is, whichever graph is shown.
    revision: Revision
    ports: Mapping[NodeName, NodePorts]
    layout: Layout
    findings: Sequence[Finding]
    standings: Mapping[NodeName, NodeStanding]


class OpenExperiments:
    """The experiments of a workspace that users look at. For any number of threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._seen: OrderedDict[tuple[Path, Revision], Experiment] = OrderedDict()

    def open(self, name: str) -> OpenedExperiment:
        """The experiment of that name.

        Raises:
            ExperimentNameError, ExperimentMissingError, ExperimentUnreadableError: There is none,
                or its file can't be opened. What is wrong in the file is in the findings.
        """
        folder = self._workspace.experiment_folder(name)
        try:
            experiment = self.read(folder)
            found: Sequence[Finding] = self._workspace.check(experiment)
            shown, revision = ShownGraph.CURRENT, experiment.revision
        except ExperimentFileError as error:
            found, revision = error.findings, revision_at(folder / FILE_NAME)
            before = self._newest(folder)
            shown = ShownGraph.PARTIAL if before is None else ShownGraph.LAST_GOOD
            empty = Experiment(name=name, nodes={}, folder=folder)
            experiment = before or error.partial or empty
        catalogue, kind = self._workspace.catalogue, self._workspace.datasets.kind
        sound = not any(finding.severity is Severity.ERROR for finding in found)
        return OpenedExperiment(
            name=name,
            experiment=experiment,
            shown=shown,
            revision=revision,
            ports={
                node.name: ports_of(node, catalogue, folder=folder, kind=kind)
                for node in experiment.nodes.values()
            },
            layout=self._workspace.layout(experiment).layout,
            findings=found,
            standings=standings(self._workspace, experiment, sound=sound),
        )

    def as_run(self, run: str) -> OpenedExperiment:
        """The experiment as it was when a run began, drawn with the modules and the layout of now.

        Raises:
            RunUnknownError, RunAmbiguousError: There is no such run, or there are several.
            ExperimentFileError: It was not saved in a file that can be read.
        """
        seen = self._workspace.runs.look(run)
        folder = self._workspace.root / seen.run.record.experiment
        experiment = experiment_of_text(seen.provenance.file, folder)
        kind, catalogue = self._workspace.datasets.kind, self._workspace.catalogue
        return OpenedExperiment(
            name=folder.name,
            experiment=experiment,
            shown=ShownGraph.CURRENT,
            revision=experiment.revision,
            ports={
                node.name: ports_of(node, catalogue, folder=folder, kind=kind)
                for node in experiment.nodes.values()
            },
            layout=self._workspace.layout(experiment).layout,
            findings=(),
            standings={
                name: NodeStanding(record=node.record, up_to_date=None, outputs=node.ports)
                for name, node in seen.run.nodes.items()
            },
        )

    def read(self, folder: Path) -> Experiment:
        """Read an experiment, and remember it as the base of edits; see `Workspace.experiment`."""
        with suppress(OSError):
            known = self.base(folder, revision_at(folder / FILE_NAME))
            if known is not None:
                self.remember(known)
                return known
        experiment = self._workspace.experiment(folder)
        self.remember(experiment)
        return experiment

    def shown(self, name: str) -> Experiment:
        """The experiment of that name, as its page shows it; raises as `open` does."""
        folder = self._workspace.experiment_folder(name)
        try:
            return self.read(folder)
        except ExperimentFileError as error:
            empty = Experiment(name=name, nodes={}, folder=folder)
            return self._newest(folder) or error.partial or empty

    def base(self, folder: Path, revision: str) -> Experiment | None:
        """The experiment with that revision, if it was read lately."""
        with self._lock:
            return self._seen.get((folder, Revision(revision)))

    def _newest(self, folder: Path) -> Experiment | None:
        with self._lock:
            of_folder = [seen for (where, _), seen in self._seen.items() if where == folder]
            return of_folder[-1] if of_folder else None

    def remember(self, experiment: Experiment) -> None:
        """Remember a version of an experiment, for edits that will be made from it."""
        with self._lock:
            key = (experiment.folder, experiment.revision)
            self._seen[key] = experiment
            self._seen.move_to_end(key)
            while len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
