"""Errors in building an environment, or in a script's metadata block."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from studiolo.errors import StudioloError
from studiolo.suggestions import did_you_mean, those_known


class EnvironmentBuildError(StudioloError):
    """An environment could not be built; the subclasses say why where it is known."""

    code: ClassVar[str] = "environment-build-failed"
    #: What to do next, in a sentence.
    advice: ClassVar[str] = "Fix the problem that uv names and build the environment again."

    def __init__(
        self, *, name: str, explanation: str, reason: str = "", kept: Path | None = None
    ) -> None:
        self.name = name
        #: uv's own words, which can be long.
        self.explanation = explanation
        #: The same in one or two sentences of ours; empty where uv says something new.
        self.reason = reason
        #: The file that has uv's words.
        self.kept = kept
        said = f"\nuv says: {explanation or '(nothing)'}"
        if kept is not None:
            said = f' uv\'s own words are in "{kept}".'
        short = f" {reason}" if reason else ""
        super().__init__(f"{self._what()}{short} {self.advice}{said}")

    def _what(self) -> str:
        return f'The environment "{self.name}" could not be built.'


class UvMissingError(StudioloError):
    """The uv program, which builds environments, is not installed."""

    code: ClassVar[str] = "uv-missing"

    def __init__(self) -> None:
        super().__init__(
            "The program uv was not found, and environments are built with it. It is a"
            ' dependency of Studiolo: install Studiolo again, or run "pip install uv".'
        )


class PackageNotFoundError(EnvironmentBuildError):
    """The package registry has no package of that name."""

    code: ClassVar[str] = "package-not-found"
    advice: ClassVar[str] = (
        "Check how the package is spelled; its name can differ from the name it is imported by."
    )

    def __init__(
        self,
        *,
        name: str,
        explanation: str,
        package: str,
        reason: str = "",
        kept: Path | None = None,
    ) -> None:
        self.package = package
        super().__init__(name=name, explanation=explanation, reason=reason, kept=kept)

    def _what(self) -> str:
        return (
            f'The package "{self.package}", asked for by the environment "{self.name}",'
            " does not exist in the package registry."
        )


class PackageVersionConflictError(EnvironmentBuildError):
    """No set of package versions fits everything that is asked for."""

    code: ClassVar[str] = "package-version-conflict"
    advice: ClassVar[str] = (
        "Change or leave out one of them. All packages of an environment have to fit together,"
        " those that it is based on included."
    )

    def _what(self) -> str:
        return f'The versions asked for by the environment "{self.name}" do not fit together.'


class PackageWithoutWheelError(EnvironmentBuildError):
    """A package exists, but not in a built form for this interpreter and platform."""

    code: ClassVar[str] = "package-without-wheel"
    advice: ClassVar[str] = (
        "Ask for a version that is published as a wheel for this Python and platform: building a"
        " package would run its code outside the sandbox, so Studiolo does not."
    )

    def _what(self) -> str:
        return f'A package of the environment "{self.name}" is not published ready to install.'


class RegistryUnreachableError(EnvironmentBuildError):
    """The package registry did not answer."""

    code: ClassVar[str] = "package-registry-unreachable"
    advice: ClassVar[str] = (
        "Check the network, the proxy (HTTPS_PROXY) and the registry (UV_DEFAULT_INDEX), then try"
        " again; environments that are already built need no network."
    )

    def _what(self) -> str:
        return (
            f'The packages of the environment "{self.name}" could not be fetched, because the'
            " package registry did not answer."
        )


class RegistryUntrustedError(EnvironmentBuildError):
    """The package registry's certificate is signed by an authority that uv does not know."""

    code: ClassVar[str] = "package-registry-untrusted"
    advice: ClassVar[str] = (
        "In a company's network this is the company's own authority. Set SSL_CERT_FILE to the file"
        " with its certificate, or UV_SYSTEM_CERTS=1 if this machine knows it already, and try"
        " again."
    )

    def _what(self) -> str:
        return (
            f'The packages of the environment "{self.name}" could not be fetched, because the'
            " certificate of the package registry is signed by an authority that uv does not trust."
        )


