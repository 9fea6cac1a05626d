"""`studiolo show`: the outcome of an experiment, or of one of its nodes."""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from studiolo.cli.device_folder import check_device_folder, write_device_page
from studiolo.cli.reporting import reported_errors
from studiolo.cli.targets import Target, targets_of
from studiolo.cli.terminal import Terminal, write_document
from studiolo.cli.views.experiment_view import show_experiment, show_never_run
from studiolo.cli.views.node_view import show_never_ran, show_node, summary_of
from studiolo.documents.node import never_ran_document, node_detail_document
from studiolo.documents.run import never_run_document, run_document
from studiolo.documents.text import document_text
from studiolo.experiments.experiment import NodeName
from studiolo.rendering.amounts import count_text
from studiolo.rendering.plain_text import printable
from studiolo.runs.errors import NodeUnknownError, OutputMissingError
from studiolo.runs.history.current_state import CurrentRun
from studiolo.runs.history.experiment_result import NodeResult
from studiolo.runs.history.node_outputs import dataset_ports, kinds_of, outputs_of
from studiolo.sandbox.exchange.job import PythonDevice
from studiolo.store.identity import RunId
from studiolo.workspace.folder.history import SeenRun
from studiolo.workspace.lookup import ExperimentPlace, find_target
from studiolo.workspace.workspace import Workspace

_NOT_RUN = "not run"


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """The request for a view of a node."""

    port: str | None
    #: Where its dataset goes, and its device.
    output: Target | None
    device: Path | None
    json: bool
    variables: bool

    @property
    def is_written(self) -> bool:
        """Whether it is for files, and not to be looked at."""
        return self.output is not None or self.device is not None


