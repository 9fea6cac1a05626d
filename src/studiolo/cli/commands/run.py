"""`studiolo run`: run a script, or an experiment, from the terminal."""

import importlib
from pathlib import Path
from typing import Annotated

import typer

from studiolo.cli.quantities import parse_duration, parse_memory
from studiolo.cli.targets_allowed import parse_allowance
from studiolo.experiments.allowance import Allowance
from studiolo.experiments.experiment import NodeLimits
from studiolo.sandbox.exchange.job import PortBinding
from studiolo.sandbox.policy.isolation import Isolation
from studiolo.sandbox.process.launcher import Launcher

_SCRIPT = "Scripts"
_EXPERIMENT = "Experiments"
_EACH_NODE = "in an experiment, for each node that sets none"
#: Options that mean nothing to the other of the two.
_OF_SCRIPTS = (
    "dataset1",
    "dataset2",
    "encoding",
    "delimiter",
    "decimal",
    "sheet",
    "script_bundle",
    "output",
    "output2",
    "device",
    "variables",
    "port_binding",
    "environment",
    "secret",
)
_OF_EXPERIMENTS = ("to", "only", "start", "again")
#: How an experiment's file says what these options say for a script.
_IN_THE_FILE = {
    "environment": "environment: NAME, for a node or for the whole experiment",
    "port_binding": "port_binding: slot, for a node",
    "secret": "secrets: [NAME], for each node that is given one",
}


