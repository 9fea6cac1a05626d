"""The factory of environments and sandboxes, as those who run scripts and steps need it."""

from collections.abc import Collection
from typing import Protocol

from studiolo.environments.environment import Environment
from studiolo.environments.progress import ProgressCallback
from studiolo.modules.script_metadata import ScriptMetadata
from studiolo.sandbox.policy.policy import Limits
from studiolo.sandbox.sandbox import Sandbox


class SandboxFactory(Protocol):
    """Makes environments and sandboxes, all with the same settings."""

    @property
    def limits(self) -> Limits:
        """The limits of a run that asks for no others."""

    @property
    def slow_imports(self) -> Collection[str]:
        """Modules that take long to import, and that many scripts import."""

    def environment_for(
        self, metadata: ScriptMetadata, *, progress: ProgressCallback | None = None
    ) -> Environment:
        """The environment of a script, built if need be."""

    def sandbox_for(
        self,
        environment: Environment,
        *,
        preload: Collection[str] | None = None,
        warm: int | None = None,
        many: bool = False,
    ) -> Sandbox:
        """A new sandbox with that environment, which the caller closes.

        Args:
            environment: What its runs find installed.
            preload: Modules to import beforehand; what scripts are likely to import if not given.
            warm: How many processes are to wait for a run; what the settings say if not given.
            many: Prepare it for many runs even if no process is to wait.
        """
