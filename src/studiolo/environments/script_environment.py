"""The environment that a script runs in, according to its request."""

import functools
from dataclasses import replace
from pathlib import Path

from studiolo.environments.building.build import build_environment, is_built
from studiolo.environments.building.resolving import resolve_once
from studiolo.environments.environment import (
    Environment,
    EnvironmentSpec,
    default_spec,
    environment_in,
    packages_in,
)
from studiolo.environments.errors import (
    PythonRangeError,
    PythonVersionUnsuitableError,
)
from studiolo.environments.interpreter import Interpreter
from studiolo.environments.location import environments_home
from studiolo.environments.progress import BuildPhase, BuildProgress, ProgressCallback
from studiolo.environments.removal import prune
from studiolo.environments.request import EnvironmentRequest
from studiolo.environments.requirements import checked, version_in_range

_ENVIRONMENT_NAME = "script"


def environment_for(
    request: EnvironmentRequest,
    *,
    progress: ProgressCallback | None = None,
    home: Path | None = None,
) -> Environment:
    """The environment of a script: the base one, or one of its own that adds its dependencies.

    Where the dependencies fit beside the packages of the base, those stay in their versions.

    Args:
        request: What the script asks for.
        progress: Told how far it is; not called if there is nothing to do.
        home: The folder of all environments, if not the usual one.

    Raises:
        StudioloError: What the request says; or as for `build_environment`.
        PythonVersionUnsuitableError: The script is for a different Python version.
        PythonRangeError: Its ``requires-python`` is not a range of versions.
        DependencyRefusedError: It names a dependency otherwise than by package and version.
    """
    if request.refused is not None:
        raise request.refused
    home = (home or environments_home()).absolute()
    built = False

    def told(step: BuildProgress) -> None:
        nonlocal built
        built = built or step.phase is BuildPhase.BUILT
        if progress is not None:
            progress(step)

    environment = replace(_environment(request, home, told), data=request.data)
    if built and request.disk is not None:
        # This process uses it, so that it stays.
        prune(home, keep=request.disk)
    return environment


def _environment(
    request: EnvironmentRequest, home: Path, progress: ProgressCallback
) -> Environment:
    base = request.base
    check_python(request.requires_python, base.interpreter)
    lock, name = request.lock, base.name
    if request.dependencies:
        name = _ENVIRONMENT_NAME
        added = checked(request.dependencies)
        lock = lock or resolve_once(
            base, added, name=name, home=home, sources=request.sources, progress=progress
        )
    like = build_environment(
        base, like=_built_default(base, home), sources=request.sources, progress=progress, home=home
    )
    if lock in (None, base.lock):
        return like
    spec = replace(base, name=name, lock=lock, chosen=False)
    environment = build_environment(
        spec, like=like, sources=request.sources, progress=progress, home=home
    )
    adds = like.locked and _only_adds(environment.path, like.path)
    return replace(environment, adds_to=like) if adds else environment


@functools.lru_cache(maxsize=256)
def _only_adds(environment: Path, base: Path) -> bool:
    """Whether an environment has all packages of another one, in the same versions.

    It may not: a lock of an earlier Studiolo has other versions, and so has one whose requirements
    did not fit. The name of an environment's folder stands for its packages.
    """
    return set(packages_in(base)) <= set(packages_in(environment))


def _built_default(spec: EnvironmentSpec, home: Path) -> Environment | None:
    """The default environment, if it is built and for the same Python."""
    default = default_spec()
    if spec.name == default.name or spec.interpreter != default.interpreter:
        return None
    found = environment_in(home, default)
    return found if is_built(found) else None


def check_python(wanted: str | None, interpreter: Interpreter) -> None:
    """Find out whether a Python is one that a script asks for.

    Raises:
        PythonVersionUnsuitableError: It is not.
        PythonRangeError: What is asked for is not a range of versions.
    """
    if wanted is None:
        return
    try:
        fits = version_in_range(interpreter.version, wanted)
    except ValueError as error:
        raise PythonRangeError(requires_python=wanted, part=str(error)) from error
    if not fits:
        version = ".".join(map(str, interpreter.version))
        raise PythonVersionUnsuitableError(requires_python=wanted, version=version)
