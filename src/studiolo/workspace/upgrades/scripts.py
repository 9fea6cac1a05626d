"""Scripts brought to today's spelling: read, shown and written."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studiolo.files.whole_file import replacing
from studiolo.modules.script import Script, read_script
from studiolo.upgrade.script import UpgradedScript, upgraded

_CODING = re.compile(r"^([ \t\f]*#.*?coding[:=][ \t]*)([-\w.]+)")


@dataclass(frozen=True, kw_only=True)
class UpgradedText:
    """A script, or a module of a bundle, and what becomes of it."""

    #: The file; of a module, the bundle and its place in it.
    path: Path
    before: Script
    after: UpgradedScript

    @property
    def changes(self) -> bool:
        """Whether its text changes."""
        return self.after.source != self.before.source

    def difference(self) -> str:
        """The changed lines as a unified diff; "" if there are none."""
        old = self.before.source.splitlines(keepends=True)
        new = self.after.source.splitlines(keepends=True)
        lines = difflib.unified_diff(old, new, fromfile=str(self.path), tofile=str(self.path))
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)

    def encoded(self, before: bytes) -> bytes:
        """The new text as the content of the file, with the line ends of its content before."""
        text = _in_utf_8(self.after.source)
        return (text.replace("\n", "\r\n") if b"\r\n" in before else text).encode()


@dataclass(frozen=True, kw_only=True)
class UpgradedFile(UpgradedText):
    """A script's file, and what becomes of it."""

    def write(self) -> Path:
        """Put the new text into the file, whole or not at all; its line ends stay.

        Raises:
            OSError: It can't be written.
        """
        content = self.encoded(self.path.read_bytes())
        with replacing(self.path) as file:
            file.write(content)
        return self.path


def upgraded_files(paths: Sequence[Path]) -> list[UpgradedFile]:
    """The upgrade of each script; nothing is written.

    Raises:
        StudioloError: One can't be read.
    """
    return [_upgraded(path) for path in paths]


def _upgraded(path: Path) -> UpgradedFile:
    script = read_script(path)
    return UpgradedFile(path=path, before=script, after=upgraded(script.source, name=script.name))


def _in_utf_8(source: str) -> str:
    """The text with a first line that says so, where it says something else."""
    head, rest = source.split("\n")[:2], source.split("\n")[2:]
    return "\n".join([*(_CODING.sub(r"\1utf-8", line) for line in head), *rest])