class EnvironmentDiskFullError(StudioloError):
    """The disk has no room for the environment."""

    code: ClassVar[str] = "environment-disk-full"

    def __init__(self, *, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        super().__init__(
            f'There is no space left to build the environment "{name}" in "{folder}". Free space'
            " (the default environment takes about 1 GB, uv's cache as much), or set"
            " STUDIOLO_HOME and UV_CACHE_DIR to folders on a larger disk."
        )


class EnvironmentsFolderError(StudioloError):
    """The folder that holds the environments cannot be made or written to."""

    code: ClassVar[str] = "environments-folder-unusable"

    def __init__(self, *, folder: Path, reason: str) -> None:
        self.folder = folder
        self.reason = reason
        super().__init__(
            f'Environments are kept in "{folder}", which cannot be written to: {reason}. Set'
            " STUDIOLO_HOME to a folder that you may write to."
        )


class PythonVersionUnsuitableError(StudioloError):
    """A script asks for a Python version that Studiolo does not run on."""

    code: ClassVar[str] = "python-version-unsuitable"

    def __init__(self, *, requires_python: str, version: str) -> None:
        self.requires_python = requires_python
        self.version = version
        super().__init__(
            f'The script asks for Python "{requires_python}" (requires-python), and scripts run'
            f" here on Python {version}. Change requires-python if the script works with it, or"
            " install Studiolo with a Python that fits."
        )


class PythonRangeError(StudioloError):
    """A script's ``requires-python`` is not a range of versions."""

    code: ClassVar[str] = "python-range-invalid"

    def __init__(self, *, requires_python: str, part: str) -> None:
        self.requires_python = requires_python
        self.part = part
        super().__init__(
            f'The script\'s requires-python "{requires_python}" cannot be read at "{part}". Write'
            ' ranges of released versions, such as ">=3.11" or ">=3.11,<3.14" or "==3.12.*".'
        )


class DependencyRefusedError(StudioloError):
    """A script names a dependency in a way that is not allowed here."""

    code: ClassVar[str] = "dependency-refused"

    def __init__(self, *, dependency: str) -> None:
        self.dependency = dependency
        super().__init__(
            f'The dependency "{dependency}" is not a package name with an optional'
            ' version, such as "humanize" or "humanize>=4,<5". Addresses, paths and options are'
            " not allowed, because packages are fetched outside the sandbox."
        )


class EnvironmentUnknownError(StudioloError):
    """A script, a node or a command asks for an environment that does not exist."""

    code: ClassVar[str] = "environment-unknown"

    def __init__(self, *, name: str, known: Sequence[str]) -> None:
        self.name = name
        self.known = known
        super().__init__(
            f'There is no environment "{name}".{did_you_mean(name, known)}{those_known(known)}'
            f' "studiolo environment create {name}" makes one.'
        )


class PythonMissingError(StudioloError):
    """The Python version that an environment needs is not installed on this machine."""

    code: ClassVar[str] = "python-missing"

    def __init__(self, *, environment: str, version: tuple[int, int]) -> None:
        self.environment = environment
        self.version = version
        wanted = ".".join(map(str, version))
        super().__init__(
            f'The environment "{environment}" needs Python {wanted}, and this machine has none.'
            f" Install it: `uv python install {wanted}`, or the package python{wanted} of your"
            f" distribution, or `pyenv install {wanted}`. Studiolo finds each of them by itself."
        )


class PythonVersionError(StudioloError):
    """An environment asks for something that is not the version of a Python that scripts run on."""

    code: ClassVar[str] = "python-version-invalid"

    def __init__(self, *, version: str, oldest: str) -> None:
        self.version = version
        super().__init__(
            f'"{version}" is not a Python version that scripts can run on. Give one from {oldest}'
            ' on, such as "3.12".'
        )


class EnvironmentNameError(StudioloError):
    """A name that an environment can't have."""

    code: ClassVar[str] = "environment-name-invalid"

    def __init__(self, *, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(f'An environment can\'t be called "{name}": {reason}')


class EnvironmentBuiltInError(StudioloError):
    """An environment is to be removed that Studiolo brings along."""

    code: ClassVar[str] = "environment-built-in"

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(f'The environment "{name}" is built in, and can\'t be removed.')


class EnvironmentFileError(StudioloError):
    """The file of a named environment can't be read, or says something that has no meaning."""

    code: ClassVar[str] = "environment-file-invalid"

    def __init__(self, *, file: Path, problem: str, line: int | None = None) -> None:
        self.file = file
        #: From 1; None where it is not known.
        self.line = line
        self.problem = problem
        place = "" if line is None else f", line {line}"
        super().__init__(f'"{file}"{place}: {problem}')


class EnvironmentNotLockedError(StudioloError):
    """A named environment has no lock that fits its file."""

    code: ClassVar[str] = "environment-not-locked"

    def __init__(self, *, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(
            f'The environment "{name}" {reason} Run "studiolo environment lock {name}".'
        )


class LockUnreadableError(StudioloError):
    """The file of a lock can't be opened."""

    code: ClassVar[str] = "lock-unreadable"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f'The lock "{path}" can\'t be read: {reason}.')


class LockDamagedError(StudioloError):
    """A lock is not what Studiolo wrote."""

    code: ClassVar[str] = "lock-damaged"

    def __init__(self, *, path: Path, reason: str, renewed_by: str) -> None:
        self.path = path
        self.reason = reason
        self.renewed_by = renewed_by
        super().__init__(
            f'The lock "{path}" can\'t be used: {reason}. Bring the earlier file back, or lock the'
            f" packages again: {renewed_by}"
        )


class LockUnfitError(StudioloError):
    """The lock beside a script is not for what the script asks for."""

    code: ClassVar[str] = "lock-unfit"

    def __init__(self, *, path: Path, reason: str, renewed_by: str) -> None:
        self.path = path
        self.reason = reason
        self.renewed_by = renewed_by
        super().__init__(
            f'The lock "{path}" does not fit its script: {reason}. Undo the change, or lock the'
            f" packages again: {renewed_by}"
        )


class EnvironmentExistsError(StudioloError):
    """An environment is to be made under a name that another one has."""

    code: ClassVar[str] = "environment-exists"

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(
            f'The workspace has an environment "{name}" already. Add packages to its file and run'
            f' "studiolo environment lock {name}", or choose a different name.'
        )


class ScriptAsksForNothingError(StudioloError):
    """A script is to be locked whose metadata block names no packages."""

    code: ClassVar[str] = "script-asks-for-nothing"

    def __init__(self, *, script: Path) -> None:
        self.script = script
        super().__init__(
            f'"{script}" names no packages in its metadata block, so there is nothing to lock.'
        )
