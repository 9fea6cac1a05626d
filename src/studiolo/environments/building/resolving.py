"""Finds out which versions of packages fit together, beside those of a base environment."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from studiolo.environments.building.build import building_errors
from studiolo.environments.environment import EnvironmentSpec, digest
from studiolo.environments.errors import PackageVersionConflictError, PackageWithoutWheelError
from studiolo.environments.package_sources import USUAL_SOURCES, PackageSources
from studiolo.environments.progress import ProgressCallback
from studiolo.environments.uv.process import run_uv

_NUMPY = re.compile(r"^numpy==(?P<major>\d+)\.", re.MULTILINE)
_PYARROW = re.compile(r"^pyarrow==(?P<major>\d+)\.", re.MULTILINE)
#: pyarrow from this version on refuses a NumPy before 2, which it does not say in its metadata.
_PYARROW_OF_NEW_NUMPY = 23


def resolve(
    base: EnvironmentSpec,
    requirements: Sequence[str],
    *,
    name: str,
    home: Path,
    sources: PackageSources = USUAL_SOURCES,
    progress: ProgressCallback | None = None,
) -> str:
    """Every package of an environment that adds requirements to a base, with versions and hashes.

    The packages of the base stay in their versions if the requirements fit beside them; else they
    are there in versions that do fit.

    Args:
        base: The environment that is added to.
        requirements: What is added, as `requirements.checked` gives it.
        name: The new environment's name, for errors.
        home: The folder of all environments, where uv works.
        sources: Where packages come from.
        progress: Told how far uv is.

    Raises:
        UvMissingError: There is no uv.
        EnvironmentBuildError: There is no solution; a subclass says why where it is known.
    """
    folder = home / "locks"
    with building_errors(name, home):
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="resolving-", dir=folder) as place:
            resolver = _Resolver(base, requirements, name, home, Path(place), sources, progress)
            return resolver.resolved()


def resolve_once(
    base: EnvironmentSpec,
    requirements: Sequence[str],
    *,
    name: str,
    home: Path,
    sources: PackageSources = USUAL_SOURCES,
    progress: ProgressCallback | None = None,
) -> str:
    """The same, found out once on this machine and kept; see `resolve`."""
    kept = kept_lock(base, requirements, home=home)
    try:
        return kept.read_text(encoding="utf-8")
    except FileNotFoundError:
        pass
    found = resolve(base, requirements, name=name, home=home, sources=sources, progress=progress)
    with (
        building_errors(name, home),
        TemporaryDirectory(prefix=f"{kept.stem}-", dir=kept.parent) as folder,
    ):
        written = Path(folder) / "resolved.txt"
        written.write_text(found, encoding="utf-8")
        # Of two that resolve at once, the first one's answer is kept, and both go by it.
        with suppress(FileExistsError):
            kept.hardlink_to(written)
        return kept.read_text(encoding="utf-8")


def kept_lock(base: EnvironmentSpec, requirements: Sequence[str], *, home: Path) -> Path:
    """The file that keeps what requirements were resolved to on this machine."""
    key = digest(base.interpreter.identity, base.lock, *requirements)
    return home / "locks" / f"{key}.lock"


class _Resolver:
    def __init__(
        self,
        base: EnvironmentSpec,
        requirements: Sequence[str],
        name: str,
        home: Path,
        folder: Path,
        sources: PackageSources,
        progress: ProgressCallback | None,
    ) -> None:
        self._base = base
        self._requirements = requirements
        self._name = name
        self._home = home
        self._folder = folder
        self._sources = sources
        self._progress = progress

    def resolved(self) -> str:
        *earlier, last = self._beside()
        for beside in earlier:
            with suppress(PackageVersionConflictError, PackageWithoutWheelError):
                return self._compiled(beside)
        found = self._compiled(last)
        if _misfit(found):
            return self._compiled(f"{last}pyarrow<{_PYARROW_OF_NEW_NUMPY}\n")
        return found

    def _beside(self) -> Iterator[str]:
        """The packages that the requirements may be put beside, best first."""
        yield self._base.lock
        if self._base.requirements:
            yield _lines(self._base.requirements)

    def _compiled(self, beside: str) -> str:
        asked = {"base.txt": beside, "added.txt": _lines(self._requirements)}
        for name, text in asked.items():
            (self._folder / name).write_text(text, encoding="utf-8")
        lock = self._folder / "resolved.txt"
        lock.unlink(missing_ok=True)
        interpreter = self._base.interpreter
        run_uv(
            [
                "pip",
                "compile",
                *(self._folder / name for name in asked),
                *("--output-file", lock, "--python", interpreter.executable),
                # For machines of every kind, and later Pythons, so that a lock can be taken along.
                *("--universal", "--python-version", ".".join(map(str, interpreter.version[:2]))),
                *self._sources.resolving(),
                "--generate-hashes",
                *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
            ],
            environment=self._name,
            folder=self._home,
            progress=self._progress,
        )
        return lock.read_text(encoding="utf-8")


def _lines(requirements: Sequence[str]) -> str:
    return "".join(f"{requirement}\n" for requirement in requirements)


def _misfit(packages: str) -> bool:
    """Whether the pyarrow among these packages refuses the NumPy among them."""
    numpy, pyarrow = _NUMPY.search(packages), _PYARROW.search(packages)
    return (
        numpy is not None
        and pyarrow is not None
        and int(numpy["major"]) < 2
        and int(pyarrow["major"]) >= _PYARROW_OF_NEW_NUMPY
    )
