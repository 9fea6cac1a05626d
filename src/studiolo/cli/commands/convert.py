"""`studiolo convert`: a dataset from one file format to another."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from studiolo.cli.dataset_paths import dataset_path
from studiolo.cli.reading import Decimal, Delimiter, Encoding, Sheet
from studiolo.cli.reporting import reported_errors, show_notes
from studiolo.cli.targets import STANDARD_OUTPUT, Target
from studiolo.cli.terminal import Terminal
from studiolo.datasets.reading.files import DatasetFile, format_of
from studiolo.datasets.reading.without_pandas import leave_pandas_out


def command(
    source: Annotated[Path, typer.Argument(help="The dataset to read.", metavar="IN")],
    target: Annotated[
        str, typer.Argument(help="The file to write; - writes CSV to stdout.", metavar="OUT")
    ],
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    decimal: Decimal = None,
    sheet: Sheet = None,
) -> None:
    """Convert a dataset from one file format to another; the extensions name the formats."""
    console = Terminal(sys.stderr)
    file = DatasetFile(
        path=dataset_path(source),
        encoding=encoding,
        delimiter=delimiter,
        decimal=decimal,
        sheet=sheet,
    )
    with reported_errors(console):
        leave_pandas_out()
        if target != STANDARD_OUTPUT:
            # Before a large file is read for nothing.
            format_of(target)
        dataset = file.read()
        show_notes(console, dataset.notes)
        Target(path=target).put_and_say(dataset, console)
