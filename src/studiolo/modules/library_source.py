"""The text of a module of the library, with the parts that it shares with other modules.

A sandbox gets one text for a module. So wherever a module imports a part, from a file beside or
above its own, the text of the part takes the place of the import.
"""

import re
from pathlib import Path
from typing import Final

#: The folder of the parts, beside the folders of the categories.
PARTS: Final = "parts"
_IMPORT: Final = re.compile(
    r"^from (?P<dots>\.+)(?P<name>[\w.]+) import (?:\([^)]*\)|[^(\n]*)\n", re.MULTILINE
)


def library_source(path: Path) -> str:
    """The text of the module with that file; each part is in it once, after those that it needs."""
    return _with_parts(path.read_text(encoding="utf-8"), path, set())


def _with_parts(text: str, path: Path, met: set[Path]) -> str:
    def part(match: re.Match[str]) -> str:
        folder = path.parents[len(match["dots"]) - 1]
        file = folder.joinpath(*match["name"].split(".")).with_suffix(".py")
        if file in met:
            return ""
        met.add(file)
        # Without its docstring, which would be a statement in the middle of the module.
        body = file.read_text(encoding="utf-8").split('"""', 2)[2]
        return f"\n# The part {file.stem}:\n{_with_parts(body, file, met).strip()}\n\n"

    return _IMPORT.sub(part, text)
