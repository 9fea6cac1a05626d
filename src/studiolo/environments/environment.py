"""An environment: what it is to contain, and where it is once built."""

import functools
import hashlib
import os
import re
import stat
from dataclasses import dataclass, field, replace
from pathlib import Path

from studiolo.environments.data.kept_data import EnvironmentData
from studiolo.environments.interpreter import Interpreter, running_interpreter

#: The environments that come with Studiolo.
DEFAULT = "default"
CLASSIC = "classic"
#: The folder of their locks.
_PACKAGED = Path(__file__).parent
#: Raised when environments are laid out in another way, so that old ones are not taken for new.
_LAYOUT = "1"
#: Where in an environment the lock is that it was built from.
LOCK_COPY = "requirements.lock"
#: Where in an environment its list of fonts is kept.
FONT_FOLDER = Path("share", "studiolo")
#: Where a machine keeps its fonts, as far as scripts see them; they are at any depth below.
_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")
_DIST_INFO = re.compile(r"(?P<name>.+)-(?P<version>[^-]+)\.dist-info")
_LOCKED = re.compile(r"^[a-z0-9.-]+==[^\s;]+", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class EnvironmentSpec:
    """Everything that an environment depends on: equal specs share one environment."""

    #: What people call it; part of its folder's name.
    name: str
    #: Every package with its version and hashes, as `uv pip compile` writes it.
    lock: str
    #: The Python it is built for.
    interpreter: Interpreter = field(default_factory=running_interpreter)
    #: Whether retired calls of its libraries get their old meaning back.
    classic: bool = False
    #: The packages that the lock was resolved from, such as "pandas>=3".
    requirements: tuple[str, ...] = ()
    #: Whether a person has chosen its packages: Studiolo, or who made the named environment. A
    #: sandbox loads packages of such an environment before its runs are confined, and of no other.
    chosen: bool = False

    @property
    def packages(self) -> list[str]:
        """The packages that the lock names, by name: "numpy==2.3.5"."""
        return sorted(match[0] for match in _LOCKED.finditer(self.lock))

    @property
    def key(self) -> str:
        """The digest that tells environments of one name apart: 16 hexadecimal digits."""
        return digest(_LAYOUT, self.interpreter.identity, self.lock)


@dataclass(frozen=True, kw_only=True)
class InstalledPackage:
    """A package that an environment holds."""

    #: Its normalised name: lower case, with single hyphens ("scikit-learn").
    name: str
    #: Its version, as the package spells it.
    version: str


@dataclass(frozen=True, kw_only=True)
class Environment:
    """A built environment. Its Python is to be run inside the sandbox only.

    Its packages may come from a script's own metadata block, and Python runs code of installed
    packages as soon as it starts (``.pth`` files).
    """

    #: What people call it.
    name: str
    #: Tells environments of one name apart.
    key: str
    #: Its folder.
    path: Path
    #: The folder of the standard library, which the sandbox has to show to scripts as well.
    base_prefix: Path
    #: The Python outside of it, which the sandbox starts.
    base_python: Path
    #: Whether a person has chosen its packages, locked by version and hash; see `EnvironmentSpec`.
    locked: bool = False
    #: The locked environment that this one adds packages to, and takes none away from.
    adds_to: "Environment | None" = None
    #: Whether retired calls of its libraries get their old meaning back.
    classic: bool = False
    #: Data that its libraries find, which are no part of its folder.
    data: EnvironmentData | None = None

    @property
    def python(self) -> Path:
        """The interpreter to start."""
        return self.path / "bin" / "python"

    @property
    def lock(self) -> str:
        """Every package with its version and hashes, as it was built from."""
        return (self.path / LOCK_COPY).read_text(encoding="utf-8")

    @property
    def font_list(self) -> Path | None:
        """Matplotlib's list of the machine's fonts, if it is kept here; see `FONT_FOLDER`.

        A list that is older than a font which was installed since is none, if it can be made anew.
        """
        folder = self.path / FONT_FOLDER
        made = sorted(folder.glob("fontlist-*.json"))
        if not made:
            return None
        is_old = _fonts_changed() > made[-1].stat().st_mtime and os.access(folder, os.W_OK)
        return None if is_old else made[-1]

    @property
    def is_shared(self) -> bool:
        """Whether what starts its runs may start those of environments that add to it as well.

        It sees all environments then, until a run has chosen one. So its packages have to be those
        that Studiolo itself has chosen.
        """
        if not self.locked or self.name not in (DEFAULT, CLASSIC):
            return False
        # Runs of root are a user's who owns nothing.
        return os.geteuid() != 0 or bool(self.path.parent.stat().st_mode & stat.S_IXOTH)

    @property
    def started_from(self) -> "Environment | None":
        """The environment whose runs and its own start from the same processes; None if none is."""
        base = self.adds_to
        if base is None or not base.is_shared or base.path.parent != self.path.parent:
            return None
        return replace(base, data=self.data)

    def packages(self) -> tuple[InstalledPackage, ...]:
        """The installed packages by name, read from the folder each time."""
        return packages_in(self.path)

    def has_package(self, name: str) -> bool:
        """Whether the package of that name, in any spelling, is installed."""
        return normalised(name) in {package.name for package in self.packages()}


def packages_in(environment: Path) -> tuple[InstalledPackage, ...]:
    """The packages that are installed in the folder of an environment, by name."""
    found = (
        _DIST_INFO.fullmatch(folder.name)
        for folder in environment.glob("lib/python*/site-packages/*.dist-info")
    )
    packages = (
        InstalledPackage(name=normalised(match["name"]), version=match["version"])
        for match in found
        if match
    )
    return tuple(sorted(packages, key=lambda package: package.name))


def environment_in(home: Path, spec: EnvironmentSpec) -> Environment:
    """The place of an environment, built or not, below the folder of all of them.

    One with the same content under a different name is the same.
    """
    key = spec.key
    path = home / f"{spec.name}-{key}"
    if not path.exists():
        path = next((same for same in sorted(home.glob(f"*-{key}")) if same.is_dir()), path)
    return Environment(
        name=spec.name,
        key=key,
        path=path,
        base_prefix=spec.interpreter.base_prefix,
        base_python=spec.interpreter.executable,
        locked=spec.chosen,
        classic=spec.classic,
    )


def default_spec() -> EnvironmentSpec:
    """The environment of scripts that ask for no packages: `default/requirements.in`."""
    return packaged_spec(DEFAULT, running_interpreter())


@functools.cache
def packaged_spec(name: str, interpreter: Interpreter, *, classic: bool = False) -> EnvironmentSpec:
    """An environment that comes with Studiolo, for that Python."""
    file = _PACKAGED / name / "requirements.in"
    lines = (line.partition("#")[0].strip() for line in file.read_text("utf-8").splitlines())
    return EnvironmentSpec(
        name=name,
        lock=packaged_lock(name),
        interpreter=interpreter,
        classic=classic,
        requirements=tuple(line for line in lines if line),
        chosen=True,
    )


@functools.cache
def packaged_lock(name: str) -> str:
    """The lock of an environment that comes with Studiolo: `default/requirements.lock`."""
    file = _PACKAGED / name / "requirements.lock"
    return file.read_text(encoding="utf-8")


def _fonts_changed() -> float:
    """When a font was last installed or removed: each changes the time of its folder."""
    folders = (folder for place in _FONTS for folder, _, _ in os.walk(place))
    return max((Path(folder).stat().st_mtime for folder in folders), default=0.0)


# Of locks, which have hundreds of kilobytes, each run asks for the same ones.
@functools.lru_cache(maxsize=16)
def digest(*parts: str) -> str:
    """A short name for some texts: the same texts have the same, others another."""
    whole = hashlib.sha256()
    for part in parts:
        encoded = part.encode()
        # The length keeps ("ab", "c") and ("a", "bc") apart.
        whole.update(b"%d:" % len(encoded))
        whole.update(encoded)
    return whole.hexdigest()[:16]


def normalised(name: str) -> str:
    """A package's name as registries compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
