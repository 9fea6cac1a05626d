"""The modules there are: those of the library, and those of a workspace."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from studiolo.errors import StudioloError
from studiolo.modules.declaration import read_declaration
from studiolo.modules.definition import ModuleDefinition, ModuleId
from studiolo.modules.errors import ModuleIdTakenError, UnknownModuleError
from studiolo.modules.library_source import PARTS, library_source
from studiolo.modules.script import read_script

#: The built-in modules, in folders named after their categories.
LIBRARY = Path(__file__).parent / "library"


def is_built_in(definition: ModuleDefinition) -> bool:
    """Whether a module is one of the library's."""
    return definition.path is not None and definition.path.is_relative_to(LIBRARY)


def load_library() -> Mapping[ModuleId, ModuleDefinition]:
    """Every built-in module, read once in the life of a process."""
    library = _library(LIBRARY)
    return {module: library.find(module) for module in sorted(library.ids)}


class Catalogue:
    """The modules that nodes of a workspace can name.

    A module's file is read when the module is first asked for; after that a catalogue says what
    it said before, so that one look at a workspace is of one piece. Make a new one to look again.
    """

    def __init__(self, folder: Path | None = None, *, library: Path = LIBRARY) -> None:
        # A workspace's own modules are in `folder`, if that exists.
        self._library = _library(library)
        self._own = _ModuleFiles(
            () if folder is None else sorted(folder.glob("*.py")), taken=self._library.ids
        )

    def find(self, id: ModuleId) -> ModuleDefinition:  # noqa: A002
        """The module of that id.

        Raises:
            UnknownModuleError: There is none.
            ModuleIdTakenError: There are two.
            ModuleDeclarationError: There is one, whose file does not say what it is.
            ScriptUnreadableError: There is one, whose file can't be read.
        """
        if id in self._own.ids:
            return self._own.find(id)
        if id in self._library.ids:
            return self._library.find(id)
        raise UnknownModuleError(id=id, known=self.ids)

    def is_own(self, id: ModuleId) -> bool:  # noqa: A002
        """Whether the module is one of the workspace, so that its users can change its code."""
        return id in self._own.ids

    @property
    def ids(self) -> Sequence[ModuleId]:
        """The ids of all modules, also of those whose file can't be used; no file is read."""
        return sorted(self._library.ids | self._own.ids)

    @property
    def definitions(self) -> Sequence[ModuleDefinition]:
        """All modules that can be used, in the order of a palette: by category, then by name."""
        found = []
        for module in self.ids:
            try:
                found.append(self.find(module))
            except StudioloError:
                # A broken one does not make the others unusable; see `errors`.
                continue
        return sorted(found, key=lambda module: (tuple(module.category), module.name, module.id))

    @property
    def errors(self) -> Mapping[ModuleId, StudioloError]:
        """Why the modules that can't be used can't."""
        errors = {}
        for module in sorted(self._library.ids | self._own.ids):
            try:
                self.find(module)
            except StudioloError as error:
                errors[module] = error
        return errors


class _ModuleFiles:
    """Files of modules, each read when it is asked for, and once."""

    def __init__(
        self,
        files: Iterable[Path],
        *,
        taken: Iterable[ModuleId] = (),
        text: Callable[[Path], str] = lambda path: read_script(path).source,
    ) -> None:
        self._text = text
        self._files: dict[ModuleId, Path] = {}
        self._found: dict[ModuleId, ModuleDefinition | StudioloError] = {}
        built_in = set(taken)
        for file in files:
            if file.name.startswith(("_", ".")):
                continue
            module = ModuleId(file.stem.replace("_", "-"))
            other = "a built-in module" if module in built_in else ""
            if module in self._files:
                other = f'"{self._files[module]}"'
            if other:
                self._found[module] = ModuleIdTakenError(id=module, file=str(file), other=other)
            self._files[module] = file

    @property
    def ids(self) -> frozenset[ModuleId]:
        return frozenset(self._files)

    def find(self, module: ModuleId) -> ModuleDefinition:
        found = self._found.get(module)
        if found is None:
            # Two threads may do it at once; both find the same.
            found = self._found[module] = self._read(module)
        if isinstance(found, StudioloError):
            # Without the places where it was raised before.
            raise found.with_traceback(None)
        return found

    def _read(self, module: ModuleId) -> ModuleDefinition | StudioloError:
        path = self._files[module]
        try:
            return read_declaration(self._text(path), id=module, path=path)
        except StudioloError as error:
            return error


@cache
def _library(folder: Path) -> _ModuleFiles:
    files = (file for file in sorted(folder.rglob("*.py")) if folder / PARTS not in file.parents)
    return _ModuleFiles(files, text=library_source)
