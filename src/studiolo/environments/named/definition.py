"""A named environment as a workspace's file says it: a Python, and packages."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from studiolo.environments.errors import (
    EnvironmentFileError,
    EnvironmentNameError,
    PythonVersionError,
)
from studiolo.environments.requirements import checked
from studiolo.errors import StudioloError
from studiolo.files.whole_file import replacing
from studiolo.toml_table import TomlDocument, TomlTable, TomlTableError
from studiolo.toml_text import NotTomlError, read_toml

_NAME = re.compile(r"[a-z0-9]([a-z0-9_-]{0,38}[a-z0-9])?")
_PYTHON = re.compile(r"3\.\d{1,3}")
#: The oldest Python that the code inside a sandbox runs on.
_OLDEST = (3, 11)
_ABOUT = """\
# An environment of this workspace. The lock beside this file says which versions it has.
# After a change, and for newer versions: studiolo environment lock {name}
"""


@dataclass(frozen=True, kw_only=True)
class EnvironmentDefinition:
    """The content of `environments/NAME.toml`."""

    #: The packages that it has besides those of the default environment, such as "prophet>=1.1".
    packages: tuple[str, ...] = ()
    #: Its Python, "3.12"; None: the one that Studiolo runs on.
    python: str | None = None

    def write(self, path: Path) -> None:
        """Write it, all of it or nothing.

        Raises:
            OSError: The file can't be written.
        """
        lines = [] if self.python is None else [f"python = {json.dumps(self.python)}\n"]
        listed = "".join(f"    {json.dumps(package)},\n" for package in self.packages)
        lines.append(f"packages = [\n{listed}]\n" if listed else "packages = []\n")
        with replacing(path) as sink:
            sink.write((_ABOUT.format(name=path.stem) + "".join(lines)).encode())


def checked_python(version: str) -> str:
    """A Python's version as an environment names it: "3.12".

    Raises:
        PythonVersionError: It is not one, or is older than scripts can run on.
    """
    if _PYTHON.fullmatch(version) is None or python_numbers(version) < _OLDEST:
        raise PythonVersionError(version=version, oldest=".".join(map(str, _OLDEST)))
    return version


def python_numbers(version: str) -> tuple[int, int]:
    """The major and the minor version in "3.12"."""
    major, minor = version.split(".")
    return int(major), int(minor)


def checked_name(name: str) -> str:
    """The name of an environment.

    Raises:
        EnvironmentNameError: It can't be one.
    """
    if _NAME.fullmatch(name) is None:
        reason = "a name has up to 40 small letters, digits, hyphens and underscores."
        raise EnvironmentNameError(name=name, reason=reason)
    return name


def read_definition(path: Path) -> EnvironmentDefinition:
    """The definition in a file.

    Raises:
        EnvironmentFileError: It can't be read, or says something that has no meaning.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = read_toml(text)
    except NotTomlError as error:
        problem = f"it is not TOML: {error.reason}."
        raise EnvironmentFileError(file=path, line=error.line, problem=problem) from error
    except (OSError, UnicodeDecodeError) as error:
        problem = f"it can't be read: {getattr(error, 'strerror', None) or error}."
        raise EnvironmentFileError(file=path, problem=problem) from error
    table = TomlTable(document=TomlDocument(file=str(path), text=text), content=content)
    try:
        python = table.text("python") if "python" in table else None
        packages = table.texts("packages", ())
        table.finish()
    except TomlTableError as error:
        raise EnvironmentFileError(file=path, line=error.line, problem=error.problem) from error
    try:
        return EnvironmentDefinition(
            python=None if python is None else checked_python(python),
            packages=tuple(checked(packages)),
        )
    except StudioloError as error:
        raise EnvironmentFileError(file=path, problem=str(error)) from error
