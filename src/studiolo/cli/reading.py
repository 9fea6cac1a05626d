"""The options that say how a dataset file is read, for each command that reads one."""

from typing import Annotated

import typer

Encoding = Annotated[
    str | None,
    typer.Option(help="Encoding of a text file, such as windows-1252.", metavar="NAME"),
]
Delimiter = Annotated[
    str | None,
    typer.Option(help="Character that separates fields in a CSV file, or tab.", metavar="CHAR"),
]
Decimal = Annotated[
    str | None,
    typer.Option(help="Decimal mark of numbers in a CSV file: , for 3,14.", metavar="CHAR"),
]
Sheet = Annotated[
    str | None, typer.Option(help="Sheet to read from an Excel file.", metavar="NAME")
]
