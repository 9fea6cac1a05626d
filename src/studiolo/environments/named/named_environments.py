"""The environments that can be named: the built-in ones, and those of a workspace."""

from collections.abc import Sequence
from pathlib import Path

from studiolo.environments.data.kept_data import EnvironmentData, KeptData
from studiolo.environments.environment import EnvironmentSpec, default_spec
from studiolo.environments.errors import (
    EnvironmentNotLockedError,
    EnvironmentUnknownError,
)
from studiolo.environments.interpreter import Interpreter, interpreter_of, running_interpreter
from studiolo.environments.location import environments_home
from studiolo.environments.lock_file import LockFile, read_lock_file
from studiolo.environments.named.built_in import NAMES, built_in_spec
from studiolo.environments.named.definition import (
    EnvironmentDefinition,
    python_numbers,
    read_definition,
)
from studiolo.environments.package_sources import USUAL_SOURCES, PackageSources

DEFINITION = ".toml"
LOCK = ".lock"


class NamedEnvironments:
    """The environments that scripts and nodes can name."""

    def __init__(
        self,
        folder: Path | None,
        *,
        sources: PackageSources = USUAL_SOURCES,
        disk: int | None = None,
        home: Path | None = None,
    ) -> None:
        """Read nothing yet.

        Args:
            folder: The workspace's folder of environments; None outside of a workspace.
            sources: Where packages come from.
            disk: Bytes that built environments may take; any number if not given.
            home: The folder of all built environments, if not the usual one.
        """
        self.folder = folder
        self.sources = sources
        self.disk = disk
        self.home = (home or environments_home()).absolute()

    def names(self) -> Sequence[str]:
        """The names, the built-in ones first."""
        found = [] if self.folder is None else sorted(self.folder.glob(f"*{DEFINITION}"))
        return [*NAMES, *(path.stem for path in found if path.stem not in NAMES)]

    def known(self, name: str) -> str:
        """The name, if there is such an environment.

        Raises:
            EnvironmentUnknownError: There is none.
        """
        if name not in self.names():
            raise EnvironmentUnknownError(name=name, known=self.names())
        return name

    def definition(self, name: str) -> EnvironmentDefinition:
        """The definition of one that the workspace has.

        Raises:
            EnvironmentUnknownError: It has none of that name.
            EnvironmentFileError: Its file can't be read.
        """
        if self.folder is None or name not in self.names():
            raise EnvironmentUnknownError(name=name, known=self.names())
        return read_definition(self.folder / f"{name}{DEFINITION}")

    def locked(self, name: str) -> LockFile | None:
        """The lock of one that the workspace has; None if it has not been locked.

        Raises:
            LockUnreadableError, LockDamagedError: Its file can't be used.
        """
        assert self.folder is not None
        renewed_by = f"studiolo environment lock {name}"
        return read_lock_file(self.folder / f"{name}{LOCK}", renewed_by=renewed_by)

    def data(self) -> EnvironmentData | None:
        """The data that libraries find in each of them; None if the workspace has none.

        Raises:
            DataFolderError: They can't be used.
        """
        return None if self.folder is None else KeptData(self.folder).shown()

    def interpreter(self, name: str, definition: EnvironmentDefinition) -> Interpreter:
        """The Python that an environment of the workspace is for.

        Raises:
            PythonMissingError: This machine does not have it.
        """
        if definition.python is None:
            return running_interpreter()
        wanted = python_numbers(definition.python)
        return interpreter_of(wanted, environment=name, home=self.home)

    def spec(self, name: str) -> EnvironmentSpec:
        """The environment of that name, ready to be built.

        Raises:
            EnvironmentUnknownError: There is none.
            EnvironmentFileError, LockDamagedError: One of its files can't be used.
            EnvironmentNotLockedError: It was not locked since it was changed.
            PythonMissingError: This machine does not have its Python.
        """
        if name in NAMES:
            return built_in_spec(name, home=self.home)
        definition = self.definition(name)
        lock = self.locked(name)
        if lock is None:
            raise EnvironmentNotLockedError(name=name, reason="has not been locked.")
        interpreter = self.interpreter(name, definition)
        if lock.requirements != definition.packages:
            reason = "was changed since it was locked."
        elif not lock.fits(interpreter):
            reason = f"was locked for Python {lock.python}."
        else:
            return EnvironmentSpec(
                name=name,
                lock=lock.packages,
                interpreter=interpreter,
                requirements=(*default_spec().requirements, *definition.packages),
                chosen=True,
            )
        raise EnvironmentNotLockedError(name=name, reason=reason)