def command(
    context: typer.Context,
    path: Annotated[
        Path,
        typer.Argument(
            help="A script with a function azureml_main (.py), or an experiment: its folder or "
            "its experiment.yaml.",
            metavar="SCRIPT.py|EXPERIMENT",
        ),
    ],
    dataset1: Annotated[
        Path | None,
        typer.Option(help="Dataset for the first port.", metavar="FILE", rich_help_panel=_SCRIPT),
    ] = None,
    dataset2: Annotated[
        Path | None,
        typer.Option(help="Dataset for the second port.", metavar="FILE", rich_help_panel=_SCRIPT),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            help="Encoding of text datasets, such as windows-1252.",
            metavar="NAME",
            rich_help_panel=_SCRIPT,
        ),
    ] = None,
    delimiter: Annotated[
        str | None,
        typer.Option(
            help="Character that separates fields in CSV datasets, or tab.",
            metavar="CHAR",
            rich_help_panel=_SCRIPT,
        ),
    ] = None,
    decimal: Annotated[
        str | None,
        typer.Option(
            help="Decimal mark of numbers in CSV datasets: , for 3,14.",
            metavar="CHAR",
            rich_help_panel=_SCRIPT,
        ),
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option(
            help="Sheet to read from an Excel dataset.", metavar="NAME", rich_help_panel=_SCRIPT
        ),
    ] = None,
    script_bundle: Annotated[
        Path | None,
        typer.Option(
            help="Zip file of modules for the third port.",
            metavar="FILE.zip",
            rich_help_panel=_SCRIPT,
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            help="File to write the Results Dataset to; - writes CSV to stdout.",
            metavar="FILE",
            rich_help_panel=_SCRIPT,
        ),
    ] = None,
    output2: Annotated[
        str | None,
        typer.Option(
            help="File to write the second returned frame to.",
            metavar="FILE",
            rich_help_panel=_SCRIPT,
        ),
    ] = None,
    device: Annotated[
        Path | None,
        typer.Option(
            help="Folder to write console.txt, the images and index.html to.",
            metavar="DIR",
            rich_help_panel=_SCRIPT,
        ),
    ] = None,
    variables: Annotated[
        bool,
        typer.Option(
            "--variables",
            help="If the script fails, show its local variables at each frame.",
            rich_help_panel=_SCRIPT,
        ),
    ] = False,
    port_binding: Annotated[
        PortBinding,
        typer.Option(
            help="How ports bind to arguments. connected: like the classic studio; slot: like "
            "Azure ML designer.",
            rich_help_panel=_SCRIPT,
        ),
    ] = PortBinding.CONNECTED,
    environment: Annotated[
        str | None,
        typer.Option(
            help="Environment that the script runs in: classic for scripts of 2015 to 2020.",
            metavar="NAME",
            rich_help_panel=_SCRIPT,
        ),
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option(
            help="Run this node and the nodes that it depends on.",
            metavar="NODE",
            rich_help_panel=_EXPERIMENT,
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Run only this node, again; its inputs come from earlier runs.",
            metavar="NODE",
            rich_help_panel=_EXPERIMENT,
        ),
    ] = None,
    start: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            help="Run this node and all nodes that depend on it again.",
            metavar="NODE",
            rich_help_panel=_EXPERIMENT,
        ),
    ] = None,
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            help="Ignore kept results and run every selected node again.",
            rich_help_panel=_EXPERIMENT,
        ),
    ] = False,
    timeout: Annotated[
        int | None,
        typer.Option(
            help=f"Time limit: seconds, or a value such as 90s, 10m or 2h; {_EACH_NODE}.",
            parser=parse_duration,
            metavar="TIME",
        ),
    ] = None,
    memory: Annotated[
        int | None,
        typer.Option(
            help=f"Memory limit, such as 512MiB or 4GiB; {_EACH_NODE}.",
            parser=parse_memory,
            metavar="SIZE",
        ),
    ] = None,
    cpus: Annotated[
        int | None,
        typer.Option(help=f"Number of processors to use; {_EACH_NODE}.", min=1, metavar="N"),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(
            help="A keyword-only parameter of azureml_main; in an experiment NODE.NAME=VALUE.",
            metavar="NAME=VALUE",
        ),
    ] = None,
    allow: Annotated[
        list[Allowance] | None,
        typer.Option(
            help="A host and port that scripts may reach, such as api.example.com:443; else they "
            "reach nothing. Repeat it for more. HOST:PORT=ADDRESS:PORT connects to a stand-in.",
            parser=parse_allowance,
            metavar="HOST:PORT",
        ),
    ] = None,
    secret: Annotated[
        list[str] | None,
        typer.Option(
            help='A secret that the script reads as an environment variable; "studiolo secret set" '
            "keeps it. Repeat it for more.",
            metavar="NAME",
            rich_help_panel=_SCRIPT,
        ),
    ] = None,
    isolation: Annotated[
        Isolation,
        typer.Option(
            help="strict: refuse to run unless every layer is available; "
            "auto: use what this machine has; off: resource limits only."
        ),
    ] = Isolation.AUTO,
    json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print the report as JSON; the script's console goes to stderr."
        ),
    ] = False,
) -> None:
    """Run a script or an experiment, each script in a fresh sandbox, and show the results."""
    if path.suffix == ".py":
        _refuse_others(context, _OF_EXPERIMENTS, "an experiment", f'"{path}" is a script')
        script = importlib.import_module("studiolo.cli.commands.run_script")
        script.run(
            path,
            dataset1=dataset1,
            dataset2=dataset2,
            encoding=encoding,
            delimiter=delimiter,
            decimal=decimal,
            sheet=sheet,
            script_bundle=script_bundle,
            param=param,
            output=output,
            output2=output2,
            device=device,
            variables=variables,
            port_binding=port_binding,
            environment=environment,
            timeout=timeout,
            memory=memory,
            cpus=cpus,
            allow=allow or [],
            secrets=secret or [],
            isolation=isolation,
            json=json,
            launcher=context.find_object(Launcher),
        )
    _refuse_others(context, _OF_SCRIPTS, "a script", f'"{path}" is an experiment')
    # What records runs takes a quarter of a second to import, which a script need not wait for.
    experiment = importlib.import_module("studiolo.cli.commands.run_experiment")
    experiment.run(
        path,
        to=to or [],
        only=only or [],
        start=start or [],
        again=again,
        param=param or [],
        limits=NodeLimits(timeout=timeout, memory=memory, cpus=cpus),
        allow=allow or [],
        isolation=isolation,
        json=json,
    )


def _refuse_others(context: typer.Context, names: tuple[str, ...], what: str, this: str) -> None:
    for name in names:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            option = "--" + ("from" if name == "start" else name.replace("_", "-"))
            said = f"this option is for {what}, but {this}."
            if names is _OF_SCRIPTS and name in _IN_THE_FILE:
                said += f" Its experiment.yaml says it: {_IN_THE_FILE[name]}."
            raise typer.BadParameter(said, param_hint=option)
