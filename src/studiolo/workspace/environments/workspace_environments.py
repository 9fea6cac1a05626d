"""The environments that scripts of a workspace can name, and those that are built here."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from studiolo.environments.building.build import is_built
from studiolo.environments.data.kept_data import KeptData
from studiolo.environments.environment import Environment, EnvironmentSpec, environment_in
from studiolo.environments.named.built_in import NAMES
from studiolo.environments.named.changes import (
    build_named,
    create_environment,
    lock_environment,
    remove_environment,
)
from studiolo.environments.named.lock_changes import LockChanges
from studiolo.environments.named.named_environments import NamedEnvironments
from studiolo.environments.named.script_environments import lock_script
from studiolo.environments.named.script_lock import lock_path
from studiolo.environments.progress import ProgressCallback
from studiolo.environments.removal import KeptEnvironment, kept_environments, prune
from studiolo.errors import StudioloError
from studiolo.modules.script import read_script
from studiolo.modules.script_metadata import read_script_metadata

#: Seconds after which an environment that was not used is pruned, if nothing else is said.
UNUSED = 30 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class ListedEnvironment:
    """An environment that can be named, or that was built for a script."""

    #: None: it was built for the packages of a script.
    name: str | None
    built_in: bool
    #: "3.12"; None where that is not known.
    python: str | None
    #: The packages that were asked for, and all that it has, by name and version.
    requirements: Sequence[str]
    packages: Sequence[str]
    #: Its folder, its bytes on the disk and its last use, in seconds since the epoch; None if it is
    #: not built.
    path: Path | None
    size: int | None
    last_used: float | None
    #: Data of the workspace that its libraries find, such as "corpora/stopwords".
    data: Sequence[str] = ()
    #: Why it can't be used; None if it can.
    problem: str | None = None


class WorkspaceEnvironments:
    """The environments of a workspace, and what can be done with them."""

    def __init__(self, named: NamedEnvironments) -> None:
        #: Those that can be named.
        self.named = named

    def all(self) -> Sequence[ListedEnvironment]:
        """Those that can be named, and then those that were built for scripts."""
        kept = {one.path: one for one in kept_environments(self.named.home)}
        listed = [self._named(name, kept) for name in self.named.names()]
        taken = {one.path for one in listed}
        return [*listed, *(_unnamed(one) for path, one in kept.items() if path not in taken)]

    def find(self, name: str) -> ListedEnvironment:
        """The environment of that name.

        Raises:
            EnvironmentUnknownError: There is none.
        """
        self.named.known(name)
        kept = {one.path: one for one in kept_environments(self.named.home)}
        return self._named(name, kept)

    def create(
        self,
        name: str,
        *,
        packages: Sequence[str],
        python: str | None = None,
        progress: ProgressCallback | None = None,
    ) -> Environment:
        """Resolve, lock and build a new environment; see `create_environment`."""
        return create_environment(
            self.named, name, packages=packages, python=python, progress=progress
        )

    def build(self, name: str, *, progress: ProgressCallback | None = None) -> Environment:
        """The environment of that name, built if need be; see `build_named`."""
        return build_named(self.named, name, progress=progress)

    def lock(self, name: str, *, progress: ProgressCallback | None = None) -> LockChanges:
        """Lock the newest versions that an environment allows; see `lock_environment`."""
        return lock_environment(self.named, name, progress=progress)

    def lock_script(
        self,
        script: Path,
        *,
        environment: str | None = None,
        progress: ProgressCallback | None = None,
    ) -> tuple[Path, LockChanges]:
        """Lock the newest versions of what a script's block asks for, beside the script.

        Args:
            script: Its file.
            environment: The environment that it runs in; what its block says if not given.
            progress: Told how far it is.

        Returns:
            The lock's file, and what changed.

        Raises:
            ScriptError: It can't be read.
            ScriptAsksForNothingError: Its block names no packages.
            EnvironmentBuildError: The packages can't be had; a subclass says why.
        """
        metadata = read_script_metadata(read_script(script).source)
        changes = lock_script(
            self.named, script, metadata, environment=environment, progress=progress
        )
        return lock_path(script), changes

    def remove(self, name: str) -> None:
        """Remove an environment's files; see `remove_environment`."""
        remove_environment(self.named, name)

    def data(self) -> KeptData:
        """The data that libraries find in each of them."""
        assert self.named.folder is not None
        return KeptData(self.named.folder)

    def prune(
        self, *, keep: int | None = None, unused: float | None = None
    ) -> Sequence[KeptEnvironment]:
        """Remove built environments that were not used for long, or until the rest takes less.

        Each can be built again, with the same versions.

        Args:
            keep: The bytes that the rest may take.
            unused: Remove what was not used for so many seconds; `UNUSED` if nothing is given.
        """
        if unused is None and keep is None:
            unused = UNUSED
        since = None if unused is None else time.time() - unused
        return prune(self.named.home, keep=keep, unused_since=since)

    def _named(self, name: str, kept: Mapping[Path, KeptEnvironment]) -> ListedEnvironment:
        try:
            spec = self.named.spec(name)
        except StudioloError as error:
            return ListedEnvironment(
                name=name,
                built_in=name in NAMES,
                python=None,
                requirements=(),
                packages=(),
                path=None,
                size=None,
                last_used=None,
                problem=str(error),
            )
        environment = environment_in(self.named.home, spec)
        there = kept.get(environment.path) if is_built(environment) else None
        return ListedEnvironment(
            name=name,
            built_in=name in NAMES,
            python=".".join(map(str, spec.interpreter.version[:2])),
            requirements=self._requirements(name, spec),
            packages=_packages(environment) if there is not None else spec.packages,
            path=None if there is None else there.path,
            size=None if there is None else there.size,
            last_used=None if there is None else there.last_used,
            data=[] if self.named.folder is None else self.data().names(),
        )

    def _requirements(self, name: str, spec: EnvironmentSpec) -> Sequence[str]:
        return spec.requirements if name in NAMES else self.named.definition(name).packages


def _packages(environment: Environment) -> Sequence[str]:
    return [f"{package.name}=={package.version}" for package in environment.packages()]


def _unnamed(kept: KeptEnvironment) -> ListedEnvironment:
    return ListedEnvironment(
        name=None,
        built_in=False,
        python=None,
        requirements=(),
        packages=(),
        path=kept.path,
        size=kept.size,
        last_used=kept.last_used,
    )
