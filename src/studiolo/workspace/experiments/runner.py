"""The runner of a workspace's experiments, wired together when it is first needed."""

import functools
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from studiolo.environments.named.named_environments import NamedEnvironments
from studiolo.environments.named.script_environments import ScriptEnvironments
from studiolo.modules.catalogue import Catalogue
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.runs.experiments.sources import DatasetSources
from studiolo.workspace.datasets.datasets import WorkspaceDatasets
from studiolo.workspace.folder.settings import WorkspaceSettings
from studiolo.workspace.folder.state_folder import StateFolder
from studiolo.workspace.saved.saved_objects import SavedObjects

if TYPE_CHECKING:
    from studiolo.runs.engines.engine import Engine
    from studiolo.runs.experiments.experiment_runner import ExperimentRunner, WorkspaceParts


class WorkspaceRunner:
    """Runs with the limits of a workspace. For any number of threads; close it."""

    def __init__(
        self,
        root: Path,
        settings: WorkspaceSettings,
        *,
        state: StateFolder,
        datasets: WorkspaceDatasets,
        saved: SavedObjects,
        environments: NamedEnvironments,
        catalogue: Callable[[], Catalogue],
        engine: "Engine | None",
    ) -> None:
        """Start nothing yet.

        Args:
            root: The workspace's folder.
            settings: Its settings.
            state: Its records and blobs.
            datasets: Its dataset files.
            saved: Its saved models and transforms.
            environments: Its named environments.
            catalogue: Looks at its modules as their files are now.
            engine: What carries out steps; sandboxes of this machine if not given. It is closed
                with this.
        """
        self._root = root
        self._usual = settings
        self._state = state
        self._datasets = datasets
        self._saved = saved
        self._environments = ScriptEnvironments(environments)
        self._catalogue = catalogue
        self._lock = threading.RLock()
        self._engine = engine
        self._runner: ExperimentRunner | None = None

    def settings(self, asked: RunSettings | None = None) -> RunSettings:
        """The settings of a run that asks for these: `studiolo.toml` says the rest."""
        asked = asked or RunSettings()
        return replace(
            asked,
            timeout=asked.timeout or self._usual.timeout,
            memory=asked.memory or self._usual.memory,
            cpus=asked.cpus or self._usual.cpus,
        )

    def runner(self) -> "ExperimentRunner":
        """The runner of experiments.

        Raises:
            StoreError: The records can't be opened.
        """
        # Here and not above: who looks at runs needs nothing that carries them out.
        from studiolo.runs.engines.local_engine import LocalEngine  # noqa: PLC0415
        from studiolo.runs.experiments.experiment_runner import (  # noqa: PLC0415
            ExperimentRunner,
        )
        from studiolo.workspace.sandboxes.sandbox_factory import (  # noqa: PLC0415
            LocalSandboxFactory,
        )

        with self._lock:
            if self._runner is None:
                self._engine = self._engine or LocalEngine(
                    functools.cache(LocalSandboxFactory),
                    secrets=_secrets,
                    idle_memory=self._usual.idle_memory,
                )
                self._runner = ExperimentRunner(self._parts(), self._engine, self._environments)
            return self._runner

    def close(self) -> None:
        """Cancel the runs, and end the sandboxes."""
        if self._runner is not None:
            self._runner.close()
        with self._lock:
            engine, self._engine, self._runner = self._engine, None, None
        if engine is not None:
            engine.close()

    def _parts(self) -> "WorkspaceParts":
        # Likewise.
        from studiolo.runs.experiments.dataset_files import DatasetFileWriter  # noqa: PLC0415
        from studiolo.runs.experiments.experiment_runner import WorkspaceParts  # noqa: PLC0415

        datasets = self._datasets
        return WorkspaceParts(
            root=self._root,
            store=self._state.path,
            records=self._state.records(),
            blobs=self._state.blobs,
            modules=self._catalogue,
            datasets=datasets,
            saved=self._saved,
            sources=DatasetSources(
                read=datasets.read,
                saved=self._saved.read,
                unpacked=datasets.unpacked,
                files=datasets.files,
            ),
            file_writer=DatasetFileWriter(datasets.folder),
            allow=self._usual.allow,
        )


def _secrets(names: Collection[str]) -> Mapping[str, str]:
    """The secrets of this user, as they are kept when a node needs them."""
    # Likewise: what decrypts them takes long to load.
    from studiolo.workspace.sandboxes.secret_store import SecretStore  # noqa: PLC0415

    return SecretStore().values(names)
