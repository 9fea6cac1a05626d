"""Common parts of the two commands that save a node's result."""

import shlex
import sys
from typing import Final

import typer
from rich.text import Text

from studiolo.cli.reporting import reported_errors
from studiolo.cli.terminal import Terminal
from studiolo.experiments.experiment import NodeName, SavedName
from studiolo.modules.definition import PortKind
from studiolo.rendering.amounts import size_text
from studiolo.rendering.plain_text import printable
from studiolo.runs.errors import NodeUnknownError
from studiolo.runs.history.experiment_result import NodeResult
from studiolo.workspace.lookup import ExperimentPlace, find_target
from studiolo.workspace.saved.errors import NothingToSaveError, words
from studiolo.workspace.saved.saved_objects import SavedVersion
from studiolo.workspace.workspace import Workspace

TARGET_HELP: Final = (
    "A node of an experiment. An experiment is its folder, or its name in the current workspace."
)
NAME_HELP: Final = "Name to save it under. A name that exists gets a new version."
PORT_HELP: Final = "The output of the node, if it has several of the kind."
RUN_HELP: Final = "Id of a run, or enough of it to be unique. Default: the newest run of the node."
_KEYS = {PortKind.MODEL: "trained_model", PortKind.TRANSFORM: "transform"}


def save(target: str, saved: SavedName, *, port: str | None, run: str | None) -> None:
    """Save a node's model or transform, and say so."""
    with reported_errors(Terminal(sys.stderr)):
        place = find_target(target)
        if place.node is None:
            raise typer.BadParameter(
                f"{place.typed} is an experiment. Name one of its nodes: "
                f"{place.typed.rstrip('/')}/NODE.",
                param_hint="EXPERIMENT/NODE",
            )
        with Workspace(place.root) as workspace:
            node = _node(workspace, place, place.node, run, kind=saved.kind)
            before = set(workspace.saved.versions(saved))
            kept = (
                workspace.save_model(node, name=saved.name, port=port)
                if saved.kind is PortKind.MODEL
                else workspace.save_transform(node, name=saved.name, port=port)
            )
            _show(workspace, kept, is_new=kept.version not in before)


def _node(
    workspace: Workspace,
    place: ExperimentPlace,
    name: NodeName,
    called: str | None,
    *,
    kind: PortKind,
) -> NodeResult:
    if called is None:
        found = workspace.runs.latest_of_node(place.key, name)
        if found is None:
            known = workspace.experiment(place.file).nodes
            if name not in known:
                raise NodeUnknownError(node=name, known=list(known))
            reason = f"it has not run yet. Run it first: studiolo run {shlex.quote(place.typed)}"
            raise NothingToSaveError(node=name, kind=kind, reason=reason)
        called = found
    seen = workspace.runs.look(called).run
    if seen.record.experiment != place.key:
        raise typer.BadParameter(
            f'the run "{seen.record.id}" belongs to {seen.record.experiment}, not to {place.key}.',
            param_hint="--run",
        )
    if name not in seen.nodes:
        raise NodeUnknownError(node=name, known=list(seen.nodes))
    return seen.nodes[name]


def _show(workspace: Workspace, kept: SavedVersion, *, is_new: bool) -> None:
    terminal = Terminal(sys.stdout)
    what, file = words(kept.saved), kept.file.relative_to(workspace.root)
    said = (
        f"Saved the {what} as version {kept.version}: {file} ({size_text(kept.record.bytes)})"
        if is_new
        else f"The {what} is the same as its newest version, {kept.version}; nothing was written"
    )
    terminal.say(Text(printable(f"{said}.")))
    terminal.say(
        Text(printable(f"In an experiment: {{{_KEYS[kept.saved.kind]}: {kept.saved.name}}}"))
    )
