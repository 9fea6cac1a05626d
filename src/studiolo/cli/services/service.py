"""`studiolo service NAME`: a web service in full, and what can be changed about it."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer
from rich.text import Text

from studiolo.calling.errors import ServiceCallError, ServiceUnreachableError
from studiolo.calling.server_figures import server_figures
from studiolo.cli.reporting import reported_errors
from studiolo.cli.services.addresses import Addresses
from studiolo.cli.services.answers import pairs
from studiolo.cli.services.places import (
    EndpointName,
    ServiceName,
    WorkspacePath,
)
from studiolo.cli.services.service_view import shares_text, show_figures, show_service
from studiolo.cli.terminal import Terminal, write_document
from studiolo.documents.services import service_document
from studiolo.documents.text import document_text
from studiolo.rendering.plain_text import printable
from studiolo.store.services.service_record import DEFAULT_ENDPOINT, KeySlot, Traffic
from studiolo.workspace.services.limits import limits_text, read_limits
from studiolo.workspace.services.workspace_services import WorkspaceServices
from studiolo.workspace.workspace import Workspace, open_workspace


class Action(StrEnum):
    """Actions on a service."""

    SHOW = "show"
    KEYS = "keys"
    TRAFFIC = "traffic"
    ROLLBACK = "rollback"
    LIMITS = "limits"


def command(
    name: ServiceName,
    action: Annotated[
        Action,
        typer.Argument(
            help="show: its versions, endpoints and schema. keys: replace a key (--rotate). "
            "traffic: share the calls out between versions. rollback: undo the last change of "
            "traffic. limits: set what callers of an endpoint may ask for."
        ),
    ] = Action.SHOW,
    values: Annotated[
        list[str] | None,
        typer.Argument(
            help="For traffic: VERSION=PERCENT, such as v3=90 v4=10. For limits: concurrent, "
            "queue, time, size, rows, such as concurrent=40 time=2m size=16MiB.",
            metavar="VALUE",
        ),
    ] = None,
    rotate: Annotated[
        KeySlot | None, typer.Option(help="For keys: the key to replace by a new one.")
    ] = None,
    endpoint: EndpointName = DEFAULT_ENDPOINT,
    url: Annotated[
        str, typer.Option(help="For show: the server that is asked for figures.", metavar="URL")
    ] = Addresses.base,
    workspace: WorkspacePath = ".",
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show a web service, replace its keys, share its calls out, or set its limits."""
    shown = Terminal(sys.stdout)
    _check_arguments(action, values, rotate)
    with reported_errors(Terminal(sys.stderr)), open_workspace(workspace) as opened:
        services = opened.services
        if action is Action.KEYS:
            _rotate(shown, services, name, endpoint, rotate)
        elif action is Action.TRAFFIC:
            traffic = services.set_traffic(name, _weights(values or []), endpoint)
            _say_traffic(shown, name, endpoint, traffic)
        elif action is Action.ROLLBACK:
            _say_traffic(shown, name, endpoint, services.rollback(name, endpoint))
        elif action is Action.LIMITS:
            changes = read_limits(pairs(values or [], "VALUE"))
            limits = services.set_limits(name, endpoint, **changes)
            shown.say(Text(f"The limits of {name} ({endpoint}) are {limits_text(limits)}."))
        elif json:
            write_document(document_text(service_document(services.find(name))))
        else:
            show_service(shown, services.find(name), Addresses())
            _show_figures(shown, url, opened, name)


def _show_figures(shown: Terminal, url: str, workspace: Workspace, name: str) -> None:
    token = workspace.metrics_token
    try:
        if token is None:
            raise ServiceUnreachableError(address=url, reason="this workspace was never served")
        figures = server_figures(url, token=token, service=name)
    except ServiceCallError as error:
        hint = f"There are no figures. {error} --url names the server."
        shown.say(Text(printable(hint), style="dim"))
    else:
        show_figures(shown, figures)


def _check_arguments(action: Action, values: Sequence[str] | None, rotate: KeySlot | None) -> None:
    if action is Action.KEYS and rotate is None:
        raise typer.BadParameter(
            "say which key to replace: primary or secondary. Keys are kept as hashes, so the ones "
            "in use can't be shown.",
            param_hint="--rotate",
        )
    if action is Action.TRAFFIC and not values:
        raise typer.BadParameter(
            "give each version its share of the calls, such as v3=90 v4=10.", param_hint="VALUE"
        )
    if action not in (Action.TRAFFIC, Action.LIMITS) and values:
        raise typer.BadParameter(f"{action.value} takes none.", param_hint="VALUE")


def _rotate(
    shown: Terminal, services: WorkspaceServices, name: str, endpoint: str, slot: KeySlot | None
) -> None:
    assert slot is not None
    key = services.rotate(name, slot, endpoint)
    shown.say(Text(f"The {slot} key of {name} ({endpoint}) is now, shown this once:"))
    shown.print(Text(key.reveal()), soft_wrap=True)


def _say_traffic(shown: Terminal, name: str, endpoint: str, traffic: Traffic) -> None:
    shares = shares_text(traffic)
    shown.say(Text(f"Calls of {name} ({endpoint}) now go to {shares}."))


def _weights(shares: Sequence[str]) -> dict[int, int]:
    weights = {}
    for share in shares:
        version, _, percent = share.partition("=")
        digits = version.removeprefix("v")
        if not digits.isdecimal() or not percent.isdecimal():
            raise typer.BadParameter(
                f'"{share}" must be VERSION=PERCENT in whole numbers, such as v3=90.',
                param_hint="VALUE",
            )
        if int(digits) in weights:
            raise typer.BadParameter(f"v{digits} is there twice.", param_hint="VALUE")
        weights[int(digits)] = int(percent)
    return weights
