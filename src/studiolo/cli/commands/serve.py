"""`studiolo serve`: the studio of a workspace, and its web services."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from studiolo.cli.reporting import reported_errors
from studiolo.cli.services.service_view import shares_text
from studiolo.cli.terminal import Terminal
from studiolo.datasets.reading.without_pandas import leave_pandas_out
from studiolo.rendering.plain_text import printable
from studiolo.workspace.workspace import open_workspace

if TYPE_CHECKING:
    from studiolo.services.serving.served_endpoints import ServedEndpoints


def command(
    host: Annotated[
        str,
        typer.Option(help="Address to listen at; 0.0.0.0 is every address of the machine."),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen at; 0 takes any free one.", min=0, max=65535)
    ] = 8765,
    service: Annotated[
        str | None,
        typer.Option(
            help="Serve only this service, without the studio. Default: all.", metavar="NAME"
        ),
    ] = None,
    tls_cert: Annotated[
        Path | None,
        typer.Option(help="Certificate for TLS, a file in PEM format.", metavar="FILE"),
    ] = None,
    tls_key: Annotated[
        Path | None,
        typer.Option(
            help="Private key of the certificate, if it is in a separate file.",
            metavar="FILE",
        ),
    ] = None,
    workspace: Annotated[
        Path, typer.Option(help="The workspace, or a folder in it.", metavar="PATH")
    ] = Path(),
) -> None:
    """Serve the studio of a workspace and its published web services until Ctrl-C.

    The link that it prints signs a browser in to the studio.

    Before the server ends, it answers all requests that it has accepted.
    It writes its log to standard error, a line of JSON for each request.
    """
    if tls_key is not None and tls_cert is None:
        raise typer.BadParameter("it needs --tls-cert as well.", param_hint="--tls-key")
    leave_pandas_out()  # which the first request would wait for
    # The one place where the command line starts the server. Here and not above: the other
    # commands would wait for its libraries.
    from studiolo.server.serve import serve  # noqa: PLC0415

    terminal = Terminal(sys.stdout)
    with reported_errors(Terminal(sys.stderr)), open_workspace(workspace) as opened:
        serve(
            opened,
            host=host,
            port=port,
            service=service,
            certificate=tls_cert,
            key=tls_key,
            on_ready=lambda address, endpoints, link: _say(terminal, address, endpoints, link),
        )
        terminal.say(Text("Ended."))


def _say(terminal: Terminal, address: str, endpoints: "ServedEndpoints", link: str | None) -> None:
    terminal.print(Text(f"Serving at {address}"), soft_wrap=True)
    # Each address is that of a help page, which shows how the service is called.
    records = sorted(
        (endpoint.record for endpoint in endpoints.all()),
        key=lambda record: (record.service.name, record.endpoint.name),
    )
    for record in records:
        name = printable(record.service.name)
        where = f"{address}/services/{name}"
        if record.endpoint.name != "default":
            where += f"/endpoints/{printable(record.endpoint.name)}"
        versions = shares_text(record.traffic)
        line = Text.assemble("  ", (name, "bold"), f"  {where}  ({versions})")
        terminal.print(line, soft_wrap=True)
    if not records:
        text = 'Nothing is published yet; "studiolo publish EXPERIMENT" makes a service.'
        terminal.say(Text(text))
    if link is not None:
        terminal.print(Text(f"Open the studio: {link}"), soft_wrap=True)
    # A program that started it waits for these lines, perhaps behind a pipe.
    sys.stdout.flush()
