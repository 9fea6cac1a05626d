"""Arguments and options that the commands for web services share."""

from typing import Annotated

import typer

WorkspacePath = Annotated[
    str, typer.Option("--workspace", help="The workspace, or a path in it.", metavar="PATH")
]
ServiceName = Annotated[str, typer.Argument(help="The service's name.", metavar="NAME")]
EndpointName = Annotated[str, typer.Option("--endpoint", help="The endpoint.", metavar="NAME")]
