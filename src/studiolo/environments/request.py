"""The environment that a script asks for, before it is known whether that can be had."""

from dataclasses import dataclass, field, replace

from studiolo.environments.data.kept_data import EnvironmentData
from studiolo.environments.environment import EnvironmentSpec, default_spec, digest
from studiolo.environments.package_sources import USUAL_SOURCES, PackageSources
from studiolo.errors import StudioloError
from studiolo.modules.script_metadata import ScriptMetadata


@dataclass(frozen=True, kw_only=True)
class EnvironmentRequest:
    """The environment that a script names, with the packages that it adds."""

    #: The named environment, or the default one.
    base: EnvironmentSpec
    #: Packages that the script asks for besides, as it writes them.
    dependencies: tuple[str, ...] = ()
    #: The Python versions that the script works with, such as ">=3.11"; None: any.
    requires_python: str | None = None
    #: Every package with its version and hashes, where that is known already.
    lock: str | None = None
    #: Where its packages come from.
    sources: PackageSources = USUAL_SOURCES
    #: Data that its libraries find.
    data: EnvironmentData | None = None
    #: Bytes that built environments may take on the disk; None: any number.
    disk: int | None = field(default=None, compare=False)
    #: Sentences for the log of a run.
    notes: tuple[str, ...] = field(default=(), compare=False)
    #: Why it can't be had, where that is known already.
    refused: StudioloError | None = None

    @classmethod
    def of(
        cls,
        metadata: ScriptMetadata,
        *,
        base: EnvironmentSpec | None = None,
        lock: str | None = None,
    ) -> "EnvironmentRequest":
        """The request in a script's block, in the default environment if no other is given."""
        return cls(
            base=base or default_spec(),
            dependencies=metadata.dependencies,
            requires_python=metadata.requires_python,
            lock=lock,
        )

    @property
    def bare(self) -> "EnvironmentRequest":
        """The request of a script that asks for the same environment and adds no packages."""
        return replace(self, dependencies=(), requires_python=None, lock=None, notes=())

    @property
    def identity(self) -> str:
        """The identity for recipes, found without resolving or building anything."""
        if self.refused is not None:
            return str(self.refused)
        data = "" if self.data is None else f" data {self.data.digest}"
        if self.lock is not None and self.lock != self.base.lock:
            return digest(self.base.interpreter.identity, self.lock) + data
        return " ".join([self.base.key, *sorted(self.dependencies)]) + data
