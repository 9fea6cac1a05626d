"""Making, locking and removing the environments of a workspace."""

from collections.abc import Sequence

from studiolo.environments.building.build import building_errors
from studiolo.environments.building.resolving import resolve
from studiolo.environments.environment import DEFAULT, Environment, packaged_spec
from studiolo.environments.errors import (
    EnvironmentBuiltInError,
    EnvironmentExistsError,
    EnvironmentNameError,
    EnvironmentUnknownError,
)
from studiolo.environments.lock_file import LockFile
from studiolo.environments.named.built_in import NAMES
from studiolo.environments.named.definition import (
    EnvironmentDefinition,
    checked_name,
    checked_python,
)
from studiolo.environments.named.lock_changes import LockChanges, earlier_lock
from studiolo.environments.named.named_environments import (
    DEFINITION,
    LOCK,
    NamedEnvironments,
)
from studiolo.environments.progress import ProgressCallback
from studiolo.environments.request import EnvironmentRequest
from studiolo.environments.requirements import checked
from studiolo.environments.script_environment import environment_for

#: Names that mean something else: what a script's source says, and environments without a name.
_RESERVED = ("auto", "script")


def create_environment(
    named: NamedEnvironments,
    name: str,
    *,
    packages: Sequence[str],
    python: str | None = None,
    progress: ProgressCallback | None = None,
) -> Environment:
    """Resolve, lock and build a new environment of the workspace.

    Its files are written once its packages are resolved, so that a mistake leaves none.

    Args:
        named: The workspace's environments.
        name: Its name.
        packages: What it has besides the packages of the default environment.
        python: Its Python, "3.12"; Studiolo's own if not given.
        progress: Told how far it is.

    Raises:
        EnvironmentNameError, EnvironmentExistsError: It can't have that name.
        DependencyRefusedError, PythonVersionError: It can't have such packages or such a Python.
        PythonMissingError: This machine does not have its Python.
        EnvironmentBuildError: The packages can't be had; a subclass says why.
    """
    assert named.folder is not None
    if checked_name(name) in (*NAMES, *_RESERVED):
        raise EnvironmentNameError(name=name, reason="Studiolo uses that name itself.")
    if name in named.names():
        raise EnvironmentExistsError(name=name)
    definition = EnvironmentDefinition(
        packages=tuple(checked(packages)),
        python=None if python is None else checked_python(python),
    )
    lock = _resolved(named, name, definition, progress)
    with building_errors(name, named.folder):
        named.folder.mkdir(exist_ok=True)
        # The lock first: without its definition it is nothing.
        _write(lock, named, name)
        definition.write(named.folder / f"{name}{DEFINITION}")
    return build_named(named, name, progress=progress)


def lock_environment(
    named: NamedEnvironments, name: str, *, progress: ProgressCallback | None = None
) -> LockChanges:
    """Lock the newest versions that an environment's definition allows.

    Raises:
        EnvironmentUnknownError: The workspace has none of that name.
        EnvironmentFileError: Its file can't be read.
        EnvironmentBuildError: The packages can't be had; a subclass says why.
    """
    definition = named.definition(name)
    assert named.folder is not None
    before = earlier_lock(named.folder / f"{name}{LOCK}")
    lock = _resolved(named, name, definition, progress)
    with building_errors(name, named.folder):
        _write(lock, named, name)
    return LockChanges.between(before, lock.packages)


def build_named(
    named: NamedEnvironments, name: str, *, progress: ProgressCallback | None = None
) -> Environment:
    """The environment of that name, built if need be.

    Raises:
        StudioloError: It can't be had; see `NamedEnvironments.spec`.
    """
    request = EnvironmentRequest(base=named.spec(name), sources=named.sources, disk=named.disk)
    return environment_for(request, progress=progress, home=named.home)


def remove_environment(named: NamedEnvironments, name: str) -> None:
    """Remove the files of an environment. What was built stays until it is pruned.

    Raises:
        EnvironmentBuiltInError: It is a built-in one.
        EnvironmentUnknownError: The workspace has none of that name.
    """
    if name in NAMES:
        raise EnvironmentBuiltInError(name=name)
    if named.folder is None or name not in named.names():
        raise EnvironmentUnknownError(name=name, known=named.names())
    with building_errors(name, named.folder):
        (named.folder / f"{name}{DEFINITION}").unlink(missing_ok=True)
        (named.folder / f"{name}{LOCK}").unlink(missing_ok=True)


def _resolved(
    named: NamedEnvironments,
    name: str,
    definition: EnvironmentDefinition,
    progress: ProgressCallback | None,
) -> LockFile:
    interpreter = named.interpreter(name, definition)
    packages = resolve(
        packaged_spec(DEFAULT, interpreter),
        definition.packages,
        name=name,
        home=named.home,
        sources=named.sources,
        progress=progress,
    )
    return LockFile(
        base=DEFAULT,
        python=".".join(map(str, interpreter.version[:2])),
        requirements=definition.packages,
        packages=packages,
    )


def _write(lock: LockFile, named: NamedEnvironments, name: str) -> None:
    assert named.folder is not None
    renewed_by = f"studiolo environment lock {name}"
    lock.write(named.folder / f"{name}{LOCK}", renewed_by=renewed_by)
