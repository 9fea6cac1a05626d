"""The table of commands: the line that help lists for each, and the module that holds it."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Entry(NamedTuple):
    """A command that is imported when it is asked for."""

    #: Below `studiolo.cli`. It has the function `command`, or the commands of a group, `COMMANDS`.
    module: str
    #: The first line of its docstring.
    help: str


#: By name, in the order of the help.
COMMAND_TABLE: Final[Mapping[str, Entry]] = {
    "new": Entry(
        "commands.new", "Create a workspace: a folder for datasets, experiments and modules."
    ),
    "run": Entry(
        "commands.run",
        "Run a script or an experiment, each script in a fresh sandbox, and show the results.",
    ),
    "check": Entry(
        "scripts.check",
        "Find what would stop an experiment or an old script from running, without running it.",
    ),
    "upgrade": Entry(
        "scripts.upgrade",
        "Rewrite old scripts with today's calls: shows the changes, and writes them with --write.",
    ),
    "copy": Entry(
        "commands.copy",
        "Copy an experiment and its files to another workspace; nothing is overwritten.",
    ),
    "show": Entry(
        "commands.show",
        "Show the results of an experiment, or of one of its nodes, without running anything.",
    ),
    "console": Entry(
        "debugging.console",
        "Open a Python prompt in a node's sandbox, with its inputs and its script's functions.",
    ),
    "debug": Entry(
        "debugging.debug",
        "Run a node's script, with the node's inputs, under a debugger that an editor attaches to.",
    ),
    "runs": Entry(
        "commands.history",
        "List the runs of an experiment or a workspace, newest first, or forget old ones.",
    ),
    "diff": Entry("commands.diff", "Show how two runs differ. The exit code is 1 if they do."),
    "publish": Entry(
        "services.publish",
        "Publish an experiment: run it, freeze it, and have an endpoint answer with it.",
    ),
    "services": Entry("services.services", "List the web services of a workspace."),
    "service": Entry(
        "services.service",
        "Show a web service, replace its keys, share its calls out, or set its limits.",
    ),
    "call": Entry(
        "services.call", "Have a web service score the rows of a dataset, here and without a key."
    ),
    "batch": Entry(
        "services.batch",
        "Have a web service score a whole file, in pieces where its rows allow that.",
    ),
    "unpublish": Entry(
        "services.unpublish",
        "Remove a web service with its versions, endpoints and keys; its experiment stays.",
    ),
    "export": Entry(
        "commands.export",
        "Write an experiment as a Python program that does the same without Studiolo.",
    ),
    "convert": Entry(
        "commands.convert",
        "Convert a dataset from one file format to another; the extensions name the formats.",
    ),
    "profile": Entry(
        "commands.profile",
        "Show the size of a dataset and, for each column, its type, statistics and distribution.",
    ),
    "modules": Entry(
        "commands.modules",
        "List the modules that nodes can use, or show one module's ports and parameters.",
    ),
    "save-model": Entry(
        "saved.save_model",
        "Keep a node's trained model in the workspace's folder models, for any experiment to use.",
    ),
    "save-transform": Entry(
        "saved.save_transform",
        "Keep a node's transform in the workspace's folder transforms, for any experiment to use.",
    ),
    "set-up-service": Entry(
        "services.set_up_service",
        "Write an experiment for a web service, with saved models in the place of training.",
    ),
    "secret": Entry(
        "secrets.secret",
        "Keep secrets for scripts, encrypted. The value is asked for, or read from standard input.",
    ),
    "serve": Entry(
        "commands.serve",
        "Serve the studio of a workspace and its published web services until Ctrl-C.",
    ),
    "clean": Entry(
        "commands.clean",
        "Show how much space environments and earlier results take, and remove them.",
    ),
    "doctor": Entry(
        "commands.doctor",
        "Show which isolation layers work on this machine by trying to break out of each.",
    ),
    "environment": Entry(
        "environments.environment",
        "Show, make, lock and remove the Python environments of scripts.",
    ),
}
