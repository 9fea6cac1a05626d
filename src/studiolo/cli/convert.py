"""`studiolo convert`: a dataset from one file format to another."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from studiolo.cli.reporting import printable, reported_errors, show_notes
from studiolo.cli.terminal import Terminal
from studiolo.datasets.files import (
    FileFormat,
    format_of,
    read_dataset,
    write_dataset,
    write_dataset_to,
)


def command(
    source: Annotated[Path, typer.Argument(help="The dataset to read.", metavar="IN")],
    target: Annotated[str, typer.Argument(help="The file to write; - is CSV.", metavar="OUT")],
    sheet: Annotated[str | None, typer.Option(help="Which sheet of an Excel file.")] = None,
) -> None:
    """Convert a dataset between file formats, told by their extensions."""
    console = Terminal(sys.stderr)
    with reported_errors(console):
        if target == "-":
            dataset = read_dataset(source, sheet=sheet)
            show_notes(console, dataset.notes)
            write_dataset_to(
                dataset, sys.stdout.buffer, name="standard output", format=FileFormat.CSV
            )
            sys.stdout.buffer.flush()
            return
        # Before a large file is read for nothing.
        format_of(target)
        dataset = read_dataset(source, sheet=sheet)
        show_notes(console, dataset.notes)
        write_dataset(dataset, target)
        rows, columns = dataset.table.shape
        console.say(Text(printable(f"{target}: {rows:,} rows, {columns:,} columns")))