def command(
    target: Annotated[
        str,
        typer.Argument(
            help="An experiment, or EXPERIMENT/NODE. An experiment is its folder, its "
            "experiment.yaml, or its name in the current workspace.",
            metavar="TARGET",
        ),
    ],
    run: Annotated[
        str | None,
        typer.Option(
            help="Id of a run, or enough of it to be unique. Default: the newest run.",
            metavar="RUN",
        ),
    ] = None,
    port: Annotated[
        str | None, typer.Option(help="Show only this output of the node.", metavar="PORT")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            help="File to write the node's whole dataset to; - writes CSV to stdout.",
            metavar="FILE",
        ),
    ] = None,
    device: Annotated[
        Path | None,
        typer.Option(
            help="Folder to write console.txt, the images and index.html to.", metavar="DIR"
        ),
    ] = None,
    variables: Annotated[
        bool,
        typer.Option(
            "--variables", help="Show the local variables of a node that failed, at each frame."
        ),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Show the results of an experiment, or of one of its nodes, without running anything."""
    with reported_errors(Terminal(sys.stderr)):
        targets = targets_of(output, None, json=json)
        if device is not None:
            check_device_folder(device)
        wanted = _Wanted(
            port=port,
            output=targets[0] if targets else None,
            device=device,
            json=json,
            variables=variables,
        )
        place = find_target(target)
        with Workspace(place.root) as workspace, workspace.runs.in_use():
            if place.node is not None:
                _show_node(workspace, place, place.node, run, wanted)
                return
            _refuse_of_nodes(
                place, port=port, output=output, device=device, variables=variables or None
            )
            _show_experiment(workspace, place, run, json=json)


def _refuse_of_nodes(place: ExperimentPlace, **given: object) -> None:
    for option, value in given.items():
        if value is not None:
            raise typer.BadParameter(
                f"this option needs a node, but {place.typed} is an experiment. Name one of its "
                "nodes: "
                f"{place.typed.rstrip('/')}/NODE.",
                param_hint=f"--{option}",
            )


def _show_experiment(
    workspace: Workspace, place: ExperimentPlace, run: str | None, *, json: bool
) -> None:
    found = _run(workspace, place, run)
    typed = shlex.quote(place.typed)
    if found is None:
        experiment = workspace.experiment(place.file)
        if json:
            write_document(document_text(never_run_document(place.key, experiment)))
        else:
            show_never_run(Terminal(sys.stdout), experiment, typed=typed)
        return
    looked = workspace.runs.look(found)
    seen, provenance = looked.run, looked.provenance
    if json:
        write_document(document_text(run_document(seen, provenance)))
    else:
        show_experiment(Terminal(sys.stdout), seen, provenance, typed=typed)


def _show_node(
    workspace: Workspace, place: ExperimentPlace, name: NodeName, run: str | None, wanted: _Wanted
) -> None:
    looked = _run_of_node(workspace, place, name, run)
    if looked is None:
        _say_never_ran(workspace, place, name, wanted)
        return
    seen, provenance = looked.run, looked.provenance
    node = seen.nodes[name]
    if wanted.port is not None:
        _check_port(node, wanted.port)
    if wanted.output is not None:
        _write_output(node, wanted.output, wanted.port)
    if wanted.device is not None:
        _write_device(seen, node, wanted.device)
    if wanted.is_written and not wanted.json:
        return
    kinds = kinds_of(provenance.module(name), workspace.catalogue, saved=provenance.saved(name))
    outputs = outputs_of(node, kinds, port=wanted.port)
    if wanted.json:
        write_document(document_text(node_detail_document(seen, node, provenance, outputs)))
    else:
        typed = shlex.quote(f"{place.typed.rstrip('/')}/{name}")
        show_node(
            Terminal(sys.stdout),
            seen,
            node,
            provenance,
            outputs,
            typed=typed,
            variables=wanted.variables,
        )


def _run(workspace: Workspace, place: ExperimentPlace, called: str | None) -> RunId | None:
    """The run of that id, or the newest; None if there is none."""
    if called is None:
        newest = workspace.runs.newest(place.key, limit=1)
        return newest[0].id if newest else None
    found = workspace.runs.find(called)
    if found.experiment != place.key:
        raise typer.BadParameter(
            f'the run "{found.id}" belongs to {found.experiment}, not to {place.key}.',
            param_hint="--run",
        )
    return found.id


def _run_of_node(
    workspace: Workspace, place: ExperimentPlace, name: NodeName, called: str | None
) -> SeenRun | None:
    """The run to show a node of; by default the newest in which the node had an outcome."""
    latest = None if called is not None else workspace.runs.latest_of_node(place.key, name)
    found = latest or _run(workspace, place, called)
    if found is None:
        return None
    looked = workspace.runs.look(found)
    if name in looked.run.nodes:
        return looked
    if called is not None:
        raise NodeUnknownError(node=name, known=list(looked.run.nodes))
    return None


def _say_never_ran(
    workspace: Workspace, place: ExperimentPlace, name: NodeName, wanted: _Wanted
) -> None:
    experiment = workspace.experiment(place.file)
    if name not in experiment.nodes:
        raise NodeUnknownError(node=name, known=list(experiment.nodes))
    if wanted.is_written or wanted.port is not None:
        raise OutputMissingError(node=name, port=wanted.port, ports=(), state=_NOT_RUN)
    if wanted.json:
        write_document(document_text(never_ran_document(place.key, name)))
    else:
        show_never_ran(Terminal(sys.stdout), name, typed=shlex.quote(place.typed))


def _check_port(node: NodeResult, port: str) -> None:
    if port not in node.ports:
        raise OutputMissingError(
            node=node.record.node, port=port, ports=node.ports, state=node.state
        )


def _write_output(node: NodeResult, target: Target, port: str | None) -> None:
    chosen = port or next(iter(dataset_ports(node)), None)
    if chosen is None:
        raise OutputMissingError(
            node=node.record.node, port=None, ports=node.ports, state=node.state
        )
    dataset = node.dataset(chosen)
    target.put_and_say(dataset, Terminal(sys.stderr))


def _write_device(run: CurrentRun, node: NodeResult, folder: Path) -> None:
    images = node.images
    write_device_page(
        PythonDevice(console=node.console, console_dropped=0, images=images),
        node.failure,
        folder,
        of_node=True,
        title=node.record.node,
        summary=summary_of(run, node),
    )
    pictures = f"{count_text(len(images), 'image')} and the console" if images else "the console"
    said = Text.assemble((f"{pictures}: ", "dim"), printable(str(folder / "index.html")))
    Terminal(sys.stderr).say(said)
