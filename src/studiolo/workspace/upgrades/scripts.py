"""Scripts brought to today's spelling: read, verified by running both, written."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studiolo.datasets.comparison import TableComparison, compare_tables
from studiolo.environments.environment import CLASSIC, DEFAULT
from studiolo.files.whole_file import replacing
from studiolo.modules.script import Script, read_script
from studiolo.runs.scripts.script_result import ScriptResult
from studiolo.upgrade.script import UpgradedScript, upgraded
from studiolo.workspace.sandboxes.script_runs import run_script

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


@dataclass(frozen=True, kw_only=True)
class Verification:
    """Both scripts, run on the same data: the old one in `classic`, the new one in `default`."""

    old: ScriptResult
    new: ScriptResult
    #: By output port: how the datasets differ.
    differences: Mapping[str, TableComparison]

    @property
    def is_equal(self) -> bool:
        """Whether both ran, and returned the same."""
        ran = self.old.succeeded and self.new.succeeded
        return ran and not any(found.differs for found in self.differences.values())


def upgraded_files(paths: Sequence[Path]) -> list[UpgradedFile]:
    """The upgrade of each script; nothing is written.

    Raises:
        StudioloError: One can't be read.
    """
    return [_upgraded(path) for path in paths]


def verified(file: UpgradedFile, **inputs: Any) -> Verification:
    """Run a script before and after its upgrade; see `run_script` for the inputs.

    Raises:
        StudioloError: An input can't be read, or an environment can't be had.
    """
    # The same random numbers for both.
    given = {"seed": 0, **inputs}
    old = run_script(file.before, environment=CLASSIC, **given)
    after = Script(source=file.after.source, name=file.before.name)
    new = run_script(after, environment=DEFAULT, **given)
    ports = sorted({*old.datasets, *new.datasets})
    differences = {
        port: compare_tables(old.datasets[port], new.datasets[port])
        if port in old.datasets and port in new.datasets
        else TableComparison(removed=[port])
        for port in ports
    }
    return Verification(old=old, new=new, differences=differences)


def described(found: TableComparison) -> Iterator[str]:
    """The differences between two datasets, a phrase each."""
    if found.added or found.removed:
        yield f"columns or datasets {', '.join([*found.added, *found.removed])} are in one only"
    if found.rows is not None:
        yield f"{found.rows.before} rows became {found.rows.after}"
    if found.reordered:
        yield "the columns are in a different order"
    for name, change in found.types.items():
        yield f"column {name!r} was {change.before} and is {change.after}"
    for column in found.cells:
        (first, *_) = column.first
        yield (
            f"column {column.name!r} differs in {column.cells} cells, first in row {first.row}: "
            f"{first.before} became {first.after}"
        )


def _upgraded(path: Path) -> UpgradedFile:
    script = read_script(path)
    return UpgradedFile(path=path, before=script, after=upgraded(script.source, name=script.name))


def _in_utf_8(source: str) -> str:
    """The text with a first line that says so, where it says something else."""
    head, rest = source.split("\n")[:2], source.split("\n")[2:]
    return "\n".join([*(_CODING.sub(r"\1utf-8", line) for line in head), *rest])
