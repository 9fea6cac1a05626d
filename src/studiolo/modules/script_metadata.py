"""Reads the metadata block at the top of a script (PEP 723)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from studiolo.modules.errors import ScriptMetadataError, ScriptMetadataRepeatedError
from studiolo.toml_text import NotTomlError, line_of_entry, read_toml

_OPENED = re.compile(r"# /// (?P<type>[a-zA-Z0-9-]+)")
_CLOSED = "# ///"
#: In a block of more lines, finding the wrong one takes too long.
_LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class ScriptMetadata:
    """A script's statements about itself; empty if it has no block."""

    #: Packages it needs besides the default ones, as written, such as "humanize>=4".
    dependencies: tuple[str, ...] = ()
    #: The Python versions it works with, such as ">=3.11"; None: any.
    requires_python: str | None = None
    #: Whether it asks for integers with missing values in pandas' nullable types.
    nullable: bool = False
    #: Its [tool.studiolo] table: name, ports and category in the palette.
    studiolo: Mapping[str, object] = field(default_factory=dict)
    #: The TOML of the block, and the line of the script that the block opens in.
    text: str = field(default="", compare=False, repr=False)
    line: int = field(default=1, compare=False, repr=False)

    def line_of(self, *keys: str) -> int:
        """The line of the script where that entry of [tool.studiolo] is written.

        For an entry that is not there it is the line of the innermost table that should hold it.
        """
        return self.line + _line_of(self.text, ("tool", "studiolo", *keys))


def read_script_metadata(source: str) -> ScriptMetadata:
    """The content of a script's "# /// script" block.

    Raises:
        ScriptMetadataError: It is not TOML, or not of the types that the PEP lays down.
        ScriptMetadataRepeatedError: There are two of them.
    """
    lines = source.replace("\r\n", "\n").split("\n")
    blocks = [(start, end) for kind, start, end in _blocks(lines) if kind == "script"]
    if not blocks:
        return ScriptMetadata()
    start, end = blocks[0]
    if len(blocks) > 1:
        raise ScriptMetadataRepeatedError(first_line=start + 1, second_line=blocks[1][0] + 1)
    text = "".join(f"{_uncommented(line)}\n" for line in lines[start + 1 : end])
    return _Block(text=text, line=start + 1).metadata()


def _blocks(lines: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """The type of each block, and the places of its first and last line.

    They are what the reference expression of the PEP finds, which takes quadratic time: a block
    ends with the last "# ///" of the comment lines that follow its beginning, and one that is not
    closed is none.
    """
    ends = _ends(lines)
    place = 0
    while place < len(lines):
        opened = _OPENED.fullmatch(lines[place])
        end = ends[place + 1] if opened else 0
        if opened is None or end < place + 2:
            place += 1
            continue
        yield opened["type"], place, end
        place = end + 1


def _ends(lines: Sequence[str]) -> Sequence[int]:
    """For each line, the last "# ///" of the comment lines from it on; 0 where there is none."""
    ends = [0] * (len(lines) + 1)
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        if line == "#" or line.startswith("# "):
            ends[place] = ends[place + 1] or (place if line == _CLOSED else 0)
    return ends


def _uncommented(line: str) -> str:
    return line[2:] if line.startswith("# ") else line[1:]


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
            self._refuse("dependencies", reason="is not a list of texts")
        requires_python = table.get("requires-python")
        if requires_python is not None and not isinstance(requires_python, str):
            self._refuse("requires-python", reason='is not a text such as ">=3.11"')
        tool = table.get("tool", {})
        if not isinstance(tool, dict):
            self._refuse("tool", reason="is not a table")
        studiolo = tool.get("studiolo", {})
        if not isinstance(studiolo, dict):
            self._refuse(
                "tool",
                "studiolo",
                reason="is not a table: write [tool.studiolo] above its entries",
            )
        nullable = studiolo.get("nullable", False)
        if not isinstance(nullable, bool):
            self._refuse("tool", "studiolo", "nullable", reason="is neither true nor false")
        return ScriptMetadata(
            dependencies=tuple(dependencies),
            requires_python=requires_python,
            nullable=nullable,
            studiolo=studiolo,
            text=self.text,
            line=self.line,
        )

    def _parsed(self) -> dict[str, object]:
        try:
            return read_toml(self.text)
        except NotTomlError as error:
            line = self.line + (error.line or 0)
            raise ScriptMetadataError(line=line, reason=error.reason) from error

    def _refuse(self, *keys: str, reason: str) -> NoReturn:
        line = self.line + _line_of(self.text, keys)
        raise ScriptMetadataError(line=line, reason=f'"{keys[-1]}" {reason}')


def _line_of(text: str, keys: Sequence[str]) -> int:
    """The line of an entry of the block, from 1; 0 where that would take too long to find."""
    return 0 if text.count("\n") >= _LONGEST else line_of_entry(text, keys)
