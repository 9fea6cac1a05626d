"""Reads the metadata block at the top of a script (PEP 723)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from studiolo.modules.errors import ScriptMetadataError, ScriptMetadataRepeatedError
from studiolo.suggestions import closest
from studiolo.toml_table import TomlDocument, TomlTable, TomlTableError
from studiolo.toml_text import NotTomlError, read_toml

_OPENED = re.compile(r"# /// (?P<type>[a-zA-Z0-9-]+)")
_CLOSED = "# ///"


@dataclass(frozen=True, kw_only=True)
class ScriptMetadata:
    """A script's statements about itself; empty if it has no block."""

    #: Packages it needs besides the default ones, as written, such as "humanize>=4".
    dependencies: tuple[str, ...] = ()
    #: The Python versions it works with, such as ">=3.11"; None: any.
    requires_python: str | None = None
    #: The environment that it asks for, and that its dependencies are added to; None: the default.
    environment: str | None = None
    #: Whether it asks for integers with missing values in pandas' nullable types.
    nullable: bool = False
    #: Its [tool.studiolo] table: name, ports and category in the palette.
    studiolo: Mapping[str, object] = field(default_factory=dict)
    #: The TOML of the block, and the line of the script that the block opens in.
    text: str = field(default="", compare=False, repr=False)
    line: int = field(default=1, compare=False, repr=False)

    def table(self, file: str = "") -> TomlTable:
        """[tool.studiolo], whose errors name the script's file so; an empty one without a block."""
        document = TomlDocument(file=file, text=self.text, lines_before=self.line)
        return TomlTable(document=document, content=self.studiolo, path=("tool", "studiolo"))


def read_script_metadata(source: str) -> ScriptMetadata:
    """The content of a script's "# /// script" block.

    Raises:
        ScriptMetadataError: It is not closed, its type is misspelt, it is not TOML, or its values
            are not of the types that the PEP lays down.
        ScriptMetadataRepeatedError: There are two of them.
    """
    lines = source.replace("\r\n", "\n").split("\n")
    blocks = [(start, end) for kind, start, end in _blocks(lines) if kind == "script"]
    if not blocks:
        _refuse_near_miss(lines)
        return ScriptMetadata()
    start, end = blocks[0]
    if len(blocks) > 1:
        raise ScriptMetadataRepeatedError(first_line=start + 1, second_line=blocks[1][0] + 1)
    text = "".join(f"{_uncommented(line)}\n" for line in lines[start + 1 : end])
    return _metadata(text, start + 1)


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


def _refuse_near_miss(lines: Sequence[str]) -> None:
    """Refuse what the PEP passes over but was meant as a block: packages would be missing.

    Raises:
        ScriptMetadataError: A block is not closed, or has a type that is almost "script".
    """
    for place, line in enumerate(lines):
        opened = _OPENED.fullmatch(line)
        if opened is None or closest(opened["type"], ["script"]) is None:
            continue
        if opened["type"] != "script":
            reason = f'its type is "{opened["type"]}", and not "script"'
            raise ScriptMetadataError(line=place + 1, reason=reason)
        # A block without a line in it is none, says the PEP, and nothing is lost with it.
        if lines[place + 1 : place + 2] != [_CLOSED]:
            reason = 'its comment ends without a line "# ///"'
            raise ScriptMetadataError(line=place + 1, reason=reason)


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


def _metadata(text: str, line: int) -> ScriptMetadata:
    """The metadata that the TOML of a block is, which opens in that line of the script."""
    try:
        content = read_toml(text)
    except NotTomlError as error:
        raise ScriptMetadataError(line=line + (error.line or 0), reason=error.reason) from error
    document = TomlDocument(file="", text=text, lines_before=line)
    table = TomlTable(document=document, content=content)
    try:
        studiolo = table.table("tool").table("studiolo")
        return ScriptMetadata(
            dependencies=table.texts("dependencies", ()),
            requires_python=table.text("requires-python", blank=True)
            if "requires-python" in table
            else None,
            environment=studiolo.text("environment") if "environment" in studiolo else None,
            nullable=studiolo.flag("nullable", False),
            studiolo=studiolo.content,
            text=text,
            line=line,
        )
    except TomlTableError as error:
        reason = error.problem.rstrip(".")
        raise ScriptMetadataError(line=error.line, reason=reason) from error
