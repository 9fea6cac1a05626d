"""Web services on the terminal."""

import json
from collections.abc import Mapping, Sequence

from rich.text import Text

from studiolo.calling.server_figures import VersionFigures
from studiolo.cli.services.addresses import Addresses
from studiolo.cli.terminal import Terminal
from studiolo.quantities import size_text
from studiolo.rendering.amounts import moment_text
from studiolo.rendering.plain_text import one_line, printable
from studiolo.services.sample_request import plain_sample_request
from studiolo.services.schema import PortSchema, ServiceSchema
from studiolo.services.version_needs import VersionNeeds
from studiolo.services.versions.row_wise import RowWise
from studiolo.store.services.service_record import ServiceIsolation, Traffic
from studiolo.workspace.services.publishing import Publication
from studiolo.workspace.services.workspace_services import SeenService

#: How requests are kept apart, and what that means.
_ISOLATION = {
    ServiceIsolation.REQUEST: "request: each request has a process of its own",
    ServiceIsolation.WORKER: "worker: a request may see what earlier requests to the same version "
    "left in memory",
}
#: Columns of an input or output that are listed; services have hundreds.
_MOST_COLUMNS = 12


def show_publication(console: Terminal, publication: Publication, addresses: Addresses) -> None:
    """Show what publishing led to, and how the service is called."""
    published = publication.published
    service, endpoint = published.service, published.endpoint
    console.say(Text(f"Published {service.name} v{published.version.number}.", style="bold"))
    _lines(
        console,
        [
            ("endpoint", endpoint.name),
            ("address", addresses.plain(service, endpoint)),
            ("classic address", addresses.classic(endpoint)),
            ("batches", _batches_text(publication.row_wise)),
            ("isolation", _ISOLATION[endpoint.isolation]),
            *_needs_rows(publication.needs),
        ],
    )
    if publication.keys:
        _lines(console, [(f"{slot} key", key.reveal()) for slot, key in publication.keys.items()])
        console.say(Text("The keys are shown this once. Keep them where no one else reads them."))
        key = next(iter(publication.keys.values())).reveal()
    else:
        console.say(Text("The endpoint keeps the keys that it had."))
        key = "YOUR_KEY"
    console.say(Text('Start the server with "studiolo serve", and call it:'))
    console.print(Text(_curl(publication, addresses, key)), soft_wrap=True)


def show_services(console: Terminal, services: Sequence[SeenService]) -> None:
    """A line for each service."""
    if not services:
        hint = 'Nothing is published yet; "studiolo publish EXPERIMENT" makes a service.'
        console.say(Text(hint, style="dim"))
    width = max((len(seen.service.name) for seen in services), default=0)
    for seen in services:
        endpoints = ", ".join(
            f"{one.endpoint.name}: {_traffic_text(one.traffic)}" for one in seen.endpoints
        )
        line = f"{seen.service.name:{width}}  {_newest_text(seen)}  {endpoints}"
        console.print(Text(printable(line)), soft_wrap=True)


def show_service(console: Terminal, seen: SeenService, addresses: Addresses) -> None:
    """A service in full: its versions, its endpoints, and what callers send and get."""
    service = seen.service
    console.say(Text(service.name, style="bold"))
    if service.description:
        console.say(Text(one_line(service.description)))
    for version in seen.versions:
        removed = " (removed)" if version.removed_at is not None else ""
        note = f"  {one_line(version.note)}" if version.note else ""
        batches = "row-wise" if version.row_wise else "whole"
        line = f"  v{version.number}  {moment_text(version.created_at)}  {batches}{removed}{note}"
        console.print(Text(printable(line)), soft_wrap=True)
    for one in seen.endpoints:
        console.say(Text(f"Endpoint {one.endpoint.name}", style="bold"))
        limits = one.endpoint.limits
        _lines(
            console,
            [
                ("traffic", _traffic_text(one.traffic)),
                ("address", addresses.plain(service, one.endpoint)),
                ("classic address", addresses.classic(one.endpoint)),
                (
                    "requests at a time",
                    f"{limits.concurrent_calls}, and {limits.queued_calls} wait",
                ),
                ("isolation", _ISOLATION[one.endpoint.isolation]),
                ("time limit", f"{limits.seconds:g} seconds"),
                ("a request's size", f"at most {size_text(limits.request_bytes)}"),
                ("a request's rows", f"at most {limits.rows:,}"),
            ],
        )
    if seen.schema is not None:
        _show_newest(console, seen, seen.schema)


