"""The studio of a workspace: what pages in a browser ask for, as verbs without HTTP."""

import io
import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from studiolo.datasets.reading.files import format_of, write_dataset_to
from studiolo.experiments.errors import ExperimentMissingError
from studiolo.experiments.experiment import Experiment
from studiolo.experiments.file import FILE_NAME
from studiolo.files.inside import stays_inside
from studiolo.files.placing import put
from studiolo.modules.definition import PortKind
from studiolo.workspace.drafts.draft import Draft
from studiolo.workspace.errors import ExperimentExistsError, WorkspaceUnwritableError
from studiolo.workspace.folder.sample import samples_folder
from studiolo.workspace.language.language_servers import LanguageServers
from studiolo.workspace.language.script_folder import ScriptContext
from studiolo.workspace.studio.edits import Edit, apply_edit
from studiolo.workspace.studio.errors import (
    EditsOutdatedError,
    RemovedUnknownError,
    SampleUnknownError,
)
from studiolo.workspace.studio.listing import ExperimentList
from studiolo.workspace.studio.live_runs import LiveRuns
from studiolo.workspace.studio.nodes.input_columns import InputColumns, input_columns
from studiolo.workspace.studio.nodes.script_context import packages_text, script_context
from studiolo.workspace.studio.opened import OpenExperiments
from studiolo.workspace.studio.partial_uploads import PartialUploads
from studiolo.workspace.studio.publications import Publications
from studiolo.workspace.studio.service_jobs import ServiceJobs
from studiolo.workspace.studio.tables.open_tables import OpenTables
from studiolo.workspace.studio.watching import WatchedExperiments
from studiolo.workspace.transfer.copying import copy_experiment
from studiolo.workspace.workspace import Workspace

#: Where removed experiments are kept, in the workspace's own folder.
_REMOVED: Final = "removed"


