"""The options that say how a dataset file is read, for each command that reads one."""

from typing import Annotated

import typer

Encoding = Annotated[
    str | None,
    typer.Option(help="Encoding of a text file, such as windows-1252.", metavar="NAME"),
]
Delimiter = Annotated[
    str | None,
    typer.Option(help="What separates fields in CSV: a character, or tab.", metavar="CHAR"),
]
Sheet = Annotated[str | None, typer.Option(help="Which sheet of an Excel file.", metavar="NAME")]
