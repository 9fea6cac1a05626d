"""Builds environments: each once, whole, and by one process at a time."""

import errno
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from studiolo.environments.building.bytecode import compile_bytecode
from studiolo.environments.environment import (
    LOCK_COPY,
    Environment,
    EnvironmentSpec,
    default_spec,
    environment_in,
)
from studiolo.environments.errors import EnvironmentDiskFullError, EnvironmentsFolderError
from studiolo.environments.location import environments_home
from studiolo.environments.package_sources import USUAL_SOURCES, PackageSources
from studiolo.environments.progress import BuildPhase, BuildProgress, ProgressCallback
from studiolo.environments.use import lock_of, stop_using, use
from studiolo.environments.uv.process import run_uv
from studiolo.files.size_on_disk import size_on_disk

#: Written last, with the bytes that the environment takes. One without it is a ruin, left by an
#: interrupted build.
MARKER = "studiolo-built"
#: Seconds between two tries at a lock that another process has.
_PAUSE = 0.2


def default_environment(*, progress: ProgressCallback | None = None) -> Environment:
    """The environment of scripts that ask for nothing, built if it is not there yet."""
    return build_environment(default_spec(), progress=progress)


def build_environment(
    spec: EnvironmentSpec,
    *,
    like: Environment | None = None,
    sources: PackageSources = USUAL_SOURCES,
    progress: ProgressCallback | None = None,
    home: Path | None = None,
) -> Environment:
    """The environment that a spec describes, built if it is not there yet.

    Args:
        spec: What it shall hold.
        like: An environment that holds much of the same, whose bytecode can be shared.
        sources: Where its packages come from.
        progress: Told how far the build is; not called if there is nothing to build.
        home: The folder of all environments, if not the usual one.

    Raises:
        UvMissingError: There is no uv.
        EnvironmentBuildError: uv failed; a subclass where the reason is known.
        EnvironmentDiskFullError: There is no space left.
        EnvironmentsFolderError: The folder of the environments cannot be written to.
    """
    environment = environment_in((home or environments_home()).absolute(), spec)
    if is_built(environment):
        use(environment.path)
        return environment
    stop_using(environment.path)
    with building_errors(spec.name, environment.path.parent):
        environment.path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(environment, progress) as held:
            if not is_built(environment):
                _build(environment, spec, like=like, sources=sources, held=held, progress=progress)
    use(environment.path)
    return environment


def is_built(environment: Environment) -> bool:
    """Whether an environment exists and is complete."""
    return (environment.path / MARKER).exists()


@contextmanager
def building_errors(name: str, folder: Path) -> Iterator[None]:
    """Says in our words what the operating system has against writing to the folder."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise EnvironmentDiskFullError(name=name, folder=folder) from error
        raise EnvironmentsFolderError(folder=folder, reason=str(error)) from error


@contextmanager
def _alone(environment: Environment, progress: ProgressCallback | None) -> Iterator[int]:
    """Wait until no other process builds this environment, and keep the others waiting.

    Who finds it built after a wait need not hold the lock.

    Yields the descriptor of the lock, for the processes that do the work to inherit: the system
    takes the lock away when the last of them has ended, however they end.
    """
    held = os.open(lock_of(environment.path), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        # One that is built is used under the same lock, by the process that built it among others.
        while not (_taken(held) or is_built(environment)):
            _report(progress, BuildPhase.WAITING, "Waiting for another process to build it")
            time.sleep(_PAUSE)
        yield held
    finally:
        os.close(held)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _build(
    environment: Environment,
    spec: EnvironmentSpec,
    *,
    like: Environment | None,
    sources: PackageSources,
    held: int,
    progress: ProgressCallback | None,
) -> None:
    path = environment.path
    if path.exists():
        shutil.rmtree(path)
    try:
        _report(progress, BuildPhase.CREATING, f'Creating the environment "{spec.name}"')
        _install(environment, spec, sources=sources, held=held, progress=progress)
        compile_bytecode(environment, spec.interpreter, like=like, held=held, progress=progress)
        (path / MARKER).write_text(str(size_on_disk(path)), encoding="ascii")
        _report(progress, BuildPhase.BUILT, "The environment is ready")
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise


def _install(
    environment: Environment,
    spec: EnvironmentSpec,
    *,
    sources: PackageSources,
    held: int,
    progress: ProgressCallback | None,
) -> None:
    run = partial(
        run_uv,
        environment=spec.name,
        folder=environment.path.parent,
        held=held,
        progress=progress,
    )
    base = spec.interpreter.executable
    run(["venv", "--no-project", "--no-python-downloads", "--python", base, environment.path])
    lock = environment.path / LOCK_COPY
    lock.write_text(spec.lock, encoding="utf-8")
    # Wheels only, if nothing else was said: building a package runs its code, here outside the
    # sandbox.
    install = ["pip", "sync", "--allow-empty-requirements"]
    run([*install, *sources.installing(), "--python", environment.python, lock])


def _report(progress: ProgressCallback | None, phase: BuildPhase, message: str) -> None:
    if progress is not None:
        progress(BuildProgress(phase=phase, message=message))
