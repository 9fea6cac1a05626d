"""`studiolo profile`: what the classic Visualize dialog showed, in the terminal."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from studiolo.cli.dataset_paths import dataset_path
from studiolo.cli.reading import Decimal, Delimiter, Encoding, Sheet
from studiolo.cli.reporting import reported_errors, show_notes
from studiolo.cli.terminal import Terminal, write_document
from studiolo.cli.views.profile_view import render_profile
from studiolo.datasets.profile import profile_dataset, profile_document
from studiolo.datasets.reading.files import DatasetFile
from studiolo.documents.text import document_text


def command(
    dataset: Annotated[Path, typer.Argument(help="The dataset to profile.", metavar="FILE")],
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    bins: Annotated[int, typer.Option(help="Number of bins in a histogram.")] = 10,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    decimal: Decimal = None,
    sheet: Sheet = None,
) -> None:
    """Show the size of a dataset and, for each column, its type, statistics and distribution."""
    errors = Terminal(sys.stderr)
    with reported_errors(errors):
        file = DatasetFile(
            path=dataset_path(dataset),
            encoding=encoding,
            delimiter=delimiter,
            decimal=decimal,
            sheet=sheet,
        )
        content = file.read()
        show_notes(errors, content.notes)
        profile = profile_dataset(content, bins=bins)
        if json:
            write_document(document_text(profile_document(profile)))
        else:
            Terminal(sys.stdout).print(render_profile(profile))
