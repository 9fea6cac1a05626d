"""The lock beside a script whose block asks for packages: the same packages, wherever it runs."""

from pathlib import Path

from studiolo.environments.environment import DEFAULT, EnvironmentSpec
from studiolo.environments.errors import LockUnfitError
from studiolo.environments.lock_file import LockFile, read_lock_file
from studiolo.environments.request import EnvironmentRequest
from studiolo.environments.requirements import checked
from studiolo.modules.script_metadata import ScriptMetadata


def lock_path(script: Path) -> Path:
    """The file of a script's lock: `rank_features.py.lock`."""
    return script.with_name(f"{script.name}.lock")


def renewed_by(script: Path, environment: str | None = None) -> str:
    """The command that locks a script's packages again.

    Args:
        script: The script.
        environment: The one to lock them for, if it is not the script's own.
    """
    return f"studiolo environment lock {script}" + (
        "" if environment is None else f" --environment {environment}"
    )


def read_script_lock(
    script: Path, metadata: ScriptMetadata, base: EnvironmentSpec
) -> LockFile | None:
    """The lock beside a script; None if it has none.

    Raises:
        DependencyRefusedError: The block names a dependency otherwise than by package and version.
        LockUnreadableError, LockDamagedError: The lock can't be read.
        LockUnfitError: The lock is for something else than the block asks for.
    """
    path = lock_path(script)
    lock = read_lock_file(path, renewed_by=renewed_by(script))
    if lock is None:
        return None
    wanted = tuple(checked(metadata.dependencies))
    if lock.requirements != wanted:
        reason = (
            f"it is for {_listed(lock.requirements)}, and the script's block asks for"
            f" {_listed(wanted)}"
        )
    elif lock.base != base.name:
        reason = f'it adds to the environment "{lock.base}", and the script runs in "{base.name}"'
    elif not lock.fits(base.interpreter):
        version = ".".join(map(str, base.interpreter.version[:2]))
        reason = f"it is for Python {lock.python}, and the script runs on Python {version}"
    else:
        return lock
    own = base.name == (metadata.environment or DEFAULT)
    command = renewed_by(script, None if own else base.name)
    raise LockUnfitError(path=path, reason=reason, renewed_by=command)


def write_script_lock(script: Path, request: EnvironmentRequest, packages: str) -> str:
    """Write what a script's block was resolved to beside the script; a note about that.

    Where it can't be written, the versions are kept on this machine only.
    """
    path = lock_path(script)
    try:
        script_lock(request, packages).write(path, renewed_by=renewed_by(script))
    except OSError as error:
        reason = error.strerror or str(error)
        return f"The versions of the script's packages could not be locked in {path}: {reason}."
    return f"The versions of the script's packages are locked in {path.name}, beside the script."


def script_lock(request: EnvironmentRequest, packages: str) -> LockFile:
    """The lock of the packages that a script's request was resolved to."""
    base = request.base
    return LockFile(
        base=base.name,
        python=".".join(map(str, base.interpreter.version[:2])),
        requirements=tuple(checked(request.dependencies)),
        packages=packages,
    )


def _listed(requirements: tuple[str, ...]) -> str:
    return ", ".join(f'"{requirement}"' for requirement in requirements) or "no packages"
