"""The environment that a script runs in, according to its metadata block."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from studiolo.environments.build import build_environment, building_errors
from studiolo.environments.environment import (
    DEFAULT,
    Environment,
    EnvironmentSpec,
    digest,
    environment_in,
)
from studiolo.environments.errors import (
    PythonRangeError,
    PythonVersionUnsuitableError,
)
from studiolo.environments.interpreter import Interpreter
from studiolo.environments.location import environments_home
from studiolo.environments.named import spec_named
from studiolo.environments.progress import ProgressCallback
from studiolo.environments.uv_process import run_uv
from studiolo.modules.script_metadata import ScriptMetadata

_ENVIRONMENT_NAME = "script"


def environment_for(
    metadata: ScriptMetadata,
    *,
    lock: str | None = None,
    base: EnvironmentSpec | None = None,
    progress: ProgressCallback | None = None,
    home: Path | None = None,
) -> Environment:
    """The environment for a script: the one that it names, or that one and its dependencies.

    Adding a dependency takes nothing away: all packages of the base are there, in the same
    versions. What a script's dependencies were resolved to is kept, so that the script runs
    with the same versions ever after, and without a network.

    Args:
        metadata: What the script's block says.
        lock: Every package with its version, as `Environment.lock` has it, for a script that is to
            run with those; found out or looked up if not given.
        base: What scripts have without asking, if not the environment that the block names.
        progress: Told how far it is; not called if there is nothing to do.
        home: The folder of all environments, if not the usual one.

    Raises:
        EnvironmentUnknownError: It asks for an environment that does not exist.
        PythonMissingError: The environment that it asks for needs a Python that is not installed.
        PythonVersionUnsuitableError: The script is for a different Python version.
        PythonRangeError: Its ``requires-python`` is not a range of versions.
        DependencyRefusedError: It names a dependency otherwise than by package and version.
        StudioloError: As for `build_environment`.
    """
    home = (home or environments_home()).absolute()
    base = base or spec_named(metadata.environment or DEFAULT, home=home)
    _check_python(metadata, base.interpreter)
    name = base.name
    if metadata.dependencies:
        # Here and not above: most scripts ask for nothing.
        from studiolo.environments.requirements import checked  # noqa: PLC0415

        name = _ENVIRONMENT_NAME
        dependencies = checked(metadata.dependencies)
        lock = lock or _resolved(base, dependencies, home=home, progress=progress)
    if lock in (None, base.lock):
        return build_environment(base, progress=progress, home=home)
    spec = replace(base, name=name, lock=lock)
    like = build_environment(base, progress=progress, home=home)
    environment = build_environment(spec, like=like, progress=progress, home=home)
    # A lock of an earlier Studiolo has other versions of what is in the base today.
    adds = like.locked and set(base.packages) <= set(spec.packages)
    return replace(environment, adds_to=like) if adds else environment


@dataclass(frozen=True, kw_only=True)
class KnownPackages:
    """The packages that a script would find, as far as they are installed now."""

    #: The folders that they are in, first the one that counts most.
    folders: Sequence[Path]
    #: The Python that they are for.
    interpreter: Interpreter


def known_packages(metadata: ScriptMetadata, *, home: Path | None = None) -> KnownPackages:
    """The packages that a script would find.

    Nothing is built, and no registry is asked: of a script that has never run, only the packages
    of the environment that it names are known.

    Args:
        metadata: What the script's block says.
        home: The folder of all environments, if not the usual one.

    Raises:
        EnvironmentUnknownError: It asks for an environment that does not exist.
        PythonMissingError: The environment that it asks for needs a Python that is not installed.
        DependencyRefusedError: It names a dependency otherwise than by package and version.
    """
    home = (home or environments_home()).absolute()
    base = spec_named(metadata.environment or DEFAULT, home=home)
    specs = [base]
    if metadata.dependencies:
        # Here and not above: most scripts ask for nothing.
        from studiolo.environments.requirements import checked  # noqa: PLC0415

        kept = _kept_lock(base, checked(metadata.dependencies), home=home)
        if kept.is_file():
            lock = kept.read_text(encoding="utf-8")
            specs.insert(0, replace(base, name=_ENVIRONMENT_NAME, lock=lock))
    folders = [
        folder
        for spec in specs
        for folder in environment_in(home, spec).path.glob("lib/python*/site-packages")
    ]
    return KnownPackages(folders=folders, interpreter=base.interpreter)


def _check_python(metadata: ScriptMetadata, interpreter: Interpreter) -> None:
    wanted = metadata.requires_python
    if wanted is None:
        return
    # Here and not above: most scripts ask for nothing.
    from studiolo.environments.requirements import version_in_range  # noqa: PLC0415

    try:
        fits = version_in_range(interpreter.version, wanted)
    except ValueError as error:
        raise PythonRangeError(requires_python=wanted, part=str(error)) from error
    if not fits:
        version = ".".join(map(str, interpreter.version))
        raise PythonVersionUnsuitableError(requires_python=wanted, version=version)


def _resolved(
    base: EnvironmentSpec,
    dependencies: Sequence[str],
    *,
    home: Path,
    progress: ProgressCallback | None,
) -> str:
    """The lock of the base with these dependencies, found out once and kept."""
    kept = _kept_lock(base, dependencies, home=home)
    try:
        return kept.read_text(encoding="utf-8")
    except FileNotFoundError:
        pass
    with building_errors(_ENVIRONMENT_NAME, home):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f"{kept.stem}-", dir=kept.parent) as folder:
            lock = _resolve(base, dependencies, folder=Path(folder), progress=progress)
            # Of two that resolve at once, the first one's answer is kept, and both go by it.
            with suppress(FileExistsError):
                kept.hardlink_to(lock)
        return kept.read_text(encoding="utf-8")


def _kept_lock(base: EnvironmentSpec, dependencies: Sequence[str], *, home: Path) -> Path:
    """The place of the lock that a script's dependencies were resolved to."""
    key = digest(base.interpreter.identity, base.lock, *dependencies)
    return home / "locks" / f"{key}.lock"


def _resolve(
    base: EnvironmentSpec,
    dependencies: Sequence[str],
    *,
    folder: Path,
    progress: ProgressCallback | None,
) -> Path:
    asked = {"base.txt": base.lock, "script.txt": "".join(f"{item}\n" for item in dependencies)}
    for name, text in asked.items():
        (folder / name).write_text(text, encoding="utf-8")
    lock = folder / "resolved.txt"
    run_uv(
        [
            "pip",
            "compile",
            *(folder / name for name in asked),
            *("--output-file", lock, "--python", base.interpreter.executable),
            # Building a package, even to learn what it depends on, runs its code.
            *("--only-binary", ":all:", "--generate-hashes"),
            *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
        ],
        environment=_ENVIRONMENT_NAME,
        folder=folder,
        progress=progress,
    )
    return lock
