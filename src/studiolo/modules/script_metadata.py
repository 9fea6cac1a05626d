"""Reads the metadata block at the top of a script (PEP 723)."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from studiolo.modules.errors import ScriptMetadataError, ScriptMetadataRepeatedError

# The reference expression of the PEP; a block that is not closed is none, it says.
_BLOCK = re.compile(
    r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$",
)
_TOML_LINE = re.compile(r" \(at line (?P<line>\d+), column \d+\)$")
_TOML_END = " (at end of document)"


@dataclass(frozen=True, kw_only=True)
class ScriptMetadata:
    """What a script says about itself; nothing at all where it has no block."""

    #: Packages it needs besides the default ones, as written, such as "humanize>=4".
    dependencies: tuple[str, ...] = ()
    #: The Python versions it works with, such as ">=3.11"; None: any.
    requires_python: str | None = None
    #: Its [tool.studiolo] table: name, ports and category in the palette.
    studiolo: Mapping[str, object] = field(default_factory=dict)


def read_script_metadata(source: str) -> ScriptMetadata:
    """What the "# /// script" block of a script says.

    Raises:
        ScriptMetadataError: It is not TOML, or not of the types that the PEP lays down.
        ScriptMetadataRepeatedError: There are two of them.
    """
    source = source.replace("\r\n", "\n")
    blocks = [match for match in _BLOCK.finditer(source) if match["type"] == "script"]
    if not blocks:
        return ScriptMetadata()
    lines = [source.count("\n", 0, match.start()) + 1 for match in blocks]
    if len(blocks) > 1:
        raise ScriptMetadataRepeatedError(first_line=lines[0], second_line=lines[1])
    return _Block(text=_uncommented(blocks[0]["content"]), line=lines[0]).metadata()


def _uncommented(content: str) -> str:
    return "".join(
        line[2:] if line.startswith("# ") else line[1:] for line in content.splitlines(True)
    )


@dataclass(frozen=True, kw_only=True)
class _Block:
    """The TOML of a block, and the line of the script that it opens in."""

    text: str
    line: int

    def metadata(self) -> ScriptMetadata:
        table = self._parsed()
        dependencies = table.get("dependencies", [])
        if not isinstance(dependencies, list) or not all(
            isinstance(item, str) for item in dependencies
        ):
            self._refuse("dependencies", "is not a list of texts")
        requires_python = table.get("requires-python")
        if requires_python is not None and not isinstance(requires_python, str):
            self._refuse("requires-python", 'is not a text such as ">=3.11"')
        tool = table.get("tool", {})
        if not isinstance(tool, dict):
            self._refuse("tool", "is not a table")
        studiolo = tool.get("studiolo", {})
        if not isinstance(studiolo, dict):
            self._refuse("studiolo", "is not a table: write [tool.studiolo] above its entries")
        return ScriptMetadata(
            dependencies=tuple(dependencies), requires_python=requires_python, studiolo=studiolo
        )

    def _parsed(self) -> dict[str, object]:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            reason = str(error)
            if match := _TOML_LINE.search(reason):
                line = int(match["line"])
                reason = reason[: match.start()]
            else:
                line = self.text.count("\n")
                reason = reason.removesuffix(_TOML_END)
            raise ScriptMetadataError(line=self.line + line, reason=f"{reason}.") from error

    def _refuse(self, key: str, reason: str) -> NoReturn:
        named = re.compile(rf"(^|[\s.\[]){re.escape(key)}\s*[\]=.]")
        found = (n for n, line in enumerate(self.text.splitlines(), 1) if named.search(line))
        raise ScriptMetadataError(line=self.line + next(found, 0), reason=f'"{key}" {reason}.')
