"""The text of a module of the library, with the parts that it shares with other modules.

A sandbox gets one text for a module. So wherever a module imports a part, from a file beside or
above its own, the text of the part takes the place of the import.
"""

import ast
import re
from pathlib import Path
from typing import Final

#: The folder of the parts, beside the folders of the categories.
PARTS: Final = "parts"
#: Stands for a line that is left out, and is in no text.
_GONE: Final = "\0"
_IMPORT: Final = re.compile(
    r"^from (?P<dots>\.+)(?P<name>[\w.]+) import (?:\([^)]*\)|[^(\n]*)\n", re.MULTILINE
)


def library_source(path: Path) -> str:
    """The text of the module with that file; each part is in it once, after those that it needs."""
    text = path.read_text(encoding="utf-8")
    whole = _with_parts(text, path, set())
    return text if whole == text else _each_import_once(whole)


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


def _each_import_once(text: str) -> str:
    """The text without the imports that a module and its parts, or two parts, have in common."""
    lines = text.split("\n")
    met: set[tuple[str, str, str | None]] = set()
    for node in ast.parse(text).body:
        if not isinstance(node, ast.Import | ast.ImportFrom) or node.end_lineno is None:
            continue
        source = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        new = [name for name in node.names if (source, name.name, name.asname) not in met]
        met.update((source, name.name, name.asname) for name in new)
        if len(new) < len(node.names):
            node.names = new
            # As many lines as before, so that the numbers of those below stay.
            for number in range(node.lineno - 1, node.end_lineno):
                lines[number] = _GONE
            if new:
                lines[node.lineno - 1] = ast.unparse(node)
    return "\n".join(line for line in lines if line != _GONE)
