"""Environments and sandboxes of this machine, wired together with the policy."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from studiolo.environments.environment import Environment
from studiolo.environments.named.named_environments import NamedEnvironments
from studiolo.environments.progress import ProgressCallback
from studiolo.environments.request import EnvironmentRequest
from studiolo.environments.script_environment import environment_for
from studiolo.experiments.allowance import Allowance
from studiolo.runs.engines.font_list import make_font_list
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.sandbox.exchange.program import Program
from studiolo.sandbox.policy.policy import Limits, Policy, load_policy
from studiolo.sandbox.process.launcher import Launcher
from studiolo.sandbox.sandbox import Sandbox
from studiolo.workspace.sandboxes.head_start import script_interpreter
from studiolo.workspace.sandboxes.secret_store import SecretStore

#: Libraries that nearly every script of the classic studio's time uses.
_USUAL = {"pandas", "pyarrow", "scipy", "matplotlib", "sklearn"}
#: Modules that take long to import, and that scripts of the classic studio import most.
SLOW_IMPORTS = (
    "pandas.plotting",
    "pyarrow.parquet",
    "scipy.stats",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "sklearn.cluster",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "seaborn",
    "statsmodels.api",
)
#: What a sandbox that is kept warm imports before the first run, whatever scripts will come. A
#: sandbox for a single run imports pandas, which the contract itself needs.
WARM_IMPORTS = ("pandas", *(name for name in SLOW_IMPORTS if name.partition(".")[0] in _USUAL))


class LocalSandboxFactory:
    """Environments and sandboxes of this machine."""

    def __init__(
        self,
        settings: RunSettings,
        *,
        policy: Policy | None = None,
        progress: ProgressCallback | None = None,
        launcher: Launcher | None = None,
        environments: NamedEnvironments | None = None,
    ) -> None:
        """``environments`` say where packages come from that requests do not say it of."""
        base = policy or load_policy()
        self.policy = replace(base, limits=_limits(base.limits, settings))
        self._settings = settings
        self.progress = progress
        self._launcher = launcher
        self._environments = environments

    def environment_for(
        self,
        request: EnvironmentRequest,
        *,
        progress: ProgressCallback | None = None,
    ) -> Environment:
        """The environment of a script, built if need be."""
        if self._environments is not None:
            named = self._environments
            request = replace(request, sources=named.sources, disk=named.disk)
        environment = environment_for(request, progress=progress or self.progress)
        drawing = environment.started_from or environment
        if drawing.font_list is None and drawing.has_package("matplotlib"):
            with self._sandbox(drawing, warm=0, many=False, allow=()) as sandbox:
                make_font_list(drawing, sandbox)
        return environment

    def sandbox_for(
        self,
        environment: Environment,
        *,
        preload: Collection[str] | None = None,
        warm: int | None = None,
        many: bool = False,
        shown: Collection[Path] = (),
        base: Sandbox | None = None,
    ) -> Sandbox:
        """A new sandbox with that environment.

        Args:
            environment: What its runs find installed.
            preload: Modules to import beforehand; what scripts are likely to import if not given.
            warm: How many processes to keep waiting; if not given, as many as the settings say.
            many: Prepare it for many runs even if no process is kept waiting.
            shown: Folders that its runs can read, beside those of every run.
            base: A sandbox with `Environment.started_from`, which is closed after this one.
        """
        ready = self._settings.warm if warm is None else warm
        return self._sandbox(
            environment,
            warm=ready,
            many=many or ready > 0,
            preload=preload,
            shown=shown,
            base=base,
        )

    def program_sandbox(
        self,
        environment: Environment,
        program: Program,
        *,
        warm: int,
        several_calls: bool,
        allow: Sequence[Allowance],
    ) -> Sandbox:
        """A new sandbox with that environment, which serves calls of a program.

        Args:
            environment: What its calls find installed.
            program: What they are calls of.
            warm: How many processes to keep waiting.
            several_calls: Whether a process serves one call after another; not with ``allow``.
            allow: Targets in the network that its calls may reach.

        Raises:
            ProgramTooWideError: The program has too many constants.
        """
        return self._sandbox(
            environment,
            warm=warm,
            many=True,
            preload=(),
            program=program,
            several_calls=several_calls,
            allow=allow,
        )

    def secrets(self, names: Collection[str]) -> Mapping[str, str]:
        """The secrets of this user that have these names.

        Raises:
            SecretMissingError: One of them is not there.
            SecretsUnreadableError: They can't be read.
        """
        return SecretStore().values(names)

    @property
    def limits(self) -> Limits:
        """Those of a run that asks for no others."""
        return self.policy.limits

    @property
    def slow_imports(self) -> Collection[str]:
        """Modules that take long to import."""
        return SLOW_IMPORTS

    def _sandbox(
        self,
        environment: Environment,
        *,
        warm: int,
        many: bool,
        preload: Collection[str] | None = None,
        program: Program | None = None,
        several_calls: bool = False,
        allow: Sequence[Allowance] | None = None,
        shown: Collection[Path] = (),
        base: Sandbox | None = None,
    ) -> Sandbox:
        if preload is None:
            preload = WARM_IMPORTS if many else ()
        interpreter = script_interpreter(environment, tuple(preload))
        if shown:
            directories = [*interpreter.directories, *shown]
            interpreter = replace(interpreter, directories=directories)
        # The first sandbox gets the interpreter that was started beforehand.
        launcher = None
        if base is None:
            launcher, self._launcher = self._launcher, None
        return Sandbox(
            self.policy,
            interpreter,
            isolation_asked=self._settings.isolation,
            warm=warm,
            many=many,
            withheld=self._settings.withheld,
            launcher=launcher,
            program=program,
            several_calls=several_calls,
            allow=self._settings.allow if allow is None else allow,
            base=base,
        )


def _limits(limits: Limits, settings: RunSettings) -> Limits:
    return replace(
        limits,
        timeout_seconds=settings.timeout or limits.timeout_seconds,
        memory=settings.memory or limits.memory,
        cpus=settings.cpus or limits.cpus,
    )