def show_figures(console: Terminal, figures: Mapping[str, Mapping[str, VersionFigures]]) -> None:
    """The figures of each version, since its server started."""
    console.say(Text("Requests since the server started", style="bold"))
    _lines(
        console,
        [
            (f"{endpoint} {version}", _figures_text(one))
            for endpoint, versions in figures.items()
            for version, one in versions.items()
        ]
        or [("none yet", "")],
    )


def _figures_text(figures: VersionFigures) -> str:
    mean = 1000 * figures.seconds / max(1, figures.requests)
    return f"{figures.requests:,}, {figures.errors:,} with an error, {mean:,.1f} ms on average"


def _show_newest(console: Terminal, seen: SeenService, schema: ServiceSchema) -> None:
    needs = None if seen.newest is None else seen.needs.get(seen.newest)
    if needs and _needs_rows(needs):
        console.say(Text(f"What v{seen.newest} needs", style="bold"))
        _lines(console, _needs_rows(needs))
    console.say(Text(f"What v{seen.newest} takes and gives", style="bold"))
    rows = [(name, _columns_text(port)) for name, port in schema.inputs.items()]
    rows += [
        (parameter.name, "needed" if parameter.required else f"usually {parameter.default}")
        for parameter in schema.parameters
    ]
    rows += [(name, _columns_text(port)) for name, port in schema.outputs.items()]
    _lines(console, rows)


def _needs_rows(needs: VersionNeeds) -> Sequence[tuple[str, str]]:
    rows = [
        ("may reach", ", ".join(needs.allow)),
        ("secrets", ", ".join(needs.secrets)),
        ("data of NLTK", ", ".join(needs.data)),
    ]
    return [(name, value) for name, value in rows if value]


def _columns_text(port: PortSchema) -> str:
    names = port.names()
    rest = len(names) - _MOST_COLUMNS
    return ", ".join(names[:_MOST_COLUMNS]) + (f" and {rest} more" if rest > 0 else "")


def shares_text(traffic: Traffic) -> str:
    """The versions that share an endpoint's calls, each with its percentage."""
    shares = sorted(traffic.weights.items())
    return ", ".join(f"v{number} {weight} %" for number, weight in shares)


def _batches_text(row_wise: RowWise) -> str:
    return "row by row, in pieces" if row_wise.decided else f"whole. {row_wise.reason}"


def _newest_text(seen: SeenService) -> str:
    return "no version" if seen.newest is None else f"v{seen.newest}"


def _traffic_text(traffic: Traffic) -> str:
    only = next(iter(traffic.weights)) if len(traffic.weights) == 1 else None
    return shares_text(traffic) if only is None else f"v{only}"


def _curl(publication: Publication, addresses: Addresses, key: str) -> str:
    """A call that works as it stands, with a row of the run's own input."""
    published = publication.published
    request = plain_sample_request(publication.schema, optional=False)
    body = json.dumps(request, ensure_ascii=False).replace("'", "'\\''")
    return (
        f"curl -s {addresses.plain(published.service, published.endpoint)} \\\n"
        f'  -H "Authorization: Bearer {key}" -H "Content-Type: application/json" \\\n'
        f"  -d '{body}'"
    )


def _lines(console: Terminal, rows: Sequence[tuple[str, str]]) -> None:
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        console.print(Text(printable(f"  {name:{width}}  {value}")), soft_wrap=True)
