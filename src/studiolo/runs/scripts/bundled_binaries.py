"""Compiled code in a script bundle that its Python can't load: what it was built for."""

import platform
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from studiolo.environments.environment import Environment
from studiolo.environments.requirements import version_in_range

#: A tag of compiled code, and the Python that it stands for; the first that matches counts.
_PYTHONS: Final = (
    (re.compile(r"\b(?:cp|cpython-)([23])(\d+)d?m?u?\b"), r"Python \1.\2"),
    (re.compile(r"\bpp([23])(\d+)"), r"PyPy \1.\2"),
    (re.compile(r"\bpy3\b"), "Python 3"),
    (re.compile(r"\bpy2"), "Python 2"),
)
#: The same for platforms.
_PLATFORMS: Final = (
    (re.compile(r"win_amd64"), "64-bit Windows"),
    (re.compile(r"win_arm64"), "Windows on ARM"),
    (re.compile(r"win32|\.pyd$|\.dll$"), "Windows"),
    (re.compile(r"macosx|darwin|\.dylib$"), "macOS"),
    (re.compile(r"musllinux_\d+_\d+_(\w+)"), r"Linux with musl (\1)"),
    (re.compile(r"linux.*?_(x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64)"), r"Linux (\1)"),
    (re.compile(r"(x86_64|i[36]86|aarch64)-linux"), r"Linux (\1)"),
)
_COMPILED: Final = (".pyd", ".dll", ".so", ".dylib")
#: Folders of a wheel that are installed with its packages.
_MORE_PACKAGES: Final = re.compile(r"/[^/]+\.data/(?:pure|plat)lib/")
#: What Python says of a compiled module that it finds and can't load.
_UNLOADABLE: Final = re.compile(
    r"^ImportError: \S*/Script Bundle/(?P<file>[^:]+): (?:undefined symbol|.*ELF|file too short)"
    r"|^ImportError: dynamic module does not define module export function \(PyInit_(?P<init>\w+)"
)
_NOT_THERE: Final = re.compile(
    r"^ImportError: cannot import name '(?P<name>\w+)' from (?:partially initialized module )?"
    r"'(?P<package>[\w.]+)'"
)


def wheel_with(module: str, members: Sequence[str]) -> str:
    """The wheel of a bundle that a module is in, or that is named after it; "" if there is none.

    Args:
        module: The module that is missing: "fast._core".
        members: The paths in the bundle; those in its wheels come after the wheel's path.
    """
    inside = module.replace(".", "/")
    for wheel in (member for member in members if member.lower().endswith(".whl")):
        content = [member for member in members if member.startswith(f"{wheel}/")]
        installed = [_MORE_PACKAGES.sub("/", member) for member in content]
        places = (f"{wheel}/{inside}/", f"{wheel}/{inside}.")
        if any(member.startswith(places) for member in installed):
            return wheel
        # One that can't be looked into.
        if not content and package_of(wheel).lower() == module.partition(".")[0].lower():
            return wheel
    return ""


def package_of(wheel: str) -> str:
    """The package that a wheel's name begins with."""
    return PurePosixPath(wheel).name.partition("-")[0]


def compiled_module(module: str, members: Sequence[str]) -> str:
    """The compiled file of a bundle, outside of its wheels, that a module would be; or ""."""
    inside = module.replace(".", "/")
    found = (member for member in members if member.lower().endswith(_COMPILED))
    return next((member for member in found if member.partition(".")[0] == inside), "")


def unloadable(error: str, members: Sequence[str]) -> tuple[str, str] | None:
    """The compiled file of a bundle that an import failed at, and its module; None if at none.

    Args:
        error: The exception as Python shows it.
        members: The paths in the bundle.
    """
    if match := _NOT_THERE.search(error):
        module = f"{match['package']}.{match['name']}"
        found = compiled_module(module, members)
        return (found, module) if found else None
    if match := _UNLOADABLE.search(error):
        found = match["file"] or next(_named(match["init"], members), "")
        return (found, found.partition(".")[0].replace("/", ".")) if found else None
    return None


def built_for(file: str) -> str:
    """The Python and platform in the name of a wheel or a module: "Python 3.7 on macOS"."""
    name = PurePosixPath(file).name
    tags = "-".join(name.split("-")[-3:]) if name.lower().endswith(".whl") else name
    python = _first(_PYTHONS, tags)
    system = _first(_PLATFORMS, tags)
    if not python and not system:
        return "a different Python or platform"
    return " on ".join(part for part in (python, system) if part)


def runs_on(environment: Environment) -> str:
    """The Python and platform of an environment: "Python 3.12 on Linux (x86_64)"."""
    python = _python(environment)
    name = f"Python {python}" if python else "this Python"
    return f"{name} on {platform.system()} ({platform.machine()})"


def excludes(required: str, environment: Environment) -> bool:
    """Whether a wheel needs a different Python than an environment's; it needs ">=3.13", say."""
    try:
        version = tuple(map(int, _python(environment).split(".")))
        return not version_in_range(version, required)
    except ValueError:  # whichever of them is not a version
        return False


def _python(environment: Environment) -> str:
    """The version of an environment's Python, such as "3.12"; "" if it can't be told."""
    folder = next(environment.path.glob("lib/python*"), None)
    return "" if folder is None else folder.name.removeprefix("python")


def _named(name: str, members: Sequence[str]) -> Iterator[str]:
    for member in members:
        path = PurePosixPath(member)
        if path.suffix in _COMPILED and path.name.partition(".")[0] == name:
            yield member


def _first(table: Sequence[tuple[re.Pattern[str], str]], tags: str) -> str:
    for pattern, words in table:
        if match := pattern.search(tags):
            return match.expand(words)
    return ""
