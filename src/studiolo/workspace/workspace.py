"""A workspace: a folder with datasets, experiments and modules, and its history."""

import functools
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from studiolo.experiments.check import check_experiment
from studiolo.experiments.errors import ExperimentFileError
from studiolo.experiments.experiment import Experiment, NodeName, SavedName
from studiolo.experiments.file import findings_behind
from studiolo.experiments.finding import Finding
from studiolo.experiments.layout import (
    Layout,
    Position,
    ReadLayout,
    read_layout,
    write_layout,
)
from studiolo.files.leftovers import leftovers_in, remove_leftover
from studiolo.modules.catalogue import Catalogue
from studiolo.modules.declaration import read_script_parameters
from studiolo.modules.definition import PortKind
from studiolo.modules.script import Script, read_script
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.runs.history.experiment_result import ExperimentResult, NodeResult
from studiolo.runs.planning.plan import Plan
from studiolo.runs.planning.selection import Selection
from studiolo.runs.scripts.environment_choice import AUTO
from studiolo.runs.scripts.script_check import check_scripts
from studiolo.store.locks import EditLock
from studiolo.store.run_record import Session
from studiolo.workspace.datasets.datasets import WorkspaceDatasets
from studiolo.workspace.datasets.uploads import UploadedDataset, Uploads, UploadSource
from studiolo.workspace.environments.workspace_environments import WorkspaceEnvironments
from studiolo.workspace.experiments.checked_experiment import CheckedExperiment
from studiolo.workspace.experiments.experiment_folders import (
    ExperimentFolders,
    script_revisions,
)
from studiolo.workspace.experiments.overrides import with_parameters
from studiolo.workspace.experiments.runner import WorkspaceRunner
from studiolo.workspace.folder import settings
from studiolo.workspace.folder.history import RunHistory
from studiolo.workspace.folder.root import DATASETS, MODULES, environments_in, find_root
from studiolo.workspace.folder.state_folder import StateFolder
from studiolo.workspace.saved.saved_objects import SavedObjects, SavedVersion
from studiolo.workspace.saved.saving import Saving, environment_here

if TYPE_CHECKING:
    from studiolo.runs.engines.engine import Engine
    from studiolo.runs.experiments.progress import Observer
    from studiolo.runs.experiments.running import RunningExperiment
    from studiolo.sandbox.process.launcher import Launcher
    from studiolo.workspace.drafts.draft import Draft
    from studiolo.workspace.jobs.batch_jobs import BatchJobs
    from studiolo.workspace.sandboxes.sandbox_factory import LocalSandboxFactory
    from studiolo.workspace.services.workspace_services import WorkspaceServices

#: Seconds between two looks at whether a run is to be cancelled.
_PAUSE = 0.05

#: The file that has the token of the metrics, in the server's folder.
METRICS_FILE = "metrics-token"


