"""The folder that a language server believes a script to be in: settings, and what it imports."""

import importlib.util
import io
import json
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

#: Scripts of a bundle that can be imported, and their bytes in all.
_MOST_SCRIPTS: Final = 500
_MOST_BYTES: Final = 8 << 20
_BUNDLE: Final = "Script Bundle"
_TYPES: Final = "types"
_SETTINGS: Final = "pyrefly.toml"


@dataclass(frozen=True, kw_only=True)
class ScriptContext:
    """The facts about a node that its script alone does not tell."""

    #: For each argument that `azureml_main` is called with, in order, whether it is a data frame.
    frames: Sequence[bool]
    #: The folders of installed packages.
    packages: Sequence[Path]
    #: The version of Python, such as "3.11".
    python: str
    #: The zip that is connected to the script's third port, checked.
    bundle: bytes | None = None


def furnish(root: Path, context: ScriptContext) -> None:
    """Put into a language server's folder what all scripts share: the types of pandas.

    Pyrefly brings them along, but does not find NumPy from there, and then takes every part of a
    data frame for a series.

    Args:
        root: The folder, in which those of scripts will be.
        context: That of a script, in whose packages NumPy is.
    """
    shutil.copytree(_typed_pandas(), root / _TYPES / "pandas-stubs")
    (root / _SETTINGS).write_text(_settings(root, context, types=root), encoding="utf-8")


class ScriptFolder:
    """One of them, until it is removed. Nothing of it is ever run."""

    def __init__(self, path: Path, context: ScriptContext) -> None:
        """Make it."""
        self._path = path
        #: See `ScriptContext.frames`.
        self.frames = context.frames
        #: The script's name for the language server. There is no such file.
        self.uri = (path / "script.py").as_uri()
        path.mkdir()
        if context.bundle is not None:
            _unpack(context.bundle, path / _BUNDLE)
        settings = _settings(path, context, types=path.parent)
        (path / _SETTINGS).write_text(settings, encoding="utf-8")

    def remove(self) -> None:
        """Remove it."""
        shutil.rmtree(self._path, ignore_errors=True)


def _typed_pandas() -> Path:
    """The folder of the package pandas-stubs."""
    found = importlib.util.find_spec("pandas-stubs")
    places = [] if found is None else list(found.submodule_search_locations or ())
    if not places:
        raise FileNotFoundError('the package "pandas-stubs" is not installed beside Studiolo')
    return Path(places[0])


def _settings(path: Path, context: ScriptContext, *, types: Path) -> str:
    settings = {
        # The environment's Python is not asked: starting it would run its packages' code.
        "skip-interpreter-query": True,
        "python-version": context.python,
        "python-platform": "linux",
        "site-package-path": [
            str(types / _TYPES),
            *(str(folder) for folder in context.packages),
        ],
        "search-path": [str(path / _BUNDLE)],
        "disable-search-path-heuristics": True,
        "use-ignore-files": False,
        "preset": "default",
    }
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())


def _unpack(bundle: bytes, folder: Path) -> None:
    """Unpack what can be imported; the members' names have been checked."""
    left = _MOST_BYTES
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        scripts = [one for one in archive.infolist() if one.filename.endswith((".py", ".pyi"))]
        for member in scripts[:_MOST_SCRIPTS]:
            left -= member.file_size
            if left < 0:
                return
            target = folder / PurePosixPath(member.filename.replace("\\", "/"))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(member))
