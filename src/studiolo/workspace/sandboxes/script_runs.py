"""Scripts run by themselves, and attempts to break out of a sandbox."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studiolo.environments.environment import default_spec
from studiolo.environments.named.script_environments import ScriptEnvironments
from studiolo.environments.progress import ProgressCallback
from studiolo.environments.request import EnvironmentRequest
from studiolo.modules.script import Script
from studiolo.modules.script_metadata import ScriptMetadata
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.runs.scripts.script_result import ScriptResult
from studiolo.runs.scripts.script_runner import ScriptRunner
from studiolo.sandbox.canary import LIBRARY, Attempt, try_layers
from studiolo.sandbox.policy.isolation import Isolation, IsolationReport
from studiolo.sandbox.process.launcher import Launcher
from studiolo.workspace.folder.root import environments_of
from studiolo.workspace.sandboxes.sandbox_factory import LocalSandboxFactory
from studiolo.workspace.sandboxes.secret_store import SecretStore

if TYPE_CHECKING:
    from studiolo.runs.scripts.script_runner import DatasetSource


class EnvironmentsAround:
    """The environments of scripts by themselves: named ones are those of the workspace around."""

    def request(self, metadata: ScriptMetadata, *, script: Path | None) -> EnvironmentRequest:
        """The environment that a script asks for; see `ScriptEnvironments`."""
        return _around(script).request(metadata, script=script)

    def locked(
        self,
        metadata: ScriptMetadata,
        *,
        script: Path | None,
        progress: ProgressCallback | None = None,
    ) -> EnvironmentRequest:
        """The same for a script that is about to run; see `ScriptEnvironments`."""
        return _around(script).locked(metadata, script=script, progress=progress)


def _around(script: Path | None) -> ScriptEnvironments:
    return ScriptEnvironments(environments_of(script or Path()))


def open_runner(
    settings: RunSettings | None = None, *, progress: ProgressCallback | None = None
) -> ScriptRunner:
    """A runner whose sandbox stays warm: use it as a context manager for many runs."""
    chosen = settings or RunSettings(warm=2)
    return ScriptRunner(LocalSandboxFactory(chosen, progress=progress), EnvironmentsAround())


def run_script(
    script: Path | str | Script,
    *,
    dataset1: "DatasetSource | None" = None,
    dataset2: "DatasetSource | None" = None,
    script_bundle: Path | str | None = None,
    settings: RunSettings | None = None,
    environment: str | None = None,
    progress: ProgressCallback | None = None,
    on_console: Callable[[str], None] | None = None,
    launcher: Launcher | None = None,
    secrets: Sequence[str] = (),
    **options: Any,
) -> ScriptResult:
    """Run one script in a sandbox of its own; see `ScriptRunner.run` for the arguments.

    ``environment`` is the name of a built-in one, or of one of the workspace that the script is in.
    ``launcher`` is an interpreter that was started beforehand, to save the wait for it; it is used
    if it fits. ``secrets`` are names of those that this user keeps.

    Raises:
        SecretMissingError: There is no secret of that name.
    """
    values = SecretStore().values(secrets)
    factory = LocalSandboxFactory(settings or RunSettings(), progress=progress, launcher=launcher)
    with ScriptRunner(factory, EnvironmentsAround()) as runner:
        return runner.run(
            script,
            dataset1=dataset1,
            dataset2=dataset2,
            script_bundle=script_bundle,
            environment=environment,
            on_console=on_console,
            secrets=values,
            **options,
        )


def try_isolation(
    isolation: Isolation, *, progress: ProgressCallback | None = None
) -> tuple[IsolationReport, list[Attempt]]:
    """The layers that a sandbox gets here; what a script and a library meet that try to get out."""
    factory = LocalSandboxFactory(RunSettings(isolation=isolation), progress=progress)
    environment = factory.environment_for(EnvironmentRequest(base=default_spec()))
    with factory.sandbox_for(environment, preload=[LIBRARY]) as sandbox:
        return sandbox.isolation, try_layers(sandbox, factory.policy.limits)
