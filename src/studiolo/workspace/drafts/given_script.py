"""Scripts as they are given in Python: a path, a text, or a function."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from re import sub
from typing import Any

from studiolo.files.inside import name_inside
from studiolo.modules.script import Script, read_script
from studiolo.workspace.drafts.function_script import ENTRY, function_script
from studiolo.workspace.errors import NameNotGivenError, ScriptUnsuitableError

ScriptSource = Path | str | Script | Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class GivenScript:
    """A script, and what its file beside the experiment is to be called."""

    #: As an experiment names it: with "/" between folders.
    file: str
    source: str
    #: The bytes of the file; None where the file is beside the experiment already.
    content: bytes | None = None

    @property
    def stem(self) -> str:
        """The default name of a node that runs the script."""
        return PurePosixPath(self.file).stem


def given_script(script: ScriptSource, *, name: str | None, folder: Path) -> GivenScript:
    """The script that is meant.

    Args:
        script: A path, relative to the experiment or to where Python runs; a text of more than one
            line, or a `Script`; or a function.
        name: The node's name, which a text and a function called `azureml_main` need.
        folder: The experiment's folder.

    Raises:
        ScriptMissingError: There is no such file.
        ScriptUnreadableError: It can't be read.
        ScriptFunctionError: The function can't be a script.
        NameNotGivenError: A name is needed.
        ScriptUnsuitableError: It is nothing of all that.
    """
    if isinstance(script, str) and "\n" in script:
        return _written(script, name, what="A script that is given as text")
    if isinstance(script, Script):
        return GivenScript(file=script.name, source=script.source, content=script.source.encode())
    if isinstance(script, str | Path):
        return _file(Path(script), folder)
    if not callable(script):
        raise ScriptUnsuitableError(found=f"a {type(script).__name__}")
    own_name = getattr(script, "__name__", ENTRY)
    chosen = name or (None if own_name == ENTRY else own_name)
    return _written(function_script(script), chosen, what=f"A function called {ENTRY}")


def _written(source: str, name: str | None, *, what: str) -> GivenScript:
    if not name:
        raise NameNotGivenError(what=what, example="rank")
    file = sub(r"[^\w-]+", "_", name) + ".py"
    return GivenScript(file=file, source=source, content=source.encode())


def _file(path: Path, folder: Path) -> GivenScript:
    """A file beside the experiment, or another one, which is taken along."""
    beside = folder / path
    elsewhere = path.is_file() and not (beside.is_file() and path.samefile(beside))
    if elsewhere:
        return GivenScript(
            file=path.name, source=read_script(path).source, content=path.read_bytes()
        )
    source = read_script(beside).source
    if (file := name_inside(beside, folder)) is not None:
        return GivenScript(file=file, source=source)
    return GivenScript(file=beside.name, source=source, content=beside.read_bytes())