class Workspace:
    """An open workspace. Close it, or use it as a context manager: its sandboxes end with it."""

    def __init__(
        self, root: Path, *, engine: "Engine | None" = None, launcher: "Launcher | None" = None
    ) -> None:
        """Open the workspace in this folder; `open_workspace` finds it from anywhere in it.

        Args:
            root: The folder.
            engine: What carries out the steps of its runs; sandboxes of this machine if not given.
                It is closed with the workspace.
            launcher: An interpreter that was started beforehand, for the first request to one of
                its services; it is used if it fits.

        Raises:
            WorkspaceSettingsError: Its `studiolo.toml` can't be read.
        """
        self.root = root
        self.settings = settings.read_settings(root / settings.FILE_NAME)
        self._state = StateFolder(root, self.settings.database)
        self._launcher = launcher
        #: The dataset files.
        self.datasets = WorkspaceDatasets(root / DATASETS, self._state)
        #: The saved models and transforms.
        self.saved = SavedObjects(root)
        #: The environments that its nodes can name.
        self.environments = WorkspaceEnvironments(environments_in(root, self.settings))
        #: The runs that it remembers.
        self.runs = RunHistory(self._state)
        self._folders = ExperimentFolders(root)
        self._runner = WorkspaceRunner(
            root,
            self.settings,
            state=self._state,
            datasets=self.datasets,
            saved=self.saved,
            environments=self.environments.named,
            catalogue=lambda: self.catalogue,
            engine=engine,
        )
        # Those of uploads, which can be large. `studiolo clean` removes all kinds.
        for file in leftovers_in(self.datasets.folder):
            remove_leftover(file)

    @functools.cached_property
    def services(self) -> "WorkspaceServices":
        """Its web services."""
        # Here and not above: most commands have nothing to do with services.
        from studiolo.workspace.services.publishing import PublisherParts  # noqa: PLC0415
        from studiolo.workspace.services.workspace_services import (  # noqa: PLC0415
            WorkspaceServices,
        )

        parts = PublisherParts(
            run=lambda experiment, observer: self.run(experiment, observer=observer),
            plan=self.plan,
            in_use=self.runs.in_use,
            datasets=self.datasets,
            blobs=self._state.blobs,
            records=self._state.records,
            saved=self.saved,
            sandbox_factory=lambda: self._service_sandboxes(RunSettings()),
        )
        return WorkspaceServices(
            parts,
            self._service_sandboxes,
            batch_folder=self._state.path / "batches",
        )

    def _service_sandboxes(self, settings: RunSettings) -> "LocalSandboxFactory":
        # Likewise.
        from studiolo.workspace.sandboxes.sandbox_factory import (  # noqa: PLC0415
            LocalSandboxFactory,
        )

        launcher, self._launcher = self._launcher, None
        # A version keeps its packages, and not where they come from.
        return LocalSandboxFactory(
            self._runner.settings(settings),
            launcher=launcher,
            environments=self.environments.named,
        )

    @property
    def batch_jobs(self) -> "BatchJobs":
        """The batch jobs of its web services."""
        # Likewise.
        from studiolo.workspace.jobs.batch_jobs import BatchJobs  # noqa: PLC0415

        return BatchJobs(
            self._state.records().jobs, self.server_folder, blob_hosts=self.settings.blob_hosts
        )

    @property
    def server_folder(self) -> Path:
        """The folder of the server's own files; made by the server."""
        return self._state.path / "server"

    @property
    def metrics_token(self) -> str | None:
        """The token that opens the metrics of its server; None if it was never served."""
        try:
            return (self.server_folder / METRICS_FILE).read_text(encoding="ascii").strip()
        except OSError:
            return None

    @property
    def memory_limit(self) -> int:
        """The bytes of memory that a run may take if it asks for no others."""
        return self._service_sandboxes(RunSettings()).limits.memory

    @property
    def run_settings(self) -> RunSettings:
        """The settings of a run that asks for no others."""
        return self._runner.settings()

    @property
    def dataset_folder(self) -> Path:
        """The folder of the dataset files."""
        return self.datasets.folder

    @property
    def catalogue(self) -> Catalogue:
        """The modules that nodes can name, as their files are now."""
        return Catalogue(self.root / MODULES)

    @property
    def experiments(self) -> Sequence[Path]:
        """The folders of its experiments, by name."""
        return self._folders.all

    def experiment(self, path: Path | str) -> Experiment:
        """Read an experiment, given by its folder, its file, or its name in `experiments`.

        Raises:
            ExperimentMissingError: It does not exist.
            ExperimentFileError: Its file does not follow the format; has what `check` finds, too.
        """
        try:
            return self._folders.read(path)
        except ExperimentFileError as error:
            raise findings_behind(error, self.check) from error

    def new_experiment(
        self, name: str, *, title: str = "", description: str = "", replace: bool = False
    ) -> "Draft":
        """A draft of a new experiment, to be written in Python.

        Args:
            name: The name of its folder in `experiments`.
            title: The name that people see; the folder's name if not given.
            description: A sentence or more for people who look at it.
            replace: Whether to overwrite an experiment of that name, and the scripts
                that it names, once it is saved.

        Raises:
            ExperimentNameError: No folder can be called so.
            ExperimentExistsError: It exists, and is not to be replaced.
            ExperimentFileError: The one to be replaced can't be read: someone is editing it.
        """
        folder = self.experiment_folder(name)
        fresh = Experiment(name=title or name, description=description, nodes={}, folder=folder)
        saved = self._folders.to_replace(name, replace=replace)
        replaced = None if saved is None else script_revisions(saved)
        # Likewise.
        from studiolo.workspace.drafts.draft import Draft  # noqa: PLC0415

        return Draft(self, fresh, saved=saved, replaced=replaced)

    def draft(self, path: Path | str) -> "Draft":
        """A draft of an existing experiment, to be changed in Python; see `experiment`."""
        # Likewise.
        from studiolo.workspace.drafts.draft import Draft  # noqa: PLC0415

        experiment = self.experiment(path)
        return Draft(self, experiment, saved=experiment)

    def upload(
        self,
        name: str,
        source: UploadSource,
        *,
        replace: bool = False,
        limit: int | None = None,
        size: int | None = None,
    ) -> UploadedDataset:
        """Make a dataset file of bytes that arrive piece by piece; see `Uploads.receive`."""
        uploads = Uploads(self.datasets, self.editing)
        return uploads.receive(name, source, replace=replace, limit=limit, size=size)

    def editing(self) -> EditLock:
        """A lock for replacing an experiment's file, from looking at it to replacing it.

        Raises:
            RecordsBusyError: Another process takes too long.
            RecordsReadOnlyError: The workspace can't be written.
        """
        return EditLock.take(self._state.path)

    def experiment_folder(self, name: str) -> Path:
        """The folder of an experiment of that name, whether or not it exists.

        Raises:
            ExperimentNameError: No folder can be called so.
        """
        return self._folders.folder(name)

    def check(
        self, experiment: Experiment, *, read_script: Callable[[Path], Script] = read_script
    ) -> Sequence[Finding]:
        """The mistakes in the experiment, found without running it.

        Warnings keep nothing from running, such as one about a layout that can't be read.
        """
        found = check_experiment(
            experiment,
            self.catalogue,
            datasets=self.datasets.kind,
            reading=self.datasets.check_reading,
            files=self.datasets.check_file,
            read_script=read_script,
            script_parameters=read_script_parameters,
            saved=lambda saved, version: self.saved.notes(saved, version, environment_here()),
            dataset_names=self.datasets.names,
            environments=[*self.environments.named.names(), AUTO],
        )
        return [*found, *read_layout(experiment.folder).findings]

    def layout(self, experiment: Experiment) -> ReadLayout:
        """The positions of the experiment's nodes on the canvas, and the mistakes in their file."""
        return read_layout(experiment.folder)

    def arrange(self, experiment: Experiment, positions: Mapping[NodeName, Position]) -> Layout:
        """Move nodes on the canvas; those that are not named stay where they are.

        This does not change the experiment and has no conflicts: if two people move a node, the
        last one decides.

        Returns:
            The new layout.

        Raises:
            LayoutFileError: The existing file has mistakes, and is not replaced.
            ExperimentUnwritableError, StoreError: It can't be written.
        """
        with self.editing():
            layout = read_layout(experiment.folder).layout.moved(positions)
            write_layout(layout, experiment.folder, nodes=list(experiment.nodes))
            return read_layout(experiment.folder).layout

    def checked(
        self, path: Path | str, parameters: Mapping[tuple[str, str], str] | None = None
    ) -> CheckedExperiment:
        """Read an experiment, and check it with these parameters instead of its own.

        Args:
            path: Its folder, its file, or its name in `experiments`.
            parameters: Values as text, by node and parameter.

        Raises:
            ExperimentMissingError, ExperimentFileError: It can't be read; see `experiment`.
            NodeUnknownError: There is no such node.
            ParameterValueError: A parameter can't have the value.
        """
        read = self.experiment(path)
        experiment = with_parameters(read, parameters or {}, self.catalogue)
        return CheckedExperiment(experiment=experiment, findings=self.check(experiment))

    def retired_calls(self, experiment: Experiment) -> Sequence[Finding]:
        """The calls in its scripts and bundles that today's libraries need changed."""
        return check_scripts(experiment, self.datasets.folder)

    def plan(
        self, experiment: Experiment | CheckedExperiment, selection: Selection | None = None
    ) -> Plan:
        """The steps that a run would have, whether or not their results are kept.

        Draws of earlier runs are in it; draws that the run would make are not.

        Raises:
            ExperimentFileError: It has mistakes that `check` finds.
        """
        sound = self._without_mistakes(experiment)
        return self._runner.runner().plan(sound, selection)

    def run(
        self,
        experiment: Experiment | CheckedExperiment,
        *,
        selection: Selection | None = None,
        settings: RunSettings | None = None,
        observer: "Observer | None" = None,
        cancelled: threading.Event | None = None,
        prepares: Session | None = None,
    ) -> ExperimentResult:
        """Run an experiment, or a part of it, and wait for its end.

        Ctrl-C, or setting ``cancelled``, ends it early; what had ended by then is recorded. See
        `start` for the other arguments.

        Raises:
            ExperimentFileError: It has mistakes that `check` finds.
            StudioloError: It could not be begun or continued.
        """
        running = self.start(
            experiment,
            selection=selection,
            settings=settings,
            observer=observer,
            prepares=prepares,
        )
        pause = None if cancelled is None else _PAUSE
        while True:
            try:
                if running.wait(pause) is not None:
                    return self.result(running.id)
                if cancelled is not None and cancelled.is_set():
                    running.cancel()
                    pause = None
            except KeyboardInterrupt:
                running.cancel()

    def start(
        self,
        experiment: Experiment | CheckedExperiment,
        *,
        selection: Selection | None = None,
        settings: RunSettings | None = None,
        observer: "Observer | None" = None,
        prepares: Session | None = None,
    ) -> "RunningExperiment":
        """Begin to run an experiment, or a part of it, and return at once.

        Args:
            experiment: What to run. One that is checked already is not checked again.
            selection: Which of its nodes to run; by default all that have no kept result.
            settings: The isolation, and limits that come before those of `studiolo.toml`. A node's
                own come before both.
            observer: Gets the run's events; the handle's ``events`` has the same.
            prepares: The console or debugger of a node that the run is for; the history says so.

        Raises:
            ExperimentFileError: It has mistakes that `check` finds.
        """
        sound = self._without_mistakes(experiment)
        return self._runner.runner().start(
            sound,
            selection=selection,
            settings=self._runner.settings(settings),
            observer=observer,
            prepares=prepares,
        )

    def result(self, run: str) -> ExperimentResult:
        """The record of a run, by its id or the beginning of it.

        Raises:
            RunUnknownError: There is no such run.
            RunAmbiguousError: There are several.
        """
        return self.runs.result(run)

    def save_model(self, node: NodeResult, *, name: str, port: str | None = None) -> SavedVersion:
        """Keep the trained model of a node that has run, as the newest version of its name.

        Nothing is written if the newest version is the same model. Experiments use it in a node
        `{trained_model: NAME}`.

        Args:
            node: The result of the node, such as ``run["train"]``.
            name: The model's name, and that of its folder in the workspace's `models`.
            port: The output; by default the first that is a model.

        Raises:
            NothingToSaveError: The node did not succeed, or has no trained model there.
            SavedNameError: The name is not possible.
            WorkspaceUnwritableError: It can't be written; nothing of it is there.
            BlobMissingError, BlobRottenError: The node's result is not what was kept.
        """
        return self._save(node, SavedName(PortKind.MODEL, name), port)

    def save_transform(
        self, node: NodeResult, *, name: str, port: str | None = None
    ) -> SavedVersion:
        """Keep a node's transform, as `save_model` does, in the folder `transforms`."""
        return self._save(node, SavedName(PortKind.TRANSFORM, name), port)

    def _save(self, node: NodeResult, saved: SavedName, port: str | None) -> SavedVersion:
        with self.runs.in_use():
            saving = Saving(self.saved, self._state.records(), self.catalogue)
            return saving.save(node, saved, port=port)

    def close(self) -> None:
        """Cancel its runs, end its sandboxes and close its records."""
        self._runner.close()
        self._state.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _without_mistakes(self, experiment: Experiment | CheckedExperiment) -> Experiment:
        if isinstance(experiment, Experiment):
            experiment = CheckedExperiment(experiment=experiment, findings=self.check(experiment))
        if experiment.mistakes:
            raise ExperimentFileError(experiment.mistakes)
        return experiment.experiment


def open_workspace(path: Path | str = ".", *, launcher: "Launcher | None" = None) -> Workspace:
    """Open the workspace that a path is, or is in; see `Workspace` for the launcher.

    Raises:
        WorkspaceMissingError: It is not in one.
        WorkspaceSettingsError: Its `studiolo.toml` can't be read.
    """
    return Workspace(find_root(Path(path)), launcher=launcher)
