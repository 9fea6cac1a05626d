"""The factory of environments and sandboxes, as those who run scripts and steps need it."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from studiolo.environments.environment import Environment
from studiolo.environments.progress import ProgressCallback
from studiolo.environments.request import EnvironmentRequest
from studiolo.modules.script_metadata import ScriptMetadata
from studiolo.sandbox.policy.policy import Limits

if TYPE_CHECKING:
    # It takes long to load, and an experiment that is looked at needs none.
    from studiolo.sandbox.sandbox import Sandbox


class KnownEnvironments(Protocol):
    """Where a plan asks for environments."""

    def request(self, metadata: ScriptMetadata, *, script: Path | None) -> EnvironmentRequest:
        """The environment of a script, found without building it.

        Args:
            metadata: What the script's block says, or its node or experiment instead.
            script: The script's file, which its lock is beside.
        """


class Environments(KnownEnvironments, Protocol):
    """Where those who run scripts ask for environments."""

    def locked(
        self,
        metadata: ScriptMetadata,
        *,
        script: Path | None,
        progress: ProgressCallback | None = None,
    ) -> EnvironmentRequest:
        """The same for a script that is about to run: its packages are locked beside it."""


class SandboxFactory(Protocol):
    """Makes environments and sandboxes, all with the same settings."""

    @property
    def progress(self) -> ProgressCallback | None:
        """Told how far the building of an environment is, where nothing else is said."""

    @property
    def limits(self) -> Limits:
        """The limits of a run that asks for no others."""

    @property
    def slow_imports(self) -> Collection[str]:
        """Modules that take long to import, and that many scripts import."""

    def environment_for(
        self, request: EnvironmentRequest, *, progress: ProgressCallback | None = None
    ) -> Environment:
        """The environment of a script, built if need be."""

    def sandbox_for(
        self,
        environment: Environment,
        *,
        preload: Collection[str] | None = None,
        warm: int | None = None,
        many: bool = False,
        base: "Sandbox | None" = None,
    ) -> "Sandbox":
        """A new sandbox with that environment, which the caller closes.

        Args:
            environment: What its runs find installed.
            preload: Modules to import beforehand; what scripts are likely to import if not given.
            warm: How many processes are to wait for a run; what the settings say if not given.
            many: Prepare it for many runs even if no process is to wait.
            base: A sandbox with `Environment.started_from`, which is closed after this one.
        """
