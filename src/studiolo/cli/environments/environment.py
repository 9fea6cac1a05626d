"""`studiolo environment`: Show, make, lock and remove the Python environments of scripts."""

import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from studiolo.cli.environments.environment_view import (
    environment_document,
    show_changes,
    show_environment,
    show_environments,
)
from studiolo.cli.quantities import parse_duration, parse_memory
from studiolo.cli.reporting import reported_errors
from studiolo.cli.terminal import Terminal, write_document
from studiolo.cli.views.build_progress import BuildProgressBar
from studiolo.documents.text import document_text
from studiolo.rendering.amounts import count_text, size_text
from studiolo.rendering.plain_text import printable
from studiolo.workspace.environments.workspace_environments import WorkspaceEnvironments
from studiolo.workspace.folder.root import environments_of, find_root


class DataLibrary(StrEnum):
    """A library whose data a workspace can keep."""

    NLTK = "nltk"


Name = Annotated[str, typer.Argument(help="The environment's name.", metavar="NAME")]
Library = Annotated[
    DataLibrary, typer.Argument(help="The library that looks for the data.", metavar="LIBRARY")
]
DataNames = Annotated[
    list[str], typer.Argument(help="The data, such as stopwords or punkt.", metavar="NAME…")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def list_all(*, json: Json = False) -> None:
    """List the environments that scripts here can name, and those that were built for scripts."""
    errors, console = Terminal(sys.stderr), Terminal(sys.stdout)
    with reported_errors(errors):
        found = _here().all()
        if json:
            document = {"environments": [environment_document(one) for one in found]}
            write_document(document_text(document))
        else:
            show_environments(console, found)


def show(name: Name, *, json: Json = False) -> None:
    """Show an environment: its Python, its packages, its place, its size and its last use."""
    errors, console = Terminal(sys.stderr), Terminal(sys.stdout)
    with reported_errors(errors):
        found = _here().find(name)
        if json:
            write_document(document_text(environment_document(found)))
        else:
            show_environment(console, found)


def create(
    name: Name,
    add: Annotated[
        list[str] | None,
        typer.Option(
            help="A package that it has besides those of the default environment.",
            metavar="PACKAGE",
        ),
    ] = None,
    python: Annotated[
        str | None,
        typer.Option(
            help="Its Python, such as 3.12; Studiolo's own if not given.", metavar="VERSION"
        ),
    ] = None,
    allow_builds: Annotated[
        bool,
        typer.Option(
            "--allow-builds",
            help="Build packages that have no wheel. That runs their code outside the sandbox.",
        ),
    ] = False,
) -> None:
    """Make an environment of the workspace, lock its packages and build it."""
    errors, console = Terminal(sys.stderr), Terminal(sys.stdout)
    with reported_errors(errors):
        find_root(Path())
        with BuildProgressBar(errors) as progress:
            environments = _here(allow_builds=allow_builds)
            environments.create(name, packages=add or [], python=python, progress=progress)
        show_environment(console, environments.find(name))


def lock(
    what: Annotated[
        str,
        typer.Argument(
            help="An environment of the workspace, or a script with a metadata block.",
            metavar="NAME|SCRIPT.py",
        ),
    ],
    environment: Annotated[
        str | None,
        typer.Option(
            help="The environment that the script runs in, if its block does not say.",
            metavar="NAME",
        ),
    ] = None,
    allow_builds: Annotated[
        bool,
        typer.Option(
            "--allow-builds",
            help="Build packages that have no wheel. That runs their code outside the sandbox.",
        ),
    ] = False,
) -> None:
    """Lock the newest versions that an environment, or the block of a script, allows."""
    errors, console = Terminal(sys.stderr), Terminal(sys.stdout)
    with reported_errors(errors):
        with BuildProgressBar(errors) as progress:
            if what.endswith(".py"):
                environments = _here(Path(what), allow_builds=allow_builds)
                _, changes = environments.lock_script(
                    Path(what), environment=environment, progress=progress
                )
            else:
                environments = _here(allow_builds=allow_builds)
                changes = environments.lock(what, progress=progress)
        show_changes(console, changes)


def remove(name: Name) -> None:
    """Remove an environment of the workspace. What was built of it stays until it is pruned."""
    errors, console = Terminal(sys.stderr), Terminal(sys.stdout)
    with reported_errors(errors):
        _here().remove(name)
        console.say(Text(f'The environment "{name}" was removed.'))


def add_data(
    library: Library,
    names: DataNames,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="The folder nltk_data that NLTK's downloader makes, or a zip of it.",
            metavar="FOLDER|ZIP",
        ),
    ] = None,
    download: Annotated[
        bool, typer.Option("--download", help="Download them, checked by the index's checksums.")
    ] = False,
    index: Annotated[
        str | None,
        typer.Option(help="For --download: the index to ask instead of NLTK's.", metavar="ADDRESS"),
    ] = None,
) -> None:
    """Give all environments of the workspace data that NLTK looks for, such as stopwords."""
    errors, console = Terminal(sys.stderr), Terminal(sys.stdout)
    with reported_errors(errors):
        find_root(Path())
        if (source is None) != download:
            raise typer.BadParameter(
                "say where the data come from: --from FOLDER, or --download.", param_hint="--from"
            )
        data = _here().data()
        if source is None:

            def say(name: str, size: int) -> None:
                errors.say(Text(f"Downloading {name}, {size_text(size)} …", style="dim"))

            found = data.download(names, index=index, progress=say)
        else:
            found = data.add(names, source)
        for added in found:
            console.say(Text(f"Added {library} {printable(added)}."))


def remove_data(library: Library, names: DataNames) -> None:
    """Remove data that were added."""
    errors, console = Terminal(sys.stderr), Terminal(sys.stdout)
    with reported_errors(errors):
        find_root(Path())
        for removed in _here().data().remove(names):
            console.say(Text(f"Removed {library} {printable(removed)}."))


def prune(
    keep: Annotated[
        int | None,
        typer.Option(
            help="Remove until the rest takes this much, such as 10GiB.",
            parser=parse_memory,
            metavar="SIZE",
        ),
    ] = None,
    unused: Annotated[
        int | None,
        typer.Option(
            help="Remove what was not used for this long, such as 48h; 30 days if nothing is "
            "given.",
            parser=parse_duration,
            metavar="TIME",
        ),
    ] = None,
) -> None:
    """Remove built environments of this machine that were used longest ago.

    They are built again when needed, in the same versions.
    """
    errors, console = Terminal(sys.stderr), Terminal(sys.stdout)
    with reported_errors(errors):
        removed = _here().prune(keep=keep, unused=unused)
        if not removed:
            console.say(Text("There is nothing to remove."))
            return
        freed = size_text(sum(one.size for one in removed))
        console.say(Text(f"Removed {count_text(len(removed), 'environment')}, {freed}."))


def _here(path: Path | None = None, *, allow_builds: bool = False) -> WorkspaceEnvironments:
    """The environments of the workspace around a path, or around the current folder."""
    return WorkspaceEnvironments(environments_of(path or Path(), allow_builds=allow_builds))


COMMANDS: Final[Mapping[str, Callable[..., None]]] = {
    "list": list_all,
    "show": show,
    "create": create,
    "lock": lock,
    "remove": remove,
    "add-data": add_data,
    "remove-data": remove_data,
    "prune": prune,
}
