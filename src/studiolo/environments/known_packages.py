"""The packages that a script would find, for those who look at it before it runs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from studiolo.environments.building.resolving import kept_lock
from studiolo.environments.environment import environment_in
from studiolo.environments.interpreter import Interpreter
from studiolo.environments.location import environments_home
from studiolo.environments.request import EnvironmentRequest
from studiolo.environments.requirements import checked


@dataclass(frozen=True, kw_only=True)
class KnownPackages:
    """The packages that a script would find, as far as they are installed now."""

    #: The folders that they are in, first the one that counts most.
    folders: Sequence[Path]
    #: The Python that they are for.
    interpreter: Interpreter


def known_packages(request: EnvironmentRequest, *, home: Path | None = None) -> KnownPackages:
    """The packages that a script would find.

    Nothing is built, and no registry is asked: of a script that has never run, only the packages
    of the environment that it names are known.

    Args:
        request: What the script asks for.
        home: The folder of all environments, if not the usual one.

    Raises:
        StudioloError: The environment that it asks for can't be had.
        DependencyRefusedError: It names a dependency otherwise than by package and version.
    """
    if request.refused is not None:
        raise request.refused
    home = (home or environments_home()).absolute()
    base, lock = request.base, request.lock
    if request.dependencies and lock is None:
        kept = kept_lock(base, checked(request.dependencies), home=home)
        lock = kept.read_text(encoding="utf-8") if kept.is_file() else None
    specs = [base] if lock is None else [replace(base, lock=lock), base]
    folders = [
        folder
        for spec in specs
        for folder in environment_in(home, spec).path.glob("lib/python*/site-packages")
    ]
    return KnownPackages(folders=folders, interpreter=base.interpreter)