class Studio:
    """The studio of one workspace. For any number of threads."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.experiments = OpenExperiments(workspace)
        self.list = ExperimentList(workspace)
        self.runs = LiveRuns(workspace)
        self.watched = WatchedExperiments(workspace, self.runs)
        self.publications = Publications(workspace, self.runs)
        self.uploads = PartialUploads(workspace)
        self.jobs = ServiceJobs(workspace, self.uploads)
        self.tables = OpenTables(workspace)
        self.language_servers = LanguageServers()

    def samples(self) -> Sequence[Experiment]:
        """The samples that can be opened, by name."""
        with Workspace(samples_folder()) as samples:
            return [samples.experiment(folder) for folder in samples.experiments]

    def new(self, name: str, *, title: str = "", description: str = "") -> None:
        """Make an empty experiment.

        Raises:
            ExperimentNameError, ExperimentExistsError: It can't be called so.
            ExperimentUnwritableError: It can't be written.
        """
        self._refuse_existing(name)
        self.workspace.new_experiment(name, title=title, description=description).save()

    def open_sample(self, sample: str, name: str | None = None) -> str:
        """Copy a sample to the workspace, with its datasets; the name of the experiment.

        Args:
            sample: The sample's name.
            name: What to call the experiment; the sample's own name, numbered, if not given.

        Raises:
            SampleUnknownError: There is no such sample.
            CopyRefusedError: A dataset of its name has different content.
        """
        with Workspace(samples_folder()) as samples:
            known = [folder.name for folder in samples.experiments]
            if sample not in known:
                raise SampleUnknownError(name=sample, known=known)
            chosen = name or self._free_name(sample)
            self._refuse_existing(chosen)
            source = samples.experiment_folder(sample)
            return copy_experiment(source, samples, self.workspace, name=chosen).folder.name

    def copy(self, source: str, name: str | None = None) -> str:
        """Copy an experiment of the workspace; the name of the copy."""
        folder = self.workspace.experiment_folder(source)
        chosen = name or self._free_name(source)
        self._refuse_existing(chosen)
        return copy_experiment(folder, self.workspace, self.workspace, name=chosen).folder.name

    def copy_of_run(self, run: str, name: str | None = None) -> str:
        """Make an experiment as it was when a run began; its name.

        Raises:
            RunUnknownError, RunAmbiguousError: There is no such run, or there are several.
            ExperimentFileError: It was not saved in a file that can be read.
            ExperimentNameError, ExperimentExistsError: It can't be called so.
            WorkspaceUnwritableError: It can't be written.
        """
        past = self.experiments.as_run(run)
        provenance = self.workspace.runs.look(run).provenance
        chosen = name or self._free_name(past.name)
        self._refuse_existing(chosen)
        folder = self.workspace.experiment_folder(chosen)
        # The graph last: the experiment is there once all of it is.
        files = {**provenance.scripts, FILE_NAME: provenance.file}
        try:
            for file, text in files.items():
                if stays_inside(file):
                    put(text.encode(), folder / file, folder=folder.parent, replace=False)
        except OSError as error:
            reason = error.strerror or str(error)
            raise WorkspaceUnwritableError(path=folder, reason=reason) from error
        positions = {
            node: at for node, at in past.layout.positions.items() if node in past.experiment.nodes
        }
        if positions:
            self.workspace.arrange(self.workspace.experiment(folder), positions)
        return chosen

    def edit(self, name: str, edits: Iterable[Edit], *, revision: str) -> None:
        """Carry out edits that were made from a version of an experiment: all of them, or none.

        Comments in the experiment's file stay.

        Raises:
            ExperimentChangedError: It has changed since; the error has both versions.
            EditsOutdatedError: It has changed since, and the version is not known any more.
            ExperimentFileError: The file can't be read now.
            StudioloError: An edit can't be carried out; see `apply_edit`.
        """
        folder = self.workspace.experiment_folder(name)
        current = self.experiments.read(folder)
        base = current if current.revision == revision else self.experiments.base(folder, revision)
        if base is None:
            raise EditsOutdatedError(name=name)
        draft = Draft(self.workspace, base, saved=base)
        for edit in edits:
            apply_edit(draft, edit)
        draft.save()
        self.experiments.remember(draft.experiment)

    def save_output(
        self, run: str, node: str, port: str, name: str, kind: PortKind, *, replace: bool
    ) -> str:
        """Keep an output of a node as a dataset file, a saved model or a saved transform.

        Returns:
            What it is called: the file, or the name with its version.

        Raises:
            RunUnknownError, NodeUnknownError, OutputMissingError: There is no such output.
            DatasetError, UploadNameError: The file can't be called so, or not hold the dataset.
            DatasetExistsError: There is a file with different content.
            SavedNameError, NothingToSaveError: It can't be saved so.
        """
        found = self.workspace.result(run)[node]
        if kind is PortKind.MODEL:
            made = self.workspace.save_model(found, name=name, port=port)
            return f"{name} version {made.version}"
        if kind is PortKind.TRANSFORM:
            made = self.workspace.save_transform(found, name=name, port=port)
            return f"{name} version {made.version}"
        sink = io.BytesIO()
        dataset = self.tables.output(run, node, port).dataset
        write_dataset_to(dataset, sink, name=name, format=format_of(name))
        return self.workspace.upload(name, sink.getvalue(), replace=replace).name

    def input_columns(self, name: str, node: str) -> Sequence[InputColumns]:
        """The columns at each input of a node that takes a dataset; see `input_columns`."""
        return input_columns(self.workspace, self.tables, self.experiments.shown(name), node)

    def packages_text(self, name: str, node: str) -> str:
        """A text that changes whenever the packages of a node's script do."""
        return packages_text(self.workspace, self.experiments.shown(name), node)

    def script_context(self, name: str, node: str) -> ScriptContext:
        """The facts about a node that help with its script.

        Raises:
            NodeUnknownError: The experiment has no such node.
            ExperimentMissingError, ExperimentUnreadableError: There is no such experiment.
        """
        return script_context(self.workspace, self.experiments.shown(name), node)

    def remove(self, name: str) -> str:
        """Take an experiment out of the workspace; the name that `restore` brings it back by.

        Its runs stay. Its folder is kept in the workspace's own folder.

        Raises:
            ExperimentMissingError: There is no such experiment.
            WorkspaceUnwritableError: It can't be moved.
        """
        folder = self.workspace.experiment_folder(name)
        if not (folder / FILE_NAME).is_file():
            raise ExperimentMissingError(path=name)
        removed = f"{datetime.now(UTC).strftime('%Y%m%dT%H%M%S.%f')}-{name}"
        try:
            self._removed.mkdir(parents=True, exist_ok=True)
            shutil.move(folder, self._removed / removed)
        except OSError as error:
            reason = error.strerror or str(error)
            raise WorkspaceUnwritableError(path=folder, reason=reason) from error
        return removed

    def restore(self, removed: str) -> str:
        """Bring a removed experiment back; its name.

        Raises:
            RemovedUnknownError: There is none.
            ExperimentExistsError: There is another one of its name by now.
        """
        _, _, name = removed.partition("-")
        kept = self._removed / removed
        if not stays_inside(removed) or "/" in removed or not (kept / FILE_NAME).is_file():
            raise RemovedUnknownError(name=removed)
        folder = self.workspace.experiment_folder(name)
        self._refuse_existing(name)
        try:
            shutil.move(kept, folder)
        except OSError as error:
            reason = error.strerror or str(error)
            raise WorkspaceUnwritableError(path=folder, reason=reason) from error
        return name

    @property
    def _removed(self) -> Path:
        return self.workspace.server_folder.parent / _REMOVED

    def _refuse_existing(self, name: str) -> None:
        if self.workspace.experiment_folder(name).exists():
            raise ExperimentExistsError(name=name)

    def _free_name(self, name: str) -> str:
        free, number = name, 2
        while self.workspace.experiment_folder(free).exists():
            free, number = f"{name}-{number}", number + 1
        return free
