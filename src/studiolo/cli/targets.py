"""Where datasets are to be written: files, or the standard output."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import typer
from rich.text import Text

from studiolo.cli.terminal import Terminal
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.missing_path import meant
from studiolo.datasets.reading.files import FileFormat, format_of, write_dataset, write_dataset_to
from studiolo.datasets.reading.without_pandas import leave_pandas_out
from studiolo.rendering.amounts import count_text
from studiolo.rendering.plain_text import printable
from studiolo.runs.scripts.script_result import ScriptResult
from studiolo.sandbox.exchange.job import RESULT_PORTS

STANDARD_OUTPUT = "-"
_OPTIONS = ("--output", "--output2")


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a dataset goes."""

    #: A file, or ``STANDARD_OUTPUT``.
    path: str
    #: The port that it comes from, if it comes from one.
    port: str = ""

    def write(self, result: ScriptResult, notes: Terminal) -> None:
        """Write what a script returned for the port, and say what that was.

        A port that the script left empty gives an empty file: the one of an earlier run would be
        taken for this one's.

        Raises:
            DatasetError: The format can't hold the dataset, or the file can't be written.
        """
        dataset = result.datasets.get(self.port)
        if dataset is None:
            self.put(Dataset(table=pa.table({})))
            empty = self.port if self.path == STANDARD_OUTPUT else self.path
            said = f"azureml_main returned no second data frame, so {empty} is empty."
            notes.say(Text.assemble(("note: ", "yellow"), printable(said)))
        else:
            self.put_and_say(dataset, notes)

    def put_and_say(self, dataset: Dataset, notes: Terminal) -> None:
        """Write this dataset, as `put` does, and say what a file holds now."""
        self.put(dataset)
        if self.path != STANDARD_OUTPUT:
            rows, columns = dataset.table.shape
            size = f"{count_text(rows, 'row')}, {count_text(columns, 'column')}"
            notes.say(Text(printable(f"{self.path}: {size}")))

    def put(self, dataset: Dataset) -> None:
        """Write this dataset, whole or not at all.

        Raises:
            DatasetError: The format can't hold the dataset, or the file can't be written.
        """
        leave_pandas_out()
        if self.path != STANDARD_OUTPUT:
            write_dataset(dataset, self.path)
            return
        write_dataset_to(dataset, sys.stdout.buffer, name="standard output", format=FileFormat.CSV)
        sys.stdout.buffer.flush()


def targets_of(output: str | None, output2: str | None, *, json: bool) -> Sequence[Target]:
    """The targets that are asked for, checked before a script runs for nothing.

    Raises:
        typer.BadParameter: One of them can't be written, or two things would go to one place.
        UnknownFormatError: An extension names no format.
    """
    given = [path for path in (output, output2) if path is not None]
    if json and STANDARD_OUTPUT in given:
        raise typer.BadParameter(
            "the report and a dataset can't both go to the standard output. Give --output a file.",
            param_hint="--json",
        )
    if len({_place(path) for path in given}) < len(given):
        raise typer.BadParameter(
            f'--output already writes to "{output2}". Give each its own file.',
            param_hint="--output2",
        )
    asked = zip(RESULT_PORTS, _OPTIONS, (output, output2), strict=True)
    return [
        Target(port=port, path=_checked(path, option))
        for port, option, path in asked
        if path is not None
    ]


def _place(path: str) -> str:
    return path if path == STANDARD_OUTPUT else os.path.realpath(path)


def _checked(path: str, option: str) -> str:
    if path == STANDARD_OUTPUT:
        return path
    format_of(path)
    folder = Path(path).absolute().parent
    if not folder.is_dir():
        raise typer.BadParameter(
            f'the folder "{folder}" of "{path}" does not exist.'
            f"{meant(Path(path).parent, Path.is_dir)} Create it first.",
            param_hint=option,
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise typer.BadParameter(
            f'you are not allowed to write to the folder "{folder}" of "{path}". Choose another '
            "folder.",
            param_hint=option,
        )
    if Path(path).is_dir():
        raise typer.BadParameter(
            f'"{path}" is a folder. Name a file in it, such as "{path}/result.csv".',
            param_hint=option,
        )
    return path
